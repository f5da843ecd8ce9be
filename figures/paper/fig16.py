"""Figure 16: test error in the course of the training."""

from __future__ import annotations

from typing import Any

from figures.engine.figure import Figure
from figures.engine.gallery import TITLES
from figures.engine.table import Table
from figures.experiments.sketching import compute
from figures.plots.sketch_errors import FAMILY_CAPTIONS, ON_LOGARITHMIC_AXES, SOURCES, cases, curves

__all__ = ["CAPTION", "FIGURE", "compute", "draw"]

CAPTION = (
    ON_LOGARITHMIC_AXES
    + FAMILY_CAPTIONS["hyperspectral"]
    + "Here 2560 steps: k = 10, ℓ = 20, the error of the iterate that the held-out matrices choose among those up to "
    "a step. The paper observes that the butterfly passes the sparse sketch after a few "
    "iterations; here it is below from the tenth step on, and the dense matrix is below both. "
    "With four times the steps of the other figures the order is the same: sparse 3.7 times the "
    "error of the butterfly, the butterfly 2.5 times that of the dense matrix."
)
LEARNED = ("butterfly", "sparse", "dense")


def draw(table: Table) -> Any:
    """Draw the error of the iterate that the held-out matrices choose, against the steps."""
    return curves(table, "step", "steps of Adam", fixed=("random Gaussian",))


FIGURE = Figure(
    id="fig16",
    title=TITLES["fig16"],
    source="arXiv 2007.08864, Figure 16",
    caption=CAPTION,
    compute=compute,
    draw=draw,
    cases={
        "quick": cases("hyperspectral", [(2, 4)], LEARNED, quick=True, checkpoints=3)
        + cases("hyperspectral", [(2, 4)], ("random Gaussian",), quick=True),
        "paper": cases("hyperspectral", [(10, 20)], LEARNED, steps=2560, checkpoints=9)
        + cases("hyperspectral", [(10, 20)], ("random Gaussian",)),
    },
    sources=SOURCES,
)
