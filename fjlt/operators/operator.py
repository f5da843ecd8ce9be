"""Linear operators on real or complex arrays, given by how they and their adjoints are applied."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, cast

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import LinearOperator

from fjlt import boundary
from fjlt.types import Array, OperatorLike, SparseArray

__all__ = ["MatrixOperator", "Operator", "as_operator", "to_dense"]


class Operator(LinearOperator):
    """Base class of the linear operators of this package, shape (m, n).

    Subclasses define ``_apply`` on arrays of shape (n, d) and ``_apply_adjoint`` on arrays of shape
    (m, d); d = 0 is allowed. Neither checks its argument.

    float32, float64, complex64 and complex128 are preserved: the result has the common dtype of the
    operator and of the array. NaN and infinity are refused with ``ValueError``.

    Notes
    -----
    ``_output_shows_nonfinite`` says that every output, of the operator and of its adjoint, is a sum
    with a term for every input, even if the factor is 0. Then a NaN or infinity anywhere in the
    input shows in the first output, and the input need not be read to find it.

    Examples
    --------
    An operator that reverses its input:

    >>> class Reversal(Operator):
    ...     def __init__(self, n):
    ...         super().__init__(np.dtype(float), (n, n))
    ...     def _apply(self, x):
    ...         return x[::-1]
    ...     _apply_adjoint = _apply
    >>> Reversal(3) @ [1, 2, 3]
    array([3., 2., 1.])
    >>> isinstance(MatrixOperator([[1, 2]]), Operator)
    True
    """

    _output_shows_nonfinite = False

    @abstractmethod
    def _apply(self, x: Array) -> Array: ...

    @abstractmethod
    def _apply_adjoint(self, g: Array) -> Array: ...

    # SciPy makes an array of what stands left or right of the operator, and so loses a mask; and
    # of a size that does not fit it says no more than that.

    def dot(self, x: Any) -> Any:
        """Product with a vector, with the columns of a matrix, or with a linear operator."""
        boundary.unmasked(x, "x")
        _check_size("J @ x", self.shape, self.shape[1], x)
        return super().dot(x)

    def _rdot(self, x: Any) -> Any:
        boundary.unmasked(x, "x")
        _check_size("x @ J", self.shape, self.shape[0], x)
        return super()._rdot(x)

    def matvec(self, x: Any) -> Any:
        """Product with a vector, of shape (n,) or (n, 1)."""
        _check_size("J @ x", self.shape, self.shape[1], x)
        return super().matvec(x)

    def matmat(self, X: Any) -> Any:
        """Product with a matrix, shape (n, d); columns are samples."""
        _check_size("J @ x", self.shape, self.shape[1], X)
        return super().matmat(X)

    def rmatvec(self, x: Any) -> Any:
        """Product of the adjoint with a vector, of shape (m,) or (m, 1)."""
        _check_size("J.H @ x", self.shape, self.shape[0], x)
        return super().rmatvec(x)

    def rmatmat(self, X: Any) -> Any:
        """Product of the adjoint with a matrix, shape (m, d); columns are samples."""
        _check_size("J.H @ x", self.shape, self.shape[0], X)
        return super().rmatmat(X)

    def _matmat(self, X: Any) -> Array:
        x = boundary.array(X, "x", finite=not self._output_shows_nonfinite)
        y = self._apply(x)
        if self._output_shows_nonfinite and not np.isfinite(y[0]).all():
            boundary.array(x, "x")
        return y

    def _matvec(self, x: Any) -> Array:
        return self._matmat(np.reshape(x, (-1, 1))).ravel()

    def _rmatmat(self, X: Any) -> Array:
        return self._adjoint()._matmat(X)

    def _rmatvec(self, x: Any) -> Array:
        return self._rmatmat(np.reshape(x, (-1, 1))).ravel()

    def _adjoint(self) -> LinearOperator:
        return _Adjoint(self)

    def _transpose(self) -> LinearOperator:
        return _Transpose(self)

    def to_dense(self) -> Array:
        """The matrix of the operator, shape (m, n): its product with the identity.

        Raises
        ------
        MemoryError
            If the machine has too little memory for it.
        """
        m, n = self.shape
        boundary.memory((m + n) * n * self.dtype.itemsize, f"the matrix of shape {self.shape}")
        return self._apply(np.eye(self.shape[1], dtype=self.dtype))


def _check_size(product: str, shape: tuple[int, int], size: int, x: Any) -> None:
    """Refuse a vector or matrix that does not fit, and say on which side its samples must be."""
    found = getattr(x, "shape", None)
    if isinstance(x, LinearOperator) or np.isscalar(x):
        return
    if found is None:
        try:
            found = np.shape(x)
        except ValueError:  # ragged; of this the next check speaks
            return
    if len(found) not in (1, 2):
        return
    right = product == "x @ J"
    if found[-1 if right else 0] == size:
        return
    line, samples = ("columns", "rows") if right else ("rows", "columns")
    turned = {"J @ x": "J @ x.T", "x @ J": "x.T @ J", "J.H @ x": "J.H @ x.T"}[product]
    other = shape[0] + shape[1] - size
    if found[0 if right else -1] == size:
        remedy = f"; for samples in {line}, take {turned}"
    elif found[-1 if right else 0] == other:
        remedy = "; what fits it is the adjoint, J.H @ x" if product == "J @ x" else ""
    else:
        remedy = ""
    raise ValueError(
        f"{product} with J of shape {shape} takes {size} numbers, or a matrix with {size} {line} "
        f"({samples} are samples), but x has shape {tuple(found)}{remedy}"
    )


class _Adjoint(Operator):
    """The conjugate transpose of an operator."""

    def __init__(self, operator: Operator) -> None:
        super().__init__(operator.dtype, operator.shape[::-1])
        self._operator = operator
        self._output_shows_nonfinite = operator._output_shows_nonfinite

    def _apply(self, x: Array) -> Array:
        return self._operator._apply_adjoint(x)

    def _apply_adjoint(self, g: Array) -> Array:
        return self._operator._apply(g)

    def _adjoint(self) -> LinearOperator:
        return self._operator


class _Transpose(Operator):
    """The transpose of an operator, without conjugation."""

    def __init__(self, operator: Operator) -> None:
        super().__init__(operator.dtype, operator.shape[::-1])
        self._operator = operator
        self._output_shows_nonfinite = operator._output_shows_nonfinite

    def _apply(self, x: Array) -> Array:
        return self._operator._apply_adjoint(x.conj()).conj()

    def _apply_adjoint(self, g: Array) -> Array:
        return self._operator._apply(g.conj()).conj()

    def _transpose(self) -> LinearOperator:
        return self._operator


class MatrixOperator(Operator):
    """Operator of an explicit matrix, dense or sparse; it has the scale and order of the matrix.

    Parameters
    ----------
    matrix : array_like or scipy.sparse array, shape (m, n)

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
        return self.matrix.conj().T @ g

    def to_dense(self) -> Array:
        """A copy of the matrix, dense, shape (m, n)."""
        return self.matrix.toarray() if sparse.issparse(self.matrix) else self.matrix.copy()


def as_operator(operator: OperatorLike, name: str = "operator") -> Operator:
    """Convert an array, a sparse array or any linear operator to an ``Operator`` of the same shape.

    The scale is kept. A linear operator of another library is replaced by its matrix, its product
    with the identity.

    Parameters
    ----------
    operator : array_like, scipy.sparse array or LinearOperator, shape (m, n)
    name : str
        What error messages call it.

    Raises
    ------
    TypeError, ValueError
        If the argument is none of these, or has an entry that is not a finite number.

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


def to_dense(operator: OperatorLike) -> Array:
    """The matrix, shape (m, n), of an array, a sparse array or any linear operator.

    Raises
    ------
    TypeError, ValueError
        If the argument is none of these, or has an entry that is not a finite number.

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
        operator = cast(SparseArray, operator).toarray()
    return boundary.matrix(operator, "operator")
