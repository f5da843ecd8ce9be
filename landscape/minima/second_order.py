"""Local minima of the reduced loss to full precision, by a trust-region Newton method.

The reduced loss is a function of the row space of E·B. Steps are measured by the angle by which the
row space turns, so the descent does not depend on the choice of variables.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from fjlt import TruncatedButterfly, boundary
from fjlt.runs.backends import one_blas_thread
from fjlt.types import BoolArray, RealArray, RNGLike
from landscape import data
from landscape.fixed.network import EncoderDecoder
from landscape.minima.trust_region import step
from landscape.planes.gain import Gain, data_forms
from landscape.planes.row_motion import FramedGain, motion
from landscape.planes.row_spaces import RowSpaces

__all__ = ["Minimum", "Problem", "check_size", "descend", "minimise_reduced"]

NULL = 1e-9
"""Eigenvalues of the Hessian of the reduced loss count as zero up to NULL·‖Y‖_F²."""
REGULAR = 1e-6
"""Where the regularity (see ``Motion``) is less, the descent has left the row spaces."""
SMALL = 1e-11
"""A step with a predicted decrease below SMALL·‖Y‖_F² is judged by the gradient, because rounding
hides so small a decrease of the loss."""
LEAST_RADIUS, FIRST_RADIUS, LARGEST_RADIUS = 1e-12, 0.5, 2.0
"""Radii of the trust region; a descent ends below the first."""
MOST_BYTES = 2**33
"""Memory for the derivatives of all rows in all variables, in a batch of descents."""
ACCEPT, SHRINK, GROW = 1e-4, 0.25, 0.75
"""Ratios of actual to predicted decrease: a step is accepted above the first, the radius shrinks up
to the second and may grow above the third."""


@dataclass(frozen=True, eq=False)
class Minimum:
    """End of a descent of the reduced loss.

    Attributes
    ----------
    loss : float
        ‖DEBX - Y‖_F² with the best D.
    x : ndarray, shape (V,)
        Variables of ``spaces`` at the end, rescaled.
    gradient_norm : float
        Norm of the gradient of the reduced loss with respect to the angle by which the row space
        turns, divided by ‖Y‖_F².
    spectrum : ndarray, shape (dimension,)
        Eigenvalues, in increasing order, of the Hessian with respect to that angle. Directions that
        do not move the row space are left out, so at a critical point the spectrum does not depend
        on the choice of variables.
    index, nullity : int
        Number of eigenvalues below -1e-9·‖Y‖_F², and number of those from there to 1e-9·‖Y‖_F².
    converged : bool
        Whether the gradient is within the tolerance, no eigenvalue is negative, and the point is
        regular.
    reason : str
        A sentence that says why the descent stopped and what to try.
    n_steps : int
        Number of accepted steps.
    spaces : RowSpaces
        The row spaces that the descent ran in.

    Examples
    --------
    >>> X = np.array([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 2, 0], [0, 2, 0, 1]])
    >>> end = minimise_reduced(X, X, rows=[0, 2], k=2, rng=0)
    >>> end.converged, end.index, abs(end.network(X, X).loss(X, X) - end.loss) < 1e-9
    (True, 0, True)
    """

    loss: float
    x: RealArray = field(repr=False)
    gradient_norm: float
    spectrum: RealArray = field(repr=False)
    index: int
    nullity: int
    converged: bool
    reason: str
    n_steps: int
    spaces: RowSpaces = field(repr=False)

    def encoder_butterfly(self) -> tuple[RealArray, TruncatedButterfly]:
        """Return E and B with this row space.

        Returns
        -------
        E : ndarray, shape (k, l)
            The identity if k = l.
        B : TruncatedButterfly, shape (l, n)
            Its kept outputs are ``spaces.rows``.
        """
        E, weights = self.spaces.weights_at(self.x)
        return E, TruncatedButterfly(weights, self.spaces.rows)

    @one_blas_thread()
    def network(self, X: ArrayLike, Y: ArrayLike) -> EncoderDecoder:
        """Return D·E·B with the best D.

        Parameters
        ----------
        X : array_like, shape (n, d)
            Real data; columns are samples.
        Y : array_like, shape (m, d)
            Real targets.

        Returns
        -------
        EncoderDecoder
            D solves the least-squares problem; of several best ones it has the least norm.

        Raises
        ------
        ValueError, TypeError
            If the shapes do not fit, or an entry is complex or not finite.
        """
        x, y = data.pair(X, Y)
        E, B = self.encoder_butterfly()
        D = np.linalg.lstsq((E @ data.encode(B, x)).T, y.T, rcond=None)[0].T
        return EncoderDecoder(D, E, B)


@one_blas_thread()
def minimise_reduced(
    X: ArrayLike,
    Y: ArrayLike,
    rows: Iterable[int],
    k: int,
    start: ArrayLike | None = None,
    *,
    max_steps: int = 500,
    tolerance: float = 1e-12,
    rng: RNGLike = None,
) -> Minimum:
    """Find a local minimum of min over D of ‖DEBX - Y‖_F² as a function of the row space of E·B.

    The method is Newton's, in a trust region. It leaves saddles along negative curvature.

    Parameters
    ----------
    X : array_like, shape (n, d)
        Real data, n a power of 2, rank X >= k; columns are samples.
    Y : array_like, shape (m, d)
        Real targets.
    rows : iterable of int
        Kept outputs of B, l of them.
    k : int
        Width of the bottleneck, 1 <= k <= l.
    start : array_like, shape (V,), optional
        Variables of ``RowSpaces(n, rows, k)``. Default: independent standard normal ones.
    max_steps : int
        Largest number of steps, accepted or not.
    tolerance : float
        The descent ends when ``gradient_norm`` is at most this and the Hessian has no negative
        eigenvalue.
    rng : None, int, SeedSequence, BitGenerator or Generator
        Draws the start.

    Returns
    -------
    Minimum
        The end of the descent, also if it did not converge; then ``reason`` says why.

    Raises
    ------
    ValueError, TypeError
        For bad shapes, k, rows or options, for Y = 0, for entries that are complex or not finite,
        and where the derivatives of the rows need more than 8 GiB.

    See Also
    --------
    multi_start : The same from many random starts.

    Notes
    -----
    Cost of a step: O(V³ + V²kn) operations for V variables. The subproblem in the trust region is
    solved exactly.

    References
    ----------
    Absil, Baker, Gallivan, Found. Comput. Math. 7, 2007 (trust regions on manifolds).

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
    """The gain (see ``Gain``) in units of ‖Y‖_F², so that the reduced loss is energy·(1 - gain).

    In a batch of descents each may have a form M of its own, shape (S, n, n).
    """

    gain: Gain
    energy: float

    @classmethod
    def of(cls, X: ArrayLike, Y: ArrayLike, rows: Iterable[int], k: int) -> Problem:
        """Check the arguments of ``minimise_reduced``, and scale the data."""
        x, y = data.pair(X, Y)
        spaces = RowSpaces(len(x), rows, data.bottleneck(k, len(x)))
        if not spaces.size:
            raise ValueError(
                f"outputs {spaces.rows} with n = k = {spaces.n} span one row space only; take k < n"
            )
        check_size(spaces, 1)
        if not y.any():
            raise ValueError(
                "Y is zero, so that every network with D = 0 is a minimum; give targets"
            )
        rank = int(np.linalg.matrix_rank(x))
        if rank < spaces.k:
            raise ValueError(
                f"X has rank {rank}, less than k = {spaces.k}; take k <= {rank} or more samples"
            )
        # The gain does not depend on the scale of X. Divided by the largest entries, no square
        # overflows.
        scaled = y / np.abs(y).max()
        C, M = data_forms(x / np.abs(x).max(), scaled)
        return cls(Gain(spaces, C, M / np.sum(scaled**2)), float(np.sum(y**2)))

    def where(self, chosen: BoolArray | slice) -> Problem:
        """The problem of the chosen descents only."""
        spaces, C, M = self.gain.spaces, self.gain.C, self.gain.M
        return self if M.ndim == 2 else Problem(Gain(spaces, C, M[chosen]), self.energy)


