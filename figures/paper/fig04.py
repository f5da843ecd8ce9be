"""Figure 4: test error of learned and random sketches on three families of matrices, k = 10 and ℓ =
20."""

from __future__ import annotations

from typing import Any

from figures.engine.figure import Figure
from figures.engine.gallery import TITLES
from figures.engine.table import Table, select
from figures.experiments.sketching import compute
from figures.paper.tab04 import PRINTED
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
    + "".join(FAMILY_CAPTIONS.values())
    + "Diamonds: Table 4 of the paper at (10, 20), whose scale of the data is not stated; only ratios compare. The "
    "learned butterfly beats the learned sparse sketch by 2.8 times on the hyperspectral stand-in "
    "and 12 times on CIFAR-10 (printed: 11.6 and 6.6), and is not told apart from it on "
    "newsgroups (printed: 5.5). With 32 columns and 20 rows a sparse sketch leaves rows empty: on "
    "CIFAR-10 it stays behind a random Gaussian one. The learned dense matrix is the best on the "
    "first two."
)


def draw(table: Table) -> Any:
    """Draw a group of bars for each family, with what Table 4 of the paper prints."""
    names = list(dict.fromkeys(str(row["dataset"]) for row in table))
    groups = {
        FAMILY_LABELS[name].replace(": ", ":\n"): select(table, dataset=name) for name in names
    }
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
        "quick": cases("digits", [(2, 4)], quick=True)
        + cases("hyperspectral", [(2, 4)], quick=True),
        "paper": [
            case
            for dataset in ("hyperspectral", "cifar10", "newsgroups")
            for case in cases(dataset, [(10, 20)])
        ],
    },
    sources=SOURCES,
)
