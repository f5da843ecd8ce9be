"""The gain of a row space: how much of ‖Y‖_F² the best decoder explains, with its derivatives."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from fjlt.types import Array, IndexArray
from landscape.planes.row_spaces import RowSpaces

__all__ = ["Forms", "Gain", "data_forms"]


class Forms(NamedTuple):
    """The data as the gain sees them: symmetric C and M, shape (…, n, n), real or complex.

    For real data C = XXᵀ and M = XYᵀYXᵀ.
    """

    C: Array
    M: Array

    def where(self, paths: IndexArray | slice) -> Forms:
        """Those of some paths, if each has forms of its own."""
        return (
            self if self.C.ndim == 2 and self.M.ndim == 2 else Forms(self.C[paths], self.M[paths])
        )


def data_forms(x: Array, y: Array) -> Forms:
    """C = XXᵀ and M = XYᵀYXᵀ."""
    cross = y @ x.T
    return Forms(x @ x.T, cross.T @ cross)


class _Point(NamedTuple):
    """What the derivatives at a point share, with K = WCWᵀ and L = WMWᵀ.

    J is the derivative of W, ``K_inverse`` is K⁻¹, T = K⁻¹LK⁻¹, and G = 2(K⁻¹WM - TWC) is the
    gradient of tr K⁻¹L in W.
    """

    W: Array
    J: Array
    K_inverse: Array
    L: Array
    T: Array
    G: Array


class Gain:
    """f(x) = tr (WCWᵀ)⁻¹WMWᵀ, W = W(x) the rows of ``RowSpaces`` at variables x.

    For C = XXᵀ and M = XYᵀYXᵀ it is ‖Y‖_F² − min over D of ‖DWX − Y‖_F². It depends only on the row
    space of W.

    Parameters
    ----------
    spaces : RowSpaces
    C, M : ndarray, shape (…, n, n)
        Symmetric, real or complex. If complex, f is the rational function, without conjugates.

    Notes
    -----
    C, M and x may have leading axes in common: a batch. Cost of a Hessian: O(V²kn + Vkn²)
    operations, V variables. Source: Golub, Pereyra, SIAM J. Numer. Anal. 10, 1973 (variable
    projection).

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
        W = self._rows_at(x)
        return np.trace(np.linalg.solve(_form(W, self.C), _form(W, self.M)), axis1=-2, axis2=-1)

    def gradient(self, x: Array) -> Array:
        """∂f/∂x, shape (…, V)."""
        at = self._point(x)
        return _inner_products(at.J, at.G)

    def hessian(self, x: Array) -> Array:
        """Second derivative of f, shape (…, V, V)."""
        return self.derivatives(x)[1]

    def derivatives(self, x: Array) -> tuple[Array, Array]:
        """Gradient, shape (…, V), and Hessian, shape (…, V, V)."""
        at = self._point(x)
        return _inner_products(at.J, at.G), self._hessian(x, at)

    def hessian_and_velocity(self, x: Array, dC: Array, dM: Array) -> tuple[Array, Array]:
        """Hessian, and the derivative of the gradient as C and M move by dC and dM.

        The derivative has shape (…, V). With the Hessian it gives the tangent of the path of a
        critical point as the data move.
        """
        at = self._point(x)
        W, J, K_inverse, L, T, _ = at
        # d(K⁻¹) = -K⁻¹·dK·K⁻¹, and by the product rule dT = d(K⁻¹)LK⁻¹ + K⁻¹·dL·K⁻¹ + K⁻¹L·d(K⁻¹).
        dK_inverse = -K_inverse @ _form(W, dC) @ K_inverse
        half = dK_inverse @ L @ K_inverse
        dT = half + half.mT + K_inverse @ _form(W, dM) @ K_inverse
        # dG, as W stays.
        velocity = _inner_products(
            J, 2 * (dK_inverse @ W @ self.M + K_inverse @ W @ dM - dT @ W @ self.C - T @ W @ dC)
        )
        return self._hessian(x, at), velocity

    def tangent(self, x: Array) -> Array:
        """Differential of x ↦ row space: ∂W/∂x modulo the rows of W, shape (…, V, k·n).

        Its rank at a regular point is the dimension of the set of row spaces. Its left kernel is
        spanned by the gauge directions, along which the row space does not change. If the spaces
        have lines, one column for each tells how it turns.
        """
        W, J = self._rows_at(x), self._jacobian(x)
        Q = np.linalg.qr(W.mT.conj())[0]
        # Project every row of ∂W onto the orthogonal complement of the row space.
        J = J - _times(_times(J, Q), Q.mT.conj())
        return self._with_turns(x, _flat(np.swapaxes(J, -3, -2)))

    def _with_turns(self, x: Array, tangent: Array) -> Array:
        lines = self.spaces.lines
        if not len(lines):
            return tangent
        # the line of (a, b) turns by a·db − b·da
        turns = np.zeros((*x.shape, len(lines)), dtype=x.dtype)
        each, (first, second) = np.arange(len(lines)), lines.T
        turns[..., first, each], turns[..., second, each] = -x[..., second], x[..., first]
        return np.concatenate([tangent, turns], axis=-1)

    def gauge_directions(self, x: Array) -> Array:
        """Orthonormal directions that change no row space, shape (…, V, V - dimension)."""
        rank = self.spaces.dimension
        left = np.linalg.svd(self.tangent(x), full_matrices=True)[0]
        return np.conj(left[..., rank:])

    def _rows_at(self, x: Array) -> Array:
        return self.spaces.rows_at(x)

    def _jacobian(self, x: Array) -> Array:
        return self.spaces.jacobian(x)

    def _curvature(self, x: Array, G: Array) -> Array:
        return self.spaces.curvature(x, G)

    def _hessian(self, x: Array, at: _Point) -> Array:
        W, J, K_inverse, L, T, G = at
        Ki, L = K_inverse[..., None, :, :], L[..., None, :, :]
        JC, JM = _times(J, self.C), _times(J, self.M)
        # The changes of K, L, K⁻¹ and T by each variable, shape (…, V, k, k).
        dK, dL = _plus_transpose(_times(JC, W.mT)), _plus_transpose(_times(JM, W.mT))
        dK_inverse = -Ki @ dK @ Ki
        half = dK_inverse @ L @ Ki
        dT = half + half.mT + Ki @ dL @ Ki
        # ∂²f/∂u∂v = <dG_u, ∂W_v> + <G, ∂²W>: the part of dG in which K⁻¹ and T stay, the part in
        # which they move, and the curvature of W.
        fixed = _left_times(K_inverse, JM) - _left_times(T, JC)
        H = (
            2 * (fixed @ J.mT).sum(axis=-3)
            + _pairwise_products(dK_inverse, dL)
            - _pairwise_products(dT, dK)
        )
        return H + self._curvature(x, G)

    def _point(self, x: Array) -> _Point:
        W, J = self._rows_at(x), self._jacobian(x)
        K_inverse, WM = _inverse(_form(W, self.C)), W @ self.M
        L = WM @ W.mT
        T = K_inverse @ L @ K_inverse
        return _Point(W, J, K_inverse, L, T, 2 * (K_inverse @ WM - T @ W @ self.C))


