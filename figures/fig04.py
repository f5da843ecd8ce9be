"""Figure 4: test error of learned and random sketches on three families of matrices, k = 10 and ℓ = 20."""

from __future__ import annotations

from typing import Any

from figures.figure import Figure
from figures.gallery import TITLES
from figures.sketch_errors import FAMILY_LABELS, SOURCES, bars, cases, select
from figures.sketching import compute
from figures.tab04 import PRINTED
from figures.table import Table

__all__ = ["CAPTION", "FIGURE", "compute", "draw"]

CAPTION = ""


def draw(table: Table) -> Any:
    """Draw a group of bars for each family, with what Table 4 of the paper prints."""
    names = list(dict.fromkeys(str(row["dataset"]) for row in table))
    groups = {FAMILY_LABELS[name].replace(": ", ":\n"): select(table, dataset=name) for name in names}
    printed = {
        (label, sketch): PRINTED[10, 20, sketch][name]
        for name, label in zip(names, groups, strict=True)
        for sketch in ("butterfly", "sparse", "random sparse")
        if name in PRINTED[10, 20, sketch] and select(table, k=10, l=20)
    }
    return bars(table, groups, printed)


FIGURE = Figure(
    id="fig04",
    title=TITLES["fig04"],
    source="arXiv 2007.08864, Figure 4",
    caption=CAPTION,
    compute=compute,
    draw=draw,
    cases={
        "quick": cases("digits", [(2, 4)], quick=True) + cases("hyperspectral", [(2, 4)], quick=True),
        "paper": [
            case for dataset in ("hyperspectral", "cifar10", "newsgroups") for case in cases(dataset, [(10, 20)])
        ],
    },
    sources=SOURCES,
)
