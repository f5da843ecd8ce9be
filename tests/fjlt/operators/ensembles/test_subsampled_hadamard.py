"""The SRHT: exact facts, and its law by enumeration of every choice of the generator."""

from collections import Counter
from itertools import combinations, product
from math import comb

import numpy as np
import pytest
import scipy.linalg

from fjlt import Butterfly, TruncatedButterfly, srht
from fjlt.operators.truncated import DeferredButterfly


class Scripted(np.random.Generator):
    """A generator that returns the given signs and the given subset, called in any order."""

    def __init__(self, signs, rows):
        super().__init__(np.random.PCG64(0))
        self.signs, self.subset = signs, rows

    def choice(self, a, size=None, replace=True, **_):
        if replace:
            assert sorted(a) == [-1, 1]
            assert size == len(self.signs)
            return np.array(self.signs, dtype=float)
        assert size == len(self.subset)
        self.population = a
        return np.array(self.subset)


@pytest.mark.parametrize(
    ("k", "n"),
    [(1, 2), (2, 2), (1, 4), (2, 4), (3, 4), (4, 4), (1, 3), (2, 3), (3, 3), (1, 8), (1, 5)],
)
def test_expectation_over_every_choice(k, n):
    size = 1 << (n - 1).bit_length()
    h = scipy.linalg.hadamard(size)
    total = np.zeros((n, n))
    for signs in product([-1, 1], repeat=size):
        for rows in combinations(range(size), k):
            rng = Scripted(signs, rows[::-1])
            j = srht(k, n, rng)
            assert rng.population == size
            dense = j.to_dense()
            expected = (h[list(rows)] * signs)[:, :n] / np.sqrt(k)
            np.testing.assert_allclose(dense, expected, atol=1e-14)
            total += dense.T @ dense
    np.testing.assert_allclose(total / (2**size * comb(size, k)), np.eye(n), atol=1e-12)


@pytest.mark.parametrize(("k", "n"), [(1, 1), (1, 2), (3, 8), (10, 64), (64, 64)])
def test_rows_are_orthogonal_of_squared_norm_n_over_k(k, n):
    j = srht(k, n, rng=0)
    np.testing.assert_allclose(j @ j.H @ np.eye(k), n / k * np.eye(k), atol=1e-12)


@pytest.mark.parametrize(("k", "n"), [(1, 1), (3, 8), (5, 11), (17, 17)])
def test_entries_rows_and_weights(k, n):
    j = srht(k, n, rng=1)
    np.testing.assert_allclose(np.abs(j.to_dense()), k**-0.5, rtol=1e-12)
    assert j.shape == (k, n)
    assert list(j.rows) == sorted(set(j.rows))
    assert j.butterfly.n == 1 << (n - 1).bit_length()


def test_signs_and_rows_are_uniform():
    """4000 draws of k = 2, n = 4: each of the 6 subsets and 16 sign patterns.

    Hoeffding: a frequency is off by t = sqrt(ln(2/a)/(2T)) with probability at most a = 1e-11, so
    the 22 comparisons raise a false alarm with probability below 1e-9; a frequency wrong by 2t =
    0.114 is found with probability 1 - 1e-11.
    """
    draws, k, n = 4000, 2, 4
    subsets, signs = Counter(), Counter()
    rng = np.random.default_rng(2024)
    for _ in range(draws):
        j = srht(k, n, rng)
        subsets[tuple(j.rows)] += 1
        first = j.weights[0]
        d = first[:, 0] * np.array([1, -1, 1, -1])
        signs[tuple(np.sign(d))] += 1
    t = np.sqrt(np.log(2 / 1e-11) / (2 * draws))
    assert len(subsets) == 6
    assert len(signs) == 16
    assert max(abs(c / draws - 1 / 6) for c in subsets.values()) < t
    assert max(abs(c / draws - 1 / 16) for c in signs.values()) < t


@pytest.mark.parametrize(
    ("k", "n", "d"),
    [(1, 1, 3), (3, 8, 1), (5, 11, 40), (70, 256, 33), (256, 256, 300), (9, 3000, 7)],
)
def test_memory_order_does_not_matter(k, n, d, dtype):
    rng = np.random.default_rng(0)
    J = srht(k, n, rng=1, dtype=dtype.type(0).real.dtype)
    dense = TruncatedButterfly(J.weights, J.rows, n).to_dense()
    for a, matrix in ((J, dense), (J.H, dense.T)):
        x = rng.standard_normal((a.shape[1], d)) + (
            1j * rng.standard_normal((a.shape[1], d)) if dtype.kind == "c" else 0
        )
        x = x.astype(dtype)
        for y in (
            a @ x,
            a @ np.asfortranarray(x),
            np.stack([a @ column for column in x.T], axis=1),
        ):
            assert y.dtype == dtype
            np.testing.assert_allclose(
                y, matrix @ x, atol=200 * np.finfo(dtype).eps * np.abs(x).max() * n**0.5
            )


def test_weights_are_made_only_where_they_are_needed():
    J = srht(4, 2**16, rng=0)
    J @ np.ones(2**16)
    assert isinstance(J._network, DeferredButterfly)
    assert J.weights.shape == (16, 2**16, 2)
    assert isinstance(J._network, Butterfly)
