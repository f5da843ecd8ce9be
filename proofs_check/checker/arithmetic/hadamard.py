"""The Hadamard matrix by its characters, and every draw of an SRHT as a matrix of integers."""

from __future__ import annotations

from itertools import combinations
from itertools import product as choices
from math import comb
from typing import Any

from proofs_check.checker.bounded import Refused, integer

__all__ = ["MAX_DRAWS", "character", "scaled_grams"]

MAX_DRAWS = 20_000


def character(i: int, j: int) -> int:
    """Entry (i, j) of the Hadamard matrix: (−1)^⟨i, j⟩.

    Examples
    --------
    >>> character(3, 1)
    -1
    """
    return -1 if (i & j).bit_count() % 2 else 1


def scaled_grams(n: int, k: Any) -> list[list[list[int]]]:
    """k·JᵀJ for every k-subset of rows and the signs up to a common one.

    Raises
    ------
    Refused
        Unless n is 1, 2, 4 or 8, and k from 1 to n with at most ``MAX_DRAWS`` draws.

    Examples
    --------
    >>> scaled_grams(2, 1)[:2]
    [[[1, 1], [1, 1]], [[1, -1], [-1, 1]]]
    """
    if n not in (1, 2, 4, 8) or comb(n, integer(k, 1, n, "k")) << n > MAX_DRAWS:
        raise Refused(f"n = {n} is not 1, 2, 4 or 8, or there are too many draws for k = {k}")
    found = []
    for kept in combinations(range(n), k):
        sums = [sum(character(i, d) for i in kept) for d in range(n)]
        for tail in choices((1, -1), repeat=n - 1):
            signs = (1, *tail)
            # entry (a, b) is ε_a·ε_b·Σ_i χ_i(a XOR b)
            found.append([[signs[a] * signs[b] * sums[a ^ b] for b in range(n)] for a in range(n)])
    return found
