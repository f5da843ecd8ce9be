"""Slices across the gauge: as many variables as the row spaces have dimensions, the others fixed.

Near a regular point such a slice meets the row spaces in one point each, so that its variables are
coordinates of the row spaces.
"""

from __future__ import annotations

import numpy as np
from flint import arb_mat
from scipy.linalg import qr

from fjlt.types import Array
from landscape.certificates.ball_gain import BallGain
from landscape.certificates.krawczyk import Ball, BallMatrix
from landscape.continuation.path_tracking import refine
from landscape.planes.gain import Forms, Gain
from landscape.planes.lined_spaces import LinedSpaces
from landscape.planes.row_spaces import RowSpaces

__all__ = [
    "NoPoint",
    "NotCertified",
    "failure_reason",
    "is_regular",
    "midpoints",
    "refined_start",
    "slice_variables",
]

NEAR = 1e-3
"""How far Newton's method may move the projector onto the row space at x."""
FAR = 0.03
"""How far its first step may move the variables."""
REGULAR = 1e-9
"""Least ratio of the pivots of the tangent map at which row spaces have coordinates."""
SINGULAR = 1e-9
"""A Hessian on the slice with a smaller inverse condition number is reported as singular, if a
proof fails."""


class NotCertified(Exception):
    """Why there is no proof, and what to try."""


class NoPoint(NotCertified):
    """There is no critical point near, or none with coordinates of this kind."""


def refined_start(spaces: RowSpaces, forms: Forms, start: Array) -> Array:
    """The critical point near a start, shape (V,), in floating point, inner vectors of norm 1.

    Raises
    ------
    NotCertified
        If there is none near, or it is singular.
    """
    with np.errstate(all="ignore"):
        x = spaces.rescaled(start)
        if not np.isfinite(x).all():
            raise NotCertified(
                "the row space is not regular: an inner vector of the butterfly is zero at x"
            )
        W, gain = spaces.rows_at(x), Gain(spaces, *forms)
        if not np.linalg.cond(W @ forms.C @ W.T) < 1e15:
            raise NotCertified(
                "WXXᵀWᵀ is singular at x, W = EB: pass X of higher rank, or x with EB of rank k"
            )
        if spaces.dimension == 0:
            return x
        # The Newton step on the slice must be short,
        unknown = slice_variables(gain, x)
        gradient, hessian = gain.derivatives(x)
        step = np.linalg.norm(
            np.linalg.lstsq(hessian[np.ix_(unknown, unknown)], gradient[unknown], rcond=SINGULAR)[0]
        )
        if not step < FAR:
            raise NoPoint(
                f"x is not near a critical point: Newton's method moves it by {step:.2g}; refine "
                f"it first"
            )
        # and so must be the way of the row space to the critical point.
        try:
            end = spaces.rescaled(refine(spaces, x[None], forms, 3)[0][0])
            moved = _distance(W, spaces.rows_at(end))
        except np.linalg.LinAlgError:
            moved = np.inf
        if not moved < NEAR:
            far = (
                "x is not near a critical point: Newton's method moves its row space by "
                f"{moved:.2g}; refine it first"
            )
            reason = failure_reason(gain, x, unknown, far)
            raise (NoPoint if reason == far else NotCertified)(reason)
        return end


def slice_variables(gain: Gain, x: Array) -> list[int]:
    """d variables that move the row space at x in independent directions, d the dimension.

    Raises
    ------
    NotCertified
        If there are fewer: the point is not regular.
    """
    d = gain.spaces.dimension
    if d == 0:
        return []
    # QR with pivoting chooses well-conditioned columns of the tangent map.
    R, pivots = qr(gain.tangent(x).T, mode="r", pivoting=True)
    size = np.abs(np.diag(R))
    rank = int((size > REGULAR * size[0]).sum())
    if rank < d:
        raise NoPoint(
            f"the row space is not regular: at x the variables move it in {rank} independent "
            f"directions, elsewhere in {d}"
        )
    return sorted(int(v) for v in pivots[:d])


