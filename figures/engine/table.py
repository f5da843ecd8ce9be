"""The numbers of a figure as a tidy table, written as CSV and read back exactly.

There is one row for each observation.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any, NamedTuple

__all__ = ["Row", "Sheet", "Table", "from_csv", "select", "to_csv"]

Value = int | float | str
Row = dict[str, Value]
Table = Sequence[Row]
"""Rows with the same columns. Every value is an int, a float, or a str that does not read as a
number."""


class Sheet(NamedTuple):
    """A table in words, as it is set on a page."""

    head: Sequence[str]
    """The headings of the columns."""

    lines: Sequence[Sequence[str]]
    """The cells of each line. Text between ``**`` is bold."""


def select(table: Table, **values: Any) -> list[Row]:
    """The rows that have these values in the named columns.

    Examples
    --------
    >>> select([{"k": 1, "l": 2}, {"k": 2, "l": 2}], k=2)
    [{'k': 2, 'l': 2}]
    """
    if not values:
        return list(table)
    of_columns = itemgetter(*values)
    wanted = of_columns(values)
    return [row for row in table if of_columns(row) == wanted]


def to_csv(table: Table) -> str:
    """The table as CSV with one header line.

    A float has the shortest form that reads back as the same number.

    Raises
    ------
    ValueError
        If the table is empty, its rows differ in their columns, or a text would read back as a
        number.
    TypeError
        For a value of another type. Convert NumPy scalars with ``int()`` or ``float()``.

    Examples
    --------
    >>> print(to_csv([{"k": 1, "loss": 0.1}, {"k": 2, "loss": 0.05}]), end="")
    k,loss
    1,0.1
    2,0.05
    """
    if not table:
        raise ValueError("the table is empty")
    header = list(table[0])
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(header)
    for row in table:
        if list(row) != header:
            raise ValueError(f"a row has columns {list(row)}, the first row {header}")
        for column, value in row.items():
            if type(value) not in (int, float, str):
                raise TypeError(
                    f"column {column} holds a {type(value).__name__}; use int, float or str"
                )
            if isinstance(value, str) and _value(value) != value:
                raise ValueError(
                    f"column {column} holds the text {value!r}, which would read back as a number"
                )
        writer.writerow(row.values())
    return stream.getvalue()


def from_csv(text: str) -> Table:
    """The table that ``to_csv`` wrote.

    Examples
    --------
    >>> from_csv("k,loss,method\\n1,0.1,PCA\\n")
    [{'k': 1, 'loss': 0.1, 'method': 'PCA'}]
    """
    return [dict(row) for row in _rows(text)]


@lru_cache(32)  # a run reads the same few tables for many claims
def _rows(text: str) -> list[Row]:
    rows = csv.DictReader(io.StringIO(text))
    return [{column: _value(value) for column, value in row.items()} for row in rows]


@lru_cache(1 << 16)  # most texts of a long table occur often
def _value(text: str) -> Value:
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text
