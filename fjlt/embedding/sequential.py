"""Tests of a probability, and of a mean, that may stop at any time: mixtures of likelihood ratios.

Draws succeed or fail independently, with probability p of failure. Against a probability δ, the
evidence that p > δ is the mean of the likelihood ratio of q against δ over uniform q in (δ, 1), and
the evidence that p < δ is that over uniform q in (0, δ). If p <= δ, or p >= δ, the process is a
nonnegative supermartingale that starts at 1. So by Ville's inequality it ever reaches 1/α with
probability at most α, however often one looks and whatever decides when to stop.

For values in [0, 1] of any law, the likelihood ratio is replaced by the capital of a gambler who
starts with 1 and, before each value y, puts a share f of the capital on y/μ. The factor 1 - f +
f·y/μ is at least 0, and at most 1 in the mean if the mean of y is at most μ.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from math import log

import numpy as np

from fjlt.types import ArrayLike, RealArray

__all__ = ["critical", "log_evidence", "log_evidence_of_mean", "plausible", "plausible_mean"]

_SHARES = (np.arange(64) + 0.5) / 64
"""Shares f of the capital that are mixed, all with the same weight."""


def log_evidence(
    failures: ArrayLike, draws: ArrayLike, delta: float
) -> tuple[RealArray, RealArray]:
    """Logarithms of the evidence that p > δ and that p < δ.

    Parameters
    ----------
    failures, draws : array_like of int
    delta : float
        0 < δ < 1.

    Returns
    -------
    tuple of ndarray
        Each may be -inf, where its number is too small for a double.

    References
    ----------
    Ville, Étude critique de la notion de collectif (1939); Robbins, Ann. Math. Statist. 41 (1970),
    for mixtures of likelihood ratios.

    Examples
    --------
    >>> over, under = log_evidence([0, 5], 100, 0.1)
    >>> over.round(1), under.round(1)
    (array([-4.6, -4. ]), array([8.2, 1. ]))
    """
    from scipy.special import betainc, betaincc, betaln

    a = np.asarray(failures, np.float64) + 1
    b = np.asarray(draws, np.float64) - a + 2
    # ∫ q^S·(1 - q)^(t-S) dq over the half, over its length, over δ^S·(1 - δ)^(t-S).
    whole = betaln(a, b) - (a - 1) * log(delta) - (b - 1) * np.log1p(-delta)
    with np.errstate(divide="ignore"):
        over = whole + np.log(betaincc(a, b, delta)) - np.log1p(-delta)
        under = whole + np.log(betainc(a, b, delta)) - log(delta)
    return over, under


def critical(draws: int, delta: float, log_over: float, log_under: float) -> tuple[int, int]:
    """The least number of failures that says p > δ after so many draws, and the largest for p < δ.

    Parameters
    ----------
    draws : int
    delta : float
    log_over, log_under : float
        Logarithms of the evidence that is asked for.

    Returns
    -------
    tuple of int
        draws + 1, or -1, if no number of failures says so.

    Examples
    --------
    >>> critical(100, 0.1, log(1000), log(1000))
    (25, 0)
    """
    numbers = range(draws + 1)
    # The evidence that p > δ grows with the number of failures, the other one falls: bisection.
    enough = bisect_left(numbers, log_over, key=lambda s: log_evidence(s, draws, delta)[0].item())
    few = (
        bisect_right(numbers, -log_under, key=lambda s: -log_evidence(s, draws, delta)[1].item())
        - 1
    )
    return enough, few


def plausible(failures: int, draws: int, alpha: float) -> tuple[float, float]:
    """An interval that covers p at all times together with probability at least 1 - α.

    It holds the q against which the likelihood ratio, mixed uniformly over (0, 1), is below 1/α.

    Parameters
    ----------
    failures, draws : int
    alpha : float

    Examples
    --------
    >>> [round(end, 3) for end in plausible(5, 100, 1e-3)]
    [0.003, 0.204]
    """
    from scipy.optimize import brentq
    from scipy.special import betaln

    whole = float(betaln(failures + 1, draws - failures + 1))

    def excess(q: float) -> float:
        of_failures = failures * log(q) if failures else 0.0
        of_others = (draws - failures) * np.log1p(-q) if failures < draws else 0.0
        return whole - of_failures - float(of_others) + log(alpha)

    if not draws:
        return 0.0, 1.0
    share, edge = failures / draws, 1e-300
    low = brentq(excess, edge, share) if failures else 0.0
    high = brentq(excess, max(share, edge), 1 - 1e-16) if failures < draws else 1.0
    return float(low), float(high)


def log_evidence_of_mean(values: ArrayLike, mean: float) -> tuple[RealArray, RealArray]:
    """Logarithms of the evidence, after each value, that the mean is above and below ``mean``.

    Parameters
    ----------
    values : array_like, shape (t,)
        In [0, 1]. Each has the same mean, given those before it.
    mean : float
        0 < mean < 1.

    Returns
    -------
    tuple of ndarray, shape (t,)

    Notes
    -----
    Cost: 64·t logarithms.

    References
    ----------
    Waudby-Smith, Ramdas, "Estimating means of bounded random variables by betting", J. R. Stat.
    Soc. B 86 (2024).

    Examples
    --------
    >>> above, below = log_evidence_of_mean([0.5, 0.6] * 50, 0.4)
    >>> above[[9, 99]].round(1), below[[9, 99]].round(1)
    (array([ 2. , 28.1]), array([-1.1, -3.2]))
    """
    y = np.asarray(values, np.float64)
    return _log_capital(y, mean), _log_capital(1 - y, 1 - mean)


def _log_capital(y: RealArray, mean: float) -> RealArray:
    """Logarithm of the mean capital, over all shares, after each value."""
    from scipy.special import logsumexp

    capital = np.log1p(np.multiply.outer(_SHARES, y / mean - 1)).cumsum(axis=1)
    found: RealArray = logsumexp(capital, axis=0) - log(len(_SHARES))
    return found


def plausible_mean(values: ArrayLike, alpha: float) -> tuple[float, float]:
    """The ends of an interval of means, each wrong at any time with probability at most ``alpha``.

    It holds the means against which the evidence on neither side ever reached 1/α.

    Parameters
    ----------
    values : array_like, shape (t,)
        As for ``log_evidence_of_mean``.
    alpha : float

    Examples
    --------
    >>> [round(end, 3) for end in plausible_mean([0.5, 0.6] * 50, 1e-3)]
    [0.5, 0.591]
    """
    y = np.asarray(values, np.float64)
    return _least_plausible(y, alpha), 1 - _least_plausible(1 - y, alpha)


def _least_plausible(y: RealArray, alpha: float) -> float:
    from scipy.optimize import brentq

    def missing(mean: float) -> float:
        return -log(alpha) - float(_log_capital(y, mean).max())

    # The evidence that the mean is above a number falls as the number grows.
    edge = 1e-12
    if not y.any() or missing(edge) >= 0:
        return 0.0
    return float(brentq(missing, edge, 1.0))
