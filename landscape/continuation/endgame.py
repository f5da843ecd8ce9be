"""The ends of the paths for given data: refined, tracked again where they failed or coincide.

Data for which critical points come in families are refused.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.random import Generator

from fjlt.types import Array, BoolArray, ComplexArray, IndexArray
from landscape.continuation.monodromy_loops import (
    SAME,
    StartSet,
    projectors,
    track_in_chunks,
    unique_indices,
    with_random_phases,
)
from landscape.continuation.path_tracking import refine
from landscape.planes.gain import Forms, Gain
from landscape.planes.row_spaces import RowSpaces

__all__ = ["PathEnds", "refuse_families", "track_start_set"]

SINGULAR = 1e-10
"""A Hessian modulo the gauge directions with a smaller inverse condition number is singular."""
CLEAR = 1e-3
"""A Hessian with a larger inverse condition number, modulo the gauge, is clearly regular."""
RETRIES = 3
FEW = 0.25
"""Share of the paths up to which they are tracked by detours; data with families have more."""
BENDS = (1e-3, -1e-3, 1e-2, -1e-2)
"""How far the detours leave the line, relative to its length."""


class PathEnds(NamedTuple):
    """Where the paths of a start set end.

    Attributes
    ----------
    points : ndarray, complex, shape (P, V)
        Distinct critical points.
    failed : ndarray, complex, shape (F, V)
        Where the other paths stopped.
    """

    points: ComplexArray
    failed: ComplexArray


def track_start_set(
    start: StartSet,
    forms: Forms,
    rng: Generator,
    report: Callable[[str], object],
    compiled: bool | None = None,
) -> PathEnds:
    """Track the paths from the start set to the data ``forms``.

    Paths that fail, or end together, are tracked again with a smaller tolerance, and, if they are
    few, on either side of the line of data. If ends are still missing, all paths are tracked along
    other lines of data, which permute the ends, and new ends are added.
    """
    spaces, x, origin = start.spaces, start.x, with_random_phases(start.forms, rng)
    report(f"{len(x)} paths to follow")
    ends, arrived = _refined_ends(spaces, x, [origin, forms], 1e-4, compiled)
    for attempt in range(RETRIES + 1):
        places = projectors(spaces, ends[arrived])
        first = np.flatnonzero(arrived)[unique_indices(places)]
        if len(first) >= len(x) or attempt == RETRIES:
            break
        if attempt == 0:
            again = _failed_or_coinciding(places, arrived)
            report(f"{len(again)} paths to follow again")
            ends[again], arrived[again] = _refined_ends(
                spaces, x[again], [origin, forms], 1e-6, compiled
            )
            if len(again) <= FEW * len(x):
                ends, arrived = _with_detours(
                    spaces, x, [origin, forms], again, ends, arrived, compiled
                )
        else:
            report(f"{len(x) - len(first)} ends missing; all paths by another line of data")
            line = [with_random_phases(start.forms, rng), forms]
            more, there = _refined_ends(spaces, x, line, 1e-5, compiled)
            ends = np.concatenate([ends[first], more])
            arrived = np.concatenate([np.ones(len(first), bool), there])
    return PathEnds(ends[first], ends[~arrived])


def _with_detours(
    spaces: RowSpaces,
    x: Array,
    line: list[Forms],
    again: IndexArray,
    ends: Array,
    arrived: BoolArray,
    compiled: bool | None,
) -> tuple[Array, BoolArray]:
    """The ends, and those of some paths by detours: a path fails where it nearly meets another one.

    Where it fails, the data are near data with multiple critical points. On either side of these
    the two paths have each other's ends, or their own.
    """
    origin, forms = line
    for bend in BENDS:
        # Half-way the data leave the line, sideways in the complex plane of t.
        half = Forms(
            *((a + b) / 2 + bend * 1j * (b - a) for a, b in zip(origin, forms, strict=True))
        )
        more, there = _refined_ends(spaces, x[again], [origin, half, forms], 1e-5, compiled)
        late = there & ~arrived[again]
        ends[again[late]], arrived[again[late]] = more[late], True
        ends = np.concatenate([ends, more[there & ~late]])
        arrived = np.concatenate([arrived, np.ones(len(ends) - len(arrived), dtype=bool)])
    return ends, arrived


def _failed_or_coinciding(places: Array, arrived: BoolArray) -> IndexArray:
    """Indices of the paths that did not arrive, or that share their end with another path."""
    number = np.flatnonzero(arrived)
    alone = unique_indices(places)
    shared = np.setdiff1d(np.arange(len(places)), alone)
    gap = (
        np.linalg.norm(places[:, None] - places[None, shared], axis=(-2, -1))
        if shared.size
        else np.ones((0, 1))
    )
    return np.union1d(np.flatnonzero(~arrived), number[np.flatnonzero((gap < SAME).any(axis=1))])


def _refined_ends(
    spaces: RowSpaces, x: Array, line: list[Forms], tolerance: float, compiled: bool | None
) -> tuple[Array, BoolArray]:
    """Ends of the paths along lines of data, refined, and which of them are critical points."""
    ends, arrived = x, np.ones(len(x), dtype=bool)
    for start, end in pairwise(line):
        ends, on_the_way = track_in_chunks(spaces, ends, start, end, tolerance, compiled)
        arrived &= on_the_way
    if arrived.any():
        ends[arrived], size = refine(spaces, ends[arrived], line[-1])
        arrived[arrived] = size < 1e-9
    return ends, arrived


def refuse_families(spaces: RowSpaces, x: Array, forms: Forms) -> None:
    """Check that critical points near x, shape (P, V), are isolated and simple.

    Raises
    ------
    ValueError
        If Newton's method from some of the points ends at a critical point with a singular Hessian,
        modulo the gauge directions. The message gives the dimension of the kernel.
    """
    gain, rank = Gain(spaces, *forms), spaces.dimension
    with np.errstate(all="ignore"):
        x = spaces.rescaled(x)
        x = x[np.isfinite(gain.gradient(x)).all(axis=-1)]
        # Where a point is critical and clearly simple, Newton's method stays.
        values, critical = _singular_values(gain, x)
        simple = critical & (values[:, rank - 1 : rank] > CLEAR * values[:, :1]).all(axis=-1)
        known, x = values[simple], x[~simple]
        for _ in range(30):
            x = x[np.isfinite(gain.gradient(x)).all(axis=-1)]
            gradient, hessian = gain.derivatives(x)
            # Gauss-Newton with the pseudo-inverse converges to families too; steps of length 1 at
            # most.
            step = (np.linalg.pinv(hessian, rcond=1e-7) @ gradient[..., None])[..., 0]
            x = spaces.rescaled(
                x - step / np.maximum(1, np.linalg.norm(step, axis=-1, keepdims=True))
            )
        values, critical = _singular_values(gain, x)
    total = len(known) + len(x)
    # At a simple point the Hessian has as many nonzero singular values as there are dimensions.
    values = np.concatenate([known, values[critical]])[:, :rank]
    singular = (
        values < SINGULAR * max(1.0, float(np.median(values[:, 0]))) if len(values) else values
    )
    if singular.any():
        d, count = int(singular.sum(axis=1).max()), int(singular.any(axis=1).sum())
        raise ValueError(
            f"the critical set has dimension up to {d}: at {count} of {total} ends of paths the "
            f"Hessian has zero eigenvalues, up to {d}, besides those of the symmetries; change the "
            "data a little (regularise), or slice the set"
        )


def _singular_values(gain: Gain, x: Array) -> tuple[Array, BoolArray]:
    """Singular values of the Hessians at x, largest first, and whether the points are critical."""
    gradient, hessian = gain.derivatives(x)
    W = gain.spaces.rows_at(x)
    regular = np.linalg.cond(W @ gain.C @ np.swapaxes(W, -1, -2)) < 1e6
    critical = regular & (np.abs(gradient).max(axis=-1) < 1e-10)
    return np.linalg.svd(hessian, compute_uv=False), critical
