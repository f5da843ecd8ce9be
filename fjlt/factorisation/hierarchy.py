"""The hierarchical algorithm: a matrix is split in two factors, and each of them again."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from fjlt.factorisation.rank_one import joined, project_lower, split
from fjlt.types import Array

__all__ = ["ORDERS", "layers_of"]

ORDERS: dict[str, Callable[[int], int]] = {
    "balanced": lambda q: q // 2,
    "left": lambda q: q - 1,
    "right": lambda q: 1,
}
"""Of q layers, how many are on the side of the input at a split."""


def layers_of(matrix: Array, order: str) -> tuple[list[Array], Array]:
    """Layers near a matrix, the lowest first, and their product, shapes (h, 2^q, 2^q, l).

    Notes
    -----
    The squared error is at most the sum of the least squared errors of all splits. At a split,
    ``upper`` is the matrix times rows of length 1; so its blocks at every higher split are blocks
    of the matrix times isometries, and are as near to rank one. The upper layers that come of it
    add their error to that of the split, for the two are orthogonal. Then ``lower`` is the best for
    these upper layers, scaled to columns of length 1, and the same holds on this side.
    """
    q = matrix.shape[1].bit_length() - 1
    if q == 1:
        return [matrix], matrix
    s = ORDERS[order](q)
    above, upper = layers_of(split(matrix, s)[0], order)
    # Columns of length 1 make the projection orthogonal; a column of zeros stays.
    length = np.linalg.norm(upper, axis=1, keepdims=True)
    length[length == 0] = 1
    upper = upper / length
    below, lower = layers_of(project_lower(matrix, upper, s), order)
    # Layer 0 of the upper ones takes the columns: its node is the one between.
    h, _, _, l = above[0].shape
    above[0] = above[0] / length.reshape(h, 1, 2, l)
    return below + above, joined(upper, lower)