def _form(W: Array, C: Array) -> Array:
    return W @ C @ W.mT


def _inverse(K: Array) -> Array:
    """Inverses of a batch of matrices; NaN for those that are singular."""
    try:
        return np.linalg.inv(K)
    except np.linalg.LinAlgError:
        singular = np.linalg.matrix_rank(K) < K.shape[-1]
        return np.linalg.inv(np.where(singular[..., None, None], np.nan, K))


def _times(J: Array, C: Array) -> Array:
    """J·C along the last axis, J of shape (…, k, V, n)."""
    flat = J.reshape(*J.shape[:-3], J.shape[-3] * J.shape[-2], J.shape[-1]) @ C
    return flat.reshape(*J.shape[:-1], C.shape[-1])


def _left_times(K_inverse: Array, J: Array) -> Array:
    """K⁻¹·J along the axis of the rows of W, the first of the last three."""
    flat = K_inverse @ J.reshape(*J.shape[:-2], J.shape[-2] * J.shape[-1])
    return flat.reshape(J.shape)


def _plus_transpose(half: Array) -> Array:
    """(…, k, V, k) to (…, V, k, k), plus the transpose."""
    a = np.swapaxes(half, -3, -2)
    return a + a.mT


def _inner_products(J: Array, G: Array) -> Array:
    """<∂W_v, G> for every variable v, shape (…, V)."""
    return (J @ G[..., None])[..., 0].sum(axis=-2)


def _pairwise_products(a: Array, b: Array) -> Array:
    """<a_u, b_v> for all pairs of variables, shape (…, V, V)."""
    return _flat(a) @ _flat(b).mT


def _flat(a: Array) -> Array:
    return a.reshape(*a.shape[:-2], a.shape[-2] * a.shape[-1])
