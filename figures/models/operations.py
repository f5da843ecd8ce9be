"""How many multiplications a network takes for one image or one word, layer by layer."""

from __future__ import annotations

from collections.abc import Iterator

from figures.models.architectures import (
    CRF,
    BatchNorm,
    Convolution,
    Linear,
    architecture,
    tagger_layers,
)

__all__ = ["image_multiplications", "word_multiplications"]


def image_multiplications(name: str, classes: int, pixels: int) -> int:
    """Multiplications of weights with activations for one square image.

    Those of batch norms, and of squeezed weights with whole channels, are left out: they would
    only lower the share of any one linear layer.

    Parameters
    ----------
    name : str
        An architecture of ``architectures.toml``.
    classes : int
        Outputs of the final layer.
    pixels : int
        Side of the image.

    Examples
    --------
    >>> image_multiplications("ResNet-18", 1000, 224)
    1814073344
    """
    final = Linear(architecture(name).features, classes)
    return sum(c.n_products * places for c, places in _places(name, pixels)) + final.n_products


def _places(name: str, pixels: int) -> Iterator[tuple[Convolution, int]]:
    """Each convolution of a network, and at how many places of the image it is applied."""
    network, side = architecture(name), pixels
    for convolution in network.stem:
        side = -(-side // convolution.stride)
        yield convolution, side**2
    side = -(-side // network.pool)
    for block in network.blocks():
        entry = side
        for layer in block:
            if not isinstance(layer, Convolution):
                continue
            # the shortcut reads what the block reads, and both strides are that of the block
            if layer.stride > 1:
                side = -(-entry // layer.stride)
            # convolutions with a bias squeeze and excite: they see the mean of each channel
            yield layer, 1 if layer.bias else side**2
    if network.head:
        yield Convolution(network.stages[-1].channels, network.head), side**2


def word_multiplications(width: int, tags: int) -> int:
    """Multiplications of trained weights with activations for one word of a tagger.

    The frozen embeddings, and the search for the best tags, come on top.

    Parameters
    ----------
    width, tags : int
        As for ``tagger_layers``.

    Examples
    --------
    >>> word_multiplications(2, 3)
    529924
    """
    layers = tagger_layers(width, tags)
    return sum(layer.n_products for layer in layers if not isinstance(layer, CRF | BatchNorm))
