"""Markov's inequality for even central moments of ‖Jx‖², which no size n enters."""

from __future__ import annotations

from functools import cache
from math import comb, exp, log, prod

__all__ = ["moment_tail"]

_ORDERS = 32


def moment_tail(k: int, eps: float) -> float:
    """Bound of Pr[abs(‖Jx‖² - 1) >= eps] for an SRHT with k rows and any unit vector x.

    It is the least over q of

        (k·eps)^(-2q)·Σ_(i,h) C(2q, 2i)·(2i-1)!!·A(2q-2i, h)·k(k-1)…(k-i-h+1)·M(i, 2q-2i-h),

    where A(m, h) partitions of m things have h blocks, each of 3 or more, and M(i, r) is at least
    E (χ²_3 - 1)₊^i·(χ²_3)^r.

    Parameters
    ----------
    k : int
    eps : float
        Positive.

    Returns
    -------
    float
        At most 1.

    Notes
    -----
    The proof is on the page "How many rows are enough". Orders above 64 are not tried.

    Cost: q sums of integers of a few hundred bits.

    Examples
    --------
    >>> round(moment_tail(1000, 0.5), 9)
    4.646e-06
    """
    best = 0.0
    for q in range(1, _ORDERS + 1):
        falling, total = 1, 0
        for j, coefficient in enumerate(_coefficients(q)):
            total += coefficient * falling
            falling *= k - j
        power = log(total) - 2 * q * (log(k) + log(eps))
        if q > 3 and power > best:
            break
        best = min(best, power)
    return exp(best)


@cache
def _coefficients(q: int) -> tuple[int, ...]:
    """What stands before k(k-1)…(k-j+1), for j = 0 … q."""
    sums = [0] * (q + 1)
    for i in range(q + 1):
        pairs = comb(2 * q, 2 * i) * _odd(2 * i - 1)
        for h, ways in enumerate(_large_blocks(2 * q - 2 * i)):
            sums[i + h] += pairs * ways * _mean(i, 2 * q - 2 * i - h)
    return tuple(sums)


@cache
def _large_blocks(m: int) -> tuple[int, ...]:
    """Partitions of m things into h blocks of 3 or more, for h = 0 … m//3."""
    if m == 0:
        return (1,)
    if m < 3:
        return (0,)
    # the last thing joins a block of m - 1 things, or makes a block of 3
    with_one, with_two = _large_blocks(m - 1), _large_blocks(m - 3)
    return tuple(
        (h * with_one[h] if h < len(with_one) else 0)
        + (comb(m - 1, 2) * with_two[h - 1] if h else 0)
        for h in range(m // 3 + 1)
    )


def _mean(i: int, r: int) -> int:
    """An integer that is at least E (χ² - 1)₊^i·χ^(2r), and for i < 3 E χ^(2i + 2r)."""
    if i < 3:
        return _odd(2 * (i + r) + 1)
    # for odd i the part below 1 counts with a minus, and is less than 1
    return i % 2 + sum((-1) ** (i - l) * comb(i, l) * _odd(2 * (l + r) + 1) for l in range(i + 1))


@cache
def _odd(m: int) -> int:
    """The double factorial m·(m-2)…1 of an odd m, and of -1."""
    return prod(range(m, 1, -2))
