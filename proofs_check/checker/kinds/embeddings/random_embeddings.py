"""Recheck exact laws of the SRHT by enumerating every draw, one dense matrix after the other."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from itertools import product as choices
from math import comb
from typing import Any

from proofs_check.checker.arithmetic.hadamard import MAX_DRAWS, character, scaled_grams
from proofs_check.checker.arithmetic.rational_matrices import (
    Matrix,
    column,
    difference,
    matrix,
    product,
    squared_norm,
    transpose,
)
from proofs_check.checker.bounded import Refused, integer, rational

__all__ = ["error_floor", "grams", "moments", "norm_law", "prop1_law", "sketch_error_law"]


def error_floor(certificate: dict[str, Any]) -> tuple[bool, str]:
    """Whether the least ‖x − JᵀJx‖² over all draws is floor·‖x‖²."""
    x, floor = column(certificate["x"]), rational(certificate["floor"])
    errors = [squared_norm(difference(x, product(A, x))) for A in grams(len(x), certificate["k"])]
    sentence = f"{len(errors)} draws up to sign; the smallest ‖x − JᵀJx‖² is {floor}·‖x‖²"
    return min(errors) == floor * squared_norm(x), sentence


def norm_law(certificate: dict[str, Any]) -> tuple[bool, str]:
    """Whether ‖Jx‖² has this mean and variance, by every draw and by their closed forms."""
    x, k = column(certificate["x"]), certificate["k"]
    # ‖Jx‖² = xᵀJᵀJx
    values = [product(transpose(x), product(A, x))[0][0] for A in grams(len(x), k)]
    mean = _mean(values)
    variance = _mean([(value - mean) ** 2 for value in values])
    valid = mean == rational(certificate["mean"]) and variance == rational(certificate["variance"])
    # ‖x‖² and 2σ²(‖x‖⁴ − ‖x‖₄⁴)
    fourth = sum((entry**4 for row in x for entry in row), Fraction(0))
    closed = 2 * _spread(len(x), k) * (squared_norm(x) ** 2 - fourth)
    valid &= (mean, variance) == (squared_norm(x), closed)
    return valid, f"{len(values)} draws up to sign; ‖Jx‖² has mean {mean} and variance {variance}"


def prop1_law(certificate: dict[str, Any]) -> tuple[bool, str]:
    """Whether ‖J2ᵀJ2·W·J1ᵀJ1x − Wx‖² has this law, {value: probability}."""
    W, x = matrix(certificate["W"]), column(certificate["x"])
    _bound(len(x), certificate["k1"], len(W), certificate["k2"])
    target, law = product(W, x), defaultdict[Fraction, int](int)
    after = grams(len(W), certificate["k2"])
    for A1 in grams(len(x), certificate["k1"]):
        z = product(W, product(A1, x))
        for A2 in after:
            law[squared_norm(difference(product(A2, z), target))] += 1
    valid = _frequencies(law) == _fractions(certificate["law"])
    return valid, f"{sum(law.values())} pairs of draws up to sign"


def moments(certificate: dict[str, Any]) -> tuple[bool, str]:
    """Whether the mean errors of WJ1ᵀJ1x and of W'x, and the variance of uᵀW'x, are these.

    By every pair of draws, and by the closed forms of the claim.
    """
    W, u, x = matrix(certificate["W"]), column(certificate["u"]), column(certificate["x"])
    k1, k2 = certificate["k1"], certificate["k2"]
    _bound(len(x), k1, len(W), k2)
    target = product(W, x)
    one_sided, two_sided, bilinear = [], [], []
    after = grams(len(W), k2)
    for A1 in grams(len(x), k1):
        z = product(W, product(A1, x))
        one_sided.append(squared_norm(difference(z, target)))
        for A2 in after:
            y = product(A2, z)
            two_sided.append(squared_norm(difference(y, target)))
            bilinear.append(product(transpose(u), y)[0][0])
    variance = _mean([value**2 for value in bilinear]) - _mean(bilinear) ** 2
    found = (_mean(one_sided), _mean(two_sided), variance)
    claimed = tuple(
        rational(certificate[name]) for name in ("one_sided", "two_sided", "bilinear_variance")
    )
    if not all(map(squared_norm, (target, product(transpose(u), target)))):
        return False, "Wx or uᵀWx is 0: a degenerate example"
    return (
        found == claimed == _closed_moments(W, u, x, k1, k2),
        f"{len(two_sided)} pairs of draws up to sign; moments {', '.join(map(str, found))}",
    )


def sketch_error_law(certificate: dict[str, Any]) -> tuple[bool, str]:
    """Whether ‖J_1(X) − X‖_F² has this law for sketches of one row, and meets 2Δ_1 this often.

    X has two columns; Δ_1 is the squared distance of X to rank 1, and ε = 1.
    """
    X = matrix(certificate["X"])
    _bound(len(X), 1)
    if len(X[0]) != 2:
        raise Refused(f"X has {len(X[0])} columns, not 2")
    law = defaultdict[Fraction, int](int)
    for i in range(len(X)):
        for signs in choices((1, -1), repeat=len(X)):
            # J_1(X) is X projected to the line of the row JX: Pythagoras gives the error
            v = product([[Fraction(s * character(i, j)) for j, s in enumerate(signs)]], X)
            length = squared_norm(v)
            kept = squared_norm(product(X, transpose(v))) / length if length else Fraction(0)
            law[squared_norm(X) - kept] += 1
    found, allowed = _frequencies(law), rational(certificate["allowed"])
    valid = found == _fractions(certificate["law"])
    # Δ_1 is the smaller eigenvalue of XᵀX
    (p, q), (r, s) = product(transpose(X), X)
    tail = allowed / 2
    valid &= tail * tail - (p + s) * tail + p * s - q * r == 0 and 2 * tail <= p + s
    success = sum((p for error, p in found.items() if error <= allowed), Fraction(0))
    valid &= success == rational(certificate["success"])
    return valid, f"{sum(law.values())} draws; {allowed} is met with probability {success}"


def grams(n: int, k: Any) -> list[Matrix]:
    """JᵀJ for every draw of an SRHT, up to the sign of J."""
    return [[[Fraction(e, k) for e in row] for row in gram] for gram in scaled_grams(n, k)]


def _mean(values: list[Fraction]) -> Fraction:
    return sum(values, Fraction(0)) / len(values)


def _frequencies(counts: dict[Fraction, int]) -> dict[Fraction, Fraction]:
    total = sum(counts.values())
    return {value: Fraction(count, total) for value, count in counts.items()}


def _fractions(law: Any) -> dict[Fraction, Fraction]:
    if not isinstance(law, dict):
        raise Refused("a law is no object")
    found = {rational(value): rational(probability) for value, probability in law.items()}
    if len(found) < len(law):
        raise Refused("a law has one value twice")
    return found


def _bound(*sizes: Any) -> None:
    """Refuse sizes n, k, … that are not those of SRHTs, or too many pairs of draws."""
    draws = 1
    for n, k in zip(sizes[::2], sizes[1::2], strict=True):
        if integer(n, 1, 8, "n") & (n - 1):
            raise Refused(f"n = {n} is no power of 2")
        draws *= comb(n, integer(k, 1, n, "k")) << n
    if draws > MAX_DRAWS:
        raise Refused(f"{draws} draws are too many; at most {MAX_DRAWS}")


def _spread(n: int, k: int) -> Fraction:
    """σ² = (n − k)/(k(n − 1)); 0 for n = 1."""
    return Fraction(n - k, k * (n - 1)) if n > 1 else Fraction(0)


def _closed_moments(
    W: Matrix, u: Matrix, x: Matrix, k1: int, k2: int
) -> tuple[Fraction, Fraction, Fraction]:
    """The three moments by the formulas of the claim."""
    target, ratio = product(W, x), Fraction(len(W), k2)
    columns = [squared_norm([row]) for row in transpose(W)]
    seen = sum((t * t * c for (t,), c in zip(x, columns, strict=True)), Fraction(0))
    one = _spread(len(x), k1) * (
        squared_norm(W) * squared_norm(x) + squared_norm(target) - 2 * seen
    )
    two = (ratio - 1) * squared_norm(target) + ratio * one
    M_u, M_x = _second_moment(u, k2), _second_moment(x, k1)
    square = product(product(M_u, W), product(M_x, transpose(W)))
    trace = sum((row[i] for i, row in enumerate(square)), Fraction(0))
    return one, two, trace - product(transpose(u), target)[0][0] ** 2


def _second_moment(x: Matrix, k: int) -> Matrix:
    """(1 + σ²)xxᵀ + σ²‖x‖²I − 2σ²·diag(x²)."""
    s, length = _spread(len(x), k), squared_norm(x)
    return [
        [
            (1 + s) * a * b + (s * length - 2 * s * a * a if i == j else 0)
            for j, (b,) in enumerate(x)
        ]
        for i, (a,) in enumerate(x)
    ]
