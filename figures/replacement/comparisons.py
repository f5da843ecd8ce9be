"""What the sweep over sizes compares: intervals over seeds and test samples, and planned tests."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from scipy.special import stdtrit

from figures.engine.table import Row, Table
from figures.engine.wording import need
from figures.plots.layer_scores import differences
from figures.replacement.tasks import FOLDS
from fjlt.runs.binomial import sign_test
from fjlt.runs.intervals import Interval
from fjlt.types import RealArray

__all__ = [
    "ALPHA",
    "PLANNED",
    "Answer",
    "Decided",
    "answer",
    "crossed",
    "decided",
    "fold_margin",
    "margin",
]

ALPHA = 1e-3
"""Probability that any of the planned comparisons has a wrong answer, in either direction."""

PLANNED = (
    ("dense", 1),
    ("low rank, equal weights", 1),
    ("dense", 4),
    ("low rank, equal weights", 4),
)
"""With what the butterfly is compared, and at which multiple of ⌈log2 n⌉: with the dense layer and
the pair of equal weights, at the paper's size and at four times that. Written down before any of
these trainings was looked at."""


class Answer(NamedTuple):
    """What a sign test says of pairs of trainings, with a butterfly and with another layer.

    Attributes
    ----------
    above, below, trainings : int
        In how many pairs the butterfly scores more and less, of how many.
    enough : int
        From how many on the sign test says so.
    answer : {"above", "below", ""}
        Whether the butterfly scores more or less in more than half of all such trainings, if the
        test says so.
    """

    above: int
    below: int
    trainings: int
    enough: int
    answer: str

    @property
    def in_words(self) -> str:
        """The answer, and the numbers of trainings that it follows from."""
        answers = {"above": "more accurate", "below": "less accurate", "": "not told apart"}
        return (
            f"{answers[self.answer]}, above in {self.above} and below in {self.below} of "
            f"{self.trainings} trainings ({self.enough} are enough)"
        )


class Decided(NamedTuple):
    """A planned comparison over all tasks and replicates.

    Attributes
    ----------
    kind : str
        With what the butterfly is compared.
    multiple : int
    test : Answer
    """

    kind: str
    multiple: int
    test: Answer


def answer(margins: Sequence[float], alpha: float) -> Answer:
    """The sign test of independent differences; it is wrong with probability at most ``alpha``.

    A difference of 0 counts for neither side.

    Examples
    --------
    >>> answer([0.5] * 9 + [-0.5], 0.02).answer, answer([0.5] * 10, 0.02).answer
    ('', 'above')
    """
    above, below = (sum(sign * points > 0 for points in margins) for sign in (1, -1))
    # half of alpha for either side
    test = sign_test(len(margins), alpha / 2)
    says = "above" if test.says_so(above) else "below" if test.says_so(below) else ""
    return Answer(above, below, len(margins), test.enough, says)


def decided(table: Table) -> list[Decided]:
    """The planned comparisons, all tasks and replicates of a table together.

    The trainings of a task and a replicate share their batches and the samples held out, and are
    independent of all others. So the number of wins is at most binomial, if in each pair the
    butterfly is the more accurate with probability at most 1/2. A tie is a win for neither.

    Examples
    --------
    >>> rows = [
    ...     {"task": "t", "layer": kind, "multiple": m, "replicate": i, "accuracy": accuracy}
    ...     for kind, accuracy in (("butterfly", 0.25), ("dense", 0.5))
    ...     for m in (1, 4)
    ...     for i in range(30)
    ... ]
    >>> pair = {"layer": "low rank, equal weights"}
    >>> rows += [row | pair for row in rows if row["layer"] == "dense"]
    >>> [(found.test.below, found.test.answer) for found in decided(rows)]
    [(30, 'below'), (30, 'below'), (30, 'below'), (30, 'below')]
    """
    tasks = list(dict.fromkeys(row["task"] for row in table))
    found = []
    for kind, multiple in PLANNED:
        margins = [
            points
            for task in tasks
            for points in differences(
                need(table, task=task, layer="butterfly", multiple=multiple),
                _peers(table, task, kind, multiple),
                "accuracy",
            )
        ]
        found.append(Decided(kind, multiple, answer(margins, ALPHA / len(PLANNED))))
    return found


def _peers(table: Table, task: object, kind: str, multiple: int) -> list[Row]:
    """The rows of a kind; the dense layer has one size."""
    where: Mapping[str, object] = {} if kind == "dense" else {"multiple": multiple}
    return need(table, task=task, layer=kind, **where)


def margin(table: Table, task: str, kind: str, multiple: int, other: str = "dense") -> Interval:
    """Accuracy with one kind of layer less that with another, in points, with a crossed interval.

    Raises
    ------
    ValueError
        If the table lacks one of them.
    """
    return fold_margin(*(_peers(table, task, name, multiple) for name in (kind, other)))


def fold_margin(ours: Sequence[Row], theirs: Sequence[Row]) -> Interval:
    """Mean difference over seeds and parts of the test samples, in points, with its interval.

    Examples
    --------
    >>> rows = [{"replicate": i, **{f"fold_{j}": 0.5 for j in range(FOLDS)}} for i in (1, 2)]
    >>> fold_margin(rows, rows)
    Interval(mean=0.0, low=0.0, high=0.0)
    """
    points = [differences(ours, theirs, f"fold_{i}") for i in range(FOLDS)]
    return crossed(100 * np.transpose(points))


def crossed(values: RealArray) -> Interval:
    """Mean with its 95 % interval over rows and columns that are both drawn: seeds, test samples.

    An analysis of variance with two crossed effects. The variance of the mean is estimated from the
    mean squares between rows, between columns and of the rest, at least by each of the first two
    alone; its degrees of freedom are Satterthwaite's.

    Parameters
    ----------
    values : array of shape (r, c), r, c > 1

    Raises
    ------
    ValueError
        For fewer than two rows or columns.

    Examples
    --------
    >>> values = np.array([[1.0, 2.0], [2.0, 3.0], [3.0, 4.0]])
    >>> Interval(*(round(end, 2) for end in crossed(values)))
    Interval(mean=2.5, low=0.01, high=4.99)
    """
    r, c = values.shape
    if min(r, c) < 2:
        raise ValueError(f"values of shape {values.shape}: two rows and two columns are needed")
    centre = float(values.mean())
    rows, columns = values.mean(1) - centre, values.mean(0) - centre
    rest = values - centre - rows[:, None] - columns
    # mean squares over r·c: what each contributes to the variance of the mean
    between_rows = float((rows**2).sum()) / (r * (r - 1))
    between_columns = float((columns**2).sum()) / (c * (c - 1))
    within = float((rest**2).sum()) / (r * c * (r - 1) * (c - 1))
    variance = max(between_rows + between_columns - within, between_rows, between_columns)
    if not variance:
        return Interval(centre, centre, centre)
    spread = (
        between_rows**2 / (r - 1) + between_columns**2 / (c - 1) + within**2 / ((r - 1) * (c - 1))
    )
    arm = float(stdtrit(variance**2 / spread, 0.975)) * math.sqrt(variance)
    return Interval(centre, centre - arm, centre + arm)
