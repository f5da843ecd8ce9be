"""Number of effective weights of a truncated butterfly: exact minimum, maximum and mean.

A weight is effective if it lies on a path from an input to a kept output.
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from math import comb, log2

from fjlt import boundary

__all__ = ["max_effective_weights", "mean_effective_weights", "min_effective_weights"]

_MAX_BITS = 1 << 18
"""Bits of a fraction that takes about a minute."""


def max_effective_weights(n: int, l: int) -> int:
    """Largest number of effective weights over all sets of l kept outputs; layer 0 at the input.

    It is the sum over layers i of ceil(n/2^i)·min(l, 2^(i+1)), reached by the outputs 0, …, l-1. If
    n is a power of 2, it is at most 2n·log2 l + 2n - 2l, with equality exactly when l is a power of
    2.

    Parameters
    ----------
    n : int
        Inputs. The butterfly has size N, the least power of 2 that is at least n.
    l : int
        Kept outputs, 1 <= l <= n.

    Returns
    -------
    int
        The maximum.

    Raises
    ------
    ValueError
        If n < 1, l < 1 or l > n.

    Notes
    -----
    Cost: log2 n operations.

    References
    ----------
    Sharpens Section S6 of arXiv 2007.08864v2, which states
    2n·log2 l + 6n.

    Examples
    --------
    >>> max_effective_weights(1024, 10)
    8684
    """
    # Layer i has 2^(i+1) classes of outputs, and l outputs lie in at most that many.
    l, layers = _layers(n, l)
    return sum(inputs * min(l, outputs) for inputs, outputs, _ in layers)


def min_effective_weights(n: int, l: int) -> int:
    """Smallest number of effective weights over all sets of l kept outputs; layer 0 at the input.

    It is the sum over layers i of ceil(n/2^i)·ceil(l·2^(i+1)/N), reached by outputs that agree in
    the low bits.

    Parameters
    ----------
    n, l : int
        As for ``max_effective_weights``.

    Returns
    -------
    int
        The minimum.

    Raises
    ------
    ValueError
        As ``max_effective_weights``.

    Notes
    -----
    Cost: log2 n operations.

    Examples
    --------
    >>> min_effective_weights(1024, 10)
    2112
    """
    # A class has N/2^(i+1) outputs, so l outputs lie in at least ceil(l·2^(i+1)/N) classes.
    l, layers = _layers(n, l)
    return sum(inputs * -(-l * outputs // size) for inputs, outputs, size in layers)


def mean_effective_weights(n: int, l: int) -> Fraction:
    """Exact mean number of effective weights over all sets of l kept outputs; layer 0 at the input.

    It is the sum over layers i of ceil(n/2^i)·2^(i+1)·[1 - C(N - N/2^(i+1), l)/C(N, l)].

    Parameters
    ----------
    n, l : int
        As for ``max_effective_weights``.

    Returns
    -------
    Fraction
        The mean.

    Raises
    ------
    ValueError
        As ``max_effective_weights``; also if numerator and denominator would have more than 2^18
        bits.

    Notes
    -----
    Cost: log2 n binomial coefficients of at most 2^18 bits.

    Examples
    --------
    >>> mean_effective_weights(4, 2)
    Fraction(32, 3)
    """
    l, layers = _layers(n, l)
    if not layers:
        return Fraction(0)
    size = layers[0][2]
    # C(N, l) has at most min(l, N - l)·log2(eN/min(l, N - l)) bits.
    few = max(1, min(l, size - l))
    if few * (log2(size // few) + 2.5) > _MAX_BITS:
        raise ValueError(
            f"the exact mean for n = {n}, l = {l} is a fraction of more than {_MAX_BITS} bits; "
            f"take the mean of srht(l, n).n_effective_weights over some draws"
        )
    # A class has a kept output unless all l lie among the other N - N/2^(i+1).
    subsets, total = comb(size, l), Fraction(0)
    for inputs, outputs, _ in layers:
        total += inputs * outputs * (1 - Fraction(comb(size - size // outputs, l), subsets))
    return total


def _layers(n: int, l: int) -> tuple[int, tuple[tuple[int, int, int], ...]]:
    """The l, and for each layer i: weights of a class of outputs, number of classes, and N.

    A class consists of the outputs that agree modulo 2^(i+1). If one of them is kept, it makes
    ceil(n/2^i) weights of layer i effective, one for each value of input >> i.
    """
    n = boundary.dimension(n, "n")
    return boundary.dimension(l, "l", high=n), _classes(n)


@lru_cache(maxsize=1)
def _classes(n: int) -> tuple[tuple[int, int, int], ...]:
    size = boundary.next_power_of_two(n)
    return tuple((-(-n >> i), 2 << i, size) for i in range(size.bit_length() - 1))
