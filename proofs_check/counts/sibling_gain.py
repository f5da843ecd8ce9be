"""The gain on the spans of (u, 0) and (0, v), u and v in the plane, by exact algebra.

f(u, v) = tr (WCWᵀ)⁻¹WMWᵀ = N/Q, where C = XXᵀ is positive definite, M = XYᵀYXᵀ, and W has the rows
(u, 0) and (0, v). For n = 4 and the kept outputs 0 and 2, the loss with the best D and E is
tr YYᵀ − f. N and Q are forms of degree 2 in u and of degree 2 in v, and Q > 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations_with_replacement
from typing import Any, NamedTuple

from flint import fmpq_mat, fmpq_poly
from sympy import Integer, Matrix, Poly, discriminant, expand, hessian, symbols

from proofs_check.counts.real_points import Zeros, ring_of

__all__ = [
    "Census",
    "Pair",
    "Rows",
    "SiblingGain",
    "census_certificate",
    "certificate",
    "g",
    "is_spurious",
    "x",
    "y",
]

Pair = Sequence[Any]
Rows = Sequence[Sequence[Any]]

x, y, z, g = symbols("x y z g")


class Census(NamedTuple):
    """Numbers of critical points: complex, real, and the nondegenerate real ones by kind.

    A maximum is one of the gain, hence a minimum of the loss.
    """

    complex: int
    real: int
    maxima: int
    saddles: int
    minima: int


class Chart(NamedTuple):
    """The critical points in an affine chart of u and v, as zeros of polynomials in f, x and y.

    The others are matrices of multiplications: by Q, by f, by f_xx and by the determinant of the
    Hessian of f, the last two up to positive factors.
    """

    zeros: Zeros
    Q: fmpq_mat
    gain: fmpq_mat
    bend: fmpq_mat
    determinant: fmpq_mat


@dataclass(frozen=True)
class SiblingGain:
    """The gain f = N/Q for rational X of shape (4, d) and Y of shape (m, d).

    Examples
    --------
    >>> X = [[2, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 3]]
    >>> gain = SiblingGain(X, [[1, 0, 0, 0], [0, 0, 0, 1]])
    >>> gain.at((1, 0), (0, 1)), gain.at((0, 1), (1, 0)), gain.trace
    (2, 0, 2)
    """

    X: Rows
    Y: Rows

    @cached_property
    def forms(self) -> tuple[Matrix, Matrix]:
        """The matrices C and M."""
        X, Y = Matrix(self.X), Matrix(self.Y)
        return X * X.T, X * Y.T * Y * X.T

    @property
    def trace(self) -> Any:
        """tr YYᵀ, the loss of D = 0."""
        return sum((Integer(1) * entry**2 for row in self.Y for entry in row), Integer(0))

    def polynomials(self, u: Pair, v: Pair) -> tuple[Any, Any]:
        """N = tr adj(K)L and Q = det K for K = WCWᵀ and L = WMWᵀ, expanded."""
        W = Matrix([[*u, 0, 0], [0, 0, *v]])
        K, L = (W * form * W.T for form in self.forms)
        return expand(K[1, 1] * L[0, 0] - 2 * K[0, 1] * L[0, 1] + K[0, 0] * L[1, 1]), expand(
            K.det()
        )

    def at(self, u: Pair, v: Pair) -> Any:
        """The gain f(u, v)."""
        N, Q = self.polynomials(u, v)
        return N / Q

    def derivatives(self, u: Pair, v: Pair) -> tuple[Matrix, Matrix]:
        """The gradient and the Hessian of N − f(u, v)·Q as u and v turn; f(u, v) is held.

        The gradient is Q times that of f; where it vanishes, the Hessian is Q times that of f.
        """
        N, Q = self.polynomials(_turned(u, x), _turned(v, y))
        here = {x: 0, y: 0}
        level = N - (N / Q).subs(here) * Q
        return Matrix([level]).jacobian([x, y]).subs(here), hessian(level, [x, y]).subs(here)

    def is_strict_maximum(self, u: Pair, v: Pair) -> bool:
        """Whether the gradient of f vanishes and its Hessian is negative definite."""
        slope, second = self.derivatives(u, v)
        return bool(slope.is_zero_matrix and second[0, 0] < 0 < second.det())

    def _chart(self, u: Pair, v: Pair, at: Sequence[Any]) -> Chart:
        try:
            return self._chart_in(ring_of(g, x, y), u, v, at)
        except ValueError:
            # infinitely many common points with Q = 0, which are none of f: zQ = 1 leaves them out
            return self._chart_in(ring_of(g, x, y, z), u, v, at)

    def _chart_in(self, ring: Any, u: Pair, v: Pair, at: Sequence[Any]) -> Chart:
        gain, *angles = ring.gens[:3]
        N, Q = map(ring, self.polynomials(u, v))
        # the curve N − gQ = 0 is singular at a critical point with the gain g; ``at`` removes
        # points that another chart has already
        curve = N - gain * Q
        inverse = [w * Q - 1 for w in ring.gens[3:]]
        equations = [curve, *(curve.diff(t) for t in angles), *at, *inverse]
        zeros = Zeros(equations, ring.symbols)
        # there the second derivatives of f are those of N − gQ, over Q
        xx, xy, yy = (
            zeros.times(curve.diff(s).diff(t)) for s, t in combinations_with_replacement(angles, 2)
        )
        # common points of all these curves are none of f
        return Chart(zeros, zeros.times(Q), zeros.times(gain), xx, xx * yy - xy * xy)

    @cached_property
    def charts(self) -> list[Chart]:
        """All critical points, each once: u is (1, x) or (0, 1), and v is (y, 1) or (1, 0)."""
        return [
            self._chart(u, v, [*at_u, *at_v])
            for u, at_u in (((1, x), ()), ((x, 1), (x,)))
            for v, at_v in (((y, 1), ()), ((1, y), (y,)))
        ]

    def census(self, level: Any = None) -> Census:
        """Count all complex critical points, and the real ones whose gain exceeds ``level``.

        Without a level all real ones count. If some of them are degenerate, the three kinds add up
        to less than their number.

        Raises
        ------
        ValueError
            If there are infinitely many complex critical points.
        """
        total = [0] * 5
        for zeros, Q, gain, bend, det in self.charts:
            one = zeros.times(1)
            # with δ the determinant and b the bend: sums of 1, sign δ, sign δ², sign bδ², sign bδ.
            # Extrema have δ > 0, with b < 0 at the maxima
            weights = one, det, det * det, bend * det * det, bend * det
            # Σ sign(weight) over the real points with a = gain − level > 0 is half of the sum of
            # those for weight·a and weight·a²
            a = one if level is None else gain - zeros.times(level)
            factors = [one] if level is None else [a, a * a]
            real, signed, regular, up, down = (
                sum(zeros.signature(weight * factor) for factor in factors) // len(factors)
                for weight in weights
            )
            extrema, saddles = (regular + signed) // 2, (regular - signed) // 2
            maxima, minima = ((extrema + sign * (up + down) // 2) // 2 for sign in (-1, 1))
            kinds = zeros.complex(Q), real, maxima, saddles, minima
            total = [a + b for a, b in zip(total, kinds, strict=True)]
        return Census(*total)

    @cached_property
    def discriminant(self) -> Poly:
        """The polynomial in g whose roots are the critical values, where N − g·Q = 0 is singular.

        It has degree 12 if the curve Q = 0 is smooth. The multiplicity of a root is then the number
        of double points of the curve N − g·Q = 0.
        """
        N, Q = self.polynomials((1, x), (y, 1))
        return Poly(discriminant(discriminant(N - g * Q, y), x), g).primitive()[1]


def _turned(w: Pair, t: Any) -> Pair:
    """The vector w turned by the angle arctan t, up to scale."""
    return w[0] - t * w[1], w[1] + t * w[0]


def certificate(
    gain: SiblingGain, points: tuple[Pair, Pair], better: tuple[Pair, Pair]
) -> dict[str, Any]:
    """A spurious minimum as data for a certificate of kind "spurious-minimum"."""
    losses = [str(gain.trace - gain.at(*rows)) for rows in (points, better)]
    rows = dict(
        zip(("u", "v", "better_u", "better_v"), (list(w) for w in (*points, *better)), strict=True)
    )
    return {"X": gain.X, "Y": gain.Y, **rows, "loss": losses[0], "better_loss": losses[1]}


def census_certificate(
    gain: SiblingGain,
    found: Census,
    below: Sequence[Sequence[Any]] = (),
    extrema: Sequence[Any] = (),
) -> dict[str, Any]:
    """All critical points as data for a certificate of kind "sibling-census".

    Kronecker's parametrization: the points are x = x(t)/q'(t), y = y(t)/q'(t) for the roots t of a
    polynomial q, with t = x + cy.

    Parameters
    ----------
    gain : SiblingGain
    found : Census
        Of all its critical points.
    below : sequence of (loss, maxima, saddles, minima)
        How many critical points have a loss below this.
    extrema : sequence
        The gains at pairs of unit vectors, in order, if all of these are critical.

    Raises
    ------
    ValueError
        If some critical points are at infinity in two charts, or if t separates them for no small
        c.
    """
    for u, v in CHARTS:
        chart = (
            gain.charts[0].zeros
            if (u, v) == CHARTS[0]
            else gain._chart(_affine(u, x), _affine(v, y), []).zeros
        )
        if len(chart.monomials) < found.complex:
            continue
        size = len(chart.monomials)
        for c in range(1, 9):
            times_t = chart.multiplications[1] + c * chart.multiplications[2]
            q = times_t.charpoly()
            if q.gcd(q.derivative()).degree() == 0:
                break
        else:
            continue
        one = fmpq_mat(size, 1, [int(not any(monomial)) for monomial in chart.monomials])
        # the powers of t are a basis of the quotient algebra, in which x and y have coordinates
        powers = [one]
        while len(powers) < size:
            powers.append(times_t * powers[-1])
        basis = fmpq_mat([power.entries() for power in powers]).transpose()
        coordinates = [
            (fmpq_poly(basis.solve(times * one).entries()) * q.derivative()) % q
            for times in chart.multiplications[1:3]
        ]
        return {
            "kind": "sibling-census",
            "X": gain.X,
            "Y": gain.Y,
            "u": u,
            "v": v,
            "slope": c,
            "polynomial": [str(a) for a in q.coeffs()],
            "x": [str(a) for a in coordinates[0].coeffs()],
            "y": [str(a) for a in coordinates[1].coeffs()],
            "census": found._asdict(),
            "extrema": [str(value) for value in extrema],
            "below": [[str(loss), *kinds] for loss, *kinds in below],
        }
    raise ValueError("critical points at infinity, or none that t = x + cy separates")


CHARTS = (([[1, 0], [0, 1]], [[0, 1], [1, 0]]), ([[2, -1], [1, 2]], [[3, -1], [1, 3]]))
"""Two affine charts of u and v; [[a, b], [c, d]] stands for (a + bx, c + dx)."""


def _affine(rows: Rows, t: Any) -> Pair:
    return tuple(a + b * t for a, b in rows)


def is_spurious(gain: SiblingGain, point: tuple[Pair, Pair], better: tuple[Pair, Pair]) -> bool:
    """Whether a point is a strict local maximum of the gain, and another has a larger gain."""
    return gain.is_strict_maximum(*point) and bool(gain.at(*better) > gain.at(*point))
