"""Uniform subsets, each drawn by the algorithm of Floyd."""

from __future__ import annotations

import numpy as np

from fjlt.kernels.simd import compiled

__all__ = ["sums_of_squares"]


@compiled
def sums_of_squares(y, choices):  # type: ignore[no-untyped-def]
    """For each row of y, the sum of squares over a k-subset of its n entries.

    choices, shape (draws, k): independent, choices[:, i] uniform on 0, …, n - k + i. Element number
    i of the subset is choices[:, i], or n - k + i where that is there already (Bentley, Floyd,
    Commun. ACM 30, 1987).
    """
    draws, k = choices.shape
    n = y.shape[1]
    seen = np.full(n, -1)
    sums = np.zeros(draws)
    for draw in range(draws):
        for i in range(k):
            j = choices[draw, i]
            if seen[j] == draw:
                j = n - k + i
            seen[j] = draw
            sums[draw] += y[draw, j] ** 2
    return sums
