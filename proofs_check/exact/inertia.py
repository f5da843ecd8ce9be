"""The inertia of a symmetric matrix, exactly for integers and rationals, or in floating point."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from flint import fmpq_mat, fmpz_mat

from fjlt.types import Array, RealArray

__all__ = ["integer_inertia", "numerical_inertia", "rational_inertia"]


def integer_inertia(symmetric: Array) -> tuple[int, int]:
    """(index, nullity) of a symmetric integer matrix: how many eigenvalues are negative, and zero.

    Nothing is rounded: both numbers are read off the signs of the characteristic polynomial.

    Parameters
    ----------
    symmetric : (n, n) array of int or of Python integers
        Its symmetry is not checked.

    Examples
    --------
    >>> integer_inertia(np.array([[0, 1, 0], [1, 0, 0], [0, 0, 0]]))
    (1, 1)
    """
    # coefficients of p(t) = det(tI − A), constant term first
    coefficients = [int(c) for c in fmpz_mat(symmetric.tolist()).charpoly().coeffs()]
    # 0 is a root of p as often as low coefficients vanish
    nullity = next(i for i, c in enumerate(coefficients) if c)
    # Descartes: p has at most as many negative roots as p(−t) has sign changes, and at most as many
    # positive roots as p(t) has. The two bounds add up to at most n − nullity. As A is symmetric,
    # all roots are real, so n − nullity of them are not zero, and both bounds are attained.
    positive = [(c > 0) == (i % 2 == 0) for i, c in enumerate(coefficients) if c]
    return sum(a != b for a, b in pairwise(positive)), nullity


def rational_inertia(symmetric: fmpq_mat) -> tuple[int, int]:
    """(index, nullity) of a symmetric rational matrix, exactly.

    Examples
    --------
    >>> from flint import fmpq
    >>> rational_inertia(fmpq_mat([[fmpq(1, 2), 1], [1, 2]]))
    (0, 1)
    """
    # a common denominator is positive, and so changes no sign of an eigenvalue
    numerators, _ = symmetric.numer_denom()
    return integer_inertia(np.array(numerators.tolist(), dtype=object))


def numerical_inertia(symmetric: RealArray, tolerance: float = 1e-8) -> tuple[int, int]:
    """(index, nullity) in floating point, without a guarantee.

    An eigenvalue counts as zero if its modulus is at most ``tolerance`` times the largest modulus.
    """
    values = np.linalg.eigvalsh(symmetric)
    small = tolerance * np.abs(values).max()
    return int((values < -small).sum()), int((np.abs(values) <= small).sum())
