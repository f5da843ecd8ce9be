"""Descent on the layers of a butterfly, two neighbours at a time."""

from __future__ import annotations

import numpy as np

from fjlt.factorisation.rank_one import joined, project_lower, project_upper, split
from fjlt.transforms.fourier import bit_reversal
from fjlt.types import Array

__all__ = ["sweep", "turned"]


def sweep(matrix: Array, layers: list[Array]) -> list[Array]:
    """Layers after one pass from the input to the output; the error does not grow.

    Parameters
    ----------
    matrix : ndarray, shape (1, n, n, 1)
    layers : list of ndarray
        The lowest first; in all others, columns have length 1 or 0. ``layers_of`` leaves them so,
        and a sweep does, for the turned problem.

    Notes
    -----
    With such columns above two neighbours, and rows of length 1 below, the matrix is projected to
    what these two can reach. There, the best pair is known: a rank-one matrix for each block of
    2 × 2 numbers. This is the two-site method for matrix product states.
    """
    p = len(layers)
    layers = list(layers)
    # The matrix projected to the layers below c + 1, for all c.
    projected = {p: matrix}
    for c in range(p - 1, 1, -1):
        projected[c] = project_lower(projected[c + 1], layers[c], c)
    below = np.ones((matrix.shape[1], 1, 1, 1), matrix.dtype)
    for c in range(p - 1):
        pair = project_upper(projected[c + 2], below, c)
        layers[c + 1], layers[c] = split(pair, 1)
        below = joined(layers[c], below)
    return layers


def turned(matrix: Array, layers: list[Array]) -> tuple[Array, list[Array]]:
    """The transpose, with bits in reverse order: again a matrix and a butterfly near it."""
    order = bit_reversal(matrix.shape[1])
    turn = [
        k[bit_reversal(k.shape[0])][..., bit_reversal(k.shape[3])].transpose(3, 2, 1, 0)
        for k in reversed(layers)
    ]
    return matrix[:, order][:, :, order].transpose(0, 2, 1, 3), turn
