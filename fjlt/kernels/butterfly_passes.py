"""One pass of a butterfly network over some columns, compiled: forward, adjoint and gradient.

A pass (see ``pruning``) takes 2^r rows at a time through its r layers, in steps of a few layers in
registers; between the steps, in a room in the cache. x_step is the distance of the rows of the flat
array x. The weights are in the order of ``pruning.packed``. The n rows are those of group t of a
network of ``full`` rows, whose last passes are not made.
"""

from __future__ import annotations

from fjlt.kernels import codelets as programs
from fjlt.kernels.pass_plan import MOST_LAYERS
from fjlt.kernels.simd import compiled, rows_at

__all__ = ["MOST_ROWS", "adjoint_pass", "copy", "forward_pass", "gradient_pass"]

_f1, _f2, _f3 = programs.forward[1:]
_a1, _a2, _a3 = programs.adjoint[1:]
_g1, _g2 = programs.gradient[1:]
MOST_ROWS = 1 << MOST_LAYERS  # that a pass takes at a time


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
def _gradient(b, source, given, target, width, weights, k, total):  # type: ignore[no-untyped-def]
    if b == 1:
        _g1(source, given, target, width, weights, k, total)
    else:
        _g2(source, given, target, width, weights, k, total)


@compiled
def copy(source, start, target, place, n):  # type: ignore[no-untyped-def]
    """n numbers from one place to another."""
    for i in range(n):
        target[place + i] = source[start + i]


@compiled
def _gather(z, z_step, room, pitch, width, target):  # type: ignore[no-untyped-def]
    """The outputs of a butterfly, wherever they are in z; 0 for those that nothing needs."""
    for t in range(target.size):
        if target[t] >= 0:
            copy(z, target[t] * z_step, room, t * pitch, width)
        else:
            room[t * pitch : t * pitch + width] = 0


@compiled
def _scatter(room, pitch, z, z_step, width, target):  # type: ignore[no-untyped-def]
    """The outputs of a butterfly to where z has them."""
    for t in range(target.size):
        if target[t] >= 0:
            copy(room, t * pitch, z, target[t] * z_step, width)


