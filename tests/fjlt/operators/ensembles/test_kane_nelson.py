"""The sparse embedding of Kane and Nelson: its form, and its law where that can be counted."""

from itertools import pairwise, product

import numpy as np
import pytest
import scipy.stats
from scipy import sparse

import fjlt

ALPHA = 1e-9


def outside(counts, laws, draws):
    """Whether one of several binomial counts is outside its limits, by a union bound."""
    low, high = scipy.stats.binom.ppf(
        [[ALPHA / 2 / np.size(counts)], [1 - ALPHA / 2 / np.size(counts)]], draws, np.ravel(laws)
    )
    return bool(np.any((np.ravel(counts) < low) | (np.ravel(counts) > high)))


@pytest.mark.parametrize(("k", "n", "s"), [(1, 1, 1), (8, 8, 8), (12, 40, 4), (7, 9, 3), (5, 6, 2)])
def test_every_column_has_one_entry_in_each_block(k, n, s):
    matrix = fjlt.sparse_jl(k, n, rng=0, s=s).matrix
    assert sparse.issparse(matrix)
    edges = [k * b // s for b in range(s + 1)]
    blocks = [np.abs(matrix.toarray()[a:b]) for a, b in pairwise(edges)]
    for block in blocks:
        np.testing.assert_array_equal((block > 0).sum(axis=0), 1)
        np.testing.assert_array_equal(block[block > 0], s**-0.5)


def test_the_default_is_eight_entries_or_as_many_as_there_are_rows():
    assert fjlt.sparse_jl(20, 30, rng=0).matrix.nnz == 8 * 30
    assert fjlt.sparse_jl(3, 30, rng=0).matrix.nnz == 3 * 30


def norms_of_two(k, s):
    """Law of ‖J(e_1 + e_2)‖²/2 = 1 + (1/s)·Σ ξ_b: in block b the rows meet with the probability
    1/size, and then ξ_b is a fair sign, else 0."""
    sizes = [k * (b + 1) // s - k * b // s for b in range(s)]
    law = {}
    for signs in product((-1, 0, 1), repeat=s):
        p = np.prod([1 - 1 / z if x == 0 else 0.5 / z for x, z in zip(signs, sizes, strict=True)])
        law[sum(signs)] = law.get(sum(signs), 0) + p
    return law


@pytest.mark.parametrize(("k", "s"), [(4, 2), (7, 3), (3, 3), (4, 1)])
def test_norms_of_two_coordinates_have_the_counted_law(k, s):
    """20,000 disjoint pairs of columns of one draw are as many independent draws of two columns."""
    draws = 20_000
    matrix = fjlt.sparse_jl(k, 2 * draws, rng=1, s=s).matrix.tocsc()
    sums = matrix[:, ::2] + matrix[:, 1::2]
    met = np.rint(s * (np.asarray(sums.power(2).sum(axis=0)) / 2 - 1)).astype(int)
    law = norms_of_two(k, s)
    assert sum(law.values()) == pytest.approx(1)
    counts = [np.sum(met == value) for value in law]
    assert not outside(counts, list(law.values()), draws)
    # Rows without blocks meet as if there were one block, with other probabilities.
    assert k == s or s == 1 or outside(counts, list(norms_of_two(k + s, s).values()), draws)


def test_rows_and_signs_of_blocks_are_uniform_and_independent():
    k, s, n = 6, 2, 40_000
    a = fjlt.sparse_jl(k, n, rng=2, s=s).matrix.tocsc()
    rows, signs = a.indices.reshape(n, s), np.sign(a.data.reshape(n, s))
    rows, signs = np.sort(rows, axis=1), np.take_along_axis(signs, np.argsort(rows, axis=1), 1)
    kinds = (rows[:, 0] * 2 + (signs[:, 0] > 0)) * 6 + (rows[:, 1] - 3) * 2 + (signs[:, 1] > 0)
    counts = np.bincount(kinds, minlength=36)
    assert not outside(counts, np.full(36, 1 / 36), n)
    assert outside(np.bincount(kinds // 6 * 7, minlength=36), np.full(36, 1 / 36), n)


def test_one_entry_a_column_is_a_count_sketch():
    a = np.abs(fjlt.sparse_jl(4, 9, rng=0, s=1).matrix.toarray())
    np.testing.assert_array_equal(np.sort(a, axis=0)[::-1], np.eye(4, 1) * np.ones(9))
