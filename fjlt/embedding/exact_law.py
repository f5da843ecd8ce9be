"""The exact probability that an embedding does not keep the norm of a vector."""

from __future__ import annotations

from fractions import Fraction
from math import comb, gcd, lcm

import numpy as np

from fjlt import boundary
from fjlt.types import Array, ArrayLike, IntArray

__all__ = ["gaussian_failure", "srht_failure"]

_MOST_TRANSFORMED = 1 << 22
"""Numbers in the transforms of all sign patterns."""
_MOST_STEPS = 1 << 18
"""Steps of counting subsets."""


def gaussian_failure(k: int, eps: float) -> float:
    """Exact Pr[abs(‖Jx‖² - 1) > eps] for a Gaussian J with k rows and any unit vector x.

    k·‖Jx‖² is a χ² variable of k degrees of freedom.

    Parameters
    ----------
    k : int
        Number of rows, at least 1.
    eps : float
        0 < eps <= 1.

    Returns
    -------
    float
        The probability, up to rounding.

    Raises
    ------
    ValueError, TypeError
        If an argument is out of range.

    Notes
    -----
    Cost: two incomplete Gamma functions.

    Examples
    --------
    >>> round(gaussian_failure(100, 0.5), 6)
    0.000911
    """
    from scipy.special import gammainc, gammaincc

    k = boundary.dimension(k, "k")
    eps = boundary.number(eps, "eps", above=0, high=1)
    return float(gammaincc(k / 2, k * (1 + eps) / 2) + gammainc(k / 2, k * (1 - eps) / 2))


def srht_failure(x: ArrayLike, k: int, epsilon: Fraction) -> Fraction | None:
    """Pr[abs(‖Jx‖² - ‖x‖²) > ε·‖x‖²] for the SRHT J with k outputs, exactly.

    Every sign pattern on the entries of x that are not zero, and every subset of k rows is counted.
    Only the multiset of the squares of √N·HDx matters, so that a vector with few entries, or of
    much symmetry, costs little at any size.

    A character times D permutes the rows of HD, and their subset is uniform. So the signs may be
    fixed on entries whose numbers are affinely independent over the field of two elements: their
    other signs are those of characters and of -D.

    Parameters
    ----------
    x : array_like, shape (n,)
        Real; the numbers are taken as they are, which are fractions.
    k : int
    epsilon : Fraction

    Returns
    -------
    Fraction or None
        None if there is too much to count: more than 2^22 numbers in the transforms of all sign
        patterns, or more than 2^18 steps of counting subsets.

    Raises
    ------
    ValueError, TypeError
        If x is no vector of finite real numbers or k is out of range.

    Examples
    --------
    >>> srht_failure([1, 1, 0, 0], 2, Fraction(1, 2))
    Fraction(1, 3)
    >>> round(float(srht_failure(np.arange(1024) < 4, 16, Fraction(1, 2))), 4)
    0.07
    """
    x = boundary.vector(x, "x", real=True)
    k = boundary.dimension(k, "k", high=x.size)
    support = np.flatnonzero(x)
    size = boundary.next_power_of_two(x.size)
    if not support.size:
        return Fraction(0)
    free = _dependent(support)
    if len(free) > 22 or support.size > 64:
        return None
    columns, repeats = _columns(support, size)
    patterns = 1 << len(free)
    if patterns * max(columns.shape) > _MOST_TRANSFORMED:
        return None
    entries = _integers(x[support])
    if sum(map(abs, entries)) >= 1 << 25:
        return None
    signs = np.ones((patterns, support.size))
    signs[:, free] -= 2 * (np.arange(patterns)[:, None] >> np.arange(len(free)) & 1)
    # All numbers are integers below 2^50.
    squares = np.rint((signs * np.array(entries, float)) @ columns) ** 2
    # The squares of a pattern, each with the number of rows that have it, in a common order.
    order = np.argsort(squares + repeats / (4 * size), axis=1, kind="stable")
    multisets = np.stack([np.take_along_axis(squares, order, 1), repeats[order]], axis=2)
    multisets = multisets.reshape(patterns, -1).astype(np.int64)
    # Rows as strings of bytes are compared much faster.
    strings, counts = np.unique(
        multisets.view(np.dtype((np.void, multisets.shape[1] * 8))).ravel(), return_counts=True
    )
    distinct = strings.view(np.int64).reshape(len(strings), -1, 2)
    # ‖Jx‖² is the sum of the squares of the kept rows, over k.
    norm = sum(entry * entry for entry in entries)
    low, high = (1 - epsilon) * k * norm, (1 + epsilon) * k * norm
    kept = 0
    for multiset, count in zip(distinct.tolist(), counts.tolist(), strict=True):
        rows: dict[int, int] = {}
        for square, times in multiset:
            rows[square] = rows.get(square, 0) + times
        # Each has the same share of the steps, so that too much is soon seen to be too much.
        ways = _subsets(rows, k, low, high, _MOST_STEPS // len(distinct))
        if ways is None:
            return None
        kept += count * ways
    return 1 - Fraction(kept, patterns * comb(size, k))


def _dependent(support: Array) -> list[int]:
    """Places of the entries whose numbers are affine combinations of earlier ones, by XOR."""
    basis: list[int] = []
    dependent = []
    for t, j in enumerate(support.tolist()):
        # With a bit that is always set, affine independence is linear independence.
        rest = 2 * j + 1
        for vector in sorted(basis, reverse=True):
            rest = min(rest, rest ^ vector)
        if rest:
            basis.append(rest)
        else:
            dependent.append(t)
    return dependent


def _columns(support: Array, size: int) -> tuple[Array, IntArray]:
    """The distinct rows of √N·H on the support, up to sign, as columns; how often each occurs."""
    parity = np.zeros((support.size, size), np.int8)
    for t, j in enumerate(support.tolist()):
        parity[t] = np.bitwise_count(np.arange(size) & j) & 1
    parity ^= parity[0]
    columns, repeats = np.unique(parity, axis=1, return_counts=True)
    return 1.0 - 2.0 * columns, repeats


def _integers(x: Array) -> list[int]:
    """The numbers times a common factor, without a common divisor."""
    fractions = [Fraction(value) for value in x.tolist()]
    scale = lcm(*(f.denominator for f in fractions))
    integers = [int(f * scale) for f in fractions]
    divisor = gcd(*integers)
    return [value // divisor for value in integers]


def _subsets(rows: dict[int, int], k: int, low: Fraction, high: Fraction, most: int) -> int | None:
    """How many k-subsets have a sum between low and high; None if that takes too many steps.

    Parameters
    ----------
    rows : dict
        {square: number of rows that have it}.
    """
    *others, (last, of_last) = rows.items()
    # {(rows chosen, their sum): number of ways}; the last square takes what is left.
    ways, steps = {(0, 0): 1}, 0
    for square, times in others:
        following: dict[tuple[int, int], int] = {}
        for (chosen, total), number in ways.items():
            for t in range(min(times, k - chosen) + 1):
                steps += 1
                state = chosen + t, total + t * square
                if state[1] > high:
                    break
                following[state] = following.get(state, 0) + number * comb(times, t)
            if steps > most:
                return None
        ways = following
    return sum(
        number * comb(of_last, k - chosen)
        for (chosen, total), number in ways.items()
        if low <= total + (k - chosen) * last <= high
    )
