"""Explicit matrices as operators, and operators as explicit matrices."""

import numpy as np
import pytest
from scipy import sparse
from scipy.sparse.linalg import LinearOperator, aslinearoperator

from fjlt import MatrixOperator, Operator, as_operator, to_dense

A = np.array([[1, 2, 0], [0, 0, 3]])


FORMATS = ("coo", "csr", "csc", "lil", "dok")
FORMS = [A, A.tolist(), aslinearoperator(A), *(sparse.coo_array(A).asformat(f) for f in FORMATS)]


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_a_matrix(form):
    op = as_operator(form)
    assert isinstance(op, Operator)
    assert op.dtype == np.float64
    np.testing.assert_array_equal(to_dense(op), A)
    np.testing.assert_array_equal(to_dense(form), A)
    np.testing.assert_array_equal(op @ [1, 2, 3], A @ [1, 2, 3])
    np.testing.assert_array_equal(op.H @ [1, 2], A.T @ [1, 2])


def test_as_operator_leaves_operators_alone():
    op = MatrixOperator(A)
    assert as_operator(op) is op


def test_sparse_stays_sparse_and_keeps_its_dtype():
    op = MatrixOperator(sparse.csr_array(A.astype(np.float32)))
    assert sparse.issparse(op.matrix)
    assert op.dtype == np.float32
    assert (op @ np.ones(3, np.float32)).dtype == np.float32


def test_to_dense_is_a_copy():
    op = MatrixOperator(A)
    op.to_dense()[:] = 0
    np.testing.assert_array_equal(op.to_dense(), A)


def test_adjoint_of_a_complex_matrix():
    a = np.array([[1 + 2j, 3], [4j, 5]])
    np.testing.assert_array_equal(to_dense(MatrixOperator(a).H), a.conj().T)
    np.testing.assert_array_equal(to_dense(MatrixOperator(sparse.csr_array(a)).H), a.conj().T)


def test_works_with_the_algebra_of_scipy():
    op = MatrixOperator(A)
    assert isinstance(op, LinearOperator)
    np.testing.assert_array_equal(to_dense(2 * op @ op.H), 2 * A @ A.T)
