"""Where training ends: how many runs, joint or in two phases, reach which minimum."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import ArrayLike

from fjlt import Butterfly, TruncatedButterfly, boundary
from fjlt.runs.backends import backend
from fjlt.runs.binomial import share_interval
from fjlt.types import IndexArray, RealArray, RNGLike
from landscape import data
from landscape.training.training import fit
from landscape.training.two_phase import fit_two_phase

__all__ = ["SCHEMES", "TrainingOutcomes", "endings"]

SCHEMES = ("joint", "two-phase, random B", "two-phase, FJLT")
MOST_RUNS = 100_000
CLOSE = 1e-6
"""A run reaches a minimum if its loss differs from that of the minimum by at most CLOSE·‖Y‖_F²."""


@dataclass(frozen=True)
class TrainingOutcomes:
    """How many runs of a training scheme end at each of the given losses.

    Attributes
    ----------
    scheme : str
        One of ``SCHEMES``.
    runs : int
        Number of runs.
    losses : tuple of float
        Losses of the known minima.
    counts : tuple of int
        Numbers of runs whose last loss is within 1e-6·‖Y‖_F² of each of them.

    Examples
    --------
    >>> outcomes = TrainingOutcomes("joint", 40, losses=(2.0, 4.2), counts=(29, 10))
    >>> outcomes.elsewhere
    1
    >>> [round(end, 2) for end in outcomes.interval(0)]
    [0.46, 0.91]
    """

    scheme: str
    runs: int
    losses: tuple[float, ...]
    counts: tuple[int, ...]

    @property
    def elsewhere(self) -> int:
        """Number of runs that end, or use up their steps, at another loss."""
        return self.runs - sum(self.counts)

    def interval(self, i: int) -> tuple[float, float]:
        """Clopper-Pearson interval, 99.9 %, of the probability to end at ``losses[i]``.

        Parameters
        ----------
        i : int
            Position in ``losses``.

        Returns
        -------
        tuple (low, high) of float
            Ends of the interval.
        """
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
    rng: RNGLike = None,
    workers: int = 1,
    scheduler: str | None = None,
    progress: Callable[[int, int], object] | None = None,
    **training: Any,
) -> list[TrainingOutcomes]:
    """Train from independent random starts, and count at which known minima the runs end.

    Parameters
    ----------
    X : array_like, shape (n, d)
        Real data, n a power of 2; columns are samples.
    Y : array_like, shape (m, d)
        Real targets.
    rows : iterable of int
        Kept outputs of B.
    k : int
        Width of the bottleneck, 1 <= k <= n.
    losses : sequence of float
        Losses ‖DEBX - Y‖_F² of the known minima, at least one.
    runs : int
        Runs of each scheme.
    schemes : sequence of str
        Some of ``SCHEMES``. "joint" trains everything from a butterfly B with independent normal
        weights. "two-phase, random B" trains in two phases from such a B, and "two-phase, FJLT" in
        two phases from a Hadamard matrix with random signs of its columns.
    rng : None, int, SeedSequence, BitGenerator or Generator
        Draws the starts.
    workers, scheduler
        As for ``joint_critical_points``; the counts do not depend on them.
    progress : callable(done, total), optional
        Called after each run, with numbers of runs of all schemes.
    **training
        Options of ``fit`` and ``fit_two_phase``. Default: L-BFGS, 3000 steps (in each phase),
        tolerance 1e-9.

    Returns
    -------
    list of TrainingOutcomes
        One for each scheme, in the order of ``schemes``.

    Raises
    ------
    ValueError, TypeError
        If shapes do not agree; if k, rows, runs or an entry are out of range; if ``losses`` is
        empty or not finite; for an unknown scheme.

    See Also
    --------
    multi_start : Finds the minima.
    joint_critical_points : Lists all critical points.

    Examples
    --------
    >>> X = np.array([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 2, 0], [0, 2, 0, 1]])
    >>> schemes = ["two-phase, FJLT"]
    >>> endings(X, X, [0, 2], 2, [2.0, 4.2], runs=6, schemes=schemes, rng=0)[0].counts
    (6, 0)
    """
    x, y = data.pair(X, Y)
    size = 1 << boundary.log2_exact(len(x))
    kept, k = boundary.rows(rows, size), data.bottleneck(k, len(x))
    if np.size(losses) == 0:
        raise ValueError(
            "losses is empty; give the loss of at least one known minimum, for example those of "
            "multi_start(X, Y, rows, k, starts=100)"
        )
    levels = boundary.vector(losses, "losses", real=True)
    runs = boundary.dimension(runs, "runs", high=MOST_RUNS)
    workers = boundary.dimension(workers, "workers")
    for scheme in schemes:
        if scheme not in SCHEMES:
            raise ValueError(f"unknown scheme {scheme!r}; known: {', '.join(SCHEMES)}")
    training = {"method": "l-bfgs", "max_steps": 3000, "tolerance": 1e-9} | training
    streams = boundary.generators(rng, len(schemes) * runs)
    jobs = zip([scheme for scheme in schemes for _ in range(runs)], streams, strict=True)
    final_losses: list[float] = []
    with backend(workers, scheduler):
        # in the order of the jobs
        calls = (
            delayed(_final_loss)(x, y, kept, k, scheme, stream, training) for scheme, stream in jobs
        )
        for loss in Parallel(return_as="generator")(calls):
            final_losses.append(loss)
            if progress is not None:
                progress(len(final_losses), len(streams))
    # Each run belongs to the nearest known minimum, or, if that is too far, to none: number -1.
    gaps = np.abs(np.reshape(final_losses, (len(schemes), runs, 1)) - levels)
    reached = np.where(gaps.min(axis=2) <= CLOSE * float(np.sum(y**2)), gaps.argmin(axis=2), -1)
    return [
        TrainingOutcomes(
            scheme,
            runs,
            tuple(map(float, levels)),
            tuple(int((minimum == i).sum()) for i in range(len(levels))),
        )
        for scheme, minimum in zip(schemes, reached, strict=True)
    ]


def _final_loss(
    x: RealArray,
    y: RealArray,
    rows: IndexArray,
    k: int,
    scheme: str,
    rng: np.random.Generator,
    training: dict[str, Any],
) -> float:
    """Loss at the end of a run."""
    n = len(x)
    if scheme == "two-phase, FJLT":
        # A butterfly of size 1 has no layer for a sign.
        signs = rng.choice([-1.0, 1.0], size=n) if n > 1 else None
        butterfly = Butterfly.hadamard(n, signs)
    else:
        butterfly = Butterfly.random(n, rng)
    B = TruncatedButterfly(butterfly.weights, rows)
    if scheme == "joint":
        return fit(x, y, k, B, rng=rng, **training).loss
    return fit_two_phase(x, y, k, B, rng=rng, **training).second.loss
