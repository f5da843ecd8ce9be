"""The row spaces of two siblings, n = 4 and k = 2, as two angles, and the loss over them."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from fjlt.types import RealArray
from landscape import data
from landscape.planes.gain import Gain, data_forms
from landscape.planes.row_spaces import RowSpaces

__all__ = ["angles", "loss_over_angles"]


def loss_over_angles(X: ArrayLike, Y: ArrayLike, alpha: ArrayLike, beta: ArrayLike) -> RealArray:
    """The least ‖DEBX - Y‖_F² over D where (cos α, sin α, 0, 0) and (0, 0, cos β, sin β) span E·B.

    Parameters
    ----------
    X : array_like, shape (4, d)
    Y : array_like, shape (m, d)
    alpha, beta : array_like
        Angles in degrees, of one shape, which is that of the result.

    Examples
    --------
    >>> X = [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 2, 0], [0, 2, 0, 1]]
    >>> loss_over_angles(X, X, [90, 0], [0, 90]).round(9)
    array([2. , 4.2])
    """
    x, y = np.asarray(X, dtype=float), np.asarray(Y, dtype=float)
    turns = [turn(np.radians(angle)) for angle in (alpha, beta) for turn in (np.cos, np.sin)]
    # Divided by powers of 2, X and Y have squares in range.
    unit = data.nearest_power(y)
    y = y / unit
    gain = Gain(RowSpaces(4, (0, 2)), *data_forms(x / data.nearest_power(x), y))
    loss: RealArray = (float(np.sum(y**2)) - gain(np.stack(turns, axis=-1))) * unit**2
    return loss


def angles(rows: ArrayLike) -> tuple[float, float]:
    """The angles α and β of a basis of such a row space, shape (2, 4), from -45 to 135 degrees.

    Examples
    --------
    >>> angles([[0, 2, 0, 0], [0, 0, 1, 1]])
    (90.0, 45.0)
    """
    basis = np.asarray(rows, dtype=float)
    # the rows span a line in each block of two columns
    lines = [np.linalg.svd(block)[2][0] for block in (basis[:, :2], basis[:, 2:])]
    alpha, beta = ((np.degrees(np.arctan2(y, x)) + 45) % 180 - 45 for x, y in lines)
    return float(alpha), float(beta)
