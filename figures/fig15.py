"""Figure 15: test error of the sketches for k = 10 and more and more outputs."""

from __future__ import annotations

from typing import Any

from figures.figure import Figure
from figures.gallery import TITLES
from figures.sketch_errors import SOURCES, cases, curves
from figures.sketching import compute
from figures.table import Table

__all__ = ["CAPTION", "FIGURE", "compute", "draw"]

CAPTION = ""


def draw(table: Table) -> Any:
    """Draw the error against ℓ."""
    return curves(table, "l", "$\\ell$, rows of the sketch")


FIGURE = Figure(
    id="fig15",
    title=TITLES["fig15"],
    source="arXiv 2007.08864, Figure 15",
    caption=CAPTION,
    compute=compute,
    draw=draw,
    cases={
        "quick": cases("hyperspectral", [(2, 2), (2, 4), (2, 8)], quick=True),
        "paper": cases("hyperspectral", [(10, 10), (10, 20), (10, 40), (10, 60), (10, 80)]),
    },
    sources=SOURCES,
)
