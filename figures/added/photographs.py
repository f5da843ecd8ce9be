"""PreActResNet-18 on all of CIFAR-10 with a layer replaced, epoch by epoch: a figure a reading."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from figures.engine.figure import Figure
from figures.engine.gallery import TITLES
from figures.engine.table import Table, select
from figures.engine.wording import fixed, joined, need
from figures.experiments.training import in_the_middle
from figures.paper.printed import number, numbers
from figures.plots.layer_scores import LOOKS, Mark, Marks, by_epoch
from figures.replacement.curves import LearningCurves
from figures.replacement.photographs import STEP_SIZES, WIDE, compute
from figures.replacement.tasks import FOLDS, READINGS
from fjlt.runs.intervals import mean

__all__ = ["CURVES", "FIGURES", "IDS", "caption", "details", "draw", "findings"]

IDS = {"R": "photographs", "P": "photographs-wide"}
"""The figure of each reading."""

_WIDTHS = {"digits": 4, "cifar10_png": 8}
_NAMES = {"digits": "digits, stand-in for CIFAR-10", "cifar10_png": "CIFAR-10"}
_PAPER = "PreActResNet18, CIFAR-10"
"""The paper's name of this network."""


def _place(dataset: str, reading: str) -> str:
    # the last block has 8 times the width in channels
    n1, n2 = WIDE if reading == "P" else (8 * _WIDTHS[dataset], 10)
    return f"{_NAMES[dataset]}: {reading}, {n1} → {n2}"


CURVES = LearningCurves(
    "accuracy",
    "epoch",
    {(dataset, reading): _place(dataset, reading) for dataset in _NAMES for reading in READINGS},
)


def _printed(table: Table) -> Marks:
    """The printed accuracies of Figure S6 by Adam, as far as this training goes."""
    end = CURVES.points(table)[-1]
    marks = [
        Mark(kind, float(one.value), int(one.at))
        for kind in ("dense", "butterfly")
        for one in numbers("figure-s6", subject=_PAPER, series=f"{kind}, Adam")
        if int(one.at) <= end
    ]
    return dict.fromkeys(CURVES.groups(select(table, dataset="cifar10_png")), marks)


def draw(table: Table) -> Any:
    """Draw the mean accuracy after each epoch, a line for each kind of layer."""
    groups, printed = CURVES.groups(table), _printed(table)
    return by_epoch(groups, "accuracy", "test accuracy in %", len(groups), printed)


def caption(table: Table, settings: Sequence[Mapping[str, Any]]) -> str:
    """What is shown."""
    stars = " Stars: printed in Figure S6, by Adam, with the full width." * bool(_printed(table))
    ((_, reading),) = CURVES.present(table)
    replaced = {"R": "the layer to the classes", "P": "a layer of the printed size before the last"}
    return (
        "Mean test accuracy of PreActResNet-18 with flips, crops and a step size that falls to 0, "
        f"with 95 % intervals at both ends. Reading {reading}: {replaced[reading]} is replaced."
        f"{stars}"
    )


def details(table: Table, settings: Sequence[Mapping[str, Any]]) -> str:
    """What is trained; the numbers are those of the table and its settings."""
    replicates = len({row["replicate"] for row in table})
    (width,) = {int(case["width"]) for case in settings}
    cases = {(row["reading"], row["layer"]): float(row["step_size"]) for row in table}
    tried = in_the_middle(STEP_SIZES, int(settings[0].get("tried", 0)))
    at_end = sum(size in {tried[0], tried[-1]} for size in cases.values())
    wide = (
        "A dense layer widens the features, and rectifiers stand before and after the wide layer. "
    )
    return (
        f"The first convolution has {width} channels, the paper's 64. Images are mirrored at "
        "random and moved by up to an eighth of their size. "
        + wide
        * ("P" in {row["reading"] for row in table})
        + "All but the layers after the mean over the pixels is computed in bfloat16. Adam in "
        "batches of 128 with the best of the step sizes "
        f"{joined([f'{size:g}' for size in tried])}, each tried in a training of two epochs, "
        "on a tenth of the training images, held out; the step size falls to 0 by equal amounts. "
        f"Then {replicates} trainings with other seeds. So every kind has equally many trainings. "
        f"The best is an end of this range in {at_end} of {len(cases)} cases. Intervals of "
        "differences are of an analysis of variance with seeds and "
        f"{FOLDS} parts of the test images as crossed effects."
    )


def findings(table: Table) -> str:
    """The last accuracies, beside what the paper prints for its network, and the differences."""
    end = CURVES.points(table)[-1]
    printed = bool(select(table, dataset="cifar10_png"))
    kinds = ("dense", "butterfly")
    parts = []
    for dataset, reading in CURVES.present(table):
        rows = select(table, dataset=dataset, reading=reading, epoch=end)
        means = [
            f"{fixed(mean([100 * float(row['accuracy']) for row in need(rows, layer=kind)]).mean)} "
            f"% {kind}"
            for kind in kinds
        ]
        parts.append(f"{joined(means)} in reading {reading}")
    paper = [number("figure-2", subject=_PAPER, series=kind).text for kind in kinds]
    words = f" The paper prints {joined(paper)}." * printed
    return f"After {end} epochs the accuracy is {joined(parts)}.{words} {CURVES.findings(table)}"


def _cases(reading: str, dataset: str, **effort: int) -> list[dict[str, Any]]:
    settings = {"dataset": dataset, "width": _WIDTHS[dataset], **effort}
    return [{"reading": reading, "kind": kind, **settings} for kind in LOOKS]


FIGURES = tuple(
    Figure(
        id=id,
        title=TITLES[id],
        source=f"Figures 2 and S6 of arXiv 2007.08864v2, reading {reading}",
        compute=compute,
        draw=draw,
        caption=caption,
        details=details,
        findings=findings,
        sheet=CURVES.sheet,
        cases={
            "quick": _cases(reading, "digits", epochs=2, trial_epochs=1, replicates=2, tried=2),
            "paper": _cases(reading, "cifar10_png"),
        },
        sources={"cifar10_png": ("cifar10_png",)},
        needs=("torch",),
    )
    for reading, id in IDS.items()
)
