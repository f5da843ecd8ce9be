"""Products of operators."""

import numpy as np
import pytest

from fjlt import Product, gaussian, srht, to_dense


def test_order_of_the_factors():
    a, b, c = (
        np.arange(6.0).reshape(2, 3),
        np.arange(12.0).reshape(3, 4) * 1j,
        np.arange(8.0).reshape(4, 2),
    )
    p = Product(a, b, c)
    assert (p.shape, p.dtype) == ((2, 2), np.complex128)
    np.testing.assert_array_equal(p.to_dense(), a @ b @ c)
    np.testing.assert_array_equal(p.H.to_dense(), (a @ b @ c).conj().T)


def test_one_factor_and_operators():
    j = srht(3, 8, rng=0)
    assert Product(j).factors == (j,)
    g = gaussian(2, 3, rng=0)
    np.testing.assert_allclose(Product(g, j).to_dense(), to_dense(g) @ to_dense(j), atol=1e-14)


def test_neighbours_must_fit():
    with pytest.raises(ValueError, match=r"\(2, 3\) and \(2, 2\) .* 3 columns against 2 rows"):
        Product(np.ones((2, 3)), np.ones((2, 2)))
