"""The gain of a k-plane of encoders: how much of ‖Y‖_F² the best decoder explains; derivatives, in
batches."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from landscape.planes.row_spaces import RowSpaces

__all__ = ["Forms", "Gain", "data_forms"]

Array = NDArray[Any]


class Forms(NamedTuple):
    """C and M, symmetric, shape (…, n, n): all that the gain depends on; real, or complex in their
    place."""

    C: Array
    M: Array


def data_forms(x: Array, y: Array) -> Forms:
    """C = XXᵀ and M = XYᵀYXᵀ."""
    cross = y @ x.T
    return Forms(x @ x.T, cross.T @ cross)


class _At(NamedTuple):
    """A point and what its derivatives share."""

    W: Array
    J: Array
    Ki: Array
    L: Array
    T: Array
    G: Array


class Gain:
    """f = tr (WCWᵀ)⁻¹ WMWᵀ = ‖Y‖_F² − min over D of ‖DWX − Y‖_F² as a function of coordinates of
    the row space of W.

    C and M are symmetric, shape (…, n, n), real or complex (then f is the rational function,
    without conjugates). All arguments may have leading axes in common: a batch.

    Notes
    -----
    Cost of a Hessian: O(V²kn + Vkn²) operations, V variables. Source: Golub, Pereyra, SIAM J.
    Numer. Anal. 10, 1973 (variable projection).

    Examples
    --------
    >>> siblings = RowSpaces(4, [0, 2])
    >>> gain = Gain(siblings, np.eye(4), np.diag([4.0, 3.0, 2.0, 1.0]))
    >>> x = np.array([1.0, 0, 0, 1])
    >>> float(gain(x)), gain.gradient(x).tolist()
    (5.0, [0.0, 0.0, 0.0, 0.0])
    >>> np.diag(gain.hessian(x)).tolist()
    [0.0, -2.0, 2.0, 0.0]
    """

    def __init__(self, spaces: RowSpaces, C: Array, M: Array) -> None:
        self.spaces, self.C, self.M = spaces, C, M

    def __call__(self, x: Array) -> Array:
        """f, shape (…)."""
        W = self.spaces.rows_at(x)
        return np.trace(np.linalg.solve(_form(W, self.C), _form(W, self.M)), axis1=-2, axis2=-1)

    def gradient(self, x: Array) -> Array:
        """∂f/∂x, shape (…, V)."""
        at = self._at(x)
        return _inner(at.J, at.G)

    def hessian(self, x: Array) -> Array:
        """Second derivative, shape (…, V, V)."""
        return self.derivatives(x)[1]

    def derivatives(self, x: Array) -> tuple[Array, Array]:
        """Gradient and Hessian."""
        at = self._at(x)
        return _inner(at.J, at.G), self._hessian(x, at)

    def hessian_and_velocity(self, x: Array, dC: Array, dM: Array) -> tuple[Array, Array]:
        """Hessian, and the derivative of the gradient, shape (…, V), as C and M move by dC and
        dM."""
        at = self._at(x)
        W, J, Ki, L, T, _ = at
        dKi = -Ki @ _form(W, dC) @ Ki
        half = dKi @ L @ Ki
        dT = half + _t(half) + Ki @ _form(W, dM) @ Ki
        velocity = _inner(J, 2 * (dKi @ W @ self.M + Ki @ W @ dM - dT @ W @ self.C - T @ W @ dC))
        return self._hessian(x, at), velocity

    def tangent(self, x: Array) -> Array:
        """Change of the row space with the variables: ∂W/∂x modulo the rows of W, shape (…, V,
        k·n).

        Its rank is the dimension of the set of row spaces at a regular point; its left kernel, the
        directions that change no row space.
        """
        W, J = self.spaces.rows_at(x), self.spaces.jacobian(x)
        Q = np.linalg.qr(np.conj(_t(W)))[0]
        J = J - _times(_times(J, Q), np.conj(_t(Q)))
        return _flat(np.swapaxes(J, -3, -2))

    def idle(self, x: Array) -> Array:
        """Orthonormal directions that change no row space, shape (…, V, V - dimension)."""
        rank = self.spaces.dimension
        left = np.linalg.svd(self.tangent(x), full_matrices=True)[0]
        return np.conj(left[..., rank:])

    def _hessian(self, x: Array, at: _At) -> Array:
        W, J, Ki, L, T, G = at
        Ki_, L_ = Ki[..., None, :, :], L[..., None, :, :]
        JC, JM = _times(J, self.C), _times(J, self.M)
        dK, dL = _symmetric(_times(JC, _t(W))), _symmetric(_times(JM, _t(W)))
        dKi = -Ki_ @ dK @ Ki_
        half = dKi @ L_ @ Ki_
        dT = half + _t(half) + Ki_ @ dL @ Ki_
        bend = _rows(Ki, JM) - _rows(T, JC)
        H = 2 * (bend @ _t(J)).sum(axis=-3) + _pairs(dKi, dL) - _pairs(dT, dK)
        return H + self.spaces.curvature(x, G)

    def _at(self, x: Array) -> _At:
        W, J = self.spaces.rows_at(x), self.spaces.jacobian(x)
        Ki, WM = _inverse(_form(W, self.C)), W @ self.M
        L = WM @ _t(W)
        T = Ki @ L @ Ki
        return _At(W, J, Ki, L, T, 2 * (Ki @ WM - T @ W @ self.C))


def _t(a: Array) -> Array:
    return np.swapaxes(a, -1, -2)


def _form(W: Array, C: Array) -> Array:
    return W @ C @ _t(W)


def _inverse(K: Array) -> Array:
    """Inverses of a batch of matrices; NaN where there is none."""
    try:
        return np.linalg.inv(K)
    except np.linalg.LinAlgError:
        singular = np.linalg.matrix_rank(K) < K.shape[-1]
        return np.linalg.inv(np.where(singular[..., None, None], np.nan, K))


def _times(J: Array, C: Array) -> Array:
    """J·C along the last axis, J of shape (…, k, V, n)."""
    flat = J.reshape(*J.shape[:-3], J.shape[-3] * J.shape[-2], J.shape[-1]) @ C
    return flat.reshape(*J.shape[:-1], C.shape[-1])


def _rows(Ki: Array, J: Array) -> Array:
    """Ki·J along the first of the last three axes."""
    flat = Ki @ J.reshape(*J.shape[:-2], J.shape[-2] * J.shape[-1])
    return flat.reshape(J.shape)


def _symmetric(half: Array) -> Array:
    """(…, k, V, k) to (…, V, k, k), plus the transpose."""
    a = np.swapaxes(half, -3, -2)
    return a + _t(a)


def _inner(J: Array, G: Array) -> Array:
    return (J @ G[..., None])[..., 0].sum(axis=-2)


def _pairs(a: Array, b: Array) -> Array:
    return _flat(a) @ _t(_flat(b))


def _flat(a: Array) -> Array:
    return a.reshape(*a.shape[:-2], a.shape[-2] * a.shape[-1])
