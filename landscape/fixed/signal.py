"""The signal matrix Σ(B) = Y X̃ᵀ (X̃X̃ᵀ)⁺ X̃ Yᵀ with X̃ = BX: what BX can explain of Y."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike

from fjlt.runs.backends import one_blas_thread
from fjlt.types import OperatorLike, RealArray
from landscape import data

__all__ = ["Signal", "signal_matrix"]

SAME = 1e-10
"""Singular values of A that differ by at most SAME·‖Y‖_F count as equal, smaller ones as zero."""


@dataclass(frozen=True, eq=False)
class Signal:
    """The targets in coordinates in which the loss for a fixed B is that of a matrix approximation.

    Let V be an orthonormal basis of the row space of X̃ = BX and A = YV. The encoder enters through
    F = E·X̃·V, and E = F·dual. Then Σ(B) = AAᵀ and

        L(D, E) = ‖DEX̃ - Y‖_F² = ‖DF - A‖_F² + ‖Y - AVᵀ‖_F².

    Attributes
    ----------
    basis : ndarray, shape (d, rank_data)
        V.
    response : ndarray, shape (m, rank_data)
        A.
    dual : ndarray, shape (rank_data, l)
        A matrix with dual·X̃ = Vᵀ, so that F·dual is an encoder with the coordinates F. It is the
        only one, and dual = Vᵀ X̃⁺, if rank_data = l.
    left, values, right : ndarray, shapes (m, r), (r,), (rank_data, r)
        Singular value decomposition of A, largest value first, without the values that count as
        zero.
    floor : float
        The part of ‖Y‖_F² that no D and E explain: ‖Y‖_F² minus the sum of the eigenvalues.
    tolerance : float
        1e-10·‖Y‖_F. Singular values that differ by at most this count as equal.
    """

    basis: RealArray
    response: RealArray
    dual: RealArray
    left: RealArray
    values: RealArray
    right: RealArray
    floor: float
    tolerance: float

    @classmethod
    def of(cls, X: ArrayLike, Y: ArrayLike, B: OperatorLike) -> Signal:
        """Check data X (n, d), Y (m, d) and an encoder B (l, n), and compute their signal.

        Cost: one product BX and O(ld·min(l, d) + md·l) operations.
        """
        x, y = data.pair(X, Y)
        return cls.of_code(data.encode(B, x), y)

    @classmethod
    def of_code(cls, code: RealArray, y: RealArray) -> Signal:
        """Compute the signal of encoded data X̃ (l, d) and targets y (m, d), without checks."""
        basis, dual = _row_space(code)
        response = y @ basis
        left, values, right = np.linalg.svd(response, full_matrices=False)
        tolerance = SAME * float(np.linalg.norm(y))
        r = int((values > tolerance).sum())
        # What is left over is summed directly. The difference ‖Y‖² - Σ λ_i would cancel.
        floor = math.fsum([np.square(y - response @ basis.T).sum(), *np.square(values[r:])])
        return cls(basis, response, dual, left[:, :r], values[:r], right[:r].T, floor, tolerance)

    @property
    def rank_data(self) -> int:
        """Rank of X̃."""
        return len(self.dual)

    @property
    def rank(self) -> int:
        """Rank r of Σ(B)."""
        return len(self.values)

    @property
    def eigenvalues(self) -> RealArray:
        """Positive eigenvalues λ1 >= … >= λr of Σ(B), the squares of the singular values of A."""
        return np.square(self.values)

    @cached_property
    def clusters(self) -> list[range]:
        """The numbers 0, …, r-1 of the eigenvalues, cut into runs of equal eigenvalues."""
        cuts = np.flatnonzero(self.values[:-1] - self.values[1:] > self.tolerance) + 1
        edges = [0, *cuts.tolist(), self.rank]
        return [range(a, b) for a, b in pairwise(edges)]

    @cached_property
    def cluster_of(self) -> list[int]:
        """For each eigenvalue, the number of its run."""
        return [number for number, run in enumerate(self.clusters) for _ in run]


def _row_space(code: RealArray) -> tuple[RealArray, RealArray]:
    """Return an orthonormal basis V, shape (d, rank), of the row space of X̃, and the dual of it.

    The dual W, shape (rank, l), satisfies W·X̃ = Vᵀ.
    """
    # Scaling a row does not change the span. With rows of largest entry one, the numerical rank
    # does not depend on how the encoder scales its outputs.
    scale = np.abs(code).max(axis=1, keepdims=True)
    scale[scale == 0] = 1
    left, values, right = np.linalg.svd(code / scale, full_matrices=False)
    limit = max(code.shape) * np.finfo(np.float64).eps * values[0]
    rank = int((values > limit).sum())
    # X̃ = S·U·diag(σ)·Vᵀ with S the diagonal matrix of the scales, so W = diag(1/σ)·Uᵀ·S⁻¹.
    return right[:rank].T, (left[:, :rank] / values[:rank] / scale).T


@one_blas_thread()
def signal_matrix(X: ArrayLike, Y: ArrayLike, B: OperatorLike) -> RealArray:
    """Signal matrix Σ(B) = Y X̃ᵀ (X̃X̃ᵀ)⁺ X̃ Yᵀ with X̃ = BX, shape (m, m), not scaled.

    It is symmetric and positive semidefinite. Σ(B) = Y P Yᵀ, where P is the orthogonal projection
    onto the row space of X̃, and it is computed from an orthonormal basis of that space; X̃X̃ᵀ is
    never formed.

    Parameters
    ----------
    X : array_like, shape (n, d)
        Real data; columns are samples.
    Y : array_like, shape (m, d)
        Real targets.
    B : array_like or linear operator, shape (l, n)
        Encoder.

    Returns
    -------
    ndarray, shape (m, m)
        Σ(B); symmetric.

    Raises
    ------
    ValueError, TypeError
        If the shapes do not agree, or an entry is complex or not finite.

    See Also
    --------
    critical_points : The critical points of the loss, which are subsets of eigenvectors of Σ(B).
    reduced_loss : The least loss for B.

    Notes
    -----
    The rank of X̃ is determined after scaling each of its rows to largest entry one: singular values
    above max(l, d)·2.2e-16 times the largest count. Cost: one product BX and O(ld·min(l, d) + m²l)
    operations.

    References
    ----------
    Theorem 1 of arXiv 2007.08864v2, with the pseudo-inverse
    in place of the inverse.

    Examples
    --------
    >>> signal_matrix(np.eye(2), [[1, 2], [0, 3]], [[0, 1]])
    array([[4., 6.],
           [6., 9.]])
    """
    response = Signal.of(X, Y, B).response
    return response @ response.T
