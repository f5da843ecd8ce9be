"""Explicit matrices as operators, and operators as explicit matrices."""

import numpy as np
import pytest
from scipy import sparse
from scipy.sparse.linalg import LinearOperator, aslinearoperator

from fjlt import MatrixOperator, Operator, as_operator, srht, to_dense

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


PADDED = srht(3, 5, rng=0)


@pytest.mark.parametrize("op", [MatrixOperator(np.ones((3, 5))), PADDED, PADDED.T.T])
@pytest.mark.parametrize(
    ("product", "message"),
    [
        (lambda J, x: J @ x((4, 5)), r"5 rows .columns are samples.* .4, 5.; .* take J @ x.T"),
        (lambda J, x: J @ x((4, 4)), r"J of shape .3, 5. takes 5 numbers.* has shape .4, 4.$"),
        (lambda J, x: J @ x((7,)), r"takes 5 numbers, .* has shape .7,.$"),
        (lambda J, x: J @ x((7,)).tolist(), r"takes 5 numbers, .* has shape .7,.$"),
        (lambda J, x: J @ x((3,)), r"has shape .3,.; what fits it is the adjoint, J.H @ x"),
        (lambda J, x: J @ x((3, 9)), r"has shape .3, 9.; what fits it is the adjoint, J.H @ x"),
        (lambda J, x: J.matvec(x((7, 1))), r"takes vectors .*5.*column .*has shape .7, 1.$"),
        (lambda J, x: J.matvec(x((5, 7))), r"has shape .5, 7.; for samples in columns, take J @ x"),
        (lambda J, x: J.dot(x(())), r"takes 5 numbers, .* has shape ..$"),
        (lambda J, x: J.matmat(x((5,))), r"takes a matrix with 5 rows .* has shape .5,.$"),
        (lambda J, x: J.matmat(x((4, 5))), r"take J @ x.T"),
        (lambda J, x: J.rmatvec(x((7,))), r"with J of shape .3, 5. takes vectors .* .\.\.\., 3.,"),
        (lambda J, x: J.rmatvec(x((3, 2))), r"has shape .3, 2.; .* take J.H @ x"),
        (lambda J, x: J.rmatmat(x((9, 3))), r"takes a matrix with 3 rows.*; .* take J.H @ x.T"),
        (lambda J, x: J.H @ x((9, 3)), r"J of shape .5, 3. takes 3 numbers.* take J @ x.T"),
        (lambda J, x: x((7,)) @ J, r"x @ J with J of shape .3, 5. takes 3 .* has shape .7,.$"),
        (lambda J, x: x((3, 9)) @ J, r"3 columns .rows are samples.* .3, 9.; .* take x.T @ J"),
    ],
)
def test_a_wrong_size_says_both_sizes_and_the_side_of_the_samples(op, product, message):
    with pytest.raises(ValueError, match=message):
        product(op, np.ones)


def test_sizes_that_fit_are_taken():
    square = MatrixOperator(np.eye(3))
    for x in (np.ones(3), np.ones((3, 1)), np.ones((3, 3)), [1, 2, 3]):
        np.testing.assert_array_equal(square @ x, x)
        np.testing.assert_array_equal(np.transpose(x) @ square, np.transpose(x))
    assert (square @ square @ np.ones(3)).tolist() == [1, 1, 1]
    assert (2 * square @ np.ones(3)).tolist() == [2, 2, 2]
