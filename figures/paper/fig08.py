"""Figure 8: weights of the whole models, with the dense layer and with its replacement."""

from __future__ import annotations

from typing import Any

from figures.engine.figure import Figure
from figures.engine.gallery import TITLES
from figures.engine.table import Row, Table
from figures.experiments.counting import compute
from figures.paper.fig07 import DENSE, EFFECTIVE, bar, panels, spaced

__all__ = ["CAPTION", "FIGURE", "compute", "draw", "saving"]

CAPTION = (
    "All trained numbers of the models, biases and normalisations included, with the dense layer "
    "and with its replacement, in which the mean number of effective weights counts. Which "
    "outputs are kept changes no model by more than 0.71 %; there are no other errors. The "
    "replacement of the final layer saves little: most for SENet-154, 1.76 %, and less than 0.3 % "
    "for every other model, since nearly all weights lie elsewhere. By nominal weights, which a "
    "full butterfly stores, the models on CIFAR-10 grow: EfficientNet-B0 by 0.81 %, "
    "EfficientNet-B0 without head by 0.17 % and PreActResNet-18 by 0.04 %. The embeddings of the "
    "taggers are trained beforehand, frozen, and not counted. Most of what is trained is the "
    "square reprojection of the embeddings, a linear layer that is not the final one; its "
    "replacement saves from 67 % to 80 %. The paper gives no numbers."
)


def draw(table: Table) -> Any:
    """Draw two bars a layer on logarithmic axes, behind them the count and what the replacement
    saves."""

    def layer(axes: Any, row: Row, top: float) -> None:
        original, replaced = float(row["original"]), float(row["replaced"])
        bar(axes, top, original, spaced(original), DENSE)
        bar(axes, top + 0.2, replaced, f"−{saving(row):.2g} %", EFFECTIVE)

    entries = (
        (DENSE, "with the dense layer"),
        (EFFECTIVE, "with its replacement, effective: mean"),
    )
    return panels(table, layer, ("original", "replaced"), entries)


def saving(row: Row, column: str = "effective_mean") -> float:
    """Per cent of the weights of the model that the replacement of the layer saves, by a column of
    counts.

    Examples
    --------
    >>> [round(saving(row), 2) for row in compute()[3:5]]
    [0.29, 1.76]
    """
    return 100 * (float(row["dense"]) - float(row[column])) / float(row["original"])


FIGURE = Figure(
    id="fig08",
    title=TITLES["fig08"],
    source="arXiv 2007.08864, Figure 8",
    caption=CAPTION,
    compute=compute,
    draw=draw,
)
