"""Verify matrix identities for all sizes by expansion in SymPy's noncommutative symbols.

The claims verify their certificates here. ``proofs-check recheck`` expands the same certificates in
``proofs_check.checker.arithmetic.algebra``. Neither module imports the other, and they work in
different ways. Here SymPy expands, every expression carries its transpose along, and the trace is a
linear map into commuting symbols. There the terms are multiplied out by hand and traces are
compared by a normal form of their words.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sympy import Add, Expr, Integer, Mul, Symbol, expand

__all__ = ["Expansion", "IllTyped", "Typed", "verify"]

Spaces = tuple[str, str] | None
"""(rows, columns); None for a scalar, which also stands for that multiple of any identity."""

_INTEGER = re.compile(r"\b\d+\b")


class IllTyped(ValueError):
    """A sum or product of matrices whose spaces do not match."""


def verify(certificate: Mapping[str, Any]) -> tuple[bool, str]:
    """Whether every step of a certificate follows, and a sentence that says what was shown.

    Parameters
    ----------
    certificate : mapping
        As ``Derivation.certificate`` makes it: each step claims that its goal, or the trace of its
        goal, is the sum of coefficient·left·assumption·right over its cofactors.

    Returns
    -------
    bool, str
        The sentence names the steps, or the first that does not follow.

    Raises
    ------
    ValueError
        If an expression holds anything but names, integers and the operators of matrices.
    KeyError
        If a cofactor names a statement that is not known at that step.

    Examples
    --------
    >>> from proofs_check.identities.proofs import REALISED
    >>> verify(REALISED.certificate())[0]
    True
    """
    try:
        return _verify(certificate)
    except IllTyped as error:
        return False, f"it does not type: {error}"


def _verify(certificate: Mapping[str, Any]) -> tuple[bool, str]:
    expansion = Expansion(certificate)
    known = {name: expansion.read(text) for name, text in certificate["assumptions"].items()}
    assumptions, steps = len(known), certificate["steps"]
    for step in steps:
        name, rule = step["name"], step["rule"]
        if name in known:
            raise ValueError(f"two statements are called {name!r}")
        if rule not in ("zero", "trace"):
            raise ValueError(f"unknown rule {rule!r}; use 'zero' or 'trace'")
        goal = expansion.read(step["goal"])
        terms = [
            expansion.term(coefficient, left, known[used], transposed, right)
            for coefficient, left, used, transposed, right in step["cofactors"]
        ]
        if rule == "trace":
            # only the traces must agree: rotations may have other spaces than the goal
            rest = expansion.trace(goal) - Add(*map(expansion.trace, terms))
        else:
            for term in terms:
                if term.spaces != goal.spaces:
                    raise IllTyped(f"a term of type {term.spaces} in a goal of type {goal.spaces}")
            rest = goal.value - Add(*(term.value for term in terms))
            known[name] = goal
        if expand(rest) != 0:
            return False, f"the step {name!r} does not follow"
    names = "; ".join(step["name"] for step in steps)
    return True, (
        f"{len(steps)} step{'s' * (len(steps) != 1)} from {assumptions} "
        f"assumption{'s' * (assumptions != 1)}: {names}"
    )


@dataclass(frozen=True)
class Typed:
    """A polynomial in matrices, its transpose, and the spaces between which it maps.

    The transpose is built alongside, by (AB)ᵀ = BᵀAᵀ and (A + B)ᵀ = Aᵀ + Bᵀ, so that no word is
    ever taken apart.
    """

    value: Expr
    transpose: Expr
    spaces: Spaces = None

    @property
    def T(self) -> Typed:
        """The transpose."""
        spaces = self.spaces and (self.spaces[1], self.spaces[0])
        return Typed(self.transpose, self.value, spaces)

    def __bool__(self) -> bool:
        raise TypeError("an expression has no truth value")

    def __add__(self, other: Typed) -> Typed:
        spaces = _common(self.spaces, other.spaces)
        return Typed(self.value + other.value, self.transpose + other.transpose, spaces)

    def __neg__(self) -> Typed:
        return Typed(-self.value, -self.transpose, self.spaces)

    def __sub__(self, other: Typed) -> Typed:
        return self + (-other)

    def __matmul__(self, other: Typed) -> Typed:
        if self.spaces is None or other.spaces is None:
            raise IllTyped("a scalar is multiplied with @; use *")
        (rows, inner), (other_inner, columns) = self.spaces, other.spaces
        if inner != other_inner:
            raise IllTyped(f"a product of types {self.spaces} and {other.spaces}")
        return Typed(self.value * other.value, other.transpose * self.transpose, (rows, columns))

    def __mul__(self, other: Typed) -> Typed:
        if self.spaces is not None and other.spaces is not None:
            raise IllTyped("two matrices are multiplied with *; use @")
        spaces = self.spaces or other.spaces
        return Typed(self.value * other.value, self.transpose * other.transpose, spaces)

    def __truediv__(self, other: Typed) -> Typed:
        if not other.value.is_Integer:
            raise ValueError("an expression divides by something that is no integer")
        return Typed(self.value / other.value, self.transpose / other.value, self.spaces)

    def __pow__(self, other: Typed) -> Typed:
        if self.spaces is not None:
            raise IllTyped("a power of a matrix")
        if not (other.value.is_Integer and other.value >= 0):
            raise ValueError("an expression has an exponent that is no integer, or negative")
        return Typed(self.value**other.value, self.transpose**other.value)


@dataclass
class Expansion:
    """The symbols and definitions of a certificate; reads expressions and takes traces.

    Examples
    --------
    >>> one = Expansion({"symbols": {"A": ["m", "k"]}, "symmetric": [], "scalars": ["c"],
    ...                  "definitions": {"S": "A @ A.T"}})
    >>> one.trace(one.read("c * S")) - one.trace(one.read("c * (A.T @ A)"))
    0
    """

    certificate: Mapping[str, Any]
    names: dict[str, Typed] = field(init=False)

    def __post_init__(self) -> None:
        symbols, symmetric = self.certificate["symbols"], set(self.certificate["symmetric"])
        scalars, definitions = self.certificate["scalars"], self.certificate["definitions"]
        if len({*symbols, *scalars, *definitions}) < len(symbols) + len(scalars) + len(definitions):
            raise ValueError("a name stands for two things")
        self.names = {name: Typed(Symbol(name), Symbol(name)) for name in scalars}
        self._turned: dict[Symbol, Symbol] = {}
        self._traces: dict[tuple[Any, ...], Symbol] = {}
        for name, (rows, columns) in symbols.items():
            letter = Symbol(name, commutative=False)
            turned = letter if name in symmetric else Symbol(f"{name}.T", commutative=False)
            if name in symmetric and rows != columns:
                raise IllTyped(f"{name} is symmetric but of type {(rows, columns)}")
            self._turned |= {letter: turned, turned: letter}
            self.names[name] = Typed(letter, turned, (rows, columns))
        for name, text in definitions.items():
            self.names[name] = self.read(text)

    def read(self, text: str) -> Typed:
        """The expression that a text in the notation of NumPy stands for.

        Raises
        ------
        IllTyped
            If the spaces do not match.
        ValueError
            If it is no expression in the names of the certificate.
        """
        # integers become scalars, so that no arithmetic happens outside SymPy: (1) / 3 is exact
        exact = _INTEGER.sub(r"integer(\g<0>)", text)
        try:
            value = eval(exact, {"__builtins__": {}}, self.names | {"integer": _integer})
        except (SyntaxError, NameError, TypeError, AttributeError) as error:
            raise ValueError(f"{text!r} is no expression in the names given: {error}") from None
        if not isinstance(value, Typed):
            raise ValueError(f"{text!r} is no expression in the names given")
        return value

    def term(
        self, coefficient: str, left: str, statement: Typed, transposed: bool, right: str
    ) -> Typed:
        """coefficient·left·statement·right, or with the transpose of the statement."""
        weight, term = self.read(coefficient), statement.T if transposed else statement
        if weight.spaces is not None:
            raise IllTyped(f"the coefficient {coefficient!r} is a matrix")
        if left:
            term = self.read(left) @ term
        if right:
            term = term @ self.read(right)
        return weight * term

    def trace(self, of: Typed) -> Expr:
        """The trace, linear in one commuting symbol for all words that have the same trace.

        These are the rotations of a word and of its transpose: tr AB = tr BA and tr A = tr Aᵀ. The
        trace of an identity is the dimension of its space.
        """
        if of.spaces is None or of.spaces[0] != of.spaces[1]:
            raise IllTyped(f"the trace of an expression of type {of.spaces}")
        total = []
        for term in Add.make_args(expand(of.value)):
            scalars, factors = term.args_cnc()
            word: list[Symbol] = []
            for factor in factors:
                letter, power = factor.as_base_exp()
                word += [letter] * int(power)
            same = tuple(word) or ("dimension", of.spaces[0])
            if same not in self._traces:
                symbol = Symbol(f"trace {len(self._traces)}")
                self._traces[same] = symbol
                for turn in (word, [self._turned[letter] for letter in reversed(word)]):
                    for i in range(len(turn)):
                        self._traces[(*turn[i:], *turn[:i])] = symbol
            total.append(Mul(self._traces[same], *scalars))
        return Add(*total)


def _integer(value: int) -> Typed:
    return Typed(Integer(value), Integer(value))


def _common(a: Spaces, b: Spaces) -> Spaces:
    """The type of a sum; a scalar added to a square matrix is that multiple of the identity."""
    if a == b:
        return a
    square = a or b
    if None in (a, b) and square is not None and square[0] == square[1]:
        return square
    raise IllTyped(f"a sum of types {a} and {b}")
