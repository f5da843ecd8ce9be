"""Row spaces at integer variables, exactly: matrices, data, and the weights behind them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Any

import numpy as np
from flint import fmpq_mat

from fjlt.types import RealArray
from landscape.planes.row_spaces import FREE, RowSpaces

__all__ = ["doubled", "forms", "places", "rational", "rows_and_moves"]


def rational(entries: RealArray) -> fmpq_mat:
    """A matrix of integers, given as floating-point numbers, exactly."""
    return fmpq_mat([[int(entry) for entry in row] for row in entries])


def rows_and_moves(spaces: RowSpaces, x: RealArray) -> tuple[fmpq_mat, list[fmpq_mat]]:
    """W at integer variables x, and its derivative by each variable, of shape (k, n).

    The entries are sums of products of a few small integers, exact in floating point.
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
