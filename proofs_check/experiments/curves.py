"""Stored learning curves in both readings of the paper: the butterfly against the dense layer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from figures.added import first_steps, photographs
from figures.engine.stored_tables import stored
from figures.engine.table import Table
from figures.engine.wording import difference_words
from figures.replacement.curves import LearningCurves
from figures.replacement.tasks import FOLDS
from fjlt.runs.intervals import Interval
from proofs_check.claim import Bearing, Check, Context, Control, Finding, Grade

__all__ = ["FIRST_EPOCH", "FIRST_STEPS", "LAST_EPOCH", "Comparison", "bearing"]


class Comparison(NamedTuple):
    """A check of "the butterfly is never behind the dense layer", reading by reading.

    The trainings are those of a figure. Intervals of 95 % are too weak for a verdict; so the grade
    is "numerical".

    Attributes
    ----------
    name : str
        Of the check.
    figure : str
    curves : LearningCurves
    end : {0, -1}
        Whether the first or the last scores are compared.
    title : str
        What is scored, in words.
    scope : str
        Whose networks these are.
    """

    name: str
    figure: str
    curves: LearningCurves
    end: int
    title: str
    scope: str

    def margins(self, table: Table) -> list[Interval]:
        """Scores with the butterfly less those with the dense layer."""
        at = self.curves.points(table)[self.end]
        return [self.curves.margin(table, place, at) for place in self.curves.present(table)]

    def _run(self, context: Context) -> Finding:
        table = stored(self.figure)
        found, places = self.margins(table), self.curves.present(table)
        words = [difference_words(one, "that with the dense layer") for one in found]
        listed = "; ".join(
            f"{self.curves.places[place]}: {text}"
            for place, text in zip(places, words, strict=True)
        )
        at, column = self.curves.points(table)[self.end], self.curves.column
        return Finding(
            bearing(found),
            f"{self.title} with the butterfly after {at} {column}{'s' * (at > 1)}, stored "
            f"trainings, with 95 % intervals over seeds and test data: {listed}.",
            len({(row["reading"], row["layer"], row["replicate"]) for row in table}),
            scope=self.scope,
            numbers={
                **{reading: text for (_, reading), text in zip(places, words, strict=True)},
                f"{column}s": at,
            },
        )

    @property
    def check(self) -> Check:
        """The check."""
        return Check(
            self.name,
            Grade.NUMERICAL,
            "intervals of stored trainings; no verdict rests on them",
            self._run,
        )

    def _planted(self, by: float) -> Table:
        """The stored table with every butterfly as good as the dense layer, and ``by`` more."""
        table = stored(self.figure)
        keys = ("reading", "replicate", self.curves.column)
        columns = [self.curves.measure, *(f"fold_{i}" for i in range(FOLDS))]
        dense = {tuple(row[key] for key in keys): row for row in table if row["layer"] == "dense"}
        return [
            {**row, **{name: by + float(peer[name]) for name in columns}}
            if row["layer"] == "butterfly"
            else row
            for row in table
            for peer in [dense[tuple(row[key] for key in keys)]]
        ]

    @property
    def control(self) -> Control:
        """The same with planted differences, below, equal and above."""
        return Control(
            f"{self.name}: the butterfly below the dense layer, equal to it, and above it",
            lambda context: (
                [bearing(self.margins(self._planted(by))) for by in (-0.01, 0.0, 0.01)]
                == [Bearing.REFUTES, Bearing.SILENT, Bearing.SUPPORTS]
            ),
        )


def bearing(found: Sequence[Interval]) -> Bearing:
    """A reading in which the score is lower refutes; in all it must be higher to support.

    Examples
    --------
    >>> bearing([Interval(2.0, 1.0, 3.0), Interval(-2.0, -3.0, -1.0)]).name
    'REFUTES'
    """
    if any(one.high < 0 for one in found):
        return Bearing.REFUTES
    return Bearing.SUPPORTS if all(one.low > 0 for one in found) else Bearing.SILENT


FIRST_STEPS = Comparison(
    "names",
    "first-steps",
    first_steps.CURVES,
    0,
    "F1 of names",
    "our networks: a tagger of English names",
)
"""A tagger after its first scored step."""

FIRST_EPOCH, LAST_EPOCH = (
    Comparison(
        "photographs",
        "photographs",
        photographs.CURVES,
        end,
        "Accuracy on all of CIFAR-10",
        "our networks: PreActResNet-18 at an eighth of its width",
    )
    for end in (0, -1)
)
"""PreActResNet-18 after its first and its last epoch."""
