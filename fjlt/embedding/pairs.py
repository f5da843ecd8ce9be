"""The distortion of distances between points under any map, measured pair by pair."""

from __future__ import annotations

from collections.abc import Iterator
from math import comb, hypot, sqrt
from typing import Any, NamedTuple

import numpy as np

from fjlt import boundary
from fjlt.embedding.neighbours import NeighbourRecall, neighbour_recall
from fjlt.embedding.points import Points, blocks, images
from fjlt.embedding.ratios import Distortion, WorstPair
from fjlt.scaling import restored
from fjlt.types import ArrayLike, IndexArray, RealArray, RNGLike, SparseArray

__all__ = ["distortion"]

_MOST_PAIRS = 1 << 27
"""Ratios that are kept: 1 GiB."""
_CANDIDATES = 10_000
"""Points among which neighbours are looked for."""


def distortion(
    op: Any,
    X: ArrayLike | SparseArray,
    pairs: str | int | ArrayLike = "all",
    rng: RNGLike = None,
    *,
    neighbours: int = 10,
    queries: int = 100,
) -> Distortion:
    """Measure how a map changes the distances of points: all ratios ‖f(x) - f(y)‖²/‖x - y‖².

    Parameters
    ----------
    op : LinearOperator, array_like, scipy.sparse array, callable or scikit-learn transformer
        The map f, shape (k, n) if it is linear. A transformer is fitted; it gets samples in rows.
        A callable gets some of the points at a time, in columns, and returns their images in
        columns.
    X : array_like or scipy.sparse array, shape (n, N)
        Real or complex; columns are points. At least two.
    pairs : "all", int or array_like of int, shape (m, 2)
        The pairs to compare: all; or as many as are said, drawn uniformly and independently; or
        those given by their columns.
    rng : None, int, SeedSequence, BitGenerator or Generator
        Draws pairs and queries.
    neighbours : int
        Nearest neighbours to look for; no more than there are.
    queries : int
        Points whose neighbours are looked for; with 0 none are.

    Returns
    -------
    Distortion
        The ratios, their extremes, the errors of inner products and the neighbours that are found.

    Raises
    ------
    ValueError, TypeError
        If the shapes do not fit, an entry or an image is not finite, a pair is no pair of columns,
        all pairs are of equal points, or there are more than 2^27 pairs.
    OverflowError
        If no double is near a ratio.

    See Also
    --------
    subspace_distortion : The worst over a subspace.
    restricted_isometry : The worst over sparse vectors.
    jl_test : What a random ensemble does with one vector.

    Notes
    -----
    Images are computed once, of the points that some pair or query needs, and are kept: k numbers a
    point. Otherwise the memory is that of blocks of 2^22 numbers and one double a pair. Neighbours
    are looked for among at most 10 000 points, drawn at random if there are more.

    Cost: an image a point, and n + k operations a pair.

    Examples
    --------
    >>> from fjlt import srht
    >>> X = np.random.default_rng(0).standard_normal((256, 50))
    >>> found = distortion(srht(64, 256, rng=0), X, rng=0)
    >>> found.ratios.size, round(found.share_within(0.5).share, 3)
    (1225, 0.993)
    """
    points = Points(X)
    count = points.shape[1]
    if count < 2:
        raise ValueError(f"X has {count} point; a distance needs two, in columns")
    neighbours = boundary.dimension(neighbours, "neighbours")
    queries = boundary.dimension(queries, "queries", low=0)
    of_pairs, of_queries = boundary.generators(rng, 2)
    listed, sampled = _listed(pairs, count, of_pairs)
    candidates = np.arange(count)
    if count > _CANDIDATES:
        candidates = np.sort(of_queries.choice(count, _CANDIDATES, replace=False))
    # The points that are needed, and the place of each among the images.
    which = np.arange(count)
    if listed is not None:
        which = np.unique(np.concatenate([listed.ravel(), candidates if queries else []]))
        which = which.astype(np.intp)
    mapped = images(op, points, which)
    compared = (
        _all_pairs(points, mapped)
        if listed is None
        else _some_pairs(points, mapped, listed, np.searchsorted(which, listed))
    )
    recall = None
    if queries:
        chosen = of_queries.choice(len(candidates), min(queries, len(candidates)), replace=False)
        places = np.searchsorted(which, candidates)
        recall = neighbour_recall(
            points, candidates, mapped, places, chosen, min(neighbours, len(candidates) - 1)
        )
    return _collected(compared, points, mapped, sampled, recall)


def _listed(
    pairs: str | int | ArrayLike, count: int, rng: np.random.Generator
) -> tuple[IndexArray | None, bool]:
    """The pairs, shape (m, 2), or None for all of them; whether they are a random sample."""
    if isinstance(pairs, str):
        if pairs != "all":
            raise ValueError(
                f"pairs = {pairs!r}: use 'all', a number of pairs to draw, or an array of pairs"
            )
        if comb(count, 2) > _MOST_PAIRS:
            raise ValueError(
                f"{count} points have {comb(count, 2)} pairs, more than {_MOST_PAIRS}; draw some "
                "of them, for example with pairs = 100_000"
            )
        return None, False
    if np.ndim(pairs) == 0:
        m = boundary.dimension(pairs, "pairs", high=_MOST_PAIRS)
        i, j = rng.integers(count, size=m), rng.integers(count - 1, size=m)
        return np.stack([i, j + (j >= i)], axis=1), True
    listed = np.asarray(pairs)
    if listed.dtype.kind not in "iu" or listed.ndim != 2 or listed.shape[1] != 2 or not len(listed):
        raise ValueError(
            f"pairs must be integers of shape (m, 2), two columns of X each, got shape "
            f"{listed.shape} and dtype {listed.dtype}"
        )
    if listed.min() < 0 or listed.max() >= count:
        raise ValueError(
            f"pairs spans {listed.min()} to {listed.max()}; the columns of X are 0, …, {count - 1}"
        )
    alike = np.flatnonzero(listed[:, 0] == listed[:, 1])
    if alike.size:
        raise ValueError(
            f"pairs[{alike[0]}] is {tuple(listed[alike[0]].tolist())}: the two columns must differ"
        )
    return listed.astype(np.intp), False


