"""Row spaces that a descent cannot leave, for n = 4, the outputs 0 and 2, and k = 2, exactly."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
from sympy import Poly, symbols

from fjlt import Butterfly, TruncatedButterfly, to_dense
from proofs_check.counts.sibling_gain import Pair, SiblingGain, x, y
from proofs_check.exact.instances import EXAMPLE_ROWS

__all__ = [
    "AUTO_ENCODER",
    "Box",
    "Plane",
    "fjlt_starts",
    "has_walls",
    "is_trapped",
    "loses_more",
    "rows_gain_less",
    "stretched",
]

Plane = tuple[Pair, Pair]
Box = Sequence[tuple[Any, Any]]
"""Bounds of the slopes x and y of the planes of ((x, 1), (y, 1))."""

AUTO_ENCODER = [[1, -1, 1, 0], [2, -4, -2, 2], [3, 3, -4, -2], [-4, 3, -4, 4]]
"""Integer data X = Y with two minima of different loss."""

t = symbols("t")


def stretched(a: int, b: int) -> SiblingGain:
    """The gain for X = diag(a, 1, 1, b)·Y, with Y the integer example with a spurious minimum."""
    return SiblingGain((np.diag([a, 1, 1, b]) @ EXAMPLE_ROWS).tolist(), EXAMPLE_ROWS)


def fjlt_starts() -> list[tuple[TruncatedButterfly, Plane]]:
    """The butterfly and its row space, for every sign pattern of an FJLT with n = 4.

    Outputs 0 and 2 span the rows (u, 0) and (0, v), with u0 = v0 = 1.

    Raises
    ------
    ValueError
        If the rows do not have this form.
    """
    starts: list[tuple[TruncatedButterfly, Plane]] = []
    for signs in product([1.0, -1.0], repeat=4):
        B = TruncatedButterfly(Butterfly.hadamard(4, signs).weights, rows=[0, 2])
        first, second = np.rint(2 * to_dense(B)).astype(int)
        # The rows of sibling outputs are (u, v) and (u, −v), up to scale.
        upper, lower = first + second, first - second
        if upper[2:].any() or lower[:2].any():
            raise ValueError(f"signs {signs}: the rows of B do not span (u, 0) and (0, v)")
        starts.append((B, ((1, int(upper[1] // upper[0])), (1, int(lower[3] // lower[2])))))
    return starts


def is_trapped(gain: SiblingGain, start: Plane, end: Plane) -> bool:
    """Whether no path on which the gain stays at or above the start gains more than the end.

    Consider the part of the torus of (u, v) where the gain is at least that of the start. The end
    is a nondegenerate maximum, the only critical point of its value, and there is no other critical
    value from there down to the level of the start. So the component around the end is a disc, by
    Morse theory, and the gain is nowhere larger on it. The segment from the start to the end shows
    that the start lies in this component.

    A path could leave the torus only through an EB of rank below 2. It cannot, since every single
    row gains less than the start.
    """
    level, top, values = gain.at(*start), gain.at(*end), gain.discriminant
    # The critical values are the roots of the discriminant; ``top`` is a simple one.
    if not (
        gain.is_strict_maximum(*end)
        and level < top
        and values.eval(top) == 0 != values.diff().eval(top)
    ):
        return False
    # Sturm's theorem: no other critical value lies in the interval from level to top.
    alone = values.count_roots(level, top) == 1
    N, Q = gain.polynomials(*(_segment(a, b) for a, b in zip(start, end, strict=True)))
    # On the segment N − level·Q has its only root at t = 0: beyond the start the gain is larger.
    return bool(
        alone and Poly(N - level * Q, t).count_roots(0, 1) == 1 and rows_gain_less(gain, level)
    )


def rows_gain_less(gain: SiblingGain, level: Any) -> bool:
    """Whether every single row w gains wMwᵀ/wCwᵀ less than a level."""
    C, M = gain.forms
    return bool((level * C - M).is_positive_definite)


def _segment(a: Pair, b: Pair) -> Pair:
    """The segment from a or −a to b, as polynomials in t; it avoids 0, and the sign is free."""
    sign = 1 if a[0] * b[0] + a[1] * b[1] > 0 else -1
    return tuple(sign * (1 - t) * p + t * q for p, q in zip(a, b, strict=True))


def has_walls(gain: SiblingGain, box: Box, level: Any) -> bool:
    """Whether every path of planes out of a box has somewhere a loss above a level.

    The loss is above it on the four edges of the box, by Sturm's theorem, and for every single row.
    """
    N, Q = gain.polynomials((x, 1), (y, 1))
    rest = gain.trace - level
    edges = [
        (Poly((N - rest * Q).subs(fixed, end), free), bounds)
        for fixed, free, ends, bounds in ((x, y, *box), (y, x, *reversed(box)))
        for end in ends
    ]
    return rows_gain_less(gain, rest) and all(
        edge.eval(low) < 0 and edge.count_roots(low, high) == 0 for edge, (low, high) in edges
    )


def loses_more(gain: SiblingGain, box: Box, level: Any, halvings: int = 5) -> bool:
    """Whether the loss is above a level all over a box; False proves nothing.

    The sides are halved. On each part Bernstein's coefficients bound the polynomial N − gQ.
    """
    N, Q = gain.polynomials((x, 1), (y, 1))
    P = Poly(N - (gain.trace - level) * Q, x, y)
    table = [[Fraction(str(P.coeff_monomial(x**i * y**j))) for j in range(3)] for i in range(3)]
    return _is_negative(table, [tuple(map(Fraction, map(str, side))) for side in box], halvings)


def _is_negative(table: list[list[Fraction]], box: Any, halvings: int) -> bool:
    rows = [_bernstein(row, *box[1]) for row in table]
    columns = [_bernstein(column, *box[0]) for column in zip(*rows, strict=True)]
    if all(entry < 0 for column in columns for entry in column):
        return True
    parts = [((low, (low + high) / 2), ((low + high) / 2, high)) for low, high in box]
    return halvings > 0 and all(_is_negative(table, part, halvings - 1) for part in product(*parts))


def _bernstein(coefficients: Sequence[Fraction], low: Fraction, high: Fraction) -> list[Fraction]:
    """The three coefficients of c0 + c1·s + c2·s² in Bernstein's basis of an interval."""
    a, b, c = coefficients
    return [
        a + b * low + c * low * low,
        a + b * (low + high) / 2 + c * low * high,
        a + b * high + c * high * high,
    ]
