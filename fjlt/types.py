"""Type aliases and protocols for arrays, operators and random numbers, used in annotations only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

__all__ = [
    "Array",
    "ArrayLike",
    "BoolArray",
    "ButterflyLike",
    "ComplexArray",
    "DTypeLike",
    "IndexArray",
    "IntArray",
    "LinearMap",
    "OperatorLike",
    "RNGLike",
    "RealArray",
    "SparseArray",
]

Array: TypeAlias = NDArray[Any]
"""An array of any dtype: real or complex numbers, Python integers, fractions."""

RealArray: TypeAlias = NDArray[np.float64]
"""An array of real numbers in double precision."""

ComplexArray: TypeAlias = NDArray[np.complex128]
"""An array of complex numbers in double precision."""

IntArray: TypeAlias = NDArray[np.int64]
"""An array of 64-bit integers."""

IndexArray: TypeAlias = NDArray[np.intp]
"""An array of indices, as NumPy's own functions return them."""

BoolArray: TypeAlias = NDArray[np.bool_]
"""An array of truth values, such as a mask."""

RNGLike: TypeAlias = (
    int
    | Sequence[int]
    | np.random.SeedSequence
    | np.random.BitGenerator
    | np.random.Generator
    | None
)
"""What ``numpy.random.default_rng`` accepts (SPEC 7); None draws a fresh seed."""


class LinearMap(Protocol):
    """What the operators of this package share with ``scipy.sparse.linalg.LinearOperator``."""

    @property
    def shape(self) -> tuple[int, int]:
        """(number of outputs, number of inputs)."""
        ...

    @property
    def dtype(self) -> np.dtype[Any]:
        """Precision of the entries."""
        ...

    @property
    def H(self) -> LinearMap:
        """The adjoint, the conjugate transpose."""
        ...

    def __matmul__(self, x: Any, /) -> Any:
        """Product with a vector or with the columns of a matrix."""
        ...


class ButterflyLike(LinearMap, Protocol):
    """A linear map with trainable weights: ``Butterfly`` or ``TruncatedButterfly``."""

    @property
    def weights(self) -> Array:
        """Weights of all layers, shape (p, N, 2)."""
        ...

    def vjp(self, x: ArrayLike, g: ArrayLike) -> tuple[Array, Array]:
        """Gradients of Re<g, Bx> with respect to x and to the weights."""
        ...

    def weights_gradient(self, x: ArrayLike, g: ArrayLike) -> Array:
        """Gradient of Re<g, Bx> with respect to the weights only."""
        ...


class SparseArray(Protocol):
    """A sparse matrix or array of SciPy, in any format."""

    @property
    def shape(self) -> tuple[int, ...]:
        """(number of rows, number of columns)."""
        ...

    def toarray(self) -> Array:
        """The same matrix, dense."""
        ...


OperatorLike: TypeAlias = ArrayLike | LinearMap | SparseArray
"""What ``as_operator`` accepts: an array, a sparse array or any linear operator."""
