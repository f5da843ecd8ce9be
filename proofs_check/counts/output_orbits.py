"""Orbits of sets of kept outputs, by walking through all of them; the recursion in ``landscape`` is
not used."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["exchanged", "first_sets", "members"]


def first_sets(n: int) -> NDArray[np.int64]:
    """The lexicographically first set of the orbit of each set of outputs, by walking through all
    2^n sets.

    A set is a number with bit n-1-r for output r: of two sets of equally many outputs, the larger
    number is first.
    """
    first = np.arange(2**n)
    exchanges = [exchanged(first, n, i, c) for i in range(n.bit_length() - 1) for c in range(2**i)]
    while True:
        before = first
        for exchange in exchanges:
            first = np.maximum(first, first[exchange])
        if (first == before).all():
            return first


def exchanged(sets: NDArray[np.int64], n: int, i: int, c: int) -> NDArray[np.int64]:
    """The sets with the residues c and c + 2^i modulo 2^(i+1) exchanged."""
    source = [r ^ 1 << i if r % 2**i == c else r for r in range(n)]
    return np.bitwise_or.reduce([(sets >> n - 1 - source[r] & 1) << n - 1 - r for r in range(n)])


def members(number: int, n: int) -> tuple[int, ...]:
    """The set that a number stands for."""
    return tuple(r for r in range(n) if number >> n - 1 - r & 1)
