"""Circulant and Toeplitz matrices as products of two butterflies."""

from __future__ import annotations

import numpy as np

from fjlt import boundary
from fjlt.operators.conversion import MatrixOperator
from fjlt.operators.operator import Operator
from fjlt.operators.product import Product
from fjlt.operators.truncated import TruncatedButterfly
from fjlt.transforms.fourier import bit_reversal, fourier_weights
from fjlt.transforms.real_part import RealPart
from fjlt.types import Array, ArrayLike

__all__ = ["circulant", "toeplitz"]


def circulant(c: ArrayLike) -> Operator:
    """Circulant matrix with first column c, shape (n, n), as in ``scipy.linalg.circulant``.

    Parameters
    ----------
    c : array_like, shape (n,)
        Real or complex, of any length.

    Returns
    -------
    Operator
        Two complex butterflies; if c is real, the real part of their product.

    Raises
    ------
    ValueError, TypeError
        If c is not a non-empty vector of finite numbers.

    Notes
    -----
    The Fourier transform F makes it diagonal: C = F⁻¹·D·F with D = diag(Fc). Now F = B·P for a
    butterfly B and the bit reversal P, and F is symmetric. So C = B̄·(P·D·P)·Bᵀ/n, without
    permutations. If n is no power of 2, C is embedded in a larger matrix, as in ``toeplitz``.

    Cost: two products with complex butterflies.

    Examples
    --------
    >>> circulant([1, 2, 0, 0]).to_dense().round(12) + 0.0
    array([[1., 0., 0., 2.],
           [2., 1., 0., 0.],
           [0., 2., 1., 0.],
           [0., 0., 2., 1.]])
    """
    c = boundary.vector(c, "c")
    # The first row is the first column in reverse, behind the common entry.
    return _embedded(c, np.concatenate([c[:1], c[:0:-1]]), boundary.is_power_of_two(len(c)))


def toeplitz(c: ArrayLike, r: ArrayLike | None = None) -> Operator:
    """Toeplitz matrix with first column c and first row r, as in ``scipy.linalg.toeplitz``.

    Parameters
    ----------
    c : array_like, shape (m,)
        Real or complex.
    r : array_like, shape (n,), optional
        Its first entry is not used. Default is the conjugate of c.

    Returns
    -------
    Operator
        Shape (m, n): two complex truncated butterflies; if c and r are real, the real part of their
        product.

    Raises
    ------
    ValueError, TypeError
        If c or r is not a non-empty vector of finite numbers.

    Notes
    -----
    It is a corner of a circulant matrix of size N, the least power of 2 with N >= m + n − 1.

    Cost: two products with complex butterflies of size N.

    Examples
    --------
    >>> toeplitz([1, 2, 3], [1, 5]).to_dense().round(12) + 0.0
    array([[1., 5.],
           [2., 1.],
           [3., 2.]])
    """
    c = boundary.vector(c, "c")
    return _embedded(c, c.conj() if r is None else boundary.vector(r, "r"), False)


def _embedded(c: Array, r: Array, periodic: bool) -> Operator:
    """The corner of a circulant matrix; its size is that of c if they are ``periodic``."""
    m, n = len(c), len(r)
    size = m if periodic else boundary.next_power_of_two(m + n - 1)
    column = np.zeros(size, np.result_type(c, r, np.float64))
    column[:m] = c
    if not periodic and n > 1:
        column[-(n - 1) :] = r[:0:-1]
    if size == 1:
        return MatrixOperator(column[:, None])
    w = fourier_weights(size)
    # B̄·diag(d)/N: the first layer of the conjugate takes the factors of its inputs.
    d = (np.fft.fft(column) / size)[bit_reversal(size)]
    first = w.conj()
    first[0, :, 0] *= d
    first[0, :, 1] *= d[np.arange(size) ^ 1]
    product = Product(TruncatedButterfly(first, range(m)), TruncatedButterfly(w, range(n)).T)
    return RealPart(product) if np.isrealobj(column) else product
