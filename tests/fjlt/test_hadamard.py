"""The fast transform against the matrix."""

import numpy as np
import pytest
import scipy.linalg

from fjlt import fwht


@pytest.mark.parametrize("ortho", [True, False])
@pytest.mark.parametrize(
    ("shape", "axis"),
    [((1,), 0), ((2,), 0), ((64,), -1), ((8, 3), 0), ((3, 8), 1), ((3, 8), -1), ((2, 4, 5), 1), ((8, 0), 0),
     ((0, 4), 1), ((2, 3, 4, 2), -2)],
)  # fmt: skip
def test_against_the_matrix(shape, axis, ortho, dtype):
    rng = np.random.default_rng(0)
    x = (rng.standard_normal(shape) + (1j * rng.standard_normal(shape) if dtype.kind == "c" else 0)).astype(dtype)
    n = shape[axis]
    h = scipy.linalg.hadamard(n) * (n**-0.5 if ortho else 1)
    expected = np.moveaxis(np.tensordot(h, x, axes=(1, axis)), 0, axis)
    before = x.copy()
    y = fwht(x, axis=axis, ortho=ortho)
    assert (y.shape, y.dtype) == (shape, dtype)
    np.testing.assert_allclose(y, expected, atol=100 * np.finfo(dtype).eps)
    np.testing.assert_array_equal(x, before)


def test_default_is_orthonormal_along_the_first_axis():
    x = np.random.default_rng(0).standard_normal((4, 2))
    np.testing.assert_allclose(fwht(x), scipy.linalg.hadamard(4) / 2 @ x, atol=1e-15)


@pytest.mark.parametrize("order", ["C", "F"])
def test_memory_order_and_strides_do_not_matter(order):
    x = np.asarray(np.arange(64.0).reshape(8, 8), order=order)[:, ::-2]
    np.testing.assert_array_equal(fwht(x, ortho=False), scipy.linalg.hadamard(8) @ x)


def test_integers_are_exact():
    x = np.random.default_rng(0).integers(-(10**6), 10**6, size=1024)
    np.testing.assert_array_equal(fwht(x, ortho=False), scipy.linalg.hadamard(1024) @ x)
