"""Embeddings with one random sign in each block of rows: even moments, and what is lost for sure.

With s blocks of k_1, …, k_s rows, ‖Jx‖² - 1 is the mean of independent Z_1, …, Z_s, for ‖x‖ = 1.
In block b every input goes to a uniform row with a uniform sign, and Z_b is the sum of
±x_i·x_j over all ordered pairs i ≠ j that meet in a row. One block is a count sketch.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from math import comb, factorial, prod

import numpy as np

from fjlt.types import RealArray

__all__ = ["block_sizes", "hashed_tail", "hashed_variance", "meeting_failure"]

_ORDERS = 8
"""Central moments up to order 16; their coefficients come from the 231 partitions of 16."""

_LONGEST_FLAT = 4096


def block_sizes(k: int, s: int) -> tuple[int, ...]:
    """Rows of each of the s blocks, as ``sparse_jl`` cuts them.

    Examples
    --------
    >>> block_sizes(11, 3)
    (3, 4, 4)
    """
    return tuple((b + 1) * k // s - b * k // s for b in range(s))


def hashed_variance(k: int, s: int) -> Fraction:
    """Largest Var‖Jx‖² over unit vectors: (2/s²)·Σ 1/k_b, which is 2/k for blocks of equal size.

    The variance is this times 1 - ‖x‖₄⁴.

    Examples
    --------
    >>> hashed_variance(80, 8), hashed_variance(3, 2)
    (Fraction(1, 40), Fraction(3, 4))
    """
    size, larger = divmod(k, s)
    return Fraction(2, s * s) * (Fraction(s - larger, size) + Fraction(larger, size + 1))


def hashed_tail(k: int, s: int, eps: float) -> float:
    """Bound of Pr[abs(‖Jx‖² - 1) >= eps] for s blocks of k rows together and any unit vector x.

    It is the least over q of E(‖Jx‖² - 1)^(2q) / eps^(2q), where the moment is that of a sum of
    independent Z_b with E Z_b^p <= max_a (T(a)/multinomial(a))·k_b^(-⌈v/2⌉). The maximum is over
    the partitions a = (a_1, …, a_v) of p. T(a) counts the sequences of p ordered pairs of
    different numbers from 1, …, v in which every number i occurs 2·a_i times.

    Parameters
    ----------
    k, s : int
        1 <= s <= k.
    eps : float
        Positive.

    Returns
    -------
    float
        At most 1.

    Notes
    -----
    The proof is on the page "How many rows are enough". Orders above 16 are not tried. The bound of
    order 2 is Chebyshev's inequality with the exact variance.

    Cost: s products of polynomials of degree 16; 30 ms the first time.

    Examples
    --------
    >>> round(hashed_tail(1000, 8, 0.5), 9)
    3.6763e-05
    """
    if eps < 1e-12:  # its powers are no doubles
        return 1.0
    # Σ E(ΣZ_b)^p t^p / p!, a product of such series
    series = np.eye(1, 2 * _ORDERS + 1)[0]
    for size in block_sizes(k, s):
        series = np.convolve(series, _block_series(size))[: 2 * _ORDERS + 1]
    orders = range(2, 2 * _ORDERS + 1, 2)
    return min(1.0, *(float(series[p]) * factorial(p) / (s * eps) ** p for p in orders))


def _block_series(size: int) -> RealArray:
    """The bounds of E Z^p / p! for a block of so many rows, p = 0 … 16."""
    return np.array(
        [1.0, 0.0]
        + [
            max(ratio / size ** ((v + 1) // 2) for v, ratio in _ratios(p).items()) / factorial(p)
            for p in range(2, 2 * _ORDERS + 1)
        ]
    )


@cache
def _ratios(p: int) -> dict[int, float]:
    """{v: the greatest T(a)/multinomial(a) over the partitions a of p into v parts}, if not 0."""
    found: dict[int, Fraction] = {}
    for a in _partitions(p, p):
        ratio = _sequences(a) * Fraction(prod(map(factorial, a)), factorial(p))
        if ratio:
            found[len(a)] = max(found.get(len(a), Fraction(0)), ratio)
    return {v: float(ratio) for v, ratio in found.items()}


def _partitions(p: int, most: int) -> Iterator[tuple[int, ...]]:
    """Partitions of p into parts of at most ``most``."""
    if p == 0:
        yield ()
    for part in range(min(p, most), 0, -1):
        for rest in _partitions(p - part, part):
            yield (part, *rest)


def _sequences(a: tuple[int, ...]) -> int:
    """T(a): sequences of p ordered pairs i ≠ j in which every i occurs 2·a_i times.

    It is the coefficient of Πy_i^(2a_i) in ((Σy_i)² - Σy_i²)^p. By the binomial theorem l of the
    pairs are taken as equal ones; b_i of them are (i, i).
    """
    p = sum(a)
    # [z^l]: Σ over b with sum l of Π (2a_i)! / (b_i!·(2a_i - 2b_i)!)
    ways = [1]
    for part in a:
        factor = [
            factorial(2 * part) // (factorial(b) * factorial(2 * (part - b)))
            for b in range(part + 1)
        ]
        ways = [
            sum(ways[i] * factor[l - i] for i in range(len(ways)) if 0 <= l - i <= part)
            for l in range(len(ways) + part)
        ]
    total = sum(
        (-1) ** l * comb(p, l) * factorial(l) * factorial(2 * (p - l)) * way
        for l, way in enumerate(ways)
    )
    return total // prod(factorial(2 * part) for part in a)


def meeting_failure(k: int, s: int, eps: float, n: int | None = None) -> float:
    """Probability with which a flat vector is lost, at least; the best of some lengths counts.

    Let x have y entries y^(-1/2). In a block where exactly two of them meet, Z_b is ±2/y. Only
    draws with at most one meeting in each block are counted.

    Parameters
    ----------
    k, s : int
        1 <= s <= k.
    eps : float
        0 < eps <= 1.
    n : int, optional
        The largest length.

    Returns
    -------
    float
        The probability; 0 if no such vector is known to fail.

    Notes
    -----
    Cost: y numbers for at most 40 lengths y <= 4096.

    Examples
    --------
    >>> meeting_failure(50, 1, 0.7), meeting_failure(50, 2, 0.7)
    (0.02, 0.0008)
    """
    sizes = block_sizes(k, s)
    # meetings of one sign in all s blocks must be enough: 2/y > eps
    longest = min(_LONGEST_FLAT, n or _LONGEST_FLAT, -int(-2 / Fraction(eps) // 1) - 1)
    worst = 0.0
    for y in np.unique(np.geomspace(2, max(longest, 2), 40).astype(int)).tolist():
        # signs of the meetings must add up to more than this
        needed = int(Fraction(eps) * y * s / 2) + 1
        if y > longest or needed > s:
            continue
        law = {}
        for size in set(sizes):
            none = float(np.prod(1 - np.arange(1, y) / size)) if y <= size else 0.0
            fewer = float(np.prod(1 - np.arange(1, y - 1) / size)) if y - 1 <= size else 0.0
            one = comb(y, 2) / size * fewer
            law[size] = np.array([one / 2, none, one / 2])
        signs = np.ones(1)
        for size in sizes:
            signs = np.convolve(signs, law[size])
        worst = max(worst, 2 * float(signs[s + needed :].sum()))
    return worst
