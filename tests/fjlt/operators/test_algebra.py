"""Sums, multiples, powers and products are operators again, of foreign operators too."""

import copy
import pickle

import numpy as np
import pytest
from scipy.sparse.linalg import LinearOperator, aslinearoperator

import fjlt
from fjlt.operators.conversion import ForeignOperator

A = np.array([[1.0, 2.0], [3.0, -1.0]])
J = fjlt.MatrixOperator(A)
Z = fjlt.MatrixOperator(1j * A + A.T)


class Duck:
    """What some libraries call a linear operator: a shape and products, of no common class."""

    shape = (2, 2)
    dtype = np.dtype(float)

    def __init__(self):
        self.seen = []

    def matvec(self, x):
        self.seen.append(x.shape)
        return A @ x


class WithAdjoint(Duck):
    def rmatvec(self, g):
        return A.T @ g


@pytest.mark.parametrize(
    ("composed", "matrix"),
    [
        (J + Z, A + Z.matrix),
        (J - Z, A - Z.matrix),
        (-J, -A),
        (2 * J, 2 * A),
        (Z * 2j, 2j * Z.matrix),
        (np.float64(3) * J, 3 * A),
        (J / 4, A / 4),
        (J @ Z, A @ Z.matrix),
        (J * Z, A @ Z.matrix),
        (Z**0, np.eye(2)),
        (Z**3, Z.matrix @ Z.matrix @ Z.matrix),
        (J + aslinearoperator(A), 2 * A),
        (J @ aslinearoperator(Z.matrix), A @ Z.matrix),
        (J - aslinearoperator(A), 0 * A),
        (Z @ WithAdjoint(), Z.matrix @ A),
        (WithAdjoint() @ Z, A @ Z.matrix),
        (Z + WithAdjoint(), Z.matrix + A),
    ],
)
def test_algebra_is_that_of_matrices(composed, matrix):
    assert isinstance(composed, fjlt.Operator)
    fjlt.check_operator(composed, rng=0)
    np.testing.assert_allclose(composed.to_dense(), matrix)
    np.testing.assert_allclose(composed.H.to_dense(), np.conj(matrix).T)
    np.testing.assert_allclose(composed.T.to_dense(), matrix.T)


def test_a_python_number_takes_the_precision_of_the_operator():
    single = fjlt.MatrixOperator(A.astype(np.float32))
    assert (2.0 * single).dtype == np.float32
    assert (single / 3 @ np.ones(2, np.float32)).dtype == np.float32
    assert (np.float64(2) * single).dtype == np.float64
    assert (1j * single).dtype == np.complex64


@pytest.mark.parametrize(
    ("composed", "error", "message"),
    [
        (lambda: J + fjlt.gaussian(1, 2, rng=0), ValueError, r"shapes \[\(1, 2\), \(2, 2\)\]"),
        (lambda: np.nan * J, ValueError, "the factor of an operator has 1 entries"),
        (lambda: "2" * J, TypeError, "the factor of an operator has dtype"),
        (lambda: J / A, ValueError, "divided by a number, got ndarray"),
        (lambda: J + A, TypeError, "operand"),
        (lambda: fjlt.gaussian(1, 2, rng=0) ** 2, ValueError, r"square .* shape \(1, 2\)"),
        (lambda: J**-1, ValueError, "the power = -1"),
        (lambda: J**0.5, TypeError, "the power must be an integer"),
        (lambda: np.asarray(J), TypeError, r"shape \(2, 2\) .* J\.to_dense\(\)"),
        (lambda: fjlt.MatrixOperator(J), TypeError, r"J\.to_dense\(\)"),
        (lambda: fjlt.as_operator(aslinearoperator(np.ones((0, 2)))), ValueError, r"\(0, 2\)"),
    ],
)
def test_what_is_no_operator_is_refused(composed, error, message):
    with pytest.raises(error, match=message):
        composed()


