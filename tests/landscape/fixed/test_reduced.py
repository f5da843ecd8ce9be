import numpy as np
import pytest

from fjlt import Butterfly, TruncatedButterfly
from landscape import (
    EncoderDecoder,
    critical_points,
    reduced_gradient,
    reduced_loss,
    reduced_weight_gradient,
)

STEP = 1e-60


def holomorphic_projection_loss(X, Y, B, U):
    """‖Y - U Uᵀ Y P‖² for a fixed U, with P the projection onto the row space of BX.

    There are transposes and no conjugates, so B may be complex.
    """
    Z = B @ X
    P = Z.T @ np.linalg.solve(Z @ Z.T, Z)
    R = Y - U @ U.T @ Y @ P
    return (R * R).sum()


def random_data(m=4, n=6, l=3, d=9, seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, d)), rng.normal(size=(m, d)), rng.normal(size=(l, n))


def best_decoder(X, Y, B, k):
    return next(critical_points(X, Y, B, k)).realise()[0]


@pytest.mark.parametrize("k", [1, 2, 3])
def test_gradient_by_complex_step(k):
    X, Y, B = random_data()
    U = best_decoder(X, Y, B, k)
    stepped = np.zeros(B.shape)
    for i in np.ndindex(B.shape):
        move = np.zeros(B.shape, dtype=complex)
        move[i] = 1j * STEP
        stepped[i] = holomorphic_projection_loss(X, Y, B + move, U).imag / STEP
    assert np.allclose(reduced_gradient(X, Y, B, k), stepped, rtol=1e-10, atol=1e-11)


@pytest.mark.parametrize("k", [1, 2, 3])
def test_gradient_by_differences(k):
    X, Y, B = random_data(seed=1)
    rng = np.random.default_rng(2)
    for _ in range(5):
        move, h = rng.normal(size=B.shape), 1e-5
        slope = (reduced_loss(X, Y, B + h * move, k) - reduced_loss(X, Y, B - h * move, k)) / (
            2 * h
        )
        assert np.vdot(reduced_gradient(X, Y, B, k), move) == pytest.approx(slope, rel=1e-6)


def test_loss_is_the_minimum_over_decoder_and_encoder():
    """Alternating least squares, which uses no eigenvalues, ends at the reduced loss."""
    X, Y, B = random_data(seed=3)
    D, Z = np.random.default_rng(4).normal(size=(4, 2)), B @ X
    for _ in range(400):
        E = np.linalg.lstsq(D, Y, rcond=None)[0] @ np.linalg.pinv(Z)
        D = np.linalg.lstsq((E @ Z).T, Y.T, rcond=None)[0].T
    assert np.square(D @ E @ Z - Y).sum() == pytest.approx(reduced_loss(X, Y, B, 2), rel=1e-10)


@pytest.mark.parametrize("n", [8, 6])
def test_weight_gradient_by_differences(n):
    rng = np.random.default_rng(5)
    B = TruncatedButterfly(Butterfly.random(8, rng).weights, [6, 1, 3], n_inputs=n)
    X, Y = rng.normal(size=(n, 9)), rng.normal(size=(4, 9))
    gradient = reduced_weight_gradient(X, Y, B, 2)
    assert not gradient[~B.effective_mask].any()
    for _ in range(5):
        move, h = rng.normal(size=gradient.shape), 1e-6
        ends = [
            reduced_loss(X, Y, TruncatedButterfly(B.weights + s * h * move, B.rows, n), 2)
            for s in (1, -1)
        ]
        assert np.vdot(gradient, move) == pytest.approx((ends[0] - ends[1]) / (2 * h), rel=1e-6)


def test_gradient_is_that_of_the_network_at_the_best_decoder_and_encoder():
    rng = np.random.default_rng(6)
    B = TruncatedButterfly(Butterfly.random(8, rng).weights, [6, 1, 3])
    X = rng.normal(size=(8, 9))
    D, E = next(critical_points(X, X, B, 2)).realise()
    assert np.allclose(
        EncoderDecoder(D, E, B).gradient(X, X).weights, reduced_weight_gradient(X, X, B, 2)
    )


def test_equal_eigenvalues_have_no_gradient():
    X = np.eye(4)
    with pytest.raises(ValueError, match=r"eigenvalues 1 and 2 of Σ\(B\) are equal \(1\)"):
        reduced_gradient(X, X, np.eye(2, 4), 1)
    Y = np.diag([3.0, 2, 2, 1])
    with pytest.raises(ValueError, match=r"eigenvalues 2 and 3 of Σ\(B\) are equal \(4\)"):
        reduced_gradient(X, Y, X, 2)
    assert not reduced_gradient(X, X, np.eye(2, 4), 2).any()


def test_row_space_that_jumps_has_no_gradient():
    X, Y, B = random_data()
    B[2] = B[0]
    with pytest.raises(ValueError, match="rank 2, less than min"):
        reduced_gradient(X, Y, B, 1)


def test_zero_eigenvalues_and_exhausted_data_have_a_gradient():
    X, Y, B = random_data(l=4)
    Y = np.outer([1.0, 2, 3, 4], Y[0])
    move, h = np.random.default_rng(7).normal(size=B.shape), 1e-5
    slope = (reduced_loss(X, Y, B + h * move, 3) - reduced_loss(X, Y, B - h * move, 3)) / (2 * h)
    assert np.vdot(reduced_gradient(X, Y, B, 3), move) == pytest.approx(slope, rel=1e-6)
    few = X[:, :2]
    assert np.abs(reduced_gradient(few, Y[:, :2], B, 1)).max() < 1e-12 * np.square(Y).sum()


def test_all_of_the_data_gives_the_dense_optimum():
    X = np.random.default_rng(8).normal(size=(5, 9))
    s = np.linalg.svd(X, compute_uv=False)
    assert reduced_loss(X, X, np.eye(5), 2) == pytest.approx(np.square(s[2:]).sum())
    assert reduced_loss(X, X, np.eye(5), 5) < 1e-25
