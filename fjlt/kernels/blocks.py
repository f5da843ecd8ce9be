"""Products, adjoints and gradients of butterfly networks by blocks of columns, compiled.

A block goes through all the passes while it is in the cache. Where the columns of a matrix lie one
after the other in memory, as samples in rows do, a block is transposed on its way in and out.
"""

from __future__ import annotations

from fjlt.kernels import codelets as programs
from fjlt.kernels.butterfly_passes import MOST_ROWS, adjoint_pass, copy, forward_pass, gradient_pass
from fjlt.kernels.pass_plan import MOST_LAYERS
from fjlt.kernels.simd import VECTOR_BYTES, compiled, rows_at, to_a_line

__all__ = ["ROOMS_OF_A_PASS", "gradients", "products"]

ROOMS_OF_A_PASS = (
    1 + (MOST_LAYERS - 1) // 2
)  # for what is made, and for what enters each step but the first

_t8, _t16 = programs.transpose.values()


@compiled
def _transpose_one_by_one(x, x_step, y, y_step, i, i_stop, j, j_stop):  # type: ignore[no-untyped-def]
    for row in range(i, i_stop):
        for column in range(j, j_stop):
            y[row * y_step + column] = x[column * x_step + row]


@compiled
def _tile(x, x_step, y, y_step, i, j):  # type: ignore[no-untyped-def]
    here, there, k = (
        rows_at(x, j * x_step + i, x_step),
        rows_at(y, i * y_step + j, y_step),
        (0, 0, 0),
    )
    if x.itemsize == VECTOR_BYTES // 8:
        _t8(here, here, there, 8, x, k, x)
    else:
        _t16(here, here, there, 16, x, k, x)


@compiled
def _transpose(x, x_step, y, y_step, n, d):  # type: ignore[no-untyped-def]
    """y, shape (n, d), from x, shape (d, n), in tiles as wide as a vector, at the beginnings of
    lines.

    Eight tiles at a time along the rows that are farther apart, so that several lines of a row are
    used in turn.
    """
    tile = VECTOR_BYTES // x.itemsize
    i_first = (
        to_a_line(x) if n >= 64 * tile else 0
    )  # for fewer, the rest would take longer than is won
    j_first = to_a_line(y) if d >= 64 * tile else 0
    i_stop, j_stop = n - (n - i_first) % tile, d - (d - j_first) % tile
    _transpose_one_by_one(x, x_step, y, y_step, 0, n, 0, j_first)
    _transpose_one_by_one(x, x_step, y, y_step, 0, i_first, j_first, j_stop)
    if x_step > y_step:
        for part in range(i_first, i_stop, 8 * tile):
            for j in range(j_first, j_stop, tile):
                for i in range(part, min(part + 8 * tile, i_stop), tile):
                    _tile(x, x_step, y, y_step, i, j)
    else:
        for part in range(j_first, j_stop, 8 * tile):
            for i in range(i_first, i_stop, tile):
                for j in range(part, min(part + 8 * tile, j_stop), tile):
                    _tile(x, x_step, y, y_step, i, j)
    _transpose_one_by_one(x, x_step, y, y_step, i_stop, n, j_first, j_stop)
    _transpose_one_by_one(x, x_step, y, y_step, 0, n, j_stop, d)


@compiled
def _load(x, in_rows, m, d, column, width, room, pitch, n):  # type: ignore[no-untyped-def]
    """Some columns of x, shape (m, d), and zeros below."""
    if in_rows:
        _transpose(x[column * m :], m, room, pitch, m, width)
    else:
        for j in range(m):
            copy(x, j * d + column, room, j * pitch, width)
    room[m * pitch : n * pitch] = 0


@compiled
def _either_pass(  # type: ignore[no-untyped-def]
    adjoint, x, x_step, z, z_step, width, weights, full, t, n, step, natural, room, pitch
):
    if adjoint:
        adjoint_pass(x, x_step, z, z_step, width, weights, full, t, n, step, natural, room, pitch)
    else:
        forward_pass(x, x_step, z, z_step, width, weights, full, t, n, step, natural, room, pitch)


