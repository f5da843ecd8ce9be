"""The subsampled randomised Hadamard transform, the FJLT that is a truncated butterfly."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fjlt import boundary
from fjlt.operators.butterfly import Butterfly
from fjlt.operators.truncated import TruncatedButterfly

__all__ = ["srht"]


class SRHT(TruncatedButterfly):
    """The operator of ``srht``: a truncated butterfly that knows its signs, D, and needs no weights
    to be applied.

    Where the vectors lie one after the other in memory (a single vector; X.T of samples in rows),
    products and adjoints are made with ``fwht``; else with the butterfly, pruned.

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
        from fjlt.kernels.hadamard_passes import sampled

        x = np.ascontiguousarray(x.T, np.result_type(self.dtype, x))
        return sampled(
            x, self.signs.astype(x.real.dtype, copy=False), self.rows, len(self.rows) ** -0.5
        ).T

    def _apply_adjoint(self, g: NDArray[Any]) -> NDArray[Any]:
        if not g.flags.f_contiguous:
            return super()._apply_adjoint(g)
        from fjlt.kernels.hadamard_passes import hadamard

        y = np.zeros((g.shape[1], self.signs.size), np.result_type(self.dtype, g))
        y[:, self.rows] = g.T
        real = y.view(y.real.dtype).reshape(*y.shape, y.itemsize // y.real.itemsize)
        hadamard(real, real, len(self.rows) ** -0.5)
        y *= self.signs
        return y[:, : self.shape[1]].T


def srht(k: int, n: int, rng: Any = None, dtype: Any = np.float64) -> SRHT:
    """SRHT J = sqrt(N/k)·P·H·D, shape (k, n), E JᵀJ = I: signs in layer 0, scale sqrt(N/k)
    included.

    D: independent uniform signs; H: orthonormal Hadamard of size N, the least power of 2 that is at
    least n; P: a uniform k-subset of the N outputs, without replacement, in increasing order. If n
    = N then J Jᵀ = (n/k)·I. For N = 1 there is no layer to hold a sign, and J = [1].

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
    Cost: that of a butterfly of size N; the weights are made only where they are needed. Source:
    Section 2 of Krahmer, Ward, SIAM J. Math. Anal. 43 (2011); footnote 4 of arXiv 2007.08864
    (numbered as in the ICLR 2021 submission).

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
