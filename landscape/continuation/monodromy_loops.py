"""All complex critical points for generic data, from one of them: what is carried around closed
loops of data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import log
from typing import Any

import numpy as np
from joblib import Parallel, delayed
from numpy.random import Generator
from numpy.typing import NDArray

from landscape.continuation.path_tracking import refine, track
from landscape.planes.gain import Forms, Gain
from landscape.planes.row_spaces import RowSpaces

__all__ = ["SAME", "StartSet", "distinct", "follow", "monodromy", "projectors", "turned"]

Array = NDArray[Any]

SAME = 1e-6
"""Projectors closer than this are those of one row space."""
MISSED = 1e-6
"""Heuristic probability of stopping short, for loops that act as random permutations."""

CHUNK = 128


@dataclass(frozen=True, eq=False)
class StartSet:
    """Critical points x, complex, shape (P, V), for generic complex data.

    ``quiet`` is the number of loops in a row that found no further point.
    """

    spaces: RowSpaces
    forms: Forms
    x: Array
    quiet: int


def monodromy(
    spaces: RowSpaces,
    rng: Any = 0,
    quiet: int = 4,
    most: int = 20_000,
    progress: Callable[[int], Any] | None = None,
) -> StartSet:
    """Critical points for generic complex data, until so many loops in a row find no further one.

    A random point is critical for all data that satisfy linear equations in M; from there, all
    points known are followed to other random data and back, the phases of C and M turned on the
    way.

    Parameters
    ----------
    rng : None, int, SeedSequence, BitGenerator or Generator
    quiet : int
        Loops without a further point, after which the set counts as complete; more while it is so
        small that a loop easily misses what is left.
    most : int
        Points at which to give up.
    progress : callable(number of points), optional

    Raises
    ------
    ValueError
        If there are more than ``most`` points.

    Notes
    -----
    Points of one orbit of the monodromy group are found; that they are all, the loops only suggest.
    If a loop permutes N points at random, it finds nothing beyond m < N of them with probability
    1/C(N, m), at most 1/(m + 1); so many loops are made that this gives ``MISSED`` or less. Cost:
    twice the tracking of all points a loop. Source: Duff, Hill, Jensen, Lee, Leykin, Sommars, IMA
    J. Numer. Anal. 39, 2019.

    Examples
    --------
    >>> len(monodromy(RowSpaces(4, [0, 1]), quiet=2).x)  # as many as planes of eigenvectors
    6
    """
    rng = np.random.default_rng(rng)
    point, forms = _critical_by_choice_of_data(spaces, rng)
    x, still = point[None], 0
    while still < max(quiet, -log(MISSED) / log(len(x) + 1)):
        there = Forms(_symmetric(spaces.n, rng), _symmetric(spaces.n, rng))
        out, arrived = follow(spaces, x, turned(forms, rng), there)
        back, returned = follow(spaces, out[arrived], there, turned(forms, rng))
        back, size = refine(spaces, back[returned], forms)
        merged = np.concatenate([x, back[size < 1e-8]])
        merged = merged[distinct(projectors(spaces, merged))]
        still = still + 1 if len(merged) == len(x) else 0
        x = merged
        if progress is not None:
            progress(len(x))
        if len(x) > most:
            raise ValueError(
                f"outputs {spaces.rows} of {spaces.n} with k = {spaces.k} have more than {most} "
                f"complex critical "
                "points; enumeration stops here, use multi_start"
            )
    return StartSet(spaces, forms, x, still)


def follow(
    spaces: RowSpaces, x: Array, start: Forms, end: Forms, tolerance: float = 1e-4
) -> tuple[Array, NDArray[np.bool_]]:
    """``track`` in pieces, on the current joblib backend; the result does not depend on the number
    of workers."""
    pieces = [x[i : i + CHUNK] for i in range(0, len(x), CHUNK)]
    if not pieces:
        return x, np.zeros(0, dtype=bool)
    if len(pieces) == 1:
        return track(spaces, x, start, end, tolerance)
    ends = Parallel()(delayed(track)(spaces, piece, start, end, tolerance) for piece in pieces)
    points, arrived = zip(*ends, strict=True)
    return np.concatenate(points), np.concatenate(arrived)


def turned(forms: Forms, rng: Generator) -> Forms:
    """C and M times random complex numbers of modulus 1: the critical points stay where they
    are."""
    return Forms(*(form * np.exp(2j * np.pi * rng.random()) for form in forms))


def projectors(spaces: RowSpaces, x: Array) -> Array:
    """Orthogonal projectors to the row spaces, shape (P, n, n)."""
    Q = np.linalg.qr(np.conj(np.swapaxes(spaces.rows_at(x), -1, -2)))[0]
    return Q @ np.conj(np.swapaxes(Q, -1, -2))


def distinct(points: Array) -> NDArray[np.intp]:
    """Numbers of the first of each cluster of matrices, shape (P, n, n), closer than ``SAME``."""
    flat = points.reshape(len(points), points.shape[1] * points.shape[2])
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
    return np.sort(np.unique(cluster, return_index=True)[1])


def _critical_by_choice_of_data(spaces: RowSpaces, rng: Generator) -> tuple[Array, Forms]:
    """A random point, and random C and M for which it is critical: the gradient is linear in M."""
    n = spaces.n
    x, C = spaces.random(rng) + 1j * spaces.random(rng), _symmetric(n, rng)
    upper = np.triu_indices(n)
    unit = np.zeros((len(upper[0]), n, n), dtype=complex)
    unit[np.arange(len(unit)), upper[0], upper[1]] = unit[
        np.arange(len(unit)), upper[1], upper[0]
    ] = 1
    gradients = Gain(spaces, C, unit).gradient(np.broadcast_to(x, (len(unit), spaces.size)))
    rank = spaces.dimension
    null = np.linalg.svd(gradients.T)[2][rank:].conj().T
    M = np.einsum(
        "u,uij->ij",
        null @ (rng.normal(size=null.shape[1]) + 1j * rng.normal(size=null.shape[1])),
        unit,
    )
    return x, Forms(C, M)


def _symmetric(n: int, rng: Generator) -> Array:
    a = rng.normal(size=(n, n)) + 1j * rng.normal(size=(n, n))
    return (a + a.T) / 2
