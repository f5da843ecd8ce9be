"""The nearest butterfly: exact for butterflies, within its guarantee for any other matrix."""

from itertools import pairwise

import numpy as np
import pytest

import fjlt
from fjlt.transforms.fourier import bit_reversal

ORDERS = ["balanced", "left", "right"]


def matrix(n, rng, dtype=np.float64):
    a = rng.standard_normal((n, n))
    return (a + 1j * rng.standard_normal((n, n)) if np.dtype(dtype).kind == "c" else a).astype(
        dtype
    )


def relative(a, b):
    return np.linalg.norm(a - b) / np.linalg.norm(b)


def floors_by_loops(A):
    """For s = 1, …, p − 1: the squared error of the blocks of rank one, block by block."""
    n = len(A)
    found = []
    for s in range(1, n.bit_length() - 1):
        squares = 0.0
        for high in range(n >> s):
            for low in range(1 << s):
                outputs = [j for j in range(n) if j % (1 << s) == low]
                inputs = [j for j in range(n) if j >> s == high]
                sigma = np.linalg.svd(A[np.ix_(outputs, inputs)], compute_uv=False)
                squares += np.sum(sigma[1:] ** 2)
        found.append(squares)
    return np.array(found)


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("n", [2, 4, 8, 32, 128])
def test_a_butterfly_is_found_exactly(n, order, dtype, dense_network):
    rng = np.random.default_rng(n)
    weights = matrix(n, rng, dtype)[: n.bit_length() - 1, :, None]
    weights = np.concatenate([weights, matrix(n, rng, dtype)[: len(weights), :, None]], axis=2)
    A = dense_network(weights)
    operator, error, floor = fjlt.factorise(A, order=order)
    eps = np.finfo(dtype).eps
    assert operator.dtype == dtype
    assert error < 20 * eps
    assert floor < 20 * eps
    assert relative(dense_network(operator.weights), A) < 20 * eps


@pytest.mark.parametrize("order", ORDERS)
def test_a_butterfly_with_zeros_is_found_exactly(order):
    rng = np.random.default_rng(3)
    for share in (0.3, 0.6):
        weights = rng.standard_normal((5, 32, 2)) * (rng.random((5, 32, 2)) < share)
        A = fjlt.Butterfly(weights).to_dense()
        assert fjlt.factorise(A, order=order, polish=2).error < 1e-14
    assert fjlt.factorise(np.zeros((8, 8)), order=order, polish=1)[1:] == (0, 0)
    assert fjlt.factorise(np.eye(16), order=order).error < 1e-15


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("kind", [np.float64, np.complex128])
def test_the_error_keeps_its_guarantee(order, kind):
    for seed, n in enumerate((4, 8, 16, 32)):
        A = matrix(n, np.random.default_rng(seed), kind)
        squares = floors_by_loops(A) / np.linalg.norm(A) ** 2
        operator, error, floor = fjlt.factorise(A, order=order)
        np.testing.assert_allclose(error, relative(operator.to_dense(), A), rtol=1e-10)
        np.testing.assert_allclose(floor**2, squares.max(), rtol=1e-10)
        assert squares.max() <= error**2 * (1 + 1e-10)
        assert error**2 <= squares.sum() * (1 + 1e-10)
        if n == 4:
            assert np.isclose(error, floor)


@pytest.mark.parametrize("order", ORDERS)
def test_near_a_butterfly_the_guarantee_is_sharp(order):
    """The planted butterfly bounds the least error, so that √(p − 1) times it bounds ours."""
    rng = np.random.default_rng(0)
    planted = fjlt.Butterfly.hadamard(32).to_dense()
    for noise in (1e-8, 1e-2, 0.3):
        A = planted + noise * matrix(32, rng) / 32**0.5
        best = relative(planted, A)
        assert fjlt.factorise(A, order=order).error <= 2 * best
        assert fjlt.factorise(A, order=order, polish=2).error <= best


@pytest.mark.parametrize("order", ORDERS)
def test_descent_goes_down_to_a_critical_point(order):
    A = matrix(8, np.random.default_rng(1), np.complex128)
    found = [fjlt.factorise(A, order=order, polish=polish) for polish in (0, 1, 2, 3, 6, 300)]
    errors = [one.error for one in found]
    assert all(later <= earlier for earlier, later in pairwise(errors))
    assert found[0].floor <= errors[-1] < errors[0] * 0.999
    np.testing.assert_allclose(errors[3], relative(found[3].operator.to_dense(), A), rtol=1e-12)
    B = found[-1].operator
    x = np.eye(8, dtype=complex)
    gradient = B.weights_gradient(x, B @ x - A)
    start = found[0].operator
    assert np.abs(gradient).max() < 1e-6
    assert np.abs(start.weights_gradient(x, start @ x - A)).max() > 1e-2


@pytest.mark.parametrize("polish", [1, 2])
@pytest.mark.parametrize("kind", [np.float64, np.complex128])
def test_descent_keeps_a_butterfly(kind, polish, dense_network):
    weights = np.stack([matrix(32, np.random.default_rng(s), kind)[:5] for s in (0, 1)], axis=2)
    assert fjlt.factorise(dense_network(weights), polish=polish).error < 1e-14


@pytest.mark.parametrize("order", ORDERS)
def test_truncated_outputs_are_found_exactly(order):
    rng = np.random.default_rng(2)
    rows = [9, 2, 14, 7, 0]
    J = fjlt.TruncatedButterfly(rng.standard_normal((4, 16, 2)), rows, n_inputs=11)
    A = J.to_dense()
    operator, error, _ = fjlt.factorise(A, rows, order=order)
    assert isinstance(operator, fjlt.TruncatedButterfly)
    assert operator.shape == (5, 11)
    assert operator.rows.tolist() == rows
    assert error < 1e-14
    assert relative(operator.to_dense(), A) < 1e-14
    # the same outputs in another place are another problem
    assert fjlt.factorise(A, [0, 1, 2, 3, 4], order=order).floor > 0.05


def test_free_entries_are_zeros():
    """Of the kept rows and inputs no fit is lost by zeros elsewhere."""
    rng = np.random.default_rng(4)
    A = rng.standard_normal((3, 6))
    whole = np.zeros((8, 8))
    whole[[5, 0, 2], :6] = A
    truncated, padded = fjlt.factorise(A, [5, 0, 2], polish=3), fjlt.factorise(whole, polish=3)
    assert np.isclose(truncated.error, padded.error)
    assert np.isclose(truncated.floor, padded.floor)


def test_the_order_of_inputs_matters():
    F = fjlt.dft(16).to_dense()
    assert fjlt.factorise(F[:, bit_reversal(16)]).error < 1e-14
    assert fjlt.factorise(F).floor > 0.5


@pytest.mark.parametrize("exponent", [-900, 900])
def test_the_scale_is_restored(exponent):
    A = matrix(8, np.random.default_rng(5))
    plain, far = fjlt.factorise(A), fjlt.factorise(np.ldexp(A, exponent))
    assert far[1:] == plain[1:]
    np.testing.assert_allclose(
        np.ldexp(far.operator.to_dense(), -exponent), plain.operator.to_dense(), rtol=1e-12
    )
    norms = np.linalg.norm(plain.operator.weights, axis=(1, 2))
    np.testing.assert_allclose(norms, norms[0])


def test_the_given_matrix_is_not_changed():
    A = np.asfortranarray(matrix(8, np.random.default_rng(6)))
    before = A.copy()
    fjlt.factorise(A, polish=2)
    np.testing.assert_array_equal(A, before)
