"""Real weights of a truncated butterfly for a given real row space."""

from __future__ import annotations

import numpy as np

from fjlt.types import Array, RealArray
from landscape.minima.second_order import Problem, check_size, descend
from landscape.planes.gain import Gain
from landscape.planes.row_spaces import RowSpaces

__all__ = ["real_variables", "variables_of_all"]

STARTS = 32
FIRST_STARTS = 2
CHUNK, CHUNK_BYTES = 64, 1 << 28
"""Descents that run as one batch, at most, and memory for their derivatives."""


def real_variables(spaces: RowSpaces, basis: RealArray, near: Array | None = None) -> RealArray:
    """Real variables whose row space has a given orthonormal basis.

    Parameters
    ----------
    spaces : RowSpaces
    basis : ndarray, shape (k, n)
        Orthonormal rows.
    near : ndarray, shape (V,), optional
        Real or complex variables of this row space. Often their real parts solve the problem.

    Returns
    -------
    ndarray, shape (V,)

    Raises
    ------
    ValueError
        If none are found. That is no proof that there are none.

    Notes
    -----
    The given row space is the one that explains all of Y = basis with X = I. So the reduced loss of
    these data is minimised, from ``near`` and from random starts; its minimum is 0.

    Examples
    --------
    >>> abs(real_variables(RowSpaces(4, [0, 2]), np.eye(4)[[0, 3]])).round(12)
    array([1., 0., 0., 1.])
    """
    if not spaces.size:
        # There is one row space only, the whole of R^n.
        return np.zeros(0)
    if near is not None:
        # The projector onto the orthogonal complement of the given row space.
        complement = np.eye(spaces.n) - basis.T @ basis
        # A real row space has complex variables that differ from real ones by phases, as a rule.
        x = spaces.rescaled(spaces.aligned(near).real)
        if _distance(spaces, x, complement) < 1e-11:
            return x
        (found,) = _descended(spaces, basis[None], x[None])
        if np.isfinite(found).all():
            return found
    (found,) = variables_of_all(spaces, basis[None])
    if np.isfinite(found).all():
        return found
    raise ValueError(
        f"no real weights were found for a row space of the outputs {spaces.rows} of {spaces.n}; "
        "it may have none, or lie at a boundary: try multi_start"
    )


def variables_of_all(spaces: RowSpaces, bases: RealArray) -> RealArray:
    """``real_variables`` of several row spaces at once, NaN where none are found.

    Parameters
    ----------
    spaces : RowSpaces
    bases : ndarray, shape (S, k, n)
        For each row space orthonormal rows.

    Returns
    -------
    ndarray, shape (S, V)

    Examples
    --------
    >>> bases = np.eye(4)[[[0, 1], [2, 3]]]
    >>> np.isfinite(variables_of_all(RowSpaces(4, [0, 1]), bases)).all(axis=1)
    array([ True,  True])
    """
    starts = spaces.random(np.random.default_rng(0), (STARTS,))
    found = np.full((len(bases), spaces.size), np.nan)
    room = CHUNK_BYTES // (8 * max(1, spaces.size) * max(spaces.k * spaces.n, spaces.size))
    for batch in (starts[:FIRST_STARTS], starts[FIRST_STARTS:]) if spaces.size else ():
        step = max(1, min(CHUNK, room) // len(batch))
        left = np.flatnonzero(np.isnan(found[:, 0]))
        for some in (left[first : first + step] for first in range(0, len(left), step)):
            found[some] = _descended(spaces, bases[some], batch)
    return found


def _descended(spaces: RowSpaces, bases: RealArray, starts: RealArray) -> RealArray:
    """Variables that descents from these starts find for each row space; NaN where none do."""
    check_size(spaces, 1)
    # The data are X = I and Y = basis, so that M is the projector, and ‖Y‖_F² = k.
    projectors = np.swapaxes(bases, 1, 2) @ bases
    M = np.repeat(projectors / spaces.k, len(starts), axis=0)
    problem = Problem(Gain(spaces, np.eye(spaces.n), M), float(spaces.k))
    ends = descend(problem, np.tile(starts, (len(bases), 1)), 500, 1e-13)
    found = np.full((len(bases), spaces.size), np.nan)
    for i, projector in enumerate(projectors):
        complement = np.eye(spaces.n) - projector
        own = ends[i * len(starts) : (i + 1) * len(starts)]
        distances = [_distance(spaces, end.x, complement) for end in own]
        if min(distances) < 1e-9:
            found[i] = own[int(np.argmin(distances))].x
    return found


def _distance(spaces: RowSpaces, x: RealArray, complement: RealArray) -> float:
    """Largest entry of an orthonormal basis of the row space at x, projected to the complement.

    It is inf if the rows of W are nearly dependent.
    """
    W = spaces.rows_at(x)
    values = np.linalg.svd(W, compute_uv=False)
    if not values[-1] > 1e-8 * values[0]:
        return np.inf
    return float(np.abs(np.linalg.qr(W.T)[0].T @ complement).max())
