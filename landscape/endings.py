"""Where training ends: how many runs, joint or in two phases, reach which minimum of the network with trained B."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import ArrayLike, NDArray
from scipy.stats import binomtest

from fjlt import Butterfly, TruncatedButterfly, boundary
from landscape import data
from landscape.backend import backend
from landscape.training import fit
from landscape.two_phase import fit_two_phase

__all__ = ["SCHEMES", "Endings", "endings"]

SCHEMES = ("joint", "two-phase, random B", "two-phase, FJLT")
CLOSE = 1e-6


@dataclass(frozen=True)
class Endings:
    """Runs of one training scheme: how many end at each of the given losses, and elsewhere.

    Attributes
    ----------
    scheme : str
    runs : int
    losses : tuple of float
    counts : tuple of int
    elsewhere : int
        Runs that end, or stop, farther than 1e-6·‖Y‖_F² from all of them.
    """

    scheme: str
    runs: int
    losses: tuple[float, ...]
    counts: tuple[int, ...]
    elsewhere: int

    def interval(self, i: int, confidence: float = 0.99) -> tuple[float, float]:
        """Clopper-Pearson interval of the share of runs that end at loss i."""
        found = binomtest(self.counts[i], self.runs).proportion_ci(confidence)
        return float(found.low), float(found.high)


def endings(
    X: ArrayLike,
    Y: ArrayLike,
    rows: Iterable[int],
    k: int,
    losses: Sequence[float],
    runs: int = 40,
    *,
    max_steps: int = 3000,
    rng: Any = None,
    workers: int = 1,
    scheduler: str | None = None,
) -> list[Endings]:
    """Train from random starts by each of ``SCHEMES`` (L-BFGS) and count where the runs end.

    Parameters
    ----------
    X : array_like, shape (n, d)
        n a power of 2; columns are samples.
    Y : array_like, shape (m, d)
    rows : iterable of int
        Kept outputs of B.
    k : int
    losses : sequence of float
        Those of the known minima, ‖DEBX - Y‖_F².
    runs : int
        Of each scheme.
    max_steps : int
        Of each phase.
    rng : None, int, SeedSequence, BitGenerator or Generator
    workers, scheduler
        As for ``joint_critical_points``; the counts do not depend on them.

    Raises
    ------
    ValueError, TypeError
        If shapes do not agree, or k, rows, runs or an entry are out of range.

    Examples
    --------
    >>> X = np.array([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 2, 0], [0, 2, 0, 1]])
    >>> [end.counts for end in endings(X, X, [0, 2], 2, [2.0, 4.2], runs=6, rng=0) if "FJLT" in end.scheme]
    [(6, 0)]
    """
    x, y = data.pair(X, Y)
    size = 1 << boundary.log2_exact(len(x))
    kept, k = boundary.rows(rows, size), data.bottleneck(k, len(x))
    runs = boundary.dimension(runs, "runs")
    streams = np.random.default_rng(rng).spawn(len(SCHEMES) * runs)
    jobs = list(zip(SCHEMES * runs, streams, strict=True))
    with backend(workers, scheduler):
        ends = Parallel()(delayed(_end)(x, y, kept, k, scheme, stream, max_steps) for scheme, stream in jobs)
    found = []
    for scheme in SCHEMES:
        reached = np.array([end for (name, _), end in zip(jobs, ends, strict=True) if name == scheme])
        near = np.abs(reached[:, None] - np.array(losses)[None, :]) <= CLOSE * float(np.sum(y**2))
        counts = tuple(int(c) for c in near.sum(axis=0))
        found.append(Endings(scheme, runs, tuple(map(float, losses)), counts, int((~near.any(axis=1)).sum())))
    return found


def _end(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    rows: NDArray[np.intp],
    k: int,
    scheme: str,
    rng: np.random.Generator,
    max_steps: int,
) -> float:
    """Loss at the end of one run."""
    n = len(x)
    if scheme == "two-phase, FJLT":
        butterfly = Butterfly.hadamard(n, rng.choice([-1.0, 1.0], size=n))
    else:
        butterfly = Butterfly.random(n, rng)
    B = TruncatedButterfly(butterfly.weights, rows)
    options: dict[str, Any] = {"method": "l-bfgs", "max_steps": max_steps, "tolerance": 1e-9, "rng": rng}
    if scheme == "joint":
        return fit(x, y, k, B, trainable="all", **options).loss
    return fit_two_phase(x, y, k, B, **options).second.loss
