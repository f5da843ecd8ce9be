"""What stored trainings say of the accuracy of networks that differ in a layer, seed by seed: sign tests."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from statistics import median
from typing import NamedTuple

from figures import seeds
from figures.intervals import mean
from figures.stored import stored
from proofs_check.binomial import Design, limits, sign_test
from proofs_check.claim import Bearing, Finding

__all__ = ["ALPHA", "Ordering", "at_least", "scores_finding", "trained"]

ALPHA = 1e-9
"""Of each sign test."""


class Ordering(NamedTuple):
    """Of two networks: by how much the first is more accurate, seed by seed."""

    what: str
    margins: Sequence[float]

    @property
    def better(self) -> int:
        """With how many seeds the first is more accurate; a tie counts for neither."""
        return sum(margin > 0 for margin in self.margins)

    @property
    def holds(self) -> bool:
        """Whether the sign test says that the first is more accurate in more than half of all trainings."""
        return _test(len(self.margins)).says_so(self.better)

    def exchanged(self) -> Ordering:
        """The same with the networks exchanged."""
        return self._replace(margins=[-margin for margin in self.margins])


def _test(draws: int) -> Design:
    """A sign test with the probability from which on it errs as rarely in either direction."""
    enough = sign_test(draws, ALPHA).enough
    detectable = limits(min(enough - 1, draws), draws, ALPHA)[1]
    return sign_test(draws, ALPHA, ceil(1000 * detectable) / 1000)


def at_least(orderings: Sequence[Ordering]) -> Bearing:
    """What the tests say of "never the less accurate": one that is so in more than half of the seeds refutes it."""
    if any(found.exchanged().holds for found in orderings):
        return Bearing.REFUTES
    return Bearing.SUPPORTS if orderings and all(found.holds for found in orderings) else Bearing.SILENT


def scores_finding(bearing: Bearing, orderings: Sequence[Ordering], what: str) -> Finding:
    """A bearing with the numbers it follows from; ``numbers`` has mean differences and seeds below 0."""
    tests = dict.fromkeys(str(_test(len(found.margins))) for found in orderings)
    centres = {found.what: mean([100 * margin for margin in found.margins]) for found in orderings}
    details = "; ".join(
        f"{found.what}: {centres[found.what].mean:+.2f} ({centres[found.what].low:+.2f} to "
        f"{centres[found.what].high:+.2f}), median {100 * median(found.margins):+.2f}, above 0 in {found.better}, "
        f"below in {found.exchanged().better} of {len(found.margins)}"
        for found in orderings
    )
    return Finding(
        bearing,
        f"{what}, stored trainings: test accuracy of the first less that of the second in percentage points, mean with "
        f"95 % interval — {details}. {'; '.join(tests)}.",
        sum(len(found.margins) for found in orderings),
        numbers={name: f"{abs(centre.mean):.1f}" for name, centre in centres.items()}
        | {f"{found.what}, below": found.exchanged().better for found in orderings},
    )


def trained(model: str, kind: str, other: str = "dense", first: bool = False) -> Ordering:
    """Two kinds of layer in a network of the figure of seeds, at the end or after the first epoch.

    Raises
    ------
    ValueError
        If there are not as many seeds as the figure has.
    """
    found = seeds.margins(stored("seeds"), model, kind, other, first)
    if len(found) != seeds.DRAWS:
        raise ValueError(f"seeds has {len(found)} seeds, {seeds.DRAWS} expected; make it anew")
    return Ordering(f"{seeds.LABELS[model]}, {kind} against {other}", found)
