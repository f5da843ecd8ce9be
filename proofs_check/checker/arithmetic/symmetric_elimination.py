"""The inertia of a symmetric matrix by elimination, exactly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flint import fmpq

__all__ = ["Sparse", "inertia", "sparse"]

Sparse = list[dict[int, fmpq]]
"""The rows of a matrix, each as {column: entry that is not zero}."""


def inertia(symmetric: Sequence[Mapping[int, fmpq]]) -> tuple[int, int]:
    """(index, nullity): how many eigenvalues are negative, and how many are zero.

    By Sylvester's law a congruence keeps both. A variable with a diagonal entry splits off with the
    sign of that entry. If all diagonal entries are zero, a pair with an entry beside the diagonal
    splits off with one sign of each kind.

    Parameters
    ----------
    symmetric : sequence of {column: entry}
        Its rows; entries that are not named are zero. Its symmetry is not checked.

    Examples
    --------
    >>> inertia([{1: fmpq(1)}, {0: fmpq(1)}, {}])
    (1, 1)
    """
    rows = [{j: x for j, x in row.items() if x != 0} for row in symmetric]
    left = [i for i, row in enumerate(rows) if row]
    negative, zero = 0, len(rows) - len(left)
    while left:
        later = []
        for i in left:
            row = rows[i]
            if pivot := row.pop(i, None):
                negative += pivot < 0
                for j in row:
                    del rows[j][i]
                _subtract(rows, row, row, 1 / pivot)
                rows[i] = {}
            elif row:
                later.append(i)
            else:
                zero += 1
        if later == left:
            # no diagonal entry is left: 2axy has one negative and one positive square
            i = left[0]
            j, a = next(iter(rows[i].items()))
            first, second = rows[i], rows[j]
            del first[j], second[i]
            for row, place in ((first, i), (second, j)):
                for other in row:
                    del rows[other][place]
            _subtract(rows, first, second, 1 / a)
            _subtract(rows, second, first, 1 / a)
            rows[i] = rows[j] = {}
            negative += 1
            later = [place for place in left if place not in (i, j)]
        left = later
    return negative, zero


def _subtract(
    rows: Sparse, left: Mapping[int, fmpq], right: Mapping[int, fmpq], factor: fmpq
) -> None:
    """Subtract factor·left·rightᵀ in place."""
    for i, x in left.items():
        row, scaled = rows[i], factor * x
        for j, y in right.items():
            new = row.get(j, 0) - scaled * y
            if new != 0:
                row[j] = new
            else:
                row.pop(j, None)


def sparse(rows: Sequence[Sequence[Any]]) -> Sparse:
    """A matrix of fractions, row by row, its zeros left out."""
    return [{j: fmpq(x.numerator, x.denominator) for j, x in enumerate(row) if x} for row in rows]
