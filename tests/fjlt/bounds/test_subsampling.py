"""Means of subsets, against all subsets of few numbers and hypergeometric laws of many."""

from itertools import combinations

import numpy as np
import pytest
from scipy import stats

from fjlt.bounds.srht_failure import hoeffding_bound, serfling_bound
from fjlt.bounds.subsampling import subset_tail


def spread(y):
    return np.array([np.mean(y**4) ** (1 / 3)])


def small_populations():
    rng = np.random.default_rng(0)
    for n in (4, 8, 12):
        yield np.array([n] + [0] * (n - 1), dtype=float)
        yield np.array([2] * (n // 2) + [0] * (n // 2), dtype=float)
        for power in (0.5, 1, 3):
            y = rng.exponential(size=n) ** power
            yield y / y.mean()


@pytest.mark.parametrize("y", list(small_populations()), ids=len)
def test_no_subset_of_few_numbers_beats_it(y):
    n = len(y)
    for k in range(1, n):
        means = y[list(combinations(range(n), k))].mean(axis=1)
        for eps in (0.05, 0.3, 0.6, 1.0):
            exact = np.mean(abs(means - 1) >= eps - 1e-9)
            assert exact <= subset_tail(k, n, eps, spread(y), y.max())[0] + 1e-12


def spike(k, size, y, eps):
    """Exact tails of y/k times the number of kept entries that are y."""
    law = stats.hypergeom(size, size // y, k)
    return law.sf(np.ceil(k / y * (1 + eps) - 1e-9) - 1) + law.cdf(
        np.floor(k / y * (1 - eps) + 1e-9)
    )


GRID = [
    (k, size, y, eps)
    for size in (64, 1024, 2**16)
    for y in (2, 4, 16, 64)
    for k in (size // 64, size // 8, size // 2, 5 * size // 8, size - size // 16)
    for eps in (0.1, 0.3, 0.9)
    if y < size
]


def excess(factor):
    """Greatest of (ln exact tail)/(ln bound at a spread times the factor); above 1 it is beaten."""
    ratios = [
        -np.log(subset_tail(k, size, eps, np.array([max(1.0, factor * y)]), float(y))[0] + 1e-300)
        / -np.log(spike(k, size, y, eps))
        for k, size, y, eps in GRID
        if 1e-250 < spike(k, size, y, eps) < 1e-3
    ]
    return len(ratios), max(ratios)


def test_spikes_do_not_beat_it_and_come_near():
    count, nearest = excess(1)
    assert count > 50
    assert 0.9 < nearest <= 1


def test_a_spread_a_tenth_too_small_is_noticed():
    assert excess(0.85)[1] > 1


def entry_excess(bound, factor):
    """Greatest of (ln exact tail)/(ln bound) for vectors of two entries, whose Y are 0 and 2."""
    size = 1024
    return max(
        np.log(bound(k, 2, size, factor * eps) / 2) / np.log(spike(k, size, 2, eps) / 2)
        for k in (256, 512, 768, 960)
        for eps in (0.1, 0.15, 0.25)
        if spike(k, size, 2, eps) > 1e-250
    )


@pytest.mark.parametrize("bound", [hoeffding_bound, serfling_bound])
def test_spikes_do_not_beat_a_largest_entry(bound):
    assert 0.6 < entry_excess(bound, 1) <= 1
    # an accuracy of 3/2 in the exponent would be beaten
    assert entry_excess(bound, 1.5) > 1
