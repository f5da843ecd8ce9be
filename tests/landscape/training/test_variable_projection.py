"""Variable projection against the reduced loss by singular values, and against other trainings."""

import numpy as np
import pytest

from fjlt import Butterfly, TruncatedButterfly, srht
from landscape import fit, fit_two_phase, reduced_loss, reduced_weight_gradient
from landscape.training.variable_projection import VariableProjection, _row_space


def problem(m, n, d, rank, l, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n, rank)) @ rng.standard_normal((rank, d))
    weights = Butterfly.random(1 << (n - 1).bit_length(), rng=rng).weights
    rows = np.sort(rng.choice(len(weights[0]), l, replace=False))
    return X, rng.standard_normal((m, d)), TruncatedButterfly(weights, rows, n)


SHAPES = [
    (5, 8, 9, 8, 4, 2),
    (3, 8, 9, 8, 4, 3),
    (6, 7, 20, 7, 5, 5),
    (4, 8, 5, 5, 3, 1),
    (6, 8, 10, 3, 5, 2),
]


@pytest.mark.parametrize(("m", "n", "d", "rank", "l", "k"), SHAPES)
def test_value_gradient_and_the_best_decoder_and_encoder(m, n, d, rank, l, k):
    X, Y, B = problem(m, n, d, rank, l)
    projected = VariableProjection(B, X, Y, k)
    value, gradient = projected(projected.start)
    expected = reduced_loss(X, Y, B, k)
    assert value == pytest.approx(expected, rel=1e-11)
    np.testing.assert_allclose(
        gradient, reduced_weight_gradient(X, Y, B, k)[B.effective_mask], atol=1e-9
    )
    D, E = projected.decoder_encoder(projected.start)
    assert (D.shape, E.shape) == ((m, k), (k, l))
    assert np.square(D @ E @ (B @ X) - Y).sum() == pytest.approx(expected, rel=1e-11)


@pytest.mark.parametrize("condition", [1.0, 1e4, 1e7, 1e9, 1e13])
def test_a_basis_is_orthonormal_however_dependent_the_rows(condition):
    rng = np.random.default_rng(0)
    left, right = (np.linalg.qr(rng.standard_normal((size, 20)))[0] for size in (20, 50))
    code = left * np.geomspace(1, 1 / condition, 20) @ right.T
    V, T, order = _row_space(code)
    assert np.abs(V.T @ V - np.eye(20)).max() < 1e-14
    assert np.abs(V @ T - code.T[:, order]).max() < 1e-14


def test_zero_weights_and_weights_that_overflow():
    X, Y, B = problem(3, 8, 6, 6, 3)
    projected = VariableProjection(B, X, Y, 2)
    value, gradient = projected(np.zeros_like(projected.start))
    assert value == pytest.approx(np.square(Y).sum())
    assert not gradient.any()
    assert projected(np.full_like(projected.start, np.inf))[0] == np.inf
    assert projected(np.full_like(projected.start, 1e200))[0] == np.inf
    # squares of BX may overflow, but not those of Y
    assert projected(1e55 * projected.start)[0] == pytest.approx(projected(projected.start)[0])
    assert VariableProjection(B, X, 1e160 * Y, 2)(projected.start)[0] == np.inf
    D, E = projected.decoder_encoder(np.zeros_like(projected.start))
    assert (D.shape, E.shape) == ((3, 2), (2, 3))


@pytest.mark.parametrize("B", [srht(5, 16, rng=0), Butterfly.hadamard(16)])
def test_training_starts_at_the_best_for_the_first_butterfly_and_ends_as_a_network(B):
    X = np.random.default_rng(0).standard_normal((16, 30)) * 0.8 ** np.arange(16)[:, None]
    trained = fit(X, X, 3, B, method="variable-projection", max_steps=60)
    assert trained.history[0] == pytest.approx(reduced_loss(X, X, B, 3), rel=1e-11)
    least = np.square(np.linalg.svd(X, compute_uv=False)[3:]).sum()
    assert least * (1 - 1e-12) <= trained.loss <= trained.history[0] * (1 + 1e-12)
    assert trained.loss == pytest.approx(
        reduced_loss(X, X, trained.network.butterfly, 3), rel=1e-10
    )
    assert trained.network.loss(X, X) == pytest.approx(trained.loss, rel=1e-12)


def test_it_comes_closer_to_the_optimum_than_joint_and_two_phase_descent_in_as_many_steps():
    X = np.random.default_rng(1).standard_normal((64, 80)) * 0.9 ** np.arange(64)[:, None]
    B = srht(8, 64, rng=0)
    least = np.square(np.linalg.svd(X, compute_uv=False)[3:]).sum()
    projected = fit(X, X, 3, B, method="variable-projection", max_steps=100).loss
    joint = fit(X, X, 3, B, max_steps=100, rng=0).loss
    phases = fit_two_phase(X, X, 3, B, max_steps=50, rng=0).second.loss
    assert projected - least < 0.5 * min(joint - least, phases - least)