def check_size(spaces: RowSpaces, batch: int) -> None:
    """Raise ``ValueError`` if the derivatives of a batch of descents need too much memory."""
    size = 8 * batch * spaces.size * max(spaces.k * spaces.n, spaces.size)
    if size > MOST_BYTES:
        raise ValueError(
            f"n = {spaces.n}, {spaces.l} kept outputs and k = {spaces.k} have {spaces.size} "
            f"variables, and the derivatives at {batch} points need {size / 2**30:.0f} GiB, more "
            f"than {MOST_BYTES / 2**30:.0f}; take fewer outputs or fewer rows of data"
        )


class _State(NamedTuple):
    """A batch of points, shape (S, V), and the quadratic models of the loss there.

    Attributes
    ----------
    x, gain : ndarray, shapes (S, V) and (S,)
        The variables, and the gain there.
    gradient_norm : ndarray, shape (S,)
        Norm of the gradient of the loss with respect to the angle of the row space.
    regularity : ndarray, shape (S,)
        See ``Motion``.
    directions : ndarray, shape (S, V, V)
        Columns that turn the row space by at most their length: the coordinates of a step. At a
        regular point the last of them do not move the row space.
    gradient, values, vectors : ndarray
        Gradient, and eigenvalues and eigenvectors of the Hessian of the loss in these coordinates.
        In those that do not move the row space the gradient is 0 and the Hessian 1, so that no step
        is taken there.
    """

    x: RealArray
    gain: RealArray
    gradient_norm: RealArray
    regularity: RealArray
    directions: RealArray
    gradient: RealArray
    values: RealArray
    vectors: RealArray

    def where(self, chosen: BoolArray) -> _State:
        """The chosen points only."""
        return _State(*(part[chosen] for part in self))

    def moved(self, new: _State, accepted: BoolArray) -> _State:
        """The new points where they are accepted, the present ones elsewhere."""
        return _State(
            *(
                np.where(accepted.reshape(-1, *[1] * (a.ndim - 1)), b, a)
                for a, b in zip(self, new, strict=True)
            )
        )


