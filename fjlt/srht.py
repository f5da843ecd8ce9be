"""The subsampled randomised Hadamard transform, the FJLT that is a truncated butterfly."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fjlt import boundary
from fjlt.butterfly import Butterfly
from fjlt.truncated import TruncatedButterfly

__all__ = ["srht"]

_ENTRIES_A_BLOCK = 1 << 16


class SRHT(TruncatedButterfly):
    """The operator of ``srht``: a truncated butterfly that knows its signs, D, and needs no weights to be applied.

    Where the vectors lie one after the other in memory (a single vector; X.T of samples in rows), products and adjoints
    are made with ``fwht``; else with the butterfly, pruned.

    Attributes
    ----------
    signs : ndarray, shape (N,)
        Diagonal of D.
    """

    def __init__(self, signs: NDArray[Any], rows: NDArray[Any], n_inputs: int) -> None:
        self.signs, self.rows = signs, rows
        for a in (signs, rows):
            a.flags.writeable = False
        super(TruncatedButterfly, self).__init__(signs.dtype, (len(rows), n_inputs))

    @cached_property
    def butterfly(self) -> Butterfly:  # type: ignore[override]
        """The network before truncation: signs in layer 0, scale sqrt(N/k) in the last."""
        size = self.signs.size
        weights = Butterfly.hadamard(size, self.signs).weights.astype(self.dtype)
        weights[-1:] *= (size / len(self.rows)) ** 0.5
        return Butterfly(weights)

    def _apply(self, x: NDArray[Any]) -> NDArray[Any]:
        if not x.flags.f_contiguous:
            return super()._apply(x)
        y = np.empty((x.shape[1], self.shape[0]), np.result_type(self.dtype, x))

        def block(z: NDArray[Any], some: slice) -> None:
            z[:, : len(x)] = x.T[some]
            z *= self.signs
            _transform(z, len(self.rows) ** -0.5)
            y[some] = z[:, self.rows]

        self._by_blocks(block, y)
        return y.T

    def _apply_adjoint(self, g: NDArray[Any]) -> NDArray[Any]:
        if not g.flags.f_contiguous:
            return super()._apply_adjoint(g)
        y = np.empty((g.shape[1], self.shape[1]), np.result_type(self.dtype, g))

        def block(z: NDArray[Any], some: slice) -> None:
            z[:, self.rows] = g.T[some]
            _transform(z, len(self.rows) ** -0.5)
            z *= self.signs
            y[some] = z[:, : self.shape[1]]

        self._by_blocks(block, y)
        return y.T

    def _by_blocks(self, block: Any, y: NDArray[Any]) -> None:
        """Call block(z, some) for blocks of vectors, the rows number ``some`` of y; z: zeros, a row for each."""
        from fjlt.threads import in_parallel

        size = self.signs.size
        n_vectors = max(1, _ENTRIES_A_BLOCK // size)

        def run(first: int, stop: int) -> None:
            for start in range(first * n_vectors, stop * n_vectors, n_vectors):
                some = slice(start, start + n_vectors)
                block(np.zeros((len(y[some]), size), y.dtype), some)

        in_parallel(run, -(-len(y) // n_vectors), 20 * len(y) * size)


def _transform(z: NDArray[Any], scale: float) -> None:
    from fjlt.passes import hadamard

    real = z.view(z.real.dtype).reshape(*z.shape, -1)
    hadamard(real, real, scale)


def srht(k: int, n: int, rng: Any = None, dtype: Any = np.float64) -> SRHT:
    """SRHT J = sqrt(N/k)·P·H·D, shape (k, n), E JᵀJ = I: signs in layer 0, scale sqrt(N/k) included.

    D: independent uniform signs; H: orthonormal Hadamard of size N, the least power of 2 that is at least n;
    P: a uniform k-subset of the N outputs, without replacement, in increasing order. If n = N then
    J Jᵀ = (n/k)·I. For N = 1 there is no layer to hold a sign, and J = [1].

    Parameters
    ----------
    k : int
        Number of outputs, 1 <= k <= n.
    n : int
        Number of inputs; need not be a power of 2.
    rng : None, int, SeedSequence, BitGenerator or Generator
    dtype : dtype
        float32 or float64; that of the result for data of no more precision.

    Returns
    -------
    SRHT
        A ``TruncatedButterfly``.

    Raises
    ------
    ValueError
        If k < 1, k > n, n < 1, or for another dtype.

    Notes
    -----
    Cost: that of a butterfly of size N; the weights are made only where they are needed. Source: Section 2 of Krahmer,
    Ward, SIAM J. Math. Anal. 43 (2011); footnote 4 of arXiv 2007.08864 (numbered as in the ICLR 2021 submission).

    Examples
    --------
    >>> J = srht(2, 4, rng=0)
    >>> (J @ J.H @ np.eye(2)).round(12)
    array([[2., 0.],
           [0., 2.]])
    """
    n = boundary.dimension(n, "n")
    k = boundary.dimension(k, "k", high=n)
    if np.dtype(dtype) not in (np.float32, np.float64):
        raise ValueError(f"dtype = {np.dtype(dtype)}: use float32 or float64")
    rng = np.random.default_rng(rng)
    size = boundary.next_power_of_two(n)
    signs = rng.choice([-1.0, 1.0], size=size) if size > 1 else np.ones(1)
    rows = np.sort(rng.choice(size, size=k, replace=False))
    return SRHT(signs.astype(dtype), rows, n)
