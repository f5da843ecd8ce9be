"""Row spaces together with the lines of first nodes: coordinates where row spaces have a fold."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

import numpy as np

from fjlt.types import IndexArray
from landscape.planes.row_spaces import RowSpaces

__all__ = ["LinedSpaces", "with_lines"]


class LinedSpaces(RowSpaces):
    """Pairs of a row space W and the lines of the first nodes of one parity.

    Such a node reads two inputs with two weights, the direction of which is a line. The outputs of
    this parity lie in R, the sum of these n/2 lines. So W meets R in dimension j at least, k less
    the number of the other outputs. The pairs (W, R) that meet in dimension j are a manifold: n/2
    dimensions of R, those of the j-planes in R, and those of the k-planes around one. Where the
    weights reach all pairs nearby, it has coordinates also at a fold, where W alone has none.

    Parameters
    ----------
    n, rows, k
        As for ``RowSpaces``.
    parity : {0, 1}
        That of the nodes.

    Attributes
    ----------
    common : int
        The dimension j.

    Raises
    ------
    ValueError, TypeError
        As for ``RowSpaces``; or if j < 1.

    Examples
    --------
    >>> spaces = LinedSpaces(8, range(5), 4, parity=0)
    >>> spaces.common, spaces.dimension, RowSpaces(8, range(5), 4).dimension
    (2, 16, 16)
    """

    def __init__(self, n: int, rows: Iterable[int], k: int | None, parity: int) -> None:
        super().__init__(n, rows, k)
        self.parity = parity
        self.common = self.k - sum(r % 2 != parity for r in self.rows)
        if self.common < 1 or self.n < 4:
            raise ValueError(
                f"n = {self.n}, outputs {self.rows}, k = {self.k}: a row space need not meet the "
                f"nodes of parity {parity}"
            )

    @cached_property
    def dimension(self) -> int:
        """That of the manifold of pairs."""
        half, j, k = self.n // 2, self.common, self.k
        return half + j * (half - j) + (k - j) * (self.n - k)

    @cached_property
    def lines(self) -> IndexArray:
        """The two variables of each of the n/2 lines, in the order of their inputs."""
        number = self._variable_of_weight
        q = np.arange(0, self.n, 2)
        # output j of the first layer has weights of the inputs j and j XOR 1
        straight, crossed = number[0, q + self.parity].T
        return np.stack([crossed, straight] if self.parity else [straight, crossed], axis=1)


def with_lines(spaces: RowSpaces) -> list[LinedSpaces]:
    """With the lines of the even nodes, and with those of the odd ones, where W must meet them.

    Examples
    --------
    >>> [s.parity for s in with_lines(RowSpaces(8, range(5), 4))]
    [0, 1]
    """
    n, rows, k = spaces.n, spaces.rows, spaces.k
    return [
        LinedSpaces(n, rows, k, parity)
        for parity in (0, 1)
        if n >= 4 and k > sum(r % 2 != parity for r in rows)
    ]
