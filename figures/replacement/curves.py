"""Learning curves in both readings: differences between kinds of layers, point by point."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from typing import NamedTuple

from figures.engine.table import Sheet, Table, select
from figures.engine.wording import fixed, need, with_interval
from figures.plots.layer_scores import LOOKS, differences
from figures.replacement.comparisons import Answer, answer, fold_margin
from figures.replacement.tasks import READINGS
from fjlt.runs.intervals import Interval, mean

__all__ = ["LearningCurves", "Place", "Planned"]

Place = tuple[str, str]
"""A dataset and a reading."""

_PAIR = "low rank, equal weights"


class Planned(NamedTuple):
    """A comparison of the butterfly in one reading, over several datasets.

    Attributes
    ----------
    reading : {"R", "P"}
    point : int
        After how many steps or epochs.
    kind : str
        With what the butterfly is compared.
    test : Answer
    """

    reading: str
    point: int
    kind: str
    test: Answer


class LearningCurves(NamedTuple):
    """How the trainings of a table are read.

    Attributes
    ----------
    measure : str
        The column of the score, between 0 and 1; ``fold_0`` … are those of parts of the test data.
    column : str
        The column that counts the steps or epochs.
    places : mapping
        Which layer is replaced, for which data, in words.
    """

    measure: str
    column: str
    places: Mapping[Place, str]

    def present(self, table: Table) -> list[Place]:
        """The places of a table, in order.

        Examples
        --------
        >>> curves = LearningCurves("score", "step", {("a", "R"): "a: R", ("a", "P"): "a: P"})
        >>> curves.present([{"dataset": "a", "reading": "P"}])
        [('a', 'P')]
        """
        found = {(row["dataset"], row["reading"]) for row in table}
        return [place for place in self.places if place in found]

    def groups(self, table: Table) -> dict[str, Table]:
        """The rows of each place, by its words."""
        return {
            self.places[dataset, reading]: select(table, dataset=dataset, reading=reading)
            for dataset, reading in self.present(table)
        }

    def points(self, table: Table) -> list[int]:
        """The steps or epochs after which there is a score, in order.

        Examples
        --------
        >>> LearningCurves("score", "step", {}).points([{"step": 20}, {"step": 10}])
        [10, 20]
        """
        return sorted({int(row[self.column]) for row in table})

    def margin(
        self, table: Table, place: Place, point: int, kind: str = "butterfly", other: str = "dense"
    ) -> Interval:
        """Score with one kind of layer less that with another, in points, with a crossed interval.

        It is the mean over the parts of the test data.

        Raises
        ------
        ValueError
            If the table lacks one of them.
        """
        where = {"dataset": place[0], "reading": place[1], self.column: point}
        return fold_margin(*(need(table, **where, layer=name) for name in (kind, other)))

    def planned(self, table: Table, datasets: Sequence[str], alpha: float) -> list[Planned]:
        """Sign tests over all trainings with these datasets, in each reading and at both ends.

        The butterfly is compared with the dense layer and with the pair of equal weights. Any of
        the answers is wrong with probability at most ``alpha``.

        Raises
        ------
        ValueError
            If the table lacks trainings of one of them.
        """
        ends = (self.points(table)[0], self.points(table)[-1])
        wanted = list(product(READINGS, ends, ("dense", _PAIR)))
        found = []
        for reading, point, kind in wanted:
            margins = []
            for dataset in datasets:
                where = {"dataset": dataset, "reading": reading, self.column: point}
                ours, theirs = (need(table, **where, layer=name) for name in ("butterfly", kind))
                margins += differences(ours, theirs, self.measure)
            found.append(Planned(reading, point, kind, answer(margins, alpha / len(wanted))))
        return found

    def findings(self, table: Table) -> str:
        """Differences to the dense layer at both ends, and to the pair of equal weights at the end.

        The places are listed.
        """
        first, last = (self.points(table)[i] for i in (0, -1))
        parts, pairs = [], []
        for place in self.present(table):
            early, late = (with_interval(self.margin(table, place, at)) for at in (first, last))
            parts.append(f"{early} and {late} for {self.places[place]}")
            margin = self.margin(table, place, last, other=_PAIR)
            pairs.append(f"{with_interval(margin)} for {self.places[place]}")
        return (
            f"The {self.measure} with the butterfly, less that with the dense layer, is after "
            f"{first} and after {last} {self.column}s, in points, {'; '.join(parts)}. Less that "
            f"with the pair of equal weights it is in the end {'; '.join(pairs)}."
        )

    def sheet(self, table: Table) -> Sheet:
        """Point by point the dense score, and the differences to it; "–" where none is trained."""
        kinds = {row["layer"] for row in table}
        peers = [kind for kind in LOOKS if kind in kinds and kind != "dense"]
        lines = []
        for place in self.present(table):
            for i, point in enumerate(self.points(table)):
                where = {"dataset": place[0], "reading": place[1], self.column: point}
                rows = need(table, **where, layer="dense")
                dense = mean([100 * float(row[self.measure]) for row in rows]).mean
                margins = [
                    with_interval(self.margin(table, place, point, kind))
                    if select(table, **where, layer=kind)
                    else "–"
                    for kind in peers
                ]
                name = "" if i else self.places[place]
                lines.append([name, str(point), fixed(dense), *margins])
        return Sheet(["layer replaced", f"{self.column}s", "dense, %", *peers], lines)
