"""The gain tr (WCWᵀ)⁻¹WMWᵀ to second order, exactly: on a line of matrices W, and in variables."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from flint import fmpq, fmpq_mat

from fjlt.types import RealArray
from landscape.planes.row_spaces import RowSpaces
from proofs_check.exact.planted import rational
from proofs_check.row_spaces.points import rows_and_moves

__all__ = ["expansion", "hessian"]


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


def hessian(
    spaces: RowSpaces, x: RealArray, data: tuple[fmpq_mat, fmpq_mat], variables: Sequence[int]
) -> fmpq_mat:
    """Second derivatives of the gain by these variables, for the forms C and M.

    To second order the variables move W by t·U + t²·V/2. The gain has the curvature of t·U, and its
    slope along V. A variable occurs once in a product, so V vanishes for one alone.
    """
    k, n = spaces.k, spaces.n
    W, moves = rows_and_moves(spaces, x)
    # the second derivative of entry (r, c) of W by every two variables
    bends = [spaces.curvature(x, entry) for entry in np.eye(k * n).reshape(-1, k, n)]
    squares = {v: expansion(W, moves[v], *data)[2] for v in variables}
    H = fmpq_mat(len(variables), len(variables))
    for i, a in enumerate(variables):
        H[i, i] = 2 * squares[a]
        for j, b in enumerate(variables[:i]):
            both = expansion(W, moves[a] + moves[b], *data)[2] - squares[a] - squares[b]
            bent = rational(np.array([bend[a, b] for bend in bends]).reshape(k, n))
            H[i, j] = H[j, i] = both + expansion(W, bent, *data)[1]
    return H
