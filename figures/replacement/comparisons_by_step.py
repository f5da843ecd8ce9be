"""What is compared of the first steps of taggers: intervals, and planned tests."""

from __future__ import annotations

import numpy as np

from figures.engine.table import Row, Table
from figures.engine.wording import need
from figures.experiments.tagging import DATASETS
from figures.plots.layer_scores import differences
from figures.replacement.comparisons import ALPHA, Decided, crossed, told_apart
from figures.replacement.first_steps import READINGS
from figures.replacement.tasks import FOLDS
from fjlt.runs.intervals import Interval

__all__ = ["PLANNED", "decided", "margin", "tasks"]

PLANNED = (("dense", "first"), ("dense", "last"), ("low rank, equal weights", "last"))
"""With what the butterfly is compared, and after which of the scored steps. Written down before any
of these trainings was looked at."""


def tasks(table: Table) -> list[tuple[str, str]]:
    """The datasets and readings of a table, in order.

    Examples
    --------
    >>> tasks([{"dataset": "grammar", "reading": "P"}])
    [('grammar', 'P')]
    """
    found = {(str(row["dataset"]), str(row["reading"])) for row in table}
    return [
        (name, reading) for name in DATASETS for reading in READINGS if (name, reading) in found
    ]


def _rows(table: Table, task: tuple[str, str], kind: str, step: int) -> list[Row]:
    dataset, reading = task
    return need(table, dataset=dataset, reading=reading, layer=kind, step=step)


def margin(
    table: Table, task: tuple[str, str], kind: str, step: int, other: str = "dense"
) -> Interval:
    """Score with one kind of layer less that with another, in points, with a crossed interval.

    It is the mean over the parts of the test sentences.

    Raises
    ------
    ValueError
        If the table lacks one of them.
    """
    ours, theirs = (_rows(table, task, name, step) for name in (kind, other))
    points = [differences(ours, theirs, f"fold_{i}") for i in range(FOLDS)]
    return crossed(100 * np.transpose(points))


def decided(table: Table) -> list[Decided]:
    """The planned comparisons, all tasks and replicates of a table together.

    Examples
    --------
    >>> rows = [
    ...     {"dataset": "grammar", "reading": "R", "layer": kind, "step": step, "replicate": i}
    ...     | {"score": score}
    ...     for kind, score in (("butterfly", 0.25), ("dense", 0.5))
    ...     for step in (100, 200)
    ...     for i in range(30)
    ... ]
    >>> pair = {"layer": "low rank, equal weights"}
    >>> rows += [row | pair for row in rows if row["layer"] == "dense"]
    >>> [(found.at, found.below, found.answer) for found in decided(rows)]
    [(100, 30, 'below'), (200, 30, 'below'), (200, 30, 'below')]
    """
    scored = sorted({int(row["step"]) for row in table})
    ends = {"first": scored[0], "last": scored[-1]}
    return [
        told_apart(
            kind,
            ends[end],
            [
                points
                for task in tasks(table)
                for points in differences(
                    _rows(table, task, "butterfly", ends[end]),
                    _rows(table, task, kind, ends[end]),
                    "score",
                )
            ],
            ALPHA / (2 * len(PLANNED)),
        )
        for kind, end in PLANNED
    ]
