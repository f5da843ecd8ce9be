"""The Walsh-Hadamard transform in passes: several layers at each reading and writing of the array.

A pass sees the array as groups of 2^b rows and transforms every group, in blocks of columns. Where
b > 4 it does so in two steps, the first into a small buffer that stays in the cache.

Callers pass the records below as plain tuples, which Numba recognises faster than named ones.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from fjlt.kernels import codelets
from fjlt.kernels.pass_plan import MAX_LAYERS
from fjlt.kernels.simd import VECTOR_BYTES, compiled, flat, inlined, rows_at
from fjlt.kernels.threads import in_parallel, workspace
from fjlt.types import Array

__all__ = ["hadamard", "sampled"]

_MAX_BLOCK_BYTES = 1 << 12
"""Width of a block of columns, at most; heuristic."""

_BUFFER_BYTES = 1 << 18
"""Size of a group of rows of a block, at most; heuristic."""

_IN_CACHE = 1 << 15
"""Numbers in a transform that fits in the cache as a whole, at most; heuristic."""

_SHORT = 1 << 7
"""Rows shorter than a vector of which a transform is made in the cache, at least; heuristic."""

_PIECE = 16
"""Vectors whose entries a codelet transforms at once."""

_h1, _h2, _h3, _h4 = codelets.hadamard[1:]
_s0, _s1, _s2, _s3, _s4 = codelets.hadamard_scaled
_w10, _w14, _w20, _w24 = codelets.hadamard_within.values()
_d10, _d14, _d20, _d24 = codelets.signed_within.values()


class RowPass(NamedTuple):
    """A pass of low + high layers: butterflies of 2^(low + high) rows of ``width`` numbers.

    Attributes
    ----------
    width, block : int
        Length of a row, and columns of it that are transformed at a time.
    low, high : int
        Layers of the first and of the second step, at most 4 each.
    scaled : bool
        Whether to multiply by the scale.
    """

    width: int
    block: int
    low: int
    high: int
    scaled: bool


class CachedTransform(NamedTuple):
    """A transform that fits in the cache: layers inside pieces of the vector, then low + high more.

    Attributes
    ----------
    n_inputs : int
        Numbers of the vector that are given; the others are zero.
    spacing : int
        Distance of the entries that layer 0 joins: 1, or 2 for complex numbers.
    vectors : int
        Vectors of a piece, 1 or 16.
    low, high : int
        Layers that join pieces, at most 4 each.
    """

    n_inputs: int
    spacing: int
    vectors: int
    low: int
    high: int


class NarrowTransform(NamedTuple):
    """A transform of rows shorter than a vector that fits in the cache: 4 layers, then three steps.

    Attributes
    ----------
    width, size : int
        Length of a row, and numbers of all rows.
    low, middle, high : int
        Layers of a step, at most 4.
    """

    width: int
    size: int
    low: int
    middle: int
    high: int


@inlined
def _step(b, scaled, source, target, width, scale):  # type: ignore[no-untyped-def]
    """Transform 2^b rows; multiply by the scale if ``scaled``."""
    k = (0, 0, 0)
    if scaled:
        if b == 0:
            _s0(source, source, target, width, scale, k, scale)
        elif b == 1:
            _s1(source, source, target, width, scale, k, scale)
        elif b == 2:
            _s2(source, source, target, width, scale, k, scale)
        elif b == 3:
            _s3(source, source, target, width, scale, k, scale)
        else:
            _s4(source, source, target, width, scale, k, scale)
    elif b == 1:
        _h1(source, source, target, width, scale, k, scale)
    elif b == 2:
        _h2(source, source, target, width, scale, k, scale)
    elif b == 3:
        _h3(source, source, target, width, scale, k, scale)
    else:
        _h4(source, source, target, width, scale, k, scale)


@compiled
def _across(x, y, row_pass, scale, buffer, first, stop):  # type: ignore[no-untyped-def]
    """A pass from the flat array x to y, which may be x; tasks first, …, stop - 1.

    A task is one block of columns of one group of rows. The buffer has room for such a block, if
    the pass has a second step.
    """
    width, block, a, b, scaled = RowPass(*row_pass)
    low, high = 1 << a, 1 << b
    n_blocks = -(-width // block)
    # Rows at distances that are powers of 2 would share places in the cache.
    pitch = block + VECTOR_BYTES // x.itemsize
    for task in range(first, stop):
        column = task % n_blocks * block
        start = task // n_blocks * low * high * width + column
        columns = min(block, width - column)
        if b == 0:
            _step(a, scaled, rows_at(x, start, width), rows_at(y, start, width), columns, scale)
        else:
            # The low layers join consecutive rows, the high layers rows at distance 2^low.
            for h in range(high):
                source = rows_at(x, start + h * low * width, width)
                _step(a, False, source, rows_at(buffer, h * low * pitch, pitch), columns, scale)
            for l in range(low):
                target = rows_at(y, start + l * width, low * width)
                _step(b, scaled, rows_at(buffer, l * pitch, low * pitch), target, columns, scale)


@inlined
def _within(x, y, transform, scale, first, stop):  # type: ignore[no-untyped-def]
    """The layers inside the pieces first, …, stop - 1 of the flat array x, scaled, to y."""
    length = VECTOR_BYTES // x.itemsize
    k = (0, 0, 0)
    for piece in range(first, stop):
        source = rows_at(x, piece * transform.vectors * length, length)
        target = rows_at(y, piece * transform.vectors * length, length)
        if transform.vectors == 1:
            if transform.spacing == 1:
                _w10(source, source, target, length, scale, k, scale)
            else:
                _w20(source, source, target, length, scale, k, scale)
        elif transform.spacing == 1:
            _w14(source, source, target, length, scale, k, scale)
        else:
            _w24(source, source, target, length, scale, k, scale)


@inlined
def _signed_within(x, start, signs, y, transform, scale):  # type: ignore[no-untyped-def]
    """``_within`` for the entries of x from ``start`` on, times the signs, to all of y."""
    length = VECTOR_BYTES // x.itemsize
    k = (0, 0, 0)
    for place in range(0, signs.size, transform.vectors * length):
        source = rows_at(x, start + place, length)
        given, target = rows_at(signs, place, length), rows_at(y, place, length)
        if transform.vectors == 1:
            if transform.spacing == 1:
                _d10(source, given, target, length, scale, k, scale)
            else:
                _d20(source, given, target, length, scale, k, scale)
        elif transform.spacing == 1:
            _d14(source, given, target, length, scale, k, scale)
        else:
            _d24(source, given, target, length, scale, k, scale)


@inlined
def _between(z, first, stop, width, low, high, scale):  # type: ignore[no-untyped-def]
    """Layers that join pieces of ``width`` numbers, low + high, in first, …, stop - 1 of z."""
    for b in (low, high):
        if b > 0:
            # Butterflies of 2^b rows of ``width`` numbers.
            for start in range(first, stop, width << b):
                rows = rows_at(z, start, width)
                _step(b, False, rows, rows, width, scale)
            width <<= b


@compiled
def _in_cache(x, y, transform, scale, first, stop):  # type: ignore[no-untyped-def]
    """Transforms first, …, stop - 1 of the vectors in the flat array x, to y."""
    transform = CachedTransform(*transform)
    size = transform.n_inputs * transform.spacing
    width = transform.vectors * (VECTOR_BYTES // x.itemsize)
    pieces = size // width
    for t in range(first, stop):
        _within(x, y, transform, scale, t * pieces, (t + 1) * pieces)
        _between(y, t * size, (t + 1) * size, width, transform.low, transform.high, scale)


@compiled
def _narrow_in_cache(x, y, transform, scale, buffer, first, stop):  # type: ignore[no-untyped-def]
    """Transforms first, …, stop - 1 of the arrays of short rows in the flat array x, to y."""
    width, size, low, middle, b = NarrowTransform(*transform)
    # The rows that some layers join are one row of the next step.
    group, last = width << 4, width << (4 + low + middle)
    for place in range(first * size, stop * size, size):
        for start in range(0, size, group):
            source, target = rows_at(x, place + start, width), rows_at(buffer, start, width)
            _step(4, True, source, target, width, scale)
        _between(buffer, 0, size, group, low, middle, scale)
        for start in range(0, size, last << b):
            source, target = rows_at(buffer, start, last), rows_at(y, place + start, last)
            _step(b, False, source, target, last, scale)


@compiled
def _sampled(x, signs, y, places, transform, scale, space, first, stop):  # type: ignore[no-untyped-def]
    """Entries ``places`` of the transform of each vector of x, times signs, to y.

    ``space`` has room for a vector, and for another if zeros are appended.
    """
    transform = CachedTransform(*transform)
    size, given, k = signs.size, transform.n_inputs * transform.spacing, places.size
    width = transform.vectors * (VECTOR_BYTES // x.itemsize)
    buffer, padded = space[:size], space[size:]
    source = x
    if given < size:
        source = padded
        padded[given:] = 0
    for t in range(first, stop):
        start = t * given
        if given < size:
            for i in range(given):
                padded[i] = x[start + i]
            start = 0
        _signed_within(source, start, signs, buffer, transform, scale)
        _between(buffer, 0, size, width, transform.low, transform.high, scale)
        for i in range(k):
            y[t * k + i] = buffer[places[i]]


def sampled(x: Array, signs: Array, rows: Array, scale: float) -> Array:
    """Return scale·(H·diag(signs)·x[t])[rows] for the vectors x[t], zeros appended.

    Parameters
    ----------
    x : ndarray, shape (d, m)
        C-contiguous, m <= n.
    signs : ndarray, shape (n,)
        Of the real dtype of x; n a power of 2.
    rows : ndarray of int, shape (k,)
    scale : float

    Returns
    -------
    ndarray, shape (d, k)

    Notes
    -----
    Temporaries: at most two vectors a thread.
    """
    spacing = x.itemsize // signs.itemsize
    y = np.empty((len(x), rows.size), x.dtype)
    n, length = signs.size, VECTOR_BYTES // signs.itemsize
    size = n * spacing
    if not length <= size <= _IN_CACHE:
        for t, vector in enumerate(x):
            z = np.zeros((1, signs.size, 1), x.dtype)
            z[0, : vector.size, 0] = vector * signs[: vector.size]
            real = z.view(signs.dtype).reshape(1, signs.size, spacing)
            hadamard(real, real, scale)
            y[t] = z[0, rows, 0]
        return y
    # A complex number is two real ones side by side: each sign and each kept output counts twice.
    vectors = _PIECE if size >= _PIECE * length else 1
    low, high = _steps((size // (vectors * length)).bit_length() - 1)
    source, target = flat(x).view(signs.dtype), y.reshape(-1).view(signs.dtype)
    factor, signs = np.array([scale], signs.dtype), flat(np.repeat(signs, spacing))
    places = np.add.outer(rows * spacing, np.arange(spacing)).ravel().astype(np.uintp)
    transform = (x.shape[1], spacing, vectors, low, high)
    work = len(x) * size * (low + high + 8)

    def run(first: int, stop: int) -> None:
        space = workspace(size if x.shape[1] == n else 2 * size, signs.dtype)
        _sampled(source, signs, target, places, transform, factor, space, first, stop)

    in_parallel(run, len(x), work)
    return y


def _steps(layers: int) -> tuple[int, int]:
    """The layers of a pass, in one step of at most 4 or in two."""
    return (layers, 0) if layers <= 4 else (layers - layers // 2, layers // 2)


def hadamard(x: Array, y: Array, scale: float) -> None:
    """Write scale·H·x[i] to y[i] for the matrices x[i]; H has entries ±1, y may be x.

    Parameters
    ----------
    x, y : ndarray, shape (batch, n, d)
        Real, C-contiguous, of one dtype; n a power of 2.
    scale : float

    Notes
    -----
    Temporaries: one block in the cache a thread.
    """
    _, n, d = x.shape
    if x.size == 0:
        return
    source, target = flat(x), y.reshape(-1)
    factor = np.array([scale], x.dtype)
    length = VECTOR_BYTES // x.itemsize
    work = x.size * n.bit_length()
    width, scaled = d, False
    # Rows of one number, real or complex, are shorter than a vector: the first layers exchange
    # entries of vectors, and all layers that fit in the cache are made at once.
    if d <= 2 and n * d >= length:
        vectors = _PIECE if n * d >= _PIECE * length else 1
        width, scaled = vectors * length, True
        size = min(n * d, _IN_CACHE)
        low, high = _steps((size // width).bit_length() - 1)
        transform = (size // d, d, vectors, low, high)
        in_parallel(_in_cache, x.size // size, work, source, target, transform, factor)
        source, width = target, size
    elif 2 < d < length and n >= _SHORT:
        layers = min(n.bit_length() - 1, (_IN_CACHE // d).bit_length() - 1)
        rest, size = layers - 4, d << layers
        transform = (d, size, (rest + 1) // 3, rest // 3, (rest + 2) // 3)
        in_parallel(_narrow, x.size // size, work, source, target, transform, factor)
        source, width, scaled = target, size, True
    # The other layers, in passes of at most MAX_LAYERS; the last pass scales.
    layers = (n * d // width).bit_length() - 1
    while layers > 0 or not scaled:
        low, high = _steps(min(layers, MAX_LAYERS))
        layers -= low + high
        last = layers == 0 and not scaled
        max_block = min(_MAX_BLOCK_BYTES, _BUFFER_BYTES >> (low + high)) // x.itemsize
        block = min(width, max_block)
        tasks = -(-width // block) * (x.size // width >> (low + high))
        row_pass = (width, block, low, high, last)
        in_parallel(_in_blocks, tasks, work, source, target, row_pass, factor)
        source, scaled = target, scaled or last
        width <<= low + high


def _narrow(
    x: Array,
    y: Array,
    transform: tuple[int, int, int, int, int],
    scale: Array,
    first: int,
    stop: int,
) -> None:
    """``_narrow_in_cache`` in the workspace of the calling thread."""
    _narrow_in_cache(x, y, transform, scale, workspace(transform[1], x.dtype), first, stop)


def _in_blocks(
    x: Array,
    y: Array,
    row_pass: tuple[int, int, int, int, bool],
    scale: Array,
    first: int,
    stop: int,
) -> None:
    """``_across`` in the workspace of the calling thread."""
    _, block, low, high, _ = row_pass
    size = (block + VECTOR_BYTES // x.itemsize) << (low + high) if high else 0
    _across(x, y, row_pass, scale, workspace(size, x.dtype), first, stop)
