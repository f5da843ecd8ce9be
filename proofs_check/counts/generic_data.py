"""Families of random data on which to look for spurious minima.

All are generic; some lie close to special data, with repeated eigenvalues for instance. A family is
a function of n, k and a generator, and returns X and Y.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.random import Generator

from fjlt.types import RealArray

__all__ = ["FAMILIES"]

Pair = tuple[RealArray, RealArray]


def _with_singular_values(values: RealArray, rng: Generator) -> Pair:
    """X = Y with these singular values and random singular vectors."""
    n = len(values)
    left, right = (np.linalg.qr(rng.normal(size=(n, n)))[0] for _ in range(2))
    X = left * values @ right
    return X, X


def gaussian(n: int, k: int, rng: Generator) -> Pair:
    """X = Y of 2n Gaussian samples."""
    X = rng.normal(size=(n, 2 * n))
    return X, X


def targets(n: int, k: int, rng: Generator) -> Pair:
    """n outputs, independent of X."""
    X, Y = rng.normal(size=(2, n, 2 * n))
    return X, Y


def few_targets(n: int, k: int, rng: Generator) -> Pair:
    """k + 1 outputs, linear in X up to noise."""
    X = rng.normal(size=(n, 2 * n))
    return X, rng.normal(size=(k + 1, n)) @ X + 0.1 * rng.normal(size=(k + 1, 2 * n))


def scaled(n: int, k: int, rng: Generator) -> Pair:
    """X = Y with rows of log-normal size."""
    X = rng.normal(size=(n, n)) * np.exp(rng.normal(size=(n, 1)))
    return X, X


def nearly_repeated(n: int, k: int, rng: Generator) -> Pair:
    """X = Y whose eigenvalues k and k + 1 agree to 0.2 %.

    To exchange the one for the other in the optimal plane is nearly another minimum.
    """
    values = np.sort(rng.uniform(0.5, 2, size=n))[::-1]
    values[k] = 0.999 * values[k - 1]
    return _with_singular_values(values, rng)


def ill_conditioned(n: int, k: int, rng: Generator) -> Pair:
    """X = Y with singular values from 1 to 1/100."""
    return _with_singular_values(np.logspace(0, -2, n), rng)


def sparse_integers(n: int, k: int, rng: Generator) -> Pair:
    """X = Y of integers with many zeros, moved by 1 %."""
    integers = rng.integers(-2, 3, (n, n)) * (rng.random((n, n)) < 0.35) + np.diag(
        rng.integers(1, 4, n)
    )
    X = integers + 0.01 * rng.normal(size=(n, n))
    return X, X


def nearly_diagonal(n: int, k: int, rng: Generator) -> Pair:
    """X = Y, a diagonal matrix moved by 1 %: near-zeros can hold rows of B in place."""
    X = np.diag(np.exp(rng.normal(size=n))) + 0.01 * rng.normal(size=(n, n))
    return X, X


FAMILIES: tuple[Callable[[int, int, Generator], Pair], ...] = (
    gaussian,
    targets,
    sparse_integers,
    few_targets,
    scaled,
    nearly_repeated,
    ill_conditioned,
    nearly_diagonal,
)
