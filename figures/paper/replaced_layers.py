"""Figures 2, 3 and S3 to S6: networks with a dense layer, and with what may stand in its place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from figures.engine.figure import Figure
from figures.engine.gallery import TITLES
from figures.engine.table import Table, select
from figures.engine.wording import (
    between,
    difference_words,
    fixed,
    joined,
    need,
    with_interval,
)
from figures.experiments import classification, tagging
from figures.experiments.durations import networks, taggers
from figures.experiments.training import OPTIMIZERS
from figures.numbering import paper
from figures.paper.printed import numbers, time_ratio
from figures.paper.printed_and_found import MODES
from figures.plots import language, time_ratios, vision
from figures.plots.layer_scores import (
    Mark,
    Marks,
    by_epoch,
    difference,
    finals,
    finals_and_epochs,
    last,
)
from fjlt.runs.intervals import Interval

__all__ = ["FIGURES", "NETWORKS", "points"]

NETWORKS = {
    "perceptron": "perceptron, digits",
    "LeNet": "LeNet",
    "wide perceptron": "perceptron of width 1024",
    "PreActResNet-18": "PreActResNet-18",
}
"""Names of the networks for images beside their times."""

_IN_SENTENCES = {
    "perceptron": "the perceptron on digits",
    "LeNet": "LeNet",
    "wide perceptron": "the perceptron of width 1024",
    "PreActResNet-18": "PreActResNet-18",
}

_MNIST = {"channels": 1, "pixels": 28}
_CIFAR = {"channels": 3, "pixels": 32}


PRINTED_NETWORK = "PreActResNet18, CIFAR-10"
"""The only network of the paper's figures that is trained here, at a part of its width."""


def _printed_last(table: Table) -> Marks:
    """The printed accuracies of Figure 2, for the panel of that network."""
    found = numbers("figure-2", subject=PRINTED_NETWORK)
    marks = [Mark(one.series, float(one.value)) for one in found]
    return dict.fromkeys(vision.groups(select(table, model="PreActResNet-18")), marks)


def _printed_epochs(place: str, table: Table) -> Marks:
    """The printed accuracies after each epoch, for the panels of that network."""
    found: dict[str, list[Mark]] = {}
    for one in numbers(place, subject=PRINTED_NETWORK):
        kind, optimizer = one.series.split(", ")
        rows = select(table, model="PreActResNet-18", optimizer=optimizer)
        for title in vision.groups(rows, by_optimizer=True):
            found.setdefault(title, []).append(Mark(kind, float(one.value), int(one.at)))
    return found


def _printed_tags(table: Table) -> Marks:
    """The printed scores of Figure S3, for the panels of the data or of what stands in for them."""
    found: dict[str, list[Mark]] = {}
    for one in numbers("figure-s3", at="last"):
        for title in language.groups(select(table, dataset=language.PRINTED[one.subject])):
            found.setdefault(title, []).append(Mark(one.series, float(one.value)))
    return found


def _printed_ratios(place: str, models: Mapping[str, str]) -> dict[tuple[str, str], float]:
    """Printed times with the butterfly over those with the dense layer, by model and mode."""
    return {
        (models[one.subject], MODES[one.at]): float(time_ratio(one))
        for one in numbers(place, series="butterfly")
        if one.subject in models
    }


def points(rows: Table, measure: str, kind: str = "butterfly", other: str = "dense") -> Interval:
    """Score with a kind of layer less that with another, in percentage points.

    Raises
    ------
    ValueError
        If the rows lack one of them.
    """
    found = difference(need(rows, layer=kind), need(rows, layer=other), measure)
    return Interval(*(100 * end for end in found))


def _trainings(table: Table) -> dict[str, Table]:
    """The rows of each network and optimiser, by their name in a sentence."""
    keys = dict.fromkeys((str(row["model"]), str(row["optimizer"])) for row in table)
    return {
        f"{_IN_SENTENCES[model]} by {optimizer}": select(table, model=model, optimizer=optimizer)
        for model, optimizer in keys
    }


def _final_accuracies(table: Table) -> str:
    found = {name: points(last(rows), "accuracy") for name, rows in _trainings(table).items()}
    above = [name for name, interval in found.items() if interval.low > 0]
    below = [name for name, interval in found.items() if interval.high < 0]
    return (
        "In the end the accuracy with the butterfly, less that with the dense layer, is, in "
        f"points, {joined([f'{with_interval(d, 2)} for {name}' for name, d in found.items()])}. By "
        f"the intervals it is above for {_listed(above)} and below for {_listed(below)}."
    )


