"""Work shared between threads; no result depends on how many there are."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from functools import cache
from threading import local
from typing import Any

import numba

__all__ = ["in_parallel"]

_LEAST_WORK = 1 << 20
_here = local()


@cache
def _pool(process: int, n_threads: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(n_threads, thread_name_prefix="fjlt")


def in_parallel(run: Callable[..., None], n_tasks: int, work: int, *arguments: Any) -> None:
    """Call run(*arguments, first, stop) on ranges that cover range(n_tasks), side by side if there is work enough.

    ``work`` counts operations. There are as many threads as Numba would use (NUMBA_NUM_THREADS), and one where ``run``
    is itself called from here.
    """
    settings: Any = numba.config
    n = min(n_tasks, settings.NUMBA_NUM_THREADS, work // _LEAST_WORK)
    if n <= 1 or getattr(_here, "busy", False):
        return run(*arguments, 0, n_tasks)
    bounds = [n_tasks * t // n for t in range(n + 1)]
    others = [_pool(os.getpid(), n).submit(_busy, run, *arguments, *bounds[t : t + 2]) for t in range(1, n)]
    try:
        _busy(run, *arguments, *bounds[:2])
    finally:
        wait(others)
    for other in others:
        other.result()
    return None


def _busy(run: Callable[..., None], *arguments: Any) -> None:
    _here.busy = True
    try:
        run(*arguments)
    finally:
        _here.busy = False
