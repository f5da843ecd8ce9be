"""Networks for images of which one layer can be replaced, small enough to be trained on two
cores."""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor, nn

__all__ = ["NETWORKS", "network"]

NETWORKS = ("perceptron", "wide perceptron", "LeNet", "PreActResNet-18")

Replaceable = Callable[[int, int], nn.Module]


def network(
    name: str,
    replaceable: Replaceable,
    channels: int = 1,
    pixels: int = 28,
    width: int = 16,
    replaced: int = 1,
) -> nn.Module:
    """A network from images (b, channels, pixels, pixels) to 10 classes; ``replaceable(n1, n2)``
    makes a layer of it.

    "perceptron": one hidden layer of 64, whose layer to the classes is replaceable. "wide
    perceptron": two hidden layers of 1024; of its ``replaced`` layers the first is that between
    them, the second that from the image, the third that to the classes. "LeNet": two convolutions,
    6 and 16 channels, hidden layers of 120 and 84, the layer to the classes. "PreActResNet-18": of
    ``width``, 2, 4 and 8·width channels (the paper's has width 64), the layer to the classes.

    Raises
    ------
    ValueError
        For another name, or if ``replaced`` is not 1, or 2 or 3 for the wide perceptron.

    Notes
    -----
    Source: LeCun, Bottou, Bengio, Haffner, Proc. IEEE 86, 1998, with maxima and rectifiers; He,
    Zhang, Ren, Sun, ECCV 2016, as usual for images of 32 × 32.

    Examples
    --------
    >>> from torch import ones
    >>> [network(name, nn.Linear)(ones(2, 1, 28, 28)).shape[1] for name in NETWORKS]
    [10, 10, 10, 10]
    """
    if not 1 <= replaced <= (3 if name == "wide perceptron" else 1):
        raise ValueError(
            f"replaced = {replaced} layers of {name!r}; 1, or 2 or 3 for the wide perceptron"
        )
    if name == "perceptron":
        return nn.Sequential(
            nn.Flatten(), nn.Linear(channels * pixels**2, 64), nn.ReLU(), replaceable(64, 10)
        )
    if name == "wide perceptron":
        first, last = (
            replaceable if replaced > 1 else nn.Linear,
            replaceable if replaced > 2 else nn.Linear,
        )
        hidden = (first(channels * pixels**2, 1024), nn.ReLU(), replaceable(1024, 1024), nn.ReLU())
        return nn.Sequential(nn.Flatten(), *hidden, last(1024, 10))
    if name == "LeNet":
        side = (pixels // 2 - 4) // 2
        return nn.Sequential(
            *(nn.Conv2d(channels, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2)),
            *(nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten()),
            *(
                nn.Linear(16 * side**2, 120),
                nn.ReLU(),
                nn.Linear(120, 84),
                nn.ReLU(),
                replaceable(84, 10),
            ),
        )
    if name == "PreActResNet-18":
        return _preact_resnet18(replaceable, channels, width)
    raise ValueError(f"unknown network {name!r}; known: {', '.join(NETWORKS)}")


def _preact_resnet18(replaceable: Replaceable, channels: int, width: int) -> nn.Module:
    blocks, inputs = [], width
    for outputs in (width, 2 * width, 4 * width, 8 * width):
        for stride in (1 if outputs == width else 2, 1):
            blocks.append(_Block(inputs, outputs, stride))
            inputs = outputs
    stem = nn.Conv2d(channels, width, 3, 1, 1, bias=False)
    return nn.Sequential(
        stem, *blocks, nn.AdaptiveAvgPool2d(1), nn.Flatten(), replaceable(inputs, 10)
    )


class _Block(nn.Module):
    """Two 3 × 3 convolutions, each after a normalisation and a rectifier, added to the input."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.norm1, self.norm2 = nn.BatchNorm2d(inputs), nn.BatchNorm2d(outputs)
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        same = stride == 1 and inputs == outputs
        self.shortcut = None if same else nn.Conv2d(inputs, outputs, 1, stride, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        y = self.norm1(x).relu()
        kept = x if self.shortcut is None else self.shortcut(y)
        z: Tensor = kept + self.conv2(self.norm2(self.conv1(y)).relu())
        return z
