"""Exact scaling by powers of 2, so that squares neither overflow nor vanish on the way."""

from __future__ import annotations

import numpy as np

from fjlt.types import Array, ArrayLike, RealArray

__all__ = ["restored", "scaled", "times_power_of_two"]


def scaled(a: Array) -> tuple[Array, int]:
    """The array a·2^(-e) and e, with the largest part of an entry in [1/2, 1); e = 0 for zeros.

    Multiplication by a power of 2 is exact, except for numbers so much smaller than the largest
    that they become subnormal. The array must be finite and not empty.

    Examples
    --------
    >>> scaled(np.array([3.0, -4.0]))
    (array([ 0.375, -0.5  ]), 3)
    """
    exponent = int(np.frexp(max(np.abs(part).max() for part in _parts(a)))[1])
    return times_power_of_two(a, -exponent), exponent


def times_power_of_two(a: Array, exponent: int) -> Array:
    """The array a·2^exponent, of the dtype and memory order of a.

    Raises
    ------
    OverflowError
        If an entry is above the largest number of the dtype.

    Examples
    --------
    >>> times_power_of_two(np.array([3.0, 1j]), 2)
    array([12.+0.j,  0.+4.j])
    """
    result = np.empty_like(a)
    with np.errstate(over="ignore", under="ignore"):
        for part, target in zip(_parts(a), _parts(result), strict=True):
            np.ldexp(part, exponent, out=target)
    if not np.isfinite(result).all():
        raise OverflowError(
            f"an entry times 2^{exponent} is above {np.finfo(a.dtype).max:.2g}, the largest "
            f"{a.dtype}; scale the data first"
        )
    return result


def restored(value: ArrayLike, exponent: int, name: str, noise: float = 0.0) -> RealArray:
    """The numbers times 2^exponent, exact; none of them is negative but for rounding.

    Parameters
    ----------
    value : array_like
    exponent : int
    name : str
        What error messages call a number.
    noise : float
        What rounding may have left of a number that is zero.

    Raises
    ------
    OverflowError
        If a result is above the largest double, or below the smallest that has all its digits while
        its number is above ``noise``.

    Examples
    --------
    >>> float(restored(0.75, 2, "the error"))
    3.0
    >>> restored(0.75, 2000, "the error")
    Traceback (most recent call last):
        ...
    OverflowError: the error is about 2^1999, but a double is at most 2^1024; scale the data first
    """
    values = np.asarray(value, np.float64)
    with np.errstate(over="ignore", under="ignore"):
        result: RealArray = np.ldexp(values, exponent)
    wrong = np.isinf(result) | (result < np.finfo(np.float64).tiny) & (values > noise)
    if wrong.any():
        size = int(np.frexp(values[wrong].flat[0])[1]) + exponent
        limit = "at most 2^1024" if size > 0 else "at least 2^-1022"
        raise OverflowError(
            f"{name} is about 2^{size - 1}, but a double is {limit}; scale the data first"
        )
    return result


def _parts(a: Array) -> list[Array]:
    return [a.real, a.imag] if np.iscomplexobj(a) else [a]
