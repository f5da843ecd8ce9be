"""Every critical value of the loss in (D, E) for a fixed encoder B, lowest first, with Morse
index."""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fjlt import boundary
from landscape import data
from landscape.fixed.signal import Signal

__all__ = ["CriticalPoint", "critical_points"]

Array = NDArray[np.float64]
Subset = tuple[int, ...]


@dataclass(frozen=True)
class CriticalPoint:
    """A critical point of (D, E) ↦ ‖DEX̃ - Y‖_F², X̃ = BX, up to the gauge (DC, C⁻¹E).

    Attributes
    ----------
    subset : tuple of int
        I ⊆ {1, …, r}, r = rank Σ(B), 1-based as in the paper; DEX̃ is the part of Y in the
        eigenvectors of Σ(B) numbered by I, largest eigenvalue first.
    loss : float
        tr YYᵀ - sum of λ_i over I.
    index, nullity : int
        Numbers of negative and zero eigenvalues of the Hessian in the mk + kl entries of D and E,
        at the point that ``realise()`` returns.
    kind : str
        "global minimum" or "strict saddle"; for a fixed B there is nothing else.
    note : str
        What the subset leaves open, empty if only the gauge.
    """

    subset: Subset
    loss: float
    index: int
    nullity: int
    kind: str
    note: str
    k: int = field(repr=False, compare=False)
    signal: Signal = field(repr=False, compare=False)

    def inertia(self, t_D: int = 0, t_E: int = 0) -> tuple[int, int]:
        """(index, nullity) where D has t_D further columns in ker Aᵀ and E has t_E further rows in
        ker A.

        A = Y X̃ᵀ(X̃X̃ᵀ)^(+1/2), q = |I|, ρ = rank X̃. The index is the number of pairs (c in I, i
        not in I, λ_i > λ_c) plus (k-q)(r-q); the nullity is q² + (k-q)(2q+m+ρ-2r) - t_D(ρ-r) -
        t_E(m-r) + t_D·t_E, plus k(l-ρ), plus the number of pairs with λ_i = λ_c.

        Raises
        ------
        ValueError
            If t_D > m-r, t_E > ρ-r or t_D + t_E > k-q.
        """
        self._check_ranks(t_D, t_E)
        return _inertia(self.signal, self.k, self.subset, t_D, t_E)

    def realise(self, rng: Any = None, t_D: int = 0, t_E: int = 0) -> tuple[Array, Array]:
        """A critical point (D, E) of this class; orthonormal D without ``rng``, a random gauge with
        it.

        Parameters
        ----------
        rng : None, int, SeedSequence, BitGenerator or Generator
            None gives D with orthonormal nonzero columns. Otherwise (DC, C⁻¹E) for a random C with
            singular values in [1/2, 2], and random directions in the kernels.
        t_D, t_E : int
            Ranks beyond |I|: D gets t_D columns in ker Aᵀ, E gets t_E rows with rows of EX̃V in ker
            A, on hidden units where the other factor is zero, so that the product DEX̃ and the loss
            stay.

        Returns
        -------
        D : ndarray, shape (m, k)
        E : ndarray, shape (k, l)

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
        self._check_ranks(t_D, t_E)
        s, q, k = self.signal, len(self.subset), self.k
        chosen = np.array(self.subset, dtype=np.intp) - 1
        outside_left, outside_right = _complement(s.left), _complement(s.right)
        if rng is not None:
            rng = np.random.default_rng(rng)
            outside_left = outside_left @ _rotation(outside_left.shape[1], rng)
            outside_right = outside_right @ _rotation(outside_right.shape[1], rng)
        D = np.zeros((len(s.response), k))
        F = np.zeros((k, s.rank_data))
        D[:, :q] = s.left[:, chosen]
        F[:q] = s.values[chosen, None] * s.right[:, chosen].T
        D[:, q : q + t_D] = outside_left[:, :t_D]
        F[k - t_E :] = (s.values[0] if s.rank else 1.0) * outside_right[:, :t_E].T
        if rng is not None:
            stretch = rng.uniform(0.5, 2.0, size=k)
            left, right = _rotation(k, rng), _rotation(k, rng)
            D, F = D @ (left * stretch) @ right, right.T @ (left / stretch).T @ F
        return D, F @ s.dual

    def _check_ranks(self, t_D: int, t_E: int) -> None:
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


def critical_points(X: ArrayLike, Y: ArrayLike, B: Any, k: int) -> Iterator[CriticalPoint]:
    """Critical points of ‖DEBX - Y‖_F² in (D, E), B fixed, lowest loss first: one for each I ⊆ [r],
    |I| <= k.

    Parameters
    ----------
    X : array_like, shape (n, d)
        Real data; columns are samples.
    Y : array_like, shape (m, d)
    B : array_like or linear operator, shape (l, n)
    k : int
        Width of the bottleneck, 1 <= k <= n.

    Returns
    -------
    iterator of CriticalPoint
        Lazy: the arguments are checked at once, the points come as they are asked for. Points of
        equal loss come in no particular order, which is the same on every run.

    Raises
    ------
    ValueError, TypeError
        If shapes do not agree, k is out of range, or an entry is complex or not finite.

    Notes
    -----
    Cost: one singular value decomposition, then O(k·r) a point. Zero eigenvalues of Σ(B) stand
    outside [r]: they change no loss. Singular values of A (the square roots of the eigenvalues)
    that differ by at most 1e-10·‖Y‖_F count as equal, and those below that as zero.

    Source: Theorem 1 of arXiv 2007.08864 (numbered as in the ICLR 2021 submission), here without
    its hypotheses that X̃X̃ᵀ is invertible and that Σ(B) has distinct positive eigenvalues; the
    index and the nullity are this library's.

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
    signal = Signal.of(X, Y, B)
    k = data.bottleneck(k, data.as_operator(B).shape[1])
    return _points(signal, k)


