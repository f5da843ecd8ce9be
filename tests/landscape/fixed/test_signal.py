import mpmath
import numpy as np
import pytest

from fjlt import srht
from landscape import signal_matrix
from landscape.fixed.signal import Signal


def test_against_the_definition():
    rng = np.random.default_rng(0)
    for l, d in ((3, 8), (5, 3), (4, 4)):
        X, Y, B = rng.normal(size=(6, d)), rng.normal(size=(4, d)), rng.normal(size=(l, 6))
        Z = B @ X
        expected = Y @ Z.T @ np.linalg.pinv(Z @ Z.T, rcond=1e-12) @ Z @ Y.T
        np.testing.assert_allclose(signal_matrix(X, Y, B), expected, rtol=1e-10, atol=1e-10)


def test_operator_and_matrix_agree():
    rng = np.random.default_rng(1)
    X, B = rng.normal(size=(8, 9)), srht(3, 8, rng=0)
    assert np.allclose(signal_matrix(X, X, B), signal_matrix(X, X, B.to_dense()))


def test_only_the_row_space_of_the_encoder_matters():
    rng = np.random.default_rng(2)
    X, Y, B = rng.normal(size=(6, 9)), rng.normal(size=(4, 9)), rng.normal(size=(3, 6))
    T = rng.normal(size=(3, 3))
    for scaled in (T @ B, np.vstack([B, B[0] + B[1]]), np.diag([1e-200, 1, 1e150]) @ B):
        assert np.allclose(signal_matrix(X, Y, scaled), signal_matrix(X, Y, B), atol=1e-10)


def test_badly_conditioned_data_against_many_digits():
    """X̃ has condition number 1e11; that of X̃X̃ᵀ is beyond double precision."""
    rng = np.random.default_rng(3)
    base = np.linalg.qr(rng.normal(size=(6, 6)))[0]
    X = base[:3].copy()
    X[2] = X[1] + 2.0**-37 * X[2]
    Y = rng.normal(size=(2, 6))
    mpmath.mp.dps = 60
    Z, W = mpmath.matrix(X.tolist()), mpmath.matrix(Y.tolist())
    exact = W * Z.T * (Z * Z.T) ** -1 * Z * W.T
    expected = np.array(exact.tolist(), dtype=float)
    # Rounding turns the row space by about κ·2^-52, κ the condition number, and the result changes
    # by this times ‖Y‖². With κ² in place of κ no digit would be right.
    limit = np.linalg.cond(X) * 2.0**-52 * np.sum(Y**2)
    assert limit < 1e-2
    assert np.abs(signal_matrix(X, Y, np.eye(3)) - expected).max() < limit
    assert Signal.of(X, Y, np.eye(3)).rank_data == 3


def test_floor_and_eigenvalues_add_up():
    rng = np.random.default_rng(4)
    X, Y, B = rng.normal(size=(6, 9)), rng.normal(size=(4, 9)), rng.normal(size=(3, 6))
    signal = Signal.of(X, Y, B)
    assert signal.floor + signal.eigenvalues.sum() == pytest.approx(np.square(Y).sum(), rel=1e-13)
    assert signal.rank == 3
    assert np.allclose(signal.left * signal.values @ signal.right.T, signal.response)


def test_clusters_of_equal_eigenvalues():
    X = np.eye(5)
    signal = Signal.of(X, np.diag([3.0, 2, 2 + 1e-14, 1, 0]), X)
    assert [list(c) for c in signal.clusters] == [[0], [1, 2], [3]]
    assert signal.rank == 4


def test_zero_encoder_explains_nothing():
    signal = Signal.of(np.eye(3), np.eye(3), np.zeros((2, 3)))
    assert (signal.rank_data, signal.rank, signal.floor) == (0, 0, 3.0)
    assert not signal_matrix(np.eye(3), np.eye(3), np.zeros((2, 3))).any()


def test_small_floors_keep_their_digits():
    X = np.diag([1e6, 1e-3])
    assert Signal.of(X, X, [[1.0, 0.0]]).floor == pytest.approx(1e-6, rel=1e-12, abs=0)
    X = np.diag([1.0, 1e-11])
    tiny = Signal.of(X, X, np.eye(2))
    assert tiny.rank == 1
    assert tiny.floor == pytest.approx(1e-22, rel=1e-9, abs=0)
