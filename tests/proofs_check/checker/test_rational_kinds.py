"""Certificates in rational numbers, made by hand: each condition refuses some false one."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from proofs_check.checker.arithmetic.rational_matrices import determinant, rank
from proofs_check.checker.arithmetic.reachable_rank import PRIME
from proofs_check.checker.certificates import judged
from proofs_check.checker.expectation import HYPOTHESIS, Assumption
from proofs_check.checker.expected import derivations
from proofs_check.checker.kinds import derivations as replay
from proofs_check.identities import proofs


def texts(rows):
    return [[str(entry) for entry in row] for row in rows]


def descent(e=2, w=(0, 1)):
    """D = diag(1, 0), E = diag(e, 0), X = I, Y = diag(2, 1): critical for e = 2 only."""
    point = {
        "X": [[1, 0], [0, 1]],
        "Y": [[2, 0], [0, 1]],
        "D": [[1, 0], [0, 0]],
        "E": [[e, 0], [0, 0]],
        "w": [[w[0]], [w[1]]],
        "v": [[0], [1]],
        "q": [[0], [1]],
    }
    return {"kind": "descent", "points": [{name: texts(a) for name, a in point.items()}]}


def eigenvalues(B=((1, 1), (1, -1)), intervals=((3, 5), ("1/2", 2))):
    """The eigenvalues of diag(1, 4), by the encoder B."""
    problem = {"T": texts([[1, 0], [0, 2]]), "intervals": texts(intervals)}
    return {
        "kind": "eigenvalues",
        "B": texts(B),
        "C": texts(np.eye(2, dtype=int)),
        "problems": [problem],
    }


# The inputs (i, j) of the two outputs, and the loss there: 11 - (C²)_ii/C_ii - (C²)_jj/C_jj.
LOSSES = {(0, 3): "21/5", (1, 2): "2", (0, 2): "6"}


def minimum(here=(0, 3), better=(1, 2)):
    X = texts([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 2, 0], [0, 2, 0, 1]])
    unit = {0: ["1", "0"], 1: ["0", "1"]}
    point = {"X": X, "Y": X, "loss": LOSSES[here], "better_loss": LOSSES[better]}
    for name, (i, j) in {"": here, "better_": better}.items():
        point |= {f"{name}u": unit[i], f"{name}v": unit[j - 2]}
    return {"kind": "spurious-minimum", "points": [point]}


def reachable(dimension=1, prime=PRIME):
    """One output of a butterfly of size 2: its row turns in the plane."""
    point = {"weights": [[[3, 5], [1, 1]]], "rows": [0], "encoder": [[1]]}
    return {
        "kind": "reachable-dimension",
        "prime": prime,
        "points": [point],
        "dimensions": [dimension],
    }


ROTATED = (("7/5", "1/5"), ("-1/5", "7/5"))
"""Orthogonal rows of the squared length 2, like those of a Hadamard matrix, but not of signs."""

FALSE = {
    "w = 0": descent(w=(0, 0)),
    "not critical": descent(e=1),
    "critical in D alone": descent(e=0),
    "overlapping intervals": eigenvalues(intervals=((3, 5), (3, 5))),
    "an interval without an eigenvalue": eigenvalues(intervals=((5, 6), ("1/2", 2))),
    "an encoder without signs": eigenvalues(B=ROTATED),
    "a saddle": minimum(here=(0, 2)),
    "a better network that is worse": minimum(here=(1, 2), better=(0, 3)),
    "another dimension": reachable(dimension=2),
    "another prime": reachable(prime=2**31 - 1),
}


@pytest.mark.parametrize("make", [descent, eigenvalues, minimum, reachable])
def test_true_certificates_are_accepted(make):
    assert judged(make())[0], judged(make())


@pytest.mark.parametrize("name", FALSE)
def test_false_certificates_are_refused(name):
    assert not judged(FALSE[name])[0]


@pytest.mark.parametrize("seed", range(20))
def test_determinant_and_rank(seed):
    rng = np.random.default_rng(seed)
    a = rng.integers(-2, 3, (4, 4)) * (rng.random((4, 4)) < 0.6)
    if seed % 2:
        a[3] = a[0] + 2 * a[1]
    exact = [[Fraction(int(entry)) for entry in row] for row in a]
    assert determinant(exact) == round(np.linalg.det(a))
    assert rank(exact) == np.linalg.matrix_rank(a)
    assert determinant([[Fraction(0), Fraction(1)], [Fraction(1), Fraction(0)]]) == -1


@pytest.mark.parametrize("name", [n for n in derivations.__all__ if hasattr(proofs, n)])
def test_assumptions_that_contradict_the_model_are_refused(name):
    expected, certificate = getattr(derivations, name), getattr(proofs, name).certificate()
    assert replay.check(certificate, expected)[0]
    symbol = next(iter(expected.symbols))
    assumed = {**expected.assumptions, "a symbol is zero": Assumption(symbol, HYPOTHESIS)}
    good, sentence = replay.check(certificate, replace(expected, assumptions=assumed))
    assert not good
    assert "fails at the model" in sentence


@pytest.mark.parametrize("name", [n for n in derivations.__all__ if hasattr(proofs, n)])
def test_a_proof_of_another_goal_is_refused(name):
    expected, certificate = getattr(derivations, name), getattr(proofs, name).certificate()
    goals = [replace(goal, text=f"-({goal.text})") for goal in expected.goals]
    good, sentence = replay.check(certificate, replace(expected, goals=goals))
    assert not good
    assert "no step proves" in sentence
