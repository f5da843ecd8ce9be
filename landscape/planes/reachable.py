"""Dimensions of the k-planes that the rows of a truncated butterfly span, by exact ranks.

The ranks are those of the differential at random points, modulo random primes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from flint import fmpz, nmod_mat
from joblib import Parallel, delayed
from numpy.random import Generator

from fjlt import boundary
from fjlt.runs.backends import backend
from fjlt.types import Array, RNGLike
from landscape.planes.dimension import dimension_bound, kept_rows
from landscape.planes.row_class import RowClass, row_classes

__all__ = ["Reachable", "is_dominant", "reachable_dimension", "reachable_table"]

_POINTS = 2
_MAX_ENTRIES = 2**25
"""Numbers modulo a prime that ``reachable_dimension`` keeps, each a Python integer."""


@dataclass(frozen=True)
class Reachable:
    """Dimensions of the k-planes of R^n that sets of l kept outputs span, for one (l, k).

    Attributes
    ----------
    l, k : int
    classes, subsets : int
        Numbers of orbits (``row_classes``) and of sets.
    worst, best : int
        Least and largest dimension.
    full : int
        k(n-k), the dimension of all k-planes.
    dominant, dominant_subsets : int
        Numbers of orbits and of sets with the full dimension.
    proved : int
        Number of orbits whose dimension is proved: it equals ``dimension_bound``.
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
        """Share of the sets that are dominant."""
        return Fraction(self.dominant_subsets, self.subsets)


def reachable_dimension(n: int, rows: Iterable[int], k: int | None = None, rng: RNGLike = 0) -> int:
    """Dimension of the set of row spaces of E·B, E any (k, l) matrix, B a truncated butterfly.

    It is the generic rank of the map (E, weights) -> rowspace(EB) into the Grassmannian of k-planes
    of R^n. B has the outputs ``rows`` of any butterfly of size n.

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
        The larger of the ranks at two random points, modulo random primes of 61 bits. It never
        exceeds the dimension. Where it equals ``dimension_bound``, as for every full dimension
        k(n-k), it is proved, and one point is enough.

    Raises
    ------
    ValueError, TypeError
        If n is not a power of 2, rows are out of range or repeated, k is out of range, or the
        elimination is too large.

    See Also
    --------
    is_dominant : Whether the dimension is k(n-k).

    Notes
    -----
    The result is too small only if, for both draws, all minors of the size of the dimension vanish
    at the point modulo the prime. For a prime that does not divide all of them this happens with
    probability at most kn·log2(n)/2^60 (Schwartz, Zippel).

    Modulo the motions of the plane within the rows of B, one weight at each node that reaches a
    kept output spans all motions; the other weight only rescales the node. Cost: an elimination of
    w rows and k(n-l) columns, w <= n·log2(n) the number of these nodes. Source: this library's;
    beyond arXiv 2007.08864.

    Examples
    --------
    >>> [reachable_dimension(8, pair) for pair in ([0, 1], [0, 2], [0, 4])]
    [12, 8, 6]
    """
    n, kept, k = kept_rows(n, rows, k)
    p = n.bit_length() - 1
    # The numbers of all layers, and those of the elimination.
    nodes = sum((n >> i + 1) * len({r % (2 << i) for r in kept}) for i in range(p))
    entries = (p + 1) * n * n + nodes * k * (n - len(kept))
    if entries > _MAX_ENTRIES:
        raise ValueError(
            f"n = {n}, {len(kept)} kept outputs and k = {k} need {entries:.1e} numbers, more than "
            f"{_MAX_ENTRIES:.1e}; take a smaller n or k, or dimension_bound for an upper bound"
        )
    bound, generator, largest = dimension_bound(n, kept, k), np.random.default_rng(rng), 0
    for _ in range(_POINTS):
        largest = max(largest, _rank(n, kept, k, generator))
        # A rank is a lower bound: where it meets the upper bound the dimension is proved.
        if largest == bound:
            break
    return largest


def is_dominant(n: int, rows: Iterable[int], k: int, rng: RNGLike = 0) -> bool:
    """Whether the reachable k-planes have the full dimension k(n-k).

    Parameters
    ----------
    n, rows, k, rng
        As for ``reachable_dimension``; k has no default.

    Returns
    -------
    bool
        True is proved; False is as certain as ``reachable_dimension``.

    Raises
    ------
    ValueError, TypeError
        As ``reachable_dimension``.

    Notes
    -----
    Cost and source: those of ``reachable_dimension``.

    Examples
    --------
    >>> is_dominant(4, [0, 2], 1), is_dominant(4, [0, 2], 2)
    (True, False)
    """
    n, kept, k = kept_rows(n, rows, boundary.dimension(k, "k"))
    return reachable_dimension(n, kept, k, rng) == k * (n - k)


