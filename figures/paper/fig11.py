"""Figure 11: times of taggers with a dense last layer, and with what may stand in its place."""

from __future__ import annotations

from typing import Any

from figures.engine.figure import Figure
from figures.engine.gallery import TITLES
from figures.engine.table import Table
from figures.experiments.durations import taggers as compute
from figures.plots import time_ratios
from figures.plots.language import NAMES, PAPER, SOURCES

__all__ = ["CAPTION", "FIGURE", "compute", "draw"]

CAPTION = time_ratios.MEASURED + (
    "The taggers are those of figure 9, on the first sentences of their data; the last layer is "
    "from 256 features to the tags. With the butterfly a step takes 8 to 13 % longer for one "
    "sentence and 1 to 2 % for 32, a prediction 9 to 11 % and 1 to 2 %. The paper shows seconds "
    "of taggers on a GPU."
)


def draw(table: Table) -> Any:
    """Draw the times over those with the dense layer."""
    return time_ratios.draw(
        table, {name: label.replace("\n", " ") for name, label in NAMES.items()}, "sentence"
    )


FIGURE = Figure(
    id="fig11",
    title=TITLES["fig11"],
    source="arXiv 2007.08864, Figure 11",
    caption=CAPTION,
    compute=compute,
    draw=draw,
    cases={
        "quick": [{"batch_size": b, "runs": 20} for b in (1, 32)],
        "paper": [{"dataset": name, "batch_size": b} for name in PAPER for b in (1, 32)],
    },
    sources=SOURCES,
    needs=("torch",),
    alone=True,
)
