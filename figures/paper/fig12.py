"""Figure 12: test accuracy of networks for images over the first epochs, by layer and optimiser."""

from __future__ import annotations

from typing import Any

from figures.engine.figure import Figure
from figures.engine.gallery import TITLES
from figures.engine.table import Table
from figures.experiments.classification import compute
from figures.experiments.training import OPTIMIZERS
from figures.plots.layer_scores import by_epoch
from figures.plots.vision import SETTING, SOURCES, cases, groups

__all__ = ["CAPTION", "FIGURE", "compute", "draw"]

CAPTION = (
    SETTING
    + "Shown is the accuracy on the test images after each epoch. After the first, by Adam, the butterfly is behind "
    "the dense layer, by 0.4 points (0.2 to 0.6) in LeNet and by 12 (3 to 22) in PreActResNet-18; "
    "there it is behind after 20 epochs by SGD too, by 8.6 points (2.2 to 15.0). The paper shows "
    "20 epochs of EfficientNet-B0 and PreActResNet-18 on all of CIFAR-10, by Adam and SGD."
)


def draw(table: Table) -> Any:
    """Draw a panel a network and optimiser: the accuracy against the epoch."""
    return by_epoch(groups(table, by_optimizer=True), "accuracy", "test accuracy in %")


FIGURE = Figure(
    id="fig12",
    title=TITLES["fig12"],
    source="arXiv 2007.08864, Figure 12",
    caption=CAPTION,
    compute=compute,
    draw=draw,
    cases=cases({"LeNet": OPTIMIZERS, "PreActResNet-18": OPTIMIZERS}),
    sources=SOURCES,
    needs=("torch",),
)
