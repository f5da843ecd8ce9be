"""``python -m benchmarks.single_vectors``: how often one vector is lost, proved and measured.

For each ensemble, n, k and ε: the least bound that is proved of Pr[abs(‖Jx‖² - 1) > ε] for all unit
vectors x, and by what; the probability with which some vector is known to be lost, by an exact law;
and, of five vectors, the one that was lost most often in draws. The table goes to
``docs/theory/single-vectors.csv`` and takes a few minutes.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import numpy as np

import fjlt
from fjlt.bounds.single_vector import failure_bounds, known_failure
from fjlt.embedding.ensembles import draw_of
from fjlt.runs.seeds import stream
from fjlt.types import Array, RealArray

__all__ = ["CASES", "COLUMNS", "EPS", "TABLE", "measured", "row"]

TABLE = Path(__file__).parents[1] / "docs/theory/single-vectors.csv"
COLUMNS = ("ensemble", "n", "k", "ε", "at most", "by", "at least", "in draws", "draws", "vector")
SEED = 0
EPS = (0.2, 0.5)

_SIZES = [(n, k) for n in (2**10, 2**13, 2**16) for k in (2**6, 2**9, 2**12) if k < n]
CASES = [
    *((name, n, k) for name in ("srht", "sparse_jl", "count_sketch") for n, k in _SIZES),
    # no n enters the law
    *(("gaussian", k, k) for k in (2**6, 2**9)),
    *(("ailon_chazelle", n, k) for n, k in _SIZES),
    # the rows of the code: 2^m - 1 with 4^m <= n
    *(("ailon_liberty", 4 ** m.bit_length(), m) for m in (31, 63, 255)),
]


def vectors(n: int) -> dict[str, RealArray]:
    """Unit vectors: flat on a few inputs, and a dense one."""
    found = {f"flat on {y}": (np.arange(n) < y) / y**0.5 for y in (2, 4, 16, n)}
    dense = stream(SEED, "dense", n).standard_normal(n)
    return found | {"dense": dense / np.linalg.norm(dense)}


def draws_of(ensemble: str, n: int) -> int:
    """Fewer draws where a draw is slow."""
    if ensemble.startswith("ailon"):
        return min(500, 2**21 // n)
    return 1000 if ensemble == "gaussian" else 2000


def measured(ensemble: str, n: int, k: int) -> Array:
    """‖Jx‖² in draws of J, shape (draws, 5), for the five vectors."""
    draws, rng = draws_of(ensemble, n), stream(SEED, ensemble, n, k)
    if ensemble == "srht":
        return np.stack(
            [fjlt.srht_squared_norms(x, k, draws, rng) for x in vectors(n).values()], axis=1
        )
    points, draw = np.stack(list(vectors(n).values()), axis=1), draw_of(ensemble)
    return np.stack([np.sum((draw(k, n, rng) @ points) ** 2, axis=0) for _ in range(draws)])


def row(ensemble: str, n: int, k: int, eps: float, norms: Array | None) -> list[str]:
    """One line of the table; without norms, one without what is measured."""
    bounds = {name: float(of(k)) for name, (_, of) in failure_bounds(ensemble, n, eps).items()}
    best = min(bounds, key=lambda name: bounds[name])
    known = known_failure(ensemble, k, n, eps)
    proved = f"{bounds[best]:.2g}" if bounds[best] < 1 else "1"
    line = [ensemble, str(n), str(k), f"{eps}", proved, best if proved != "1" else "none"]
    line.append(f"{known:.2g}" if known else "–")
    if norms is not None:
        lost = np.sum(abs(norms - 1) > eps, axis=0)
        worst = int(np.argmax(lost))
        name = list(vectors(n))[worst] if lost[worst] else "–"
        line += [f"{lost[worst] / len(norms):.2g}", str(len(norms)), name]
    return line


def rows() -> Iterator[list[str]]:
    """All lines."""
    for case in CASES:
        norms = measured(*case)
        for eps in EPS:
            yield row(*case, eps, norms)


if __name__ == "__main__":
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for line in rows():
            writer.writerow(line)
            file.flush()