def descend(problem: Problem, x: RealArray, max_steps: int, tolerance: float) -> list[Minimum]:
    """``minimise_reduced`` from several starts at once, x of shape (S, V), without checks."""
    spaces, ends = problem.gain.spaces, dict[int, Minimum]()
    # Descents that have ended leave the batch; ``running`` has the numbers of the others.
    running, n_steps = np.arange(len(x)), np.zeros(len(x), dtype=int)
    radius = np.full(len(x), FIRST_RADIUS)
    with np.errstate(all="ignore"):
        state = _state(problem, spaces.rescaled(x))
        for count in range(max_steps + 1):
            exhausted = count == max_steps
            converged = (state.gradient_norm <= tolerance) & (state.values[:, 0] >= -NULL)
            singular = (state.regularity < REGULAR) & (n_steps > 0)
            done = exhausted | converged | (radius < LEAST_RADIUS) | singular
            for i in np.flatnonzero(done):
                end = _end(problem, state, int(i), int(n_steps[i]), tolerance, exhausted)
                ends[int(running[i])] = end
            if done.all():
                break
            running, n_steps, radius = running[~done], n_steps[~done], radius[~done]
            state, problem = state.where(~done), problem.where(~done)
            move, predicted = step(state.values, state.vectors, state.gradient, radius, NULL)
            new = _state(
                problem, spaces.rescaled(state.x + (state.directions @ move[..., None])[..., 0])
            )
            # A step is accepted if the loss decreases by a fair part of the predicted decrease, or,
            # where rounding hides the decrease, if the gradient becomes smaller.
            ratio, tiny = (new.gain - state.gain) / predicted, predicted < SMALL
            accepted = np.where(tiny, new.gradient_norm < state.gradient_norm, ratio > ACCEPT)
            accepted &= np.isfinite(new.gradient_norm)
            length = np.linalg.norm(move, axis=1)
            radius = np.where(
                accepted & (tiny | (ratio > GROW)),
                np.clip(2 * length, radius, LARGEST_RADIUS),
                radius,
            )
            radius = np.where(
                accepted & (tiny | (ratio > SHRINK)), radius, np.minimum(length, radius) / 4
            )
            state, n_steps = state.moved(new, accepted), n_steps + accepted
    return [ends[i] for i in range(len(x))]


