"""The butterfly replacement against a pair of dense layers with as many weights, after the first
epoch."""

from __future__ import annotations

from figures.added import seeds
from proofs_check.engine.claim import Claim, Verdict
from proofs_check.experiments.scores import Comparison, scores_check, scores_controls, trained

__all__ = ["CLAIM"]


def _pairs() -> list[Comparison]:
    return [
        trained(model, "butterfly", "low rank, equal weights", first=True) for model in seeds.LABELS
    ]


CLAIM = Claim(
    id="replacement-low-rank",
    title="The replacement against a pair of dense layers with as many weights",
    source="Not in the paper; follows up Figures 9 and 12",
    statement=r"After the first epoch of training a network with the butterfly replacement of a dense layer is at "
    r"least as accurate on test data as with a pair of dense layers of no more weights in its place.",
    expected=Verdict.REFUTED,
    correction=r"In perceptrons on digits it is behind the pair, in <<first epoch:64 → 10, butterfly against low rank, "
    r"equal weights, below>> of <<first epoch:64 → 10, butterfly against low rank, equal weights, "
    r"of>> trainings by <<first epoch:64 → 10, butterfly against low rank, equal weights>> points "
    r"in the mean, in place of $64 \times 10$, and in <<first epoch:1024 → 1024, butterfly "
    r"against low rank, equal weights, below>> of <<first epoch:1024 → 1024, butterfly against "
    r"low rank, equal weights, of>> by <<first epoch:1024 → 1024, butterfly against low rank, "
    r"equal weights>>, in place of $1024 \times 1024$.",
    checks=(
        scores_check(
            "first epoch", _pairs, "Perceptrons on digits after the first epoch", 2 * 2 * 5
        ),
    ),
    controls=scores_controls(_pairs),
)