@compiled
def products(  # type: ignore[no-untyped-def]
    x,
    x_rows,
    m,
    y,
    y_rows,
    l,
    d,
    width,
    adjoint,
    weights,
    groups,
    n,
    passes,
    natural,
    size,
    space,
    first,
    stop,
):
    """Blocks of ``width`` columns of the product y, shape (l, d), with x, shape (m, d), or with the
    adjoint.

    x_rows, y_rows: whether the columns lie one after the other in memory. Where m < n, rows of
    zeros are appended. natural: all outputs are kept, in order; then the passes go on in place.
    Then there may be several groups of n rows, each with a network of its own, for the same
    columns. space: a room for a pass, then the rooms between passes, ``size`` each.
    """
    pitch = width + VECTOR_BYTES // x.itemsize
    room, rooms = space[: MOST_ROWS * pitch], space[MOST_ROWS * pitch :]
    here, there = rooms[:size], rooms[rooms.size - size :]
    n_rows, blocks = m if adjoint else n, -(-d // width)
    for task in range(first, stop):
        column = task % blocks * width
        columns = min(width, d - column)
        t = task // blocks
        start = t * n * d + column
        source, source_step = x[start:], d
        if x_rows or m < n_rows:
            _load(x, x_rows, m, d, column, columns, here, pitch, n_rows)
            source, source_step = here, pitch
        for i in range(len(passes)):
            target, target_step = there, pitch
            if not y_rows and (natural or i == len(passes) - 1):
                target, target_step = y[start:], d
            step = passes[len(passes) - 1 - i if adjoint else i]
            _either_pass(
                adjoint, source, source_step, target, target_step,
                columns, weights, n * groups, t, n, step, natural, room, pitch,
            )  # fmt: skip
            here, there = there, here
            source, source_step = target, target_step
        if y_rows:
            _transpose(source, pitch, y[column * l :], l, columns, l)


@compiled
def gradients(  # type: ignore[no-untyped-def]
    x, x_rows, m, g, g_rows, l, y, y_rows, d, chunk, width, weights, groups, n, passes, natural, size, totals, space,
    first, stop,
):  # fmt: skip
    """For chunks of columns: gradient of <g, product with x> in x, to y, shape (n, d), and in the
    weights, to totals.

    y may be empty: then the gradient in x is not kept. Groups as in ``products``. Chunk number i
    adds to totals[i]; it goes by blocks of ``width`` columns, and keeps the inputs of all passes:
    the first rooms in ``space``, after ROOMS_OF_A_PASS for a pass, and one row. Then come rooms for
    gradients, one, or two where not ``natural``; last, one for x where it must be moved.
    """
    pitch = width + VECTOR_BYTES // x.itemsize
    small = MOST_ROWS * pitch
    after = ROOMS_OF_A_PASS * small
    room, inputs, nowhere = space[:small], space[small:after], space[after : after + pitch]
    rooms = space[after + pitch :]
    kept = len(passes) - 1
    here = rooms[kept * size : (kept + 1) * size]
    there = here if natural else rooms[(kept + 1) * size : (kept + 2) * size]
    for task in range(first, stop):
        i, t = task % len(totals), task // len(totals)
        for column in range(i * chunk, min(d, (i + 1) * chunk), width):
            columns = min(width, min(d, (i + 1) * chunk) - column)
            place = t * n * d + column
            source, source_step = x[place:], d
            if x_rows or m < n:
                source, source_step = rooms[rooms.size - size :], pitch
                _load(x, x_rows, m, d, column, columns, source, pitch, n)
            start, start_step = source, source_step
            for j in range(kept):
                target = rooms[j * size : (j + 1) * size]
                step = passes[j]
                forward_pass(
                    start, start_step, target, pitch,
                    columns, weights, n * groups, t, n, step, natural, room, pitch,
                )  # fmt: skip
                start, start_step = target, pitch
            given, given_step = g[place:], d
            if g_rows:
                _load(g, g_rows, l, d, column, columns, here, pitch, l)
                given, given_step = here, pitch
            for j in range(kept, -1, -1):
                start, start_step = (
                    (rooms[(j - 1) * size : j * size], pitch) if j > 0 else (source, source_step)
                )
                target, target_step = there, pitch
                if y.size == 0 and j == 0:
                    target, target_step = nowhere, 0
                elif y.size > 0 and not y_rows and (natural or j == 0):
                    target, target_step = y[place:], d
                gradient_pass(
                    start, start_step, given, given_step, target, target_step, totals[i],
                    columns, weights, n * groups, t, n, passes[j], natural, room, inputs, pitch,
                )  # fmt: skip
                here, there = there, here
                given, given_step = target, target_step
            if y_rows and y.size > 0:
                _transpose(given, pitch, y[column * n :], n, columns, n)
