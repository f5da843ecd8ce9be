"""Recheck inequalities between real numbers, in balls of more than twice the precision."""

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
    # the regularised incomplete functions: upper gamma Q(s, x), and lower beta I_x(a, b)
    "gamma upper": lambda s, x: x.gamma_upper(s, True),
    "beta lower": lambda a, b, x: x.beta_lower(a, b, True),
}
"""The operators of an expression, by name."""


def value(expression: Any) -> arb:
    """A ball that holds the value of an expression, in the precision in force.

    Parameters
    ----------
    expression : str or list
        A rational number as text, or [operator, argument, …] with expressions as arguments, or
        ["binomial", n, k] with integers.

    Raises
    ------
    ValueError
        If it is not of this form, or if the operator is unknown.

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
    """Whether every left < right holds, and the balls found meet the stored ones.

    The precision is more than twice that of the certificate.

    Parameters
    ----------
    certificate : dict
        "bits", the precision of the stored balls, and "less", a list of {"left": expression,
        "right": expression, "balls": [text, text]}; an empty list proves nothing.

    Examples
    --------
    >>> less = {"left": ["exp", "-1"], "right": "1/2",
    ...         "balls": ["[0.3679 +/- 1e-4]", "[0.5 +/- 1e-9]"]}
    >>> check({"bits": 64, "less": [less]})[0]
    True
    """
    inequalities = certificate["less"]
    valid = bool(inequalities)
    with ctx.workprec(2 * certificate["bits"] + 64):
        for claimed in inequalities:
            left, right = value(claimed["left"]), value(claimed["right"])
            valid &= bool(left < right)
            # two balls around the same number overlap
            valid &= all(
                ball.overlaps(arb(stored))
                for ball, stored in zip((left, right), claimed["balls"], strict=True)
            )
        return valid, f"{len(inequalities)} inequalities, in balls of {ctx.prec} bits"