def _state(problem: Problem, x: RealArray) -> _State:
    """The quadratic models of the loss at points x, shape (S, V)."""
    x = np.where(np.isfinite(x).all(axis=-1, keepdims=True), x, 1.0)
    gain, d, V = FramedGain(problem.gain, x), problem.gain.spaces.dimension, x.shape[-1]
    basis, sizes, regularity = motion(gain, x)
    first, second = (-part for part in gain.derivatives(x))
    along = (np.swapaxes(basis, -1, -2) @ first[..., None])[..., 0]
    # A unit along the i-th direction turns the row space by sizes[i]. Divided by it where it is
    # above 1, every direction turns the row space by at most its length.
    directions = basis / np.maximum(sizes, 1)[:, None, :]
    fixed = (np.arange(V) >= d) & (regularity >= REGULAR)[:, None]
    gradient = np.where(fixed, 0.0, along / np.maximum(sizes, 1))
    H = np.swapaxes(directions, -1, -2) @ second @ directions
    H = np.where(fixed[:, :, None] | fixed[:, None, :], np.eye(V), (H + np.swapaxes(H, -1, -2)) / 2)
    # Where the derivatives are not finite the gradient is NaN, and the step there is not accepted.
    finite: BoolArray = np.asarray(np.isfinite(H).all(axis=(-1, -2)))[:, None]
    values, vectors = np.linalg.eigh(np.where(finite[..., None], H, np.eye(V)))
    gradient_norm = np.linalg.norm(along[:, :d] / sizes[:, :d], axis=1)
    return _State(
        x,
        gain(x),
        gradient_norm,
        regularity,
        directions,
        np.where(finite, gradient, np.nan),
        values,
        vectors,
    )


def _end(
    problem: Problem, state: _State, i: int, n_steps: int, tolerance: float, exhausted: bool
) -> Minimum:
    """The end of the i-th descent of the batch."""
    spaces, x = problem.gain.spaces, state.x[i : i + 1]
    gain = FramedGain(problem.where(slice(i, i + 1)).gain, x)
    # The Hessian in directions that turn the row space by a unit angle.
    basis, sizes, _ = motion(gain, x)
    unit = basis[0, :, : spaces.dimension] / sizes[0, : spaces.dimension]
    H = -unit.T @ gain.hessian(x)[0] @ unit
    spectrum = np.linalg.eigvalsh(H) if np.isfinite(H).all() else np.full(spaces.dimension, np.nan)
    index = int((spectrum < -NULL).sum())
    gradient_norm, regularity = float(state.gradient_norm[i]), float(state.regularity[i])
    converged = gradient_norm <= tolerance and index == 0 and regularity >= REGULAR
    against = f"the relative gradient norm is {gradient_norm:.1e} and the tolerance {tolerance:.1e}"
    if regularity < REGULAR:
        reason = (
            "The row space runs to a point where the butterfly's rows are not regular: they are "
            "nearly dependent, or a weight between two layers nearly vanishes (regularity "
            f"{regularity:.1e}); try another start."
        )
    elif converged:
        reason = f"The descent converged: {against}, and the Hessian has no negative eigenvalue."
    elif exhausted:
        reason = (
            f"The descent used up max_steps: {against}; raise max_steps, or go on from here with "
            "start=."
        )
    else:
        reason = f"No step lowers the loss or the gradient any more: {against}; raise tolerance."
    return Minimum(
        loss=problem.energy * (1 - float(state.gain[i])),
        x=state.x[i],
        gradient_norm=gradient_norm,
        spectrum=problem.energy * spectrum,
        index=index,
        nullity=int((np.abs(spectrum) <= NULL).sum()),
        converged=converged,
        reason=reason,
        n_steps=n_steps,
        spaces=spaces,
    )
