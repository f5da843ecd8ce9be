"""The size from which on a layer is faster or smaller than the dense layer it replaces."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from figures.engine.figure import Figure
from figures.engine.gallery import TITLES
from figures.engine.style import BLACK, TEXT_WIDTH, plain_ticks
from figures.engine.table import Row, Table, select
from figures.engine.wording import fixed, joined, significant
from figures.experiments.durations import MODES, layers
from figures.experiments.memory import compute as memory
from figures.plots.layer_scores import LOOKS
from figures.plots.time_ratios import ratio
from fjlt.runs.intervals import Interval

__all__ = ["FIGURES", "MEASURES", "compute", "crossing", "draw", "findings", "ratios"]

MEASURES = (*MODES, "memory of a prediction", "memory of a training step")


def compute(
    seed: int = 0, n: int = 1024, batch_size: int = 128, threads: int = 1, runs: int = 100
) -> Table:
    """Times of square layers, and with one thread from n = 512 on their memory as well.

    Returns
    -------
    table : one row for each kind of layer, measure and block of runs
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
    """Time or memory of a layer over that of the dense one, by size n.

    Examples
    --------
    >>> about = {"n": 8, "batch": 1, "threads": 1, "measure": "prediction", "block": 0}
    >>> values = {"dense": 4.0, "butterfly": 1.0}
    >>> table = [about | {"layer": kind, "value": value} for kind, value in values.items()]
    >>> ratios(table, "prediction", "butterfly", 1)[8].mean
    0.25
    """
    rows = select(table, measure=measure, batch=batch, threads=threads)
    sizes = sorted({int(row["n"]) for row in rows})
    return {n: ratio(select(rows, n=n), kind, "value") for n in sizes}


def crossing(found: dict[int, Interval]) -> int | None:
    """The least size from which on a layer wins.

    There, and at all larger sizes, the interval of the ratio lies below 1.

    Examples
    --------
    >>> crossing({32: Interval(2, 1, 3), 64: Interval(0.5, 0.4, 0.6), 128: Interval(0.3, 0.2, 0.4)})
    64
    """
    best = None
    # Down from the largest size, until a layer does not win.
    for n in sorted(found, reverse=True):
        if found[n].high >= 1:
            break
        best = n
    return best


