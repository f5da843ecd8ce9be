"""Figures 4 to 6 and S7: the loss of the auto-encoder against the width of its bottleneck."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from figures.engine.figure import Figure
from figures.engine.gallery import TITLES
from figures.engine.table import Table
from figures.engine.wording import between, joined, need, significant
from figures.experiments.autoencoding import STEP_SIZES, compute
from figures.numbering import paper
from figures.paper.printed import numbers
from figures.paper.printed_and_found import SERIES
from figures.plots.loss_curves import (
    KS,
    LABELS,
    SHORT_LABELS,
    SOURCES,
    caption,
    details,
    draw,
    draw_phases,
    findings,
    paper_cases,
    quick_cases,
    ratio_to_optimum,
    replicates,
)

__all__ = ["CURVES", "FIGURES", "printed_ks", "printed_shares"]


def _excesses(table: Table, name: str) -> dict[str, list[float]]:
    """Mean loss over Δ_k of each curve of figure 6 but PCA, by k, on one matrix."""
    found: dict[str, list[float]] = {}
    for series, method in SERIES.items():
        ks = sorted({int(row["k"]) for row in need(table, dataset=name, method=method)})
        ratios = [ratio_to_optimum(replicates(table, name, k, method)) for k in ks]
        found[series] = [ratio.mean for ratio in ratios if ratio is not None]
    return found


def _as_printed(table: Table) -> list[str]:
    """On which matrices the curves have the printed order, and at which k."""
    places = []
    for name in dict.fromkeys(str(row["dataset"]) for row in table):
        ks = sorted({int(row["k"]) for row in need(table, dataset=name)})
        by_k = zip(ks, *_excesses(table, name).values(), strict=True)
        ordered = [str(k) for k, frozen, random, optimal in by_k if frozen > random > optimal > 1]
        if ordered:
            places.append(f"on {SHORT_LABELS[name]} at k = {joined(ordered)}")
    return places


def _phases_found(table: Table) -> str:
    """How far above Δ_k each curve of figure 6 is, on each matrix, and what the paper prints."""
    parts = []
    for name in dict.fromkeys(str(row["dataset"]) for row in table):
        found = [
            f"{series} {_per_cent(ratios)}" for series, ratios in _excesses(table, name).items()
        ]
        parts.append(f"on {SHORT_LABELS[name]} {joined(found)}")
    ks = sorted({int(row["k"]) for row in table})
    optima = {float(one.at): float(one.value) for one in numbers("figure-6", series="PCA")}
    printed = [
        f"{series} "
        + _per_cent(
            [float(one.value) / optima[float(one.at)] for one in numbers("figure-6", series=series)]
        )
        for series in SERIES
    ]
    return (
        f"Excess of the mean loss over Δ_k for k = {ks[0]} to {ks[-1]}: {'; '.join(parts)}. "
        f"Printed, for k = 20 to 37.5: {joined(printed)}.{_scale(table, optima)}"
    )


def _scale(table: Table, optima: Mapping[float, float]) -> str:
    """The printed losses of PCA as multiples of ours, where k is the same."""
    parts = []
    for name in dict.fromkeys(str(row["dataset"]) for row in table):
        ratios = [
            optima[k] / float(row["optimum"])
            for row in need(table, dataset=name)
            if (k := int(row["k"])) in optima and float(row["optimum"]) > 0
        ]
        if ratios:
            parts.append(f"{between(ratios, 2)} times that on {SHORT_LABELS[name]}")
    return f" The printed loss of PCA is {joined(parts)}." if parts else ""


def _per_cent(ratios: Sequence[float]) -> str:
    return f"{between([100 * (ratio - 1) for ratio in ratios], 1)} %"


def _image(table: Table, settings: Sequence[Mapping[str, Any]]) -> str:
    """The caption of figure 6."""
    draws = len({row["replicate"] for row in table})
    places = _as_printed(table)
    found = f"here only {joined(places)}" if places else "here nowhere"
    return (
        "Loss of the auto-encoder against the width k, and its excess over the optimum Δ_k, the "
        f"loss of PCA. Means of {draws} draws, 95 % intervals. The paper draws optimal init below "
        f"random init below frozen at each k; {found}. It names an image of "
        "ImageNet in the text and Gaussian 1 in the caption, and no scale, step sizes and numbers "
        "of steps."
    )


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


def printed_ks(dataset: str) -> list[int]:
    """Where the curves of a matrix are read off the paper, and powers of two.

    Examples
    --------
    >>> printed_ks("hyperspectral")
    [1, 2, 4, 5, 8, 10, 16, 30, 32, 64]
    """
    place, subject = CURVES[dataset]
    return sorted({*KS, *(int(one.at) for one in numbers(place, subject=subject))} - {0})


def printed_shares(dataset: str) -> tuple[float, dict[int, float]]:
    """The printed loss of PCA at k = 0, and at each k as a share of it.

    Where the curve of PCA is hidden, the trained one over it is read, as a share of its own start.

    Examples
    --------
    >>> start, shares = printed_shares("mnist")
    >>> start, round(shares[16], 3)
    (1002.0, 0.397)
    """
    place, subject = CURVES[dataset]
    found = numbers(place, subject=subject)
    starts = {one.series: one.value for one in found if one.at == "0"}
    start = next(iter(starts.values()))
    shares: dict[int, float] = {}
    for series in ("PCA", "trained"):
        for one in found:
            if one.series == series:
                shares.setdefault(int(one.at), float(one.value / starts.get(series, start)))
    return float(start), dict(sorted(shares.items()))


def _details(table: Table, settings: Sequence[Mapping[str, Any]]) -> str:
    """How the losses came about, and what the stars are."""
    stars = (
        " Stars are read off the curves of the paper, those of the Gaussian matrices with their "
        "names exchanged (claim printed-gaussian-names). The axis at the right has the printed "
        "scale, which the text does not state: its start stands at 1."
    )
    return details(table, settings) + stars * any(row["n"] == PRINTED_SIZE for row in table)


def _phases_details(table: Table, settings: Sequence[Mapping[str, Any]]) -> str:
    """How the losses of figure 6 came about, and what its curves are."""
    steps = settings[0]["random_init_steps"]
    return (
        f"{details(table, settings)} Frozen: the end of phase one, finished in closed form; the "
        "script stops where Adam ends in phase one, which is shown as well. Optimal init: the end "
        "of phase two. Random init, as in the released script: all weights trained from the random "
        f"D and E, and the B, that phase one starts from, in as many steps as a phase, {steps} of "
        f"{STEP_SIZES['random init']:g}; joint Adam has as many as both phases. The text names an "
        "image of ImageNet, the caption Gaussian 1: here that matrix is of rank 64, whose curve "
        "Figure 4 prints under this name. The script, not the text, takes the mean row off its "
        "data and scales the rows to norm 1. Stars are read off Figure 6."
    )


def _curves(table: Table, side_by_side: bool = False) -> Any:
    """Draw the losses, with the printed shares of PCA where the matrices have the printed size."""
    printed = {
        name: printed_shares(name)
        for name, n in dict.fromkeys((str(row["dataset"]), row["n"]) for row in table)
        if name in CURVES and n == PRINTED_SIZE
    }
    return draw(table, side_by_side, printed)


def _four_curves(table: Table) -> Any:
    """Draw the losses of figure 6, with the printed ones where k is as printed."""
    printed = {
        method: {float(one.at): float(one.value) for one in numbers("figure-6", series=series)}
        for series, method in {"PCA": "PCA", **SERIES}.items()
    }
    return draw_phases(table, printed if min(int(row["k"]) for row in table) >= 20 else None)


def _phases(cases: Sequence[Mapping[str, Any]], steps: int) -> list[dict[str, Any]]:
    """The cases with a training from the random init as well, as long as a phase."""
    return [{**case, "random_init_steps": steps} for case in cases]


def _at_printed_ks(*datasets: str) -> list[dict[str, Any]]:
    return [case for dataset in datasets for case in paper_cases(dataset, ks=printed_ks(dataset))]


# Some k of Figure 6 lie between whole numbers; there it is the one below.
_PHASES_KS = sorted({int(float(one.at)) for one in numbers("figure-6")})

_PHASES = _phases(
    [
        *paper_cases("imagenet-scaled", n=375, ks=_PHASES_KS),
        *paper_cases("gaussian-2", ks=_PHASES_KS),
        *paper_cases("imagenet", n=375, ks=_PHASES_KS),
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
        cases={"quick": quick_cases("gaussian-1"), "paper": _at_printed_ks("gaussian-1")},
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
        cases={"quick": quick_cases("digits"), "paper": _at_printed_ks("mnist")},
        sources=SOURCES,
    ),
    Figure(
        id="figure-6",
        title=TITLES["figure-6"],
        source=paper("Figure 6"),
        compute=compute,
        draw=_four_curves,
        caption=_image,
        details=_phases_details,
        findings=_phases_found,
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
            "paper": _at_printed_ks("gaussian-2", "olivetti", "hyperspectral"),
        },
        sources=SOURCES,
    ),
)
