"""Blocks of rank one: how a butterfly comes apart into its upper and its lower layers.

A product of the layers a, …, b − 1 acts on q = b − a bits of a node. It is kept as an array of
shape (h, 2^q, 2^q, l): the bits above those q, the output and the input in these bits, and the bits
below. A whole butterfly has h = l = 1, a single layer q = 1.

Above the lowest s of the q layers, exactly one node lies between an input and an output: it has the
high bits of the input and the low bits of the output. So the entry is a product of two numbers,
and entries with the same node between them form a block of rank one.
"""

from __future__ import annotations

import numpy as np

from fjlt.types import Array, RealArray

__all__ = [
    "blocks",
    "floors",
    "joined",
    "product",
    "project_lower",
    "project_upper",
    "split",
]


def blocks(matrix: Array, s: int) -> Array:
    """Blocks of a product of layers above the lowest s of them.

    Parameters
    ----------
    matrix : ndarray, shape (h, 2^q, 2^q, l)
    s : int
        0 <= s <= q.

    Returns
    -------
    ndarray, shape (h, 2^(q-s), 2^s, l, 2^(q-s), 2^s)
        The first four axes are the node between: high bits of the input, low bits of the output.
        The last two are the block: high bits of the output, low bits of the input.
    """
    h, size, _, l = matrix.shape
    low, high = 1 << s, size >> s
    return matrix.reshape(h, high, low, high, low, l).transpose(0, 3, 2, 5, 1, 4)


def split(matrix: Array, s: int) -> tuple[Array, Array]:
    """The best two factors of a matrix, above the lowest s layers: each block in rank one.

    Returns
    -------
    upper : ndarray, shape (h, 2^(q-s), 2^(q-s), 2^s·l)
    lower : ndarray, shape (h·2^(q-s), 2^s, 2^s, l)
        The rows have length 1.
    """
    u, sigma, v = np.linalg.svd(blocks(matrix, s), full_matrices=False)
    return _upper(u[..., 0] * sigma[..., :1]), _lower(v[..., 0, :])


def joined(upper: Array, lower: Array) -> Array:
    """The product of two factors, shape (h, 2^q, 2^q, l)."""
    columns, rows = _columns(upper, lower), _rows(upper, lower)
    h, high, low, l = rows.shape[:4]
    outer = columns[..., :, None] * rows[..., None, :]
    return outer.transpose(0, 4, 2, 1, 5, 3).reshape(h, high * low, high * low, l)


def project_lower(matrix: Array, upper: Array, s: int) -> Array:
    """The lower factor nearest to a matrix for an upper one whose columns have length 1 or 0."""
    a = blocks(matrix, s)
    h, high, low, l = a.shape[:4]
    columns = upper.reshape(h, high, high, low, l).transpose(0, 2, 3, 4, 1)
    return _lower((columns.conj()[..., None, :] @ a)[..., 0, :])


def project_upper(matrix: Array, lower: Array, s: int) -> Array:
    """The upper factor nearest to a matrix for a lower one whose rows have length 1."""
    a = blocks(matrix, s)
    h, high, low, l = a.shape[:4]
    rows = lower.reshape(h, high, low, low, l).transpose(0, 1, 2, 4, 3)
    return _upper((a @ rows.conj()[..., None])[..., 0])


def product(layers: list[Array]) -> Array:
    """The matrix of a butterfly with these layers, the lowest first, shape (1, n, n, 1)."""
    result = layers[0]
    for layer in layers[1:]:
        result = joined(layer, result)
    return result


def floors(matrix: Array) -> RealArray:
    """The least squared error of two factors, above the lowest 1, …, p − 1 layers."""
    p = matrix.shape[1].bit_length() - 1
    values = [np.linalg.svd(blocks(matrix, s), compute_uv=False) for s in range(1, p)]
    return np.array([np.sum(v[..., 1:] ** 2, dtype=np.float64) for v in values])


def _upper(columns: Array) -> Array:
    """An upper factor from its columns, shape (h, 2^(q-s), 2^s, l, 2^(q-s))."""
    h, high, low, l, _ = columns.shape
    return columns.transpose(0, 4, 1, 2, 3).reshape(h, high, high, low * l)


def _lower(rows: Array) -> Array:
    """A lower factor from its rows, shape (h, 2^(q-s), 2^s, l, 2^s)."""
    h, high, low, l, _ = rows.shape
    return rows.transpose(0, 1, 2, 4, 3).reshape(h * high, low, low, l)


def _columns(upper: Array, lower: Array) -> Array:
    h, high, low, l = upper.shape[0], upper.shape[1], lower.shape[1], lower.shape[3]
    return upper.reshape(h, high, high, low, l).transpose(0, 2, 3, 4, 1)


def _rows(upper: Array, lower: Array) -> Array:
    h, high, low, l = upper.shape[0], upper.shape[1], lower.shape[1], lower.shape[3]
    return lower.reshape(h, high, low, low, l).transpose(0, 1, 2, 4, 3)
