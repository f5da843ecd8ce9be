"""Figure 14: test error of the sketches for k = 1 and ℓ = 20."""

from __future__ import annotations

from typing import Any

from figures.engine.figure import Figure
from figures.engine.gallery import TITLES
from figures.engine.table import Table
from figures.experiments.sketching import compute
from figures.plots.sketch_errors import (
    FAMILY_CAPTIONS,
    FAMILY_LABELS,
    ON_LOGARITHMIC_AXES,
    SOURCES,
    bars,
    cases,
)

__all__ = ["CAPTION", "FIGURE", "compute", "draw"]

CAPTION = (
    ON_LOGARITHMIC_AXES
    + FAMILY_CAPTIONS["hyperspectral"]
    + "k = 1, ℓ = 20. The learned butterfly has 1.6 times less error than the learned sparse sketch, interval 1.05 "
    "to 2.4, and the learned dense matrix 3.9 times less than the butterfly; all are far below "
    "the random ones. The paper shows butterfly below sparse."
)


def draw(table: Table) -> Any:
    """Draw the bars of one family; the axis is logarithmic, so that no view of a part is needed."""
    return bars(table, {FAMILY_LABELS[str(table[0]["dataset"])]: table})


FIGURE = Figure(
    id="fig14",
    title=TITLES["fig14"],
    source="arXiv 2007.08864, Figure 14",
    caption=CAPTION,
    compute=compute,
    draw=draw,
    cases={
        "quick": cases("hyperspectral", [(1, 4)], quick=True),
        "paper": cases("hyperspectral", [(1, 20)]),
    },
    sources=SOURCES,
)
