"""The field with 2^m elements: polynomials over GF(2) modulo an irreducible one.

Bit i of an integer is the coefficient of z^i.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from fjlt import boundary
from fjlt.types import ArrayLike, IntArray

__all__ = ["MAX_DEGREE", "irreducible", "multiply"]

MAX_DEGREE = 24
"""Largest m."""


@cache
def irreducible(m: int) -> int:
    """The irreducible polynomial of degree m over GF(2) that is the smallest integer.

    Raises
    ------
    ValueError, TypeError
        If m is not an integer from 1 to 24.

    Notes
    -----
    Cost: trial division by every polynomial of degree 1 to m/2.

    Examples
    --------
    >>> bin(irreducible(4))
    '0b10011'
    """
    m = boundary.dimension(m, "m", high=MAX_DEGREE)
    divisors = range(2, 2 << (m // 2))
    return next(f for f in range(1 << m, 2 << m) if all(_remainder(f, g) for g in divisors))


def multiply(x: ArrayLike, y: ArrayLike, m: int) -> IntArray:
    """Product in GF(2^m) = GF(2)[z] / irreducible(m), elementwise.

    Parameters
    ----------
    x, y : array_like of int
        Elements, integers from 0 to 2^m - 1; the shapes must broadcast.
    m : int
        1 <= m <= 24.

    Raises
    ------
    TypeError, ValueError
        If an array is not of integers, an element is out of range, or m is.

    Notes
    -----
    Cost: m shifts and additions for each element.

    Examples
    --------
    >>> multiply(2, [1, 2, 3], 2)
    array([2, 3, 1])
    """
    f = irreducible(m)
    x, y = _elements(x, "x", m), _elements(y, "y", m)
    total = np.zeros(np.broadcast_shapes(x.shape, y.shape), dtype=np.int64)
    # Sum of z^i·x over the coefficients z^i of y; z·x is reduced as soon as it has degree m.
    for i in range(m):
        total ^= np.where(y >> i & 1, x, 0)
        x = x << 1
        x = np.where(x >> m & 1, x ^ f, x)
    return total


def _elements(x: ArrayLike, name: str, m: int) -> IntArray:
    a = np.asarray(x)
    if a.dtype.kind not in "iu":
        raise TypeError(f"{name} has dtype {a.dtype}; elements of GF(2^{m}) are integers")
    if a.size and (a.min() < 0 or a.max() >= 1 << m):
        raise ValueError(
            f"{name} spans {a.min()} to {a.max()}; elements of GF(2^{m}) are 0, …, {(1 << m) - 1}"
        )
    return a.astype(np.int64)


def _remainder(f: int, g: int) -> int:
    """Remainder of f by g: subtract shifts of g until the degree is less than that of g."""
    while f.bit_length() >= g.bit_length():
        f ^= g << (f.bit_length() - g.bit_length())
    return f
