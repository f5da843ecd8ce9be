"""Linear operators on real or complex arrays, given by how they and their adjoints are applied."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from math import prod
from typing import Any, NoReturn, cast

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import LinearOperator, aslinearoperator

from fjlt import boundary
from fjlt.array_libraries import is_dask, mapped, shared
from fjlt.types import Array, OperatorLike, SparseArray

__all__ = ["MatrixOperator", "Operator", "as_operator", "to_dense"]

BLOCK = 1 << 26
"""Bytes of a memory-mapped array that are read at a time, about."""


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
        if _is_operator(x):
            from fjlt.operators.product import Product

            return Product(self, x)
        return self._scaled(x) if np.isscalar(x) else _product(self, x, "J @ x", self.shape)

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
        if _is_operator(x):
            from fjlt.operators.product import Product

            return Product(x, self)
        if np.isscalar(x):
            return self._scaled(x)
        return _product(self._transpose(), x, "x @ J", self.shape)

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
        return _product(self, x, "J.matvec(x)", self.shape)

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
        return _product(self, X, "J.matmat(x)", self.shape)

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
        return _product(self._adjoint(), x, "J.rmatvec(x)", self.shape)

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
        return _product(self._adjoint(), X, "J.rmatmat(x)", self.shape)

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
        if not _is_operator(other):
            return NotImplemented
        from fjlt.operators.combination import Combination

        return Combination((1, self), (1, other))

    def __sub__(self, other: Any) -> Any:
        if not _is_operator(other):
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


def _product(operator: Operator, x: Any, product: str, shape: tuple[int, int]) -> Any:
    """The operator applied to x as ``product`` says, for J of this shape."""
    m, n = operator.shape
    lazy, on_disk = is_dask(x), isinstance(x, np.memmap)
    back: Callable[[Array], Any] = np.asarray
    if lazy or on_disk:
        # Blocks are checked when they are read; here, of what kind they are.
        boundary.unmasked(x, "x")
        kind = boundary.array(x._meta if lazy else np.empty(0, x.dtype), "x").dtype
    else:
        x, back = shared(x, "x")
        x = boundary.array(x, "x", finite=False)
        kind = x.dtype
    # One vector, or rows that are vectors, or matrices whose columns are.
    vectors = product.endswith("matvec(x)")
    rows = x.ndim == 1 or product == "x @ J" or (vectors and x.shape != (n, 1))
    fits = x.ndim > product.endswith("matmat(x)") and x.shape[-1 if rows else -2] == n
    if not fits:
        raise ValueError(_misfit(product, shape, n, rows, x.shape))
    dtype = np.result_type(operator.dtype, kind)
    if lazy:
        return mapped(_of_block, x, -1 if rows else -2, m, dtype, operator=operator, rows=rows)
    if on_disk and x.ndim > 1 and x.nbytes > BLOCK:
        return _by_blocks(x, operator, rows, dtype)
    return back(_of_block(x, operator, rows))


def _of_block(x: Array, operator: Operator, rows: bool, name: str = "x") -> Array:
    """The operator applied along the last axis, if ``rows``, or the last but one."""
    x = boundary.array(x, name, finite=not operator._output_shows_nonfinite)
    m, n = operator.shape
    # All vectors are columns of one matrix.
    if rows:
        y = operator._apply(x.reshape(-1, n).T)
        result = y.T.reshape(*x.shape[:-1], m)
    elif x.ndim == 2:
        result = y = operator._apply(x)
    else:
        columns = np.moveaxis(x, -2, 0)
        y = operator._apply(columns.reshape(n, -1))
        result = np.moveaxis(y.reshape(m, *columns.shape[1:]), 0, -2)
    if operator._output_shows_nonfinite and not np.isfinite(y[0]).all():
        boundary.array(x, name)
    return result


def _by_blocks(x: Array, operator: Operator, rows: bool, dtype: np.dtype) -> Array:
    """``_of_block`` for an array that may exceed the memory; the result must not."""
    shape = list(x.shape)
    shape[-1 if rows else -2] = operator.shape[0]
    boundary.memory(prod(shape) * dtype.itemsize, f"the result, of shape {tuple(shape)},")
    y = np.empty(shape, dtype)
    # An axis is cut that is not summed over.
    axis = 0 if rows or x.ndim > 2 else 1
    step = max(1, BLOCK * x.shape[axis] // x.nbytes)
    for start in range(0, x.shape[axis], step):
        part = (slice(None),) * axis + (slice(start, start + step),)
        y[part] = _of_block(x[part], operator, rows, f"x[{':, ' * axis}{start}:{start + step}]")
    return y


def _misfit(
    product: str, shape: tuple[int, int], size: int, rows: bool, found: tuple[int, ...]
) -> str:
    """What is said of an array that does not fit: on which side its samples must be."""
    line, samples = ("columns", "rows") if product == "x @ J" else ("rows", "columns")
    takes = f"a matrix with {size} {line} ({samples} are samples)"
    if product.endswith("matvec(x)"):
        takes = f"vectors of shape (..., {size}), or one column ({size}, 1)"
    elif not product.endswith("matmat(x)"):
        takes = f"{size} numbers, or {takes}"
    remedy = ""
    if len(found) > 1 and found[-2 if rows else -1] == size:
        turned = {
            "J @ x": "for samples in rows, take J @ x.T",
            "x @ J": "for samples in columns, take x.T @ J",
            "J.matvec(x)": "for samples in columns, take J @ x",
            "J.rmatvec(x)": "for samples in columns, take J.H @ x",
            "J.matmat(x)": "for samples in rows, take J @ x.T",
            "J.rmatmat(x)": "for samples in rows, take J.H @ x.T",
        }
        remedy = f"; {turned[product]}"
    elif product == "J @ x" and found and found[-1 if rows else -2] == shape[0]:
        remedy = "; what fits it is the adjoint, J.H @ x"
    return (
        f"{product} with J of shape {shape} takes {takes}, but x has shape {tuple(found)}{remedy}"
    )


def _is_operator(x: Any) -> bool:
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
    if _is_operator(operator):
        return ForeignOperator(aslinearoperator(operator), name)
    if sparse.issparse(operator):
        return MatrixOperator(operator)
    return MatrixOperator(boundary.matrix(operator, name))


def to_dense(operator: OperatorLike) -> Array:
    """The matrix of an array, a sparse array or any linear operator.

    Parameters
    ----------
    operator : array_like, scipy.sparse array, LinearOperator or object, shape (m, n)
        As for ``as_operator``.

    Returns
    -------
    ndarray, shape (m, n)
        A new array; for an operator, its product with the identity.

    Raises
    ------
    TypeError, ValueError
        If the argument is none of these, or has an entry that is not a finite number.
    MemoryError
        If the machine has too little memory for the matrix.

    Examples
    --------
    >>> to_dense(MatrixOperator([[1, 2], [0, 1]]))
    array([[1., 2.],
           [0., 1.]])
    """
    return boundary.matrix(as_operator(operator).to_dense(), "operator")
