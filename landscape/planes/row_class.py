"""Orbits of sets of kept outputs under the symmetries of the butterfly.

The symmetries are the automorphisms of the binary tree of residues modulo 1, 2, 4, …, n.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations_with_replacement, product
from math import log2

from fjlt import boundary

__all__ = ["RowClass", "row_classes", "symmetry"]

_MAX_CLASSES = 2**20
_MANY = 64
"""With more outputs kept, and more left out, there are always more than ``_MAX_CLASSES`` orbits."""
_MAX_OUTPUTS = 2**26
"""Outputs in all orbits together."""


@dataclass(frozen=True)
class RowClass:
    """An orbit of sets of kept outputs.

    Attributes
    ----------
    rows : tuple of int
        The lexicographically smallest set of the orbit, in increasing order.
    size : int
        Number of sets in the orbit.

    Examples
    --------
    >>> row_classes(4, 2)
    [RowClass(rows=(0, 1), size=4), RowClass(rows=(0, 2), size=2)]
    """

    rows: tuple[int, ...]
    size: int


def row_classes(n: int, l: int) -> list[RowClass]:
    """Orbits of the sets of l kept outputs of a butterfly of size n.

    After i layers a butterfly has one node for each residue modulo 2^i in each block of 2^i inputs.
    For any i and c, a symmetry exchanges the residues c and c + 2^i modulo 2^(i+1), with all
    outputs in them. It maps networks to networks, so sets of one orbit have the same reachable
    planes.

    Parameters
    ----------
    n : int
        A power of 2.
    l : int
        1 <= l <= n.

    Returns
    -------
    list of RowClass
        In lexicographic order of their smallest sets; the sizes add up to C(n, l).

    Raises
    ------
    ValueError, TypeError
        If n is not a power of 2, l is out of range, or there are more than 2^20 orbits.

    Notes
    -----
    An orbit of size n is an unordered pair of orbits of size n/2: that of the even and that of the
    odd outputs. Cost: O(l) for each orbit. Source: this library's; beyond arXiv 2007.08864.

    Examples
    --------
    >>> for c in row_classes(4, 2):
    ...     print(c.rows, c.size)
    (0, 1) 4
    (0, 2) 2
    """
    p = boundary.log2_exact(n)
    n = 1 << p
    l = boundary.dimension(l, "l", high=n)
    # Sets and their complements have equally many orbits.
    fewer = min(l, n - l)
    if fewer > _MANY:
        raise ValueError(
            f"n = {n}, l = {l} has more than the {_MAX_CLASSES} orbits of kept outputs that can be "
            "listed; take a smaller n, or an l nearer to 1 or to n"
        )
    count = _class_counts(p, fewer)[fewer]
    if count * l > _MAX_OUTPUTS and count <= _MAX_CLASSES:
        raise ValueError(
            f"n = {n}, l = {l} has {count} orbits of {l} kept outputs each, more than can be "
            "listed; take a smaller n or l"
        )
    if count > _MAX_CLASSES:
        raise ValueError(
            f"n = {n}, l = {l} has {count} (about 2^{log2(count):.0f}) orbits of kept outputs, "
            f"more than the {_MAX_CLASSES} that can be listed; take a smaller n, or an l nearer to "
            "1 or to n"
        )
    by_size = {0: [RowClass((), 1)], 1: [RowClass((0,), 1)]}
    # Trees of 2^i leaves; one of them keeps at least l - n + 2^i outputs if all n keep l.
    for i in range(1, p):
        by_size = {
            size: _joined(by_size, size)
            for size in range(max(0, l - n + (1 << i)), min(l, 1 << i) + 1)
        }
    return sorted(_joined(by_size, l) if p else by_size[l], key=lambda c: c.rows)


def _class_counts(p: int, l: int) -> list[int]:
    """Numbers of orbits of 0, …, l outputs of 2^p."""
    counts = [1, 1, *[0] * (l - 1)][: l + 1]
    for _ in range(p):
        # Unordered pairs by Burnside's lemma: half the sum of ordered pairs and of equal ones.
        ordered = [sum(counts[a] * counts[m - a] for a in range(m + 1)) for m in range(l + 1)]
        equal = [counts[m // 2] if m % 2 == 0 else 0 for m in range(l + 1)]
        counts = [(x + y) // 2 for x, y in zip(ordered, equal, strict=True)]
    return counts


def _joined(halves: dict[int, list[RowClass]], l: int) -> list[RowClass]:
    """Orbits of l outputs from those of the even and of the odd ones."""
    orbits = []
    for a in range(l // 2 + 1):
        if a not in halves or l - a not in halves:
            continue
        pairs = (
            combinations_with_replacement(halves[a], 2)
            if 2 * a == l
            else product(halves[a], halves[l - a])
        )
        for x, y in pairs:
            rows = min(_interleaved(x.rows, y.rows), _interleaved(y.rows, x.rows))
            # Two different orbits can be exchanged, which doubles the number of sets.
            orbits.append(RowClass(rows, x.size * y.size * (1 if x == y else 2)))
    return orbits


def _interleaved(even: tuple[int, ...], odd: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(sorted([2 * r for r in even] + [2 * r + 1 for r in odd]))


def symmetry(n: int, rows: Iterable[int], other: Iterable[int]) -> tuple[int, ...] | None:
    """A symmetry of the butterfly that maps one set of outputs to another, or None.

    Parameters
    ----------
    n : int
        A power of 2.
    rows, other : iterable of int
        Sets of outputs.

    Returns
    -------
    tuple of int, or None
        Where each of the n outputs goes; residues modulo 1, 2, 4, …, n go to residues. None if the
        sets are of different orbits.

    Notes
    -----
    Cost: at most n² steps.

    Examples
    --------
    >>> symmetry(4, [0, 2], [1, 3])
    (1, 0, 3, 2)
    >>> symmetry(4, [0, 1], [1, 3]) is None
    True
    """
    rows, other = sorted(rows), sorted(other)
    if len(rows) != len(other):
        return None
    if n == 1:
        return (0,)
    halves, others = (
        [[r // 2 for r in s if r % 2 == bit] for bit in (0, 1)] for s in (rows, other)
    )
    for flip in (0, 1):
        parts = [symmetry(n // 2, halves[bit], others[bit ^ flip]) for bit in (0, 1)]
        if all(part is not None for part in parts):
            return tuple(2 * parts[r % 2][r // 2] + (r % 2 ^ flip) for r in range(n))  # type: ignore[index]
    return None
