"""Recheck proofs by matrix identities that hold for all sizes: expand, type, compare.

A certificate names matrices with their types (an arrow between spaces), assumptions (expressions
that vanish) and steps. A step claims that its goal vanishes, and gives cofactors: the goal is the
sum of coefficient·left·assumption·right. Expressions are noncommutative polynomials in the notation
of NumPy: ``D @ E @ X - Y``, ``X.T``, and ``*`` for scalars. Both sides are expanded over the
rationals and compared; a product that does not type is refused. There are two rules:

- "zero": the goal vanishes, and later steps may use it;
- "trace": the trace of the goal vanishes. Words are compared up to rotation and transposition.

Expressions are parsed, never evaluated, and their length, powers and number of terms are bounded.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from proofs_check.checker.bounded import Refused

__all__ = ["IllTyped", "Language", "check"]

Scalars = tuple[str, ...]
Word = tuple[str, ...]
Polynomial = dict[tuple[Scalars, Word], Fraction]
Arrow = tuple[str, str] | None
"""(rows, columns); None for a scalar, which stands for that multiple of any identity."""


MAX_LENGTH = 2000
MAX_POWER = 16
MAX_TERMS = 10_000
MAX_WORD = 100
"""Bounds on the text of an expression, and on the exponents, terms and letters of a polynomial."""


class IllTyped(ValueError):
    """A sum or product of matrices whose spaces do not match."""


def check(certificate: Mapping[str, Any]) -> tuple[bool, str]:
    """Whether every step of a certificate follows.

    Parameters
    ----------
    certificate : mapping
        "symbols", "symmetric", "scalars", "definitions", "assumptions" and "steps". Each step has
        "name", "rule", "goal" and "cofactors", a list of [coefficient, left, name of a statement,
        whether it is transposed, right].

    Returns
    -------
    bool, str
        The sentence names the steps, or the first that does not follow.

    Raises
    ------
    ValueError, KeyError
        If the certificate is not of the form described above.

    Examples
    --------
    >>> check({
    ...     "symbols": {"P": ["m", "m"], "S": ["m", "m"]},
    ...     "symmetric": ["P", "S"], "scalars": [], "definitions": {},
    ...     "assumptions": {"SP = PSP": "S @ P - P @ S @ P"},
    ...     "steps": [{
    ...         "name": "P and S commute", "rule": "zero", "goal": "P @ S - S @ P",
    ...         "cofactors": [["1", "", "SP = PSP", True, ""], ["-1", "", "SP = PSP", False, ""]],
    ...     }],
    ... })
    (True, '1 step from 1 assumption: P and S commute')
    """
    try:
        return _check(certificate)
    except IllTyped as error:
        return False, f"it does not type: {error}"


def _check(certificate: Mapping[str, Any]) -> tuple[bool, str]:
    language = Language.of(certificate)
    known = {name: language.parse(text) for name, text in certificate["assumptions"].items()}
    count = len(known)
    names = []
    if not isinstance(certificate["steps"], list) or not certificate["steps"]:
        raise Refused("there are no steps")
    for step in certificate["steps"]:
        if not isinstance(step["name"], str):
            raise Refused("the name of a step is no text")
        if step["name"] in known:
            raise ValueError(f"two statements are called {step['name']!r}")
        goal, arrow = language.parse(step["goal"])
        if not _follows(language, step, goal, arrow, known):
            return False, f"the step {step['name']!r} does not follow"
        names.append(step["name"])
        if step["rule"] != "trace":
            known[step["name"]] = goal, arrow
    plural = "" if len(names) == 1 else "s"
    return (
        True,
        f"{len(names)} step{plural} from {count} assumption{'' if count == 1 else 's'}: "
        f"{'; '.join(names)}",
    )


def _follows(
    language: Language,
    step: Mapping[str, Any],
    goal: Polynomial,
    arrow: Arrow,
    known: Mapping[str, tuple[Polynomial, Arrow]],
) -> bool:
    if step["rule"] not in ("zero", "trace"):
        raise ValueError(f"unknown rule {step['rule']!r}")
    # goal minus the combination of known statements, or the trace of that, must expand to nothing
    cyclic = step["rule"] == "trace"
    rest = language.traced(goal, arrow) if cyclic else goal
    for coefficient, left, name, transposed, right in step["cofactors"]:
        if type(transposed) is not bool or not {type(left), type(right)} <= {str}:
            raise Refused("a cofactor is not [coefficient, left, name, transposed, right]")
        if name not in known:
            raise Refused(f"no statement before {step['name']!r} is called {str(name)[:60]!r}")
        term = known[name]
        if transposed:
            term = language.transpose(term[0]), _reverse(term[1])
        if left:
            term = language.product(language.parse(left), term)
        if right:
            term = language.product(term, language.parse(right))
        weight, scalar = language.parse(coefficient)
        if scalar is not None:
            raise IllTyped(f"the coefficient {coefficient!r} is a matrix")
        if not cyclic and term[1] != arrow:
            raise IllTyped(f"a term of type {term[1]} in a goal of type {arrow}")
        rest = _add(rest, _times(weight, language.traced(*term) if cyclic else term[0]), -1)
    return not rest


class Language:
    """The typed symbols and definitions of a certificate; reads expressions as polynomials.

    A polynomial maps (scalars, word) to a coefficient. The scalars are sorted; a transposed letter
    of a word ends in an apostrophe, unless the letter is symmetric.
    """

    def __init__(
        self,
        symbols: Mapping[str, tuple[str, str]],
        symmetric: frozenset[str],
        scalars: frozenset[str],
        definitions: Mapping[str, str],
    ) -> None:
        for name in symmetric:
            if symbols[name][0] != symbols[name][1]:
                raise IllTyped(f"{name} is symmetric but of type {symbols[name]}")
        if (set(symbols) & scalars) | (set(definitions) & (set(symbols) | scalars)):
            raise ValueError("a name stands for two things")
        self.symbols, self.symmetric, self.scalars, self.definitions = (
            symbols,
            symmetric,
            scalars,
            definitions,
        )

    @classmethod
    def of(cls, certificate: Mapping[str, Any]) -> Language:
        """The language of a certificate."""
        kinds = [
            type(certificate[name]) for name in ("symmetric", "scalars", "symbols", "definitions")
        ]
        if kinds != [list, list, dict, dict]:
            raise Refused("the names are not given as two lists and two objects")
        symbols = {
            name: (rows, columns) for name, (rows, columns) in certificate["symbols"].items()
        }
        return cls(
            symbols,
            frozenset(certificate["symmetric"]),
            frozenset(certificate["scalars"]),
            certificate["definitions"],
        )

    def parse(self, text: Any) -> tuple[Polynomial, Arrow]:
        """The polynomial and the type of an expression.

        Raises
        ------
        IllTyped
            If the spaces of a sum or product do not match.
        ValueError
            If it holds anything but names, integers, +, -, *, @, /, ** and .T.
        """
        if not isinstance(text, str) or len(text) > MAX_LENGTH:
            raise Refused(f"an expression is no text of at most {MAX_LENGTH} characters")
        try:
            return self._value(ast.parse(text, mode="eval").body)
        except (SyntaxError, RecursionError, MemoryError):
            raise ValueError(f"{text!r} is no expression") from None

    def _value(self, node: ast.expr) -> tuple[Polynomial, Arrow]:
        match node:
            case ast.Constant(value=int(value)) if not isinstance(value, bool):
                return ({((), ()): Fraction(value)} if value else {}), None
            case ast.Name(id=name) if name in self.symbols:
                return {((), (name,)): Fraction(1)}, self.symbols[name]
            case ast.Name(id=name) if name in self.scalars:
                return {((name,), ()): Fraction(1)}, None
            case ast.Name(id=name) if name in self.definitions:
                return self.parse(self.definitions[name])
            case ast.Attribute(value=inner, attr="T"):
                polynomial, arrow = self._value(inner)
                return self.transpose(polynomial), _reverse(arrow)
            case ast.UnaryOp(op=ast.USub(), operand=inner):
                polynomial, arrow = self._value(inner)
                return _add({}, polynomial, -1), arrow
            case ast.BinOp(left=left, op=ast.Add() | ast.Sub() as operation, right=right):
                (a, s), (b, t) = self._value(left), self._value(right)
                if s != t and not (
                    None in (s, t) and all(u is None or u[0] == u[1] for u in (s, t))
                ):
                    raise IllTyped(f"{ast.unparse(node)} adds types {s} and {t}")
                return _add(a, b, -1 if isinstance(operation, ast.Sub) else 1), s or t
            case ast.BinOp(left=left, op=ast.MatMult(), right=right):
                return self.product(self._value(left), self._value(right))
            case ast.BinOp(left=left, op=ast.Mult(), right=right):
                (a, s), (b, t) = self._value(left), self._value(right)
                if s is not None and t is not None:
                    raise IllTyped(f"{ast.unparse(node)} multiplies matrices with *")
                return _times(a, b), s or t
            case ast.BinOp(left=left, op=ast.Div(), right=ast.Constant(value=int(value))):
                polynomial, arrow = self._value(left)
                return {key: coefficient / value for key, coefficient in polynomial.items()}, arrow
            case ast.BinOp(left=left, op=ast.Pow(), right=ast.Constant(value=int(value))) if (
                0 <= value <= MAX_POWER
            ):
                polynomial, arrow = self._value(left)
                if arrow is not None:
                    raise IllTyped(f"{ast.unparse(node)} is a power of a matrix")
                power: Polynomial = {((), ()): Fraction(1)}
                for _ in range(value):
                    power = _times(power, polynomial)
                return power, None
        raise ValueError(f"{ast.unparse(node)!r} is not allowed in an expression")

    def product(
        self, a: tuple[Polynomial, Arrow], b: tuple[Polynomial, Arrow]
    ) -> tuple[Polynomial, Arrow]:
        """The matrix product."""
        (p, s), (q, t) = a, b
        if s is None or t is None:
            raise IllTyped("a scalar is multiplied with @")
        if s[1] != t[0]:
            raise IllTyped(f"a product of types {s} and {t}")
        return _times(p, q), (s[0], t[1])

    def transpose(self, polynomial: Polynomial) -> Polynomial:
        """The transpose, term by term."""
        return {
            (scalars, self._transposed(word)): value
            for (scalars, word), value in polynomial.items()
        }

    def traced(self, polynomial: Polynomial, arrow: Arrow) -> Polynomial:
        """The trace, in a normal form: each word is replaced by the least word of the same trace.

        These are its rotations and those of its transpose. The trace of an identity is named after
        its space.
        """
        if arrow is None or arrow[0] != arrow[1]:
            raise IllTyped(f"the trace of an expression of type {arrow}")
        total: Polynomial = {}
        for (scalars, word), value in polynomial.items():
            turns = [w[i:] + w[:i] for w in (word, self._transposed(word)) for i in range(len(w))]
            total = _add(
                total, {(scalars, min(turns, default=(f"identity of {arrow[0]}",))): value}
            )
        return total

    def _transposed(self, word: Word) -> Word:
        return tuple(
            letter
            if letter in self.symmetric
            else letter[:-1]
            if letter.endswith("'")
            else f"{letter}'"
            for letter in reversed(word)
        )


def _reverse(arrow: Arrow) -> Arrow:
    return arrow and (arrow[1], arrow[0])


def _add(a: Polynomial, b: Polynomial, sign: int = 1) -> Polynomial:
    total = dict(a)
    for key, value in b.items():
        total[key] = total.get(key, Fraction(0)) + sign * value
    return {key: value for key, value in total.items() if value}


def _times(a: Polynomial, b: Polynomial) -> Polynomial:
    if len(a) * len(b) > MAX_TERMS or _longest(a) + _longest(b) > MAX_WORD:
        raise Refused(f"a product has more than {MAX_TERMS} terms or {MAX_WORD} letters")
    total: Polynomial = {}
    for (s, v), x in a.items():
        for (t, w), y in b.items():
            key = (tuple(sorted(s + t)), v + w)
            total[key] = total.get(key, Fraction(0)) + x * y
    return {key: value for key, value in total.items() if value}


def _longest(a: Polynomial) -> int:
    return max((len(scalars) + len(word) for scalars, word in a), default=0)
