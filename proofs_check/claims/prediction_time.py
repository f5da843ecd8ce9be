"""Figures 10 and 11: a network with the replacement predicts faster."""

from __future__ import annotations

from proofs_check.claim import Bearing, Check, Claim, Context, Control, Finding, Grade, Verdict, paper
from proofs_check.replaced import ALPHA, RUNS, always_faster, exchanged, timed, times_finding

__all__ = ["CLAIM"]

MODE = "prediction"


def _images(context: Context) -> Finding:
    return times_finding(timed("fig10", MODE), "Networks for images, figure 10")


def _sentences(context: Context) -> Finding:
    return times_finding(timed("fig11", MODE), "Taggers, figure 11")


CLAIM = Claim(
    id="prediction-time",
    title="Prediction is faster with the replacement",
    source=paper("Figures 10 and 11"),
    statement=r"A prediction takes less time with the butterfly replacement of a dense layer than with that layer.",
    expected=Verdict.REFUTED,
    correction=r"Not where the layer is small, as the last one is: LeNet takes <<images:LeNet, 1>> times as long for "
    r"one "
    r"image and <<images:LeNet, 128>> times for 128. Where a layer of $1024 \times 1024$ is replaced, it takes "
    r"<<images:wide perceptron, 128>> of the time for 128 images: claim replacement-speed.",
    checks=(
        Check("images", Grade.STATISTICAL, "sign tests of stored runs", _images, alpha=6 * 2 * ALPHA),
        Check("sentences", Grade.STATISTICAL, "sign tests of stored runs", _sentences, alpha=8 * 2 * ALPHA),
    ),
    controls=(
        Control(
            "the roles of the layers exchanged where the replacement is faster",
            lambda context: (
                always_faster(
                    [line for line in timed("fig10", MODE) if line.model == "wide perceptron" and line.batch > 1]
                )
                is Bearing.SUPPORTS
                and always_faster([exchanged(line) for line in timed("fig10", MODE) if line.model == "wide perceptron"])
                is Bearing.REFUTES
            ),
        ),
        Control(
            "faster in every second run",
            lambda context: (
                always_faster([line._replace(faster=RUNS // 2) for line in timed("fig10", MODE)]) is Bearing.SILENT
            ),
        ),
    ),
)