def draw(table: Table) -> Any:
    """Draw a line of panels for each batch size: prediction, training step and memory against n."""
    from matplotlib.figure import Figure as Canvas
    from matplotlib.lines import Line2D

    batches = sorted({int(row["batch"]) for row in table})
    canvas = Canvas(figsize=(TEXT_WIDTH, 0.8 + 1.8 * len(batches)), layout="constrained")
    panels = canvas.subplots(len(batches), 3, squeeze=False)
    for line, batch in zip(panels, batches, strict=True):
        times = [(f"time of a {mode}", [(mode, threads) for threads in (1, 2)]) for mode in MODES]
        for axes, (title, variants) in zip(
            line, [*times, ("memory", [(name, 1) for name in MEASURES[2:]])], strict=True
        ):
            axes.axhline(1, color=BLACK, linewidth=0.6)
            for kind, look in LOOKS.items():
                for faint, (measure, threads) in enumerate(variants):
                    _line(axes, ratios(table, measure, kind, batch, threads), look, bool(faint))
            axes.set_xscale("log", base=2)
            shown = sorted({n for measure, _ in variants for n in _sizes(table, measure)})
            if len(shown) < 2:
                shown = sorted({int(row["n"]) for row in table})
            axes.set_xlim(0.8 * shown[0], 1.25 * shown[-1])
            axes.set_xticks(shown[::2], [str(n) for n in shown[::2]])
            axes.set_xticks([], minor=True)
            axes.set_yscale("log")
            axes.set_title(f"{title},\n{batch} vector{'s' * (batch > 1)}", linespacing=1.0)
            axes.set_ylim(min(axes.get_ylim()[0], 0.4), max(axes.get_ylim()[1], 2.5))
            plain_ticks(axes.yaxis)
            axes.set_xlabel("$n$, features in and out")
        line[0].set_ylabel("relative to the dense layer")
    handles: list[Any] = [
        Line2D(
            [],
            [],
            color=look["color"],
            marker=look["marker"],
            markersize=3,
            linewidth=0.9,
            linestyle=look["linestyle"],
            label=kind,
        )
        for kind, look in LOOKS.items()
        if kind != "dense"
    ]
    for face, label in (
        (BLACK, "filled: 1 thread; memory: prediction"),
        ("white", "open: 2 threads; memory: training step"),
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
    canvas.legend(
        handles=handles, loc="outside lower center", ncols=2, frameon=False, handlelength=3.2
    )
    return canvas


def _sizes(table: Table, measure: str) -> set[int]:
    return {int(row["n"]) for row in select(table, measure=measure)}


def _line(axes: Any, found: dict[int, Interval], look: dict[str, Any], faint: bool) -> None:
    if not found or all(point.mean == 1 for point in found.values()):
        return
    arms = [list(arm) for arm in zip(*(point.arms for point in found.values()), strict=True)]
    style: dict[str, Any] = {"color": look["color"], "marker": look["marker"], "markersize": 2.8}
    style |= {"linewidth": 0.9, "elinewidth": 0.6, "capsize": 1.2}
    style |= (
        {"linestyle": look["linestyle"], "markerfacecolor": "white", "markeredgewidth": 0.7}
        if faint
        else {"linestyle": look["linestyle"]}
    )
    axes.errorbar(list(found), [point.mean for point in found.values()], yerr=arms, **style)


def _cases(sizes: Sequence[int], batches: Sequence[int], **more: Any) -> list[dict[str, Any]]:
    """Cases of all sizes, batches and numbers of threads, with fewer runs of large layers."""
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


def caption(table: Table, settings: Sequence[Mapping[str, Any]]) -> str:
    """What is shown, and from which size on the butterfly wins."""
    cases = sorted({(int(row["batch"]), int(row["threads"])) for row in table})
    parts = []
    for mode in MODES:
        found = [crossing(ratios(table, mode, "butterfly", *case)) for case in cases]
        sizes = sorted(size for size in found if size is not None)
        rest = f" in {len(sizes)} of {len(found)} cases" * (len(sizes) < len(found))
        span = f"{sizes[0]} to {sizes[-1]}" if sizes else ""
        won = f"from n = {span} on{rest}" if sizes else "at no size"
        parts.append(f"in a {mode} {won}")
    return (
        "Time and memory of square layers with n features, relative to the dense layer: below 1 "
        "they win. Geometric means with 95 % intervals. The paper says, without sizes, that the "
        f"replacement is faster. Here the butterfly is so {joined(parts)}, depending on the number "
        "of vectors and threads."
    )


def details(table: Table, settings: Sequence[Mapping[str, Any]]) -> str:
    """What is measured."""
    blocks = len({row["block"] for row in table})
    sizes = [int(row["n"]) for row in table if str(row["measure"]) in MEASURES[2:]]
    least = f" It is measured from n = {min(sizes)} on: below," if sizes else " Below,"
    return (
        "Square layers from n to n features: time and memory over those of the dense layer; below "
        f"1 the layer wins. Times are of runs in turns: ratios of the medians of {blocks} blocks, "
        "their geometric mean and its 95 % interval. A training step is forward, gradients with "
        "respect to weights and input, and a step of Adam. Memory is the largest growth of a "
        f"process that makes and runs the layer.{least} it is less than what allocators keep."
    )


def findings(table: Table) -> str:
    """From which size on the butterfly wins, and the pair of the same rank."""
    sizes = sorted({int(row["n"]) for row in table})
    cases = sorted({(int(row["batch"]), int(row["threads"])) for row in table})
    step = [
        100 * ratios(table, "training step", "butterfly", *case)[sizes[-1]].mean for case in cases
    ]
    pair = "low rank, equal rank"
    faster = [
        ratios(table, mode, "butterfly", *case)[n].mean / ratios(table, mode, pair, *case)[n].mean
        for mode in MODES
        for case in cases
        for n in sizes
    ]
    return (
        "The butterfly wins, by intervals, "
        f"{joined([_wins(table, measure, 'butterfly') for measure in MEASURES])}. At n = "
        f"{sizes[-1]} a training step takes {significant(min(step))} to {significant(max(step))} % "
        "of the time of the dense layer. A pair of dense layers of the same rank, which can be "
        "every map that the butterfly can be, takes "
        f"{fixed(1 / max(faster), 2)} to {fixed(1 / min(faster), 2)} of the time of the butterfly; "
        f"it wins {joined([_wins(table, measure, pair) for measure in MODES])}."
    )


def _wins(table: Table, measure: str, kind: str) -> str:
    """From which sizes on a layer wins, for each size of the batch and number of threads."""
    parts = []
    for batch, threads in sorted(
        {(int(r["batch"]), int(r["threads"])) for r in select(table, measure=measure)}
    ):
        size = crossing(ratios(table, measure, kind, batch, threads))
        start = "at no size" if size is None else f"from {size} on"
        vectors = f"{batch} vector{'s' * (batch > 1)}"
        timed = f", {threads} thread{'s' * (threads > 1)}" if measure in MODES else ""
        parts.append(f"{start} ({vectors}{timed})")
    return f"in {measure if measure.startswith('memory') else 'a ' + measure} {', '.join(parts)}"


FIGURES = (
    Figure(
        id="crossover",
        title=TITLES["crossover"],
        source="the claim of Section 3.2 of arXiv 2007.08864v2 that the replacement is faster, by "
        "size",
        compute=compute,
        draw=draw,
        caption=caption,
        details=details,
        findings=findings,
        cases={
            "quick": _cases((32, 128, 512), (1, 128), runs=10),
            "paper": _cases([2**p for p in range(5, 14)], (1, 128)),
        },
        needs=("torch",),
        alone=True,
    ),
)
