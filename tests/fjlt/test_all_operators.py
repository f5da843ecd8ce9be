"""What every operator promises, on every operator of the registry."""

import pickle

import numpy as np
import pytest

import fjlt


def test_every_operator_passes_the_public_check(operator):
    fjlt.check_operator(operator, rng=1)


def test_adjoint_passes_the_public_check(operator):
    fjlt.check_operator(operator.H, rng=2)


def test_transpose_is_the_transpose(operator):
    np.testing.assert_allclose(
        fjlt.to_dense(operator.T), fjlt.to_dense(operator).T, rtol=1e-5, atol=1e-12
    )


def test_adjoint_of_adjoint_is_the_operator(operator):
    assert operator.H.H.shape == operator.shape
    np.testing.assert_array_equal(fjlt.to_dense(operator.H.H), fjlt.to_dense(operator))


def test_to_dense_method_agrees_with_the_columns(operator):
    columns = [operator @ e for e in np.eye(operator.shape[1], dtype=operator.dtype)]
    np.testing.assert_allclose(
        operator.to_dense(), np.stack(columns, axis=1), rtol=1e-5, atol=1e-12
    )


def test_pickle_preserves_the_matrix_exactly(operator):
    copy = pickle.loads(pickle.dumps(operator))
    assert type(copy) is type(operator)
    assert copy.dtype == operator.dtype
    np.testing.assert_array_equal(fjlt.to_dense(copy), fjlt.to_dense(operator))


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_products_refuse_nan_and_infinity(operator, bad):
    m, n = operator.shape
    for product, size in ((operator.dot, n), (operator.H.dot, m)):
        for shape in ((size,), (size, 2)):
            x = np.zeros(shape)
            x[-1] = bad
            with pytest.raises(ValueError, match="NaN or infinite"):
                product(x)


def test_products_refuse_other_dtypes(operator):
    for dtype in (np.float16, np.longdouble, object, "U3"):
        with pytest.raises(TypeError, match="dtype"):
            operator @ np.ones(operator.shape[1]).astype(dtype)


def test_products_refuse_wrong_sizes(operator):
    with pytest.raises(ValueError, match=r"."):
        operator @ np.ones(operator.shape[1] + 1)


def test_integers_and_strided_input_are_accepted(operator):
    n = operator.shape[1]
    x = np.arange(6 * n).reshape(3, 2 * n)[:, ::2].T
    np.testing.assert_allclose(
        operator @ x, fjlt.to_dense(operator) @ x, rtol=1e-4, atol=1e-4 * n * np.abs(x).max()
    )
