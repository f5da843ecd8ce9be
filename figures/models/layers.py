"""A dense layer and what may take its place: butterfly replacements, or two thin dense layers."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from importlib import import_module
from math import sqrt
from typing import TYPE_CHECKING

from fjlt.runs.console import choose

if TYPE_CHECKING:
    from torch import nn

__all__ = [
    "LAYERS",
    "PEER",
    "RECTIFIED",
    "SMALL_CORE",
    "SPARSE",
    "STARTS",
    "kept",
    "layer",
    "widened",
]

LAYERS = ("dense", "butterfly", "low rank, equal rank", "low rank, equal weights")
"""Kinds of layers. The last two are a pair of dense layers without anything between them."""

STARTS = ("identity", "gaussian", "orthogonal")
"""Starts of a butterfly other than an FJLT, as kinds of layers "butterfly, identity" and so on."""

RECTIFIED = ("butterfly, rectified core", "butterfly, rectified layers")
"""Kinds with rectifiers before and after the core, and with one after every layer as well."""

SMALL_CORE = "butterfly, small core"
"""A butterfly whose core starts smaller by sqrt(k1/n1), so that the outputs start about as large as
those of ``nn.Linear``."""

SPARSE = ("block-diagonal", "sparse, random places")
"""Kinds with as many weights as a butterfly that need not have a low rank."""

PEER = "torch_structured"
"""The butterfly of that package: all log2 n layers of weights, of full rank."""


def kept(n: int, multiple: int = 1) -> int:
    """How many outputs of a butterfly from n inputs are kept: a multiple of ⌈log2 n⌉, at most n.

    Examples
    --------
    >>> kept(84), kept(84, 4), kept(10, 4)
    (7, 28, 10)
    """
    return min(n, multiple * max(1, (n - 1).bit_length()))


def layer(kind: str, n1: int, n2: int, multiple: int = 1) -> nn.Module:
    """A layer from n1 to n2 features with a bias, drawn with PyTorch's generator.

    Parameters
    ----------
    kind : str
        One of ``LAYERS``, ``SPARSE``, ``SMALL_CORE``, ``RECTIFIED``, ``PEER``, or "butterfly, " and
        one of ``STARTS``. "low rank, equal rank" is a pair n1 → k → n2 of the same rank as the
        butterfly. "low rank, equal weights" has the largest k, at least 1, with which it has no
        more weights than a butterfly drawn for it, and so have the layers of ``SPARSE``.
    n1, n2 : int
    multiple : int
        The butterflies of ``LAYERS`` and ``SMALL_CORE`` keep so many times ⌈log2 n⌉ outputs on
        either side, at most n.

    Raises
    ------
    ValueError
        For an unknown kind.
    ModuleNotFoundError
        For ``PEER`` if torch_structured is not installed.

    Examples
    --------
    >>> import torch
    >>> _ = torch.manual_seed(0)
    >>> [sum(p.numel() for p in layer(kind, 512, 10).parameters()) for kind in LAYERS]
    [5130, 3843, 2098, 3142]
    """
    from torch import nn, no_grad

    from figures.models.rectified import RectifiedButterfly
    from figures.models.sparse import BlockDiagonal, RandomSparse
    from fjlt.torch import ButterflyLinear, count_weights

    if kind == "dense":
        return nn.Linear(n1, n2)
    if kind == PEER:
        return _torch_structured(n1, n2)
    if kind in RECTIFIED:
        return RectifiedButterfly(n1, n2, everywhere=kind == RECTIFIED[1])
    start = kind.removeprefix("butterfly, ")
    if start in STARTS:
        return ButterflyLinear(n1, n2, init=start)
    choose(kind, (*LAYERS, *SPARSE, SMALL_CORE), "layer")
    butterfly = ButterflyLinear(n1, n2, k1=kept(n1, multiple), k2=kept(n2, multiple))
    if kind == "butterfly":
        return butterfly
    if kind == SMALL_CORE:
        with no_grad():
            butterfly.core.mul_(sqrt(butterfly.k1 / n1))
        return butterfly
    if kind == SPARSE[0]:
        return BlockDiagonal(n1, n2, count_weights(butterfly))
    if kind == SPARSE[1]:
        return RandomSparse(n1, n2, count_weights(butterfly))
    if kind == "low rank, equal rank":
        rank = min(butterfly.k1, butterfly.k2)
    else:
        # a pair of rank k has k·(n1 + n2) weights and a bias of n2; how many the butterfly has
        # depends on the kept outputs that were drawn
        rank = max(1, (count_weights(butterfly) - n2) // (n1 + n2))
    return nn.Sequential(nn.Linear(n1, rank, bias=False), nn.Linear(rank, n2))


def widened(
    make_layer: Callable[[int, int], nn.Module], n1: int, n2: int
) -> Callable[[int, int], nn.Module]:
    """Three layers from features to classes, of which the second, from n1 to n2, is replaced.

    The first and the last are dense, with rectifiers between.

    Examples
    --------
    >>> from torch import nn
    >>> [type(part).__name__ for part in widened(nn.Linear, 8, 4)(16, 2)]
    ['Linear', 'ReLU', 'Linear', 'ReLU', 'Linear']
    """
    from torch import nn

    return lambda features, classes: nn.Sequential(
        *(nn.Linear(features, n1), nn.ReLU()),
        *(make_layer(n1, n2), nn.ReLU()),
        nn.Linear(n2, classes),
    )


def _torch_structured(n1: int, n2: int) -> nn.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns that it was built without CUDA
        try:
            butterfly: nn.Module = import_module("torch_structured").Butterfly(n1, n2)
        except ModuleNotFoundError as error:
            raise ModuleNotFoundError(f"{error}; pip install 'butterfly-theory[bench]'") from error
    return butterfly
