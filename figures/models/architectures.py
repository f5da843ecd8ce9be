"""The models of figures 1 and S2, layer by layer, unfolded from ``architectures.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from typing import Any

__all__ = [
    "CRF",
    "LSTM",
    "MODELS",
    "Architecture",
    "BatchNorm",
    "Block",
    "Convolution",
    "Layer",
    "Linear",
    "Model",
    "Stage",
    "architecture",
    "image_layers",
    "tagger_layers",
]


@dataclass(frozen=True)
class Convolution:
    """Two-dimensional convolution with a square kernel.

    Examples
    --------
    >>> Convolution(64, 128, kernel=3).n_weights, Convolution(64, 64, kernel=3, groups=64).n_weights
    (73728, 576)
    """

    inputs: int
    outputs: int
    kernel: int = 1
    stride: int = 1
    groups: int = 1
    bias: bool = False

    @property
    def n_products(self) -> int:
        """Multiplications at one place; each output reads the inputs of its group only."""
        return self.inputs // self.groups * self.outputs * self.kernel**2

    @property
    def n_weights(self) -> int:
        """Number of trained weights."""
        return self.n_products + self.bias * self.outputs


@dataclass(frozen=True)
class BatchNorm:
    """A scale and a shift for each channel; running means and variances are not trained."""

    channels: int

    @property
    def n_weights(self) -> int:
        """Number of trained weights."""
        return 2 * self.channels


@dataclass(frozen=True)
class Linear:
    """Dense matrix of shape (outputs, inputs), with a bias."""

    inputs: int
    outputs: int

    @property
    def n_products(self) -> int:
        """Multiplications for one vector."""
        return self.inputs * self.outputs

    @property
    def n_weights(self) -> int:
        """Number of trained weights, bias included."""
        return self.n_products + self.outputs


@dataclass(frozen=True)
class LSTM:
    """One layer in both directions, each with four gates of two biases, as PyTorch counts them."""

    inputs: int
    hidden: int

    @property
    def n_products(self) -> int:
        """Multiplications of weights with activations for one word."""
        return 2 * 4 * self.hidden * (self.inputs + self.hidden)

    @property
    def n_weights(self) -> int:
        """Number of trained weights, biases included."""
        return self.n_products + 2 * 4 * self.hidden * 2


@dataclass(frozen=True)
class CRF:
    """Conditional random field: a score for each transition between two tags."""

    tags: int

    @property
    def n_weights(self) -> int:
        """Number of trained weights."""
        return self.tags**2


Layer = Convolution | BatchNorm | Linear | LSTM | CRF
Block = tuple[Convolution | BatchNorm, ...]
"""The layers of a residual block in the order of the computation, those of its shortcut last."""


@dataclass(frozen=True)
class Stage:
    """Blocks with the same number of outputs, as one row of an architecture.

    Attributes
    ----------
    repeats : int
        Number of blocks.
    channels : int
        Outputs of each block.
    kernel, stride : int
        Of the spatial convolution; all blocks but the first have stride 1.
    expansion : int
        Inverted bottlenecks: the factor by which a block widens its input first.
    inner : tuple of int
        Bottlenecks: outputs of the first and the second convolution.
    groups, shortcut : int
        Bottlenecks: groups of the second convolution, and kernel of the shortcut.
    """

    repeats: int
    channels: int
    kernel: int = 3
    stride: int = 1
    expansion: int = 1
    inner: tuple[int, ...] = ()
    groups: int = 1
    shortcut: int = 1


@dataclass(frozen=True)
class Architecture:
    """A network for images up to its final linear layer.

    Attributes
    ----------
    block : {"basic", "inverted bottleneck", "pre-activation", "bottleneck"}
    stem : tuple of Convolution
    stages : tuple of Stage
    head : int
        Outputs of a 1 × 1 convolution after the last stage; 0 if there is none.
    pool : int
        Stride of a pooling after the stem; 1 if there is none.
    always_expands : bool
        Whether an inverted bottleneck has an expansion even where its factor is 1.
    """

    block: str
    stem: tuple[Convolution, ...]
    stages: tuple[Stage, ...]
    head: int = 0
    pool: int = 1
    always_expands: bool = False

    @property
    def features(self) -> int:
        """Inputs of the final linear layer."""
        return self.head or self.stages[-1].channels

    def blocks(self) -> Iterator[Block]:
        """The blocks of all stages in order.

        Examples
        --------
        >>> [len(block) for block in architecture("PreActResNet-18").blocks()]  # 5: with shortcut
        [4, 4, 5, 4, 5, 4, 5, 4]
        """
        inputs = self.stem[-1].outputs
        for stage in self.stages:
            for i in range(stage.repeats):
                stride = stage.stride if i == 0 else 1
                if self.block == "inverted bottleneck":
                    expands = stage.expansion > 1 or self.always_expands
                    yield _inverted_bottleneck(inputs, stage, stride, expands)
                elif self.block == "pre-activation":
                    yield _pre_activation(inputs, stage, stride)
                elif self.block == "basic":
                    yield _basic(inputs, stage, stride)
                else:
                    yield _bottleneck(inputs, stage, stride, is_first=i == 0)
                inputs = stage.channels

    def scaled(self, width: int) -> Architecture:
        """The same network with ``width`` outputs of the stem, all other channels in proportion."""
        full = self.stem[-1].outputs
        stem = (*self.stem[:-1], replace(self.stem[-1], outputs=width))
        stages = (replace(stage, channels=stage.channels * width // full) for stage in self.stages)
        return replace(self, stem=stem, stages=tuple(stages))


def _inverted_bottleneck(inputs: int, stage: Stage, stride: int, expands: bool) -> Block:
    """Widen, convolve each channel for itself, weigh the channels, project to the outputs."""
    wide = stage.expansion * inputs
    return (
        *(_normalised(inputs, wide) if expands else ()),
        *_normalised(wide, wide, stage.kernel, stride, groups=wide),
        *_squeeze_excitation(wide, inputs // 4),
        *_normalised(wide, stage.channels),
    )


def _pre_activation(inputs: int, stage: Stage, stride: int) -> Block:
    """Two convolutions, each after its batch norm; a 1 × 1 shortcut where the shape changes."""
    outputs, kernel = stage.channels, stage.kernel
    same_shape = stride == 1 and inputs == outputs
    return (
        BatchNorm(inputs),
        Convolution(inputs, outputs, kernel, stride),
        BatchNorm(outputs),
        Convolution(outputs, outputs, kernel),
        *(() if same_shape else (Convolution(inputs, outputs, stride=stride),)),
    )


def _basic(inputs: int, stage: Stage, stride: int) -> Block:
    """Two convolutions, each before its batch norm; a 1 × 1 shortcut where the shape changes."""
    outputs, kernel = stage.channels, stage.kernel
    same_shape = stride == 1 and inputs == outputs
    return (
        *_normalised(inputs, outputs, kernel, stride),
        *_normalised(outputs, outputs, kernel),
        *(() if same_shape else _normalised(inputs, outputs, stride=stride)),
    )


def _bottleneck(inputs: int, stage: Stage, stride: int, is_first: bool) -> Block:
    """Narrow, convolve, widen, weigh the channels; a shortcut beside the first block of a stage."""
    (first, second), outputs = stage.inner, stage.channels
    return (
        *_normalised(inputs, first),
        *_normalised(first, second, stage.kernel, stride, stage.groups),
        *_normalised(second, outputs),
        *_squeeze_excitation(outputs, outputs // 16),
        *(_normalised(inputs, outputs, stage.shortcut, stride) if is_first else ()),
    )


def _normalised(
    inputs: int, outputs: int, kernel: int = 1, stride: int = 1, groups: int = 1
) -> Block:
    return Convolution(inputs, outputs, kernel, stride, groups), BatchNorm(outputs)


def _squeeze_excitation(channels: int, squeezed: int) -> Block:
    """Two 1 × 1 convolutions with biases: linear maps, but not linear layers of the model."""
    return Convolution(channels, squeezed, bias=True), Convolution(squeezed, channels, bias=True)


@cache
def _contents() -> Mapping[str, Any]:
    text = (resources.files("figures.models") / "architectures.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def architecture(name: str) -> Architecture:
    """The architecture with a name in ``architectures.toml``.

    Raises
    ------
    KeyError
        For an unknown name.

    Examples
    --------
    >>> architecture("EfficientNet-B0").features
    1280
    """
    tables = _contents()["architectures"]
    table = {**tables.get(tables[name].get("like"), {}), **tables[name]}
    table.pop("like", None)
    stem = tuple(Convolution(**row) for row in table.pop("stem"))
    stages = tuple(
        Stage(**row | {"inner": tuple(row.get("inner", ()))}) for row in table.pop("stages")
    )
    return Architecture(stem=stem, stages=stages, **table)


def image_layers(name: str, classes: int) -> Iterator[Layer]:
    """Layers with trained weights of a network for images, the final linear one last.

    Image size and strides do not change the number of weights.

    Parameters
    ----------
    name : str
        An architecture of ``architectures.toml``.
    classes : int
        Outputs of the final layer.

    Examples
    --------
    >>> sum(layer.n_weights for layer in image_layers("EfficientNet-B0", 10))
    4020358
    """
    network = architecture(name)
    for convolution in network.stem:
        yield convolution
        # with pre-activation a batch norm begins every block, so that none follows the stem
        if network.block != "pre-activation":
            yield BatchNorm(convolution.outputs)
    for block in network.blocks():
        yield from block
    if network.head:
        yield from _normalised(network.stages[-1].channels, network.head)
    yield Linear(network.features, classes)


def tagger_layers(width: int, tags: int, hidden: int = 256) -> Iterator[Layer]:
    """Layers with trained weights of the sequence tagger of Flair 0.4.

    The embeddings are trained beforehand and frozen, so they are not counted. What is trained is a
    square linear layer on them, the reprojection; an LSTM in both directions; the final linear
    layer, to the tags; and the transitions of the CRF.

    Parameters
    ----------
    width : int
        Total width of the embeddings of a word.
    tags : int
        Tags, those that Flair adds included.
    hidden : int
        Width of the LSTM in each direction.

    Notes
    -----
    Source: Akbik et al., COLING 2018 and NAACL 2019.

    Examples
    --------
    >>> sum(layer.n_weights for layer in tagger_layers(100 + 2 * 2048, 20))
    26743064
    """
    yield Linear(width, width)
    yield LSTM(width, hidden)
    yield Linear(2 * hidden, tags)
    yield CRF(tags)


@dataclass(frozen=True)
class Model:
    """A model of the paper on a data set.

    Attributes
    ----------
    name, dataset : str
    task : {"vision", "language"}
    layers : tuple of Layer
        Layers with trained weights in the order of the computation. The paper replaces the last
        linear one.

    Examples
    --------
    >>> Model("perceptron", "MNIST", "vision", (Linear(784, 10),)).n_weights
    7850
    """

    name: str
    dataset: str
    task: str
    layers: tuple[Layer, ...]

    @property
    def n_weights(self) -> int:
        """Number of trained weights of all layers."""
        return sum(layer.n_weights for layer in self.layers)

    @property
    def linears(self) -> tuple[Linear, ...]:
        """The linear layers, the final one last."""
        return tuple(layer for layer in self.layers if isinstance(layer, Linear))


def _model(name: str, dataset: str, **sizes: Any) -> Model:
    if "classes" in sizes:
        return Model(name, dataset, "vision", tuple(image_layers(name, sizes["classes"])))
    layers = tagger_layers(sum(sizes["embeddings"]), sizes["tags"])
    return Model(name, dataset, "language", tuple(layers))


MODELS = tuple(_model(**row) for row in _contents()["models"])
"""The models of Table 1 of the paper, two variants of EfficientNet-B0 among them."""
