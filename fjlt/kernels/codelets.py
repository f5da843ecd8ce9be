"""Codelets: one to four layers of a butterfly at once on a few rows, in registers.

``simd.compile_codelet`` says how they are called. Layer i of a codelet with weights replaces row t
by w(i, t, 0)·row t + w(i, t, 1)·row (t ^ 2^i).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from fjlt.kernels.simd import compile_codelet, exchange, swap

__all__ = [
    "adjoint",
    "complex_forward",
    "forward",
    "gradient",
    "hadamard",
    "hadamard_scaled",
    "hadamard_within",
    "signed_within",
    "transpose",
]

Row = Any
"""A vector register while a codelet is compiled, an array in NumPy."""
Coefficients = Callable[[int, int, int], Any]


def _hadamard(rows: list[Row], w: Coefficients) -> list[Row]:
    # Of rows t and t ^ s, the lower becomes their sum, the upper their difference.
    s = 1
    while s < len(rows):
        rows = [rows[t ^ s] - row if t & s else row + rows[t ^ s] for t, row in enumerate(rows)]
        s *= 2
    return rows


def _hadamard_scaled(rows: list[Row], w: Coefficients) -> list[Row]:
    scale = w(0, 0, 0)
    return [row * scale for row in _hadamard(rows, w)]


def _hadamard_within(rows: list[Row], w: Coefficients, spacing: int) -> list[Row]:
    """The layers that join entries of a row, then those that join rows, all scaled.

    The first layer joins entries at distance ``spacing``, the next at twice that, and so on.
    """
    scale = w(0, 0, 0)
    rows = [row * scale for row in rows]
    s = spacing
    while s < rows[0].size:
        # Entry j becomes x[j ^ s] + x[j], or x[j ^ s] - x[j] where j & s.
        rows = [row * signs + other for row in rows for other, signs in [swap(row, s)]]
        s *= 2
    return _hadamard(rows, w)


def _signed_within(rows: list[Row], signs: list[Row], w: Coefficients, spacing: int) -> list[Row]:
    """``_hadamard_within`` of the rows times the signs."""
    return _hadamard_within([row * sign for row, sign in zip(rows, signs, strict=True)], w, spacing)


def _transpose(rows: list[Row], w: Coefficients) -> list[Row]:
    """Transpose a square matrix, of as many rows as a row has entries."""
    # Stage s exchanges bit s of the row number with bit s of the column number.
    rows, s = list(rows), 1
    while s < len(rows):
        for t in range(len(rows)):
            if not t & s:
                rows[t], rows[t | s] = exchange(rows[t], rows[t | s], s)
        s *= 2
    return rows


def _layer(rows: list[Row], w: Coefficients, i: int) -> list[Row]:
    return [row * w(i, t, 0) + rows[t ^ (1 << i)] * w(i, t, 1) for t, row in enumerate(rows)]


def _transposed_layer(rows: list[Row], w: Coefficients, i: int) -> list[Row]:
    return [
        row * w(i, t, 0) + rows[t ^ (1 << i)] * w(i, t ^ (1 << i), 1) for t, row in enumerate(rows)
    ]


def _n_layers(rows: list[Row]) -> int:
    return len(rows).bit_length() - 1


def _forward(rows: list[Row], w: Coefficients) -> list[Row]:
    for i in range(_n_layers(rows)):
        rows = _layer(rows, w, i)
    return rows


def _adjoint(rows: list[Row], w: Coefficients) -> list[Row]:
    for i in reversed(range(_n_layers(rows))):
        rows = _transposed_layer(rows, w, i)
    return rows


def _gradient(
    rows: list[Row], g: list[Row], w: Coefficients
) -> tuple[list[Row], list[list[tuple[tuple[Row, Row], tuple[Row, Row]]]]]:
    """The gradient at the inputs, from the inputs and the gradient g at the outputs.

    Also returns, for each weight, the two rows whose inner product is the gradient in it.
    """
    # The inputs of all layers.
    inputs, pairs = [rows], []
    for i in range(_n_layers(rows) - 1):
        inputs.append(_layer(inputs[-1], w, i))
    # d<g, y>/dw(i, t, e) is the inner product of g at output t with the input that the weight
    # multiplies; then g passes through the transposed layer.
    for i in reversed(range(_n_layers(rows))):
        pairs.append(
            [((g[t], row), (g[t], inputs[i][t ^ (1 << i)])) for t, row in enumerate(inputs[i])]
        )
        g = _transposed_layer(g, w, i)
    return g, pairs[::-1]


def _complex_times(row: Row, re: Row, im: Row) -> Row:
    """The row times re + i·im; its entries 2c and 2c + 1 are parts of one complex number."""
    other, signs = swap(row, 1)
    return row * re - other * signs * im


def _complex_layer(rows: list[Row], w: Coefficients, i: int) -> list[Row]:
    return [
        _complex_times(row, w(i, t, 0), w(i, t, 1))
        + _complex_times(rows[t ^ (1 << i)], w(i, t, 2), w(i, t, 3))
        for t, row in enumerate(rows)
    ]


def _complex_forward(rows: list[Row], w: Coefficients) -> list[Row]:
    """``_forward`` for complex weights: coefficients 0 to 3 are the parts of weights 0 and 1."""
    for i in range(_n_layers(rows)):
        rows = _complex_layer(rows, w, i)
    return rows


hadamard = [compile_codelet(_hadamard, 1 << b) for b in range(5)]
hadamard_within = {
    (spacing, b): compile_codelet(
        partial(_hadamard_within, spacing=spacing), 1 << b, whole_vectors=True
    )
    for spacing in (1, 2)
    for b in (0, 4)
}
signed_within = {
    (spacing, b): compile_codelet(
        partial(_signed_within, spacing=spacing), 1 << b, two=True, whole_vectors=True
    )
    for spacing in (1, 2)
    for b in (0, 4)
}
hadamard_scaled = [compile_codelet(_hadamard_scaled, 1 << b) for b in range(5)]
transpose = {n: compile_codelet(_transpose, n, whole_vectors=True) for n in (8, 16)}
forward = [compile_codelet(_forward, 1 << b, b) for b in range(4)]
adjoint = [compile_codelet(_adjoint, 1 << b, b) for b in range(4)]
complex_forward = [compile_codelet(_complex_forward, 1 << b, b) for b in range(3)]
gradient = [compile_codelet(_gradient, 1 << b, b, sums=True) for b in range(3)]
