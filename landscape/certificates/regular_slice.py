"""Coordinates of row spaces near a critical point: as many variables as there are dimensions, the
others fixed."""

from __future__ import annotations

from typing import Any

import numpy as np
from flint import arb_mat
from numpy.typing import NDArray
from scipy.linalg import qr

from landscape.certificates.ball_gain import BallGain
from landscape.continuation.path_tracking import refine
from landscape.planes.gain import Forms, Gain
from landscape.planes.row_spaces import RowSpaces

__all__ = ["Refusal", "coordinates", "doubt", "is_regular", "midpoints", "polished"]

Array = NDArray[Any]
Matrix = Any

NEAR = 1e-3
"""How far Newton's method may move the projector to the row space of a point that counts as
critical."""
FAR = 0.03
"""How far the first step may move the variables."""
REGULAR = 1e-9
"""Least ratio of the pivots of the tangent map at which row spaces have coordinates."""
SINGULAR = 1e-9
"""Hessians in these coordinates with a smaller inverse condition number are reported as singular,
if a proof fails."""


class Refusal(Exception):
    """Why there is no proof, and what to try."""


def polished(spaces: RowSpaces, forms: Forms, start: Array) -> Array:
    """The end of Newton's method from a point, shape (V,), near a critical one; with inner vectors
    of norm 1.

    Raises
    ------
    Refusal
        If there is none near, or it is singular.
    """
    with np.errstate(all="ignore"):
        x = spaces.rescaled(start)
        if not np.isfinite(x).all():
            raise Refusal(
                "the row space is not regular: an inner vector of the butterfly is zero at x"
            )
        W, gain = spaces.rows_at(x), Gain(spaces, *forms)
        if not np.linalg.cond(W @ forms.C @ W.T) < 1e15:
            raise Refusal(
                "WXXᵀWᵀ is singular at x, W = EB: pass X of higher rank, or x with EB of rank k"
            )
        if spaces.dimension == 0:
            return x
        unknown = coordinates(gain, x)
        gradient, hessian = gain.derivatives(x)
        step = np.linalg.norm(
            np.linalg.lstsq(hessian[np.ix_(unknown, unknown)], gradient[unknown], rcond=SINGULAR)[0]
        )
        if not step < FAR:
            raise Refusal(
                f"x is not near a critical point: Newton's method moves it by {step:.2g}; refine "
                f"it first"
            )
        try:
            end = spaces.rescaled(refine(spaces, x[None], forms, 3)[0][0])
            moved = _distance(W, spaces.rows_at(end))
        except np.linalg.LinAlgError:
            moved = np.inf
        if not moved < NEAR:
            far = f"x is not near a critical point: Newton's method moves its row space by {moved:.2g}; refine it first"
            raise Refusal(doubt(gain, x, unknown, far))
        return end


def coordinates(gain: Gain, x: Array) -> list[int]:
    """As many variables as there are dimensions, that move the row space at x in independent
    directions.

    Raises
    ------
    Refusal
        If there are not as many.
    """
    d = gain.spaces.dimension
    if d == 0:
        return []
    R, pivots = qr(gain.tangent(x).T, mode="r", pivoting=True)
    size = np.abs(np.diag(R))
    rank = int((size > REGULAR * size[0]).sum())
    if rank < d:
        raise Refusal(
            f"the row space is not regular: at x the variables move it in {rank} independent "
            f"directions, elsewhere in {d}"
        )
    return sorted(int(v) for v in pivots[:d])


def doubt(gain: Gain, x: Array, unknown: list[int], otherwise: str) -> str:
    """Why the critical point near x is not proved: a singular Hessian, or else what is told."""
    values = np.linalg.svd(gain.hessian(x)[np.ix_(unknown, unknown)], compute_uv=False)
    flat = int((values <= SINGULAR * values[0]).sum())
    if flat:
        return (
            f"the Hessian modulo the symmetries is singular, or nearly so: {flat} of its "
            f"{len(values)} singular values "
            "are below 1e-9 of the largest, as where critical points come in families; change the "
            "data a little"
        )
    return otherwise


def is_regular(gain: BallGain, box: list[Any]) -> bool:
    """Whether it is certain that the unknowns move the row space in independent directions all over
    the box.

    In a chart in which W = W₁·(I, S) the row space moves by W₁⁻¹(dW₂ - dW₁·S); a minor of order d
    is not zero.
    """
    k, n, d = gain.spaces.k, gain.spaces.n, len(gain.unknown)
    if d == 0:
        return True
    W = gain.rows_at(box)
    order = qr(midpoints(W), mode="r", pivoting=True)[1].tolist()
    first, rest = order[:k], order[k:]
    try:
        inverse = _columns(W, first).inv()
    except ZeroDivisionError:
        return False
    S = inverse * _columns(W, rest)
    moves = [inverse * (_columns(J, rest) - _columns(J, first) * S) for J in gain.jacobian(box)]
    tangent = gain.matrix(d, k * (n - k), [entry for move in moves for entry in move.entries()])
    minor = qr(midpoints(tangent), mode="r", pivoting=True)[1].tolist()[:d]
    return not _columns(tangent, minor).det().contains(0)


def midpoints(a: Matrix) -> Array:
    """A matrix of balls in floating point."""
    kind = float if isinstance(a, arb_mat) else complex
    return np.array([kind(entry) for entry in a.entries()]).reshape(a.nrows(), a.ncols())


def _columns(a: Matrix, which: list[int]) -> Matrix:
    return type(a)(a.nrows(), len(which), [row[c] for row in a.tolist() for c in which])


def _distance(V: Array, W: Array) -> float:
    P, Q = (q @ np.conj(q.T) for q in (np.linalg.qr(np.conj(a.T))[0] for a in (V, W)))
    return float(np.linalg.norm(P - Q))
