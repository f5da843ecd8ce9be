"""Fewer images to learn from."""

from __future__ import annotations

from figures.added import beyond
from proofs_check.engine.claim import Claim, Verdict
from proofs_check.experiments.scores import Comparison, asked, scores_check, scores_controls

__all__ = ["CLAIM"]


def _fewer() -> list[Comparison]:
    return [
        asked(
            f"{share:g} of the images",
            *({"layer": kind, "share": share} for kind in ("butterfly", "dense")),
        )
        for share in beyond.SHARES[1:]
    ]


CLAIM = Claim(
    id="replacement-few-data",
    title="The replacement when there are few data",
    source="Not in the paper, which leaves it for future work",
    statement=r"Where there are few data to learn from, a network with the butterfly replacement of a dense layer is "
    r"at least as accurate on test data as with that layer.",
    expected=Verdict.REFUTED,
    correction=r"In a perceptron on digits the replacement does not prevent over-fitting: from a quarter of the images "
    r"it is less accurate in <<last epoch:0.25 of the images, below>> of <<last epoch:0.25 of the "
    r"images, of>> trainings, by <<last epoch:0.25 of the images>> points in the mean, and from a "
    r"sixteenth in <<last epoch:0.0625 of the images, below>>, by <<last epoch:0.0625 of the "
    r"images>>.",
    checks=(scores_check("last epoch", _fewer, "Perceptrons on digits, 30 epochs", 4),),
    controls=scores_controls(_fewer),
)
