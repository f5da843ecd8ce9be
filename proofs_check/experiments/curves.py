"""Stored learning curves in both readings of the paper: the butterfly against the dense layer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from figures.added import first_steps, photographs
from figures.engine.stored_tables import stored
from figures.engine.table import Table
from figures.engine.wording import difference_words
from figures.replacement.curves import LearningCurves, Place
from figures.replacement.tasks import FOLDS
from fjlt.runs.intervals import Interval
from proofs_check.claim import Bearing, Check, Context, Control, Finding, Grade
from proofs_check.experiments.planned_tests import planted

__all__ = ["FIRST_SCORES", "LAST_SCORES", "CurveComparison", "Scores", "bearing"]

_TRAINING = ("dataset", "reading", "layer", "replicate")


class Scores(NamedTuple):
    """The first or the last scores of the trainings of one figure or several.

    Attributes
    ----------
    figures : sequence of str
    curves : LearningCurves
    end : {0, -1}
        Whether the first or the last scores are compared.
    titles : mapping
        What is scored, in words, for each dataset.
    """

    figures: Sequence[str]
    curves: LearningCurves
    end: int
    titles: Mapping[str, str]

    @property
    def table(self) -> Table:
        """The stored rows of all figures."""
        return [row for figure in self.figures for row in stored(figure)]

    @property
    def at(self) -> str:
        """After how many steps or epochs, in words."""
        count = self.curves.points(self.table)[self.end]
        return f"{count} {self.curves.column}{'s' * (count > 1)}"

    def margins(self, table: Table) -> dict[Place, Interval]:
        """Scores with the butterfly less those with the dense layer, by dataset and reading."""
        at = self.curves.points(table)[self.end]
        return {place: self.curves.margin(table, place, at) for place in self.curves.present(table)}

    def planted(self, by: float) -> Table:
        """The stored table with every butterfly as good as the dense layer, and ``by`` more."""
        keys = ("dataset", "reading", "replicate", self.curves.column)
        columns = [self.curves.measure, *(f"fold_{i}" for i in range(FOLDS))]
        return planted(self.table, keys, columns, by)


class CurveComparison(NamedTuple):
    """A check of "the butterfly is never behind the dense layer", network by network.

    Intervals of 95 % are too weak for a verdict; so the grade is "numerical".

    Attributes
    ----------
    name : str
        Of the check.
    scores : sequence of Scores
    scope : str
        Whose networks these are.
    """

    name: str
    scores: Sequence[Scores]
    scope: str

    def _run(self, context: Context) -> Finding:
        found, listed, numbers, trainings = [], [], {}, set()
        for one in self.scores:
            table = one.table
            for (dataset, reading), margin in one.margins(table).items():
                words = difference_words(margin, "that with the dense layer")
                found.append(margin)
                listed.append(f"{one.titles[dataset]} after {one.at}, reading {reading}: {words}")
                numbers[f"{dataset}, {reading}"] = words
            numbers[f"{one.figures[0]}, at"] = one.at
            trainings |= {tuple(row[name] for name in _TRAINING) for row in table}
        return Finding(
            bearing(found),
            "Scores with the butterfly, stored trainings, with 95 % intervals over seeds and test "
            f"data. {'; '.join(listed)}.",
            len(trainings),
            scope=self.scope,
            numbers=numbers,
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

    @property
    def control(self) -> Control:
        """The same with planted differences, below, equal and above."""

        def judged(by: float) -> Bearing:
            tables = [(one, one.planted(by)) for one in self.scores]
            return bearing([m for one, table in tables for m in one.margins(table).values()])

        return Control(
            f"{self.name}: the butterfly below the dense layer, equal to it, and above it",
            lambda context: (
                [judged(by) for by in (-0.01, 0.0, 0.01)]
                == [Bearing.REFUTES, Bearing.SILENT, Bearing.SUPPORTS]
            ),
        )


def bearing(found: Sequence[Interval]) -> Bearing:
    """One network in which the score is lower refutes; in all it must be higher to support.

    Examples
    --------
    >>> bearing([Interval(2.0, 1.0, 3.0), Interval(-2.0, -3.0, -1.0)]).name
    'REFUTES'
    """
    if any(one.high < 0 for one in found):
        return Bearing.REFUTES
    return Bearing.SUPPORTS if all(one.low > 0 for one in found) else Bearing.SILENT


_PHOTOGRAPHS = {"cifar10_png": "accuracy on all of CIFAR-10"}

FIRST_SCORES = CurveComparison(
    "first scores",
    (
        Scores(
            tuple(first_steps.IDS),
            first_steps.CURVES,
            0,
            {
                "conll2003_en": "F1 of English names",
                "wikiann_de": "F1 of German names",
                "ud_english_train": "accuracy of parts of speech",
            },
        ),
        Scores(tuple(photographs.IDS.values()), photographs.CURVES, 0, _PHOTOGRAPHS),
    ),
    "our networks: taggers of English and German names and of parts of speech, PreActResNet-18 at "
    "an eighth of its width",
)
"""Taggers and PreActResNet-18 where they are scored first."""

LAST_SCORES = CurveComparison(
    "photographs",
    (Scores(tuple(photographs.IDS.values()), photographs.CURVES, -1, _PHOTOGRAPHS),),
    "our networks: PreActResNet-18 at an eighth of its width",
)
"""PreActResNet-18 after its last epoch."""
