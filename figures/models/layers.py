"""A dense layer and what may stand in its place: butterfly replacements, or two thin dense
layers."""

from __future__ import annotations

import warnings
from importlib import import_module

from torch import nn

from figures.models.rectified import RectifiedButterfly
from fjlt.torch import ButterflyLinear, count_weights

__all__ = ["LAYERS", "PEER", "RECTIFIED", "STARTS", "layer"]

LAYERS = ("dense", "butterfly", "low rank, equal rank", "low rank, equal weights")
"""The last two are a pair of dense layers without anything between them."""

STARTS = ("identity", "gaussian", "orthogonal")
"""Starts of a butterfly other than an FJLT; "butterfly, identity" and so on are layers."""

RECTIFIED = ("butterfly, rectified core", "butterfly, rectified layers")
"""Rectifiers about the core, or between all layers of the butterflies."""


PEER = "torch_structured"
"""The butterfly of that package: all log2 n layers of weights, of full rank."""


def layer(kind: str, n1: int, n2: int) -> nn.Module:
    """A layer from n1 to n2 features with a bias, drawn with PyTorch's generator.

    The butterfly has k = ceil(log2 n) on either side. "equal rank" is a pair n1 → k → n2 with its
    rank; "equal weights" one with the largest k, at least 1, for which it has no more weights than
    a butterfly drawn for it.

    Raises
    ------
    ValueError
        For another kind.
    ModuleNotFoundError
        Without torch_structured, for ``PEER``.

    Examples
    --------
    >>> import torch
    >>> _ = torch.manual_seed(0)
    >>> [sum(p.numel() for p in layer(kind, 512, 10).parameters()) for kind in LAYERS]
    [5130, 3843, 2098, 3142]
    """
    if kind == "dense":
        return nn.Linear(n1, n2)
    if kind == PEER:
        return _torch_structured(n1, n2)
    if kind in RECTIFIED:
        return RectifiedButterfly(n1, n2, everywhere=kind == RECTIFIED[1])
    if kind.removeprefix("butterfly, ") in STARTS:
        return ButterflyLinear(n1, n2, init=kind.removeprefix("butterfly, "))
    if kind not in LAYERS:
        raise ValueError(f"unknown layer {kind!r}; known: {', '.join(LAYERS)}")
    butterfly = ButterflyLinear(n1, n2)
    if kind == "butterfly":
        return butterfly
    equal_weights = max(1, (count_weights(butterfly) - n2) // (n1 + n2))
    k = min(butterfly.k1, butterfly.k2) if kind == "low rank, equal rank" else equal_weights
    return nn.Sequential(nn.Linear(n1, k, bias=False), nn.Linear(k, n2))


def _torch_structured(n1: int, n2: int) -> nn.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that it was built without CUDA
        try:
            drawn: nn.Module = import_module("torch_structured").Butterfly(n1, n2)
        except ModuleNotFoundError as error:
            raise ModuleNotFoundError(f"{error}; pip install 'butterfly-theory[bench]'") from error
    return drawn
