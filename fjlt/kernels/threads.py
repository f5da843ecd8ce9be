"""Work shared between threads, and a workspace for each; no result depends on their number."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import suppress
from functools import cache
from itertools import pairwise
from threading import Lock, local
from typing import Any

import numba
import numpy as np

from fjlt.kernels.simd import VECTOR_BYTES
from fjlt.types import Array

__all__ = ["in_parallel", "n_threads", "release_workspace", "workspace"]

_MIN_WORK = 1 << 20
"""Operations that are worth a thread of their own, at least; heuristic."""

_RANGES = 4
"""Ranges of work for a thread: where another program slows one down, the others do more of them."""

_EMPTY = np.empty(0, np.uint8)
_thread = local()


class _Shares:
    """The ranges of one call of ``in_parallel``. Each is run once, by whichever thread is free.

    Parameters
    ----------
    run : callable() of the first task and the one after the last
    bounds : list of int
        Where the ranges begin, and where the last one stops.
    n_helpers : int
        Threads beside the calling one.

    Notes
    -----
    A helper holds its lock while it runs ranges. When no range is left, who can take all locks
    knows that none is running. Each step is one operation of the interpreter, so that an interrupt
    finds nothing half done.
    """

    def __init__(self, run: Callable[[int, int], None], bounds: list[int], n_helpers: int) -> None:
        self._run = run
        self._cores = _other_cores()
        self._ranges = list(pairwise(bounds))[::-1]
        self._locks = [Lock() for _ in range(n_helpers)]
        self._errors: list[BaseException] = []

    def run_all(self, pool: Callable[[], Executor]) -> None:
        """Run ranges here and in the pool, until none is left or running; raise the first error."""
        try:
            # After the main thread has ended, or where threads are scarce, there are no helpers.
            with suppress(RuntimeError):
                for lock in self._locks:
                    pool().submit(self._help, lock)
            self._work()
        except BaseException as error:
            self._drop(error)
        while True:
            try:
                for lock in self._locks:
                    with lock:
                        pass
                break
            except BaseException as error:
                self._drop(error)
        if self._errors:
            raise self._errors[0]

    def _help(self, lock: Lock) -> None:
        with lock:
            try:
                _leave_to_caller(self._cores)
                self._work()
            except BaseException as error:
                self._drop(error)

    def _work(self) -> None:
        outer, _thread.busy = getattr(_thread, "busy", False), True
        try:
            while True:
                try:
                    first, stop = self._ranges.pop()
                except IndexError:
                    return
                self._run(first, stop)
        finally:
            _thread.busy = outer

    def _drop(self, error: BaseException) -> None:
        """Leave out the ranges that no thread has taken."""
        self._ranges.clear()
        self._errors.append(error)


def _other_cores() -> frozenset[int]:
    """The cores that this thread may use, but for the one on which it runs."""
    core = _core()
    return frozenset() if core is None else frozenset(os.sched_getaffinity(0)).difference({core()})


@cache
def _core() -> Callable[[], int] | None:
    """What says on which core a thread runs, on systems that can keep it off one."""
    return (
        getattr(ctypes.CDLL(None), "sched_getcpu", None)
        if hasattr(os, "sched_setaffinity")
        else None
    )


def _leave_to_caller(cores: frozenset[int]) -> None:
    """Keep this helper off the core of the thread that it helps, where the system may wake it.

    It may run on any other core: one chosen here might be that of another program.
    """
    if cores and cores != getattr(_thread, "cores", None):
        with suppress(OSError):  # where that is not allowed
            os.sched_setaffinity(0, cores)
        _thread.cores = cores


@cache
def _pool(process: int, n: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(n, thread_name_prefix="fjlt")


def n_threads() -> int:
    """Number of threads that may be used: as many as Numba would use (NUMBA_NUM_THREADS)."""
    settings: Any = numba.config
    return settings.NUMBA_NUM_THREADS


def in_parallel(run: Callable[..., None], n_tasks: int, work: int, *arguments: Any) -> None:
    """Call ``run(*arguments, first, stop)`` on ranges that together cover ``range(n_tasks)``.

    The calls run side by side where there is work enough: one of them in the calling thread, which
    also does what no other thread can take, as at the end of the program. A call made from within
    ``run`` uses one thread. No call is running when the function returns or raises, even if it is
    interrupted.

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
    n_ranges = min(n_tasks, _RANGES * n)
    bounds = [n_tasks * t // n_ranges for t in range(n_ranges + 1)]
    shares = _Shares(lambda first, stop: run(*arguments, first, stop), bounds, n - 1)
    shares.run_all(lambda: _pool(os.getpid(), n_threads() - 1))
    return None


def workspace(size: int, dtype: np.dtype) -> Array:
    """Uninitialised numbers for the calling thread, from the beginning of a cache line on.

    The same memory is used again at every call: fresh memory would have to be cleared by the system
    each time, which takes longer than a transform.
    """
    n_bytes = size * dtype.itemsize
    own: Array = getattr(_thread, "workspace", _EMPTY)
    if n_bytes > own.nbytes:
        fresh = np.empty(n_bytes + VECTOR_BYTES, np.uint8)
        own = _thread.workspace = fresh[-fresh.ctypes.data % VECTOR_BYTES :]
    return own[:n_bytes].view(dtype)


def release_workspace() -> None:
    """Give back the memory that ``workspace`` keeps for the calling thread."""
    _thread.workspace = _EMPTY
