"""Products with butterfly networks of complex weights, in blocks of columns that fit in the cache.

A row of complex numbers is a row of twice as many real ones, in which the parts of one number are
neighbours. A codelet makes two layers at once on four such rows.
"""

from __future__ import annotations

import numpy as np

from fjlt.kernels import codelets
from fjlt.kernels.simd import VECTOR_BYTES, compiled, flat, inlined, rows_at
from fjlt.kernels.threads import in_parallel, workspace
from fjlt.types import Array, IndexArray

__all__ = ["ComplexExecutor", "apply_layers"]

_, _c1, _c2 = codelets.complex_forward

_BLOCK_BYTES = 1 << 20
"""Bytes of a block of columns, about; heuristic."""


_GROUP_BYTES = 1 << 19
"""Bytes of a group of rows of a block, about; heuristic."""


@inlined
def _some_layers(z, start, pitch, width, n, weights, bits, layers, rows):  # type: ignore[no-untyped-def]
    """Layers t, …, stop - 1 on rows first, first + step, …, of ``width`` numbers, in place."""
    t, stop = layers
    first, step, count = rows
    while t < stop:
        s = 1 << bits[t]
        two = t + 1 < stop and bits[t + 1] == bits[t] + 1
        at_once = 2 if two else 1
        apart = s // step
        for group in range(0, count, apart << at_once):
            for r in range(group, group + apart):
                j = first + r * step
                four = rows_at(z, start + j * pitch, s * pitch)
                k = (4 * (t * n + j), 4 * n, 4 * s)
                if two:
                    _c2(four, four, four, width, weights, k, weights)
                else:
                    _c1(four, four, four, width, weights, k, weights)
        t += at_once


