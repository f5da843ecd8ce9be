"""Times of functions that are run in turns, so that what disturbs one disturbs the others."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numba
import numpy as np

__all__ = ["Row", "in_turns", "n_threads"]


@dataclass(frozen=True)
class Row:
    """One comparison: median seconds of each function, median of the paired ratios to ``base``, targets of ratios."""

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
    """Run the functions in turns; the first is the base of the ratios. ``size``: how many numbers each call reads.

    ``rest``: seconds of sleep, and 20 ms of calls that are not timed, before each that is: for the sake of functions
    whose threads go on spinning for 0.1 s, as those of BLAS do.
    """
    for function in functions.values():
        function()
    times = np.empty((rounds, len(functions)))
    for i in range(rounds):
        for j, function in enumerate(functions.values()):
            if rest:
                time.sleep(rest)
                start = time.perf_counter()
                while time.perf_counter() < start + 0.02:
                    function()
            start = time.perf_counter()
            function()
            times[i, j] = time.perf_counter() - start
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


@contextmanager
def n_threads(n: int) -> Iterator[None]:
    """With n threads in the library."""
    settings: Any = numba.config
    before = settings.NUMBA_NUM_THREADS
    settings.NUMBA_NUM_THREADS = n
    try:
        yield
    finally:
        settings.NUMBA_NUM_THREADS = before
