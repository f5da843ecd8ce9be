"""Draws of learned sketches, stored and new, and the sign test of which sketch is better."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from figures.added import duel
from figures.added.duel import DRAWS
from figures.engine.stored_tables import stored
from figures.experiments.sketching import compute
from figures.plots.sketch_errors import FAMILY_LABELS
from fjlt.runs import binomial
from fjlt.runs.binomial import Design
from fjlt.runs.intervals import Interval, geometric_mean
from proofs_check.claim import Context

__all__ = [
    "FAMILIES",
    "Tally",
    "digit_draws",
    "digit_ratios",
    "family_name",
    "margins",
    "sign_test",
    "tally",
    "with_interval",
]

FAMILIES = ("hyperspectral", "cifar10", "newsgroups")
"""The families of matrices of the stored draws."""


def family_name(family: str) -> str:
    """The name of a family of matrices in the figures, on one line."""
    return FAMILY_LABELS[family].replace("\n", " ")


def sign_test() -> Design:
    """The sign test that judges the stored draws."""
    return binomial.sign_test(DRAWS)


def margins(dataset: str, sketch: str) -> list[float]:
    """Squared test error of a learned sketch over that of the learned butterfly, draw by draw.

    The draws are those of the stored figure ``duel``, with k = 10 and ℓ = 20.

    Raises
    ------
    ValueError
        If the stored table lacks draws.
    """
    found = duel.margins(stored("duel"), dataset, sketch, "squared")
    if len(found) != DRAWS:
        raise ValueError(
            f"{len(found)} draws are stored for {dataset}, {DRAWS} expected; make the figure duel "
            "anew"
        )
    return found


class Tally(NamedTuple):
    """The draws of each family: how many are counted, and the mean ratio of the errors.

    Attributes
    ----------
    counts : dict
        For each family, the number of draws with the property in question.
    means : dict
        For each family, the geometric mean of the ratios of ``margins``.
    """

    counts: dict[str, int]
    means: dict[str, Interval]

    @property
    def decided(self) -> list[str]:
        """The families for which the sign test says that most draws are counted."""
        return [family for family, count in self.counts.items() if sign_test().says_so(count)]

    @property
    def opposed(self) -> list[str]:
        """The families for which the sign test says that most draws are not counted."""
        return [family for family, count in self.counts.items() if sign_test().says_not(count)]


def tally(
    sketch: str, is_counted: Callable[[float], bool], families: Sequence[str] = FAMILIES
) -> Tally:
    """Count the stored draws whose ratio of errors, sketch over butterfly, has a property."""
    ratios = {family: margins(family, sketch) for family in families}
    return Tally(
        {family: sum(map(is_counted, ratios[family])) for family in families},
        {family: geometric_mean(ratios[family]) for family in families},
    )


def with_interval(factor: Interval) -> str:
    """A factor and its 95 % interval, as they stand in prose.

    Examples
    --------
    >>> with_interval(Interval(2.0, 1.5, 2.6667))
    '2.00, 95 % interval 1.50 to 2.67'
    """
    return f"{factor.mean:.2f}, 95 % interval {factor.low:.2f} to {factor.high:.2f}"


def digit_draws(context: Context) -> int:
    """Number of draws that ``digit_ratios`` makes."""
    return 12 if context.full else 5


def digit_ratios(context: Context, sketches: Sequence[str]) -> dict[str, Interval]:
    """The ratios of ``margins`` for digits, k = 2 and ℓ = 5, learned in this run.

    Returns their geometric mean, with its interval, for each of these kinds of sketch.
    """
    seed = int(context.rng.integers(2**31))
    replicates = digit_draws(context)
    errors = {
        sketch: [
            float(row["squared"])
            for row in compute(
                seed, "digits", n=8, k=2, l=5, sketch=sketch, steps=120, replicates=replicates
            )
        ]
        for sketch in ("butterfly", *sketches)
    }
    return {
        sketch: geometric_mean(
            [
                error / least
                for error, least in zip(errors[sketch], errors["butterfly"], strict=True)
            ]
        )
        for sketch in sketches
    }
