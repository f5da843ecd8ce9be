"""Networks for images of which one layer can be replaced, as PyTorch modules."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from torch import Tensor, nn

from figures.models.architectures import BatchNorm, Block, Convolution, architecture
from fjlt.runs.console import choose

__all__ = ["NETWORKS", "efficientnet_b0", "network"]

NETWORKS = ("perceptron", "wide perceptron", "LeNet", "LeNet, convolution", "PreActResNet-18")
"""Small enough to be trained on two cores, PreActResNet-18 at a fraction of its width."""

MakeLayer = Callable[[int, int], nn.Module]


def network(
    name: str,
    make_layer: MakeLayer,
    channels: int = 1,
    pixels: int = 28,
    width: int = 16,
    replaced: int = 1,
) -> nn.Module:
    """A network from images (b, channels, pixels, pixels) to 10 classes, with a chosen layer.

    Parameters
    ----------
    name : str
        "perceptron": one hidden layer of 64; the layer to the classes is replaced.
        "wide perceptron": two hidden layers of 1024; the layer between them is replaced.
        "LeNet": two convolutions of 6 and 16 channels, hidden layers of 120 and 84; the layer to
        the classes is replaced.
        "LeNet, convolution": the same, with the second convolution replaced: a layer from the 150
        numbers in each window of 5 × 5 to 16 channels.
        "PreActResNet-18": ``width``, 2, 4 and 8·width channels; the layer to the classes is
        replaced.
    make_layer : callable(n1, n2)
        Makes a layer from n1 to n2 features, which takes the place of the dense one.
    channels, pixels : int
        Of the images.
    width : int
        Of PreActResNet-18; the paper's has 64.
    replaced : int
        1; for the wide perceptron up to 3, which adds the layer from the image, then the layer to
        the classes.

    Raises
    ------
    ValueError
        For another name or number of replaced layers.

    Notes
    -----
    Source: LeCun, Bottou, Bengio, Haffner, Proc. IEEE 86, 1998, here with maxima and rectifiers;
    He, Zhang, Ren, Sun, ECCV 2016, as usual for images of 32 × 32.

    Examples
    --------
    >>> from torch import ones
    >>> [network(name, nn.Linear)(ones(2, 1, 28, 28)).shape[1] for name in NETWORKS]
    [10, 10, 10, 10, 10]
    """
    choose(name, NETWORKS, "network")
    if not 1 <= replaced <= (3 if name == "wide perceptron" else 1):
        raise ValueError(
            f"replaced = {replaced} layers of {name!r}; 1, or 2 or 3 for the wide perceptron"
        )
    n_inputs = channels * pixels**2
    if name == "perceptron":
        return nn.Sequential(nn.Flatten(), nn.Linear(n_inputs, 64), nn.ReLU(), make_layer(64, 10))
    if name == "wide perceptron":
        return _wide_perceptron(make_layer, n_inputs, replaced)
    if name == "LeNet":
        return _lenet(make_layer, lambda: nn.Conv2d(6, 16, 5), channels, pixels)
    if name == "LeNet, convolution":
        return _lenet(nn.Linear, lambda: _Windows(make_layer(6 * 25, 16)), channels, pixels)
    return _preact_resnet18(make_layer, channels, width)


def _wide_perceptron(make_layer: MakeLayer, n_inputs: int, replaced: int) -> nn.Module:
    first = make_layer if replaced > 1 else nn.Linear
    last = make_layer if replaced > 2 else nn.Linear
    hidden = (first(n_inputs, 1024), nn.ReLU(), make_layer(1024, 1024), nn.ReLU())
    return nn.Sequential(nn.Flatten(), *hidden, last(1024, 10))


def _lenet(
    make_layer: MakeLayer, make_second: Callable[[], nn.Module], channels: int, pixels: int
) -> nn.Module:
    # the first convolution is padded, the second cuts 2 pixels off each edge; each is pooled by 2
    side = (pixels // 2 - 4) // 2
    return nn.Sequential(
        *(nn.Conv2d(channels, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2)),
        *(make_second(), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten()),
        *(nn.Linear(16 * side**2, 120), nn.ReLU()),
        *(nn.Linear(120, 84), nn.ReLU(), make_layer(84, 10)),
    )


class _Windows(nn.Module):
    """A convolution of 5 × 5 by a layer that is applied to each window."""

    def __init__(self, layer: nn.Module) -> None:
        super().__init__()
        self.layer = layer

    def forward(self, x: Tensor) -> Tensor:
        """From (b, channels, p, p) to (b, outputs, p − 4, p − 4)."""
        windows = nn.functional.unfold(x, 5).mT  # (b, windows, 25·channels)
        side = x.shape[-1] - 4
        found: Tensor = self.layer(windows).mT.unflatten(-1, (side, side))
        return found


def _preact_resnet18(make_layer: MakeLayer, channels: int, width: int) -> nn.Module:
    scaled = architecture("PreActResNet-18").scaled(width)
    # stored results rest on this order of the draws: the blocks before the stem, the final layer
    # last
    blocks = [_PreActivation(block) for block in scaled.blocks()]
    stem = _module(replace(scaled.stem[0], inputs=channels))
    final = make_layer(scaled.features, 10)
    return nn.Sequential(stem, *blocks, nn.AdaptiveAvgPool2d(1), nn.Flatten(), final)


def efficientnet_b0(classes: int = 10) -> nn.Module:
    """EfficientNet-B0 with a dense last layer from 1280 features, for images (b, 3, 32, 32).

    The stem has stride 1 in place of 2, as is usual for images so small. No block is dropped at
    random.

    Notes
    -----
    Source: Tan, Le, ICML 2019, Table 1.

    Examples
    --------
    >>> from fjlt.torch import count_weights
    >>> count_weights(efficientnet_b0())  # as counted for figure S2
    4020358
    """
    full = architecture("EfficientNet-B0")
    (stem,), last = full.stem, full.stages[-1].channels
    return nn.Sequential(
        _activated(stem, BatchNorm(stem.outputs)),
        *map(_InvertedBottleneck, full.blocks()),
        _activated(Convolution(last, full.head), BatchNorm(full.head)),
        *(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(0.2)),
        nn.Linear(full.features, classes),
    )


class _PreActivation(nn.Module):
    """Two convolutions, each after a batch norm and a rectifier, added to the input."""

    def __init__(self, block: Block) -> None:
        super().__init__()
        self.norm1, self.conv1, self.norm2, self.conv2, *shortcut = map(_module, block)
        self.shortcut = shortcut[0] if shortcut else None

    def forward(self, x: Tensor) -> Tensor:
        y = self.norm1(x).relu()
        # where the shape changes, the shortcut reads what the first convolution reads
        skipped = x if self.shortcut is None else self.shortcut(y)
        z: Tensor = skipped + self.conv2(self.norm2(self.conv1(y)).relu())
        return z


class _InvertedBottleneck(nn.Module):
    """Expand, convolve channel by channel, weigh the channels, project.

    The input is added where it has the same shape.
    """

    def __init__(self, block: Block) -> None:
        super().__init__()
        *expand, depthwise, norm, squeeze, excite, project, norm_after = block
        self.expand = _activated(*expand) if expand else nn.Identity()
        self.depthwise = _activated(depthwise, norm)
        # squeeze and excitation: a factor in (0, 1) for each channel, from the means of all
        self.weigh = nn.Sequential(
            nn.AdaptiveAvgPool2d(1), _module(squeeze), nn.SiLU(), _module(excite), nn.Sigmoid()
        )
        self.project = nn.Sequential(_module(project), _module(norm_after))
        convolutions = [layer for layer in block if isinstance(layer, Convolution)]
        keeps_size = all(convolution.stride == 1 for convolution in convolutions)
        self.adds = keeps_size and convolutions[0].inputs == convolutions[-1].outputs

    def forward(self, x: Tensor) -> Tensor:
        y = self.depthwise(self.expand(x))
        y = self.project(y * self.weigh(y))
        return x + y if self.adds else y


def _module(layer: Convolution | BatchNorm) -> nn.Module:
    """PyTorch's module of a layer; convolutions are padded so that stride 1 keeps the size."""
    if isinstance(layer, BatchNorm):
        return nn.BatchNorm2d(layer.channels)
    return nn.Conv2d(
        layer.inputs,
        layer.outputs,
        layer.kernel,
        layer.stride,
        padding=layer.kernel // 2,
        groups=layer.groups,
        bias=layer.bias,
    )


def _activated(*layers: Convolution | BatchNorm) -> nn.Sequential:
    return nn.Sequential(*map(_module, layers), nn.SiLU())
