"""How often a trained butterfly of four inputs has a spurious minimum: ten thousand lists each.

The sizes of the samples were fixed before any set was drawn beyond those of the figure landscapes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from figures.critical_points.kac_rice import expected_extrema
from figures.critical_points.kac_rice_targets import expected_extrema_of_targets
from figures.critical_points.landscapes import Kind, kinds, per_cent, share
from figures.critical_points.random_data import SOURCES, data_pair
from figures.engine.figure import Figure
from figures.engine.gallery import TITLES
from figures.engine.style import BLUE, GREY, ORANGE, TEXT_WIDTH, VERMILION, draw_interval
from figures.engine.table import Row, Sheet, Table
from figures.engine.wording import count, fixed, joined, need, with_interval
from fjlt.runs.console import choose
from fjlt.runs.intervals import Interval, mean
from fjlt.runs.seeds import stream
from landscape.enumeration.eigenvalue_branches import extrema

__all__ = ["FIGURES", "NUMBERS", "caption", "compute", "details", "draw", "findings", "sheet"]

NUMBERS = (4, 6, 8, 10, 12)
"""How many critical points may be real."""

LARGE = 1.1
"""A ratio of losses that is counted."""


def compute(
    seed: int = 0,
    dataset: str = "auto-encoder",
    samples: int = 8,
    targets: int = 0,
    spectrum: int = 0,
    method: str = "lists",
    first: int = 0,
    sets: int = 100,
) -> Table:
    """All critical points of independent data sets of four inputs, two siblings, k = 2, counted.

    Parameters
    ----------
    seed, dataset, samples, targets, spectrum, first, sets
        As for ``figures.critical_points.random_data.compute``, of whose data sets with n = 4 these
        are the same.
    method : {"lists", "integral"}
        By lists of each data set; or, for "auto-encoder" and "targets", the expected numbers by
        the formula of Kac and Rice. There ``sets`` is the number of points, a power of 2.

    Returns
    -------
    table : one row
        ``complete``, how many lists are proved to be complete; ``points_4``, …, ``points_12``, how
        many of these have so many real critical points; ``minima`` and ``maxima``, in all of them,
        or the expected numbers of one data set; ``spurious``, how many lists have a minimum that is
        not the least; ``large``, how many of these have one with ``LARGE`` times the least loss or
        more; ``ratio``, the largest such factor.

    Raises
    ------
    ValueError
        For an unknown dataset or method, or sizes that do not fit.

    Examples
    --------
    >>> (row,) = compute(sets=100)
    >>> row["complete"], row["points_4"], row["minima"], row["spurious"]
    (100, 86, 102, 2)
    """
    choose(method, ("lists", "integral"), "method")
    row: Row = {
        "dataset": dataset,
        "method": method,
        "n": 4,
        "l": 2,
        "samples": samples,
        "targets": targets,
        "spectrum": spectrum,
        "first": first,
        "sets": sets,
        "complete": 0,
        **{f"points_{number}": 0 for number in NUMBERS},
        "minima": 0,
        "maxima": 0,
        "spurious": 0,
        "large": 0,
        "ratio": 1.0,
    }
    if method == "integral":
        rng = stream(seed, dataset, 4, samples, targets, first, "integral")
        if dataset == "auto-encoder":
            minima, maxima = expected_extrema(samples, sets, rng)
        elif dataset == "targets":
            minima, maxima = expected_extrema_of_targets(samples, targets, sets, rng)
        else:
            raise ValueError(f"the integral is for Gaussian X and Y, not for {dataset!r}")
        return [row | {"minima": minima, "maxima": maxima}]
    ratios, numbers, minima, maxima = [], [], 0, 0
    for number in range(first, first + sets):
        name = (dataset, 4, samples, targets, spectrum, number)
        try:
            points = extrema(*data_pair(dataset, *name[1:-1], stream(seed, *name, "data")))
        except ValueError:
            continue
        numbers.append(len(points))
        losses = [point.loss for point in points if point.index == 0]
        minima += len(losses)
        maxima += sum(point.index == 2 for point in points)
        if any(loss > losses[0] for loss in losses):
            ratios.append(float(losses[-1] / losses[0]))
    return [
        row
        | {
            "complete": len(numbers),
            **{f"points_{number}": numbers.count(number) for number in NUMBERS},
            "minima": minima,
            "maxima": maxima,
            "spurious": len(ratios),
            "large": sum(ratio >= LARGE for ratio in ratios),
            "ratio": float(f"{max(ratios, default=1.0):.6g}"),
        }
    ]


def _total(rows: Sequence[Row], column: str) -> int:
    return sum(int(row[column]) for row in rows)


def spurious_share(rows: Sequence[Row]) -> Interval:
    """Share of the sets with a spurious minimum, and its Clopper-Pearson interval of 95 %.

    Sets without a complete list are unknown: they raise the upper end alone.

    Examples
    --------
    >>> row = {"sets": 50, "complete": 50, "spurious": 5}
    >>> [round(end, 2) for end in spurious_share([row, row])]
    [0.1, 0.05, 0.18]
    """
    sets, seen = _total(rows, "sets"), _total(rows, "spurious")
    return share(seen, sets - _total(rows, "complete"), sets)


def real_points(rows: Sequence[Row]) -> Interval:
    """Mean number of real critical points of the complete lists, with its interval of 95 %.

    Examples
    --------
    >>> row = {"points_4": 9, "points_6": 1, "points_8": 0, "points_10": 0, "points_12": 0}
    >>> round(real_points([row]).mean, 6)
    4.2
    """
    return mean(np.repeat(NUMBERS, [_total(rows, f"points_{n}") for n in NUMBERS]).tolist())


def integral(table: Table, kind: Kind) -> tuple[Interval, Interval] | None:
    """Expected numbers of real points and of minima, or None where no integral was computed."""
    rows = kind._replace(method="integral").rows(table)
    if not rows:
        return None
    minima, maxima = ([float(row[name]) for row in rows] for name in ("minima", "maxima"))
    # there are as many saddles as minima and maxima
    return mean([2 * (a + b) for a, b in zip(minima, maxima, strict=True)]), mean(minima)


def draw(table: Table) -> Any:
    """Draw the numbers of real points as stacked bars, and the shares with a spurious minimum."""
    from matplotlib.figure import Figure as Canvas

    listed = kinds(table, method="lists")
    canvas = Canvas(figsize=(TEXT_WIDTH, 3.0), layout="constrained")
    left, right = canvas.subplots(1, 2, sharey=True)
    shades = {4: "#d9d9d9", 6: BLUE, 8: ORANGE, 10: VERMILION, 12: "black"}
    for place, kind in enumerate(listed):
        rows, start = kind.rows(table), 0.0
        complete = _total(rows, "complete")
        for number in NUMBERS:
            width = 100 * _total(rows, f"points_{number}") / max(complete, 1)
            label = {"label": str(number)} if place == 0 else {}
            left.barh(place, width, left=start, height=0.7, color=shades[number], **label)
            start += width
        share = Interval(*(100 * end for end in spurious_share(rows)))
        mark: dict[str, Any] = {"color": BLUE, "marker": "o", "markersize": 3, "linestyle": ""}
        draw_interval(right, share, place, label="lists" if place == 0 else None, **mark)
        expected = integral(table, kind)
        if expected:
            label = {"label": "integral"} if place == 0 else {}
            more = 100 * (expected[1].mean - 1)
            right.plot(more, place, "|", color=VERMILION, markersize=12, **label)
    left.set_xlim(0, 100)
    left.set_xlabel("% with 4, 6, 8, … real points")
    left.legend(frameon=False, ncols=5, loc="lower center", bbox_to_anchor=(0.5, 1), handlelength=1)
    left.set_yticks(range(len(listed)), [kind.short_name for kind in listed])
    left.set_ylim(len(listed) - 0.4, -0.6)
    right.axvline(0, color=GREY, linewidth=0.6)
    right.set_xlabel("% with a spurious minimum")
    right.legend(frameon=False)
    return canvas


def sheet(table: Table) -> Sheet:
    """A line for each kind of data."""
    lines = []
    for kind in kinds(table, method="lists"):
        rows = kind.rows(table)
        sets, complete, spurious = (_total(rows, name) for name in ("sets", "complete", "spurious"))
        shares = [100 * _total(rows, f"points_{n}") / max(complete, 1) for n in NUMBERS]
        expected = integral(table, kind)
        minima = _total(rows, "minima") / max(complete, 1)
        lines.append(
            [
                kind.name,
                f"{count(sets)}, {count(complete)}",
                with_interval(real_points(rows), 3),
                with_interval(expected[0], 3) if expected else "–",
                ", ".join(fixed(share, 2) for share in shares),
                per_cent(spurious_share(rows), 2),
                f"{minima:.4f}",
                with_interval(expected[1], 4) if expected else "–",
                fixed(100 * _total(rows, "large") / spurious) if spurious else "–",
                f"{max(float(row['ratio']) for row in rows):.3f}" if spurious else "–",
            ]
        )
    head = [
        "data",
        "sets, complete lists",
        "real points",
        "real points by the integral",
        "% with 4, 6, 8, 10, 12 real points",
        "spurious minimum, %",
        "minima",
        "minima by the integral",
        f"% of these with a ratio of losses of {LARGE} or more",
        "largest ratio",
    ]
    return Sheet(head, lines)


def caption(table: Table, settings: Sequence[Mapping[str, Any]]) -> str:
    """What is shown."""
    return (
        "Four inputs, siblings, k = 2: complete lists of all critical points. Left: how many of "
        "the 12 are real. Right: share of the data sets with a spurious minimum, with "
        "Clopper-Pearson intervals of 95 %, and the expected number of spurious minima by the "
        "formula of Kac and Rice."
    )


def details(table: Table, settings: Sequence[Mapping[str, Any]]) -> str:
    """How the numbers came about."""
    points = sorted({str(case["sets"]) for case in settings if case["method"] == "integral"})
    return (
        "Each list is made in exact arithmetic: the critical points are the roots of a polynomial "
        "of degree 12, which are isolated, and balls give the signs of second derivatives and the "
        "order of the losses. A list is complete if the 12 roots are different. The data sets are "
        "those of the figure landscapes for n = 4, and more; how many more was fixed before they "
        "were drawn. "
        "Means of real points have 95 % intervals by Student's t, which is approximate. The "
        f"integral is a mean over replicates of {joined(points)} points of a scrambled Sobol' "
        "sequence, with a 95 % interval by Student's t over the replicates. As each data set has "
        "one least minimum, the expected number of minima less 1 is that of spurious ones, and the "
        "probability of having one is at most that. Ratio: the loss of a spurious minimum over the "
        "least loss."
    )


def findings(table: Table) -> str:
    """The shares, and whether the integral agrees with the lists."""
    listed = need(table, method="lists")
    incomplete = _total(listed, "sets") - _total(listed, "complete")
    shares = [
        f"{per_cent(spurious_share(kind.rows(table)), 2)} % with {kind.samples} samples"
        for kind in kinds(table, method="lists", dataset="auto-encoder")
    ]
    compared = []
    for kind in kinds(table, method="lists"):
        expected = integral(table, kind)
        if expected:
            rows = kind.rows(table)
            compared.append(
                f"{with_interval(real_points(rows), 3)} by lists and "
                f"{with_interval(expected[0], 3)} by the integral for {kind.name}"
            )
    return (
        f"Gaussian auto-encoders have a spurious minimum in {joined(shares)}. "
        f"The mean numbers of real points are {'; '.join(compared)}. Of "
        f"{count(_total(listed, 'sets'))} lists {incomplete} are incomplete."
    )


def _lists(sets: int, step: int, **data: Any) -> list[dict[str, Any]]:
    data = {"dataset": "auto-encoder", "samples": 8, "targets": 0, "spectrum": 0, **data}
    return [
        data | {"method": "lists", "first": first, "sets": min(step, sets - first)}
        for first in range(0, sets, step)
    ]


def _integrals(samples: int, targets: int, replicates: int, points: int) -> list[dict[str, Any]]:
    name = "targets" if targets else "auto-encoder"
    data = {"dataset": name, "samples": samples, "targets": targets, "spectrum": 0}
    return [
        data | {"method": "integral", "first": replicate, "sets": points}
        for replicate in range(replicates)
    ]


_PAPER = [
    *_lists(20000, 1000),
    *_lists(10000, 1000, samples=4),
    *_lists(10000, 1000, samples=32),
    *_lists(10000, 1000, dataset="targets", targets=4),
    *_lists(10000, 1000, dataset="targets", targets=16),
    *(
        case
        for spectrum in (10, 100, 1000)
        for case in _lists(10000, 1000, dataset="spectrum", samples=4, spectrum=spectrum)
    ),
    *_lists(10000, 1000, dataset="cifar10", samples=32),
    *(case for samples in (8, 4, 32) for case in _integrals(samples, 0, 16, 2**17)),
    *(case for targets in (4, 16) for case in _integrals(8, targets, 16, 2**17)),
]

FIGURES = (
    Figure(
        id="four-inputs",
        title=TITLES["four-inputs"],
        source="beyond arXiv 2007.08864v2: what training the butterfly does to the landscape",
        compute=compute,
        draw=draw,
        caption=caption,
        details=details,
        findings=findings,
        sheet=sheet,
        cases={
            "quick": [
                *_lists(400, 200),
                *_lists(200, 200, samples=4),
                *_lists(100, 100, dataset="targets", targets=4),
                *_integrals(8, 0, 4, 2**12),
                *_integrals(4, 0, 4, 2**12),
                *_integrals(8, 4, 4, 2**12),
            ],
            "paper": _PAPER,
        },
        sources=SOURCES,
    ),
)
