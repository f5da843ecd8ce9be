"""All comparisons, the growth of a transform with its length, and the memory of temporaries."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.fft

from benchmarks import networks, operators
from benchmarks.operators import DTYPES, TOTAL, data
from benchmarks.peers import transforms_of_peers
from benchmarks.timing import Row, in_turns
from figures.experiments.timing import n_threads
from fjlt import Butterfly, fwht, srht
from fjlt.kernels.threads import release_workspace

__all__ = ["CASES", "growth", "memory"]

CASES = (*operators.CASES, transforms_of_peers, *networks.CASES)


def growth() -> list[Row]:
    """Time fwht on arrays of one total size, in longer and longer vectors."""
    rows = []
    for p in range(8, 23):
        n = 1 << p
        for dtype in DTYPES:
            x = data((n, TOTAL // n), dtype)
            y = np.empty_like(x)
            functions: dict[str, Callable[[], Any]] = {
                "copy": lambda x=x, y=y: np.copyto(y, x),
                "fwht": lambda x=x, y=y: fwht(x, out=y),
                "scipy dct": lambda x=x: scipy.fft.dct(x, axis=0, workers=2),
            }
            name = np.dtype(dtype).name
            rows.append(
                in_turns(
                    f"growth, n = 2^{p}, {name}", functions, {}, TOTAL, rounds=5, n=n, dtype=name
                )
            )
    return rows


def memory() -> dict[str, float]:
    """Memory of all temporaries besides the output, as a multiple of the input's.

    It is measured with one thread that has kept no workspace.
    """
    n = 4096
    x = data((n, TOTAL // n), np.float64)
    x_rows, out = np.asfortranarray(x), np.empty_like(x)
    B, J, K = Butterfly.random(n, rng=0), srht(12, n, rng=0), srht(n // 2, n, rng=0)
    calls: dict[str, Callable[[], Any]] = {
        "fwht": lambda: fwht(x, out=out),
        "Butterfly": lambda: B @ x,
        "Butterfly, samples in rows": lambda: B @ x_rows,
        "srht, k = 12": lambda: J @ x,
        "srht, k = 2048": lambda: K @ x,
        "srht, k = 2048, samples in rows": lambda: K @ x_rows,
    }
    shares = {}
    with n_threads(1):
        for name, call in calls.items():
            call()
            release_workspace()
            tracemalloc.start()
            result = call()
            peak = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
            shares[name] = (peak - (0 if result is out else result.nbytes)) / x.nbytes
    return shares
