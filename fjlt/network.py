"""Products with butterfly networks, their adjoints and gradients, by blocks of columns on all threads."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from fjlt.kernels import gradients, products
from fjlt.lanes import VECTOR_BYTES, flat
from fjlt.pruning import plan
from fjlt.threads import in_parallel

__all__ = ["Network"]

Array = NDArray[Any]

_CHUNKS = 8
_LINE = VECTOR_BYTES


class Network:
    """Real butterfly weights and kept outputs, ready to be multiplied with.

    weights: shape (p, n, 2), C-contiguous; outputs: distinct, in the order of the rows of the products.
    """

    def __init__(self, weights: Array, outputs: Array) -> None:
        self.weights, self.outputs = weights, outputs
        self.p, self.n, _ = weights.shape
        self.passes = tuple(plan(self.p, outputs))
        between = [step.residues.size * (self.n >> step.first) for step in self.passes[1:]]
        self.inner = 0 if all(step.whole for step in self.passes) else max(between, default=1)

    def product(self, x: Array) -> Array:
        """Kept outputs of the network for the columns of x, shape (at most n, d); the inputs that lack are zero."""
        return self._linear(x, len(self.outputs), False)

    def adjoint(self, g: Array) -> Array:
        """The transpose of ``product``, shape (n, d)."""
        return self._linear(g, self.n, True)

    def gradient(self, x: Array, g: Array) -> tuple[Array, Array]:
        """Gradients of Re<g, product(x)> in x, shape (n, d), and in the weights.

        Keeps the inputs of the passes for one block of columns a thread; the gradient in the weights is the sum, in
        order, of those of at most ``_CHUNKS`` chunks of columns.
        """
        dtype = np.result_type(self.weights, x, g)
        if dtype.kind == "c":
            real = dtype.type(0).real.dtype
            x, g = (np.ascontiguousarray(a, dtype).view(real) for a in (x, g))
            g_x, g_weights = self.gradient(x, g)
            return g_x.view(dtype), g_weights
        x, g = (_ready(a, dtype) for a in (x, g))
        d = x.shape[1]
        in_rows = _is_in_rows(x)
        g_x = _empty(self.n, d, dtype, in_rows)
        if self.p == 0 or d == 0:
            g_x[...] = g[:1]
            return g_x, np.zeros(self.weights.shape, dtype)
        width = self._width(d, dtype, in_rows, 4)
        chunk = -(-d // (min(_CHUNKS, 1 + d // (2 * self.p)) * width)) * width
        totals = np.zeros((-(-d // chunk), self.weights.size), dtype)
        in_parallel(
            gradients, len(totals), 12 * self.n * self.p * d,
            _flat(x), in_rows, len(x), _flat(g), _is_in_rows(g), len(g), _flat(g_x), in_rows, d, chunk, width,
            self._flat_weights(dtype), self.n, self.passes, self.inner, totals,
        )  # fmt: skip
        return g_x, totals.sum(axis=0).reshape(self.weights.shape)

    def _linear(self, x: Array, size: int, adjoint: bool) -> Array:
        """Product or adjoint, of the memory order of x; what is not as the kernels want it is converted by blocks."""
        dtype = np.result_type(self.weights, x)
        m, d = x.shape
        in_rows = _is_in_rows(x)
        y = _empty(size, d, dtype, in_rows)
        if self.p == 0 or d == 0:
            y[...] = x[:1]
        elif dtype.kind == "c" or x.dtype != dtype or not (in_rows or x.flags.c_contiguous):
            real = dtype.type(0).real.dtype
            width = max(256, d // 16)
            for some in (slice(column, column + width) for column in range(0, d, width)):
                y[:, some] = self._linear(np.ascontiguousarray(x[:, some], dtype).view(real), size, adjoint).view(dtype)
        else:
            width = self._width(d, dtype, in_rows, 2)
            in_parallel(
                products, -(-d // width), 3 * self.n * self.p * d,
                _flat(x), in_rows, m, _flat(y), in_rows, size, d, width, adjoint,
                self._flat_weights(dtype), self.n, self.passes, self.inner,
            )  # fmt: skip
        return y

    def _flat_weights(self, dtype: Any) -> Array:
        return flat(np.ascontiguousarray(self.weights, dtype))

    def _width(self, d: int, dtype: Any, in_rows: bool, rooms: int) -> int:
        """Columns of a block, whole vectors, such that so many rooms fit in the cache.

        That is the second level; but the third where rows are far apart, of which much must be read at a time.
        """
        least, most, cache = (2, 8, 1 << 19) if in_rows else (16 // rooms, 32, 1 << 24)
        lines = min(most, max(least, cache // (rooms * self.n * _LINE)))
        lanes = VECTOR_BYTES // dtype.itemsize
        return min(lines, -(-d // (2 * lanes))) * lanes


def _is_in_rows(x: Array) -> bool:
    """Whether the columns of x lie one after the other in memory."""
    return x.flags.f_contiguous and not x.flags.c_contiguous


def _empty(n: int, d: int, dtype: Any, in_rows: bool) -> Array:
    return np.empty((d, n), dtype).T if in_rows else np.empty((n, d), dtype)


def _ready(x: Array, dtype: Any) -> Array:
    """x as the kernels want it: of the dtype, and without gaps."""
    return x if x.dtype == dtype and (x.flags.c_contiguous or x.flags.f_contiguous) else np.ascontiguousarray(x, dtype)


def _flat(x: Array) -> Array:
    return flat(x.T if _is_in_rows(x) else x)
