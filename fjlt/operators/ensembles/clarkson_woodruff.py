"""The Clarkson-Woodruff sketch: every input goes, with a random sign, to one random output."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from fjlt import boundary
from fjlt.operators.conversion import MatrixOperator
from fjlt.types import RNGLike

__all__ = ["count_sketch"]


def count_sketch(k: int, n: int, rng: RNGLike = None) -> MatrixOperator:
    """Clarkson-Woodruff sketch J, shape (k, n), with E JᵀJ = I: one entry ±1 in each column.

    The entry of a column stands in a uniform row and has a uniform sign; all rows and signs are
    independent. There is no scale. If an output receives no input, its row of J is zero, and J has
    rank less than k.

    Parameters
    ----------
    k : int
        Number of outputs, 1 <= k <= n.
    n : int
        Number of inputs.
    rng : None, int, SeedSequence, BitGenerator or Generator
        Draws the rows and the signs.

    Returns
    -------
    MatrixOperator
        Its matrix is sparse, with n entries.

    Raises
    ------
    ValueError, TypeError
        If k < 1, k > n or n < 1, or one of them is not an integer.
    MemoryError
        If the machine has too little memory for n entries.

    Notes
    -----
    Cost: n additions a vector.

    References
    ----------
    Section 2 of Clarkson, Woodruff, J. ACM 63 (2017), who use independent signs, as here; after
    Charikar, Chen, Farach-Colton, ICALP 2002.

    Examples
    --------
    >>> J = count_sketch(2, 5, rng=0)
    >>> abs(J.matrix).sum(axis=0)
    array([1., 1., 1., 1., 1.])
    """
    k, n = boundary.outputs(k, n)
    boundary.memory(32 * n, f"drawing a sketch of n = {boundary.shown(n)} columns")
    rng = np.random.default_rng(rng)
    bucket = rng.integers(k, size=n)
    signs = rng.choice([-1.0, 1.0], size=n)
    J = MatrixOperator(sparse.csr_array((signs, (bucket, np.arange(n))), shape=(k, n)))
    J._label = "count sketch, an entry ±1 a column, E JᵀJ = I"
    return J
