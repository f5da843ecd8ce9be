"""All complex critical points for generic data, from a single one, by monodromy loops of data."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import ceil, log

import numpy as np
from joblib import Parallel, delayed
from numpy.random import Generator

from fjlt.types import Array, BoolArray, ComplexArray, IndexArray, RNGLike
from landscape.continuation.path_tracking import COMPILED_FROM, refine, track
from landscape.planes.gain import Forms, Gain
from landscape.planes.row_spaces import RowSpaces

__all__ = [
    "SAME",
    "StartSet",
    "monodromy",
    "projectors",
    "track_in_chunks",
    "unique_indices",
    "with_random_phases",
]

SAME = 1e-6
"""Projectors closer than this are those of one row space."""
MISSED = 1e-6
"""Heuristic probability of stopping short, for loops that act as random permutations."""

LARGEST_N = 64
"""Generic data are drawn from the kernel of a matrix of n²/2 rows, too large beyond this n."""
CHUNK = 128
"""Paths tracked as one batch."""


@dataclass(frozen=True, eq=False)
class StartSet:
    """Critical points for generic complex data: the start of all paths to other data.

    Attributes
    ----------
    spaces : RowSpaces
        The row spaces whose critical points they are.
    forms : Forms
        The generic C and M, shape (n, n).
    x : ndarray, complex, shape (P, V)
        Variables of the critical points.
    loops_no_progress : int
        Number of loops of data that carry the points to points of the set.
    """

    spaces: RowSpaces
    forms: Forms
    x: ComplexArray
    loops_no_progress: int


def monodromy(
    spaces: RowSpaces,
    rng: RNGLike = 0,
    max_loops_no_progress: int = 4,
    max_points: int = 20_000,
    progress: Callable[[int], object] | None = None,
) -> StartSet:
    """Critical points for generic complex data, found by monodromy.

    A random point is critical for all data that satisfy linear equations in M. From there, points
    are tracked along several lines to other random data, and along these lines back, with random
    phases of C and M for each line. Each line carries each point once. The search stops when the
    lines carry all points to known ones.

    Parameters
    ----------
    spaces : RowSpaces
        The row spaces that are searched.
    rng : None, int, SeedSequence, BitGenerator or Generator
        Draws the data and the loops.
    max_loops_no_progress : int
        The set counts as complete if one loop more than this carries it to itself; a loop is one
        line out and another back. More loops are made while the set is so small that they easily
        miss what is left.
    max_points : int
        The search gives up when it knows more points than this.
    progress : callable(number of points), optional
        Called after every line; for small problems, after all lines.

    Returns
    -------
    StartSet
        The points of the orbit, with the data that they are critical for.

    Raises
    ------
    ValueError
        If n > 64, or there are more than ``max_points`` points.

    Notes
    -----
    The points found are those of one orbit of the monodromy group. That they are all of them is
    suggested by the loops, and not proved. If g loops permute N points at random, a set of m < N
    points is carried to itself by all of them with probability C(N, m)^-g, and C(N - 1, m - 1) sets
    contain the first point: the expected number of such sets is at most (m + 1)^(1 - g). So many
    loops are made that this is ``MISSED`` or less. Paths that fail carry nothing.

    Cost: each point is tracked once along each of g + 1 lines. Source: Duff, Hill, Jensen, Lee,
    Leykin, Sommars, IMA J. Numer. Anal. 39, 2019.

    Examples
    --------
    >>> len(monodromy(RowSpaces(4, [0, 1]), max_loops_no_progress=2).x)  # C(4, 2) eigenplanes
    6
    """
    if spaces.n > LARGEST_N:
        raise ValueError(
            f"n = {spaces.n} is too large to list critical points, which is done for n up to "
            f"{LARGEST_N}; use multi_start"
        )
    rng = np.random.default_rng(rng)
    point, forms = _critical_by_choice_of_data(spaces, rng)
    there = Forms(_random_symmetric(spaces.n, rng), _random_symmetric(spaces.n, rng))
    here = _Node(spaces, forms, point[None])
    other = _Node(spaces, there, point[None][:0])
    lines: list[Forms] = []
    while True:
        # loops, one less than lines: (m + 1)^(1 - loops) <= MISSED, and never fewer than asked for
        least = max(max_loops_no_progress, ceil(-log(MISSED) / log(len(here.x) + 1))) + 1
        if len(lines) > least:
            return StartSet(spaces, forms, here.x, len(lines) - 1)
        # a few lines first: what more points need is known when these have found them
        for _ in range(1 if lines else max_loops_no_progress + 2):
            lines.append(with_random_phases(forms, rng))
        # Paths of small problems are tracked along all lines at once.
        every = range(len(lines))
        groups = [[*every]] if spaces.n < COMPILED_FROM else [[i] for i in every]
        while here.uncarried(every) or other.uncarried(every):
            for group in groups:
                other.add(*here.carry(group, lines, there, away=True))
                here.add(*other.carry(group, lines, there, away=False))
                if progress is not None:
                    progress(len(here.x))
                if len(here.x) > max_points:
                    raise ValueError(
                        f"outputs {spaces.rows} of {spaces.n} with k = {spaces.k} have more than "
                        f"{max_points} complex critical points; enumeration stops here, use "
                        "multi_start"
                    )


class _Node:
    """The known critical points for one of the two data sets, and by which lines they are carried.

    Attributes
    ----------
    x : ndarray, shape (P, V)
    carried : set of pairs (point, line)
        A line has carried the point to the other data, or led to it from there.
    """

    def __init__(self, spaces: RowSpaces, forms: Forms, x: ComplexArray) -> None:
        self.spaces, self.forms, self.x = spaces, forms, x
        self.carried: set[tuple[int, int]] = set()

    def uncarried(self, group: Iterable[int]) -> list[tuple[int, int]]:
        """The points that lines of a group have yet to carry, with these lines."""
        return [
            (i, line) for line in group for i in range(len(self.x)) if (i, line) not in self.carried
        ]

    def carry(
        self, group: Sequence[int], lines: Sequence[Forms], there: Forms, away: bool
    ) -> tuple[Array, IndexArray]:
        """Ends of the paths from these points, or to them unless ``away``, and their lines."""
        pairs = self.uncarried(group)
        self.carried |= {*pairs}
        points, chosen = np.array(pairs, dtype=np.intp).reshape(-1, 2).T
        start = (
            lines[group[0]]
            if len(group) == 1
            else Forms(*(np.stack(forms)[chosen] for forms in zip(*lines, strict=True)))
        )
        ends, arrived = track_in_chunks(
            self.spaces, self.x[points], *((start, there) if away else (there, start))
        )
        return ends[arrived], chosen[arrived]

    def add(self, ends: Array, lines: IndexArray) -> None:
        """Add the ends of paths along these lines that were not known."""
        ends, size = refine(self.spaces, ends, self.forms)
        good = size < 1e-8
        merged = np.concatenate([self.x, ends[good]])
        first = first_indices(projectors(self.spaces, merged))
        kept, places = np.unique(first, return_inverse=True)
        self.carried |= {*zip(places[len(self.x) :].tolist(), lines[good].tolist(), strict=True)}
        self.x = merged[kept]


def track_in_chunks(
    spaces: RowSpaces,
    x: Array,
    start: Forms,
    end: Forms,
    tolerance: float = 1e-4,
    compiled: bool | None = None,
) -> tuple[Array, BoolArray]:
    """``track`` for any number of paths, in chunks, on the current joblib backend.

    Paths that are not compiled may have data of their own, forms of shape (P, n, n). The result
    does not depend on the number of workers.
    """
    chunks = [slice(i, i + CHUNK) for i in range(0, len(x), CHUNK)]
    if not chunks:
        return x, np.zeros(0, dtype=bool)
    if len(chunks) == 1:
        return track(spaces, x, start, end, tolerance, compiled=compiled)
    ends = Parallel()(
        delayed(track)(
            spaces, x[chunk], start.where(chunk), end.where(chunk), tolerance, compiled=compiled
        )
        for chunk in chunks
    )
    points, arrived = zip(*ends, strict=True)
    return np.concatenate(points), np.concatenate(arrived)


def with_random_phases(forms: Forms, rng: Generator) -> Forms:
    """C and M times random complex numbers of modulus 1 (the gamma trick).

    The critical points are the same. With probability 1 the line to other data meets no data with
    multiple critical points before its end.
    """
    return Forms(*(form * np.exp(2j * np.pi * rng.random()) for form in forms))


def projectors(spaces: RowSpaces, x: Array) -> Array:
    """Orthogonal projectors onto the row spaces, shape (P, n, n)."""
    Q = np.linalg.qr(np.conj(np.swapaxes(spaces.rows_at(x), -1, -2)))[0]
    return Q @ np.conj(np.swapaxes(Q, -1, -2))


def first_indices(points: Array) -> IndexArray:
    """For each matrix, the index of the first one of its cluster; points has shape (P, n, n).

    Two matrices closer than ``SAME`` belong to one cluster.
    """
    flat = points.reshape(len(points), points.shape[1] * points.shape[2])
    # Sort by a random linear function: only matrices with close values are compared.
    direction = np.random.default_rng(0).normal(size=flat.shape[1])
    key = (flat @ direction).real
    order = np.argsort(key, kind="stable")
    cluster = np.arange(len(points))
    for place, i in enumerate(order):
        for j in reversed(order[:place]):
            if key[i] - key[j] > SAME:
                break
            if np.linalg.norm(flat[i] - flat[j]) < SAME:
                cluster[i] = cluster[j]
                break
    _, index, member = np.unique(cluster, return_index=True, return_inverse=True)
    return np.asarray(index[member])


def unique_indices(points: Array) -> IndexArray:
    """Index of the first matrix of each cluster; points has shape (P, n, n)."""
    return np.unique(first_indices(points))


def _critical_by_choice_of_data(spaces: RowSpaces, rng: Generator) -> tuple[ComplexArray, Forms]:
    """A random point, and random C and M for which it is critical."""
    n = spaces.n
    x, C = spaces.random(rng) + 1j * spaces.random(rng), _random_symmetric(n, rng)
    # The gradient is linear in M: its values at a basis of the symmetric matrices.
    upper = np.triu_indices(n)
    unit = np.zeros((len(upper[0]), n, n), dtype=complex)
    unit[np.arange(len(unit)), upper[0], upper[1]] = unit[
        np.arange(len(unit)), upper[1], upper[0]
    ] = 1
    gradients = Gain(spaces, C, unit).gradient(np.broadcast_to(x, (len(unit), spaces.size)))
    # A random element of its kernel, which has codimension ``dimension``.
    kernel = np.linalg.svd(gradients.T)[2][spaces.dimension :].conj().T
    M = np.einsum(
        "u,uij->ij",
        kernel @ (rng.normal(size=kernel.shape[1]) + 1j * rng.normal(size=kernel.shape[1])),
        unit,
    )
    return x, Forms(C, M)


def _random_symmetric(n: int, rng: Generator) -> Array:
    a = rng.normal(size=(n, n)) + 1j * rng.normal(size=(n, n))
    return (a + a.T) / 2
