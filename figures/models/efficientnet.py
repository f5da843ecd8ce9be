"""EfficientNet-B0 at full size, for small images."""

from __future__ import annotations

from torch import Tensor, nn

__all__ = ["efficientnet_b0"]

_STAGES = (
    (1, 16, 1, 3, 1),
    (6, 24, 2, 3, 2),
    (6, 40, 2, 5, 2),
    (6, 80, 3, 3, 2),
    (6, 112, 3, 5, 1),
    (6, 192, 4, 5, 2),
    (6, 320, 1, 3, 1),
)
"""Expansion, channels, blocks, kernel, stride of the first block."""


def efficientnet_b0(classes: int = 10) -> nn.Module:
    """EfficientNet-B0 with a dense last layer from 1280 features, for images (b, 3, 32, 32).

    The stem has stride 1 in place of 2, as is usual for images so small; no block is dropped at
    random.

    Notes
    -----
    Source: Tan, Le, ICML 2019, Table 1.

    Examples
    --------
    >>> from fjlt.torch import count_weights
    >>> count_weights(efficientnet_b0())  # as counted for figure 8
    4020358
    """
    blocks: list[nn.Module] = [_normalised(3, 32, 3)]
    inputs = 32
    for expansion, outputs, repeats, kernel, stride in _STAGES:
        for i in range(repeats):
            blocks.append(_Block(inputs, outputs, expansion, kernel, stride if i == 0 else 1))
            inputs = outputs
    head = (_normalised(inputs, 1280, 1), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(0.2))
    return nn.Sequential(*blocks, *head, nn.Linear(1280, classes))


class _Block(nn.Module):
    """Expand, convolve channel by channel, weigh the channels, project; added to the input if it
    has that shape."""

    def __init__(self, inputs: int, outputs: int, expansion: int, kernel: int, stride: int) -> None:
        super().__init__()
        wide = expansion * inputs
        self.expand = _normalised(inputs, wide, 1) if expansion > 1 else nn.Identity()
        self.depthwise = _normalised(wide, wide, kernel, stride, groups=wide)
        squeeze = (
            nn.Conv2d(wide, inputs // 4, 1),
            nn.SiLU(),
            nn.Conv2d(inputs // 4, wide, 1),
            nn.Sigmoid(),
        )
        self.weigh = nn.Sequential(nn.AdaptiveAvgPool2d(1), *squeeze)
        self.project = _normalised(wide, outputs, 1)[:2]
        self.adds = stride == 1 and inputs == outputs

    def forward(self, x: Tensor) -> Tensor:
        y = self.depthwise(self.expand(x))
        y = self.project(y * self.weigh(y))
        return x + y if self.adds else y


def _normalised(
    inputs: int, outputs: int, kernel: int, stride: int = 1, groups: int = 1
) -> nn.Sequential:
    convolution = nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False)
    return nn.Sequential(convolution, nn.BatchNorm2d(outputs), nn.SiLU())
