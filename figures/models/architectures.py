"""Layer sizes of the models of figures 7 and 8, from which their weights are counted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

__all__ = [
    "CRF",
    "LSTM",
    "MODELS",
    "BatchNorm",
    "Convolution",
    "Layer",
    "Linear",
    "Model",
    "efficientnet_b0",
    "n_weights",
    "preact_resnet18",
    "se_resnet152",
    "senet154",
    "sequence_tagger",
]


@dataclass(frozen=True)
class Convolution:
    """Two-dimensional convolution with a square kernel."""

    inputs: int
    outputs: int
    kernel: int = 1
    groups: int = 1
    bias: bool = False


@dataclass(frozen=True)
class BatchNorm:
    """A scale and a shift for each channel; running means and variances are not trained."""

    channels: int


@dataclass(frozen=True)
class Linear:
    """Dense matrix (outputs, inputs) and a bias."""

    inputs: int
    outputs: int


@dataclass(frozen=True)
class LSTM:
    """One layer in both directions, each with four gates of two biases, as PyTorch counts them."""

    inputs: int
    hidden: int


@dataclass(frozen=True)
class CRF:
    """Scores of the transitions between any two tags."""

    tags: int


Layer = Convolution | BatchNorm | Linear | LSTM | CRF


def n_weights(layer: Layer) -> int:
    """Number of trained numbers of a layer, biases included.

    Examples
    --------
    >>> n_weights(Convolution(64, 128, kernel=3)), n_weights(Linear(512, 10)), n_weights(LSTM(100, 256))
    (73728, 5130, 733184)
    """
    match layer:
        case Convolution(inputs, outputs, kernel, groups, bias):
            return inputs // groups * outputs * kernel**2 + bias * outputs
        case BatchNorm(channels):
            return 2 * channels
        case Linear(inputs, outputs):
            return (inputs + 1) * outputs
        case LSTM(inputs, hidden):
            return 2 * 4 * hidden * (inputs + hidden + 2)
        case CRF(tags):
            return tags**2


@dataclass(frozen=True)
class Model:
    """A model of the paper on a data set.

    Attributes
    ----------
    name, dataset : str
    task : {"vision", "language"}
    layers : tuple of Layer
        Those with trained numbers, in the order of the computation; the last one that is linear is
        the layer that the paper replaces.

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
        """Number of trained numbers of all layers."""
        return sum(map(n_weights, self.layers))

    @property
    def linears(self) -> tuple[Linear, ...]:
        """The linear layers, the final one last."""
        return tuple(layer for layer in self.layers if isinstance(layer, Linear))


