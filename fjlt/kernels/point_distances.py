"""Squared distances of pairs of points, without an array of differences."""

from __future__ import annotations

from fjlt.kernels.simd import compiled

__all__ = ["squared_distances"]


@compiled
def squared_distances(z, first, second, squares, start, stop):  # type: ignore[no-untyped-def]
    """Write ‖z[first[p]] - z[second[p]]‖² into squares[p], for p = start, …, stop - 1.

    Parameters
    ----------
    z : ndarray, shape (m, k)
        C-contiguous; rows are points.
    first, second : ndarray of int, shape (pairs,)
    squares : ndarray of float64, shape (pairs,)
    start, stop : int
    """
    k = z.shape[1]
    whole = k - k % 8
    for p in range(start, stop):
        a, b = z[first[p]], z[second[p]]
        # eight sums side by side: the compiler may not change the order of additions
        s0 = s1 = s2 = s3 = s4 = s5 = s6 = s7 = 0.0
        for i in range(0, whole, 8):
            s0 += (a[i] - b[i]) ** 2
            s1 += (a[i + 1] - b[i + 1]) ** 2
            s2 += (a[i + 2] - b[i + 2]) ** 2
            s3 += (a[i + 3] - b[i + 3]) ** 2
            s4 += (a[i + 4] - b[i + 4]) ** 2
            s5 += (a[i + 5] - b[i + 5]) ** 2
            s6 += (a[i + 6] - b[i + 6]) ** 2
            s7 += (a[i + 7] - b[i + 7]) ** 2
        for i in range(whole, k):
            s0 += (a[i] - b[i]) ** 2
        squares[p] = ((s0 + s1) + (s2 + s3)) + ((s4 + s5) + (s6 + s7))
