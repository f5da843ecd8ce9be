"""Low-rank approximation from a sketch."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fjlt import boundary
from fjlt.operators.operator import as_operator

__all__ = ["LowRank", "low_rank"]


class LowRank(NamedTuple):
    """Approximation left @ right of X, and ``error`` = ‖X - left @ right‖_F², the squared Frobenius
    norm."""

    left: NDArray[Any]
    right: NDArray[Any]
    error: float


def low_rank(X: ArrayLike, sketch: Any, k: int) -> LowRank:
    """Best approximation of X, rank at most k, with rows in the row space of sketch @ X; error
    squared.

    Parameters
    ----------
    X : array_like, shape (n, d)
        Columns are samples.
    sketch : Operator, LinearOperator, array_like or scipy.sparse array, shape (l, n)
        Its scale does not matter.
    k : int
        1 <= k <= min(n, d).

    Returns
    -------
    LowRank
        left (n, q) and right (q, d), orthonormal rows, in decreasing order of singular values; q is
        k, or the numerical rank of sketch @ X where that is less. error = ‖X - left @ right‖_F².

    Raises
    ------
    ValueError, TypeError
        If the shapes do not fit, k is out of range, or an entry is not finite.

    Notes
    -----
    The rows of sketch @ X span what its right singular vectors with singular value above
    max(n, d, l)·eps·σ1 span; X is projected there, and the projection truncated.
    Cost: sketch @ X, one decomposition (l, d), one (n, min(l, d)). Source: Section 4 of arXiv
    2007.08864 (numbered as in the ICLR 2021 submission), after Sarlós, FOCS 2006.

    Examples
    --------
    >>> X = [[0, 1], [2, 0], [2, 0], [2, 0]]
    >>> low_rank(X, [[0, 1, 0, 0]], 1).error
    1.0
    """
    x = boundary.matrix(X, "X")
    k = boundary.dimension(k, "k", high=min(x.shape))
    j = as_operator(sketch, "sketch")
    if j.shape[1] != x.shape[0]:
        raise ValueError(
            f"sketch has {j.shape[1]} columns, expected {x.shape[0]}, the number of rows of X"
        )
    _, sigma, basis = np.linalg.svd(j @ x, full_matrices=False)
    tolerance = max(*x.shape, j.shape[0]) * np.finfo(sigma.dtype).eps * sigma[0]
    basis = basis[sigma > tolerance]
    u, s, coordinates = np.linalg.svd(x @ basis.conj().T, full_matrices=False)
    left, right = u[:, :k] * s[:k], coordinates[:k] @ basis
    return LowRank(left, right, float(np.sum(np.abs(x - left @ right) ** 2)))
