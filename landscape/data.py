"""Checks of the arguments that the whole package shares: data X and Y, encoder B, bottleneck k."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from fjlt import Operator, boundary
from fjlt.operators.operator import as_operator as any_operator
from fjlt.types import OperatorLike, RealArray

__all__ = ["as_operator", "bottleneck", "choice", "encode", "pair"]

# Outside this range the square of the largest entry of Y overflows, or loses all its digits.
LARGEST, SMALLEST = 1e140, 1e-140


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
    largest = max(float(y.max()), -float(y.min()))
    if largest > LARGEST or 0 < largest < SMALLEST:
        raise ValueError(
            f"the largest entry of Y is {largest:.3g}, whose square is out of range; rescale Y"
        )
    return x, y


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
            f"rows; they must agree"
        )
    return operator


def encode(B: OperatorLike, X: RealArray) -> RealArray:
    """Return the encoded data BX, shape (l, d).

    Raises
    ------
    ValueError, TypeError
        As ``as_operator``; ``ValueError`` also if BX overflows.
    """
    return boundary.matrix(as_operator(B, len(X)) @ X, "B @ X", real=True).astype(
        np.float64, copy=False
    )


def bottleneck(k: int, n: int) -> int:
    """Check the width k of the network between encoder and decoder: an integer, 1 <= k <= n."""
    return boundary.dimension(k, "k", high=n)


def choice(value: str, name: str, known: tuple[str, ...]) -> None:
    """Raise ``ValueError`` unless the value is one of those known."""
    if value not in known:
        raise ValueError(f"{name} = {value!r} is unknown; use one of {', '.join(map(repr, known))}")
