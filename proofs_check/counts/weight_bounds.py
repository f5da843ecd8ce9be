"""Effective weights of a truncated butterfly, counted on its graph, and bounds in integers.

A weight is effective if it lies on a path from an input that is fed to an output that is kept.
A set of nodes is a bit mask: bit j stands for node j.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray

from fjlt.boundary import next_power_of_two
from fjlt.types import IntArray

__all__ = ["Extra", "Order", "counts_by_subset", "lowest_first", "printed", "within"]

Masks = NDArray[np.uint64]

Order = Callable[[int], Iterable[int]]
"""The bits that the p layers join, from the input on."""

Extra = Callable[[int, int], int]
"""The additive term of a bound 2n·log2(l) + extra(n, l)."""


def lowest_first(p: int) -> Iterable[int]:
    """The order of this package: layer i, counted from the input, joins bit i."""
    return range(p)


def counts_by_subset(
    n: int, order: Order = lowest_first, kept: Iterable[int] | None = None
) -> IntArray:
    """Effective weights for each of several sets of kept outputs, by walking the graph.

    Parameters
    ----------
    n : int
        The first n inputs are fed; the butterfly has the next power of 2 as its size.
    order : callable
        The bits that the layers join.
    kept : iterable of int, optional
        Sets of outputs as bit masks; all non-empty sets, 1, 2, 3, …, if omitted.

    Examples
    --------
    >>> counts_by_subset(4, kept=[0b0001, 0b0101])
    array([6, 8])
    """
    size = next_power_of_two(n)
    bits = list(order(size.bit_length() - 1))
    # forwards: the nodes that each layer reads and that some fed input reaches
    fed = [np.array([(1 << n) - 1], dtype=np.uint64)]
    for bit in bits:
        fed.append(fed[-1] | _partners(fed[-1], bit, size))
    live = np.array(range(1, 1 << size) if kept is None else list(kept), dtype=np.uint64)
    total = np.zeros(len(live), dtype=np.int64)
    # backwards: the nodes from which a kept output is reached. A straight weight is effective if
    # its node is live and fed, a crossed one if its node is live and the partner is fed.
    for bit, tails in zip(reversed(bits), reversed(fed[:-1]), strict=True):
        for reached in (tails, _partners(tails, bit, size)):
            total += np.bitwise_count(live & reached).astype(np.int64)
        live |= _partners(live, bit, size)
    return total


def _partners(nodes: Masks, bit: int, size: int) -> Masks:
    """The nodes j XOR 2^bit for the nodes j of each set."""
    low = np.uint64(sum(1 << j for j in range(size) if not j >> bit & 1))
    shift = np.uint64(1 << bit)
    return ((nodes & low) << shift) | ((nodes >> shift) & low)


def printed(n: int, l: int) -> int:
    """The additive term 6n of the bound in the paper."""
    return 6 * n


def within(weights: int, n: int, l: int, extra: int) -> bool:
    """Whether weights <= 2n·log2(l) + extra, decided in integers: 2^(weights − extra) <= l^(2n).

    Examples
    --------
    >>> within(48, 8, 8, 0), within(49, 8, 8, 0)
    (True, False)
    """
    excess = weights - extra
    # the integer part of log2(l) decides most cases without large powers
    return excess <= 2 * n * (l.bit_length() - 1) or 2**excess <= l ** (2 * n)
