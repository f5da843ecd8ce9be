"""The network as a chain of factors, each bilinear in (its value, its input), and its second
derivative.

For a chain x ↦ f_s(w_s, … f_1(w_1, x)) three maps a factor suffice for every derivative: ``apply``
itself, its adjoint ``pull`` in the input, and its adjoint ``outer`` in the value.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

__all__ = ["Dense", "Factor", "Mix", "gradient_tangent"]

Array = NDArray[np.float64]


class Factor(Protocol):
    """A map bilinear in (value, input) with its two adjoints."""

    def apply(self, value: Array, x: Array) -> Array:
        """f(value, x)."""
        ...

    def pull(self, value: Array, g: Array) -> Array:
        """Adjoint of x ↦ f(value, x) at g."""
        ...

    def outer(self, g: Array, x: Array) -> Array:
        """Adjoint of value ↦ f(value, x) at g."""
        ...


@dataclass(frozen=True)
class Mix:
    """Layer of bit i of a butterfly; value of shape (N, 2)."""

    bit: int

    def apply(self, value: Array, x: Array) -> Array:
        """Output j is value[j, 0]·x[j] + value[j, 1]·x[j ^ 2^bit]."""
        return value[:, :1] * x + value[:, 1:] * self._partners(x)

    def pull(self, value: Array, g: Array) -> Array:
        """The transposed layer."""
        return value[:, :1] * g + self._partners(value[:, 1:] * g)

    def outer(self, g: Array, x: Array) -> Array:
        """Inner products of each output's cotangent with its two inputs."""
        return np.stack([(g * x).sum(axis=1), (g * self._partners(x)).sum(axis=1)], axis=1)

    def _partners(self, x: Array) -> Array:
        return x[np.arange(len(x)) ^ (1 << self.bit)]


@dataclass(frozen=True)
class Dense:
    """Matrix product with the kept rows of an input that has ``size`` rows."""

    rows: NDArray[np.intp]
    size: int

    def apply(self, value: Array, x: Array) -> Array:
        """value @ x[rows]."""
        return value @ x[self.rows]

    def pull(self, value: Array, g: Array) -> Array:
        """value.T @ g, scattered to the kept rows."""
        full = np.zeros((self.size, g.shape[1]))
        full[self.rows] = value.T @ g
        return full

    def outer(self, g: Array, x: Array) -> Array:
        """g @ x[rows].T."""
        return g @ x[self.rows].T


def gradient_tangent(
    factors: Sequence[Factor],
    values: Sequence[Array],
    tangents: Sequence[Array],
    X: Array,
    Y: Array,
) -> list[Array]:
    """Derivative, along ``tangents``, of the gradient of ‖chain(X) - Y‖_F² in the values; no factor
    ½.

    Forward: every state and its tangent. Backward: every cotangent and its tangent. By bilinearity
    each is a sum of two terms. Cost: about six times that of the chain.
    """
    states, moves = [X], [np.zeros_like(X)]
    for factor, value, tangent in zip(factors, values, tangents, strict=True):
        moves.append(factor.apply(tangent, states[-1]) + factor.apply(value, moves[-1]))
        states.append(factor.apply(value, states[-1]))
    g, dg = 2 * (states.pop() - Y), 2 * moves.pop()
    result = []
    for factor, value, tangent in zip(factors[::-1], values[::-1], tangents[::-1], strict=True):
        x, dx = states.pop(), moves.pop()
        result.append(factor.outer(dg, x) + factor.outer(g, dx))
        g, dg = factor.pull(value, g), factor.pull(tangent, g) + factor.pull(value, dg)
    return result[::-1]
