"""Products with butterfly networks, their adjoints and gradients, by blocks of columns on all threads."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from fjlt.kernels import MOST_ROWS, gradients, products
from fjlt.lanes import VECTOR_BYTES, flat
from fjlt.pruning import plan
from fjlt.threads import in_parallel, n_threads, room

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
        self.natural = all(step.whole for step in self.passes)
        between = [step.residues.size * (self.n >> step.first) for step in self.passes[1:]]
        self.inner = 0 if self.natural else max(between, default=0)

    def product(self, x: Array) -> Array:
        """Kept outputs of the network for the columns of x, shape (at most n, d); the inputs that lack are zero."""
        return self._linear(x, len(self.outputs), False)

    def adjoint(self, g: Array) -> Array:
        """The transpose of ``product``, shape (n, d)."""
        return self._linear(g, self.n, True)

    def gradient(self, x: Array, g: Array, in_x: bool = True) -> tuple[Array, Array]:
        """Gradients of Re<g, product(x)> in x, shape (n, d), and in the weights; without ``in_x``, the first is empty.

        Keeps the inputs of the passes for one block of columns a thread; the gradient in the weights is the sum, in
        order, of those of at most ``_CHUNKS`` chunks of columns.
        """
        dtype = np.result_type(self.weights, x, g)
        if dtype.kind == "c":
            real = dtype.type(0).real.dtype
            x, g = (np.ascontiguousarray(a, dtype).view(real) for a in (x, g))
            g_x, g_weights = self.gradient(x, g, in_x)
            return g_x.view(dtype), g_weights
        x, g = (_ready(a, dtype) for a in (x, g))
        d = x.shape[1]
        in_rows = _is_in_rows(x)
        g_x = _empty(self.n if in_x else 0, d, dtype, in_rows)
        if self.p == 0 or d == 0:
            g_x[: len(g)] = g[: len(g_x)]
            return g_x, np.zeros(self.weights.shape, dtype)
        n_chunks = min(_CHUNKS, 1 + d // (2 * self.p))
        width = self._width(d, dtype, in_rows, self.n, 1 << 23, n_chunks)
        pitch = width + _LINE // dtype.itemsize
        chunk = -(-d // (n_chunks * width)) * width
        totals = np.zeros((-(-d // chunk), self.weights.size), dtype)
        moved = in_rows or len(x) < self.n
        size = (self.n if self.natural or moved or _is_in_rows(g) else self.inner) * pitch
        n_rooms = len(self.passes) - 1 + (in_rows or not in_x or _is_in_rows(g) if self.natural else 2) + moved
        arguments = (
            _flat(x), in_rows, len(x), _flat(g), _is_in_rows(g), len(g), _flat(g_x), in_rows, d, chunk, width,
            self._flat_weights(dtype), self.n, self.passes, self.natural, size, totals,
        )  # fmt: skip

        def run(first: int, stop: int) -> None:
            gradients(*arguments, room((3 * MOST_ROWS + 1) * pitch + n_rooms * size, dtype), first, stop)

        in_parallel(run, len(totals), 12 * self.n * self.p * d)
        return g_x, totals.sum(axis=0).reshape(self.weights.shape)

    def _linear(self, x: Array, n_results: int, adjoint: bool) -> Array:
        """Product or adjoint, of the memory order of x; what is not as the kernels want it is converted by blocks."""
        dtype = np.result_type(self.weights, x)
        m, d = x.shape
        in_rows = _is_in_rows(x)
        y = _empty(n_results, d, dtype, in_rows)
        if self.p == 0 or d == 0:
            y[...] = x[:1]
        elif dtype.kind == "c" or x.dtype != dtype or not (in_rows or x.flags.c_contiguous):
            real = dtype.type(0).real.dtype
            width = max(256, d // 16)
            for some in (slice(column, column + width) for column in range(0, d, width)):
                y[:, some] = self._linear(np.ascontiguousarray(x[:, some], dtype).view(real), n_results, adjoint).view(
                    dtype
                )
        else:
            width = self._width(d, dtype, in_rows, self.inner, 1 << 22, n_threads())
            pitch = width + _LINE // dtype.itemsize
            moved = in_rows or m < (m if adjoint else self.n)
            size = (self.n if moved else self.inner) * pitch
            n_rooms = 1 if self.natural else min(2, len(self.passes) - 1 + moved + in_rows)
            arguments = (
                _flat(x), in_rows, m, _flat(y), in_rows, n_results, d, width, adjoint,
                self._flat_weights(dtype), self.n, self.passes, self.natural, size,
            )  # fmt: skip

            def run(first: int, stop: int) -> None:
                products(*arguments, room(MOST_ROWS * pitch + n_rooms * size, dtype), first, stop)

            in_parallel(run, -(-d // width), 3 * self.n * self.p * d)
        return y

    def _flat_weights(self, dtype: Any) -> Array:
        return flat(np.ascontiguousarray(self.weights, dtype))

    def _width(self, d: int, dtype: Any, in_rows: bool, rows: int, room: int, parts: int) -> int:
        """Columns of a block: whole vectors, such that there are so many parts, and that so many rows fit in a room.

        Where rows are far apart in memory, much must be read of each at a time.
        """
        lanes = _LINE // dtype.itemsize
        lines = min(8, max(4, (1 << 13) // self.n)) if in_rows else min(32, max(4, room // (max(1, rows) * _LINE)))
        return min(lines, -(-d // (parts * lanes))) * lanes


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
