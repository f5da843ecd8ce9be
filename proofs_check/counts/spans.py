"""Spans of (u, 0) and (0, v), u and v of any two lengths: what two siblings of a butterfly with
fewer inputs span."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from landscape.planes.row_spaces import RowSpaces

__all__ = ["Spans"]

Array = NDArray[Any]


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
        """N1 + N2."""
        return self.n

    @cached_property
    def dimension(self) -> int:
        """N1 + N2 - 2: u and v count up to scale."""
        return self.n - 2

    @cached_property
    def rescalings(self) -> list[tuple[Array, Array]]:
        """u and v can be rescaled."""
        nothing = np.array([], dtype=np.intp)
        return [(half, nothing) for half in np.split(np.arange(self.n), [self.lengths[0]])]

    @cached_property
    def monomials(self) -> tuple[Array, Array]:
        """Every entry that is not zero is a variable."""
        column = np.arange(self.n)
        return column + self.n * (column >= self.lengths[0]), column[:, None]
