"""Draws of learned sketches: those that come with the package, and a few on digits; and tests of
who wins."""

from __future__ import annotations

from figures.added import duel
from figures.added.duel import DRAWS
from figures.engine.stored_tables import stored
from figures.experiments.sketching import compute
from figures.plots.sketch_errors import FAMILY_LABELS
from fjlt.runs import binomial
from fjlt.runs.binomial import Design
from fjlt.runs.intervals import Interval, geometric_mean
from proofs_check.engine.claim import Context

__all__ = ["FAMILIES", "digit_draws", "digit_ratios", "margins", "name", "sign_test"]

FAMILIES = ("hyperspectral", "cifar10", "newsgroups")


def sign_test() -> Design:
    """The test for the stored draws."""
    return binomial.sign_test(DRAWS)


def margins(dataset: str, sketch: str) -> list[float]:
    """Squared test error of a learned sketch over that of the learned butterfly at (10, 20),
    stored, draw by draw."""
    found = duel.margins(stored("duel"), dataset, sketch, "squared")
    if len(found) != DRAWS:
        raise ValueError(
            f"{len(found)} draws are stored for {dataset}, {DRAWS} expected; make the figure duel "
            f"anew"
        )
    return found


def digit_draws(context: Context) -> int:
    """How many draws ``digit_ratios`` has."""
    return 12 if context.full else 5


def digit_ratios(context: Context) -> dict[str, Interval]:
    """The same for digits, k = 2 and ℓ = 5, computed now: geometric means of a few draws, by
    sketch."""
    seed = int(context.rng.integers(2**31))
    replicates = digit_draws(context)
    errors = {
        sketch: [
            float(row["squared"])
            for row in compute(
                seed, "digits", n=8, k=2, l=5, sketch=sketch, steps=120, replicates=replicates
            )
        ]
        for sketch in ("butterfly", "sparse", "dense")
    }
    return {
        sketch: geometric_mean(
            [
                error / least
                for error, least in zip(errors[sketch], errors["butterfly"], strict=True)
            ]
        )
        for sketch in ("sparse", "dense")
    }


def name(family: str) -> str:
    """As in the figures, on one line."""
    return FAMILY_LABELS[family].replace("\n", " ")
