"""Means of a few replicates, with their 95 % intervals by Student's t."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.special import stdtrit

__all__ = ["Interval", "geometric_mean", "mean"]


class Interval(NamedTuple):
    """A mean and the ends of its 95 % interval, which all coincide for a single value."""

    mean: float
    low: float
    high: float

    @property
    def arms(self) -> tuple[float, float]:
        """Distances of the ends from the mean: the lengths of error bars."""
        return self.mean - self.low, self.high - self.mean


def mean(values: Sequence[float], level: float = 0.95) -> Interval:
    """Mean and its interval by Student's t, of 95 % or of another level.

    The values are assumed to be independent and normal. A single value gives an interval of width
    0.

    Examples
    --------
    >>> Interval(*(round(end, 2) for end in mean([1.0, 2.0, 3.0])))
    Interval(mean=2.0, low=-0.48, high=4.48)
    """
    centre = float(np.mean(values))
    if len(values) < 2:
        return Interval(centre, centre, centre)
    t = -stdtrit(len(values) - 1, (1 - level) / 2)
    arm = float(t * np.std(values, ddof=1) / math.sqrt(len(values)))
    return Interval(centre, centre - arm, centre + arm)


def geometric_mean(values: Sequence[float]) -> Interval:
    """Geometric mean and its 95 % interval, for ratios.

    This is ``mean`` of the logarithms of positive values, exponentiated.

    Examples
    --------
    >>> geometric_mean([1.0, 4.0]).mean
    2.0
    """
    return Interval(*(math.exp(end) for end in mean([math.log(value) for value in values])))
