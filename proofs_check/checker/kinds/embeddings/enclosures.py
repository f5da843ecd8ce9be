"""Recheck inequalities between real numbers, in balls of more than twice the precision."""

from __future__ import annotations

import re
from collections.abc import Callable
from math import comb
from typing import Any

from flint import arb, ctx, fmpq

from proofs_check.checker.bounded import Refused, integer, rational

__all__ = ["ball", "check", "value"]

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


MAX_BITS = 20_000
MAX_BINOMIAL = 100_000
MAX_EXPONENT = 1000
_NUMBER = r"[+-]?\d+(\.\d+)?(e[+-]?\d{1,9})?"
_BALL = re.compile(rf"{_NUMBER}|\[{_NUMBER} \+/- {_NUMBER}\]", re.ASCII)


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
        q = rational(expression)
        return arb(fmpq(q.numerator, q.denominator))
    if not isinstance(expression, list) or not expression:
        raise ValueError(f"{expression!r} is no expression")
    name, *arguments = expression
    if name == "binomial":
        n, k = (integer(argument, 0, MAX_BINOMIAL) for argument in arguments)
        return arb(comb(n, k))
    if name not in OPERATORS:
        raise ValueError(f"unknown operator {name!r}; known: binomial, {', '.join(OPERATORS)}")
    if name == "pow" and not (
        isinstance(arguments[-1], str) and abs(rational(arguments[-1])) <= MAX_EXPONENT
    ):
        raise Refused(f"an exponent is no rational number of at most {MAX_EXPONENT}")
    return OPERATORS[name](*map(value, arguments))


def check(certificate: dict[str, Any]) -> tuple[bool, str]:
    """Whether every left < right holds, and the stored balls enclose both sides and show it.

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
    with ctx.workprec(2 * integer(certificate["bits"], 2, MAX_BITS, "bits") + 64):
        for claimed in inequalities:
            left, right = value(claimed["left"]), value(claimed["right"])
            shown = [ball(stored) for stored in claimed["balls"]]
            # what is printed encloses each side, and shows the inequality
            valid &= all(
                ball.contains(side) for side, ball in zip((left, right), shown, strict=True)
            )
            valid &= bool(shown[0] < shown[1])
        return valid, f"{len(inequalities)} inequalities, in balls of {ctx.prec} bits"


def ball(text: Any) -> arb:
    """The ball that a text such as "[0.5 +/- 1e-9]" stands for."""
    if not isinstance(text, str) or len(text) > 20_000 or not _BALL.fullmatch(text):
        raise Refused(f"{str(text)[:40]!r} is no ball")
    return arb(text)
