"""Eigenvalues of Σ(B) in rigorous balls, from data in floating point: do they differ, are they
positive?"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
from flint import arb, arb_mat, ctx
from numpy.typing import NDArray
from scipy.linalg import eigh

__all__ = ["BITS", "eigenvalues"]

BITS = 256

Array = NDArray[np.float64]
Enclosed = tuple[Array, Array]  # midpoints and radii


def product(a: Enclosed, b: Enclosed) -> Enclosed:
    """Midpoints and radii that enclose every product; one unit in the last place a term, in
    whatever order summed.

    |fl(AB) − AB| <= γ·|A||B| with γ = mu/(1 − mu), m the inner dimension and u = 2^−53; 2m in place of m covers the
    rounding of the radius itself, and the smallest normal number underflow.
    """
    (A, ra), (B, rb) = a, b
    m, u = A.shape[1] + 8, 2.0**-53
    gamma = 2 * m * u / (1 - 2 * m * u)
    radius = gamma * (np.abs(A) @ np.abs(B)) + np.abs(A) @ rb + ra @ (np.abs(B) + rb)
    return A @ B, radius * (1 + 2 * gamma) + m * np.finfo(float).tiny


def eigenvalues(X: Array, Y: Array, B: Array, bits: int = BITS) -> list[arb] | None:
    """Disjoint positive balls, decreasing, with one eigenvalue of G⁻¹X̃YᵀYX̃ᵀ each, or None where
    there are none.

    X̃ = BX and G = X̃X̃ᵀ. These are the l largest eigenvalues of Σ(B). None means that G or the
    gaps could not be separated from zero with the rounding errors of the products, which need not
    be so in truth.

    Examples
    --------
    >>> X = np.diag([3.0, 2.0, 1.0])
    >>> [round(float(ball)) for ball in eigenvalues(X, X, np.eye(3))]
    [9, 4, 1]
    >>> eigenvalues(np.eye(3), np.eye(3), np.eye(3)) is None
    True
    """
    exact = [(a, np.zeros_like(a)) for a in (B, X, Y)]
    encoded = product(exact[0], exact[1])
    # no change of basis of the code moves an eigenvalue; this one makes both matrices nearly
    # diagonal
    try:
        crossed = encoded[0] @ Y.T
        _, change = eigh(crossed @ crossed.T, encoded[0] @ encoded[0].T)
    except np.linalg.LinAlgError:
        return None
    encoded = product((change.T, np.zeros_like(change)), encoded)
    G, cross = product(encoded, _transposed(encoded)), product(encoded, _transposed(exact[2]))
    with ctx.workprec(bits):
        return _separated(G, cross)


def _separated(G: Enclosed, cross: Enclosed) -> list[arb] | None:
    """Disjoint positive discs around the eigenvalues of G⁻¹·cross·crossᵀ, in the precision in
    force."""
    try:
        similar = _balls(G).solve(_balls(cross) * _balls(_transposed(cross))).tolist()
    except ZeroDivisionError:  # a singular matrix
        return None
    # Gershgorin: a disc that meets no other holds one eigenvalue, and its conjugate, which is
    # therefore the same
    radii = (
        sum((abs(a) for j, a in enumerate(row) if j != i), arb(0)) for i, row in enumerate(similar)
    )
    discs = [
        row[i] + arb(0, radius.upper())
        for i, (row, radius) in enumerate(zip(similar, radii, strict=True))
    ]
    discs.sort(key=float, reverse=True)
    return discs if bool(discs[-1] > 0) and all(bool(a > b) for a, b in pairwise(discs)) else None


def _transposed(a: Enclosed) -> Enclosed:
    return a[0].T, a[1].T


def _balls(a: Enclosed) -> Any:
    rows = zip(a[0].tolist(), a[1].tolist(), strict=True)
    return arb_mat([[arb(m, r) for m, r in zip(*row, strict=True)] for row in rows])
