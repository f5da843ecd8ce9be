"""The butterfly as programs on rows: one, two or three layers at once, in registers.

``weights`` layers: row t of layer i becomes w(i, t, 0)·row t + w(i, t, 1)·row t ^ 2^i.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from fjlt.kernels.simd import exchange, on_rows, swap

__all__ = [
    "adjoint",
    "forward",
    "gradient",
    "hadamard",
    "hadamard_scaled",
    "hadamard_within",
    "signed_within",
    "transpose",
]


def _hadamard(rows: list[Any], w: Any) -> list[Any]:
    s = 1
    while s < len(rows):
        rows = [rows[t ^ s] - row if t & s else row + rows[t ^ s] for t, row in enumerate(rows)]
        s *= 2
    return rows


def _hadamard_scaled(rows: list[Any], w: Any) -> list[Any]:
    scale = w(0, 0, 0)
    return [row * scale for row in _hadamard(rows, w)]


def _hadamard_within(rows: list[Any], w: Any, spacing: int) -> list[Any]:
    """The layers that join entries of a row at distance ``spacing``, twice that, …, then those
    across the rows."""
    scale = w(0, 0, 0)
    rows = [row * scale for row in rows]
    s = spacing
    while s < rows[0].size:
        rows = [row * signs + other for row in rows for other, signs in [swap(row, s)]]
        s *= 2
    return _hadamard(rows, w)


def _signed_within(rows: list[Any], signs: list[Any], w: Any, spacing: int) -> list[Any]:
    return _hadamard_within([row * sign for row, sign in zip(rows, signs, strict=True)], w, spacing)


def _transpose(rows: list[Any], w: Any) -> list[Any]:
    """A square matrix of as many rows as a row has entries."""
    rows, s = list(rows), 1
    while s < len(rows):
        for t in range(len(rows)):
            if not t & s:
                rows[t], rows[t | s] = exchange(rows[t], rows[t | s], s)
        s *= 2
    return rows


def _layer(rows: list[Any], w: Any, i: int) -> list[Any]:
    return [row * w(i, t, 0) + rows[t ^ (1 << i)] * w(i, t, 1) for t, row in enumerate(rows)]


def _transposed(rows: list[Any], w: Any, i: int) -> list[Any]:
    return [
        row * w(i, t, 0) + rows[t ^ (1 << i)] * w(i, t ^ (1 << i), 1) for t, row in enumerate(rows)
    ]


def _layers(rows: list[Any]) -> int:
    return len(rows).bit_length() - 1


def _forward(rows: list[Any], w: Any) -> list[Any]:
    for i in range(_layers(rows)):
        rows = _layer(rows, w, i)
    return rows


def _adjoint(rows: list[Any], w: Any) -> list[Any]:
    for i in reversed(range(_layers(rows))):
        rows = _transposed(rows, w, i)
    return rows


def _gradient(rows: list[Any], g: list[Any], w: Any) -> tuple[list[Any], list[Any]]:
    """From the inputs of the layers and the gradient g at their outputs: that at the inputs; pairs
    for each weight."""
    inputs, pairs = [rows], []
    for i in range(_layers(rows) - 1):
        inputs.append(_layer(inputs[-1], w, i))
    for i in reversed(range(_layers(rows))):
        pairs.append(
            [((g[t], row), (g[t], inputs[i][t ^ (1 << i)])) for t, row in enumerate(inputs[i])]
        )
        g = _transposed(g, w, i)
    return g, pairs[::-1]


hadamard = [on_rows(_hadamard, 1 << b) for b in range(5)]
hadamard_within = {
    (spacing, b): on_rows(partial(_hadamard_within, spacing=spacing), 1 << b)
    for spacing in (1, 2)
    for b in (0, 4)
}
signed_within = {
    (spacing, b): on_rows(partial(_signed_within, spacing=spacing), 1 << b, two=True)
    for spacing in (1, 2)
    for b in (0, 4)
}
hadamard_scaled = [on_rows(_hadamard_scaled, 1 << b) for b in range(5)]
transpose = {n: on_rows(_transpose, n) for n in (8, 16)}
forward = [on_rows(_forward, 1 << b, b) for b in range(4)]
adjoint = [on_rows(_adjoint, 1 << b, b) for b in range(4)]
gradient = [on_rows(_gradient, 1 << b, b, sums=True) for b in range(3)]
