"""Orbits of sets of kept outputs under the symmetries of a butterfly, by enumeration.

The symmetries exchange residues of the outputs. The recursion of ``landscape.row_classes`` is not
used.
"""

from __future__ import annotations

import numpy as np

from fjlt.types import IntArray

__all__ = ["exchanged", "first_sets", "members"]


def first_sets(n: int) -> IntArray:
    """The lexicographically first set of the orbit of each of the 2^n sets of outputs.

    A set is the number with bit n − 1 − r for each of its outputs r. Of two sets of equally many
    outputs, the one with the larger number comes first.

    Returns
    -------
    ndarray, shape (2^n,)
    """
    first = np.arange(2**n)
    exchanges = [exchanged(first, n, i, c) for i in range(n.bit_length() - 1) for c in range(2**i)]
    # the exchanges generate the group: pass the largest number along them until it is constant on
    # every orbit
    while True:
        before = first
        for exchange in exchanges:
            first = np.maximum(first, first[exchange])
        if (first == before).all():
            return first


def exchanged(sets: IntArray, n: int, i: int, c: int) -> IntArray:
    """The sets after an exchange of the residues c and c + 2^i modulo 2^(i+1)."""
    source = [r ^ 1 << i if r % 2**i == c else r for r in range(n)]
    return np.bitwise_or.reduce([(sets >> n - 1 - source[r] & 1) << n - 1 - r for r in range(n)])


def members(number: int, n: int) -> tuple[int, ...]:
    """The outputs of the set that a number stands for, in increasing order."""
    return tuple(r for r in range(n) if number >> n - 1 - r & 1)
