"""Recheck exact laws of the SRHT by enumerating every draw, one dense matrix after the other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations
from itertools import product as choices
from typing import Any

from proofs_check.checker.arithmetic.rational_matrices import (
    Matrix,
    column,
    difference,
    matrix,
    product,
    squared_norm,
    transpose,
)

__all__ = ["error_floor", "moments", "norm_law", "prop1_law", "sketch_error_law"]


def error_floor(certificate: dict[str, Any]) -> tuple[bool, str]:
    """Whether the least ‖x − JᵀJx‖² over all draws is floor·‖x‖²."""
    x, floor = column(certificate["x"]), Fraction(certificate["floor"])
    errors = [
        squared_norm(difference(x, product(A, x))) for A in _gram_matrices(len(x), certificate["k"])
    ]
    sentence = f"{len(errors)} draws; the smallest ‖x − JᵀJx‖² is {floor}·‖x‖²"
    return min(errors) == floor * squared_norm(x), sentence


def norm_law(certificate: dict[str, Any]) -> tuple[bool, str]:
    """Whether ‖Jx‖² has this mean and variance."""
    x = column(certificate["x"])
    # ‖Jx‖² = xᵀJᵀJx
    values = [
        product(transpose(x), product(A, x))[0][0] for A in _gram_matrices(len(x), certificate["k"])
    ]
    mean = _mean(values)
    variance = _mean([(value - mean) ** 2 for value in values])
    valid = mean == Fraction(certificate["mean"]) and variance == Fraction(certificate["variance"])
    return valid, f"{len(values)} draws; ‖Jx‖² has mean {mean} and variance {variance}"


def prop1_law(certificate: dict[str, Any]) -> tuple[bool, str]:
    """Whether ‖J2ᵀJ2·W·J1ᵀJ1x − Wx‖² has this law, {value: probability}."""
    W, x = matrix(certificate["W"]), column(certificate["x"])
    target, law, draws = product(W, x), defaultdict[Fraction, int](int), 0
    for A1 in _gram_matrices(len(x), certificate["k1"]):
        z = product(W, product(A1, x))
        for A2 in _gram_matrices(len(W), certificate["k2"]):
            law[squared_norm(difference(product(A2, z), target))] += 1
            draws += 1
    return _frequencies(law) == _fractions(certificate["law"]), f"{draws} pairs of draws"


def moments(certificate: dict[str, Any]) -> tuple[bool, str]:
    """Whether the mean errors of WJ1ᵀJ1x and of W'x, and the variance of uᵀW'x, are these."""
    W, u, x = matrix(certificate["W"]), column(certificate["u"]), column(certificate["x"])
    target = product(W, x)
    one_sided, two_sided, bilinear = [], [], []
    for A1 in _gram_matrices(len(x), certificate["k1"]):
        z = product(W, product(A1, x))
        one_sided.append(squared_norm(difference(z, target)))
        for A2 in _gram_matrices(len(W), certificate["k2"]):
            y = product(A2, z)
            two_sided.append(squared_norm(difference(y, target)))
            bilinear.append(product(transpose(u), y)[0][0])
    variance = _mean([value**2 for value in bilinear]) - _mean(bilinear) ** 2
    found = (_mean(one_sided), _mean(two_sided), variance)
    claimed = tuple(
        Fraction(certificate[name]) for name in ("one_sided", "two_sided", "bilinear_variance")
    )
    return (
        found == claimed,
        f"{len(two_sided)} pairs of draws; the three moments are {', '.join(map(str, found))}",
    )


def sketch_error_law(certificate: dict[str, Any]) -> tuple[bool, str]:
    """Whether ‖J_1(X) − X‖_F² has this law for sketches of one row, and meets 2Δ_1 this often.

    X has two columns; Δ_1 is the squared distance of X to rank 1, and ε = 1.
    """
    X = matrix(certificate["X"])
    draws, law = 0, defaultdict[Fraction, int](int)
    for row in _sylvester(len(X)):
        for signs in choices((1, -1), repeat=len(X)):
            # J_1(X) is X projected to the line of the row JX: Pythagoras gives the error
            v = product([[s * h for s, h in zip(signs, row, strict=True)]], X)
            length = squared_norm(v)
            kept = squared_norm(product(X, transpose(v))) / length if length else Fraction(0)
            law[squared_norm(X) - kept] += 1
            draws += 1
    found, allowed = _frequencies(law), Fraction(certificate["allowed"])
    valid = found == _fractions(certificate["law"])
    # Δ_1 is the smaller eigenvalue of XᵀX
    (p, q), (r, s) = product(transpose(X), X)
    tail = allowed / 2
    valid &= tail * tail - (p + s) * tail + p * s - q * r == 0 and 2 * tail <= p + s
    success = sum((p for error, p in found.items() if error <= allowed), Fraction(0))
    valid &= success == Fraction(certificate["success"])
    return valid, f"{draws} draws; {allowed} is met with probability {success}"


def _sylvester(n: int) -> Matrix:
    """The Hadamard matrix of order n by H ↦ [[H, H], [H, −H]]."""
    h = [[Fraction(1)]]
    while len(h) < n:
        h = [row + row for row in h] + [row + [-entry for entry in row] for row in h]
    return h


def _gram_matrices(n: int, k: int) -> Iterator[Matrix]:
    """JᵀJ for every sign pattern and every k-subset of rows of the SRHT."""
    h = _sylvester(n)
    for kept in combinations(range(n), k):
        gram = product(transpose([h[i] for i in kept]), [h[i] for i in kept])
        for signs in choices((1, -1), repeat=n):
            yield [[signs[i] * signs[j] * gram[i][j] / k for j in range(n)] for i in range(n)]


def _mean(values: list[Fraction]) -> Fraction:
    return sum(values, Fraction(0)) / len(values)


def _frequencies(counts: dict[Fraction, int]) -> dict[Fraction, Fraction]:
    total = sum(counts.values())
    return {value: Fraction(count, total) for value, count in counts.items()}


def _fractions(law: dict[str, str]) -> dict[Fraction, Fraction]:
    return {Fraction(value): Fraction(probability) for value, probability in law.items()}
