"""The truncated butterfly: rows, padding, and which weights matter."""

import numpy as np
import pytest

from fjlt import Butterfly, TruncatedButterfly

CASES = [  # N, rows, n
    (1, [0], 1),
    (2, [1], 1),
    (4, [2, 0], 4),
    (8, [7, 1, 2], 8),
    (8, [5], 5),
    (16, [3, 12, 0, 8, 9], 11),
    (16, [15, 14], 9),
    (16, list(range(16)), 3),
]


@pytest.fixture(params=CASES, ids=str)
def case(request):
    size, rows, n = request.param
    weights = np.random.default_rng(5).standard_normal((size.bit_length() - 1, size, 2))
    return weights, rows, n


def test_is_rows_and_columns_of_the_butterfly(case, dense_network):
    weights, rows, n = case
    j = TruncatedButterfly(weights, rows, n_inputs=n)
    assert j.shape == (len(rows), n)
    np.testing.assert_array_equal(j.rows, rows)
    np.testing.assert_allclose(j.to_dense(), dense_network(weights)[rows][:, :n], atol=1e-12)
    np.testing.assert_allclose(j.H.to_dense(), dense_network(weights)[rows][:, :n].T, atol=1e-12)


def test_default_is_all_inputs():
    assert TruncatedButterfly(np.ones((3, 8, 2)), [1]).shape == (1, 8)


def test_effective_weights_are_those_that_change_the_matrix(case, dense_network):
    """The weights are in general position, so that a weight on a path changes the matrix."""
    weights, rows, n = case
    j = TruncatedButterfly(weights, rows, n_inputs=n)
    before = dense_network(weights)[rows][:, :n]
    for place in np.ndindex(*weights.shape):
        moved = weights.copy()
        moved[place] += 1
        changed = np.max(np.abs(dense_network(moved)[rows][:, :n] - before)) > 1e-9
        assert changed == j.effective_mask[place], place
    assert j.n_effective_weights == j.effective_mask.sum()


def test_vjp_is_the_derivative_and_zero_off_the_mask(case, dense_network):
    weights, rows, n = case
    j = TruncatedButterfly(weights, rows, n_inputs=n)
    rng = np.random.default_rng(6)
    x, g = rng.standard_normal((n, 3)), rng.standard_normal((len(rows), 3))
    grad_x, grad_w = j.vjp(x, g)
    assert not grad_w[~j.effective_mask].any()

    def f(w):
        return np.vdot(g, dense_network(w)[rows][:, :n] @ x)

    for place in np.ndindex(*weights.shape):
        moved = weights.copy()
        moved[place] += 1
        assert grad_w[place] == pytest.approx(f(moved) - f(weights), rel=1e-9, abs=1e-9)
    np.testing.assert_allclose(grad_x, dense_network(weights)[rows][:, :n].T @ g, atol=1e-10)
    one_x, one_w = j.vjp(x[:, 0], g[:, 0])
    assert one_x.shape == (n,)
    np.testing.assert_allclose(one_x, grad_x[:, 0], atol=1e-12)
    assert one_w.shape == weights.shape


def test_attributes_are_read_only():
    j = TruncatedButterfly(Butterfly.identity(4).weights, [0, 1])
    with pytest.raises(ValueError, match="read-only"):
        j.rows[0] = 3
    with pytest.raises(ValueError, match="read-only"):
        j.weights[0, 0, 0] = 3
