"""The losses of figures 2, 3 and 13 as multiples of Δ_k; the paper says "almost equal"."""

from __future__ import annotations

from typing import Any

from figures.engine.figure import PROFILES, Figure
from figures.engine.gallery import TITLES, find
from figures.engine.style import BLACK, GREY, TEXT_WIDTH
from figures.engine.table import Table
from figures.experiments.autoencoding import compute
from figures.plots.loss_curves import LABELS, SOURCES, ratio_to_optimum, replicates

__all__ = ["FIGURES", "draw"]

_COLUMNS = {
    "FJLT+PCA": "FJLT+PCA",
    "Adam, joint": "Adam,\njoint",
    "Adam, two phases": "Adam,\ntwo phases",
    "variable projection": "variable\nprojection",
}


def draw(table: Table) -> Any:
    """Draw a table with a line for each data matrix and k.

    It shows the geometric mean of loss / Δ_k over the replicates, and the largest.
    """
    from matplotlib.figure import Figure as Canvas

    points: dict[str, list[int]] = {}
    for row in table:
        ks = points.setdefault(str(row["dataset"]), [])
        if row["k"] not in ks:
            ks.append(int(row["k"]))
    lines = 2.4 + sum(map(len, points.values())) + 0.5 * len(points)
    canvas = Canvas(figsize=(TEXT_WIDTH, 0.135 * lines))
    axes = canvas.add_axes((0.0, 0.0, 1.0, 1.0))
    axes.set(xlim=(0, 1), ylim=(lines, 0))
    axes.axis("off")
    text: dict[str, Any] = {"fontsize": 6.5, "va": "center"}
    places = {method: 0.48 + 0.14 * i for i, method in enumerate(_COLUMNS)}
    for heading, x in (("data", 0.08), ("$k$", 0.31), ("$\\ell$", 0.37)):
        axes.text(x, 1.0, heading, ha="center", **text)
    for method, x in places.items():
        axes.text(x, 1.0, _COLUMNS[method], ha="center", linespacing=1.0, **text)
    y = 2.0
    for name, ks in points.items():
        axes.plot([0.01, 0.99], [y, y], color=GREY if y > 2 else BLACK, linewidth=0.5)
        y += 0.2
        axes.text(0.01, y + 0.5, LABELS[name].replace("\n", " "), ha="left", **text)
        for k in ks:
            axes.text(0.31, y + 0.5, str(k), ha="center", **text)
            axes.text(
                0.37,
                y + 0.5,
                str(replicates(table, name, k, "FJLT+PCA")[0]["l"]),
                ha="center",
                **text,
            )
            for method, x in places.items():
                rows = replicates(table, name, k, method)
                found, shown = ratio_to_optimum(rows), "$\\Delta_k=0$"
                if found is not None:
                    largest = max(float(row["loss"]) / float(row["optimum"]) for row in rows)
                    shown = f"{found.mean:.4f}  ({largest:.4f})"
                axes.text(x, y + 0.5, shown, ha="center", **text)
            y += 1.0
        y += 0.3
    return canvas


ABOUT = (
    "The loss after training over Δ_k: the geometric mean over the draws, and in brackets the "
    "largest. The paper says “almost equal”, without numbers. Settings and methods are those of "
    "figures 2, 3 and 13. Two phases of Adam and variable projection start from FJLT+PCA and "
    "never end above it; joint Adam starts at random D and E."
)

FIGURES = (
    Figure(
        id="ratios",
        title=TITLES["ratios"],
        source="figures 2, 3 and 13 of arXiv 2007.08864, in numbers",
        compute=compute,
        draw=draw,
        about=lambda table, settings: ABOUT,
        cases={
            profile: [
                case for id in ("fig02", "fig13", "fig03") for case in find(id).cases[profile]
            ]
            for profile in PROFILES
        },
        sources=SOURCES,
    ),
)
