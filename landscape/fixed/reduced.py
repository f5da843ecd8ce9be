"""The reduced loss F(B): the loss of D·E·B·X with D and E eliminated, and its gradient in B."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fjlt import Butterfly, TruncatedButterfly, boundary, to_dense
from landscape import data
from landscape.fixed.network import EncoderDecoder, Parameters
from landscape.fixed.signal import Signal

__all__ = ["reduced_gradient", "reduced_hessian_product", "reduced_loss", "reduced_weight_gradient"]

Array = NDArray[np.float64]


def reduced_loss(X: ArrayLike, Y: ArrayLike, B: Any, k: int) -> float:
    """F(B) = min over D, E of ‖DEBX - Y‖_F² = tr YYᵀ - (λ1 + … + λk), λ the eigenvalues of Σ(B); no
    ½.

    Parameters
    ----------
    X : array_like, shape (n, d)
        Real data; columns are samples.
    Y : array_like, shape (m, d)
    B : array_like or linear operator, shape (l, n)
    k : int
        Width of the bottleneck, 1 <= k <= n.

    Raises
    ------
    ValueError, TypeError
        If shapes do not agree, k is out of range, or an entry is complex or not finite.

    Notes
    -----
    Computed as what is left over, without subtraction from tr YYᵀ, so that a small loss keeps its
    digits. Cost: as ``signal_matrix``. Source: Theorem 1 of arXiv 2007.08864 (numbered as in the
    ICLR 2021 submission), valid without its hypotheses.

    Examples
    --------
    >>> round(reduced_loss(np.diag([3, 2, 1]), np.diag([3, 2, 1]), np.eye(3), k=2), 12)
    1.0
    """
    signal = Signal.of(X, Y, B)
    k = data.bottleneck(k, data.as_operator(B).shape[1])
    return math.fsum([signal.floor, *signal.eigenvalues[k:]])


def reduced_gradient(X: ArrayLike, Y: ArrayLike, B: Any, k: int) -> Array:
    """Gradient of ``reduced_loss`` in the entries of B, shape (l, n).

    By the envelope theorem it is the gradient of L in B at the best D and E:
    -2·(X̃⁺)ᵀ Yᵀ U Uᵀ Y (I - P) Xᵀ, with U the first k eigenvectors of Σ(B) and P the projection to
    the row space of X̃ = BX.

    Parameters
    ----------
    X, Y, B, k
        As for ``reduced_loss``.

    Returns
    -------
    ndarray, shape (l, n)

    Raises
    ------
    ValueError
        Where F has no gradient: λ_k = λ_{k+1} > 0 (the best D is not unique), or rank BX < min(l,
        rank X) (the row space of BX jumps). Where λ_k = λ_{k+1} = 0 there is a gradient. Also as
        ``reduced_loss``.
    TypeError
        As ``reduced_loss``.

    Examples
    --------
    >>> reduced_gradient(np.eye(2), np.diag([2.0, 1.0]), [[1.0, 1.0]], k=1).round(12)
    array([[-1.5,  1.5]])
    """
    x, _ = data.pair(X, Y)
    return _gradient_in_code(X, Y, B, k) @ x.T


def reduced_weight_gradient(
    X: ArrayLike, Y: ArrayLike, B: Butterfly | TruncatedButterfly, k: int
) -> Array:
    """Gradient of ``reduced_loss`` in the weights of a butterfly B, shape (p, N, 2); zero where
    ineffective.

    Parameters, cost and errors as for ``reduced_gradient``; ``TypeError`` also if B is not a
    butterfly.

    Examples
    --------
    >>> B = TruncatedButterfly(Butterfly.hadamard(2).weights, rows=[0])
    >>> reduced_weight_gradient(np.eye(2), np.diag([2.0, 1.0]), B, k=1).round(6)
    array([[[-2.12132,  2.12132],
            [ 0.     ,  0.     ]]])
    """
    if not isinstance(B, Butterfly | TruncatedButterfly):
        raise TypeError(f"B must be a Butterfly or TruncatedButterfly, got {type(B).__name__}")
    x, _ = data.pair(X, Y)
    return B.weights_gradient(x, _gradient_in_code(X, Y, B, k))


def reduced_hessian_product(
    X: ArrayLike, Y: ArrayLike, B: Butterfly | TruncatedButterfly, k: int, direction: ArrayLike
) -> Array:
    """Derivative of ``reduced_weight_gradient`` as the weights of B move along ``direction``, both
    (p, N, 2).

    The best D and E follow B: with z = (D, E) and w the weights, it is H_ww·v - H_wz·H_zz⁺·H_zw·v
    in blocks of the Hessian of L, a Schur complement.

    Parameters
    ----------
    X, Y, B, k
        As for ``reduced_weight_gradient``.
    direction : array_like, shape (p, N, 2)
        Ineffective weights are ignored.

    Returns
    -------
    ndarray, shape (p, N, 2)
        Zero where ineffective.

    Raises
    ------
    ValueError, TypeError
        As ``reduced_weight_gradient``; ``ValueError`` also for a direction of other shape.

    Notes
    -----
    Where the rank r of Σ(B) is less than k, it is taken to stay r nearby. Cost: mk + kl Hessian
    products of a network with B fixed, and a least-squares problem of that size.

    Examples
    --------
    >>> B = TruncatedButterfly(Butterfly.hadamard(2).weights, rows=[0])
    >>> reduced_hessian_product(np.eye(2), np.diag([2.0, 1.0]), B, 1, B.weights).round(6)  # minus the gradient
    array([[[ 2.12132, -2.12132],
            [ 0.     ,  0.     ]]])
    """
    gradient = reduced_weight_gradient(X, Y, B, k)
    move = boundary.array(direction, "direction", real=True).astype(np.float64)
    if move.shape != gradient.shape:
        raise ValueError(
            f"direction has shape {move.shape}, but the weights of B have shape {gradient.shape}"
        )
    signal = Signal.of(X, Y, B)
    D = signal.left[:, :k]
    E = D.T @ signal.response @ signal.dual
    network, fixed = EncoderDecoder(D, E, B), EncoderDecoder(D, E, to_dense(B))
    along = network.hessian_product(X, Y, Parameters(np.zeros_like(D), np.zeros_like(E), move))
    pull = fixed.flatten(along._replace(weights=None))
    follow = fixed.unflatten(-np.linalg.lstsq(fixed.hessian(X, Y), pull, rcond=1e-10)[0])
    both = network.hessian_product(X, Y, follow._replace(weights=move)).weights
    assert both is not None
    return np.where(network.mask, both, 0.0)


def _gradient_in_code(X: ArrayLike, Y: ArrayLike, B: Any, k: int) -> Array:
    """Gradient of F in the encoded data X̃, shape (l, d)."""
    x, y = data.pair(X, Y)
    signal = Signal.of(x, y, B)
    k = data.bottleneck(k, data.as_operator(B).shape[1])
    l, attainable = signal.dual.shape[1], int(np.linalg.matrix_rank(x))
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
    U = signal.left[:, :k]
    unexplained = U.T @ (y - signal.response @ signal.basis.T)
    E = U.T @ signal.response @ signal.dual
    return -2 * E.T @ unexplained
