"""Products with real butterfly networks, their adjoints and gradients, in blocks on all threads."""

from __future__ import annotations

from typing import Any

import numpy as np

from fjlt.kernels.blocks import BUFFERS_OF_A_PASS, gradients, products
from fjlt.kernels.butterfly_passes import MAX_ROWS
from fjlt.kernels.pass_plan import Pass, packed, plan, unpacked
from fjlt.kernels.simd import VECTOR_BYTES, flat
from fjlt.kernels.threads import in_parallel, n_threads, workspace
from fjlt.types import Array, DTypeLike

__all__ = ["ButterflyExecutor"]

_MAX_CHUNKS = 8
"""Chunks of columns whose gradients are summed; it must not depend on the number of threads."""

_N_PASSES = 3
"""Passes that the kernels are given, at least; enough for 2^21 rows."""

_SECOND_LEVEL, _THIRD_LEVEL = 1 << 22, 1 << 23
"""Bytes of the cache that the rows between passes may take; heuristic."""

_APART = 1 << 19
"""Bytes of complex vectors that are taken apart at a time, about; heuristic."""


class ButterflyExecutor:
    """Products with a network of real weights and given kept outputs.

    Parameters
    ----------
    weights : ndarray, shape (p, n, 2)
    outputs : ndarray of int
        Kept outputs, distinct, in the order of the rows of the products.

    Attributes
    ----------
    passes : tuple of Pass
    packed : ndarray
        The weights, in the order of ``pass_plan.packed``.
    natural_order : bool
        Whether all outputs are kept, in order.
    """

    def __init__(self, weights: Array, outputs: Array) -> None:
        self.shape, self.outputs = weights.shape, outputs
        self.p, self.n, _ = weights.shape
        self.passes = tuple(plan(self.p, outputs))
        self.natural_order = all(step.complete for step in self.passes)
        rows_between = [step.residues.size * (self.n >> step.first) for step in self.passes[1:]]
        self._rows_between = 0 if self.natural_order else max(rows_between, default=0)
        self.packed = packed(weights, self.passes)

    def with_packed(self, weights: Array) -> ButterflyExecutor:
        """The same network with other weights, in the order of ``pass_plan.packed``."""
        other = object.__new__(ButterflyExecutor)
        other.__dict__ = self.__dict__ | {"packed": weights}
        return other

    def product(self, x: Array) -> Array:
        """Kept outputs for the columns of x, shape (m, d), m <= n; the other inputs are zero."""
        return self._linear(x, len(self.outputs), adjoint=False)

    def adjoint(self, g: Array) -> Array:
        """The transpose of ``product``, shape (n, d)."""
        return self._linear(g, self.n, adjoint=True)

    def gradient(self, x: Array, g: Array, in_x: bool = True) -> tuple[Array, Array]:
        """Gradients of Re<g, product(x)> in x, shape (n, d), and in the weights.

        The first is empty without ``in_x``.
        """
        g_x, g_weights = self.packed_gradient(x, g, in_x)
        return g_x, unpacked(g_weights, self.shape, self.passes)

    def packed_gradient(self, x: Array, g: Array, in_x: bool = True) -> tuple[Array, Array]:
        """``gradient``, with that in the weights in the order of ``pass_plan.packed``.

        Long transforms are made in groups of rows, in the place of the result. Others keep the
        inputs of the passes for one block of columns a thread; their gradient in the weights is the
        sum, in order, of those of at most ``_MAX_CHUNKS`` chunks of columns.
        """
        dtype = np.result_type(self.packed, x, g)
        if dtype.kind == "c":
            # Real weights act on real and imaginary parts, as columns of their own, and
            # Re<g, Bx> = <Re g, B Re x> + <Im g, B Im x>.
            real = dtype.type(0).real.dtype
            x, g = (np.ascontiguousarray(a, dtype).view(real) for a in (x, g))
            g_x, g_weights = self.packed_gradient(x, g, in_x)
            return g_x.view(dtype), g_weights
        x, g = (_ready(a, dtype) for a in (x, g))
        d = x.shape[1]
        column_major = _is_column_major(x)
        g_x = _empty(self.n if in_x else 0, d, dtype, column_major)
        if self.p == 0 or d == 0:
            g_x[: len(g)] = g[: len(g_x)]
            return g_x, np.zeros(self.packed.size, dtype)
        if self._in_groups(x):
            g_weights = np.zeros((1, self.packed.size), dtype)
            groups, low, top = 1 << self.passes[-1].layers, self.passes[:-1], self.passes[-1]
            between = g_x if in_x else np.empty_like(x)
            # Forwards to the input of the last pass; its gradient; then that of the other passes,
            # which make their way forwards again, group by group.
            self._multiply(x, between, False, low, groups)
            self._differentiate(between, g, between, g_weights, d, (top,))
            self._differentiate(x, between, g_x, g_weights, d, low, groups)
        else:
            n_chunks = min(_MAX_CHUNKS, 1 + d // (2 * self.p))
            width = self._width(d, dtype, column_major, self.n, _THIRD_LEVEL, n_chunks)
            chunk = -(-d // (n_chunks * width)) * width
            totals = np.zeros((-(-d // chunk), self.packed.size), dtype)
            self._differentiate(x, g, g_x, totals, chunk, self.passes)
            g_weights = totals.sum(axis=0)
        return g_x, g_weights.reshape(-1)

    def _linear(self, x: Array, n_results: int, adjoint: bool) -> Array:
        """Product or adjoint, in the memory order of x."""
        dtype = np.result_type(self.packed, x)
        d = x.shape[1]
        column_major = _is_column_major(x)
        y = _empty(n_results, d, dtype, column_major)
        if self.p == 0 or d == 0:
            y[...] = x[:1]
        elif x.dtype != dtype or not (column_major or x.flags.c_contiguous):
            # Convert what the kernels do not read, some columns at a time.
            width = max(256, d // 16)
            for some in (slice(column, column + width) for column in range(0, d, width)):
                part = np.ascontiguousarray(x[:, some], dtype)
                y[:, some] = self._linear(part, n_results, adjoint)
        elif dtype.kind == "c":
            self._linear_complex(x, y, adjoint)
        else:
            self._multiply(x, y, adjoint, self.passes)
        return y

    def _linear_complex(self, x: Array, y: Array, adjoint: bool) -> None:
        """The same from complex x to y: their real and imaginary parts are vectors of their own."""
        real, d = x.real.dtype, x.shape[1]
        if not _is_column_major(x):
            self._multiply(x.view(real), y.view(real), adjoint, self.passes)
            return
        # Where the numbers of a vector lie one after the other, the parts are taken apart, of a few
        # vectors at a time, which fit in the cache.
        width = max(16, _APART // (x.itemsize * self.n))
        for some in (slice(column, column + width) for column in range(0, d, width)):
            z, result = x[:, some], y[:, some]
            parts = self._linear(
                np.stack([z.real.T, z.imag.T]).reshape(-1, len(x)).T, len(y), adjoint
            )
            result.real, result.imag = np.split(parts, 2, axis=1)

    def _in_groups(self, x: Array) -> bool:
        """Whether all passes but the last go by groups of rows, which fit in the cache."""
        return self.natural_order and self.n > 1024 and x.flags.c_contiguous and len(x) == self.n

    def _multiply(
        self, x: Array, y: Array, adjoint: bool, passes: tuple[Pass, ...], groups: int = 1
    ) -> None:
        """Some passes from x to y; both contiguous, of the same dtype and memory order."""
        n, (m, d), column_major = self.n // groups, x.shape, _is_column_major(x)
        parts = n_threads()
        width = self._width(d, x.dtype, column_major, self._rows_between, _SECOND_LEVEL, parts)
        pitch = width + VECTOR_BYTES // x.itemsize
        moved = column_major or m < (m if adjoint else self.n)
        size = (n if moved else self._rows_between) * pitch
        n_buffers = 1 if self.natural_order else min(2, len(passes) - 1 + moved + column_major)
        kernel = products[adjoint, column_major]
        arguments = (
            _matrix(x),
            _matrix(y),
            self._network(x.dtype, passes, n, groups),
            (d, d, width, size),
        )

        def run(first: int, stop: int) -> None:
            space = workspace(MAX_ROWS * pitch + n_buffers * size, x.dtype)
            kernel(*arguments, space, first, stop)

        in_parallel(run, groups * -(-d // width), 3 * self.n * self.p * d)

    def _differentiate(
        self,
        x: Array,
        g: Array,
        g_x: Array,
        totals: Array,
        chunk: int,
        passes: tuple[Pass, ...],
        groups: int = 1,
    ) -> None:
        """Gradients of some passes, to g_x and added to totals, one row for a chunk of columns."""
        n, (m, d), column_major = self.n // groups, x.shape, _is_column_major(x)
        width = self._width(chunk, x.dtype, column_major, n, _THIRD_LEVEL, 1)
        pitch = width + VECTOR_BYTES // x.itemsize
        moved = column_major or m < self.n
        g_moved = _is_column_major(g)
        size = (n if self.natural_order or moved or g_moved else self._rows_between) * pitch
        for_gradients = column_major or g_x.size == 0 or g_moved if self.natural_order else 2
        n_buffers = len(passes) - 1 + for_gradients + moved
        size_of_workspace = (BUFFERS_OF_A_PASS * MAX_ROWS + 1) * pitch + n_buffers * size
        operands = (_matrix(x), _matrix(g), (_matrix(g_x), totals))
        blocks = (d, chunk, width, size)

        def differentiate(passes: tuple[Pass, ...], first: int, stop: int) -> None:
            network = self._network(x.dtype, passes, n, groups)
            space = workspace(size_of_workspace, x.dtype)
            gradients(*operands, network, blocks, space, first, stop)

        def some_residues(first: int, stop: int) -> None:
            differentiate((passes[0].part(first, stop),), 0, 1)

        def some_tasks(first: int, stop: int) -> None:
            differentiate(passes, first, stop)

        # A single pass in natural order has butterflies that share neither rows nor weights: they
        # are divided between threads by residue.
        work = 12 * self.n * self.p * d
        if self.natural_order and len(passes) == groups == len(totals) == 1 and not g_moved:
            in_parallel(some_residues, passes[0].residues.size, work)
        else:
            in_parallel(some_tasks, groups * len(totals), work)

    def _network(
        self, dtype: DTypeLike, passes: tuple[Pass, ...], n: int, groups: int
    ) -> tuple[Array, tuple[tuple[Any, ...], ...], int, int, int, bool]:
        """The fields of ``blocks.Network``."""
        weights, count = self.packed.astype(dtype, copy=False), len(passes)
        padded = tuple(map(tuple, passes)) + (tuple(passes[0]),) * (_N_PASSES - count)
        return weights, padded, count, n, groups, self.natural_order

    def _width(
        self, d: int, dtype: np.dtype, column_major: bool, rows: int, cache: int, parts: int
    ) -> int:
        """Columns of a block, a multiple of a vector's.

        There are to be at least ``parts`` blocks, and ``rows`` rows of a block are to fit in
        ``cache`` bytes. Where rows are far apart in memory, much must be read of each at a time.
        Columns that lie one after the other are few enough for the second level of the cache; if
        that would be one line, many, for the third.
        """
        vector_length = VECTOR_BYTES // dtype.itemsize
        fit = (1 << 13) // self.n
        lines = (
            min(8, fit if fit > 1 else 8)
            if column_major
            else min(32, max(4, cache // (max(1, rows) * VECTOR_BYTES)))
        )
        return min(lines, -(-d // (parts * vector_length))) * vector_length


def _is_column_major(x: Array) -> bool:
    """Whether the columns of x lie one after the other in memory."""
    return x.flags.f_contiguous and not x.flags.c_contiguous


def _empty(n: int, d: int, dtype: DTypeLike, column_major: bool) -> Array:
    return np.empty((d, n), dtype).T if column_major else np.empty((n, d), dtype)


def _ready(x: Array, dtype: DTypeLike) -> Array:
    """Convert x to what the kernels read: of the dtype, and without gaps."""
    return (
        x
        if x.dtype == dtype and (x.flags.c_contiguous or x.flags.f_contiguous)
        else np.ascontiguousarray(x, dtype)
    )


def _matrix(x: Array) -> tuple[Array, int, bool]:
    """The fields of ``blocks.Matrix`` for a contiguous array."""
    column_major = _is_column_major(x)
    return flat(x.T if column_major else x), len(x), column_major
