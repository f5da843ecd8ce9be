"""Second-order expansion of the gain tr (WCWᵀ)⁻¹WMWᵀ along a line of matrices W."""

from __future__ import annotations

from flint import fmpq, fmpq_mat

__all__ = ["expansion"]


def expansion(W: fmpq_mat, V: fmpq_mat, C: fmpq_mat, M: fmpq_mat) -> tuple[fmpq, fmpq, fmpq]:
    """The coefficients of 1, t and t² in f(W + tV), exact.

    With K(t) = K0 + tK1 + t²K2, and likewise L(t), the inverse of K(t) is expanded as a Neumann
    series about that of K0.
    """
    inverse = (W * C * W.transpose()).inv()
    L0, (K1, L1) = (
        W * M * W.transpose(),
        (W * A * V.transpose() + V * A * W.transpose() for A in (C, M)),
    )
    K2, L2 = V * C * V.transpose(), V * M * V.transpose()
    first = inverse * K1
    second = first * first - inverse * K2
    parts = inverse * L0, inverse * L1 - first * inverse * L0
    last = inverse * L2 - first * inverse * L1 + second * inverse * L0
    value, slope, curvature = (
        sum((p[i, i] for i in range(p.nrows())), fmpq(0)) for p in (*parts, last)
    )
    return value, slope, curvature
