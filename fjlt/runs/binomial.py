"""Confidence limits of a probability, and tests of it that are designed before the first draw.

Everything is exact: binomial distributions, no normal approximation.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from scipy.stats import beta, binom

__all__ = ["Design", "design", "limits", "share_interval", "sign_test"]


def limits(successes: int, draws: int, alpha: float) -> tuple[float, float]:
    """One-sided Clopper-Pearson limits (low, high) of a probability.

    Each limit is wrong with probability at most ``alpha``.

    References
    ----------
    Clopper, Pearson, "The use of confidence or fiducial limits illustrated in the case of the
    binomial", Biometrika 26 (1934).

    Examples
    --------
    >>> low, high = limits(100, 100, 1e-9)
    >>> round(low, 3), high
    (0.813, 1.0)
    """
    low = float(beta.ppf(alpha, successes, draws - successes + 1)) if successes else 0.0
    high = (
        float(beta.ppf(1 - alpha, successes + 1, draws - successes)) if successes < draws else 1.0
    )
    return low, high


def share_interval(successes: int, draws: int, confidence: float = 0.999) -> tuple[float, float]:
    """Two-sided Clopper-Pearson interval (low, high) of a probability.

    Each side is wrong with probability at most (1 − confidence)/2.

    Examples
    --------
    >>> [round(end, 3) for end in share_interval(0, 40)]
    [0.0, 0.173]
    """
    return limits(successes, draws, (1 - confidence) / 2)


@dataclass(frozen=True)
class Design:
    """A one-sided binomial test that a success probability exceeds a threshold.

    Attributes
    ----------
    floor : float
        The threshold: the null hypothesis is that the probability is at most this.
    detectable : float
        The alternative: the test is sure to see a probability of at least this.
    alpha : float
        Bound on the probability to reject a null hypothesis that is true, a false alarm.
    beta : float
        Bound on the probability to miss that the probability is at least ``detectable``.
    draws : int
        Number of independent draws.
    enough : int
        Critical value: the null hypothesis is rejected from this many successes on.
    """

    floor: float
    detectable: float
    alpha: float
    beta: float
    draws: int
    enough: int

    def says_so(self, successes: int) -> bool:
        """Whether so many successes reject the null hypothesis."""
        return successes >= self.enough

    def __str__(self) -> str:
        return (
            f"{self.enough} of {self.draws} draws must succeed to say that the probability "
            f"exceeds {self.floor:g}: false alarm at most {self.alpha:.0e}, missed at most "
            f"{self.beta:.0e} where it is at least {self.detectable:g}"
        )


@cache
def design(floor: float, detectable: float, alpha: float = 1e-9, beta: float = 1e-9) -> Design:
    """The test with the fewest draws that keeps both error rates.

    Raises
    ------
    ValueError
        Unless 0 < floor < detectable <= 1 and 0 < alpha, beta < 1/2.

    Examples
    --------
    >>> design(0.5, 0.9)
    Design(floor=0.5, detectable=0.9, alpha=1e-09, beta=1e-09, draws=162, enough=119)
    """
    if not (0 < floor < detectable <= 1 and 0 < alpha < 0.5 and 0 < beta < 0.5):
        raise ValueError(
            f"floor = {floor}, detectable = {detectable}, alpha = {alpha}, beta = {beta}: "
            "0 < floor < detectable <= 1 and 0 < alpha, beta < 1/2 are needed"
        )
    draws = 1
    while True:
        # the least critical value that keeps the false alarms below alpha; is its power enough?
        enough = int(binom.isf(alpha, draws, floor)) + 1
        if enough <= draws and binom.cdf(enough - 1, draws, detectable) <= beta:
            return Design(floor, detectable, alpha, beta, draws, enough)
        draws += 1


@cache
def sign_test(draws: int, alpha: float = 1e-8, detectable: float = 0.99) -> Design:
    """The test, with a given number of draws, that one of two outcomes is the likelier one.

    Examples
    --------
    >>> sign_test(40).enough, sign_test(40).says_so(36)
    (37, False)
    """
    enough = int(binom.isf(alpha, draws, 0.5)) + 1
    return Design(
        0.5, detectable, alpha, float(binom.cdf(enough - 1, draws, detectable)), draws, enough
    )
