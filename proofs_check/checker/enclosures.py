"""Replay inequalities between real numbers in balls of another precision than those of the
checks."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import comb
from typing import Any

from flint import arb, ctx, fmpq

__all__ = ["check", "value"]

OPERATORS: dict[str, Callable[..., Any]] = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": lambda a, b: a / b,
    "pow": lambda a, b: a**b,
    "exp": lambda a: a.exp(),
    "log": lambda a: a.log(),
    "sqrt": lambda a: a.sqrt(),
    "gamma": lambda a: a.gamma(),
    "gamma upper": lambda s, x: x.gamma_upper(s, True),  # regularised
    "beta lower": lambda a, b, x: x.beta_lower(a, b, True),  # regularised
}


def value(expression: Any) -> arb:
    """A ball around an expression: a rational as text, or [operator, argument, …]; ["binomial", n,
    k] is exact.

    Raises
    ------
    ValueError
        If it is no such expression.

    Examples
    --------
    >>> value(["add", "1/2", ["exp", "0"]]).str(5, radius=False)
    '1.5000'
    """
    if isinstance(expression, str):
        q = Fraction(expression)
        return arb(fmpq(q.numerator, q.denominator))
    if not isinstance(expression, list) or not expression:
        raise ValueError(f"{expression!r} is no expression")
    name, *arguments = expression
    if name == "binomial":
        n, k = map(int, arguments)
        return arb(comb(n, k))
    if name not in OPERATORS:
        raise ValueError(f"unknown operator {name!r}; known: binomial, {', '.join(OPERATORS)}")
    return OPERATORS[name](*map(value, arguments))


def check(certificate: dict[str, Any]) -> tuple[bool, str]:
    """Whether every left < right holds, and the balls of both meet those stored, at twice the
    precision and more.

    Examples
    --------
    >>> less = {"left": ["exp", "-1"], "right": "1/2", "balls": ["[0.3679 +/- 1e-4]", "[0.5 +/- 1e-9]"]}
    >>> check({"bits": 64, "less": [less]})[0]
    True
    """
    good, before = bool(certificate["less"]), ctx.prec
    ctx.prec = 2 * certificate["bits"] + 64
    try:
        for claimed in certificate["less"]:
            found = [value(claimed[side]) for side in ("left", "right")]
            good &= bool(found[0] < found[1])
            good &= all(
                ball.overlaps(arb(stored))
                for ball, stored in zip(found, claimed["balls"], strict=True)
            )
        return good, f"{len(certificate['less'])} inequalities, in balls of {ctx.prec} bits"
    finally:
        ctx.prec = before
