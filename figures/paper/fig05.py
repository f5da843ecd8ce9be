"""Figure 5: N learned non-zeros in each column against the learned butterfly."""

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
    + "k = 10, ℓ = 20; the lines of butterfly and dense have their intervals as bands. The paper finds the learned "
    "butterfly better than every N, even than the dense matrix. Here a butterfly is 2.8 times "
    "better than N = 1, N = 4 does as well, and from N = 8 on the sparse sketch is better; the "
    "dense matrix, of which all others are special cases, is 3.2 times better than the butterfly. "
    "The script of the paper learns a dense layer under the name of butterfly."
)


def draw(table: Table) -> Any:
    """Draw the error against N; butterfly and dense, N = ℓ, as lines with their intervals."""
    return curves(
        table, "nonzeros", "$N$, learned non-zeros a column", fixed=("butterfly", "dense")
    )


def _cases(k: int, l: int, counts: tuple[int, ...], quick: bool = False) -> list[dict[str, Any]]:
    fixed = cases("hyperspectral", [(k, l)], ("butterfly", "dense"), quick)
    return fixed + [
        case
        for N in counts
        for case in cases("hyperspectral", [(k, l)], ("sparse",), quick, nonzeros=N)
    ]


FIGURE = Figure(
    id="fig05",
    title=TITLES["fig05"],
    source="arXiv 2007.08864, Figure 5",
    caption=CAPTION,
    compute=compute,
    draw=draw,
    cases={
        "quick": _cases(2, 4, (1, 2, 3), quick=True),
        "paper": _cases(10, 20, (1, 2, 4, 8, 12, 16)),
    },
    sources=SOURCES,
)
