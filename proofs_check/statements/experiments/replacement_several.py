"""Several dense layers replaced at once."""

from __future__ import annotations

from proofs_check.engine.claim import Claim, Verdict
from proofs_check.experiments.scores import Comparison, asked, scores_check, scores_controls

__all__ = ["CLAIM"]


def _several() -> list[Comparison]:
    return [
        asked(
            f"{count} layers replaced",
            {"layer": "butterfly", "replaced": count},
            {"layer": "dense"},
        )
        for count in (2, 3)
    ]


CLAIM = Claim(
    id="replacement-several",
    title="Several layers replaced at once",
    source="Not in the paper, which leaves it for future work",
    statement=r"A network with the butterfly replacement of two, or of all three, of its dense layers is at least as "
    r"accurate on test data as with those layers.",
    expected=Verdict.REFUTED,
    correction=r"In a perceptron on digits it is lower in <<last epoch:2 layers replaced, below>> and <<last epoch:3 "
    r"layers replaced, below>> of <<last epoch:3 layers replaced, of>> trainings, by <<last "
    r"epoch:2 layers replaced>> and <<last epoch:3 layers replaced>> points in the mean.",
    checks=(scores_check("last epoch", _several, "Perceptrons on digits, 30 epochs", 4),),
    controls=scores_controls(_several),
)
