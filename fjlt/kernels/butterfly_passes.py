"""One pass of a butterfly network over some columns, compiled: forward, adjoint and gradient.

A pass (see ``pass_plan``) takes 2^r rows at a time through its r layers. It does so in steps of a
few layers, each made in registers; between the steps the rows are in a buffer in the cache.
"""

from __future__ import annotations

from typing import NamedTuple

from fjlt.kernels import codelets
from fjlt.kernels.pass_plan import MAX_LAYERS
from fjlt.kernels.simd import inlined, rows_at
from fjlt.types import Array

__all__ = ["MAX_ROWS", "Layers", "Rows", "adjoint_pass", "copy", "forward_pass", "gradient_pass"]

_f1, _f2, _f3 = codelets.forward[1:]
_a1, _a2, _a3 = codelets.adjoint[1:]
_g1, _g2 = codelets.gradient[1:]

MAX_ROWS = 1 << MAX_LAYERS
"""Rows that a pass takes at a time, at most."""


class Rows(NamedTuple):
    """Rows of a flat array; row i begins at ``flat[start + i * step]``."""

    flat: Array
    start: int
    step: int


class Layers(NamedTuple):
    """The weights of a group of rows.

    A network of ``size`` rows without its last passes falls into groups of n consecutive rows, each
    a network of its own.

    Attributes
    ----------
    weights : ndarray, shape (2·p·size,)
        Of all groups, in the order of ``pass_plan.packed``.
    size, n : int
        Rows of the network, and of a group.
    group : int
        Number of the group.
    natural_order : bool
        Whether all outputs are kept, so that row j is node j from pass to pass.
    """

    weights: Array
    size: int
    n: int
    group: int
    natural_order: bool


class _Butterfly(NamedTuple):
    """Where a butterfly of a pass lies.

    Its row t is row source + t·source_step of the input, and target + t·target_step of the output.
    Its weights begin at entry ``weights``.
    """

    source: int
    source_step: int
    target: int
    target_step: int
    weights: int


@inlined
def _forward(b, source, target, width, weights, k):  # type: ignore[no-untyped-def]
    if b == 1:
        _f1(source, source, target, width, weights, k, weights)
    elif b == 2:
        _f2(source, source, target, width, weights, k, weights)
    else:
        _f3(source, source, target, width, weights, k, weights)


@inlined
def _adjoint(b, source, target, width, weights, k):  # type: ignore[no-untyped-def]
    if b == 1:
        _a1(source, source, target, width, weights, k, weights)
    elif b == 2:
        _a2(source, source, target, width, weights, k, weights)
    else:
        _a3(source, source, target, width, weights, k, weights)


@inlined
def _gradient(b, source, given, target, width, weights, k, total):  # type: ignore[no-untyped-def]
    if b == 1:
        _g1(source, given, target, width, weights, k, total)
    else:
        _g2(source, given, target, width, weights, k, total)


@inlined
def copy(source, start, target, place, n):  # type: ignore[no-untyped-def]
    """Copy ``source[start:start + n]`` to ``target[place:place + n]``."""
    for i in range(n):
        target[place + i] = source[start + i]


@inlined
def _gather(z, buffer, width, target, c):  # type: ignore[no-untyped-def]
    """Copy the outputs of a butterfly from the rows of z to the buffer; zero if not needed."""
    for t in range(target.shape[1]):
        place = buffer.start + t * buffer.step
        if target[c, t] >= 0:
            copy(z.flat, z.start + target[c, t] * z.step, buffer.flat, place, width)
        else:
            for i in range(place, place + width):
                buffer.flat[i] = 0


@inlined
def _scatter(buffer, z, width, target, c):  # type: ignore[no-untyped-def]
    """Copy the needed outputs of a butterfly from the buffer to the rows of z."""
    for t in range(target.shape[1]):
        if target[c, t] >= 0:
            place = z.start + target[c, t] * z.step
            copy(buffer.flat, buffer.start + t * buffer.step, z.flat, place, width)


