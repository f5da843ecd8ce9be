"""Families of sketches that can be learned: truncated butterflies, sparse and dense matrices."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np
from scipy import sparse

from fjlt import MatrixOperator, Operator, srht
from fjlt.types import IndexArray, RealArray
from landscape.fixed.effective_weights import ButterflyAt, EffectiveWeights

__all__ = [
    "STRUCTURES",
    "ButterflySketch",
    "DenseSketch",
    "LinearSketch",
    "SketchAt",
    "SparseSketch",
    "Structure",
]


class SketchAt(Protocol):
    """A sketch B of a family at given parameters, for inner loops: nothing is checked."""

    def product(self, x: RealArray) -> RealArray:
        """Bx, shape (l, d), for x of shape (n, d)."""
        ...

    def gradient(self, x: RealArray, g: RealArray) -> RealArray:
        """Gradient of the inner product <g, Bx> in the parameters, for g of shape (l, d)."""
        ...


class Structure(Protocol):
    """A family of sketches (l, n), given by a vector of parameters."""

    start: RealArray
    """Parameters at which learning starts."""

    def sketch(self, theta: RealArray) -> Operator:
        """The sketch with these parameters, as an operator."""
        ...

    def at(self, theta: RealArray) -> SketchAt:
        """The sketch with these parameters, without checks."""
        ...


class ButterflySketch:
    """Truncated butterflies with l random outputs, given by their effective weights.

    They start at an SRHT.
    """

    def __init__(self, l: int, n: int, nonzeros: int, rng: np.random.Generator) -> None:
        self._family = EffectiveWeights(srht(l, n, rng))
        self.start = self._family.start

    def sketch(self, theta: RealArray) -> Operator:
        """The sketch with these parameters, as an operator."""
        return self._family.operator(self._family.weights(theta))

    def at(self, theta: RealArray) -> ButterflyAt:
        """The sketch with these parameters, without checks."""
        return self._family.at(theta)


class LinearSketch:
    """A matrix B whose entries at given places are the parameters."""

    def __init__(
        self,
        matrix: RealArray | sparse.csr_array,
        entries: tuple[IndexArray, IndexArray] | slice,
    ) -> None:
        self._matrix, self._entries = matrix, entries

    def product(self, x: RealArray) -> RealArray:
        """Bx, shape (l, d), for x of shape (n, d)."""
        code: RealArray = self._matrix @ x
        return code

    def gradient(self, x: RealArray, g: RealArray) -> RealArray:
        """Gradient of the inner product <g, Bx> in the parameters, for g of shape (l, d)."""
        # The gradient in all entries of B is g·xᵀ.
        gradient: RealArray = (g @ x.T)[self._entries].ravel()
        return gradient


class SparseSketch:
    """Matrices with ``nonzeros`` entries in each column, in random rows.

    They start at random signs over √nonzeros.

    References
    ----------
    One entry in each column is the pattern of Clarkson and Woodruff, whose values were first
    learned by Indyk, Vakilian, Yuan, NeurIPS 2019.
    """

    def __init__(self, l: int, n: int, nonzeros: int, rng: np.random.Generator) -> None:
        rows = np.array([rng.choice(l, size=nonzeros, replace=False) for _ in range(n)])
        self._entries = rows.ravel(), np.repeat(np.arange(n), nonzeros)
        self._shape = (l, n)
        self.start = rng.choice([-1.0, 1.0], size=rows.size) / nonzeros**0.5

    def sketch(self, theta: RealArray) -> MatrixOperator:
        """The sketch with these parameters, as an operator."""
        return MatrixOperator(self._matrix(theta))

    def at(self, theta: RealArray) -> LinearSketch:
        """The sketch with these parameters, without checks."""
        return LinearSketch(self._matrix(theta), self._entries)

    def _matrix(self, theta: RealArray) -> sparse.csr_array:
        return sparse.csr_array((theta, self._entries), shape=self._shape)


class DenseSketch:
    """All matrices. They start at independent N(0, 1/l) entries."""

    def __init__(self, l: int, n: int, nonzeros: int, rng: np.random.Generator) -> None:
        self._shape = (l, n)
        self.start = rng.normal(scale=l**-0.5, size=l * n)

    def sketch(self, theta: RealArray) -> MatrixOperator:
        """The sketch with these parameters, as an operator."""
        return MatrixOperator(theta.reshape(self._shape))

    def at(self, theta: RealArray) -> LinearSketch:
        """The sketch with these parameters, without checks."""
        return LinearSketch(theta.reshape(self._shape), slice(None))


STRUCTURES: dict[str, Callable[[int, int, int, np.random.Generator], Structure]] = {
    "butterfly": ButterflySketch,
    "sparse": SparseSketch,
    "dense": DenseSketch,
}
