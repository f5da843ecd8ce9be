"""Prove that the eigenvalues of Σ(B) are distinct and positive, for data in floating point."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
from flint import arb, arb_mat, ctx
from scipy.linalg import eigh

from fjlt.types import RealArray

__all__ = ["BITS", "eigenvalues"]

BITS = 256

Enclosed = tuple[RealArray, RealArray]
"""Midpoints and radii: every matrix that differs by no more than the radii, entry by entry."""


def product(a: Enclosed, b: Enclosed) -> Enclosed:
    """Midpoints and radii that enclose all products of two enclosed matrices.

    In whatever order the terms are summed, |fl(AB) − AB| <= γ|A||B| with γ = mu/(1 − mu), where m
    is the inner dimension and u = 2^−53. Twice m covers the rounding of the radius itself, and the
    smallest normal number covers underflow.

    References
    ----------
    N. J. Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., SIAM (2002), section 3.5.
    """
    (A, ra), (B, rb) = a, b
    m, u = A.shape[1] + 8, 2.0**-53
    gamma = 2 * m * u / (1 - 2 * m * u)
    radius = gamma * (np.abs(A) @ np.abs(B)) + np.abs(A) @ rb + ra @ (np.abs(B) + rb)
    return A @ B, radius * (1 + 2 * gamma) + m * np.finfo(float).tiny


def eigenvalues(X: RealArray, Y: RealArray, B: RealArray, bits: int = BITS) -> list[arb] | None:
    """The l largest eigenvalues of Σ(B) in disjoint positive balls, largest first, or None.

    With X̃ = BX and G = X̃X̃ᵀ they are the eigenvalues of G⁻¹X̃YᵀYX̃ᵀ, one in each ball. None means
    that the rounding errors leave open whether G is invertible, or whether the eigenvalues are
    positive and distinct. It does not mean that they are not.

    Parameters
    ----------
    X, Y, B : ndarray
        Data of shapes (n, d) and (m, d), and the encoder's fixed matrix, of shape (l, n).
    bits : int, optional
        Precision of the balls.

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
    # a change of basis of the code moves no eigenvalue; this one makes both matrices nearly
    # diagonal, so that the discs below are small
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
    """Disjoint positive balls around the eigenvalues of G⁻¹·cross·crossᵀ, or None."""
    try:
        similar = _balls(G).solve(_balls(cross) * _balls(_transposed(cross))).tolist()
    except ZeroDivisionError:  # some matrix within the radii may be singular
        return None
    # Gershgorin: a disc that meets no other holds one eigenvalue; its conjugate lies in the same
    # disc, so the eigenvalue is real
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
