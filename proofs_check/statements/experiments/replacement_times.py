"""Figures S4 and S5: training and prediction are faster with the replacement.

The same sign tests on stored times judge both claims. The sentences of the paper are about its own
networks. So the statements name the networks, the reading and k that they are judged on: reading R
replaces the output layer, reading P a wide layer of a printed size before it.
"""

from __future__ import annotations

from proofs_check.claim import Claim, Verdict, paper
from proofs_check.experiments.replaced import speed_checks, speed_controls

__all__ = ["CLAIMS"]

WIDE_LAYER = (
    r"Reproduced in reading P: where the layer $1024 \times 1024$ is replaced, it takes "
    r"<<images:wide perceptron, 128>> of the time for 128 images (claim replacement-speed)."
)
"""Where the replacement is faster, by the same stored times."""
_NETWORKS = (
    r"on one core, for one image or sentence and for a batch, at $k_i = \lceil\log_2 n_i\rceil$: "
    r"LeNet, a reduced PreActResNet-18 and four taggers with the output layer replaced (reading "
    r"R), and a perceptron $784 \to 1024 \to 1024 \to 10$ with the layer $1024 \times 1024$ "
    r"replaced (reading P)."
)


def _claim(id: str, title: str, mode: str, statement: str, judged: str, correction: str) -> Claim:
    return Claim(
        id=id,
        title=title,
        source=paper("Abstract", "Section 5.1", "Figure S4", "Figure S5"),
        statement=f"{statement} What is judged is whether that carries over, {_NETWORKS} "
        f"{judged} less time with the butterfly replacement than with the dense layer.",
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
        r"Section 5.1 says of its networks: “the training time for the modified architecture is "
        r"less”.",
        "A training step takes",
        r"Not reproduced in reading R, where the layer is small: a step takes longer, in LeNet "
        r"<<images:LeNet, 1>> times as long for one image and <<images:LeNet, 128>> times for 128, "
        r"in taggers for one sentence <<sentences:nltk_conll2000, 1>> to "
        r"<<sentences:nltk_treebank, 1>> times.",
    ),
    _claim(
        "prediction-time",
        "Prediction is faster with the replacement",
        "prediction",
        r"The abstract says of the replacement that “it also offers faster training and prediction "
        r"in deployment”.",
        "A prediction takes",
        r"Not reproduced in reading R, where the layer is small: LeNet takes <<images:LeNet, 1>> "
        r"times as long for one image and <<images:LeNet, 128>> times for 128.",
    ),
)
