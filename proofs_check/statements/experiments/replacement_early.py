"""Figures 9 and 12: after the first epoch a network with the replacement is as accurate as with the
dense layer."""

from __future__ import annotations

from figures.added import seeds
from proofs_check.engine.claim import Claim, Verdict, paper
from proofs_check.experiments.scores import (
    Comparison,
    on_tasks,
    scores_check,
    scores_controls,
    tasks_check,
    trained,
)

__all__ = ["CLAIM"]


def _seeds() -> list[Comparison]:
    return [trained(model, "butterfly", first=True) for model in seeds.LABELS]


CLAIM = Claim(
    id="replacement-early",
    title="The replacement does not slow learning down",
    source=paper("Figures 9 and 12"),
    statement=r"After the first epoch of training a network with the butterfly replacement of a dense layer is at "
    r"least as accurate on test data as with that layer.",
    expected=Verdict.REFUTED,
    correction=r"It is lower in <<tasks:all together, below>> of <<tasks:all together, of>> trainings on real tasks by "
    r"Adam, by <<tasks:LeNet, mnist>> points in the mean in LeNet, <<tasks:PreActResNet-18, "
    r"cifar10>> in PreActResNet-18, reduced, <<tasks:tagger, nltk_conll2000>> to <<tasks:tagger, "
    r"ud_english_ewt>> in taggers; in perceptrons on digits by <<digits:64 → 10, butterfly "
    r"against dense>> in place of $64 \times 10$ and <<digits:1024 → 1024, butterfly against "
    r"dense>> in place of $1024 \times 1024$.",
    checks=(
        tasks_check(first=True),
        scores_check("digits", _seeds, "Perceptrons on digits after the first epoch", 2 * 2 * 5),
    ),
    controls=scores_controls(lambda: [*_seeds(), on_tasks("butterfly", first=True)[-1]]),
)
