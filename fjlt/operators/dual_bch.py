"""The transform of Ailon and Liberty: a dual BCH code after rounds of randomised Hadamard
transforms."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from fjlt import boundary
from fjlt.operators.butterfly import Butterfly
from fjlt.operators.galois import multiply
from fjlt.operators.product import Product
from fjlt.operators.truncated import TruncatedButterfly

__all__ = ["ailon_liberty", "dual_bch_rows"]


def dual_bch_rows(k: int) -> NDArray[np.intp]:
    """Outputs x + 2^m·x³, x = 1, …, k in GF(2^m), of the Hadamard matrix of size 4^m, 2^m the least
    > k.

    The dual BCH code of designed distance 5 has the words (tr(ax + bx³)), x in GF(2^m)\\{0};
    written as ±1 in the columns (a, b) of a matrix they are, up to the order of the columns, these
    rows of the unnormalised Hadamard matrix in Sylvester order. Every four rows are independent:
    each of the 16 sign patterns occurs in exactly 4^m/16 columns (in fewer than four rows
    likewise).

    Parameters
    ----------
    k : int
        Number of rows.

    Returns
    -------
    ndarray of int, shape (k,)

    Raises
    ------
    ValueError, TypeError
        If k is not an integer from 1 to 2^24 - 1.

    Notes
    -----
    Source: Ailon, Liberty, Discrete Comput. Geom. 42 (2009); a sum of at most four of the vectors
    (x, x³) is never zero, because the BCH code of designed distance 5 has no word of weight 1 to 4.

    Examples
    --------
    >>> dual_bch_rows(3)
    array([5, 6, 7])
    """
    k = boundary.dimension(k, "k")
    m = k.bit_length()
    x = np.arange(1, k + 1)
    return (x | multiply(x, multiply(x, x, m), m) << m).astype(np.intp)


def ailon_liberty(k: int, n: int, rng: Any = None, *, rounds: int = 2) -> Product:
    """Ailon-Liberty transform J = sqrt(N/k)·P·(H·D)·(H·D')·…, shape (k, n), E JᵀJ = I: scale
    included.

    D, D', …: independent uniform signs, one diagonal for the code and one a round; H: orthonormal
    Hadamard of size N, the least power of 2 that is at least n; P: not random, the k outputs
    ``dual_bch_rows(k)``. So sqrt(N)·P·H is a 4-wise independent code matrix repeated N/4^m times,
    2^m the least power of 2 above k.

    Parameters
    ----------
    k : int
        Number of outputs, 1 <= k < 2^m with 4^m <= N: about k < sqrt(N).
    n : int
        Number of inputs; need not be a power of 2.
    rng : None, int, SeedSequence, BitGenerator or Generator
    rounds : int
        Number of transforms H·D' before the code. The source needs a number that depends on how far
        k stays below sqrt(n); the default is a guess. With 0 rounds J is a truncated butterfly.

    Returns
    -------
    Product
        Of rounds + 1 truncated butterflies.

    Raises
    ------
    ValueError, TypeError
        If n < 1, k < 1, rounds < 0, or k is too large for n.

    Notes
    -----
    Cost: rounds + 1 butterflies of size N. Source: Ailon, Liberty, Discrete Comput. Geom. 42
    (2009), who reach n·log k operations by Hadamard transforms of blocks; here every round is a
    full transform.

    Examples
    --------
    >>> J = ailon_liberty(3, 16, rng=0)
    >>> J.shape, [a.rows.tolist() for a in J.factors[:1]]
    ((3, 16), [[5, 6, 7]])
    """
    n = boundary.dimension(n, "n")
    k = boundary.dimension(k, "k")
    rounds = boundary.dimension(rounds, "rounds", low=0)
    size = boundary.next_power_of_two(n)
    largest = (1 << (size.bit_length() - 1) // 2) - 1
    if k > largest:
        raise ValueError(
            f"k = {k} is too large for n = {n}: the dual BCH code of size N = {size} has "
            f"{largest} rows; pad with zeros to n = {4 ** k.bit_length()}, or use srht"
        )
    rng = np.random.default_rng(rng)

    def mixing(n_inputs: int) -> TruncatedButterfly:
        network = Butterfly.hadamard(size, rng.choice([-1.0, 1.0], size=size))
        return TruncatedButterfly(network.weights, range(size), n_inputs)

    inputs = [size] * rounds + [n]
    code = mixing(inputs[0]).weights.copy()
    code[-1] *= (size / k) ** 0.5
    return Product(TruncatedButterfly(code, dual_bch_rows(k), inputs[0]), *map(mixing, inputs[1:]))
