"""Hadamard matrices of order m·2^p, m = 12, 20 or 28: for sizes that are no power of 2.

They are the Kronecker product of a symmetric matrix of order m, of Paley, and the one of order 2^p,
of Sylvester.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from fjlt import boundary
from fjlt.kernels.hadamard_passes import hadamard
from fjlt.types import Array, RealArray

__all__ = ["first_factor", "paley", "transform"]

_FACTORS = {1: 1, 3: 12, 5: 20, 7: 28}
"""The order m of the first factor, by the odd part of n."""

_BLOCK = 1 << 13
"""Columns that are multiplied by the matrix of order m at a time; heuristic."""


def first_factor(n: int, name: str = "n") -> int:
    """The m of 1, 12, 20 and 28 with n = m·2^p.

    Raises
    ------
    ValueError
        If there is none. The message names the next size with one.

    Examples
    --------
    >>> [first_factor(n) for n in (1, 64, 24, 20, 56)]
    [1, 1, 12, 20, 28]
    >>> first_factor(6)
    Traceback (most recent call last):
        ...
    ValueError: n = 6 is neither a power of 2 nor 12, 20 or 28 times one; pad with zeros to 8
    """
    n = boundary.dimension(n, name)
    m = _FACTORS.get(n // (n & -n), 0)
    if not m or n % m:
        sizes = (m * boundary.next_power_of_two(-(-n // m)) for m in _FACTORS.values())
        raise ValueError(
            f"{name} = {boundary.shown(n)} is neither a power of 2 nor 12, 20 or 28 times one; pad "
            f"with zeros to {boundary.shown(min(sizes))}"
        )
    return m


@cache
def paley(m: int) -> RealArray:
    """A symmetric Hadamard matrix: entries ±1, orthogonal rows.

    Parameters
    ----------
    m : {12, 20, 28}
        2(q + 1), for a field of q = 5, 9 or 13 elements.

    Notes
    -----
    Let χ be 1 at the squares of the field and −1 elsewhere, but χ(0) = 0. As −1 is a square, the
    matrix χ(a − b) is symmetric; with a border of ones it is C, with C² = qI. The result is
    C ⊗ [[1, 1], [1, −1]] + I ⊗ [[1, −1], [−1, −1]].

    References
    ----------
    Paley, J. Math. Phys. 12, 1933.

    Examples
    --------
    >>> H = paley(12)
    >>> bool(np.array_equal(H @ H, 12 * np.eye(12)))
    True
    """
    q = m // 2 - 1
    # the field: residues modulo q, or, for q = 9, a + bi modulo 3
    p = 3 if q == 9 else q
    field = [complex(a, b) for b in range(q // p) for a in range(p)]
    squares = {_residue(z * z, p) for z in field[1:]}
    C = np.ones((q + 1, q + 1))
    C[0, 0] = 0
    C[1:, 1:] = [
        [0 if a == b else 1 if _residue(a - b, p) in squares else -1 for b in field] for a in field
    ]
    return np.kron(C, [[1, 1], [1, -1]]) + np.kron(np.eye(q + 1), [[1, -1], [-1, -1]])


def _residue(z: complex, p: int) -> complex:
    return complex(z.real % p, z.imag % p)


def transform(x: Array, y: Array, scale: float) -> None:
    """Write scale·H·x[i] to y[i] for the matrices x[i], as ``hadamard``, n = m·2^p.

    Parameters
    ----------
    x, y : ndarray, shape (batch, n, d)
        Real, C-contiguous, of one dtype; y may be x.
    scale : float
    """
    batch, n, d = x.shape
    m = first_factor(n)
    hadamard(x.reshape(batch * m, n // m, d), y.reshape(batch * m, n // m, d), scale)
    if m == 1:
        return
    H, width = paley(m).astype(x.dtype), n // m * d
    rows = y.reshape(batch, m, width)
    # a block of columns, of as many matrices as it has room for, stays in the cache
    step = max(1, _BLOCK // max(width, 1))
    for i in range(0, batch, step):
        for j in range(0, width, _BLOCK):
            block = rows[i : i + step, :, j : j + _BLOCK]
            block[...] = H @ block
