"""Scores of networks with a dense layer or a replacement: differences and drawings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from figures.engine.style import BLACK, GREY, METHODS, PRINTED, TEXT_WIDTH, draw_interval
from figures.engine.table import Row, Table, select
from fjlt.runs.intervals import Interval, mean

__all__ = [
    "LOOKS",
    "Mark",
    "Marks",
    "by_epoch",
    "difference",
    "differences",
    "finals",
    "finals_and_epochs",
    "last",
    "line",
]

LOOKS: dict[str, dict[str, Any]] = {
    kind: METHODS[kind]
    for kind in ("dense", "butterfly", "low rank, equal rank", "low rank, equal weights")
}
"""Colours, markers and lines of the kinds of layers."""

_LINE = {"linewidth": 0.9, "markeredgewidth": 1.0}


def last(table: Table) -> list[Row]:
    """The rows of the last epoch.

    Examples
    --------
    >>> last([{"epoch": 1, "score": 0.5}, {"epoch": 2, "score": 0.75}])
    [{'epoch': 2, 'score': 0.75}]
    """
    return select(table, epoch=max(int(row["epoch"]) for row in table))


def difference(rows: Sequence[Row], others: Sequence[Row], measure: str) -> Interval:
    """Mean score less that of the others, with its 95 % interval by Student's t.

    The mean is over the replicates that both have.

    Examples
    --------
    >>> ours = [{"replicate": i, "score": score} for i, score in enumerate((0.75, 0.5))]
    >>> theirs = [{"replicate": i, "score": score} for i, score in enumerate((0.5, 0.25))]
    >>> difference(ours, theirs, "score")
    Interval(mean=0.25, low=0.25, high=0.25)
    """
    return mean(differences(rows, others, measure))


def differences(rows: Sequence[Row], others: Sequence[Row], measure: str) -> list[float]:
    """The score of each replicate that both have, less that of the others.

    Examples
    --------
    >>> theirs = [{"replicate": i, "score": i / 2} for i in (0, 1)]
    >>> differences([{"replicate": 1, "score": 0.75}], theirs, "score")
    [0.25]
    """
    other = {row["replicate"]: float(row[measure]) for row in others}
    return [
        float(row[measure]) - other[row["replicate"]] for row in rows if row["replicate"] in other
    ]


def line(axes: Any, groups: Mapping[float, Sequence[Row]], measure: str, kind: str) -> None:
    """Draw the mean score of each group in per cent, with its interval, at the key of the group."""
    from seaborn import lineplot

    points = [(x, 100 * float(row[measure])) for x, rows in groups.items() for row in rows]
    places, scores = zip(*points, strict=True)
    lineplot(
        x=places,
        y=scores,
        ax=axes,
        errorbar=_ends,
        err_style="bars",
        err_kws={"elinewidth": 0.7, "capsize": 1.5},
        label=kind,
        legend=False,
        markersize=3,
        **_LINE,
        **_look(kind),
    )


def _ends(values: Sequence[float]) -> tuple[float, float]:
    """The ends of the interval of a mean, as seaborn asks for them."""
    found = mean(values)
    return found.low, found.high


def _look(kind: str) -> dict[str, Any]:
    """How lines of a kind of layer are drawn; seaborn would give the markers a white edge."""
    return {**LOOKS[kind], "markeredgecolor": LOOKS[kind]["color"]}


class Mark(NamedTuple):
    """A printed score in per cent, of a kind of layer, after an epoch, a step or in the end."""

    kind: str
    score: float
    epoch: int = 0


Marks = Mapping[str, Sequence[Mark]]
"""Printed scores by the title of the panel to which they belong."""


def finals(
    groups: Mapping[str, Table], measure: str, label: str, printed: Marks | None = None
) -> Any:
    """Draw a panel for each group: the last score by layer and optimiser, and the weights.

    Parameters
    ----------
    groups : mapping from the title of a panel to its rows
    measure : str
        The column of the score, between 0 and 1.
    label : str
        The label of the axis, in per cent.
    printed : mapping from the title of a panel to printed scores, optional
        Drawn as stars.
    """
    kinds, optimizers = _values(groups, "layer"), _values(groups, "optimizer")
    canvas = _canvas(0.95 + 0.47 * len(kinds))
    panels = canvas.subplots(1, len(groups), sharey=True, squeeze=False)[0]
    for axes, (title, table) in zip(panels, groups.items(), strict=True):
        axes.set_title(title, linespacing=1.0)
        axes.set_xlabel(label)
        _final_panel(axes, last(table), measure, kinds, optimizers)
        _mark_finals(axes, (printed or {}).get(title, ()), kinds)
    handles = _marks(optimizers) * (len(optimizers) > 1) + _printed_handle() * bool(printed)
    if handles:
        canvas.legend(handles=handles, loc="outside lower center", ncols=3, frameon=False)
    return canvas


def by_epoch(
    groups: Mapping[str, Table],
    measure: str,
    label: str,
    columns: int = 2,
    printed: Marks | None = None,
    column: str = "epoch",
) -> Any:
    """Draw a panel for each group: the mean score after each epoch, a line for each layer.

    Where ``column`` is "step", the score is that after each scored step.
    """
    lines = -(-len(groups) // columns)
    canvas = _canvas(0.5 + 1.8 * lines)
    panels = canvas.subplots(lines, columns, squeeze=False).ravel()
    for i, (axes, (title, table)) in enumerate(zip(panels, groups.items(), strict=False)):
        axes.set_title(title, linespacing=1.0)
        _epoch_panel(axes, table, measure, (printed or {}).get(title, ()), column)
        if i >= len(groups) - columns:
            axes.set_xlabel(column)
        if i % columns == 0:
            axes.set_ylabel(label)
    for axes in panels[len(groups) :]:
        axes.axis("off")
    _legend(canvas, panels[0], bool(printed))
    return canvas


def finals_and_epochs(
    groups: Mapping[str, Table], measure: str, label: str, printed: Marks | None = None
) -> Any:
    """Draw ``finals`` above ``by_epoch``, a column for each group; printed scores above."""
    kinds, optimizers = _values(groups, "layer"), _values(groups, "optimizer")
    canvas = _canvas(4.5)
    panels = canvas.subplots(2, len(groups), squeeze=False)
    for i, (title, table) in enumerate(groups.items()):
        above, below = panels[:, i]
        above.set_title(title, linespacing=1.0)
        above.set_xlabel(label)
        _final_panel(above, last(table), measure, kinds, optimizers)
        _mark_finals(above, (printed or {}).get(title, ()), kinds)
        _epoch_panel(below, table, measure)
        below.set_xlabel("epoch")
        if i:
            above.set_yticklabels([])
        else:
            below.set_ylabel(label)
    _legend(canvas, panels[1, 0], bool(printed))
    return canvas


def _mark_finals(axes: Any, printed: Sequence[Mark], kinds: Sequence[str]) -> None:
    for one in printed:
        look = {"markeredgecolor": LOOKS[one.kind]["color"]}
        axes.plot(one.score, kinds.index(one.kind), **PRINTED | look)


def _printed_handle() -> list[Any]:
    from matplotlib.lines import Line2D

    return [Line2D([], [], label="printed", **PRINTED)]


def _legend(canvas: Any, axes: Any, printed: bool = False) -> None:
    handles = axes.get_legend_handles_labels()[0] + _printed_handle() * printed
    canvas.legend(
        handles=handles,
        loc="outside lower center",
        ncols=3 if printed else 4,
        frameon=False,
        handlelength=3.2,
        columnspacing=1.2,
    )


def _values(groups: Mapping[str, Table], column: str) -> list[str]:
    return list(dict.fromkeys(str(row[column]) for table in groups.values() for row in table))


def _canvas(height: float) -> Any:
    from matplotlib.figure import Figure

    return Figure(figsize=(TEXT_WIDTH, height), layout="constrained")


def _marks(optimizers: Sequence[str]) -> list[Any]:
    from matplotlib.lines import Line2D

    style: dict[str, Any] = {"color": BLACK, "marker": "o", "linestyle": "", "markersize": 4}
    return [
        Line2D([], [], label=name, markerfacecolor=face, **style)
        for name, face in zip(optimizers, (BLACK, "white"), strict=False)
    ]


def _final_panel(
    axes: Any, table: Table, measure: str, kinds: Sequence[str], optimizers: Sequence[str]
) -> None:
    for y, kind in enumerate(kinds):
        color, marker = LOOKS[kind]["color"], LOOKS[kind]["marker"]
        for i, optimizer in enumerate(optimizers):
            scores = [
                100 * float(row[measure]) for row in select(table, layer=kind, optimizer=optimizer)
            ]
            if not scores:
                continue
            place, found = y + 0.26 * (i - (len(optimizers) - 1) / 2), mean(scores)
            axes.plot(
                scores,
                [place] * len(scores),
                "|",
                color=color,
                markersize=4,
                markeredgewidth=0.5,
                alpha=0.7,
            )
            style = {
                "color": color,
                "marker": marker,
                "markerfacecolor": "white" if i else color,
                "markersize": 4,
            }
            draw_interval(axes, found, place, **style)
        weights = [int(row["weights"]) for row in select(table, layer=kind)]
        if weights:
            text = f"{round(sum(weights) / len(weights)):,} weights".replace(",", " ")
            axes.text(
                0.02, y + 0.42, text, fontsize=7, color=GREY, transform=axes.get_yaxis_transform()
            )
    axes.set_yticks(range(len(kinds)), [kind.replace(", ", ",\n") for kind in kinds])
    axes.set_ylim(len(kinds) - 0.5, -0.5)
    axes.tick_params("y", length=0)
    axes.margins(x=0.12)


def _epoch_panel(
    axes: Any,
    table: Table,
    measure: str,
    printed: Sequence[Mark] = (),
    column: str = "epoch",
) -> None:
    """Draw the mean score after each epoch, a line for each layer, and printed scores.

    Intervals are drawn at the first and the last epoch, side by side: more would hide the lines.
    """
    kinds = [kind for kind in LOOKS if select(table, layer=kind)]
    epochs = sorted({int(row[column]) for row in table})
    for i, kind in enumerate(kinds):
        rows = select(table, layer=kind)
        scores = {
            epoch: mean([100 * float(row[measure]) for row in select(rows, **{column: epoch})])
            for epoch in epochs
        }
        style = {"label": kind, "markersize": 3, **_LINE, **LOOKS[kind]}
        axes.plot(epochs, [scores[epoch].mean for epoch in epochs], **style)
        for end in {epochs[0], epochs[-1]}:
            aside = end + (epochs[-1] - epochs[0]) * 0.02 * (i - (len(kinds) - 1) / 2)
            arms = [[arm] for arm in scores[end].arms]
            style = {"color": LOOKS[kind]["color"], "elinewidth": 0.8, "capsize": 1.5}
            axes.errorbar(aside, scores[end].mean, yerr=arms, linestyle="", **style)
    for one in printed:
        look = {"markersize": 4.5, "markeredgecolor": LOOKS[one.kind]["color"]}
        axes.plot(one.epoch, one.score, **PRINTED | look)
    axes.set_ylim(max(axes.get_ylim()[0], 0.0), min(axes.get_ylim()[1], 100.0))
    axes.xaxis.get_major_locator().set_params(integer=True)
