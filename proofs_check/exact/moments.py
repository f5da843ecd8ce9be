"""Closed forms of the second moments of an SRHT and of the error of a replacement."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Sigma2", "Vector", "bilinear", "one_sided", "second_moment", "sigma2", "two_sided"]


Vector = NDArray[Any]

Sigma2 = Callable[[int, int], Fraction]


def sigma2(n: int, k: int) -> Fraction:
    """The factor (n − k)/(k(n − 1)) of sampling k of n rows without replacement."""
    return Fraction(n - k, k * (n - 1))


def second_moment(x: Vector, k: int, s2: Sigma2 = sigma2, diagonal: int = 1) -> NDArray[Any]:
    """Closed form of E[Axxᵀ A], A = JᵀJ: (1 + σ²)xxᵀ + σ²‖x‖²I − 2σ²·diag(x²)."""
    n, s = len(x), s2(len(x), k)
    return (
        (1 + s) * np.outer(x, x)
        + s * (x @ x) * np.eye(n, dtype=int)
        - 2 * s * diagonal * np.diag(x * x)
    )


def one_sided(
    W: NDArray[Any], x: Vector, k1: int, s2: Sigma2 = sigma2, diagonal: int = 1
) -> Fraction:
    """Closed form of E‖WAx − Wx‖²."""
    Wx = W @ x
    columns = (W**2).sum(axis=0)
    s = s2(len(x), k1)
    return s * (columns.sum() * (x @ x) + Wx @ Wx - 2 * diagonal * (x * x) @ columns)


def two_sided(W: NDArray[Any], x: Vector, k1: int, k2: int, factor: bool = True) -> Fraction:
    """Closed form of E‖W'x − Wx‖²."""
    ratio = Fraction(len(W), k2)
    return (ratio - 1) * ((W @ x) @ (W @ x)) + (ratio if factor else 1) * one_sided(W, x, k1)


def bilinear(
    W: NDArray[Any], u: Vector, x: Vector, k1: int, k2: int, s2: Sigma2 = sigma2
) -> Fraction:
    """Closed form of Var(uᵀW'x)."""
    M_u, M_x = second_moment(u, k2, s2), second_moment(x, k1, s2)
    return np.trace(M_u @ W @ M_x @ W.T) - (u @ W @ x) ** 2
