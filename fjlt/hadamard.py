"""The fast Walsh-Hadamard transform."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fjlt import boundary

__all__ = ["fwht"]


def fwht(x: ArrayLike, axis: int = 0, ortho: bool = True) -> NDArray[Any]:
    """Walsh-Hadamard transform along ``axis``, Sylvester order; orthonormal if ``ortho``, else entries ±1.

    y[i] = c · sum_j (-1)^<i,j> x[j], where <i,j> is the number of common bits of i and j, modulo 2, and
    c = n^(-1/2) or 1. The transform is symmetric; the orthonormal one is its own inverse.

    Parameters
    ----------
    x : array_like
        Any batch shape, real or complex; x.shape[axis] = n a power of 2. Integers become float64.
    axis : int
        The axis that is transformed.
    ortho : bool
        Whether to scale by n^(-1/2).

    Returns
    -------
    ndarray
        Of the shape and floating dtype of x; x is not modified.

    Raises
    ------
    TypeError
        For a dtype other than integers, float32, float64, complex64, complex128.
    ValueError
        If n is not a power of 2, axis is out of range, or x has NaN or infinite entries.

    Notes
    -----
    Cost: n·log2 n additions a vector, one temporary of half the size of x.
    Source: the matrix H of the FJLT (Ailon, Chazelle, SIAM J. Comput. 39, 2009).

    Examples
    --------
    >>> fwht([1, 0, 0, 0])
    array([0.5, 0.5, 0.5, 0.5])
    >>> fwht([1, 2, 3, 4], ortho=False)
    array([10., -2., -4.,  0.])
    """
    y = boundary.array(x, "x").copy()
    if y.ndim == 0:
        raise ValueError("x is a single number, of shape (); pass a vector, [x]")
    axis = boundary.dimension(axis, "axis", low=-y.ndim, high=y.ndim - 1)
    n = y.shape[axis]
    p = boundary.log2_exact(n, f"x.shape[{axis}]")
    view = np.moveaxis(y, axis, 0)
    for i in range(p):
        pairs = view.reshape(n >> (i + 1), 2, 1 << i, *view.shape[1:])
        low, high = pairs[:, 0], pairs[:, 1]
        difference = low - high
        low += high
        high[...] = difference
    if ortho:
        y *= n**-0.5
    return y
