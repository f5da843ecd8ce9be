"""Figures 2, S3 and S6, and what the paper leaves open: accuracy with a layer replaced.

Every claim here says that one network is never less accurate than another. The same sign tests on
stored trainings judge all of them, so a claim is an entry of the table ``QUESTIONS``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from figures.added import beyond, seeds
from proofs_check.claim import Check, Claim, Verdict, paper
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


class Question(NamedTuple):
    """What a claim on accuracies says, and which stored trainings answer.

    The claim has a check with the name ``check``, which judges the comparisons of ``compare``. It
    makes at most ``tests`` sign tests, and ``trainings`` is the title of its finding. If
    ``tasks_after_first_epoch`` is not None, a second check judges the networks on real tasks, after
    the first epoch if True and after the last if False.
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


def with_rectifiers() -> list[Comparison]:
    """Rectifiers around the core and between all layers, against none."""
    kinds = ("butterfly, rectified core", "butterfly, rectified layers")
    return [between_settings(kind, {"layer": kind}, {"layer": "butterfly"}) for kind in kinds]


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


def other_starts() -> list[Comparison]:
    """An FJLT as the start of the butterflies, against three others."""
    return [
        between_settings(
            f"FJLT against {start}", {"layer": "butterfly"}, {"layer": f"butterfly, {start}"}
        )
        for start in ("identity", "gaussian", "orthogonal")
    ]


STEP_SIZES = 5
"""Number of step sizes of each kind of layer in the figure ``seeds``; each has a sign test."""

