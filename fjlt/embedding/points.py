"""Points in blocks, the columns of a matrix, and their images under a map of any kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from scipy import sparse

from fjlt import boundary
from fjlt.operators.conversion import as_operator
from fjlt.types import Array, ArrayLike, IndexArray, RealArray, SparseArray

__all__ = ["BLOCK", "Points", "blocks", "images"]

BLOCK = 1 << 22
"""Numbers in a block."""


def blocks(count: int, width: int) -> Iterator[slice]:
    """Slices of range(count) that hold at most ``BLOCK`` numbers, ``width`` for each index.

    Examples
    --------
    >>> [(s.start, s.stop) for s in blocks(5, BLOCK // 2)]
    [(0, 2), (2, 4), (4, 5)]
    """
    step = max(1, BLOCK // width)
    return (slice(start, min(start + step, count)) for start in range(0, count, step))


class Points:
    """The columns of a matrix, dense or sparse, that is read in blocks.

    Parameters
    ----------
    X : array_like or scipy.sparse array, shape (n, N)
    name : str
        What error messages call it.

    Attributes
    ----------
    shape : tuple of int
        (n, N).

    Raises
    ------
    ValueError, TypeError
        If X is not a non-empty matrix of finite numbers.

    Notes
    -----
    What a caller gets are rows of doubles: n for a real point, 2n for a complex one, all multiplied
    by one power of 2 that brings the largest into [1/2, 1). So squares do not overflow.
    """

    def __init__(self, X: ArrayLike | SparseArray, name: str = "X") -> None:
        self._matrix: Any
        if sparse.issparse(X):
            self._matrix = sparse.csc_array(X)
            if 0 in self._matrix.shape:
                raise ValueError(
                    f"{name} must be a non-empty matrix, got shape {self._matrix.shape}"
                )
            entries = boundary.array(self._matrix.data, f"{name}.data")
            self._matrix = self._matrix.astype(entries.dtype)
        else:
            self._matrix = entries = boundary.matrix(X, name)
        self.shape: tuple[int, int] = self._matrix.shape
        parts = (entries.real, entries.imag) if np.iscomplexobj(entries) else (entries,)
        largest = max((max(p.max(), -p.min()) for p in parts if p.size), default=0.0)
        self.exponent = int(np.frexp(np.float64(largest))[1])

    @property
    def width(self) -> int:
        """Numbers in a row: n, or 2n if the points are complex."""
        return self.shape[0] * (2 if self._matrix.dtype.kind == "c" else 1)

    def columns(self, index: slice | IndexArray) -> Array:
        """Some of the points as they were given, the columns of a dense array."""
        some = self._matrix[:, index]
        return some.toarray() if sparse.issparse(some) else some

    def rows(self, index: slice | IndexArray) -> RealArray:
        """Some of the points as rows of doubles, scaled."""
        some = np.ascontiguousarray(self.columns(index).T)
        wide = some.astype(np.complex128 if some.dtype.kind == "c" else np.float64)
        return np.ldexp(wide.view(np.float64), -self.exponent)


def images(op: Any, points: Points, which: IndexArray) -> Points:
    """The images of some points, in their order.

    Parameters
    ----------
    op : LinearOperator, array_like, scipy.sparse array, callable or scikit-learn transformer
        A transformer gets samples in rows; everything else gets points in columns, some at a time.
    points : Points
    which : ndarray of int
        Numbers of the points.

    Raises
    ------
    ValueError, TypeError
        If ``op`` does not fit the points, or an image is not a vector of finite numbers, the same
        number for all.
    """
    apply = _applied(op, points.shape[0])
    parts: list[Array] = []
    for some in blocks(len(which), points.shape[0]):
        given = points.columns(which[some])
        part = apply(given)
        part = boundary.matrix(
            part.toarray() if sparse.issparse(part) else part,
            "the images of the points under op",
            n_columns=given.shape[1],
            n_rows=len(parts[0]) if parts else None,
        )
        parts.append(part)
    return Points(np.concatenate(parts, axis=1), "the images")


def _applied(op: Any, n: int) -> Callable[[Array], Any]:
    """The map as a function of columns."""
    if hasattr(op, "transform"):
        return lambda x: op.transform(x.T).T
    # A linear operator of SciPy is callable too: what has a shape is linear.
    if callable(op) and not hasattr(op, "shape"):
        return op
    operator = as_operator(op, "op")
    if operator.shape[1] != n:
        remedy = ""
        if operator.shape[0] == n:
            remedy = "; did you mean its transpose?"
        raise ValueError(
            f"op of shape {operator.shape} takes {operator.shape[1]} numbers, but X has {n} rows: "
            f"points are the columns of X{remedy}"
        )
    return operator.dot
