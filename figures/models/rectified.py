"""A butterfly replacement with rectifiers inside, so that it is no longer a linear map."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import pad

from fjlt.torch import ButterflyLinear

__all__ = ["RectifiedButterfly"]


class RectifiedButterfly(ButterflyLinear):
    """y = J2ᵀ·s(core·s(J1·x)) + bias with s(t) = max(t, 0).

    Weights and start are those of ``ButterflyLinear``. Cost: O(n log n) for each vector, layer by
    layer, without pruning or compiled kernels.

    Parameters
    ----------
    in_features, out_features : int
        At least 1; need not be powers of 2.
    bias : bool
    everywhere : bool
        Apply s also between all layers of J1 and of J2.

    Examples
    --------
    >>> _ = torch.manual_seed(0)
    >>> layer, x = RectifiedButterfly(512, 10, bias=False), torch.randn(5, 512)
    >>> torch.allclose(layer(2 * x), 2 * layer(x)), torch.allclose(layer(-x), -layer(x))
    (True, False)
    """

    mask1: Tensor
    mask2: Tensor

    def __init__(
        self, in_features: int, out_features: int, bias: bool = True, *, everywhere: bool = False
    ) -> None:
        super().__init__(in_features, out_features, bias)
        self.everywhere = everywhere
        for name, j in (("mask1", self._j1), ("mask2", self._j2)):
            self.register_buffer(name, torch.from_numpy(j.mask), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """The layer for x of shape (b, in_features)."""
        first = _layers(self.mask1, self.weights1)
        second = _layers(self.mask2, self.weights2)
        # J1, padded to a power of 2: node j of layer i adds up its own input j and input j ^ 2^i.
        # A node is a row, so that nodes are exchanged by copying whole rows
        x = pad(x, (0, 2 ** len(first) - self.in_features)).mT.contiguous()
        for i, (own, other) in enumerate(first):
            x = torch.addcmul(own * x, other, _partner(x, i))
            x = _rectifier(x) if self.everywhere and i < len(first) - 1 else x
        z = _rectifier(self.core @ _rectifier(x[self.rows1]))
        # J2ᵀ: the transposed layers in reverse order, on an input that is zero off the kept outputs
        x = z.new_zeros(2 ** len(second), z.shape[1]).index_copy(0, self.rows2, z)
        for i, (own, other) in reversed(list(enumerate(second))):
            x = own * x + _partner(other * x, i)
            x = _rectifier(x) if self.everywhere and i > 0 else x
        x = x[: self.out_features].mT
        return x if self.bias is None else x + self.bias


def _layers(mask: Tensor, weights: Tensor) -> list[Tensor]:
    """Weights of shape (2, size, 1) of each layer of a full butterfly, zero where not effective."""
    return list(weights.new_zeros(mask.shape).masked_scatter(mask, weights).mT[..., None].unbind())


def _partner(x: Tensor, i: int) -> Tensor:
    """The rows of x with the two of each pair exchanged whose numbers differ in bit i."""
    return x.unflatten(0, (-1, 2, 2**i)).flip(1).flatten(0, 2)


_rectifier = torch.relu
