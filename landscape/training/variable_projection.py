"""Variable projection: the reduced loss of D·E·B·X as a function of the weights of B."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.linalg import LinAlgError
from scipy.linalg import qr
from scipy.linalg.blas import dtrsm

from fjlt import Butterfly, TruncatedButterfly
from fjlt.types import IndexArray, RealArray
from landscape.fixed.effective_weights import EffectiveWeights
from landscape.fixed.network import EncoderDecoder

__all__ = ["VariableProjection"]


class VariableProjection:
    """The reduced loss F(B) and its gradient as functions of the effective weights of a butterfly.

    F(B) = min over D and E of ‖DEBX - Y‖_F². Nothing is checked; an evaluation only looks for
    values that are not finite.

    Parameters
    ----------
    butterfly : fjlt.TruncatedButterfly or fjlt.Butterfly, shape (l, n)
        Gives the shape of B and the start.
    x : ndarray, shape (n, d)
    y : ndarray, shape (m, d)
    k : int
        Width of the bottleneck.

    Attributes
    ----------
    start : ndarray
        The effective weights of ``butterfly``.

    See Also
    --------
    reduced_loss : The same function by singular values, more accurate and slower.

    Notes
    -----
    Cost of an evaluation: O(l·d·(l + m)) operations and the product BX.

    References
    ----------
    Golub, Pereyra, SIAM J. Numer. Anal. 10, 1973; Theorem 1 of arXiv 2007.08864v2.

    Examples
    --------
    >>> from fjlt import srht
    >>> x = np.diag([3.0, 2.0, 1.0, 1.0])
    >>> projected = VariableProjection(srht(4, 4, rng=0), x, x, k=2)
    >>> round(projected(projected.start)[0], 12)
    2.0
    """

    def __init__(
        self, butterfly: Butterfly | TruncatedButterfly, x: RealArray, y: RealArray, k: int
    ) -> None:
        self._family, self._x, self._y, self._k = EffectiveWeights(butterfly), x, y, k
        self._energy = float(np.vdot(y, y))
        self.start = self._family.start

    def __call__(self, theta: RealArray) -> tuple[float, RealArray]:
        """F and its gradient; (inf, 0) where BX, or a product of it, is not finite."""
        if not np.isfinite(theta).all():
            return np.inf, np.zeros_like(theta)
        B = self._family.at(theta)
        code = B.product(self._x)
        if not np.isfinite(code).all():
            return np.inf, np.zeros_like(theta)
        try:
            with np.errstate(over="ignore", invalid="ignore"):
                D, E, basis, hidden, explained = self._best(code)
        except LinAlgError:
            return np.inf, np.zeros_like(theta)
        # Envelope theorem: the gradient of F is that of the loss in B at the best D and E. There
        # DᵀD = I and EX̃ = DᵀYVVᵀ, so the gradient in X̃ is -2Eᵀ·DᵀY(I - VVᵀ).
        unexplained = D.T @ self._y - hidden @ basis.T
        gradient = B.gradient(self._x, -2 * E.T @ unexplained)
        return max(self._energy - explained, 0.0), gradient

    def network(self, theta: RealArray) -> EncoderDecoder:
        """The network of B with effective weights ``theta`` and the best D and E."""
        B = self._family.operator(self._family.weights(theta))
        return EncoderDecoder(*self.decoder_encoder(theta), B)

    def decoder_encoder(self, theta: RealArray) -> tuple[RealArray, RealArray]:
        """The best D, shape (m, k), with orthonormal columns or zeros, and E, shape (k, l)."""
        D, E, *_ = self._best(self._family.at(theta).product(self._x))
        unused = self._k - len(E)
        return np.pad(D, ((0, 0), (0, unused))), np.pad(E, ((0, unused), (0, 0)))

    def _best(self, code: RealArray) -> tuple[RealArray, RealArray, RealArray, RealArray, float]:
        """The best D and E without hidden units that are zero, V, EX̃V and λ_1 + … + λ_k.

        The columns of V are an orthonormal basis of the row space of the code.
        """
        basis, T, order = _row_space(code)
        rank = basis.shape[1]
        # A = YV has the right singular vectors w_i, by the eigenvectors of AᵀA, and the left ones
        # A·w_i/√λ_i. They are the columns of D. Rounding leaves no digits of the smallest λ_i.
        response = self._y @ basis
        count = min(self._k, rank)
        eigenvalues, right = np.linalg.eigh(response.T @ response)
        eigenvalues, right = eigenvalues[-count:], right[:, -count:]
        positive = eigenvalues > rank * np.finfo(float).eps * eigenvalues[-1:]
        projected = response @ right[:, positive]
        D = projected / np.sqrt(eigenvalues[positive])
        # EX̃ = DᵀAVᵀ with X̃ᵀ = VT, the columns in this order.
        E, hidden = np.empty((D.shape[1], len(code))), D.T @ response
        if rank == len(code):
            E[:, order] = dtrsm(1.0, T, hidden, side=1, trans_a=1)
        else:
            E[:, order] = hidden @ np.linalg.pinv(T.T)
        return D, E, basis, hidden, float(eigenvalues[positive].sum())


def _row_space(code: RealArray) -> tuple[RealArray, RealArray, IndexArray | slice]:
    """An orthonormal basis V of the row space of X̃, and T with X̃ᵀ = VT, the columns in an order."""
    try:
        return *_twice_by_cholesky(code), slice(None)
    except LinAlgError:
        # Pivoted QR decomposition of X̃ᵀ: the first columns of Q span the row space.
        Q, T, order = qr(code.T, mode="economic", pivoting=True, check_finite=False)
    diagonal = np.abs(np.diag(T))
    rank = int((diagonal > max(code.shape) * np.finfo(float).eps * diagonal[:1]).sum())
    return Q[:, :rank], T[:rank], order


def _twice_by_cholesky(code: RealArray) -> tuple[RealArray, RealArray]:
    """A QR decomposition of X̃ᵀ by those of Cholesky of Gram matrices, which takes less time.

    Of V = X̃ᵀL⁻ᵀ, X̃X̃ᵀ = LLᵀ, the columns are orthonormal up to rounding times the square of the
    condition number. The same for V makes them so up to rounding: Yamamoto, Nakatsukasa,
    Yanagisawa, Fukaya, ETNA 44, 2015. Nearly dependent rows of X̃ raise a LinAlgError.
    """
    first: Any = np.linalg.cholesky(code @ code.T)
    V = dtrsm(1.0, first, code.T, side=1, lower=1, trans_a=1)
    gram = V.T @ V
    if not np.abs(gram - np.eye(len(code))).max() <= 0.1:
        raise LinAlgError("the rows are nearly dependent")
    second: Any = np.linalg.cholesky(gram)
    V = dtrsm(1.0, second, V, side=1, lower=1, trans_a=1, overwrite_b=True)
    return V, (first @ second).T
