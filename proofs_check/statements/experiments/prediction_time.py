"""Figures 10 and 11: a network with the replacement predicts faster."""

from __future__ import annotations

from proofs_check.engine.claim import Claim, Verdict, paper
from proofs_check.experiments.replaced import speed_checks, speed_controls

__all__ = ["CLAIM"]

CLAIM = Claim(
    id="prediction-time",
    title="Prediction is faster with the replacement",
    source=paper("Figures 10 and 11"),
    statement=r"A prediction takes less time with the butterfly replacement of a dense layer than with that layer.",
    expected=Verdict.REFUTED,
    correction=r"Not where the layer is small, as the last one is: LeNet takes <<images:LeNet, 1>> times as long for "
    r"one image and <<images:LeNet, 128>> times for 128. Where a layer of $1024 \times 1024$ is "
    r"replaced, it takes <<images:wide perceptron, 128>> of the time for 128 images: claim "
    r"replacement-speed.",
    checks=speed_checks("prediction"),
    controls=speed_controls("prediction"),
)
