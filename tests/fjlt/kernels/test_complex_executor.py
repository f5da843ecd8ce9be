"""The compiled layers against their definition, in both memory orders and any order of layers."""

import numpy as np
import pytest

from fjlt import Butterfly
from fjlt.kernels.complex_executor import apply_layers


@pytest.mark.parametrize("columns", [0, 1, 2, 33, 150])
@pytest.mark.parametrize("bits", [[], [0], [2], [0, 1], [0, 1, 2], [1, 0, 2], [0, 0]])
@pytest.mark.parametrize("order", ["C", "F"])
def test_layers(bits, columns, order):
    rng = np.random.default_rng(0)
    for dtype in (np.complex64, np.complex128):
        w, x = (
            (rng.integers(-3, 4, shape) + 1j * rng.integers(-3, 4, shape)).astype(dtype)
            for shape in ((len(bits), 8, 2), (5, columns))
        )
        inputs, outputs = np.array([6, 0, 3, 1, 5]), np.array([7, 2, 4])
        expected = np.zeros((8, columns), dtype)
        expected[inputs] = x
        for layer, i in zip(w, bits, strict=True):
            expected = layer[:, :1] * expected + layer[:, 1:] * expected[np.arange(8) ^ (1 << i)]
        given = np.array(x, order=order)
        found = apply_layers(w, np.array(bits, np.int64), given, inputs, outputs)
        # small integers: no rounding
        np.testing.assert_array_equal(found, expected[outputs])
        assert found.dtype == dtype
        np.testing.assert_array_equal(given, x)


@pytest.mark.parametrize("order", ["C", "F"])
def test_a_network_that_does_not_fit_in_the_cache(order):
    """Near and far layers, in either order of the layers."""
    rng, n, p = np.random.default_rng(0), 4096, 12
    w, x = (rng.normal(size=shape) + 1j * rng.normal(size=shape) for shape in ((p, n, 2), (n, 100)))
    every = np.arange(n)
    for bits in (every[:p], every[:p][::-1], np.array([11, 0, 1, 10])):
        expected = x.copy()
        for layer, i in zip(w, bits, strict=False):
            expected = layer[:, :1] * expected + layer[:, 1:] * expected[every ^ (1 << i)]
        found = apply_layers(w[: len(bits)], bits, np.array(x, order=order), every, every)
        np.testing.assert_allclose(found, expected, atol=1e-12 * abs(expected).max())


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("n", [8, 2048])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_real_weights_act_on_the_parts_of_complex_columns(n, order, dtype):
    """With the same bits as on the parts alone."""
    rng = np.random.default_rng(0)
    B = Butterfly(rng.normal(size=(n.bit_length() - 1, n, 2)).astype(dtype))
    re, im = rng.normal(size=(2, n, 70)).astype(dtype)
    z = np.array(re + 1j * im, order=order)
    for product in (lambda x: B @ x, lambda x: B.H @ x):
        found = product(z)
        np.testing.assert_array_equal(found.real, product(re))
        np.testing.assert_array_equal(found.imag, product(im))
