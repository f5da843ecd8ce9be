"""Exact intervals of the probability behind a count."""

from __future__ import annotations

from scipy.stats import binomtest

__all__ = ["share_interval"]

CONFIDENCE = 0.999


def share_interval(count: int, trials: int) -> tuple[float, float]:
    """Clopper-Pearson interval, 99.9 %, of a probability met ``count`` times in independent trials.

    Examples
    --------
    >>> [round(end, 3) for end in share_interval(0, 40)]
    [0.0, 0.173]
    """
    found = binomtest(count, trials).proportion_ci(CONFIDENCE, "exact")
    return float(found.low), float(found.high)
