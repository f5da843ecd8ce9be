"""Variable projection: the loss of D·E·B·X with the best D and E for each B, as a function of the
weights of B."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import eigh, qr

from fjlt import Butterfly, TruncatedButterfly

__all__ = ["VariableProjection"]

Array = NDArray[np.float64]


class VariableProjection:
    """F(B) = min over D, E of ‖DEBX - Y‖_F² and its gradient in the effective weights of a
    butterfly B.

    Parameters
    ----------
    butterfly : fjlt.TruncatedButterfly or fjlt.Butterfly, shape (l, n)
        The shape of B, and ``start``, where the weights are.
    x : ndarray, shape (n, d)
    y : ndarray, shape (m, d)
    k : int
        Width of the bottleneck.

    Notes
    -----
    The row space of BX comes from a pivoted QR decomposition, and the best D from the eigenvectors
    of the Gram matrix of Y in it; by the envelope theorem the gradient is that of the loss at the
    best D and E. Cost of an evaluation: O(l·d·(l + m)) operations and the product BX.
    ``reduced_loss`` is the reference: it uses singular values throughout. Source: Golub, Pereyra,
    SIAM J. Numer. Anal. 10, 1973; Theorem 1 of arXiv 2007.08864 (numbered as in the ICLR 2021
    submission).

    Examples
    --------
    >>> from fjlt import srht
    >>> x = np.diag([3.0, 2.0, 1.0, 1.0])
    >>> projected = VariableProjection(srht(4, 4, rng=0), x, x, k=2)
    >>> round(projected(projected.start)[0], 12)
    2.0
    """

    def __init__(
        self, butterfly: Butterfly | TruncatedButterfly, x: Array, y: Array, k: int
    ) -> None:
        self._shape, self._x, self._y, self._k = butterfly, x, y, k
        truncated = isinstance(butterfly, TruncatedButterfly)
        self._mask = (
            butterfly.effective_mask if truncated else np.ones(butterfly.weights.shape, dtype=bool)
        )
        self._energy = float(np.vdot(y, y))
        self.start: Array = butterfly.weights[self._mask].astype(np.float64)

    def butterfly(self, theta: Array) -> Butterfly | TruncatedButterfly:
        """B with these effective weights."""
        weights = np.zeros(self._mask.shape)
        weights[self._mask] = theta
        if isinstance(self._shape, TruncatedButterfly):
            return TruncatedButterfly(weights, self._shape.rows, self._shape.shape[1])
        return Butterfly(weights)

    def __call__(self, theta: Array) -> tuple[float, Array]:
        """F and its gradient; (inf, 0) where BX is not finite."""
        if not np.isfinite(theta).all():
            return np.inf, np.zeros_like(theta)
        B = self.butterfly(theta)
        code = B @ self._x
        if not np.isfinite(code).all():
            return np.inf, np.zeros_like(theta)
        D, E, basis, explained = self._best(code)
        target = D.T @ self._y
        unexplained = target - (target @ basis) @ basis.T
        gradient = B.weights_gradient(self._x, -2 * E.T @ unexplained)[self._mask]
        return max(self._energy - explained, 0.0), gradient

    def decoder_encoder(self, theta: Array) -> tuple[Array, Array]:
        """The best D, shape (m, k), with orthonormal columns, and E, shape (k, l)."""
        D, E, _, _ = self._best(self.butterfly(theta) @ self._x)
        k, missing = self._k, self._k - len(E)
        return np.pad(D, ((0, 0), (0, missing))), np.pad(E, ((0, missing), (0, 0)))[:k]

    def _best(self, code: Array) -> tuple[Array, Array, Array, float]:
        """D and E without zero columns and rows, an orthonormal basis of the rows of the code, and
        λ_1 + … + λ_k."""
        Q, T, order = qr(code.T, mode="economic", pivoting=True, check_finite=False)
        diagonal = np.abs(np.diag(T))
        rank = int((diagonal > max(code.shape) * np.finfo(float).eps * diagonal[:1]).sum())
        if rank == 0:
            return np.empty((len(self._y), 0)), np.empty((0, len(code))), Q[:, :0], 0.0
        basis = Q[:, :rank]
        dual = np.empty((rank, len(code)))
        dual[:, order] = np.linalg.pinv(T[:rank].T)
        response = self._y @ basis
        count = min(self._k, rank)
        eigenvalues, right = eigh(
            response.T @ response, subset_by_index=[rank - count, rank - 1], check_finite=False
        )
        kept = eigenvalues > rank * np.finfo(float).eps * eigenvalues[-1:]
        projected = response @ right[:, kept]
        D = projected / np.sqrt(eigenvalues[kept])
        return D, (D.T @ response) @ dual, basis, float(eigenvalues[kept].sum())
