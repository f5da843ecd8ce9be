"""Figure 15: test error of the sketches for k = 10 and more and more outputs."""

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
    + "k = 10. The learned butterfly is below the learned sparse sketch at every ℓ, by 1.5, 2.8, 4, 15 and 104 "
    "times: with ℓ near n = 95 a sketch with one non-zero a column leaves rows empty, and from ℓ "
    "= 60 on even random Gaussian ones are better than the learned sparse. The learned dense "
    "matrix is 1.1 to 6 times better than the butterfly. The paper shows butterfly below sparse "
    "at every ℓ."
)


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