@pytest.mark.parametrize(
    "foreign", [aslinearoperator(A), aslinearoperator(Z.matrix), WithAdjoint()]
)
def test_a_foreign_operator_keeps_the_promises_of_ours(foreign):
    wrapped = fjlt.as_operator(foreign)
    assert wrapped.dtype == foreign.dtype
    fjlt.check_operator(wrapped, rng=0) if not isinstance(foreign, Duck) else None
    matrix = Z.matrix if foreign.dtype == complex else A
    np.testing.assert_array_equal(fjlt.to_dense(foreign), matrix)
    np.testing.assert_array_equal(fjlt.Product(foreign, A).to_dense(), matrix @ A)
    np.testing.assert_allclose(wrapped.H @ np.ones((3, 2, 1)), matrix.conj().T @ np.ones((3, 2, 1)))


def test_a_foreign_operator_is_applied_only_when_asked():
    def unused(x):
        raise AssertionError("applied")

    n = 10**9
    identity = LinearOperator((n, n), matvec=unused, rmatvec=unused, dtype=np.int8)
    wrapped = fjlt.as_operator(identity)
    assert isinstance(wrapped, ForeignOperator)
    assert wrapped.dtype == np.float64
    assert (3 * wrapped + wrapped @ wrapped).shape == (n, n)
    with pytest.raises(MemoryError, match="matrix of shape"):
        fjlt.to_dense(identity)


def test_a_foreign_operator_works_in_low_rank_and_is_not_densified():
    x = np.random.default_rng(0).standard_normal((2, 5))
    duck = Duck()
    assert fjlt.low_rank(x, duck, 1).error == pytest.approx(fjlt.low_rank(x, A, 1).error)
    assert len(duck.seen) == 5
    with pytest.raises(NotImplementedError, match="does not define its adjoint; give it rmatvec"):
        fjlt.as_operator(duck).H @ np.ones((2, 2))
    with pytest.raises(NotImplementedError, match="does not define its adjoint"):
        fjlt.as_operator(duck).H @ np.ones(2)


@pytest.mark.parametrize("composed", [J + Z, 2 * J, fjlt.srht(1, 2, rng=0) @ J, J.H, Z.T])
def test_a_mask_is_never_lost(composed):
    masked = np.ma.masked_equal([1.0, 2.0], 2)
    for product in (composed.dot, composed.matvec, composed.H.H.dot, fjlt.fwht):
        with pytest.raises(TypeError, match="masked array"):
            product(masked)
    with pytest.raises(TypeError, match="masked array"):
        np.ma.ones(composed.shape[0]) @ composed


@pytest.mark.parametrize(
    "copied", [copy.copy, copy.deepcopy, lambda J: pickle.loads(pickle.dumps(J))]
)
@pytest.mark.parametrize("composed", [2 * J + Z, fjlt.srht(1, 2, rng=0) @ Z, Z.T])
def test_copies_act_the_same(composed, copied):
    twin = copied(composed)
    assert type(twin) is type(composed)
    assert repr(twin) == repr(composed)
    np.testing.assert_array_equal(twin.to_dense(), composed.to_dense())


@pytest.mark.parametrize(
    ("op", "words"),
    [
        (fjlt.srht(5, 11, rng=0), "<5x11 SRHT with dtype=float64; sqrt(N/k)·P·H·D, N = 16, E JᵀJ"),
        (
            fjlt.gaussian(2, 3, rng=0),
            "<2x3 MatrixOperator with dtype=float64; Gaussian, entries N(",
        ),
        (fjlt.count_sketch(2, 3, rng=0), "count sketch, an entry ±1 a column, E JᵀJ = I>"),
        (
            fjlt.ailon_chazelle(2, 3, rng=0, density=0.5),
            "Ailon-Chazelle k^(-1/2)·P·H·D, N = 4, den",
        ),
        (fjlt.ailon_liberty(3, 16, rng=0), "Ailon-Liberty sqrt(N/k)·P·(H·D)^3, N = 16, E JᵀJ = I"),
        (fjlt.Butterfly.identity(4), "<4x4 Butterfly with dtype=float64; 2 layers, no scale>"),
        (2 * J, "; 2 * <2x2 MatrixOperator with dtype=float64>>"),
        (
            J @ J.H,
            "<2x2 MatrixOperator with dtype=float64> @ <2x2 Adjoint with dtype=float64; of <",
        ),
    ],
)
def test_the_repr_says_size_scale_and_ensemble(op, words):
    assert words in repr(op)
