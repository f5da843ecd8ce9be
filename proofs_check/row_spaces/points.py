"""Row spaces at rational variables, exactly: matrices, data, and the weights behind them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import product
from typing import Any

import numpy as np
from flint import fmpq_mat

from fjlt.types import RealArray
from landscape import row_classes
from landscape.planes.row_spaces import FREE, RowSpaces
from proofs_check.exact.planted import rational

__all__ = [
    "deficient_classes",
    "doubled",
    "forms",
    "kernel",
    "places",
    "rows_and_moves",
]


@cache
def deficient_classes(n: int) -> tuple[tuple[tuple[int, ...], int], ...]:
    """(kept outputs, k) for each class whose row spaces have less than full dimension."""
    every = [
        (c.rows, k)
        for l in range(1, n + 1)
        for c in row_classes(n, l)
        for k in range(1, min(l, n - 1) + 1)
    ]
    return tuple(case for case in every if not RowSpaces(n, *case).dominant)


def kernel(a: fmpq_mat) -> tuple[fmpq_mat, int]:
    """A basis of {v : a·v = 0} in columns, and its number."""
    reduced, rank = a.rref()
    width = a.ncols()
    pivots = [next(j for j in range(width) if reduced[i, j] != 0) for i in range(rank)]
    free = [j for j in range(width) if j not in pivots]
    basis = fmpq_mat(width, max(len(free), 1))
    for number, j in enumerate(free):
        basis[j, number] = 1
        for i, pivot in enumerate(pivots):
            basis[pivot, number] = -reduced[i, j]
    return basis, len(free)


def rows_and_moves(spaces: RowSpaces, x: RealArray) -> tuple[fmpq_mat, list[fmpq_mat]]:
    """W at variables x, and its derivative by each variable, of shape (k, n).

    The entries are sums of products of a few numbers of few binary digits, exact in floating point.
    """
    derivatives = spaces.jacobian(x)
    return rational(spaces.rows_at(x)), [rational(derivatives[:, v]) for v in range(spaces.size)]


def forms(X: fmpq_mat, Y: fmpq_mat) -> tuple[fmpq_mat, fmpq_mat]:
    """C = XXᵀ and M = XYᵀYXᵀ."""
    cross = Y * X.transpose()
    return X * X.transpose(), cross.transpose() * cross


def places(spaces: RowSpaces) -> list[list[Any]]:
    """Where each variable stands: in E, or in a layer, at an output, straight or crossed."""
    in_E = product(["E"], range(spaces.k), range(spaces.l)) if spaces.k < spaces.l else ()
    return [[*place] for place in in_E] + np.argwhere(spaces.state == FREE).tolist()


def doubled(weights: RealArray, inputs: Sequence[int]) -> RealArray:
    """The weights of a butterfly, those that read these inputs twice as large."""
    weights = weights.copy()
    for c in inputs:
        # input c is read by output c of the first layer, straight, and by output c XOR 1, crossed
        weights[0, c, 0] *= 2
        weights[0, c ^ 1, 1] *= 2
    return weights
