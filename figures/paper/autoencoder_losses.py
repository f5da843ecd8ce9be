"""Figures 2, 3 and 13: the loss of the auto-encoder against the width of its bottleneck."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from figures.engine.figure import Figure
from figures.engine.gallery import TITLES
from figures.engine.table import Table
from figures.engine.wording import fixed, joined, need, significant
from figures.experiments.autoencoding import compute
from figures.plots.loss_curves import (
    LABELS,
    SOURCES,
    about,
    draw,
    findings,
    paper_cases,
    quick_cases,
    ratio_to_optimum,
    replicates,
)

__all__ = ["FIGURES"]

_NO_GAIN = 1.0005
"""Below this ratio of the losses phase two is said to gain nothing: it rounds to 1.00."""


def _about(table: Table, settings: Sequence[Mapping[str, Any]], says: str) -> str:
    return f"{about(table, settings)} The paper says {says}."


def _gains(table: Table) -> str:
    """What phase two makes of the end of phase one, for each k."""
    phrases, idle = [], []
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
                phrases.append(f"from {fixed(before.mean, 2)} to {fixed(after.mean, 2)} at k = {k}")
    if not phrases:
        return "Phase two does not improve on phase one at any k."
    rest = f"; at k = {joined(idle)} it gains nothing" if idle else ""
    return f"Relative to Δ_k phase two lowers the loss {joined(phrases)}{rest}."


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


FIGURES = (
    Figure(
        id="fig02",
        title=TITLES["fig02"],
        source="arXiv 2007.08864, Figure 2",
        compute=compute,
        draw=draw,
        about=partial(_about, says="that the trained loss is almost equal to Δ_k"),
        findings=findings,
        cases={
            "quick": quick_cases("gaussian-1", "digits"),
            "paper": paper_cases("gaussian-1", "mnist"),
        },
        sources=SOURCES,
    ),
    Figure(
        id="fig03",
        title=TITLES["fig03"],
        source="arXiv 2007.08864, Figure 3",
        compute=compute,
        draw=partial(draw, side_by_side=True),
        about=partial(_about, says="that phase two improves on phase one"),
        findings=_gains,
        cases={"quick": quick_cases("photograph"), "paper": paper_cases("photograph", n=512)},
        sources=SOURCES,
    ),
    Figure(
        id="fig13",
        title=TITLES["fig13"],
        source="arXiv 2007.08864, Figure 13",
        compute=compute,
        draw=draw,
        about=partial(_about, says="that the trained loss is almost equal to Δ_k"),
        findings=lambda table: findings(table) + _largest_joint(table),
        cases={
            "quick": quick_cases("gaussian-2", "olivetti", "hyperspectral"),
            "paper": paper_cases("gaussian-2", "olivetti", "hyperspectral"),
        },
        sources=SOURCES,
    ),
)
