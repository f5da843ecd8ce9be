"""Matrices of ``Fraction`` as lists of rows."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import lcm
from typing import Any

from proofs_check.checker.bounded import Refused, rational

__all__ = [
    "Matrix",
    "at_most",
    "column",
    "determinant",
    "difference",
    "inverse",
    "matrix",
    "multiple",
    "product",
    "projection",
    "rank",
    "squared_norm",
    "transpose",
]

Matrix = list[list[Fraction]]
MAX_SIZE = 64


def matrix(rows: Any, max_size: int = MAX_SIZE) -> Matrix:
    """The matrix with these rows of integers, or of texts such as "-2/3".

    Raises
    ------
    Refused
        Unless it has from 1 to ``max_size`` rows, all of one length from 1 to ``max_size``.

    Examples
    --------
    >>> matrix([[1, "-2/3"]])
    [[Fraction(1, 1), Fraction(-2, 3)]]
    """
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise Refused("a matrix is no list of rows")
    lengths = {len(row) for row in rows}
    if len(lengths) != 1 or not 1 <= len(rows) <= max_size or not 1 <= max(lengths) <= max_size:
        raise Refused(
            f"a matrix has {len(rows)} rows, of lengths {sorted(lengths)[:9]}; they must have one "
            f"length, and there are 1 to {max_size} of either"
        )
    return [[rational(entry) for entry in row] for row in rows]


def column(values: Any, max_size: int = MAX_SIZE) -> Matrix:
    """A matrix of one column."""
    if not isinstance(values, list):
        raise Refused("a vector is no list")
    return matrix([[value] for value in values], max_size)


def multiple(value: Fraction, size: int) -> Matrix:
    """value·I."""
    return [[value * (i == j) for j in range(size)] for i in range(size)]


def product(a: Matrix, b: Matrix) -> Matrix:
    """ab; ``ValueError`` if the shapes do not match.

    Examples
    --------
    >>> product(matrix([["1/2", "1/3"]]), matrix([[2], [3]]))
    [[Fraction(2, 1)]]
    """
    rows = [_numerators(row) for row in a]
    columns = [_numerators(values) for values in zip(*b, strict=True)]
    # sums of integers: one reduction for an entry in place of one for each term
    return [
        [Fraction(sum(x * y for x, y in zip(r, c, strict=True)), d * e) for c, e in columns]
        for r, d in rows
    ]


def _numerators(values: Sequence[Fraction]) -> tuple[list[int], int]:
    """The values as integers over their least common denominator."""
    common = lcm(*(value.denominator for value in values))
    return [value.numerator * (common // value.denominator) for value in values], common


def transpose(a: Matrix) -> Matrix:
    """aᵀ."""
    return [list(values) for values in zip(*a, strict=True)]


def difference(a: Matrix, b: Matrix) -> Matrix:
    """a − b; ``ValueError`` if the shapes differ."""
    return [[x - y for x, y in zip(r, s, strict=True)] for r, s in zip(a, b, strict=True)]


def squared_norm(a: Matrix) -> Fraction:
    """‖a‖_F²; it is 0 only for the zero matrix."""
    numerators, common = _numerators([entry for row in a for entry in row])
    return Fraction(sum(entry * entry for entry in numerators), common * common)


def rank(a: Matrix) -> int:
    """Rank, by Gaussian elimination.

    Examples
    --------
    >>> rank(matrix([[1, 2], ["1/2", 1]]))
    1
    """
    rows, found = [list(row) for row in a], 0
    for place in range(len(rows[0])):
        pivot = next((i for i in range(found, len(rows)) if rows[i][place]), None)
        if pivot is None:
            continue
        rows[found], rows[pivot] = rows[pivot], rows[found]
        _clear_below(rows, found, place)
        found += 1
    return found


def inverse(a: Matrix) -> Matrix:
    """The inverse, by Gauss-Jordan elimination; ``Refused`` for a singular matrix.

    Examples
    --------
    >>> inverse(matrix([[0, 2], [1, 0]]))
    [[Fraction(0, 1), Fraction(1, 1)], [Fraction(1, 2), Fraction(0, 1)]]
    """
    size = len(a)
    rows = [[*row, *(Fraction(int(i == j)) for j in range(size))] for i, row in enumerate(a)]
    for place in range(size):
        pivot = next((i for i in range(place, size) if rows[i][place]), None)
        if pivot is None:
            raise Refused("a matrix has no inverse")
        rows[place], rows[pivot] = rows[pivot], rows[place]
        lead = rows[place][place]
        rows[place] = [entry / lead for entry in rows[place]]
        for i, row in enumerate(rows):
            if i != place and row[place]:
                factor = row[place]
                rows[i] = [x - factor * y for x, y in zip(row, rows[place], strict=True)]
    return [row[size:] for row in rows]


def projection(a: Matrix) -> Matrix:
    """The orthogonal projection onto the span of the columns.

    Examples
    --------
    >>> projection(matrix([[1, 2], [1, 2]]))[0]
    [Fraction(1, 2), Fraction(1, 2)]
    """
    kept: Matrix = []
    for values in transpose(a):
        if rank([*kept, values]) > len(kept):
            kept.append(values)
    if not kept:
        return [[Fraction(0)] * len(a) for _ in a]
    thin = transpose(kept)
    return product(product(thin, inverse(product(kept, thin))), kept)


def at_most(symmetric: Matrix, bound: Fraction) -> bool:
    """Whether all eigenvalues are at most the bound: bound·I − S has an LDLᵀ with D >= 0.

    Examples
    --------
    >>> at_most(matrix([[1, 2], [2, 1]]), Fraction(3)), at_most(matrix([[2]]), Fraction(1))
    (True, False)
    """
    n = len(symmetric)
    a = [[(bound if i == j else 0) - symmetric[i][j] for j in range(n)] for i in range(n)]
    for i in range(n):
        if a[i][i] < 0 or (a[i][i] == 0 and any(a[i][j] for j in range(i + 1, n))):
            return False
        for r in range(i + 1, n):
            factor = a[r][i] / a[i][i] if a[i][i] else Fraction(0)
            for c in range(i + 1, n):
                a[r][c] -= factor * a[i][c]
    return True


def determinant(a: Matrix) -> Fraction:
    """Determinant, as the signed product of the pivots of Gaussian elimination.

    Examples
    --------
    >>> determinant(matrix([[0, 1], [1, 0]]))
    Fraction(-1, 1)
    """
    rows, value = [list(row) for row in a], Fraction(1)
    for place in range(len(rows)):
        pivot = next((i for i in range(place, len(rows)) if rows[i][place]), None)
        if pivot is None:
            return Fraction(0)
        if pivot != place:
            rows[place], rows[pivot], value = rows[pivot], rows[place], -value
        value *= rows[place][place]
        _clear_below(rows, place, place)
    return value


def _clear_below(rows: Matrix, pivot: int, place: int) -> None:
    """Subtract multiples of the pivot row, so that the entries below it in a column vanish."""
    for i in range(pivot + 1, len(rows)):
        factor = rows[i][place] / rows[pivot][place]
        rows[i] = [x - factor * y for x, y in zip(rows[i], rows[pivot], strict=True)]
