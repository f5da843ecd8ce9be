"""Data X and Y, encoder B and bottleneck k: read from files, and checked for the whole package."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from fjlt import Operator, boundary
from fjlt.operators.conversion import as_operator as any_operator
from fjlt.runs.matrices import read_arrays, read_matrix
from fjlt.types import OperatorLike, RealArray

__all__ = [
    "as_operator",
    "bottleneck",
    "check_squares",
    "choice",
    "encode",
    "nearest_power",
    "pair",
    "read_arrays",
    "read_matrix",
]

# Outside this range the square of the largest entry overflows, or loses all its digits.
LARGEST, SMALLEST = 1e140, 1e-140
# Below this size a number has lost digits, or soon will.
TINY = 1e-290


def pair(X: ArrayLike, Y: ArrayLike) -> tuple[RealArray, RealArray]:
    """Check data X, shape (n, d), and targets Y, shape (m, d), and return them in double precision.

    Columns are samples. Y may be the same object as X; it is then checked once.

    Raises
    ------
    ValueError
        If X and Y have different numbers of samples, if an entry is not finite, or if the square of
        the largest entry of Y is out of range.
    TypeError
        If an entry is complex or not a number.
    """
    x = boundary.matrix(X, "X", real=True).astype(np.float64, copy=False)
    y = x if Y is X else boundary.matrix(Y, "Y", real=True).astype(np.float64, copy=False)
    if x.shape[1] != y.shape[1]:
        raise ValueError(
            f"X has {x.shape[1]} samples (columns) and Y has {y.shape[1]}; they must have equally "
            f"many"
        )
    check_squares(y, "Y")
    return x, y


def check_squares(a: RealArray, name: str) -> None:
    """Raise ``ValueError`` if the square of the largest entry overflows or loses its digits."""
    largest = max(float(a.max()), -float(a.min()))
    if largest > LARGEST or 0 < largest < SMALLEST:
        raise ValueError(
            f"the largest entry of {name} is {largest:.3g}, whose square is out of range; rescale "
            f"{name}"
        )


def nearest_power(a: RealArray) -> float:
    """The power of 2 nearest to ‖a‖_F, so that division by it is exact; 1 for zero.

    Examples
    --------
    >>> nearest_power(np.array([3.0, 4.0])), nearest_power(np.array([1e200, 1e200])) > 1e200
    (4.0, True)
    """
    largest = max(float(a.max()), -float(a.min()))
    if largest == 0:
        return 1.0
    # The squares of a/2^e are in range, whatever those of a.
    e = math.frexp(largest)[1]
    exponent = round(float(np.log2(np.linalg.norm(np.ldexp(a, -e))))) + e
    return 2.0 ** max(-1022, min(exponent, 1023))


def as_operator(B: OperatorLike, n: int | None = None) -> Operator:
    """Return B, an array, a sparse array or a linear operator, as a real operator of shape (l, n).

    Raises
    ------
    ValueError
        If ``n`` is given and B has another number of inputs, or if an entry is not finite.
    TypeError
        If B is complex, or none of these.
    """
    operator = any_operator(B, "B")
    if np.dtype(operator.dtype).kind == "c":
        raise TypeError("B is complex; only real encoders are accepted here")
    if n is not None and operator.shape[1] != n:
        raise ValueError(
            f"B has {operator.shape[1]} inputs (its shape is {operator.shape}), but X has {n} "
            f"rows; they must agree. Columns of X are samples: if yours are in rows, pass X.T"
        )
    return operator


def encode(B: OperatorLike, X: RealArray) -> RealArray:
    """Return the encoded data BX, shape (l, d).

    Raises
    ------
    ValueError, TypeError
        As ``as_operator``; ``ValueError`` also if BX overflows, or a row of it underflows.
    """
    B = as_operator(B, len(X))
    code = boundary.matrix(B @ X, "B @ X", real=True).astype(np.float64, copy=False)
    tiny = np.abs(code).max(axis=1) < TINY
    # Rows that are zero are zero for larger data as well; others have lost their digits.
    if tiny.any() and np.any((B @ (X / nearest_power(X)))[tiny]):
        raise ValueError(
            f"row {int(np.argmax(tiny))} of B @ X has no entry above {TINY:.0e}, where digits are "
            "lost; rescale X or B"
        )
    return code


def bottleneck(k: int, n: int) -> int:
    """Check the width k of the network between encoder and decoder: an integer, 1 <= k <= n."""
    return boundary.dimension(k, "k", high=n)


def choice(value: str, name: str, known: tuple[str, ...]) -> None:
    """Raise ``ValueError`` unless the value is one of those known."""
    if value not in known:
        raise ValueError(f"{name} = {value!r} is unknown; use one of {', '.join(map(repr, known))}")
