"""Not in the paper: hundreds of trainings each with a dense layer and with what may stand in its place."""

from __future__ import annotations

from typing import Any

from figures import classification
from figures.figure import Figure
from figures.gallery import TITLES
from figures.intervals import mean
from figures.layer_scores import LOOKS, differences, last
from figures.style import BLACK, TEXT_WIDTH
from figures.table import Table, select

__all__ = ["CAPTION", "DRAWS", "FIGURE", "LABELS", "compute", "draw", "margins"]

DRAWS = 400

CAPTION = (
    "Accuracy on the test images, after the first epoch and the last, less that of the network with the dense layer, "
    f"a point a seed, and means with 95 % intervals by t. {DRAWS} seeds, so that sign tests can decide; a seed draws "
    "the images held out, the batches and the starts, the first two for all kinds of layers alike. Perceptrons on "
    "the digits of scikit-learn, 64 → 64 → 10 with the last layer replaced, 30 epochs, and 64 → 1024 → 1024 → 10 "
    "with the middle one replaced, 15 epochs; Adam in batches of 64 and 128, with the step size of each network and "
    "kind of layer that is the best of six on the images held out, in the mean of 20 seeds. With the butterfly the "
    "accuracy is lower in 341 and 368 of the 400 seeds at the end, by 1.4 and 1.6 points, and by 18 and 10 points "
    "after the first epoch."
)

LABELS = {"perceptron": "64 → 10", "wide perceptron": "1024 → 1024"}

KINDS = tuple(LOOKS)


def compute(
    seed: int = 0,
    dataset: str = "digits",
    model: str = "perceptron",
    kind: str = "butterfly",
    epochs: int = 3,
    trial_epochs: int = 1,
    batch_size: int = 64,
    replicates: int = 5,
    trials: int = 1,
    share: float = 1.0,
    replaced: int = 1,
) -> Table:
    """The rows of ``figures.classification.compute``, by Adam, of the first epoch and the last.

    Examples
    --------
    >>> [row["epoch"] for row in compute(replicates=2)]
    [1, 3, 1, 3]
    """
    effort = {"epochs": epochs, "trial_epochs": trial_epochs, "replicates": replicates, "trials": trials}
    settings: dict[str, Any] = {**effort, "batch_size": batch_size, "share": share, "replaced": replaced}
    found = classification.compute(seed, dataset, model, kind, **settings)
    return [row for row in found if row["epoch"] in (1, epochs)]


def margins(table: Table, model: str, kind: str, other: str = "dense", first: bool = False) -> list[float]:
    """Accuracy of a network with a kind of layer less that with another, seed by seed, at the end or after an epoch.

    Examples
    --------
    >>> about = {"model": "m", "replicate": 0, "epoch": 1}
    >>> table = [about | {"layer": kind, "accuracy": found} for kind, found in (("dense", 0.5), ("butterfly", 0.75))]
    >>> margins(table, "m", "butterfly")
    [0.25]
    """
    rows = select(table, model=model)
    rows = select(rows, epoch=1) if first else last(rows)
    return differences(select(rows, layer=kind), select(rows, layer=other), "accuracy")


def draw(table: Table) -> Any:
    """Draw a panel a network: the differences as points, the means with their intervals; right of 0 the dense loses."""
    from matplotlib.figure import Figure as Canvas

    models = [model for model in LABELS if select(table, model=model)]
    canvas = Canvas(figsize=(TEXT_WIDTH, 0.3 + 1.6 * len(models)), layout="constrained")
    panels = canvas.subplots(len(models), 1, squeeze=False)[:, 0]
    lines = [(kind, first) for kind in KINDS[1:] for first in (True, False)]
    for axes, model in zip(panels, models, strict=True):
        axes.set_title(f"perceptron, digits: {LABELS[model]} replaced")
        axes.axvline(0, color=BLACK, linewidth=0.6)
        for y, (kind, first) in enumerate(lines):
            found = [100 * value for value in margins(table, model, kind, first=first)]
            look = {name: LOOKS[kind][name] for name in ("color", "marker")}
            heights = [y + 0.3 * ((7 * j) % 11 - 5) / 10 for j in range(len(found))]
            axes.plot(found, heights, linestyle="", markersize=1.5, markeredgewidth=0, alpha=0.3, **look)
            centre = mean(found)
            arms = [[arm] for arm in centre.arms]
            axes.errorbar(centre.mean, y, xerr=arms, color=BLACK, marker="|", markersize=8, capsize=2, elinewidth=0.8)
        axes.set_yticks(range(len(lines)), [f"{kind}: {'first' if first else 'last'} epoch" for kind, first in lines])
        axes.set_ylim(len(lines) - 0.5, -0.5)
        axes.tick_params("y", length=0)
    panels[-1].set_xlabel("test accuracy less that of the network with the dense layer, in percentage points")
    return canvas


def _cases(*networks: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"dataset": "digits", **network, "kind": kind} for network in networks for kind in KINDS]


FIGURE = Figure(
    id="seeds",
    title=TITLES["seeds"],
    source="Figures 1 and 12 of arXiv 2007.08864, with as many seeds as tests need",
    caption=CAPTION,
    compute=compute,
    draw=draw,
    cases={
        "quick": _cases({"model": "perceptron", "epochs": 3, "trial_epochs": 1, "replicates": 6}),
        "paper": _cases(
            *(
                {"model": model, "epochs": epochs, "trial_epochs": epochs, "batch_size": size}
                | {"trials": 20, "replicates": DRAWS}
                for model, epochs, size in (("perceptron", 30, 64), ("wide perceptron", 15, 128))
            )
        ),
    },
    needs=("torch",),
)
