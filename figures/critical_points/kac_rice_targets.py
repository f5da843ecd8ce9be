"""Expected numbers of minima and maxima over the row spaces for Gaussian data and targets.

As ``kac_rice``, with targets Y of m rows in place of X, independent of X and standard normal too.

A, Σ and N are as there: WX = LQ and the rest of the other two rows is RQ', where LLᵀ = A, RRᵀ = Σ,
and the rows of Q and Q' are orthonormal. So YQᵀ and YQ'ᵀ are independent m × 2 matrices of standard
normal numbers. Let U = YQᵀL⁻¹ and V = YQ'ᵀRᵀ. Turned by the angles h₁ and h₂, the row space has a
gain larger by

    2·Σᵢ hᵢ(UᵀV)ᵢᵢ + hᵀqh + …,   q = A⁻¹∘VᵀV − Σ∘UᵀU − (UᵀV)∘Nᵀ − ((UᵀV)∘Nᵀ)ᵀ,

where ∘ is the product entry by entry. Given A, Σ and U the gradient is normal with the covariance
4P, P = Σ∘UᵀU, so the expected number of critical points is

    π/2 · E[ |det q| / √det P ],   where the columns of U and V with the same number are orthogonal.

With X in place of Y, UᵀU is I + NNᵀ, UᵀV is NΣ and VᵀV is Σ²: the formula of ``kac_rice``.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import scipy
from numpy.random import Generator
from scipy.special import ndtri

from figures.critical_points.kac_rice import mean_extrema, triangle, weighted_triangle
from fjlt.types import RealArray

__all__ = ["Drawn", "drawn", "expected_extrema_of_targets", "half_hessian"]


class Drawn(NamedTuple):
    """A⁻¹, Σ and N, each of shape (…, 2, 2), and U and V, each of shape (…, r, 2)."""

    A_inverse: RealArray
    S: RealArray
    N: RealArray
    U: RealArray
    V: RealArray


def half_hessian(at: Drawn) -> RealArray:
    """q, half the Hessian of the gain by the angles, shape (…, 2, 2).

    Examples
    --------
    >>> one = np.eye(2)
    >>> half_hessian(Drawn(one, 2 * one, 0 * one, one, 3 * one)).tolist()
    [[7.0, 0.0], [0.0, 7.0]]
    """
    A_inverse, S, N, U, V = at
    mixed = (U.mT @ V) * N.mT
    q: RealArray = A_inverse * (V.mT @ V) - S * (U.mT @ U) - mixed - mixed.mT
    return q


def drawn(d: int, m: int, uniform: RealArray, held: bool = True) -> tuple[Drawn, RealArray]:
    """Moments of Gaussian X with d columns and Y with m rows, given a gradient of 0, and weights.

    U and V are given by their components along the columns of YQᵀ and, for V, a root of the second
    moments of what is across them.

    Parameters
    ----------
    d, m : int
        At least 4.
    uniform : ndarray, shape (points, 20)
        Points that are uniformly distributed in the cube.
    held : bool
        Whether V has the law given that the gradient is 0; otherwise it is wrong on purpose.
    """
    normal = ndtri(uniform[:, 6:14]).reshape(-1, 2, 2, 2)
    L, weights = weighted_triangle(d, uniform[:, :3])
    R = triangle(d - 2, uniform[:, 3:6])
    L_inverse = np.linalg.inv(L)
    # each column of N has the covariance A⁻¹
    N = L_inverse.mT @ normal[:, 0]
    # any roots of the second moments will do: ZᵀZ has those of YQᵀ
    U = triangle(m, uniform[:, 14:17]).mT @ L_inverse
    U = np.concatenate([U, np.zeros_like(U)], axis=1)
    V = np.concatenate([normal[:, 1], triangle(m - 2, uniform[:, 17:20]).mT], axis=1) @ R.mT
    S = R @ R.mT
    if held:
        # less its regression on the gradient: column a of V and g_b have the covariance Σ_ab·u_b
        g = (U * V).sum(1)
        P = S * (U.mT @ U)
        V = V - (U * np.linalg.solve(P, g[..., None]).mT) @ S
    return Drawn(L_inverse.mT @ L_inverse, S, N, U, V), weights


def expected_extrema_of_targets(
    d: int, m: int, points: int, rng: Generator, held: bool = True
) -> tuple[float, float]:
    """Expected numbers of minima and maxima for Gaussian X with d columns and Y with m rows.

    Parameters
    ----------
    d, m : int
        At least 4.
    points : int
        A power of 2: the mean is over so many points of a scrambled Sobol' sequence. Its error is
        random, and independent for independent ``rng``.
    rng : numpy.random.Generator
    held
        As for ``drawn``.

    Raises
    ------
    ValueError
        For fewer columns or rows.

    Examples
    --------
    >>> minima, maxima = expected_extrema_of_targets(8, 4, 2**14, np.random.default_rng(0))
    >>> 1 < minima < 1.1, 1 < maxima < 1.1
    (True, True)
    """
    if min(d, m) < 4:
        raise ValueError(f"the integral needs d >= 4 and m >= 4, got d = {d} and m = {m}")
    at, weights = drawn(d, m, scipy.stats.qmc.Sobol(20, rng=rng).random(points), held)
    return mean_extrema(half_hessian(at), at.S * (at.U.mT @ at.U), weights)
