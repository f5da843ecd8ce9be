"""How far the entries of H·D·x rise, for the worst unit vector x.

Let H have entries ±1, D independent uniform signs, and Y_i = (HDx)_i², i = 1 … N. Each entry is a
sum of independent signs with weights of squares that add up to 1, and ΣY_i = N always.
"""

from __future__ import annotations

import numpy as np

from fjlt.types import ArrayLike, RealArray

__all__ = ["height_tail", "spread_tail"]

_GAPS = np.geomspace(1, 32, 21)


def height_tail(t: ArrayLike) -> RealArray:
    """Bound of Pr[Y_1 >= t] for one entry: the least of E(χ²_1 - c)₊³ / (t - c)³ over c.

    Parameters
    ----------
    t : array_like of float, shape (m,)
        Positive.

    Returns
    -------
    ndarray, shape (m,)

    Notes
    -----
    Markov's inequality for f(z) = (z² - c)₊³, and E f(Z) <= E f(G) with a standard normal G. The
    latter holds for every sum Z of independent signs with weights of unit norm and every f with a
    convex second derivative: the cubic that meets f twice at each of u ± a is at most f; its means
    at u ± a (equally likely) and at u + aG agree, as three moments do. So signs may be replaced by
    normal variables one after the other.

    Examples
    --------
    >>> height_tail([1.0, 25.0]).round(8)
    array([1.00e+00, 2.57e-06])
    """
    return _cubic(t, 1)


def spread_tail(t: ArrayLike) -> RealArray:
    """Bound of Pr[T >= t] for the spread T = (ΣY_i⁴ / N)^(1/3): E(χ²_3 - c)₊³ / (t - c)³.

    The number of entries does not occur.

    Parameters
    ----------
    t : array_like of float, shape (m,)
        Positive.

    Returns
    -------
    ndarray, shape (m,)

    Notes
    -----
    Weights Y_i/N add up to 1. T³ is the mean of Y³ under them, and F(y) = (y - c)₊³ is a convex
    function of y³. By Jensen F(T) is at most the mean of F(Y), which is Σ Y_i·F(Y_i) / N. The
    expectation of each term is at most that of G²·F(G²), since z²·(z² - c)₊³ has a convex second
    derivative for c >= 0; and G²·(density of G) is the law of χ²_3.

    Examples
    --------
    >>> spread_tail([4.0, 25.0]).round(8)
    array([1.000e+00, 6.924e-05])
    """
    return _cubic(t, 3)


def _cubic(t: ArrayLike, freedom: int) -> RealArray:
    """The least E(χ² - c)₊³ / (t - c)³ over some c in [0, t), at most 1."""
    from scipy.special import chdtrc

    t = np.asarray(t, dtype=np.float64)[:, None]
    gap = np.minimum(_GAPS, t)
    c = t - gap
    # E χ^(2j)·1(χ² > c) = d(d+2)…(d+2j-2)·Pr[χ²_(d+2j) > c]
    d = freedom
    mean = (
        d * (d + 2) * (d + 4) * chdtrc(d + 6, c)
        - 3 * c * d * (d + 2) * chdtrc(d + 4, c)
        + 3 * c**2 * d * chdtrc(d + 2, c)
        - c**3 * chdtrc(d, c)
    )
    # the sum cancels: for c < 10^4 all but 1e-10 of it stays; far out nothing but 0 is left
    return np.minimum(1, (np.maximum(mean, 0) / gap**3).min(axis=1))
