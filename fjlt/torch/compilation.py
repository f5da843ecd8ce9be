"""Products with a truncated butterfly on a CPU, by the compiled kernels of this library."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

from fjlt.torch.truncation import Truncation

__all__ = ["Compiled", "compiled"]

MOST_DENSE = 64
"""Kept outputs up to which the matrix (l, n) is made, in the time of l products, and then used;
heuristic."""


def compiled(j: Truncation, weights: Tensor) -> Compiled:
    """``Compiled``, kept with j while the weights stay the same: a prediction then makes no
    matrix."""
    if j.compiled is None or not j.compiled.is_of(weights):
        j.compiled = Compiled(j, weights)
    found: Compiled = j.compiled
    return found


class Compiled:
    """J with these effective weights, a vector in single or double precision; x in rows, (b, n),
    and z, (b, l)."""

    def __init__(self, j: Truncation, weights: Tensor) -> None:
        self._weights = weights.detach().clone()
        network, self._place = j.kernels
        flat = np.zeros(network.packed.size, weights.numpy(force=True).dtype)
        flat[self._place] = weights.numpy(force=True)
        self._n, self._network = j.n, network.with_packed(flat)
        self._dense = None
        if len(j.rows) <= MOST_DENSE:
            self._eye = np.eye(len(j.rows), dtype=flat.dtype)
            self._dense = torch.from_numpy(self._network.adjoint(self._eye)[: j.n])

    def is_of(self, weights: Tensor) -> bool:
        """Whether the weights are still the same."""
        return self._weights.dtype == weights.dtype and torch.equal(self._weights, weights)

    def product(self, x: Tensor) -> Tensor:
        """x·Jᵀ."""
        return (
            x @ self._dense
            if self._dense is not None
            else _rows(self._network.product(_columns(x)))
        )

    def adjoint(self, z: Tensor) -> Tensor:
        """z·J."""
        return (
            z @ self._dense.mT
            if self._dense is not None
            else _rows(self._network.adjoint(_columns(z))[: self._n])
        )

    def weights_gradient(self, x: Tensor, g: Tensor) -> Tensor:
        """Gradient of <g, x·Jᵀ> in the effective weights: with the matrix, that of <eye,
        (xᵀg)ᵀ·Jᵀ>."""
        pair: tuple[Any, Any] = (
            (_columns(x), _columns(g))
            if self._dense is None
            else ((x.mT @ g).numpy(force=True), self._eye)
        )
        return torch.from_numpy(
            self._network.packed_gradient(pair[0], pair[1], False)[1][self._place]
        )


def _columns(x: Tensor) -> Any:
    return x.numpy(force=True).T


def _rows(y: Any) -> Tensor:
    return torch.from_numpy(y.T)
