"""Shapes of products: those of SciPy's own operators, and of NumPy's product with the matrix."""

import numpy as np
import pytest
from scipy.sparse.linalg import aslinearoperator

import fjlt

COMPLEX = fjlt.TruncatedButterfly(
    np.random.default_rng(0).standard_normal((3, 8, 4)).view(complex), [6, 0, 3, 1], 5
)
OPERATORS = {
    "srht": fjlt.srht(4, 5, rng=0),
    "complex": COMPLEX,
    "matrix": fjlt.gaussian(4, 5, rng=0),
    "adjoint": COMPLEX.H,
    "transpose": COMPLEX.T,
    "sum of products": 2j * COMPLEX - COMPLEX @ COMPLEX.H @ COMPLEX / 3,
    "power": (COMPLEX @ COMPLEX.H) ** 2,
    "another library's": fjlt.as_operator(aslinearoperator(np.arange(20.0).reshape(4, 5))),
}
MATRICES = [(), (1,), (3,), (0,)]
BATCHES = [(2,), (2, 3), (0,)]


def swapped(a):
    return np.swapaxes(a, -1, -2) if a.ndim > 1 else a


PRODUCTS = {  # product, which side of the matrix x stands on, shapes of x without that side
    "J @ x": (lambda J, x: J @ x, 1, [(b, d) for b in [(), *BATCHES] for d in MATRICES[1:]]),
    "matmat": (lambda J, x: J.matmat(x), 1, [(b, d) for b in [(), *BATCHES] for d in MATRICES[1:]]),
    "rmatmat": (lambda J, x: J.rmatmat(x), 0, [((2, 3), (3,)), ((), (2,))]),
    "J.H @ x": (lambda J, x: J.H @ x, 0, [((2, 3), (3,)), ((), (2,)), ((2,), (0,))]),
    "J.T @ x": (lambda J, x: J.T @ x, 0, [((2, 3), (3,)), ((), (2,)), ((2,), (1,))]),
    "matvec": (lambda J, x: J.matvec(x), 1, [(b, ()) for b in [(), *BATCHES]]),
    "J @ vector": (lambda J, x: J @ x, 1, [((), ())]),
    "rmatvec": (lambda J, x: J.rmatvec(x), 0, [(b, ()) for b in [(), *BATCHES]]),
    "x @ J": (lambda J, x: x @ J, 0, [(b, ()) for b in [(), *BATCHES]]),
}


def takes_batches():
    """Whether SciPy's own operators do, as from version 1.18 on."""
    try:
        aslinearoperator(np.eye(2)) @ np.ones((1, 2, 1))
    except ValueError:
        return False
    return True


@pytest.mark.parametrize("product", PRODUCTS)
@pytest.mark.parametrize("name", OPERATORS)
def test_shapes_and_values_are_those_of_the_matrix(name, product):
    J, (apply, side, shapes) = OPERATORS[name], PRODUCTS[product]
    matrix = J.to_dense()
    acting = {"J.T @ x": matrix.T, "x @ J": matrix.T}.get(
        product, matrix if side else matrix.conj().T
    )
    rng = np.random.default_rng(1)
    for batch, columns in shapes:
        x = rng.standard_normal((*batch, J.shape[side], *columns))
        y = apply(J, x)
        expected = acting @ x if columns else x @ acting.T
        assert (y.shape, y.dtype) == (expected.shape, expected.dtype)
        np.testing.assert_allclose(y, expected, atol=1e-11 * np.abs(matrix).max() ** 2)
        if takes_batches() or len(batch) == 0:
            own = apply(aslinearoperator(matrix), x)
            assert y.shape == own.shape
            np.testing.assert_allclose(y, own, atol=1e-11 * np.abs(matrix).max() ** 2)


@pytest.mark.parametrize("name", OPERATORS)
def test_a_column_is_taken_by_matvec(name):
    J = OPERATORS[name]
    np.testing.assert_allclose(J.matvec(np.ones((J.shape[1], 1))), J @ np.ones((J.shape[1], 1)))
    np.testing.assert_allclose(J.rmatvec(np.ones((J.shape[0], 1))), J.H @ np.ones((J.shape[0], 1)))


def test_many_rows_are_not_one_long_vector():
    """A butterfly's kernel takes any number of rows, 4·32 too."""
    J = fjlt.srht(8, 32, rng=0)
    x = np.random.default_rng(0).standard_normal((4, 32))
    np.testing.assert_allclose(J.matvec(x), [J @ row for row in x], atol=1e-13)
    with pytest.raises(ValueError, match="takes 32 numbers"):
        J @ x


@pytest.mark.parametrize("shape", [(2, 5, 3), (3, 2, 5), (5, 2)])
def test_the_first_entry_that_is_not_finite_is_named(shape):
    J = OPERATORS["srht"]
    x = np.ones(shape)
    index = tuple(s - 1 for s in shape)
    x[index] = np.nan
    with pytest.raises(ValueError, match=str(index).replace("(", r"\(").replace(")", r"\)")):
        J.matvec(x) if shape[-1] == 5 else J @ x


def test_transpose_of_a_real_operator_is_its_adjoint():
    J = OPERATORS["srht"]
    assert type(J.T) is type(J.H)
    assert J.T.T is J
    assert COMPLEX.T.T is COMPLEX
    np.testing.assert_allclose(COMPLEX.T.H.to_dense(), COMPLEX.to_dense().conj())
