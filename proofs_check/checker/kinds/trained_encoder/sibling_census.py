"""Recheck a list of all critical points of the gain of two sibling outputs, n = 4.

The gain of the rows (u, 0) and (0, v) is f = N/Q, Q = det K and N = tr adj(K)L, where K = WCWᵀ and
L = WMWᵀ. For fixed u its critical v are eigenvectors of a pencil A − gC of 2 × 2 matrices, with
the values g: the zeros of F = det(A − gC), which has degree 2 in g and coefficients of degree 4 in
u. At a critical point the derivative of F along u vanishes, too. The resultant of both is a form of
degree 12 in u, and the multiplicity of a zero is at least the number of nondegenerate critical
points with this u. So if it is not zero, and 12 nondegenerate critical points are known, there are
no others.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise, product
from typing import Any

from flint import fmpq, fmpq_mat, fmpq_poly

from proofs_check.checker.arithmetic.gain import Gain, dot, exact, number
from proofs_check.checker.arithmetic.real_roots import inverse, is_squarefree, signed_count
from proofs_check.checker.bounded import Refused, integer, rational

__all__ = ["census", "pencil", "resultant"]

COUNT = 12
MAX_DIGITS = 500
KINDS = ("real", "maxima", "saddles", "minima")

Form = dict[tuple[int, int], fmpq]
"""A polynomial in x and y: {(power of x, power of y): coefficient}."""


def census(
    certificate: dict[str, Any], width: str = "", starts: bool = False, corners: bool = False
) -> tuple[bool, str]:
    """Whether the gain has 12 complex critical points, and so many real ones of each kind.

    Parameters
    ----------
    certificate : dict
        "X" and "Y"; "u" and "v", each [[a, b], [c, d]] for the vector (a + bx, c + dx), or with y;
        "slope", c; "polynomial", the coefficients of q from the constant on; "x" and "y", those of
        polynomials with x = x(t)/q'(t) and y = y(t)/q'(t) at the critical point of each root t of
        q, where t = x + cy; "census", {"complex", "real", "maxima", "saddles", "minima"};
        "extrema", the gains at pairs of unit vectors, in order, or an empty list; and
        "below", a list of [loss, maxima, saddles, minima], the numbers of critical points of less
        loss, the losses increasing.
    width : str, optional
        With it, every second loss of "below" is above the one before it by at most this.
    starts : bool, optional
        With it, the row spaces of all FJLTs have a larger loss than the last of "below".
    corners : bool, optional
        With it, all pairs of unit vectors are critical, with the gains of "extrema".
    """
    X, Y = exact(certificate["X"], 8), exact(certificate["Y"], 8)
    if X.nrows() != 4:
        raise Refused(f"X has {X.nrows()} rows, not 4")
    cross = X * Y.transpose()
    forms = X * X.transpose(), cross * cross.transpose()
    u, v = (exact(certificate[name], 2) for name in ("u", "v"))
    N, Q = _gain(*forms, u, v)
    q = _polynomial(certificate["polynomial"], COUNT)
    valid = u.det() != 0 != v.det() and q.degree() == COUNT and is_squarefree(q)
    if not valid:
        return False, "the polynomial has not 12 simple roots, or a chart is none"
    scale = inverse(q.derivative(), q)
    x, y = (_polynomial(certificate[name], COUNT - 1) * scale % q for name in ("x", "y"))
    # different roots t have different points, and real roots have real points
    c = integer(certificate["slope"], -100, 100, "the slope")
    valid &= _vanishes((x + c * y - fmpq_poly([0, 1])) % q)

    def at(form: Form) -> fmpq_poly:
        return sum((x**i * y**j * a for (i, j), a in form.items()), fmpq_poly([0])) % q

    if not valid:
        return False, "the roots do not tell the points apart"
    below = inverse(at(Q), q)
    f = at(N) * below % q
    # Q² f' = N'Q − NQ', and where it vanishes Q f'' = N'' − fQ''
    for axis in range(2):
        valid &= _vanishes((at(_derived(N, axis)) - f * at(_derived(Q, axis))) % q)
    xx, xy, yy = (
        (at(_derived(_derived(N, a), b)) - f * at(_derived(_derived(Q, a), b))) * below % q
        for a, b in ((0, 0), (0, 1), (1, 1))
    )
    determinant = (xx * yy - xy * xy) % q
    valid &= q.gcd(determinant).degree() == 0 and not _vanishes(resultant(*forms))
    if not valid:
        return False, "the roots do not stand for 12 nondegenerate critical points"
    energy = dot(Y, Y)
    found = _kinds(q, determinant, xx, fmpq_poly([1]))
    valid &= certificate["census"] == {"complex": COUNT, **dict(zip(KINDS, found, strict=True))}
    losses = [rational(entry[0]) for entry in certificate["below"]]
    for text, *claimed in certificate["below"]:
        part = _kinds(q, determinant, xx, f - (energy - number(text)))
        valid &= [*part[1:]] == claimed and part[0] == sum(claimed)
    valid &= all(low < high for low, high in pairwise(losses))
    if width:
        valid &= all(
            b - a <= Fraction(width) for a, b in zip(losses[::2], losses[1::2], strict=True)
        )
    values = [str(value) for value in _corners(X, Y)] if corners else []
    valid &= values == certificate["extrema"]
    if starts:
        signs = product((1, -1), repeat=2)
        rows = ([[1, a, 0, 0], [0, 0, 1, b]] for a, b in signs)
        gains = [Gain.at(fmpq_mat(W), *forms).value for W in rows]
        valid &= all(energy - gain > number(certificate["below"][-1][0]) for gain in gains)
    real, maxima, saddles, minima = found
    return valid, (
        f"{COUNT} complex critical points, {real} real: {maxima} maxima, {saddles} saddles and "
        f"{minima} minima of the gain"
    )


def _kinds(
    q: fmpq_poly, determinant: fmpq_poly, bend: fmpq_poly, above: fmpq_poly
) -> tuple[int, int, int, int]:
    """The real roots of q with above > 0: all; by the Hessian maxima, saddles and minima."""

    def total(weight: fmpq_poly) -> int:
        return (signed_count(q, weight * above % q) + signed_count(q, weight * above**2 % q)) // 2

    real, signed = total(fmpq_poly([1])), total(determinant)
    # extrema have a positive determinant; the sum of the signs of the bend over them
    balance = (total(bend * determinant**2 % q) + total(bend * determinant % q)) // 2
    extrema = (real + signed) // 2
    return real, (extrema - balance) // 2, real - extrema, (extrema + balance) // 2


def _gain(C: fmpq_mat, M: fmpq_mat, u: fmpq_mat, v: fmpq_mat) -> tuple[Form, Form]:
    """N and Q for u = (u00 + u01·x, u10 + u11·x), and v likewise with y."""
    rows: list[list[Form]] = [
        [_linear(u, i, 0) for i in range(2)] + [{}, {}],
        [{}, {}] + [_linear(v, i, 1) for i in range(2)],
    ]

    def entry(form: fmpq_mat, a: int, b: int) -> Form:
        total: Form = {}
        for i, j in product(range(4), repeat=2):
            total = _plus(total, _times(rows[a][i], rows[b][j]), form[i, j])
        return total

    K, L = ([entry(form, a, b) for a, b in ((0, 0), (0, 1), (1, 1))] for form in (C, M))
    Q = _plus(_times(K[0], K[2]), _times(K[1], K[1]), fmpq(-1))
    N = _plus(_times(K[2], L[0]), _times(K[1], L[1]), fmpq(-2))
    return _plus(N, _times(K[0], L[2]), fmpq(1)), Q


def _linear(a: fmpq_mat, i: int, axis: int) -> Form:
    return {(0, 0): a[i, 0], (1 - axis, axis): a[i, 1]}


def _plus(a: Form, b: Form, factor: fmpq) -> Form:
    return {key: a.get(key, fmpq(0)) + factor * b.get(key, fmpq(0)) for key in a.keys() | b.keys()}


def _times(a: Form, b: Form) -> Form:
    total: Form = {}
    for (i, j), p in a.items():
        for (k, l), r in b.items():
            total[i + k, j + l] = total.get((i + k, j + l), fmpq(0)) + p * r
    return total


def _derived(a: Form, axis: int) -> Form:
    return {
        (i - 1 + axis, j - axis): (j if axis else i) * value
        for (i, j), value in a.items()
        if (j if axis else i)
    }


def pencil(C: fmpq_mat, M: fmpq_mat) -> list[fmpq_poly]:
    """The coefficients c0, c1, c2 of F = c0 − c1·g + c2·g², polynomials in x for u = (1, x)."""
    identity = fmpq_mat([[1, 0], [0, 1]])
    N, Q = _gain(C, M, identity, identity)

    def polar(a: Form, b: Form) -> fmpq_poly:
        # of the determinant of a quadratic form in v = (1, y)
        (p, q, r), (s, t, w) = (
            [fmpq_poly([form.get((i, j), fmpq(0)) for i in range(3)]) for j in range(3)]
            for form in (a, b)
        )
        return p * w + r * s - q * t / 2

    return [polar(N, N) / 2, polar(N, Q), polar(Q, Q) / 2]


def resultant(C: fmpq_mat, M: fmpq_mat) -> fmpq_poly:
    """The resultant in g of F and its derivative by x, of degree at most 12 in x."""
    c = pencil(C, M)

    def wronskian(i: int, j: int) -> fmpq_poly:
        return c[i] * c[j].derivative() - c[j] * c[i].derivative()

    return wronskian(0, 2) ** 2 - wronskian(0, 1) * wronskian(1, 2)


def _corners(X: fmpq_mat, Y: fmpq_mat) -> list[fmpq]:
    """The gains at the pairs of unit vectors, in order; refused unless all are critical."""
    values = []
    for i, j in product((0, 1), (2, 3)):
        W = fmpq_mat(2, 4, [int(c == i) for c in range(4)] + [int(c == j) for c in range(4)])
        gain = Gain.of_data(W, X, Y)
        if gain.slope[0, 1 - i] != 0 or gain.slope[1, 5 - j] != 0:
            raise Refused("some pair of unit vectors is not critical")
        values.append(gain.value)
    return sorted(values)


def _vanishes(p: fmpq_poly) -> bool:
    return bool(p.degree() < 0)


def _polynomial(texts: Any, degree: int) -> fmpq_poly:
    if not isinstance(texts, list) or not 1 <= len(texts) <= degree + 1:
        raise Refused(f"a polynomial has not from 1 to {degree + 1} coefficients")
    if any(len(str(text)) > MAX_DIGITS for text in texts):
        raise Refused(f"a coefficient has more than {MAX_DIGITS} digits")
    return fmpq_poly([number(text) for text in texts])
