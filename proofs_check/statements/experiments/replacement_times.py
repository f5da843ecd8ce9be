"""Figures S4 and S5: training and prediction are faster with the replacement.

The same sign tests on stored times judge both claims.
"""

from __future__ import annotations

from proofs_check.claim import Claim, Verdict, paper
from proofs_check.experiments.replaced import speed_checks, speed_controls

__all__ = ["CLAIMS"]

WIDE_LAYER = (
    r"Where a layer of $1024 \times 1024$ is replaced, it takes <<images:wide perceptron, 128>> of "
    r"the time for 128 images: claim replacement-speed."
)
"""Where the replacement is faster, by the same stored times."""


def _claim(id: str, title: str, mode: str, statement: str, correction: str) -> Claim:
    return Claim(
        id=id,
        title=title,
        source=paper("Figure S4", "Figure S5"),
        statement=statement,
        expected=Verdict.REFUTED,
        correction=f"{correction} {WIDE_LAYER}",
        checks=speed_checks(mode),
        controls=speed_controls(mode),
    )


CLAIMS = (
    _claim(
        "training-time",
        "Training is faster with the replacement",
        "training step",
        r"A training step takes less time with the butterfly replacement of a dense layer than "
        r"with that layer.",
        r"Not where the layer is small, as the last one is: there a step takes longer, in LeNet "
        r"<<images:LeNet, 1>> times as long for one image and <<images:LeNet, 128>> times for 128, "
        r"in taggers for one sentence <<sentences:nltk_conll2000, 1>> to "
        r"<<sentences:nltk_treebank, 1>> times.",
    ),
    _claim(
        "prediction-time",
        "Prediction is faster with the replacement",
        "prediction",
        r"A prediction takes less time with the butterfly replacement of a dense layer than with "
        r"that layer.",
        r"Not where the layer is small, as the last one is: LeNet takes <<images:LeNet, 1>> times "
        r"as long for one image and <<images:LeNet, 128>> times for 128.",
    ),
)
