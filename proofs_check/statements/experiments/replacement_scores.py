"""Figures 2, S3 and S6, and what the paper leaves open: accuracy with a layer replaced.

Every claim here says that one network is never less accurate than another, in at least half of the
trainings. The same sign tests on stored trainings judge all of them, so a claim is an entry of the
table ``QUESTIONS``. The sentences of the paper are about its own networks, which are not trained
here. So a statement names the networks, the reading and k that it is judged on: reading R replaces
the output layer, reading P a wide layer of a printed size before it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from figures.added import beyond, seeds
from proofs_check.claim import Check, Claim, Verdict, paper
from proofs_check.experiments.curves import FIRST_SCORES, LAST_SCORES, CurveComparison
from proofs_check.experiments.planned_tests import FIRST_STEPS, SIZES, PlannedTests
from proofs_check.experiments.scores import (
    Comparison,
    between_kinds,
    between_settings,
    on_tasks,
    scores_check,
    scores_controls,
    tasks_check,
)

__all__ = ["CLAIMS"]


FUTURE = "Not in the paper, which leaves it for future work"

_BOTH = (
    r"at $k_i = \lceil\log_2 n_i\rceil$: the butterfly replaces the output layer $64 \times 10$ "
    r"(reading R, $k_1 = 6$, $k_2 = 4$), or the layer $1024 \times 1024$ before a dense output "
    r"layer (reading P, $k_1 = k_2 = 10$)."
)
_AT_LEAST = (
    r"the network with the replacement is at least as accurate on test data as with the dense "
    r"layer, in at least half of the trainings. Each has its best of five step sizes."
)
_OTHER_SIZES = (
    r"Where $m \lceil\log_2 n_i\rceil$ outputs are kept, in the small networks of the figure "
    r"tradeoff together, it is for $m = 1$ <<sizes:m = 1>>, and for $m = 4$ <<sizes:m = 4>>. "
)
_FIRST_STEPS = (
    r"F1 of English names after <<first scores:first-steps, at>> of a tagger is in reading R "
    r"<<first scores:conll2003_en, R>>; in reading P, with the layer $512 \times 512$ replaced, "
    r"<<first scores:conll2003_en, P>>. For German names it is in reading R <<first "
    r"scores:wikiann_de, R>>; in reading P, with the layer $512 \times 512$ replaced, <<first "
    r"scores:wikiann_de, P>>. The accuracy of parts of speech is in reading R <<first "
    r"scores:ud_english_train, R>>; in reading P, with the layer $1024 \times 256$ replaced, "
    r"<<first scores:ud_english_train, P>>. German names and parts of speech together, the tagger "
    r"with the butterfly is after 100 steps in reading R <<first steps:R, 100 steps>>, in reading "
    r"P <<first steps:P, 100 steps>>; after 500 steps in reading R <<first steps:R, 500 steps>>, "
    r"in reading P <<first steps:P, 500 steps>>. "
)
_FIRST_EPOCH = (
    r"Accuracy of PreActResNet-18 on all of CIFAR-10 after its first epoch is, with the layer "
    r"$64 \times 10$ of reading R replaced, <<first scores:cifar10_png, R>>; with the layer "
    r"$1024 \times 512$ of reading P replaced, it is <<first scores:cifar10_png, P>>. "
)
_PHOTOGRAPHS = (
    r"On all of CIFAR-10, trained with flips, crops and a falling step size, the accuracy of "
    r"PreActResNet-18 at an eighth of its width is in the end, with the layer $64 \times 10$ of "
    r"reading R replaced, <<photographs:cifar10_png, R>>; with the layer $1024 \times 512$ of "
    r"reading P replaced, it is <<photographs:cifar10_png, P>>. "
)
_TASK_BY_TASK = (
    r"Larger networks, task by task, each with a test of its own and the mean difference in "
    r"points. Not reproduced: <<tasks:not reproduced>>. Reproduced: <<tasks:reproduced>>. Not "
    r"decided by so few trainings: <<tasks:not decided>>. These tests judge neither the networks "
    r"of the paper nor larger $k$."
)


class Question(NamedTuple):
    """What a claim on accuracies says, and which stored trainings answer.

    The claim has a check with the name ``check``, which judges the comparisons of ``compare``. It
    makes at most ``tests`` sign tests, and ``trainings`` is the title of its finding. If
    ``tasks_after_first_epoch`` is not None, a second check judges the networks on real tasks, after
    the first epoch if True and after the last if False. ``more`` has checks, with controls, on
    which no verdict rests.
    """

    id: str
    title: str
    statement: str
    expected: Verdict
    correction: str
    compare: Callable[[], list[Comparison]]
    tests: int
    source: str = FUTURE
    check: str = "last epoch"
    trainings: str = "Perceptrons on digits, 30 epochs"
    tasks_after_first_epoch: bool | None = None
    more: Sequence[CurveComparison | PlannedTests] = ()


def against_dense(first: bool = False) -> list[Comparison]:
    """The butterfly against the dense layer, in both perceptrons on digits."""
    return [between_kinds(model, "butterfly", first=first) for model in seeds.LABELS]


def against_pair() -> list[Comparison]:
    """The butterfly against a pair of dense layers with as many weights, after the first epoch."""
    pair = "low rank, equal weights"
    return [between_kinds(model, "butterfly", pair, first=True) for model in seeds.LABELS]


def several_layers() -> list[Comparison]:
    """Two and three layers replaced, against none."""
    return [
        between_settings(
            f"{count} layers replaced",
            {"layer": "butterfly", "replaced": count},
            {"layer": "dense"},
        )
        for count in (2, 3)
    ]


def fewer_images() -> list[Comparison]:
    """The butterfly against the dense layer, trained on a share of the images."""
    return [
        between_settings(
            f"{share:g} of the images",
            {"layer": "butterfly", "share": share},
            {"layer": "dense", "share": share},
        )
        for share in beyond.SHARES[1:]
    ]


STEP_SIZES = 5
"""Number of step sizes of each kind of layer in the figure ``seeds``; each has a sign test."""

QUESTIONS = (
    Question(
        id="replacement-accuracy",
        title="The replacement does not lower the accuracy",
        source=paper("Abstract", "Section 5.1", "Figure 2", "Figure S3"),
        statement=r"Section 5.1 says of its networks: “In almost all the cases the modified "
        r"architecture does better than the normal architecture”, in “the final accuracy/F1 "
        r"score”. What is judged is whether that carries over to two perceptrons on digits, "
        + _BOTH
        + r" After 30 epochs of Adam, "
        + _AT_LEAST,
        expected=Verdict.REFUTED,
        correction=r"In the perceptrons on digits it ends lower in <<digits:64 → 10, butterfly "
        r"against dense, below>> of <<digits:64 → 10, butterfly against dense, of>> trainings in "
        r"place of $64 \times 10$, with a mean difference of <<digits:64 → 10, butterfly against "
        r"dense>> points, and in <<digits:1024 → 1024, butterfly against dense, below>> of "
        r"<<digits:1024 → 1024, butterfly against dense, of>> in place of $1024 \times 1024$, with "
        r"<<digits:1024 → 1024, butterfly against dense>>. "
        + _OTHER_SIZES
        + _PHOTOGRAPHS
        + _TASK_BY_TASK,
        check="digits",
        trainings="Perceptrons on digits after 30 epochs",
        compare=against_dense,
        tests=2 * 2 * STEP_SIZES,
        tasks_after_first_epoch=False,
        more=(SIZES, LAST_SCORES),
    ),
    Question(
        id="replacement-early",
        title="The replacement does not slow learning down",
        source=paper("Section 5.1", "Figure S3", "Figure S6"),
        statement=r"Section 5.1 says of its networks: “In almost all the cases the modified "
        r"architecture does better than the normal architecture”, in “the rate of convergence”. "
        r"What is judged is whether that carries over to two perceptrons on digits, "
        + _BOTH
        + r" After the first epoch of Adam, "
        + _AT_LEAST,
        expected=Verdict.REFUTED,
        correction=r"After the first epoch the mean difference in the perceptrons on digits is "
        r"<<digits:64 → 10, butterfly against dense>> points in place of $64 \times 10$ and "
        r"<<digits:1024 → 1024, butterfly against dense>> in place of $1024 \times 1024$. "
        + _FIRST_STEPS
        + _FIRST_EPOCH
        + _TASK_BY_TASK,
        check="digits",
        trainings="Perceptrons on digits after the first epoch",
        compare=lambda: against_dense(first=True),
        tests=2 * 2 * STEP_SIZES,
        tasks_after_first_epoch=True,
        more=(FIRST_SCORES, FIRST_STEPS),
    ),
    Question(
        id="replacement-low-rank",
        title="The replacement against a pair of dense layers with as many weights",
        source="Not in the paper; follows up Figures S3 and S6",
        statement=r"In two perceptrons on digits, "
        + _BOTH
        + r" After the first epoch of Adam, the network with the butterfly replacement is at least "
        r"as accurate on test data as with a pair of dense layers of no more weights in its place, "
        r"in at least half of the trainings.",
        expected=Verdict.REFUTED,
        correction=r"In perceptrons on digits the butterfly is behind the pair in <<first epoch:64 "
        r"→ 10, butterfly against low rank, equal weights, below>> of <<first epoch:64 → 10, "
        r"butterfly against low rank, equal weights, of>> trainings in place of $64 \times 10$, "
        r"with a mean difference of <<first epoch:64 → 10, butterfly against low rank, equal "
        r"weights>> points, and in <<first epoch:1024 → 1024, butterfly against low rank, equal "
        r"weights, below>> of <<first epoch:1024 → 1024, butterfly against low rank, equal "
        r"weights, of>> in place of $1024 \times 1024$, with <<first epoch:1024 → 1024, butterfly "
        r"against low rank, equal weights>>.",
        check="first epoch",
        trainings="Perceptrons on digits after the first epoch",
        compare=against_pair,
        tests=2 * 2 * STEP_SIZES,
    ),
    Question(
        id="replacement-several",
        title="Several layers replaced at once",
        statement=r"The perceptron $64 \to 1024 \to 1024 \to 10$ on digits with the butterfly "
        r"replacement, at $k_i = \lceil\log_2 n_i\rceil$, of its first two dense layers, or of "
        r"all three, is at least as accurate on test data after 30 epochs of Adam as with those "
        r"layers, in at least half of the trainings.",
        expected=Verdict.REFUTED,
        correction=r"In a perceptron on digits two replaced layers lower the accuracy in <<last "
        r"epoch:2 layers replaced, below>>, three in <<last epoch:3 layers replaced, below>> of "
        r"<<last epoch:3 layers replaced, of>> trainings. The mean differences are <<last epoch:2 "
        r"layers replaced>> and <<last epoch:3 layers replaced>> points.",
        compare=several_layers,
        tests=2 * 2,
    ),
    Question(
        id="replacement-few-data",
        title="The replacement when there are few data",
        statement=r"The perceptron $64 \to 1024 \to 1024 \to 10$ on digits with the butterfly "
        r"replacement of its layer $1024 \times 1024$, at $k_1 = k_2 = 10$, learned from a quarter "
        r"or a sixteenth of the images, is at least as accurate on test data after as many steps "
        r"of Adam as with that layer, in at least half of the trainings.",
        expected=Verdict.REFUTED,
        correction=r"In a perceptron on digits the replacement does not prevent over-fitting. From "
        r"a quarter of the images it is less accurate in <<last epoch:0.25 of the images, below>> "
        r"of <<last epoch:0.25 of the images, of>> trainings, with a mean difference of <<last "
        r"epoch:0.25 of the images>> points, and from a sixteenth in <<last epoch:0.0625 of the "
        r"images, below>>, with <<last epoch:0.0625 of the images>>.",
        compare=fewer_images,
        tests=2 * 2,
    ),
)


def _claim(question: Question) -> Claim:
    first = question.tasks_after_first_epoch
    checks: tuple[Check, ...] = (
        scores_check(question.check, question.compare, question.trainings, question.tests),
    )
    if first is None:
        controls = scores_controls(question.compare)
    else:
        checks = (tasks_check(first), *checks)
        controls = scores_controls(
            lambda: [
                *question.compare(),
                *(task for task in on_tasks("butterfly", first=first) if task.can_decide),
            ]
        )
    checks = (*checks, *(more.check for more in question.more))
    controls = (*controls, *(more.control for more in question.more))
    return Claim(
        id=question.id,
        title=question.title,
        source=question.source,
        statement=question.statement,
        expected=question.expected,
        correction=question.correction,
        checks=checks,
        controls=controls,
    )


CLAIMS = tuple(map(_claim, QUESTIONS))
