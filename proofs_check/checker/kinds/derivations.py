"""Recheck a proof by matrix identities: its steps, its goals, and that its assumptions can hold."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from proofs_check.checker.arithmetic import algebra
from proofs_check.checker.arithmetic.rational_matrices import Matrix, multiple, product, transpose
from proofs_check.checker.bounded import Refused
from proofs_check.checker.expectation import Derivation

__all__ = ["check", "contradiction"]

Value = Fraction | Matrix


def check(certificate: Mapping[str, Any], expected: Derivation | None = None) -> tuple[bool, str]:
    """Whether every step follows; with an expectation, whether these are the steps of the claim.

    Parameters
    ----------
    certificate : mapping
        As for ``algebra.check``.
    expected : Derivation, optional
        Then every goal must be a step, with its rule and its text, and assumptions and goals must
        hold at its model.
    """
    valid, sentence = algebra.check(certificate)
    if not valid or expected is None:
        return valid, sentence
    steps = [(step["name"], step["goal"], step["rule"]) for step in certificate["steps"]]
    for goal in expected.goals:
        if (goal.name, goal.text, goal.rule) not in steps:
            return False, f"no step proves {goal.name!r}"
    if fault := contradiction(expected):
        return False, fault
    marks = Counter(assumption.mark for assumption in expected.assumptions.values())
    return True, (
        f"{len(steps)} steps from {', '.join(f'{n} × {mark}' for mark, n in marks.items())}, all "
        f"true at a model, prove: {'; '.join(goal.name for goal in expected.goals)}"
    )


def contradiction(expected: Derivation) -> str:
    """What is wrong with the model of a derivation, as a clause; empty if nothing is.

    All assumptions and goals must hold at it, exactly; no matrix may be zero; and spaces of
    different names must have different sizes.

    Examples
    --------
    >>> from proofs_check.checker.expectation import DEFINITION, Assumption, Goal
    >>> zero = {"P² = P": Assumption("P @ P - P", DEFINITION), "D": Assumption("P", DEFINITION)}
    >>> model = {"P": [[Fraction(1), Fraction(0)], [Fraction(0), Fraction(0)]]}
    >>> contradiction(Derivation({"P": ("m", "m")}, zero, [Goal("P = P", "P - P")], model=model))
    "the assumption 'D' fails at the model"
    """
    model = expected.model
    if missing := (expected.symbols.keys() | set(expected.scalars)) - model.keys():
        return f"the model lacks {', '.join(sorted(missing))}"
    sizes: dict[str, int] = {}
    for name, spaces in expected.symbols.items():
        entries = model[name]
        for space, size in zip(spaces, (len(entries), len(entries[0])), strict=True):
            if sizes.setdefault(space, size) != size:
                return f"the space {space} of the model has sizes {sizes[space]} and {size}"
        if not any(entry for row in entries for entry in row):
            return f"{name} is zero in the model"
        if name in expected.symmetric and entries != transpose(entries):
            return f"{name} is not symmetric in the model"
    if len(set(sizes.values())) < len(sizes) or sizes.get("1", 1) != 1:
        return f"spaces of the model have sizes that do not tell them apart: {sizes}"
    names: dict[str, Value] = {
        name: value if name in expected.symbols else Fraction(value)
        for name, value in model.items()
    }
    for name, text in expected.definitions.items():
        names[name] = evaluated(text, names)
    for name, assumption in expected.assumptions.items():
        if not _vanishes(evaluated(assumption.text, names)):
            return f"the assumption {name!r} fails at the model"
    for goal in expected.goals:
        value = evaluated(goal.text, names)
        if goal.rule == "trace" and not isinstance(value, Fraction):
            value = sum((row[i] for i, row in enumerate(value)), Fraction(0))
        if not _vanishes(value):
            return f"the goal {goal.name!r} fails at the model"
    return ""


def evaluated(text: str, names: Mapping[str, Value]) -> Value:
    """The matrix or number that an expression stands for, without ``eval``.

    Examples
    --------
    >>> evaluated("2 * A @ A.T - 1", {"A": [[Fraction(1)], [Fraction(2)]]})
    [[Fraction(1, 1), Fraction(4, 1)], [Fraction(4, 1), Fraction(7, 1)]]
    """
    return _value(ast.parse(text, mode="eval").body, names)


def _value(node: ast.expr, names: Mapping[str, Value]) -> Value:
    match node:
        case ast.Constant(value=int(number)):
            return Fraction(number)
        case ast.Name(id=name):
            return names[name]
        case ast.Attribute(value=inner, attr="T"):
            value = _value(inner, names)
            return value if isinstance(value, Fraction) else transpose(value)
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            return _scaled(Fraction(-1), _value(inner, names))
        case ast.BinOp(left=left, op=operation, right=right):
            a, b = _value(left, names), _value(right, names)
            match operation:
                case ast.Add():
                    return _sum(a, b)
                case ast.Sub():
                    return _sum(a, _scaled(Fraction(-1), b))
                case ast.MatMult() if not isinstance(a, Fraction) and not isinstance(b, Fraction):
                    return product(a, b)
                case ast.Mult():
                    return _scaled(a, b) if isinstance(a, Fraction) else _scaled(b, a)
                case ast.Div() if isinstance(b, Fraction):
                    return _scaled(1 / b, a)
                case ast.Pow() if isinstance(a, Fraction) and isinstance(b, Fraction):
                    return a ** int(b)
    raise Refused(f"{ast.unparse(node)[:60]!r} is not allowed in an expression")


def _scaled(number: Value, value: Value) -> Value:
    if not isinstance(number, Fraction):
        raise Refused("matrices are multiplied with *")
    if isinstance(value, Fraction):
        return number * value
    return [[number * entry for entry in row] for row in value]


def _sum(a: Value, b: Value) -> Value:
    """a + b; a number stands for that multiple of the identity."""
    if isinstance(a, Fraction) and isinstance(b, Fraction):
        return a + b
    size = len(a) if not isinstance(a, Fraction) else len(b) if not isinstance(b, Fraction) else 0
    left, right = (multiple(v, size) if isinstance(v, Fraction) else v for v in (a, b))
    return [[x + y for x, y in zip(r, s, strict=True)] for r, s in zip(left, right, strict=True)]


def _vanishes(value: Value) -> bool:
    if isinstance(value, Fraction):
        return value == 0
    return not any(entry for row in value for entry in row)
