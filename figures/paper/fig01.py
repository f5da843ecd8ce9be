"""Figure 1: test accuracy of networks for images with a dense layer, and with what may stand in its
place."""

from __future__ import annotations

from typing import Any

from figures.engine.figure import Figure
from figures.engine.gallery import TITLES
from figures.engine.table import Table
from figures.experiments.classification import compute
from figures.experiments.training import OPTIMIZERS
from figures.plots.layer_scores import finals
from figures.plots.vision import SETTING, SOURCES, cases, groups

__all__ = ["CAPTION", "FIGURE", "compute", "draw"]

CAPTION = (
    SETTING
    + "Shown is the accuracy on the test images after the last epoch, the 8th on MNIST and the 20th on CIFAR-10, a "
    "stroke a replicate, and the mean number of weights of the network. LeNet ends as accurate "
    "with the butterfly as with the dense layer by Adam (difference −0.04 points, −0.34 to 0.26); "
    "the perceptron, two hidden layers of 1024, is off by −0.22 (−0.57 to 0.12) by Adam and −0.79 "
    "(−1.17 to −0.42) by SGD, PreActResNet-18 by −5.7 (−11.6 to 0.2). Nowhere is it seen to be "
    "above. The paper shows the final layers of EfficientNet-B0, PreActResNet-18, SENet-154 and "
    "others, and no pairs of dense layers."
)


def draw(table: Table) -> Any:
    """Draw a panel a network: the accuracy by layer and optimiser."""
    return finals(groups(table), "accuracy", "test accuracy in %")


FIGURE = Figure(
    id="fig01",
    title=TITLES["fig01"],
    source="arXiv 2007.08864, Figure 1",
    caption=CAPTION,
    compute=compute,
    draw=draw,
    cases=cases({"LeNet": OPTIMIZERS, "wide perceptron": OPTIMIZERS, "PreActResNet-18": ("Adam",)}),
    sources=SOURCES,
    needs=("torch",),
)
