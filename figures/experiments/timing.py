"""Times of functions that are run in turns, so that what disturbs one disturbs the others."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["n_threads", "times_in_turns"]


def times_in_turns(
    functions: Mapping[str, Callable[[], object]], rounds: int, rest: float = 0.0
) -> NDArray[np.float64]:
    """Wall-clock seconds of each call, shape (rounds, functions).

    A round calls every function once. One round before the first is not timed.

    Parameters
    ----------
    functions : mapping from name to callable()
    rounds : int
    rest : float
        Seconds of sleep before each timed call, and then 20 ms of calls that are not timed. The
        sleep is for threads that go on spinning for 0.1 s after their work, as those of BLAS do.

    Examples
    --------
    >>> times_in_turns({"nothing": lambda: None, "sum": lambda: sum(range(9))}, rounds=3).shape
    (3, 2)
    """
    # compilation, allocation and cold caches belong to no round
    for function in functions.values():
        function()
    times = np.empty((rounds, len(functions)))
    for i in range(rounds):
        for j, function in enumerate(functions.values()):
            if rest:
                time.sleep(rest)
                # the calls wake the core and refill the caches that the sleep left cold
                start = time.perf_counter()
                while time.perf_counter() < start + 0.02:
                    function()
            start = time.perf_counter()
            function()
            times[i, j] = time.perf_counter() - start
    return times


@contextmanager
def n_threads(n: int) -> Iterator[None]:
    """Let the compiled kernels of this library use n threads."""
    import numba

    settings: Any = numba.config
    before = settings.NUMBA_NUM_THREADS
    settings.NUMBA_NUM_THREADS = n
    try:
        yield
    finally:
        settings.NUMBA_NUM_THREADS = before
