"""How well matrices are approximated from a sketch, and the gradient of that through the truncated singular values."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["errors_and_gradient", "sketch_errors"]

Array = NDArray[np.float64]


def sketch_errors(X: Array, codes: Array, k: int) -> Array:
    """‖X_i - B_k(X_i)‖_F², B_k(X_i) the best approximation of rank k with rows in the row space of codes[i] = BX_i.

    Parameters
    ----------
    X : ndarray, shape (N, n, d)
    codes : ndarray, shape (N, l, d)
    k : int

    Returns
    -------
    ndarray, shape (N,)

    Examples
    --------
    >>> sketch_errors(np.diag([3.0, 2.0, 1.0])[None], np.eye(2, 3)[None], k=1)
    array([5.])
    """
    return _decomposed(X, codes, k)[0]


def errors_and_gradient(X: Array, codes: Array, k: int) -> tuple[Array, Array]:
    """``sketch_errors``, and the gradient of their sum in the codes, shape (N, l, d).

    With V an orthonormal basis of the row space of a code C and XV = U·S·Rᵀ, the error is ‖X - XVVᵀ‖_F² plus the
    squares of the singular values after the k-th. By the envelope theorem its gradient in C is
    -2·(U_kᵀXC⁺)ᵀ·U_kᵀX(I - VVᵀ), U_k the first k columns of U. It exists where C has full rank and the k-th singular
    value exceeds the next; elsewhere this is the value of the formula for one choice of U_k and the row space of C.

    Notes
    -----
    Cost for a matrix: O(l·d·(n + l)) operations. Source: B_k(X) of Section 6 of arXiv 2007.08864 (numbered as in the
    ICLR 2021 submission), after Indyk, Vakilian, Yuan, NeurIPS 2019.

    Examples
    --------
    >>> X, C = np.diag([2.0, 1.0])[None], np.array([[[2.0, 1.0]]])
    >>> error, gradient = errors_and_gradient(X, C, k=1)
    >>> error.round(12), gradient.round(12)
    (array([1.6]), array([[[-0.48,  0.96]]]))
    """
    errors, dual, Z, Ut, left = _decomposed(X, codes, k)
    encoder = Ut @ Z @ dual
    return errors, -2 * encoder.transpose(0, 2, 1) @ (Ut @ left)


def _decomposed(X: Array, codes: Array, k: int) -> tuple[Array, Array, Array, Array, Array]:
    """The errors; VᵀC⁺, XV, U_kᵀ and X(I - VVᵀ)."""
    W, values, Vt = np.linalg.svd(codes, full_matrices=False)
    kept = values > max(codes.shape[1:]) * np.finfo(np.float64).eps * values[:, :1]
    Vt = Vt * kept[:, :, None]
    inverse = np.divide(1.0, values, out=np.zeros_like(values), where=kept)
    Z = X @ Vt.transpose(0, 2, 1)
    U, singular, _ = np.linalg.svd(Z, full_matrices=False)
    left = X - Z @ Vt
    errors = np.square(left).sum(axis=(1, 2)) + np.square(singular[:, k:]).sum(axis=1)
    return errors, (W * inverse[:, None, :]).transpose(0, 2, 1), Z, U[:, :, :k].transpose(0, 2, 1), left
