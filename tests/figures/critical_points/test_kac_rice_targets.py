"""The formula of Kac and Rice for Gaussian targets: its derivatives, its law, and lists."""

import numpy as np
import pytest

from figures.critical_points.four_inputs import compute
from figures.critical_points.kac_rice import Moments, second_order
from figures.critical_points.kac_rice_targets import (
    Drawn,
    drawn,
    expected_extrema_of_targets,
    half_hessian,
)
from landscape.enumeration.eigenvalue_branches import numbers_of_extrema
from landscape.planes.sibling_angles import loss_over_angles


def drawn_from(X, Y):
    """What the formula needs of given data."""
    inner, outer = X[[0, 2]], X[[1, 3]]
    A = inner @ inner.T
    N = np.linalg.solve(A, inner @ outer.T)
    rest = outer - N.T @ inner
    # U = YQᵀL⁻¹ with LQ = WX, so U = Y·(WX)ᵀ·A⁻¹, and V = Y·restᵀ
    return Drawn(np.linalg.inv(A), rest @ rest.T, N, Y @ inner.T @ np.linalg.inv(A), Y @ rest.T)


@pytest.mark.parametrize("seed", range(5))
def test_derivatives_are_those_of_the_loss(seed):
    rng = np.random.default_rng(seed)
    X, Y = rng.standard_normal((4, 8)), rng.standard_normal((5, 8))
    at, h = drawn_from(X, Y), 1e-4
    a, b = (h * grid for grid in np.mgrid[-1:2, -1:2])
    gain = -loss_over_angles(X, Y, np.degrees(a), np.degrees(b))
    slope = [(gain[2, 1] - gain[0, 1]) / (2 * h), (gain[1, 2] - gain[1, 0]) / (2 * h)]
    assert np.allclose(2 * (at.U * at.V).sum(0), slope, rtol=1e-4, atol=1e-4)
    mixed = (gain[2, 2] - gain[2, 0] - gain[0, 2] + gain[0, 0]) / 4
    first, second = (side[2] - 2 * side[1] + side[0] for side in (gain[:, 1], gain[1]))
    bend = np.array([[first, mixed], [mixed, second]]) / h**2
    assert np.allclose(2 * half_hessian(at), bend, rtol=1e-3, atol=1e-3)


def test_with_the_data_as_targets_it_is_the_formula_of_auto_encoders():
    X = np.random.default_rng(0).standard_normal((4, 8))
    at = drawn_from(X, X)
    T, q = second_order(Moments(at.A_inverse, at.S, at.N))
    assert np.allclose(half_hessian(at), q)
    assert np.allclose((at.U.T @ at.V).T, T)


def test_drawn_numbers_have_no_gradient_and_the_law_given_that():
    """Two ways to the same law: here Y and X are drawn, and the gradient is nearly 0 by chance."""
    d, m, width = 8, 4, 0.3
    at, weights = drawn(d, m, np.random.default_rng(0).random((40000, 20)))
    assert np.abs((at.U * at.V).sum(1)).max() < 1e-9
    rng = np.random.default_rng(1)
    X, Y = rng.standard_normal((300000, 4, d)), rng.standard_normal((300000, m, d))
    inner, outer = X[:, [0, 2]], X[:, [1, 3]]
    A_inverse = np.linalg.inv(inner @ inner.mT)
    rest = outer - (A_inverse @ inner @ outer.mT).mT @ inner
    U, V, S = Y @ inner.mT @ A_inverse, Y @ rest.mT, rest @ rest.mT
    near = np.abs((U * V).sum(1)).max(1) < width
    # the law has the density of the gradient at 0, 1/√det P, as a factor
    P = at.S * (at.U.mT @ at.U)
    weights = weights / np.sqrt(np.linalg.det(P))
    for name, theirs in {"UU": U.mT @ U, "UV": U.mT @ V, "VV": V.mT @ V, "S": S}.items():
        one, other = {"U": at.U, "V": at.V, "S": at.S}[name[0]], at.V if name[-1] == "V" else at.U
        ours = at.S if name == "S" else one.mT @ other
        # bounded functions, so that tails do not matter
        mean = (weights[:, None, None] * np.tanh(ours / 4)).mean(0) / weights.mean()
        assert np.allclose(mean, np.tanh(theirs[near] / 4).mean(0), atol=0.03), name


@pytest.mark.parametrize(("d", "m"), [(8, 4), (8, 16), (6, 5)])
def test_the_integral_is_the_mean_of_lists(d, m):
    rng = np.random.default_rng(d + m)
    X, Y = rng.standard_normal((20000, 4, d)), rng.standard_normal((20000, m, d))
    counts = numbers_of_extrema(X, Y) / 2
    replicates = [expected_extrema_of_targets(d, m, 2**13, rng) for _ in range(16)]
    error = np.hypot(counts.std(0) / len(X) ** 0.5, np.std(replicates, axis=0) / 4)
    assert (np.abs(counts.mean(0) - np.mean(replicates, axis=0)) < 5 * error).all()


def test_a_gradient_that_is_not_held_at_0_gives_other_numbers():
    right, wrong = (
        expected_extrema_of_targets(8, 4, 2**15, np.random.default_rng(0), held=held)
        for held in (True, False)
    )
    assert abs(wrong[0] - right[0]) > 0.1


def test_few_rows_are_refused():
    with pytest.raises(ValueError, match="m >= 4, got d = 8 and m = 3"):
        compute(dataset="targets", targets=3, method="integral")
