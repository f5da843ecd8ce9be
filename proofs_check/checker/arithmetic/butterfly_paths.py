"""The one path of a butterfly from an input to an output."""

from __future__ import annotations

from functools import cache

__all__ = ["path"]


@cache
def path(p: int, output: int, column: int) -> tuple[tuple[int, int, int], ...]:
    """The weights (layer, output of the layer, 0 or 1) on the path through p layers.

    Layer i sets bit i of the node to that of the output; the last number is 1 if that changes it.

    Examples
    --------
    >>> path(2, 1, 2)
    ((0, 3, 1), (1, 1, 1))
    """
    nodes = [output % (2 << i) + (column >> i + 1 << i + 1) for i in range(p)]
    return tuple((i, node, (output ^ column) >> i & 1) for i, node in enumerate(nodes))
