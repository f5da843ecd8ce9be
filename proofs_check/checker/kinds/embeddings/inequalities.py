"""Recheck inequalities that hold for all numbers of a range: polynomials, and logarithms.

``polynomials``: a goal is a sum of products of expressions known to be at least 0, with
coefficients at least 0, and of multiples of expressions known to vanish.

``logarithms``: F(x) = Σ c·ln p(x) + N(x)/D(x) is at least 0 for 0 <= x < 1, because F(0) = 0 and F'
is a quotient of polynomials that are sums of terms c·x^i·(1 − x)^j with c >= 0.

Standard library only, with the polynomials of ``algebra``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import comb, prod
from typing import Any

from proofs_check.checker.arithmetic.algebra import Language
from proofs_check.checker.bounded import Refused, integer, rational

__all__ = ["logarithms", "polynomials"]

Monomial = tuple[str, ...]
Polynomial = dict[Monomial, Fraction]
Coefficients = list[Fraction]
"""Of a polynomial in one variable, from the constant on."""

_MAX_DEGREE = 64


def polynomials(
    certificate: Mapping[str, Any], model: Mapping[str, str] | None = None
) -> tuple[bool, str]:
    """Whether every step follows.

    Parameters
    ----------
    certificate : mapping
        "numbers", a list of names; "nonnegative" and "zero", {name: expression}; "steps", a list of
        {"name", "goal", "products", "multiples"}. "products" is a list of [coefficient, [name of a
        nonnegative expression, …]], the coefficient a rational number >= 0 as text; "multiples" is
        a list of [expression, name of one that vanishes]. The goal, which is at least 0, is the sum
        of all. With no products the goal vanishes. Later steps use earlier ones by name.
    model : mapping, optional
        Rational numbers, as text, for which all that is assumed must hold.

    Examples
    --------
    >>> polynomials({"numbers": ["a", "b"], "nonnegative": {"a": "a", "b - a": "b - a"}, "zero": {},
    ...              "steps": [{"name": "b >= 0", "goal": "b",
    ...                         "products": [["1", ["a"]], ["1", ["b - a"]]], "multiples": []}]})
    (True, '1 step from 2 assumptions: b >= 0')
    """
    language = Language({}, frozenset(), frozenset(certificate["numbers"]), {})
    nonnegative = {name: _read(language, t) for name, t in certificate["nonnegative"].items()}
    zero = {name: _read(language, text) for name, text in certificate["zero"].items()}
    if model is not None:
        numbers = {name: rational(text) for name, text in model.items()}
        for name, p in (*nonnegative.items(), *zero.items()):
            value = _at(p, numbers)
            if value < 0 or (name in zero and value != 0):
                return False, f"the assumption {name!r} fails at the model"
    count, names = len(nonnegative) + len(zero), []
    for step in certificate["steps"]:
        name, goal = step["name"], _read(language, step["goal"])
        if name in nonnegative or name in zero:
            raise Refused(f"two statements are called {name!r}")
        rest = dict(goal)
        for text, factors in step["products"]:
            coefficient = rational(text)
            if coefficient < 0:
                return False, f"the step {name!r} has a negative coefficient"
            product: Polynomial = {(): coefficient}
            for factor in factors:
                product = _times(product, nonnegative[factor])
            rest = _minus(rest, product)
        for text, used in step["multiples"]:
            rest = _minus(rest, _times(_read(language, text), zero[used]))
        if rest:
            return False, f"the step {name!r} does not follow"
        (nonnegative if step["products"] else zero)[name] = goal
        names.append(name)
    plural = "" if len(names) == 1 else "s"
    return bool(names), f"{len(names)} step{plural} from {count} assumptions: {'; '.join(names)}"


def logarithms(certificate: Mapping[str, Any]) -> tuple[bool, str]:
    """Whether every inequality F >= 0 on 0 <= x < 1 follows from its derivative.

    Parameters
    ----------
    certificate : mapping
        "inequalities", a list of {"name", "logarithms", "numerator", "denominator", "slope above",
        "slope below"}. "logarithms" is a list of [c, coefficients of p]. The derivative of F is the
        quotient of the two slopes, which are lists of [c, i, j] for the terms c·x^i·(1 − x)^j. All
        numbers are rational, as text.

    Examples
    --------
    >>> logarithms({"inequalities": [{"name": "ln(1 + x) <= x", "logarithms": [["-1", ["1", "1"]]],
    ...     "numerator": ["0", "1"], "denominator": ["1"],
    ...     "slope above": [["1", 1, 0]], "slope below": [["1", 0, 0], ["1", 1, 0]]}]})
    (True, '1 inequality on 0 <= x < 1: ln(1 + x) <= x')
    """
    names = []
    for inequality in certificate["inequalities"]:
        if fault := _fault(inequality):
            return False, f"{inequality['name']!r}: {fault}"
        names.append(inequality["name"])
    noun = "inequality" if len(names) == 1 else "inequalities"
    return bool(names), f"{len(names)} {noun} on 0 <= x < 1: {'; '.join(names)}"


def _fault(inequality: Mapping[str, Any]) -> str:
    """What is wrong with one inequality; empty if nothing is."""
    logs = [(rational(c), _coefficients(p)) for c, p in inequality["logarithms"]]
    N, D = _coefficients(inequality["numerator"]), _coefficients(inequality["denominator"])
    if any(len(p) > 2 or p[0] != 1 or sum(p) < 0 for _, p in logs):
        return "a logarithm of something else than 1 + cx, which is positive for 0 <= x < 1"
    if N[0] != 0:
        return "F(0) is not 0"
    above, below = _bernstein(inequality["slope above"]), _bernstein(inequality["slope below"])
    if above is None or below is None or not any(below):
        return "a slope has a negative coefficient, or vanishes"
    # control points: D > 0 on 0 <= x < 1 if all are positive, but the last, its value at 1
    *inner, last = _control_points(D)
    if D[0] <= 0 or last < 0 or any(value <= 0 for value in inner):
        return "the denominator of F may vanish"
    # F' = Σ c·p'/p + (N'·D − N·D')/D², over the common denominator Π p·D²
    common = _product([*(p for _, p in logs), D, D])
    slope = _product(
        [_difference(_product([_slope(N), D]), _product([N, _slope(D)])), *(p for _, p in logs)]
    )
    for place, (c, p) in enumerate(logs):
        others = [q for i, (_, q) in enumerate(logs) if i != place]
        slope = _difference(slope, _product([[-c], _slope(p), D, D, *others]))
    if any(_difference(_product([slope, below]), _product([above, common]))):
        return "the derivative is another one"
    return ""


def _control_points(p: Coefficients) -> Coefficients:
    """The coefficients of p in the Bernstein basis of its degree; p is a convex combination."""
    n = len(p) - 1
    return [
        sum((p[j] * Fraction(comb(i, j), comb(n, j)) for j in range(i + 1)), Fraction(0))
        for i in range(n + 1)
    ]


def _bernstein(terms: Sequence[Sequence[Any]]) -> Coefficients | None:
    """The coefficients of Σ c·x^i·(1 − x)^j; None if some c is negative."""
    total: Coefficients = [Fraction(0)]
    for text, i, j in terms:
        c = rational(text)
        if c < 0:
            return None
        i, j = integer(i, 0, _MAX_DEGREE), integer(j, 0, _MAX_DEGREE)
        term = _product([[Fraction(0)] * i + [c], *[[Fraction(1), Fraction(-1)]] * j])
        total = _difference(total, [-value for value in term])
    return total


def _coefficients(texts: Sequence[str]) -> Coefficients:
    if not 1 <= len(texts) <= _MAX_DEGREE:
        raise Refused(f"a polynomial of {len(texts)} coefficients; 1 to {_MAX_DEGREE} are read")
    return [rational(text) for text in texts]


def _slope(p: Coefficients) -> Coefficients:
    return [i * value for i, value in enumerate(p)][1:] or [Fraction(0)]


def _product(polynomials: Sequence[Coefficients]) -> Coefficients:
    total = [Fraction(1)]
    for p in polynomials:
        out = [Fraction(0)] * (len(total) + len(p) - 1)
        for i, x in enumerate(total):
            for j, y in enumerate(p):
                out[i + j] += x * y
        total = out
    return total


def _difference(a: Coefficients, b: Coefficients) -> Coefficients:
    size = max(len(a), len(b))
    pad = [Fraction(0)]
    return [
        x - y for x, y in zip(a + pad * (size - len(a)), b + pad * (size - len(b)), strict=True)
    ]


def _read(language: Language, text: str) -> Polynomial:
    polynomial, arrow = language.parse(text)
    if arrow is not None:
        raise Refused(f"{text[:40]!r} is no number")
    return {scalars: value for (scalars, _), value in polynomial.items()}


def _at(p: Polynomial, numbers: Mapping[str, Fraction]) -> Fraction:
    """The value of a polynomial."""
    return sum(
        (value * prod(numbers[name] for name in monomial) for monomial, value in p.items()),
        Fraction(0),
    )


def _minus(a: Polynomial, b: Polynomial) -> Polynomial:
    total = dict(a)
    for monomial, value in b.items():
        total[monomial] = total.get(monomial, Fraction(0)) - value
    return {monomial: value for monomial, value in total.items() if value}


def _times(a: Polynomial, b: Polynomial) -> Polynomial:
    total: Polynomial = {}
    for m, x in a.items():
        for l, y in b.items():
            monomial = tuple(sorted(m + l))
            total[monomial] = total.get(monomial, Fraction(0)) + x * y
    return total
