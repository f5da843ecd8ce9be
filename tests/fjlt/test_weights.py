"""Counts of effective weights against brute force over all sets of outputs."""

from fractions import Fraction

import numpy as np
import pytest
import scipy.stats

from fjlt import (
    TruncatedButterfly,
    max_effective_weights,
    mean_effective_weights,
    min_effective_weights,
)
from fjlt.operators.truncated import effective_mask


def all_counts(n):
    """Number of effective weights for every set of outputs, a bit mask, by walks in the graph."""
    size = 1 << (n - 1).bit_length()
    p = size.bit_length() - 1
    nodes = np.arange(size)

    def spread(sets, i):
        partner = np.zeros_like(sets)
        for j in nodes:
            partner |= (sets >> j & 1) << (j ^ (1 << i))
        return partner

    live = [np.array([(1 << n) - 1])]
    for i in range(p):
        live.append(live[-1] | spread(live[-1], i))
    needed = np.arange(1 << size)
    total = np.zeros_like(needed)
    for i in reversed(range(p)):
        total += np.bitwise_count(needed & live[i]) + np.bitwise_count(needed & spread(live[i], i))
        needed = needed | spread(needed, i)
    return total


@pytest.mark.parametrize("n", range(1, 17))
def test_counts_over_all_sets(n):
    counts = all_counts(n)
    kept = np.bitwise_count(np.arange(len(counts)))
    for l in range(1, n + 1):
        of_l = counts[kept == l]
        assert max_effective_weights(n, l) == of_l.max()
        assert min_effective_weights(n, l) == of_l.min()
        assert mean_effective_weights(n, l) == Fraction(int(of_l.sum()), len(of_l))


@pytest.mark.parametrize("n", [3, 8, 13])
def test_a_truncated_butterfly_counts_the_same(n):
    counts = all_counts(n)
    size = 1 << (n - 1).bit_length()
    weights = np.ones((size.bit_length() - 1, size, 2))
    for mask in np.random.default_rng(0).integers(1, len(counts), size=100):
        rows = np.flatnonzero(mask >> np.arange(size) & 1)
        assert TruncatedButterfly(weights, rows, n).n_effective_weights == counts[mask]


@pytest.mark.parametrize("p", range(1, 10))
def test_bound_for_powers_of_two_and_no_less(p):
    """M <= 2n log2 l + 2n - 2l, as 2^(M - 2n + 2l) <= l^(2n); equal if and only if l is 2^i."""
    n = 1 << p
    for l in range(1, n + 1):
        excess = max_effective_weights(n, l) - 2 * n + 2 * l
        assert excess <= 0 or 1 << excess <= l ** (2 * n)
        assert (excess >= 0 and 1 << excess == l ** (2 * n)) == (l & (l - 1) == 0)


@pytest.mark.parametrize("n", [1024, 1500, 4096])
@pytest.mark.parametrize("l", [1, 3, 64, 1000])
def test_counts_at_large_sizes(n, l):
    """The outputs 0, …, l - 1 have most weights, those that agree in the low bits fewest; the mean
    is that of the share of classes with a kept output, by the hypergeometric law."""
    size = 1 << (n - 1).bit_length()
    # Bits reversed, the first l numbers agree in as many low bits as can be.
    reverse = np.array([int(f"{j:0{size.bit_length() - 1}b}"[::-1], 2) for j in range(l)])
    for count, rows in (
        (max_effective_weights, np.arange(l)),
        (min_effective_weights, np.sort(reverse)),
    ):
        assert count(n, l) == effective_mask(size, rows, n).sum()
    inputs = -(-n // 2 ** np.arange(size.bit_length() - 1))
    classes = 2 ** np.arange(1, size.bit_length())
    met = 1 - scipy.stats.hypergeom.pmf(0, size, size // classes, l)
    assert float(mean_effective_weights(n, l)) == pytest.approx((inputs * classes * met).sum())
