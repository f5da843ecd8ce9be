"""Rectifiers inside the replacement, and its starts: seeds until it is known what they cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from figures.engine.figure import Figure
from figures.engine.gallery import TITLES
from figures.engine.style import BLACK, BLUE, GREY, TEXT_WIDTH
from figures.engine.table import Row, Table
from figures.engine.wording import need, with_interval
from figures.experiments.until_known import (
    ALPHA,
    BOUND,
    COMPARISONS,
    SEEDS,
    answer,
    compute,
    differences,
    interval,
)

__all__ = ["FIGURES", "KNOWN", "LABELS", "WRONG", "compared", "draw", "findings"]

LABELS = {
    ("butterfly, rectified core", "butterfly"): "rectifiers about the core",
    ("butterfly, rectified layers", "butterfly"): "rectifiers between all layers",
    ("butterfly", "butterfly, identity"): "FJLT against identity",
    ("butterfly", "butterfly, gaussian"): "FJLT against Gaussian",
    ("butterfly", "butterfly, orthogonal"): "FJLT against orthogonal",
}
"""Names of the comparisons, by the kinds of layers of their two networks."""

KNOWN = {
    "above": "at most {:g} behind",
    "below": "more than {:g} behind",
    "": "not known whether more than {:g} behind",
}
"""What an answer of ``until_known.answer`` says of a margin, in words."""

WRONG = f"{ALPHA:.0e}".replace("e-0", "e-")
"""The probability that one end of an interval is wrong, in words."""

_LOOKS = 25
"""At how many numbers of seeds the interval is drawn, at most."""


def compared(table: Table) -> dict[str, list[Row]]:
    """The rows of each comparison, by its name in ``LABELS``.

    Raises
    ------
    ValueError
        If the table lacks one of them.

    Examples
    --------
    >>> rows = [{"first": first, "second": second, "pair": 0} for first, second in LABELS]
    >>> len(compared(rows)["FJLT against identity"])
    1
    """
    return {
        name: need(table, first=first, second=second) for (first, second), name in LABELS.items()
    }


def draw(table: Table) -> Any:
    """Draw a panel for each comparison: the mean difference and its interval, seed by seed."""
    from matplotlib.figure import Figure as Canvas

    canvas: Any = Canvas(figsize=(TEXT_WIDTH, 4.2), layout="constrained")
    above, below = canvas.subfigures(2, 1)
    rows = list(compared(table).items())
    for part, group in ((above, rows[:2]), (below, rows[2:])):
        panels = part.subplots(1, len(group), sharey=True, squeeze=False)[0]
        for axes, (name, found) in zip(panels, group, strict=True):
            axes.set_title(name)
            _panel(axes, differences(found), float(found[0]["margin"]))
            axes.set_xlabel("seeds")
        panels[0].set_ylabel("difference in points")
    canvas.legend(
        *panels[-1].get_legend_handles_labels(), loc="outside lower center", ncols=3, frameon=False
    )
    return canvas


def _panel(axes: Any, points: Sequence[float], margin: float) -> None:
    """The interval and the mean after each of some numbers of seeds, and minus the margin."""
    stride = max(1, len(points) // _LOOKS)
    looks = [*range(stride, len(points), stride), len(points)]
    found = [interval(points[:look]) for look in looks]
    band = {"color": BLUE, "alpha": 0.2, "linewidth": 0}
    axes.fill_between(
        looks, [one.low for one in found], [one.high for one in found], label="interval", **band
    )
    mark = {"color": BLUE, "linewidth": 1.0, "marker": "o", "markersize": 2}
    axes.plot(looks, [one.mean for one in found], label="mean", **mark)
    axes.axhline(0, color=BLACK, linewidth=0.6)
    axes.axhline(-margin, color=GREY, linewidth=0.9, linestyle=(0, (3, 1.5)), label="− margin")
    axes.set_xlim(0, None)
    axes.set_ylim(-BOUND, BOUND)
    axes.xaxis.get_major_locator().set_params(integer=True)


def caption(table: Table, settings: Sequence[Mapping[str, Any]]) -> str:
    """What is shown, and what was asked."""
    return (
        "Test accuracy of one network less that of another, mean over seeds, with an interval of "
        f"which each end is wrong, at any of all looks, with probability at most {WRONG}. Seeds "
        "are added until the interval lies on one side of minus the margin (dashed). Above: "
        "rectifiers inside the replacement, less none. Below: an FJLT as the start of its "
        "butterflies, less another start."
    )


def details(table: Table, settings: Sequence[Mapping[str, Any]]) -> str:
    """What is trained and how it is compared; the numbers are those of the table."""
    case = settings[0]
    return (
        "A perceptron 64 → 1024 → 1024 → 10 on the digits of scikit-learn, its middle layer a "
        "butterfly replacement, trained by Adam in batches of "
        f"{case['batch_size']}: accuracy on the test images after epoch {case['epochs']}. A seed "
        "draws the images held out and the batches, alike for both networks, and their starts. "
        "Step sizes, margins and the end were fixed before the first of these trainings, by the "
        f"seeds of the figure beyond; no seed of it is used. At most {case['seeds']} seeds are "
        f"trained{_stopped(table)}. Differences of more than {BOUND:g} points count as "
        f"{BOUND:g}. The interval comes from bets on the differences (Waudby-Smith, Ramdas, J. R. "
        "Stat. Soc. B 86, 2024) and assumes nothing of their law."
    )


def _stopped(table: Table) -> str:
    """Which comparisons ended without an answer, as the test allows at any time."""
    ends = [
        f"{name} after {len(rows)}"
        for name, rows in compared(table).items()
        if not answer(differences(rows), float(rows[0]["margin"]))
    ]
    return f"; stopped without an answer: {', '.join(ends)}" if ends else ""


def findings(table: Table) -> str:
    """The mean difference of each comparison, and what is known of it."""
    parts = []
    for name, rows in compared(table).items():
        points, margin = differences(rows), float(rows[0]["margin"])
        known = KNOWN[answer(points, margin)].format(margin)
        parts.append(f"{name} {with_interval(interval(points), 2)} after {len(points)}, {known}")
    return (
        "Difference in points, with an interval of which each end is wrong with probability at "
        f"most {WRONG}, and the number of seeds: {'; '.join(parts)}."
    )


FIGURES = (
    Figure(
        id="anytime",
        title=TITLES["anytime"],
        source="questions that arXiv 2007.08864v2 leaves for future work",
        compute=compute,
        draw=draw,
        caption=caption,
        details=details,
        findings=findings,
        cases={
            "quick": [{**case, "seeds": 2, "epochs": 1, "batch_size": 256} for case in COMPARISONS],
            "paper": [
                {**case, "seeds": SEEDS, "epochs": 30, "batch_size": 128} for case in COMPARISONS
            ],
        },
        needs=("torch",),
    ),
)
