"""The butterfly against its definition, by an independent dense reference."""

import numpy as np
import pytest
import scipy.linalg

from fjlt import Butterfly


def close(a, b, dtype):
    np.testing.assert_allclose(
        a, b, rtol=0, atol=200 * np.finfo(dtype).eps * max(1, np.max(np.abs(b), initial=0))
    )


def test_matrix_is_the_product_of_the_definition(weights, dtype, dense_network):
    b = Butterfly(weights)
    assert b.dtype == dtype
    close(b.to_dense(), dense_network(weights), dtype)
    close(b.H.to_dense(), dense_network(weights).conj().T, dtype)


def test_layers_are_those_of_the_definition(weights, dense_layers):
    b = Butterfly(weights)
    assert (b.p, b.n) == weights.shape[:2]
    for i, layer in enumerate(dense_layers(weights)):
        np.testing.assert_array_equal(b.layer(i).toarray(), layer)
        j, source = b.layer(i).nonzero()
        assert set(j ^ source) <= {0, 1 << i}
        assert b.layer(i).nnz == 2 * b.n


def test_integer_weights_are_exact(dense_network):
    w = np.random.default_rng(0).integers(-3, 4, size=(5, 32, 2))
    np.testing.assert_array_equal(Butterfly(w).to_dense(), dense_network(w))


def test_every_pair_of_input_and_output_is_joined_by_one_path(dense_network):
    np.testing.assert_array_equal(dense_network(np.ones((4, 16, 2), dtype=int)), np.ones((16, 16)))
    np.testing.assert_array_equal(Butterfly(np.ones((4, 16, 2))).to_dense(), np.ones((16, 16)))


def test_result_dtype_is_the_common_one(weights, dtype):
    b = Butterfly(weights)
    for other in (np.float32, np.float64, np.complex64, np.complex128, np.int64):
        x = np.ones(b.n, dtype=other)
        expected = np.result_type(dtype, np.float64 if other is np.int64 else other)
        assert (b @ x).dtype == (b.H @ x).dtype == expected


@pytest.mark.parametrize("columns", [(), (3,), (0,)])
def test_vjp_is_the_derivative_of_a_multilinear_function(weights, dtype, columns, dense_network):
    """Re<g, B(w) x> is affine in each weight: a difference with step 1 (or i) is its derivative."""
    n = weights.shape[1]
    rng = np.random.default_rng(3)
    wide = np.complex128 if dtype.kind == "c" else np.float64

    def draw(*shape):
        turn = 1j * rng.standard_normal(shape) if dtype.kind == "c" else 0
        return (rng.standard_normal(shape) + turn).astype(dtype)

    x, g = draw(n, *columns), draw(n, *columns)

    def f(w, x):
        return np.vdot(g.astype(wide), dense_network(w) @ x).real

    w = weights.astype(wide)
    grad_x, grad_w = Butterfly(weights).vjp(x, g)
    assert (grad_x.shape, grad_w.shape) == (x.shape, weights.shape)
    assert grad_x.dtype == grad_w.dtype == dtype
    for place in np.ndindex(*w.shape):
        expected = 0
        for step in (1, 1j) if dtype.kind == "c" else (1,):
            moved = w.copy()
            moved[place] += step
            expected = expected + step * (f(moved, x) - f(w, x))
        assert abs(grad_w[place] - expected) < 1e5 * np.finfo(dtype).eps
    close(grad_x, dense_network(w).conj().T @ g, dtype)


def test_vjp_by_complex_step(dense_network):
    rng = np.random.default_rng(4)
    w, x, g = rng.standard_normal((3, 8, 2)), rng.standard_normal(8), rng.standard_normal(8)
    _, grad_w = Butterfly(w).vjp(x, g)
    for place in np.ndindex(*w.shape):
        moved = w.astype(complex)
        moved[place] += 1e-30j
        assert grad_w[place] == pytest.approx(
            (g @ dense_network(moved) @ x).imag / 1e-30, rel=1e-12, abs=1e-13
        )


def test_vjp_of_real_arguments_is_real():
    w, x, g = np.ones((1, 2, 2)), np.array([1.0, 2.0]), np.array([1j, 1.0])
    grad_x, grad_w = Butterfly(w).vjp(x + 1j, g)
    assert grad_x.dtype.kind == "c"
    np.testing.assert_array_equal(grad_w, [[[1, 1], [2, 1]]])
    grad_x, grad_w = Butterfly(w * 1j).vjp(x, g)
    assert grad_w.dtype.kind == "c"
    np.testing.assert_array_equal(grad_x, [1, 1])


@pytest.mark.parametrize("n", [1, 2, 4, 64])
def test_hadamard_is_sylvester_and_absorbs_a_diagonal(n):
    h = scipy.linalg.hadamard(n) / np.sqrt(n)
    np.testing.assert_allclose(Butterfly.hadamard(n).to_dense(), h, atol=1e-14)
    rng = np.random.default_rng(0)
    for signs in (rng.choice([-1, 1], n), rng.standard_normal(n), rng.standard_normal(n) + 1j):
        if n > 1:
            np.testing.assert_allclose(
                Butterfly.hadamard(n, signs).to_dense(), h * signs, atol=1e-14
            )
    np.testing.assert_allclose(Butterfly.hadamard(n, np.ones(n)).to_dense(), h, atol=1e-14)


@pytest.mark.parametrize("n", [1, 2, 8])
def test_identity(n):
    np.testing.assert_array_equal(Butterfly.identity(n).to_dense(), np.eye(n))


def test_random_weights_are_normal_with_variance_one_half():
    """DKW: sup|F - Φ| > sqrt(ln(2/α)/(2N)) has probability at most α = 1e-9.

    With N = 98304 the threshold is 0.0104; a standard deviation of 1 in place of 0.707 gives 0.083.
    """
    w = np.sort(Butterfly.random(4096, rng=0).weights.ravel())
    law = scipy.stats.norm.cdf(w, scale=np.sqrt(0.5))
    distance = np.max(np.abs(law - np.arange(w.size) / w.size))
    assert distance < np.sqrt(np.log(2e9) / (2 * w.size)) + 1 / w.size


def test_weights_are_copied_and_read_only():
    w = np.ones((1, 2, 2))
    b = Butterfly(w)
    w[:] = 5
    np.testing.assert_array_equal(b.to_dense(), np.ones((2, 2)))
    with pytest.raises(ValueError, match="read-only"):
        b.weights[0, 0, 0] = 2


def test_products_do_not_touch_the_input():
    x = np.arange(8.0)
    Butterfly.random(8, rng=0) @ x
    np.testing.assert_array_equal(x, np.arange(8.0))
