"""D·E·B as a product of matrices of parameters: its gradients in arithmetic of any kind.

The numbers are floating point, balls, or polynomials with balls as coefficients.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import accumulate, combinations
from operator import matmul
from typing import Any, NamedTuple

import numpy as np

from fjlt import Butterfly, TruncatedButterfly
from fjlt.types import IndexArray, RealArray
from landscape.fixed.network import EncoderDecoder

__all__ = ["Factor", "LinearChain", "Numbers"]

Numbers = Any
"""An array of floating-point numbers, or of objects: balls, or polynomials."""


class Factor(NamedTuple):
    """The shape of a factor, and which parameter stands at which place; elsewhere it is 0."""

    shape: tuple[int, int]
    rows: IndexArray
    columns: IndexArray
    parameters: IndexArray


@dataclass(frozen=True, eq=False)
class LinearChain:
    """The factors D, E and the layers of B, the last layer first; their product A is DEB.

    The loss is ‖AX - Y‖_F² = tr AC(A)ᵀ - 2 tr A(YXᵀ)ᵀ + ‖Y‖_F², C = XXᵀ. ``cross`` is YXᵀ.

    Attributes
    ----------
    parts : list of Factor
        Parameters are numbered in the order of ``EncoderDecoder.flatten``.

    Examples
    --------
    >>> network = EncoderDecoder([[1.0]], [[2.0, 3.0]], Butterfly.hadamard(2))
    >>> chain = LinearChain.of(network)
    >>> theta = network.flatten(network.parameters)
    >>> D, E, B = chain.factors(theta)
    >>> np.allclose(D @ E @ B, [[5 / 2**0.5, -1 / 2**0.5]])
    True
    >>> gradient = chain.gradient(theta, np.eye(2), np.array([[1.0, 0.0]]))
    >>> np.allclose(gradient, network.flatten(network.gradient(np.eye(2), [[1.0, 0.0]])))
    True
    """

    parts: list[Factor]

    @classmethod
    def of(cls, network: EncoderDecoder) -> LinearChain:
        """The chain of a network.

        Raises
        ------
        TypeError
            If B is no butterfly.
        """
        B = network.butterfly
        if not isinstance(B, Butterfly | TruncatedButterfly):
            raise TypeError(f"the encoder B must be a butterfly, got {type(B).__name__}")
        matrices = [network.decoder, network.encoder]
        shapes = [matrix.shape for matrix in matrices]
        places = [tuple(axis.ravel() for axis in np.indices(shape)) for shape in shapes]
        layers, N, _ = network.mask.shape
        for i in range(layers):
            # Output j of layer i has weights for the inputs j and j XOR 2^i.
            j, crossed = np.nonzero(network.mask[i])
            shapes.append((N, N))
            places.append((j, j ^ (crossed << i)))
        if layers and isinstance(B, TruncatedButterfly):
            # Of the last layer, only the kept outputs.
            number = np.zeros(N, dtype=int)
            number[B.rows] = range(len(B.rows))
            shapes[-1], places[-1] = (len(B.rows), N), (number[places[-1][0]], places[-1][1])
        ends = np.cumsum([len(rows) for rows, _ in places])
        parts = [
            Factor(shape, rows, columns, np.arange(end - len(rows), end))
            for shape, (rows, columns), end in zip(shapes, places, ends, strict=True)
        ]
        return cls([*parts[:2], *parts[:1:-1]])

    def factors(self, theta: Numbers) -> list[Numbers]:
        """The factors at these parameters."""
        filled = []
        for shape, rows, columns, parameters in self.parts:
            factor = np.zeros(shape, dtype=theta.dtype)
            factor[rows, columns] = theta[parameters]
            filled.append(factor)
        return filled

    def flat(self, matrices: Sequence[Numbers]) -> Numbers:
        """The entries of matrices of the shapes of the factors, as a vector of parameters."""
        size = sum(len(part.parameters) for part in self.parts)
        theta = np.empty(size, dtype=matrices[0].dtype)
        for matrix, (_, rows, columns, parameters) in zip(matrices, self.parts, strict=True):
            theta[parameters] = matrix[rows, columns]
        return theta

    def gradient(self, theta: Numbers, C: Numbers, cross: Numbers) -> Numbers:
        """The gradient of the loss."""
        factors = self.factors(theta)
        # behind[i] is the product of the factors from i on.
        behind = [*accumulate(reversed(factors), lambda product, a: a @ product)][::-1]
        # Before a factor is G, multiplied by the transposes of those before it.
        G = 2 * (behind[0] @ C - cross)
        before = [*accumulate(factors[:-1], lambda product, a: a.T @ product, initial=G)]
        by_factors = [a @ b.T for a, b in zip(before, behind[1:], strict=False)]
        return self.flat([*by_factors, before[-1]])

    def mixed(
        self, theta: Numbers, C: Numbers, cross: Numbers
    ) -> Iterator[tuple[int, int, Numbers, Numbers | None]]:
        """Yield i, j, K and M, such that the factors i < j, moved by U and V, change A by U·M·V.

        More precisely, the mixed derivative of ⟨G, A⟩ is tr KᵀUMV for G = 2(AC - YXᵀ), held. None
        stands for the identity.
        """
        factors = self.factors(theta)
        G = 2 * (reduce(matmul, factors) @ C - cross)
        for i, j in combinations(range(len(factors)), 2):
            before = reduce(matmul, factors[:i]) if i else None
            behind = reduce(matmul, factors[j + 1 :]) if j + 1 < len(factors) else None
            inner = reduce(matmul, factors[i + 1 : j]) if i + 1 < j else None
            yield i, j, _between(before, G, behind), inner

    def taylor(self, theta: RealArray, C: RealArray, cross: RealArray, degree: int) -> RealArray:
        """Taylor coefficients of the gradient flow from θ, shape (degree + 1, parameters)."""
        heights = [part.shape[0] for part in self.parts]
        m, n = heights[0], self.parts[-1].shape[1]
        series = np.zeros((degree + 1, len(theta)))
        series[0] = theta
        # Coefficients of the factors, of the products before and behind each, of G and of the
        # products of G with those before.
        factors = [np.zeros((degree, *part.shape)) for part in self.parts]
        before = [np.zeros((degree, m, height)) for height in [*heights, n]]
        behind = [np.zeros((degree, height, n)) for height in [*heights, n]]
        half = [np.zeros((degree, height, n)) for height in heights]
        G = np.zeros((degree, m, n))
        before[0][0], behind[-1][0] = np.eye(m), np.eye(n)
        for j in range(degree):
            for factor, now in zip(factors, self.factors(series[j]), strict=True):
                factor[j] = now
            for i, factor in enumerate(factors):
                before[i + 1][j] = _coefficient("aij,ajk->ik", before[i], factor, j)
            for i, factor in reversed([*enumerate(factors)]):
                behind[i][j] = _coefficient("aij,ajk->ik", factor, behind[i + 1], j)
            G[j] = 2 * (before[-1][j] @ C - (0 if j else cross))
            gradient = []
            for i, product in enumerate(half):
                product[j] = _coefficient("aji,ajk->ik", before[i], G, j)
                gradient.append(_coefficient("aij,akj->ik", product, behind[i + 1], j))
            # θ' = -∇L, coefficient by coefficient.
            series[j + 1] = -self.flat(gradient) / (j + 1)
        return series


def _coefficient(places: str, a: RealArray, b: RealArray, j: int) -> RealArray:
    """Coefficient j of a product of two power series of matrices."""
    product: RealArray = np.einsum(places, a[: j + 1], b[j::-1])
    return product


def _between(a: Numbers | None, G: Numbers, b: Numbers | None) -> Numbers:
    """AᵀGBᵀ; None stands for the identity."""
    G = G if a is None else a.T @ G
    return G if b is None else G @ b.T
