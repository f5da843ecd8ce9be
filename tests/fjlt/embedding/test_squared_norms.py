"""Norms of drawn transforms against their exhaustive law, and against drawn operators."""

import numpy as np
import pytest
from scipy.stats import binom

from fjlt import srht, srht_squared_norms
from proofs_check.exact.laws import norm_law


@pytest.mark.parametrize(
    ("x", "k"), [([1, 1, 1, 1, 0, 0, 0, 0], 2), ([1, 2, 0, -1], 1), ([3, 1, 4, 1, 5, 2, 6, 5], 3)]
)
def test_shares_are_those_of_the_exhaustive_law(x, k):
    draws, law = 100_000, norm_law(x, k)
    drawn = np.rint(k * srht_squared_norms(x, k, draws, rng=0)).astype(int)
    counts = {value: int((drawn == k * value).sum()) for value in law}
    assert sum(counts.values()) == draws
    for value, p in law.items():  # each wrong with probability at most 2e-9 if the seed were drawn
        low, high = binom.ppf([1e-9, 1 - 1e-9], draws, float(p))
        assert low <= counts[value] <= high


def test_all_rows_and_padding():
    x = np.random.default_rng(0).standard_normal(11)
    np.testing.assert_allclose(srht_squared_norms(np.pad(x, (0, 5)), 16, 300, rng=1), x @ x)
    one, other = (
        srht_squared_norms(x, 7, 4000, rng=2),
        [np.sum((srht(7, 11, rng=i) @ x) ** 2) for i in range(4000)],
    )
    spread = np.hypot(one.std(), np.std(other)) / 4000**0.5
    assert abs(one.mean() - np.mean(other)) < 6 * spread
    assert abs(one.mean() - x @ x) < 6 * spread
    np.testing.assert_allclose(np.std(other) / one.std(), 1, atol=0.2)


def test_a_seed_fixes_the_result_and_draws_differ():
    a, b = (srht_squared_norms(np.arange(64), 5, 1000, rng=3) for _ in range(2))
    np.testing.assert_array_equal(a, b)
    assert len(np.unique(a)) > 900
