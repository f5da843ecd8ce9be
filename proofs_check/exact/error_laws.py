"""Exact laws of the errors in Propositions 1 and 2, over every draw of the SRHT."""

from __future__ import annotations

from fractions import Fraction

from flint import fmpq_mat

from proofs_check.exact.laws import prop1_law, row_spaces
from proofs_check.exact.planted import square

__all__ = ["error_law", "success_probability"]


def success_probability(
    W: list[list[int]], x: list[int], k1: int, k2: int, limit: Fraction
) -> Fraction:
    """Pr[‖W'x − Wx‖² <= limit] for the replacement W' of Proposition 1, by enumeration.

    Examples
    --------
    >>> success_probability([[1, 0], [0, 1]], [1, 0], 1, 1, Fraction(1))
    Fraction(1, 2)
    """
    return sum(
        (p for value, p in prop1_law(W, x, k1, k2).items() if value <= limit), start=Fraction(0)
    )


def error_law(X: list[list[int]]) -> dict[Fraction, Fraction]:
    """Law of ‖J_1(X) − X‖_F² for l = 1 as {error: probability}, errors increasing.

    Examples
    --------
    >>> error_law([[0, 1], [3, 0]])
    {Fraction(9, 5): Fraction(1, 1)}
    """
    x = fmpq_mat(X)
    total, law = square(x), dict[Fraction, Fraction]()
    for basis, probability in row_spaces(X, 1).items():
        error = total
        if basis:
            # Pythagoras: projecting the rows of X onto a line spanned by v leaves ‖X‖² − ‖Xv‖²/‖v‖²
            v = fmpq_mat([list(basis[0])])
            image = x * v.transpose()
            error -= (image.transpose() * image)[0, 0] / (v * v.transpose())[0, 0]
        key = Fraction(int(error.p), int(error.q))
        law[key] = law.get(key, Fraction(0)) + probability
    return dict(sorted(law.items()))
