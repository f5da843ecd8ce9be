"""The minimum of a quadratic model in a ball, exactly, by eigenvalues; in batches."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["step"]

Array = NDArray[Any]


def step(
    values: Array, vectors: Array, gradient: Array, radius: Array, null: float
) -> tuple[Array, Array]:
    """The s with ‖s‖ <= radius that minimises gᵀs + ½sᵀHs, and how much that is below 0.

    Parameters
    ----------
    values, vectors : ndarray, shapes (S, V) and (S, V, V)
        Eigenvalues of H, increasing, and eigenvectors, as columns.
    gradient : ndarray, shape (S, V)
    radius : ndarray, shape (S,)
    null : float
        With an eigenvalue below -null, s moves along its eigenvector even where the gradient is 0.

    Notes
    -----
    s = -(H + μ)⁻¹g with the least μ >= 0 for which H + μ >= 0 and ‖s‖ <= radius; μ plus the lowest
    eigenvalue is found by 50 bisections. Source: Moré, Sorensen, SIAM J. Sci. Stat. Comput. 4,
    1983.

    Examples
    --------
    >>> move, promised = step(np.array([[-1.0, 2.0]]), np.eye(2)[None], np.array([[0.0, 0.0]]), np.array([0.5]), 1e-9)
    >>> abs(move).round(6).tolist(), promised.round(6).tolist()
    ([[0.5, 0.0]], [0.125])
    """
    low, radius = values[:, :1], radius[:, None]
    c = (np.swapaxes(vectors, -1, -2) @ gradient[..., None])[..., 0]
    push = np.where(low < -null, -1e-12 * low * radius, 0.0)
    c[:, :1] = np.where(np.abs(c[:, :1]) < push, push, c[:, :1])
    gaps = values - low
    below = np.maximum(np.abs(c[:, :1]) / radius, np.maximum(low, 1e-300))
    above = np.maximum(
        np.linalg.norm(c, axis=1, keepdims=True) / radius + np.maximum(low, 0.0), below
    )
    newton = np.linalg.norm(c / values, axis=1, keepdims=True)
    for _ in range(50):
        middle = np.sqrt(below) * np.sqrt(above)
        longer = np.linalg.norm(c / (gaps + middle), axis=1, keepdims=True) > radius
        below, above = np.where(longer, middle, below), np.where(longer, above, middle)
    s = -c / (gaps + np.where((low > 0) & (newton <= radius), low, above))
    return (vectors @ s[..., None])[..., 0], -(c * s + values * s**2 / 2).sum(axis=1)
