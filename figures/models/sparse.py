"""Sparse layers with as many weights as a butterfly replacement: block-diagonal, and at random."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

__all__ = ["BlockDiagonal", "RandomSparse"]


class BlockDiagonal(nn.Module):
    """Two block-diagonal matrices with a transposition between them, a Monarch matrix.

    The input is cut into b parts, each of which a block turns into r numbers. These are exchanged
    between the parts, as the rows of a b × r matrix become those of its transpose read in order,
    and the second blocks turn r numbers of each part into a part of the output. With b blocks there
    are as many weights as in a pair of dense layers of rank r, and the rank is up to b·r.

    Parameters
    ----------
    n1, n2 : int
        Padded to multiples of b, with weights that count.
    weights : int
        The most weights, those of the bias included. r is the largest, at least 1, that fits, and b
        the largest power of 2, at most r, so that every input reaches every output.

    Notes
    -----
    Source: Dao, Chen, Sohoni et al., Monarch, ICML 2022, for blocks that need not be square.

    Examples
    --------
    >>> layer = BlockDiagonal(64, 10, weights=500)
    >>> tuple(layer.first.shape), tuple(layer.second.shape)
    ((4, 6, 16), (4, 3, 6))
    """

    def __init__(self, n1: int, n2: int, weights: int) -> None:
        super().__init__()
        self.n1, self.n2 = n1, n2
        blocks, rank = _blocks(n1, n2, weights - n2)
        self.first = nn.Parameter(_uniform((blocks, rank, -(-n1 // blocks))))
        self.second = nn.Parameter(_uniform((blocks, -(-n2 // blocks), rank)))
        self.bias = nn.Parameter(_uniform((n2,), rank))

    def forward(self, x: Tensor) -> Tensor:
        """Apply it along the last axis."""
        blocks, rank, width = self.first.shape
        padded = nn.functional.pad(x.flatten(0, -2), (0, blocks * width - self.n1))
        inner = torch.einsum("nbi,bri->nrb", padded.unflatten(-1, (blocks, width)), self.first)
        mixed = inner.reshape(-1, blocks, rank)
        outer = torch.einsum("nbr,bor->nbo", mixed, self.second).flatten(1)
        return outer[:, : self.n2].unflatten(0, x.shape[:-1]) + self.bias


def _blocks(n1: int, n2: int, weights: int) -> tuple[int, int]:
    """The number of blocks b, a power of 2, and the inner width r of each."""
    found = (1, 1)
    for b in (2**i for i in range(min(n1, n2).bit_length())):
        rank = weights // (b * (-(-n1 // b) - -n2 // b))
        if rank >= b:
            found = (b, rank)
    return found


class RandomSparse(nn.Module):
    """A matrix with weights at random places, the rest 0; every output has as many, or one more.

    Parameters
    ----------
    n1, n2 : int
    weights : int
        Their number, those of the bias included; at most that of a dense layer.

    Examples
    --------
    >>> sum(p.numel() for p in RandomSparse(64, 10, weights=500).parameters())
    500
    """

    def __init__(self, n1: int, n2: int, weights: int) -> None:
        super().__init__()
        self.shape = n2, n1
        places = torch.arange(min(weights - n2, n1 * n2))
        counts = [len(part) for part in places.tensor_split(n2)]
        drawn = [
            i * n1 + torch.randperm(n1)[:count].sort().values for i, count in enumerate(counts)
        ]
        self.places: Tensor
        self.register_buffer("places", torch.cat(drawn))
        self.values = nn.Parameter(_uniform((len(self.places),), max(counts)))
        self.bias = nn.Parameter(_uniform((n2,), max(counts)))

    def forward(self, x: Tensor) -> Tensor:
        """Apply it along the last axis, as a dense matrix."""
        n2, n1 = self.shape
        matrix = self.values.new_zeros(n2 * n1).index_put((self.places,), self.values)
        return nn.functional.linear(x, matrix.view(n2, n1), self.bias)


def _uniform(shape: tuple[int, ...], inputs: int = 0) -> Tensor:
    """Numbers between ± 1/√inputs, as ``nn.Linear`` starts; by default the last size."""
    return torch.empty(shape).uniform_(-1, 1) / math.sqrt(inputs or shape[-1])
