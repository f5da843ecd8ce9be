"""Recheck, in balls, that data near given ones have a local minimum that is not global, n = 4.

The gain of an auto-encoder at the rows (u, 0) and (0, v), u = (1, x) and v = (y, 1), is N/Q. N and
Q > 0 have degree 2 in x and in y.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Any

from flint import arb, arb_mat, ctx, fmpq, fmpq_mat

from proofs_check.checker.arithmetic.gain import exact, number
from proofs_check.checker.arithmetic.jets import Jet
from proofs_check.checker.bounded import Refused, integer

__all__ = ["check"]

BITS = 128
MAX_DRAWS = 500
MAX_DEPTH = 12

Biquadratic = list[list[arb]]
"""Entry [i][j] is the coefficient of x^i·y^j."""


def check(
    certificate: dict[str, Any], centre: Sequence[Sequence[int]] = (), within: int = 0
) -> tuple[bool, str]:
    """Whether all data in a ball, and further ones, have a spurious minimum.

    For all X of the ball at once: the gain at x = y = 0 exceeds that on the boundary of the
    rectangle |x| <= a, |y| <= b, so that it has a local maximum inside; there it is less than that
    of the rows u = (0, 1), v = (1, 0). Both are inequalities of polynomials, proved by their
    coefficients in the Bernstein basis of parts of the rectangle.

    For each X of the draws: Krawczyk's operator maps a box of (x, y) into its interior, so that it
    holds one critical point, and the Hessian is negative definite all over the box.

    Parameters
    ----------
    certificate : dict
        "ball", {"X": rows, "radius": how far entries may be from these, "rectangle": [a, b]};
        "draws", a list of {"X", "at": [x, y], "size": half the side of the box}; and "certified",
        the number of draws.
    centre, within : rows of int, and int
        With it, the entries of all X of the draws are at most this far from these.
    """
    ball, draws = certificate["ball"], certificate["draws"]
    integer(len(draws), 0, MAX_DRAWS, "the number of draws")
    if len(draws) != certificate["certified"]:
        raise Refused(f"there are {len(draws)} draws, not {certificate['certified']}")
    with ctx.workprec(BITS):
        valid = _all_have_minima(ball)
        for draw in draws:
            valid &= _has_minimum(draw)
            if centre:
                moved = (exact(draw["X"], 8) - fmpq_mat([[*row] for row in centre])).entries()
                valid &= all(abs(x) <= within for x in moved)
    return valid, f"all X of a ball of radius {ball['radius']}, and {len(draws)} others, in balls"


def _all_have_minima(ball: dict[str, Any]) -> bool:
    radius, (a, b) = number(ball["radius"]), (number(side) for side in ball["rectangle"])
    if not min(radius, a, b) > 0:
        raise Refused("a radius or a side is not positive")
    X = arb_mat(
        [[arb(x) + arb(0, arb(radius)) for x in row] for row in exact(ball["X"], 8).tolist()]
    )
    N, Q = _forms(X)
    # at x = y = 0 the rows are e_0 and e_3, and those of the better network are e_1 and e_2
    better_N, better_Q = N[2][2], Q[2][2]
    outside = [[Q[i][j] * N[0][0] - N[i][j] * Q[0][0] for j in range(3)] for i in range(3)]
    inside = [[Q[i][j] * better_N - N[i][j] * better_Q for j in range(3)] for i in range(3)]
    sides = [((s * a, s * a), (-b, b)) for s in (-1, 1)] + [
        ((-a, a), (s * b, s * b)) for s in (-1, 1)
    ]
    return (
        bool(Q[0][0] > 0 and better_Q > 0)
        and all(_is_positive(outside, *side) for side in sides)
        and _is_positive(inside, (-a, a), (-b, b))
    )


def _forms(X: arb_mat) -> tuple[Biquadratic, Biquadratic]:
    """N = tr adj(K)L and Q = det K from the entries of C = XXᵀ and of C²."""
    C = X * X.transpose()
    M = C * C

    def blocks(A: arb_mat) -> tuple[list[arb], list[list[arb]], list[arb]]:
        # A_uu in x, A_uv in x and y, A_vv in y, for u = (1, x) and v = (y, 1)
        upper = [A[0, 0], 2 * A[0, 1], A[1, 1]]
        across = [[A[0, 3], A[0, 2]], [A[1, 3], A[1, 2]]]
        return upper, across, [A[3, 3], 2 * A[2, 3], A[2, 2]]

    (K0, K1, K2), (L0, L1, L2) = blocks(C), blocks(M)

    def mixed(p: list[list[arb]], q: list[list[arb]]) -> Biquadratic:
        total = [[arb(0)] * 3 for _ in range(3)]
        for i, j, s, t in product(range(2), repeat=4):
            total[i + s][j + t] += p[i][j] * q[s][t]
        return total

    KK, KL = mixed(K1, K1), mixed(K1, L1)
    size = range(3)
    Q = [[K0[i] * K2[j] - KK[i][j] for j in size] for i in size]
    N = [[K2[j] * L0[i] + K0[i] * L2[j] - 2 * KL[i][j] for j in size] for i in size]
    return N, Q


def _is_positive(
    p: Biquadratic, x: tuple[fmpq, fmpq], y: tuple[fmpq, fmpq], depth: int = 0
) -> bool:
    """Whether p > 0 on a rectangle: on some subdivision all Bernstein coefficients are positive."""
    rows = [_bernstein([p[i][j] for i in range(3)], *x) for j in range(3)]
    control = [_bernstein([rows[j][i] for j in range(3)], *y) for i in range(3)]
    if all(entry > 0 for row in control for entry in row):
        return True
    if depth == MAX_DEPTH or any(control[i][j] < 0 for i in (0, 2) for j in (0, 2)):
        return False
    return all(
        _is_positive(p, part, other, depth + 1) for part, other in product(_halves(*x), _halves(*y))
    )


def _halves(low: fmpq, high: fmpq) -> list[tuple[fmpq, fmpq]]:
    """Both halves of an interval, or the one point that it is."""
    middle = (low + high) / 2
    return [(low, middle), (middle, high)] if low < high else [(low, high)]


def _bernstein(p: Sequence[arb], low: fmpq, high: fmpq) -> list[arb]:
    """The coefficients of p0 + p1·t + p2·t² on an interval: the ends, and its polar form there."""
    ends = [p[0] + p[1] * s + p[2] * s * s for s in (arb(low), arb(high))]
    middle = p[0] + p[1] * arb((low + high) / 2) + p[2] * arb(low * high)
    return [ends[0], middle, ends[1]]


def _has_minimum(draw: dict[str, Any]) -> bool:
    """Whether there is one critical point in the box, a strict and spurious minimum of the loss."""
    X, size = arb_mat(exact(draw["X"], 8)), arb(number(draw["size"]))
    at = [arb(number(text)) for text in draw["at"]]
    if X.nrows() != 4 or len(at) != 2 or not size > 0:
        raise Refused("a draw has no X of 4 rows, no point (x, y) or no box")
    N, Q = _forms(X)
    step = arb(0, size)
    centre, box = _gain(N, Q, at), _gain(N, Q, [t + step for t in at])
    H = box.hessian
    # the inverse of the Hessian at the centre, up to rounding, as a preconditioner
    A = arb_mat([[x.mid() for x in row] for row in centre.hessian.inv().tolist()])
    one, move = arb_mat([[1, 0], [0, 1]]), arb_mat(2, 1, [step, step])
    image = (one - A * H) * move - A * centre.gradient
    contracts = all(abs(x) < size for x in image.entries())
    definite = H[0, 0] < 0 and H[0, 0] * H[1, 1] - H[0, 1] * H[1, 0] > 0
    return bool(contracts and definite and box.value * Q[2][2] < N[2][2])


def _gain(N: Biquadratic, Q: Biquadratic, at: Sequence[arb]) -> Jet:
    """N/Q as a function of x and y."""
    x, y = (Jet.variable(t, i, 2) for i, t in enumerate(at))

    def value(p: Biquadratic) -> Jet:
        total = Jet.constant(arb(0), 2)
        for row in reversed(p):
            inner = Jet.constant(arb(0), 2)
            for entry in reversed(row):
                inner = inner * y + Jet.constant(entry, 2)
            total = total * x + inner
        return total

    return value(N) * value(Q).reciprocal()
