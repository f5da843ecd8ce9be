"""Figures 1 and 12: with the replacement a network is as accurate as with the dense layer."""

from __future__ import annotations

from collections.abc import Callable

from figures import seeds
from proofs_check.claim import Bearing, Check, Claim, Context, Control, Finding, Grade, Verdict, paper
from proofs_check.scores import ALPHA, Ordering, at_least, scores_finding, trained

__all__ = ["CLAIM"]


def _against_dense(first: bool = False) -> list[Ordering]:
    return [trained(model, "butterfly", first=first) for model in seeds.LABELS]


def _seeds(when: str, first: bool) -> Callable[[Context], Finding]:
    def run(context: Context) -> Finding:
        found = _against_dense(first)
        return scores_finding(
            at_least(found),
            found,
            f"Perceptrons on digits, step sizes chosen on images held out, after the {when} epoch",
        )

    return run


CLAIM = Claim(
    id="replacement-accuracy",
    title="The replacement does not lower the accuracy",
    source=paper("Abstract and Figures 1 and 12"),
    statement=r"On test data a network with the butterfly replacement of a dense layer is at least as accurate as with "
    r"that layer.",
    expected=Verdict.REFUTED,
    correction=r"In place of $64 \times 10$ and $1024 \times 1024$ in perceptrons for digits it lowers the accuracy in "
    r"<<last epoch:64 → 10, butterfly against dense, below>> and <<last epoch:1024 → 1024, butterfly against dense, "
    r"below>> of 400 trainings of 30 and 15 epochs, by <<last epoch:64 → 10, butterfly against dense>> and <<last "
    r"epoch:1024 → 1024, butterfly against dense>> points in the mean, and after the first epoch by "
    r"<<first epoch:64 → 10, butterfly against dense>> and <<first epoch:1024 → 1024, butterfly against dense>>. Five "
    r"trainings of LeNet on MNIST, with forty times as many images, show no difference (figure 1).",
    checks=(
        Check("last epoch", Grade.STATISTICAL, "sign tests of stored trainings", _seeds("last", False), 4 * ALPHA),
        Check("first epoch", Grade.STATISTICAL, "sign tests of stored trainings", _seeds("first", True), 4 * ALPHA),
    ),
    controls=(
        Control(
            "the layers exchanged",
            lambda context: at_least([found.exchanged() for found in _against_dense()]) is not Bearing.REFUTES,
        ),
        Control(
            "the dense layer against itself",
            lambda context: at_least([trained(model, "dense") for model in seeds.LABELS]) is Bearing.SILENT,
        ),
    ),
)
