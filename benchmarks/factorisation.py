"""``python -m benchmarks.factorisation``: fjlt.factorise beside ksd of lazylinop.

Both are implementations of the hierarchical algorithm. lazylinop must be installed. The table goes
to ``benchmarks/results/factorisation.md``.
"""

from __future__ import annotations

import statistics
import time
from collections import defaultdict
from collections.abc import Callable
from itertools import product
from pathlib import Path

import numpy as np

import fjlt
from fjlt.runs.backends import one_blas_thread
from fjlt.types import Array

TABLE = Path(__file__).parent / "results/factorisation.md"
ROUNDS = 5


def matrices(n: int) -> dict[str, Array]:
    """The matrices of size n that are factorised."""
    rng = np.random.default_rng(n)
    noise = rng.standard_normal((n, n)) / n**0.5
    return {
        "Fourier, bit-reversed inputs": fjlt.dft(n, norm="ortho").factors[0].to_dense(),
        "Hadamard and a tenth of noise": fjlt.Butterfly.hadamard(n).to_dense() + 0.1 * noise,
        "Gaussian": noise,
    }


def methods() -> dict[str, Callable[[Array], float]]:
    """For each method a function from a matrix to the relative error that it reaches."""
    from lazylinop.butterfly import Chain, ksd

    def ours(**options: object) -> Callable[[Array], float]:
        return lambda A: fjlt.factorise(A, **options).error

    def theirs(order: str) -> Callable[[Array], float]:
        def error(A: Array) -> float:
            near = ksd(A, Chain.square_dyadic(A.shape), order=order).toarray()
            return float(np.linalg.norm(near - A) / np.linalg.norm(A))

        return error

    return {
        "factorise, balanced": ours(),
        "factorise, left": ours(order="left"),
        "factorise, 4 passes": ours(polish=4),
        "ksd, balanced": theirs("balanced"),
        "ksd, l2r": theirs("l2r"),
    }


def rows() -> list[str]:
    """The lines of the table: for each method the error, and the median of its times."""
    lines = []
    for n in (256, 1024):
        for name, A in matrices(n).items():
            floor, errors, times = fjlt.factorise(A).floor, {}, defaultdict(list)
            # The methods take turns, so that what else runs on the machine meets all of them.
            for _, (method, error) in product(range(ROUNDS), methods().items()):
                start = time.perf_counter()
                errors[method] = error(A)
                times[method].append(time.perf_counter() - start)
            cells = [
                f"{error:.4g} ({statistics.median(times[method]):.2f}\N{NO-BREAK SPACE}s)"
                for method, error in errors.items()
            ]
            least = f"{floor:.4g}" if floor > 1e-12 else "0"
            lines.append(f"| {name} | {n} | {least} | {' | '.join(cells)} |")
    return lines


if __name__ == "__main__":
    head = ["matrix", "n", "floor", *methods()]
    with one_blas_thread():
        lines = rows()
    text = [f"| {' | '.join(head)} |", "|---|--:" + "|--:" * (len(head) - 2) + "|", *lines]
    TABLE.write_text("\n".join(text) + "\n", encoding="utf-8")
    print("\n".join(text))
