"""The effective weights of a butterfly as free parameters, for inner loops without checks."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from fjlt import Butterfly, TruncatedButterfly
from fjlt.kernels.pass_plan import packed
from fjlt.types import BoolArray, IndexArray, RealArray

if TYPE_CHECKING:
    from fjlt.kernels.executor import ButterflyExecutor

__all__ = ["ButterflyAt", "EffectiveWeights"]


class EffectiveWeights:
    """The butterflies of one shape, parametrised by the vector of their effective weights.

    Only ``operator`` checks its argument. ``at`` and what it returns are for inner loops: their
    arguments must be real arrays in double precision, of the right shape.

    Parameters
    ----------
    butterfly : fjlt.Butterfly or fjlt.TruncatedButterfly, shape (l, n)
        Real.

    Attributes
    ----------
    mask : ndarray of bool, shape (p, N, 2)
        Where the effective weights are; in a full butterfly all weights are effective.
    start : ndarray
        The effective weights of ``butterfly``.

    Examples
    --------
    >>> family = EffectiveWeights(TruncatedButterfly(Butterfly.identity(2).weights, rows=[0]))
    >>> family.start
    array([1., 0.])
    >>> here = family.at(np.array([2.0, 3.0]))
    >>> here.product(np.eye(2)), here.gradient(np.eye(2), np.array([[1.0, 0.0]]))
    (array([[2., 3.]]), array([1., 0.]))
    """

    def __init__(self, butterfly: Butterfly | TruncatedButterfly) -> None:
        self._template = butterfly
        if isinstance(butterfly, TruncatedButterfly):
            self.mask: BoolArray = butterfly.effective_mask
            self.rows = butterfly.rows
        else:
            self.mask = np.ones(butterfly.weights.shape, dtype=bool)
            self.rows = np.arange(butterfly.n)
        self.start: RealArray = butterfly.weights[self.mask].astype(np.float64)

    def weights(self, theta: RealArray) -> RealArray:
        """All weights, shape (…, p, N, 2): ``theta`` where they are effective, zero elsewhere."""
        weights = np.zeros((*theta.shape[:-1], *self.mask.shape))
        weights[..., self.mask] = theta
        return weights

    def operator(self, weights: RealArray) -> Butterfly | TruncatedButterfly:
        """The butterfly of this shape with the given weights, shape (p, N, 2)."""
        if isinstance(self._template, TruncatedButterfly):
            return TruncatedButterfly(weights, self.rows, self._template.shape[1])
        return Butterfly(weights)

    def at(self, theta: RealArray) -> ButterflyAt:
        """The butterfly B with effective weights ``theta``, without checks."""
        products, source, position = self._in_packed_order
        # Weights that are not effective are zero: the last entry.
        return ButterflyAt(products.with_packed(np.append(theta, 0.0)[source]), position)

    @cached_property
    def _in_packed_order(self) -> tuple[ButterflyExecutor, IndexArray, IndexArray]:
        """An executor, the effective weight in each place of its weights, and their places."""
        from fjlt.kernels.executor import ButterflyExecutor

        number = np.full(self.mask.shape, self.start.size)
        number[self.mask] = np.arange(self.start.size)
        products = ButterflyExecutor(np.zeros(self.mask.shape), self.rows)
        source = packed(number, products.passes)
        return products, source, np.argsort(source, kind="stable")[: self.start.size]


class ButterflyAt:
    """A butterfly B at given weights, with its derivative in the effective ones."""

    def __init__(self, products: ButterflyExecutor, position: IndexArray) -> None:
        self._products, self._position = products, position

    def product(self, x: RealArray) -> RealArray:
        """BX, shape (l, d), for x of shape (n, d)."""
        code: RealArray = self._products.product(x)
        return code

    def gradient(self, x: RealArray, g: RealArray) -> RealArray:
        """Gradient of the inner product <g, Bx> in the effective weights, for g of shape (l, d)."""
        gradient: RealArray = self._products.packed_gradient(x, g, False)[1][self._position]
        return gradient
