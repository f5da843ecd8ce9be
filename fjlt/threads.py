"""Work shared between threads; no result depends on how many there are."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import pairwise
from typing import Any

import numba

__all__ = ["in_parallel"]

_LEAST_WORK = 1 << 20


@cache
def _pool(process: int, n_threads: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(n_threads, thread_name_prefix="fjlt")


def in_parallel(run: Callable[..., None], n_tasks: int, work: int, *arguments: Any) -> None:
    """Call run(*arguments, first, stop) on ranges that cover range(n_tasks), side by side if there is work enough.

    ``work`` counts operations. There are as many threads as Numba would use (NUMBA_NUM_THREADS).
    """
    settings: Any = numba.config
    n = min(n_tasks, settings.NUMBA_NUM_THREADS, max(1, work // _LEAST_WORK))
    bounds = [n_tasks * t // n for t in range(n + 1)] if n else [0, 0]
    others = [_pool(os.getpid(), n).submit(run, *arguments, first, stop) for first, stop in pairwise(bounds[1:])]
    run(*arguments, bounds[0], bounds[1])
    for other in others:
        other.result()
