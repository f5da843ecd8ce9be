"""What is said of a reader's matrices: right where the truth is known, undecided where it cannot be
decided."""

from fractions import Fraction

import numpy as np
import pytest
from numpy.random import SeedSequence

from figures.data import digits
from proofs_check.claim import Bearing, Context, SketchTarget
from proofs_check.experiments import own_data
from proofs_check.statements.embeddings import prop_2_corrected
from proofs_check.statements.embeddings.moments import one_sided
from proofs_check.statements.embeddings.prop_2 import spike
from proofs_check.statements.fixed_encoder import theorem_1

RNG = np.random.default_rng(0)


def context(target=None, **data):
    return Context(
        "quick",
        SeedSequence(0),
        {name: np.asarray(a, float) for name, a in data.items()},
        target or SketchTarget(),
    )


def test_the_worst_vector_has_the_exact_mean_square():
    """At the size named, the exact mean square at no vector exceeds what Markov's inequality needs;
    one less does."""
    W, target = RNG.integers(-3, 4, (4, 8)), SketchTarget(epsilon=0.9, probability=0.5)
    k = own_data.input_side(context(target, W=W)).numbers["k_exact_moment"]
    allowed = 0.5 * 0.81 * np.linalg.norm(W, 2) ** 2
    Q = np.sum(W**2) * np.eye(8) + W.T @ W - 2 * np.diag(np.sum(W**2, axis=0))
    x = np.rint(1000 * np.linalg.eigh(Q)[1][:, -1]).astype(np.int64)
    mean_square = [float(one_sided(W, x, size)) / float(x @ x) for size in (k, k - 1)]
    assert 1 < k < 8
    assert mean_square[0] <= allowed < mean_square[1]


def test_the_measured_size_is_no_larger_than_the_proved_one():
    found = own_data.input_side(context(W=RNG.normal(size=(16, 64)))).numbers
    assert 1 <= found["k_measured"] <= found["k_exact_moment"] <= 64


def test_a_replacement_that_loses_nothing_holds(monkeypatch):
    monkeypatch.setattr(own_data, "log2", lambda n: n)
    assert own_data.replacement(context(W=RNG.normal(size=(8, 8)))).bearing is Bearing.SUPPORTS


def test_a_replacement_of_few_rows_fails():
    found = own_data.replacement(context(W=RNG.normal(size=(64, 64))))
    assert found.bearing is Bearing.REFUTES
    assert found.numbers["k2_needed"] == 52  # 64/1.25


def test_the_known_counterexample_fails_and_an_easy_problem_holds():
    target = SketchTarget(k=1, epsilon=1, probability=0.5)
    assert own_data.low_rank_sketch(context(target, X=spike(16))).bearing is Bearing.REFUTES
    assert own_data.low_rank_sketch(context(X=digits()[0][:, :200])).bearing is Bearing.SUPPORTS


def test_the_proved_size_obeys_the_bound_of_the_claim():
    """Without the factor (n − l)/(n − 1), the bound is that of claim prop-2-corrected."""
    target = SketchTarget(k=1, epsilon=1, probability=0.5)
    X = RNG.normal(size=(64, 3))
    assert own_data.low_rank_sketch(context(target, X=X)).numbers["l_proved"] <= 32
    assert prop_2_corrected.failure_bound(1, Fraction(1)) <= Fraction(1, 2)


@pytest.mark.parametrize(
    ("check", "data"),
    [
        (own_data.replacement, {"W": np.zeros((4, 4))}),
        (own_data.input_side, {"W": np.zeros((4, 4))}),
        (own_data.low_rank_sketch, {"X": np.outer(np.arange(1, 9), np.ones(3))}),
        (theorem_1._own_data, {"X": np.eye(8)}),
        (
            theorem_1._own_data,
            {"X": np.diag(np.arange(1.0, 9)), "Y": np.ones((1, 8)), "B": np.eye(8)},
        ),
    ],
)
def test_undecided(check, data):
    assert check(context(**data)).bearing is Bearing.SILENT


def test_theorem_1_on_own_data():
    X, Y, B = RNG.normal(size=(12, 30)), RNG.normal(size=(9, 30)), RNG.normal(size=(6, 12))
    found = theorem_1._own_data(context(X=X, Y=Y, B=B))
    assert found.bearing is Bearing.SUPPORTS
    exact = np.linalg.eigvalsh(Y @ np.linalg.pinv(B @ X) @ (B @ X) @ Y.T)[::-1][:6]
    np.testing.assert_allclose(found.numbers["eigenvalues"], exact, rtol=1e-9)


SCALES = [1e-300, 1e-160, 1e160, 1e300]


def powers_of_two(scale):
    return 2.0 ** round(np.log2(scale))


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize(
    ("check", "name", "shape"),
    [
        (own_data.replacement, "W", (16, 16)),
        (own_data.replacement, "W", (64, 64)),
        (own_data.input_side, "W", (8, 16)),
        (own_data.low_rank_sketch, "X", (32, 20)),
        (theorem_1._own_data, "X", (12, 30)),
    ],
)
def test_the_scale_of_the_matrices_changes_nothing(check, name, shape, scale):
    matrix, target = RNG.normal(size=shape), SketchTarget(probability=0.5)
    found, other = (
        check(context(target, **{name: matrix * factor})) for factor in (1, powers_of_two(scale))
    )
    assert found.bearing is other.bearing
    for number in found.numbers.keys() - {"eigenvalues", "loss"}:
        assert found.numbers[number] == other.numbers[number]


@pytest.mark.parametrize("scale", SCALES)
def test_the_levels_of_theorem_1_have_the_scale_of_the_targets(scale):
    X, Y, B = RNG.normal(size=(12, 30)), RNG.normal(size=(9, 30)), RNG.normal(size=(6, 12))
    factor = powers_of_two(scale)
    plain = theorem_1._own_data(context(X=X, Y=Y, B=B)).numbers
    found = theorem_1._own_data(context(X=X / factor, Y=Y * factor, B=B * factor)).numbers
    for one, other in zip(
        (plain["loss"], *plain["eigenvalues"]),
        (found["loss"], *found["eigenvalues"]),
        strict=True,
    ):
        ratio = Fraction(other) / Fraction(one) / Fraction(factor) ** 2
        assert abs(ratio - 1) < 1e-9


@pytest.mark.parametrize("entry", [1.0, -3e300, 1e-300])
def test_a_matrix_of_a_single_entry(entry):
    """An SRHT of one row and one column is 1 or −1, so nothing is lost."""
    W = [[entry]]
    assert own_data.replacement(context(W=W)).bearing is Bearing.SUPPORTS
    found = own_data.input_side(context(W=W))
    assert found.bearing is Bearing.SUPPORTS
    assert found.numbers["k_exact_moment"] == found.numbers["k_measured"] == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"k": 0},
        {"epsilon": 0.0},
        {"epsilon": 1e-320},
        {"epsilon": 1e300},
        {"epsilon": float("nan")},
        {"probability": 1.0},
        {"probability": 0.9999},
    ],
)
def test_bad_wishes(wrong):
    with pytest.raises(ValueError, match="are needed"):
        SketchTarget(**wrong)
