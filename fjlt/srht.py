"""The subsampled randomised Hadamard transform, the FJLT that is a truncated butterfly."""

from __future__ import annotations

from typing import Any

import numpy as np

from fjlt import boundary
from fjlt.butterfly import Butterfly
from fjlt.truncated import TruncatedButterfly

__all__ = ["srht"]


def srht(k: int, n: int, rng: Any = None) -> TruncatedButterfly:
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

    Returns
    -------
    TruncatedButterfly

    Raises
    ------
    ValueError
        If k < 1, k > n or n < 1.

    Notes
    -----
    Cost: that of a butterfly of size N. Source: Section 2 of Krahmer, Ward, SIAM J. Math. Anal. 43 (2011);
    footnote 4 of arXiv 2007.08864 (numbered as in the ICLR 2021 submission).

    Examples
    --------
    >>> J = srht(2, 4, rng=0)
    >>> (J @ J.H @ np.eye(2)).round(12)
    array([[2., 0.],
           [0., 2.]])
    """
    n = boundary.dimension(n, "n")
    k = boundary.dimension(k, "k", high=n)
    rng = np.random.default_rng(rng)
    size = boundary.next_power_of_two(n)
    signs = rng.choice([-1.0, 1.0], size=size) if size > 1 else np.ones(1)
    rows = np.sort(rng.choice(size, size=k, replace=False))
    weights = Butterfly.hadamard(size, signs).weights.copy()
    weights[-1:] *= (size / k) ** 0.5
    return TruncatedButterfly(weights, rows, n_inputs=n)
