"""Descents of the reduced loss from many random starts: which minima they reach, and how often."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import overload

import numpy as np
from joblib import Parallel, delayed
from numpy.random import Generator
from numpy.typing import ArrayLike

from fjlt import boundary
from fjlt.runs.backends import backend, one_blas_thread
from fjlt.runs.binomial import share_interval
from fjlt.types import RealArray, RNGLike
from landscape.fixed.reduced import reduced_loss
from landscape.minima.second_order import Minimum, Problem, check_size, descend

__all__ = ["ABOVE", "ReachedMinima", "ReachedMinimum", "multi_start"]

MOST_STARTS = 10_000_000
CHUNK = 64
"""Descents that run as one batch."""
SAME = 1e-8
"""Losses that differ by at most SAME·‖Y‖_F² count as equal."""
ABOVE = 1e-7
"""A minimum is spurious if its loss exceeds the least one by more than ABOVE·‖Y‖_F²."""


@dataclass(frozen=True, eq=False)
class ReachedMinimum:
    """A minimum that descents reached, and how many of them did.

    Minima of equal loss count as one.

    Attributes
    ----------
    minimum : Minimum
        Of the descents that end at this loss, the one with the smallest gradient. ``loss``,
        ``index``, ``nullity`` and ``spectrum`` are those of this end.
    count : int
        Number of descents that end at this loss.
    starts : int
        Number of all descents.

    Examples
    --------
    >>> X = np.array([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 2, 0], [0, 2, 0, 1]])
    >>> lowest = multi_start(X, X, rows=[0, 2], k=2, starts=20, rng=0)[0]
    >>> round(lowest.loss, 9), lowest.index, lowest.count == round(20 * lowest.share)
    (2.0, 0, True)
    """

    minimum: Minimum
    count: int
    starts: int

    @property
    def loss(self) -> float:
        """Loss ‖DEBX - Y‖_F² with the best D."""
        return self.minimum.loss

    @property
    def index(self) -> int:
        """``Minimum.index`` of the minimum."""
        return self.minimum.index

    @property
    def nullity(self) -> int:
        """``Minimum.nullity`` of the minimum."""
        return self.minimum.nullity

    @property
    def spectrum(self) -> RealArray:
        """``Minimum.spectrum`` of the minimum."""
        return self.minimum.spectrum

    @property
    def share(self) -> float:
        """``count`` over ``starts``."""
        return self.count / self.starts

    @property
    def interval(self) -> tuple[float, float]:
        """Clopper-Pearson interval, 99.9 %, of the probability to end there."""
        return share_interval(self.count, self.starts)


@dataclass(frozen=True, eq=False)
class ReachedMinima(Sequence[ReachedMinimum]):
    """The minima that descents reached, one for each distinct loss, lowest loss first.

    Attributes
    ----------
    ends : tuple of ReachedMinimum
        The items of the sequence.
    starts : int
        Number of descents.
    reasons : Counter
        Why the other descents did not converge, with their numbers.
    dense_optimum : float
        Least loss of all matrices of rank k in place of E·B: ‖Y‖_F² minus the k largest eigenvalues
        of the pencil (XYᵀYXᵀ, XXᵀ).
    energy : float
        ‖Y‖_F².

    Examples
    --------
    >>> X = np.array([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 2, 0], [0, 2, 0, 1]])
    >>> minima = multi_start(X, X, rows=[0, 2], k=2, starts=20, rng=0)
    >>> [round(end.loss, 9) for end in minima], len(minima.spurious)
    ([2.0, 4.2], 1)
    """

    ends: tuple[ReachedMinimum, ...]
    starts: int
    reasons: Counter[str]
    dense_optimum: float
    energy: float

    @overload
    def __getitem__(self, i: int) -> ReachedMinimum: ...
    @overload
    def __getitem__(self, i: slice) -> tuple[ReachedMinimum, ...]: ...
    def __getitem__(self, i: int | slice) -> ReachedMinimum | tuple[ReachedMinimum, ...]:
        return self.ends[i]

    def __len__(self) -> int:
        return len(self.ends)

    @property
    def converged(self) -> int:
        """Number of descents that converged to a minimum."""
        return sum(end.count for end in self.ends)

    @property
    def spurious(self) -> tuple[ReachedMinimum, ...]:
        """Minima whose loss exceeds the least one found by more than 1e-7·‖Y‖_F²."""
        return tuple(end for end in self.ends if end.loss > self.ends[0].loss + ABOVE * self.energy)


@one_blas_thread()
def multi_start(
    X: ArrayLike,
    Y: ArrayLike,
    rows: Iterable[int],
    k: int,
    starts: int,
    *,
    max_steps: int = 500,
    tolerance: float = 1e-12,
    rng: RNGLike = None,
    workers: int = 1,
    scheduler: str | None = None,
    progress: Callable[[int, int], object] | None = None,
) -> ReachedMinima:
    """Minimise min over D of ‖DEBX - Y‖_F² in the row space of E·B from many random starts.

    A start has independent standard normal variables.

    Parameters
    ----------
    X : array_like, shape (n, d)
        Real data, n a power of 2; columns are samples.
    Y : array_like, shape (m, d)
        Real targets.
    rows : iterable of int
        Kept outputs of B, l of them.
    k : int
        Width of the bottleneck, 1 <= k <= l.
    starts : int
        Number of starts.
    max_steps, tolerance
        As for ``minimise_reduced``.
    rng : None, int, SeedSequence, BitGenerator or Generator
        Draws the starts.
    workers : int
        Number of processes. The result does not depend on it.
    scheduler : str, optional
        Address of a Dask scheduler, whose workers run the descents in place of local processes.
    progress : callable(done, total), optional
        Called after each batch, with numbers of descents.

    Returns
    -------
    ReachedMinima
        One item for each distinct loss. Descents that did not converge are only counted.

    Raises
    ------
    ValueError, TypeError
        As ``minimise_reduced``; also if starts < 1 or above ten millions, or workers < 1.
    OSError
        If no scheduler answers at the address.

    See Also
    --------
    minimise_reduced : One descent.
    joint_critical_points : A list of critical points that can be complete.

    Notes
    -----
    A minimum that is not found may still exist. With confidence 99.9 % a random start reaches it
    with probability less than 1 - 0.001^(1/starts). Cost: starts times that of
    ``minimise_reduced``, in batches.

    Examples
    --------
    >>> X = np.array([[1.0, 0, 0, 0], [0, 1, 0, 0], [0, 0, 2, 0], [0, 2, 0, 1]])
    >>> found = multi_start(X, X, [0, 2], 2, starts=100, rng=0)
    >>> [(round(end.loss, 9), end.index) for end in found], len(found.spurious), found.converged
    ([(2.0, 0), (4.2, 0)], 1, 100)
    """
    problem = Problem.of(X, Y, rows, k)
    starts = boundary.dimension(starts, "starts", high=MOST_STARTS)
    check_size(problem.gain.spaces, min(starts, CHUNK))
    workers = boundary.dimension(workers, "workers")
    max_steps = boundary.dimension(max_steps, "max_steps")
    tolerance = boundary.number(tolerance, "tolerance", above=0, high=1)
    sizes = [min(CHUNK, starts - first) for first in range(0, starts, CHUNK)]
    streams = boundary.generators(rng, len(sizes))
    jobs = [
        (problem, size, stream, max_steps, tolerance)
        for size, stream in zip(sizes, streams, strict=True)
    ]
    minima: list[Minimum] = []
    with backend(workers if len(jobs) > 1 else 1, scheduler):
        # in the order of the jobs
        calls = (delayed(_descents)(*job) for job in jobs)
        for batch in Parallel(return_as="generator")(calls):
            minima += batch
            if progress is not None:
                progress(len(minima), starts)
    optimum = reduced_loss(X, Y, np.eye(problem.gain.spaces.n), k)
    reasons = Counter(end.reason.split(":")[0] for end in minima if not end.converged)
    return ReachedMinima(
        _distinct(minima, problem.energy), starts, reasons, optimum, problem.energy
    )


@one_blas_thread()
def _descents(
    problem: Problem, size: int, rng: Generator, max_steps: int, tolerance: float
) -> list[Minimum]:
    return descend(problem, problem.gain.spaces.random(rng, (size,)), max_steps, tolerance)


def _distinct(minima: list[Minimum], energy: float) -> tuple[ReachedMinimum, ...]:
    """Group the converged descents by loss."""
    ends = sorted((end for end in minima if end.converged), key=lambda end: end.loss)
    # A gap between neighbouring losses separates two clusters.
    losses = np.array([end.loss for end in ends])
    cuts = np.flatnonzero(np.diff(losses) > SAME * energy) + 1
    clusters = np.split(np.arange(len(ends)), cuts) if ends else []
    best = (
        min((ends[i] for i in cluster), key=lambda end: end.gradient_norm) for cluster in clusters
    )
    return tuple(
        ReachedMinimum(end, len(cluster), len(minima))
        for end, cluster in zip(best, clusters, strict=True)
    )
