"""Not in the paper, which says "almost equal": the losses of figures 2, 3 and 13 as multiples of Δ_k, in numbers."""

from __future__ import annotations

from typing import Any

from figures import fig02, fig03, fig13
from figures.autoencoding import compute
from figures.figure import PROFILES, Figure
from figures.gallery import TITLES
from figures.loss_curves import LABELS, SOURCES, ratio_to_optimum, replicates
from figures.style import BLACK, GREY, TEXT_WIDTH
from figures.table import Table

__all__ = ["CAPTION", "FIGURE", "compute", "draw"]

CAPTION = (
    "The loss after training over Δ_k: geometric mean over the draws, and in brackets the largest. The paper says "
    "“almost equal”, without numbers. Settings and methods are those of figures 2, 3 and 13. Two phases of Adam and "
    "variable projection start from FJLT+PCA and never end above it; joint Adam starts at random D and E."
)

_COLUMNS = {
    "FJLT+PCA": "FJLT+PCA",
    "Adam, joint": "Adam,\njoint",
    "Adam, two phases": "Adam,\ntwo phases",
    "variable projection": "variable\nprojection",
}


def draw(table: Table) -> Any:
    """Draw a line a data matrix and k: geometric mean of loss / Δ_k over the replicates, and the largest."""
    from matplotlib.figure import Figure as Canvas

    datasets = list(dict.fromkeys(str(row["dataset"]) for row in table))
    points = [(name, k) for name in datasets for k in sorted({int(r["k"]) for r in table if r["dataset"] == name})]
    lines = 2.4 + len(points) + 0.5 * len(datasets)
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
    y, last = 2.0, ""
    for name, k in points:
        if name != last:
            axes.plot([0.01, 0.99], [y, y], color=BLACK if not last else GREY, linewidth=0.5)
            y, last = y + 0.2, name
            axes.text(0.01, y + 0.5, LABELS[name].replace("\n", " "), ha="left", **text)
        axes.text(0.31, y + 0.5, str(k), ha="center", **text)
        axes.text(0.37, y + 0.5, str(replicates(table, name, k, "FJLT+PCA")[0]["l"]), ha="center", **text)
        for method, x in places.items():
            rows = replicates(table, name, k, method)
            found = ratio_to_optimum(rows)
            if found is None:
                axes.text(x, y + 0.5, "$\\Delta_k=0$", ha="center", **text)
                continue
            largest = max(float(row["loss"]) / float(row["optimum"]) for row in rows)
            axes.text(x, y + 0.5, f"{found.mean:.4f}  ({largest:.4f})", ha="center", **text)
        y += 1.0
        if (name, k) == points[-1] or points[points.index((name, k)) + 1][0] != name:
            y += 0.3
    return canvas


FIGURE = Figure(
    id="ratios",
    title=TITLES["ratios"],
    source="figures 2, 3 and 13 of arXiv 2007.08864, in numbers",
    caption=CAPTION,
    compute=compute,
    draw=draw,
    cases={
        profile: [case for figure in (fig02, fig13, fig03) for case in figure.FIGURE.cases[profile]]
        for profile in PROFILES
    },
    sources=SOURCES,
)
