"""Figures S4 and S5: times of networks relative to those with the dense layer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from figures.engine.style import BLACK, PRINTED, TEXT_WIDTH, draw_interval, plain_ticks
from figures.engine.table import Table, select
from figures.engine.wording import joined
from figures.experiments.durations import MODES
from figures.plots.layer_scores import LOOKS
from fjlt.runs.intervals import Interval, geometric_mean

__all__ = ["caption", "details", "draw", "ratio", "seconds"]

STAR = {**PRINTED, "markersize": 5, "markeredgecolor": LOOKS["butterfly"]["color"]}
"""How a printed ratio of the butterfly is drawn."""


def caption(table: Table) -> str:
    """What figures S4 and S5 have in common in their captions."""
    keys = ("mode", "model", "batch")
    cases = [
        dict(zip(keys, case, strict=True)) for case in {tuple(r[k] for k in keys) for r in table}
    ]
    found = [ratio(select(table, **case), "butterfly") for case in cases]
    faster = sum(interval.high < 1 for interval in found)
    slower = sum(interval.low > 1 for interval in found)
    return (
        "Time of a prediction and of a training step, relative to the network with the dense "
        "layer, whose time stands at the left: 1 is as fast, less is faster. Geometric means with "
        f"95 % intervals. The butterfly is seen to be faster in {faster} and slower in {slower} of "
        f"{len(found)} cases."
    )


def details(table: Table, settings: Sequence[Mapping[str, Any]]) -> str:
    """How the times of figures S4 and S5 are measured."""
    runs = {int(case.get("runs", 100)) for case in settings}
    blocks = len({row["block"] for row in table})
    return (
        f"{joined([str(n) for n in sorted(runs)])} runs on one core of a CPU, all kinds of layers "
        f"in turns. Ratios are of the medians of {blocks} blocks of runs: their geometric mean and "
        "its 95 % interval. A training step is the loss, its gradient and a step of Adam; a "
        "prediction is the output without gradients."
    )


def ratio(table: Table, kind: str, column: str = "seconds") -> Interval:
    """Time with a kind of layer over time with the dense one.

    It is the geometric mean over the blocks, with its interval.

    Examples
    --------
    >>> times = {"dense": 2.0, "butterfly": 1.0}
    >>> table = [{"layer": kind, "block": 0, "seconds": time} for kind, time in times.items()]
    >>> ratio(table, "butterfly").mean
    0.5
    """
    below = {row["block"]: float(row[column]) for row in select(table, layer="dense")}
    return geometric_mean(
        [float(row[column]) / below[row["block"]] for row in select(table, layer=kind)]
    )


def seconds(table: Table, kind: str) -> float:
    """Mean time of a network with a kind of layer.

    Examples
    --------
    >>> seconds([{"layer": "dense", "seconds": 2.0}, {"layer": "dense", "seconds": 1.0}], "dense")
    1.5
    """
    found = [float(row["seconds"]) for row in select(table, layer=kind)]
    return sum(found) / len(found)


def draw(
    table: Table,
    names: Mapping[str, str],
    unit: str,
    printed: Mapping[tuple[str, str], float] | None = None,
) -> Any:
    """Draw times over those with the dense layer.

    There is one panel for each mode, and one line for each network and batch size.

    Parameters
    ----------
    table : Table
        As from ``figures.experiments.durations.networks`` or ``taggers``.
    names : mapping from a model of the table to its name in the drawing
    unit : str
        What a batch consists of, in the singular.
    printed : mapping from a model and a mode to a printed ratio of the butterfly, optional
        Drawn as stars beside the largest batch.
    """
    from matplotlib.figure import Figure as Canvas
    from matplotlib.lines import Line2D

    lines = list(dict.fromkeys((str(row["model"]), int(row["batch"])) for row in table))
    canvas = Canvas(figsize=(TEXT_WIDTH, 1.1 + 0.4 * len(lines)), layout="constrained")
    panels = canvas.subplots(1, len(MODES), sharey=True)
    kinds = [kind for kind in LOOKS if kind != "dense"]
    largest = {model: max(batch for name, batch in lines if name == model) for model, _ in lines}
    for axes, mode in zip(panels, MODES, strict=True):
        small = {"fontsize": 7, "va": "center", "transform": axes.get_yaxis_transform()}
        axes.text(0.02, -0.65, "dense:", **small)
        axes.axvline(1, color=BLACK, linewidth=0.8, linestyle=LOOKS["dense"]["linestyle"])
        for y, (model, batch) in enumerate(lines):
            rows = select(table, model=model, batch=batch, mode=mode)
            for i, kind in enumerate(kinds):
                found = ratio(rows, kind)
                look = {**LOOKS[kind], "linestyle": ""}
                place = y + 0.2 * (i - 1)
                style = {
                    "markersize": 3.5,
                    "capsize": 1.5,
                    "elinewidth": 0.7,
                    "label": kind if y == 0 else None,
                }
                draw_interval(axes, found, place, **look, **style)
            star = (printed or {}).get((model, mode))
            if star and batch == largest[model]:
                axes.plot(star, y - 0.2, **STAR)
            took = 1e3 * seconds(rows, "dense")
            text = f"{took:.2g} ms" if took < 100 else f"{took:.0f} ms"
            axes.text(0.02, y, text, **small)
        axes.set_xscale("log")
        low, high = axes.get_xlim()
        axes.set_xlim(min(0.6 * low, 0.35), max(high, 2.2))
        plain_ticks(axes.xaxis)
        axes.set_title(f"time of a {mode}")
        axes.set_xlabel("relative to the dense layer")
        labels = [f"{names[model]},\n{batch} {unit}{'s' * (batch > 1)}" for model, batch in lines]
        axes.set_yticks(range(len(lines)), labels)
        axes.set_ylim(len(lines) - 0.5, -0.9)
        axes.tick_params("y", length=0)
    handles, _ = panels[0].get_legend_handles_labels()
    if any(model in largest for model, _ in printed or ()):
        handles.append(Line2D([], [], label="butterfly, printed", **STAR))
    canvas.legend(handles=handles, loc="outside lower center", ncols=4, frameon=False)
    return canvas
