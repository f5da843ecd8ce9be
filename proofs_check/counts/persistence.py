"""A spurious minimum of two siblings for all data near given ones, in balls: u = (1, x), v = (y,
1)."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

from flint import arb, arb_mat

__all__ = ["gain_in_balls", "minimum_persists"]


def gain_in_balls(X: arb_mat, u: Sequence[arb], v: Sequence[arb]) -> arb:
    """The gain of an auto-encoder."""
    encoded = arb_mat([[*u, arb(0), arb(0)], [arb(0), arb(0), *v]]) * X
    K, half = encoded * encoded.transpose(), encoded * X.transpose()
    L = half * half.transpose()
    trace = K[1, 1] * L[0, 0] - 2 * K[0, 1] * L[0, 1] + K[0, 0] * L[1, 1]
    return trace / (K[0, 0] * K[1, 1] - K[0, 1] * K[0, 1])


def between(i: int, pieces: int, half: arb) -> arb:
    """Piece i of the interval from −half to half, as a ball."""
    return half * (arb(2 * i + 1, 1) - pieces) / pieces


def minimum_persists(rows: Sequence[Sequence[int]], radius: arb, pieces: int = 60) -> bool:
    """Whether every X with entries that close to these has a minimum with |x| < 9/10 and |y| < 2/5
    above another.

    The gain at x = y = 0 exceeds that on the boundary, so that there is a maximum inside; and all
    values inside are below that of another plane. ``pieces``: of each side, and 20 times as many of
    the boundary.
    """
    X = arb_mat([[entry + arb(0, radius) for entry in row] for row in rows])
    zero, one, sides = arb(0), arb(1), (arb(9) / 10, arb(2) / 5)
    coarse, fine = (
        [[between(i, m, side) for i in range(m)] for side in sides] for m in (pieces, 20 * pieces)
    )
    centre, better = (
        gain_in_balls(X, (one, zero), (zero, one)),
        gain_in_balls(X, (zero, one), (one, zero)),
    )
    boundary = [(s * sides[0], b) for b in fine[1] for s in (-1, 1)] + [
        (a, s * sides[1]) for a in fine[0] for s in (-1, 1)
    ]
    return all(gain_in_balls(X, (one, a), (b, one)) < centre for a, b in boundary) and all(
        gain_in_balls(X, (one, a), (b, one)) < better for a, b in product(*coarse)
    )
