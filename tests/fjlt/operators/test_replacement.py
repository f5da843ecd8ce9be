"""The replacement of a dense matrix."""

import numpy as np
import pytest

from fjlt import DenseReplacement, gaussian, max_effective_weights, srht, to_dense


def test_is_the_product_of_its_parts():
    rng = np.random.default_rng(0)
    j1, core, j2 = (
        rng.standard_normal(s) + 1j * rng.standard_normal(s) for s in ((2, 5), (3, 2), (3, 4))
    )
    r = DenseReplacement(j1, core, j2)
    assert (r.shape, r.dtype) == ((4, 5), np.complex128)
    np.testing.assert_allclose(r.to_dense(), j2.T @ core @ j1, atol=1e-13)
    np.testing.assert_allclose(r.H.to_dense(), (j2.T @ core @ j1).conj().T, atol=1e-13)


@pytest.mark.parametrize(
    ("shape", "k1", "k2"), [((8, 4), 2, 3), ((7, 5), 5, 1), ((1, 6), 3, 1), ((16, 16), 16, 16)]
)
def test_from_dense_compresses_both_sides(shape, k1, k2):
    w = np.random.default_rng(1).standard_normal(shape)
    r = DenseReplacement.from_dense(w, k1, k2, rng=2)
    assert (r.j1.shape, r.core.shape, r.j2.shape) == ((k1, shape[1]), (k2, k1), (k2, shape[0]))
    a1, a2 = (to_dense(j).T @ to_dense(j) for j in (r.j1, r.j2))
    np.testing.assert_allclose(r.to_dense(), a2 @ w @ a1, atol=1e-12)


def test_from_dense_of_a_complex_matrix_does_not_conjugate():
    w = np.array([[1 + 2j, 3j], [4, 5 - 1j]])
    np.testing.assert_allclose(
        DenseReplacement.from_dense(w, 2, 2, rng=0).to_dense(), w, atol=1e-12
    )


def test_number_of_weights():
    r = DenseReplacement.from_dense(np.ones((1024, 1024)), 10, 10, rng=0)
    assert r.n_weights == r.j1.n_effective_weights + 100 + r.j2.n_effective_weights
    assert r.n_weights <= 2 * max_effective_weights(1024, 10) + 100 == 17468
    j = srht(2, 4, rng=0)
    assert (
        DenseReplacement([[1, 0, 2, 0]], [[0], [3]], j).n_weights == 2 + 2 + j.n_effective_weights
    )
    assert (
        DenseReplacement(gaussian(2, 5, rng=0), np.ones((1, 2)), [[1, 0]]).n_weights == 10 + 2 + 1
    )
