"""Where the paths of a start set end for given data: retried, and refused where critical points are
no points."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from landscape.continuation.monodromy_loops import (
    SAME,
    StartSet,
    distinct,
    follow,
    projectors,
    turned,
)
from landscape.continuation.path_tracking import refine
from landscape.planes.gain import Forms, Gain
from landscape.planes.row_spaces import RowSpaces

__all__ = ["path_ends", "refuse_families"]

Array = NDArray[Any]

SINGULAR = 1e-10
"""Hessians, modulo the directions that change no row space, with a smaller inverse condition number
are singular."""
TRIES = 3


def path_ends(
    start: StartSet, forms: Forms, rng: np.random.Generator, say: Callable[[str], Any]
) -> tuple[Array, Array]:
    """Distinct ends of the paths from the start set, and where paths stopped short.

    Paths that fail or end together are followed again with a smaller tolerance; then all of them,
    by other lines of data that permute the ends, and what is new is added.
    """
    spaces, x, origin = start.spaces, start.x, turned(start.forms, rng)
    say(f"{len(x)} paths to follow")
    ends, arrived = _arrivals(spaces, x, origin, forms, 1e-4)
    for attempt in range(TRIES + 1):
        places = projectors(spaces, ends[arrived])
        first = np.flatnonzero(arrived)[distinct(places)]
        if len(first) >= len(x) or attempt == TRIES:
            break
        if attempt == 0:
            again = _ambiguous(places, arrived)
            say(f"{len(again)} paths to follow again")
            ends[again], arrived[again] = _arrivals(spaces, x[again], origin, forms, 1e-6)
        else:
            say(f"{len(x) - len(first)} ends missing; all paths by another line of data")
            more, there = _arrivals(spaces, x, turned(start.forms, rng), forms, 1e-5)
            ends, arrived = (
                np.concatenate([ends[first], more]),
                np.concatenate([np.ones(len(first), bool), there]),
            )
    return ends[first], ends[~arrived]


def _ambiguous(places: Array, arrived: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Numbers of the paths that did not arrive, or that share their end with another one."""
    number = np.flatnonzero(arrived)
    alone = distinct(places)
    shared = np.setdiff1d(np.arange(len(places)), alone)
    gap = (
        np.linalg.norm(places[:, None] - places[None, shared], axis=(-2, -1))
        if shared.size
        else np.ones((0, 1))
    )
    return np.union1d(np.flatnonzero(~arrived), number[np.flatnonzero((gap < SAME).any(axis=1))])


def _arrivals(
    spaces: RowSpaces, x: Array, start: Forms, end: Forms, tolerance: float
) -> tuple[Array, NDArray[np.bool_]]:
    """Ends of the paths, refined, and which of them are critical points."""
    ends, arrived = follow(spaces, x, start, end, tolerance)
    if arrived.any():
        ends[arrived], size = refine(spaces, ends[arrived], end)
        arrived[arrived] = size < 1e-9
    return ends, arrived


def refuse_families(spaces: RowSpaces, x: Array, forms: Forms) -> None:
    """``ValueError`` if Newton's method from some of the points ends where the critical set is not
    a simple point."""
    gain, rank = Gain(spaces, *forms), spaces.dimension
    with np.errstate(all="ignore"):
        x = spaces.rescaled(x)
        for _ in range(30):
            x = x[np.isfinite(gain.gradient(x)).all(axis=-1)]
            gradient, hessian = gain.derivatives(x)
            step = (np.linalg.pinv(hessian, rcond=1e-7) @ gradient[..., None])[..., 0]
            x = spaces.rescaled(
                x - step / np.maximum(1, np.linalg.norm(step, axis=-1, keepdims=True))
            )
        gradient, hessian = gain.derivatives(x)
        W = spaces.rows_at(x)
        regular = np.linalg.cond(W @ forms.C @ np.swapaxes(W, -1, -2)) < 1e6
    critical = regular & (np.abs(gradient).max(axis=-1) < 1e-10)
    values = np.linalg.svd(hessian[critical], compute_uv=False)[:, :rank]
    singular = (
        values < SINGULAR * max(1.0, float(np.median(values[:, 0]))) if len(values) else values
    )
    if singular.any():
        d, count = int(singular.sum(axis=1).max()), int(singular.any(axis=1).sum())
        raise ValueError(
            f"the critical set has dimension up to {d}: at {count} of {len(x)} ends of paths the "
            f"Hessian has zero eigenvalues, up to {d}, besides those of the symmetries; slice the "
            f"set, or change the data a little "
            "(regularise)"
        )
