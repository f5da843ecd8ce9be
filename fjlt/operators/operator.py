"""Linear operators on finite real or complex arrays, by two rules: how to apply, how to apply the
adjoint."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.linalg import LinearOperator

from fjlt import boundary

__all__ = ["MatrixOperator", "Operator", "as_operator", "to_dense"]


class Operator(LinearOperator):
    """Linear operator (m, n) given by ``_apply`` on (n, d) arrays and ``_apply_adjoint`` on (m, d)
    arrays.

    float32, float64, complex64 and complex128 are preserved: the result has the common dtype of the
    operator and of the array. d = 0 is allowed; NaN and infinity are refused with ``ValueError``.

    ``_spreads``: every output is a sum that has every input as a term, even with factor 0, here and
    in the adjoint. Then what is not finite shows in the first output, and the input need not be
    read for it.
    """

    _spreads = False

    @abstractmethod
    def _apply(self, x: NDArray[Any]) -> NDArray[Any]: ...

    @abstractmethod
    def _apply_adjoint(self, g: NDArray[Any]) -> NDArray[Any]: ...

    def _matmat(self, X: Any) -> NDArray[Any]:
        x = boundary.array(X, "x", finite=not self._spreads)
        y = self._apply(x)
        if self._spreads and not np.isfinite(y[0]).all():
            boundary.array(x, "x")
        return y

    def _matvec(self, x: Any) -> NDArray[Any]:
        return self._matmat(np.reshape(x, (-1, 1))).ravel()

    def _rmatmat(self, X: Any) -> NDArray[Any]:
        return self._adjoint()._matmat(X)

    def _rmatvec(self, x: Any) -> NDArray[Any]:
        return self._rmatmat(np.reshape(x, (-1, 1))).ravel()

    def _adjoint(self) -> LinearOperator:
        return _Adjoint(self)

    def to_dense(self) -> NDArray[Any]:
        """The matrix of the operator, shape (m, n), by applying it to the identity."""
        return self._apply(np.eye(self.shape[1], dtype=self.dtype))


class _Adjoint(Operator):
    """The conjugate transpose of an operator."""

    def __init__(self, operator: Operator) -> None:
        super().__init__(operator.dtype, operator.shape[::-1])
        self._operator = operator
        self._spreads = operator._spreads

    def _apply(self, x: NDArray[Any]) -> NDArray[Any]:
        return self._operator._apply_adjoint(x)

    def _apply_adjoint(self, g: NDArray[Any]) -> NDArray[Any]:
        return self._operator._apply(g)

    def _adjoint(self) -> LinearOperator:
        return self._operator


class MatrixOperator(Operator):
    """Operator given by an explicit matrix, dense or sparse; scale and order are those of the
    matrix.

    Parameters
    ----------
    matrix : array_like or scipy.sparse array, shape (m, n)

    Raises
    ------
    ValueError, TypeError
        If the matrix is not two-dimensional, empty, or has entries that are not finite numbers.

    Attributes
    ----------
    matrix : ndarray or scipy.sparse.csr_array, shape (m, n)

    Notes
    -----
    Cost: 2 flops an entry and vector, entries of a sparse array only.

    Examples
    --------
    >>> MatrixOperator([[1, 2], [0, 1]]) @ [1, 1]
    array([3., 1.])
    """

    matrix: Any

    def __init__(self, matrix: Any) -> None:
        if sparse.issparse(matrix):
            if matrix.ndim != 2 or 0 in matrix.shape:
                raise ValueError(f"matrix must be a non-empty matrix, got shape {matrix.shape}")
            matrix = sparse.csr_array(matrix)
            self.matrix = matrix.astype(boundary.array(matrix.data, "matrix.data").dtype)
        else:
            self.matrix = boundary.matrix(matrix, "matrix")
        super().__init__(self.matrix.dtype, self.matrix.shape)

    def _apply(self, x: NDArray[Any]) -> NDArray[Any]:
        return self.matrix @ x

    def _apply_adjoint(self, g: NDArray[Any]) -> NDArray[Any]:
        return self.matrix.conj().T @ g

    def to_dense(self) -> NDArray[Any]:
        """The matrix itself, dense, shape (m, n)."""
        return self.matrix.toarray() if sparse.issparse(self.matrix) else self.matrix.copy()


def as_operator(operator: Any, name: str = "operator") -> Operator:
    """Operator of an array, a sparse array or any linear operator, of the same shape and scale.

    Linear operators from elsewhere are turned into their matrix, by applying them to the identity.

    Raises
    ------
    TypeError, ValueError
        If the argument is none of these, or has entries that are not finite numbers.

    Examples
    --------
    >>> as_operator([[1, 2]]).shape
    (1, 2)
    """
    if isinstance(operator, Operator):
        return operator
    if isinstance(operator, LinearOperator):
        return MatrixOperator(to_dense(operator))
    if not sparse.issparse(operator):
        operator = boundary.matrix(operator, name)
    return MatrixOperator(operator)


def to_dense(operator: Any) -> NDArray[Any]:
    """Matrix, shape (m, n), of an array, a sparse array or any linear operator.

    Raises
    ------
    TypeError, ValueError
        If the argument is none of these, or has entries that are not finite numbers.

    Examples
    --------
    >>> to_dense(MatrixOperator([[1, 2], [0, 1]]))
    array([[1., 2.],
           [0., 1.]])
    """
    if isinstance(operator, Operator):
        operator = operator.to_dense()
    elif isinstance(operator, LinearOperator):
        operator = operator @ np.eye(operator.shape[1], dtype=operator.dtype)
    elif sparse.issparse(operator):
        operator = operator.toarray()
    return boundary.matrix(operator, "operator")
