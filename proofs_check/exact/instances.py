"""Small integer data, the digits, and networks on sibling outputs that several claims examine."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.random import Generator

from figures.data import digits
from fjlt import TruncatedButterfly, srht
from fjlt.types import RealArray
from landscape import EncoderDecoder
from proofs_check.exact.inertia import integer_inertia

__all__ = [
    "EXAMPLE",
    "EXAMPLE_ROWS",
    "WITNESS",
    "as_witness",
    "data_sets",
    "exact_index",
    "sibling_network",
    "siblings",
]

EXAMPLE = np.array([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 2, 0], [0, 2, 0, 1]], dtype=float)
"""Auto-encoder data with a spurious minimum for the outputs 0 and 2 of a butterfly of size 4."""

EXAMPLE_ROWS: list[list[int]] = EXAMPLE.astype(int).tolist()
"""The rows of ``EXAMPLE`` as Python integers, for exact arithmetic and certificates."""

WITNESS = [[0, 1], [2, 0], [2, 0], [2, 0]]
"""Data for which Proposition 2 fails at k = l = ε = 1, with Δ_1 = 1."""


def data_sets(rng: Generator, l: int = 8) -> list[tuple[str, RealArray, RealArray, RealArray]]:
    """(name, X, Y, B) for the digits with their images and with their labels as targets.

    All entries are integers. B is a drawn SRHT of l rows times sqrt(l), the same for both.
    """
    X, labels = digits()
    one_hot = (labels == np.arange(10)[:, None]).astype(float)
    # the entries of an SRHT are ±1/sqrt(l)
    signs = np.rint(srht(l, 64, rng=rng).to_dense() * l**0.5)
    return [
        ("digits, auto-encoder", X.astype(float), X.astype(float), signs),
        ("digits, one-hot labels", X.astype(float), one_hot, signs),
    ]


def siblings(u: Sequence[float], v: Sequence[float]) -> TruncatedButterfly:
    """The outputs 0 and n/2 of a butterfly of size n = 2·len(u), with rows (u, 0) and (0, v).

    The two outputs read the same pair of nodes in the last layer: they are siblings.
    """
    n = 2 * len(u)
    weights = np.ones((n.bit_length() - 1, n, 2))
    # layer 0 at an even node j multiplies the inputs j and j + 1; the layers after it have weight 1
    weights[0, ::2] = np.reshape([*u, *v], (-1, 2))
    # the last layer joins the halves: without its crossed weights each output sees one half
    weights[-1, :, 1] = 0
    return TruncatedButterfly(weights, rows=[0, n // 2])


def sibling_network(B: TruncatedButterfly, X: RealArray, Y: RealArray) -> EncoderDecoder:
    """The network with encoder E = I and the decoder that is optimal for B."""
    encoded = B @ X
    # the normal equations of min ‖D·BX − Y‖² in D
    return EncoderDecoder(Y @ encoded.T @ np.linalg.inv(encoded @ encoded.T), np.eye(2), B)


def as_witness(network: EncoderDecoder) -> dict[str, Any]:
    """D, E and the weights for a certificate, as the fractions that these doubles are."""
    parts = zip(("D", "E", "weights"), network.parameters, strict=True)
    return {name: _fractions(np.asarray(part).tolist()) for name, part in parts}


def _fractions(value: Any) -> Any:
    if isinstance(value, list):
        return [_fractions(entry) for entry in value]
    return int(value) if value == int(value) else str(Fraction(value))


def exact_index(network: EncoderDecoder, X: RealArray, Y: RealArray) -> tuple[int, int] | None:
    """(index, nullity) of the Hessian in all weights at a critical point, exactly.

    None if the gradient is not exactly zero, or if the Hessian is not an integer matrix.
    """
    if network.flatten(network.gradient(X, Y)).any():
        return None
    second = network.hessian(X, Y)
    return (
        integer_inertia(second.astype(np.int64))
        if np.array_equal(second, np.rint(second))
        else None
    )
