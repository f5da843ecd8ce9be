"""Krawczyk's test for zeros of systems, and inertia of symmetric matrices, in ball arithmetic."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
from flint import arb, arb_mat, ctx

__all__ = ["Ball", "BallMatrix", "ball_box", "inertia", "krawczyk_radii", "newton"]

Ball: TypeAlias = Any
"""``arb`` or ``acb``. The code is the same for both, but python-flint has no type for either."""
BallMatrix: TypeAlias = Any
"""``arb_mat`` or ``acb_mat``."""
System: TypeAlias = Callable[[list[Ball]], tuple[BallMatrix, BallMatrix]]

INFLATIONS = 6


def newton(system: System, x: list[Ball], steps: int = 12) -> list[Ball]:
    """Midpoints near a zero of a system, by Newton's method at the precision of ``flint.ctx``.

    The iteration ends when a step is not less than half of the last one.

    Parameters
    ----------
    system : callable(list of balls) -> (values, shape (d, 1), Jacobian, shape (d, d))
    x : list of d exact balls
    steps : int
        Most steps.

    Returns
    -------
    list of d exact balls

    Examples
    --------
    >>> root = newton(lambda x: (arb_mat([[x[0] ** 2 - 2]]), arb_mat([[2 * x[0]]])), [arb(1.4)])
    >>> root[0].str(10, radius=False)
    '1.414213562'
    """
    last = np.inf
    for _ in range(steps if x else 0):
        try:
            values, jacobian = system(x)
            step = (jacobian.mid().inv() * values.mid()).mid().entries()
        except (ZeroDivisionError, ValueError):
            break
        size = max(float(abs(s).mid()) for s in step)
        if not size < last / 2:
            break
        x, last = [(a - s).mid() for a, s in zip(x, step, strict=True)], size
    return x


def krawczyk_radii(system: System, x: list[Ball]) -> list[arb] | None:
    """Radii of a box around x that holds exactly one zero of the system, a simple one; or None.

    Boxes of complex numbers are products of squares, the radius being half a side.

    Parameters
    ----------
    system : callable(list of balls) -> (values, shape (d, 1), Jacobian, shape (d, d))
        Encloses the values and the Jacobian at all points of a box.
    x : list of d exact balls, real or complex

    Returns
    -------
    list of d exact balls, or None
        The radii, which are powers of 2. None proves nothing.

    Notes
    -----
    Krawczyk's operator maps a box to x - A·F(x) + (I - A·J(box))·(box - x), A an approximate
    inverse of the Jacobian J. If it maps the box into its interior, the box holds a zero of F, by
    Brouwer's theorem. The zero is unique and simple because I - A·J has norm less than 1 in the
    maximum norm scaled by the radii; for complex x, in this norm of real and imaginary parts
    together. Source: Krawczyk, Computing 4, 1969; Rump, Acta Numerica 19, 2010.

    Examples
    --------
    >>> system = lambda x: (arb_mat([[x[0] ** 2 - 2]]), arb_mat([[2 * x[0]]]))
    >>> krawczyk_radii(system, newton(system, [arb(1.4)])) is not None
    True
    >>> krawczyk_radii(system, [arb(-5)]) is None
    True
    """
    if not x:
        return []
    try:
        values, jacobian = system(x)
        inverse = jacobian.mid().inv().mid()
        newton_step = inverse * values
        # Start from twice the Newton step, and not below the rounding errors at this precision.
        floor = arb(2) ** (-ctx.prec)
        radius = [
            _power_of_two(2 * abs(s) + floor * (1 + abs(a)))
            for s, a in zip(newton_step.entries(), x, strict=True)
        ]
        for _ in range(INFLATIONS):
            AJ = inverse * system(ball_box(x, radius))[1]
            if _maps_inside(AJ, newton_step, radius):
                return radius
            # Epsilon inflation: a larger box may contain its image where a smaller one does not.
            radius = [r * 8 for r in radius]
    except (ZeroDivisionError, ValueError, OverflowError):
        return None
    return None


def ball_box(x: list[Ball], radius: list[arb]) -> list[Ball]:
    """Balls around x of these radii; for a complex number, in both parts."""
    return [a + _ball_around_zero(a, r) for a, r in zip(x, radius, strict=True)]


def inertia(H: arb_mat) -> tuple[int, int]:
    """Numbers of negative and positive eigenvalues of all symmetric matrices in H, shape (d, d).

    Raises
    ------
    ValueError
        If the sign of an eigenvalue is not determined.

    Notes
    -----
    By Sylvester's law of inertia H and QᵀHQ have the same numbers of eigenvalues of each sign, Q
    any regular matrix. With Q the approximate eigenvectors, divided by the square roots of the
    sizes of the eigenvalues, QᵀHQ is nearly diagonal with entries ±1, and Gershgorin's discs tell
    the signs. That Q is regular follows: QᵀHQ is strictly diagonally dominant.

    Examples
    --------
    >>> inertia(arb_mat([[0, 1], [1, 0]]))
    (1, 1)
    """
    d = H.nrows()
    if d == 0:
        return 0, 0
    middle = np.array([float(entry) for entry in H.entries()]).reshape(d, d)
    values, vectors = np.linalg.eigh((middle + middle.T) / 2)
    vectors /= np.sqrt(np.maximum(np.abs(values), np.finfo(float).tiny))
    Q = arb_mat(d, d, vectors.ravel().tolist())
    rows = (Q.transpose() * H * Q).tolist()
    # No Gershgorin disc contains 0: the discs on each side hold as many eigenvalues as there are.
    for i, row in enumerate(rows):
        if not abs(row[i]) > sum((abs(entry) for j, entry in enumerate(row) if j != i), arb(0)):
            raise ValueError(f"the sign of eigenvalue {values[i]:.3g} of {d} is not determined")
    positive = sum(bool(row[i] > 0) for i, row in enumerate(rows))
    return d - positive, positive


def _maps_inside(AJ: BallMatrix, newton_step: BallMatrix, radius: list[arb]) -> bool:
    """Krawczyk's test: whether (I - A·J)·(box - x) - A·F(x) lies in the interior of box - x."""
    d = len(radius)
    centred = [_ball_around_zero(s, r) for s, r in zip(newton_step.entries(), radius, strict=True)]
    box = type(AJ)(d, 1, centred)
    identity = type(AJ)(d, d, [int(i == j) for i in range(d) for j in range(d)])
    image = ((identity - AJ) * box - newton_step).entries()
    return all(
        abs(part) < r for s, r in zip(image, radius, strict=True) for part in (s.real, s.imag)
    )


def _ball_around_zero(a: Ball, r: arb) -> Ball:
    """The ball around 0 of radius r of the type of a; if it is complex, in both parts."""
    side = arb(0, r)
    return side if isinstance(a, arb) else type(a)(side, side)


def _power_of_two(size: arb) -> arb:
    """The least power of 2 above the upper end of a ball."""
    man, exponent = size.upper().man_exp()
    return arb(2) ** (int(exponent) + int(man).bit_length())
