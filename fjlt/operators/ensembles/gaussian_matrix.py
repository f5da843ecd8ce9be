"""The Gaussian embedding, the dense random matrix that the fast ones imitate."""

from __future__ import annotations

import numpy as np

from fjlt import boundary
from fjlt.operators.conversion import MatrixOperator
from fjlt.types import RNGLike

__all__ = ["gaussian"]


def gaussian(k: int, n: int, rng: RNGLike = None) -> MatrixOperator:
    """Gaussian embedding J, shape (k, n), with E JᵀJ = I: independent N(0, 1/k) entries.

    Parameters
    ----------
    k : int
        Number of outputs, 1 <= k <= n.
    n : int
        Number of inputs.
    rng : None, int, SeedSequence, BitGenerator or Generator
        Draws the entries.

    Returns
    -------
    MatrixOperator
        Its matrix is dense.

    Raises
    ------
    ValueError, TypeError
        If k < 1, k > n or n < 1, or one of them is not an integer.
    MemoryError
        If the machine has too little memory for the matrix.

    See Also
    --------
    srht : an embedding with a fast product.

    Notes
    -----
    Cost: 2·k·n flops a vector.

    References
    ----------
    Section 2 of Indyk, Motwani, STOC 1998.

    Examples
    --------
    >>> gaussian(2, 5, rng=0).shape
    (2, 5)
    """
    k, n = boundary.outputs(k, n)
    boundary.memory(8 * k * n, f"a matrix of shape ({boundary.shown(k)}, {boundary.shown(n)})")
    J = MatrixOperator(np.random.default_rng(rng).normal(scale=k**-0.5, size=(k, n)))
    J._label = "Gaussian, entries N(0, 1/k), E JᵀJ = I"
    return J
