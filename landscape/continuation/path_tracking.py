"""Critical points followed along a path of data: predictor and corrector with a step of its own for
every path."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from landscape.planes.gain import Forms, Gain
from landscape.planes.row_spaces import RowSpaces

__all__ = ["refine", "track"]

Array = NDArray[Any]

SMALLEST_STEP = 1e-7
CHART_STEPS = 8


class _Chart:
    """A slice across the directions that change no row space, at a batch of points.

    A critical point of the gain within the slice is one without it: the gain does not change along
    the other directions, so that the equations g + conj(N)·Nᴴ(x - x₀) = 0, g the gradient, have g =
    0.
    """

    def __init__(self, gain: Gain, x: Array) -> None:
        idle = gain.gauge_directions(x)
        scale = np.abs(gain.hessian(x)).max(axis=(-2, -1), keepdims=True)
        self.origin, self.normal = x, scale * np.conj(idle) @ np.conj(np.swapaxes(idle, -1, -2))

    def put(self, gain: Gain, x: Array, which: Array) -> None:
        """A new slice for some of the points."""
        new = _Chart(gain, x)
        self.origin[which], self.normal[which] = new.origin, new.normal


@np.errstate(all="ignore")
def refine(spaces: RowSpaces, x: Array, forms: Forms, steps: int = 6) -> tuple[Array, Array]:
    """Newton's method within slices from a batch of points: the points, and the relative sizes of
    the last step."""
    gain = Gain(spaces, *forms)
    size = np.full(len(x), np.inf)
    for _ in range(steps):
        x = spaces.rescaled(x)
        chart = _Chart(gain, x)
        delta = _newton(gain, x, x, chart.normal)
        size = _norm(delta) / _norm(x)
        good = np.isfinite(size)
        x = np.where(good[:, None], x + np.where(np.isfinite(delta), delta, 0), x)
    return x, size


@np.errstate(all="ignore")  # paths that fail have numbers that are not finite
def track(
    spaces: RowSpaces,
    x: Array,
    start: Forms,
    end: Forms,
    tolerance: float = 1e-4,
    max_steps: int = 2000,
) -> tuple[Array, Array]:
    """Follow critical points for ``start`` along the straight line of data to ``end``.

    Parameters
    ----------
    x : ndarray, complex, shape (P, V)
        Critical points for ``start``.
    tolerance : float
        Largest relative correction that a predicted point may need; smaller is slower, and safer
        against jumping to another path.

    Returns
    -------
    x : ndarray, shape (P, V)
    arrived : ndarray of bool, shape (P,)
        Others ended where the step became too small.

    Notes
    -----
    Predictor: Runge-Kutta of order 4; corrector: Newton. Cost: five solutions of V equations a
    step.
    """
    x = spaces.rescaled(np.array(x, dtype=complex))
    t, step = np.zeros(len(x)), np.full(len(x), 0.05)
    chart, age = _Chart(Gain(spaces, *start), x.copy()), np.zeros(len(x), dtype=int)
    alive = np.ones(len(x), dtype=bool)
    dC, dM = end.C - start.C, end.M - start.M
    for _ in range(max_steps):
        active = np.flatnonzero(alive & (t < 1))
        if active.size == 0:
            break
        stale = active[age[active] >= CHART_STEPS]
        if stale.size:
            x[stale] = spaces.rescaled(x[stale])
            chart.put(_along(spaces, start, dC, dM, t[stale]), x[stale], stale)
            age[stale] = 0
        h = np.minimum(step[active], 1 - t[active])
        origin, normal = chart.origin[active], chart.normal[active]
        guess = _predict(spaces, x[active], start, dC, dM, t[active], h, normal)
        gain = _along(spaces, start, dC, dM, t[active] + h)
        sizes = []
        for _ in range(3):
            delta = _newton(gain, guess, origin, normal)
            guess = guess + delta
            sizes.append(_norm(delta) / _norm(guess))
        first, last = sizes[0], sizes[-1]
        good = np.isfinite(last) & (first < tolerance) & (last < 1e-9)
        won = active[good]
        x[won], t[won] = guess[good], t[won] + h[good]
        t[won[t[won] > 1 - 1e-12]] = 1
        age[won] += 1
        step[won[first[good] < tolerance / 40]] *= 2
        step[active[~good]] *= 0.4
        alive[active] &= step[active] > SMALLEST_STEP
    return x, alive & (t == 1)


def _predict(
    spaces: RowSpaces,
    x: Array,
    start: Forms,
    dC: Array,
    dM: Array,
    t: Array,
    h: Array,
    normal: Array,
) -> Array:
    def slope(x: Array, t: Array) -> Array:
        hessian, velocity = _along(spaces, start, dC, dM, t).hessian_and_velocity(x, dC, dM)
        return _solve(hessian + normal, -velocity)

    step = h[:, None]
    a = slope(x, t)
    b = slope(x + step / 2 * a, t + h / 2)
    c = slope(x + step / 2 * b, t + h / 2)
    d = slope(x + step * c, t + h)
    return x + step / 6 * (a + 2 * b + 2 * c + d)


def _newton(gain: Gain, x: Array, origin: Array, normal: Array) -> Array:
    gradient, hessian = gain.derivatives(x)
    return _solve(hessian + normal, -gradient - (normal @ (x - origin)[..., None])[..., 0])


def _solve(A: Array, b: Array) -> Array:
    """Solutions of a batch of equations; NaN where the matrix is singular or not finite."""
    try:
        return np.linalg.solve(A, b[..., None])[..., 0]
    except np.linalg.LinAlgError:
        if len(b) == 1:
            return np.full_like(b, np.nan)
        return np.concatenate([_solve(A[i : i + 1], b[i : i + 1]) for i in range(len(b))])


def _along(spaces: RowSpaces, start: Forms, dC: Array, dM: Array, t: Array) -> Gain:
    s = t[:, None, None]
    return Gain(spaces, start.C + s * dC, start.M + s * dM)


def _norm(x: Array) -> Array:
    return np.linalg.norm(x, axis=-1)
