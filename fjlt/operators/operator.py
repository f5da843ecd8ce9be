"""Linear operators on real or complex arrays, given by how they and their adjoints are applied."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, NoReturn, cast

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import LinearOperator

from fjlt import boundary
from fjlt.operators.application import applied
from fjlt.types import Array

__all__ = ["Operator", "is_operator"]


class Operator(LinearOperator):
    """Base class of the linear operators of this package, shape (m, n).

    Subclasses define ``_apply`` on arrays of shape (n, d) and ``_apply_adjoint`` on arrays of shape
    (m, d); d = 0 is allowed. Neither checks its argument.

    float32, float64, complex64 and complex128 are preserved: the result has the common dtype of the
    operator and of the array. NaN and infinity are refused with ``ValueError``.

    Notes
    -----
    Products have the shapes of SciPy 1.18, with every SciPy: ``J @ x`` takes one vector (n,) or
    matrices (..., n, d), of which columns are samples, and ``x @ J`` takes (m,) or (..., d, m).
    ``J.matvec(x)`` takes vectors (..., n), of which the last axis is one sample, or one column
    (n, 1).

    Sums, multiples, products and powers of operators are operators of this class, never matrices.
    ``J.to_dense()`` is the one way to the matrix: ``np.asarray(J)`` is an error.

    What x may be:

    - A Dask array: the result is a Dask array, still to be computed, of blocks that are whole along
      the axis of n.
    - A memory-mapped array: it is read in blocks of about 64 MiB, so that it may exceed the memory.
    - A tensor of PyTorch, or an array that follows the array API standard, in the memory of the
      processor: it is read without a copy, and the result is of the same library.

    ``_output_shows_nonfinite`` says that every output, of the operator and of its adjoint, is a sum
    with a term for every input, even if the factor is 0. Then a NaN or infinity anywhere in the
    input shows in the first output, and the input need not be read to find it.

    ``_label`` says in the ``repr`` what the operator is and which scale it has.

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
    >>> (2 * Reversal(2)).matvec([[1, 2], [3, 4], [5, 6]])
    array([[ 4.,  2.],
           [ 8.,  6.],
           [12., 10.]])
    """

    _output_shows_nonfinite = False
    _label = ""
    _caches: tuple[str, ...] = ("_executor", "_xp")

    @abstractmethod
    def _apply(self, x: Array) -> Array: ...

    @abstractmethod
    def _apply_adjoint(self, g: Array) -> Array: ...

    # All products of SciPy's interface. SciPy's own would make an array of what stands left or
    # right of the operator, and lose a mask or the library; and take no batches before 1.18.

    def dot(self, x: Any) -> Any:
        """Product J @ x.

        Parameters
        ----------
        x : array_like, number or linear operator
            A vector (n,), or matrices (..., n, d) with samples in columns.

        Returns
        -------
        array or Operator
            Shape (m,) or (..., m, d); an operator if x is a number or an operator.

        Raises
        ------
        ValueError, TypeError
            If the shape does not fit, or an entry is no finite number.
        """
        if is_operator(x):
            from fjlt.operators.product import Product

            return Product(self, x)
        return self._scaled(x) if np.isscalar(x) else applied(self, x, "J @ x", self.shape)

    def rdot(self, x: Any) -> Any:
        """Product x @ J.

        Parameters
        ----------
        x : array_like, number or linear operator
            A vector (m,), or matrices (..., d, m) with samples in rows.

        Returns
        -------
        array or Operator
            Shape (n,) or (..., d, n); an operator if x is a number or an operator.

        Raises
        ------
        ValueError, TypeError
            If the shape does not fit, or an entry is no finite number.
        """
        if is_operator(x):
            from fjlt.operators.product import Product

            return Product(x, self)
        if np.isscalar(x):
            return self._scaled(x)
        return applied(self._transpose(), x, "x @ J", self.shape)

    def matvec(self, x: Any) -> Any:
        """Product with vectors on the last axis.

        Parameters
        ----------
        x : array_like, shape (..., n) or (n, 1)
            The vectors.

        Returns
        -------
        array, shape (..., m) or (m, 1)
            Their images.

        Raises
        ------
        ValueError, TypeError
            If the shape does not fit, or an entry is no finite number.
        """
        return applied(self, x, "J.matvec(x)", self.shape)

    def matmat(self, X: Any) -> Any:
        """Product with matrices.

        Parameters
        ----------
        X : array_like, shape (..., n, d)
            Matrices; columns are samples.

        Returns
        -------
        array, shape (..., m, d)
            Images of the columns.

        Raises
        ------
        ValueError, TypeError
            If the shape does not fit, or an entry is no finite number.
        """
        return applied(self, X, "J.matmat(x)", self.shape)

    def rmatvec(self, x: Any) -> Any:
        """Product of the adjoint with vectors on the last axis.

        Parameters
        ----------
        x : array_like, shape (..., m) or (m, 1)
            The vectors.

        Returns
        -------
        array, shape (..., n) or (n, 1)
            Their images.

        Raises
        ------
        ValueError, TypeError
            If the shape does not fit, or an entry is no finite number.
        """
        return applied(self._adjoint(), x, "J.rmatvec(x)", self.shape)

    def rmatmat(self, X: Any) -> Any:
        """Product of the adjoint with matrices.

        Parameters
        ----------
        X : array_like, shape (..., m, d)
            Matrices; columns are samples.

        Returns
        -------
        array, shape (..., n, d)
            Images of the columns.

        Raises
        ------
        ValueError, TypeError
            If the shape does not fit, or an entry is no finite number.
        """
        return applied(self._adjoint(), X, "J.rmatmat(x)", self.shape)

    _rdot, __rmul__ = rdot, rdot
    _matvec, _matmat, _rmatvec, _rmatmat = matvec, matmat, rmatvec, rmatmat

    def _adjoint(self) -> Operator:
        return _Adjoint(self)

    def _transpose(self) -> Operator:
        return _Transpose(self) if self.dtype.kind == "c" else self._adjoint()

    def _scaled(self, factor: Any) -> Operator:
        from fjlt.operators.combination import Combination

        return Combination((factor, self))

    def __add__(self, other: Any) -> Any:
        if not is_operator(other):
            return NotImplemented
        from fjlt.operators.combination import Combination

        return Combination((1, self), (1, other))

    def __sub__(self, other: Any) -> Any:
        if not is_operator(other):
            return NotImplemented
        from fjlt.operators.combination import Combination

        return Combination((1, self), (-1, other))

    def __neg__(self) -> Operator:
        return self._scaled(-1)

    def __truediv__(self, number: Any) -> Operator:
        if not np.isscalar(number):
            raise ValueError(f"an operator is divided by a number, got {type(number).__name__}")
        return self._scaled(1 / cast(float, number))

    def __pow__(self, power: Any) -> Operator:
        from fjlt.operators.conversion import MatrixOperator
        from fjlt.operators.product import Product

        if self.shape[0] != self.shape[1]:
            raise ValueError(f"only a square operator has powers; this one has shape {self.shape}")
        power = boundary.dimension(power, "the power", low=0)
        if power == 0:
            return MatrixOperator(sparse.eye_array(self.shape[0], dtype=self.dtype))
        return Product(*[self] * power)

    def to_dense(self) -> Array:
        """The matrix of the operator: its product with the identity.

        Returns
        -------
        ndarray, shape (m, n)
            The matrix, of the dtype of the operator.

        Raises
        ------
        MemoryError
            If the machine has too little memory for it.
        """
        m, n = self.shape
        boundary.memory((m + n) * n * self.dtype.itemsize, f"the matrix of shape {self.shape}")
        return self._apply(np.eye(self.shape[1], dtype=self.dtype))

    def __array__(self, dtype: Any = None, copy: Any = None) -> NoReturn:
        raise TypeError(
            f"an operator of shape {self.shape} is not made an array in silence; its matrix is "
            "J.to_dense()"
        )

    def __repr__(self) -> str:
        m, n = self.shape
        label = f"; {self._description()}" if self._description() else ""
        return f"<{m}x{n} {type(self).__name__.strip('_')} with dtype={self.dtype}{label}>"

    def _description(self) -> str:
        return self._label

    def __dask_tokenize__(self) -> Any:
        """The type and the state, without what is made on first use: the same in every session."""
        from dask.base import normalize_token

        state = {k: v for k, v in sorted(vars(self).items()) if k not in self._caches}
        return normalize_token([type(self).__module__, type(self).__qualname__, state])


def is_operator(x: Any) -> bool:
    """Whether x is a linear operator, of SciPy or in all but the name, as those of PyLops are."""
    return isinstance(x, LinearOperator) or (hasattr(x, "matvec") and hasattr(x, "shape"))


class _Adjoint(Operator):
    """The conjugate transpose of an operator."""

    def __init__(self, operator: Operator) -> None:
        super().__init__(operator.dtype, operator.shape[::-1])
        self._operator = operator
        self._output_shows_nonfinite = operator._output_shows_nonfinite

    def _description(self) -> str:
        return f"of {self._operator!r}"

    def _apply(self, x: Array) -> Array:
        return self._operator._apply_adjoint(x)

    def _apply_adjoint(self, g: Array) -> Array:
        return self._operator._apply(g)

    def _adjoint(self) -> Operator:
        return self._operator

    def to_dense(self) -> Array:
        """The conjugate transpose of the operator's matrix."""
        return self._operator.to_dense().conj().T


class _Transpose(_Adjoint):
    """The transpose of a complex operator, without conjugation."""

    def _apply(self, x: Array) -> Array:
        return self._operator._apply_adjoint(x.conj()).conj()

    def _apply_adjoint(self, g: Array) -> Array:
        return self._operator._apply(g.conj()).conj()

    def _adjoint(self) -> Operator:
        return _Transpose(self._operator._adjoint())

    def _transpose(self) -> Operator:
        return self._operator

    def to_dense(self) -> Array:
        """The transpose of the operator's matrix."""
        return self._operator.to_dense().T
