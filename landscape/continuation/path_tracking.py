"""Paths of critical points along a line of data: predictor, corrector and step-size control.

For small problems all paths of a batch are tracked at once, each with a step size of its own;
larger ones are left to ``compiled_paths``.
"""

from __future__ import annotations

from types import ModuleType
from typing import NamedTuple

import numpy as np

from fjlt.runs.backends import one_blas_thread
from fjlt.types import Array, BoolArray, IndexArray
from landscape.planes.gain import Forms, Gain
from landscape.planes.row_spaces import RowSpaces

__all__ = ["refine", "track", "track_batch"]

COMPILED_FROM = 8
"""Least n for which paths are tracked by compiled code, which takes seconds to compile, once."""
MANY_NUMBERS = 10_000
"""Numbers, of all points together, from which Newton's method is left to compiled code. NumPy takes
a twentieth of a second for those of n = 8."""
ROUNDING = 1e-14
"""A Newton step of this relative size changes no digit to speak of."""
FIRST_STEP, SMALLEST_STEP = 0.05, 1e-7
CORRECTIONS = 3
CORRECTED = 1e-9
"""Largest relative size of the last Newton step of a corrected point."""
SLICE_STEPS = 8
"""Steps after which a path gets a new slice."""


class _Homotopy(NamedTuple):
    """Critical points for C + t·dC and M + t·dM, 0 <= t <= 1."""

    spaces: RowSpaces
    start: Forms
    velocity: Forms

    @classmethod
    def between(cls, spaces: RowSpaces, start: Forms, end: Forms) -> _Homotopy:
        return cls(spaces, start, Forms(end.C - start.C, end.M - start.M))

    def where(self, paths: IndexArray) -> _Homotopy:
        """That of some paths, if each has data of its own."""
        return self._replace(start=self.start.where(paths), velocity=self.velocity.where(paths))

    def at(self, t: Array) -> Gain:
        """The gain at times t, shape (P,), a batch."""
        s = t[:, None, None]
        return Gain(
            self.spaces, self.start.C + s * self.velocity.C, self.start.M + s * self.velocity.M
        )

    def path_tangent(self, x: Array, t: Array, normal: Array) -> Array:
        """dx/dt of the paths through x at times t (Davidenko's equation), within the slices."""
        hessian, velocity = self.at(t).hessian_and_velocity(x, *self.velocity)
        return _solve(hessian + normal, -velocity)


class _GaugeSlice:
    """Slices through a batch of points, orthogonal to the directions that change no row space.

    The gain does not change along the gauge directions N, so its Hessian is singular. Within the
    slice Nᴴ(x - x₀) = 0 a simple critical point is isolated. The equations g + conj(N)·Nᴴ(x - x₀) =
    0, g the gradient, hold there and nowhere else near x₀: g is orthogonal to conj(N) at x₀, so the
    two terms are independent nearby.

    Attributes
    ----------
    origin : ndarray, shape (P, V)
        The points x₀.
    normal : ndarray, shape (P, V, V)
        conj(N)·Nᴴ, times the scale of the Hessian.
    """

    def __init__(self, gain: Gain, x: Array) -> None:
        N = gain.gauge_directions(x)
        scale = np.abs(gain.hessian(x)).max(axis=(-2, -1), keepdims=True)
        self.origin, self.normal = x, scale * np.conj(N) @ np.conj(np.swapaxes(N, -1, -2))

    def renew(self, gain: Gain, x: Array, paths: IndexArray) -> None:
        """Replace the slices of some paths by those through x, shape (len(paths), V)."""
        new = _GaugeSlice(gain, x)
        self.origin[paths], self.normal[paths] = new.origin, new.normal


@np.errstate(all="ignore")
def refine(spaces: RowSpaces, x: Array, forms: Forms, steps: int = 6) -> tuple[Array, Array]:
    """Newton's method within slices, from a batch of points of shape (P, V).

    Returns
    -------
    x : ndarray, shape (P, V)
    size : ndarray, shape (P,)
        Relative sizes of the last Newton step.
    """
    many = x.size >= MANY_NUMBERS and np.iscomplexobj(x)
    compiled = _compiled() if many else None
    if compiled:
        # One step of length 1 along constant data: nothing is predicted, all is corrected.
        control = compiled.Control(np.inf, 1, 1.0, 0.0, steps, ROUNDING, np.inf, slice_steps=0)
        return compiled.paths(spaces, x, forms, forms, control)
    gain = Gain(spaces, *forms)
    size = np.full(len(x), np.inf)
    for _ in range(steps):
        x = spaces.rescaled(x)
        delta = _newton_step(gain, x, x, _GaugeSlice(gain, x).normal)
        size = _norm(delta) / _norm(x)
        good = np.isfinite(size)
        x = np.where(good[:, None], x + np.where(np.isfinite(delta), delta, 0), x)
    return x, size


