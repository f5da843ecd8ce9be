"""Cosine and sine transforms: real parts of one complex butterfly after a permutation."""

from __future__ import annotations

import numpy as np

from fjlt import boundary
from fjlt.operators.butterfly import Butterfly
from fjlt.operators.operator import Operator
from fjlt.operators.product import Product
from fjlt.transforms.fourier import bit_reversal, fourier_weights, norm_factor, permutation
from fjlt.transforms.real_part import RealPart
from fjlt.types import RealArray

__all__ = ["dct", "dst"]


def dct(n: int, type: int = 2, norm: str = "backward") -> Operator:
    """Discrete cosine transform, shape (n, n), with the scale of ``scipy.fft.dct``.

    Parameters
    ----------
    n : int
        A power of 2, at least 2.
    type : {2, 3, 4}
        Type 1 has its fast form at n = 2^p + 1, and is not here.
    norm : {"backward", "ortho", "forward"}
        The scale, as in SciPy.

    Returns
    -------
    Operator
        Real: Re(B·P) for a complex butterfly B and a permutation P with signs; type 3 is the
        transpose of such an operator.

    Raises
    ------
    ValueError, TypeError
        If n is not a power of 2, or type or norm are not known.

    Notes
    -----
    One complex butterfly is enough: a cosine is the real part of an exponential, and the first and
    the last layer absorb the factors before and after the Fourier transform. The real matrix itself
    is no butterfly in this order of the inputs, for n >= 8: ``factorise`` gives a floor for it.

    References
    ----------
    Makhoul, IEEE Trans. ASSP 28 (1980), for the order of the inputs.

    Examples
    --------
    >>> (dct(4) @ [1, 1, 1, 1]).round(12) + 0.0
    array([8., 0., 0., 0.])
    >>> C = dct(4, norm="ortho")
    >>> (C.T @ (C @ [1, 2, 3, 4])).round(12)
    array([1., 2., 3., 4.])
    """
    n, type = _checked(n, type)
    operator = _cosine(n, type, norm)
    return operator.T if type == 3 else operator


def dst(n: int, type: int = 2, norm: str = "backward") -> Operator:
    """Discrete sine transform, shape (n, n), with the scale of ``scipy.fft.dst``.

    Parameters
    ----------
    n : int
        A power of 2, at least 2.
    type : {2, 3, 4}
        Type 1 has its fast form at n = 2^p − 1, and is not here.
    norm : {"backward", "ortho", "forward"}
        The scale, as in SciPy.

    Returns
    -------
    Operator
        Real: Re(B·P) for a complex butterfly B and a permutation P with signs; type 3 is the
        transpose of such an operator.

    Raises
    ------
    ValueError, TypeError
        If n is not a power of 2, or type or norm are not known.

    See Also
    --------
    dct : with the reasons.

    Examples
    --------
    >>> (dst(4) @ [1, -1, 1, -1]).round(12) + 0.0
    array([0., 0., 0., 8.])
    """
    n, type = _checked(n, type)
    operator = _cosine(n, type, norm, sine=True)
    return operator.T if type == 3 else operator


def _checked(n: int, type: int) -> tuple[int, int]:
    n, type = boundary.dimension(n, "n", low=2), boundary.dimension(type, "type", high=4)
    if type == 1:
        raise ValueError("type = 1 has no butterfly of size n = 2^p; use type 2, 3 or 4")
    return n, type


def _cosine(n: int, type: int, norm: str, sine: bool = False) -> RealPart:
    """The transform of type 2 or 4, or the transpose of type 3."""
    w = fourier_weights(n)
    outputs, inputs, signs = np.ones(n, complex), np.ones(n, complex), np.ones(n)
    k = np.arange(n)
    # Even inputs, then the odd ones from the end: up to sign, 2j + 1 is 4m + 1 modulo 4n. So
    # cos(π(2j + 1)k/2n) is the real part of exp(−iπk/2n)·exp(−2πi·mk/n).
    order = np.concatenate([k[::2], k[::-2]])
    if type == 4:
        # Here k + 1/2 takes the place of k. Reduction modulo 4n changes the sign of the odd inputs.
        outputs, inputs = np.exp(-0.25j * np.pi * (2 * k + 1) / n), np.exp(-1j * np.pi * k / n)
        signs[n // 2 :] = -1
    else:
        outputs = np.exp(-0.5j * np.pi * k / n)
    outputs = outputs * _lengths(n, type, norm)
    reverse = bit_reversal(n)
    # The first layer takes the factors of the inputs, the last those of the outputs.
    w[0, :, 0] *= inputs[reverse]
    w[0, :, 1] *= inputs[reverse][k ^ 1]
    w[-1] *= outputs[:, None]
    order, signs = order[reverse], signs[reverse]
    if sine and type == 4:
        # The sines are the cosines of the inputs in reverse order, with alternating signs.
        w[-1, 1::2] *= -1
        order = n - 1 - order
    elif sine:
        # The sines are the cosines of inputs with alternating signs, and come in reverse order: all
        # nodes of the butterfly, and its inputs, take the numbers n − 1 − j.
        signs = signs * (-1.0) ** order
        w, order, signs = w[:, ::-1], order[::-1], signs[::-1]
    return RealPart(Product(Butterfly(w), permutation(order, signs)))


def _lengths(n: int, type: int, norm: str) -> RealArray:
    """Factors of the cosines of type 2 or 4, or of the transpose of type 3."""
    factors = {"backward": 2.0, "ortho": (2 / n) ** 0.5, "forward": 1 / n}
    norm_factor(norm, n)
    lengths = np.full(n, factors[norm])
    if norm == "ortho" and type != 4:
        lengths[0] *= 0.5**0.5
    elif type == 3:
        lengths[0] *= 0.5
    return lengths
