"""Proofs that a box holds exactly one zero of a system, and signs of eigenvalues, in ball
arithmetic."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from flint import arb, arb_mat, ctx

__all__ = ["ball_box", "contracted", "inertia", "newton"]

Matrix = Any
System = Callable[[list[Any]], tuple[Matrix, Matrix]]

INFLATIONS = 6


def newton(system: System, x: list[Any], steps: int = 12) -> list[Any]:
    """Midpoints near a zero of a system: Newton's method at the precision of ``flint.ctx`` while
    the steps shrink.

    Parameters
    ----------
    system : callable(list of balls) -> (values, shape (d, 1), Jacobian, shape (d, d))
    x : list of d exact balls

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


def contracted(system: System, x: list[Any]) -> list[arb] | None:
    """Radii of a box around x that holds exactly one zero of the system, at which its Jacobian is
    regular; or None.

    Krawczyk's operator, which maps a box to x - A·F(x) + (I - A·J(box))·(box - x), A an approximate
    inverse of J, maps the box into its interior. Boxes of complex numbers are products of squares
    of half side radius.

    Parameters
    ----------
    system : callable(list of balls) -> (values, shape (d, 1), Jacobian, shape (d, d))
        Encloses the values and the Jacobian at all points of a box.
    x : list of d exact balls, real or complex

    Returns
    -------
    list of d exact balls, or None
        Powers of 2. None proves nothing.

    Notes
    -----
    Source: Krawczyk, Computing 4, 1969; uniqueness by the scaled maximum norm: in it the derivative
    I - A·J has norm less than 1, for complex x with the norm of real and imaginary parts together.

    Examples
    --------
    >>> system = lambda x: (arb_mat([[x[0] ** 2 - 2]]), arb_mat([[2 * x[0]]]))
    >>> contracted(system, newton(system, [arb(1.4)])) is not None, contracted(system, [arb(-5)]) is None
    (True, True)
    """
    if not x:
        return []
    try:
        values, jacobian = system(x)
        inverse = jacobian.mid().inv().mid()
        step = inverse * values
        floor = arb(2) ** (-ctx.prec)
        radius = [
            _power_of_two(2 * abs(s) + floor * (1 + abs(a)))
            for s, a in zip(step.entries(), x, strict=True)
        ]
        for _ in range(INFLATIONS):
            if _maps_inside(inverse * system(ball_box(x, radius))[1], step, radius):
                return radius
            radius = [r * 8 for r in radius]
    except (ZeroDivisionError, ValueError, OverflowError):
        return None
    return None


def ball_box(x: list[Any], radius: list[arb]) -> list[Any]:
    """Balls around x of these radii, for a complex number in both parts."""
    return [a + _square(a, r) for a, r in zip(x, radius, strict=True)]


def inertia(H: arb_mat) -> tuple[int, int]:
    """Numbers of negative and positive eigenvalues of every symmetric matrix in H, shape (d, d).

    By Sylvester's law the eigenvalues of QᵀHQ have the same signs, Q the approximate eigenvectors
    divided by roots of the eigenvalues; Gershgorin's discs say which.

    Raises
    ------
    ValueError
        If a sign is not determined.

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
    for i, row in enumerate(rows):
        if not abs(row[i]) > sum((abs(entry) for j, entry in enumerate(row) if j != i), arb(0)):
            raise ValueError(f"the sign of eigenvalue {values[i]:.3g} of {d} is not determined")
    positive = sum(bool(row[i] > 0) for i, row in enumerate(rows))
    return d - positive, positive


def _maps_inside(AJ: Matrix, step: Matrix, radius: list[arb]) -> bool:
    d = len(radius)
    half = [_square(s, r) for s, r in zip(step.entries(), radius, strict=True)]
    box = type(AJ)(d, 1, half)
    identity = type(AJ)(d, d, [int(i == j) for i in range(d) for j in range(d)])
    shift = ((identity - AJ) * box - step).entries()
    return all(
        abs(part) < r for s, r in zip(shift, radius, strict=True) for part in (s.real, s.imag)
    )


def _square(a: Any, r: arb) -> Any:
    """A ball around 0 of radius r, in both parts if a is complex."""
    side = arb(0, r)
    return side if isinstance(a, arb) else type(a)(side, side)


def _power_of_two(size: Any) -> arb:
    """The least power of 2 above the upper end of a ball."""
    man, exponent = size.upper().man_exp()
    return arb(2) ** (int(exponent) + int(man).bit_length())
