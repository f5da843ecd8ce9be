"""The row space of a truncated butterfly nearest to a given plane, by descent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.linalg import subspace_angles
from scipy.optimize import minimize

from fjlt import boundary
from fjlt.runs.backends import one_blas_thread
from fjlt.types import RealArray, RNGLike
from landscape.planes.row_spaces import RowSpaces

__all__ = ["NearestRowSpace", "nearest_row_space"]

POWERS = 1, 8, 64
"""Powers p of the sums that are minimised in turn; the last is near the largest."""
STEPS = 200


@dataclass(frozen=True, eq=False)
class NearestRowSpace:
    """A row space of E·B near a given plane.

    Attributes
    ----------
    basis : ndarray, shape (k, n)
        Orthonormal rows that span it.
    angles : ndarray, shape (k,)
        Principal angles between the row space and the plane, in radians, the largest first.

    Examples
    --------
    >>> near = nearest_row_space(np.eye(4)[[0, 2]], rows=[0, 2], rng=0)
    >>> near.basis.shape, near.angles.shape
    ((2, 4), (2,))
    """

    basis: RealArray
    angles: RealArray

    @property
    def largest(self) -> float:
        """The largest principal angle, in radians."""
        return float(self.angles[0])


@one_blas_thread()
def nearest_row_space(
    U: ArrayLike, rows: Iterable[int], starts: int = 8, rng: RNGLike = None
) -> NearestRowSpace:
    """A row space of E·B with a small largest principal angle to the plane that U spans.

    Parameters
    ----------
    U : array_like, shape (k, n)
        Independent rows; n is a power of 2.
    rows : iterable of int
        Kept outputs of the butterfly B, distinct, at least k of them.
    starts : int
        Number of descents, from random weights.
    rng : None, int, SeedSequence, BitGenerator or Generator
        Draws the weights.

    Returns
    -------
    NearestRowSpace
        The best end of the descents. Its largest angle is an upper bound of the distance of the
        plane from the row spaces; that it is the distance is not proved.

    Raises
    ------
    ValueError, TypeError
        If entries of U are complex or not finite, its rows are dependent, n is not a power of 2,
        rows are out of range or repeated, or fewer than k, or starts < 1.

    See Also
    --------
    far_plane : A plane with a proved lower bound of this angle.

    Notes
    -----
    Let the rows of U be orthonormal, and P the projector onto the row space. The descents minimise
    (tr (I - UPUᵀ)^p)^(1/p), the p-norm of the squared sines of the angles, for p = 1, 8 and 64 in
    turn. For white X it is for p = 1 the loss of the network with the targets UX, divided by the
    number of samples. Cost: some hundred gradients for each start. Source: this library's; beyond
    arXiv 2007.08864.

    Examples
    --------
    Siblings have row spaces that are spanned by (u, 0) and (0, v). The first half of the inputs is
    orthogonal to a vector of each:

    >>> near = nearest_row_space(np.eye(4)[:2], rows=[0, 2], rng=0)
    >>> round(float(np.degrees(near.largest)), 6)
    90.0
    """
    basis = boundary.matrix(U, "U", real=True).astype(np.float64, copy=False)
    basis = basis / max(np.abs(basis).max(), np.finfo(float).tiny)
    k, n = basis.shape
    spaces = RowSpaces(n, rows, k)
    starts = boundary.dimension(starts, "starts")
    if np.linalg.matrix_rank(basis) < k:
        raise ValueError(f"the {k} rows of U are dependent; they must span a {k}-plane")
    basis = np.linalg.qr(basis.T)[0].T
    (generator,) = boundary.generators(rng, 1)
    if not spaces.size:
        # R^n is the only row space.
        return NearestRowSpace(basis, np.zeros(k))
    ends = [_descend(spaces, basis, spaces.random(generator)) for _ in range(starts)]
    return min(ends, key=lambda end: end.largest)


def _descend(spaces: RowSpaces, basis: RealArray, x: RealArray) -> NearestRowSpace:
    """The end of a descent from these variables."""
    for p in POWERS:
        end = minimize(
            _sines, x, (spaces, basis, p), "L-BFGS-B", jac=True, options={"maxiter": STEPS}
        )
        x = spaces.rescaled(end.x)
    plane = np.linalg.qr(spaces.rows_at(x).T)[0].T
    return NearestRowSpace(plane, subspace_angles(basis.T, plane.T))


def _sines(x: RealArray, spaces: RowSpaces, basis: RealArray, p: int) -> tuple[float, RealArray]:
    """The p-norm of the squared sines of the principal angles, and its gradient."""
    Q, R = np.linalg.qr(spaces.rows_at(x).T)
    cosines = basis @ Q
    # What the projection to the row space leaves of the plane.
    left = basis - cosines @ Q.T
    if p == 1:
        norm, weighted = float(np.vdot(left, left)), left
    else:
        squares, vectors = np.linalg.eigh(left @ left.T)
        squares = np.maximum(squares, 0)
        largest = max(squares[-1], np.finfo(float).tiny)
        norm = largest * float(np.sum((squares / largest) ** p)) ** (1 / p)
        # The derivative of the norm by a change of the matrix of squares, times what is left.
        weighted = (vectors * (squares / norm) ** (p - 1)) @ (vectors.T @ left)
    return norm, spaces.gradient(x, np.linalg.solve(R, -2 * cosines.T @ weighted))
