"""What a learned sketch may look like: a truncated butterfly, a few non-zeros in each column, or
any matrix."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from fjlt import MatrixOperator, Operator, TruncatedButterfly, srht

__all__ = ["STRUCTURES", "ButterflySketch", "DenseSketch", "SparseSketch", "Structure"]

Array = NDArray[np.float64]


class Structure(Protocol):
    """A family of sketches (l, n), with a vector of parameters."""

    start: Array

    def sketch(self, theta: Array) -> Operator:
        """The member with these parameters."""
        ...

    def pull(self, theta: Array, x: Array, g: Array) -> Array:
        """Gradient in the parameters of the inner product of g with sketch(theta) @ x."""
        ...


class ButterflySketch:
    """Truncated butterflies with l random outputs; starts at an SRHT. Parameters: the effective
    weights."""

    def __init__(self, l: int, n: int, nonzeros: int, rng: np.random.Generator) -> None:
        self._first = srht(l, n, rng)
        self._mask = self._first.effective_mask
        self.start = self._first.weights[self._mask]

    def sketch(self, theta: Array) -> TruncatedButterfly:
        """The member with these parameters."""
        weights = np.zeros(self._mask.shape)
        weights[self._mask] = theta
        return TruncatedButterfly(weights, self._first.rows, self._first.shape[1])

    def pull(self, theta: Array, x: Array, g: Array) -> Array:
        """Gradient in the parameters of the inner product of g with sketch(theta) @ x."""
        return self.sketch(theta).weights_gradient(x, g)[self._mask]


class SparseSketch:
    """Matrices with ``nonzeros`` entries in each column, in random rows; starts at random signs.

    One non-zero is the pattern of Clarkson and Woodruff, learned by Indyk, Vakilian, Yuan (NeurIPS
    2019).
    """

    def __init__(self, l: int, n: int, nonzeros: int, rng: np.random.Generator) -> None:
        rows = np.array([rng.choice(l, size=nonzeros, replace=False) for _ in range(n)])
        self._rows, self._columns, self._shape = (
            rows.ravel(),
            np.repeat(np.arange(n), nonzeros),
            (l, n),
        )
        self.start = rng.choice([-1.0, 1.0], size=self._rows.size) / nonzeros**0.5

    def sketch(self, theta: Array) -> MatrixOperator:
        """The member with these parameters."""
        return MatrixOperator(
            sparse.csr_array((theta, (self._rows, self._columns)), shape=self._shape)
        )

    def pull(self, theta: Array, x: Array, g: Array) -> Array:
        """Gradient in the parameters of the inner product of g with sketch(theta) @ x."""
        return (g @ x.T)[self._rows, self._columns]


class DenseSketch:
    """All matrices; starts at independent N(0, 1/l) entries."""

    def __init__(self, l: int, n: int, nonzeros: int, rng: np.random.Generator) -> None:
        self._shape = (l, n)
        self.start = rng.normal(scale=l**-0.5, size=l * n)

    def sketch(self, theta: Array) -> MatrixOperator:
        """The member with these parameters."""
        return MatrixOperator(theta.reshape(self._shape))

    def pull(self, theta: Array, x: Array, g: Array) -> Array:
        """Gradient in the parameters of the inner product of g with sketch(theta) @ x."""
        return (g @ x.T).ravel()


STRUCTURES: dict[str, Callable[[int, int, int, np.random.Generator], Structure]] = {
    "butterfly": ButterflySketch,
    "sparse": SparseSketch,
    "dense": DenseSketch,
}
