"""Critical points of the loss in (D, E) for a fixed encoder B, lowest loss first, with Morse index.

In the coordinates of ``Signal`` the loss is ‖DF - A‖_F² plus a constant. Its critical points are
given by sets of singular vectors of A, that is, of eigenvectors of Σ(B) = AAᵀ: for each set I of
at most k of the r positive eigenvalues, DF is the part of A in the singular vectors of I.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

from fjlt import boundary
from fjlt.runs.backends import one_blas_thread
from fjlt.types import OperatorLike, RealArray, RNGLike
from landscape import data
from landscape.fixed.signal import Signal

__all__ = ["CriticalPoint", "critical_points"]

Subset = tuple[int, ...]


@dataclass(frozen=True)
class CriticalPoint:
    """A critical point of (D, E) ↦ ‖DEX̃ - Y‖_F², X̃ = BX, up to the gauge (D, E) ↦ (DC, C⁻¹E).

    Attributes
    ----------
    subset : tuple of int
        I ⊆ {1, …, r}, r = rank Σ(B). It numbers the eigenvectors of Σ(B) from 1, as in the paper,
        largest eigenvalue first; DEX̃ is the projection of Y X̃⁺X̃ onto those in I.
    loss : float
        tr YYᵀ minus the sum of λ_i over I.
    index, nullity : int
        Numbers of negative and zero eigenvalues of the Hessian in the mk + kl entries of D and E,
        at the point that ``realise()`` returns.
    kind : str
        "global minimum" or "strict saddle"; for a fixed B there is no other kind.
    note : str
        What else, besides the gauge, the subset does not determine; empty if nothing.
    k : int
        Width of the bottleneck.
    signal : Signal
        The decomposition of Y that the subset refers to.

    Examples
    --------
    >>> X = np.diag([3, 2, 1])
    >>> best, *others = critical_points(X, X, np.eye(3), k=1)
    >>> best.subset, best.is_minimum, best.is_saddle
    ((1,), True, False)
    >>> all(point.is_saddle for point in others)
    True
    """

    subset: Subset
    loss: float
    index: int
    nullity: int
    kind: str
    note: str
    k: int = field(repr=False, compare=False)
    signal: Signal = field(repr=False, compare=False)

    @property
    def is_minimum(self) -> bool:
        """Whether it is a minimum; for a fixed B every minimum is global."""
        return self.index == 0

    @property
    def is_saddle(self) -> bool:
        """Whether it is a strict saddle: the Hessian has a negative eigenvalue."""
        return self.index > 0

    def inertia(self, t_D: int = 0, t_E: int = 0) -> tuple[int, int]:
        """Return (index, nullity) at ``realise(t_D=t_D, t_E=t_E)``.

        With q = #I and ρ = rank X̃, the index is (k-q)(r-q) plus the number of pairs (c in I, i not
        in I) with λ_i > λ_c. The nullity is q² + (k-q)(2q+m+ρ-2r) - t_D(ρ-r) - t_E(m-r) + t_D·t_E,
        plus k(l-ρ), plus the number of such pairs with λ_i = λ_c.

        Parameters
        ----------
        t_D, t_E : int
            Ranks of D and E beyond #I, see ``realise``.

        Returns
        -------
        tuple (index, nullity) of int
            Numbers of negative and zero eigenvalues of the Hessian.

        Raises
        ------
        ValueError
            If t_D > m-r, t_E > ρ-r or t_D + t_E > k-q.
        """
        t_D, t_E = self._checked_ranks(t_D, t_E)
        return _inertia(self.signal, self.k, self.subset, t_D, t_E)

    @one_blas_thread()
    def realise(
        self, rng: RNGLike = None, t_D: int = 0, t_E: int = 0
    ) -> tuple[RealArray, RealArray]:
        """Return matrices (D, E) at this critical point.

        Parameters
        ----------
        rng : None, int, SeedSequence, BitGenerator or Generator
            None gives D with orthonormal nonzero columns. Otherwise the result is (DC, C⁻¹E) for a
            random C with singular values in [1/2, 2], with random directions in the kernels.
        t_D, t_E : int
            Ranks of D and E beyond #I. D gets t_D columns in ker Aᵀ, and E gets t_E rows such that
            those of EX̃V lie in ker A (A and V as in ``Signal``). They sit on hidden units where the
            other factor is zero, so the product DEX̃ and the loss are those of t_D = t_E = 0.

        Returns
        -------
        D : ndarray, shape (m, k)
            Decoder, of rank #I + t_D.
        E : ndarray, shape (k, l)
            Encoder; EX̃ has rank #I + t_E.

        Raises
        ------
        ValueError
            If t_D > m-r, t_E > ρ-r or t_D + t_E > k-q.

        Examples
        --------
        >>> D, E = next(critical_points(np.diag([2, 1]), np.diag([2, 1]), np.eye(2), 1)).realise()
        >>> abs(D @ E).round(12)
        array([[1., 0.],
               [0., 0.]])
        """
        t_D, t_E = self._checked_ranks(t_D, t_E)
        s, q, k = self.signal, len(self.subset), self.k
        chosen = np.array(self.subset, dtype=np.intp) - 1
        # Bases of ker Aᵀ and of ker A, for the further ranks.
        outside_left, outside_right = _complement(s.left), _complement(s.right)
        if rng is not None:
            rng = np.random.default_rng(rng)
            outside_left = outside_left @ _rotation(outside_left.shape[1], rng)
            outside_right = outside_right @ _rotation(outside_right.shape[1], rng)
        # D holds the chosen left singular vectors, and F = DᵀA then holds σ_i times the right ones.
        D = np.zeros((len(s.response), k))
        F = np.zeros((k, s.rank_data))
        D[:, :q] = s.left[:, chosen]
        F[:q] = s.values[chosen, None] * s.right[:, chosen].T
        D[:, q : q + t_D] = outside_left[:, :t_D]
        F[k - t_E :] = (s.values[0] if s.rank else 1.0) * outside_right[:, :t_E].T
        if rng is not None:
            # C = Q₁·diag(s)·Q₂, so that C⁻¹ = Q₂ᵀ·(Q₁·diag(1/s))ᵀ.
            stretch = rng.uniform(0.5, 2.0, size=k)
            left, right = _rotation(k, rng), _rotation(k, rng)
            D, F = D @ (left * stretch) @ right, right.T @ (left / stretch).T @ F
        return D, F @ s.dual

    def _checked_ranks(self, t_D: int, t_E: int) -> tuple[int, int]:
        s, q = self.signal, len(self.subset)
        t_D, t_E = boundary.dimension(t_D, "t_D", low=0), boundary.dimension(t_E, "t_E", low=0)
        limits = (len(s.response) - s.rank, s.rank_data - s.rank, self.k - q)
        for name, value, limit in zip(
            ("t_D", "t_E", "t_D + t_E"), (t_D, t_E, t_D + t_E), limits, strict=True
        ):
            if value > limit:
                raise ValueError(
                    f"{name} = {value} does not fit; t_D <= m - r = {limits[0]}, "
                    f"t_E <= ρ - r = {limits[1]} and t_D + t_E <= k - |I| = {limits[2]} are needed"
                )
        return t_D, t_E


@one_blas_thread()
def critical_points(X: ArrayLike, Y: ArrayLike, B: OperatorLike, k: int) -> Iterator[CriticalPoint]:
    """Critical points of ‖DEBX - Y‖_F² in (D, E) for a fixed B, lowest loss first.

    There is one for each subset I of {1, …, r}, r = rank Σ(B), with at most k elements.

    Parameters
    ----------
    X : array_like, shape (n, d)
        Real data; columns are samples.
    Y : array_like, shape (m, d)
        Real targets.
    B : array_like or linear operator, shape (l, n)
        Encoder.
    k : int
        Width of the bottleneck, 1 <= k <= n.

    Returns
    -------
    iterator of CriticalPoint
        The arguments are checked at once; each point is computed when it is requested. Points of
        equal loss come in no particular order, but in the same one on every run.

    Raises
    ------
    ValueError, TypeError
        If shapes do not agree, k is out of range, or an entry is complex or not finite.

    See Also
    --------
    signal_matrix : The matrix Σ(B).
    reduced_loss : The loss of the first point.

    Notes
    -----
    Cost: one singular value decomposition, then at most O(k²) operations a point. Zero eigenvalues
    of Σ(B) are not numbered, because to include them changes no loss. Singular values of A (the
    square roots of the eigenvalues) that differ by at most 1e-10·‖Y‖_F count as equal, and smaller
    ones as zero.

    The formulas of the index and of the nullity are in ``CriticalPoint.inertia``. They are not in
    the paper.

    References
    ----------
    Theorem 1 of arXiv 2007.08864v2, here without its
    hypotheses that X̃X̃ᵀ is invertible and that Σ(B) has distinct positive eigenvalues.

    Examples
    --------
    >>> X = np.diag([3, 2, 1])
    >>> for point in critical_points(X, X, np.eye(3), k=1):
    ...     print(point.subset, round(point.loss, 9), point.index, point.kind)
    (1,) 5.0 0 global minimum
    (2,) 10.0 1 strict saddle
    (3,) 13.0 2 strict saddle
    () 14.0 3 strict saddle
    """
    x, y = data.pair(X, Y)
    k = data.bottleneck(k, len(x))
    return _points(Signal.of_code(data.encode(B, x), y), k)


def _points(signal: Signal, k: int) -> Iterator[CriticalPoint]:
    for loss, subset in _levels(signal.eigenvalues.tolist(), signal.floor, k):
        index, nullity = _inertia(signal, k, subset)
        kind = "global minimum" if index == 0 else "strict saddle"
        yield CriticalPoint(subset, loss, index, nullity, kind, _note(signal, k, subset), k, signal)


def _levels(eigenvalues: list[float], floor: float, k: int) -> Iterator[tuple[float, Subset]]:
    """Subsets of {1, …, r} with at most k elements and their losses, in increasing order of loss.

    ``eigenvalues`` are in decreasing order.
    """
    r = len(eigenvalues)
    # All numbers as multiples of one power of 2. A quotient of integers rounds the exact loss once,
    # so the losses are in the order of the exact ones.
    ratios = [value.as_integer_ratio() for value in (floor, *eigenvalues)]
    unit = max(denominator for _, denominator in ratios)
    rest, *parts = [numerator * (unit // denominator) for numerator, denominator in ratios]
    total = rest + sum(parts)

    def level(subset: Subset) -> float:
        return (total - sum(parts[i - 1] for i in subset)) / unit

    # Best-first search from {1, …, min(k, r)}. No successor has a lower loss, and every subset is
    # reached from the first one, so the least entry of the heap is always the next level.
    best = tuple(range(1, min(k, r) + 1))
    heap, reached = [(level(best), best)], {best}
    while heap:
        loss, subset = heapq.heappop(heap)
        yield loss, subset
        for successor in _successors(subset, r):
            if successor not in reached:
                reached.add(successor)
                heapq.heappush(heap, (level(successor), successor))


def _successors(subset: Subset, r: int) -> Iterator[Subset]:
    """Subsets that differ by an element i raised to i + 1, if that is free, or by r removed."""
    for position, i in enumerate(subset):
        if i == r:
            yield subset[:position]
        elif i + 1 not in subset[position + 1 : position + 2]:
            yield (*subset[:position], i + 1, *subset[position + 1 :])


def _inertia(signal: Signal, k: int, subset: Subset, t_D: int = 0, t_E: int = 0) -> tuple[int, int]:
    """Index and nullity, by the formula in ``CriticalPoint.inertia``."""
    (m, rho), l = signal.response.shape, signal.dual.shape[1]
    q, r = len(subset), signal.rank
    # A direction of negative curvature puts a missing eigenvector i on an unused hidden unit, …
    index, ties, before = (k - q) * (r - q), 0, 0
    # … or turns a chosen eigenvector c to a missing one i with λ_i > λ_c. For λ_i = λ_c the
    # curvature is zero. ``before`` counts the chosen eigenvectors of larger eigenvalues.
    for cluster, inside in _chosen(signal, subset):
        larger = cluster.start - before
        index += inside * larger
        ties += inside * (len(cluster) - inside)
        before += inside
    # The gauge orbit has q² dimensions in the q used hidden units. On the k - q unused ones D is
    # free except along the missing left singular vectors, and so is F with the right ones; further
    # rank of one factor couples the other factor to the kernel.
    nullity = (
        q * q + (k - q) * (2 * q + m + rho - 2 * r) - t_D * (rho - r) - t_E * (m - r) + t_D * t_E
    )
    # E is free where it meets no data: each of k rows in the l - ρ directions e with e·X̃ = 0.
    return index, nullity + k * (l - rho) + ties


def _chosen(signal: Signal, subset: Subset) -> list[tuple[range, int]]:
    """The runs of equal eigenvalues that the subset meets, and how many of each it has.

    The largest eigenvalue comes first.
    """
    numbers = Counter(signal.cluster_of[i - 1] for i in subset)
    return [(signal.clusters[number], numbers[number]) for number in sorted(numbers)]


def _note(signal: Signal, k: int, subset: Subset) -> str:
    """What the subset does not determine, in whole sentences."""
    sentences = []
    for cluster, inside in _chosen(signal, subset):
        if inside < len(cluster):
            sentences.append(
                f"λ{cluster[0] + 1} to λ{cluster[-1] + 1} are equal: which {inside} of these "
                f"{len(cluster)} directions are chosen, and so the label, is not determined "
                f"within their eigenspace."
            )
    m, rho, r, l = len(signal.response), signal.rank_data, signal.rank, signal.dual.shape[1]
    if len(subset) < k and max(m, rho) > r:
        sentences.append(
            f"Rank in the kernels is not determined: t_D <= {m - r}, t_E <= {rho - r}, "
            f"t_D + t_E <= {k - len(subset)} are possible; index and nullity are for t_D = t_E = 0."
        )
    if rho < l:
        sentences.append(
            f"BX has rank {rho} < {l}: E is determined only up to {k * (l - rho)} dimensions."
        )
    return " ".join(sentences)


def _complement(basis: RealArray) -> RealArray:
    """Orthonormal basis of the orthogonal complement of the span of orthonormal columns."""
    n, r = basis.shape
    return np.linalg.qr(basis, mode="complete")[0][:, r:] if r else np.eye(n)


def _rotation(n: int, rng: np.random.Generator) -> RealArray:
    """A random orthogonal matrix."""
    return np.linalg.qr(rng.normal(size=(n, n)))[0]
