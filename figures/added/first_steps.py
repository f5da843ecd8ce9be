"""Scores of taggers with a layer replaced over the first steps of training, in both readings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from figures.engine.figure import Figure
from figures.engine.gallery import TITLES
from figures.engine.table import Sheet, Table, select
from figures.engine.wording import fixed, joined, need, with_interval
from figures.paper.printed import numbers
from figures.plots.layer_scores import LOOKS, Mark, Marks, by_epoch
from figures.replacement.comparisons import fold_margin
from figures.replacement.first_steps import READINGS, STEP_SIZES, WIDE, compute
from figures.replacement.tasks import FOLDS
from fjlt.runs.intervals import Interval, mean

__all__ = [
    "FIGURES",
    "caption",
    "details",
    "draw",
    "findings",
    "margin",
    "place",
    "sheet",
    "steps",
    "tasks",
]

_NAMES = {"grammar": "a small grammar", "conll2003_en": "English names"}
_TAGS = {"grammar": 4, "conll2003_en": 9}
_PRINTED = {"NER English": "conll2003_en"}
"""The paper's data of which it prints the first steps."""

Task = tuple[str, str]
"""A dataset and a reading."""


def tasks(table: Table) -> list[Task]:
    """The datasets and readings of a table, in order.

    Examples
    --------
    >>> tasks([{"dataset": "grammar", "reading": "P"}])
    [('grammar', 'P')]
    """
    found = {(str(row["dataset"]), str(row["reading"])) for row in table}
    return [task for name in WIDE for reading in READINGS if (task := (name, reading)) in found]


def margin(
    table: Table, task: Task, step: int, kind: str = "butterfly", other: str = "dense"
) -> Interval:
    """Score with one kind of layer less that with another, in points, with a crossed interval.

    It is the mean over the parts of the test sentences.

    Raises
    ------
    ValueError
        If the table lacks one of them.
    """
    dataset, reading = task
    return fold_margin(
        *(
            need(table, dataset=dataset, reading=reading, layer=name, step=step)
            for name in (kind, other)
        )
    )


def place(task: Task) -> str:
    """Which layer of the tagger is replaced, for which data.

    Examples
    --------
    >>> place(("conll2003_en", "R"))
    'English names: R, 256 → 9'
    """
    dataset, reading = task
    n1, n2 = WIDE[dataset] if reading == "P" else (256, _TAGS[dataset])
    return f"{_NAMES[dataset]}: {reading}, {n1} → {n2}"


def _groups(table: Table) -> dict[str, Table]:
    """The rows of each panel, by its title."""
    return {
        place((dataset, reading)): select(table, dataset=dataset, reading=reading)
        for dataset, reading in tasks(table)
    }


def _printed(table: Table) -> Marks:
    """The printed scores of Figure S3 over the first steps, for both readings."""
    found: dict[str, list[Mark]] = {}
    for one in numbers("figure-s3"):
        if one.at != "last":
            for title in _groups(select(table, dataset=_PRINTED[one.subject])):
                mark = Mark(one.series, 100 * float(one.value), int(one.at))
                found.setdefault(title, []).append(mark)
    return found


def draw(table: Table) -> Any:
    """Draw a panel for each task: the mean score after each scored step, a line for each layer."""
    return by_epoch(
        _groups(table), "score", "test score in %", printed=_printed(table), column="step"
    )


def steps(table: Table) -> list[int]:
    """The scored steps, in order."""
    return sorted({int(row["step"]) for row in table})


def caption(table: Table, settings: Sequence[Mapping[str, Any]]) -> str:
    """What is shown."""
    stars = " Stars: printed; the paper's tagger has pretrained embeddings and a CRF." * bool(
        _printed(table)
    )
    return (
        "Mean test score of taggers over their first steps, F1 for names, with 95 % intervals at "
        "both ends. R: the layer from 256 features to the tags is replaced, P: a wide layer of a "
        f"printed size before it.{stars}"
    )


def details(table: Table, settings: Sequence[Mapping[str, Any]]) -> str:
    """What is trained; the numbers are those of the table and its settings."""
    replicates = len({row["replicate"] for row in table})
    sizes = [f"{size:g}" for size in STEP_SIZES]
    cases = {
        (row["dataset"], row["reading"], row["layer"]): float(row["step_size"]) for row in table
    }
    at_end = sum(size in {STEP_SIZES[0], STEP_SIZES[-1]} for size in cases.values())
    names = {row["dataset"] for row in table}
    return (
        "The tagger is an LSTM of width 128 in both directions on words and letters, without "
        "pretrained embeddings and without a CRF. In reading P a dense layer widens its 256 "
        "features, and rectifiers stand before and after the wide layer. Adam in batches of 32 "
        f"sentences with the best of the step sizes {joined(sizes)}, each tried in one whole "
        f"training, on a tenth of the training sentences, held out; then {replicates} trainings "
        "with other seeds. So every kind has equally many trainings. The best is an end of this "
        f"range in {at_end} of {len(cases)} cases. Intervals of differences are of an analysis of "
        f"variance with seeds and {FOLDS} stretches of the test sentences as crossed effects."
        + " The names are those of CoNLL-2003."
        * ("conll2003_en" in names)
    )


def findings(table: Table) -> str:
    """Task by task the differences to the dense layer at both ends, and to the pair at the end."""
    first, last = steps(table)[0], steps(table)[-1]
    parts = []
    for task in tasks(table):
        early, late = (with_interval(margin(table, task, step)) for step in (first, last))
        parts.append(f"{early} and {late} for {place(task)}")
    pairs = [
        f"{with_interval(margin(table, task, last, other='low rank, equal weights'))} for "
        f"{place(task)}"
        for task in tasks(table)
    ]
    return (
        f"The score with the butterfly, less that with the dense layer, is after {first} and after "
        f"{last} steps, in points, {'; '.join(parts)}. Less that with the pair of equal weights it "
        f"is in the end {'; '.join(pairs)}."
    )


def sheet(table: Table) -> Sheet:
    """Task by task and step by step: the dense score, and the differences to it."""
    peers = [kind for kind in LOOKS if kind != "dense"]
    lines = []
    for task in tasks(table):
        dataset, reading = task
        for step in steps(table):
            rows = need(table, dataset=dataset, reading=reading, layer="dense", step=step)
            lines.append(
                [
                    place(task) if step == steps(table)[0] else "",
                    str(step),
                    fixed(mean([100 * float(row["score"]) for row in rows]).mean),
                    *(with_interval(margin(table, task, step, kind)) for kind in peers),
                ]
            )
    return Sheet(["layer replaced", "steps", "dense, %", *peers], lines)


FIGURES = (
    Figure(
        id="first-steps",
        title=TITLES["first-steps"],
        source="Figure S3 of arXiv 2007.08864v2, its right part, in both readings",
        compute=compute,
        draw=draw,
        caption=caption,
        details=details,
        findings=findings,
        sheet=sheet,
        cases={
            "quick": [
                {"dataset": "grammar", "reading": reading, "kind": kind, "marks": 2, "steps": 10}
                | {"replicates": 2}
                for reading in READINGS
                for kind in LOOKS
            ],
            "paper": [
                {"dataset": dataset, "reading": reading, "kind": kind}
                for dataset in WIDE
                if dataset != "grammar"
                for reading in READINGS
                for kind in LOOKS
            ],
        },
        sources={"conll2003_en": ("conll2003_en",)},
        needs=("torch",),
    ),
)
