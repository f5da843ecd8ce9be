"""Table S1: test error of the sketches over nine pairs (k, ℓ) on three families of matrices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from figures.engine.figure import Figure
from figures.engine.gallery import TITLES
from figures.engine.style import PRINTED, TEXT_WIDTH
from figures.engine.table import Sheet, Table, select
from figures.engine.wording import joined, need, significant
from figures.experiments.sketching import SKETCHES, compute
from figures.numbering import paper
from figures.paper.printed import TABLE_S1
from figures.plots.sketch_errors import (
    FAMILY_LABELS,
    MEASURES,
    NAMES,
    SHORT_LABELS,
    SOURCES,
    cases,
    details,
    interval,
    place_errors,
    sketch_handles,
)

__all__ = ["FIGURES", "PAIRS", "draw", "findings", "mean_errors", "sheet"]

PAIRS = ((1, 5), (1, 10), (10, 10), (10, 20), (10, 40), (20, 20), (20, 40), (30, 30), (30, 60))

_FAMILIES = ("hyperspectral", "cifar10", "newsgroups")


def draw(table: Table) -> Any:
    """Draw the errors in both measures against the pairs (k, ℓ), a column for each family."""
    from matplotlib.figure import Figure as Canvas
    from matplotlib.lines import Line2D

    families = list(dict.fromkeys(str(row["dataset"]) for row in table))
    canvas = Canvas(figsize=(TEXT_WIDTH, 5.0), layout="constrained")
    panels = canvas.subplots(2, len(families), squeeze=False)
    stars = False
    for line, (measure, label) in zip(panels, MEASURES.items(), strict=True):
        line[0].set_ylabel(f"test error, {label}")
        for axes, family in zip(line, families, strict=True):
            rows = select(table, dataset=family)
            groups = {f"{k}, {l}": select(rows, k=k, l=l) for k, l in _pairs(rows)}
            printed = {
                (f"{k}, {l}", sketch): errors[family]
                for (k, l, sketch), errors in TABLE_S1.items()
                if f"{k}, {l}" in groups and family in errors
            }
            stars |= bool(printed)
            place_errors(axes, groups, measure, printed, star=4)
            axes.set_xticks(range(len(groups)), list(groups), rotation=90)
            axes.set_xlabel("$k$, $\\ell$")
    for axes, family in zip(panels[0], families, strict=True):
        axes.set_title(FAMILY_LABELS[family].replace(": ", ":\n"), linespacing=1.0)
    handles = sketch_handles(table)
    if stars:
        handles.append(Line2D([], [], label="printed", **PRINTED))
    columns = 4 if stars else 3
    canvas.legend(handles=handles, loc="outside lower center", ncols=columns, frameon=False)
    return canvas


def _pairs(table: Table) -> list[tuple[int, int]]:
    return list(dict.fromkeys((int(row["k"]), int(row["l"])) for row in table))


def sheet(table: Table) -> Sheet:
    """The table, with a line for each pair (k, ℓ) and sketch.

    Each family has two columns: the error with squared norms and with norms. The least error of a
    pair and column is bold, and so are all whose intervals meet its own.
    """
    families = list(dict.fromkeys(str(row["dataset"]) for row in table))
    lines = []
    for k, l in _pairs(table):
        for sketch in SKETCHES:
            cells = []
            for family in families:
                rows = select(table, dataset=family, k=k, l=l)
                for measure in MEASURES:
                    shown = _number(select(rows, sketch=sketch), measure)
                    best = sketch in _best(rows, measure)
                    cells.append(f"**{shown}**" if best else shown)
            lines.append([str(k), str(l), NAMES[sketch], *cells])
    names = [
        f"{FAMILY_LABELS[family].replace(chr(10), ' ')}, {label}"
        for family in families
        for label in MEASURES.values()
    ]
    return Sheet(["k", "ℓ", "sketch", *names], lines)


def _best(table: Table, measure: str) -> set[str]:
    """The sketch with the least mean error, and those whose intervals meet its own."""
    sketches = dict.fromkeys(str(row["sketch"]) for row in table)
    found = {sketch: interval(select(table, sketch=sketch), measure) for sketch in sketches}
    if not found:
        return set()
    least = min(found.values(), key=lambda one: one.mean)
    return {sketch for sketch, one in found.items() if one.low <= least.high}


def _number(rows: Any, measure: str) -> str:
    """Mean error and half the width of its interval."""
    if not rows:
        return "–"
    found = interval(rows, measure)
    return f"{found.mean:.3g} ± {float(f'{found.high - found.mean:.1g}'):g}"


def mean_errors(table: Table) -> dict[tuple[str, int, int], dict[str, float]]:
    """Mean squared error of each sketch, by dataset and pair (k, ℓ)."""
    errors: dict[tuple[str, int, int], dict[str, float]] = {}
    for row in table:
        cell = (str(row["dataset"]), int(row["k"]), int(row["l"]))
        errors.setdefault(cell, dict.fromkeys(SKETCHES, 0.0))
    for (dataset, k, l), means in errors.items():
        rows = need(table, dataset=dataset, k=k, l=l)
        for sketch in means:
            means[sketch] = interval(need(rows, sketch=sketch), "squared").mean
    return errors


def findings(table: Table) -> str:
    """In how many cells which sketch has the smaller mean error."""
    errors = mean_errors(table)
    gains = sorted(
        (means["sparse"] / means["butterfly"], cell)
        for cell, means in errors.items()
        if means["butterfly"] < means["sparse"]
    )
    lost = [cell for cell, means in errors.items() if means["butterfly"] < means["dense"]]
    below_random = sum(
        means["butterfly"] < min(means[s] for s in SKETCHES if s.startswith("random"))
        for means in errors.values()
    )
    cells = len(errors)
    factors = ""
    if gains:
        *others, (most, (dataset, k, l)) = gains
        factors = (
            f", by {significant(most)} times at (k, ℓ) = ({k}, {l}) on {SHORT_LABELS[dataset]}"
        )
        if others:
            low, high = others[0][0], others[-1][0]
            factors += f" and by {significant(low)} to {significant(high)} times elsewhere"
    by_family: dict[str, list[str]] = {}
    for dataset, k, l in lost:
        by_family.setdefault(SHORT_LABELS[dataset], []).append(f"({k}, {l})")
    pairs = [f"{joined(pairs)} on {family}" for family, pairs in by_family.items()]
    where = f"; it does not at {joined(pairs)}" if pairs else ""
    return (
        f"In the means the learned butterfly beats the learned sparse sketch in {len(gains)} of "
        f"{cells} cells{factors}, and every random sketch in {below_random}. The learned dense "
        f"matrix beats the butterfly in {cells - len(lost)}{where}."
    )


def _caption(table: Table, settings: Sequence[Mapping[str, Any]]) -> str:
    errors = mean_errors(table)
    sparse, dense, random = (
        sum(test(means) for means in errors.values())
        for test in (
            lambda means: means["butterfly"] < means["sparse"],
            lambda means: means["dense"] < means["butterfly"],
            lambda means: (
                means["butterfly"] < min(means[s] for s in means if s.startswith("random"))
            ),
        )
    )
    return (
        "Test errors of all sketches at each (k, ℓ), a column for each family, above in squared "
        "norms as in the paper, below in norms as in its script. Geometric means "
        "with 95 % intervals; the table has arithmetic means. The paper prints "
        "butterfly < sparse < random everywhere. Here in the means the butterfly is below the "
        f"sparse sketch in {sparse} of {len(errors)} cells, below all random ones in {random}, and "
        f"the dense matrix below it in {dense}."
    )


def _details(table: Table, settings: Sequence[Mapping[str, Any]]) -> str:
    printed = [
        error / TABLE_S1[k, l, "butterfly"][family]
        for (k, l, sketch), errors in TABLE_S1.items()
        if sketch == "sparse"
        for family, error in errors.items()
    ]
    return details(table, settings, geometric=False) + (
        " The table has means ± half the width of their intervals; bold: the least of a column and "
        "pair, and all whose intervals meet its own. Stars: the printed errors, those of "
        "random sketches with the sparse ones. A pair with ℓ > n is no sketch of the matrices, and "
        "is left out. The paper prints butterfly < sparse < random everywhere; the factors between "
        f"the first two are {significant(min(printed), 1)} to {significant(max(printed), 1)}."
    )


FIGURES = (
    Figure(
        id="table-s1",
        title=TITLES["table-s1"],
        source=paper("Table S1"),
        compute=compute,
        draw=draw,
        caption=_caption,
        details=_details,
        sheet=sheet,
        findings=findings,
        cases={
            "quick": cases("digits", [(1, 2), (2, 4)], quick=True)
            + cases("hyperspectral", [(1, 2), (2, 4)], quick=True),
            "paper": [case for family in _FAMILIES for case in cases(family, PAIRS)],
        },
        sources=SOURCES,
    ),
)
