"""Tests of a probability that may stop at any time: mixtures of likelihood ratios.

Draws succeed or fail independently, with probability p of failure. Against a probability δ, the
evidence that p > δ is the mean of the likelihood ratio of q against δ over uniform q in (δ, 1), and
the evidence that p < δ is that over uniform q in (0, δ). If p <= δ, or p >= δ, the process is a
nonnegative supermartingale that starts at 1. So by Ville's inequality it ever reaches 1/α with
probability at most α, however often one looks and whatever decides when to stop.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from math import log

import numpy as np

from fjlt.types import ArrayLike, RealArray

__all__ = ["critical", "log_evidence", "plausible"]


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
