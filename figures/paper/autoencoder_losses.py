"""Figures 4 to 6 and S7: the loss of the auto-encoder against the width of its bottleneck."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from figures.engine.figure import Figure
from figures.engine.gallery import TITLES
from figures.engine.table import Table
from figures.engine.wording import fixed, joined, need, significant
from figures.experiments.autoencoding import compute
from figures.numbering import paper
from figures.paper.printed import numbers
from figures.plots.loss_curves import (
    LABELS,
    SOURCES,
    caption,
    details,
    draw,
    findings,
    paper_cases,
    quick_cases,
    ratio_to_optimum,
    replicates,
)

__all__ = ["CURVES", "FIGURES", "printed_shares"]

_NO_GAIN = 1.0005
"""Below this ratio of the losses phase two is said to gain nothing: it rounds to 1.00."""


def _gains(table: Table) -> str:
    """What phase two makes of the end of phase one, for each k."""
    gains, idle = _gain_by_k(table)
    if not gains:
        return "Phase two does not improve on phase one at any k."
    phrases = [
        f"from {fixed(before, 2)} to {fixed(after, 2)} at k = {k}"
        for k, (before, after) in gains.items()
    ]
    rest = f"; at k = {joined(idle)} it gains nothing" if idle else ""
    return f"Relative to Δ_k phase two lowers the loss {joined(phrases)}{rest}."


def _gain_by_k(table: Table) -> tuple[dict[int, tuple[float, float]], list[str]]:
    """The loss over Δ_k before and after phase two where it gains, and the k where it does not."""
    gains, idle = {}, []
    for name in dict.fromkeys(str(row["dataset"]) for row in table):
        for k in sorted({int(row["k"]) for row in need(table, dataset=name)}):
            before, after = (
                ratio_to_optimum(replicates(table, name, k, method))
                for method in ("FJLT+PCA", "Adam, two phases")
            )
            if before is None or after is None:
                continue
            if before.mean < _NO_GAIN * after.mean:
                idle.append(str(k))
            else:
                gains[k] = before.mean, after.mean
    return gains, idle


def _photograph(table: Table, settings: Sequence[Mapping[str, Any]]) -> str:
    """The caption of figure 6."""
    gains, idle = _gain_by_k(table)
    found = f"it does at k = {joined([str(k) for k in gains])}" if gains else "it does at no k"
    rest = f", and gains nothing at k = {joined(idle)}" if gains and idle else ""
    return caption(table, settings, f"that phase two improves on phase one (here {found}{rest})")


def _largest_joint(table: Table) -> str:
    """Where joint Adam ends farthest from Δ_k."""
    points = {}
    for name, k in dict.fromkeys((str(row["dataset"]), int(row["k"])) for row in table):
        rows = replicates(table, name, k, "Adam, joint")
        ratio = ratio_to_optimum(rows)
        if ratio is not None:
            share = 100 * float(rows[0]["optimum"]) / float(rows[0]["energy"])
            points[ratio.mean] = (LABELS[name].replace("\n", " "), k, share)
    label, k, share = points[max(points)]
    return (
        f" Joint Adam ends farthest from it on {label}, at k = {k}, where Δ_k is "
        f"{significant(share, 1)} % of ‖X‖_F²."
    )


CURVES = {
    "gaussian-1": ("figure-s7", "gaussian-2"),
    "gaussian-2": ("figure-4", "gaussian-1"),
    "mnist": ("figure-5", "mnist"),
    "olivetti": ("figure-s7", "olivetti"),
    "hyperspectral": ("figure-s7", "hyperspectral"),
}
"""Where the paper draws the curve of each matrix; the names of the Gaussian ones are exchanged."""


PRINTED_SIZE = 1024


def printed_shares(dataset: str) -> dict[int, float]:
    """The printed loss of PCA at each k as a share of that at k = 0.

    Where the curve of PCA is hidden, the trained one over it is read.

    Examples
    --------
    >>> round(printed_shares("mnist")[16], 3)
    0.397
    """
    place, subject = CURVES[dataset]
    found = numbers(place, subject=subject)
    start = next(one.value for one in found if one.at == "0")
    series = "PCA" if any(one.series == "PCA" for one in found) else "trained"
    return {
        int(one.at): float(one.value / start)
        for one in found
        if one.series == series and one.at != "0"
    }


def _details(table: Table, settings: Sequence[Mapping[str, Any]]) -> str:
    """How the losses came about, and what the stars are."""
    stars = " Stars are read off the curves of the paper, as shares of where they start."
    return details(table, settings) + stars * any(row["n"] == PRINTED_SIZE for row in table)


def _curves(table: Table, side_by_side: bool = False) -> Any:
    """Draw the losses, with the printed shares of PCA where the matrices have the printed size."""
    shares = {}
    for name, n in dict.fromkeys((str(row["dataset"]), row["n"]) for row in table):
        ks = {row["k"] for row in table if row["dataset"] == name}
        if name in CURVES and n == PRINTED_SIZE:
            shares[name] = {k: share for k, share in printed_shares(name).items() if k in ks}
    return draw(table, side_by_side, shares)


def _phases(cases: Sequence[Mapping[str, Any]], steps: int) -> list[dict[str, Any]]:
    """The cases with a training from the random init as well, as long as a phase."""
    return [{**case, "random_init_steps": steps} for case in cases]


_PHASES = _phases(
    [
        *paper_cases("imagenet-scaled", n=375, ks=(20, 25, 37)),
        *paper_cases("gaussian-2", ks=(20, 25, 37)),
        *paper_cases("imagenet", n=375, ks=(20, 25, 37)),
    ],
    800,
)
"""The matrix that Figure 4 calls Gaussian 1, and one image of ImageNet in two scales."""


FIGURES = (
    Figure(
        id="figure-4",
        title=TITLES["figure-4"],
        source=paper("Figure 4"),
        compute=compute,
        draw=partial(_curves, side_by_side=True),
        caption=partial(caption, says="that the trained loss is almost equal to Δ_k"),
        details=_details,
        findings=findings,
        cases={"quick": quick_cases("gaussian-1"), "paper": paper_cases("gaussian-1")},
    ),
    Figure(
        id="figure-5",
        title=TITLES["figure-5"],
        source=paper("Figure 5"),
        compute=compute,
        draw=partial(_curves, side_by_side=True),
        caption=partial(caption, says="that the trained loss is almost equal to Δ_k"),
        details=_details,
        findings=findings,
        cases={"quick": quick_cases("digits"), "paper": paper_cases("mnist")},
        sources=SOURCES,
    ),
    Figure(
        id="figure-6",
        title=TITLES["figure-6"],
        source=paper("Figure 6"),
        compute=compute,
        draw=partial(draw, side_by_side=True),
        caption=_photograph,
        details=details,
        findings=_gains,
        cases={"quick": _phases(quick_cases("photograph"), 100), "paper": _PHASES},
        sources=SOURCES,
    ),
    Figure(
        id="figure-s7",
        title=TITLES["figure-s7"],
        source=paper("Figure S7"),
        compute=compute,
        draw=_curves,
        caption=partial(caption, says="that the trained loss is almost equal to Δ_k"),
        details=_details,
        findings=lambda table: findings(table) + _largest_joint(table),
        cases={
            "quick": quick_cases("gaussian-2", "olivetti", "hyperspectral"),
            "paper": paper_cases("gaussian-2", "olivetti", "hyperspectral"),
        },
        sources=SOURCES,
    ),
)
