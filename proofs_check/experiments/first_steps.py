"""Stored trainings of a tagger, scored over its first steps, in both readings of the paper."""

from __future__ import annotations

from collections.abc import Sequence

from figures.added.first_steps import margin, place, steps, tasks
from figures.engine.stored_tables import stored
from figures.engine.table import Table
from figures.engine.wording import difference_words
from figures.replacement.tasks import FOLDS
from fjlt.runs.intervals import Interval
from proofs_check.claim import Bearing, Check, Context, Control, Finding, Grade

__all__ = ["FIRST_STEPS", "FIRST_STEPS_CONTROL"]


def _first(table: Table) -> list[Interval]:
    """F1 with the butterfly less that with the dense layer after the first scored step."""
    return [margin(table, task, steps(table)[0]) for task in tasks(table)]


def _bearing(found: Sequence[Interval]) -> Bearing:
    """A reading in which it is lower refutes; in all it must be higher to support."""
    if any(one.high < 0 for one in found):
        return Bearing.REFUTES
    return Bearing.SUPPORTS if all(one.low > 0 for one in found) else Bearing.SILENT


def _run(context: Context) -> Finding:
    table = stored("first-steps")
    found = _first(table)
    words = {
        task[1]: difference_words(one, "that with the dense layer")
        for task, one in zip(tasks(table), found, strict=True)
    }
    listed = "; ".join(
        f"{place(task)}: {text}" for task, text in zip(tasks(table), words.values(), strict=True)
    )
    trainings = len({(row["reading"], row["layer"], row["replicate"]) for row in table})
    return Finding(
        _bearing(found),
        f"F1 of names with the butterfly after {steps(table)[0]} steps, stored trainings, with "
        f"95 % intervals over seeds and test sentences: {listed}.",
        trainings,
        scope="our networks: a tagger of English names",
        numbers={**words, "steps": steps(table)[0]},
    )


def _planted(by: float) -> Table:
    """The stored table with every butterfly as good as the dense layer, and ``by`` more."""
    table = stored("first-steps")
    columns = ["score", *(f"fold_{i}" for i in range(FOLDS))]
    dense = {
        (row["reading"], row["replicate"], row["step"]): row
        for row in table
        if row["layer"] == "dense"
    }
    return [
        {**row, **{name: by + float(dense[key][name]) for name in columns}}
        if row["layer"] == "butterfly"
        else row
        for row in table
        for key in [(row["reading"], row["replicate"], row["step"])]
    ]


FIRST_STEPS = Check(
    "names",
    Grade.NUMERICAL,
    "intervals of stored trainings; no verdict rests on them",
    _run,
)
"""A check of "the butterfly is never behind the dense layer at first", reading by reading.

The trainings are those of the figure ``first-steps``. Intervals of 95 % are too weak for a verdict;
so the grade is "numerical".
"""

FIRST_STEPS_CONTROL = Control(
    "names: the butterfly below the dense layer, equal to it, and above it",
    lambda context: (
        [_bearing(_first(_planted(by))) for by in (-0.01, 0.0, 0.01)]
        == [Bearing.REFUTES, Bearing.SILENT, Bearing.SUPPORTS]
    ),
)
