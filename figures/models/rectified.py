"""A butterfly replacement of a dense layer with rectifiers inside, so that it is no longer a linear
map."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import pad

from fjlt.torch import ButterflyLinear

__all__ = ["RectifiedButterfly"]


class RectifiedButterfly(ButterflyLinear):
    """y = J2ᵀ·s(core·s(J1·x)) + bias with s(t) = max(t, 0), and if ``everywhere``, s between all
    layers of J1 and J2.

    Weights and start are those of ``ButterflyLinear``. Cost: O(n log n) a vector, layer by layer,
    without pruning or kernels.

    Examples
    --------
    >>> _ = torch.manual_seed(0)
    >>> layer, x = RectifiedButterfly(512, 10, bias=False), torch.randn(5, 512)
    >>> torch.allclose(layer(2 * x), 2 * layer(x)), torch.allclose(layer(-x), -layer(x))
    (True, False)
    """

    mask1: Tensor
    mask2: Tensor

    def __init__(self, *arguments: Any, everywhere: bool = False, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self.everywhere = everywhere
        for name, j in (("mask1", self._j1), ("mask2", self._j2)):
            self.register_buffer(name, torch.from_numpy(j.mask), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """The layer for x of shape (b, in_features)."""
        first = self._layers(self.mask1, self.weights1)
        second = self._layers(self.mask2, self.weights2)
        x = pad(x, (0, 2 ** len(first) - self.in_features))
        for i, (own, other) in enumerate(first):
            x = own * x + other * _partner(x, i)
            x = _rectifier(x) if self.everywhere and i < len(first) - 1 else x
        z = _rectifier(_rectifier(x[:, self.rows1]) @ self.core.mT)
        x = z.new_zeros(len(z), 2 ** len(second)).index_copy(1, self.rows2, z)
        for i, (own, other) in reversed(list(enumerate(second))):
            x = own * x + _partner(other * x, i)
            x = _rectifier(x) if self.everywhere and i > 0 else x
        x = x[:, : self.out_features]
        return x if self.bias is None else x + self.bias

    def _layers(self, mask: Tensor, weights: Tensor) -> list[Tensor]:
        """Weights (2, size) of each layer of a whole butterfly, zero where they are not
        effective."""
        return list(weights.new_zeros(mask.shape).masked_scatter(mask, weights).mT.unbind())


def _partner(x: Tensor, i: int) -> Tensor:
    """The columns of x, each that of the node which differs in bit i."""
    return x.unflatten(1, (-1, 2, 2**i)).flip(2).flatten(1)


_rectifier = torch.relu
