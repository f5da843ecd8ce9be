"""Where training ends: how many runs, joint or in two phases, reach which minimum of the network
with trained B."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import ArrayLike, NDArray

from fjlt import Butterfly, TruncatedButterfly, boundary
from fjlt.runs.backends import backend
from fjlt.runs.binomial import share_interval
from landscape import data
from landscape.training.training import fit
from landscape.training.two_phase import fit_two_phase

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
        Runs that end, or stop, within 1e-6·‖Y‖_F² of each of them.
    """

    scheme: str
    runs: int
    losses: tuple[float, ...]
    counts: tuple[int, ...]

    @property
    def elsewhere(self) -> int:
        """Runs that end, or stop, farther from all of them."""
        return self.runs - sum(self.counts)

    def interval(self, i: int) -> tuple[float, float]:
        """Clopper-Pearson interval, 99.9 %, of the probability to end at loss i."""
        return share_interval(self.counts[i], self.runs)


def endings(
    X: ArrayLike,
    Y: ArrayLike,
    rows: Iterable[int],
    k: int,
    losses: Sequence[float],
    runs: int = 40,
    *,
    schemes: Sequence[str] = SCHEMES,
    rng: Any = None,
    workers: int = 1,
    scheduler: str | None = None,
    **training: Any,
) -> list[Endings]:
    """Train from independent random starts and count where the runs end.

    B has independent normal weights, or is an FJLT: a Hadamard matrix with random signs of its
    columns.

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
    schemes : sequence of str
        Some of ``SCHEMES``: joint training, or in two phases.
    rng : None, int, SeedSequence, BitGenerator or Generator
    workers, scheduler
        As for ``joint_critical_points``; the counts do not depend on them.
    **training
        For ``fit`` and ``fit_two_phase``; by default L-BFGS, 3000 steps (in each phase), tolerance
        1e-9.

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
    workers = boundary.dimension(workers, "workers")
    for scheme in schemes:
        if scheme not in SCHEMES:
            raise ValueError(f"unknown scheme {scheme!r}; known: {', '.join(SCHEMES)}")
    training = {"method": "l-bfgs", "max_steps": 3000, "tolerance": 1e-9} | training
    streams = np.random.default_rng(rng).spawn(len(schemes) * runs)
    jobs = zip([scheme for scheme in schemes for _ in range(runs)], streams, strict=True)
    with backend(workers, scheduler):
        ends = Parallel()(
            delayed(_end)(x, y, kept, k, scheme, stream, training) for scheme, stream in jobs
        )
    gaps = np.abs(np.reshape(ends, (len(schemes), runs, 1)) - np.array(losses))
    reached = np.where(
        gaps.min(axis=2) <= CLOSE * float(np.sum(y**2)), gaps.argmin(axis=2), len(losses)
    )
    known = tuple(map(float, losses))
    return [
        Endings(scheme, runs, known, tuple(int((which == i).sum()) for i in range(len(known))))
        for scheme, which in zip(schemes, reached, strict=True)
    ]


def _end(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    rows: NDArray[np.intp],
    k: int,
    scheme: str,
    rng: np.random.Generator,
    training: dict[str, Any],
) -> float:
    """Loss at the end of one run."""
    n = len(x)
    if scheme == "two-phase, FJLT":
        butterfly = Butterfly.hadamard(n, rng.choice([-1.0, 1.0], size=n))
    else:
        butterfly = Butterfly.random(n, rng)
    B = TruncatedButterfly(butterfly.weights, rows)
    if scheme == "joint":
        return fit(x, y, k, B, rng=rng, **training).loss
    return fit_two_phase(x, y, k, B, rng=rng, **training).second.loss
