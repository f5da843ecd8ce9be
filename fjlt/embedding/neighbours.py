"""How many nearest neighbours of points stay nearest neighbours of their images."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from fjlt.embedding.points import Points, blocks
from fjlt.types import IndexArray, RealArray

__all__ = ["NeighbourRecall", "neighbour_recall"]


class NeighbourRecall(NamedTuple):
    """The share of nearest neighbours that are found among the images.

    Attributes
    ----------
    share : float
        Of the nearest images, those whose points are among the nearest points.
    neighbours : int
        Neighbours looked for, of each query.
    queries : int
    candidates : int
        Points among which they are looked for.
    """

    share: float
    neighbours: int
    queries: int
    candidates: int


def neighbour_recall(
    points: Points,
    which: IndexArray,
    images: Points,
    places: IndexArray,
    queries: IndexArray,
    neighbours: int,
) -> NeighbourRecall:
    """Look for the nearest neighbours of some points, and of their images.

    A neighbour found by its image counts if its point is no farther than the last of the true
    neighbours; so it does not matter which of several equally near ones is taken.

    Parameters
    ----------
    points : Points
    which : ndarray of int, shape (c,)
        The candidates, numbers of points.
    images : Points
    places : ndarray of int, shape (c,)
        The candidates among the images.
    queries : ndarray of int
        Places among the candidates.
    neighbours : int
        1 <= neighbours < c.

    Notes
    -----
    Cost: a distance for each query and candidate, of the points and of the images.

    Examples
    --------
    >>> points, images = Points([[0, 1, 5, 6]]), Points([[0, 1, 3, 4]])
    >>> everything = np.arange(4)
    >>> neighbour_recall(points, everything, images, everything, everything, 1).share
    1.0
    """
    true = _distances(points, which, queries)
    found = np.argpartition(_distances(images, places, queries), neighbours - 1)
    last = np.partition(true, neighbours - 1)[:, neighbours - 1, None]
    nearest = np.take_along_axis(true, found[:, :neighbours], axis=1)
    # Two ways to the same distance differ by rounding.
    share = float(np.mean(nearest <= last * (1 + 1e-12)))
    return NeighbourRecall(share, neighbours, len(queries), len(which))


def _distances(points: Points, which: IndexArray, queries: IndexArray) -> RealArray:
    """Squared distances of queries to all of ``which``, infinite to themselves."""
    from scipy.spatial.distance import cdist

    rows = points.rows(which[queries])
    distances = np.empty((len(queries), len(which)))
    for some in blocks(len(which), points.width):
        distances[:, some] = cdist(rows, points.rows(which[some]), "sqeuclidean")
    distances[np.arange(len(queries)), queries] = np.inf
    return distances