def _listed(names: Sequence[str]) -> str:
    return joined(names) if names else "none"


def _accuracies_by_epoch(table: Table) -> str:
    parts = []
    for name, rows in _trainings(table).items():
        first, end = (points(part, "accuracy") for part in (need(rows, epoch=1), last(rows)))
        parts.append(
            f"for {name} {difference_words(first, 'the dense layer')} after the first epoch, "
            f"and {difference_words(end, 'it')} after epoch {last(rows)[0]['epoch']}"
        )
    return f"The accuracy with the butterfly is {'; '.join(parts)}."


def _tagger_scores(table: Table) -> str:
    tasks = {
        language.SHORT_NAMES[name]: select(table, dataset=name)
        for name in dict.fromkeys(str(row["dataset"]) for row in table)
    }

    def listed(kind: str, first: bool = False) -> str:
        parts = []
        for name, rows in tasks.items():
            found = points(need(rows, epoch=1) if first else last(rows), "score", kind)
            parts.append(f"{with_interval(found)} on {name}")
        return joined(parts)

    return (
        "The score with the butterfly, less that with the dense layer, is, in points, in the end "
        f"{listed('butterfly')}; after the first epoch {listed('butterfly', first=True)}. With the "
        f"pair of as many weights it is in the end {listed('low rank, equal weights')}."
    )


def _ratios(rows: Table, kind: str) -> dict[tuple[str, str, int], float]:
    """Time over that with the dense layer, by mode, network and size of the batch."""
    keys = dict.fromkeys((str(r["mode"]), str(r["model"]), int(r["batch"])) for r in rows)
    return {
        (mode, model, batch): time_ratios.ratio(
            need(rows, mode=mode, model=model, batch=batch), kind
        ).mean
        for mode, model, batch in keys
    }


def _times(table: Table) -> str:
    """Times of each network with the butterfly, for each size of the batch."""
    found = _ratios(table, "butterfly")
    batches = sorted({batch for _, _, batch in found})
    parts = []
    for model in dict.fromkeys(model for _, model, _ in found):
        steps, predictions = (
            joined([fixed(found[mode, model, batch], 2) for batch in batches])
            for mode in ("training step", "prediction")
        )
        parts.append(
            f"{steps} in a step and {predictions} in a prediction of {_IN_SENTENCES[model]}"
        )
    return (
        "With the butterfly the time, over that with the dense layer, is, for batches of "
        f"{joined([str(batch) for batch in batches])} images, {'; '.join(parts)}. {_pairs(table)}"
    )


def _tagger_times(table: Table) -> str:
    """The range over the taggers, for each mode and size of the batch."""
    found = _ratios(table, "butterfly")
    batches = sorted({batch for _, _, batch in found})
    parts = []
    for mode, name in (("training step", "a step"), ("prediction", "a prediction")):
        ranges = [
            f"{between((r for (m, _, b), r in found.items() if (m, b) == (mode, batch)), 2)} for "
            f"{batch} sentence{'s' * (batch > 1)}"
            for batch in batches
        ]
        parts.append(f"{joined(ranges)} in {name}")
    return (
        "With the butterfly the time, over that with the dense layer, is "
        f"{joined(parts)}. {_pairs(table)}"
    )


def _pairs(table: Table) -> str:
    """In how many cases both pairs of dense layers are faster than the butterfly."""
    butterfly, *pairs = (
        _ratios(table, kind)
        for kind in ("butterfly", "low rank, equal rank", "low rank, equal weights")
    )
    faster = sum(max(pair[key] for pair in pairs) < butterfly[key] for key in butterfly)
    return (
        f"Both pairs of dense layers are faster than the butterfly in {faster} of "
        f"{len(butterfly)} cases."
    )


def _image_times(table: Table) -> Any:
    """Draw the times of networks for images over those with the dense layer."""
    printed = _printed_ratios("figure-s4", {PRINTED_NETWORK: "PreActResNet-18"})
    return time_ratios.draw(table, NETWORKS, "image", printed)


def _sentence_times(table: Table) -> Any:
    """Draw the times of taggers over those with the dense layer."""
    names = {name: label.replace("\n", " ") for name, label in language.NAMES.items()}
    return time_ratios.draw(
        table, names, "sentence", _printed_ratios("figure-s5", language.PRINTED)
    )


