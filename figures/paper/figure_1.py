"""Figure 1: weights of the dense layer and of its replacement, nominal and effective."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from figures.engine.figure import Figure
from figures.engine.gallery import TITLES
from figures.engine.style import BLACK, BLUE, GREY, PRINTED, TEXT_WIDTH, plain_ticks
from figures.engine.table import Row, Sheet, Table
from figures.engine.wording import count, fixed, joined
from figures.experiments.counting import compute
from figures.numbering import paper
from figures.paper.printed import numbers

__all__ = [
    "DENSE",
    "EFFECTIVE",
    "FIGURES",
    "NOMINAL",
    "dot",
    "draw",
    "findings",
    "panels",
    "printed_counts",
    "sheet",
    "title",
]

DENSE = {"color": BLACK, "marker": "s"}
NOMINAL = {"color": BLUE, "marker": "o", "markerfacecolor": "white"}
EFFECTIVE = {"color": BLUE, "marker": "o"}


def draw(table: Table) -> Any:
    """Draw three dots for each layer on logarithmic axes; a dashed line marks the dense count."""
    from matplotlib.lines import Line2D

    def layer(axes: Any, row: Row, top: float) -> None:
        dense, mean, bound = float(row["dense"]), float(row["effective_mean"]), float(row["bound"])
        least, most = float(row["effective_min"]), float(row["effective_max"])
        axes.plot(
            [dense, dense],
            [top - 0.1, top + 0.5],
            color=BLACK,
            linestyle=(0, (2, 1.5)),
            linewidth=0.8,
            zorder=0.5,
        )
        dot(axes, top, dense, count(dense), DENSE)
        dot(axes, top + 0.2, float(row["nominal"]), count(float(row["nominal"])), NOMINAL)
        dot(axes, top + 0.4, mean, count(mean), EFFECTIVE, end=1.12 * max(most, bound))
        spread = [[mean - least], [most - mean]]
        axes.errorbar(
            mean, top + 0.4, xerr=spread, color=BLACK, linewidth=0.8, capsize=1.8, capthick=0.8
        )
        axes.plot(bound, top + 0.4, **PRINTED)

    whiskers = Line2D([], [], color=BLACK, linewidth=0.8, marker="|", markersize=4)
    entries = (
        (DENSE, "dense layer"),
        (NOMINAL, "replacement, nominal"),
        (EFFECTIVE, "replacement, effective: mean"),
        (whiskers, "effective: least to most"),
        (Line2D([], [], **PRINTED), "effective: bound of the paper"),
    )
    return panels(table, layer, ("dense", "nominal", "bound"), entries)


def panels(
    table: Table,
    layer: Callable[[Any, Row, float], None],
    columns: tuple[str, ...],
    entries: Sequence[tuple[Any, str]],
) -> Any:
    """A canvas with two panels: models for vision at the left, those for language at the right.

    Each row of the table has a title above it.

    Parameters
    ----------
    table : Table
        As from ``compute``.
    layer : callable(axes, row, top)
        Draws one row of the table, from ``top`` down to ``top`` + 0.5.
    columns : tuple of str
        The columns whose counts the logarithmic axis must hold.
    entries : sequence of (style or artist, text)
        The legend; a style is a mapping of the keyword arguments of a line.
    """
    from matplotlib.figure import Figure as Canvas
    from matplotlib.lines import Line2D

    groups = [[row for row in table if row["task"] == task] for task in ("vision", "language")]
    groups[1].sort(key=lambda row: str(row["layer"]))
    height = max(map(len, groups))
    margin = 0.54 + 0.14 * -(-len(entries) // 3)
    size = (TEXT_WIDTH, margin + 0.2 + 0.52 * height)
    canvas = Canvas(figsize=size)
    for place, (task, rows) in enumerate(zip(("Vision", "Language"), groups, strict=True)):
        corner = (0.01 + 0.505 * place, margin / size[1])
        axes = canvas.add_axes((*corner, 0.475, 1 - (margin + 0.2) / size[1]), gid=task.lower())
        counts = [float(row[column]) for row in rows for column in columns]
        # A third of the logarithmic axis is left free for the texts behind the dots.
        limits = min(counts) / 10, max(counts) * (max(counts) / min(counts) * 10) ** 0.34
        axes.set(
            xscale="log",
            xlim=limits,
            ylim=(height - 0.38, -0.4),
            yticks=[],
            xlabel="number of weights (k: thousands, M: millions)",
        )
        plain_ticks(axes.xaxis)
        axes.set_title(task, pad=3)
        axes.spines["left"].set_visible(False)
        for i, row in enumerate(rows):
            axes.text(limits[0], i - 0.12, title(row), ha="left", va="bottom", fontsize=7)
            layer(axes, row, float(i))
    handles = [
        Line2D([], [], linestyle="", **entry) if isinstance(entry, dict) else entry
        for entry, _ in entries
    ]
    labels = [label for _, label in entries]
    canvas.legend(
        handles,
        labels,
        loc="lower center",
        ncols=3,
        frameon=False,
        borderaxespad=0.2,
        columnspacing=1.5,
    )
    return canvas


def dot(
    axes: Any, y: float, weights: float, text: str, style: Mapping[str, Any], end: float = 0.0
) -> None:
    """Draw a dot on a faint line from the left, with a text to its right.

    The text stands at ``end`` if that is farther right.
    """
    from matplotlib.patheffects import withStroke

    left = axes.get_xlim()[0]
    axes.plot([left, weights], [y, y], color=GREY, linewidth=0.5, alpha=0.6, zorder=0.4)
    axes.plot(weights, y, markersize=4.5, **style)
    halo = withStroke(linewidth=3, foreground="white")
    axes.annotate(
        text,
        (max(weights, end), y),
        (6, 0),
        textcoords="offset points",
        ha="left",
        va="center",
        fontsize=7,
        path_effects=[halo],
        zorder=0.6,
    )


def title(row: Row) -> str:
    """The name of a layer, and its sizes."""
    where = row["dataset"] if row["task"] == "vision" else row["layer"]
    return f"{row['model']}, {where}: {row['n1']} → {row['n2']}"


def sheet(table: Table) -> Sheet:
    """The numbers of weights as a table, a line for each layer."""
    columns = ("dense", "nominal", "effective_mean", "effective_min", "effective_max", "bound")
    head = ("dense", "nominal", "effective, mean", "least", "most", "bound of the paper")
    lines = [
        [title(r), *(count(float(r[c])) for c in columns), *printed_counts("figure-1", r)]
        for r in table
    ]
    return Sheet(["layer", *head, "printed, dense", "printed, butterfly"], lines)


def printed_counts(place: str, row: Row) -> list[str]:
    """What the paper prints for the model of a row with the dense layer and with the butterfly."""
    subject = SUBJECTS[str(row["model"])]
    found = {one.series: one for one in numbers(place, subject=subject, reading="label")}
    return [count(float(found[s].value)) if s in found else "–" for s in ("dense", "butterfly")]


SUBJECTS = {
    "EfficientNet-B0": "EfficientNet, CIFAR-10",
    "EfficientNet-B0 without head": "EfficientNet, CIFAR-10",
    "PreActResNet-18": "PreActResNet18, CIFAR-10",
    "SE-ResNet-152": "seresnet152, CIFAR-100",
    "SENet-154": "senet154, ImageNet",
    "NER English": "NER English",
    "NER German": "NER German",
    "POS English": "Penn Treebank",
}
"""The names of the models among the printed numbers."""


def _caption(table: Table, settings: Sequence[Mapping[str, Any]]) -> str:
    effective, nominal = (
        sum(float(row[column]) < float(row["dense"]) for row in table)
        for column in ("effective_max", "nominal")
    )
    return (
        "Weights of a dense layer, from n1 inputs to n2 outputs, and of its replacement: nominal, "
        "all those of the butterflies; effective, those on a path to a kept output, from the least "
        "to the most over all sets of kept outputs, which is no statistical error. What "
        "the paper prints is for wider layers, with values of its bound for the replacement. By "
        f"effective weights {effective} of {len(table)} replacements are a reduction, by nominal "
        f"ones {nominal}."
    )


DETAILS = (
    "Weights of one dense layer, from n1 inputs to n2 outputs, and of its replacement, a "
    "ceil(log2 n2) × ceil(log2 n1) matrix between two truncated butterflies. Biases are left out "
    "of both. Nominal: all weights of the butterflies. Effective: the weights on a path from an "
    "input to a kept output; shown is their mean over uniform sets of kept outputs, computed "
    "exactly. The whiskers are no statistical error: they reach from the smallest to the largest "
    "count over all sets of kept outputs. Stars: the bound of the paper, 2n·log2 k + 6n for "
    "each butterfly. What the paper prints is for layers of other sizes, from 1024 × 128 to 1024 "
    "× 1024 (claims printed-layer-weights and printed-layer-sizes), and stands in the table. It "
    "replaces “the final linear layer before the "
    "output layer”. The taggers have two linear layers, and the code of the authors replaces "
    "both: the final one, to the tags, and the square reprojection of the embeddings. Each is "
    "shown. EfficientNet-B0 without head is the variant in the code of the authors."
)


def findings(table: Table) -> str:
    """By which count each replacement is a reduction."""

    def shares(column: str) -> list[float]:
        return [float(row[column]) / float(row["dense"]) for row in table]

    cifar10 = [row for row in table if row["dataset"] == "CIFAR-10"]
    savings = [
        f"{fixed(100 - 100 * float(row['effective_mean']) / float(row['dense']), 0)} % for "
        f"{row['model']}"
        for row in cifar10
    ]
    grown = [row for row in table if float(row["nominal"]) > float(row["dense"])]
    against = [
        f"{row['model']} ({count(float(row['nominal']))} against {count(float(row['dense']))})"
        for row in grown
    ]
    above_bound = [row for row in table if float(row["bound"]) > float(row["dense"])]
    same = above_bound == grown
    bound = "the same" if same else f"{len(above_bound)}"
    rest = [row for row in table if row not in grown and row not in above_bound]
    least = min(
        1 - float(row[column]) / float(row["dense"])
        for row in rest
        for column in ("nominal", "effective_max", "bound")
    )
    reduced = sum(share < 1 for share in shares("effective_max"))
    return (
        "By effective weights, whichever outputs are "
        f"kept, {reduced} of {len(table)} replacements are a reduction; on CIFAR-10, in the mean, "
        f"by {joined(savings)}. By nominal weights, which a full butterfly stores, "
        f"{len(grown)} have more weights than the dense layer: {joined(against)}. The bound of the "
        f"paper exceeds the dense layer for {bound}. For the others every count is a reduction, by "
        f"at least {math.floor(100 * least)} %."
    )


FIGURES = (
    Figure(
        id="figure-1",
        title=TITLES["figure-1"],
        source=paper("Figure 1"),
        compute=compute,
        draw=draw,
        caption=_caption,
        details=lambda table, settings: DETAILS,
        sheet=sheet,
        findings=findings,
    ),
)
