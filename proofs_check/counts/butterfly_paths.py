"""The paths of a butterfly network from its inputs to its outputs."""

from __future__ import annotations

from functools import lru_cache

__all__ = ["Edge", "path"]

Edge = tuple[int, int, int]
"""Layer, output of the layer, and 1 if the edge crosses to the other half of its pair, else 0."""


@lru_cache(2**14)
def path(n: int, output: int, column: int) -> tuple[Edge, ...]:
    """The one path from an input to an output of a butterfly of size n, as one edge a layer.

    The weight of the edge ``(i, j, b)`` is ``weights[i, j, b]`` of ``fjlt.Butterfly``.

    Examples
    --------
    >>> path(4, output=1, column=2)
    ((0, 3, 1), (1, 1, 1))
    """
    edges, node = list[Edge](), column
    for i in range(n.bit_length() - 1):
        # layer i sets bit i of the node to that of the output and keeps the others
        head = (node & ~(1 << i)) | (output & 1 << i)
        edges.append((i, head, int(head != node)))
        node = head
    return tuple(edges)
