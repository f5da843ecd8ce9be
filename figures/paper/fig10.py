"""Figure 10: times of networks for images with a dense layer, and with what may stand in its
place."""

from __future__ import annotations

from typing import Any

from figures.engine.figure import Figure
from figures.engine.gallery import TITLES
from figures.engine.table import Table
from figures.experiments.durations import networks as compute
from figures.plots import time_ratios

__all__ = ["CAPTION", "FIGURE", "compute", "draw"]

CAPTION = time_ratios.MEASURED + (
    "The networks are those of figure 1, PreActResNet-18 at an eighth of its width. Where the "
    "layer to the ten classes is replaced, the butterfly takes longer: for one image 34 % in a "
    "step and 47 % in a prediction of LeNet, 13 % and 9 % with PreActResNet-18, for 128 images at "
    "most 6 %. Where one of 1024 × 1024 is replaced, a step takes 0.53 to 0.58 of the time, a "
    "prediction 0.55 for 128 images and 0.94 for one. Pairs of dense layers are faster than the "
    "butterfly in all. The paper shows seconds of EfficientNet-B0, PreActResNet-18 and others on "
    "a GPU."
)

_NAMES = {
    "perceptron": "perceptron, digits",
    "LeNet": "LeNet",
    "wide perceptron": "perceptron of width 1024",
    "PreActResNet-18": "PreActResNet-18",
}

_MNIST = {"channels": 1, "pixels": 28}
_CIFAR = {"channels": 3, "pixels": 32}


def draw(table: Table) -> Any:
    """Draw the times over those with the dense layer."""
    return time_ratios.draw(table, _NAMES, "image")


FIGURE = Figure(
    id="fig10",
    title=TITLES["fig10"],
    source="arXiv 2007.08864, Figure 10",
    caption=CAPTION,
    compute=compute,
    draw=draw,
    cases={
        "quick": [{"batch_size": b, "runs": 20} for b in (1, 128)],
        "paper": [
            {"model": model, "batch_size": batch_size, **setting}
            for model, setting in (
                ("LeNet", _MNIST),
                ("wide perceptron", _MNIST),
                ("PreActResNet-18", _CIFAR | {"width": 8}),
            )
            for batch_size in (1, 128)
        ],
    },
    needs=("torch",),
    alone=True,
)
