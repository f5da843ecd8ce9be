"""Where descents of the reduced loss end from many random starts: distinct minima, shares with
exact intervals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from joblib import Parallel, delayed
from numpy.random import Generator
from numpy.typing import ArrayLike, NDArray

from fjlt import boundary
from fjlt.runs.backends import backend
from fjlt.runs.binomial import share_interval
from landscape.fixed.reduced import reduced_loss
from landscape.minima.second_order import Minimum, Problem, descend

__all__ = ["EndLoss", "EndLosses", "multi_start"]

CHUNK = 64
SAME = 1e-8
"""Losses that differ by at most SAME·‖Y‖_F² are one."""
ABOVE = 1e-7
"""A minimum is spurious if its loss exceeds the best one by more than ABOVE·‖Y‖_F²."""


@dataclass(frozen=True, eq=False)
class EndLoss:
    """A loss at which converged descents end.

    Attributes
    ----------
    minimum : Minimum
        The end with the smallest gradient; ``loss``, ``index``, ``nullity`` and ``spectrum`` are
        its own.
    count : int
        Descents that end there.
    starts : int
        Descents in all.
    """

    minimum: Minimum
    count: int
    starts: int

    @property
    def loss(self) -> float:
        """‖DEBX - Y‖_F² with the best D."""
        return self.minimum.loss

    @property
    def index(self) -> int:
        """As ``Minimum``."""
        return self.minimum.index

    @property
    def nullity(self) -> int:
        """As ``Minimum``."""
        return self.minimum.nullity

    @property
    def spectrum(self) -> NDArray[np.float64]:
        """As ``Minimum``."""
        return self.minimum.spectrum

    @property
    def share(self) -> float:
        """``count`` over ``starts``."""
        return self.count / self.starts

    @property
    def interval(self) -> tuple[float, float]:
        """Exact (Clopper-Pearson) interval of the probability to end there, 99.9 %."""
        return share_interval(self.count, self.starts)


@dataclass(frozen=True, eq=False)
class EndLosses(Sequence[EndLoss]):
    """Distinct losses at which descents end, lowest first.

    Attributes
    ----------
    ends : tuple of EndLoss
    starts : int
    reasons : Counter
        Why the other descents did not converge, and how many.
    dense_optimum : float
        Least loss of all k-planes: ‖Y‖_F² minus the k largest eigenvalues of the pencil (XYᵀYXᵀ,
        XXᵀ).
    energy : float
        ‖Y‖_F².
    """

    ends: tuple[EndLoss, ...]
    starts: int
    reasons: Counter[str]
    dense_optimum: float
    energy: float

    def __getitem__(self, i: Any) -> Any:
        return self.ends[i]

    def __len__(self) -> int:
        return len(self.ends)

    @property
    def converged(self) -> int:
        """Descents that reached a minimum to full precision."""
        return sum(end.count for end in self.ends)

    @property
    def spurious(self) -> tuple[EndLoss, ...]:
        """Ends above the best one found by more than 1e-7·‖Y‖_F²."""
        return tuple(end for end in self.ends if end.loss > self.ends[0].loss + ABOVE * self.energy)


def multi_start(
    X: ArrayLike,
    Y: ArrayLike,
    rows: Iterable[int],
    k: int,
    starts: int,
    *,
    max_steps: int = 500,
    tolerance: float = 1e-12,
    rng: Any = None,
    workers: int = 1,
    scheduler: str | None = None,
) -> EndLosses:
    """Minima of min over D of ‖DEBX - Y‖_F² in the row spaces of E·B, from standard normal
    variables.

    Parameters
    ----------
    X : array_like, shape (n, d)
        Real data, n a power of 2; columns are samples.
    Y : array_like, shape (m, d)
    rows : iterable of int
        Kept outputs of B, l of them.
    k : int
        Width of the bottleneck, 1 <= k <= l.
    starts : int
    max_steps, tolerance
        As for ``minimise_reduced``.
    rng : None, int, SeedSequence, BitGenerator or Generator
    workers : int
        Processes. The result does not depend on it.
    scheduler : str, optional
        Address of a Dask scheduler, whose workers run the descents in place of local processes.

    Returns
    -------
    EndLosses

    Raises
    ------
    ValueError, TypeError
        As ``minimise_reduced``; for starts < 1 or workers < 1.
    OSError
        If no scheduler answers.

    Notes
    -----
    That a minimum is not found does not prove that there is none: its share is then below 1 -
    0.001^(1/starts) with confidence 99.9 %, for starts from this distribution. Cost: starts times
    that of ``minimise_reduced``, in batches.

    Examples
    --------
    >>> X = np.array([[1.0, 0, 0, 0], [0, 1, 0, 0], [0, 0, 2, 0], [0, 2, 0, 1]])
    >>> found = multi_start(X, X, [0, 2], 2, starts=100, rng=0)
    >>> [(round(end.loss, 9), end.index) for end in found], len(found.spurious), found.converged
    ([(2.0, 0), (4.2, 0)], 1, 100)
    """
    problem = Problem.of(X, Y, rows, k)
    starts = boundary.dimension(starts, "starts")
    workers = boundary.dimension(workers, "workers")
    max_steps = boundary.dimension(max_steps, "max_steps")
    tolerance = boundary.number(tolerance, "tolerance", above=0, high=1)
    sizes = [min(CHUNK, starts - first) for first in range(0, starts, CHUNK)]
    streams = np.random.default_rng(rng).spawn(len(sizes))
    jobs = [
        (problem, size, stream, max_steps, tolerance)
        for size, stream in zip(sizes, streams, strict=True)
    ]
    with backend(workers if len(jobs) > 1 else 1, scheduler):
        found = [
            end for part in Parallel()(delayed(_descents)(*job) for job in jobs) for end in part
        ]
    optimum = reduced_loss(X, Y, np.eye(problem.gain.spaces.n), k)
    reasons = Counter(end.reason.split(":")[0] for end in found if not end.converged)
    return EndLosses(_distinct(found, problem.energy), starts, reasons, optimum, problem.energy)


def _descents(
    problem: Problem, size: int, rng: Generator, max_steps: int, tolerance: float
) -> list[Minimum]:
    return descend(problem, problem.gain.spaces.random(rng, (size,)), max_steps, tolerance)


def _distinct(found: list[Minimum], energy: float) -> tuple[EndLoss, ...]:
    """Clusters of the losses of the converged descents."""
    ends = sorted((end for end in found if end.converged), key=lambda end: end.loss)
    losses = np.array([end.loss for end in ends])
    cuts = np.flatnonzero(np.diff(losses) > SAME * energy) + 1
    clusters = np.split(np.arange(len(ends)), cuts) if ends else []
    best = (
        min((ends[i] for i in cluster), key=lambda end: end.gradient_norm) for cluster in clusters
    )
    return tuple(
        EndLoss(end, len(cluster), len(found)) for end, cluster in zip(best, clusters, strict=True)
    )
