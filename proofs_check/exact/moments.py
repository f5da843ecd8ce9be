"""Closed forms of the second moments of an SRHT and of the errors of a replacement layer.

J is an SRHT of shape (k, n), A = JᵀJ, W' = A2·W·A1 and σ² = (n − k)/(k(n − 1)). By default
``s2``, ``diagonal`` and ``factor`` have their true values; negative controls change them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

import numpy as np

from fjlt.types import Array

__all__ = [
    "Sigma2",
    "bilinear",
    "norm_variance",
    "one_sided",
    "second_moment",
    "sigma2",
    "two_sided",
]

Sigma2 = Callable[[int, int], Fraction]
"""A factor σ² of the variance, as a function of n and k."""


def sigma2(n: int, k: int) -> Fraction:
    """The factor σ² = (n − k)/(k(n − 1)) for k of n rows sampled without replacement."""
    return Fraction(n - k, k * (n - 1))


def norm_variance(x: Sequence[int], k: int) -> Fraction:
    """Var‖Jx‖² = 2σ²(‖x‖⁴ − ‖x‖₄⁴) for the SRHT."""
    return 2 * sigma2(len(x), k) * (sum(t * t for t in x) ** 2 - sum(t**4 for t in x))


def second_moment(x: Array, k: int, s2: Sigma2 = sigma2, diagonal: int = 1) -> Array:
    """E[Axxᵀ A] = (1 + σ²)xxᵀ + σ²‖x‖²I − 2σ²·diag(x²), of shape (n, n)."""
    n, s = len(x), s2(len(x), k)
    return (
        (1 + s) * np.outer(x, x)
        + s * (x @ x) * np.eye(n, dtype=int)
        - 2 * s * diagonal * np.diag(x * x)
    )


def one_sided(W: Array, x: Array, k1: int, s2: Sigma2 = sigma2, diagonal: int = 1) -> Fraction:
    """E‖WA1x − Wx‖² = σ1²(‖W‖_F²‖x‖² + ‖Wx‖² − 2·Σ_a x_a²‖We_a‖²)."""
    Wx = W @ x
    columns = (W**2).sum(axis=0)
    s = s2(len(x), k1)
    return s * (columns.sum() * (x @ x) + Wx @ Wx - 2 * diagonal * (x * x) @ columns)


def two_sided(W: Array, x: Array, k1: int, k2: int, factor: bool = True) -> Fraction:
    """E‖W'x − Wx‖² = (n2/k2 − 1)‖Wx‖² + (n2/k2)·E‖WA1x − Wx‖²."""
    ratio = Fraction(len(W), k2)
    return (ratio - 1) * ((W @ x) @ (W @ x)) + (ratio if factor else 1) * one_sided(W, x, k1)


def bilinear(W: Array, u: Array, x: Array, k1: int, k2: int, s2: Sigma2 = sigma2) -> Fraction:
    """Var(uᵀW'x) = tr(M_u·W·M_x·Wᵀ) − (uᵀWx)², M the second moments of A2u and A1x."""
    # times the denominators q of σ² the second moments are integers
    (M_u, q_u), (M_x, q_x) = (
        (np.vectorize(int, otypes=[object])(q * second_moment(z, k, s2)), q)
        for z, k in ((u, k2), (x, k1))
        for q in [s2(len(z), k).denominator]
    )
    return Fraction(np.trace(M_u @ W @ M_x @ W.T), q_u * q_x) - int(u @ W @ x) ** 2
