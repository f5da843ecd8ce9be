"""The minimum of a quadratic model in a ball, by eigenvalues, for a batch of models."""

from __future__ import annotations

import numpy as np

from fjlt.types import RealArray

__all__ = ["step"]

N_BISECTIONS = 50


def step(
    values: RealArray,
    vectors: RealArray,
    gradient: RealArray,
    radius: RealArray,
    null: float,
) -> tuple[RealArray, RealArray]:
    """Minimise the model q(s) = gᵀs + ½sᵀHs over ‖s‖ <= radius.

    Parameters
    ----------
    values, vectors : ndarray, shapes (S, V) and (S, V, V)
        Eigenvalues of H in increasing order, and its eigenvectors as columns.
    gradient : ndarray, shape (S, V)
        g.
    radius : ndarray, shape (S,)
    null : float
        If an eigenvalue is below -null, s moves along its eigenvector even where g is zero.

    Returns
    -------
    s : ndarray, shape (S, V)
        The minimisers.
    decrease : ndarray, shape (S,)
        -q(s), the decrease of the model.

    Notes
    -----
    s = -(H + μI)⁻¹g with the least μ >= 0 such that H + μI is positive semidefinite and
    ‖s‖ <= radius; μ is found by 50 bisections.

    References
    ----------
    Moré, Sorensen, SIAM J. Sci. Stat. Comput. 4, 1983.

    Examples
    --------
    >>> values, vectors = np.array([[-1.0, 2.0]]), np.eye(2)[None]
    >>> move, decrease = step(values, vectors, np.zeros((1, 2)), np.array([0.5]), 1e-9)
    >>> abs(move).round(6).tolist(), decrease.round(6).tolist()
    ([[0.5, 0.0]], [0.125])
    """
    low, radius = values[:, :1], radius[:, None]
    # Coordinates of g in the eigenvectors: s has the coordinates -c_i / (λ_i + μ).
    c = (np.swapaxes(vectors, -1, -2) @ gradient[..., None])[..., 0]
    # The hard case: g has no part in the eigenvector of the lowest, negative eigenvalue. A tiny one
    # is added, so that the secular equation has a solution and s moves along this eigenvector.
    push = np.where(low < -null, -1e-12 * low * radius, 0.0)
    c[:, :1] = np.where(np.abs(c[:, :1]) < push, push, c[:, :1])
    # The secular equation ‖s(μ)‖ = radius in t = μ + λ_1 > 0, where ‖s‖ = ‖c / (λ - λ_1 + t)‖
    # decreases in t. Its root lies between |c_1| / radius and ‖c‖ / radius, as gaps >= 0.
    gaps = values - low
    below = np.maximum(np.abs(c[:, :1]) / radius, np.maximum(low, 1e-300))
    above = np.maximum(_norm(c) / radius + np.maximum(low, 0.0), below)
    # Where H is positive definite and the Newton step fits in the ball, μ = 0, that is t = λ_1.
    inside = (low > 0) & (_norm(c / values) <= radius)
    for _ in range(0 if inside.all() else N_BISECTIONS):
        # The bounds may differ by many orders of magnitude: bisection of their logarithms.
        middle = np.sqrt(below) * np.sqrt(above)
        longer = _norm(c / (gaps + middle)) > radius
        below, above = np.where(longer, middle, below), np.where(longer, above, middle)
    s = -c / (gaps + np.where(inside, low, above))
    return (vectors @ s[..., None])[..., 0], -(c * s + values * s**2 / 2).sum(axis=1)


def _norm(s: RealArray) -> RealArray:
    return np.asarray(np.sqrt((s * s).sum(axis=1, keepdims=True)))
