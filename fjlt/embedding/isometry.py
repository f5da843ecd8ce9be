"""Restricted isometry: what an embedding does to the norms of all sparse vectors."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, islice
from math import comb
from typing import Literal

import numpy as np

from fjlt import boundary
from fjlt.operators.conversion import as_operator
from fjlt.types import Array, OperatorLike, RNGLike

__all__ = ["RestrictedIsometry", "restricted_isometry"]

_STARTS = 32
"""Random starts of the search for extreme supports."""
_ROUNDS = 50
_MOST_AT_ONCE = 1 << 20
"""Numbers in a block of Gram matrices."""


@dataclass(frozen=True)
class RestrictedIsometry:
    """Bounds of the restricted isometry constant, and the supports that reach the lower one.

    The constant is the least δ with (1 - δ)·‖x‖² <= ‖Jx‖² <= (1 + δ)·‖x‖² for every x with at most
    ``sparsity`` entries that are not zero.

    Attributes
    ----------
    sparsity : int
        As given.
    lower, upper : float
        The constant is between them, up to rounding.
    exact : bool
        Whether all supports were examined; then the two bounds are equal.
    low, high : float
        The least and the largest ratio ‖Jx‖²/‖x‖² that was found; the extremes if ``exact``.
    lowest, highest : tuple of int
        Supports on which they are reached.
    supports : int
        Number of supports of this size, C(n, sparsity).

    Examples
    --------
    >>> restricted_isometry([[1, 0, 1], [0, 1, 1]], 1)  # doctest: +NORMALIZE_WHITESPACE
    RestrictedIsometry(sparsity=1, lower=1.0, upper=1.0, exact=True, low=1.0, high=2.0, lowest=(0,),
    highest=(2,), supports=3)
    """

    sparsity: int
    lower: float
    upper: float
    exact: bool
    low: float
    high: float
    lowest: tuple[int, ...]
    highest: tuple[int, ...]
    supports: int


def restricted_isometry(
    op: OperatorLike,
    sparsity: int,
    rng: RNGLike = None,
    *,
    method: Literal["auto", "exact", "bounds"] = "auto",
    max_supports: int = 100_000,
) -> RestrictedIsometry:
    """Restricted isometry constant of J: the largest distortion of a sparse vector.

    Parameters
    ----------
    op : Operator, LinearOperator, array_like or scipy.sparse array, shape (k, n)
        J, scale included.
    sparsity : int
        Most entries of a vector that are not zero, 1 <= sparsity <= n.
    rng : None, int, SeedSequence, BitGenerator or Generator
        For the starts of the search; the exact method draws nothing.
    method : "auto", "exact" or "bounds"
        To examine all supports; or to search for bad ones, which bounds the constant from below,
        and to bound it from above. "auto" examines all supports if they are few enough.
    max_supports : int
        The most supports to examine.

    Returns
    -------
    RestrictedIsometry
        A lower and an upper bound of the constant.

    Raises
    ------
    ValueError, TypeError
        If sparsity is out of range, the method is unknown, an entry of J is not finite, or the
        method is "exact" and there are more than ``max_supports`` supports.
    MemoryError
        If the machine has too little memory for JᴴJ.

    See Also
    --------
    subspace_distortion : The extremes over one subspace.

    Notes
    -----
    The extremes for a support are the extreme eigenvalues of its block of G = JᴴJ. The upper bound
    is the least of two: Gershgorin's discs for the worst row, that is the largest
    abs(G_ii - 1) plus the sparsity - 1 largest abs(G_ij) of the row, and the spectral norm of
    G - I. The lower bound comes from power iterations that keep the largest entries after each
    product, from every coordinate with an extreme norm and from random starts; the eigenvalues of
    the supports where they end are then computed.

    To decide whether the constant is below a given number is NP-hard.

    Cost: n products for G. Then an eigenvalue problem of size ``sparsity`` for each support; or 50
    products with G for each of 33 starts and both ends, and the eigenvalues of G.

    References
    ----------
    Candès, Tao, IEEE Trans. Inform. Theory 51 (2005); Yuan, Zhang, J. Mach. Learn. Res. 14 (2013)
    for the truncated power iteration; Tillmann, Pfetsch, IEEE Trans. Inform. Theory 60 (2014) for
    the hardness.

    Examples
    --------
    >>> from fjlt import srht
    >>> J = srht(8, 16, rng=0)
    >>> round(restricted_isometry(J, 2).upper, 12)
    0.5
    >>> found = restricted_isometry(J, 4, rng=0, method="bounds")
    >>> bool(found.lower <= restricted_isometry(J, 4).upper <= found.upper)
    True
    """
    operator = as_operator(op, "op")
    n = operator.shape[1]
    sparsity = boundary.dimension(sparsity, "sparsity", high=n)
    max_supports = boundary.dimension(max_supports, "max_supports")
    supports = comb(n, sparsity)
    if method not in ("auto", "exact", "bounds"):
        raise ValueError(f"method = {method!r} is unknown; use 'auto', 'exact' or 'bounds'")
    if method == "exact" and supports > max_supports:
        raise ValueError(
            f"n = {n} coordinates have {boundary.shown(supports)} supports of size {sparsity}, "
            f"more than max_supports = {max_supports}; raise it, or use method='bounds'"
        )
    boundary.memory(32 * n**2, f"JᴴJ of shape ({n}, {n})")
    j = boundary.matrix(operator.to_dense(), "the matrix of op")
    j = j.astype(np.complex128 if j.dtype.kind == "c" else np.float64)
    gram = boundary.matrix(j.conj().T @ j, "the matrix JᴴJ")
    exact = method == "exact" or (method == "auto" and supports <= max_supports)
    candidates = (
        combinations(range(n), sparsity)
        if exact
        else iter(sorted(_searched(gram, sparsity, np.random.default_rng(rng))))
    )
    low, high, lowest, highest = np.inf, -np.inf, (0,), (0,)
    for block in _blocks(candidates, sparsity):
        ends = np.linalg.eigvalsh(gram[block[:, :, None], block[:, None, :]])[:, [0, -1]]
        least, most = int(np.argmin(ends[:, 0])), int(np.argmax(ends[:, 1]))
        # An eigenvalue of JᴴJ is not negative, but for rounding.
        if ends[least, 0] < low:
            low, lowest = max(float(ends[least, 0]), 0.0), tuple(block[least].tolist())
        if ends[most, 1] > high:
            high, highest = float(ends[most, 1]), tuple(block[most].tolist())
    lower = max(1 - low, high - 1)
    upper = lower if exact else max(lower, _upper(gram, sparsity))
    return RestrictedIsometry(sparsity, lower, upper, exact, low, high, lowest, highest, supports)


def _blocks(supports: Iterator[tuple[int, ...]], sparsity: int) -> Iterator[Array]:
    size = max(1, _MOST_AT_ONCE // sparsity**2)
    while block := list(islice(supports, size)):
        yield np.array(block, dtype=np.intp)


def _upper(gram: Array, sparsity: int) -> float:
    """An upper bound of the constant: Gershgorin's discs, or the norm of G - I."""
    off = np.abs(gram - np.eye(len(gram)))
    centre = np.diagonal(off).copy()
    np.fill_diagonal(off, 0)
    largest = np.sort(off, axis=1)[:, len(gram) - (sparsity - 1) :]
    discs = float(np.max(centre + largest.sum(axis=1)))
    values = np.linalg.eigvalsh(gram)
    return min(discs, max(float(values[-1]) - 1, 1 - float(values[0])))


def _searched(gram: Array, sparsity: int, rng: np.random.Generator) -> set[tuple[int, ...]]:
    """Supports on which the eigenvalues of G may be extreme."""
    n = len(gram)
    norms = np.real(np.diagonal(gram))
    start = np.concatenate([rng.standard_normal((n, _STARTS)), np.zeros((n, 1))], axis=1)
    bound = float(np.linalg.norm(gram, 2))
    found = set()
    for matrix, worst in (
        (gram, np.argmax(norms)),
        (bound * np.eye(n) - gram, np.argmin(norms)),
    ):
        x = start.astype(matrix.dtype)
        x[worst, -1] = 1
        for _ in range(_ROUNDS):
            # A power iteration that keeps the largest entries.
            y = matrix @ x
            kept = np.argpartition(-np.abs(y), sparsity - 1, axis=0)[:sparsity]
            x = np.zeros_like(y)
            np.put_along_axis(x, kept, np.take_along_axis(y, kept, axis=0), axis=0)
            x /= np.maximum(np.linalg.norm(x, axis=0), np.finfo(np.float64).tiny)
        found |= {tuple(sorted(column.tolist())) for column in kept.T}
    return found
