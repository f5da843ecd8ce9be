"""Linear least squares: LSQR, preconditioned by the singular values of a sketch."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil, log
from typing import Any, NamedTuple

import numpy as np
from scipy import sparse
from scipy.linalg import norm
from scipy.sparse.linalg import LinearOperator, lsqr

from fjlt import boundary
from fjlt.array_libraries import at_once
from fjlt.operators.conversion import MatrixOperator, as_operator
from fjlt.operators.ensembles.subsampled_hadamard import srht
from fjlt.operators.operator import Operator
from fjlt.scaling import scaled, times_power_of_two
from fjlt.types import Array, ArrayLike, OperatorLike, RealArray, RNGLike

__all__ = ["LeastSquares", "lstsq"]

DRAWS = 3
"""Sketches that are tried, each with twice the rows of the one before."""

BLOCK = 1 << 24
"""Entries of A that are made dense at a time, if A is not."""


class LeastSquares(NamedTuple):
    """Solution of a least squares problem by a sketch.

    Attributes
    ----------
    x : ndarray, shape (n,) or (n, d)
        As b; of its library.
    residual : float or ndarray, shape (d,)
        ‖b - Ax‖, not squared; an array is of the library of b.
    rank : int
        Numerical rank of A.
    iterations : int
        Of LSQR, the most of any column of b.
    rows : int
        Number k of rows of the sketch; m if there was none.

    Examples
    --------
    >>> lstsq([[1, 0], [1, 0], [0, 1]], [1, 3, 5]).rank
    2
    """

    x: Any
    residual: Any
    rank: int
    iterations: int
    rows: int


def lstsq(
    A: OperatorLike,
    b: ArrayLike,
    *,
    k: int | None = None,
    sketch: OperatorLike | None = None,
    rtol: float | None = None,
    rng: RNGLike = None,
) -> LeastSquares:
    """Least squares solution of Ax ≈ b with the least norm, for a tall A, by a sketch and LSQR.

    An SRHT J of shape (k, m) gives JA = QR = QUΣVᴴ. If J keeps the norms in the range of A within
    1 ± ε, the condition number of A·VΣ⁻¹ is at most (1 + ε)/(1 - ε), whatever that of A is. LSQR
    solves min ‖A·VΣ⁻¹z - b‖ from the solution of the sketch on, and x = VΣ⁻¹z.

    Parameters
    ----------
    A : array_like, scipy.sparse array or LinearOperator, shape (m, n)
        m >= n. Any rank; singular values of JA below max(k, n)·eps times the largest count as 0.
    b : array_like, shape (m,) or (m, d)
        One right side, or d of them in columns. The solution is of its library.
    k : int, optional
        Rows of the sketch, n <= k. Default 4n. From m on, A itself takes the place of JA.
    sketch : Operator, LinearOperator, array_like or scipy.sparse array, shape (k, m), optional
        J itself, of any scale, such as ``sparse_jl(k, m)`` for a sparse A; give it instead of k.
    rtol : float, optional
        LSQR stops when ‖Pᴴr‖ <= rtol·‖P‖·‖r‖ for P = A·VΣ⁻¹ and the residual r = b - Ax, or ‖r‖ is
        as small as that beside ‖b‖. Default 64·eps of the precision.
    rng : None, int, SeedSequence, BitGenerator or Generator
        Draws the SRHT.

    Returns
    -------
    LeastSquares
        The solution, and what the sketch and LSQR did.

    Raises
    ------
    ValueError, TypeError
        If the shapes do not fit, m < n, k < n, an entry is not finite, both k and sketch are given,
        or b is a Dask array.
    RuntimeError
        If the sketch failed: LSQR did not converge, or A has directions that JA has lost. An SRHT
        is drawn anew with twice the rows, two times, before this is said.
    OverflowError
        If no number of the precision is near the solution.

    Notes
    -----
    Cost: J @ A, a QR decomposition of shape (k, n), a singular value decomposition of size n, and
    for each of about 2·ln(1/rtol)/ln(k/n) iterations a product with A and one with Aᴴ. A linear
    operator is multiplied with the identity of size n once, a few columns at a time.

    References
    ----------
    Rokhlin, Tygert, Proc. Natl. Acad. Sci. 105 (2008); Avron, Maymounkov, Toledo, SIAM J. Sci.
    Comput. 32 (2010); with singular values, Meng, Saunders, Mahoney, SIAM J. Sci. Comput. 36
    (2014).

    Examples
    --------
    A line through points; its matrix has condition number 3e8:

    >>> t = 1e4 + np.linspace(0, 1, 1000)
    >>> A = np.stack([np.ones(1000), t], axis=1)
    >>> found = lstsq(A, 3 * (t - 1e4), rng=0)
    >>> round(float(found.x[1]), 5), found.rank, found.iterations < 50
    (3.0, 2, True)
    """
    operator = as_operator(A, "A")
    m, n = operator.shape
    if m < n:
        raise ValueError(
            f"A has shape {(m, n)}, fewer rows than columns; this is for m >= n, and "
            "numpy.linalg.lstsq takes any shape"
        )
    b, back = at_once(b, "b")
    right = boundary.array(b, "b")
    if right.ndim not in (1, 2) or right.shape[0] != m or right.size == 0:
        raise ValueError(
            f"b must have shape ({m},) or ({m}, d), as A has {m} rows; got {right.shape}"
        )
    eps = float(np.finfo(np.result_type(operator.dtype, right)).eps)
    rtol = 64 * eps if rtol is None else boundary.number(rtol, "rtol", above=0, high=0.5)
    generator = np.random.default_rng(rng)
    if sketch is not None:
        if k is not None:
            raise ValueError(f"k = {k} and a sketch are both given; give one of them")
        given = as_operator(sketch, "sketch")
        if given.shape[1] != m or given.shape[0] < n:
            raise ValueError(f"sketch must have shape (k, {m}) with k >= {n}, got {given.shape}")
        return _finished(_solved(operator, right, given, rtol), given.shape[0], back)
    k = 4 * n if k is None else boundary.dimension(k, "k", low=n)
    for draw in range(DRAWS):
        rows = k << draw
        drawn = srht(rows, m, generator, operator.dtype.type(0).real.dtype) if rows < m else None
        try:
            return _finished(_solved(operator, right, drawn, rtol), min(rows, m), back)
        except _Failed as error:
            if rows >= m or draw == DRAWS - 1:
                raise RuntimeError(
                    f"{draw + 1} sketches, the last of {min(rows, m)} rows: {error}; pass a larger "
                    "k or rtol"
                ) from None
    raise AssertionError


class _Failed(RuntimeError):
    """A sketch with which LSQR does not come to the solution."""


def _sketched(J: Operator | None, A: Operator) -> Array:
    """The matrix JA, of A if there is no J."""
    if isinstance(A, MatrixOperator):
        if isinstance(J, MatrixOperator) and sparse.issparse(A.matrix):
            product = J.matrix @ A.matrix
            return product.toarray() if sparse.issparse(product) else product
        if not sparse.issparse(A.matrix):
            return A.matrix if J is None else J @ A.matrix
    m, n = A.shape
    step = max(1, BLOCK // m)
    # The columns of A are its products with those of the identity.
    sketched = A if J is None else J @ A
    starts = range(0, n, step)
    parts = [sketched @ np.eye(n, min(step, n - i), -i, A.dtype) for i in starts]
    return np.concatenate(parts, axis=1)


def _finished(
    solved: tuple[Array, RealArray, int, int], rows: int, back: Callable[[Array], Any]
) -> LeastSquares:
    """The result, with its arrays in the library of b."""
    x, norms, rank, iterations = solved
    residual = float(norms) if x.ndim == 1 else back(norms)
    return LeastSquares(back(x), residual, rank, iterations, rows)


def _solved(
    A: Operator, b: Array, J: Operator | None, rtol: float
) -> tuple[Array, RealArray, int, int]:
    """Solution, norms of the residuals, rank and iterations; without J, A is its own sketch."""
    b, exponent = scaled(b)
    columns = b.reshape(len(b), -1)
    # JA = QR = QUΣVᴴ; small singular values are zeros with rounding errors.
    q, r = np.linalg.qr(boundary.matrix(_sketched(J, A), "A" if J is None else "J @ A"))
    u, sigma, vh = np.linalg.svd(r)
    cut = max(q.shape) * np.finfo(sigma.dtype).eps
    rank = int(np.sum(sigma > cut * sigma[0]))
    sigma, v = sigma[:rank], vh[:rank].conj().T
    dtype = np.result_type(A.dtype, b)
    x, residuals, iterations = np.zeros((A.shape[1], columns.shape[1]), dtype), columns, 0
    if rank:
        start = (q @ u[:, :rank]).conj().T @ (columns if J is None else J @ columns)
        preconditioned = LinearOperator(
            (A.shape[0], rank),
            matvec=lambda z: A @ (v @ (z / sigma)),
            rmatvec=lambda y: (v.conj().T @ (A.H @ y)) / sigma,
            dtype=dtype,
        )
        # The error falls by sqrt(rank/k) in each step, if J is as good as a Gaussian one.
        rate = (rank / len(q)) ** 0.5 if J is not None else 0.5
        limit = min(1000, 20 + ceil(2 * log(rtol) / log(min(rate, 0.999))))
        for i in range(columns.shape[1]):
            z, stopped, steps = lsqr(
                preconditioned, columns[:, i], 0, rtol, rtol, 0, limit, x0=start[:, i]
            )[:3]
            if stopped == 7:
                raise _Failed(f"LSQR did not converge to rtol = {rtol:.1e} in {limit} iterations")
            x[:, i] = v @ (z / sigma)
            iterations = max(iterations, steps)
        residuals = columns - A @ x
    # At a solution Aᴴ(b - Ax) = 0. LSQR sees to that in the span of V only.
    gradient = A.H @ residuals
    outside = norm((gradient - v @ (v.conj().T @ gradient)).ravel())
    largest = norm(A @ v[:, 0]) if rank else 0.0
    if outside > 100 * cut * largest * norm(residuals.ravel()):
        raise _Failed(f"JA has rank {rank} and has lost a direction of A that b needs")
    norms = np.linalg.norm(residuals, axis=0)
    x = times_power_of_two(x, exponent).reshape(A.shape[1], *b.shape[1:])
    return x, times_power_of_two(norms, exponent).reshape(b.shape[1:]), rank, iterations
