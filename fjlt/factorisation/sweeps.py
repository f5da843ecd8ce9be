"""Descent on the layers of a butterfly, two neighbours at a time."""

from __future__ import annotations

import numpy as np

from fjlt.factorisation.blocks import joined, project_lower, project_upper, split
from fjlt.types import Array, IndexArray

__all__ = ["sweep", "turned"]


def sweep(matrix: Array, layers: list[Array]) -> list[Array]:
    """Layers after one pass from the input to the output; the error does not grow.

    Parameters
    ----------
    matrix : ndarray, shape (1, n, n, 1)
    layers : list of ndarray
        The lowest first.

    Notes
    -----
    With columns of length 1 above two neighbours, and rows of length 1 below, the matrix is
    projected to what these two can reach. There, the best pair is known: a rank-one matrix for each
    block of 2 × 2 numbers. This is the two-site method for matrix product states.
    """
    p = len(layers)
    layers = list(layers)
    # Columns of length 1 above the lowest layer: each layer hands the lengths down.
    for c in range(p - 1, 0, -1):
        length = np.linalg.norm(layers[c], axis=1, keepdims=True)
        gone = length == 0
        layers[c] = np.where(gone, 2**-0.5, layers[c] / np.where(gone, 1, length))
        h, _, _, l = layers[c - 1].shape
        layers[c - 1] = layers[c - 1] * length.reshape(h, 2, 1, l)
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
    order = _reversed_bits(matrix.shape[1])
    turn = [
        k[_reversed_bits(k.shape[0])][..., _reversed_bits(k.shape[3])].transpose(3, 2, 1, 0)
        for k in reversed(layers)
    ]
    return matrix[:, order][:, :, order].transpose(0, 2, 1, 3), turn


def _reversed_bits(n: int) -> IndexArray:
    """The numbers 0, …, n − 1 with their bits in reverse order."""
    order = np.zeros(1, np.intp)
    while len(order) < n:
        order = np.concatenate([2 * order, 2 * order + 1])
    return order
