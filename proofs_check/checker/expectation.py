"""What the table of expectations is made of: what a certificate must say, and what it may choose.

A certificate shows what its check claims only if its meaning is fixed from outside. The meaning is
a pattern: the form of the file, with every matrix, size, assumption and goal written out, and with
``WITNESS`` where the certificate delivers something that the checker verifies.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

__all__ = [
    "DEFINITION",
    "EARLIER_STEP",
    "HYPOTHESIS",
    "WITNESS",
    "Assumption",
    "Certificate",
    "Claim",
    "Derivation",
    "Digest",
    "Each",
    "Goal",
    "disagreement",
    "proof",
]

DEFINITION = "definition"
HYPOTHESIS = "hypothesis of the claim"
EARLIER_STEP = "earlier step"


class _Witness:
    """Anything: the certificate delivers it, and the replay verifies it."""

    def __repr__(self) -> str:
        return "WITNESS"


WITNESS = _Witness()


@dataclass(frozen=True)
class Digest:
    """Data too long for the table: the SHA-256 of their JSON without spaces, keys sorted."""

    sha256: str

    def fits(self, given: Any) -> bool:
        """Whether the data have this digest."""
        text = json.dumps(given, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest() == self.sha256


@dataclass(frozen=True)
class Each:
    """A list of at least so many different entries, each of the same pattern."""

    pattern: Any
    at_least: int = 1


@dataclass(frozen=True)
class Certificate:
    """What the certificate of a check must be.

    Attributes
    ----------
    kind : str
        A key of ``certificates.KINDS``.
    bearing : {"supports", "refutes", "silent"}
        What a valid certificate means for the statement.
    grade : str
        The grade of the evidence that it is.
    entries : mapping
        The pattern of all entries of the file, except "claim", "check" and "kind".
    given : mapping
        What the replay needs to know besides, by keyword.
    numbers : mapping
        For numbers of the finding, by name, the entry of the certificate that they must equal, such
        as "law" or "points.0.loss".
    """

    kind: str
    bearing: str
    grade: str
    entries: Mapping[str, Any]
    given: Mapping[str, Any] = field(default_factory=dict)
    numbers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Claim:
    """What is expected of a claim.

    Attributes
    ----------
    statement : str
        SHA-256 of the statement, in UTF-8.
    checks : mapping
        For every check of the claim its certificate, or a sentence that says why it has none.
    parts : sequence of str
        The checks that examine a part of the statement: no verdict on the whole rests on them.
    """

    statement: str
    checks: Mapping[str, Certificate | str]
    parts: Sequence[str] = ()


@dataclass(frozen=True)
class Assumption:
    """An expression that vanishes, and why one may say so.

    Attributes
    ----------
    text : str
        The expression, in the notation of NumPy.
    mark : {DEFINITION, HYPOTHESIS, EARLIER_STEP}
    """

    text: str
    mark: str


@dataclass(frozen=True)
class Goal:
    """What a derivation must prove: a step of this name, rule and text."""

    name: str
    text: str
    rule: str = "zero"


@dataclass(frozen=True)
class Derivation:
    """The meaning of a proof by matrix identities; the certificate delivers the steps.

    Attributes
    ----------
    symbols, symmetric, scalars, definitions
        As in ``arithmetic.algebra``.
    assumptions : mapping from name to Assumption
    goals : sequence of Goal
        The certificate may prove more steps, but must prove these.
    model : mapping from name to matrix or number
        Rational matrices, as rows, for which all assumptions hold: these do not contradict one
        another. Spaces of different names have different sizes in it where the proof allows it.
    """

    symbols: Mapping[str, tuple[str, str]]
    assumptions: Mapping[str, Assumption]
    goals: Sequence[Goal]
    symmetric: Sequence[str] = ()
    scalars: Sequence[str] = ()
    definitions: Mapping[str, str] = field(default_factory=dict)
    model: Mapping[str, Any] = field(default_factory=dict)


def proof(derivation: Derivation, bearing: str) -> Certificate:
    """The certificate of a check that is a derivation."""
    entries = {
        "symbols": {name: list(arrow) for name, arrow in derivation.symbols.items()},
        "symmetric": list(derivation.symmetric),
        "scalars": list(derivation.scalars),
        "definitions": dict(derivation.definitions),
        "assumptions": {name: a.text for name, a in derivation.assumptions.items()},
        "steps": WITNESS,
    }
    return Certificate("identities", bearing, "proof", entries, {"expected": derivation})


def disagreement(pattern: Any, given: Any, where: str = "") -> str:
    """Where a JSON value departs from a pattern, as a clause; empty if it does not.

    Examples
    --------
    >>> disagreement({"n": 2, "law": WITNESS}, {"n": 2, "law": {"1": "1/2"}})
    ''
    >>> disagreement({"n": 2, "law": WITNESS}, {"n": 3, "law": {}})
    "'n' is 3, and the claim needs 2"
    >>> disagreement({"x": [1, 0]}, {"x": [1]})
    "'x' has 1 entries, and the claim needs 2"
    """
    named = f"'{where}'" if where else "the certificate"
    match pattern:
        case _Witness():
            return ""
        case Digest() as digest:
            return "" if digest.fits(given) else f"{named} is not what the claim is about"
        case Each(pattern=each, at_least=least):
            if not isinstance(given, list):
                return f"{named} is no list"
            different = {json.dumps(entry, sort_keys=True) for entry in given}
            if len(different) < max(least, len(given)):
                return (
                    f"{named} has {len(different)} different entries of {len(given)}, and the "
                    f"claim needs {least}"
                )
            parts = ((each, entry, f"{where}[{i}]") for i, entry in enumerate(given))
        case Mapping():
            if not isinstance(given, dict):
                return f"{named} is no object"
            for key in pattern.keys() - given.keys():
                return f"{named} has no entry '{key}'"
            for key in given.keys() - pattern.keys():
                return f"{named} has the unknown entry '{key}'"
            parts = (
                (part, given[key], f"{where}.{key}" if where else str(key))
                for key, part in pattern.items()
            )
        case list() | tuple():
            if not isinstance(given, list):
                return f"{named} is no list"
            if len(given) != len(pattern):
                return f"{named} has {len(given)} entries, and the claim needs {len(pattern)}"
            parts = (
                (part, entry, f"{where}[{i}]")
                for i, (part, entry) in enumerate(zip(pattern, given, strict=True))
            )
        case _:
            if type(given) is type(pattern) and given == pattern:
                return ""
            return f"{named} is {_short(given)}, and the claim needs {_short(pattern)}"
    return next(filter(None, (disagreement(*part) for part in parts)), "")


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
