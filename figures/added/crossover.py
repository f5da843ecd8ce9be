"""Not in the paper: from which size on a layer is faster or smaller than the dense layer that it
replaces."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from figures.engine.figure import Figure
from figures.engine.gallery import TITLES
from figures.engine.style import BLACK, TEXT_WIDTH, ticks
from figures.engine.table import Row, Table, select
from figures.experiments.durations import MODES, layers
from figures.experiments.memory import compute as memory
from figures.plots.layer_scores import LOOKS
from figures.plots.time_ratios import ratio
from fjlt.runs.intervals import Interval

__all__ = ["CAPTION", "FIGURE", "compute", "crossing", "draw", "ratios"]

CAPTION = (
    "Square layers from n to n features: time and memory over those of the dense layer; below 1 "
    "the layer wins. Times are of runs in turns, ratios of the medians of ten blocks, their "
    "geometric mean and its 95 % interval. A training step is forward, gradients with respect to "
    "weights and input, and a step of Adam. Memory is by how much a process grows at most when it "
    "makes and runs the layer; below n = 512 that is less than what allocators keep. The "
    "butterfly wins in a step from n = 1024 on for one vector and from 512 for 128, with one "
    "thread or two; in a prediction from 1024 and 256 with one thread, from 2048 and 512 with "
    "two; in memory from 1024 and 512 in a step, from 1024 and 2048 in a prediction. At n = 8192 "
    "a step takes 1.5 to 3 % of the time. A pair of dense layers of the same rank, which can be "
    "every map that the butterfly can be, is faster at every size, and wins from 512 on in a step "
    "and from 1024 in a prediction, at the latest."
)

MEASURES = (*MODES, "memory of a prediction", "memory of a training step")


def compute(
    seed: int = 0, n: int = 1024, batch_size: int = 128, threads: int = 1, runs: int = 100
) -> Table:
    """``figures.experiments.durations.layers``, and with one thread the memory as well.

    Returns
    -------
    table : one row a kind of layer, measure and block of runs
        ``value``: seconds or bytes.
    """
    about: Row = {"n": n, "batch": batch_size, "threads": threads}
    rows = [
        {
            **about,
            "layer": row["layer"],
            "measure": row["mode"],
            "block": row["block"],
            "value": row["seconds"],
        }
        for row in layers(seed, n, batch_size, threads, runs)
    ]
    for row in memory(seed, n, batch_size) if threads == 1 and n >= 512 else ():
        measure = f"memory of a {row['mode']}"
        rows.append(
            {
                **about,
                "layer": row["layer"],
                "measure": measure,
                "block": 0,
                "value": float(row["bytes"]),
            }
        )
    return rows


def ratios(
    table: Table, measure: str, kind: str, batch: int, threads: int = 1
) -> dict[int, Interval]:
    """What a layer takes over what the dense one takes, by size."""
    rows = select(table, measure=measure, batch=batch, threads=threads)
    sizes = sorted({int(row["n"]) for row in rows})
    return {n: ratio(select(rows, n=n), kind, "value") for n in sizes}


def crossing(found: dict[int, Interval]) -> int | None:
    """The least size from which on a layer wins: the intervals of it and of all larger sizes are
    below 1.

    Examples
    --------
    >>> crossing({32: Interval(2, 1, 3), 64: Interval(0.5, 0.4, 0.6), 128: Interval(0.3, 0.2, 0.4)})
    64
    """
    best = None
    for n in sorted(found, reverse=True):
        if found[n].high >= 1:
            break
        best = n
    return best


def draw(table: Table) -> Any:
    """Draw a line of panels a size of the batch: prediction, training step, memory, against n."""
    from matplotlib.figure import Figure as Canvas
    from matplotlib.lines import Line2D

    batches = sorted({int(row["batch"]) for row in table})
    canvas = Canvas(figsize=(TEXT_WIDTH, 0.7 + 1.65 * len(batches)), layout="constrained")
    panels = canvas.subplots(len(batches), 3, squeeze=False)
    sizes = sorted({int(row["n"]) for row in table})
    for line, batch in zip(panels, batches, strict=True):
        times = [(title, [(title, threads) for threads in (1, 2)]) for title in MODES]
        for axes, (title, variants) in zip(
            line, [*times, ("memory", [(name, 1) for name in MEASURES[2:]])], strict=True
        ):
            axes.axhline(1, color=BLACK, linewidth=0.6)
            for kind, look in LOOKS.items():
                for faint, (measure, threads) in enumerate(variants):
                    _line(axes, ratios(table, measure, kind, batch, threads), look, bool(faint))
            axes.set_xscale("log", base=2)
            axes.set_xlim(0.8 * sizes[0], 1.25 * sizes[-1])
            axes.set_xticks(sizes[::2], [f"$2^{{{n.bit_length() - 1}}}$" for n in sizes[::2]])
            axes.set_xticks([], minor=True)
            axes.set_yscale("log")
            axes.set_title(f"{title}, batch {batch}")
            axes.set_ylim(min(axes.get_ylim()[0], 0.4), max(axes.get_ylim()[1], 2.5))
            axes.set_yticks(*ticks(*axes.get_ylim()))
            axes.set_yticks([], minor=True)
            axes.set_xlabel("$n$")
        line[0].set_ylabel("over the dense layer")
    handles: list[Any] = [
        Line2D(
            [],
            [],
            color=look["color"],
            marker=look["marker"],
            markersize=3,
            linewidth=0.9,
            label=kind,
        )
        for kind, look in LOOKS.items()
        if kind != "dense"
    ]
    for face, label in (
        (BLACK, "one thread; memory of a prediction"),
        ("white", "two threads; memory of a training step"),
    ):
        handles.append(
            Line2D(
                [],
                [],
                color=BLACK,
                marker="o",
                markersize=3,
                linestyle="",
                markerfacecolor=face,
                label=label,
            )
        )
    canvas.legend(handles=handles, loc="outside lower center", ncols=3, frameon=False)
    return canvas


def _line(axes: Any, found: dict[int, Interval], look: dict[str, Any], faint: bool) -> None:
    if not found or all(point.mean == 1 for point in found.values()):
        return
    arms = [list(arm) for arm in zip(*(point.arms for point in found.values()), strict=True)]
    style: dict[str, Any] = {"color": look["color"], "marker": look["marker"], "markersize": 2.8}
    style |= {"linewidth": 0.9, "elinewidth": 0.6, "capsize": 1.2}
    style |= (
        {"linestyle": ":", "markerfacecolor": "white", "markeredgewidth": 0.7}
        if faint
        else {"linestyle": "-"}
    )
    axes.errorbar(list(found), [point.mean for point in found.values()], yerr=arms, **style)


def _cases(sizes: Sequence[int], batches: Sequence[int], **more: Any) -> list[dict[str, Any]]:
    """Fewer runs of what takes long: at least 20."""
    return [
        {
            "n": n,
            "batch_size": b,
            "threads": t,
            "runs": min(100, max(20, math.floor(2e5 / n))),
            **more,
        }
        for n in sizes
        for b in batches
        for t in (1, 2)
    ]


FIGURE = Figure(
    id="crossover",
    title=TITLES["crossover"],
    source="the claim of Section 3.2 of arXiv 2007.08864 that the replacement is faster, by size",
    caption=CAPTION,
    compute=compute,
    draw=draw,
    cases={
        "quick": _cases((32, 128, 512), (1, 128), runs=10),
        "paper": _cases([2**p for p in range(5, 14)], (1, 128)),
    },
    needs=("torch",),
    alone=True,
)