def failure_reason(gain: Gain, x: Array, unknown: list[int], otherwise: str) -> str:
    """Why there is no proof near x: the Hessian is singular, or else ``otherwise``."""
    values = np.linalg.svd(gain.hessian(x)[np.ix_(unknown, unknown)], compute_uv=False)
    flat = int((values <= SINGULAR * values[0]).sum())
    if flat:
        return (
            f"the Hessian modulo the symmetries is singular, or nearly so: {flat} of its "
            f"{len(values)} singular values are below 1e-9 of the largest, as where critical "
            "points come in families; change the data a little"
        )
    return otherwise


def is_regular(gain: BallGain, box: list[Ball]) -> bool:
    """Whether the unknowns move the row space in independent directions at all points of the box.

    True is proved; False is no proof of the contrary.

    Notes
    -----
    Where W₁, k columns of W, is regular, W has the row space of (I, S), S = W₁⁻¹W₂, and the entries
    of S are coordinates of the Grassmannian. As W moves by dW, S moves by W₁⁻¹(dW₂ - dW₁·S). The
    directions are independent if a minor of order d of these d vectors is not zero. If the spaces
    have lines, so do the angles by which they turn; and W meets the sum of the lines in the common
    dimension only, if W and the lines have rank enough.
    """
    k, d = gain.spaces.k, len(gain.unknown)
    if d == 0:
        return True
    W = gain.rows_at(box)
    # Columns W₁ that are far from singular.
    order = qr(midpoints(W), mode="r", pivoting=True)[1].tolist()
    first, rest = order[:k], order[k:]
    try:
        inverse = _columns(W, first).inv()
    except ZeroDivisionError:
        return False
    S = inverse * _columns(W, rest)
    moves = [inverse * (_columns(J, rest) - _columns(J, first) * S) for J in gain.jacobian(box)]
    rows = [
        move.entries() + _turns(gain, box, u) for move, u in zip(moves, gain.unknown, strict=True)
    ]
    return _has_rank(gain.matrix(rows), d) and _meets_lines(gain, W, box)


def _has_rank(a: BallMatrix, rank: int) -> bool:
    """Whether a minor of this order is certain not to vanish, if the rows are independent."""
    # Columns, and rows, of a minor that is far from zero at the midpoints; its enclosure must not
    # contain zero.
    columns = qr(midpoints(a), mode="r", pivoting=True)[1].tolist()[:rank]
    chosen = _columns(a, columns).transpose()
    rows = qr(midpoints(chosen), mode="r", pivoting=True)[1].tolist()[:rank]
    return not _columns(chosen, rows).det().contains(0)


def _turns(gain: BallGain, box: list[Ball], u: int) -> list[Ball]:
    """By how much each line turns with the variable u."""
    return [
        -box[b] if u == a else box[a] if u == b else 0 * box[a]
        for a, b in gain.spaces.lines.tolist()
    ]


def _meets_lines(gain: BallGain, W: BallMatrix, box: list[Ball]) -> bool:
    """Whether W meets the sum of the lines in no more than the common dimension, if there are any.

    Line q lies in the inputs 2q and 2q + 1.
    """
    spaces = gain.spaces
    if not isinstance(spaces, LinedSpaces):
        return True
    half = spaces.n // 2
    R = gain.matrix(half, spaces.n)
    for q, (a, b) in enumerate(spaces.lines.tolist()):
        R[q, 2 * q], R[q, 2 * q + 1] = box[a], box[b]
    both = gain.matrix([*W.tolist(), *R.tolist()])
    return _has_rank(both, spaces.k + half - spaces.common)


def midpoints(a: BallMatrix) -> Array:
    """The midpoints of a matrix of balls, in floating point."""
    kind = float if isinstance(a, arb_mat) else complex
    return np.array([kind(entry) for entry in a.entries()]).reshape(a.nrows(), a.ncols())


def _columns(a: BallMatrix, which: list[int]) -> BallMatrix:
    return type(a)(a.nrows(), len(which), [row[c] for row in a.tolist() for c in which])


def _distance(V: Array, W: Array) -> float:
    """Frobenius norm of the difference of the orthogonal projectors onto two row spaces."""
    P, Q = (q @ np.conj(q.T) for q in (np.linalg.qr(np.conj(a.T))[0] for a in (V, W)))
    return float(np.linalg.norm(P - Q))
