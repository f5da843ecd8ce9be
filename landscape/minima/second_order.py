"""Local minima of the reduced loss to full precision: Newton steps in a trust region on the row
spaces."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fjlt import TruncatedButterfly, boundary
from landscape import data
from landscape.fixed.network import EncoderDecoder
from landscape.minima.trust_region import step
from landscape.planes.gain import Gain, data_forms
from landscape.planes.row_motion import FramedGain, motion
from landscape.planes.row_spaces import RowSpaces

__all__ = ["Minimum", "Problem", "descend", "minimise_reduced"]

Array = NDArray[np.float64]

NULL = 1e-9
"""Eigenvalues of the Hessian of the reduced loss below NULL·‖Y‖_F² count as zero."""
REGULAR = 1e-6
"""Where the regularity (see ``Motion``) is less, the descent has left the row spaces."""
SMALL = 1e-11
"""A step that promises less than SMALL·‖Y‖_F² is judged by the gradient: the loss no longer
resolves it."""
RADII = 1e-12, 0.5, 2.0


@dataclass(frozen=True, eq=False)
class Minimum:
    """Where a descent of the reduced loss ended.

    Attributes
    ----------
    loss : float
        ‖DEBX - Y‖_F² with the best D.
    x : ndarray, shape (V,)
        Variables of ``spaces``, rescaled.
    gradient_norm : float
        Of the reduced loss by the angle by which the row space turns, divided by ‖Y‖_F².
    spectrum : ndarray, shape (dimension,)
        Eigenvalues of its Hessian by that angle, in increasing order; directions that move no row
        space are left out, so that at a critical point no choice of variables matters.
    index, nullity : int
        Numbers of eigenvalues below -1e-9·‖Y‖_F², and of those within it.
    converged : bool
        Whether the gradient reached the tolerance, without a negative eigenvalue, at a regular
        point.
    reason : str
        A sentence that says why the descent stopped and what to try.
    n_steps : int
    spaces : RowSpaces
    """

    loss: float
    x: Array = field(repr=False)
    gradient_norm: float
    spectrum: Array = field(repr=False)
    index: int
    nullity: int
    converged: bool
    reason: str
    n_steps: int
    spaces: RowSpaces = field(repr=False)

    def encoder_butterfly(self) -> tuple[Array, TruncatedButterfly]:
        """E, shape (k, l), and B."""
        E, weights = self.spaces.weights_at(self.x)
        return E, TruncatedButterfly(weights, self.spaces.rows)

    def network(self, X: ArrayLike, Y: ArrayLike) -> EncoderDecoder:
        """D·E·B with the best D for data X, shape (n, d), and Y, shape (m, d)."""
        x, y = data.pair(X, Y)
        E, B = self.encoder_butterfly()
        D = np.linalg.lstsq((E @ data.encode(B, x)).T, y.T, rcond=None)[0].T
        return EncoderDecoder(D, E, B)


def minimise_reduced(
    X: ArrayLike,
    Y: ArrayLike,
    rows: Iterable[int],
    k: int,
    start: ArrayLike | None = None,
    *,
    max_steps: int = 500,
    tolerance: float = 1e-12,
    rng: Any = None,
) -> Minimum:
    """A local minimum of min over D of ‖DEBX - Y‖_F² in the row spaces of E·B, by Newton steps in a
    trust region.

    Parameters
    ----------
    X : array_like, shape (n, d)
        Real data, n a power of 2, rank X >= k; columns are samples.
    Y : array_like, shape (m, d)
    rows : iterable of int
        Kept outputs of B, l of them.
    k : int
        Width of the bottleneck, 1 <= k <= l.
    start : array_like, shape (V,), optional
        Variables of ``RowSpaces(n, rows, k)``; default standard normal ones.
    max_steps : int
    tolerance : float
        The descent ends when ``gradient_norm`` is at most this and the Hessian has no negative
        eigenvalue; saddles are left along negative curvature.
    rng : None, int, SeedSequence, BitGenerator or Generator
        Draws the start.

    Returns
    -------
    Minimum

    Raises
    ------
    ValueError, TypeError
        For bad shapes, k, rows or options, Y = 0, or entries that are complex or not finite.

    Notes
    -----
    Cost of a step: O(V³ + V²kn) operations, V variables. Source: Absil, Baker, Gallivan, Found.
    Comput. Math. 7, 2007 (trust regions on manifolds), here with the subproblem solved exactly; the
    reduced loss: ``Gain``.

    Examples
    --------
    >>> X = np.array([[1.0, 0, 0, 0], [0, 1, 0, 0], [0, 0, 2, 0], [0, 2, 0, 1]])
    >>> end = minimise_reduced(X, X, [0, 2], 2, start=[1.0, 0.1, 0.1, 1.0])
    >>> round(end.loss, 12), end.index, end.nullity, end.converged
    (4.2, 0, 0, True)
    """
    problem = Problem.of(X, Y, rows, k)
    max_steps = boundary.dimension(max_steps, "max_steps")
    tolerance = boundary.number(tolerance, "tolerance", above=0, high=1)
    spaces = problem.gain.spaces
    if start is None:
        x = spaces.random(np.random.default_rng(rng))
    else:
        x = boundary.vector(start, "start", spaces.size, real=True).astype(np.float64)
    return descend(problem, x[None], max_steps, tolerance)[0]


class Problem(NamedTuple):
    """The gain in units of ‖Y‖_F², and ‖Y‖_F²."""

    gain: Gain
    energy: float

    @classmethod
    def of(cls, X: ArrayLike, Y: ArrayLike, rows: Iterable[int], k: int) -> Problem:
        """Checked; X and Y enter divided by their largest entries."""
        x, y = data.pair(X, Y)
        spaces = RowSpaces(len(x), rows, data.bottleneck(k, len(x)))
        if not spaces.size:
            raise ValueError(
                f"outputs {spaces.rows} with n = k = {spaces.n} span one row space only; take k < n"
            )
        if not y.any():
            raise ValueError(
                "Y is zero, so that every network with D = 0 is a minimum; give targets"
            )
        rank = int(np.linalg.matrix_rank(x))
        if rank < spaces.k:
            raise ValueError(
                f"X has rank {rank}, less than k = {spaces.k}; take k <= {rank} or more samples"
            )
        scaled = y / np.abs(y).max()
        C, M = data_forms(x / np.abs(x).max(), scaled)
        return cls(Gain(spaces, C, M / np.sum(scaled**2)), float(np.sum(y**2)))


class _At(NamedTuple):
    """Points, and the derivatives of the loss along directions that turn the row space at most by
    their length.

    The last directions, unless the point is not regular, move no row space; in them the gradient is
    set to 0 and the Hessian to 1. ``slope`` is the norm of the gradient by the angle of the row
    space.
    """

    x: Array
    gain: Array
    slope: Array
    regularity: Array
    directions: Array
    gradient: Array
    values: Array
    vectors: Array

    def where(self, chosen: NDArray[np.bool_]) -> _At:
        return _At(*(part[chosen] for part in self))

    def moved(self, there: _At, good: NDArray[np.bool_]) -> _At:
        return _At(
            *(
                np.where(good.reshape(-1, *[1] * (a.ndim - 1)), b, a)
                for a, b in zip(self, there, strict=True)
            )
        )


def descend(problem: Problem, x: Array, max_steps: int, tolerance: float) -> list[Minimum]:
    """``minimise_reduced`` from several starts at once, x of shape (S, V)."""
    spaces, ends = problem.gain.spaces, dict[int, Minimum]()
    live, steps, radius = np.arange(len(x)), np.zeros(len(x), dtype=int), np.full(len(x), RADII[1])
    with np.errstate(all="ignore"):
        at = _look(problem, spaces.rescaled(x))
        for count in range(max_steps + 1):
            last, flat = count == max_steps, (at.slope <= tolerance) & (at.values[:, 0] >= -NULL)
            done = last | flat | (radius < RADII[0]) | ((at.regularity < REGULAR) & (steps > 0))
            for i in np.flatnonzero(done):
                ends[int(live[i])] = _end(problem, at, int(i), int(steps[i]), tolerance, last)
            if done.all():
                break
            live, steps, radius, at = live[~done], steps[~done], radius[~done], at.where(~done)
            move, promised = step(at.values, at.vectors, at.gradient, radius, NULL)
            there = _look(
                problem, spaces.rescaled(at.x + (at.directions @ move[..., None])[..., 0])
            )
            size, kept, tiny = (
                np.linalg.norm(move, axis=1),
                (there.gain - at.gain) / promised,
                promised < SMALL,
            )
            good = np.where(tiny, there.slope < at.slope, kept > 1e-4) & np.isfinite(there.slope)
            radius = np.where(
                good & (tiny | (kept > 0.75)), np.clip(2 * size, radius, RADII[2]), radius
            )
            radius = np.where(good & (tiny | (kept > 0.25)), radius, np.minimum(size, radius) / 4)
            at, steps = at.moved(there, good), steps + good
    return [ends[i] for i in range(len(x))]


def _look(problem: Problem, x: Array) -> _At:
    x = np.where(np.isfinite(x).all(axis=-1, keepdims=True), x, 1.0)
    gain, d, V = FramedGain(problem.gain, x), problem.gain.spaces.dimension, x.shape[-1]
    basis, sizes, regularity = motion(problem.gain, x)
    slope, second = (-part for part in gain.derivatives(x))
    along = (np.swapaxes(basis, -1, -2) @ slope[..., None])[..., 0]
    directions = basis / np.maximum(sizes, 1)[:, None, :]
    idle = (np.arange(V) >= d) & (regularity >= REGULAR)[:, None]
    gradient = np.where(idle, 0.0, along / np.maximum(sizes, 1))
    H = np.swapaxes(directions, -1, -2) @ second @ directions
    H = np.where(idle[:, :, None] | idle[:, None, :], np.eye(V), (H + np.swapaxes(H, -1, -2)) / 2)
    known: NDArray[np.bool_] = np.asarray(np.isfinite(H).all(axis=(-1, -2)))[:, None]
    values, vectors = np.linalg.eigh(np.where(known[..., None], H, np.eye(V)))
    size = np.linalg.norm(along[:, :d] / sizes[:, :d], axis=1)
    return _At(
        x, gain(x), size, regularity, directions, np.where(known, gradient, np.nan), values, vectors
    )


def _end(
    problem: Problem, at: _At, i: int, steps: int, tolerance: float, exhausted: bool
) -> Minimum:
    spaces, x = problem.gain.spaces, at.x[i : i + 1]
    basis, sizes, _ = motion(problem.gain, x)
    unit = basis[0, :, : spaces.dimension] / sizes[0, : spaces.dimension]
    H = -unit.T @ FramedGain(problem.gain, x).hessian(x)[0] @ unit
    spectrum = np.linalg.eigvalsh(H) if np.isfinite(H).all() else np.full(spaces.dimension, np.nan)
    slope, regularity, index = (
        float(at.slope[i]),
        float(at.regularity[i]),
        int((spectrum < -NULL).sum()),
    )
    converged = slope <= tolerance and index == 0 and regularity >= REGULAR
    against = f"the relative gradient norm is {slope:.1e} and the tolerance {tolerance:.1e}"
    if regularity < REGULAR:
        reason = (
            "The row space runs to a point where the butterfly's rows are not regular: they are "
            "nearly dependent, or a "
            f"weight between two layers nearly vanishes (regularity {regularity:.1e}); try "
            f"another start."
        )
    elif converged:
        reason = f"The descent converged: {against}, and the Hessian has no negative eigenvalue."
    elif exhausted:
        reason = f"The descent used up max_steps: {against}; raise max_steps, or go on from here with start=."
    else:
        reason = f"No step lowers the loss or the gradient any more: {against}; raise tolerance."
    return Minimum(
        loss=problem.energy * (1 - float(at.gain[i])),
        x=at.x[i],
        gradient_norm=slope,
        spectrum=problem.energy * spectrum,
        index=index,
        nullity=int((np.abs(spectrum) <= NULL).sum()),
        converged=converged,
        reason=reason,
        n_steps=steps,
        spaces=spaces,
    )
