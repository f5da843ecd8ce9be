"""Products with a truncated butterfly on a CPU, by the compiled kernels of this library."""

from __future__ import annotations

from typing import cast

import numpy as np
import torch
from torch import Tensor

from fjlt.torch.truncation import Truncation
from fjlt.types import Array

__all__ = ["Compiled", "compiled", "working_dtype"]

MAX_DENSE = 64
"""Kept outputs up to which the matrix of J is made, in the time of l products, and then used.

Heuristic."""

MAX_KEPT = 4
"""Layers of equal kept outputs, such as copies of one, whose matrices are kept; heuristic."""


def working_dtype(dtype: torch.dtype) -> torch.dtype:
    """The dtype of a computation: at least single precision."""
    return torch.float32 if dtype in (torch.float16, torch.bfloat16) else dtype


def compiled(j: Truncation, weights: Tensor) -> Compiled:
    """The ``Compiled`` for these weights, kept with j as long as they stay the same.

    Predictions with the same weights then make the matrix once.
    """
    place = weights.data_ptr()
    kept = cast("Compiled | None", j.compiled.get(place))
    if kept is None or not kept.is_of(weights):
        kept = Compiled(j, weights)
        # Another thread may do the same: what it kept is lost, and made again.
        if len(j.compiled) >= MAX_KEPT:
            j.compiled = {}
        j.compiled[place] = kept
    return kept


class Compiled:
    """A truncated butterfly J, shape (l, n), with given effective weights, on a CPU.

    Vectors are in rows: x has shape (b, n), z has shape (b, l).

    Parameters
    ----------
    j : Truncation
    weights : Tensor, one-dimensional
        Effective weights. The computation has their precision, but at least the single one.
    """

    def __init__(self, j: Truncation, weights: Tensor) -> None:
        # All is made from one copy: another thread may write to the weights meanwhile.
        self._weights = weights.detach().clone()
        executor, self._place = j.kernels
        values = self._weights.to(working_dtype(weights.dtype)).numpy()
        flat = np.zeros(executor.packed.size, values.dtype)
        flat[self._place] = values
        self._n, self._executor = j.n, executor.with_packed(flat)
        self._dense = None
        if len(j.rows) <= MAX_DENSE:
            self._eye = np.eye(len(j.rows), dtype=flat.dtype)
            self._dense = torch.from_numpy(self._executor.adjoint(self._eye)[: j.n])

    def is_of(self, weights: Tensor) -> bool:
        """Whether the weights are still the same."""
        return self._weights.dtype == weights.dtype and torch.equal(self._weights, weights)

    def product(self, x: Tensor) -> Tensor:
        """The product x·Jᵀ."""
        if self._dense is not None:
            return x @ self._dense
        return _rows(self._executor.product(_columns(x)))

    def adjoint(self, z: Tensor) -> Tensor:
        """The adjoint product z·J."""
        if self._dense is not None:
            return z @ self._dense.mT
        return _rows(self._executor.adjoint(_columns(z))[: self._n])

    def weights_gradient(self, x: Tensor, g: Tensor) -> Tensor:
        """Gradient of <g, x·Jᵀ> in the effective weights."""
        # <g, x·Jᵀ> = <xᵀg, Jᵀ>: where l is small, the b vectors can be replaced by l, the columns
        # of xᵀg with the unit vectors as their gradients.
        if self._dense is not None:
            inputs, gradients = (x.mT @ g).numpy(force=True), self._eye
        else:
            inputs, gradients = _columns(x), _columns(g)
        packed = self._executor.packed_gradient(inputs, gradients, False)[1]
        return torch.from_numpy(packed[self._place])


def _columns(x: Tensor) -> Array:
    return x.numpy(force=True).T


def _rows(y: Array) -> Tensor:
    return torch.from_numpy(y.T)
