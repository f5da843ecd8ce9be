"""Data and networks that several claims examine."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from figures.data import digits
from fjlt import TruncatedButterfly, srht
from landscape import EncoderDecoder
from proofs_check.engine.claim import Context
from proofs_check.exact.inertia import integer_inertia

__all__ = [
    "EXAMPLE",
    "INTEGERS",
    "WITNESS",
    "data_sets",
    "exact_index",
    "sibling_network",
    "siblings",
]


Array = NDArray[np.float64]

EXAMPLE = np.array([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 2, 0], [0, 2, 0, 1]], dtype=float)
"""Auto-encoder data with a spurious minimum for the outputs 0 and 2 of a butterfly of size 4."""

INTEGERS: list[list[int]] = EXAMPLE.astype(int).tolist()

WITNESS = [[0, 1], [2, 0], [2, 0], [2, 0]]


def data_sets(context: Context, l: int = 8) -> list[tuple[str, Array, Array, Array]]:
    """(name, X, Y, B) with integer entries, from the digits."""
    X, labels = digits()
    one_hot = (labels == np.arange(10)[:, None]).astype(float)
    signs = np.rint(srht(l, 64, rng=context.rng).to_dense() * l**0.5)
    return [
        ("digits, auto-encoder", X.astype(float), X.astype(float), signs),
        ("digits, one-hot labels", X.astype(float), one_hot, signs),
    ]


def siblings(u: Sequence[float], v: Sequence[float]) -> TruncatedButterfly:
    """The outputs 0 and n/2 of a butterfly, with rows (u, 0) and (0, v); every weight in between is
    1."""
    n = 2 * len(u)
    weights = np.ones((n.bit_length() - 1, n, 2))
    weights[0, ::2] = np.reshape([*u, *v], (-1, 2))
    weights[-1, :, 1] = 0
    return TruncatedButterfly(weights, rows=[0, n // 2])


def sibling_network(B: TruncatedButterfly, X: Array, Y: Array) -> EncoderDecoder:
    """The network with E = I and the best D for B."""
    encoded = B @ X
    return EncoderDecoder(Y @ encoded.T @ np.linalg.inv(encoded @ encoded.T), np.eye(2), B)


def exact_index(network: EncoderDecoder, X: Array, Y: Array) -> tuple[int, int] | None:
    """(index, nullity) in all weights at an integer critical point; None if it is not critical or
    not integer."""
    if network.flatten(network.gradient(X, Y)).any():
        return None
    second = network.hessian(X, Y)
    return (
        integer_inertia(second.astype(np.int64))
        if np.array_equal(second, np.rint(second))
        else None
    )
