"""The public check rejects broken operators, each with a single fault."""

import numpy as np
import pytest
from scipy.sparse.linalg import LinearOperator, aslinearoperator

from fjlt import check_operator

RNG = np.random.default_rng(0)
A = RNG.standard_normal((3, 4)) + 1j * RNG.standard_normal((3, 4))


class Sound(LinearOperator):
    def __init__(self, a=A):
        self.a = a
        super().__init__(a.dtype, a.shape)

    def _matmat(self, X):
        return self.a @ X

    def _matvec(self, x):
        return self._matmat(np.reshape(x, (-1, 1))).ravel()

    def _rmatmat(self, X):
        return self.a.conj().T @ X

    def _rmatvec(self, x):
        return self._rmatmat(np.reshape(x, (-1, 1))).ravel()

    def _adjoint(self):
        return type(self)._Adjoint(self)

    class _Adjoint(LinearOperator):
        def __init__(self, op):
            self.op = op
            super().__init__(op.dtype, op.shape[::-1])

        def _matmat(self, X):
            return self.op._rmatmat(X)

        def _matvec(self, x):
            return self.op._rmatvec(x)


class WrongAdjoint(Sound):
    def _rmatmat(self, X):
        return 1.001 * self.a.conj().T @ X


class LostConjugate(Sound):
    def _rmatmat(self, X):
        return self.a.T @ X


class WrongRmatvecOnly(Sound):
    def _rmatvec(self, x):
        return self.a.T @ x

    class _Adjoint(Sound._Adjoint):
        def _matvec(self, x):
            return self.op.a.conj().T @ x


class WrongShape(Sound):
    def _matmat(self, X):
        return np.vstack([self.a @ X, X[:1]])


class WrongBatchShape(Sound):
    def _matmat(self, X):
        return (self.a @ X)[:, :1]


class FailsOnEmptyBatch(Sound):
    def _matmat(self, X):
        return np.stack([self.a @ x for x in X.T], axis=1)


class DoublesDtype(Sound):
    def _matmat(self, X):
        return (self.a @ X).astype(np.complex128)


class DropsImaginaryPart(Sound):
    def _matmat(self, X):
        return (self.a @ X).real


class ReversesBatch(Sound):
    def _matmat(self, X):
        return (self.a @ X)[:, ::-1]


class ReversesAdjointBatch(Sound):
    def _rmatmat(self, X):
        return (self.a.conj().T @ X)[:, ::-1]


class NotHomogeneous(Sound):
    def _matmat(self, X):
        return self.a @ (X * np.where(np.abs(X) > 1, 1.01, 1).astype(X.real.dtype))


class Affine(Sound):
    def _matmat(self, X):
        return self.a @ X + self.a[:, :1]


class WritesInput(Sound):
    def _matmat(self, X):
        y = self.a @ X
        X *= 2
        return y


class ReturnsNan(Sound):
    def _matmat(self, X):
        return self.a @ X * np.float32(np.nan)


class LosesStateInPickle(Sound):
    def __getstate__(self):
        return {**super().__getstate__(), "a": 2 * self.a}


class DoesNotPickle(Sound):
    def __getstate__(self):
        raise RuntimeError("no")


FAULTS = {
    WrongAdjoint: r"op\.H @ g against the adjoint matrix",
    LostConjugate: r"op\.H @ g against the adjoint matrix",
    WrongRmatvecOnly: r"op\.rmatvec\(g\) against op\.H",
    WrongShape: r"op\.matvec\(e\) raised ValueError",
    WrongBatchShape: r"op @ x.* has shape \(3, 1\), expected \(3, 3\)",
    FailsOnEmptyBatch: r"op @ x.* shape \(4, 0\) raised ValueError",
    DoublesDtype: r"has dtype complex128, expected complex64",
    DropsImaginaryPart: r"has dtype float32, expected complex64",
    ReversesBatch: r"op @ x against the matrix of op.*\(4, 3\)",
    ReversesAdjointBatch: r"op\.H @ g against the adjoint matrix.*\(4, 3\)",
    NotHomogeneous: r"op @ x against the matrix of op",
    Affine: r"op @ x against the matrix of op",
    WritesInput: r"wrote to x",
    ReturnsNan: r"largest error nan",
    LosesStateInPickle: r"pickled copy of op differs, by at most \d",
    DoesNotPickle: r"does not pickle: RuntimeError: no",
}


@pytest.mark.parametrize("dtype", [np.complex64, np.complex128])
def test_the_sound_operator_passes(dtype):
    check_operator(Sound(A.astype(dtype)), rng=0)
    check_operator(Sound(A.real.astype(np.finfo(dtype).dtype)), rng=0)


@pytest.mark.parametrize("broken", FAULTS, ids=lambda c: c.__name__)
def test_every_fault_is_rejected_with_its_own_message(broken):
    with pytest.raises(AssertionError, match=FAULTS[broken]):
        check_operator(broken(A.astype(np.complex64)), rng=0)


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.complex64, np.complex128])
def test_operators_of_scipy_pass(dtype):
    check_operator(aslinearoperator(A.real.astype(dtype)), rng=0)


def test_the_message_has_the_numbers():
    with pytest.raises(AssertionError, match=r"largest error \d.*, rounding allows \d"):
        check_operator(WrongAdjoint(), rng=0)


def test_integer_operators_are_rejected_and_matrices_refused():
    with pytest.raises(AssertionError, match="dtype int64, expected float32"):
        check_operator(aslinearoperator(np.eye(2, dtype=np.int64)))
    with pytest.raises(TypeError, match="must be a LinearOperator, got ndarray; wrap it"):
        check_operator(np.eye(2))
