"""Sign tests that were planned before the trainings: the butterfly and the dense layer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from figures.added.first_steps import ALPHA as ALPHA_OF_FIRST_STEPS
from figures.added.first_steps import CURVES, FRESH
from figures.engine.stored_tables import stored
from figures.engine.table import Table
from figures.replacement.comparisons import ALPHA, Answer, decided
from proofs_check.claim import Bearing, Check, Context, Control, Finding, Grade

__all__ = ["FIRST_STEPS", "SIZES", "PlannedTests", "planted"]

Answers = Mapping[tuple[str, str], Answer]
"""What sign tests say, by the kind of layer compared with, and where."""


class PlannedTests(NamedTuple):
    """A check of "the butterfly is never behind the dense layer", by tests that were planned.

    All tests of a figure together err with probability at most ``alpha``, too much for a verdict;
    so the grade is "numerical".

    Attributes
    ----------
    name : str
        Of the check.
    figure : str
    answers : callable(table) -> Answers
        All planned tests, those against other layers too.
    keys : sequence of str
        Columns that tell the trainings of a kind of layer from each other.
    measure : str
        The column of the score.
    alpha : float
    method, networks, scope : str
    """

    name: str
    figure: str
    answers: Callable[[Table], Answers]
    keys: Sequence[str]
    measure: str
    alpha: float
    method: str
    networks: str
    scope: str

    def against_dense(self, table: Table) -> dict[str, Answer]:
        """The answers for the dense layer, by where."""
        return {
            where: found for (kind, where), found in self.answers(table).items() if kind == "dense"
        }

    def _run(self, context: Context) -> Finding:
        table = stored(self.figure)
        found = self.against_dense(table)
        words = {where: one.in_words for where, one in found.items()}
        listed = "; ".join(f"{where}: {answer}" for where, answer in words.items())
        return Finding(
            _bearing(found),
            f"{self.networks}, against the dense layer: {listed}. The {len(self.answers(table))} "
            "comparisons were planned before the trainings, and err together with probability at "
            f"most {self.alpha:g}.",
            sum(one.trainings for one in found.values()),
            scope=self.scope,
            numbers=words,
        )

    @property
    def check(self) -> Check:
        """The check."""
        return Check(
            self.name,
            Grade.NUMERICAL,
            f"{self.method}; no verdict rests on them",
            self._run,
        )

    @property
    def control(self) -> Control:
        """The same with planted differences, below, equal and above."""

        def judged(by: float) -> Bearing:
            table = planted(stored(self.figure), self.keys, [self.measure], by)
            return _bearing(self.against_dense(table))

        return Control(
            f"{self.name}: the butterfly below the dense layer, equal to it, and above it",
            lambda context: (
                [judged(by) for by in (-0.01, 0.0, 0.01)]
                == [Bearing.REFUTES, Bearing.SILENT, Bearing.SUPPORTS]
            ),
        )


def _bearing(found: Mapping[str, Answer]) -> Bearing:
    """One place where the score is lower refutes; in all it must be higher to support."""
    answers = {one.answer for one in found.values()}
    if "below" in answers:
        return Bearing.REFUTES
    return Bearing.SUPPORTS if answers == {"above"} else Bearing.SILENT


def planted(table: Table, keys: Sequence[str], measures: Sequence[str], by: float) -> Table:
    """The table with every butterfly as good as the dense layer of the same keys, and ``by`` more.

    Examples
    --------
    >>> rows = [{"replicate": 1, "layer": kind, "score": 0.5} for kind in ("dense", "butterfly")]
    >>> [row["score"] for row in planted(rows, ["replicate"], ["score"], 0.25)]
    [0.5, 0.75]
    """
    dense = {tuple(row[key] for key in keys): row for row in table if row["layer"] == "dense"}
    return [
        {**row, **{name: by + float(peer[name]) for name in measures}}
        if row["layer"] == "butterfly"
        else row
        for row in table
        for peer in [dense[tuple(row[key] for key in keys)]]
    ]


SIZES = PlannedTests(
    "sizes",
    "tradeoff",
    lambda table: {(one.kind, f"m = {one.multiple}"): one.test for one in decided(table)},
    ("task", "replicate"),
    "accuracy",
    ALPHA,
    "sign tests of stored trainings over all tasks",
    "Networks with one layer replaced by a butterfly that keeps m·⌈log₂ n⌉ outputs on either side, "
    "at most n",
    "our networks: those of the figure tradeoff",
)
"""All tasks of the sweep over sizes together."""

FIRST_STEPS = PlannedTests(
    "first steps",
    "first-steps-planned",
    lambda table: {
        (one.kind, f"{one.reading}, {one.point} steps"): one.test
        for one in CURVES.planned(table, FRESH, ALPHA_OF_FIRST_STEPS)
    },
    ("dataset", "reading", "replicate", CURVES.column),
    CURVES.measure,
    ALPHA_OF_FIRST_STEPS,
    "sign tests of stored trainings over two tasks",
    "Taggers of German names and of parts of speech with the butterfly, by reading",
    "our networks: taggers of German names and of parts of speech",
)
"""Data of which no training was looked at before the tests were planned."""
