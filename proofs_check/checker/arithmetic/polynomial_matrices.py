"""Matrices of polynomials with rational coefficients, as lists of rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from flint import fmpq, fmpq_mpoly, fmpq_mpoly_ctx

__all__ = ["Polynomials", "constants", "minus", "symbols", "times", "turned"]

Polynomials = list[list[fmpq_mpoly]]


def symbols(shapes: Mapping[str, tuple[int, int]]) -> list[Polynomials]:
    """Matrices of independent variables, for each letter one of this many rows and columns.

    Examples
    --------
    >>> D, E = symbols({"d": (1, 2), "e": (2, 1)})
    >>> times(D, E)
    [[d0*e0 + d1*e1]]
    """
    names = [f"{letter}{i}" for letter, (r, c) in shapes.items() for i in range(r * c)]
    variables = iter(fmpq_mpoly_ctx.get(names).gens())
    return [[[next(variables) for _ in range(c)] for _ in range(r)] for r, c in shapes.values()]


def constants(a: Sequence[Sequence[Fraction]], context: fmpq_mpoly_ctx) -> Polynomials:
    """A matrix of numbers among polynomials in the variables of a context."""
    return [[context.constant(fmpq(x.numerator, x.denominator)) for x in row] for row in a]


def times(*factors: Polynomials) -> Polynomials:
    """The product of some matrices; ``ValueError`` if the shapes do not match."""
    left, *others = factors
    for right in others:
        zero = right[0][0].context().constant(0)
        left = [
            [
                sum((x * y for x, y in zip(row, column, strict=True)), zero)
                for column in turned(right)
            ]
            for row in left
        ]
    return left


def minus(a: Polynomials, b: Polynomials) -> Polynomials:
    """a − b; ``ValueError`` if the shapes differ."""
    return [[x - y for x, y in zip(r, s, strict=True)] for r, s in zip(a, b, strict=True)]


def turned(a: Polynomials) -> Polynomials:
    """The transpose."""
    return [list(column) for column in zip(*a, strict=True)]
