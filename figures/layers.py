"""A dense layer and what may stand in its place: a butterfly replacement, or two thin dense layers."""

from __future__ import annotations

from torch import nn

from fjlt.torch import ButterflyLinear, count_weights

__all__ = ["LAYERS", "layer"]

LAYERS = ("dense", "butterfly", "low rank, equal rank", "low rank, equal weights")
"""The last two are a pair of dense layers without anything between them."""


def layer(kind: str, n1: int, n2: int) -> nn.Module:
    """A layer from n1 to n2 features with a bias, drawn with PyTorch's generator.

    The butterfly has k = ceil(log2 n) on either side. "equal rank" is a pair n1 → k → n2 with its rank; "equal weights"
    one with the largest k, at least 1, for which it has no more weights than a butterfly drawn for it.

    Raises
    ------
    ValueError
        For another kind.

    Examples
    --------
    >>> import torch
    >>> _ = torch.manual_seed(0)
    >>> [sum(p.numel() for p in layer(kind, 512, 10).parameters()) for kind in LAYERS]
    [5130, 3843, 2098, 3142]
    """
    if kind not in LAYERS:
        raise ValueError(f"unknown layer {kind!r}; known: {', '.join(LAYERS)}")
    if kind == "dense":
        return nn.Linear(n1, n2)
    butterfly = ButterflyLinear(n1, n2)
    if kind == "butterfly":
        return butterfly
    equal_weights = max(1, (count_weights(butterfly) - n2) // (n1 + n2))
    k = min(butterfly.k1, butterfly.k2) if kind == "low rank, equal rank" else equal_weights
    return nn.Sequential(nn.Linear(n1, k, bias=False), nn.Linear(k, n2))
