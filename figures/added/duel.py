"""How often, and by how much, a learned butterfly beats other learned sketches at (10, 20)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from figures.engine.figure import Figure
from figures.engine.gallery import TITLES
from figures.engine.style import BLACK, PRINTED, TEXT_WIDTH, draw_interval, plain_ticks
from figures.engine.table import Table, select
from figures.engine.wording import joined
from figures.experiments.sketching import compute
from figures.paper.printed import TABLE_S1
from figures.plots.sketch_errors import (
    FAMILY_LABELS,
    LOOKS,
    MEASURES,
    NAMES,
    SHORT_LABELS,
    SOURCES,
    cases,
    details,
    ratios,
)
from fjlt.runs.intervals import geometric_mean

__all__ = ["DRAWS", "FIGURES", "draw", "findings", "margins", "wins"]

LEARNED = ("butterfly", "sparse", "dense")
DRAWS = 40


def margins(table: Table, dataset: str, sketch: str, measure: str) -> list[float]:
    """The error of a sketch over that of the butterfly, draw by draw."""
    rows = select(table, dataset=dataset)
    return ratios(select(rows, sketch=sketch), select(rows, sketch="butterfly"), measure)


def wins(table: Table, dataset: str, sketch: str) -> int:
    """In how many draws the butterfly has the smaller error, in squared norms."""
    return sum(ratio > 1 for ratio in margins(table, dataset, sketch, "squared"))


def findings(table: Table) -> str:
    """In how many draws the butterfly beats the sparse sketch, and the dense matrix beats it."""
    datasets = list(dict.fromkeys(str(row["dataset"]) for row in table))
    draws = len({row["replicate"] for row in table})
    sparse, dense = (
        joined(
            [
                f"{wins(table, d, 'sparse') if s == 'sparse' else draws - wins(table, d, s)} on "
                f"{SHORT_LABELS[d]}"
                for d in datasets
            ]
        )
        for s in ("sparse", "dense")
    )
    return (
        f"k = {table[0]['k']}, ℓ = {table[0]['l']}. Of {draws} draws the learned butterfly beats "
        f"the learned sparse sketch in {sparse}; the learned dense matrix beats the butterfly in "
        f"{dense}."
    )


def _caption(table: Table, settings: Sequence[Mapping[str, Any]]) -> str:
    return (
        "The test error of another learned sketch over that of the butterfly, a point for each "
        "draw, and geometric means with 95 % intervals. Right of 1 the butterfly wins. "
        + findings(table)
    )


def draw(table: Table) -> Any:
    """Draw every ratio as a point, and the geometric means with their intervals.

    The butterfly wins right of 1.
    """
    from matplotlib.figure import Figure as Canvas
    from seaborn import swarmplot

    datasets = list(dict.fromkeys(str(row["dataset"]) for row in table))
    sparse, butterfly = TABLE_S1[10, 20, "sparse"], TABLE_S1[10, 20, "butterfly"]
    printed = {name: sparse[name] / butterfly[name] for name in datasets if name in sparse}
    canvas = Canvas(figsize=(TEXT_WIDTH, 0.75 + 0.75 * len(datasets)), layout="constrained")
    panels = canvas.subplots(1, 2, sharey=True)
    for axes, (measure, label) in zip(panels, MEASURES.items(), strict=True):
        axes.axvline(1, color=BLACK, linewidth=0.6)
        for i, dataset in enumerate(datasets):
            l = select(table, dataset=dataset)[0]["l"]
            for sketch, y in (("sparse", i - 0.2), ("dense", i + 0.2)):
                found = margins(table, dataset, sketch, measure)
                swarmplot(
                    x=found,
                    y=[y] * len(found),
                    ax=axes,
                    orient="y",
                    native_scale=True,
                    log_scale=(True, False),
                    size=2.2,
                    alpha=0.4,
                    **_points(sketch),
                )
                mark = {"color": BLACK, "marker": "|", "markersize": 7, "zorder": 4}
                draw_interval(axes, geometric_mean(found), y, **mark)
                if sketch == "sparse" and l == 20 and dataset in printed:
                    axes.plot(printed[dataset], y, **PRINTED)
        axes.set_xscale("log")
        plain_ticks(axes.xaxis)
        axes.set_title(label)
        axes.set_xlabel("error of the sketch / error of the butterfly")
        axes.set_yticks(
            range(len(datasets)), [FAMILY_LABELS[name].replace(": ", ":\n") for name in datasets]
        )
        axes.set_ylim(len(datasets) - 0.5, -0.5)
        axes.tick_params("y", length=0)
    handles = [
        panels[0].plot([], [], linestyle="", label=NAMES[name], markersize=3, **_points(name))[0]
        for name in ("sparse", "dense")
    ]
    if printed:
        handles += panels[0].plot([], [], label="printed, Table S1", **PRINTED)
    canvas.legend(handles=handles, loc="outside lower center", ncols=3, frameon=False)
    return canvas


def _points(sketch: str) -> dict[str, Any]:
    return {name: LOOKS[sketch][name] for name in ("color", "marker")}


FIGURES = (
    Figure(
        id="duel",
        title=TITLES["duel"],
        source="Table S1 and Figure 8 of arXiv 2007.08864v2, at k = 10 and ℓ = 20",
        compute=compute,
        draw=draw,
        caption=_caption,
        details=details,
        findings=findings,
        cases={
            "quick": cases("digits", [(2, 4)], LEARNED, quick=True, replicates=6),
            "paper": [
                case
                for dataset in ("hyperspectral", "cifar10", "newsgroups")
                for case in cases(dataset, [(10, 20)], LEARNED, replicates=DRAWS)
            ],
        },
        sources=SOURCES,
    ),
)
