"""Table 4: test error of the sketches over nine pairs (k, ℓ) on three families of matrices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from figures.engine.figure import Figure
from figures.engine.gallery import TITLES
from figures.engine.style import BLACK, GREY, TEXT_WIDTH
from figures.engine.table import Table, select
from figures.engine.wording import joined, need, significant
from figures.experiments.sketching import SKETCHES, compute
from figures.paper.printed import TABLE_4
from figures.plots.sketch_errors import (
    FAMILY_LABELS,
    NAMES,
    SHORT_LABELS,
    SOURCES,
    about,
    cases,
    interval,
)

__all__ = ["FIGURES", "PAIRS", "draw", "findings", "mean_errors"]

PAIRS = ((1, 5), (1, 10), (10, 10), (10, 20), (10, 40), (20, 20), (20, 40), (30, 30), (30, 60))

_FAMILIES = ("hyperspectral", "cifar10", "newsgroups")


def draw(table: Table) -> Any:
    """Draw the table, with a line for each pair (k, ℓ) and sketch.

    Each family has two columns: the error with squared norms and with norms.
    """
    from matplotlib.figure import Figure as Canvas

    families = list(dict.fromkeys(str(row["dataset"]) for row in table))
    pairs = list(dict.fromkeys((int(row["k"]), int(row["l"])) for row in table))
    lines = 3 + len(pairs) * (len(SKETCHES) + 0.5)
    canvas = Canvas(figsize=(TEXT_WIDTH, 0.135 * lines))
    axes = canvas.add_axes((0.0, 0.0, 1.0, 1.0))
    axes.set(xlim=(0, 1), ylim=(lines, 0))
    axes.axis("off")
    text: dict[str, Any] = {"fontsize": 6.2, "va": "center"}
    number: dict[str, Any] = {"fontsize": 5.6, "va": "center", "ha": "center"}
    left, step = 0.26, 0.74 / (2 * len(families))
    for f, family in enumerate(families):
        centre = left + (2 * f + 1) * step
        axes.text(centre, 0.9, FAMILY_LABELS[family], ha="center", linespacing=1.0, **text)
        axes.plot(
            [centre - 0.95 * step, centre + 0.95 * step], [1.9, 1.9], color=BLACK, linewidth=0.4
        )
        for side, measure in enumerate(("squared norms", "norms")):
            axes.text(left + (2 * f + side + 0.5) * step, 2.35, measure, ha="center", **text)
    y = 3.0
    for k, l in pairs:
        axes.plot([0.01, 0.99], [y, y], color=GREY, linewidth=0.4)
        axes.text(0.01, y + 0.75, f"$k={k}$, $\\ell={l}$", ha="left", **text)
        for sketch in SKETCHES:
            y += 1
            axes.text(0.115, y - 0.25, NAMES[sketch], ha="left", **text)
            for f, family in enumerate(families):
                rows = select(table, dataset=family, k=k, l=l, sketch=sketch)
                for side, measure in enumerate(("squared", "unsquared")):
                    best = sketch == _best(select(table, dataset=family, k=k, l=l), measure)
                    where = left + (2 * f + side + 0.5) * step
                    shown = _number(rows, measure)
                    axes.text(where, y - 0.25, shown, weight="bold" if best else "normal", **number)
        y += 0.5
    return canvas


def _best(table: Table, measure: str) -> str:
    """The sketch with the least mean error."""
    sketches = dict.fromkeys(str(row["sketch"]) for row in table)
    return min(
        sketches,
        key=lambda sketch: interval(select(table, sketch=sketch), measure).mean,
        default="",
    )


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


def _about(table: Table, settings: Sequence[Mapping[str, Any]]) -> str:
    printed = [
        TABLE_4[k, l, "sparse"][family] / TABLE_4[k, l, "butterfly"][family]
        for k, l in dict.fromkeys((k, l) for k, l, _ in TABLE_4)
        for family in _FAMILIES
    ]
    return about(table, settings, geometric=False) + (
        " Shown are means ± half the width of their intervals; bold: the least of a column and "
        "pair. A pair with ℓ > n is no sketch of the matrices, and is left out. The paper prints "
        "butterfly < sparse < random everywhere; the factors between the first two are "
        f"{significant(min(printed), 1)} to {significant(max(printed), 1)} for the pairs up to "
        "(10, 20)."
    )


FIGURES = (
    Figure(
        id="tab04",
        title=TITLES["tab04"],
        source="arXiv 2007.08864, Table 4",
        compute=compute,
        draw=draw,
        about=_about,
        findings=findings,
        cases={
            "quick": cases("digits", [(1, 2), (2, 4)], quick=True)
            + cases("hyperspectral", [(1, 2), (2, 4)], quick=True),
            "paper": [case for family in _FAMILIES for case in cases(family, PAIRS)],
        },
        sources=SOURCES,
    ),
)
