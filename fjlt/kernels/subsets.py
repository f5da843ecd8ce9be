"""Sums over uniform subsets, each drawn by the algorithm of Floyd."""

from __future__ import annotations

import numpy as np

from fjlt.kernels.simd import compiled

__all__ = ["sums_of_squares"]


@compiled
def sums_of_squares(y, choices):  # type: ignore[no-untyped-def]
    """For each row of y, the sum of squares over a uniform k-subset of its n entries.

    Parameters
    ----------
    y : ndarray, shape (draws, n)
    choices : ndarray of int, shape (draws, k)
        Independent; ``choices[:, i]`` is uniform on 0, …, n - k + i.

    References
    ----------
    Bentley, Floyd, Programming pearls: a sample of brilliance, Commun. ACM 30 (1987).
    """
    draws, k = choices.shape
    n = y.shape[1]
    seen = np.full(n, -1)
    sums = np.zeros(draws)
    for draw in range(draws):
        for i in range(k):
            # Floyd: element i is uniform on 0, …, n - k + i, or n - k + i itself if that number is
            # in the subset already.
            j = choices[draw, i]
            if seen[j] == draw:
                j = n - k + i
            seen[j] = draw
            sums[draw] += y[draw, j] ** 2
    return sums
