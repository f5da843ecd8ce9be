"""Work shared between threads, and their memory; no result depends on how many there are."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import suppress
from functools import cache
from threading import local
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from fjlt.kernels.simd import VECTOR_BYTES

__all__ = ["forget_room", "in_parallel", "n_threads", "room"]

_LEAST_WORK = 1 << 20
_NOTHING = np.empty(0, np.uint8)
_here = local()


@cache
def _pool(process: int, n: int, cores: frozenset[int]) -> ThreadPoolExecutor:
    """Threads, each on a core of its own if there are as many: the system may else wake two on the
    same."""
    free = iter(cores)

    def bind() -> None:
        if len(cores) == n:
            with suppress(OSError):  # where that is not allowed
                os.sched_setaffinity(0, {next(free)})

    return ThreadPoolExecutor(n, thread_name_prefix="fjlt", initializer=bind)


def _cores() -> frozenset[int]:
    return frozenset(os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else ())


def n_threads() -> int:
    """How many threads there may be: as many as Numba would use (NUMBA_NUM_THREADS)."""
    settings: Any = numba.config
    return settings.NUMBA_NUM_THREADS


def in_parallel(run: Callable[..., None], n_tasks: int, work: int, *arguments: Any) -> None:
    """Call run(*arguments, first, stop) on ranges that cover range(n_tasks), side by side if there
    is work enough.

    ``work`` counts operations. There is one thread where ``run`` is itself called from here.
    """
    n = min(n_tasks, n_threads(), work // _LEAST_WORK)
    if n <= 1 or getattr(_here, "busy", False):
        return run(*arguments, 0, n_tasks)
    bounds = [n_tasks * t // n for t in range(n + 1)]
    pool = _pool(os.getpid(), n_threads(), _cores())
    shares = [pool.submit(_busy, run, *arguments, *bounds[t : t + 2]) for t in range(n)]
    wait(shares)
    for share in shares:
        share.result()
    return None


def room(size: int, dtype: Any) -> NDArray[Any]:
    """So many numbers for the thread that asks, with anything in them; the same memory at every
    call, in whole lines.

    Fresh memory would have to be cleared by the system each time, which takes longer than a
    transform.
    """
    n_bytes = size * np.dtype(dtype).itemsize
    if n_bytes > getattr(_here, "room", _NOTHING).nbytes:
        fresh = np.empty(n_bytes + VECTOR_BYTES, np.uint8)
        _here.room = fresh[-fresh.ctypes.data % VECTOR_BYTES :]
    found: NDArray[Any] = getattr(_here, "room", _NOTHING)[:n_bytes].view(dtype)
    return found


def forget_room() -> None:
    """Give back what ``room`` keeps for the thread that asks."""
    _here.room = _NOTHING


def _busy(run: Callable[..., None], *arguments: Any) -> None:
    _here.busy = True
    run(*arguments)
