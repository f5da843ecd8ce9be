"""The losses of figures 4, 5 and S7 and of a photograph as multiples of Δ_k."""

from __future__ import annotations

from typing import Any

from figures.engine.figure import PROFILES, Figure
from figures.engine.gallery import TITLES, find
from figures.engine.table import Sheet, Table
from figures.experiments.autoencoding import compute
from figures.plots.loss_curves import (
    LABELS,
    SOURCES,
    draw_excess,
    paper_cases,
    quick_cases,
    ratio_to_optimum,
    replicates,
)

__all__ = ["FIGURES", "draw", "sheet"]

_COLUMNS = ("FJLT+PCA", "Adam, joint", "Adam, two phases", "variable projection")


def draw(table: Table) -> Any:
    """Draw a panel for each data matrix: the excess of the loss over Δ_k against k."""
    return draw_excess(table, list(_COLUMNS))


def sheet(table: Table) -> Sheet:
    """The losses as a table with a line for each data matrix and k.

    It shows the geometric mean of loss / Δ_k over the replicates, and the largest.
    """
    lines = []
    for name, k in dict.fromkeys((str(row["dataset"]), int(row["k"])) for row in table):
        cells = []
        for method in _COLUMNS:
            rows = replicates(table, name, k, method)
            found = ratio_to_optimum(rows)
            if found is None:
                cells.append("Δ_k = 0")
                continue
            largest = max(float(row["loss"]) / float(row["optimum"]) for row in rows)
            cells.append(f"{found.mean:.4f} ({largest:.4f})")
        outputs = str(replicates(table, name, k, "FJLT+PCA")[0]["l"])
        lines.append([LABELS[name].replace("\n", " "), str(k), outputs, *cells])
    return Sheet(["data", "k", "ℓ", *_COLUMNS], lines)


CAPTION = (
    "The loss after training against k on all data of figures 4, 5 and S7 and on a photograph, as "
    "its excess over the optimum Δ_k: geometric means of the excesses over the draws with 95 % "
    "intervals. The paper says “almost equal”, without numbers. The table has the geometric mean "
    "of loss / Δ_k, and in brackets the largest of the draws."
)
DETAILS = (
    "Settings and methods are those of figures 4, 5 and S7. Two phases of Adam and variable "
    "projection start from FJLT+PCA and never end above it; joint Adam starts at random D and E."
)

_PHOTOGRAPH = {
    "quick": quick_cases("photograph"),
    "paper": paper_cases("photograph", n=512),
}

FIGURES = (
    Figure(
        id="ratios",
        title=TITLES["ratios"],
        source="figures 4, 5 and S7 of arXiv 2007.08864v2, in numbers",
        compute=compute,
        draw=draw,
        caption=lambda table, settings: CAPTION,
        details=lambda table, settings: DETAILS,
        sheet=sheet,
        cases={
            profile: [
                dict(case)
                for id in ("figure-4", "figure-5", "figure-s7")
                for case in find(id).cases[profile]
            ]
            + _PHOTOGRAPH[profile]
            for profile in PROFILES
        },
        sources=SOURCES,
    ),
)
