"""Exact laws of the errors in Propositions 1 and 2."""

from __future__ import annotations

from fractions import Fraction

from flint import fmpq_mat

from proofs_check.exact.laws import prop1_law, row_spaces
from proofs_check.exact.planted import square

__all__ = ["error_law", "success_probability"]


def success_probability(
    W: list[list[int]], x: list[int], k1: int, k2: int, limit: Fraction
) -> Fraction:
    """Pr[‖W'x − Wx‖² <= limit], exhaustively."""
    return sum(
        (p for value, p in prop1_law(W, x, k1, k2).items() if value <= limit), start=Fraction(0)
    )


def error_law(X: list[list[int]]) -> dict[Fraction, Fraction]:
    """Law of ‖J_1(X) − X‖_F² for l = 1: {error: probability}, errors increasing."""
    x = fmpq_mat(X)
    total, law = square(x), dict[Fraction, Fraction]()
    for basis, probability in row_spaces(X, 1).items():
        error = total
        if basis:
            v = fmpq_mat([list(basis[0])])
            image = x * v.transpose()
            error -= (image.transpose() * image)[0, 0] / (v * v.transpose())[0, 0]
        key = Fraction(int(error.p), int(error.q))
        law[key] = law.get(key, Fraction(0)) + probability
    return dict(sorted(law.items()))
