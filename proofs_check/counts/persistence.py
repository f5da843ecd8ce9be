"""A spurious minimum that persists for all data near given ones, proved in ball arithmetic.

The kept outputs are two siblings with rows (u, 0) and (0, v), where u = (1, x) and v = (y, 1).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

from flint import arb, arb_mat

__all__ = ["gain_in_balls", "minimum_persists"]


def gain_in_balls(X: arb_mat, u: Sequence[arb], v: Sequence[arb]) -> arb:
    """The gain tr K⁻¹L of the rows (u, 0) and (0, v), for Y = X."""
    encoded = arb_mat([[*u, arb(0), arb(0)], [arb(0), arb(0), *v]]) * X
    K, half = encoded * encoded.transpose(), encoded * X.transpose()
    L = half * half.transpose()
    trace = K[1, 1] * L[0, 0] - 2 * K[0, 1] * L[0, 1] + K[0, 0] * L[1, 1]
    return trace / (K[0, 0] * K[1, 1] - K[0, 1] * K[0, 1])


def between(i: int, pieces: int, half: arb) -> arb:
    """Piece i of the interval from −half to half, cut into equal pieces, as a ball."""
    return half * (arb(2 * i + 1, 1) - pieces) / pieces


def minimum_persists(rows: Sequence[Sequence[int]], radius: arb, pieces: int = 60) -> bool:
    """Whether every X near these rows has a local minimum that is not global.

    If True, it lies where |x| < 9/10 and |y| < 2/5. The gain at x = y = 0 exceeds all gains on the
    boundary of this rectangle, so that the gain has a local maximum, and the loss a local minimum,
    inside; and all gains inside are below that of another plane. False means that the balls are too
    wide to prove it.

    Parameters
    ----------
    rows : sequence of sequences of int
        The entries of X.
    radius : flint.arb
        How far the entries may be from these.
    pieces : int, optional
        Into how many pieces each side of the rectangle is cut; for the boundary, 20 times as many.
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
    # the four sides of the rectangle, where the values are closest to that of the centre, finely
    boundary = [(s * sides[0], b) for b in fine[1] for s in (-1, 1)] + [
        (a, s * sides[1]) for a in fine[0] for s in (-1, 1)
    ]
    return all(gain_in_balls(X, (one, a), (b, one)) < centre for a, b in boundary) and all(
        gain_in_balls(X, (one, a), (b, one)) < better for a, b in product(*coarse)
    )
