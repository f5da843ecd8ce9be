"""Inertia of a symmetric matrix: exactly, for integers and rationals, and in floating point."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from flint import fmpq_mat, fmpz_mat
from numpy.typing import NDArray

__all__ = ["integer_inertia", "numerical_inertia", "rational_inertia"]


def integer_inertia(symmetric: NDArray[np.int64]) -> tuple[int, int]:
    """(negative eigenvalues, zero eigenvalues) of an integer matrix, by the signs of its
    characteristic polynomial.

    All roots are real, so Descartes' rule counts them exactly: the negative ones are the sign
    changes of p(−t).
    """
    coefficients = [int(c) for c in fmpz_mat(symmetric.tolist()).charpoly().coeffs()]
    nullity = next(i for i, c in enumerate(coefficients) if c)
    positive = [(c > 0) == (i % 2 == 0) for i, c in enumerate(coefficients) if c]
    return sum(a != b for a, b in pairwise(positive)), nullity


def rational_inertia(symmetric: fmpq_mat) -> tuple[int, int]:
    """(negative eigenvalues, zero eigenvalues), exactly."""
    return integer_inertia(np.array(symmetric.numer_denom()[0].tolist(), dtype=object))


def numerical_inertia(symmetric: NDArray[np.float64], tolerance: float = 1e-8) -> tuple[int, int]:
    """(number of negative eigenvalues, number of zero eigenvalues), zero meaning below
    tolerance·largest."""
    values = np.linalg.eigvalsh(symmetric)
    small = tolerance * np.abs(values).max()
    return int((values < -small).sum()), int((np.abs(values) <= small).sum())