@inlined
def _layers_of_step(left, max_layers):  # type: ignore[no-untyped-def]
    """Layers of the next step, if ``left`` layers go in as few and as equal steps as possible.

    A step has at most ``max_layers`` layers.
    """
    return -(-left // -(-left // max_layers))


@inlined
def _butterfly(layers, step, c, h):  # type: ignore[no-untyped-def]
    """Butterfly number h of residue number c of a pass."""
    q = layers.n >> (step.first + step.layers)
    residue = step.residues[c]
    number = residue * (layers.size >> (step.first + step.layers)) + layers.group * q + h
    weights = 2 * (layers.size * step.first + (number * step.layers << step.layers))
    if layers.natural_order:
        node = residue + (h << (step.first + step.layers))
        return _Butterfly(node, 1 << step.first, node, 1 << step.first, weights)
    # Rows are sorted by residue before the pass, and by the longer residue after it.
    return _Butterfly((c * q + h) << step.layers, 1, c * q + h, q << step.first, weights)


@inlined
def _first_row(group, a, b):  # type: ignore[no-untyped-def]
    """First of the rows that layers a, …, a + b - 1 of a butterfly join in group number ``group``.

    The rows of a group agree in all other bits: b zeros are inserted at bit a of the number.
    """
    return (group >> a << (a + b)) + (group & ((1 << a) - 1))


@inlined
def _coefficients(start, layers, a, row):  # type: ignore[no-untyped-def]
    """Where a codelet on every 2^a-th row, from ``row`` on, finds the weights of layers from a on.

    The weights of the butterfly begin at ``start``, layer by layer, two for each row.
    """
    return start + 2 * ((a << layers) + row), 2 << layers, 2 << a


@inlined
def forward_pass(x, z, width, layers, step, buffer):  # type: ignore[no-untyped-def]
    """One pass, from the rows x to the rows z; in natural order these may be the same.

    Parameters
    ----------
    x, z : Rows
    width : int
        Columns.
    layers : Layers
    step : pass_plan.Pass
    buffer : Rows
        Room for MAX_ROWS rows.
    """
    q = layers.n >> (step.first + step.layers)
    weights, used, pitch = layers.weights, step.used, buffer.step
    x_flat, z_flat, buffer_flat = x.flat, z.flat, buffer.flat
    for c in range(step.residues.size):
        for h in range(q):
            butterfly = _butterfly(layers, step, c, h)
            x_start, x_step = x.start + butterfly.source * x.step, butterfly.source_step * x.step
            z_start, z_step = z.start + butterfly.target * z.step, butterfly.target_step * z.step
            # The first step reads x, the last writes z, the buffer holds what is between.
            a = 0
            while a < step.layers:
                b = _layers_of_step(step.layers - a, 3)
                for group in range(1 << (step.layers - b)):
                    if used[c, a, group & ((1 << a) - 1)]:
                        row = _first_row(group, a, b)
                        source = target = rows_at(
                            buffer_flat, buffer.start + row * pitch, pitch << a
                        )
                        if a == 0:
                            source = rows_at(x_flat, x_start + row * x_step, x_step)
                        if a + b == step.layers and step.complete:
                            target = rows_at(z_flat, z_start + row * z_step, z_step << a)
                        k = _coefficients(butterfly.weights, step.layers, a, row)
                        _forward(b, source, target, width, weights, k)
                a += b
            # Where some outputs are dropped, the others go from the buffer to their places.
            if not step.complete:
                outputs = Rows(z_flat, z.start + h * z.step, q * z.step)
                _scatter(buffer, outputs, width, step.target, c)


@inlined
def adjoint_pass(z, x, width, layers, step, buffer):  # type: ignore[no-untyped-def]
    """The transpose of ``forward_pass``, from z to x."""
    q = layers.n >> (step.first + step.layers)
    weights, used, pitch = layers.weights, step.used, buffer.step
    x_flat, z_flat, buffer_flat = x.flat, z.flat, buffer.flat
    for c in range(step.residues.size):
        for h in range(q):
            butterfly = _butterfly(layers, step, c, h)
            x_start, x_step = x.start + butterfly.source * x.step, butterfly.source_step * x.step
            z_start, z_step = z.start + butterfly.target * z.step, butterfly.target_step * z.step
            # The transpose of dropping outputs is to put zeros in their places.
            if not step.complete:
                outputs = Rows(z_flat, z.start + h * z.step, q * z.step)
                _gather(outputs, buffer, width, step.target, c)
            # The steps of the forward pass, in reverse order.
            stop = step.layers
            while stop > 0:
                b = _layers_of_step(stop, 3)
                a = stop - b
                for group in range(1 << (step.layers - b)):
                    if used[c, a, group & ((1 << a) - 1)]:
                        row = _first_row(group, a, b)
                        source = target = rows_at(
                            buffer_flat, buffer.start + row * pitch, pitch << a
                        )
                        if a == 0:
                            target = rows_at(x_flat, x_start + row * x_step, x_step)
                        if stop == step.layers and step.complete:
                            source = rows_at(z_flat, z_start + row * z_step, z_step << a)
                        k = _coefficients(butterfly.weights, step.layers, a, row)
                        _adjoint(b, source, target, width, weights, k)
                stop = a


@inlined
def gradient_pass(x, g, y, total, width, layers, step, buffer):  # type: ignore[no-untyped-def]
    """Gradients of a pass with input x, from the gradient g at its output.

    Parameters
    ----------
    x, g : Rows
    y : Rows
        Where the gradient at the input goes; in natural order it may be g, or x.
    total : ndarray
        The gradient in the weights is added to it, in the order of ``pass_plan.packed``.
    width, layers, step
        As for ``forward_pass``.
    buffer : Rows
        Room for the gradient between steps, then for the inputs of all steps but the first.
    """
    q = layers.n >> (step.first + step.layers)
    weights, used, pitch = layers.weights, step.used, buffer.step
    x_flat, y_flat, g_flat = x.flat, y.flat, g.flat
    buffer_flat, inputs, size = buffer.flat, buffer.start + MAX_ROWS * pitch, pitch << step.layers
    for c in range(step.residues.size):
        for h in range(q):
            butterfly = _butterfly(layers, step, c, h)
            x_start, x_step = x.start + butterfly.source * x.step, butterfly.source_step * x.step
            y_start, y_step = y.start + butterfly.source * y.step, butterfly.source_step * y.step
            g_start, g_step = g.start + butterfly.target * g.step, butterfly.target_step * g.step
            if not step.complete:
                outputs = Rows(g_flat, g.start + h * g.step, q * g.step)
                _gather(outputs, buffer, width, step.target, c)
            # Forwards, two layers a step, to the input of the last step.
            for a in range(0, step.layers - 2, 2):
                for group in range(1 << (step.layers - 2)):
                    if used[c, a, group & ((1 << a) - 1)]:
                        row = _first_row(group, a, 2)
                        start = inputs + (a // 2 - 1) * size + row * pitch
                        source = rows_at(buffer_flat, start, pitch << a)
                        if a == 0:
                            source = rows_at(x_flat, x_start + row * x_step, x_step)
                        target = rows_at(buffer_flat, start + size, pitch << a)
                        k = _coefficients(butterfly.weights, step.layers, a, row)
                        _forward(2, source, target, width, weights, k)
            # Backwards, from the gradient at the output of each step to that at its input.
            for i in range((step.layers + 1) // 2):
                a = (step.layers - 1) // 2 * 2 - 2 * i
                b = min(2, step.layers - a)
                for group in range(1 << (step.layers - b)):
                    if used[c, a, group & ((1 << a) - 1)]:
                        row = _first_row(group, a, b)
                        start = inputs + (a // 2 - 1) * size + row * pitch
                        source = rows_at(buffer_flat, start, pitch << a)
                        given = target = rows_at(
                            buffer_flat, buffer.start + row * pitch, pitch << a
                        )
                        if a == 0:
                            source = rows_at(x_flat, x_start + row * x_step, x_step)
                            target = rows_at(y_flat, y_start + row * y_step, y_step)
                        if i == 0 and step.complete:
                            given = rows_at(g_flat, g_start + row * g_step, g_step << a)
                        k = _coefficients(butterfly.weights, step.layers, a, row)
                        _gradient(b, source, given, target, width, weights, k, total)
