"""Rectifiers inside the replacement, and the start of its butterflies: what they cost.

The paper leaves both open. Seeds were trained until the answer was known, by a design that was
written before.
"""

from __future__ import annotations

from figures.added.anytime import LABELS
from proofs_check.claim import Claim, Verdict
from proofs_check.experiments.anytime import anytime_check, anytime_controls, sequential

__all__ = ["CLAIMS", "RECTIFIERS", "STARTS"]

RECTIFIERS = tuple(label for label in LABELS.values() if label.startswith("rectifiers"))
STARTS = tuple(label for label in LABELS.values() if label.startswith("FJLT"))

_SETTING = (
    r"In the perceptron $64 \to 1024 \to 1024 \to 10$ on digits, with the butterfly replacement of "
    r"its layer $1024 \times 1024$ at $k_1 = k_2 = 10$, "
)
_JUDGED = (
    r"The accuracy is that on the test images after 30 epochs of Adam, in the mean over seeds; a "
    r"difference of more than 5 points counts as 5."
)
_SOURCE = "Not in the paper, which leaves it for future work"

CLAIMS = (
    Claim(
        id="replacement-rectified",
        title="Rectifiers inside the replacement",
        source=_SOURCE,
        statement=_SETTING + r"rectifiers about the core, or between all layers of the "
        r"replacement, lower the accuracy by at most 0.1 points. " + _JUDGED,
        expected=Verdict.REFUTED,
        correction=r"Rectifiers about the core change the accuracy by <<last epoch:rectifiers "
        r"about the core>> points (<<last epoch:rectifiers about the core, seeds>> seeds), "
        r"rectifiers between all layers by <<last epoch:rectifiers between all layers>> (<<last "
        r"epoch:rectifiers between all layers, seeds>> seeds). Differences outside these intervals "
        r"are excluded.",
        checks=(anytime_check(RECTIFIERS),),
        controls=anytime_controls(lambda: sequential(RECTIFIERS)),
    ),
    Claim(
        id="replacement-start",
        title="Where the butterflies of the replacement start",
        source=_SOURCE,
        statement=_SETTING + r"butterflies that start as an FJLT end with an accuracy at most 1 "
        r"point below that of butterflies that start at an identity, at Gaussian or at orthogonal "
        r"weights. " + _JUDGED,
        expected=Verdict.HOLDS,
        correction=r"With a start at an FJLT the accuracy ends, in the mean, <<last epoch:FJLT "
        r"against identity, in words>> that with an identity, <<last epoch:FJLT against Gaussian, "
        r"in words>> Gaussian weights, and <<last epoch:FJLT against orthogonal, in words>> "
        r"orthogonal ones, the last with the interval <<last epoch:FJLT against orthogonal>>.",
        checks=(anytime_check(STARTS),),
        controls=anytime_controls(lambda: sequential(STARTS)),
    ),
)
