"""The sparse embedding of Kane and Nelson: in every column one sign in each block of rows."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from fjlt import boundary
from fjlt.operators.conversion import MatrixOperator
from fjlt.types import RNGLike

__all__ = ["sparse_jl"]


def sparse_jl(k: int, n: int, rng: RNGLike = None, *, s: int | None = None) -> MatrixOperator:
    """Kane-Nelson embedding J, shape (k, n), with E JᵀJ = I: s entries ±s^(-1/2) in each column.

    The k rows are cut into s blocks, whose sizes differ by one at most. In each block a column has
    one entry, in a uniform row and of a uniform sign; all rows and signs are independent. So each
    column has norm 1. The scale s^(-1/2) is included.

    Parameters
    ----------
    k : int
        Number of outputs, 1 <= k <= n.
    n : int
        Number of inputs.
    rng : None, int, SeedSequence, BitGenerator or Generator
        Draws the rows and the signs.
    s : int, optional
        Entries of a column, 1 <= s <= k. Default min(8, k), a custom and no theorem; the source
        needs s of the order of eps·k for squared norms within 1 ± eps. With s = 1 the law of J is
        that of ``count_sketch``.

    Returns
    -------
    MatrixOperator
        Its matrix is sparse, with s·n entries.

    Raises
    ------
    ValueError, TypeError
        If k < 1, k > n, n < 1, s < 1 or s > k, or one of them is not an integer.
    MemoryError
        If the machine has too little memory for s·n entries.

    See Also
    --------
    count_sketch : one entry in each column.

    Notes
    -----
    Cost: 2·s·n flops a vector; of a sparse matrix, 2·s for each of its entries.

    References
    ----------
    Kane, Nelson, J. ACM 61 (2014), the block construction, with rows and signs that are fully
    independent.

    Examples
    --------
    >>> J = sparse_jl(4, 6, rng=0, s=2)
    >>> abs(J.matrix).sum(axis=0).round(3)
    array([1.414, 1.414, 1.414, 1.414, 1.414, 1.414])
    """
    k, n = boundary.outputs(k, n)
    s = min(8, k) if s is None else boundary.dimension(s, "s", high=k)
    boundary.memory(48 * s * n, f"drawing {s} entries in each of n = {boundary.shown(n)} columns")
    rng = np.random.default_rng(rng)
    # Block b consists of the rows edges[b], …, edges[b + 1] - 1.
    edges = np.arange(s + 1) * k // s
    rows = rng.integers(edges[:-1], edges[1:], size=(n, s))
    entries = rng.choice([-1.0, 1.0], size=(n, s)) * s**-0.5
    columns = (entries.ravel(), rows.ravel(), np.arange(0, s * n + 1, s))
    J = MatrixOperator(sparse.csc_array(columns, shape=(k, n)))
    J._label = f"Kane-Nelson, {s} entries ±{s}^(-1/2) a column, E JᵀJ = I"
    return J
