"""Real weights of a truncated butterfly for a given real row space."""

from __future__ import annotations

import numpy as np

from fjlt.types import Array, RealArray
from landscape.minima.second_order import Problem, descend
from landscape.planes.row_spaces import RowSpaces

__all__ = ["real_variables"]

STARTS = 32
FIRST_STARTS = 2


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
    # The projector onto the orthogonal complement of the given row space.
    complement = np.eye(spaces.n) - basis.T @ basis
    if near is not None:
        # A real row space has complex variables that differ from real ones by phases, as a rule.
        x = spaces.rescaled(spaces.aligned(near).real)
        if _distance(spaces, x, complement) < 1e-11:
            return x
    problem = Problem.of(np.eye(spaces.n), basis, spaces.rows, spaces.k)
    starts = spaces.random(np.random.default_rng(0), (STARTS,))
    for batch in ([] if near is None else [x[None]]) + [
        starts[:FIRST_STARTS],
        starts[FIRST_STARTS:],
    ]:
        ends = descend(problem, batch, 500, 1e-13)
        best = min(ends, key=lambda end: _distance(spaces, end.x, complement))
        if _distance(spaces, best.x, complement) < 1e-9:
            return best.x
    raise ValueError(
        f"no real weights were found for a row space of the outputs {spaces.rows} of {spaces.n}; "
        "it may have none, or lie at a boundary: try multi_start"
    )


def _distance(spaces: RowSpaces, x: RealArray, complement: RealArray) -> float:
    """Largest entry of an orthonormal basis of the row space at x, projected to the complement.

    It is inf if the rows of W are nearly dependent.
    """
    W = spaces.rows_at(x)
    values = np.linalg.svd(W, compute_uv=False)
    if not values[-1] > 1e-8 * values[0]:
        return np.inf
    return float(np.abs(np.linalg.qr(W.T)[0].T @ complement).max())
