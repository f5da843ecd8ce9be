"""The signal matrix Σ(B) = Y X̃ᵀ (X̃X̃ᵀ)⁺ X̃ Yᵀ, X̃ = BX: what of Y the encoded data can
explain."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from landscape import data

__all__ = ["Signal", "signal_matrix"]

Array = NDArray[np.float64]

SAME = 1e-10
"""Singular values of A closer than SAME·‖Y‖_F count as equal; those below it count as zero."""


@dataclass(frozen=True, eq=False)
class Signal:
    """Y in an orthonormal basis V of the row space of X̃: A = YV, with L = ‖DF - A‖_F² + ‖Y -
    AVᵀ‖_F².

    F = E·X̃·V are the coordinates of the encoder, E = F·dual. Σ(B) = AAᵀ.

    Attributes
    ----------
    basis : ndarray, shape (d, rank_data)
        V.
    response : ndarray, shape (m, rank_data)
        A.
    dual : ndarray, shape (rank_data, l)
        Vᵀ X̃⁺, which takes F back to an encoder E; E is unique when rank_data = l.
    left, values, right : ndarray, shapes (m, r), (r,), (rank_data, r)
        Singular value decomposition of A without its zero singular values, largest first.
    floor : float
        What no D and E explain: ‖Y‖_F² minus the sum of the eigenvalues.
    tolerance : float
        SAME·‖Y‖_F.
    """

    basis: Array
    response: Array
    dual: Array
    left: Array
    values: Array
    right: Array
    floor: float
    tolerance: float

    @classmethod
    def of(cls, X: ArrayLike, Y: ArrayLike, B: Any) -> Signal:
        """The signal of data X, Y through the encoder B; cost O(ld·min(l, d) + md·l) and a product
        BX."""
        x, y = data.pair(X, Y)
        basis, dual = _row_space(data.encode(B, x))
        response = y @ basis
        left, values, right = np.linalg.svd(response, full_matrices=False)
        tolerance = SAME * float(np.linalg.norm(y))
        r = int((values > tolerance).sum())
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
    def eigenvalues(self) -> Array:
        """Positive eigenvalues λ1 >= … >= λr of Σ(B)."""
        return np.square(self.values)

    @cached_property
    def clusters(self) -> list[range]:
        """[rank] cut into runs of equal eigenvalues, 0-based."""
        cuts = np.flatnonzero(self.values[:-1] - self.values[1:] > self.tolerance) + 1
        edges = [0, *cuts.tolist(), self.rank]
        return [range(a, b) for a, b in pairwise(edges)]


def _row_space(encoded: Array) -> tuple[Array, Array]:
    """Orthonormal basis V, shape (d, rank), of the row space of X̃, and Vᵀ X̃⁺, shape (rank, l).

    The rows are first scaled to largest entry one, which leaves their span alone and makes the rank
    blind to how the encoder scales its outputs. Then singular values below max(l, d)·eps times the
    largest count as zero.
    """
    scale = np.abs(encoded).max(axis=1, keepdims=True)
    scale[scale == 0] = 1
    left, values, right = np.linalg.svd(encoded / scale, full_matrices=False)
    limit = max(encoded.shape) * np.finfo(np.float64).eps * values[0]
    rank = int((values > limit).sum())
    return right[:rank].T, (left[:, :rank] / values[:rank] / scale).T


def signal_matrix(X: ArrayLike, Y: ArrayLike, B: Any) -> Array:
    """Σ(B) = Y X̃ᵀ (X̃X̃ᵀ)⁺ X̃ Yᵀ with X̃ = BX, shape (m, m), symmetric, positive semidefinite; not
    scaled.

    It is Y P Yᵀ, P the orthogonal projection to the row space of X̃, and is computed so, from an
    orthonormal basis; X̃X̃ᵀ is never formed.

    Parameters
    ----------
    X : array_like, shape (n, d)
        Real data; columns are samples.
    Y : array_like, shape (m, d)
    B : array_like or linear operator, shape (l, n)

    Returns
    -------
    ndarray, shape (m, m)

    Raises
    ------
    ValueError, TypeError
        If the shapes do not agree, or an entry is complex or not finite.

    Notes
    -----
    Rank of X̃: its rows are scaled to largest entry one; then the singular values above max(l,
    d)·2.2e-16 times the largest count. Cost: one product BX and O(ld·min(l, d) + m²l) operations.
    Source: Theorem 1 of arXiv 2007.08864 (numbered as in the ICLR 2021 submission), with the
    pseudo-inverse in place of the inverse.

    Examples
    --------
    >>> signal_matrix(np.eye(2), [[1, 2], [0, 3]], [[0, 1]])
    array([[4., 6.],
           [6., 9.]])
    """
    response = Signal.of(X, Y, B).response
    return response @ response.T
