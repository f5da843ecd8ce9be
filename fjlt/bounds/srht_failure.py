"""How often an SRHT fails on one vector: a bound for every vector, and the worst flat one."""

from __future__ import annotations

from functools import cache
from math import ceil, floor

import numpy as np

from fjlt import boundary
from fjlt.bounds.even_moments import moment_tail
from fjlt.bounds.rademacher import height_tail, spread_tail
from fjlt.bounds.subsampling import subset_tail
from fjlt.types import IndexArray, RealArray

__all__ = [
    "failure_bound",
    "hoeffding_bound",
    "moment_bound",
    "serfling_bound",
    "spread_bound",
    "srht_failure_bound",
    "srht_spike_failure",
]


@cache
def _heights() -> tuple[RealArray, RealArray]:
    """Heights B, and the bound of the probability that one entry exceeds B."""
    heights = np.arange(1.0, 1400.0, 0.5)
    return heights, height_tail(heights)


@cache
def _spreads() -> tuple[RealArray, RealArray]:
    """A grid of spreads that holds all heights, and the bounds of their tails."""
    grid = np.arange(1.0, 1400.0, 0.25)
    return grid, spread_tail(grid)


def srht_failure_bound(k: int, n: int, eps: float) -> float:
    """Bound of Pr[abs(‖Jx‖² - 1) > eps] for an SRHT J of shape (k, n) and any unit vector x.

    Parameters
    ----------
    k, n : int
        1 <= k <= n.
    eps : float
        0 < eps <= 1.

    Returns
    -------
    float
        At most 1. It is 0 if k = n is a power of 2: then J is orthogonal.

    Raises
    ------
    ValueError, TypeError
        If an argument is out of range.

    See Also
    --------
    min_dim : the least k for which this bound, or a simpler one, is small enough.
    srht_spike_failure : how often J does fail on the worst flat vector.

    Notes
    -----
    Let N be the least power of 2 that is at least n, and Y_i = N·(HDx)_i². Then ‖Jx‖² is the mean
    of k of the Y_i. The result is the least of three bounds; the page "How many rows are enough"
    proves them.

    - By even moments: E(‖Jx‖² - 1)^(2q) is bounded by a sum of integers without n, and Markov's
      inequality is applied for the best q. Best where k is a small part of n.
    - By the spread T = (ΣY_i⁴ / N)^(1/3). No Y_i exceeds B but with probability N·h(B); T is at
      least t with probability s(t); and if neither is so, the choice of rows fails with
      probability g(t). The bound is N·h(B) + g(t_1) + Σ_j (g(t_(j+1)) - g(t_j))·s(t_j) for any grid
      t_1 < t_2 < … up to B. Best where k is a good part of n.
    - Chebyshev's, with the exact variance.

    Cost: about 2 ms; 0.1 s the first time.

    Examples
    --------
    >>> round(srht_failure_bound(600, 1024, 0.5), 9)
    1.55e-06
    """
    k, n = boundary.outputs(k, n)
    eps = boundary.number(eps, "eps", above=0, high=1)
    return failure_bound(k, n, boundary.next_power_of_two(n), eps)


def failure_bound(k: int, n: int, size: int, eps: float) -> float:
    """``srht_failure_bound`` with k up to N = size, arguments unchecked."""
    if k == size:
        return 0.0
    # Chebyshev's inequality with the variance 2(N - k)(1 - ‖x‖₄⁴) / (k(N - 1)), and ‖x‖₄⁴ >= 1/N
    variance = 2 * (size - k) / (k * size)
    return min(1.0, variance / eps / eps, spread_bound(k, n, size, eps), moment_bound(k, size, eps))


def moment_bound(k: int, size: int, eps: float) -> float:
    """The bound by even moments, of the rows kept or of those left out."""
    if k == size:
        return 0.0
    return min(moment_tail(k, eps), moment_tail(size - k, eps * k / (size - k)))


def spread_bound(k: int, n: int, size: int, eps: float) -> float:
    """The bound by the spread of the entries of HDx, at most 1."""
    if k == size:
        return 0.0
    if eps < 1e-12:  # its powers are no doubles
        return 1.0
    # a height that costs little beside the rest of the bound
    total, share = 1.0, 1e-8
    for _ in range(2):
        lost, rest = _spread_bound(k, n, size, eps, share)
        share, total = max(rest / 64, 1e-290), min(total, lost + rest)
    return total


