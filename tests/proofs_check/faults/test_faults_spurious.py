"""Planted faults in the claims on spurious minima make a named check fail.

Altered certificates are rejected.
"""

import copy
from fractions import Fraction

import numpy as np
import pytest
from flint import fmpq
from sympy import Rational
from sympy.abc import x, y

from fjlt import Butterfly
from proofs_check.checker import certificates as recheck
from proofs_check.claim import Bearing
from proofs_check.counts.real_points import Zeros
from proofs_check.counts.sibling_gain import SiblingGain
from proofs_check.statements.trained_encoder import joint_spurious
from proofs_check.statements.trained_encoder.joint_spurious import (
    EXAMPLE_ROWS,
    EXAMPLES,
    certificate,
)
from proofs_check.statements.training import flow_from_fjlt, two_phase_can_fail


def forgetting_the_cross_term(self, u, v, original=SiblingGain.polynomials):
    N, Q = original(self, u, v)
    return N, Q + 1


FAULTS = {
    "the gain forgets a part of the Gram matrix": (
        "joint-spurious",
        "the example",
        SiblingGain,
        "polynomials",
        forgetting_the_cross_term,
    ),
    "the better plane is the point itself": (
        "joint-spurious",
        "the example",
        joint_spurious,
        "SECOND",
        (1, 0),
    ),
    "the dense optimum has one row less": (
        "joint-spurious",
        "the example",
        joint_spurious,
        "dense_optimum",
        lambda gain, original=joint_spurious.dense_optimum: original(gain) + 4,
    ),
    "the network has another last layer": (
        "joint-spurious",
        "all weights",
        joint_spurious,
        "planted_network",
        lambda n, original=joint_spurious.planted_network: (
            lambda network, X, Y: (
                joint_spurious.sibling_network(
                    joint_spurious.siblings(*2 * [[1] * (n // 2)]), X, Y
                ),
                X,
                Y,
            )
        )(*original(n)),
    ),
    "the gauge forgets a scale": (
        "joint-spurious",
        "all weights",
        joint_spurious,
        "gauge",
        lambda network, original=joint_spurious.gauge: original(network)[:-1],
    ),
    "the charts forget the points at infinity": (
        "joint-spurious",
        "every critical point",
        SiblingGain,
        "charts",
        property(lambda self: [self._chart((1, x), (y, 1), [])]),
    ),
    "maxima are taken for minima": (
        "joint-spurious",
        "every critical point",
        Zeros,
        "signature",
        lambda self, weight, original=Zeros.signature: -original(self, weight),
    ),
    "one entry of the family is smaller": (
        "joint-spurious",
        "family",
        joint_spurious,
        "family",
        lambda n, original=joint_spurious.family: (
            original(n) - np.outer(np.eye(n)[n // 2 + 1], 2 * np.eye(n)[1]).astype(int)
        ),
    ),
    "the second-order term has the wrong sign": (
        "joint-spurious",
        "family",
        joint_spurious,
        "expansion",
        lambda *a, original=joint_spurious.expansion: (
            lambda f, slope, c: (f, slope, c * fmpq(-1))
        )(*original(*a)),
    ),
    "the ball is too large": (
        "joint-spurious",
        "open set",
        joint_spurious,
        "Fraction",
        lambda *a, original=joint_spurious.Fraction: (
            original(1, 4) if a == (1, 8192) else original(*a)
        ),
    ),
    "Newton's method is left out": (
        "joint-spurious",
        "open set",
        joint_spurious,
        "polished",
        lambda X: np.array([1.0, 0.5, 0, 1]),
    ),
    "the examples are whitened": (
        "joint-spurious",
        "smaller examples",
        joint_spurious,
        "EXAMPLES",
        {name: (np.eye(4, dtype=int).tolist(), *rest) for name, (_, *rest) in EXAMPLES.items()},
    ),
    "the data are stretched less": (
        "two-phase-can-fail",
        "no way out",
        two_phase_can_fail,
        "stretched",
        lambda a, b, original=two_phase_can_fail.stretched: original(1, 3),
    ),
    "the starts have other signs": (
        "two-phase-can-fail",
        "no way out",
        two_phase_can_fail,
        "fjlt_starts",
        lambda original=two_phase_can_fail.fjlt_starts: [
            (B, ((1, 9), (9, 1))) for B, _ in original()
        ],
    ),
    "the maximum is the global one": (
        "two-phase-can-fail",
        "no way out",
        two_phase_can_fail,
        "SPURIOUS",
        ((0, 1), (1, 0)),
    ),
    "the saddle is counted among the minima": (
        "two-phase-can-fail",
        "two minima",
        two_phase_can_fail,
        "rational_between",
        lambda low, high: Rational(39),
    ),
    "the auto-encoder has one sign changed": (
        "two-phase-can-fail",
        "two minima",
        two_phase_can_fail,
        "AUTO_ENCODER",
        np.abs(two_phase_can_fail.AUTO_ENCODER).tolist(),
    ),
    "the second phase is left out": (
        "two-phase-can-fail",
        "training",
        two_phase_can_fail,
        "fit_two_phase",
        lambda *a, original=two_phase_can_fail.fit_two_phase, **more: (
            lambda runs: runs._replace(second=runs.first)
        )(original(*a, **more)),
    ),
    "the flow is not followed far enough": (
        "flow-from-fjlt",
        "every FJLT start",
        flow_from_fjlt,
        "TIMES",
        (0.01,) * 4,
    ),
    "the walls are too low": (
        "flow-from-fjlt",
        "every FJLT start",
        flow_from_fjlt,
        "LEVEL",
        Rational(77, 2),
    ),
    "the starts are trapped on the other side": (
        "flow-from-fjlt",
        "every FJLT start",
        flow_from_fjlt,
        "ABOVE",
        flow_from_fjlt.BELOW,
    ),
    "training starts at random": (
        "two-phase-can-fail",
        "training",
        Butterfly,
        "hadamard",
        lambda n, signs, original=Butterfly.hadamard: original(n, [1.0, 5, 1, 1]),
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_fault_is_noticed(name, monkeypatch, bearing):
    claim_id, check, owner, attribute, fault = FAULTS[name]
    monkeypatch.setattr(owner, attribute, fault)
    assert bearing(claim_id, check) is Bearing.FAILED


@pytest.fixture
def stored():
    points = [certificate(SiblingGain(X, Y), *rows) for X, Y, *rows in EXAMPLES.values()]
    points.append(
        certificate(SiblingGain(EXAMPLE_ROWS, EXAMPLE_ROWS), ((1, 0), (0, 1)), ((0, 1), (1, 0)))
    )
    return {"kind": "spurious-minimum", "points": points}


def test_certificates_are_valid(stored):
    assert recheck.valid(stored)[0]
    assert not recheck.valid(stored | {"points": []})[0]


@pytest.mark.parametrize("number", range(4))
@pytest.mark.parametrize("name", ["loss", "better_loss", "u", "v", "better_u", "Y"])
def test_an_altered_entry_is_rejected(stored, name, number):
    place = (
        (lambda point: point[name]) if isinstance(stored["points"][number][name], list) else None
    )
    for index in range(4 if name == "Y" else 2 if place else 1):
        altered = copy.deepcopy(stored)
        point = altered["points"][number]
        if name == "Y":
            rows = point[name]
            rows[index % len(rows)][index] += 1
        elif place:
            point[name][index] += 1
            # A multiple of the row spans the same plane.
            if point[name][1 - index] == 0:
                continue
        else:
            point[name] = str(Fraction(point[name]) + Fraction(1, 7))
        assert not recheck.valid(altered)[0]


def test_claimed_loss_of_four_is_rejected(stored):
    stored["points"][-1]["loss"] = "4"
    assert not recheck.valid(stored)[0]


def test_a_saddle_is_rejected():
    separate = np.diag([3, 1, 2, 1]).tolist()
    saddle = certificate(SiblingGain(separate, separate), ((1, 0), (0, 1)), ((1, 0), (1, 0)))
    assert not recheck.valid({"kind": "spurious-minimum", "points": [saddle]})[0]


def test_zeros_at_irrational_and_complex_points():
    zeros = Zeros([x**2 + y**2 - 3, x * y - 1], [x, y])
    assert (
        zeros.complex(zeros.times(1)),
        zeros.signature(zeros.times(1)),
        zeros.signature(zeros.times(x + y)),
    ) == (4, 4, 0)
    imaginary = Zeros([x**2 + 1], [x])
    assert (imaginary.complex(imaginary.times(1)), imaginary.signature(imaginary.times(1))) == (
        2,
        0,
    )
    assert not Zeros([x, x - 1], [x]).monomials
    with pytest.raises(ValueError, match="infinitely many"):
        Zeros([x * y], [x, y])


def test_multiple_zeros_count_once():
    zeros = Zeros([x**3 * (x - 2), y**2], [x, y])
    assert (zeros.complex(zeros.times(1)), zeros.signature(zeros.times(x - 1))) == (2, 0)


def test_points_where_the_determinant_vanishes_are_no_critical_points():
    """N and Q vanish together on a curve here, and the gain has 5 critical points."""
    X = [[-1, 0, 1, -1], [-1, 1, -1, 1], [1, 1, 0, 0], [1, -1, 0, 0]]
    census = SiblingGain(X, X).census()
    assert census == (5, 5, 1, 3, 1)
