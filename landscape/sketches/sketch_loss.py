"""Errors of low-rank approximations from a sketch, and their gradient in the encoded data."""

from __future__ import annotations

import numpy as np

from fjlt.types import RealArray

__all__ = ["errors_and_gradient", "sketch_errors"]

FULL_RANK = 1e-7
"""A code counts as of full rank if no diagonal entry of its triangular factor is smaller than this,
relative to the largest."""


def sketch_errors(X: RealArray, codes: RealArray, k: int) -> RealArray:
    """Errors ‖X_i - B_k(X_i)‖_F² of the best approximations of rank k from the codes BX_i.

    The rows of B_k(X_i) are in the row space of ``codes[i]`` = BX_i.

    Parameters
    ----------
    X : ndarray, shape (N, n, d)
        The matrices X_i, or any others with the same X_iᵀX_i: the errors depend on nothing else.
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
    basis, _ = _row_space(codes)
    # The error is the part of X outside the row space, and that of XV after k singular values.
    Z = X @ basis
    singular = np.linalg.svd(Z, compute_uv=False)
    left = X - Z @ basis.transpose(0, 2, 1)
    errors: RealArray = np.square(left).sum(axis=(1, 2)) + np.square(singular[:, k:]).sum(axis=1)
    return errors


def errors_and_gradient(X: RealArray, codes: RealArray, k: int) -> tuple[RealArray, RealArray]:
    """``sketch_errors``, and the gradient of their sum in the codes, shape (N, l, d).

    Notes
    -----
    Let V be an orthonormal basis of the row space of a code C, and U_k the first k left singular
    vectors of XV. The error is ‖X - XVVᵀ‖_F² plus the squares of the singular values of XV after
    the k-th. By the envelope theorem its gradient in C is -2·(U_kᵀXC⁺)ᵀ·U_kᵀX(I - VVᵀ).

    The gradient exists if C has full rank and the k-th singular value exceeds the next. Elsewhere
    the result is the value of the formula for one choice of U_k and for the row space of C. U_k
    comes from the eigenvectors of VᵀXᵀXV, so singular values below about 1e-8 of the largest are
    lost.

    Cost for a matrix: O(l·d·(n + l)) operations.

    References
    ----------
    B_k(X) of Section 6 of arXiv 2007.08864v2, after Indyk,
    Vakilian, Yuan, NeurIPS 2019.

    Examples
    --------
    >>> X, C = np.diag([2.0, 1.0])[None], np.array([[[2.0, 1.0]]])
    >>> error, gradient = errors_and_gradient(X, C, k=1)
    >>> error.round(12), gradient.round(12)
    (array([1.6]), array([[[-0.48,  0.96]]]))
    """
    basis, dual = _row_space(codes)
    Z = X @ basis
    eigenvalues, right = np.linalg.eigh(Z.transpose(0, 2, 1) @ Z)
    eigenvalues, right = eigenvalues[:, ::-1], right[:, :, ::-1]
    left = X - Z @ basis.transpose(0, 2, 1)
    errors = np.square(left).sum(axis=(1, 2)) + np.maximum(eigenvalues[:, k:], 0).sum(axis=1)
    # The columns of U_k are XV·w_i/σ_i, w_i the right singular vectors, or zero where σ_i is lost.
    top = eigenvalues[:, :k]
    kept = top > len(right[0]) * np.finfo(np.float64).eps * top[:, :1]
    scale = np.divide(1.0, np.sqrt(np.where(kept, top, 1.0)), out=np.zeros_like(top), where=kept)
    Ut = (Z @ (right[:, :, :k] * scale[:, None, :])).transpose(0, 2, 1)
    # As in ``reduced_gradient``, with D = U_k, E = U_kᵀXC⁺ and residual U_kᵀX(I - VVᵀ).
    encoder = Ut @ Z @ dual
    return errors, -2 * encoder.transpose(0, 2, 1) @ (Ut @ left)


def _row_space(codes: RealArray) -> tuple[RealArray, RealArray]:
    """Orthonormal bases V of the row spaces, shape (N, d, r), and VᵀC⁺, shape (N, r, l).

    If a code is not of full rank, the columns of V without a part in its row space are zero.
    """
    _, l, d = codes.shape
    if l <= d:
        # Cᵀ = VT, so that VᵀC⁺ = T⁻ᵀ. This is the fast way if every code has full rank.
        basis, T = np.linalg.qr(codes.transpose(0, 2, 1))
        diagonal = np.abs(np.diagonal(T, axis1=1, axis2=2))
        if (diagonal.min(axis=1) > FULL_RANK * diagonal.max(axis=1)).all():
            return basis, np.linalg.inv(T).transpose(0, 2, 1)
    W, values, Vt = np.linalg.svd(codes, full_matrices=False)
    kept = values > max(l, d) * np.finfo(np.float64).eps * values[:, :1]
    inverse = np.divide(1.0, values, out=np.zeros_like(values), where=kept)
    return (Vt * kept[:, :, None]).transpose(0, 2, 1), (W * inverse[:, None, :]).transpose(0, 2, 1)
