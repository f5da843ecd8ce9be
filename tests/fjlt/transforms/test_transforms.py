"""Fourier, cosine, sine, circulant and Toeplitz operators against SciPy."""

import numpy as np
import pytest
import scipy.fft
import scipy.linalg

import fjlt
from fjlt.transforms.real_part import RealPart
from fjlt.transforms.trigonometric import dct as cosine

NORMS = ["backward", "ortho", "forward"]
SIZES = [2, 4, 8, 64]


def agrees(operator, expected):
    found = operator.to_dense()
    assert found.shape == expected.shape
    assert found.dtype == expected.dtype
    scale = np.abs(expected).max()
    np.testing.assert_allclose(found, expected, rtol=0, atol=2e-15 * scale * len(expected) ** 0.5)


@pytest.mark.parametrize("norm", NORMS)
@pytest.mark.parametrize("n", [1, *SIZES])
def test_fourier(n, norm):
    basis = np.eye(n)
    agrees(fjlt.dft(n, norm), scipy.fft.fft(basis, axis=0, norm=norm))
    agrees(fjlt.idft(n, norm), scipy.fft.ifft(basis, axis=0, norm=norm))


@pytest.mark.parametrize("norm", NORMS)
@pytest.mark.parametrize("kind", [2, 3, 4])
@pytest.mark.parametrize("n", SIZES)
def test_cosine_and_sine(n, kind, norm):
    basis = np.eye(n)
    agrees(fjlt.dct(n, kind, norm), scipy.fft.dct(basis, kind, axis=0, norm=norm))
    agrees(fjlt.dst(n, kind, norm), scipy.fft.dst(basis, kind, axis=0, norm=norm))


def test_of_one_complex_butterfly():
    """A real transform is the real part of one complex butterfly after a permutation."""
    for operator in (fjlt.dct(16), fjlt.dst(16, 4), fjlt.dct(16, 3).T):
        assert isinstance(operator, RealPart)
        network, order = operator.operator.factors
        assert isinstance(network, fjlt.Butterfly)
        assert np.array_equal(np.abs(order.to_dense()).sum(axis=1), np.ones(16))


def test_the_real_matrix_is_no_butterfly():
    for n, least in ((4, 0), (8, 0.1), (32, 0.1)):
        C = cosine(n)
        order = C.operator.factors[1].to_dense()
        floor = fjlt.factorise(C.to_dense() @ order.T).floor
        assert floor >= least
        assert (floor < 1e-12) == (n == 4)


LENGTHS = [(1, 1), (1, 3), (3, 1), (4, 4), (5, 7), (8, 2), (16, 16)]


@pytest.mark.parametrize("kind", [float, complex])
@pytest.mark.parametrize(("m", "n"), LENGTHS)
def test_toeplitz_and_circulant(m, n, kind):
    rng = np.random.default_rng(m + n)
    c, r = (rng.standard_normal(k) + (0 if kind is float else 1j) for k in (m, n))
    expected = scipy.linalg.toeplitz(c, r)
    agrees(fjlt.toeplitz(c, r), expected)
    agrees(fjlt.toeplitz(c), scipy.linalg.toeplitz(c))
    agrees(fjlt.circulant(c), scipy.linalg.circulant(c))


def test_a_circulant_of_a_power_of_two_is_not_embedded():
    assert fjlt.circulant(np.arange(8.0)).operator.factors[0].butterfly.n == 8
    assert fjlt.circulant(np.arange(6.0)).operator.factors[0].butterfly.n == 16


def test_products_with_complex_vectors():
    rng = np.random.default_rng(0)
    x = rng.standard_normal((8, 3)) + 1j * rng.standard_normal((8, 3))
    for operator in (fjlt.dct(8), fjlt.dst(8, 3), fjlt.circulant(np.arange(8))):
        assert operator.dtype == np.float64
        A = operator.to_dense()
        np.testing.assert_allclose(operator @ x, A @ x, atol=1e-12)
        np.testing.assert_allclose(operator.H @ x, A.T @ x, atol=1e-12)
