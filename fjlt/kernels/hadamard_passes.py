"""The Walsh-Hadamard transform in passes: several layers at each reading and writing of the array.

A pass sees the array as groups of 2^b rows and transforms every group, in blocks of columns. Where
b > 4 it does so in two steps, the first into a small block that stays in the cache.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from fjlt.kernels import codelets as programs
from fjlt.kernels.pass_plan import MOST_LAYERS
from fjlt.kernels.simd import VECTOR_BYTES, compiled, flat, rows_at, to_a_line
from fjlt.kernels.threads import in_parallel

__all__ = ["hadamard", "sampled"]

_WIDEST = 1 << 12
_ROOM_BYTES = 1 << 18
_IN_CACHE = 1 << 15
_PIECE = 16

_h1, _h2, _h3, _h4 = programs.hadamard[1:]
_s0, _s1, _s2, _s3, _s4 = programs.hadamard_scaled
_w10, _w14, _w20, _w24 = programs.hadamard_within.values()
_d10, _d14, _d20, _d24 = programs.signed_within.values()


@compiled
def _step(b, scaled, source, target, width, scale):  # type: ignore[no-untyped-def]
    """2^b rows, transformed, and scaled if so told."""
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
def _room(size, like):  # type: ignore[no-untyped-def]
    """So many numbers, from the beginning of a line of the cache on."""
    a = np.empty(size + VECTOR_BYTES // like.itemsize, like.dtype)
    first = to_a_line(a)
    return a[first : first + size]


@compiled
def _across(x, y, width, block, a, b, scale, scaled, first, stop):  # type: ignore[no-untyped-def]
    """a + b layers of the flat array x into y: butterflies of 2^(a + b) rows of ``width`` numbers.

    Task number t is one block of columns of one group of rows. y may be x.
    """
    low, high = 1 << a, 1 << b
    blocks = -(-width // block)
    pitch = (
        block + VECTOR_BYTES // x.itemsize
    )  # rows at powers of 2 would share places in the cache
    room = _room(low * high * pitch if b > 0 else 0, x)
    for task in range(first, stop):
        column = task % blocks * block
        start = task // blocks * low * high * width + column
        columns = min(block, width - column)
        if b == 0:
            _step(a, scaled, rows_at(x, start, width), rows_at(y, start, width), columns, scale)
        else:
            for h in range(high):
                here = rows_at(x, start + h * low * width, width)
                _step(a, False, here, rows_at(room, h * low * pitch, pitch), columns, scale)
            for l in range(low):
                there = rows_at(y, start + l * width, low * width)
                _step(b, scaled, rows_at(room, l * pitch, low * pitch), there, columns, scale)


@compiled
def _within(x, y, spacing, vectors, scale, first, stop):  # type: ignore[no-untyped-def]
    """The layers of distance ``spacing`` and more inside the pieces of 1 or 16 vectors, scaled."""
    lanes = VECTOR_BYTES // x.itemsize
    k = (0, 0, 0)
    for piece in range(first, stop):
        here = rows_at(x, piece * vectors * lanes, lanes)
        there = rows_at(y, piece * vectors * lanes, lanes)
        if vectors == 1:
            if spacing == 1:
                _w10(here, here, there, lanes, scale, k, scale)
            else:
                _w20(here, here, there, lanes, scale, k, scale)
        elif spacing == 1:
            _w14(here, here, there, lanes, scale, k, scale)
        else:
            _w24(here, here, there, lanes, scale, k, scale)


@compiled
def _through(z, width, a, b, scale):  # type: ignore[no-untyped-def]
    """a, then b layers of z in place; butterflies of rows of ``width`` numbers."""
    if a > 0:
        _across(z, z, width, width, a, 0, scale, False, 0, z.size // width >> a)
    if b > 0:
        _across(z, z, width << a, width << a, b, 0, scale, False, 0, z.size // width >> (a + b))


@compiled
def _in_cache(x, y, size, spacing, vectors, a, b, scale, first, stop):  # type: ignore[no-untyped-def]
    """Whole transforms of ``size`` numbers each, one after the other."""
    piece = vectors * (VECTOR_BYTES // x.itemsize)
    for t in range(first, stop):
        _within(x, y, spacing, vectors, scale, t * (size // piece), (t + 1) * (size // piece))
        _through(y[t * size : (t + 1) * size], piece, a, b, scale)


@compiled
def _signed(x, start, signs, y, spacing, vectors, scale):  # type: ignore[no-untyped-def]
    """``_within`` for the entries of x from ``start`` on, times signs, into y."""
    lanes = VECTOR_BYTES // x.itemsize
    k = (0, 0, 0)
    for place in range(0, y.size, vectors * lanes):
        here, given, there = (
            rows_at(x, start + place, lanes),
            rows_at(signs, place, lanes),
            rows_at(y, place, lanes),
        )
        if vectors == 1:
            if spacing == 1:
                _d10(here, given, there, lanes, scale, k, scale)
            else:
                _d20(here, given, there, lanes, scale, k, scale)
        elif spacing == 1:
            _d14(here, given, there, lanes, scale, k, scale)
        else:
            _d24(here, given, there, lanes, scale, k, scale)


@compiled
def _sampled(x, signs, y, places, n_inputs, spacing, vectors, a, b, scale, first, stop):  # type: ignore[no-untyped-def]
    """For each vector of x, zeros appended, times signs: some entries of its transform."""
    size, k = signs.size, places.size
    padded = np.zeros(size if n_inputs * spacing < size else 0, x.dtype)
    room = _room(size, x)
    piece = vectors * (VECTOR_BYTES // x.itemsize)
    for t in range(first, stop):
        start = t * n_inputs * spacing
        if padded.size > 0:
            padded[: n_inputs * spacing] = x[start : start + n_inputs * spacing]
            _signed(padded, 0, signs, room, spacing, vectors, scale)
        else:
            _signed(x, start, signs, room, spacing, vectors, scale)
        _through(room, piece, a, b, scale)
        for i in range(k):
            y[t * k + i] = room[places[i]]


def sampled(x: NDArray[Any], signs: NDArray[Any], rows: NDArray[Any], scale: float) -> NDArray[Any]:
    """scale·(H·diag(signs)·x[t])[rows] for the vectors x[t], zeros appended; x C-contiguous, shape
    (d, at most n).

    signs: of the real dtype of x, n a power of 2. Needs no room but a vector for each thread.
    """
    spacing = x.itemsize // signs.itemsize
    y = np.empty((len(x), rows.size), x.dtype)
    size, lanes = signs.size * spacing, VECTOR_BYTES // signs.itemsize
    if not lanes <= size <= _IN_CACHE:
        for t, vector in enumerate(x):
            z = np.zeros((1, signs.size, 1), x.dtype)
            z[0, : vector.size, 0] = vector * signs[: vector.size]
            real = z.view(signs.dtype).reshape(1, signs.size, spacing)
            hadamard(real, real, scale)
            y[t] = z[0, rows, 0]
        return y
    vectors = _PIECE if size >= _PIECE * lanes else 1
    a, b = _steps((size // (vectors * lanes)).bit_length() - 1)
    source, target = flat(x).view(signs.dtype), y.reshape(-1).view(signs.dtype)
    factor, signs = np.array([scale], signs.dtype), flat(np.repeat(signs, spacing))
    places = np.add.outer(rows * spacing, np.arange(spacing)).ravel().astype(np.uintp)
    n_inputs, work = x.shape[1], len(x) * size * (a + b + 8)
    in_parallel(
        _sampled,
        len(x),
        work,
        source,
        signs,
        target,
        places,
        n_inputs,
        spacing,
        vectors,
        a,
        b,
        factor,
    )
    return y


def _steps(layers: int) -> tuple[int, int]:
    """The layers of a pass, in one step of at most 4 or in two."""
    return (layers, 0) if layers <= 4 else (layers - layers // 2, layers // 2)


def hadamard(x: NDArray[Any], y: NDArray[Any], scale: float) -> None:
    """scale·H·x[i] into y[i] for the matrices x[i], H with entries ±1; y may be x.

    x, y: real, C-contiguous, of one dtype, shape (batch, n, d), n a power of 2. Temporaries: a
    block in the cache.
    """
    _, n, d = x.shape
    if x.size == 0:
        return
    source, target = flat(x), y.reshape(-1)
    factor = np.array([scale], x.dtype)
    lanes = VECTOR_BYTES // x.itemsize
    work = x.size * n.bit_length()
    width, scaled = d, False
    if d <= 2 and n * d >= lanes:
        vectors = _PIECE if n * d >= _PIECE * lanes else 1
        width, scaled = vectors * lanes, True
        size = min(n * d, _IN_CACHE)
        a, b = _steps((size // width).bit_length() - 1)
        in_parallel(_in_cache, x.size // size, work, source, target, size, d, vectors, a, b, factor)
        source, width = target, size
    layers = (n * d // width).bit_length() - 1
    while layers > 0 or not scaled:
        a, b = _steps(min(layers, MOST_LAYERS))
        layers -= a + b
        last = layers == 0 and not scaled
        block = min(width, _WIDEST // x.itemsize, (_ROOM_BYTES >> (a + b)) // x.itemsize)
        tasks = -(-width // block) * (x.size // width >> (a + b))
        in_parallel(_across, tasks, work, source, target, width, block, a, b, factor, last)
        source, scaled = target, scaled or last
        width <<= a + b
