"""Products with butterfly networks: the layers in passes, each pruned to what reaches a kept output.

After i layers, the value at node j can only reach outputs that agree with j in the lowest i bits, its residue. The
rows are sorted by residue: then a pass takes 2^r consecutive rows, does r layers on them in the cache, in one or two
steps, and hands on the residues that some kept output has.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from fjlt import programs
from fjlt.lanes import VECTOR_BYTES, compiled, flat
from fjlt.threads import in_parallel

__all__ = ["Network", "Pass", "plan"]

Array = NDArray[Any]

_BLOCK = 256
_AT_ONCE = 1 << 20

_f1, _f2, _f3 = programs.forward[1:]
_a1, _a2, _a3 = programs.adjoint[1:]
_g1, _g2, _g3 = programs.gradient[1:]
_t8, _t16 = programs.transpose.values()


class Pass(NamedTuple):
    """Layers first, …, first + low + high - 1: ``low`` of them in one step, then ``high`` in another.

    Row number c·q + h of the input, q = n >> first, is node residues[c] + (h << first). Output t of the butterfly on
    2^(low + high) consecutive rows of residue c goes to residue number target[c, t] of the next pass; -1: no kept
    output needs it. ``used[c, l]``: whether any t = l modulo 2^low is needed. ``whole``: all are, and in order.
    """

    first: int
    low: int
    high: int
    residues: Array
    target: Array
    used: Array
    whole: bool

    @property
    def layers(self) -> int:
        """How many layers."""
        return self.low + self.high


def plan(p: int, outputs: Array) -> list[Pass]:
    """The passes of a network of p layers, at most 6 each, 3 in a step, with these outputs in this order."""
    passes: list[Pass] = []
    n_passes = -(-p // 6)
    residues, first = np.zeros(1, np.int64), 0
    for i in range(n_passes):
        layers = (p + i) // n_passes
        done = first + layers
        kept = outputs if done == p else np.unique(outputs % (1 << done))
        where = np.full(1 << done, -1)
        where[kept] = np.arange(kept.size)
        nodes = residues[:, None] + (np.arange(1 << layers) << first)
        target = where[nodes]
        high = layers // 2 if layers > 3 else 0
        used: Any = (target >= 0).reshape(len(residues), 1 << high, -1).any(axis=1)
        whole = len(residues) == 1 << first and np.array_equal(target, nodes)
        passes.append(Pass(first, layers - high, high, residues, target, used, whole))
        residues, first = kept, done
    return passes


@compiled
def _forward(b, source, target, width, weights, k):  # type: ignore[no-untyped-def]
    if b == 1:
        _f1(source, source, target, width, weights, k, weights)
    elif b == 2:
        _f2(source, source, target, width, weights, k, weights)
    else:
        _f3(source, source, target, width, weights, k, weights)


@compiled
def _adjoint(b, source, target, width, weights, k):  # type: ignore[no-untyped-def]
    if b == 1:
        _a1(source, source, target, width, weights, k, weights)
    elif b == 2:
        _a2(source, source, target, width, weights, k, weights)
    else:
        _a3(source, source, target, width, weights, k, weights)


@compiled
def _gradient(b, source, g, target, width, weights, k, sum_to):  # type: ignore[no-untyped-def]
    if b == 1:
        _g1(source, g, target, width, weights, k, sum_to)
    elif b == 2:
        _g2(source, g, target, width, weights, k, sum_to)
    else:
        _g3(source, g, target, width, weights, k, sum_to)


@compiled
def _transpose(x, n, y, d, first, stop):  # type: ignore[no-untyped-def]
    """Columns tile·first, … of y, shape (n, d), from x, shape (d, n), both flat; a tile is as wide as a vector."""
    tile, k = VECTOR_BYTES // x.itemsize, (0, 0, 0)
    for j in range(tile * first, min(d, tile * stop), tile):
        whole = n - n % tile if j + tile <= d else 0
        for i in range(0, whole, tile):
            here, there = (x, j * n + i, n), (y, i * d + j, d)
            if tile == 8:
                _t8(here, here, there, tile, x, k, x)
            else:
                _t16(here, here, there, tile, x, k, x)
        for i in range(whole, n):
            for b in range(j, min(d, j + tile)):
                y[i * d + b] = x[b * n + i]


@compiled
def _copy(source, start, target, place, n):  # type: ignore[no-untyped-def]
    for i in range(n):
        target[place + i] = source[start + i]


@compiled
def _gather(z, z_step, column, columns, room, block, target):  # type: ignore[no-untyped-def]
    """The outputs of a butterfly, wherever they are in z; 0 for those that nothing needs."""
    for t in range(target.size):
        if target[t] >= 0:
            _copy(z, target[t] * z_step + column, room, t * block, columns)
        else:
            room[t * block : t * block + columns] = 0


@compiled
def _scatter(room, block, z, z_step, column, columns, target):  # type: ignore[no-untyped-def]
    """The outputs of a butterfly to where z has them."""
    for t in range(target.size):
        if target[t] >= 0:
            _copy(room, t * block, z, target[t] * z_step + column, columns)


@compiled
def forward_pass(x, x_step, z, z_step, width, weights, n, step, start, stop):  # type: ignore[no-untyped-def]
    """One pass of the rows x, flat, into z; task c·q + h is butterfly h of residue c."""
    first, low, high, residues, target, used, whole = step
    layer = 2 * n
    q = n >> (first + low + high)
    block = min(width, _BLOCK)
    room = np.empty(block << (low + high), x.dtype)
    for task in range(start, stop):
        c, h = task // q, task % q
        node = residues[c] + ((h << (low + high)) << first)
        for column in range(0, width, block):
            columns = min(block, width - column)
            for i in range(1 << high):
                rows = (x, ((task << high) + i << low) * x_step + column, x_step)
                k = (first * layer + 2 * (node + (i << low << first)), layer, 2 << first)
                if whole and high == 0:
                    to = (z, (c * q + h) * z_step + column, (z_step << first) * q)
                else:
                    to = (room, (i << low) * block, block)
                _forward(low, rows, to, columns, weights, k)
            for l in range(1 << low if high > 0 else 0):
                if used[c, l]:
                    rows = (room, l * block, block << low)
                    k = ((first + low) * layer + 2 * (node + (l << first)), layer, 2 << first << low)
                    if whole:
                        to = (z, ((c + (l << first)) * q + h) * z_step + column, (z_step << low << first) * q)
                    else:
                        to = rows
                    _forward(high, rows, to, columns, weights, k)
            if not whole:
                _scatter(room, block, z[h * z_step :], q * z_step, column, columns, target[c])


@compiled
def adjoint_pass(z, z_step, x, x_step, width, weights, n, step, start, stop):  # type: ignore[no-untyped-def]
    """The transpose of ``forward_pass``, from z to x."""
    first, low, high, residues, target, used, whole = step
    layer = 2 * n
    q = n >> (first + low + high)
    block = min(width, _BLOCK)
    room = np.empty(block << (low + high), x.dtype)
    for task in range(start, stop):
        c, h = task // q, task % q
        node = residues[c] + ((h << (low + high)) << first)
        for column in range(0, width, block):
            columns = min(block, width - column)
            if not whole:
                _gather(z[h * z_step :], q * z_step, column, columns, room, block, target[c])
            for l in range(1 << low if high > 0 else 0):
                if used[c, l]:
                    to = (room, l * block, block << low)
                    k = ((first + low) * layer + 2 * (node + (l << first)), layer, 2 << first << low)
                    if whole:
                        rows = (z, ((c + (l << first)) * q + h) * z_step + column, (z_step << low << first) * q)
                    else:
                        rows = to
                    _adjoint(high, rows, to, columns, weights, k)
            for i in range(1 << high):
                to = (x, ((task << high) + i << low) * x_step + column, x_step)
                k = (first * layer + 2 * (node + (i << low << first)), layer, 2 << first)
                if whole and high == 0:
                    rows = (z, (c * q + h) * z_step + column, (z_step << first) * q)
                else:
                    rows = (room, (i << low) * block, block)
                _adjoint(low, rows, to, columns, weights, k)


@compiled
def gradient_pass(x, x_step, g, g_step, y, y_step, total, width, weights, n, step, start, stop):  # type: ignore[no-untyped-def]
    """From the input x of a pass and the gradient g at its output: y at the input; in the weights, added to total."""
    first, low, high, residues, target, used, whole = step
    layer = 2 * n
    q = n >> (first + low + high)
    block = min(width, _BLOCK)
    middle = np.empty(block << (low + high), x.dtype)
    room = np.empty(block << (low + high), x.dtype)
    for task in range(start, stop):
        c, h = task // q, task % q
        node = residues[c] + ((h << (low + high)) << first)
        for column in range(0, width, block):
            columns = min(block, width - column)
            if not whole:
                _gather(g[h * g_step :], q * g_step, column, columns, room, block, target[c])
            for i in range(1 << high if high > 0 else 0):
                rows = (x, ((task << high) + i << low) * x_step + column, x_step)
                k = (first * layer + 2 * (node + (i << low << first)), layer, 2 << first)
                _forward(low, rows, (middle, (i << low) * block, block), columns, weights, k)
            for l in range(1 << low if high > 0 else 0):
                if used[c, l]:
                    rows = (middle, l * block, block << low)
                    to = (room, l * block, block << low)
                    given = to
                    if whole:
                        given = (g, ((c + (l << first)) * q + h) * g_step + column, (g_step << low << first) * q)
                    k = ((first + low) * layer + 2 * (node + (l << first)), layer, 2 << first << low)
                    _gradient(high, rows, given, to, columns, weights, k, total)
            for i in range(1 << high):
                row = (task << high) + i << low
                k = (first * layer + 2 * (node + (i << low << first)), layer, 2 << first)
                given = (room, (i << low) * block, block)
                if whole and high == 0:
                    given = (g, (c * q + h) * g_step + column, (g_step << first) * q)
                rows = (x, row * x_step + column, x_step)
                _gradient(low, rows, given, (y, row * y_step + column, y_step), columns, weights, k, total)


class Network:
    """Real butterfly weights and kept outputs, ready to be multiplied with.

    weights: shape (p, n, 2), C-contiguous; outputs: distinct, in the order of the rows of the products.
    """

    def __init__(self, weights: Array, outputs: Array) -> None:
        self.weights, self.outputs = weights, outputs
        self.p, self.n, _ = weights.shape
        self.passes = plan(self.p, outputs)

    def product(self, x: Array) -> Array:
        """Kept outputs of the network for the columns of x, shape (at most n, d); the inputs that lack are zero."""
        return _as_real(lambda a: self._by_columns(self._forward, a, self.n, len(self.outputs)), x)

    def adjoint(self, g: Array) -> Array:
        """The transpose of ``product``, shape (n, d)."""
        return _as_real(lambda a: self._by_columns(self._backward, a, len(self.outputs), self.n), g)

    def gradient(self, x: Array, g: Array) -> tuple[Array, Array]:
        """Gradients of Re<g, product(x)> in x, shape (n, d), and in the weights.

        Blocks of columns one after the other; keeps the inputs of the passes for one block.
        """
        dtype = np.result_type(self.weights, x, g)
        if dtype.kind == "c":
            real = dtype.type(0).real.dtype
            x, g = (np.ascontiguousarray(a, dtype).view(real) for a in (x, g))
            g_x, g_weights = self.gradient(x, g)
            return g_x.view(dtype), g_weights
        weights = np.ascontiguousarray(self.weights, dtype)
        d = x.shape[1]
        g_x, g_weights = np.empty((self.n, d), dtype), np.zeros_like(weights)
        if self.p == 0 or d == 0:
            g_x[...] = g[:1]
            return g_x, g_weights
        passes = self.passes
        block = min(d, max(_BLOCK, _AT_ONCE // self.n))
        inputs = [np.empty(self._n_rows(step) * block, dtype) for step in passes[1:]]
        spare = [np.empty_like(inputs[0]) for _ in inputs[:2]]

        def columns(a: Array, n_rows: int, some: slice) -> tuple[Array, int]:
            if _is_ready(a, n_rows, dtype):
                return flat(a)[some.start :], d
            return _rows(a[:, some], n_rows, dtype, shared=True), a[:, some].shape[1]

        for column in range(0, d, block):
            width = min(block, d - column)
            some = slice(column, column + width)
            chain = [columns(x, self.n, some), *((room, width) for room in inputs)]
            for step, source, target in zip(passes[:-1], chain[:-1], chain[1:], strict=True):
                self._run(forward_pass, step, weights, width, *source, *target)
            above = columns(g, len(self.outputs), some)
            for i in reversed(range(len(passes))):
                below = (spare[i % len(spare)], width) if i else (g_x.reshape(-1)[column:], d)
                self._run(gradient_pass, passes[i], weights, width, *chain[i], *above, *below, g_weights.reshape(-1))
                above = below
        return g_x, g_weights

    def _n_rows(self, step: Pass) -> int:
        """How many rows the input of a pass has."""
        return step.residues.size * (self.n >> step.first)

    def _by_columns(self, run: Any, x: Array, n_rows: int, n_results: int) -> Array:
        """Blocks of columns side by side, or, where these are few, the butterflies of each pass."""
        dtype = np.result_type(self.weights, x)
        weights = np.ascontiguousarray(self.weights, dtype)
        d = x.shape[1]
        y = np.empty((n_results, d), dtype)
        ready = _is_ready(x, n_rows, dtype)

        def blocks(width: int, side_by_side: bool, first: int, stop: int) -> None:
            for column in range(first * width, min(stop * width, d), width):
                columns = slice(column, column + width)
                size = min(width, d - column)
                source, step = (
                    (flat(x)[column:], d) if ready else (_rows(x[:, columns], n_rows, dtype, side_by_side), size)
                )
                run(weights, size, source, step, y.reshape(-1)[column:], d, side_by_side)

        width = max(64, min(_BLOCK, d // 16))
        if self.p == 0 or d == 0:
            y[...] = x[:1]
        elif d < 2 * width:
            blocks(d, True, 0, 1)
        else:
            in_parallel(blocks, -(-d // width), 3 * self.n * self.p * d, width, False)
        return y

    def _forward(self, weights: Array, width: int, x: Array, x_step: int, y: Array, y_step: int, shared: bool) -> None:
        for i, step in enumerate(self.passes):
            z, z_step = y, y_step
            if i + 1 < len(self.passes):
                after = self.passes[i + 1]
                z, z_step = np.empty(self._n_rows(after) * width, x.dtype), width
            self._run(forward_pass, step, weights, width, x, x_step, z, z_step, shared=shared)
            x, x_step = z, z_step

    def _backward(self, weights: Array, width: int, z: Array, z_step: int, y: Array, y_step: int, shared: bool) -> None:
        for step in reversed(self.passes):
            x, x_step = y, y_step
            if step.first > 0:
                x, x_step = np.empty(self._n_rows(step) * width, z.dtype), width
            self._run(adjoint_pass, step, weights, width, z, z_step, x, x_step, shared=shared)
            z, z_step = x, x_step

    def _run(self, kernel: Any, step: Pass, weights: Array, width: int, *arrays: Any, shared: bool = True) -> None:
        tasks = step.residues.size * (self.n >> step.first + step.layers)
        work = 3 * tasks * step.layers * width << step.layers
        arguments = (*arrays, width, flat(weights), self.n, step)
        if shared:
            in_parallel(kernel, tasks, work, *arguments)
        else:
            kernel(*arguments, 0, tasks)


def _as_real(linear: Any, x: Array) -> Array:
    """A real linear map of columns, applied to the real and imaginary parts where x is complex."""
    if np.isrealobj(x):
        return linear(x)
    y = linear(np.ascontiguousarray(x).view(x.real.dtype))
    return y.view(np.result_type(y, x.dtype))


def _is_ready(x: Array, n_rows: int, dtype: Any) -> bool:
    return len(x) == n_rows and x.dtype == dtype and x.flags.c_contiguous


def _rows(x: Array, n_rows: int, dtype: Any, shared: bool = False) -> Array:
    """The rows of x and zeros below, one after the other."""
    n, d = x.shape
    rows = np.empty((n_rows, d), dtype)
    rows[n:] = 0
    if x.dtype == dtype and x.flags.f_contiguous and d > 1:
        arguments = (flat(x.T), n, rows.reshape(-1), d)
        tiles = -(-d * x.itemsize // VECTOR_BYTES)
        if shared:
            in_parallel(_transpose, tiles, 10 * x.size, *arguments)
        else:
            _transpose(*arguments, 0, tiles)
    else:
        rows[:n] = x
    return rows.reshape(-1)
