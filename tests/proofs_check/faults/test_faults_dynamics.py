"""Planted faults are noticed in the claims on where training ends and on spurious minima."""

import copy
import json

import numpy as np
import pytest
from flint import fmpq_mat
from numpy.random import default_rng

from landscape.planes.row_spaces import RowSpaces
from proofs_check.checker.certificates import judged
from proofs_check.checker.expected import trained_encoder
from proofs_check.claim import Bearing
from proofs_check.counts.butterfly_paths import path
from proofs_check.row_spaces import folds, hidden_motions
from proofs_check.statements.trained_encoder import (
    joint_auto_encoders,
    joint_benign,
    joint_dichotomy,
    joint_folds,
)
from proofs_check.statements.training import dynamics

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
    "every motion counts as missing": (
        "joint-dichotomy",
        "every class",
        joint_dichotomy.Plane,
        "occurs",
        lambda self, i, j: False,
        Bearing.FAILED,
    ),
    "no motion counts as missing": (
        "joint-dichotomy",
        "n = 16",
        joint_dichotomy.Plane,
        "occurs",
        lambda self, i, j: True,
        Bearing.FAILED,
    ),
    "the plane is turned without a bend": (
        "joint-dichotomy",
        "every class",
        joint_dichotomy,
        "spurious_data",
        lambda plane, turned, original=joint_dichotomy.spurious_data: original(plane, turned, 0),
        Bearing.FAILED,
    ),
    "an auto-encoder is critical in every direction or in none": (
        "joint-auto-encoders",
        "every class",
        joint_auto_encoders,
        "critical_auto_encoder",
        lambda *a, original=joint_auto_encoders.critical_auto_encoder: original(*a, free=True),
        Bearing.FAILED,
    ),
    "the least loss that is found is that of the minimum": (
        "joint-auto-encoders",
        "every class",
        joint_auto_encoders,
        "certified",
        lambda spaces, X, x, better, original=joint_auto_encoders.certified: original(
            spaces, X, x, x
        ),
        Bearing.FAILED,
    ),
    "the fold is left": (
        "joint-folds",
        "a fold",
        joint_folds,
        "WEIGHTS",
        [
            [2 * x for x in joint_folds.WEIGHTS[0][:1]] + joint_folds.WEIGHTS[0][1:],
            *joint_folds.WEIGHTS[1:],
        ],
        Bearing.FAILED,
    ),
    "the better plane is the same": (
        "joint-folds",
        "a fold",
        joint_folds,
        "TURNED",
        (),
        Bearing.FAILED,
    ),
    "the gain is convex": (
        "joint-folds",
        "a fold",
        joint_folds,
        "rational_inertia",
        lambda symmetric, original=joint_folds.rational_inertia: original(-1 * symmetric),
        Bearing.FAILED,
    ),
    "the directions of the nodes do not count": (
        "joint-folds",
        "a fold",
        joint_folds,
        "lifted",
        lambda fold: 15,
        Bearing.FAILED,
    ),
    "output 6 takes the place of output 4": (
        "joint-folds",
        "another class",
        joint_folds,
        "WIDER",
        RowSpaces(8, (0, 1, 2, 3, 6), 4),
        Bearing.FAILED,
    ),
    "no search finds a fold": (
        "joint-folds",
        "every class",
        joint_folds,
        "degenerate_point",
        lambda spaces, rng: folds.Degenerate(1, 1, 1, True),
        Bearing.FAILED,
    ),
    "vanishing weights hide nothing": (
        "joint-benign",
        "vanishing weights",
        hidden_motions,
        "hidden",
        lambda *given: {},
        Bearing.FAILED,
    ),
    "eigenvectors that are not orthogonal": (
        "joint-benign",
        "eigenvectors",
        joint_benign,
        "orthogonal",
        lambda n, rng: fmpq_mat(n, n, [int(x) for x in rng.integers(-999, 1000, n * n)]),
        Bearing.FAILED,
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_fault_is_noticed(name, monkeypatch, bearing):
    claim_id, check, owner, attribute, fault, expected = FAULTS[name]
    monkeypatch.setattr(owner, attribute, fault)
    assert bearing(claim_id, check) is expected


@pytest.mark.parametrize("end", [None, folds.Degenerate(1, 1, 0, proper=False)])
def test_searches_without_an_end_say_nothing(end, monkeypatch):
    monkeypatch.setattr(joint_folds, "degenerate_point", lambda spaces, rng: end)
    with pytest.raises(ArithmeticError, match="has an end"):
        joint_folds.has_fold(joint_folds.SPACES, default_rng(0), 2)


CHECKS = {
    "joint-auto-encoders": "every class",
    "joint-dichotomy": "every class",
    "joint-folds": "a fold",
}
CERTIFICATES = {id: trained_encoder.CLAIMS[id].checks[check] for id, check in CHECKS.items()}


@pytest.fixture(scope="module")
def certificates(computed):
    """The certificates of these claims."""
    return {
        one.claim.id: json.loads(json.dumps(found.finding.certificate))
        for one in computed([*CERTIFICATES]).claims
        for found in one.evidence
        if found.check == CHECKS[one.claim.id]
    }


@pytest.mark.parametrize("id", CERTIFICATES)
def test_the_certificate_is_accepted(id, certificates):
    assert judged(certificates[id], CERTIFICATES[id])[0]


@pytest.mark.parametrize(
    ("id", "change"),
    [
        ("joint-auto-encoders", lambda c: c["points"].pop()),
        ("joint-auto-encoders", lambda c: c["points"][2]["Y"][0].reverse()),
        ("joint-auto-encoders", lambda c: c["points"][4].update(better=c["points"][4]["weights"])),
        ("joint-auto-encoders", lambda c: c["points"][0]["weights"][0][0].reverse()),
        ("joint-dichotomy", lambda c: c["points"].pop()),
        ("joint-dichotomy", lambda c: c["points"].append(c["points"][3])),
        ("joint-dichotomy", lambda c: c["points"][5].update(better=c["points"][5]["weights"])),
        ("joint-dichotomy", lambda c: c["points"][5]["variables"].pop()),
        ("joint-dichotomy", lambda c: c["points"][5]["weights"][0][0].reverse()),
        ("joint-dichotomy", lambda c: c["points"][5]["X"][0].reverse()),
        ("joint-folds", lambda c: c.update(better=c["weights"])),
        ("joint-folds", lambda c: c["E"][0].reverse()),
        ("joint-folds", lambda c: c["Y"][0].reverse()),
        ("joint-folds", lambda c: c["variables"].pop()),
        ("joint-folds", lambda c: c.update(moved=14)),
        ("joint-folds", lambda c: c["losses"].reverse()),
        ("joint-folds", lambda c: c.update(rows=[0, 1, 2, 3, 6])),
    ],
)
def test_a_changed_certificate_is_refused(id, change, certificates):
    certificate, expected = copy.deepcopy(certificates[id]), CERTIFICATES[id]
    change(certificate)
    assert certificate != certificates[id]
    assert not judged(certificate, expected)[0]


def test_data_without_a_fold_are_no_counterexample(certificates):
    """Targets without the push towards the fold leave the gain flat in one direction."""
    certificate = copy.deepcopy(certificates["joint-folds"])
    Y = certificate["Y"]
    certificate["Y"] = [[x * (i == j) for j, x in enumerate(line)] for i, line in enumerate(Y)]
    assert not judged(certificate, CERTIFICATES["joint-folds"])[0]


def test_nodes_that_take_over_from_each_other(monkeypatch):
    """A network of which lines alone do not show all hidden motions."""
    u, v, s, t = [[0, 2], [2, 0]], [[0, 2], [2, -1]], [[1, 2], [-1, -1]], [0, -1]
    values = {
        ("E", a, i): x for a, row in enumerate([[1, 1, 0], [1, -1, -1]]) for i, x in enumerate(row)
    }
    for q in range(2):
        values |= {(0, 2 * q, 0): u[q][0], (0, 2 * q, 1): u[q][1]}
        values |= {(0, 2 * q + 1, 1): v[q][0], (0, 2 * q + 1, 0): v[q][1]}
        values |= {path(4, 2 * i, 2 * q)[1]: s[q][i] for i in range(2)}
        values[path(4, 1, 2 * q + 1)[1]] = t[q]
    network = hidden_motions.Network(4, (0, 1, 2), 2, values)
    assert hidden_motions.spanning(network, default_rng(0))[0] == 4
    monkeypatch.setattr(hidden_motions, "turned", lambda *given: {})
    assert hidden_motions.spanning(network, default_rng(0))[0] == 3


def test_a_row_space_that_turns_unseen(monkeypatch, rejected):
    control = "two outputs of equal parity"
    assert rejected("joint-benign", control)
    monkeypatch.setattr(hidden_motions.Span, "contains", lambda self, rows: True)
    assert not rejected("joint-benign", control)


def test_folds_of_larger_butterflies_are_counted(monkeypatch):
    """For n = 16, here with two classes of n = 8 and one search that has no end."""
    classes = [RowSpaces(8, range(5), 4), RowSpaces(8, (0, 1, 2), 3), RowSpaces(8, (0, 1, 2), 2)]
    monkeypatch.setattr(joint_folds, "dominant_classes", lambda n: classes)
    original = joint_folds.degenerate_point
    monkeypatch.setattr(
        joint_folds,
        "degenerate_point",
        lambda spaces, rng: None if spaces.k == 2 else original(spaces, rng),
    )
    said, numbers = joint_folds.sixteen_inputs(np.random.default_rng(0))
    assert numbers == {"searched of 16": 3, "found of 16": 1, "silent of 16": 1}
    assert "folds in 1 of them (1 with k = 4), which are not certified; in 1 no search" in said
    monkeypatch.setattr(joint_folds, "dominant_classes", lambda n: classes[1:2])
    assert "folds in 0 of them, which" in joint_folds.sixteen_inputs(np.random.default_rng(0))[0]
