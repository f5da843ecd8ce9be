"""Figures 2, 3 and 13: loss of the auto-encoder against k, as a share of the energy and as a multiple of Δ_k."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from figures.autoencoding import EPSILON, METHODS
from figures.intervals import Interval, geometric_mean
from figures.style import BLACK, BLUE, GREEN, GREY, ORANGE, PURPLE, TEXT_WIDTH, VERMILION
from figures.table import Row, Table

__all__ = ["LABELS", "SOURCES", "draw", "paper_cases", "quick_cases", "ratio_to_optimum", "replicates"]

LABELS = {
    "gaussian-1": "Gaussian 1, rank n/32",
    "gaussian-2": "Gaussian 2, rank n/16",
    "mnist": "MNIST",
    "olivetti": "Olivetti",
    "hyperspectral": "Jasper Ridge,\nstand-in for HS-SOD",
    "photograph": "one photograph,\nstand-in for ImageNet",
    "digits": "digits of scikit-learn,\nstand-in for MNIST",
}
"""Names of the data matrices, as shown."""

SOURCES = {
    "mnist": ("mnist",),
    "olivetti": ("olivetti",),
    "hyperspectral": ("jasper_ridge",),
    "photograph": ("images/camera.png",),
}
"""Registered data that they are made of."""

KS = (1, 2, 4, 8, 16, 32, 64)

_STYLES: dict[str, dict[str, Any]] = {
    "PCA": {"color": BLACK, "marker": "", "linestyle": "-", "linewidth": 1.1},
    "FJLT+PCA": {"color": ORANGE, "marker": "s", "linestyle": (0, (5, 1.5))},
    "FJLT+PCA, proved l": {"color": PURPLE, "marker": "P", "linestyle": (0, (1, 1))},
    "Adam, phase one": {"color": GREY, "marker": "v", "linestyle": (0, (3, 1, 1, 1))},
    "Adam, joint": {"color": VERMILION, "marker": "^", "linestyle": (0, (3, 1.5))},
    "Adam, two phases": {"color": GREEN, "marker": "D", "linestyle": (0, (4, 1, 1, 1, 1, 1))},
    "variable projection": {"color": BLUE, "marker": "o", "linestyle": "-"},
}
_LINE: dict[str, Any] = {"linewidth": 0.9, "markersize": 3}
_BOUND: dict[str, Any] = {"color": PURPLE, "linestyle": "", "marker": "_", "markersize": 8, "markeredgewidth": 1.2}
_FLOOR: dict[str, Any] = {"color": VERMILION, "linestyle": "", "marker": "x", "markersize": 3.5}
_NAMES = {"PCA": "PCA ($\\Delta_k$)", "FJLT+PCA, proved l": "FJLT+PCA, proved $\\ell$"}
_BOTTOM = 1e-6


def paper_cases(*datasets: str, n: int = 1024, ks: Sequence[int] = KS, replicates: int = 5) -> list[dict[str, Any]]:
    """Every dataset, k up to its rank and replicate, at the size of the paper.

    Examples
    --------
    >>> len(paper_cases("mnist")), paper_cases("gaussian-1")[-1]["k"]
    (35, 32)
    """
    most = {"gaussian-1": n // 32, "gaussian-2": n // 16}
    return [
        {"dataset": dataset, "n": n, "k": k, "replicate": replicate}
        for dataset in datasets
        for k in ks
        if k <= most.get(dataset, n)
        for replicate in range(replicates)
    ]


def quick_cases(*datasets: str, n: int = 64) -> list[dict[str, Any]]:
    """A few k of small cuts, trained for a short while."""
    short = {"adam_steps": 200, "projection_steps": 40}
    return [case | short for case in paper_cases(*datasets, n=n, ks=(1, 2, 4), replicates=3)]


def replicates(table: Table, dataset: str, k: int, method: str) -> list[Row]:
    """The rows of one point."""
    return [row for row in table if (row["dataset"], row["k"], row["method"]) == (dataset, k, method)]


def ratio_to_optimum(rows: Sequence[Row], column: str = "loss") -> Interval | None:
    """Geometric mean of the loss over Δ_k; None where Δ_k vanishes, relative to ‖X‖_F², or there are no rows."""
    if not rows or any(float(row["optimum"]) <= 1e-12 * float(row["energy"]) for row in rows):
        return None
    return geometric_mean([float(row[column]) / float(row["optimum"]) for row in rows])


def draw(table: Table, side_by_side: bool = False) -> Any:
    """Draw two panels a dataset: the loss as a share of ‖X‖_F², and as a multiple of Δ_k, both logarithmic."""
    from matplotlib.figure import Figure as Canvas
    from matplotlib.lines import Line2D

    datasets = list(dict.fromkeys(str(row["dataset"]) for row in table))
    shape = (len(datasets), 2) if side_by_side else (2, len(datasets))
    height = 0.75 + (2.0 if side_by_side else 1.75) * shape[0]
    canvas = Canvas(figsize=(TEXT_WIDTH, height), layout="constrained")
    axes = canvas.subplots(*shape, squeeze=False)
    shown = [method for method in METHODS if any(row["method"] == method for row in table)]
    for i, dataset in enumerate(datasets):
        share, multiple = axes[i] if side_by_side else axes[:, i]
        share.set_title(LABELS[dataset], linespacing=1.0)
        if side_by_side:
            multiple.set_title("the same, relative to $\\Delta_k$")
        _panel(share, table, dataset, shown)
        _panel(multiple, table, dataset, shown, relative=True)
        if i == 0 or side_by_side:
            share.set_ylabel("loss / $\\|X\\|_F^2$")
            multiple.set_ylabel("loss / $\\Delta_k$")
    handles: list[Any] = [
        Line2D([], [], label=_NAMES.get(method, method), **(_LINE | _STYLES[method])) for method in shown
    ]
    handles.append(Line2D([], [], label="$(1+\\varepsilon)\\Delta_k$, proved", **_BOUND))
    handles.append(Line2D([], [], label="least for the trained $B$ (Theorem 1)", **_FLOOR))
    canvas.legend(handles=handles, loc="outside lower center", ncols=3, frameon=False, handlelength=3.2)
    return canvas


def _panel(axes: Any, table: Table, dataset: str, shown: Sequence[str], relative: bool = False) -> None:
    ks = sorted({int(row["k"]) for row in table if row["dataset"] == dataset})
    for method in shown:
        points = [(k, _value(replicates(table, dataset, k, method), "loss", relative)) for k in ks]
        points = [(k, point) for k, point in points if point is not None]
        if not points:
            continue
        at, found = zip(*points, strict=True)
        arms = list(zip(*(point.arms for point in found), strict=True))
        style = _LINE | _STYLES[method]
        axes.errorbar(at, [point.mean for point in found], yerr=arms, capsize=1.5, elinewidth=0.6, **style)
    for k in ks:
        proved = replicates(table, dataset, k, "FJLT+PCA, proved l")
        bound = _value(proved, "optimum", relative)
        if bound is not None:
            axes.plot(k, (1 + EPSILON) * bound.mean, **_BOUND)
        floor = _value(replicates(table, dataset, k, "Adam, joint"), "floor", relative)
        if floor is not None:
            axes.plot(k, floor.mean, **_FLOOR, zorder=4)
    axes.set_xscale("log", base=2)
    axes.set_yscale("log")
    axes.set_xticks(ks, [str(k) for k in ks])
    axes.minorticks_off()
    axes.set_xlabel("$k$, width of the bottleneck")
    if relative:
        axes.set_ylim(0.97, 12)
        axes.set_yticks([1, 2, 5, 10], ["1", "2", "5", "10"])
    else:
        axes.set_ylim(max(_BOTTOM, axes.get_ylim()[0]), 2.5)


def _value(rows: Sequence[Row], column: str, relative: bool) -> Interval | None:
    """Mean of a column over Δ_k or over ‖X‖_F², whatever is too small for the axes at their lower end."""
    if relative:
        return ratio_to_optimum(rows, column)
    if not rows:
        return None
    return geometric_mean([max(float(row[column]) / float(row["energy"]), _BOTTOM) for row in rows])