@compiled
def _layers_at_once(left, most):  # type: ignore[no-untyped-def]
    """Layers of a step, if ``left`` layers are made in as few and as equal steps as possible."""
    return -(-left // -(-left // most))


@compiled
def _place(step, full, t, n, natural, c, h, a, b, group):  # type: ignore[no-untyped-def]
    """Where butterflies of layers a to a + b of a pass are.

    First row in the room; place of the coefficients; first row, and step from row to row, in the
    input and the output.
    """
    q = n >> (step.first + step.layers)
    row = (group >> a << (a + b)) + (group & ((1 << a) - 1))
    butterfly = step.residues[c] * (full >> (step.first + step.layers)) + t * q + h
    k0 = 2 * full * step.first + (((butterfly * step.layers + a) << step.layers) + row) * 2
    k = (k0, 2 << step.layers, 2 << a)
    if natural:
        node = step.residues[c] + (((h << step.layers) + row) << step.first)
        return row, k, node, 1 << step.first << a, node, 1 << step.first << a
    return (
        row,
        k,
        ((c * q + h) << step.layers) + row,
        1 << a,
        (c + (row << step.first)) * q + h,
        q << step.first << a,
    )


@compiled
def forward_pass(x, x_step, z, z_step, width, weights, full, t, n, step, natural, room, pitch):  # type: ignore[no-untyped-def]
    """One pass, from the rows of x to those of z; these may be the same if they are in natural
    order."""
    q = n >> (step.first + step.layers)
    for c in range(step.residues.size):
        for h in range(q):
            a = 0
            while a < step.layers:
                b = _layers_at_once(step.layers - a, 3)
                for group in range(1 << (step.layers - b)):
                    if step.used[c, a, group & ((1 << a) - 1)]:
                        row, k, x_row, x_unit, z_row, z_unit = _place(
                            step, full, t, n, natural, c, h, a, b, group
                        )
                        source = target = rows_at(room, row * pitch, pitch << a)
                        if a == 0:
                            source = rows_at(x, x_row * x_step, x_unit * x_step)
                        if a + b == step.layers and step.whole:
                            target = rows_at(z, z_row * z_step, z_unit * z_step)
                        _forward(b, source, target, width, weights, k)
                a += b
            if not step.whole:
                _scatter(room, pitch, z[h * z_step :], q * z_step, width, step.target[c])


@compiled
def adjoint_pass(z, z_step, x, x_step, width, weights, full, t, n, step, natural, room, pitch):  # type: ignore[no-untyped-def]
    """The transpose of ``forward_pass``, from z to x."""
    q = n >> (step.first + step.layers)
    for c in range(step.residues.size):
        for h in range(q):
            if not step.whole:
                _gather(z[h * z_step :], q * z_step, room, pitch, width, step.target[c])
            stop = step.layers
            while stop > 0:
                b = _layers_at_once(stop, 3)
                a = stop - b
                for group in range(1 << (step.layers - b)):
                    if step.used[c, a, group & ((1 << a) - 1)]:
                        row, k, x_row, x_unit, z_row, z_unit = _place(
                            step, full, t, n, natural, c, h, a, b, group
                        )
                        source = target = rows_at(room, row * pitch, pitch << a)
                        if a == 0:
                            target = rows_at(x, x_row * x_step, x_unit * x_step)
                        if stop == step.layers and step.whole:
                            source = rows_at(z, z_row * z_step, z_unit * z_step)
                        _adjoint(b, source, target, width, weights, k)
                stop = a


@compiled
def gradient_pass(  # type: ignore[no-untyped-def]
    x,
    x_step,
    g,
    g_step,
    y,
    y_step,
    total,
    width,
    weights,
    full,
    t,
    n,
    step,
    natural,
    room,
    inputs,
    pitch,
):
    """From the input x of a pass and the gradient g at its output: y at the input; in the weights,
    added to total.

    Steps of two layers: ``inputs`` holds what enters each but the first. y may be g, or x, if rows
    are in natural order.
    """
    q = n >> (step.first + step.layers)
    size = pitch << step.layers
    for c in range(step.residues.size):
        for h in range(q):
            if not step.whole:
                _gather(g[h * g_step :], q * g_step, room, pitch, width, step.target[c])
            for a in range(0, step.layers - 2, 2):
                for group in range(1 << (step.layers - 2)):
                    if step.used[c, a, group & ((1 << a) - 1)]:
                        row, k, x_row, x_unit, _, _ = _place(
                            step, full, t, n, natural, c, h, a, 2, group
                        )
                        source = rows_at(inputs, (a // 2 - 1) * size + row * pitch, pitch << a)
                        if a == 0:
                            source = rows_at(x, x_row * x_step, x_unit * x_step)
                        _forward(
                            2,
                            source,
                            rows_at(inputs, a // 2 * size + row * pitch, pitch << a),
                            width,
                            weights,
                            k,
                        )
            for i in range((step.layers + 1) // 2):
                a = (step.layers - 1) // 2 * 2 - 2 * i
                b = min(2, step.layers - a)
                for group in range(1 << (step.layers - b)):
                    if step.used[c, a, group & ((1 << a) - 1)]:
                        row, k, x_row, x_unit, z_row, z_unit = _place(
                            step, full, t, n, natural, c, h, a, b, group
                        )
                        source = rows_at(inputs, (a // 2 - 1) * size + row * pitch, pitch << a)
                        given = target = rows_at(room, row * pitch, pitch << a)
                        if a == 0:
                            source = rows_at(x, x_row * x_step, x_unit * x_step)
                            target = rows_at(y, x_row * y_step, x_unit * y_step)
                        if i == 0 and step.whole:
                            given = rows_at(g, z_row * g_step, z_unit * g_step)
                        _gradient(b, source, given, target, width, weights, k, total)
