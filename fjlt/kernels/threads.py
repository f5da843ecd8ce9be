"""Work shared between threads, and a workspace for each; no result depends on their number."""

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

from fjlt.kernels.simd import VECTOR_BYTES
from fjlt.types import Array, DTypeLike

__all__ = ["in_parallel", "n_threads", "release_workspace", "workspace"]

_MIN_WORK = 1 << 20
"""Operations that are worth a thread of their own, at least; heuristic."""

_EMPTY = np.empty(0, np.uint8)
_thread = local()


@cache
def _pool(process: int, n: int, cores: frozenset[int]) -> ThreadPoolExecutor:
    """A pool of n threads, each bound to a core if there are as many cores.

    Otherwise the system may wake two threads on the same core.
    """
    free = iter(cores)

    def bind() -> None:
        if len(cores) == n:
            with suppress(OSError):  # where that is not allowed
                os.sched_setaffinity(0, {next(free)})

    return ThreadPoolExecutor(n, thread_name_prefix="fjlt", initializer=bind)


def _cores() -> frozenset[int]:
    return frozenset(os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else ())


def n_threads() -> int:
    """Number of threads that may be used: as many as Numba would use (NUMBA_NUM_THREADS)."""
    settings: Any = numba.config
    return settings.NUMBA_NUM_THREADS


def in_parallel(run: Callable[..., None], n_tasks: int, work: int, *arguments: Any) -> None:
    """Call ``run(*arguments, first, stop)`` on ranges that together cover ``range(n_tasks)``.

    The calls run side by side where there is work enough. A call made from within ``run`` uses one
    thread.

    Parameters
    ----------
    run : callable
    n_tasks : int
    work : int
        Number of operations of all tasks together.
    *arguments
        Passed on to ``run``.
    """
    n = min(n_tasks, n_threads(), work // _MIN_WORK)
    if n <= 1 or getattr(_thread, "busy", False):
        return run(*arguments, 0, n_tasks)
    bounds = [n_tasks * t // n for t in range(n + 1)]
    pool = _pool(os.getpid(), n_threads(), _cores())
    shares = [pool.submit(_run_busy, run, *arguments, *bounds[t : t + 2]) for t in range(n)]
    wait(shares)
    for share in shares:
        share.result()
    return None


def workspace(size: int, dtype: DTypeLike) -> Array:
    """Uninitialised numbers for the calling thread, from the beginning of a cache line on.

    The same memory is used again at every call: fresh memory would have to be cleared by the system
    each time, which takes longer than a transform.
    """
    n_bytes = size * np.dtype(dtype).itemsize
    if n_bytes > getattr(_thread, "workspace", _EMPTY).nbytes:
        fresh = np.empty(n_bytes + VECTOR_BYTES, np.uint8)
        _thread.workspace = fresh[-fresh.ctypes.data % VECTOR_BYTES :]
    own: Array = getattr(_thread, "workspace", _EMPTY)[:n_bytes].view(dtype)
    return own


def release_workspace() -> None:
    """Give back the memory that ``workspace`` keeps for the calling thread."""
    _thread.workspace = _EMPTY


def _run_busy(run: Callable[..., None], *arguments: Any) -> None:
    _thread.busy = True
    run(*arguments)
