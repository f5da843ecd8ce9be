"""Low-rank approximation from a sketch."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from fjlt import boundary
from fjlt.array_libraries import at_once
from fjlt.operators.conversion import as_operator
from fjlt.operators.operator import Operator
from fjlt.scaling import restored, scaled, times_power_of_two
from fjlt.types import Array, ArrayLike, OperatorLike

__all__ = ["LowRank", "low_rank"]


class LowRank(NamedTuple):
    """Approximation left @ right of a matrix X.

    Attributes
    ----------
    left : ndarray, shape (n, q)
        Of the library of X, as ``right`` is.
    right : ndarray, shape (q, d)
        Its rows are orthonormal.
    error : float
        ‖X - left @ right‖_F², the squared Frobenius norm.

    Examples
    --------
    >>> left, right, error = low_rank([[3, 0], [0, 1]], [[1, 0]], 1)
    >>> abs(left @ right).round(12), round(error, 12)
    (array([[3., 0.],
           [0., 0.]]), 1.0)
    """

    left: Any
    right: Any
    error: float


def low_rank(X: ArrayLike, sketch: OperatorLike, k: int) -> LowRank:
    """Best approximation of X of rank at most k whose rows lie in the row space of sketch @ X.

    Parameters
    ----------
    X : array_like, shape (n, d)
        Columns are samples. The factors are of its library, as ``J @ X`` is.
    sketch : Operator, LinearOperator, array_like or scipy.sparse array, shape (l, n)
        Its scale does not matter.
    k : int
        1 <= k <= min(n, d).

    Returns
    -------
    LowRank
        In decreasing order of singular values. The rank q is k, or the numerical rank of sketch @ X
        if that is less. The error is squared.

    Raises
    ------
    ValueError, TypeError
        If the shapes do not fit, k is out of range, an entry is not finite, of sketch @ X too, or X
        is a Dask array.
    OverflowError
        If no number of the precision is near the factors or the squared error.

    Notes
    -----
    The row space of sketch @ X is taken to be the span of its right singular vectors with a
    singular value above max(n, d, l)·eps·σ1, where l is the number of rows of the sketch. X is
    projected to it, and the projection is truncated.

    The result does not depend on the number of threads of BLAS, which is one.

    Cost: sketch @ X, and singular value decompositions of shapes (l, d) and (n, min(l, d)).

    References
    ----------
    Section 4 of arXiv 2007.08864v2, after Sarlós, FOCS
    2006.

    Examples
    --------
    >>> X = [[0, 1], [2, 0], [2, 0], [2, 0]]
    >>> low_rank(X, [[0, 1, 0, 0]], 1).error
    1.0
    """
    from fjlt.runs.backends import one_blas_thread

    X, back = at_once(X, "X")
    x = boundary.matrix(X, "X")
    k = boundary.dimension(k, "k", high=min(x.shape))
    j = as_operator(sketch, "sketch")
    if j.shape[1] != x.shape[0]:
        raise ValueError(
            f"sketch has {j.shape[1]} columns, expected {x.shape[0]}, the number of rows of X"
        )
    with one_blas_thread():
        left, right, error = _projected(x, j, k)
    return LowRank(back(left), back(right), error)


def _projected(x: Array, j: Operator, k: int) -> tuple[Array, Array, float]:
    # Squares of very large or very small entries are no doubles; powers of 2 scale exactly.
    x, exponent = scaled(x)
    sketched = boundary.matrix(j @ x, "sketch @ X")
    # An orthonormal basis of the row space of the sketched matrix.
    _, sigma, basis = np.linalg.svd(sketched, full_matrices=False)
    eps = np.finfo(sigma.dtype).eps
    basis = basis[sigma > max(*x.shape, j.shape[0]) * eps * sigma[0]]
    # The best approximation in a row space is that of the projection, by Eckart and Young.
    u, s, coordinates = np.linalg.svd(x @ basis.conj().T, full_matrices=False)
    left, right = u[:, :k] * s[:k], coordinates[:k] @ basis
    error = float(np.sum(np.abs(x - left @ right) ** 2))
    noise = x.size * eps * np.sum(np.abs(x) ** 2, dtype=np.float64)
    return (
        times_power_of_two(left, exponent),
        right,
        float(restored(error, 2 * exponent, "the squared error", float(noise))),
    )
