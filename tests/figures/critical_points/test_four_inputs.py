"""Lists of four inputs against the stored lists by paths, and the formula of Kac and Rice."""

import numpy as np
import pytest

from figures.critical_points.four_inputs import compute
from figures.critical_points.kac_rice import (
    Moments,
    drawn_moments,
    expected_extrema,
    second_order,
)
from figures.critical_points.random_data import data_pair
from figures.engine.stored_tables import stored
from figures.engine.table import select
from fjlt.runs.seeds import stream
from landscape.enumeration.eigenvalue_branches import extrema, numbers_of_extrema
from landscape.planes.sibling_angles import loss_over_angles

LISTED = [
    row for row in select(stored("landscapes"), n=4, method="lists") if row["dataset"] != "cifar10"
]


def test_lists_of_stored_data_sets_are_those_by_paths():
    """Each of these data sets was listed by following 12 paths; here by a polynomial."""
    assert len(LISTED) >= 1840
    for row in LISTED[::4]:
        name = (row["dataset"], 4, row["samples"], row["targets"], row["spectrum"], row["set"])
        points = extrema(*data_pair(*name[:-1], stream(0, *name, "data")))
        minima = [point.loss for point in points if point.index == 0]
        assert (len(points), len(minima)) == (row["real"], row["minima"]), name
        assert len(minima) - 1 == row["spurious"]
        if len(minima) > 1:
            assert float(minima[-1] / minima[0]) == pytest.approx(float(row["ratio"]), rel=1e-5)


def moments_of(X):
    inner, outer = X[[0, 2]], X[[1, 3]]
    A = inner @ inner.T
    N = np.linalg.solve(A, inner @ outer.T)
    rest = outer - N.T @ inner
    return Moments(np.linalg.inv(A), rest @ rest.T, N)


@pytest.mark.parametrize("seed", range(5))
def test_derivatives_are_those_of_the_loss(seed):
    X = np.random.default_rng(seed).standard_normal((4, 8))
    T, q = second_order(moments_of(X))
    h = 1e-4
    a, b = (h * grid for grid in np.mgrid[-1:2, -1:2])
    gain = -loss_over_angles(X, X, np.degrees(a), np.degrees(b))
    slope = [(gain[2, 1] - gain[0, 1]) / (2 * h), (gain[1, 2] - gain[1, 0]) / (2 * h)]
    bend = np.array(
        [
            [gain[2, 1] - 2 * gain[1, 1] + gain[0, 1], 0],
            [0, gain[1, 2] - 2 * gain[1, 1] + gain[1, 0]],
        ]
    )
    bend[0, 1] = bend[1, 0] = (gain[2, 2] - gain[2, 0] - gain[0, 2] + gain[0, 0]) / 4
    assert np.allclose(2 * np.diag(T), slope, rtol=1e-4, atol=1e-4)
    assert np.allclose(2 * q, bend / h**2, rtol=1e-3, atol=1e-3)


def test_drawn_moments_have_no_gradient_and_the_law_of_gaussian_data():
    """Given A and Σ, N is normal with given covariances; here these are those of a regression."""
    rng = np.random.default_rng(0)
    (A_inverse, S, N), weights = drawn_moments(8, rng.random((20000, 8)))
    T, _ = second_order(Moments(A_inverse, S, N))
    assert np.abs(np.diagonal(T, axis1=1, axis2=2)).max() < 1e-9
    assert weights.mean() == pytest.approx(1, abs=0.02)
    A = np.linalg.inv(A_inverse)
    assert np.allclose((weights[:, None, None] * A).mean(0), 8 * np.eye(2), atol=0.2)
    assert np.allclose(S.mean(0), 6 * np.eye(2), atol=0.2)


def test_normal_parts_across_have_the_law_given_the_parts_along():
    """Of N with covariance A⁻¹ in each column, by the formula for conditional normal laws."""
    rng = np.random.default_rng(1)
    uniform = np.tile(rng.random(8), (40000, 1))
    uniform[:, 6:] = rng.random((40000, 2))
    (A_inverse, S, N), _ = drawn_moments(8, uniform)
    A_inverse, S = A_inverse[0], S[0]
    everything = np.kron(A_inverse, np.eye(2))  # of N row by row
    along = np.zeros((2, 4))
    along[0, :2], along[1, 2:] = S
    cross = everything @ along.T
    given = everything - cross @ np.linalg.solve(along @ cross, cross.T)
    found = np.cov(N.reshape(-1, 4).T)
    assert np.allclose(found, given, atol=0.03 * np.abs(given).max())


@pytest.mark.parametrize("samples", [6, 8, 16])
def test_the_integral_is_the_mean_of_lists(samples):
    rng = np.random.default_rng(samples)
    X = rng.standard_normal((20000, 4, samples))
    counts = numbers_of_extrema(X, X) / 2
    replicates = np.array([expected_extrema(samples, 2**13, rng) for _ in range(16)])
    error = np.hypot(counts.std(0) / len(X) ** 0.5, replicates.std(0) / 4)
    assert (np.abs(counts.mean(0) - replicates.mean(0)) < 5 * error).all()


def test_the_integral_of_other_data_is_refused():
    with pytest.raises(ValueError, match="for Gaussian X and Y, not for 'spectrum'"):
        compute(dataset="spectrum", samples=4, spectrum=10, method="integral")
    with pytest.raises(ValueError, match="method"):
        compute(method="paths")


def test_degenerate_data_are_incomplete(monkeypatch):
    from figures.critical_points import four_inputs

    monkeypatch.setattr(four_inputs, "data_pair", lambda *name: (np.eye(4), np.eye(4)))
    (row,) = compute(sets=3)
    assert (row["sets"], row["complete"], row["minima"], row["ratio"]) == (3, 0, 0, 1.0)
    assert four_inputs.spurious_share([row]).high == 1
