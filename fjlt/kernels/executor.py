"""Products with butterfly networks, their adjoints and gradients, by blocks of columns on all
threads."""

from __future__ import annotations

from copy import copy
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fjlt.kernels.blocks import ROOMS_OF_A_PASS, gradients, products
from fjlt.kernels.butterfly_passes import MOST_ROWS
from fjlt.kernels.pass_plan import Pass, packed, plan, unpacked
from fjlt.kernels.simd import VECTOR_BYTES, flat
from fjlt.kernels.threads import in_parallel, n_threads, room

__all__ = ["Network"]

Array = NDArray[Any]
Passes = tuple[Pass, ...]

_CHUNKS = 8


class Network:
    """Real butterfly weights and kept outputs, ready to be multiplied with.

    weights: shape (p, n, 2); outputs: distinct, in the order of the rows of the products.
    """

    def __init__(self, weights: Array, outputs: Array) -> None:
        self.shape, self.outputs = weights.shape, outputs
        self.p, self.n, _ = weights.shape
        self.passes = tuple(plan(self.p, outputs))
        self.natural = all(step.whole for step in self.passes)
        between = [step.residues.size * (self.n >> step.first) for step in self.passes[1:]]
        self.inner = 0 if self.natural else max(between, default=0)
        self.packed = packed(weights, self.passes)

    def with_packed(self, weights: Array) -> Network:
        """The network with these weights in the place of its own, in the order of
        ``pruning.packed``."""
        other = copy(self)
        other.packed = weights
        return other

    def product(self, x: Array) -> Array:
        """Kept outputs of the network for the columns of x, shape (at most n, d); the inputs that
        lack are zero."""
        return self._linear(x, len(self.outputs), False)

    def adjoint(self, g: Array) -> Array:
        """The transpose of ``product``, shape (n, d)."""
        return self._linear(g, self.n, True)

    def gradient(self, x: Array, g: Array, in_x: bool = True) -> tuple[Array, Array]:
        """Gradients of Re<g, product(x)> in x, shape (n, d), empty without ``in_x``, and in the
        weights."""
        g_x, g_weights = self.packed_gradient(x, g, in_x)
        return g_x, unpacked(g_weights, self.shape, self.passes)

    def packed_gradient(self, x: Array, g: Array, in_x: bool = True) -> tuple[Array, Array]:
        """``gradient``, that in the weights in the order of ``pruning.packed``.

        Long transforms are made in groups of rows, in the place of the result. Else the inputs of
        the passes are kept for one block of columns a thread, and the gradient in the weights is
        the sum, in order, of those of at most ``_CHUNKS`` chunks of columns.
        """
        dtype = np.result_type(self.packed, x, g)
        if dtype.kind == "c":
            real = dtype.type(0).real.dtype
            x, g = (np.ascontiguousarray(a, dtype).view(real) for a in (x, g))
            g_x, g_weights = self.packed_gradient(x, g, in_x)
            return g_x.view(dtype), g_weights
        x, g = (_ready(a, dtype) for a in (x, g))
        d = x.shape[1]
        in_rows = _is_in_rows(x)
        g_x = _empty(self.n if in_x else 0, d, dtype, in_rows)
        if self.p == 0 or d == 0:
            g_x[: len(g)] = g[: len(g_x)]
            return g_x, np.zeros(self.packed.size, dtype)
        if self._in_groups(x):
            g_weights = np.zeros((1, self.packed.size), dtype)
            groups, low, top = 1 << self.passes[-1].layers, self.passes[:-1], self.passes[-1]
            between = g_x if in_x else np.empty_like(x)
            self._multiply(x, between, False, low, groups)
            self._differentiate(between, g, between, g_weights, d, (top,))
            self._differentiate(x, between, g_x, g_weights, d, low, groups)
        else:
            n_chunks = min(_CHUNKS, 1 + d // (2 * self.p))
            width = self._width(d, dtype, in_rows, self.n, 1 << 23, n_chunks)
            chunk = -(-d // (n_chunks * width)) * width
            totals = np.zeros((-(-d // chunk), self.packed.size), dtype)
            self._differentiate(x, g, g_x, totals, chunk, self.passes)
            g_weights = totals.sum(axis=0)
        return g_x, g_weights.reshape(-1)

    def _linear(self, x: Array, n_results: int, adjoint: bool) -> Array:
        """Product or adjoint, of the memory order of x; what is not as the kernels want it is
        converted by blocks."""
        dtype = np.result_type(self.packed, x)
        d = x.shape[1]
        in_rows = _is_in_rows(x)
        y = _empty(n_results, d, dtype, in_rows)
        if self.p == 0 or d == 0:
            y[...] = x[:1]
        elif dtype.kind == "c" or x.dtype != dtype or not (in_rows or x.flags.c_contiguous):
            real = dtype.type(0).real.dtype
            width = max(256, d // 16)
            for some in (slice(column, column + width) for column in range(0, d, width)):
                y[:, some] = self._linear(
                    np.ascontiguousarray(x[:, some], dtype).view(real), n_results, adjoint
                ).view(dtype)
        else:
            self._multiply(x, y, adjoint, self.passes)
        return y

    def _in_groups(self, x: Array) -> bool:
        """Whether to make all but the last pass in groups of consecutive rows, which fit in the
        cache."""
        return self.natural and self.n > 1024 and x.flags.c_contiguous and len(x) == self.n

    def _multiply(self, x: Array, y: Array, adjoint: bool, passes: Passes, groups: int = 1) -> None:
        n, (m, d), in_rows = self.n // groups, x.shape, _is_in_rows(x)
        width = self._width(d, x.dtype, in_rows, self.inner, 1 << 22, n_threads())
        pitch = width + VECTOR_BYTES // x.itemsize
        moved = in_rows or m < (m if adjoint else self.n)
        size = (n if moved else self.inner) * pitch
        n_rooms = 1 if self.natural else min(2, len(passes) - 1 + moved + in_rows)
        arguments = (
            _flat(x), in_rows, m, _flat(y), in_rows, len(y), d, width, adjoint,
            self.packed.astype(x.dtype, copy=False), groups, n, passes, self.natural, size,
        )  # fmt: skip

        def run(first: int, stop: int) -> None:
            products(*arguments, room(MOST_ROWS * pitch + n_rooms * size, x.dtype), first, stop)

        in_parallel(run, groups * -(-d // width), 3 * self.n * self.p * d)

    def _differentiate(
        self,
        x: Array,
        g: Array,
        g_x: Array,
        totals: Array,
        chunk: int,
        passes: Passes,
        groups: int = 1,
    ) -> None:
        n, (m, d), in_rows, g_in_rows = self.n // groups, x.shape, _is_in_rows(x), _is_in_rows(g)
        width = self._width(chunk, x.dtype, in_rows, n, 1 << 23, 1)
        pitch = width + VECTOR_BYTES // x.itemsize
        moved = in_rows or m < self.n
        size = (n if self.natural or moved or g_in_rows else self.inner) * pitch
        n_rooms = (
            len(passes) - 1 + (in_rows or g_x.size == 0 or g_in_rows if self.natural else 2) + moved
        )
        before = (
            _flat(x), in_rows, m, _flat(g), g_in_rows, len(g), _flat(g_x), in_rows, d, chunk, width,
            self.packed.astype(x.dtype, copy=False), groups, n,
        )  # fmt: skip
        after = (self.natural, size, totals)
        space = (ROOMS_OF_A_PASS * MOST_ROWS + 1) * pitch + n_rooms * size

        def tasks(first: int, stop: int) -> None:
            gradients(*before, passes, *after, room(space, x.dtype), first, stop)

        def residues(first: int, stop: int) -> None:
            gradients(*before, (passes[0].part(first, stop),), *after, room(space, x.dtype), 0, 1)

        work = 12 * self.n * self.p * d
        if self.natural and len(passes) == groups == len(totals) == 1 and not g_in_rows:
            in_parallel(residues, passes[0].residues.size, work)
        else:
            in_parallel(tasks, groups * len(totals), work)

    def _width(self, d: int, dtype: Any, in_rows: bool, rows: int, cache: int, parts: int) -> int:
        """Columns of a block, whole vectors: at least ``parts`` blocks, and ``rows`` rows in
        ``cache`` bytes.

        Where rows are far apart in memory, much must be read of each at a time. Columns that lie
        one after the other are few enough for the second level of the cache; if that would be one
        line, many, for the third.
        """
        lanes = VECTOR_BYTES // dtype.itemsize
        fit = (1 << 13) // self.n
        lines = (
            min(8, fit if fit > 1 else 8)
            if in_rows
            else min(32, max(4, cache // (max(1, rows) * VECTOR_BYTES)))
        )
        return min(lines, -(-d // (parts * lanes))) * lanes


def _is_in_rows(x: Array) -> bool:
    """Whether the columns of x lie one after the other in memory."""
    return x.flags.f_contiguous and not x.flags.c_contiguous


def _empty(n: int, d: int, dtype: Any, in_rows: bool) -> Array:
    return np.empty((d, n), dtype).T if in_rows else np.empty((n, d), dtype)


def _ready(x: Array, dtype: Any) -> Array:
    """x as the kernels want it: of the dtype, and without gaps."""
    return (
        x
        if x.dtype == dtype and (x.flags.c_contiguous or x.flags.f_contiguous)
        else np.ascontiguousarray(x, dtype)
    )


def _flat(x: Array) -> Array:
    return flat(x.T if _is_in_rows(x) else x)
