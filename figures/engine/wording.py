"""The words of a caption, made from numbers: the word for a sign follows from the number."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from figures.engine.table import Row, Table, select
from fjlt.runs.intervals import Interval

__all__ = [
    "between",
    "count",
    "difference_words",
    "factor_words",
    "fixed",
    "joined",
    "lowered",
    "need",
    "significant",
    "with_interval",
]


def need(table: Table, **values: object) -> list[Row]:
    """The rows that have these values, of which there must be some.

    Raises
    ------
    ValueError
        If there are none: a caption never speaks of numbers that its table lacks.

    Examples
    --------
    >>> need([{"k": 1}, {"k": 2}], k=2)
    [{'k': 2}]
    >>> need([{"k": 1}, {"k": 2}], k=3)
    Traceback (most recent call last):
    ValueError: the table has no rows with k = 3
    """
    rows = select(table, **values)
    if not rows:
        wanted = ", ".join(f"{name} = {value}" for name, value in values.items())
        raise ValueError(f"the table has no rows with {wanted}")
    return rows


def lowered(text: str) -> str:
    """A text for a page, in which ``_k`` and ``_F`` are subscripts.

    Examples
    --------
    >>> lowered("Δ_k < ‖X‖_F², by torch_kernels")
    'Δ<sub>k</sub> < ‖X‖<sub>F</sub>², by torch_kernels'
    """
    return re.sub(r"_([kF])(?![a-z])", r"<sub>\1</sub>", text)


def fixed(value: float, decimals: int = 1) -> str:
    """A number with so many decimals, a minus sign if it is negative, and no "−0".

    Examples
    --------
    >>> fixed(-1.25, 2), fixed(-0.04), fixed(12.3, 0)
    ('−1.25', '0.0', '12')
    """
    text = f"{value:.{decimals}f}"
    negative = text.startswith("-") and float(text) != 0
    return ("−" if negative else "") + text.removeprefix("-")


def significant(value: float, digits: int = 2) -> str:
    """A positive number with so many significant digits, and all those before the point.

    Examples
    --------
    >>> significant(2.84), significant(0.0123), significant(103.7), significant(4.04)
    ('2.8', '0.012', '104', '4.0')
    """
    if value >= 10**digits:
        return count(value)
    return f"{value:#.{digits}g}".rstrip(".")


def count(number: float) -> str:
    """A count, rounded, its digits in groups of three.

    Examples
    --------
    >>> count(9978.75)
    '9 979'
    """
    return f"{number:,.0f}".replace(",", " ")


def with_interval(found: Interval, decimals: int = 1) -> str:
    """A mean, and its interval in brackets.

    Examples
    --------
    >>> with_interval(Interval(-0.5, -1.25, 0.25), 2)
    '−0.50 (−1.25 to 0.25)'
    """
    mean, low, high = (fixed(end, decimals) for end in found)
    return f"{mean} ({low} to {high})"


def difference_words(found: Interval, other: str, decimals: int = 1) -> str:
    """How far a score lies above or below another, in points, if the interval says which.

    Examples
    --------
    >>> difference_words(Interval(-1.1, -1.5, -0.7), "the dense layer")
    '1.1 points (0.7 to 1.5) below the dense layer'
    >>> difference_words(Interval(0.5, 0.1, 0.9), "it")
    '0.5 points (0.1 to 0.9) above it'
    >>> difference_words(Interval(0.1, -0.2, 0.4), "it")
    'not seen to differ from it, 0.1 (−0.2 to 0.4)'
    """
    if found.low <= 0 <= found.high:
        return f"not seen to differ from {other}, {with_interval(found, decimals)}"
    word, mean, low, high = "above", *found
    if mean < 0:
        word, mean, low, high = "below", -mean, -high, -low
    ends = f"({fixed(low, decimals)} to {fixed(high, decimals)})"
    return f"{fixed(mean, decimals)} points {ends} {word} {other}"


def factor_words(found: Interval, other: str) -> str:
    """How many times more or less one error is than another, as far as the interval says.

    Examples
    --------
    >>> factor_words(Interval(0.5, 0.25, 0.8), "it")
    '2.0 times (1.2 to 4.0) less error than it'
    >>> factor_words(Interval(3.0, 2.0, 4.5), "the sparse sketch")
    '3.0 times (2.0 to 4.5) more error than the sparse sketch'
    >>> factor_words(Interval(1.0, 0.8, 1.25), "it")
    'an error not told apart from that of it, ratio 1.0 (0.80 to 1.2)'
    """
    if found.low <= 1 <= found.high:
        mean, low, high = map(significant, found)
        return f"an error not told apart from that of {other}, ratio {mean} ({low} to {high})"
    word = "more" if found.mean > 1 else "less"
    if found.mean < 1:
        found = Interval(1 / found.mean, 1 / found.high, 1 / found.low)
    mean, low, high = map(significant, found)
    return f"{mean} times ({low} to {high}) {word} error than {other}"


def between(values: Iterable[float], decimals: int = 1) -> str:
    """The range of some numbers, or the one number that all are when rounded.

    Examples
    --------
    >>> between([1.02, 1.13], 2), between([1.02, 1.021], 2)
    ('1.02 to 1.13', '1.02')
    """
    found = list(values)
    low, high = fixed(min(found), decimals), fixed(max(found), decimals)
    return low if low == high else f"{low} to {high}"


def joined(parts: Sequence[str], last: str = "and") -> str:
    """Parts of a list in a sentence.

    Examples
    --------
    >>> joined(["a", "b", "c"]), joined(["a"])
    ('a, b and c', 'a')
    """
    *first, end = parts
    return f"{', '.join(first)} {last} {end}" if first else end
