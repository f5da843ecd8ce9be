"""The subsampled randomised Hadamard transform, the FJLT that is a truncated butterfly."""

from __future__ import annotations

from functools import partial

import numpy as np

from fjlt import boundary
from fjlt.operators.butterfly import Butterfly
from fjlt.operators.truncated import DeferredButterfly, TruncatedButterfly
from fjlt.types import Array, DTypeLike, IndexArray, RNGLike

__all__ = ["SRHT", "srht"]


class SRHT(TruncatedButterfly):
    """The operator that ``srht`` returns, a truncated butterfly that rarely needs its weights.

    Where the vectors lie one after the other in memory, as a single vector does, or X.T for samples
    in the rows of X, products use the Walsh-Hadamard transform. Otherwise the butterfly, whose
    weights are made on first use, saves what reaches no kept output.

    Parameters
    ----------
    signs : ndarray, shape (N,)
        Diagonal of D.
    rows : ndarray of int, shape (k,)
    n_inputs : int

    Attributes
    ----------
    signs : ndarray, shape (N,)
        Read-only.
    """

    _caches = (*TruncatedButterfly._caches, "_network")

    def __init__(self, signs: Array, rows: IndexArray, n_inputs: int) -> None:
        self.signs = signs
        self.signs.flags.writeable = False
        self._label = f"sqrt(N/k)·P·H·D, N = {signs.size}, E JᵀJ = I"
        butterfly = partial(_signed_hadamard, signs, len(rows))
        super().__init__(DeferredButterfly(signs.size, signs.dtype, butterfly), rows, n_inputs)

    def _apply(self, x: Array) -> Array:
        if not x.flags.f_contiguous:
            return super()._apply(x)
        from fjlt.kernels.hadamard_passes import sampled

        # The transform with entries ±1, times k^(-1/2): sqrt(N/k) by the N^(-1/2) of H.
        x = np.ascontiguousarray(x.T, np.result_type(self.dtype, x))
        return sampled(
            x, self.signs.astype(x.real.dtype, copy=False), self.rows, len(self.rows) ** -0.5
        ).T

    def _apply_adjoint(self, g: Array) -> Array:
        if not g.flags.f_contiguous:
            return super()._apply_adjoint(g)
        from fjlt.kernels.hadamard_passes import hadamard

        # Jᵀ = sqrt(N/k)·D·H·Pᵀ: scatter, transform, multiply by the signs.
        y = np.zeros((g.shape[1], self.signs.size), np.result_type(self.dtype, g))
        y[:, self.rows] = g.T
        real = y.view(y.real.dtype).reshape(*y.shape, y.itemsize // y.real.itemsize)
        hadamard(real, real, len(self.rows) ** -0.5)
        y *= self.signs
        return y[:, : self.shape[1]].T


def _signed_hadamard(signs: Array, k: int) -> Butterfly:
    """The butterfly sqrt(N/k)·H·D, with the signs in layer 0 and the scale in the last."""
    weights = Butterfly.hadamard(signs.size, signs).weights.astype(signs.dtype)
    weights[-1:] *= (signs.size / k) ** 0.5
    return Butterfly(weights)


def srht(k: int, n: int, rng: RNGLike = None, dtype: DTypeLike = np.float64) -> SRHT:
    """Subsampled randomised Hadamard transform J = sqrt(N/k)·P·H·D, shape (k, n), with E JᵀJ = I.

    Here N is the least power of 2 that is at least n, and

    - D is a diagonal of independent uniform signs, absorbed in layer 0,
    - H is the orthonormal Hadamard matrix of size N,
    - P keeps a uniform k-subset of the N outputs, without replacement, in increasing order.

    The scale sqrt(N/k) is included. If n = N then J Jᵀ = (n/k)·I. For N = 1 there is no layer to
    hold a sign, and J = [1].

    Parameters
    ----------
    k : int
        Number of outputs, 1 <= k <= n.
    n : int
        Number of inputs; need not be a power of 2.
    rng : None, int, SeedSequence, BitGenerator or Generator
        Draws D and P.
    dtype : dtype
        float32 or float64. The result has this dtype if the data has no more precision.

    Returns
    -------
    SRHT
        A ``TruncatedButterfly`` with an attribute ``signs``.

    Raises
    ------
    ValueError
        If k < 1, k > n, n < 1, or the dtype is another.
    MemoryError
        If the machine has too little memory for the signs.

    See Also
    --------
    ailon_chazelle, ailon_liberty, count_sketch, gaussian : other random embeddings.

    Notes
    -----
    Cost: that of a butterfly of size N. The weights are made only where they are needed.

    References
    ----------
    Section 2 of Krahmer, Ward, SIAM J. Math. Anal. 43 (2011); footnote 5 of arXiv
    2007.08864v2.

    Examples
    --------
    >>> J = srht(2, 4, rng=0)
    >>> (J @ J.H @ np.eye(2)).round(12)
    array([[2., 0.],
           [0., 2.]])
    """
    k, n = boundary.outputs(k, n)
    if np.dtype(dtype) not in (np.float32, np.float64):
        raise ValueError(f"dtype = {np.dtype(dtype)}: use float32 or float64")
    size = boundary.next_power_of_two(n)
    boundary.memory(16 * size, f"drawing signs and rows of an SRHT of size {boundary.shown(size)}")
    rng = np.random.default_rng(rng)
    signs = rng.choice([-1.0, 1.0], size=size) if size > 1 else np.ones(1)
    rows = np.sort(rng.choice(size, size=k, replace=False))
    return SRHT(signs.astype(dtype), rows, n)
