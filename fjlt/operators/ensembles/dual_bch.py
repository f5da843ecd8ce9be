"""The transform of Ailon and Liberty: randomised Hadamard transforms, then a dual BCH code."""

from __future__ import annotations

import numpy as np

from fjlt import boundary
from fjlt.operators.butterfly import Butterfly
from fjlt.operators.ensembles.galois import multiply
from fjlt.operators.product import Product
from fjlt.operators.truncated import TruncatedButterfly
from fjlt.types import IndexArray, RNGLike

__all__ = ["ailon_liberty", "dual_bch_rows", "largest_code"]


def largest_code(n: int) -> int:
    """The most rows that ``ailon_liberty`` can have: 2^m - 1 with 4^m <= N columns.

    Examples
    --------
    >>> largest_code(784), largest_code(3)
    (31, 1)
    """
    return (1 << (boundary.next_power_of_two(n).bit_length() - 1) // 2) - 1


def dual_bch_rows(k: int) -> IndexArray:
    """Rows of the Hadamard matrix of size 4^m that form k words of a dual BCH code.

    Row number x is x + 2^m·x³ for x = 1, …, k in GF(2^m), where 2^m is the least power of 2 that is
    greater than k.

    The dual BCH code of designed distance 5 has the words (tr(ax + bx³)), x in GF(2^m)\\{0}, one
    for each pair (a, b). As the columns of a matrix with entries ±1, and up to their order, they
    make up these rows of the unnormalised Hadamard matrix in Sylvester order. Any four of the rows
    are independent: each of the 16 sign patterns occurs in exactly 4^m/16 columns. So are any
    fewer.

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
    A sum of one to four of the vectors (x, x³) is never zero, because the BCH code of designed
    distance 5 has no word of weight 1 to 4.

    References
    ----------
    Ailon, Liberty, Discrete Comput. Geom. 42 (2009).

    Examples
    --------
    >>> dual_bch_rows(3)
    array([5, 6, 7])
    """
    k = boundary.dimension(k, "k")
    m = k.bit_length()
    # The least m with 2^m > k. The low m bits of a row number are x, the high m bits are x³.
    x = np.arange(1, k + 1)
    return (x | multiply(x, multiply(x, x, m), m) << m).astype(np.intp)


def ailon_liberty(k: int, n: int, rng: RNGLike = None, *, rounds: int = 2) -> Product:
    """Ailon-Liberty transform J = sqrt(N/k)·P·(H·D)·(H·D')·…, shape (k, n), with E JᵀJ = I.

    Here N is the least power of 2 that is at least n, and

    - D, D', … are diagonals of independent uniform signs, one for the code and one for each round,
    - H is the orthonormal Hadamard matrix of size N,
    - P keeps the k outputs ``dual_bch_rows(k)``, which are not random.

    So sqrt(N)·P·H is a code matrix with 4-wise independent rows, repeated N/4^m times, where 2^m is
    the least power of 2 above k. The scale sqrt(N/k) is included.

    Parameters
    ----------
    k : int
        Number of outputs, 1 <= k < 2^m with 4^m <= N: about k < sqrt(N).
    n : int
        Number of inputs; need not be a power of 2.
    rng : None, int, SeedSequence, BitGenerator or Generator
        Draws the signs.
    rounds : int
        Number of transforms H·D' before the code. The number that the source needs depends on how
        far k stays below sqrt(n); the default is a guess. With 0 rounds J is a truncated butterfly.

    Returns
    -------
    Product
        Of rounds + 1 truncated butterflies.

    Raises
    ------
    ValueError, TypeError
        If n < 1, k < 1, rounds < 0, or k is too large for n.
    MemoryError
        If the machine has too little memory for the weights.

    Notes
    -----
    Cost: rounds + 1 butterflies of size N.

    References
    ----------
    Ailon, Liberty, Discrete Comput. Geom. 42 (2009). They reach n·log k operations by Hadamard
    transforms of blocks; here every round is a full transform.

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
    largest = largest_code(n)
    if k > largest:
        raise ValueError(
            f"k = {k} is too large for n = {n}: the dual BCH code of size N = {size} has "
            f"{largest} rows; pad with zeros to n = {4 ** k.bit_length()}, or use srht"
        )
    boundary.memory(
        16 * (rounds + 2) * size * size.bit_length(),
        f"drawing {boundary.shown(rounds + 1)} butterflies of size {boundary.shown(size)}",
    )
    rng = np.random.default_rng(rng)

    def mixing(n_inputs: int) -> TruncatedButterfly:
        network = Butterfly.hadamard(size, rng.choice([-1.0, 1.0], size=size))
        return TruncatedButterfly(network.weights, range(size), n_inputs)

    # The round that is applied first, the last factor, has the n inputs.
    inputs = [size] * rounds + [n]
    code = mixing(inputs[0]).weights.copy()
    code[-1] *= (size / k) ** 0.5
    J = Product(TruncatedButterfly(code, dual_bch_rows(k), inputs[0]), *map(mixing, inputs[1:]))
    J._label = f"Ailon-Liberty sqrt(N/k)·P·(H·D)^{rounds + 1}, N = {size}, E JᵀJ = I"
    return J
