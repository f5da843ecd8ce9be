"""A matrix of numbers from text: one row on each line, with or without a header."""

from __future__ import annotations

import csv
import re
from typing import NoReturn

import numpy as np

from fjlt.types import RealArray

__all__ = ["read_table"]

NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?|[+-]?(inf|infinity|nan)", re.I | re.ASCII)
NO_VALUE = re.compile(r"#?n/?a|null|none|missing|[-?.]*|.*\0.*", re.I | re.DOTALL)
"""Cells that stand for a missing number, and damaged ones: they alone make no header."""
PLAIN = re.compile(r"[-+.,;\t 0-9a-z\"]*", re.I | re.ASCII)
"""Characters of a row that NumPy's reader takes as ``NUMBER`` does."""


def read_table(text: str) -> RealArray:
    """The numbers of a text, shape (rows, columns).

    Numbers are decimal, with a point, and separated by comma, semicolon, tab or blanks; they may
    stand in double quotes. A first line is a header if it has names and no cell that begins like a
    number. Blank lines do not count.

    Raises
    ------
    ValueError
        If there is no row, a cell is no number, or lines have different numbers of cells. The
        message names line and column, counted from 1, and the cell.

    Examples
    --------
    >>> read_table("height;width\\n1;2\\n3;4\\n")
    array([[1., 2.],
           [3., 4.]])
    >>> read_table("1,2\\n3,0x10\\n")
    Traceback (most recent call last):
        ...
    ValueError: line 2, column 2: '0x10' is no decimal number
    """
    # Only these characters end a line; str.splitlines knows others, which are errors in a cell.
    lines = [
        (number, line)
        for number, line in enumerate(re.split(r"\r\n|\r|\n", text), 1)
        if line.strip(" \t")
    ]
    if not lines:
        raise ValueError("it has no rows")
    delimiter = _delimiter(lines[0][1])
    header = _cells(*lines[0], delimiter)
    # A header has names and nothing like a number: else the first line is a row with a bad cell.
    numeric = any(NUMBER.fullmatch(cell) or re.match(r"[+-]?[.,]?\d", cell) for cell in header)
    named = not numeric and not all(NO_VALUE.fullmatch(cell) for cell in header)
    rows = lines[1:] if named else lines
    if not rows:
        raise ValueError("it has a header and no rows")
    texts = [line for _, line in rows]
    if all(map(PLAIN.fullmatch, texts)):
        try:
            numbers: RealArray = np.loadtxt(
                texts,
                delimiter=delimiter,
                ndmin=2,
                comments=None,
                quotechar='"',
            )
        except ValueError:
            pass
        else:
            if not named or len(header) == numbers.shape[1]:
                return numbers
    _explain(rows, delimiter, len(header))


def _delimiter(line: str) -> str | None:
    """What separates the cells of a line; None for blanks."""
    unquoted = re.sub('"[^"]*"', "", line)
    return next((mark for mark in ";\t," if mark in unquoted), None)


def _cells(number: int, line: str, delimiter: str | None) -> list[str]:
    """The cells of a line, without the blanks and the quotes around them."""
    try:
        if delimiter is None:
            (found,) = csv.reader([re.sub(" +", " ", line.strip(" "))], delimiter=" ", strict=True)
        else:
            (found,) = csv.reader([line], delimiter=delimiter, skipinitialspace=True, strict=True)
    except csv.Error as error:
        raise ValueError(f"line {number}: {error}") from None
    return [cell.strip(" ") for cell in found]


def _explain(rows: list[tuple[int, str]], delimiter: str | None, n_columns: int) -> NoReturn:
    """Raise ``ValueError`` for the first line that is no row of numbers."""
    for number, line in rows:
        cells = _cells(number, line, delimiter)
        for column, cell in enumerate(cells, 1):
            if not NUMBER.fullmatch(cell):
                raise ValueError(f"line {number}, column {column}: {_what(cell)}")
        if len(cells) != n_columns:
            raise ValueError(
                f"line {number} has {len(cells)} cells, but the first line has {n_columns}; all "
                "must have equally many"
            )
    raise ValueError("it is no table of numbers")


def _what(cell: str) -> str:
    """What is wrong with a cell, in words."""
    if not cell:
        return "the cell is empty; fill it, or leave out its line"
    if "\0" in cell:
        return f"{cell!r} has a NUL character; the file is damaged, or no text in UTF-8"
    if re.fullmatch(r"[+-]?\d+,\d+", cell):
        return (
            f"{cell!r} has a decimal comma, or commas and spaces both separate cells; write a "
            "point, and one separator"
        )
    if re.fullmatch(r"[-+.\de() ]*[ij]\)?", cell, re.I):
        return f"{cell!r} is complex; only real numbers are read"
    return f"{cell!r} is no decimal number"
