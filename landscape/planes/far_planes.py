"""Planes that are far from every row space of a truncated butterfly, with the angle proved."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import acos, gcd, sqrt

import numpy as np
from scipy.linalg import null_space
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order, maximum_flow

from fjlt import boundary
from fjlt.types import RealArray
from landscape.planes.dimension import kept_rows

__all__ = [
    "FarPlane",
    "conference_matrix",
    "conference_square",
    "far_plane",
    "scattered",
    "separating_nodes",
]

Rows = tuple[int, ...]


@dataclass(frozen=True, eq=False)
class FarPlane:
    """A k-plane, and the angle that every row space has with it at least.

    Attributes
    ----------
    basis : ndarray, shape (k, n)
        Orthonormal rows that span the plane.
    cosine_squared : float
        Upper bound of the squared cosine of the largest principal angle.
    why : {"separated inputs", "lines", "lines of the complement", "conference matrix"}
        The argument, as in ``far_plane``.

    Examples
    --------
    >>> plane = far_plane(8, [0, 1, 2], 3)
    >>> plane.cosine_squared, plane.why, round(float(np.degrees(plane.angle)), 6)
    (0.75, 'lines', 30.0)
    """

    basis: RealArray
    cosine_squared: float
    why: str

    @property
    def angle(self) -> float:
        """Lower bound of the largest principal angle to every row space, in radians."""
        return acos(sqrt(self.cosine_squared))


def far_plane(n: int, rows: Iterable[int], k: int) -> FarPlane | None:
    """A k-plane that is proved to be far from every row space of E·B.

    E is any (k, l) matrix, and B a truncated butterfly with the outputs ``rows``. The distance of
    two k-planes is their largest principal angle.

    Parameters
    ----------
    n : int
        A power of 2.
    rows : iterable of int
        Kept outputs, distinct, l of them.
    k : int
        1 <= k <= l.

    Returns
    -------
    FarPlane or None
        Of the planes that the arguments below give, the one with the largest proved angle. None
        says that they give none, not that every plane is a row space.

    Raises
    ------
    ValueError, TypeError
        If n is not a power of 2 or above 2^12, rows are out of range or repeated, or k is out of
        range.

    See Also
    --------
    nearest_row_space : A row space near a given plane, by descent.

    Notes
    -----
    Let a of the outputs be equal modulo w = 2^s. Their rows lie in the sum R of n/w lines, one in
    each block of w inputs, and every row space W meets R in dimension m = k - l + a at least.

    - *Separated inputs.* If fewer than k nodes separate the first k inputs from the outputs, W
      contains a vector that vanishes on these inputs: the angle is 90°.
    - *Lines.* Let P be the projector onto a plane U, and σ the sum of the norms of its diagonal
      blocks. The trace of P on R is at most σ, so W contains a unit vector whose projection has a
      square of at most σ/m.
    - *Lines of the complement.* The same with the complements of U and W, which the other outputs
      of the inverse transpose span: m = n/w - a.
    - *Conference matrix.* Let w = 2, N = n/2, and S a skew matrix of N rows with entries ±1 off the
      diagonal and SSᵀ = (N-1)I. Then P = (I + S⊗J/sqrt(N-1))/2, J the rotation by 90°, projects
      onto an N-plane. On R it is (I + K)/2, with tr K = 0 and tr K² <= N²/(2(N-1)). So the m-th
      eigenvalue of K is at most the root of N(N-m)/(2(N-1)m). An N-plane lies in a k-plane.

    Cost: a maximum flow with n·log2(n) nodes. Source: this library's; beyond arXiv 2007.08864.

    Examples
    --------
    >>> far_plane(4, [0, 2], 2).basis
    array([[1., 0., 0., 0.],
           [0., 1., 0., 0.]])
    >>> far_plane(4, [0, 1], 2) is None
    True
    """
    n, kept, k = kept_rows(n, rows, boundary.dimension(k, "k"))
    if len(separating_nodes(n, kept, k)) < k:
        return FarPlane(np.eye(n)[:k], 0.0, "separated inputs")
    bounds = [*_lines(n, kept, k), *_lines_of_complement(n, kept, k), *_conference(n, kept, k)]
    return min(bounds, key=lambda plane: plane.cosine_squared, default=None)


@lru_cache(maxsize=1 << 12)
def separating_nodes(n: int, rows: Rows, k: int) -> frozenset[tuple[int, int]]:
    """A least set of nodes (i, j) that every path from the first k inputs to the outputs meets.

    Node (i, j) is number j after i layers.

    Examples
    --------
    >>> separating_nodes(4, (0, 2), 2)
    frozenset({(1, 0)})
    """
    p = n.bit_length() - 1
    i, j = (index.ravel() for index in np.indices((p + 1, n)))
    # Every node is an edge of capacity 1, from its entrance to its exit.
    entrance, source, sink = 2 * (i * n + j), 2 * n * (p + 1), 2 * n * (p + 1) + 1
    below = i < p
    across = (i + 1) * n + (j ^ (1 << np.minimum(i, p)))
    edges = [
        (entrance, entrance + 1),
        (entrance[below] + 1, entrance[below] + 2 * n),
        (entrance[below] + 1, 2 * across[below]),
        (np.full(k, source), 2 * np.arange(k)),
        (2 * (p * n + np.array(rows)) + 1, np.full(len(rows), sink)),
    ]
    tails, heads = (np.concatenate(ends) for ends in zip(*edges, strict=True))
    # Only nodes have a capacity that binds.
    capacity = np.where(tails // 2 == heads // 2, 1, n).astype(np.int32)
    capacity[tails == source] = n
    graph = csr_array((capacity, (tails, heads)), shape=(sink + 1, sink + 1))
    residual = csr_array(graph - maximum_flow(graph, source, sink).flow)
    residual.eliminate_zeros()
    reached = np.zeros(sink + 1, dtype=bool)
    reached[breadth_first_order(residual, source, return_predecessors=False)] = True
    cut = np.flatnonzero(reached[entrance] & ~reached[entrance + 1])
    return frozenset(divmod(int(node), n) for node in cut)


def scattered(n: int, j: int, w: int) -> tuple[Fraction, list[list[int]]]:
    """Sets of inputs whose indicators span a j-plane that has little norm in blocks of w inputs.

    Returns
    -------
    total : Fraction
        Sum over the blocks of the norms of the diagonal blocks of the projector onto the plane.
    sets : list of j lists of int
        Disjoint, of inputs in different blocks.

    Notes
    -----
    The projector is diagonal in each block, with the entry 1/q at an input of a set of q. With a
    block that contains w sets the plane gains w/q dimensions, for a norm 1/q.

    Examples
    --------
    >>> scattered(8, 3, 2)
    (Fraction(3, 2), [[0, 2], [4, 1], [3, 5]])
    """
    whole, rest = divmod(j, w)
    if whole == 0 or rest == 0:
        return Fraction(-(-j // w)), [[c] for c in range(j)]
    for more in range(rest, w + 1):
        # The last w + more sets, of q inputs each, fill so many blocks.
        q, blocks = w // gcd(more, w), (w + more) // gcd(more, w)
        if whole - 1 + blocks <= n // w:
            break
    first = (whole - 1) * w
    sets = [[c] for c in range(first)]
    used = [0] * blocks
    for i in range(w + more):
        chosen = [(i * q + t) % blocks for t in range(q)]
        sets.append([first + b * w + used[b] for b in chosen])
        for b in chosen:
            used[b] += 1
    return whole + Fraction(more, w), sets[:j]


def _indicators(n: int, sets: list[list[int]]) -> RealArray:
    """The indicators of disjoint sets, of norm 1."""
    basis = np.zeros((len(sets), n))
    for row, inputs in zip(basis, sets, strict=True):
        row[inputs] = len(inputs) ** -0.5
    return basis


def _largest_classes(n: int, rows: Rows, sign: int) -> Iterator[tuple[int, int]]:
    """w = 2, 4, …, n/2, and the most (or, for sign -1, the least) outputs that are equal mod w."""
    for s in range(1, n.bit_length() - 1):
        counts = np.bincount(np.array(rows) % (1 << s), minlength=1 << s)
        yield 1 << s, int(sign * (sign * counts).max())


def _lines(n: int, rows: Rows, k: int) -> Iterator[FarPlane]:
    for w, most in _largest_classes(n, rows, 1):
        total, sets = scattered(n, k, w)
        m = k - len(rows) + most
        if total < m:
            yield FarPlane(_indicators(n, sets), float(total / m), "lines")


def _lines_of_complement(n: int, rows: Rows, k: int) -> Iterator[FarPlane]:
    for w, least in _largest_classes(n, rows, -1):
        total, sets = scattered(n, n - k, w)
        m = n // w - least
        if total < m:
            basis = null_space(_indicators(n, sets)).T
            yield FarPlane(basis, float(total / m), "lines of the complement")


def conference_matrix(N: int) -> RealArray:
    """A skew matrix with entries ±1 off the diagonal and SSᵀ = (N-1)I, N a power of 2 above 1.

    Examples
    --------
    >>> conference_matrix(4) @ conference_matrix(4).T
    array([[3., 0., 0., 0.],
           [0., 3., 0., 0.],
           [0., 0., 3., 0.],
           [0., 0., 0., 3.]])
    """
    S = np.array([[0.0, 1.0], [-1.0, 0.0]])
    while len(S) < N:
        one = np.eye(len(S))
        S = np.block([[S, S + one], [S - one, -S]])
    return S


def conference_square(N: int, m: int) -> Fraction:
    """Upper bound N(N-m)/(2(N-1)m) of the square of the m-th eigenvalue of K.

    Examples
    --------
    >>> conference_square(4, 2)
    Fraction(2, 3)
    """
    return Fraction(N * (N - m), 2 * (N - 1) * m)


def _conference(n: int, rows: Rows, k: int) -> Iterator[FarPlane]:
    N = n // 2
    if N < 2 or k < N:
        return
    m = N - len(rows) + next(most for _, most in _largest_classes(n, rows, 1))
    if m <= 0 or (square := conference_square(N, m)) >= 1:
        return
    J = np.array([[0.0, -1.0], [1.0, 0.0]])
    projector = (np.eye(n) + np.kron(conference_matrix(N), J) / sqrt(N - 1)) / 2
    # The eigenvectors of the largest eigenvalue, and others.
    basis = np.linalg.eigh(projector)[1].T[::-1][:k]
    yield FarPlane(np.ascontiguousarray(basis), (1 + sqrt(square)) / 2, "conference matrix")
