"""Real weights of a truncated butterfly for a given real row space."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from landscape.minima.second_order import Problem, descend
from landscape.planes.row_spaces import RowSpaces

__all__ = ["real_variables"]

Array = NDArray[Any]
STARTS = 32


def real_variables(
    spaces: RowSpaces, basis: Array, near: Array | None = None
) -> NDArray[np.float64]:
    """Real variables whose row space has the given orthonormal basis, shape (k, n).

    Parameters
    ----------
    near : ndarray, shape (V,), optional
        Variables, real or complex, of this row space: often their real part is all that is needed.

    Raises
    ------
    ValueError
        If none are found.

    Notes
    -----
    The row space is the one that explains all of Y = basis with X = I: the reduced loss of these
    data is minimised.

    Examples
    --------
    >>> abs(real_variables(RowSpaces(4, [0, 2]), np.eye(4)[[0, 3]])).round(12)
    array([1., 0., 0., 1.])
    """
    outside = np.eye(spaces.n) - basis.T @ basis
    if near is not None:
        x = spaces.rescaled(spaces.aligned(near).real)
        if _off(spaces, x, outside) < 1e-11:
            return x
    problem = Problem.of(np.eye(spaces.n), basis, spaces.rows, spaces.k)
    starts = spaces.random(np.random.default_rng(0), (STARTS,))
    for batch in ([] if near is None else [x[None]]) + [starts[:2], starts[2:]]:
        ends = descend(problem, batch, 500, 1e-13)
        best = min(ends, key=lambda end: _off(spaces, end.x, outside))
        if _off(spaces, best.x, outside) < 1e-9:
            return best.x
    raise ValueError(
        f"no real weights were found for a row space of the outputs {spaces.rows} of {spaces.n}"
    )


def _off(spaces: RowSpaces, x: Array, outside: Array) -> float:
    """Largest part of an orthonormal basis of the row space outside the wanted one; inf if the rows
    are dependent."""
    W = spaces.rows_at(x)
    values = np.linalg.svd(W, compute_uv=False)
    if not values[-1] > 1e-8 * values[0]:
        return np.inf
    return float(np.abs(np.linalg.qr(W.T)[0].T @ outside).max())
