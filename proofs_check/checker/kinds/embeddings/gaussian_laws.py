"""Recheck moments and laws of Gaussian matrices: polynomials integrated, series in balls."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from math import factorial, prod
from typing import Any

from flint import arb, ctx, fmpq

from proofs_check.checker.arithmetic.rational_matrices import (
    Matrix,
    column,
    determinant,
    difference,
    inverse,
    matrix,
    product,
    squared_norm,
    transpose,
)
from proofs_check.checker.bounded import Refused, integer, rational
from proofs_check.checker.kinds.embeddings.enclosures import ball

__all__ = ["inverse_gram", "moments", "reconstruction"]

Polynomial = dict[tuple[int, ...], Fraction]
"""{the variables of a monomial, sorted and repeated: its coefficient}."""

MAX_ENTRIES = 12
"""Bound on the entries of J1 and J2 together."""


def moments(certificate: dict[str, Any]) -> tuple[bool, str]:
    """Whether the mean errors of WJ1ᵀJ1x and of W'x, and the variance of uᵀW'x, are these.

    Each is a polynomial in the entries g of √k1·J1 and √k2·J2, standard normal and independent. It
    is integrated monomial by monomial: E[g^(2a)] = 1·3·…·(2a − 1), and odd powers vanish.

    Parameters
    ----------
    certificate : dict
        "cases", a list of {"W", "u", "x", "k1", "k2", "one_sided", "two_sided",
        "bilinear_variance"}; "count", how many there are.
    """
    valid, sizes = True, set()
    for case in certificate["cases"]:
        W, u, x = matrix(case["W"], 4), column(case["u"], 4), column(case["x"], 4)
        k1, k2 = integer(case["k1"], 1, 4, "k1"), integer(case["k2"], 1, 4, "k2")
        if k1 * len(x) + k2 * len(u) > MAX_ENTRIES or not all(map(squared_norm, (W, u, x))):
            raise Refused("W, u or x is 0, or there are too many entries")
        sizes.add((len(u), len(x), k1, k2))
        t = [_constant(entry) for (entry,) in product(W, x)]
        z = _applied(W, _gram_times(k1, [_constant(entry) for (entry,) in x], 0))
        y = _gram_times(k2, z, k1 * len(x))
        form = _sum([_scaled(entry, value) for (entry,), value in zip(u, y, strict=True)])
        found = (
            _mean_square_error(z, t),
            _mean_square_error(y, t),
            _mean(_times(form, form)) - _mean(form) ** 2,
        )
        stated = (case[name] for name in ("one_sided", "two_sided", "bilinear_variance"))
        valid &= found == tuple(map(rational, stated))
    count = len(certificate["cases"])
    valid &= count == certificate["count"] == len(sizes) > 0
    return valid, f"{count} shapes, polynomials integrated monomial by monomial"


def _constant(value: Fraction) -> Polynomial:
    return {(): value}


def _scaled(factor: Fraction, a: Polynomial) -> Polynomial:
    return {monomial: factor * value for monomial, value in a.items()}


def _sum(terms: list[Polynomial]) -> Polynomial:
    total: Polynomial = {}
    for term in terms:
        for monomial, value in term.items():
            total[monomial] = total.get(monomial, Fraction(0)) + value
    return total


def _times(a: Polynomial, b: Polynomial) -> Polynomial:
    return _sum([{tuple(sorted(m + l)): x * y for l, y in b.items()} for m, x in a.items()])


def _applied(W: Matrix, v: list[Polynomial]) -> list[Polynomial]:
    return [_sum([_scaled(w, p) for w, p in zip(row, v, strict=True)]) for row in W]


def _gram_times(k: int, v: list[Polynomial], first: int) -> list[Polynomial]:
    """JᵀJv, J of k rows; the variables of √k·J are numbered from ``first`` on, row by row."""
    n = len(v)
    rows: list[list[Polynomial]] = [
        [{(first + r * n + i,): Fraction(1)} for i in range(n)] for r in range(k)
    ]
    seen = [_sum([_times(g, p) for g, p in zip(row, v, strict=True)]) for row in rows]
    return [
        _scaled(Fraction(1, k), _sum([_times(rows[r][i], seen[r]) for r in range(k)]))
        for i in range(n)
    ]


def _mean(a: Polynomial) -> Fraction:
    """The mean over independent standard normal variables."""
    total = Fraction(0)
    for monomial, value in a.items():
        powers = Counter(monomial).values()
        if not any(power % 2 for power in powers):
            total += value * prod(j for power in powers for j in range(1, power, 2))
    return total


def _mean_square_error(a: list[Polynomial], t: list[Polynomial]) -> Fraction:
    errors = (_sum([p, _scaled(Fraction(-1), q)]) for p, q in zip(a, t, strict=True))
    return sum((_mean(_times(e, e)) for e in errors), Fraction(0))


SERIES_BITS = 1024
SERIES_TERMS = 1000


def reconstruction(certificate: dict[str, Any]) -> tuple[bool, str]:
    """Whether Pr[‖x − JᵀJx‖ <= ε] is in these balls and below I_{ε²}((n − k)/2, k/2).

    x is a unit vector, J Gaussian of shape (k, n) with n odd and k even. With R = ‖Jx‖² the
    probability is the integral of (k/2)^(k/2)·r^(k/2 − 1)·e^(−kr/2)/(k/2 − 1)! times the chance
    that χ²_{n−1} is at most k(ε² − (1 − r)²)/r, over r from 1 − ε to 1 + ε.

    Parameters
    ----------
    certificate : dict
        "cases", a list of {"n", "k", "epsilon", "success"}, the last a ball.
    """
    valid = bool(certificate["cases"])
    with ctx.workprec(SERIES_BITS):
        for case in certificate["cases"]:
            n, k = integer(case["n"], 3, 65, "n"), integer(case["k"], 2, 64, "k")
            epsilon, shown = rational(case["epsilon"]), ball(case["success"])
            if n % 2 == 0 or k % 2 or k >= n or not 0 < epsilon < 1:
                raise Refused(f"n = {n}, k = {k}, ε = {epsilon}: n odd, k even, 0 < ε < 1")
            success = _success(n, k // 2, epsilon)
            z = _arb(epsilon * epsilon)
            barrier = z.beta_lower(arb(n - k) / 2, arb(k) / 2, True)
            valid &= bool(shown.contains(success)) and bool(shown > 0) and bool(shown < barrier)
            valid &= bool(shown.rad() < arb(2) ** -60)
    return valid, f"{len(certificate['cases'])} probabilities as series, in balls"


def _success(n: int, half: int, epsilon: Fraction) -> arb:
    """The probability as a difference: that of |R − 1| <= ε, less that of a χ² beyond its limit.

    With c = (k/2)(1 − ε²) the exponents add up to c/r − k, so what is lost is e^(−k) times the
    integral of e^(c/r) and a Laurent polynomial in r. Expand e^(c/r) and integrate each power.
    """
    low, high, degree = 1 - epsilon, 1 + epsilon, (n - 1) // 2
    inside = _at_least(half, half * low) - _at_least(half, half * high)
    # Σ_j (k/2)^j·(ε² − (1 − r)²)^j·r^(k/2 − 1 − j)/j!, {exponent: coefficient}
    laurent: dict[int, Fraction] = {}
    power = {0: Fraction(1)}
    square = {0: epsilon * epsilon - 1, 1: Fraction(2), 2: Fraction(-1)}
    for j in range(degree):
        for i, value in power.items():
            place, value = half - 1 - j + i, value * Fraction(half**j, factorial(j))
            laurent[place] = laurent.get(place, Fraction(0)) + value
        following: dict[int, Fraction] = {}
        for i, value in power.items():
            for s, factor in square.items():
                following[i + s] = following.get(i + s, Fraction(0)) + value * factor
        power = following
    a, b, c = _arb(low), _arb(high), _arb(half * low * high)
    coefficients = {m: _arb(value) for m, value in laurent.items()}
    integrals = {
        p: (b / a).log() if p == -1 else (b ** (p + 1) - a ** (p + 1)) / (p + 1)
        for p in range(min(laurent) - SERIES_TERMS, max(laurent) + 1)
    }
    total, weight = arb(0), arb(1)
    for q in range(SERIES_TERMS + 1):
        total += weight * sum((v * integrals[m - q] for m, v in coefficients.items()), arb(0))
        weight = weight * c / (q + 1)
    # beyond the last term r^(m − q) <= max(a^m, b^m)·a^(−q), and c/a is at most 64
    size = sum((abs(v) * (a**m + b**m) for m, v in coefficients.items()), arb(0)) * (b - a)
    total += arb(0, 1) * (size * weight * a ** -(SERIES_TERMS + 1) * 2).upper()
    return inside - arb(half) ** half / factorial(half - 1) * arb(-2 * half).exp() * total


def _at_least(shape: int, limit: Fraction) -> arb:
    """Pr[gamma variable >= limit] = e^(−limit)·Σ_{j<shape} limit^j/j!."""
    y = _arb(limit)
    return (-y).exp() * sum((y**j / factorial(j) for j in range(shape)), arb(0))


def inverse_gram(certificate: dict[str, Any]) -> tuple[bool, str]:
    """Whether E tr (ZᵀZ)⁻¹ = k/(l − k − 1) for standard normal Z, at most ε/2 for these sizes.

    Entry (j, j) of (ZᵀZ)⁻¹ is 1/dist², the distance of column j to the span of the others, which is
    chi-squared with l − k + 1 degrees of freedom. Hence the means, as E[1/χ²_ν] = 1/(ν − 2).
    By Stein's lemma they follow from Σ ∂F_ij/∂Z_ij = (l − k − 1)·tr (ZᵀZ)⁻¹ too, F = Z(ZᵀZ)⁻¹.
    Both are verified at rational Z, and E[1/χ²_ν] by series for the integrals of the density.

    Parameters
    ----------
    certificate : dict
        "k" and "accuracies", such that k = 1, 2, … and ε = 1, 1/2, … up to them, with l = k + 1 +
        2k/ε; "pairs", how many there are; "matrices", a list of {"Z", "trace"}, one for each l = k
        + 1, …, k + 4 and k = 1, 2, …; "shapes", how many; "degrees" and "reciprocals", ν and balls
        that contain 1/(ν − 2).
    """
    pairs, valid = 0, True
    for k in range(1, integer(certificate["k"], 1, 100, "k") + 1):
        for j in range(1, integer(certificate["accuracies"], 1, 100, "accuracies") + 1):
            nu = k + 1 + 2 * k * j - k + 1
            valid &= k * Fraction(1, nu - 2) <= Fraction(1, 2 * j)
            pairs += 1
    matrices = [(matrix(one["Z"], 8), rational(one["trace"])) for one in certificate["matrices"]]
    shapes = sorted((len(Z[0]), len(Z)) for Z, _ in matrices)
    last = shapes[-1][0]
    valid &= shapes == [(k, l) for k in range(1, last + 1) for l in range(k + 1, k + 5)]
    for Z, trace in matrices:
        k, l = len(Z[0]), len(Z)
        valid &= sum((1 / _squared_distance(Z, j) for j in range(k)), Fraction(0)) == trace
        valid &= _divergence(Z) == (l - k - 1) * trace
    degrees, reciprocals = certificate["degrees"], certificate["reciprocals"]
    with ctx.workprec(SERIES_BITS):
        for nu, text in zip(degrees, reciprocals, strict=True):
            half = integer(nu, 4, 32, "ν") // 2
            shown, limit = ball(text), arb(2) ** -40
            quotient = _integral(half - 2) / _integral(half - 1)
            valid &= all(
                bool(b.contains(arb(1) / (nu - 2))) and bool(b.rad() < limit) and nu % 2 == 0
                for b in (shown, quotient)
            )
    valid &= pairs == certificate["pairs"] > 0 and len(shapes) == certificate["shapes"]
    return valid and bool(degrees), f"{pairs} means, {len(shapes)} matrices, {len(degrees)} series"


def _squared_distance(Z: Matrix, j: int) -> Fraction:
    """The squared distance of column j to the span of the others, by least squares."""
    z = [[row[j]] for row in Z]
    if len(Z[0]) == 1:
        return squared_norm(z)
    others = [row[:j] + row[j + 1 :] for row in Z]
    gram = product(transpose(others), others)
    solution = product(inverse(gram), product(transpose(others), z))
    return squared_norm(difference(z, product(others, solution)))


def _divergence(Z: Matrix) -> Fraction:
    """Σ_ij ∂F_ij/∂Z_ij for F = Z(ZᵀZ)⁻¹ = Z·adj(ZᵀZ)/det(ZᵀZ).

    Along entry (i, j) the numerator of F_ij and the determinant are polynomials of degree at most
    2: there central differences are derivatives.
    """
    total = Fraction(0)
    for i in range(len(Z)):
        for j in range(len(Z[0])):
            (a, p), (b, q), (c, r) = (_numerator(Z, i, j, t) for t in (-1, 0, 1))
            total += ((c - a) / 2 * q - b * (r - p) / 2) / (q * q)
    return total


def _numerator(Z: Matrix, i: int, j: int, t: int) -> tuple[Fraction, Fraction]:
    """Entry (i, j) of Z·adj(ZᵀZ), and det ZᵀZ, with Z_ij increased by t."""
    moved = [[z + t * ((r, c) == (i, j)) for c, z in enumerate(row)] for r, row in enumerate(Z)]
    gram, k = product(transpose(moved), moved), len(Z[0])
    # by Cramer's rule: row j of ZᵀZ replaced by row i of Z
    replaced = [moved[i] if p == j else gram[p] for p in range(k)]
    return determinant(replaced), determinant(gram)


def _integral(power: int) -> arb:
    """∫ y^power·e^(−y/2) dy over all y > 0: a series up to an end, and a bound beyond it."""
    end = 256 + 8 * power
    total, factor = arb(0), arb(end) ** (power + 1)
    for q in range(SERIES_TERMS):
        total += factor / (power + q + 1)
        factor *= arb(-end) / (2 * (q + 1))
    # the series alternates and its terms decrease, as q > end/2
    rest = abs(factor).upper()
    # y^power·e^(−y/4) decreases from the end on, since end > 4·power
    beyond = 4 * arb(end) ** power * (arb(-end) / 2).exp()
    return total + arb(0, 1) * rest + arb(0.5, 0.5) * beyond


def _arb(q: Fraction | int) -> arb:
    q = Fraction(q)
    return arb(fmpq(q.numerator, q.denominator))
