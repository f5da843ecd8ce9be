"""What may enter the landscape: real data X and Y with equally many samples, an encoder B, a
bottleneck k."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fjlt import Operator, boundary
from fjlt.operators.operator import as_operator as any_operator

__all__ = ["as_operator", "bottleneck", "encode", "pair"]


def pair(X: ArrayLike, Y: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """X, shape (n, d), and Y, shape (m, d), in double precision; their columns are the samples.

    Raises
    ------
    ValueError
        If the numbers of samples differ, or the square ‖Y‖_F² overflows or underflows.
    """
    x = boundary.matrix(X, "X", real=True).astype(np.float64, copy=False)
    y = x if Y is X else boundary.matrix(Y, "Y", real=True).astype(np.float64, copy=False)
    if x.shape[1] != y.shape[1]:
        raise ValueError(
            f"X has {x.shape[1]} samples (columns) and Y has {y.shape[1]}; they must have equally "
            f"many"
        )
    largest = max(float(y.max()), -float(y.min()))
    if largest > 1e140 or 0 < largest < 1e-140:
        raise ValueError(
            f"the largest entry of Y is {largest:.3g}, whose square is out of range; rescale Y"
        )
    return x, y


def as_operator(B: Any, n: int | None = None) -> Operator:
    """B, a dense or sparse array or a linear operator, as a real operator (l, n)."""
    operator = any_operator(B, "B")
    if np.dtype(operator.dtype).kind == "c":
        raise TypeError("B is complex; only real encoders are accepted here")
    if n is not None and operator.shape[1] != n:
        raise ValueError(
            f"B has {operator.shape[1]} inputs (its shape is {operator.shape}), but X has {n} "
            f"rows; they must agree"
        )
    return operator


def encode(B: Any, X: NDArray[np.float64]) -> NDArray[np.float64]:
    """The encoded data BX, shape (l, d)."""
    return boundary.matrix(as_operator(B, len(X)) @ X, "B @ X", real=True).astype(
        np.float64, copy=False
    )


def bottleneck(k: Any, n: int) -> int:
    """The width k of the network between encoder and decoder, 1 <= k <= n."""
    return boundary.dimension(k, "k", high=n)
