"""Read what somebody else has written: within bounds, and never by evaluating it."""

from __future__ import annotations

import json
import os
import re
from fractions import Fraction
from pathlib import Path
from typing import Any

__all__ = ["MAX_BYTES", "MAX_DEPTH", "MAX_DIGITS", "Refused", "integer", "parsed", "rational"]

MAX_BYTES = 2**25
MAX_DEPTH = 32
MAX_DIGITS = 4000
"""Bounds on a file, on how deep its lists and objects are nested, and on each number in it."""

_TOKEN = re.compile(r'\\.|["\[\]{}]')
_RATIONAL = re.compile(r"[+-]?\d+(/\d+|(\.\d+)?([eE][+-]?\d{1,3})?)", re.ASCII)


class Refused(ValueError):
    """Something is wrong with a file; the message is a clause that says what."""


def parsed(path: str | os.PathLike[str], max_bytes: int = MAX_BYTES) -> Any:
    """The JSON value of a file.

    Raises
    ------
    Refused
        If the file is missing, larger than ``max_bytes``, not JSON in UTF-8, nested too deep, or
        has an object with one key twice, a number that is not finite, or one with more than
        ``MAX_DIGITS`` digits.

    Examples
    --------
    >>> parsed("nowhere.json")
    Traceback (most recent call last):
        ...
    proofs_check.checker.bounded.Refused: the file is missing
    """
    path = Path(path)
    if not path.is_file():
        raise Refused("the file is missing")
    with path.open("rb") as file:
        content = file.read(max_bytes + 1)
    if len(content) > max_bytes:
        raise Refused(f"the file has more than {max_bytes} bytes")
    try:
        text = content.decode()
        if _depth(text) > MAX_DEPTH:
            raise Refused(f"it is nested more than {MAX_DEPTH} levels deep")
        return json.loads(
            text, object_pairs_hook=_object, parse_constant=_constant, parse_int=_integer
        )
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise Refused(f"it is not JSON: {error}") from None


def integer(value: Any, low: int, high: int, name: str = "a number") -> int:
    """An integer between two bounds; a Boolean, a text or another number is refused.

    Examples
    --------
    >>> integer(3, 1, 8)
    3
    """
    if type(value) is not int or not low <= value <= high:
        raise Refused(f"{name} is {str(value)[:40]}, not an integer from {low} to {high}")
    return value


def rational(value: Any) -> Fraction:
    """The fraction that an integer, or a text such as "-2/3" or "0.25", stands for.

    Examples
    --------
    >>> rational("-2/3")
    Fraction(-2, 3)
    """
    if type(value) is int and value.bit_length() <= 3 * MAX_DIGITS:
        return Fraction(value)
    if type(value) is str and len(value) <= 2 * MAX_DIGITS and _RATIONAL.fullmatch(value):
        above, _, below = value.partition("/")
        if max(len(above), len(below)) <= MAX_DIGITS and (not below or int(below)):
            return Fraction(value)
    raise Refused(f"{str(value)[:40]!r} is no rational number of at most {MAX_DIGITS} digits")


def _depth(text: str) -> int:
    """How deep lists and objects are nested, those in texts not counted; one pass."""
    deepest = depth = 0
    quoted = False
    for token in _TOKEN.findall(text):
        if token == '"':
            quoted = not quoted
        elif not quoted and len(token) == 1:
            depth += 1 if token in "[{" else -1
            deepest = max(deepest, depth)
    return deepest


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise Refused("an object has one key twice")
    return found


def _constant(text: str) -> Any:
    raise Refused(f"{text} is no number")


def _integer(text: str) -> int:
    if len(text) > MAX_DIGITS:
        raise Refused(f"a number of more than {MAX_DIGITS} digits")
    return int(text)