def reachable_table(
    n: int, l_max: int | None = None, workers: int = 1, rng: RNGLike = 0
) -> list[Reachable]:
    """Dimensions of the reachable k-planes for all sets of l kept outputs, k <= l <= l_max.

    Parameters
    ----------
    n : int
        A power of 2.
    l_max : int, optional
        Default n.
    workers : int
        Number of processes; the result does not depend on it.
    rng : None, int, SeedSequence, BitGenerator or Generator
        Draws the points and the primes.

    Returns
    -------
    list of Reachable
        One for each (l, k), in this order.

    Raises
    ------
    ValueError, TypeError
        If n is not a power of 2, l_max is out of range, workers < 1, or there are too many orbits
        to list.

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
    # There are most orbits near l = n/2: start there, so that too many are refused at once.
    most = min(l_max, n // 2 or 1)
    orbits = {most: row_classes(n, most)}
    kept_rows(n, [0], 1)
    orbits |= {l: row_classes(n, l) for l in range(1, l_max + 1) if l != most}
    classes = [c for l in range(1, l_max + 1) for c in orbits[l]]
    streams = boundary.generators(rng, len(classes))
    with backend(workers):
        by_class = Parallel()(
            delayed(_dimensions)(n, c.rows, stream)
            for c, stream in zip(classes, streams, strict=True)
        )
    dimensions = {
        (c.rows, k): d
        for c, by_k in zip(classes, by_class, strict=True)
        for k, d in enumerate(by_k, 1)
    }
    return [
        _summary(n, k, [(c, dimensions[c.rows, k]) for c in orbits[l]])
        for l in range(1, l_max + 1)
        for k in range(1, l + 1)
    ]


def _dimensions(n: int, rows: tuple[int, ...], rng: Generator) -> list[int]:
    return [reachable_dimension(n, rows, k, rng) for k in range(1, len(rows) + 1)]


def _summary(n: int, k: int, dimensions: list[tuple[RowClass, int]]) -> Reachable:
    full = k * (n - k)
    return Reachable(
        l=len(dimensions[0][0].rows),
        k=k,
        classes=len(dimensions),
        subsets=sum(c.size for c, _ in dimensions),
        worst=min(d for _, d in dimensions),
        best=max(d for _, d in dimensions),
        full=full,
        dominant=sum(d == full for _, d in dimensions),
        dominant_subsets=sum(c.size for c, d in dimensions if d == full),
        proved=sum(d == dimension_bound(n, c.rows, k) for c, d in dimensions),
    )


def _rank(n: int, rows: tuple[int, ...], k: int, rng: Generator) -> int:
    """Rank of the differential of (E, weights) -> rowspace(EB), modulo a random prime.

    The point is random, with E = (I, F): almost every k-plane in the span of the rows of B has such
    an E.
    """
    p, l = n.bit_length() - 1, len(rows)
    prime = _random_prime(rng)
    # Random weights, until the kept rows of B are independent modulo the prime.
    while True:
        weights = rng.integers(1, prime, (p, n, 2)).astype(object)
        B = _forward(weights, np.eye(n, dtype=object), prime)[p][list(rows)]
        kernel, nullity = nmod_mat(l, n, [int(entry) for entry in B.flat], prime).nullspace()
        if nullity == n - l:
            break
    basis = np.array([int(entry) for entry in kernel.entries()], dtype=object).reshape(n, n)[
        :, :nullity
    ]
    # A tangent vector of the plane is a map from the plane to R^n modulo the plane. Modulo all rows
    # of B it is dW restricted to ker B: dW times a basis of ker B, a (k, n-l) matrix.
    inputs = _forward(weights, basis, prime)
    cotangent = np.zeros((n, k), dtype=object)
    cotangent[list(rows)] = np.vstack(
        [np.eye(k, dtype=object), rng.integers(1, prime, (l - k, k)).astype(object)]
    )
    tangent: list[Array] = []
    for i in reversed(range(p)):
        # By the straight weight of a node, dW·basis is an outer product: the column of E·(later
        # layers) at its output times the row of (earlier layers)·basis at its input. Only nodes
        # that reach a kept output count.
        kept = {r % (2 << i) for r in rows}
        live = [j for j in range(n) if j % (2 << i) in kept]
        tangent.extend(
            (cotangent[live, :, None] * inputs[i][live, None, :] % prime).reshape(
                len(live), k * nullity
            )
        )
        cotangent = _transposed_layer(weights, i, cotangent) % prime
    entries = [int(entry) for row in tangent for entry in row]
    # E alone moves the plane within the l-plane of B in all k(l-k) directions.
    return k * (l - k) + nmod_mat(len(tangent), k * nullity, entries, prime).rank()


def _forward(weights: Array, x: Array, prime: int) -> list[Array]:
    """The inputs of each layer for an input x of the butterfly, and its output, modulo a prime."""
    values = [x]
    for i in range(len(weights)):
        values.append(_layer(weights, i, values[i]) % prime)
    return values


def _layer(weights: Array, i: int, x: Array) -> Array:
    return weights[i, :, :1] * x + weights[i, :, 1:] * x[np.arange(len(x)) ^ (1 << i)]


def _transposed_layer(weights: Array, i: int, y: Array) -> Array:
    return weights[i, :, :1] * y + (weights[i, :, 1:] * y)[np.arange(len(y)) ^ (1 << i)]


def _random_prime(rng: Generator) -> int:
    while True:
        candidate = int(rng.integers(2**60, 2**61))
        if fmpz(candidate).is_prime():
            return candidate