def _points(signal: Signal, k: int) -> Iterator[CriticalPoint]:
    for loss, subset in _levels(signal.eigenvalues.tolist(), signal.floor, k):
        index, nullity = _inertia(signal, k, subset)
        kind = "global minimum" if index == 0 else "strict saddle"
        yield CriticalPoint(subset, loss, index, nullity, kind, _note(signal, k, subset), k, signal)


def _levels(eigenvalues: list[float], floor: float, k: int) -> Iterator[tuple[float, Subset]]:
    """Subsets of [r] of size at most k with their losses, in increasing order of loss.

    Best first search from {1, …, min(k, r)}. A step moves one element up by one, or drops r; no
    step lowers the loss, and every subset is reached. ``fsum`` rounds the exact sum once, so that
    the losses keep the order of the exact sums.
    """
    r = len(eigenvalues)

    def level(subset: Subset) -> float:
        kept = set(subset)
        return math.fsum([floor, *(v for i, v in enumerate(eigenvalues, 1) if i not in kept)])

    best = tuple(range(1, min(k, r) + 1))
    heap, seen = [(level(best), best)], {best}
    while heap:
        loss, subset = heapq.heappop(heap)
        yield loss, subset
        for successor in _successors(subset, r):
            if successor not in seen:
                seen.add(successor)
                heapq.heappush(heap, (level(successor), successor))


def _successors(subset: Subset, r: int) -> Iterator[Subset]:
    """Every subset with one element moved to the free place above it, or with r dropped."""
    for place, i in enumerate(subset):
        if i == r:
            yield subset[:place]
        elif i + 1 not in subset[place + 1 : place + 2]:
            yield (*subset[:place], i + 1, *subset[place + 1 :])


def _inertia(signal: Signal, k: int, subset: Subset, t_D: int = 0, t_E: int = 0) -> tuple[int, int]:
    """Index and nullity; the formula stands in ``CriticalPoint.inertia``."""
    (m, rho), l = signal.response.shape, signal.dual.shape[1]
    q, r = len(subset), signal.rank
    index, ties = (k - q) * (r - q), 0
    larger = 0
    for inside, outside in _split(signal, subset):
        index += inside * larger
        ties += inside * outside
        larger += outside
    nullity = (
        q * q + (k - q) * (2 * q + m + rho - 2 * r) - t_D * (rho - r) - t_E * (m - r) + t_D * t_E
    )
    return index, nullity + k * (l - rho) + ties


def _split(signal: Signal, subset: Subset) -> list[tuple[int, int]]:
    """For each distinct eigenvalue, largest first: how many of its numbers the subset has, and has
    not."""
    kept = {i - 1 for i in subset}
    inside = [len(kept.intersection(cluster)) for cluster in signal.clusters]
    return [(a, len(cluster) - a) for a, cluster in zip(inside, signal.clusters, strict=True)]


def _note(signal: Signal, k: int, subset: Subset) -> str:
    """What the subset leaves open, in whole sentences."""
    sentences = []
    for cluster, (inside, outside) in zip(signal.clusters, _split(signal, subset), strict=True):
        if inside and outside:
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


def _complement(basis: Array) -> Array:
    """Orthonormal basis of the orthogonal complement of the span of orthonormal columns."""
    n, r = basis.shape
    return np.linalg.qr(basis, mode="complete")[0][:, r:] if r else np.eye(n)


def _rotation(n: int, rng: np.random.Generator) -> Array:
    """A Haar-like random orthogonal matrix."""
    return np.linalg.qr(rng.normal(size=(n, n)))[0]
