"""Planted faults are noticed in the claims on where training ends and on spurious minima."""

import numpy as np
import pytest

from proofs_check import run
from proofs_check.claim import Bearing, Verdict
from proofs_check.statements.trained_encoder import dynamics, joint_dichotomy
from proofs_check.statements.trained_encoder.joint_dichotomy import Deficient

FAULTS = {
    "another example": (
        "dynamics",
        "every FJLT start",
        dynamics,
        "EXAMPLE",
        np.diag([1.0, 1, 2, 1]),
        Bearing.FAILED,
    ),
    "the FJLT is the identity": (
        "dynamics",
        "every FJLT start",
        dynamics,
        "fjlt_rows",
        lambda signs: [[1, 0, 0, 0], [0, 0, 0, 1]],
        Bearing.FAILED,
    ),
    "the loss forgets the Gram matrix": (
        "dynamics",
        "every FJLT start",
        dynamics,
        "loss_of",
        lambda rows: 5 - sum(entry != 0 for row in rows for entry in row),
        Bearing.FAILED,
    ),
    "joint training starts from FJLTs and their best decoders": (
        "dynamics",
        "joint training",
        dynamics,
        "SCHEMES",
        dynamics.SCHEMES[::-1],
        Bearing.REFUTES,
    ),
    "two phases start from FJLTs": (
        "dynamics",
        "two phases from random weights",
        dynamics,
        "SCHEMES",
        dynamics.SCHEMES[2:] * 3,
        Bearing.REFUTES,
    ),
    "outputs that are no siblings": (
        "dynamics",
        "minima",
        dynamics,
        "ROWS",
        (0, 1),
        Bearing.FAILED,
    ),
    "FJLTs are random butterflies": (
        "dynamics",
        "Adam",
        dynamics,
        "SCHEMES",
        dynamics.SCHEMES[:2] + dynamics.SCHEMES[1:2],
        Bearing.FAILED,
    ),
    "the dense optimum has one rank more": (
        "joint-dichotomy",
        "full dimension",
        joint_dichotomy,
        "reduced_loss",
        lambda X, Y, B, k, original=joint_dichotomy.reduced_loss: original(X, Y, B, k + 1),
        Bearing.FAILED,
    ),
    "deficient classes count as full": (
        "joint-dichotomy",
        "full dimension",
        joint_dichotomy,
        "classes",
        lambda n, dominant, original=joint_dichotomy.classes: original(n, False),
        Bearing.FAILED,
    ),
    "two weights are tied": (
        "joint-dichotomy",
        "full dimension",
        joint_dichotomy.Problem,
        "of",
        lambda X, Y, rows, k, original=joint_dichotomy.Problem.of: (
            lambda p: p._replace(
                gain=joint_dichotomy.Gain(joint_dichotomy.Tied(len(X), rows, k), p.gain.C, p.gain.M)
            )
        )(original(X, Y, rows, k)),
        Bearing.FAILED,
    ),
    "no end is a fold": (
        "joint-dichotomy",
        "a fold",
        joint_dichotomy,
        "is_fold",
        lambda end: False,
        Bearing.FAILED,
    ),
    "descents are cut short": (
        "joint-dichotomy",
        "full dimension",
        joint_dichotomy,
        "STEPS",
        1,
        Bearing.FAILED,
    ),
    "no end is a minimum in all weights": (
        "joint-dichotomy",
        "less than full dimension",
        joint_dichotomy,
        "is_minimum",
        lambda *network_and_data: False,
        Bearing.FAILED,
    ),
    "the search sees one minimum only": (
        "joint-dichotomy",
        "less than full dimension",
        Deficient,
        "gap",
        lambda self, X, Y, count: None,
        Bearing.FAILED,
    ),
}


@pytest.fixture
def few(monkeypatch):
    """Cut the classes that an attack takes to the first two."""
    original = joint_dichotomy.chosen
    monkeypatch.setattr(
        joint_dichotomy, "chosen", lambda *a, **options: original(*a, **options)[:2]
    )


@pytest.mark.parametrize("name", FAULTS)
def test_fault_is_noticed(name, monkeypatch, bearing, few):
    claim_id, check, owner, attribute, fault, expected = FAULTS[name]
    monkeypatch.setattr(owner, attribute, fault)
    assert bearing(claim_id, check) is expected


def test_a_regular_minimum_above_the_optimum_is_reported(monkeypatch, few):
    monkeypatch.setattr(joint_dichotomy, "ABOVE", -1.0)
    report = run(["joint-dichotomy"])
    assert report.claims[0].verdict is Verdict.UNDECIDED
    assert any(
        "contradict joint-submersion" in failure and "Minimum(" in failure
        for failure in report.failures
    )
    assert not report.claims[0].passed(report.claims[0].evidence[0])
    assert report.claims[0].passed(report.claims[0].evidence[2])


def test_a_tie_changes_the_derivatives_as_it_should():
    tied = joint_dichotomy.Tied(8, (0, 2), 2)
    rng = np.random.default_rng(0)
    C, M = (a @ a.T for a in rng.normal(size=(2, 8, 8)))
    gain, x, h = joint_dichotomy.Gain(tied, C, M), tied.random(rng), 1e-6
    for i, unit in enumerate(np.eye(tied.size)):
        assert gain.gradient(x)[i] == pytest.approx(
            (gain(x + h * unit) - gain(x - h * unit)) / (2 * h), abs=1e-6
        )
        slopes = (gain.gradient(x + h * unit) - gain.gradient(x - h * unit)) / (2 * h)
        assert gain.hessian(x)[i] == pytest.approx(slopes, abs=1e-5)
