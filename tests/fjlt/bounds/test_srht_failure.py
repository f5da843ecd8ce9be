"""The failure of an SRHT: bound against exact laws, the worst flat vector, and draws."""

from math import comb

import numpy as np
import pytest

import fjlt
from fjlt.bounds import srht_failure
from fjlt.runs.binomial import limits
from proofs_check.exact import norm_law

SIZES = [
    (n, k) for n in (64, 784, 1024, 2**14, 2**16) for k in (n // 16, n // 4, 5 * n // 8, n - 1)
]


def exact(x, k, eps):
    """Pr[abs(‖Jx‖² - ‖x‖²) > eps·‖x‖²], from the law in rationals."""
    square = sum(t * t for t in x)
    return float(sum(p for v, p in norm_law(x, k).items() if abs(v - square) > eps * square))


@pytest.mark.parametrize(
    "x", [[1, 1], [1, 1, 1, 1], [1, 1] + [0] * 6, [1] * 8, [3, 2, 2, 1, 1, 1, 0, 0]], ids=str
)
def test_small_sizes(x):
    """The bound is above the exact probability, and a spike is as it was computed."""
    n = len(x)
    support = sum(t != 0 for t in x)
    for k in range(1, n + 1):
        for eps in (0.25, 0.5, 0.9, 1.0):
            of_x = exact(x, k, eps)
            assert of_x <= fjlt.srht_failure_bound(k, n, eps) + 1e-12
            serfling = srht_failure.serfling_bound(k, n, n, eps)
            assert of_x - 1e-12 <= serfling <= srht_failure.hoeffding_bound(k, n, n, eps)
            if len(set(x) - {0}) == 1 and support in (2, 4):
                assert of_x <= fjlt.srht_spike_failure(k, n, eps) + 1e-12
            if n == support <= 4:
                known = max(exact([1] * y + [0] * (n - y), k, eps) for y in (2, 4) if y <= n)
                assert fjlt.srht_spike_failure(k, n, eps) == pytest.approx(known)


def beaten():
    """Cases where the worst flat vector fails more often than the bound allows."""
    return [
        (n, k, eps)
        for n, k in SIZES
        for eps in (0.1, 0.3, 0.6, 1.0)
        if fjlt.srht_failure_bound(k, n, eps) < fjlt.srht_spike_failure(k, n, eps)
    ]


def test_the_worst_vector_known_never_beats_the_bound():
    assert beaten() == []


@pytest.mark.parametrize("part", ["_spreads", "subset_tail", "moment_tail"])
def test_a_bound_too_small_by_far_would_be_beaten(part, monkeypatch):
    """A tail of the fourth power of the right one, or rows that are twice as many."""
    true = getattr(srht_failure, part)
    wrong = {
        "_spreads": lambda: (true()[0], true()[1] ** 4),
        "subset_tail": lambda k, size, *rest: true(min(2 * k, size - 1), size, *rest),
        "moment_tail": lambda k, eps: true(2 * k, eps),
    }
    monkeypatch.setattr(srht_failure, part, wrong[part])
    assert beaten()


def test_draws_of_practical_size_stay_below():
    """Vectors of three kinds; the share of failures is not above the bound by more than chance."""
    n, k, draws = 256, 96, 5_000
    rng = np.random.default_rng(0)
    checked = 0
    for x in (np.ones(n), np.repeat([1.0, 0.0], [16, n - 16]), rng.standard_normal(n)):
        norms = fjlt.srht_squared_norms(x / np.linalg.norm(x), k, draws, rng)
        for eps in (0.4, 0.5, 0.6, 0.7):
            bound = fjlt.srht_failure_bound(k, n, eps)
            low, _ = limits(int(np.sum(abs(norms - 1) > eps)), draws, 1e-6)
            assert low <= bound
            checked += bound < 1
    assert checked >= 9


def test_an_orthogonal_one_never_fails():
    assert fjlt.srht_failure_bound(64, 64, 0.01) == 0
    assert fjlt.srht_spike_failure(64, 64, 0.01) == 0
    assert fjlt.srht_failure_bound(63, 63, 0.01) > 0


def test_the_spike_by_hand():
    """Four equal entries: for half of the signs 2 of 8 heights are 4, and 3 rows keep 0 to 2."""
    expected = (comb(6, 3) + comb(6, 1)) / comb(8, 3) / 2
    assert fjlt.srht_spike_failure(3, 8, 0.9) == pytest.approx(expected)
