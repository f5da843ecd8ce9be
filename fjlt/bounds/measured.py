"""How many rows a random embedding needs on your own points: measured, with a designed test."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from math import ceil, comb, log, log1p

import numpy as np

from fjlt import boundary
from fjlt.embedding.ensembles import Ensemble, draw_of, name_of
from fjlt.embedding.sequential import log_evidence
from fjlt.types import Array, ArrayLike, IndexArray, RealArray, RNGLike

__all__ = ["MeasuredMinDim", "min_dim_measured"]

_CLEAR = log(8)
"""Evidence with which the search goes on; what is found is judged by draws of its own."""


@dataclass(frozen=True)
class MeasuredMinDim:
    """What ``min_dim_measured`` found; ``print`` shows it.

    Attributes
    ----------
    k : int
        Rows with which the embedding fails with probability less than delta.
    too_few : int
        Rows with which it fails with probability more than delta; 0 if none were found.
    trivial : bool
        Whether k = n because no smaller size passed.
    failures, draws : int
        Of the draws with k rows, made after the search, how many failed.
    interval : tuple of float
        For the failure probability at k, each end wrong with probability at most alpha/2.
    eps, delta, alpha, ensemble, n_pairs
        What was asked.

    Examples
    --------
    >>> found = min_dim_measured(np.eye(16)[:, :8], 0.5, ensemble="count_sketch", rng=0)
    >>> found.trivial, found.k
    (True, 16)
    """

    k: int
    too_few: int
    trivial: bool
    failures: int
    draws: int
    interval: tuple[float, float]
    eps: float
    delta: float
    alpha: float
    ensemble: str
    n_pairs: int

    def summary(self) -> str:
        """The answer, the evidence and the design.

        Returns
        -------
        str
            Three lines.
        """
        promise = f"{self.ensemble}, {self.n_pairs} squared distances within 1 ± {self.eps:g}"
        if self.trivial:
            answer = f"k = n = {self.k}: no smaller size passed, and the identity keeps all"
        else:
            answer = (
                f"k = {self.k}: {self.failures} of {self.draws} fresh draws failed; probability "
                f"{self.interval[0]:.2g} to {self.interval[1]:.2g}"
            )
        few = f"; k = {self.too_few} is too few" if self.too_few else ""
        return (
            f"{promise} with probability {1 - self.delta:.12g}\n{answer}{few}\n"
            f"design: one of these answers is wrong with probability at most {self.alpha:g}"
        )

    __str__ = summary


def min_dim_measured(
    points: ArrayLike,
    eps: float,
    delta: float = 0.05,
    ensemble: Ensemble = "srht",
    *,
    pairs: int | None = None,
    alpha: float = 1e-3,
    rng: RNGLike = None,
) -> MeasuredMinDim:
    """Least number of rows with which an embedding keeps the distances of these points, measured.

    A draw fails if the squared distance of some pair is off by more than a factor 1 ± eps. Wanted
    is the least k where draws fail with probability less than delta.

    Parameters
    ----------
    points : array_like, shape (n, m)
        Real; columns are points, at least two of them different.
    eps : float
        0 < eps <= 1.
    delta : float
        0 < delta < 1.
    ensemble : str or callable
        A name in ``fjlt.embedding.ENSEMBLES``, or a function (k, n, rng) that returns an operator
        of shape (k, n).
    pairs : int, optional
        So many pairs, drawn at random, in place of all. What is found is true of these.
    alpha : float
        Largest probability of a wrong answer, 0 < alpha < 1/2.
    rng : None, int, SeedSequence, BitGenerator or Generator
        Draws the pairs and the embeddings.

    Returns
    -------
    MeasuredMinDim
        With probability at least 1 - alpha, draws of ``k`` rows fail with probability less than
        delta, and draws of ``too_few`` rows with probability more than delta.

    Raises
    ------
    ValueError, TypeError
        If an argument is out of range, or all points are the same.

    See Also
    --------
    min_dim : what is proved for all points.

    Notes
    -----
    Bisection over k < n finds the candidate, to one part in 32, on draws that are then forgotten;
    there a size is left as soon as its draws are clear. Fresh draws judge
    it by a binomial test; if they do not say that it is enough, a larger size is judged, at half of
    the error that is left. In the same way smaller sizes are judged, until
    one is shown to be too few. A test stops once its result is certain. That k is the least
    such size supposes that failures become rarer as k grows.

    Cost: about 3·ln(1/alpha)/delta draws for each judged size, and half as many for each of four or
    five in the search; one draw is the product with all points, and 3·k flops for each pair.

    Examples
    --------
    >>> points = np.random.default_rng(0).standard_normal((256, 12))
    >>> print(min_dim_measured(points, 0.5, delta=0.1, rng=0))
    srht, 66 squared distances within 1 ± 0.5 with probability 0.9
    k = 74: 5 of 276 fresh draws failed; probability 0.0015 to 0.071; k = 52 is too few
    design: one of these answers is wrong with probability at most 0.001
    """
    x = boundary.matrix(points, "points", real=True).astype(np.float64, order="F")
    eps = boundary.number(eps, "eps", above=0, high=1)
    delta = boundary.number(delta, "delta", above=0, high=1)
    alpha = boundary.number(alpha, "alpha", above=0, high=1)
    if not (delta < 1 and alpha < 0.5):
        raise ValueError(f"delta = {delta}, alpha = {alpha}: delta < 1 and alpha < 1/2 are needed")
    for_pairs, for_search, for_k, for_few = boundary.generators(rng, 4)
    distances = _Distances.of(x, pairs, for_pairs)
    before = distances.squares(x)
    kept = before > 0
    if not kept.any():
        raise ValueError(f"points: all {before.size} distances are 0; pass points that differ")
    distances, before = distances.only(kept), before[kept]
    draw, n = draw_of(ensemble), x.shape[0]

    def fails(k: int, generator: np.random.Generator) -> bool:
        ratio = distances.squares(draw(k, n, generator) @ x) / before
        return bool(np.max(abs(ratio - 1)) > eps)

    low, k = 0, n
    while k - low > max(1, k // 32):
        middle = (low + k) // 2
        if _Test(delta, alpha).likely(partial(fails, middle, for_search)):
            k = middle
        else:
            low = middle
    # fresh draws judge the candidate, then larger sizes
    test = _Test(delta, alpha / 4)
    while k < n and not test.few(partial(fails, k, for_k)):
        k, test = min(n, k + max(1, k // 16)), _Test(delta, test.level / 2)
    # and smaller sizes, down from it
    too_few, other = k * 15 // 16, _Test(delta, alpha / 4)
    while too_few > 0 and not other.many(partial(fails, too_few, for_few)):
        too_few, other = too_few * 7 // 8, _Test(delta, other.level / 2)
    return MeasuredMinDim(
        k,
        too_few,
        k == n,
        *((0, 0, (0.0, 0.0)) if k == n else test.seen()),
        eps,
        delta,
        alpha,
        name_of(ensemble),
        before.size,
    )


class _Test:
    """A binomial test of whether failures are rarer, or more frequent, than delta."""

    def __init__(self, delta: float, level: float) -> None:
        from fjlt.runs.binomial import threshold

        self.level = level
        self.design = threshold(ceil(3 * log(level) / log1p(-delta)), delta, level)
        self.failures = 0

    def likely(self, fails: Callable[[], bool]) -> bool:
        """Whether ``few`` seems to be so, by some of the draws if those are clear."""
        self.failures = 0
        for made in range(1, self.design.draws + 1):
            self.failures += fails()
            if not self.design.says_not(self.failures):
                return False
            # only the search looks so: each look is at all draws up to it
            if made % 16 == 0 and log_evidence(self.failures, made, self.design.floor)[1] > _CLEAR:
                return True
        return True

    def few(self, fails: Callable[[], bool]) -> bool:
        """Whether so few draws fail that the probability is less than delta."""
        self.failures = 0
        for _ in range(self.design.draws):
            self.failures += fails()
            if not self.design.says_not(self.failures):
                return False
        return True

    def many(self, fails: Callable[[], bool]) -> bool:
        """Whether so many draws fail that the probability is more than delta."""
        self.failures = 0
        for left in range(self.design.draws, 0, -1):
            # all that are left would not be enough
            if not self.design.says_so(self.failures + left):
                return False
            self.failures += fails()
            if self.design.says_so(self.failures):
                return True
        return False

    def seen(self) -> tuple[int, int, tuple[float, float]]:
        """Failures, draws, and the limits of the failure probability."""
        from fjlt.runs.binomial import limits

        draws = self.design.draws
        return self.failures, draws, limits(self.failures, draws, self.level)


@dataclass(frozen=True)
class _Distances:
    """The pairs of points, by their columns."""

    first: IndexArray
    second: IndexArray

    @staticmethod
    def of(x: RealArray, pairs: int | None, rng: np.random.Generator) -> _Distances:
        """All pairs of the columns of x, or so many that are drawn."""
        m = boundary.dimension(x.shape[1], "number of points", low=2)
        if pairs is None:
            text = f"all pairs of {m} points; pass pairs=100_000 to sample"
            boundary.memory(64 * comb(m, 2), text)
            return _Distances(*np.triu_indices(m, 1))
        count = boundary.dimension(pairs, "pairs")
        first = rng.integers(m, size=count)
        return _Distances(first, (first + rng.integers(1, m, size=count)) % m)

    def only(self, kept: Array) -> _Distances:
        """Those pairs alone."""
        return _Distances(self.first[kept], self.second[kept])

    def squares(self, z: RealArray) -> RealArray:
        """The squared distances of the pairs among the columns of z."""
        from fjlt.kernels.point_distances import squared_distances
        from fjlt.kernels.threads import in_parallel

        rows = np.ascontiguousarray(z.T, np.float64)
        squares = np.empty(self.first.size)
        work = squares.size * rows.shape[1]
        in_parallel(squared_distances, squares.size, work, rows, self.first, self.second, squares)
        return squares
