"""Stored trainings that went on until it was known which of two networks is the more accurate."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from figures.added.anytime import KNOWN, compared
from figures.engine.stored_tables import stored
from figures.engine.wording import with_interval
from figures.experiments.until_known import ALPHA, BOUND, answer, differences, interval
from proofs_check.claim import Bearing, Check, Context, Control, Finding, Grade
from proofs_check.experiments.scores import in_words

__all__ = ["Sequential", "anytime_check", "anytime_controls", "known", "sequential"]


class Sequential(NamedTuple):
    """Whether a network is at least as accurate as another, up to a margin, in the mean over seeds.

    Attributes
    ----------
    label : str
        Names the two networks.
    points : sequence of float
        The accuracy of the first less that of the second, in percentage points, seed by seed in
        the order of the trainings.
    margin : float
        In percentage points.
    """

    label: str
    points: Sequence[float]
    margin: float

    @property
    def bearing(self) -> Bearing:
        """What the seeds say of "at most the margin behind"."""
        bearings = {"above": Bearing.SUPPORTS, "below": Bearing.REFUTES, "": Bearing.SILENT}
        return bearings[answer(self.points, self.margin)]

    def shifted(self, by: float) -> Sequential:
        """The comparison with so many points added to the accuracy of the first network."""
        return self._replace(points=[point + by for point in self.points])

    def alternating(self) -> Sequential:
        """The comparison with the two networks exchanged in every other seed."""
        return self._replace(points=[(-1) ** i * p for i, p in enumerate(self.points)])


def sequential(labels: Sequence[str]) -> list[Sequential]:
    """Comparisons of the figure ``anytime``, given by their names there.

    Raises
    ------
    ValueError
        If the seeds of one are not 0, 1, 2, … in this order, or its rows have several margins.
    """
    found = []
    for label in labels:
        rows = compared(stored("anytime"))[label]
        margins = {float(row["margin"]) for row in rows}
        if [row["pair"] for row in rows] != list(range(len(rows))) or len(margins) > 1:
            raise ValueError(f"anytime has not the seeds of {label} in order; make it anew")
        found.append(Sequential(label, differences(rows), *margins))
    return found


def known(comparisons: Sequence[Sequential]) -> Bearing:
    """What the seeds say of "the first network is at most the margin behind, in every comparison".

    One comparison in which it is further behind refutes it.
    """
    bearings = {found.bearing for found in comparisons}
    if Bearing.REFUTES in bearings:
        return Bearing.REFUTES
    return Bearing.SUPPORTS if bearings == {Bearing.SUPPORTS} else Bearing.SILENT


def anytime_check(labels: Sequence[str]) -> Check:
    """A check of "at most the margin behind" in comparisons of the figure ``anytime``.

    Each comparison has an answer of its own. ``numbers`` of the finding has, for each label, the
    mean difference with its interval, the same in words, and the number of seeds.
    """

    def run(context: Context) -> Finding:
        found = sequential(labels)
        means = {one.label: interval(one.points) for one in found}
        details = [
            f"{one.label}: {with_interval(means[one.label], 2)} after {len(one.points)} seeds, "
            f"{KNOWN[answer(one.points, one.margin)].format(one.margin)}"
            for one in found
        ]
        cut = sum(abs(point) > BOUND for one in found for point in one.points)
        total = sum(len(one.points) for one in found)
        bearing = known(found)
        # one witness refutes; all are needed to support
        judged = [one.label for one in found if bearing in (one.bearing, Bearing.SILENT)]
        return Finding(
            bearing,
            "Perceptrons on digits, 30 epochs, stored trainings: test accuracy of the first "
            "network less that of the second in percentage points, mean over seeds for one test "
            f"set — {'; '.join(details)}. Each end of an interval, and each answer, is wrong with "
            f"probability at most {ALPHA:.0e} at any of all looks. {cut} of {total} differences "
            f"exceed {BOUND:g} points and count as {BOUND:g}.",
            total,
            scope=f"our networks: {'; '.join(judged)}",
            numbers={one.label: with_interval(means[one.label]) for one in found}
            | {f"{one.label}, in words": in_words(means[one.label].mean) for one in found}
            | {f"{one.label}, seeds": len(one.points) for one in found},
        )

    method = "evidence of stored trainings that may be looked at any time"
    return Check("last epoch", Grade.STATISTICAL, method, run, 2 * len(labels) * ALPHA)


def anytime_controls(compare: Callable[[], Sequence[Sequential]]) -> tuple[Control, ...]:
    """Controls: the first network 5 points less accurate, and more; networks that do not differ."""
    return (
        Control(
            "the accuracy of the first network 5 points lower, and higher",
            lambda context: (
                [known([found.shifted(by) for found in compare()]) for by in (-BOUND, BOUND)]
                == [Bearing.REFUTES, Bearing.SUPPORTS]
            ),
        ),
        Control(
            "the networks exchanged in every other seed, which must not be refuted",
            lambda context: (
                known([found.alternating() for found in compare()]) is not Bearing.REFUTES
            ),
        ),
    )
