"""The gain tr (WCWᵀ)⁻¹WMWᵀ to second order, exactly: on a line of matrices W, and in variables."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from flint import fmpq, fmpq_mat

from fjlt.types import RealArray
from landscape.planes.row_spaces import RowSpaces
from proofs_check.exact.planted import rational
from proofs_check.row_spaces.points import rows_and_moves

__all__ = ["expansion", "gradient", "hessian"]


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


def gradient(W: fmpq_mat, moves: Sequence[fmpq_mat], C: fmpq_mat, M: fmpq_mat) -> list[fmpq]:
    """The first derivatives of f at W along each of the matrices, exact."""
    slope = _first_order(W, C, M)[2]
    return (_entries([slope]) * _entries(moves).transpose()).entries()


def _first_order(W: fmpq_mat, C: fmpq_mat, M: fmpq_mat) -> tuple[fmpq_mat, fmpq_mat, fmpq_mat]:
    """P = K⁻¹, T = PLP, and the gradient 2(PWM − TWC) of f in W."""
    WC, WM = W * C, W * M
    P = (WC * W.transpose()).inv()
    T = P * (WM * W.transpose()) * P
    return P, T, 2 * (P * WM - T * WC)


def hessian(
    spaces: RowSpaces, x: RealArray, data: tuple[fmpq_mat, fmpq_mat], variables: Sequence[int]
) -> fmpq_mat:
    """Second derivatives of the gain by these variables, for the forms C and M.

    With P = K⁻¹, T = PLP and K_a, L_a for the derivatives of K and L by a variable that moves W
    along U_a, the second derivative by a and b is

        2 tr (P·U_a·M·U_bᵀ − T·U_a·C·U_bᵀ) − tr P(K_a·P·L_b + K_b·P·L_a) + 2 tr K_a·P·K_b·T

    and the slope 2⟨PWM − TWC, V_ab⟩ along the second derivative V_ab of W. A variable occurs once
    in a product, so V_ab vanishes for a = b.
    """
    k, n = spaces.k, spaces.n
    W, moves = rows_and_moves(spaces, x)
    C, M = data
    P, T, slope = _first_order(W, C, M)
    # 2⟨PWM − TWC, V_ab⟩ for every two variables, with the second derivatives of each entry of W
    bends = [spaces.curvature(x, entry) for entry in np.eye(k * n).reshape(-1, k, n)]
    chosen = np.ix_(list(variables), list(variables))
    bent = rational(np.array([bend[chosen].ravel() for bend in bends]).T)
    along = (bent * fmpq_mat(k * n, 1, slope.entries())).entries()
    WC, WM = W * C, W * M
    PK, PL, TK, moved = [], [], [], []
    for v in variables:
        U = moves[v]
        half_K, half_L = WC * U.transpose(), WM * U.transpose()
        K, L = half_K + half_K.transpose(), half_L + half_L.transpose()
        PK.append(P * K)
        PL.append((P * L).transpose())
        TK.append((T * K).transpose())
        moved.append(P * U * M - T * U * C)
    # tr AB is the inner product of the entries of A and of Bᵀ
    straight = _entries(moved) * _entries([moves[v] for v in variables]).transpose()
    crossed = _entries(PK) * _entries(PL).transpose()
    turned = _entries(PK) * _entries(TK).transpose()
    size = len(variables)
    curved = fmpq_mat(size, size, along)
    return 2 * (straight + turned) - crossed - crossed.transpose() + curved


def _entries(matrices: Sequence[fmpq_mat]) -> fmpq_mat:
    """The entries of each matrix in a row."""
    return fmpq_mat([a.entries() for a in matrices])
