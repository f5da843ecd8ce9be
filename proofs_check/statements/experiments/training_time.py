"""Figures 10 and 11: a network with the replacement trains faster."""

from __future__ import annotations

from proofs_check.engine.claim import Claim, Verdict, paper
from proofs_check.experiments.replaced import speed_checks, speed_controls

__all__ = ["CLAIM"]

CLAIM = Claim(
    id="training-time",
    title="Training is faster with the replacement",
    source=paper("Figures 10 and 11"),
    statement=r"A training step takes less time with the butterfly replacement of a dense layer than with that layer.",
    expected=Verdict.REFUTED,
    correction=r"Not where the layer is small, as the last one is: there a step takes longer, in LeNet "
    r"<<images:LeNet, 1>> times as long for one image and <<images:LeNet, 128>> times for 128, in "
    r"taggers for one sentence <<sentences:nltk_conll2000, 1>> to <<sentences:nltk_treebank, 1>> "
    r"times. Where a layer of $1024 \times 1024$ is replaced, it takes <<images:wide perceptron, "
    r"128>> of the time for 128 images: claim replacement-speed.",
    checks=speed_checks("training step"),
    controls=speed_controls("training step"),
)
