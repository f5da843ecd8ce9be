"""Inertia by signs of characteristic polynomials against eigenvalues."""

import numpy as np
import pytest
from flint import fmpq, fmpq_mat

from proofs_check.exact.inertia import integer_inertia, numerical_inertia, rational_inertia


def with_signature(signs, rng):
    """S·diag(signs)·Sᵀ for a unimodular integer S: by Sylvester's law, a known inertia."""
    n = len(signs)
    lower, upper = (np.tril(rng.integers(-2, 3, (n, n)), -1) + np.eye(n, dtype=int) for _ in "ab")
    S = lower @ upper.T
    return S @ np.diag(signs) @ S.T


@pytest.mark.parametrize("seed", range(20))
def test_planted_signatures_are_found_exactly(seed):
    rng = np.random.default_rng(seed)
    signs = rng.integers(-1, 2, int(rng.integers(1, 8)))
    A = with_signature(signs, rng)
    planted = (int((signs < 0).sum()), int((signs == 0).sum()))
    assert integer_inertia(A) == planted
    halves = fmpq_mat([[fmpq(int(entry), 2) for entry in row] for row in A])
    assert rational_inertia(halves) == planted
    if signs.any():
        assert numerical_inertia(A.astype(float), 1e-10) == planted


def test_entries_beyond_64_bits_do_not_overflow():
    assert integer_inertia(np.array([[10**30, 0], [0, -(10**30)]], dtype=object)) == (1, 0)


@pytest.mark.parametrize("n", [1, 3])
def test_zero_has_full_nullity(n):
    assert integer_inertia(np.zeros((n, n), dtype=int)) == (0, n)
