"""Products, adjoints and gradients of butterfly networks by blocks of columns, compiled.

A block goes through all the passes while it is in the cache. In a matrix in column-major order, as
that of samples in rows, a block is transposed on its way in and out.

Callers pass the records below as plain tuples, which Numba recognises faster than named ones.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from fjlt.kernels import codelets
from fjlt.kernels.butterfly_passes import (
    MAX_ROWS,
    Layers,
    Rows,
    adjoint_pass,
    copy,
    forward_pass,
    gradient_pass,
)
from fjlt.kernels.pass_plan import MAX_LAYERS, Pass
from fjlt.kernels.simd import VECTOR_BYTES, compiled, inlined, offset_to_line, rows_at
from fjlt.types import Array

__all__ = ["BUFFERS_OF_A_PASS", "Blocks", "Gradient", "Matrix", "Network", "gradients", "products"]

BUFFERS_OF_A_PASS = 1 + (MAX_LAYERS - 1) // 2
"""For the gradient between two steps, and for the input of each step but the first."""

_t8, _t16 = codelets.transpose.values()


class Matrix(NamedTuple):
    """A matrix as a flat array: column after column if ``column_major``, else row after row."""

    flat: Array
    n_rows: int
    column_major: bool


class Network(NamedTuple):
    """Some passes of a butterfly network, for one or several groups of consecutive rows.

    Attributes
    ----------
    weights : ndarray
        In the order of ``pass_plan.packed``.
    passes : tuple of pass_plan.Pass
        The first ``n_passes`` count; more of them make tuples of one length, for which Numba
        compiles once.
    n_passes : int
    n, groups : int
        Rows of a group, and number of groups; there may be several only in natural order.
    natural_order : bool
        Whether all outputs are kept, in order; then passes work in place.
    """

    weights: Array
    passes: tuple[Pass, ...]
    n_passes: int
    n: int
    groups: int
    natural_order: bool


class Blocks(NamedTuple):
    """How the columns are cut into blocks.

    Attributes
    ----------
    n_columns : int
    chunk : int
        Columns over which a gradient in the weights is summed before the sums are added; a
        multiple of ``width``.
    width : int
        Columns of a block.
    buffer_size : int
        Numbers in a buffer between passes.
    """

    n_columns: int
    chunk: int
    width: int
    buffer_size: int


class Gradient(NamedTuple):
    """Where gradients go: in the input, empty if not wanted, and in the weights, a row a chunk."""

    in_input: Matrix
    in_weights: Array


@inlined
def _transpose_entries(x, x_start, x_step, y, y_start, y_step, i, i_stop, j, j_stop):  # type: ignore[no-untyped-def]
    """Rows i, …, i_stop - 1, columns j, …, j_stop - 1 of y, one by one."""
    for row in range(i, i_stop):
        for column in range(j, j_stop):
            y[y_start + row * y_step + column] = x[x_start + column * x_step + row]


@inlined
def _transpose_tile(x, x_start, x_step, y, y_start, y_step, i, j):  # type: ignore[no-untyped-def]
    """The square tile of y at row i, column j, as wide as a vector, in registers."""
    source = rows_at(x, x_start + j * x_step + i, x_step)
    target = rows_at(y, y_start + i * y_step + j, y_step)
    k = (0, 0, 0)
    if x.itemsize == VECTOR_BYTES // 8:
        _t8(source, source, target, 8, x, k, x)
    else:
        _t16(source, source, target, 16, x, k, x)


@compiled
def _transpose(x, x_start, x_step, y, y_start, y_step, n, d):  # type: ignore[no-untyped-def]
    """Transpose x, shape (d, n), to y, shape (n, d).

    The rows of x begin at entry ``x_start``, ``x_step`` numbers apart; those of y likewise. Works
    in square tiles as wide as a vector, which begin at cache lines.
    """
    tile = VECTOR_BYTES // x.itemsize
    # Where there are few tiles, the entries before the first would take longer than is won.
    i_first = (offset_to_line(x) - x_start) % tile if n >= 64 * tile else 0
    j_first = (offset_to_line(y) - y_start) % tile if d >= 64 * tile else 0
    i_stop, j_stop = n - (n - i_first) % tile, d - (d - j_first) % tile
    # The edges before the first tile, and after the last.
    for i, end, j, j_end in (
        (0, n, 0, j_first),
        (0, i_first, j_first, j_stop),
        (i_stop, n, j_first, j_stop),
        (0, n, j_stop, d),
    ):
        _transpose_entries(x, x_start, x_step, y, y_start, y_step, i, end, j, j_end)
    # Eight tiles at a time along the rows that are farther apart, so that several lines of a row
    # are used in turn.
    x_is_wider = x_step > y_step
    along, along_stop = (i_first, i_stop) if x_is_wider else (j_first, j_stop)
    across, across_stop = (j_first, j_stop) if x_is_wider else (i_first, i_stop)
    for part in range(along, along_stop, 8 * tile):
        for row in range(across, across_stop, tile):
            for column in range(part, min(part + 8 * tile, along_stop), tile):
                i, j = (column, row) if x_is_wider else (row, column)
                _transpose_tile(x, x_start, x_step, y, y_start, y_step, i, j)


@inlined
def _load(x, column_major, d, column, width, target, n):  # type: ignore[no-untyped-def]
    """Some columns of x, a matrix of d columns, to the rows ``target``, with zeros up to row n."""
    m, pitch = x.n_rows, target.step
    if column_major:
        _transpose(x.flat, column * m, m, target.flat, target.start, pitch, m, width)
    else:
        for j in range(m):
            copy(x.flat, j * d + column, target.flat, target.start + j * pitch, width)
    for i in range(target.start + m * pitch, target.start + n * pitch):
        target.flat[i] = 0


def _products(adjoint: bool, column_major: bool) -> Callable[..., None]:
    """A function of (x, y, network, blocks, workspace, first, stop), compiled on first call.

    It writes the blocks first, …, stop - 1 of the product of a network with x, or of its adjoint,
    to y.

    Parameters
    ----------
    adjoint, column_major : bool
        What they exclude is not compiled. x and y have one memory order.

    Notes
    -----
    The parameters of the function:

    x, y : Matrix
        If x has fewer rows than the network, the others are zero.
    network : Network
    blocks : Blocks
    workspace : ndarray
        A buffer for a pass, then the buffers between passes, ``blocks.buffer_size`` each.
    first, stop : int
        Block t belongs to group t // b of rows, if there are b blocks of columns.
    """

    @compiled
    def run(x, y, network, blocks, workspace, first, stop):  # type: ignore[no-untyped-def]
        x, y, network, blocks = Matrix(*x), Matrix(*y), Network(*network), Blocks(*blocks)
        n, n_passes, natural_order = network.n, network.n_passes, network.natural_order
        d, width, size = blocks.n_columns, blocks.width, blocks.buffer_size
        m, l = x.n_rows, y.n_rows
        # Rows are a cache line farther apart than needed: at powers of 2 they would share places in
        # the cache.
        pitch = width + VECTOR_BYTES // x.flat.itemsize
        buffer = Rows(workspace, 0, pitch)
        here, there = MAX_ROWS * pitch, workspace.size - size
        n_rows, n_blocks = m if adjoint else n, -(-d // width)
        for task in range(first, stop):
            column = task % n_blocks * width
            columns = min(width, d - column)
            group = task // n_blocks
            start = group * n * d + column
            layers = Layers(network.weights, n * network.groups, n, group, natural_order)
            # Read the block where it is, or move it: to rows, if its columns lie one after another.
            source = Rows(x.flat, start, d)
            if column_major or m < n_rows:
                source = Rows(workspace, here, pitch)
                _load(x, column_major, d, column, columns, source, n_rows)
            # All passes, from buffer to buffer, or in place in y; the adjoint in reverse order.
            for i in range(n_passes):
                target = Rows(workspace, there, pitch)
                if not column_major and (natural_order or i == n_passes - 1):
                    target = Rows(y.flat, start, d)
                step = Pass(*network.passes[n_passes - 1 - i if adjoint else i])
                if adjoint:
                    adjoint_pass(source, target, columns, layers, step, buffer)
                else:
                    forward_pass(source, target, columns, layers, step, buffer)
                here, there = there, here
                source = target
            if column_major:
                _transpose(workspace, source.start, pitch, y.flat, column * l, l, columns, l)

    return run


products = {
    (adjoint, column_major): _products(adjoint, column_major)
    for adjoint in (False, True)
    for column_major in (False, True)
}
"""The functions that ``_products`` returns, by its parameters."""


@compiled
def gradients(x, g, gradient, network, blocks, workspace, first, stop):  # type: ignore[no-untyped-def]
    """Gradients of <g, product with x>, for the tasks first, …, stop - 1.

    Task t belongs to chunk t % c of the columns and to group t // c of the rows, if there are c
    chunks; it adds to row t % c of ``gradient.in_weights``.

    Parameters
    ----------
    x, g : Matrix
    gradient : Gradient
        The gradient in x has the memory order of x.
    network : Network
    blocks : Blocks
    workspace : ndarray
        BUFFERS_OF_A_PASS buffers for a pass, and one row. Then, ``blocks.buffer_size`` each: the
        inputs of all passes but the first; one gradient, or two if not in natural order; last, x if
        it must be moved.
    first, stop : int
    """
    x, g, network, blocks = Matrix(*x), Matrix(*g), Network(*network), Blocks(*blocks)
    gradient = Gradient(*gradient)
    y, totals = Matrix(*gradient.in_input), gradient.in_weights
    n, passes, natural_order = network.n, network.passes, network.natural_order
    d, chunk, width, size = blocks.n_columns, blocks.chunk, blocks.width, blocks.buffer_size
    m, l = x.n_rows, g.n_rows
    pitch = width + VECTOR_BYTES // x.flat.itemsize
    buffer, nowhere = Rows(workspace, 0, pitch), BUFFERS_OF_A_PASS * MAX_ROWS * pitch
    inputs = nowhere + pitch
    kept = network.n_passes - 1
    here = inputs + kept * size
    there = here if natural_order else here + size
    for task in range(first, stop):
        i, group = task % len(totals), task // len(totals)
        layers = Layers(network.weights, n * network.groups, n, group, natural_order)
        for column in range(i * chunk, min(d, (i + 1) * chunk), width):
            columns = min(width, min(d, (i + 1) * chunk) - column)
            place = group * n * d + column
            # The input of the first pass: where x is, or moved.
            source = Rows(x.flat, place, d)
            if x.column_major or m < n:
                source = Rows(workspace, workspace.size - size, pitch)
                _load(x, x.column_major, d, column, columns, source, n)
            # Forwards, to the inputs of all passes.
            start = source
            for j in range(kept):
                target = Rows(workspace, inputs + j * size, pitch)
                forward_pass(start, target, columns, layers, Pass(*passes[j]), buffer)
                start = target
            # The gradient at the output.
            given = Rows(g.flat, place, d)
            if g.column_major:
                given = Rows(workspace, here, pitch)
                _load(g, g.column_major, d, column, columns, given, l)
            # Backwards through the passes. Without a gradient in x, that at the input is not kept.
            for j in range(kept, -1, -1):
                start = Rows(workspace, inputs + (j - 1) * size, pitch) if j > 0 else source
                target = Rows(workspace, there, pitch)
                if y.flat.size == 0 and j == 0:
                    target = Rows(workspace, nowhere, 0)
                elif y.flat.size > 0 and not y.column_major and (natural_order or j == 0):
                    target = Rows(y.flat, place, d)
                step = Pass(*passes[j])
                gradient_pass(start, given, target, totals[i], columns, layers, step, buffer)
                here, there = there, here
                given = target
            if y.column_major and y.flat.size > 0:
                _transpose(workspace, given.start, pitch, y.flat, column * n, n, columns, n)
