"""Matrices, and linear operators of other libraries, as operators of this package."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import aslinearoperator

from fjlt import boundary
from fjlt.array_libraries import at_once
from fjlt.operators.operator import Operator, is_operator
from fjlt.types import Array, OperatorLike, SparseArray

__all__ = ["ForeignOperator", "MatrixOperator", "as_operator", "to_dense"]


class ForeignOperator(Operator):
    """A linear operator of another library; its products are made as they are asked for."""

    def __init__(self, operator: Any, name: str) -> None:
        if len(operator.shape) != 2 or 0 in operator.shape:
            raise ValueError(f"{name} must be a non-empty matrix, got shape {operator.shape}")
        # Integers become float64, as everywhere.
        dtype = boundary.array(np.empty(0, operator.dtype), name).dtype
        super().__init__(dtype, operator.shape)
        self._operator = operator

    def _description(self) -> str:
        return f"of {self._operator!r}"

    def _apply(self, x: Array) -> Array:
        return self._by(self._operator.matvec, self._operator.matmat, x, self.shape[0])

    def _apply_adjoint(self, g: Array) -> Array:
        try:
            return self._by(self._operator.rmatvec, self._operator.rmatmat, g, self.shape[1])
        except (NotImplementedError, TypeError) as error:
            raise NotImplementedError(
                f"{self._operator!r} does not define its adjoint; give it rmatvec"
            ) from error

    def _by(
        self, one: Callable[[Array], Any], many: Callable[[Array], Any], x: Array, size: int
    ) -> Array:
        d = x.shape[1]
        y = np.empty((size, 0)) if d == 0 else one(x[:, 0]) if d == 1 else many(x)
        y = np.asarray(y).reshape(size, d)
        return y.astype(np.result_type(self.dtype, x), copy=False)


class MatrixOperator(Operator):
    """Operator of an explicit matrix, dense or sparse; it has the scale and order of the matrix.

    Parameters
    ----------
    matrix : array_like or scipy.sparse array, shape (m, n)
        The matrix; a sparse one stays sparse.

    Attributes
    ----------
    matrix : ndarray or scipy.sparse.csr_array, shape (m, n)

    Raises
    ------
    ValueError, TypeError
        If the matrix is not two-dimensional, is empty, or has an entry that is not a finite number.

    Notes
    -----
    Cost: 2 flops for each entry and vector; of a sparse array, for each stored entry.

    Examples
    --------
    >>> MatrixOperator([[1, 2], [0, 1]]) @ [1, 1]
    array([3., 1.])
    """

    matrix: Any

    def __init__(self, matrix: OperatorLike) -> None:
        if sparse.issparse(matrix):
            shape = cast(SparseArray, matrix).shape
            if len(shape) != 2 or 0 in shape:
                raise ValueError(f"matrix must be a non-empty matrix, got shape {shape}")
            csr = sparse.csr_array(matrix)
            self.matrix = csr.astype(boundary.array(csr.data, "matrix.data").dtype)
        else:
            self.matrix = boundary.matrix(matrix, "matrix")
        super().__init__(self.matrix.dtype, self.matrix.shape)

    def _apply(self, x: Array) -> Array:
        return self.matrix @ x

    def _apply_adjoint(self, g: Array) -> Array:
        if self.dtype.kind != "c":
            return self.matrix.T @ g
        # Mᴴg = conj(Mᵀ·conj(g)), without a copy of the matrix.
        return (self.matrix.T @ g.conj()).conj()

    def to_dense(self) -> Array:
        """The matrix as a dense array.

        Returns
        -------
        ndarray, shape (m, n)
            A copy.
        """
        return self.matrix.toarray() if sparse.issparse(self.matrix) else self.matrix.copy()


def as_operator(operator: OperatorLike, name: str = "operator") -> Operator:
    """Convert an array, a sparse array or any linear operator to an ``Operator`` of the same shape.

    The scale is kept. A linear operator of another library stays what it is, and is applied when a
    product is asked for; ``to_dense`` makes its matrix.

    Parameters
    ----------
    operator : array_like, scipy.sparse array, LinearOperator or object, shape (m, n)
        Any object with ``shape`` and ``matvec``, such as an operator of PyLops, counts as a linear
        operator. Its adjoint needs ``rmatvec``.
    name : str
        What error messages call it.

    Returns
    -------
    Operator
        The argument itself if it is an ``Operator``.

    Raises
    ------
    TypeError, ValueError
        If the argument is none of these, or a matrix with an entry that is not a finite number.

    Examples
    --------
    >>> as_operator([[1, 2]]).shape
    (1, 2)
    >>> from scipy.sparse.linalg import aslinearoperator
    >>> as_operator(aslinearoperator(np.eye(2)))
    <2x2 ForeignOperator with dtype=float64; of <2x2 MatrixLinearOperator with dtype=float64>>
    """
    if isinstance(operator, Operator):
        return operator
    if is_operator(operator):
        return ForeignOperator(aslinearoperator(operator), name)
    if sparse.issparse(operator):
        return MatrixOperator(operator)
    return MatrixOperator(boundary.matrix(operator, name))


def to_dense(operator: OperatorLike) -> Any:
    """The matrix of an array, a sparse array or any linear operator.

    Parameters
    ----------
    operator : array_like, scipy.sparse array, LinearOperator or object, shape (m, n)
        As for ``as_operator``.

    Returns
    -------
    ndarray, shape (m, n)
        A new array, of the library of an array; for an operator, its product with the identity.

    Raises
    ------
    TypeError, ValueError
        If the argument is none of these, has an entry that is not a finite number, or is a Dask
        array.
    MemoryError
        If the machine has too little memory for the matrix.

    Examples
    --------
    >>> to_dense(MatrixOperator([[1, 2], [0, 1]]))
    array([[1., 2.],
           [0., 1.]])
    """
    operator, back = at_once(operator, "operator")
    return back(boundary.matrix(as_operator(operator).to_dense(), "operator"))
