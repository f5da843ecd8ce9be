"""The balls hold the exact eigenvalues, and their certificate is rechecked without balls."""

import copy

import numpy as np
import pytest
from flint import fmpq, fmpq_mat
from numpy.random import SeedSequence

from proofs_check.checker import valid
from proofs_check.checker.certificates import judged
from proofs_check.claim import Bearing, Context
from proofs_check.exact import separation
from proofs_check.statements.fixed_encoder import theorem_1


def test_balls_hold_the_exact_eigenvalues():
    """The exact characteristic polynomial changes its sign in every ball."""
    rng = np.random.default_rng(0)
    X, Y, B = (rng.integers(-5, 6, shape).astype(float) for shape in ((6, 20), (5, 20), (4, 6)))
    balls = separation.eigenvalues(X, Y, B)
    encoded, target = (fmpq_mat(a.astype(int).tolist()) for a in (B @ X, Y))
    cross = encoded * target.transpose()
    f = ((encoded * encoded.transpose()).inv() * cross * cross.transpose()).charpoly()
    assert len(balls) == 4
    for ball in balls:
        ends = (fmpq(*theorem_1._end(e).as_integer_ratio()) for e in (ball.lower(), ball.upper()))
        assert f(next(ends)) * f(next(ends)) < 0


@pytest.mark.parametrize(
    "X",
    [
        np.eye(3),
        np.diag([2.0, 1, 0]),
        np.diag([2.0, 1 + 1e-16, 1]),
        np.diag([2.0, 1 + 4e-16, 1]),
        np.zeros((3, 3)),
    ],
)
def test_none_where_eigenvalues_are_not_separated(X):
    assert separation.eigenvalues(X, X, np.eye(3)) is None


def test_products_are_enclosed():
    rng = np.random.default_rng(1)
    A, B = rng.normal(size=(3, 50)), rng.normal(size=(50, 2))
    middle, radius = separation.product((A, np.zeros_like(A)), (B, np.zeros_like(B)))
    exact = [
        [
            sum(
                fmpq(*a.as_integer_ratio()) * fmpq(*b.as_integer_ratio())
                for a, b in zip(r, c, strict=True)
            )
            for c in B.T.tolist()
        ]
        for r in A.tolist()
    ]
    for i in range(3):
        for j in range(2):
            error = abs(exact[i][j] - fmpq(*float(middle[i, j]).as_integer_ratio()))
            assert error <= fmpq(*float(radius[i, j]).as_integer_ratio())
    assert (radius < 1e-12).all()


def test_the_certificate_is_valid_and_altered_ones_are_not():
    found = theorem_1._separation(Context("quick", SeedSequence(0)))
    assert found.bearing is Bearing.SUPPORTS
    assert valid(found.certificate)[0]
    first = found.certificate["problems"][0]
    assert len(first["intervals"]) == 8

    def overlap(problem):
        (low, _), (_, high) = problem["intervals"][1], problem["intervals"][0]
        problem["intervals"][1] = [low, high]

    alterations = [
        lambda c: c["problems"][0]["intervals"].pop(),
        lambda c: c["problems"][1]["intervals"].reverse(),
        lambda c: c["problems"][0]["intervals"].__setitem__(0, ["1", "2"]),
        lambda c: c["problems"][0]["intervals"].__setitem__(1, first["intervals"][0]),
        lambda c: c["problems"][0]["intervals"][2].reverse(),
        lambda c: overlap(c["problems"][0]),
        lambda c: c["problems"][0].update(intervals=[]),
        lambda c: c.update(problems=[]),
        lambda c: c["B"].pop(),
        lambda c: c["B"][0].__setitem__(0, -c["B"][0][0]),
        lambda c: c["B"].__setitem__(0, c["B"][1]),
        lambda c: c["C"][20].__setitem__(20, 0),
        lambda c: c["problems"][1]["T"].pop(),
    ]
    for i, alter in enumerate(alterations):
        other = copy.deepcopy(found.certificate)
        alter(other)
        assert not judged({"kind": "eigenvalues"} | other)[0], i


def test_tied_eigenvalues_are_noticed(monkeypatch):
    monkeypatch.setattr(
        theorem_1, "data_sets", lambda context: [("tied", np.eye(4), np.eye(4), np.eye(4))]
    )
    assert theorem_1._separation(Context("quick", SeedSequence(0))).bearing is Bearing.FAILED
