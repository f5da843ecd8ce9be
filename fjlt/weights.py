"""How many weights of a truncated butterfly can matter: exact minimum, maximum and mean."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import comb

from fjlt import boundary

__all__ = ["max_effective_weights", "mean_effective_weights", "min_effective_weights"]


def max_effective_weights(n: int, l: int) -> int:
    """Largest number of effective weights over all sets of l kept outputs, n inputs; layer 0 at the
    input.

    sum over layers i of ceil(n/2^i)·min(l, 2^(i+1)), reached by the outputs 0, …, l-1. For n a
    power of 2 it is at most 2n·log2 l + 2n - 2l, with equality exactly when l is a power of 2.

    Parameters
    ----------
    n : int
        Inputs; for n not a power of 2 the butterfly has size N, the next power of 2.
    l : int
        Kept outputs, 1 <= l <= n.

    Raises
    ------
    ValueError
        If n < 1, l < 1 or l > n.

    Notes
    -----
    Cost: log2 n operations. Source: sharpens Appendix F of arXiv 2007.08864 (numbered as in the
    ICLR 2021 submission), which states 2n·log2 l + 6n.

    Examples
    --------
    >>> max_effective_weights(1024, 10)
    8684
    """
    return sum(inputs * min(l, outputs) for inputs, outputs, _ in _layers(n, l))


def min_effective_weights(n: int, l: int) -> int:
    """Smallest number of effective weights over all sets of l kept outputs, n inputs; layer 0 at
    the input.

    sum over layers i of ceil(n/2^i)·ceil(l·2^(i+1)/N), reached by outputs that agree in the low
    bits. Parameters, errors and cost as for ``max_effective_weights``.

    Examples
    --------
    >>> min_effective_weights(1024, 10)
    2112
    """
    return sum(inputs * -(-l * outputs // size) for inputs, outputs, size in _layers(n, l))


def mean_effective_weights(n: int, l: int) -> Fraction:
    """Mean number of effective weights over uniform sets of l kept outputs, exactly; layer 0 at the
    input.

    sum over layers i of ceil(n/2^i)·2^(i+1)·[1 - C(N - N/2^(i+1), l)/C(N, l)].
    Parameters, errors and cost as for ``max_effective_weights``.

    Examples
    --------
    >>> mean_effective_weights(4, 2)
    Fraction(32, 3)
    """
    total = Fraction(0)
    for inputs, outputs, size in _layers(n, l):
        total += inputs * outputs * (1 - Fraction(comb(size - size // outputs, l), comb(size, l)))
    return total


def _layers(n: int, l: int) -> Iterator[tuple[int, int, int]]:
    """For each layer i: ceil(n/2^i) live inputs of each class of outputs mod 2^(i+1), 2^(i+1), and
    N."""
    n = boundary.dimension(n, "n")
    boundary.dimension(l, "l", high=n)
    size = boundary.next_power_of_two(n)
    for i in range(size.bit_length() - 1):
        yield -(-n >> i), 2 << i, size
