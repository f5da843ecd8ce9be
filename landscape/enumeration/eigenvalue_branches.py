"""All critical row spaces of two siblings of four inputs, k = 2, as extrema of two eigenvalues.

The row spaces are the spans of (u, 0) and (0, v), u and v in the plane. For a fixed direction u the
gain is a ratio N(v)/Q(v) of two quadratic forms, Q positive definite. Its extrema over v are the
eigenvalues of the pencil (N, Q), the two roots of

    aλ² − bλ + c = 0,   a = det Q, c = det N,

where a, b and c are forms of degree 4 in u. So the critical points of the gain are the extrema over
u of the larger and of the smaller eigenvalue. At an extremum aλ² − bλ + c and a'λ² − b'λ + c'
vanish together, the derivatives taken along u, so their resultant does:

    (ac' − a'c)² = (ab' − a'b)(bc' − b'c),

a form of degree 12 in u. Its zeros are the complex critical points, the real ones are all there
are. A maximum of the larger eigenvalue is a minimum of the loss, a minimum of the smaller one is a
maximum of it, the others are saddles. On each of the two circles maxima and minima alternate.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import degrees
from typing import Any, NamedTuple

import numpy as np
from flint import arb, ctx, fmpz_mat, fmpz_poly
from numpy.typing import ArrayLike

from fjlt.types import Array, IntArray, RealArray
from landscape import data

__all__ = ["Extremum", "extrema", "numbers_of_extrema"]

PRECISION = 256

CHARTS = ((1, 0), (2, 1), (3, -2))
"""First rows (p, q) of multiples of rotations, by which the first two inputs are turned, until no
critical point has u = (0, 1)."""

GRID, FINE = 32, 256
"""Angles at which a, b and c are evaluated. In twice the angle these are trigonometric polynomials
of degree at most 2, and the resultant of degree 6."""

SMALL = 1e-9
"""Data sets whose Sturm sequence has a smaller leading coefficient, where the polynomials have the
largest coefficient 1, are listed in exact arithmetic: two roots may be nearly equal."""

FLAT = 1e-2
"""And those with a smaller determinant of WCWᵀ for some W of unit rows, where the halves of the
inputs have been made orthonormal."""


@dataclass(frozen=True)
class Extremum:
    """A critical row space, the span of (cos α, sin α, 0, 0) and (0, 0, cos β, sin β).

    Attributes
    ----------
    loss : flint.arb
        Enclosure of the least ‖DEBX − Y‖_F² over D.
    index : int
        Number of negative directions of the loss among the row spaces: 0 at minima, 1 at saddles, 2
        at maxima.
    angles : tuple of float
        α and β in degrees, from 0 to 180.
    """

    loss: Any
    index: int
    angles: tuple[float, float]


def extrema(X: ArrayLike, Y: ArrayLike) -> list[Extremum]:
    """All critical points of ‖DEBX − Y‖_F² with two siblings of four inputs, k = 2, proved.

    The entries are taken as the numbers that they are, and the 12 complex roots of the resultant
    are isolated in exact arithmetic. So nothing is left out and nothing is counted twice.

    Parameters
    ----------
    X : array_like, shape (4, d)
    Y : array_like, shape (m, d)

    Returns
    -------
    list of Extremum
        Sorted by loss.

    Raises
    ------
    ValueError
        If X has not four rows, XXᵀ is singular, or the resultant has not 12 different roots: a
        critical point is degenerate, or two have one angle α.

    Notes
    -----
    Cost: about a millisecond for entries of 53 bits.

    Examples
    --------
    >>> X = [[0, 1, 2, 1], [2, 0, 0, 1], [0, 1, 0, 1], [0, 0, 1, 1]]
    >>> points = extrema(X, X)
    >>> [round(float(point.loss), 4) for point in points if point.index == 0]
    [2.3144, 4.8869]
    >>> [point.index for point in points]
    [0, 0, 1, 1, 1, 1, 2, 2]
    """
    x, y = data.pair(X, Y)
    if len(x) != 4:
        raise ValueError(f"X has {len(x)} rows; four inputs are needed")
    X_integer, _ = _integers(x)
    Y_integer, exponent = _integers(y)
    energy = sum(int(entry) ** 2 for entry in Y_integer.entries())
    if (X_integer * X_integer.transpose()).det() == 0:
        raise ValueError("XXᵀ is singular")
    for p, q in CHARTS:
        turn = fmpz_mat([[p, q, 0, 0], [-q, p, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]])
        turned = turn * X_integer
        cross = turned * Y_integer.transpose()
        equation = _quadratic(turned * turned.transpose(), cross * cross.transpose())
        resultant = _resultant(equation)
        if resultant.degree() == 12:
            break
    else:
        raise ValueError("the critical points are not isolated, or one is degenerate")
    old = ctx.prec
    ctx.prec = PRECISION
    try:
        roots = resultant.complex_roots()
        if len(roots) < 12:
            raise ValueError("a critical point is degenerate, or two have one angle α")
        real = [root.real for root, _ in roots if root.imag == 0]  # type: ignore[misc,has-type]
        points = [_extremum(equation, slope, energy, exponent, (p, q)) for slope in real]
        return sorted(points, key=lambda point: float(point.loss))
    finally:
        ctx.prec = old


def _integers(x: RealArray) -> tuple[fmpz_mat, int]:
    """Integers and an exponent e with x = 2^e · integers."""
    digits, exponents = np.frexp(x)
    exponent = int(exponents[x != 0].min(initial=0)) - 53
    rows = [
        [int(digit * 2**53) << int(power - exponent - 53) if digit else 0 for digit, power in row]
        for row in (zip(*pair, strict=True) for pair in zip(digits, exponents, strict=True))
    ]
    return fmpz_mat(rows), exponent


class _Quadratic(NamedTuple):
    """The pencil (N, Q) as polynomials in t, u = (1, t), and a, b, c."""

    N: tuple[Any, Any, Any]
    Q: tuple[Any, Any, Any]
    a: Any
    b: Any
    c: Any


def _quadratic(C: fmpz_mat, M: fmpz_mat) -> _Quadratic:
    """The coefficients of the form tr adj(K)L in v, and of det K, for K = WCWᵀ and L = WMWᵀ."""
    # with k = uᵀC₁₁u and r = C₂₁u, and l and s of M: Q = kC₂₂ − rrᵀ, N = lC₂₂ + kM₂₂ − rsᵀ − srᵀ
    k, l = (fmpz_poly([form[0, 0], 2 * form[0, 1], form[1, 1]]) for form in (C, M))
    r, s = ([fmpz_poly([form[i, 0], form[i, 1]]) for i in (2, 3)] for form in (C, M))
    entries = ((0, 0), (0, 1), (1, 1))
    Q = [k * C[2 + i, 2 + j] - r[i] * r[j] for i, j in entries]
    N = [l * C[2 + i, 2 + j] + k * M[2 + i, 2 + j] - r[i] * s[j] - s[i] * r[j] for i, j in entries]
    return _Quadratic(
        (N[0], N[1], N[2]),
        (Q[0], Q[1], Q[2]),
        Q[0] * Q[2] - Q[1] ** 2,
        Q[0] * N[2] + Q[2] * N[0] - 2 * Q[1] * N[1],
        N[0] * N[2] - N[1] ** 2,
    )


def _wronskian(f: Any, g: Any) -> Any:
    return f * g.derivative() - f.derivative() * g


def _resultant(equation: _Quadratic) -> fmpz_poly:
    _, _, a, b, c = equation
    return _wronskian(a, c) ** 2 - _wronskian(a, b) * _wronskian(b, c)


def _extremum(
    equation: _Quadratic, slope: arb, energy: int, exponent: int, turn: tuple[int, int]
) -> Extremum:
    """The critical point at a real root t of the resultant."""
    N, Q, a, b, c = equation
    # where both quadratics vanish, λ = (ac' − a'c)/(ab' − a'b)
    gain = _wronskian(a, c)(slope) / _wronskian(a, b)(slope)
    # f = aλ² − bλ + c is zero along each branch: λ'' = −f_tt/f_λ where λ' = 0
    by_gain = 2 * a(slope) * gain - b(slope)
    second = [form.derivative().derivative()(slope) for form in (a, b, c)]
    bend = -(second[0] * gain**2 - second[1] * gain + second[2]) / by_gain
    signs = by_gain, bend
    if any(sign.contains(0) for sign in signs):
        raise ValueError("a critical point is degenerate, or two have one angle α")
    smaller, minimum = bool(by_gain < 0), bool(bend > 0)
    # W = (u, 0) in turned inputs is uᵀ·turn
    p, q = turn
    t = float(slope)
    n, m = (float(N[i](slope) - gain * Q[i](slope)) for i in (0, 1))
    n2 = float(N[2](slope) - gain * Q[2](slope))
    v = (-m, n) if abs(n) > abs(n2) else (-n2, m)
    directions = ((p - t * q, q + t * p), v)
    alpha, beta = (degrees(np.arctan2(w[1], w[0])) % 180 for w in directions)
    return Extremum(
        (arb(energy) - gain) * arb(2) ** (2 * exponent), int(smaller) + int(minimum), (alpha, beta)
    )


def numbers_of_extrema(X: RealArray, Y: RealArray) -> IntArray:
    """How many extrema the larger and the smaller eigenvalue have, for many data sets at once.

    The loss has half as many minima as the larger eigenvalue has extrema, and half as many maxima
    as the smaller one. Each eigenvalue has at least as many extrema as its values on a grid. Where
    both together have as many there as a Sturm sequence says that the resultant has real zeros,
    none is missing. Other data sets are seen on a finer grid, and those where that does not help,
    with nearly equal roots, or with a nearly singular XXᵀ, are listed by ``extrema``.

    Parameters
    ----------
    X : ndarray, shape (sets, 4, d)
    Y : ndarray, shape (sets, m, d)

    Returns
    -------
    ndarray, shape (sets, 2)

    Raises
    ------
    ValueError
        As ``extrema``.
    numpy.linalg.LinAlgError
        If two rows of some X are dependent.

    Notes
    -----
    Cost: some microseconds for each data set.

    Examples
    --------
    >>> X = np.array([[[0.0, 1, 2, 1], [2, 0, 0, 1], [0, 1, 0, 1], [0, 0, 1, 1]]])
    >>> numbers_of_extrema(X, X)
    array([[4, 4]])
    """
    cross = Y @ X.mT
    R, M = _scaled(X @ X.mT, cross.mT @ cross)
    a, b, c = _on_grid(R, M, GRID)
    counts = _seen(a, b, c)
    zeros, clear = _real_zeros(_coefficients(_turning(a, c) ** 2 - _turning(a, b) * _turning(b, c)))
    clear &= a.min(-1) >= FLAT
    some = np.flatnonzero(clear & (counts.sum(-1) < zeros))
    counts[some] = _seen(*_on_grid(R[some], M[some], FINE))
    for unclear in np.flatnonzero(~clear | (counts.sum(-1) != zeros)):
        points = extrema(X[unclear], Y[unclear])
        minima, maxima = (sum(point.index == index for point in points) for index in (0, 2))
        counts[unclear] = 2 * minima, 2 * maxima
    return counts


def _scaled(C: RealArray, M: RealArray) -> tuple[RealArray, RealArray]:
    """C₁₂ and M in coordinates where C₁₁ = C₂₂ = I, with tr M = 1."""
    H = np.zeros(C.shape)
    for half in (slice(0, 2), slice(2, 4)):
        H[..., half, half] = np.linalg.inv(np.linalg.cholesky(C[..., half, half]))
    M = H @ M @ H.mT
    return (H @ C @ H.mT)[..., :2, 2:], M / np.trace(M, axis1=-2, axis2=-1)[..., None, None]


def _on_grid(R: RealArray, M: RealArray, size: int) -> tuple[RealArray, RealArray, RealArray]:
    """a, b and c at the angles πj/size of u, where C₁₁ = C₂₂ = I and C₁₂ = R."""
    angle = np.pi * np.arange(size) / size
    u = np.stack([np.cos(angle), np.sin(angle)], axis=-1)
    (r0, r1), (s0, s1) = (np.moveaxis(u @ form, -1, 0) for form in (R, M[..., :2, 2:]))
    l = ((u @ M[..., :2, :2]) * u).sum(-1)
    n00 = l + M[..., 2, 2, None] - 2 * r0 * s0
    n11 = l + M[..., 3, 3, None] - 2 * r1 * s1
    n01 = M[..., 2, 3, None] - r0 * s1 - r1 * s0
    b = (1 - r0**2) * n11 + (1 - r1**2) * n00 + 2 * r0 * r1 * n01
    return 1 - r0**2 - r1**2, b, n00 * n11 - n01**2


def _seen(a: RealArray, b: RealArray, c: RealArray) -> IntArray:
    """How many extrema the values of the larger and of the smaller eigenvalue have on the grid."""
    root = np.sqrt(np.maximum(b**2 - 4 * a * c, 0))
    rises = [np.roll(values, -1, axis=-1) > values for values in ((b + root) / a, (b - root) / a)]
    return np.stack([(up != np.roll(up, -1, axis=-1)).sum(-1) for up in rises], axis=-1)


def _turning(f: RealArray, g: RealArray) -> RealArray:
    """fg' − f'g on the grid, the derivatives by the angle."""
    times = 2j * np.arange(GRID // 2 + 1) * (np.arange(GRID // 2 + 1) <= 2)
    df, dg = (np.fft.irfft(np.fft.rfft(values) * times, n=GRID) for values in (f, g))
    return f * dg - df * g


def _to_slopes() -> Array:
    """e^(2ikα)(1 + t²)⁶, t = tan α, as a polynomial in t, for k = −6, …, 6."""
    plus, minus = np.polynomial.Polynomial([1, 1j]), np.polynomial.Polynomial([1, -1j])
    return np.array([(plus ** (6 + k) * minus ** (6 - k)).coef for k in range(-6, 7)])


TO_SLOPES = _to_slopes()


def _coefficients(values: RealArray) -> RealArray:
    """Those of the polynomial in t = tan α, from the values on the grid, shape (…, 13)."""
    waves = np.fft.rfft(values)[..., :7]
    return (np.concatenate([np.conj(waves[..., :0:-1]), waves], axis=-1) @ TO_SLOPES).real


def _real_zeros(polynomials: RealArray) -> tuple[IntArray, Array]:
    """The number of real zeros of each polynomial, by Sturm's theorem, and whether it is clear."""
    # coefficients in rows, the leading ones first; after a leading zero nothing is clear
    f = polynomials.T[::-1]
    with np.errstate(divide="ignore", invalid="ignore"):
        f = f / np.abs(f).max(0)
        g = f[:-1] * np.arange(len(f) - 1, 0, -1)[:, None]
        leading, least = [f[0], g[0]], np.minimum(np.abs(f[0]), np.abs(g[0]))
        while len(g) > 1:
            # f = (pt + q)g − r
            p = f[0] / g[0]
            r = f[1:].copy()
            r[:-1] -= p * g[1:]
            q = r[0] / g[0]
            r = q * g[1:] - r[1:]
            least = np.minimum(least, np.abs(r[0]) / (1 + np.abs(p) + np.abs(q)))
            f, g = g, r / np.abs(r).max(0)
            leading.append(g[0])
    # neighbours with one sign at ∞ have two at −∞, and those with two have one
    same, other = (sum(f * g * sign > 0 for f, g in pairwise(leading)) for sign in (1, -1))
    return same - other, least > SMALL
