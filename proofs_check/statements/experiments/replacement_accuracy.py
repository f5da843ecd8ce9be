"""Figures 1, 9 and 12: with the replacement a network is as accurate as with the dense layer."""

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
    return [trained(model, "butterfly") for model in seeds.LABELS]


CLAIM = Claim(
    id="replacement-accuracy",
    title="The replacement does not lower the accuracy",
    source=paper("Abstract and Figures 1, 9 and 12"),
    statement=r"On test data a network with the butterfly replacement of a dense layer is at least as accurate as with "
    r"that layer.",
    expected=Verdict.REFUTED,
    correction=r"It ends lower in <<tasks:all together, below>> of <<tasks:all together, of>> trainings on real tasks "
    r"by Adam: in the mean by <<tasks:tagger, nltk_treebank>> to <<tasks:tagger, ud_english_ewt>> "
    r"points in taggers of English, by <<tasks:tagger, europeana_ner_de>> in one of German names, "
    r"by <<tasks:PreActResNet-18, cifar10>> in PreActResNet-18, reduced, by <<tasks:LeNet, "
    r"mnist>> in LeNet on MNIST. In perceptrons on digits it ends lower in <<digits:64 → 10, "
    r"butterfly against dense, below>> of <<digits:64 → 10, butterfly against dense, of>> "
    r"trainings, by <<digits:64 → 10, butterfly against dense>> points, in place of $64 \times "
    r"10$, and in <<digits:1024 → 1024, butterfly against dense, below>> of <<digits:1024 → 1024, "
    r"butterfly against dense, of>>, by <<digits:1024 → 1024, butterfly against dense>>, in place "
    r"of $1024 \times 1024$.",
    checks=(
        tasks_check(first=False),
        scores_check("digits", _seeds, "Perceptrons on digits after 30 epochs", 2 * 2 * 5),
    ),
    controls=scores_controls(lambda: [*_seeds(), on_tasks("butterfly")[-1]]),
)