QUESTIONS = (
    Question(
        id="replacement-accuracy",
        title="The replacement does not lower the accuracy",
        source=paper("Abstract", "Section 5.1", "Figure 2", "Figure S3"),
        statement=r"On test data a network with the butterfly replacement of a dense layer is at "
        r"least as accurate as with that layer. Judged on networks of our own, in most of which "
        r"the replaced layer is the output layer.",
        expected=Verdict.REFUTED,
        correction=r"On <<tasks:tasks>> real tasks, trained by Adam, the mean differences are, in "
        r"points: <<tasks:tagger, nltk_treebank>> to <<tasks:tagger, ud_english_ewt>> in taggers "
        r"of English, <<tasks:tagger, europeana_ner_de>> in one of German names, "
        r"<<tasks:PreActResNet-18, cifar10>> in PreActResNet-18, reduced, and <<tasks:LeNet, "
        r"mnist>> in LeNet on MNIST. In perceptrons on digits it ends lower in <<digits:64 → 10, "
        r"butterfly against dense, below>> of <<digits:64 → 10, butterfly against dense, of>> "
        r"trainings in place of $64 \times 10$, with a mean difference of <<digits:64 → 10, "
        r"butterfly against dense>> points, and in <<digits:1024 → 1024, butterfly against dense, "
        r"below>> of <<digits:1024 → 1024, butterfly against dense, of>> in place of $1024 \times "
        r"1024$, with <<digits:1024 → 1024, butterfly against dense>>.",
        check="digits",
        trainings="Perceptrons on digits after 30 epochs",
        compare=against_dense,
        tests=2 * 2 * STEP_SIZES,
        tasks_after_first_epoch=False,
    ),
    Question(
        id="replacement-early",
        title="The replacement does not slow learning down",
        source=paper("Section 5.1", "Figure S3", "Figure S6"),
        statement=r"After the first epoch of training a network with the butterfly replacement of "
        r"a dense layer is at least as accurate on test data as with that layer. Judged on "
        r"networks of our own, in most of which the replaced layer is the output layer.",
        expected=Verdict.REFUTED,
        correction=r"After the first epoch on <<tasks:tasks>> real tasks, by Adam, the mean "
        r"differences are, in points: <<tasks:LeNet, mnist>> in LeNet, <<tasks:PreActResNet-18, "
        r"cifar10>> in PreActResNet-18, reduced, <<tasks:tagger, nltk_conll2000>> to "
        r"<<tasks:tagger, ud_english_ewt>> in taggers; in perceptrons on digits <<digits:64 → 10, "
        r"butterfly against dense>> in place of $64 \times 10$ and <<digits:1024 → 1024, butterfly "
        r"against dense>> in place of $1024 \times 1024$.",
        check="digits",
        trainings="Perceptrons on digits after the first epoch",
        compare=lambda: against_dense(first=True),
        tests=2 * 2 * STEP_SIZES,
        tasks_after_first_epoch=True,
    ),
    Question(
        id="replacement-low-rank",
        title="The replacement against a pair of dense layers with as many weights",
        source="Not in the paper; follows up Figures S3 and S6",
        statement=r"After the first epoch of training a network with the butterfly replacement of "
        r"a dense layer is at least as accurate on test data as with a pair of dense layers of no "
        r"more weights in its place.",
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
        statement=r"A network with the butterfly replacement of two, or of all three, of its dense "
        r"layers is at least as accurate on test data as with those layers.",
        expected=Verdict.REFUTED,
        correction=r"In a perceptron on digits two replaced layers lower the accuracy in <<last "
        r"epoch:2 layers replaced, below>>, three in <<last epoch:3 layers replaced, below>> of "
        r"<<last epoch:3 layers replaced, of>> trainings. The mean differences are <<last epoch:2 "
        r"layers replaced>> and <<last epoch:3 layers replaced>> points.",
        compare=several_layers,
        tests=2 * 2,
    ),
    Question(
        id="replacement-rectified",
        title="Rectifiers inside the replacement",
        statement=r"With rectifiers between the layers of the butterfly replacement a network is "
        r"at least as accurate on test data as without.",
        expected=Verdict.UNDECIDED,
        correction=r"In a perceptron on digits rectifiers around the core lower the accuracy in "
        r"<<last epoch:butterfly, rectified core, below>> of <<last epoch:butterfly, rectified "
        r"core, of>> trainings, with a mean difference of <<last epoch:butterfly, rectified core>> "
        r"points; rectifiers between all layers in <<last epoch:butterfly, rectified layers, "
        r"below>>, with <<last epoch:butterfly, rectified layers>>. The sign test asks for <<last "
        r"epoch:butterfly, rectified layers, enough>>.",
        compare=with_rectifiers,
        tests=2 * 2,
    ),
    Question(
        id="replacement-few-data",
        title="The replacement when there are few data",
        statement=r"Where there are few data to learn from, a network with the butterfly "
        r"replacement of a dense layer is at least as accurate on test data as with that layer.",
        expected=Verdict.REFUTED,
        correction=r"In a perceptron on digits the replacement does not prevent over-fitting. From "
        r"a quarter of the images it is less accurate in <<last epoch:0.25 of the images, below>> "
        r"of <<last epoch:0.25 of the images, of>> trainings, with a mean difference of <<last "
        r"epoch:0.25 of the images>> points, and from a sixteenth in <<last epoch:0.0625 of the "
        r"images, below>>, with <<last epoch:0.0625 of the images>>.",
        compare=fewer_images,
        tests=2 * 2,
    ),
    Question(
        id="replacement-start",
        title="Where the butterflies of the replacement start",
        statement=r"A network with the butterfly replacement that starts as an FJLT is at least as "
        r"accurate on test data as one that starts at an identity, Gaussian or orthogonal weights.",
        expected=Verdict.UNDECIDED,
        correction=r"In a perceptron on digits a start at an FJLT ends, in the mean, <<last "
        r"epoch:FJLT against identity, in words>> an identity, <<last epoch:FJLT against gaussian, "
        r"in words>> Gaussian weights, and <<last epoch:FJLT against orthogonal, in words>> "
        r"orthogonal ones. No difference is steady enough for the sign test, which asks for <<last "
        r"epoch:FJLT against identity, enough>> of <<last epoch:FJLT against identity, of>> "
        r"trainings.",
        compare=other_starts,
        tests=3 * 2,
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
