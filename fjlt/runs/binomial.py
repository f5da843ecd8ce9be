"""Confidence limits of a probability, and tests of it that are designed before the first draw.

Everything is exact: binomial distributions, no normal approximation.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy.special import bdtr, bdtrc, bdtrik, betaincinv  # loads faster than scipy.stats

from fjlt.types import IntArray

__all__ = [
    "Design",
    "critical_values",
    "design",
    "limits",
    "share_interval",
    "sign_test",
    "threshold",
]


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
    failures = draws - successes
    low = float(betaincinv(successes, failures + 1, alpha)) if successes else 0.0
    high = float(betaincinv(successes + 1, failures, 1 - alpha)) if failures else 1.0
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
    """A binomial test of whether a success probability exceeds a threshold, or is less.

    Whatever the probability is, the test gives the wrong one of these two answers with probability
    at most ``alpha``. It may give neither.

    Attributes
    ----------
    floor : float
        The threshold.
    detectable : float
        The alternative: the test is sure to see a probability of at least this.
    alpha : float
        Bound on the probability of a wrong answer, a false alarm.
    beta : float
        Bound on the probability to miss that the probability is at least ``detectable``, or, in a
        two-sided ``design``, at most ``below``.
    draws : int
        Number of independent draws.
    enough : int
        Critical value: from this many successes on, the probability exceeds the threshold.
    few : int
        Critical value: with at most this many successes, the probability is less than the
        threshold. It is −1 if no number of successes says so.
    """

    floor: float
    detectable: float
    alpha: float
    beta: float
    draws: int
    enough: int
    few: int

    def says_so(self, successes: int) -> bool:
        """Whether so many successes say that the probability exceeds the threshold."""
        return successes >= self.enough

    def says_not(self, successes: int) -> bool:
        """Whether so few successes say that the probability is less than the threshold."""
        return successes <= self.few

    def __str__(self) -> str:
        if self.enough > self.draws:
            return (
                f"no number of {self.draws} draws is enough for a false alarm of {self.alpha:.0e}"
            )
        less = f", and at most {self.few} to say that it is less" if self.few >= 0 else ""
        missed = "" if self.beta == 0 else f", missed at most {self.beta:.0e}"
        return (
            f"{self.enough} of {self.draws} draws must succeed to say that the probability "
            f"exceeds {self.floor:g}{less}: false alarm at most {self.alpha:.0e}"
            + (f"{missed} where it is at least {self.detectable:g}" if missed else "")
        )


@cache
def design(
    floor: float,
    detectable: float,
    alpha: float = 1e-9,
    beta: float = 1e-9,
    below: float | None = None,
) -> Design:
    """The test with the fewest draws that keeps both error rates.

    With ``below`` it is two-sided: it also sees, as surely, that the probability is at most that.

    Raises
    ------
    ValueError
        Unless 0 < floor < detectable <= 1, 0 < alpha, beta < 1/2, and 0 <= below < floor if given.

    Examples
    --------
    >>> design(0.5, 0.9)
    Design(floor=0.5, detectable=0.9, alpha=1e-09, beta=1e-09, draws=162, enough=119, few=43)
    >>> design(0.05, 0.3).says_not(0), design(0.05, 0.3, below=0).says_not(0)
    (False, True)
    """
    if not (
        0 < floor < detectable <= 1
        and 0 < alpha < 0.5
        and 0 < beta < 0.5
        and (below is None or 0 <= below < floor)
    ):
        raise ValueError(
            f"floor = {floor}, detectable = {detectable}, alpha = {alpha}, beta = {beta}, below = "
            f"{below}: 0 < floor < detectable <= 1, 0 < alpha, beta < 1/2 and 0 <= below < floor "
            "are needed"
        )
    first = 1
    while True:
        # the critical values that keep the false alarms below alpha; is their power enough?
        draws = np.arange(first, 2 * first)
        enough, few = critical_values(draws, floor, alpha)
        seen = enough <= draws
        seen &= bdtr(enough - 1, draws, detectable) <= beta
        if below is not None:
            seen &= bdtrc(few, draws, below) <= beta
        if seen.any():
            found = (int(numbers[seen.argmax()]) for numbers in (draws, enough, few))
            return Design(floor, detectable, alpha, beta, *found)
        first *= 2


def critical_values(draws: IntArray | int, p: float, alpha: float) -> tuple[IntArray, IntArray]:
    """The least number of successes with a small upper tail, the largest with a small lower one.

    They are ``draws`` + 1 and -1 if there are none.

    Parameters
    ----------
    draws : int or array of int
    p : float
        Probability of a success, 0 < p < 1.
    alpha : float
        What a small tail is at most.

    Examples
    --------
    >>> [int(number) for number in critical_values(10, 0.5, 0.05)]
    [9, 1]
    """
    # an upper tail of successes is a lower one of failures
    return draws - _largest(draws, 1 - p, alpha), _largest(draws, p, alpha)


def _largest(draws: IntArray | int, p: float, alpha: float) -> IntArray:
    """The largest number of successes with a lower tail of at most ``alpha``, or -1."""
    number = np.floor(np.nan_to_num(bdtrik(alpha, draws, p))).astype(int)
    # where no number is, the inverse function is 0 or not defined; elsewhere it may be rounded up
    return number - (bdtr(number, draws, p) > alpha)


@cache
def sign_test(draws: int, alpha: float = 1e-8, detectable: float = 0.99) -> Design:
    """The test, with a given number of draws, that one of two outcomes is the likelier one.

    Examples
    --------
    >>> sign_test(40).enough, sign_test(40).says_so(36)
    (37, False)
    """
    return threshold(draws, 0.5, alpha, detectable)


@cache
def threshold(draws: int, floor: float, alpha: float, detectable: float = 0.99) -> Design:
    """The test, with a given number of draws, of whether a probability exceeds ``floor``.

    Examples
    --------
    >>> threshold(39, 1 / 32, 1e-9).enough
    13
    """
    enough, few = (int(number) for number in critical_values(draws, floor, alpha))
    missed = float(bdtr(enough - 1, draws, detectable))
    return Design(floor, detectable, alpha, missed, draws, enough, few)