def _spread_bound(k: int, n: int, size: int, eps: float, share: float) -> tuple[float, float]:
    """The terms N·h(B) and g(t_1) + … of the bound, the first at most ``share`` if it can be."""
    # no entry exceeds ‖x‖_1² <= n
    heights, tails = _heights()
    last = min(int(np.count_nonzero(size * tails > share)), len(heights) - 1)
    height, lost = float(heights[last]), float(size * tails[last])
    if height >= n:
        height, lost = float(n), 0.0
    grid, tail = (values[: round(4 * (height - 1)) + 1] for values in _spreads())
    failure = subset_tail(k, size, eps, grid, height)
    return lost, float(failure[1] + np.diff(failure)[1:] @ tail[1:-1])


def hoeffding_bound(k: int, n: int, size: int, eps: float) -> float:
    """The bound by the largest entry of HDx and Hoeffding's inequality; k is at most ``size``.

    Hoeffding (1963), Theorem 2 and, for draws without replacement, Theorem 4.
    """
    return _entry_bound(2 * k * eps**2, n, size)


def serfling_bound(k: int, n: int, size: int, eps: float) -> float:
    """The same by Serfling's inequality (1974, Corollary 1.1): rows are not drawn again."""
    return 0.0 if k == size else _entry_bound(2 * k * eps**2 * size / (size - k + 1), n, size)


def _entry_bound(rate: float, n: int, size: int) -> float:
    """The least N·h(B) + 2·exp(-rate/B²) over heights B; at B = n the first term is 0."""
    heights, tails = _heights()
    heights, lost = np.append(heights, n), np.append(size * tails, 0.0)
    return min(1.0, float((lost + 2 * np.exp(-rate / heights**2)).min()))


def srht_spike_failure(k: int, n: int, eps: float) -> float:
    """Probability with which an SRHT of shape (k, n) does fail on the worst spike, at least.

    A bound for all vectors must be at least this.

    Parameters
    ----------
    k, n : int
        1 <= k <= n.
    eps : float
        0 < eps <= 1.

    Returns
    -------
    float
        The probability; 0 if no spike is known to fail.

    Raises
    ------
    ValueError, TypeError
        If an argument is out of range.

    Notes
    -----
    Let x be the indicator of a subgroup of y = 2^d inputs, times y^(-1/2). With probability
    min(1, 2y/2^y) the signs on it are a character of the subgroup, or its negative. Then N/y
    entries of N·(HDx)² are y and all others 0, so ‖Jx‖² is y/k times a hypergeometric variable. The
    result is the greatest probability, over all d, that this happens and abs(‖Jx‖² - 1) > eps. For
    d <= 2 it is all of the failure probability of x: other signs give entries that are all 1.

    Cost: the hypergeometric law, k terms for each of at most 10 subgroups.

    Examples
    --------
    >>> round(srht_spike_failure(600, 1024, 0.5), 9)
    0.0
    """
    from scipy.special import logsumexp

    k, n = boundary.outputs(k, n)
    eps = boundary.number(eps, "eps", above=0, high=1)
    size = boundary.next_power_of_two(n)
    worst = 0.0
    for d in range(1, min(10, n.bit_length() - 1) + 1):
        y = 1 << d
        # the kept entries that are y: hypergeometric
        high = size >> d
        count = np.arange(max(0, k - (size - high)), min(k, high) + 1)
        log_law = _log_binomial(high, count) + _log_binomial(size - high, k - count)
        log_law -= _log_binomial(size, k)
        least, most = ceil(k * (1 - eps) / y - 1e-9), floor(k * (1 + eps) / y + 1e-9)
        failing = log_law[(count < least) | (count > most)]
        if failing.size:
            signs = min(0.0, np.log(2) * (d + 1 - y))
            worst = max(worst, float(np.exp(min(0.0, logsumexp(failing)) + signs)))
    return worst


def _log_binomial(n: int, k: IndexArray | int) -> RealArray:
    from scipy.special import gammaln

    return gammaln(n + 1.0) - gammaln(k + 1.0) - gammaln(n - k + 1.0)
