"""The field with 2^m elements: polynomials over GF(2), as bits of integers, modulo an irreducible
one."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fjlt import boundary

__all__ = ["MAX_DEGREE", "irreducible", "multiply"]

MAX_DEGREE = 24


@cache
def irreducible(m: int) -> int:
    """Smallest irreducible polynomial of degree m over GF(2), bit i the coefficient of z^i; 1 <= m
    <= 24.

    Raises
    ------
    ValueError, TypeError
        If m is not an integer from 1 to 24.

    Notes
    -----
    Cost: trial division by every polynomial of degree at most m/2.

    Examples
    --------
    >>> bin(irreducible(4))
    '0b10011'
    """
    m = boundary.dimension(m, "m", high=MAX_DEGREE)
    divisors = range(2, 2 << (m // 2))
    return next(f for f in range(1 << m, 2 << m) if all(_remainder(f, g) for g in divisors))


def multiply(x: ArrayLike, y: ArrayLike, m: int) -> NDArray[Any]:
    """Product in GF(2^m), elementwise; elements are integers 0 <= x < 2^m, modulo
    ``irreducible(m)``.

    Raises
    ------
    TypeError, ValueError
        For arrays that are not integer, elements out of range, and m outside 1, …, 24.

    Notes
    -----
    Cost: m shifts and sums an element.

    Examples
    --------
    >>> multiply(2, [1, 2, 3], 2)
    array([2, 3, 1])
    """
    f = irreducible(m)
    x, y = _elements(x, "x", m), _elements(y, "y", m)
    total = np.zeros(np.broadcast_shapes(x.shape, y.shape), dtype=np.int64)
    for i in range(m):
        total ^= np.where(y >> i & 1, x, 0)
        x = x << 1
        x = np.where(x >> m & 1, x ^ f, x)
    return total


def _elements(x: ArrayLike, name: str, m: int) -> NDArray[np.int64]:
    a = np.asarray(x)
    if a.dtype.kind not in "iu":
        raise TypeError(f"{name} has dtype {a.dtype}; elements of GF(2^{m}) are integers")
    if a.size and (a.min() < 0 or a.max() >= 1 << m):
        raise ValueError(
            f"{name} spans {a.min()} to {a.max()}; elements of GF(2^{m}) are 0, …, {(1 << m) - 1}"
        )
    return a.astype(np.int64)


def _remainder(f: int, g: int) -> int:
    while f.bit_length() >= g.bit_length():
        f ^= g << (f.bit_length() - g.bit_length())
    return f