def _signs(found: Mapping[str, Interval], other: str = "the dense layer") -> str:
    """Where, by its intervals, the butterfly lies above and below."""
    above, below = (
        [name for name, interval in found.items() if sign * interval.mean > 0 and _told(interval)]
        for sign in (1, -1)
    )
    return f"above {other} for {_listed(above)} and below it for {_listed(below)}"


def _told(found: Interval) -> bool:
    """Whether an interval says on which side of 0 the mean lies."""
    return not found.low <= 0 <= found.high


def _after_the_last_epoch(table: Table, settings: Sequence[Mapping[str, Any]]) -> str:
    """The caption of figure 2."""
    found = {name: points(last(rows), "accuracy") for name, rows in _trainings(table).items()}
    reduced = f" {vision.REDUCED}." * bool(select(table, model="PreActResNet-18"))
    return (
        "Test accuracy after the last epoch: a stroke for each replicate, their mean with its 95 % "
        "interval, and in grey the weights of the network. By the intervals the butterfly is "
        f"{_signs(found)}. Stars: printed. The paper shows EfficientNet-B0, PreActResNet-18, "
        f"SENet-154 and others at full size, and no pairs of dense layers.{reduced}"
    )


def _details_of_the_last_epoch(table: Table, settings: Sequence[Mapping[str, Any]]) -> str:
    last_epochs = {int(last(rows)[0]["epoch"]) for rows in _trainings(table).values()}
    epochs = [str(epoch) for epoch in sorted(last_epochs)]
    return vision.details(table, settings) + f" The last epoch is {joined(epochs, 'or')}."


def _epoch_by_epoch(table: Table, settings: Sequence[Mapping[str, Any]]) -> str:
    """The caption of figure S6."""
    trainings = _trainings(table)
    first = {name: points(need(rows, epoch=1), "accuracy") for name, rows in trainings.items()}
    reduced = f" {vision.REDUCED}." * bool(select(table, model="PreActResNet-18"))
    return (
        "Mean test accuracy after each epoch, with 95 % intervals at the first and the last. By "
        f"the intervals the butterfly is after the first epoch {_signs(first)}. Stars: printed, "
        f"for all of CIFAR-10 at full width.{reduced}"
    )


_FIRST = 3
"""The printed axis of Figure 3 has so many epochs."""


def _first_epochs(table: Table) -> Table:
    return [row for row in table if int(row["epoch"]) <= _FIRST]


def _first_epochs_of_both(table: Table, settings: Sequence[Mapping[str, Any]]) -> str:
    """The caption of figure 3."""
    reduced = f" {vision.REDUCED}." * bool(select(table, model="PreActResNet-18"))
    return (
        f"Mean test accuracy after each of the first {_FIRST} epochs, with 95 % intervals at the "
        "first and the last, from the trainings of figure S6. Stars: printed. The paper says that "
        "the butterfly by SGD is in the first few epochs even better than the original model by "
        f"Adam.{reduced}"
    )


def _descent_against_adam(table: Table) -> str:
    """Accuracy with the butterfly by SGD less that with the dense layer by Adam."""
    found = [
        difference(
            need(table, epoch=epoch, layer="butterfly", optimizer="SGD"),
            need(table, epoch=epoch, layer="dense", optimizer="Adam"),
            "accuracy",
        )
        for epoch in range(1, _FIRST + 1)
    ]
    points_each = [with_interval(Interval(*(100 * end for end in one))) for one in found]
    return (
        "The accuracy with the butterfly by SGD, less that with the dense layer by Adam, is after "
        f"epochs 1 to {_FIRST}, in points, {joined(points_each)}."
    )


def _tags(table: Table, settings: Sequence[Mapping[str, Any]]) -> str:
    """The caption of figure S3."""
    found = {
        language.SHORT_NAMES[name]: points(last(select(table, dataset=name)), "score")
        for name in dict.fromkeys(str(row["dataset"]) for row in table)
    }
    return (
        "Test scores of taggers. Above: after the last epoch, a stroke for each replicate, and in "
        "grey its weights. Below: means after each epoch. Intervals, 95 %, below at the first and "
        f"the last. Stars: printed. In the end the butterfly is {_signs(found)}. The taggers of "
        "the paper have pretrained embeddings and a CRF, and score as high with the replacement."
    )


