"""Inequalities that hold for all numbers of a range, with the terms that prove them.

A polynomial is at least 0 if it is a sum of products of expressions that are at least 0. A function
made of logarithms and a quotient of polynomials is at least 0 on 0 <= x < 1 if it vanishes at 0 and
its derivative is a quotient of sums of terms c·x^i·(1 − x)^j with c >= 0.

Here SymPy expands and differentiates; ``proofs-check recheck`` does so by hand.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sympy
from numpy.random import Generator

__all__ = ["Logarithm", "Logarithms", "PolynomialStep", "Polynomials"]


@dataclass(frozen=True)
class PolynomialStep:
    """A polynomial that is at least 0, or vanishes.

    Attributes
    ----------
    name, goal : str
        Later steps use the goal by this name.
    products : sequence of (coefficient, names)
        Products of known nonnegative expressions, with nonnegative rational coefficients. Without
        them the goal vanishes.
    multiples : sequence of (expression, name)
        Multiples of expressions that vanish. The goal is the sum of all.
    """

    name: str
    goal: str
    products: Sequence[tuple[str, Sequence[str]]] = ()
    multiples: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class Polynomials:
    """Inequalities of polynomials: what is assumed, and the steps."""

    numbers: Sequence[str]
    nonnegative: Mapping[str, str]
    steps: Sequence[PolynomialStep]
    zero: Mapping[str, str] = field(default_factory=dict)

    def holds(self, rng: Generator) -> bool:
        """Whether every step follows from those before it."""
        symbols = {name: sympy.Symbol(name) for name in self.numbers}

        def value(text: str) -> sympy.Expr:
            return sympy.sympify(eval(text, {"__builtins__": {}}, symbols))

        nonnegative = {name: value(text) for name, text in self.nonnegative.items()}
        zero = {name: value(text) for name, text in self.zero.items()}
        for step in self.steps:
            if any(sympy.Rational(c) < 0 for c, _ in step.products):
                return False
            total = sympy.Add(
                *(
                    sympy.Rational(c) * sympy.Mul(*(nonnegative[name] for name in names))
                    for c, names in step.products
                ),
                *(value(text) * zero[name] for text, name in step.multiples),
            )
            if sympy.expand(value(step.goal) - total) != 0:
                return False
            (nonnegative if step.products else zero)[step.name] = value(step.goal)
        return True

    @property
    def names(self) -> list[str]:
        """The names of the steps."""
        return [step.name for step in self.steps]

    def certificate(self) -> dict[str, Any]:
        """The same as data."""
        return {
            "kind": "polynomial-inequalities",
            "numbers": list(self.numbers),
            "nonnegative": dict(self.nonnegative),
            "zero": dict(self.zero),
            "steps": [
                {
                    "name": step.name,
                    "goal": step.goal,
                    "products": [[c, list(names)] for c, names in step.products],
                    "multiples": [list(multiple) for multiple in step.multiples],
                }
                for step in self.steps
            ],
        }


@dataclass(frozen=True)
class Logarithm:
    """F(x) = Σ c·ln p(x) + N(x)/D(x) >= 0 for 0 <= x < 1, with F(0) = 0.

    Attributes
    ----------
    name : str
    logarithms : sequence of (c, coefficients of p)
    numerator, denominator : coefficients of N and D, from the constant on
    above, below : sequence of (c, i, j)
        F' is the quotient of two sums of c·x^i·(1 − x)^j with c >= 0.
    """

    name: str
    logarithms: Sequence[tuple[str, Sequence[str]]]
    numerator: Sequence[str]
    above: Sequence[tuple[str, int, int]]
    below: Sequence[tuple[str, int, int]]
    denominator: Sequence[str] = ("1",)


@dataclass(frozen=True)
class Logarithms:
    """Inequalities of logarithms."""

    inequalities: Sequence[Logarithm]

    def holds(self, rng: Generator) -> bool:
        """Whether each follows from its derivative."""
        return all(map(_follows, self.inequalities))

    @property
    def names(self) -> list[str]:
        """The names of the inequalities."""
        return [inequality.name for inequality in self.inequalities]

    def certificate(self) -> dict[str, Any]:
        """The same as data."""
        return {
            "kind": "logarithm-inequalities",
            "inequalities": [
                {
                    "name": i.name,
                    "logarithms": [[c, list(p)] for c, p in i.logarithms],
                    "numerator": list(i.numerator),
                    "denominator": list(i.denominator),
                    "slope above": [list(term) for term in i.above],
                    "slope below": [list(term) for term in i.below],
                }
                for i in self.inequalities
            ],
        }


def _follows(inequality: Logarithm) -> bool:
    x = sympy.Symbol("x")

    def polynomial(coefficients: Sequence[str]) -> sympy.Expr:
        return sympy.Add(*(sympy.Rational(c) * x**i for i, c in enumerate(coefficients)))

    F = polynomial(inequality.numerator) / polynomial(inequality.denominator)
    for c, p in inequality.logarithms:
        F += sympy.Rational(c) * sympy.log(polynomial(p))
    above, below = (
        sympy.Add(*(sympy.Rational(c) * x**i * (1 - x) ** j for c, i, j in terms))
        for terms in (inequality.above, inequality.below)
    )
    signs = all(sympy.Rational(c) >= 0 for c, _, _ in (*inequality.above, *inequality.below))
    same = sympy.simplify(sympy.diff(F, x) * below - above) == 0
    return bool(signs and same and F.subs(x, 0) == 0 and below != 0)
