"""Row spaces at integer variables, exactly: matrices, the gain, and the weights behind them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Any

import numpy as np
from flint import fmpq, fmpq_mat

from fjlt.types import RealArray
from landscape.planes.row_spaces import FREE, RowSpaces

__all__ = ["doubled", "gain", "places", "rational"]


def rational(entries: RealArray) -> fmpq_mat:
    """A matrix of integers, given as floating-point numbers, exactly."""
    return fmpq_mat([[int(entry) for entry in row] for row in entries])


def gain(W: fmpq_mat, X: fmpq_mat, Y: fmpq_mat) -> fmpq:
    """What the best D takes off the loss ‖Y‖_F² where EB = W: the squared norm of a projection."""
    encoded, cross = W * X, Y * (W * X).transpose()
    share = cross * (encoded * encoded.transpose()).inv() * cross.transpose()
    return sum((share[i, i] for i in range(share.nrows())), fmpq(0))


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
