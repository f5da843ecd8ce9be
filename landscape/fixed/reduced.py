"""The reduced loss: the loss of D·E·B·X with D and E eliminated, and its derivatives in B."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from fjlt import Butterfly, TruncatedButterfly, boundary, to_dense
from fjlt.runs.backends import one_blas_thread
from fjlt.types import OperatorLike, RealArray
from landscape import data
from landscape.fixed.network import EncoderDecoder, Parameters
from landscape.fixed.signal import Signal

__all__ = ["reduced_gradient", "reduced_hessian_product", "reduced_loss", "reduced_weight_gradient"]


@one_blas_thread()
def reduced_loss(X: ArrayLike, Y: ArrayLike, B: OperatorLike, k: int) -> float:
    """Reduced loss F(B) = min over D and E of ‖DEBX - Y‖_F², no factor ½.

    It equals tr YYᵀ - (λ1 + … + λk), where λ1 >= λ2 >= … are the eigenvalues of Σ(B).

    Parameters
    ----------
    X : array_like, shape (n, d)
        Real data; columns are samples.
    Y : array_like, shape (m, d)
        Real targets.
    B : array_like or linear operator, shape (l, n)
        Encoder.
    k : int
        Width of the bottleneck, 1 <= k <= n.

    Returns
    -------
    float
        At least 0, in the units of ‖Y‖_F².

    Raises
    ------
    ValueError, TypeError
        If shapes do not agree, k is out of range, or an entry is complex or not finite.

    See Also
    --------
    signal_matrix : The matrix Σ(B).
    critical_points : All critical values, not only the least.

    Notes
    -----
    The unexplained part of Y is summed directly, not subtracted from tr YYᵀ, so a small loss keeps
    its digits. Cost: as ``signal_matrix``.

    References
    ----------
    Theorem 1 of arXiv 2007.08864v2. The formula holds
    without its hypotheses.

    Examples
    --------
    >>> round(reduced_loss(np.diag([3, 2, 1]), np.diag([3, 2, 1]), np.eye(3), k=2), 12)
    1.0
    """
    at = _Point.of(X, Y, B, k)
    return math.fsum([at.signal.floor, *at.signal.eigenvalues[at.k :]])


@one_blas_thread()
def reduced_gradient(X: ArrayLike, Y: ArrayLike, B: OperatorLike, k: int) -> RealArray:
    """Gradient of ``reduced_loss`` in the entries of B, shape (l, n).

    By the envelope theorem it is the gradient of L in B at the best D and E:
    -2·(X̃⁺)ᵀ Yᵀ U Uᵀ Y (I - P) Xᵀ, where the columns of U are the first k eigenvectors of Σ(B) and
    P is the projection onto the row space of X̃ = BX.

    Parameters
    ----------
    X, Y, B, k
        As for ``reduced_loss``.

    Returns
    -------
    ndarray, shape (l, n)
        ∂F/∂B.

    Raises
    ------
    ValueError
        If F has no gradient at B. That is so if λ_k = λ_{k+1} > 0, where the best D is not unique,
        or if rank BX < min(l, rank X), where the row space of BX is not continuous in B. (If
        λ_k = λ_{k+1} = 0 there is a gradient.) Also as ``reduced_loss``.
    TypeError
        As ``reduced_loss``.

    Examples
    --------
    >>> reduced_gradient(np.eye(2), np.diag([2.0, 1.0]), [[1.0, 1.0]], k=1).round(12)
    array([[-1.5,  1.5]])
    """
    at = _Point.of(X, Y, B, k)
    return at.gradient_in_code() @ at.x.T


@one_blas_thread()
def reduced_weight_gradient(
    X: ArrayLike, Y: ArrayLike, B: Butterfly | TruncatedButterfly, k: int
) -> RealArray:
    """Gradient of ``reduced_loss`` in the weights of a butterfly B, shape (p, N, 2).

    It is zero outside the effective weights.

    Parameters
    ----------
    X, Y : array_like
        As for ``reduced_loss``.
    B : fjlt.TruncatedButterfly or fjlt.Butterfly, shape (l, n)
        Encoder.
    k : int
        As for ``reduced_loss``.

    Returns
    -------
    ndarray, shape (p, N, 2)
        The derivatives in the order of ``B.weights``.

    Raises
    ------
    ValueError, TypeError
        As ``reduced_gradient``; ``TypeError`` also if B is not a butterfly.

    Examples
    --------
    >>> B = TruncatedButterfly(Butterfly.hadamard(2).weights, rows=[0])
    >>> reduced_weight_gradient(np.eye(2), np.diag([2.0, 1.0]), B, k=1).round(6)
    array([[[-2.12132,  2.12132],
            [ 0.     ,  0.     ]]])
    """
    _check_butterfly(B)
    at = _Point.of(X, Y, B, k)
    return B.weights_gradient(at.x, at.gradient_in_code())


@one_blas_thread()
def reduced_hessian_product(
    X: ArrayLike, Y: ArrayLike, B: Butterfly | TruncatedButterfly, k: int, direction: ArrayLike
) -> RealArray:
    """Hessian of ``reduced_loss`` in the weights of a butterfly B, applied to ``direction``.

    With z = (D, E), w the weights and v the direction, it is (H_ww - H_wz·H_zz⁺·H_zw)·v, where H is
    the Hessian of L at the best D and E: a Schur complement.

    Parameters
    ----------
    X, Y, B, k
        As for ``reduced_weight_gradient``.
    direction : array_like, shape (p, N, 2)
        Its entries outside the effective weights are ignored.

    Returns
    -------
    ndarray, shape (p, N, 2)
        Zero outside the effective weights.

    Raises
    ------
    ValueError, TypeError
        As ``reduced_weight_gradient``; ``ValueError`` also if the direction has another shape than
        the weights.

    Notes
    -----
    If the rank r of Σ(B) is less than k, it is assumed to be r in a neighbourhood. Cost: mk + kl
    Hessian products of a network with B fixed, and a least-squares problem of that size.

    Examples
    --------
    >>> B = TruncatedButterfly(Butterfly.hadamard(2).weights, rows=[0])
    >>> Y = np.diag([2.0, 1.0])
    >>> reduced_hessian_product(np.eye(2), Y, B, 1, B.weights).round(6)  # minus the gradient
    array([[[ 2.12132, -2.12132],
            [ 0.     ,  0.     ]]])
    """
    _check_butterfly(B)
    # Divided by powers of 2, X and Y give E the size of D, so that no part of the Hessian is lost
    # beside another.
    x, y = data.pair(X, Y)
    scale_x, scale_y = data.nearest_power(data.encode(B, x)), data.nearest_power(y)
    at = _Point.of(x / scale_x, y / scale_y, B, k)
    at.check_differentiable()
    dw = boundary.array(direction, "direction", real=True).astype(np.float64)
    if dw.shape != B.weights.shape:
        raise ValueError(
            f"direction has shape {dw.shape}, but the weights of B have shape {B.weights.shape}"
        )
    if at.signal.rank == 0:
        # Nothing of Y is explained here, nor nearby: the reduced loss is ‖Y‖_F².
        return np.zeros_like(dw)
    D = at.signal.left[:, : at.k]
    E = D.T @ at.signal.response @ at.signal.dual
    network, fixed = EncoderDecoder(D, E, B), EncoderDecoder(D, E, to_dense(B))
    # The gradient in z stays zero as w moves along v: H_zz·dz = -H_zw·v. H_zz is singular along
    # the gauge orbit, where the gradient in w is constant, so any least-squares solution will do.
    only_w = network.hessian_product(at.x, at.y, Parameters(np.zeros_like(D), np.zeros_like(E), dw))
    H_zw_v = fixed.flatten(only_w._replace(weights=None))
    H_zz = fixed.hessian(at.x, at.y)
    dz = fixed.unflatten(-np.linalg.lstsq(H_zz, H_zw_v, rcond=1e-10)[0])
    # The weights' part of H·(dz, v) is the Schur complement applied to v.
    product = network.hessian_product(at.x, at.y, dz._replace(weights=dw)).weights
    assert product is not None
    return np.where(network.mask, product, 0.0) * scale_y**2


class _Point(NamedTuple):
    """Checked arguments of the functions of this module, and the signal of Y through B."""

    x: RealArray
    y: RealArray
    k: int
    signal: Signal

    @classmethod
    def of(cls, X: ArrayLike, Y: ArrayLike, B: OperatorLike, k: int) -> _Point:
        """Check the arguments, and compute the signal."""
        x, y = data.pair(X, Y)
        k = data.bottleneck(k, len(x))
        return cls(x, y, k, Signal.of_code(data.encode(B, x), y))

    def check_differentiable(self) -> None:
        """Raise ``ValueError`` if the reduced loss has no gradient here."""
        signal, k = self.signal, self.k
        l, attainable = signal.dual.shape[1], int(np.linalg.matrix_rank(self.x))
        if signal.rank_data < min(l, attainable):
            raise ValueError(
                f"the reduced loss has no gradient here: BX has rank {signal.rank_data}, less than "
                f"min(l, rank X) = {min(l, attainable)}, so its row space jumps; move B a little"
            )
        if k < signal.rank and signal.values[k - 1] - signal.values[k] <= signal.tolerance:
            raise ValueError(
                f"the reduced loss has no gradient here: eigenvalues {k} and {k + 1} of Σ(B) are "
                f"equal ({signal.eigenvalues[k - 1]:.6g}), so the best D is not unique; move B a "
                f"little, or change k"
            )

    def gradient_in_code(self) -> RealArray:
        """Gradient of the reduced loss in the encoded data X̃, shape (l, d)."""
        self.check_differentiable()
        # Envelope theorem: the derivatives of L in D and E vanish at the best D = U and
        # E = UᵀA·dual, so the gradient of F is that of L, 2(DE)ᵀ(DEX̃ - Y) = -2Eᵀ·UᵀY(I - P).
        signal = self.signal
        U = signal.left[:, : self.k]
        unexplained = U.T @ (self.y - signal.response @ signal.basis.T)
        E = U.T @ signal.response @ signal.dual
        return -2 * E.T @ unexplained


def _check_butterfly(B: OperatorLike) -> None:
    if not isinstance(B, Butterfly | TruncatedButterfly):
        raise TypeError(f"B must be a Butterfly or TruncatedButterfly, got {type(B).__name__}")
