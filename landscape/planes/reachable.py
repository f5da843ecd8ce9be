"""Which k-planes the rows of a truncated butterfly can span: exact dimensions, modulo random
primes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from flint import fmpz, nmod_mat
from joblib import Parallel, delayed
from numpy.random import Generator
from numpy.typing import NDArray

from fjlt import boundary
from fjlt.runs.backends import backend
from landscape.planes.dimension import dimension_bound, planes
from landscape.planes.row_class import RowClass, row_classes

__all__ = ["Reachable", "is_dominant", "reachable_dimension", "reachable_table"]

Array = NDArray[np.object_]

_POINTS = 2


@dataclass(frozen=True)
class Reachable:
    """What the sets of l kept outputs reach in the k-planes of R^n, the best and the worst of them.

    Attributes
    ----------
    l, k : int
    classes, subsets : int
        Numbers of orbits (``row_classes``) and of sets.
    worst, best : int
        Least and largest dimension.
    full : int
        k(n-k).
    dominant, dominant_subsets : int
        Orbits and sets whose dimension is full.
    proved : int
        Orbits whose dimension is certain: it equals ``dimension_bound``.
    """

    l: int
    k: int
    classes: int
    subsets: int
    worst: int
    best: int
    full: int
    dominant: int
    dominant_subsets: int
    proved: int

    @property
    def share(self) -> Fraction:
        """Part of the sets that are dominant."""
        return Fraction(self.dominant_subsets, self.subsets)


def reachable_dimension(n: int, rows: Iterable[int], k: int | None = None, rng: Any = 0) -> int:
    """Dimension of the row spaces of EB: E any (k, l) matrix, B the outputs ``rows`` of any
    butterfly of size n.

    It is the generic rank of (E, weights) -> rowspace(EB) in the Grassmannian of k-planes of R^n.

    Parameters
    ----------
    n : int
        A power of 2.
    rows : iterable of int
        Kept outputs, distinct, l of them.
    k : int, optional
        1 <= k <= l; default l.
    rng : None, int, SeedSequence, BitGenerator or Generator
        Draws the points and the primes.

    Returns
    -------
    int
        The largest rank found at two random points, modulo two random primes of 61 bits. It never
        exceeds the dimension. It is less only if both primes divide, or both points are zeros of,
        all minors of the size of the dimension; a point is with probability at most
        kn·log2(n)/2^60. Where it equals ``dimension_bound``, as for every full dimension k(n-k), it
        is certain, and one point is enough.

    Raises
    ------
    ValueError, TypeError
        If n is no power of 2, rows are out of range or repeated, or k is out of range.

    Notes
    -----
    Modulo the motions of the plane within the rows of B, one weight at each node that reaches a
    kept output spans the rest: the other one only rescales the node. Cost: an elimination of w rows
    and k(n-l) columns, w the number of these nodes, at most n·log2 n. Source: this library's;
    beyond arXiv 2007.08864.

    Examples
    --------
    >>> reachable_dimension(8, [0, 1]), reachable_dimension(8, [0, 2]), reachable_dimension(8, [0, 4])
    (12, 8, 6)
    """
    n, kept, k = planes(n, rows, k)
    bound, generator, found = dimension_bound(n, kept, k), np.random.default_rng(rng), 0
    for _ in range(_POINTS):
        found = max(found, _rank(n, kept, k, generator))
        if found == bound:
            break
    return found


def is_dominant(n: int, rows: Iterable[int], k: int, rng: Any = 0) -> bool:
    """Whether the reachable k-planes have full dimension k(n-k); True is certain, False as
    ``reachable_dimension``.

    Parameters, errors, cost and source as for ``reachable_dimension``.

    Examples
    --------
    >>> is_dominant(4, [0, 2], 1), is_dominant(4, [0, 2], 2)
    (True, False)
    """
    n, kept, k = planes(n, rows, boundary.dimension(k, "k"))
    return reachable_dimension(n, kept, k, rng) == k * (n - k)


def reachable_table(
    n: int, l_max: int | None = None, workers: int = 1, rng: Any = 0
) -> list[Reachable]:
    """Dimensions of the reachable k-planes for every set of l kept outputs, l <= l_max and k <= l.

    Parameters
    ----------
    n : int
        A power of 2.
    l_max : int, optional
        Default n.
    workers : int
        Processes; the result does not depend on them.
    rng : None, int, SeedSequence, BitGenerator or Generator

    Returns
    -------
    list of Reachable
        One for each (l, k), in this order.

    Raises
    ------
    ValueError, TypeError
        If n is no power of 2, l_max is out of range, workers < 1, or there are too many orbits to
        list.

    Notes
    -----
    Cost: l calls of ``reachable_dimension`` for each orbit of l outputs; n = 16 has 230 orbits, n =
    32 has 26795. Source: this library's; beyond arXiv 2007.08864.

    Examples
    --------
    >>> for row in reachable_table(4, l_max=2):
    ...     print(row.l, row.k, row.classes, row.worst, row.best, row.full, row.share)
    1 1 1 3 3 3 1
    2 1 2 3 3 3 1
    2 2 2 2 4 4 2/3
    """
    n = 1 << boundary.log2_exact(n)
    l_max = n if l_max is None else boundary.dimension(l_max, "l_max", high=n)
    workers = boundary.dimension(workers, "workers")
    most_first = sorted(
        range(1, l_max + 1), key=lambda l: abs(2 * l - n)
    )  # too many are refused at once
    orbits = {l: row_classes(n, l) for l in most_first}
    classes = [c for l in range(1, l_max + 1) for c in orbits[l]]
    streams = np.random.default_rng(rng).spawn(len(classes))
    with backend(workers):
        found = Parallel()(
            delayed(_dimensions)(n, c.rows, stream)
            for c, stream in zip(classes, streams, strict=True)
        )
    dimensions = {
        (c.rows, k): d for c, row in zip(classes, found, strict=True) for k, d in enumerate(row, 1)
    }
    return [
        _summary(n, k, [(c, dimensions[c.rows, k]) for c in orbits[l]])
        for l in range(1, l_max + 1)
        for k in range(1, l + 1)
    ]


def _dimensions(n: int, rows: tuple[int, ...], rng: Generator) -> list[int]:
    return [reachable_dimension(n, rows, k, rng) for k in range(1, len(rows) + 1)]


def _summary(n: int, k: int, found: list[tuple[RowClass, int]]) -> Reachable:
    full = k * (n - k)
    return Reachable(
        l=len(found[0][0].rows),
        k=k,
        classes=len(found),
        subsets=sum(c.size for c, _ in found),
        worst=min(d for _, d in found),
        best=max(d for _, d in found),
        full=full,
        dominant=sum(d == full for _, d in found),
        dominant_subsets=sum(c.size for c, d in found if d == full),
        proved=sum(d == dimension_bound(n, c.rows, k) for c, d in found),
    )


def _rank(n: int, rows: tuple[int, ...], k: int, rng: Generator) -> int:
    """Rank of the differential at a random point with E = (I, F), modulo a random prime.

    Modulo the rows of B, the derivative by a weight is the outer product of what E sees of its
    output and what its input holds of a basis of ker B.
    """
    p, l = n.bit_length() - 1, len(rows)
    prime = _prime(rng)
    while True:
        weights = rng.integers(1, prime, (p, n, 2)).astype(object)
        B = _levels(weights, np.eye(n, dtype=object), prime)[p][list(rows)]
        kernel, nullity = nmod_mat(l, n, [int(entry) for entry in B.flat], prime).nullspace()
        if nullity == n - l:
            break
    basis = np.array([int(entry) for entry in kernel.entries()], dtype=object).reshape(n, n)[
        :, :nullity
    ]
    held = _levels(weights, basis, prime)
    seen = np.zeros((n, k), dtype=object)
    seen[list(rows)] = np.vstack(
        [np.eye(k, dtype=object), rng.integers(1, prime, (l - k, k)).astype(object)]
    )
    tangent: list[Array] = []
    for i in reversed(range(p)):
        live = np.flatnonzero(np.isin(np.arange(n) % (2 << i), np.array(rows) % (2 << i)))
        tangent.extend(
            (seen[live, :, None] * held[i][live, None, :] % prime).reshape(len(live), k * nullity)
        )
        seen = _transposed_layer(weights, i, seen) % prime
    entries = [int(entry) for row in tangent for entry in row]
    return k * (l - k) + nmod_mat(len(tangent), k * nullity, entries, prime).rank()


def _levels(weights: Array, x: Array, prime: int) -> list[Array]:
    """The values before each layer, and behind the last."""
    levels = [x]
    for i in range(len(weights)):
        levels.append(_layer(weights, i, levels[i]) % prime)
    return levels


def _layer(weights: Array, i: int, x: Array) -> Array:
    return weights[i, :, :1] * x + weights[i, :, 1:] * x[np.arange(len(x)) ^ (1 << i)]


def _transposed_layer(weights: Array, i: int, y: Array) -> Array:
    return weights[i, :, :1] * y + (weights[i, :, 1:] * y)[np.arange(len(y)) ^ (1 << i)]


def _prime(rng: Generator) -> int:
    while True:
        candidate = int(rng.integers(2**60, 2**61))
        if fmpz(candidate).is_prime():
            return candidate
