"""The discrete Fourier transform as a butterfly of inputs in bit-reversed order."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from fjlt import boundary
from fjlt.operators.butterfly import Butterfly
from fjlt.operators.conversion import MatrixOperator
from fjlt.operators.product import Product
from fjlt.types import Array, ComplexArray, IndexArray

__all__ = ["bit_reversal", "dft", "fourier_weights", "idft", "norm_factor", "permutation"]


def dft(n: int, norm: str = "backward") -> Product:
    """Discrete Fourier transform, shape (n, n), with the scale of ``scipy.fft.fft``.

    Parameters
    ----------
    n : int
        A power of 2.
    norm : {"backward", "ortho", "forward"}
        The scale is 1, n^(-1/2) or 1/n.

    Returns
    -------
    Product
        A complex butterfly, and before it the permutation that reverses the bits of the inputs.

    Raises
    ------
    ValueError, TypeError
        If n is not a power of 2, or the norm is not known.

    See Also
    --------
    idft : its inverse.

    Notes
    -----
    Cost: one product with a complex butterfly and one with a permutation. ``scipy.fft`` is faster;
    this form is for the weights, which one can truncate, train or compare.

    References
    ----------
    Cooley, Tukey, Math. Comp. 19 (1965), decimation in time.

    Examples
    --------
    >>> (dft(4) @ [0, 1, 0, 0]).round(12) + 0.0
    array([ 1.+0.j,  0.-1.j, -1.+0.j,  0.+1.j])
    """
    n = boundary.dimension(n, "n")
    w = fourier_weights(n)
    _scale(w, norm_factor(norm, n))
    return Product(Butterfly(w), permutation(bit_reversal(n)))


def idft(n: int, norm: str = "backward") -> Product:
    """Inverse of ``dft``, shape (n, n), with the scale of ``scipy.fft.ifft``.

    Parameters
    ----------
    n : int
        A power of 2.
    norm : {"backward", "ortho", "forward"}
        The scale is 1/n, n^(-1/2) or 1.

    Returns
    -------
    Product
        A complex butterfly, and before it the permutation that reverses the bits of the inputs.

    Raises
    ------
    ValueError, TypeError
        If n is not a power of 2, or the norm is not known.

    Examples
    --------
    >>> (idft(4) @ [4, 0, 0, 0]).real
    array([1., 1., 1., 1.])
    """
    n = boundary.dimension(n, "n")
    w = fourier_weights(n).conj()
    _scale(w, 1 / norm_factor(norm, n) / n)
    return Product(Butterfly(w), permutation(bit_reversal(n)))


def norm_factor(norm: str, n: int) -> float:
    """The factor of a forward transform of size n."""
    factors = {"backward": 1.0, "ortho": n**-0.5, "forward": 1 / n}
    if norm not in factors:
        raise ValueError(f"norm = {norm!r} is not known; use backward, ortho or forward")
    return factors[norm]


def fourier_weights(n: int) -> ComplexArray:
    """Weights of the butterfly F·P, shape (p, n, 2), F unscaled and P the bit reversal."""
    p = boundary.log2_exact(n)
    boundary.memory(96 * p * n, f"making the weights of a butterfly of size {boundary.shown(n)}")
    j = np.arange(n)
    w = np.ones((p, n, 2), np.complex128)
    for i in range(p):
        # Two transforms of size h = 2^i become one, with t = exp(−πi/h):
        # y[k] = e[k] + t^k·o[k], y[k + h] = e[k] − t^k·o[k].
        twiddle = np.exp(-1j * np.pi * (j % (1 << i)) / (1 << i))
        odd = (j >> i) & 1 == 1
        w[i, ~odd, 1] = twiddle[~odd]
        w[i, odd, 0] = -twiddle[odd]
    return w


def _scale(weights: ComplexArray, factor: float) -> None:
    """Multiply the network by a positive number, in equal parts for the layers."""
    if len(weights):
        weights *= factor ** (1 / len(weights))


def bit_reversal(n: int) -> IndexArray:
    """The numbers 0, …, n − 1 with their bits in reverse order."""
    order = np.zeros(1, np.intp)
    while len(order) < n:
        order = np.concatenate([2 * order, 2 * order + 1])
    return order


def permutation(order: IndexArray, signs: Array | None = None) -> MatrixOperator:
    """The operator x ↦ signs · x[order]."""
    n = len(order)
    values = np.ones(n) if signs is None else signs
    return MatrixOperator(sparse.csr_array((values, order, np.arange(n + 1)), shape=(n, n)))
