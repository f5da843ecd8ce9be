"""Spans of (u, 0) and (0, v), where u and v have any two lengths.

Two siblings of a butterfly with fewer than 2^p inputs have such row spaces.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np

from fjlt.types import IndexArray
from landscape.planes.row_spaces import RowSpaces

__all__ = ["Spans"]


class Spans(RowSpaces):
    """W = [[u, 0], [0, v]] with variables (u, v), u of length N1 and v of length N2.

    Examples
    --------
    >>> Spans(1, 2).rows_at(np.array([1, 2, 3.0]))
    array([[1., 0., 0.],
           [0., 2., 3.]])
    """

    def __init__(self, N1: int, N2: int) -> None:
        self.n, self.k, self.l, self.rows = N1 + N2, 2, 2, (0, N1)
        self.lengths = N1, N2

    @cached_property
    def size(self) -> int:
        """The number of variables, N1 + N2."""
        return self.n

    @cached_property
    def dimension(self) -> int:
        """N1 + N2 − 2, since u and v count up to scale only."""
        return self.n - 2

    @cached_property
    def rescalings(self) -> list[tuple[IndexArray, IndexArray]]:
        """The variables that can be rescaled together: those of u, and those of v."""
        nothing = np.array([], dtype=np.intp)
        return [(half, nothing) for half in np.split(np.arange(self.n), [self.lengths[0]])]

    @cached_property
    def monomials(self) -> tuple[IndexArray, IndexArray]:
        """Each entry of W that is not zero is a variable of its own."""
        column = np.arange(self.n)
        return column + self.n * (column >= self.lengths[0]), column[:, None]
