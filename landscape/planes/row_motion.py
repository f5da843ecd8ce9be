"""How fast row spaces move with their variables: the metric in which descents measure their steps.

Distances between row spaces are principal angles. They do not depend on the variables chosen.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from fjlt.types import Array
from landscape.planes.gain import Gain

__all__ = ["FramedGain", "Motion", "motion"]


class FramedGain(Gain):
    """A gain near points x, shape (S, V), computed from rows A·W that are orthonormal at x.

    A, shape (S, k, k), is fixed: A·W(z) has the row space of W(z) at all variables z, so that the
    gain is the same function. It keeps its digits where the rows of W are nearly dependent. The
    norms of its ``tangent`` are rates of change of principal angles.

    Examples
    --------
    >>> from landscape.planes.row_spaces import RowSpaces
    >>> gain = Gain(RowSpaces(4, [0, 2]), np.eye(4), np.diag([4.0, 3.0, 2.0, 1.0]))
    >>> x = np.array([[3.0, 0, 0, 5]])
    >>> near = FramedGain(gain, x)
    >>> near(x).round(12).tolist(), np.abs(near.tangent(x)).sum(axis=2).round(3).tolist()
    ([5.0], [[0.0, 0.333, 0.2, 0.0]])
    """

    def __init__(self, gain: Gain, x: Array) -> None:
        super().__init__(gain.spaces, gain.C, gain.M)
        W, J = gain.spaces.rows_at(x), gain.spaces.jacobian(x)
        # W = U·S·Vᵀ, so that A = S⁻¹Uᵀ makes A·W = Vᵀ.
        left, self.sizes, _ = np.linalg.svd(W, full_matrices=False)
        self.frame = np.swapaxes(left / self.sizes[..., None, :], -1, -2)
        # At x itself they are needed again and again.
        self._x, self._rows, self._moves = x, self._framed(W), self._framed(J)

    def _framed(self, J: Array) -> Array:
        """A·J, J of shape (S, k, …, n)."""
        return np.asarray(self.frame @ J.reshape(*J.shape[:2], -1)).reshape(J.shape)

    def _rows_at(self, x: Array) -> Array:
        return self._rows if x is self._x else self._framed(self.spaces.rows_at(x))

    def _jacobian(self, x: Array) -> Array:
        return self._moves if x is self._x else self._framed(self.spaces.jacobian(x))

    def _curvature(self, x: Array, G: Array) -> Array:
        # <G, A·∂²W> = <AᵀG, ∂²W>.
        return np.asarray(self.spaces.curvature(x, np.swapaxes(self.frame, -1, -2) @ G))


class Motion(NamedTuple):
    """Singular value decomposition of the differential x ↦ row space.

    Attributes
    ----------
    basis : ndarray, shape (S, V, V)
        Orthonormal directions of the variables, as columns; those after the first ``dimension``
        move no row space.
    sizes : ndarray, shape (S, V)
        The angle by which the row space turns for a unit along each direction, decreasing.
    regularity : ndarray, shape (S,)
        The lesser of two numbers: the last of the first ``dimension`` sizes, which is 0 where a
        weight 0 between two layers holds the row space; and the least singular value of W over its
        largest, which is 0 where the rows of E·B are dependent.
    """

    basis: Array
    sizes: Array
    regularity: Array


def motion(gain: FramedGain, x: Array) -> Motion:
    """Motion of the row spaces at variables x, shape (S, V); cost O(V²kn) a point.

    The frame is that of the same points.

    Examples
    --------
    >>> from landscape.planes.row_spaces import RowSpaces
    >>> x = np.array([[1.0, 0, 0, 1]])
    >>> siblings = FramedGain(Gain(RowSpaces(4, [0, 2]), np.eye(4), np.eye(4)), x)
    >>> motion(siblings, x).sizes.round(12).tolist()
    [[1.0, 1.0, 0.0, 0.0]]
    """
    d, tangent = gain.spaces.dimension, gain.tangent(x)
    # At least V columns, so that there are V left singular vectors.
    padding = max(0, x.shape[-1] - tangent.shape[-1])
    padded = np.pad(tangent, ((0, 0), (0, 0), (0, padding))) if padding else tangent
    basis, sizes, _ = np.linalg.svd(padded, full_matrices=False)
    independence = gain.sizes[:, -1] / gain.sizes[:, 0]
    return Motion(basis, sizes, np.minimum(independence, sizes[:, d - 1]) if d else independence)