def track(
    spaces: RowSpaces,
    x: Array,
    start: Forms,
    end: Forms,
    tolerance: float = 1e-4,
    max_steps: int = 2000,
    compiled: bool | None = None,
) -> tuple[Array, BoolArray]:
    """Track critical points along the line of data from ``start`` to ``end``.

    Parameters
    ----------
    x : ndarray, complex, shape (P, V)
        Critical points for ``start``.
    tolerance : float
        Largest relative correction of a predicted point. A smaller one is slower, and safer against
        jumps to another path.
    max_steps : int
        Most steps of a path, failed ones included.
    compiled : bool, optional
        Whether compiled code does it, where Numba compiles; by default from n = 8 on.

    Returns
    -------
    x : ndarray, shape (P, V)
        The ends of the paths.
    arrived : ndarray of bool, shape (P,)
        Whether a path reached ``end``. The others stopped where the step became too small, or ran
        out of steps.

    Notes
    -----
    Predictor: Runge-Kutta of order 4; corrector: Newton. Cost: five to seven solutions of V
    equations a step and path. Source: Sommese, Wampler, The Numerical Solution of Systems of
    Polynomials, 2005, chapter 2.
    """
    if compiled is None:
        compiled = spaces.n >= COMPILED_FROM
    code = _compiled() if compiled else None
    if code:
        control = code.Control(
            tolerance,
            max_steps,
            FIRST_STEP,
            SMALLEST_STEP,
            CORRECTIONS,
            enough=CORRECTED,
            corrected=CORRECTED,
            slice_steps=SLICE_STEPS,
        )
        ends, size = code.paths(spaces, x, start, end, control)
        return ends, np.isfinite(size)
    return track_batch(spaces, x, start, end, tolerance, max_steps)


@one_blas_thread()
@np.errstate(all="ignore")  # paths that fail have numbers that are not finite
def track_batch(
    spaces: RowSpaces, x: Array, start: Forms, end: Forms, tolerance: float, max_steps: int
) -> tuple[Array, BoolArray]:
    """``track`` for a batch of paths in NumPy."""
    x = spaces.rescaled(np.array(x, dtype=complex))
    homotopy = _Homotopy.between(spaces, start, end)
    t, step = np.zeros(len(x)), np.full(len(x), FIRST_STEP)
    slices, age = _GaugeSlice(Gain(spaces, *start), x.copy()), np.zeros(len(x), dtype=int)
    alive = np.ones(len(x), dtype=bool)
    for _ in range(max_steps):
        active = np.flatnonzero(alive & (t < 1))
        if active.size == 0:
            break
        # A slice stays transversal to the gauge directions only near its origin.
        old = active[age[active] >= SLICE_STEPS]
        if old.size:
            x[old] = spaces.rescaled(x[old])
            slices.renew(homotopy.where(old).at(t[old]), x[old], old)
            age[old] = 0
        # Predict along the tangent, correct by Newton's method at the new time.
        h = np.minimum(step[active], 1 - t[active])
        origin, normal = slices.origin[active], slices.normal[active]
        ahead = homotopy.where(active)
        point = _predict(ahead, x[active], t[active], h, normal)
        gain = ahead.at(t[active] + h)
        sizes = []
        for _ in range(CORRECTIONS):
            delta = _newton_step(gain, point, origin, normal)
            point = point + delta
            sizes.append(_norm(delta) / _norm(point))
            if (sizes[-1] < CORRECTED).all():
                break
        first, last = sizes[0], sizes[-1]
        # A step counts if the predicted point was near, and Newton's method converged from it.
        good = np.isfinite(last) & (first < tolerance) & (last < CORRECTED)
        accepted = active[good]
        x[accepted], t[accepted] = point[good], t[accepted] + h[good]
        t[accepted[t[accepted] > 1 - 1e-12]] = 1
        age[accepted] += 1
        # The error of a step of the predictor is of order h⁵, 32 times as large for 2h.
        step[accepted[first[good] < tolerance / 40]] *= 2
        step[active[~good]] *= 0.4
        alive[active] &= step[active] > SMALLEST_STEP
    return x, alive & (t == 1)


def _compiled() -> ModuleType | None:
    """The compiled code, or None where Numba does not compile."""
    from fjlt.kernels.simd import COMPILES
    from landscape.continuation import compiled_paths

    return compiled_paths if COMPILES else None


def _predict(homotopy: _Homotopy, x: Array, t: Array, h: Array, normal: Array) -> Array:
    """One step of the classical Runge-Kutta method of order 4 for the tangent of the path."""
    step = h[:, None]
    a = homotopy.path_tangent(x, t, normal)
    b = homotopy.path_tangent(x + step / 2 * a, t + h / 2, normal)
    c = homotopy.path_tangent(x + step / 2 * b, t + h / 2, normal)
    d = homotopy.path_tangent(x + step * c, t + h, normal)
    return x + step / 6 * (a + 2 * b + 2 * c + d)


def _newton_step(gain: Gain, x: Array, origin: Array, normal: Array) -> Array:
    """The Newton step of the equations of the slice through ``origin``."""
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


def _norm(x: Array) -> Array:
    return np.linalg.norm(x, axis=-1)
