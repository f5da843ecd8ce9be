"""Not in the paper: forty trainings each with a dense layer and with what may stand in its place, seed by seed."""

from __future__ import annotations

from typing import Any

from figures import classification, tagging
from figures.figure import Figure
from figures.gallery import TITLES
from figures.intervals import mean
from figures.language import SOURCES as TEXT
from figures.layer_scores import LOOKS, last
from figures.style import BLACK, TEXT_WIDTH
from figures.table import Row, Table, select
from figures.vision import SOURCES as IMAGES

__all__ = ["CAPTION", "DRAWS", "FIGURE", "LABELS", "compute", "differences", "draw"]

DRAWS = 40

CAPTION = (
    "The score after the first and the last epoch less that of the network with the dense layer, a point a seed: the "
    "images or sentences held out and the batches are the same, the starts are drawn anew. The bars are means with "
    f"95 % intervals by t. {DRAWS} seeds, so that sign tests can decide. Networks and tagger are those of figures 1 "
    "and 9, trained by Adam for 4 epochs (LeNet and perceptron) or 6 (tagger), with the best of five step sizes for "
    "each kind of layer."
)

LABELS = {
    "perceptron": "perceptron, digits, stand-in for MNIST: accuracy",
    "LeNet": "LeNet, MNIST: accuracy",
    "wide perceptron": "perceptron, MNIST: accuracy",
    "tagger": "parts of speech, English web: accuracy",
}

KINDS = ("dense", "butterfly", "low rank, equal weights")


def compute(
    seed: int = 0,
    dataset: str = "digits",
    model: str = "perceptron",
    kind: str = "butterfly",
    epochs: int = 3,
    trial_epochs: int = 1,
    batch_size: int = 64,
    replicates: int = 5,
) -> Table:
    """Scores of trainings by Adam after each epoch.

    Parameters
    ----------
    seed : int
    dataset, model : str
        Of ``figures.classification``, or of ``figures.tagging`` for the model "tagger".
    kind, epochs, trial_epochs, batch_size, replicates
        As for the ``compute`` of these.

    Returns
    -------
    table : one row a replicate and epoch
        ``score``, and the columns that say of what.

    Examples
    --------
    >>> [sorted(row) for row in compute(epochs=1, trial_epochs=1, replicates=1)]
    [['dataset', 'epoch', 'layer', 'model', 'replicate', 'score', 'step_size', 'weights']]
    """
    effort: dict[str, Any] = {"epochs": epochs, "trial_epochs": trial_epochs, "replicates": replicates}
    effort |= {"kind": kind, "batch_size": batch_size}
    if model == "tagger":
        table: Table = [{**row, "model": model} for row in tagging.compute(seed, dataset, **effort)]
    else:
        found = classification.compute(seed, dataset, model, **effort)
        table = [{**row, "score": row["accuracy"]} for row in found]
    columns = ("dataset", "model", "layer", "replicate", "epoch", "step_size", "weights", "score")
    return [{column: row[column] for column in columns} for row in table]


def differences(table: Table, model: str, kind: str, other: str = "dense", first: bool = False) -> list[float]:
    """Scores with a kind of layer less those with another, seed by seed, after the last epoch or the first.

    Examples
    --------
    >>> about = {"model": "m", "replicate": 0, "epoch": 1}
    >>> rows = [about | {"layer": kind, "score": score} for kind, score in (("dense", 0.5), ("b", 0.75))]
    >>> differences(rows, "m", "b")
    [0.25]
    """
    rows = select(table, model=model)
    rows = select(rows, epoch=1) if first else last(rows)
    others: dict[Any, Row] = {row["replicate"]: row for row in select(rows, layer=other)}
    return [float(row["score"]) - float(others[row["replicate"]]["score"]) for row in select(rows, layer=kind)]


def draw(table: Table) -> Any:
    """Draw a panel a network: the differences as points, the means with their intervals; right of 0 the dense loses."""
    from matplotlib.figure import Figure as Canvas

    models = [model for model in LABELS if select(table, model=model)]
    canvas = Canvas(figsize=(TEXT_WIDTH, 0.3 + 1.15 * len(models)), layout="constrained")
    panels = canvas.subplots(len(models), 1, squeeze=False)[:, 0]
    for axes, model in zip(panels, models, strict=True):
        axes.set_title(LABELS[model])
        axes.axvline(0, color=BLACK, linewidth=0.6)
        lines = [(kind, first) for kind in KINDS[1:] for first in (True, False)]
        for y, (kind, first) in enumerate(lines):
            found = [100 * value for value in differences(table, model, kind, first=first)]
            look = {name: LOOKS[kind][name] for name in ("color", "marker")}
            heights = [y + 0.3 * ((7 * j) % 11 - 5) / 10 for j in range(len(found))]
            axes.plot(found, heights, linestyle="", markersize=2.2, alpha=0.5, **look)
            centre = mean(found)
            arms = [[arm] for arm in centre.arms]
            axes.errorbar(centre.mean, y, xerr=arms, color=BLACK, marker="|", markersize=8, capsize=2, elinewidth=0.8)
        axes.set_yticks(range(len(lines)), [f"{kind}: {'first' if first else 'last'} epoch" for kind, first in lines])
        axes.set_ylim(len(lines) - 0.5, -0.5)
        axes.tick_params("y", length=0)
    panels[-1].set_xlabel("test score less that of the network with the dense layer, in percentage points")
    for axes in panels[:-1]:
        axes.set_xlabel(" ")
    return canvas


def _cases(*networks: dict[str, Any], **more: Any) -> list[dict[str, Any]]:
    return [{**network, "kind": kind, **more} for network in networks for kind in KINDS]


FIGURE = Figure(
    id="seeds",
    title=TITLES["seeds"],
    source="Figures 1 and 9 of arXiv 2007.08864, with as many seeds as tests need",
    caption=CAPTION,
    compute=compute,
    draw=draw,
    cases={
        "quick": _cases({"model": "perceptron", "dataset": "digits"}, epochs=3, trial_epochs=1, replicates=6),
        "paper": _cases(
            *(
                {"model": model, "dataset": "mnist", "epochs": 4, "batch_size": 128}
                for model in ("LeNet", "wide perceptron")
            ),
            {"model": "tagger", "dataset": "ud_english_ewt", "epochs": 6, "batch_size": 32},
            trial_epochs=2,
            replicates=DRAWS,
        ),
    },
    sources=IMAGES | TEXT,
    needs=("torch",),
)