@inlined
def _layers(z, start, pitch, width, n, weights, bits):  # type: ignore[no-untyped-def]
    """Layers of the given bits on n rows of ``width`` numbers, in place; the first at ``start``.

    The layers that join near rows are made in groups of consecutive rows, which fit in the cache,
    the others in groups of rows at equal distances.
    """
    near = n
    while near > 1 and near * width * z.itemsize > _GROUP_BYTES:
        near >>= 1
    t = 0
    while t < bits.size:
        is_near = (1 << bits[t]) < near
        stop = t
        while stop < bits.size and ((1 << bits[stop]) < near) == is_near:
            stop += 1
        if is_near:
            for first in range(0, n, near):
                rows = (first, 1, near)
                _some_layers(z, start, pitch, width, n, weights, bits, (t, stop), rows)
        else:
            for first in range(near):
                rows = (first, near, n // near)
                _some_layers(z, start, pitch, width, n, weights, bits, (t, stop), rows)
        t = stop


@compiled
def _in_rows(y, weights, bits, shape, first, stop):  # type: ignore[no-untyped-def]
    """Layers on blocks of columns of y, of n rows of d numbers, in place."""
    n, d, width = shape
    for block in range(first, stop):
        start = block * width
        _layers(y, start, d, min(width, d - start), n, weights, bits)


@compiled
def _in_columns(x, y, weights, bits, inputs, outputs, shape, space, first, stop):  # type: ignore[no-untyped-def]
    """Layers on blocks of vectors of x that lie one after the other; their outputs go to y.

    x is put in the rows ``inputs`` of ``space``, the others are zero.
    """
    n, d, width = shape
    m, l, pitch = inputs.size, outputs.size, space.size // n
    for block in range(first, stop):
        start = block * width
        vectors = min(width, d - start)
        space[:] = 0
        for c in range(vectors):
            for j in range(m):
                place = 2 * ((start + c) * m + j)
                space[inputs[j] * pitch + 2 * c] = x[place]
                space[inputs[j] * pitch + 2 * c + 1] = x[place + 1]
        _layers(space, 0, pitch, 2 * vectors, n, weights, bits)
        for c in range(vectors):
            for j in range(l):
                place = 2 * ((start + c) * l + j)
                y[place] = space[outputs[j] * pitch + 2 * c]
                y[place + 1] = space[outputs[j] * pitch + 2 * c + 1]


def apply_layers(
    weights: Array, bits: IndexArray, x: Array, inputs: IndexArray, outputs: IndexArray
) -> Array:
    """Layers of the given bits, one after the other, in the memory order of x.

    Parameters
    ----------
    weights : ndarray, shape (layers, n, 2)
    bits : ndarray of int, shape (layers,)
        Layer t joins the rows j and j + 2^bits[t].
    x : ndarray, shape (m, d)
    inputs, outputs : ndarray of int, shapes (m,) and (l,)
        The rows in which x is put, the others are zero, and those that are kept.

    Returns
    -------
    ndarray, shape (l, d)

    Notes
    -----
    Cost: 14·n·d flops a layer. If rows of x lie one after the other, the whole network is made in
    one array of n rows.
    """
    dtype = np.result_type(weights, x)
    real, d, n = dtype.type(0).real.dtype, x.shape[1], weights.shape[1]
    packed = np.ascontiguousarray(weights, dtype).reshape(-1).view(real)
    length = VECTOR_BYTES // real.itemsize
    lines = max(1, _BLOCK_BYTES // (n * VECTOR_BYTES))
    work = 14 * n * (len(bits) + 1) * d
    if x.flags.f_contiguous and not x.flags.c_contiguous:
        y = np.empty((d, len(outputs)), dtype)
        width = min(lines, -(-2 * d // length)) * length // 2
        places, shape = (inputs, outputs), (n, d, width)
        source, target = flat(np.asarray(x, dtype).T).view(real), y.reshape(-1).view(real)

        def run(first: int, stop: int) -> None:
            # rows at distances that are powers of 2 would share places in the cache
            space = workspace(n * (2 * width + length), real)
            _in_columns(source, target, packed, bits, *places, shape, space, first, stop)

        in_parallel(run, -(-d // width), work)
        return y.T
    y = np.zeros((n, d), dtype)
    y[inputs] = x
    width = min(max(lines, 8), 32) * length
    arguments = (y.reshape(-1).view(real), packed, bits, (n, 2 * d, width))
    in_parallel(_in_rows, -(-2 * d // width), work, *arguments)
    return y if len(outputs) == n and (outputs == np.arange(n)).all() else y[outputs]


class ComplexExecutor:
    """``ButterflyExecutor`` for complex weights; it makes every layer in full."""

    def __init__(self, weights: Array, outputs: Array) -> None:
        self.weights, self.outputs = weights, outputs
        self.p, self.n, _ = weights.shape

    def product(self, x: Array) -> Array:
        """Kept outputs for the columns of x, shape (m, d), m <= n; the other inputs are zero."""
        return apply_layers(self.weights, np.arange(self.p), x, np.arange(len(x)), self.outputs)

    def adjoint(self, g: Array) -> Array:
        """The conjugate transpose of ``product``, shape (n, d)."""
        # (L_{p-1} ⋯ L_0)ᴴ = L_0ᴴ ⋯ L_{p-1}ᴴ
        bits = np.arange(self.p)[::-1]
        adjoints = np.array(
            [_adjoint_layer(self.weights[i], i) for i in bits], self.weights.dtype
        ).reshape(self.weights.shape)
        return apply_layers(adjoints, bits, g, self.outputs, np.arange(self.n))

    def gradient(self, x: Array, g: Array, in_x: bool = True) -> tuple[Array, Array]:
        """Gradients of Re<g, product(x)> in x and in the weights.

        Keeps the inputs of all layers.
        """
        every = np.arange(self.n)

        def layer(weights: Array, i: int, rows: Array) -> Array:
            return apply_layers(weights[None], np.array([i]), rows, every, every)

        inputs = [apply_layers(self.weights[:0], every[:0], x, np.arange(len(x)), every)]
        for i in range(self.p - 1):
            inputs.append(layer(self.weights[i], i, inputs[-1]))
        g = apply_layers(self.weights[:0], every[:0], g, self.outputs, every)
        gradient = np.empty(self.weights.shape, g.dtype)
        for i in reversed(range(self.p)):
            # Output j of the layer is linear in its two weights, with factors x[j] and x[j ^ 2^i]:
            # the gradient of Re<g, y> in a weight is the conjugate factor times g[j].
            conjugates = inputs.pop().conj()
            gradient[i, :, 0] = np.einsum("jd,jd->j", conjugates, g)
            gradient[i, :, 1] = np.einsum("jd,jd->j", conjugates[every ^ (1 << i)], g)
            # The gradient at the input is Lᴴg.
            g = layer(_adjoint_layer(self.weights[i], i), i, g)
        return g, gradient


def _adjoint_layer(layer_weights: Array, i: int) -> Array:
    """Weights of the conjugate transpose of the layer of bit i, which joins the same pairs."""
    partner = np.arange(len(layer_weights)) ^ (1 << i)
    return np.stack([layer_weights[:, 0], layer_weights[partner, 1]], axis=1).conj()
