"""Expected numbers of minima and maxima over the row spaces of a Gaussian auto-encoder.

Two siblings of four inputs, k = 2. The row spaces are the spans of (u, 0) and (0, v), u and v in
the plane, and no direction of u or v is special. So the formula of Kac and Rice needs one row space
W only, that of u = v = (1, 0): the expected number of critical points is π², the area of all pairs
of angles, times the density of the gradient at 0, times the mean of |det Hessian| where the
gradient is 0.

Let A be the second moments of WX. The other two rows of X are NᵀWX and a rest, with the second
moments Σ. A and Σ have Wishart laws with d and d − 2 degrees of freedom. Given A, N is normal: its
columns are independent and have the covariance A⁻¹. Turned by the angles h₁ and h₂, the row space
has a gain larger by

    2·Σᵢ hᵢTᵢᵢ + hᵀqh + …,   T = ΣNᵀ,   q = P − Σ∘(I + NNᵀ) − N∘T − (N∘T)ᵀ,   P = A⁻¹∘Σ²,

where ∘ is the product entry by entry. Given A and Σ the gradient is normal with the covariance 4P,
so the expected number is

    π/2 · E[ |det q| / √det P ],   where T₁₁ = T₂₂ = 0.

The part where q is negative counts the minima of the loss, the part where it is positive the
maxima, and there are as many saddles as both.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
import scipy
from numpy.random import Generator
from scipy.interpolate import CubicSpline
from scipy.special import gammaln, ndtr, ndtri

from fjlt.types import RealArray

__all__ = [
    "Moments",
    "determinants",
    "drawn_moments",
    "expected_extrema",
    "lengths",
    "mean_extrema",
    "second_order",
    "triangle",
    "weighted_triangle",
]

LARGEST = 8.0
"""Normal numbers are cut there, with probability 1e-15."""


class Moments(NamedTuple):
    """The second moments of the rows of X: A⁻¹, Σ and N, each of shape (…, 2, 2)."""

    A_inverse: RealArray
    S: RealArray
    N: RealArray


def second_order(moments: Moments) -> tuple[RealArray, RealArray]:
    """T, whose diagonal is half the gradient of the gain by the angles, and q, half its Hessian.

    Parameters
    ----------
    moments : Moments

    Returns
    -------
    T, q : ndarray, shape (…, 2, 2)

    Examples
    --------
    >>> half, one = np.eye(2) / 2, np.eye(2)
    >>> T, q = second_order(Moments(half, 2 * one, 0 * one))
    >>> T.tolist(), q.tolist()
    ([[0.0, 0.0], [0.0, 0.0]], [[0.0, 0.0], [0.0, 0.0]])
    """
    A_inverse, S, N = moments
    T = S @ N.mT
    q = A_inverse * (S @ S) - S * (np.eye(2) + N @ N.mT) - N * T - (N * T).mT
    return T, q


def drawn_moments(
    d: int, uniform: RealArray, rest: int = 2, held: bool = True
) -> tuple[Moments, RealArray]:
    """Moments of Gaussian X with d columns, given that the gradient is 0, and their weights.

    Parameters
    ----------
    d : int
        At least 4.
    uniform : ndarray, shape (points, 8)
        Points that are uniformly distributed in the cube.
    rest : int
        Σ has d − ``rest`` degrees of freedom; another number than 2 is wrong on purpose.
    held : bool
        Whether N has the law given that T₁₁ = T₂₂ = 0; otherwise it is wrong on purpose: that of
        the parts of its rows for which this holds.
    """
    L, weights = weighted_triangle(d, uniform[:, :3])
    A_inverse: RealArray = np.asarray(np.linalg.inv(L @ L.mT), float)
    S = triangle(d - rest, uniform[:, 3:6])
    S = S @ S.mT
    # row i of N is cᵢ times the unit vector eᵢ across row i of Σ, and zero along it
    length = np.sqrt((S**2).sum(-1))[..., None]
    across = np.stack([-S[..., 1], S[..., 0]], axis=-1) / length
    # the parts along the rows of Σ have the covariance G, and so have those across them; their
    # covariance with each other is A⁻¹₁₂ sin φ up to sign, φ the angle between the rows of Σ
    G = A_inverse * (across @ across.mT)
    shrink = determinants(A_inverse) / determinants(G) if held else np.ones(len(G))
    c = (np.linalg.cholesky(G) @ ndtri(uniform[:, 6:, None])) * np.sqrt(shrink)[:, None, None]
    return Moments(A_inverse, S, c * across), weights


def expected_extrema(
    d: int, points: int, rng: Generator, rest: int = 2, held: bool = True
) -> tuple[float, float]:
    """Expected numbers of minima and maxima of the loss, for Gaussian X with d columns, Y = X.

    Parameters
    ----------
    d : int
        At least 4.
    points : int
        A power of 2: the mean is over so many points of a scrambled Sobol' sequence. Its error is
        random, and independent for independent ``rng``.
    rng : numpy.random.Generator
    rest, held
        As for ``drawn_moments``.

    Notes
    -----
    Cost: a second for 2^18 points.

    Examples
    --------
    >>> minima, maxima = expected_extrema(8, 2**14, np.random.default_rng(0))
    >>> round(minima, 1), round(maxima, 1)
    (1.0, 1.1)
    """
    sequence = scipy.stats.qmc.Sobol(8, rng=rng)
    moments, weights = drawn_moments(d, sequence.random(points), rest, held)
    P = moments.A_inverse * (moments.S @ moments.S)
    return mean_extrema(second_order(moments)[1], P, weights)


def mean_extrema(q: RealArray, P: RealArray, weights: RealArray) -> tuple[float, float]:
    """π/2 times the means of |det q|/√det P where q is negative, and where it is positive.

    Examples
    --------
    >>> one = np.eye(2)
    >>> mean_extrema(np.stack([2 * one, -one]), np.stack([one, one]), np.ones(2)) == (
    ...     np.pi / 4,
    ...     np.pi,
    ... )
    True
    """
    determinant = determinants(q)
    share = np.pi / 2 * weights * determinant / np.sqrt(determinants(P))
    extreme, negative = determinant > 0, q[:, 0, 0] < 0
    minima, maxima = ((share * (extreme & sign)).mean() for sign in (negative, ~negative))
    return float(minima), float(maxima)


def determinants(forms: RealArray) -> RealArray:
    """Those of 2 × 2 matrices; ``numpy.linalg.det`` takes several times as long.

    Examples
    --------
    >>> determinants(np.array([[[1.0, 2], [3, 4]], [[2, 0], [0, 5]]])).tolist()
    [-2.0, 10.0]
    """
    return forms[..., 0, 0] * forms[..., 1, 1] - forms[..., 0, 1] * forms[..., 1, 0]


def weighted_triangle(d: int, uniform: RealArray) -> tuple[RealArray, RealArray]:
    """Triangular roots of Wishart matrices A with d degrees of freedom, and their weights.

    A is drawn with d − e degrees of freedom, and has the weight (det A)^(e/2) over its mean, e = 1,
    or 2 for d < 6. So nearly singular A, for which the integrand is as 1/det A, are drawn more
    often, and all squares have finite means.
    """
    e = 2 if d < 6 else 1
    L = triangle(d - e, uniform)
    scale = [gammaln((f + e) / 2) - gammaln(f / 2) for f in (d - e, d - e - 1)]
    return L, (L[:, 0, 0] * L[:, 1, 1] / 2) ** e / np.exp(sum(scale))


def triangle(degrees: int, uniform: RealArray) -> RealArray:
    """A triangular root of a Wishart matrix, by Bartlett's decomposition."""
    normal = ndtri(uniform[:, :3])
    L = np.zeros((len(uniform), 2, 2))
    L[:, 0, 0] = lengths(degrees, normal[:, 0])
    L[:, 1, 1] = lengths(degrees - 1, normal[:, 1])
    L[:, 1, 0] = normal[:, 2]
    return L


def lengths(degrees: int, normal: RealArray) -> RealArray:
    """Lengths of standard normal vectors of so many entries, at the quantiles of normal numbers.

    Their logarithms are interpolated: the quantiles themselves take most of the time otherwise.

    Examples
    --------
    >>> z = np.array([-3.0, 0.0, 2.0])
    >>> exact = np.sqrt(scipy.stats.chi2.ppf(scipy.special.ndtr(z), 8))
    >>> bool(abs(lengths(8, z) / exact - 1).max() < 1e-7)
    True
    """
    return np.exp(_logarithms(degrees)(np.clip(normal, -LARGEST, LARGEST)))


@cache
def _logarithms(degrees: int) -> CubicSpline:
    z = np.linspace(-LARGEST, LARGEST, 601)
    low, high = scipy.stats.chi2.ppf(ndtr(z), degrees), scipy.stats.chi2.isf(ndtr(-z), degrees)
    return CubicSpline(z, np.log(np.where(z < 0, low, high)) / 2)
