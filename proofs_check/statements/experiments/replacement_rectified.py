"""Rectifiers between the layers of the replacement."""

from __future__ import annotations

from proofs_check.engine.claim import Claim, Verdict
from proofs_check.experiments.scores import Comparison, asked, scores_check, scores_controls

__all__ = ["CLAIM"]


def _rectified() -> list[Comparison]:
    kinds = ("butterfly, rectified core", "butterfly, rectified layers")
    return [asked(kind, {"layer": kind}, {"layer": "butterfly"}) for kind in kinds]


CLAIM = Claim(
    id="replacement-rectified",
    title="Rectifiers inside the replacement",
    source="Not in the paper, which leaves it for future work",
    statement=r"With rectifiers between the layers of the butterfly replacement a network is at least as accurate on "
    r"test data as without.",
    expected=Verdict.UNDECIDED,
    correction=r"In a perceptron on digits it is lower with rectifiers about the core in <<last epoch:butterfly, "
    r"rectified core, below>> of <<last epoch:butterfly, rectified core, of>> trainings, by "
    r"<<last epoch:butterfly, rectified core>> points in the mean, and with rectifiers between "
    r"all layers in <<last epoch:butterfly, rectified layers, below>>, by <<last epoch:butterfly, "
    r"rectified layers>>; the sign test asks for <<last epoch:butterfly, rectified layers, "
    r"enough>>.",
    checks=(scores_check("last epoch", _rectified, "Perceptrons on digits, 30 epochs", 4),),
    controls=scores_controls(_rectified),
)
