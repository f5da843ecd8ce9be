"""Times of functions that are run in turns, so that what disturbs one disturbs the others."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

__all__ = ["n_threads", "times_in_turns"]


def times_in_turns(
    functions: Mapping[str, Callable[[], Any]], rounds: int, rest: float = 0.0
) -> NDArray[np.float64]:
    """Seconds of each call, shape (rounds, functions), after one of each that does not count.

    ``rest``: seconds of sleep, and 20 ms of calls that are not timed, before each that is: for the
    sake of functions whose threads go on spinning for 0.1 s, as those of BLAS do.

    Examples
    --------
    >>> times_in_turns({"nothing": lambda: None, "sum": lambda: sum(range(9))}, rounds=3).shape
    (3, 2)
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
    return times


@contextmanager
def n_threads(n: int) -> Iterator[None]:
    """With n threads in this library, and in PyTorch where it is installed."""
    settings: Any = numba.config
    before = settings.NUMBA_NUM_THREADS
    settings.NUMBA_NUM_THREADS = n
    try:
        yield
    finally:
        settings.NUMBA_NUM_THREADS = before