def _times_of_networks(table: Table, settings: Sequence[Mapping[str, Any]]) -> str:
    return time_ratios.caption(table) + (
        " Stars: printed, from seconds on a GPU, where the replacement is faster; here it "
        "is one core of a CPU."
    )


def _details_of_times(table: Table, settings: Sequence[Mapping[str, Any]]) -> str:
    networks = " The networks are those of figure 2, PreActResNet-18 at an eighth of its width."
    reduced = bool(select(table, model="PreActResNet-18"))
    return time_ratios.details(table, settings) + networks * reduced


FIGURES = (
    Figure(
        id="figure-2",
        title=TITLES["figure-2"],
        source=paper("Figure 2"),
        compute=classification.compute,
        draw=lambda table: finals(
            vision.groups(table), "accuracy", "test accuracy in %", _printed_last(table)
        ),
        caption=_after_the_last_epoch,
        details=_details_of_the_last_epoch,
        findings=_final_accuracies,
        cases=vision.cases(
            {"LeNet": OPTIMIZERS, "wide perceptron": OPTIMIZERS, "PreActResNet-18": ("Adam",)}
        ),
        sources=vision.SOURCES,
        needs=("torch",),
    ),
    Figure(
        id="figure-3",
        title=TITLES["figure-3"],
        source=paper("Figure 3"),
        compute=classification.compute,
        draw=lambda table: by_epoch(
            vision.groups(_first_epochs(table), by_optimizer=True),
            "accuracy",
            "test accuracy in %",
            printed=_printed_epochs("figure-3", table),
        ),
        caption=_first_epochs_of_both,
        details=vision.details,
        findings=_descent_against_adam,
        cases=vision.cases({"PreActResNet-18": OPTIMIZERS}),
        sources=vision.SOURCES,
        needs=("torch",),
    ),
    Figure(
        id="figure-s3",
        title=TITLES["figure-s3"],
        source=paper("Figure S3"),
        compute=tagging.compute,
        draw=lambda table: finals_and_epochs(
            language.groups(table), "score", "test score in %", printed=_printed_tags(table)
        ),
        caption=_tags,
        details=language.details,
        findings=_tagger_scores,
        cases=language.CASES,
        sources=language.SOURCES,
        needs=("torch",),
    ),
    Figure(
        id="figure-s4",
        title=TITLES["figure-s4"],
        source=paper("Figure S4"),
        compute=networks,
        draw=_image_times,
        caption=_times_of_networks,
        details=_details_of_times,
        findings=_times,
        cases={
            "quick": [{"batch_size": b, "runs": 20} for b in (1, 128)],
            "paper": [
                {"model": model, "batch_size": batch_size, **setting}
                for model, setting in (
                    ("LeNet", _MNIST),
                    ("wide perceptron", _MNIST),
                    ("PreActResNet-18", _CIFAR | {"width": 8}),
                )
                for batch_size in (1, 128)
            ],
        },
        needs=("torch",),
        alone=True,
    ),
    Figure(
        id="figure-s5",
        title=TITLES["figure-s5"],
        source=paper("Figure S5"),
        compute=taggers,
        draw=_sentence_times,
        caption=lambda table, settings: (
            time_ratios.caption(table)
            + " Stars: printed, from seconds on a GPU, where the replacement is faster; here it is "
            "one core of a CPU."
        ),
        details=lambda table, settings: (
            time_ratios.details(table, settings)
            + " The taggers are those of figure S3, on the first sentences of their data; their "
            "last layer leads from 256 features to the tags."
        ),
        findings=_tagger_times,
        cases={
            "quick": [{"batch_size": b, "runs": 20} for b in (1, 32)],
            "paper": [
                {"dataset": name, "batch_size": b} for name in language.PAPER for b in (1, 32)
            ],
        },
        sources=language.SOURCES,
        needs=("torch",),
        alone=True,
    ),
    Figure(
        id="figure-s6",
        title=TITLES["figure-s6"],
        source=paper("Figure S6"),
        compute=classification.compute,
        draw=lambda table: by_epoch(
            vision.groups(table, by_optimizer=True),
            "accuracy",
            "test accuracy in %",
            printed=_printed_epochs("figure-s6", table),
        ),
        caption=_epoch_by_epoch,
        details=vision.details,
        findings=_accuracies_by_epoch,
        cases=vision.cases({"LeNet": OPTIMIZERS, "PreActResNet-18": OPTIMIZERS}),
        sources=vision.SOURCES,
        needs=("torch",),
    ),
)
