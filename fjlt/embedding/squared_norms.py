"""Norms of one vector under many independent transforms, for Monte Carlo."""

from __future__ import annotations

import numpy as np

from fjlt import boundary
from fjlt.scaling import restored, scaled
from fjlt.types import Array, ArrayLike, RealArray, RNGLike

__all__ = ["srht_squared_norms"]

_BLOCK_SIZE = 256
"""Draws from one stream of random numbers."""


def srht_squared_norms(x: ArrayLike, k: int, draws: int, rng: RNGLike = None) -> RealArray:
    """Draw ‖Jx‖² for independent SRHTs J of shape (k, n), distributed as those of ``srht``.

    The scale of J is included.

    Parameters
    ----------
    x : array_like, shape (n,)
        Real.
    k : int
        1 <= k <= n.
    draws : int
        Number of transforms.
    rng : None, int, SeedSequence, BitGenerator or Generator
        For the same seed, ``srht`` draws other transforms.

    Returns
    -------
    ndarray of float64, shape (draws,)
        One squared norm for each transform.

    Raises
    ------
    ValueError, TypeError
        If x is not a vector of finite real numbers, or k or draws is out of range.
    OverflowError
        If no double is near one of the squared norms.
    MemoryError
        If the result takes more memory than the machine has.

    See Also
    --------
    srht : one transform, as an operator.

    Notes
    -----
    Cost: n·log2 n additions a draw; no operator is made. The temporaries of a thread are 32 bytes
    for each input and as many vectors as fit into 8 MB, at least one. The result does not depend on
    the number of threads.

    Examples
    --------
    >>> norms = srht_squared_norms([1, 2, 3, 4], k=2, draws=10_000, rng=0)
    >>> bool(abs(norms.mean() - 30) < 1)
    True
    """
    from fjlt.kernels.threads import in_parallel

    x, exponent = scaled(boundary.vector(x, "x", real=True).astype(np.float64))
    k = boundary.dimension(k, "k", high=x.size)
    draws = boundary.dimension(draws, "draws")
    size = boundary.next_power_of_two(x.size)
    # A norm, and for every block a generator of less than 4 kB; signs and vectors of one thread.
    boundary.memory(24 * draws + 64 * size, f"srht_squared_norms of {boundary.shown(draws)} draws")
    generators = boundary.generators(rng, -(-draws // _BLOCK_SIZE))
    padded = np.concatenate([x, np.zeros(size - x.size)])
    norms = np.empty(draws)

    def blocks(first: int, stop: int) -> None:
        for block in range(first, stop):
            some = slice(block * _BLOCK_SIZE, min((block + 1) * _BLOCK_SIZE, draws))
            norms[some] = _block(padded, k, norms[some].size, generators[block])

    in_parallel(blocks, len(generators), draws * size * 10)
    # What is left of a norm that is zero is rounding.
    noise = size * np.finfo(np.float64).eps * float(x @ x)
    return restored(norms, 2 * exponent, "a squared norm", noise)


def _block(x: Array, k: int, draws: int, rng: np.random.Generator) -> Array:
    """Draw ‖Jx‖² from the signs D and a uniform subset of the entries of H·D·x."""
    from fjlt.kernels.hadamard_passes import hadamard
    from fjlt.kernels.subsets import sums_of_squares

    n = x.size
    # One random bit for each sign.
    signs = np.frombuffer(rng.bytes(draws * -(-n // 8)), np.uint8).reshape(draws, -1)
    norms, step = np.empty(draws), _rows_at_once(n)
    for first in range(0, draws, step):
        some = slice(first, first + step)
        bits = np.unpackbits(signs[some], axis=1, count=n)
        y = np.where(bits, -x, x)
        hadamard(y[:, :, None], y[:, :, None], 1.0)
        # H has entries ±1 here, so that ‖Jx‖² is the sum of k squares divided by k.
        choices = rng.integers(0, np.arange(n - k + 1, n + 1), size=(len(y), k))
        norms[some] = sums_of_squares(y, choices) / k
    return norms


def _rows_at_once(n: int) -> int:
    """How many vectors are transformed together: as many as fit into 8 MB, and at least one."""
    return max(1, 2**20 // n)