def efficientnet_b0(classes: int, head: bool = True) -> Iterator[Layer]:
    """EfficientNet-B0 of Tan and Le (2019), Table 1, with a final layer from 1280 channels.

    Without the head it is the variant for CIFAR-10 in the code that the authors of the paper
    published (github.com/leibovit/Sparse-Linear-Networks): the last convolution, from 320 to 1280
    channels, is left out, and the first block has an expansion of factor 1, which is counted
    although it is never applied. Image size and strides do not change the count.

    Examples
    --------
    >>> sum(map(n_weights, efficientnet_b0(10))), sum(map(n_weights, efficientnet_b0(10, head=False)))
    (4020358, 3599686)
    """
    yield from _normalised(3, 32, 3)
    inputs = 32
    for expansion, outputs, blocks, kernel in (
        (1, 16, 1, 3),
        (6, 24, 2, 3),
        (6, 40, 2, 5),
        (6, 80, 3, 3),
        (6, 112, 3, 5),
        (6, 192, 4, 5),
        (6, 320, 1, 3),
    ):
        for _ in range(blocks):
            wide = expansion * inputs
            if expansion > 1 or not head:
                yield from _normalised(inputs, wide)
            yield from _normalised(wide, wide, kernel, groups=wide)
            yield from _squeeze_excitation(wide, inputs // 4)
            yield from _normalised(wide, outputs)
            inputs = outputs
    if head:
        yield from _normalised(inputs, 1280)
        inputs = 1280
    yield Linear(inputs, classes)


def preact_resnet18(classes: int) -> Iterator[Layer]:
    """ResNet-18 with pre-activation for images of 32 × 32, as usual in PyTorch and in the authors'
    code.

    The stem is a 3 × 3 convolution without normalisation, shortcuts that change the width are 1 × 1
    convolutions without normalisation, and there is none before the final layer.

    Examples
    --------
    >>> sum(map(n_weights, preact_resnet18(10)))
    11171146
    """
    yield Convolution(3, 64, 3)
    inputs = 64
    for width in (64, 128, 256, 512):
        for _ in range(2):
            yield from (
                BatchNorm(inputs),
                Convolution(inputs, width, 3),
                BatchNorm(width),
                Convolution(width, width, 3),
            )
            if inputs != width:
                yield Convolution(inputs, width)
            inputs = width
    yield Linear(inputs, classes)


def se_resnet152(classes: int) -> Iterator[Layer]:
    """SE-ResNet-152 of Hu, Shen and Sun (2018), reduction 16, with the stem for ImageNet.

    The paper does not say which variant it trains on CIFAR-100; a 3 × 3 stem would have 7680
    weights fewer.

    Examples
    --------
    >>> sum(map(n_weights, se_resnet152(100)))
    64977748
    """
    yield from _normalised(3, 64, 7)
    yield from _bottlenecks(64, first=1, second=1)
    yield Linear(2048, classes)


def senet154(classes: int) -> Iterator[Layer]:
    """SENet-154 of Hu, Shen and Sun (2018): 64 groups, three 3 × 3 convolutions as stem, 3 × 3
    shortcuts.

    Examples
    --------
    >>> sum(map(n_weights, senet154(1000)))
    115088984
    """
    for inputs, outputs in ((3, 64), (64, 64), (64, 128)):
        yield from _normalised(inputs, outputs, 3)
    yield from _bottlenecks(128, first=2, second=4, groups=64, shortcut=3)
    yield Linear(2048, classes)


def sequence_tagger(width: int, tags: int, hidden: int = 256) -> Iterator[Layer]:
    """Sequence tagger of Flair 0.4 (Akbik et al., 2018 and 2019) on embeddings of a width.

    The embeddings are trained beforehand and frozen: they are not counted. What is trained: a
    square linear layer on them, the reprojection; an LSTM in both directions; the final linear
    layer, to the tags; the transitions of the CRF.

    Examples
    --------
    >>> sum(map(n_weights, sequence_tagger(100 + 2 * 2048, 20)))
    26743064
    """
    yield Linear(width, width)
    yield LSTM(width, hidden)
    yield Linear(2 * hidden, tags)
    yield CRF(tags)


def _normalised(inputs: int, outputs: int, kernel: int = 1, groups: int = 1) -> Iterator[Layer]:
    yield Convolution(inputs, outputs, kernel, groups)
    yield BatchNorm(outputs)


def _squeeze_excitation(channels: int, squeezed: int) -> Iterator[Layer]:
    """Two 1 × 1 convolutions with biases: linear maps, but not linear layers of the model."""
    yield Convolution(channels, squeezed, bias=True)
    yield Convolution(squeezed, channels, bias=True)


def _bottlenecks(
    inputs: int, first: int, second: int, groups: int = 1, shortcut: int = 1
) -> Iterator[Layer]:
    """All 50 blocks; first and second: outputs of the first two convolutions over the width of the
    stage."""
    for width, blocks in ((64, 3), (128, 8), (256, 36), (512, 3)):
        for block in range(blocks):
            yield from _normalised(inputs, first * width)
            yield from _normalised(first * width, second * width, 3, groups)
            yield from _normalised(second * width, 4 * width)
            yield from _squeeze_excitation(4 * width, 4 * width // 16)
            if block == 0:
                yield from _normalised(inputs, 4 * width, 1 if width == 64 else shortcut)
            inputs = 4 * width


CONTEXTUAL = 2048
"""Width of a contextual string embedding of Flair; the pooled one is twice as wide."""

SPECIAL_TAGS = 4
"""Tags that Flair adds to those of the data: O, <unk>, <START>, <STOP>."""

ENTITY_TAGS = 4 * 4 + SPECIAL_TAGS
"""B, I, E, S for each of four types of entities, in CoNLL-03 English and German, and the special
tags."""

SPEECH_TAGS = 45 + SPECIAL_TAGS
"""Parts of speech of the Penn Treebank, punctuation included, and the special tags: O is among them
here too."""


def _vision(name: str, dataset: str, layers: Iterator[Layer]) -> Model:
    return Model(name, dataset, "vision", tuple(layers))


def _language(name: str, dataset: str, width: int, tags: int) -> Model:
    return Model(name, dataset, "language", tuple(sequence_tagger(width, tags)))


MODELS = (
    _vision("EfficientNet-B0", "CIFAR-10", efficientnet_b0(10)),
    _vision("EfficientNet-B0 without head", "CIFAR-10", efficientnet_b0(10, head=False)),
    _vision("PreActResNet-18", "CIFAR-10", preact_resnet18(10)),
    _vision("SE-ResNet-152", "CIFAR-100", se_resnet152(100)),
    _vision("SENet-154", "ImageNet", senet154(1000)),
    _language("NER English", "CoNLL-03 English", 100 + 2 * 2 * CONTEXTUAL, ENTITY_TAGS),
    _language("NER German", "CoNLL-03 German", 300 + 2 * 2 * CONTEXTUAL, ENTITY_TAGS),
    _language("POS English", "Penn Treebank", 300 + 2 * CONTEXTUAL, SPEECH_TAGS),
)
"""The models of Table 1 of the paper, two variants of EfficientNet-B0 among them.

The taggers read word embeddings (GloVe of width 100; fastText for German and extvec for parts of
speech, of width 300) and contextual string embeddings forward and backward, pooled for the two NER
tasks, as in the scripts that Flair and the authors published.
"""
