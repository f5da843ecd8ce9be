"""Times of functions that run in turns, so that a disturbance affects all of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from figures.experiments.timing import times_in_turns

__all__ = ["Row", "in_turns"]


@dataclass(frozen=True)
class Row:
    """One comparison.

    Attributes
    ----------
    name, base : str
        Name of the comparison, and of the function to which ratios refer.
    seconds, ratios : mapping
        For each function, the median time and the median of the paired ratios to ``base``.
    targets : mapping
        Largest ratios that are aimed at.
    size : int
        Numbers that each call reads.
    settings : mapping
    """

    name: str
    base: str
    seconds: Mapping[str, float]
    ratios: Mapping[str, float]
    targets: Mapping[str, float]
    size: int
    settings: Mapping[str, Any] = field(default_factory=dict)

    @property
    def met(self) -> bool:
        """Whether every ratio that has a target is at most that."""
        return all(self.ratios[name] <= limit for name, limit in self.targets.items())


def in_turns(
    name: str,
    functions: Mapping[str, Callable[[], Any]],
    targets: Mapping[str, float],
    size: int,
    *,
    rounds: int = 11,
    rest: float = 0.0,
    **settings: Any,
) -> Row:
    """Run the functions in turns; the first is the base of the ratios.

    Each call reads ``size`` numbers. ``rounds`` and ``rest`` are as for ``times_in_turns``.
    """
    times = times_in_turns(functions, rounds, rest)
    ratios = np.median(times / times[:, :1], axis=0)
    base, *_ = functions
    return Row(
        name,
        base,
        dict(zip(functions, np.median(times, axis=0).tolist(), strict=True)),
        dict(zip(functions, ratios.tolist(), strict=True)),
        dict(targets),
        size,
        settings,
    )