class _Block(NamedTuple):
    """Some pairs: columns, squared distances and inner products of points and of images, norms."""

    i: IndexArray
    j: IndexArray
    distances: tuple[RealArray, RealArray]
    products: tuple[RealArray, RealArray]
    norms: RealArray


def _some_pairs(
    points: Points, mapped: Points, pairs: IndexArray, places: IndexArray
) -> Iterator[_Block]:
    for some in blocks(len(pairs), 2 * (points.width + mapped.width)):
        i, j = pairs[some].T
        x, y = points.rows(i), points.rows(j)
        fx, fy = mapped.rows(places[some, 0]), mapped.rows(places[some, 1])
        yield _Block(
            i,
            j,
            (_dots(x - y, x - y), _dots(fx - fy, fx - fy)),
            (_dots(x, y), _dots(fx, fy)),
            np.sqrt(_dots(x, x) * _dots(y, y)),
        )


def _dots(a: RealArray, b: RealArray) -> RealArray:
    """The inner products of the rows of two matrices."""
    products: RealArray = np.einsum("ij,ij->i", a, b)
    return products


def _all_pairs(points: Points, mapped: Points) -> Iterator[_Block]:
    """Some points against all that follow them, so that the pairs come in their order."""
    from scipy.spatial.distance import cdist

    count = points.shape[1]
    width = max(points.width, mapped.width)
    norms = np.concatenate(
        [np.linalg.norm(points.rows(some), axis=1) for some in blocks(count, width)]
    )
    for some in blocks(count, max(width, count)):
        of_points, of_images = points.rows(some), mapped.rows(some)
        size, left = some.stop - some.start, count - some.start
        distances, products = np.empty((2, size, left)), np.empty((2, size, left))
        for part in blocks(left, width):
            rest = slice(some.start + part.start, some.start + part.stop)
            for t, (x, y) in enumerate(
                ((of_points, points.rows(rest)), (of_images, mapped.rows(rest)))
            ):
                distances[t, :, part] = cdist(x, y, "sqeuclidean")
                products[t, :, part] = x @ y.T
        i, j = np.triu_indices(size, 1, left)
        yield _Block(
            i + some.start,
            j + some.start,
            (distances[0, i, j], distances[1, i, j]),
            (products[0, i, j], products[1, i, j]),
            norms[i + some.start] * norms[j + some.start],
        )


def _collected(
    compared: Iterator[_Block],
    points: Points,
    mapped: Points,
    sampled: bool,
    recall: NeighbourRecall | None,
) -> Distortion:
    """Put the blocks together; what has the size of a point is not kept."""
    # Points and images have been scaled by powers of 2.
    scale = 2 * (mapped.exponent - points.exponent)
    ratios, duplicates = [], 0
    smallest, largest = WorstPair(-1, -1, np.inf), WorstPair(-1, -1, -np.inf)
    errors, with_errors, worst = 0.0, 0, WorstPair(-1, -1, 0.0)
    for block in compared:
        unequal = block.distances[0] > 0
        duplicates += int(np.count_nonzero(~unequal))
        i, j = block.i[unequal], block.j[unequal]
        found = restored(
            block.distances[1][unequal] / block.distances[0][unequal], scale, "a ratio", 1e-30
        )
        ratios.append(found)
        if found.size:
            low, high = int(np.argmin(found)), int(np.argmax(found))
            smallest = min(smallest, _pair(i, j, low, found), key=lambda pair: pair.value)
            largest = max(largest, _pair(i, j, high, found), key=lambda pair: pair.value)
        nonzero = block.norms > 0
        # The difference of inner products, over the norms.
        off = np.ldexp(block.products[1][nonzero], scale) - block.products[0][nonzero]
        off /= block.norms[nonzero]
        if off.size:
            at = int(np.argmax(np.abs(off)))
            size = abs(float(off[at])) or 1.0
            # The squares of very large errors are no doubles.
            errors = hypot(errors, size * float(np.linalg.norm(off / size)))
            with_errors += off.size
            other = _pair(block.i[nonzero], block.j[nonzero], at, off)
            worst = max(worst, other, key=lambda pair: abs(pair.value))
    together = np.concatenate(ratios)
    if not together.size:
        raise ValueError(
            f"all {duplicates} pairs are of equal points: there is no distance to compare"
        )
    return Distortion(
        (mapped.shape[0], points.shape[0]),
        points.shape[1],
        sampled,
        together,
        duplicates,
        smallest,
        largest,
        errors / sqrt(max(with_errors, 1)),
        worst,
        recall,
    )


def _pair(i: IndexArray, j: IndexArray, at: int, values: RealArray) -> WorstPair:
    return WorstPair(int(i[at]), int(j[at]), float(values[at]))
