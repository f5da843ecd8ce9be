"""How fast row spaces move with their variables: the geometry in which descents measure their
steps."""

from __future__ import annotations

from typing import Any, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from landscape.planes.gain import Gain
from landscape.planes.row_spaces import RowSpaces

__all__ = ["Motion", "framed", "motion"]

Array = NDArray[Any]


class _Framed:
    """Row spaces near points x, shape (S, V), with the rows of W orthonormal there: A·W, A
    fixed."""

    def __init__(self, spaces: RowSpaces, x: Array) -> None:
        self.spaces, self.dimension = spaces, spaces.dimension
        left, sizes, _ = np.linalg.svd(spaces.rows_at(x), full_matrices=False)
        self.frame = np.swapaxes(left / sizes[..., None, :], -1, -2)

    def rows_at(self, x: Array) -> Array:
        return np.asarray(self.frame @ self.spaces.rows_at(x))

    def jacobian(self, x: Array) -> Array:
        J = self.spaces.jacobian(x)
        return np.asarray(self.frame @ J.reshape(*J.shape[:2], -1)).reshape(J.shape)

    def curvature(self, x: Array, G: Array) -> Array:
        return np.asarray(self.spaces.curvature(x, np.swapaxes(self.frame, -1, -2) @ G))


def framed(gain: Gain, x: Array) -> Gain:
    """The same gain near points x, shape (S, V), computed from rows that are orthonormal there.

    It keeps its digits where the rows of W are nearly dependent, and its ``tangent`` measures
    principal angles.

    Examples
    --------
    >>> gain = Gain(RowSpaces(4, [0, 2]), np.eye(4), np.diag([4.0, 3.0, 2.0, 1.0]))
    >>> x = np.array([[3.0, 0, 0, 5]])
    >>> framed(gain, x)(x).round(12).tolist(), np.abs(framed(gain, x).tangent(x)).sum(axis=2).round(3).tolist()
    ([5.0], [[0.0, 0.333, 0.2, 0.0]])
    """
    return Gain(cast(RowSpaces, _Framed(gain.spaces, x)), gain.C, gain.M)


class Motion(NamedTuple):
    """Directions of the variables, by how far they move the row space.

    Attributes
    ----------
    basis : ndarray, shape (S, V, V)
        Orthonormal columns; those after the first ``dimension`` move no row space.
    sizes : ndarray, shape (S, V)
        The angle by which the row space turns for a unit along each, decreasing.
    regularity : ndarray, shape (S,)
        The least of the first ``dimension`` sizes, 0 where a weight 0 between two layers holds the
        row space; or the least singular value of W over its largest, 0 where the rows of E·B are
        dependent, whichever is less.
    """

    basis: Array
    sizes: Array
    regularity: Array


def motion(gain: Gain, x: Array) -> Motion:
    """Motion of the row spaces at variables x, shape (S, V); cost O(V²kn) a point.

    Examples
    --------
    >>> siblings = Gain(RowSpaces(4, [0, 2]), np.eye(4), np.eye(4))
    >>> motion(siblings, np.array([[1.0, 0, 0, 1]])).sizes.round(12).tolist()
    [[1.0, 1.0, 0.0, 0.0]]
    """
    d, tangent = gain.spaces.dimension, framed(gain, x).tangent(x)
    wide = np.pad(tangent, ((0, 0), (0, 0), (0, max(0, x.shape[-1] - tangent.shape[-1]))))
    basis, sizes, _ = np.linalg.svd(wide, full_matrices=False)
    rows = np.linalg.svd(gain.spaces.rows_at(x), compute_uv=False)
    independence = rows[:, -1] / rows[:, 0]
    return Motion(basis, sizes, np.minimum(independence, sizes[:, d - 1]) if d else independence)
