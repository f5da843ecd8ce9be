"""Find the cofactors that prove a matrix identity, by rewriting.

Each assumption f = 0 is a rule: the first term of f may be replaced by the other terms. If the
rules rewrite a goal to zero, the replacements add up to it: goal = Σ coefficient·left·f·right.
These are its cofactors.

Nothing that is found here is trusted. ``proofs_check.identities.expansion`` expands goal and
cofactors with SymPy when a claim is checked, and ``proofs-check recheck`` expands them once more,
with code of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

__all__ = ["Derivation", "Step", "Underivable"]

Letters = tuple[str, ...]
Term = tuple[Letters, Letters]
"""Scalars, sorted, and the word of a product of matrices; a transposed letter ends in ".T"."""

_MAX_REPLACEMENTS = 2000


class Underivable(ValueError):
    """The rules do not rewrite a goal to zero."""


@dataclass(frozen=True)
class Step:
    """One step of a proof: an expression that vanishes, or whose trace does.

    Attributes
    ----------
    name : str
        Later steps use the statement by this name.
    goal : str
        The expression, in the notation of NumPy.
    rule : {"zero", "trace"}
        Whether the expression vanishes, or only its trace. No later step uses a trace.
    backwards : tuple of str
        Statements whose last term, not the first, is replaced in this step.
    """

    name: str
    goal: str
    rule: str = "zero"
    backwards: tuple[str, ...] = ()


@dataclass(frozen=True)
class Derivation:
    """A proof: typed symbols, assumptions and steps, as expressions in the notation of NumPy.

    Attributes
    ----------
    symbols : mapping
        The name of each matrix, and its spaces (rows, columns).
    assumptions : mapping
        The name of each assumption, and an expression that vanishes.
    steps : sequence of Step
        What is proved, in this order.
    symmetric : frozenset of str
        The symmetric matrices.
    scalars : frozenset of str
        Names of numbers.
    definitions : mapping
        Abbreviations for expressions.
    """

    symbols: Mapping[str, tuple[str, str]]
    assumptions: Mapping[str, str]
    steps: Sequence[Step]
    symmetric: frozenset[str] = frozenset()
    scalars: frozenset[str] = frozenset()
    definitions: Mapping[str, str] = field(default_factory=dict)

    def certificate(self) -> dict[str, Any]:
        """The proof with its cofactors, as data for ``expansion.verify`` and for the checker.

        Raises
        ------
        Underivable
            If the rules do not rewrite a goal to zero.

        Examples
        --------
        >>> proof = Derivation({"P": ("m", "m")}, {"P² = P": "P @ P - P"},
        ...                    [Step("P³ = P", "P @ P @ P - P")])
        >>> proof.certificate()["steps"][0]["cofactors"]
        [['(1) / 1', '', 'P² = P', False, 'P'], ['(1) / 1', '', 'P² = P', False, '']]
        """
        names: dict[str, Any] = {
            name: _Polynomial.letter(name, name in self.symmetric) for name in self.symbols
        }
        names |= {
            name: _Polynomial({((name,), ()): Fraction(1)}, self.symmetric) for name in self.scalars
        }

        def value(text: str) -> _Polynomial:
            result = eval(text, {"__builtins__": {}}, names)
            if isinstance(result, _Polynomial):
                return result
            return _Polynomial.number(result, self.symmetric)

        for name, text in self.definitions.items():
            names[name] = value(text)
        known = {name: value(text) for name, text in self.assumptions.items()}
        rules = [rule for name, statement in known.items() for rule in _rules(name, statement)]
        steps = []
        for step in self.steps:
            goal = value(step.goal)
            reversed_rules = [_rule(name, False, known[name], -1) for name in step.backwards]
            usable = reversed_rules + [rule for rule in rules if rule.name not in step.backwards]
            cofactors = _cofactors(goal, usable, step)
            steps.append(
                {"name": step.name, "rule": step.rule, "goal": step.goal, "cofactors": cofactors}
            )
            if step.rule != "trace":
                # what was proved last is tried first
                known[step.name] = goal
                rules = _rules(step.name, goal) + rules
        return {
            "kind": "identities",
            "symbols": {name: list(arrow) for name, arrow in self.symbols.items()},
            "symmetric": sorted(self.symmetric),
            "scalars": sorted(self.scalars),
            "definitions": dict(self.definitions),
            "assumptions": dict(self.assumptions),
            "steps": steps,
        }


@dataclass(frozen=True)
class _Rule:
    """lead ↦ lead − polynomial/coefficient, from a statement or its transpose."""

    name: str
    transposed: bool
    lead: Letters
    coefficient: Fraction
    polynomial: _Polynomial


class _Polynomial:
    """A polynomial in letters that do not commute and scalars that do.

    The terms keep their order, so that the first term of a statement is the one it replaces.
    """

    def __init__(
        self, terms: Mapping[Term, Fraction], symmetric: frozenset[str] = frozenset()
    ) -> None:
        self.terms = {term: value for term, value in terms.items() if value}
        self.symmetric = symmetric

    @classmethod
    def letter(cls, name: str, symmetric: bool) -> _Polynomial:
        return cls({((), (name,)): Fraction(1)}, frozenset({name}) if symmetric else frozenset())

    @classmethod
    def number(cls, value: Any, symmetric: frozenset[str] = frozenset()) -> _Polynomial:
        return cls({((), ()): Fraction(value)}, symmetric)

    def __add__(self, other: Any) -> _Polynomial:
        other = other if isinstance(other, _Polynomial) else _Polynomial.number(other)
        total = dict(self.terms)
        for term, value in other.terms.items():
            total[term] = total.get(term, Fraction(0)) + value
        return _Polynomial(total, self.symmetric | other.symmetric)

    def __sub__(self, other: Any) -> _Polynomial:
        return self + (-other)

    def __neg__(self) -> _Polynomial:
        return _Polynomial({term: -value for term, value in self.terms.items()}, self.symmetric)

    def __radd__(self, other: Any) -> _Polynomial:
        return _Polynomial.number(other) + self

    def __rsub__(self, other: Any) -> _Polynomial:
        return _Polynomial.number(other) - self

    def __matmul__(self, other: Any) -> _Polynomial:
        other = other if isinstance(other, _Polynomial) else _Polynomial.number(other)
        total: dict[Term, Fraction] = {}
        for (s, v), x in self.terms.items():
            for (t, w), y in other.terms.items():
                key = (tuple(sorted(s + t)), v + w)
                total[key] = total.get(key, Fraction(0)) + x * y
        return _Polynomial(total, self.symmetric | other.symmetric)

    __mul__ = __matmul__

    def __rmul__(self, other: Any) -> _Polynomial:
        return _Polynomial.number(other) @ self

    def __truediv__(self, number: int) -> _Polynomial:
        return self @ _Polynomial.number(Fraction(1, number))

    def __pow__(self, exponent: int) -> _Polynomial:
        power = _Polynomial.number(1)
        for _ in range(exponent):
            power = power @ self
        return power

    @property
    def T(self) -> _Polynomial:
        return _Polynomial(
            {(s, self._transposed(w)): value for (s, w), value in self.terms.items()},
            self.symmetric,
        )

    def _transposed(self, word: Letters) -> Letters:
        flip = {name: name for name in self.symmetric}
        return tuple(
            flip.get(a, a.removesuffix(".T") if a.endswith(".T") else f"{a}.T")
            for a in reversed(word)
        )


def _rules(name: str, statement: _Polynomial) -> list[_Rule]:
    return [_rule(name, False, statement), _rule(name, True, statement.T)]


def _rule(name: str, transposed: bool, form: _Polynomial, lead: int = 0) -> _Rule:
    (scalars, word), coefficient = list(form.terms.items())[lead]
    if scalars or not word:
        raise Underivable(f"{name!r} has a leading term with scalars, or without a matrix")
    return _Rule(name, transposed, word, coefficient, form)


def _cofactors(goal: _Polynomial, rules: Sequence[_Rule], step: Step) -> list[list[Any]]:
    """Rewrite a goal until nothing is left; each replacement is a cofactor."""
    cofactors: list[list[Any]] = []
    cyclic = step.rule == "trace"
    rest = _up_to_rotation(goal) if cyclic else goal
    while place := next(_places(rest, rules, cyclic), None):
        # the term value·scalars·left·lead·right loses weight·scalars·left·f·right
        scalars, value, left, rule, right = place
        weight = value / rule.coefficient
        factor = " * ".join([f"({weight.numerator}) / {weight.denominator}", *scalars])
        cofactors.append([factor, " @ ".join(left), rule.name, rule.transposed, " @ ".join(right)])
        before = _Polynomial({(scalars, left): weight}, goal.symmetric)
        after = _Polynomial({((), right): Fraction(1)})
        rest = rest - before @ rule.polynomial @ after
        rest = _up_to_rotation(rest) if cyclic else rest
        if len(cofactors) > _MAX_REPLACEMENTS:
            raise Underivable(
                f"{step.name!r} is not rewritten to zero by {_MAX_REPLACEMENTS} replacements"
            )
    if rest.terms:
        raise Underivable(
            f"{step.name!r} leaves {len(rest.terms)} terms: {list(rest.terms.items())[:4]}"
        )
    return cofactors


def _places(
    rest: _Polynomial, rules: Sequence[_Rule], cyclic: bool
) -> Iterator[tuple[Letters, Fraction, Letters, _Rule, Letters]]:
    """Where a rule applies: scalars and coefficient of the term, left word, rule, right word.

    Under a trace every rotation of the word may be rewritten.
    """
    for (scalars, word), value in rest.terms.items():
        for turned in [word[i:] + word[:i] for i in range(len(word))] if cyclic else [word]:
            for rule in rules:
                size = len(rule.lead)
                for i in range(len(turned) - size + 1):
                    if turned[i : i + size] == rule.lead:
                        yield scalars, value, turned[:i], rule, turned[i + size :]


def _up_to_rotation(polynomial: _Polynomial) -> _Polynomial:
    """Replace each word by the least one of the same trace: up to rotation and transposition."""
    total: dict[Term, Fraction] = {}
    for (scalars, word), value in polynomial.terms.items():
        turns = [w[i:] + w[:i] for w in (word, polynomial._transposed(word)) for i in range(len(w))]
        key = (scalars, min(turns, default=()))
        total[key] = total.get(key, Fraction(0)) + value
    return _Polynomial(total, polynomial.symmetric)
