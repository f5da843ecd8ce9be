"""Hessian-vector products of a chain of bilinear factors.

The network is a chain x ↦ f_s(w_s, … f_1(w_1, x)) of factors f_i(w_i, x), each bilinear in its
value w_i and its input x. Every derivative needs only three maps a factor: ``apply``, its adjoint
``pull`` in the input, and its adjoint ``outer`` in the value.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from fjlt.types import IndexArray, RealArray

__all__ = ["Dense", "Factor", "Mix", "gradient_tangent"]


class Factor(Protocol):
    """A map f(value, x), bilinear in (value, x), with its two adjoints."""

    def apply(self, value: RealArray, x: RealArray) -> RealArray:
        """f(value, x)."""
        ...

    def pull(self, value: RealArray, g: RealArray) -> RealArray:
        """Adjoint of x ↦ f(value, x), applied to g."""
        ...

    def outer(self, g: RealArray, x: RealArray) -> RealArray:
        """Adjoint of value ↦ f(value, x), applied to g."""
        ...


@dataclass(frozen=True)
class Mix:
    """The layer of bit i of a butterfly of size N; its value has shape (N, 2)."""

    bit: int

    def apply(self, value: RealArray, x: RealArray) -> RealArray:
        """Output j is value[j, 0]·x[j] + value[j, 1]·x[j ^ 2^bit]."""
        return value[..., :1] * x + value[..., 1:] * self._partners(x)

    def pull(self, value: RealArray, g: RealArray) -> RealArray:
        """The transposed layer, applied to g."""
        return value[..., :1] * g + self._partners(value[..., 1:] * g)

    def outer(self, g: RealArray, x: RealArray) -> RealArray:
        """Inner products of each row of g with the two inputs of that output."""
        return np.stack([(g * x).sum(axis=-1), (g * self._partners(x)).sum(axis=-1)], axis=-1)

    def _partners(self, x: RealArray) -> RealArray:
        return x[..., np.arange(x.shape[-2]) ^ (1 << self.bit), :]


@dataclass(frozen=True)
class Dense:
    """A matrix applied to the rows ``rows`` of an input that has ``size`` rows."""

    rows: IndexArray
    size: int

    def apply(self, value: RealArray, x: RealArray) -> RealArray:
        """value @ x[rows]."""
        return value @ x[..., self.rows, :]

    def pull(self, value: RealArray, g: RealArray) -> RealArray:
        """value.T @ g in the rows ``rows``, zero in the others."""
        pulled = value.mT @ g
        full = np.zeros((*pulled.shape[:-2], self.size, pulled.shape[-1]))
        full[..., self.rows, :] = pulled
        return full

    def outer(self, g: RealArray, x: RealArray) -> RealArray:
        """g @ x[rows].T."""
        return g @ x[..., self.rows, :].mT


def gradient_tangent(
    factors: Sequence[Factor],
    values: Sequence[RealArray],
    tangents: Sequence[RealArray],
    X: RealArray,
    Y: RealArray,
) -> list[RealArray]:
    """Hessian of ‖chain(X) - Y‖_F² (no factor ½) in the values, applied to ``tangents``.

    The tangents may have a leading axis in common. Cost of each: about six times that of the chain.
    """
    # Forward pass: the state x_i = f_i(w_i, x_{i-1}) and, by the product rule, its derivative
    # dx_i = f_i(dw_i, x_{i-1}) + f_i(w_i, dx_{i-1}) as the values move along the tangents.
    states, state_tangents = [X], [np.zeros_like(X)]
    for factor, value, tangent in zip(factors, values, tangents, strict=True):
        state_tangents.append(
            factor.apply(tangent, states[-1]) + factor.apply(value, state_tangents[-1])
        )
        states.append(factor.apply(value, states[-1]))
    # Backward pass: the gradient in the value of a factor is outer(g, x) with g the gradient in its
    # output. Both g and outer(g, x) are bilinear, so their derivatives are sums of two terms.
    g, dg = 2 * (states.pop() - Y), 2 * state_tangents.pop()
    products = []
    for factor, value, tangent in zip(factors[::-1], values[::-1], tangents[::-1], strict=True):
        x, dx = states.pop(), state_tangents.pop()
        products.append(factor.outer(dg, x) + factor.outer(g, dx))
        g, dg = factor.pull(value, g), factor.pull(tangent, g) + factor.pull(value, dg)
    return products[::-1]
