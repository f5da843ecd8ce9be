"""Find the cofactors of a proof by rewriting; what is found is for ``proofs_check.checker.algebra``
to check.

Every assumption is read as a rule: its first term is replaced by the rest. A goal that rewrites to
zero has the cofactors of the replacements. Nothing here is trusted: a wrong cofactor is refused by
the checker, which shares no code.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

__all__ = ["Derivation", "Step", "Underivable"]

Letters = tuple[str, ...]
Term = tuple[Letters, Letters]  # (scalars, word); a transposed letter ends in ".T"


class Underivable(ValueError):
    """A goal that the rules do not rewrite to zero."""


@dataclass(frozen=True)
class Step:
    """What is claimed to vanish: by rule "zero" or "trace" of ``proofs_check.checker.algebra``.

    ``backwards``: what vanishes already and whose last term is replaced in this step, in place of
    the first.
    """

    name: str
    goal: str
    rule: str = "zero"
    backwards: tuple[str, ...] = ()


@dataclass(frozen=True)
class Derivation:
    """Typed symbols, assumptions and steps, as expressions in the notation of NumPy.

    ``symbols`` maps a name to its (rows, columns).
    """

    symbols: Mapping[str, tuple[str, str]]
    assumptions: Mapping[str, str]
    steps: Sequence[Step]
    symmetric: frozenset[str] = frozenset()
    scalars: frozenset[str] = frozenset()
    definitions: Mapping[str, str] = field(default_factory=dict)

    def certificate(self) -> dict[str, Any]:
        """The certificate, with the cofactors found.

        Raises
        ------
        Underivable
            If a goal does not rewrite to zero.
        """
        names: dict[str, Any] = {
            name: _Sum.letter(name, name in self.symmetric) for name in self.symbols
        }
        names |= {name: _Sum({((name,), ()): Fraction(1)}, self.symmetric) for name in self.scalars}

        def value(text: str) -> _Sum:
            result = eval(text, {"__builtins__": {}}, names)
            return result if isinstance(result, _Sum) else _Sum.number(result, self.symmetric)

        for name, text in self.definitions.items():
            names[name] = value(text)
        known = {name: value(text) for name, text in self.assumptions.items()}
        rules = [rule for name, statement in known.items() for rule in _rules(name, statement)]
        steps = []
        for step in self.steps:
            goal = value(step.goal)
            turned = [_rule(name, False, known[name], -1) for name in step.backwards]
            usable = turned + [rule for rule in rules if rule.name not in step.backwards]
            cofactors = _cofactors(goal, usable, step)
            steps.append(
                {"name": step.name, "rule": step.rule, "goal": step.goal, "cofactors": cofactors}
            )
            if step.rule != "trace":
                known[step.name] = value(step.goal)
                rules = _rules(step.name, known[step.name]) + rules
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
    """lead -> lead - sum/coefficient, from an assumption or its transpose."""

    name: str
    transposed: bool
    lead: Letters
    coefficient: Fraction
    sum: _Sum


class _Sum:
    """A polynomial in letters that do not commute and scalars that do; the first term stays the
    first."""

    def __init__(
        self, terms: Mapping[Term, Fraction], symmetric: frozenset[str] = frozenset()
    ) -> None:
        self.terms = {term: value for term, value in terms.items() if value}
        self.symmetric = symmetric

    @classmethod
    def letter(cls, name: str, symmetric: bool) -> _Sum:
        return cls({((), (name,)): Fraction(1)}, frozenset({name}) if symmetric else frozenset())

    @classmethod
    def number(cls, value: Any, symmetric: frozenset[str] = frozenset()) -> _Sum:
        return cls({((), ()): Fraction(value)}, symmetric)

    def _with(
        self, other: Any, combine: Callable[[dict[Term, Fraction], Term, Fraction], None]
    ) -> _Sum:
        other = other if isinstance(other, _Sum) else _Sum.number(other)
        total = dict(self.terms)
        for term, value in other.terms.items():
            combine(total, term, value)
        return _Sum(total, self.symmetric | other.symmetric)

    def __add__(self, other: Any) -> _Sum:
        return self._with(
            other,
            lambda total, term, value: total.update({term: total.get(term, Fraction(0)) + value}),
        )

    def __sub__(self, other: Any) -> _Sum:
        return self._with(
            other,
            lambda total, term, value: total.update({term: total.get(term, Fraction(0)) - value}),
        )

    def __neg__(self) -> _Sum:
        return _Sum({term: -value for term, value in self.terms.items()}, self.symmetric)

    def __radd__(self, other: Any) -> _Sum:
        return _Sum.number(other) + self

    def __rsub__(self, other: Any) -> _Sum:
        return _Sum.number(other) - self

    def __matmul__(self, other: Any) -> _Sum:
        other = other if isinstance(other, _Sum) else _Sum.number(other)
        total: dict[Term, Fraction] = {}
        for (s, v), x in self.terms.items():
            for (t, w), y in other.terms.items():
                key = (tuple(sorted(s + t)), v + w)
                total[key] = total.get(key, Fraction(0)) + x * y
        return _Sum(total, self.symmetric | other.symmetric)

    __mul__ = __matmul__

    def __rmul__(self, other: Any) -> _Sum:
        return _Sum.number(other) @ self

    def __truediv__(self, number: int) -> _Sum:
        return self @ _Sum.number(Fraction(1, number))

    def __pow__(self, exponent: int) -> _Sum:
        power = _Sum.number(1)
        for _ in range(exponent):
            power = power @ self
        return power

    @property
    def T(self) -> _Sum:
        return _Sum(
            {(s, self._turn(w)): value for (s, w), value in self.terms.items()}, self.symmetric
        )

    def _turn(self, word: Letters) -> Letters:
        flip = {name: name for name in self.symmetric}
        return tuple(
            flip.get(a, a.removesuffix(".T") if a.endswith(".T") else f"{a}.T")
            for a in reversed(word)
        )


def _rules(name: str, statement: _Sum) -> list[_Rule]:
    return [_rule(name, False, statement), _rule(name, True, statement.T)]


def _rule(name: str, transposed: bool, form: _Sum, lead: int = 0) -> _Rule:
    (scalars, word), coefficient = list(form.terms.items())[lead]
    if scalars or not word:
        raise Underivable(f"{name!r} has a leading term with scalars, or without a matrix")
    return _Rule(name, transposed, word, coefficient, form)


def _cofactors(goal: _Sum, rules: Sequence[_Rule], step: Step) -> list[list[Any]]:
    """Rewrite until nothing is left; every replacement is a cofactor."""
    cofactors: list[list[Any]] = []
    cyclic = step.rule == "trace"
    rest = _necklaces(goal) if cyclic else goal
    while place := next(_places(rest, rules, cyclic), None):
        scalars, value, left, rule, right = place
        weight = value / rule.coefficient
        factor = " * ".join([f"({weight.numerator}) / {weight.denominator}", *scalars])
        cofactors.append([factor, " @ ".join(left), rule.name, rule.transposed, " @ ".join(right)])
        rest = rest - _Sum({(scalars, left): weight}, goal.symmetric) @ rule.sum @ _Sum(
            {((), right): Fraction(1)}
        )
        rest = _necklaces(rest) if cyclic else rest
        if len(cofactors) > 2000:
            raise Underivable(f"{step.name!r}: the rules do not end")
    if rest.terms:
        raise Underivable(
            f"{step.name!r} leaves {len(rest.terms)} terms: {list(rest.terms.items())[:4]}"
        )
    return cofactors


def _places(
    rest: _Sum, rules: Sequence[_Rule], cyclic: bool
) -> Iterator[tuple[Letters, Fraction, Letters, _Rule, Letters]]:
    """Where a rule applies: (scalars and value of the term, what stands left, the rule, what stands
    right)."""
    for (scalars, word), value in rest.terms.items():
        for turned in [word[i:] + word[:i] for i in range(len(word))] if cyclic else [word]:
            for rule in rules:
                size = len(rule.lead)
                for i in range(len(turned) - size + 1):
                    if turned[i : i + size] == rule.lead:
                        yield scalars, value, turned[:i], rule, turned[i + size :]


def _necklaces(polynomial: _Sum) -> _Sum:
    """One word for all with the same trace."""
    total: dict[Term, Fraction] = {}
    for (scalars, word), value in polynomial.terms.items():
        turns = [w[i:] + w[:i] for w in (word, polynomial._turn(word)) for i in range(len(w))]
        key = (scalars, min(turns, default=()))
        total[key] = total.get(key, Fraction(0)) + value
    return _Sum(total, polynomial.symmetric)
