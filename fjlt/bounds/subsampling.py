"""How far the mean of k entries drawn without replacement is from the mean of all.

N numbers Y_i >= 0 have mean 1, spread T = (ΣY_i⁴ / N)^(1/3) and greatest value at most B. A uniform
k-subset S is drawn. By the power means under the weights Y_i/N, the means of Y², Y³ and Y⁴ are at
most T, T² and T³.
"""

from __future__ import annotations

import numpy as np

from fjlt.types import RealArray

__all__ = ["subset_tail"]

_STEPS = 64


def subset_tail(k: int, size: int, eps: float, spread: RealArray, height: float) -> RealArray:
    """Bound of Pr[abs(Σ_S Y_i / k - 1) >= eps] for numbers of the given spread and height.

    Parameters
    ----------
    k : int
        1 <= k < size.
    size : int
        N.
    eps : float
        0 < eps <= 1.
    spread : ndarray, shape (m,)
        T >= 1.
    height : float
        B >= 1.

    Returns
    -------
    ndarray, shape (m,)
        It does not decrease in the spread.

    Notes
    -----
    Two bounds of E exp(λ·Σ_S Y_i) hold, and for each tail the better of the two counts. Let
    p = k/N.

    - By Maclaurin's inequality it is at most (Σ e^(λY_i) / N)^k, as for draws with replacement.
      The mean is at most 1 + λ + λ²T/2 + λ³T²/6 + (λ⁴T³/24)·τ(λB), where τ(u)·u⁴/24 is the rest
      of the exponential series from u⁴ on; for λ < 0 at most 1 + λ + λ²T/2.
    - Any j indices lie in S with probability at most p^j. So it is at most Π(1 + p(e^(λY_i) - 1))
      for λ > 0, and also for λ < 0, by the same for the complement of S. Let κ(u) be
      ln(1 + p(e^u - 1)) and q(u) its derivative. Then κ'' = q(1 - q) and κ'''' = κ''(1 - 6κ''),
      which is at most 1/24 and at most min(p, 1 - p)·e^abs(u). To the side where κ'' falls,
      κ(u) <= pu + p(1 - p)u²/2; to the other Taylor's formula of order 4 gives the rest.

    Then Chernoff's bound, with the best of some values λ: each of them gives a bound. Cost: 64
    exponentials for each spread.
    """
    t, p, left = spread[:, None], k / size, (size - k) / size
    lam = np.geomspace(eps / (4 * height), min(8 * eps / left, 600 / height), _STEPS)
    u = lam * height
    # draws with replacement
    v = np.maximum(u, 0.1)
    rest = np.where(u < v, 1 + u / 4, 24 * (np.expm1(v) - v - v**2 / 2 - v**3 / 6) / v**4)
    series = lam + lam**2 * t / 2 + lam**3 * t**2 / 6 + lam**4 * t**3 / 24 * rest
    above = k * (np.log1p(series) - lam * (1 + eps)).min(axis=1)
    below = k * (np.log1p(lam**2 * t / 2 - lam) + lam * (1 - eps)).min(axis=1)
    # every index by itself, with probability p
    variance = p * left
    skew = variance * abs(left - p)
    fourth = np.minimum(1 / 24, min(p, left) * np.exp(u))
    steep = lam**2 * variance * t / 2 + lam**3 * skew * t**2 / 6 + lam**4 * fourth * t**3 / 24
    rising = (size * steep - lam * eps * k).min(axis=1)
    falling = -((eps * k) ** 2) / (2 * size * variance * spread)
    above = np.minimum(above, rising if p < 0.5 else falling)
    below = np.minimum(below, falling if p < 0.5 else rising)
    total = np.exp(np.minimum(above, 0)) + np.exp(np.minimum(below, 0))
    return np.minimum(1, np.maximum.accumulate(total))
