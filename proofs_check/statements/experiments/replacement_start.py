"""Starts of the butterflies in the replacement."""

from __future__ import annotations

from proofs_check.engine.claim import Claim, Verdict
from proofs_check.experiments.scores import Comparison, asked, scores_check, scores_controls

__all__ = ["CLAIM"]


def _starts() -> list[Comparison]:
    starts = ("identity", "gaussian", "orthogonal")
    return [
        asked(f"FJLT against {start}", {"layer": "butterfly"}, {"layer": f"butterfly, {start}"})
        for start in starts
    ]


CLAIM = Claim(
    id="replacement-start",
    title="Where the butterflies of the replacement start",
    source="Not in the paper, which leaves it for future work",
    statement=r"A network with the butterfly replacement that starts as an FJLT is at least as accurate on test data "
    r"as one that starts at an identity, Gaussian or orthogonal weights.",
    expected=Verdict.UNDECIDED,
    correction=r"In a perceptron on digits the FJLT ends ahead of an identity by <<last epoch:FJLT against identity>> "
    r"points in the mean, ahead of Gaussian weights by <<last epoch:FJLT against gaussian>>, and "
    r"<<last epoch:FJLT against orthogonal>> behind orthogonal ones; no difference is steady "
    r"enough for the sign test, which asks for <<last epoch:FJLT against identity, enough>> of "
    r"<<last epoch:FJLT against identity, of>> trainings.",
    checks=(scores_check("last epoch", _starts, "Perceptrons on digits, 30 epochs", 6),),
    controls=scores_controls(_starts),
)
