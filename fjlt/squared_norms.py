"""Norms of one vector under many independent transforms: Monte Carlo at the speed of the
transform."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fjlt import boundary

__all__ = ["srht_squared_norms"]

_DRAWS_A_BLOCK = 256


def srht_squared_norms(x: ArrayLike, k: int, draws: int, rng: Any = None) -> NDArray[np.float64]:
    """‖Jx‖² for ``draws`` independent SRHTs J of shape (k, n), distributed as those of ``srht``,
    scale included.

    Parameters
    ----------
    x : array_like, shape (n,)
        Real.
    k : int
        1 <= k <= n.
    draws : int
    rng : None, int, SeedSequence, BitGenerator or Generator
        The draws are others than those of ``srht`` for the same seed.

    Returns
    -------
    ndarray of float64, shape (draws,)

    Raises
    ------
    ValueError, TypeError
        If x is no vector of finite real numbers, or k or draws is out of range.

    Notes
    -----
    Cost: n·log2 n additions a draw; no operator is made. Temporaries: 256 vectors a thread. The
    result does not depend on the number of threads. Source: as ``srht``.

    Examples
    --------
    >>> norms = srht_squared_norms([1, 2, 3, 4], k=2, draws=10_000, rng=0)
    >>> bool(abs(norms.mean() - 30) < 1)
    True
    """
    from fjlt.kernels.threads import in_parallel

    x = boundary.vector(x, "x", real=True).astype(np.float64)
    k = boundary.dimension(k, "k", high=x.size)
    draws = boundary.dimension(draws, "draws")
    generators = np.random.default_rng(rng).spawn(-(-draws // _DRAWS_A_BLOCK))
    size = boundary.next_power_of_two(x.size)
    padded = np.concatenate([x, np.zeros(size - x.size)])
    norms = np.empty(draws)

    def blocks(first: int, stop: int) -> None:
        for block in range(first, stop):
            some = slice(block * _DRAWS_A_BLOCK, min((block + 1) * _DRAWS_A_BLOCK, draws))
            norms[some] = _block(padded, k, norms[some].size, generators[block])

    in_parallel(blocks, len(generators), draws * size * 10)
    return norms


def _block(x: NDArray[Any], k: int, draws: int, rng: np.random.Generator) -> NDArray[Any]:
    from fjlt.kernels.hadamard_passes import hadamard
    from fjlt.kernels.subsets import sums_of_squares

    n = x.size
    bits = np.unpackbits(
        np.frombuffer(rng.bytes(draws * -(-n // 8)), np.uint8).reshape(draws, -1), axis=1, count=n
    )
    y = np.where(bits, -x, x)
    hadamard(y[:, :, None], y[:, :, None], 1.0)
    choices = rng.integers(0, np.arange(n - k + 1, n + 1), size=(draws, k))
    return sums_of_squares(y, choices) / k
