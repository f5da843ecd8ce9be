"""Numbers of rows by formula, for a failure probability of beta on one vector."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, comb, log, log1p, sqrt

from fjlt import boundary

__all__ = ["dasgupta_gupta", "exponent", "laurent_massart", "srht_min_dim"]


def srht_min_dim(n_samples: int, n_features: int, eps: float = 0.1, delta: float = 0.05) -> int:
    """Components for which an SRHT keeps all squared distances within 1 ± eps, by one formula.

    ``fjlt.min_dim`` gives this number beside others, of which the least is far smaller. The result
    is the least k to which the following bound applies. Let N be the least power of 2
    that is at least n_features. For a vector x fixed before J is drawn, and every δ' in (0, 1),

        Pr[abs(‖Jx‖² - ‖x‖²) > eps·‖x‖²] <= δ' + 2·exp(-k·eps² / (6·ln(2N/δ'))).

    There are m = n_samples·(n_samples - 1)/2 pairs of samples. By the union bound, all distances
    are kept with probability at least 1 - delta if the right side is at most β = delta/m. With
    δ' = tβ this says

        k >= 6·ln(2N/(tβ))·ln(2/((1 - t)β)) / eps²    for some t in (0, 1).

    Parameters
    ----------
    n_samples : int
        At least 2. The samples must not depend on the draw of J.
    n_features : int
        Numbers in a sample.
    eps : float
        Largest relative error of a squared distance, 0 < eps <= 1.
    delta : float
        Largest probability that any of the distances is lost, 0 < delta <= 1.

    Returns
    -------
    int
        It may exceed n_features. Then the bound promises nothing for any SRHT that reduces the
        dimension.

    Raises
    ------
    ValueError, TypeError
        If an argument is out of range.

    Notes
    -----
    Proof of the bound for ‖x‖ = 1. By Hoeffding's inequality for the signs, all entries of HDx are
    at most (2·ln(2N/δ')/N)^(1/2) in absolute value, except with probability δ'. Then ‖Jx‖² is N/k
    times the sum of k of their squares, drawn without replacement; Chernoff's bound
    2·exp(-μ·eps²/3) applies, by Hoeffding (1963) also to draws without replacement. The constant 6
    is not optimised. The result is conservative, and least so for the worst x.

    Cost: that of a few logarithms. A bounded scalar minimisation finds t; any t would be valid.

    Examples
    --------
    >>> srht_min_dim(10, 4096, eps=0.9, delta=0.05)
    990
    >>> srht_min_dim(1000, 2**20, eps=0.5)
    13127
    """
    from scipy.optimize import minimize_scalar

    pairs = comb(boundary.dimension(n_samples, "n_samples", low=2), 2)
    size = boundary.next_power_of_two(boundary.dimension(n_features, "n_features"))
    eps = boundary.number(eps, "eps", above=0, high=1)
    delta = boundary.number(delta, "delta", above=0, high=1)
    # ln(2/β) and ln(2N/β); neither β nor eps² need be a double.
    of_pairs = log(2) + log(pairs) - log(delta)
    of_size = of_pairs + log(size)

    def needed(t: float) -> float:
        return 6 * (of_size - log(t)) * (of_pairs - log1p(-t))

    least = minimize_scalar(needed, bounds=(0, 1), method="bounded").fun
    return ceil(Fraction(least) / Fraction(eps) ** 2)


def dasgupta_gupta(eps: float, beta: Fraction) -> int:
    """Rows of a Gaussian J by the least k with 2·exp(-k(eps²/2 - eps³/3)/2) <= beta.

    References
    ----------
    Dasgupta, Gupta, Random Structures & Algorithms 22 (2003), proof of Theorem 2.1.

    Examples
    --------
    >>> dasgupta_gupta(0.5, Fraction(1, 100))
    128
    """
    return ceil(2 * Fraction(_log_of_two_over(beta)) / exponent(eps))


def laurent_massart(eps: float, beta: Fraction) -> int:
    """Rows of a Gaussian J by the Hanson-Wright inequality for normal variables.

    With probability at least 1 - 2e^(-u), abs(‖Jx‖² - 1) is at most 2(u/k)^(1/2) + 2u/k. The
    result is the least k at which this is at most eps, for 2e^(-u) = beta.

    References
    ----------
    Laurent, Massart, Annals of Statistics 28 (2000), Lemma 1.

    Examples
    --------
    >>> laurent_massart(0.5, Fraction(1, 100))
    124
    """
    # the root r of 2r + 2r² = eps
    root = eps / (1 + sqrt(1 + 2 * eps))
    return ceil(Fraction(_log_of_two_over(beta)) / Fraction(root) ** 2)


def _log_of_two_over(beta: Fraction) -> float:
    """ln(2/β), for a β that need be no double."""
    return log(beta.denominator) - log(beta.numerator) + log(2)


def exponent(eps: float) -> Fraction:
    """The eps²/2 - eps³/3 of Dasgupta and Gupta.

    Examples
    --------
    >>> exponent(1.0)
    Fraction(1, 6)
    """
    return Fraction(eps) ** 2 / 2 - Fraction(eps) ** 3 / 3
