"""The butterfly near a matrix, with its error and a floor below which no butterfly gets."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from fjlt import boundary
from fjlt.factorisation.hierarchy import ORDERS, layers_of
from fjlt.factorisation.rank_one import floors, product
from fjlt.factorisation.sweeps import sweep, turned
from fjlt.operators.butterfly import Butterfly
from fjlt.operators.truncated import TruncatedButterfly
from fjlt.scaling import scaled, times_power_of_two
from fjlt.types import Array, ArrayLike

__all__ = ["Factorisation", "factorise"]


_LARGEST = 1 << 16
"""No larger butterfly is near a matrix that fits in memory."""


class Factorisation(NamedTuple):
    """A butterfly near a matrix A.

    Attributes
    ----------
    operator : Butterfly or TruncatedButterfly
    error : float
        ‖A - operator‖_F / ‖A‖_F; 0 for A = 0.
    floor : float
        No butterfly has a smaller error.

    Examples
    --------
    >>> operator, error, floor = factorise([[0, 1], [2, 3]])
    >>> operator.to_dense(), error, floor
    (array([[0., 1.],
           [2., 3.]]), 0.0, 0.0)
    """

    operator: Butterfly | TruncatedButterfly
    error: float
    floor: float


def factorise(
    A: ArrayLike,
    rows: Iterable[int] | None = None,
    *,
    order: str = "balanced",
    polish: int = 0,
) -> Factorisation:
    """Butterfly near a matrix, by the hierarchical algorithm; exact if A is a butterfly.

    Parameters
    ----------
    A : array_like, shape (n, n), or (l, n) with ``rows``
        float32, float64, complex64 or complex128; n = 2^p >= 2 without ``rows``.
    rows : sequence of int, optional
        Then row t of A is to be output rows[t] of a butterfly of size N, on its first n inputs; N
        is the least power of 2 that holds n inputs and these outputs.
    order : {"balanced", "left", "right"}
        Where to split q layers in two: in the middle, or the one next to the output ("left", the
        first factor as one writes them) or to the input.
    polish : int
        Passes of descent afterwards, along the layers and back. Each makes the error smaller, or
        leaves it.

    Returns
    -------
    Factorisation
        The operator, its relative error, and a floor for the error of all butterflies. Layers have
        equal Frobenius norms.

    Raises
    ------
    ValueError, TypeError
        If A is not a finite matrix of such a shape, rows are not distinct outputs, one for each row
        of A, the order is not known, or polish < 0.

    Notes
    -----
    Above the lowest s layers, every butterfly consists of n blocks of rank one, each of n entries.
    So the best approximation of all blocks has a squared error f_s that no butterfly undercuts:
    the largest f_s is the floor. The algorithm splits A there by n singular value decompositions,
    then both factors in the same way. Its squared error is at most f_1 + … + f_(p-1), so the error
    is at most √(p - 1) times the least error of a butterfly. For p <= 2 it is the least.

    Outputs that are not kept, and inputs above n, count as zeros, which takes away nothing: a
    butterfly has weights of zero there without a change elsewhere.

    A descent pass takes neighbouring layers two by two, and finds the best two in closed form.

    Cost: for the floors and the balanced order about n^2.5 flops, in small singular value
    decompositions; for the other orders, and a pass, about n²·p. The memory is about 10·n² numbers.

    References
    ----------
    Zheng, Riccietti, Gribonval, SIAM J. Math. Data Sci. 5 (2023), for the exact case; Le, Zheng,
    Riccietti, Gribonval, arXiv 2411.04506, for the error and the columns of length 1.

    Examples
    --------
    >>> H = Butterfly.hadamard(8).to_dense()
    >>> operator, error, floor = factorise(H)
    >>> error < 1e-15
    True
    >>> noise = np.random.default_rng(0).standard_normal((8, 8))
    >>> operator, error, floor = factorise(H + 0.1 * noise, polish=4)
    >>> floor < error < 0.25
    True
    """
    from fjlt.runs.backends import one_blas_thread

    a = boundary.matrix(A, "A")
    polish = boundary.dimension(polish, "polish", low=0)
    if order not in ORDERS:
        raise ValueError(f"order = {order!r} is not known; use one of {', '.join(ORDERS)}")
    l, n = a.shape
    if rows is None:
        size, kept = l, np.arange(l)
        if l != n or n < 2 or not boundary.is_power_of_two(n):
            raise ValueError(
                f"A has shape {a.shape}; without rows it must be square, of size 2, 4, 8, …; for "
                f"another matrix, pass the outputs that its rows are, such as rows=range({l})"
            )
    else:
        kept = boundary.rows(rows, _LARGEST)
        if len(kept) != l:
            raise ValueError(f"rows has {len(kept)} outputs, but A has {l} rows")
        size = boundary.next_power_of_two(max(n, int(kept.max()) + 1, 2))
    boundary.memory(10 * size**2 * a.itemsize, f"a factorisation of size {boundary.shown(size)}")
    # Outputs that are not kept and inputs above n are zero.
    small, exponent = scaled(a)
    whole = np.zeros((1, size, size, 1), a.dtype)
    whole[0, kept, :n, 0] = small
    with one_blas_thread():
        layers, _ = layers_of(whole, order)
        near = whole
        for _ in range(polish):
            layers = sweep(near, layers)
            near, layers = turned(near, layers)
        if polish % 2:
            _, layers = turned(near, layers)
        total = float(np.linalg.norm(small)) or 1.0
        error = float(np.linalg.norm(whole - product(layers))) / total
        floor = float(np.sqrt(floors(whole).max(initial=0))) / total
    weights = np.stack([_weights(layer) for layer in _balanced(layers, exponent)])
    operator = Butterfly(weights) if rows is None else TruncatedButterfly(weights, kept, n)
    return Factorisation(operator, error, floor)


def _balanced(layers: list[Array], exponent: int) -> list[Array]:
    """Layers times numbers that make their norms equal, and their product 2^exponent times it."""
    p = len(layers)
    logs = np.log2([float(np.linalg.norm(layer)) or 1.0 for layer in layers])
    # Whole powers of 2 are exact; what is left for the factors is near 1.
    shares = np.full(p, exponent // p)
    factors = 2.0 ** (logs.mean() + exponent / p - shares - logs)
    return [
        times_power_of_two(layer * factor.astype(layer.real.dtype), int(share))
        for layer, factor, share in zip(layers, factors, shares, strict=True)
    ]


def _weights(layer: Array) -> Array:
    """Weights of a layer, shape (n, 2), from its 2 × 2 matrices, shape (h, 2, 2, l)."""
    straight = np.stack([layer[:, 0, 0], layer[:, 1, 1]], axis=1)
    crossed = np.stack([layer[:, 0, 1], layer[:, 1, 0]], axis=1)
    return np.stack([straight.ravel(), crossed.ravel()], axis=1)
