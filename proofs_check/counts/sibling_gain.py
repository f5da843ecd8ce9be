"""The gain on the spans of (u, 0) and (0, v), u and v in the plane: polynomials, critical points,
critical values.

f(u, v) = tr (WCWᵀ)⁻¹WMWᵀ = N/Q with C = XXᵀ > 0, M = XYᵀYXᵀ and W of rows (u, 0) and (0, v): what
training B, outputs 0 and 2 of 4, can take off the loss tr YYᵀ. N and Q are forms of degree 2 in u
and of degree 2 in v, and Q > 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from flint import fmpq_mat
from sympy import Integer, Matrix, Poly, discriminant, expand, hessian, symbols

from proofs_check.counts.real_points import Zeros

__all__ = ["Census", "Pair", "Rows", "SiblingGain", "certificate", "g", "is_spurious", "x", "y"]

Pair = Sequence[Any]
Rows = Sequence[Sequence[Any]]

x, y, z, g = symbols("x y z g")


class Census(NamedTuple):
    """Numbers of critical points: all complex ones, real ones, and the non-degenerate kinds of the
    gain."""

    complex: int
    real: int
    maxima: int
    saddles: int
    minima: int


class Chart(NamedTuple):
    """Critical points in coordinates u(x), v(y), and what multiplies there by f, f_xx and the
    Hessian determinant.

    The latter two up to positive factors.
    """

    zeros: Zeros
    gain: fmpq_mat
    bend: fmpq_mat
    determinant: fmpq_mat


@dataclass(frozen=True)
class SiblingGain:
    """N and Q for X of shape (4, d) and Y of shape (m, d), rational.

    Examples
    --------
    >>> gain = SiblingGain([[2, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 3]], [[1, 0, 0, 0], [0, 0, 0, 1]])
    >>> gain.at((1, 0), (0, 1)), gain.at((0, 1), (1, 0)), gain.trace
    (2, 0, 2)
    """

    X: Rows
    Y: Rows

    @cached_property
    def forms(self) -> tuple[Matrix, Matrix]:
        """C and M."""
        X, Y = Matrix(self.X), Matrix(self.Y)
        return X * X.T, X * Y.T * Y * X.T

    @property
    def trace(self) -> Any:
        """tr YYᵀ, the loss without any gain."""
        return sum((Integer(1) * entry**2 for row in self.Y for entry in row), Integer(0))

    def polynomials(self, u: Pair, v: Pair) -> tuple[Any, Any]:
        """N and Q, expanded."""
        W = Matrix([[*u, 0, 0], [0, 0, *v]])
        K, L = (W * form * W.T for form in self.forms)
        return expand(K[1, 1] * L[0, 0] - 2 * K[0, 1] * L[0, 1] + K[0, 0] * L[1, 1]), expand(
            K.det()
        )

    def at(self, u: Pair, v: Pair) -> Any:
        """f."""
        N, Q = self.polynomials(u, v)
        return N / Q

    def derivatives(self, u: Pair, v: Pair) -> tuple[Matrix, Matrix]:
        """Gradient and Hessian of N − f(u, v)·Q as u and v turn, at the point: positive multiples
        of those of f."""
        N, Q = self.polynomials(_turned(u, x), _turned(v, y))
        here = {x: 0, y: 0}
        level = N - (N / Q).subs(here) * Q
        return Matrix([level]).jacobian([x, y]).subs(here), hessian(level, [x, y]).subs(here)

    def is_strict_maximum(self, u: Pair, v: Pair) -> bool:
        """Whether the gradient is 0 and the Hessian negative definite."""
        slope, second = self.derivatives(u, v)
        return bool(slope.is_zero_matrix and second[0, 0] < 0 < second.det())

    def _chart(self, u: Pair, v: Pair, at: Sequence[Any]) -> Chart:
        N, Q = self.polynomials(u, v)
        slopes = [expand(N.diff(t) * Q - N * Q.diff(t)) for t in (x, y)]
        zeros = Zeros([*slopes, z * Q - 1, *at], [z, x, y])
        f = zeros.times(N * z)
        xx, xy, yy = (
            zeros.times(N.diff(*t)) - f * zeros.times(Q.diff(*t)) for t in ((x, x), (x, y), (y, y))
        )
        return Chart(zeros, f, xx, xx * yy - xy * xy)

    @cached_property
    def charts(self) -> list[Chart]:
        """All critical points, each once: u = (1, x) or (0, 1), v = (y, 1) or (1, 0)."""
        return [
            self._chart(u, v, [*at_u, *at_v])
            for u, at_u in (((1, x), ()), ((x, 1), (x,)))
            for v, at_v in (((y, 1), ()), ((1, y), (y,)))
        ]

    def census(self, level: Any = None) -> Census:
        """All critical points, or those of a larger gain; what is missing in the kinds is
        degenerate.

        Raises
        ------
        ValueError
            If there are infinitely many.
        """
        total = [0] * 5
        for zeros, gain, bend, det in self.charts:
            above = zeros.times(1) if level is None else gain - zeros.times(level)

            def signature(weight: fmpq_mat, zeros: Zeros = zeros, above: fmpq_mat = above) -> int:
                return (
                    zeros.signature(weight * above) + zeros.signature(weight * above * above)
                ) // 2

            weights = zeros.times(1), det, det * det, bend * det * det, bend * det
            real, signed, regular, up, down = map(signature, weights)
            extrema, saddles, balance = (
                (regular + signed) // 2,
                (regular - signed) // 2,
                (up + down) // 2,
            )
            kinds = zeros.complex, real, (extrema - balance) // 2, saddles, (extrema + balance) // 2
            total = [a + b for a, b in zip(total, kinds, strict=True)]
        return Census(*total)

    @cached_property
    def discriminant(self) -> Poly:
        """The polynomial in g whose roots are the critical values: N − g·Q = 0 is a singular curve.

        Of degree 12, with the number of the double points of the curve as multiplicity, if the
        curve Q = 0 is smooth.
        """
        N, Q = self.polynomials((1, x), (y, 1))
        return Poly(discriminant(discriminant(N - g * Q, y), x), g).primitive()[1]


def _turned(w: Pair, t: Any) -> Pair:
    """w turned by the angle arctan t, up to scale."""
    return w[0] - t * w[1], w[1] + t * w[0]


def certificate(
    gain: SiblingGain, points: tuple[Pair, Pair], better: tuple[Pair, Pair]
) -> dict[str, Any]:
    """What an independent checker needs."""
    losses = [str(gain.trace - gain.at(*rows)) for rows in (points, better)]
    rows = dict(
        zip(("u", "v", "better_u", "better_v"), (list(w) for w in (*points, *better)), strict=True)
    )
    return {"X": gain.X, "Y": gain.Y, **rows, "loss": losses[0], "better_loss": losses[1]}


def is_spurious(gain: SiblingGain, point: tuple[Pair, Pair], better: tuple[Pair, Pair]) -> bool:
    """Whether the point is a strict local maximum of the gain below another plane."""
    return gain.is_strict_maximum(*point) and bool(gain.at(*better) > gain.at(*point))
