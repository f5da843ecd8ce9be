"""Limits and designs against sums of the binomial law in rationals."""

from bisect import bisect_left
from fractions import Fraction
from math import comb

import numpy as np
import pytest

from fjlt.runs.binomial import critical_values, design, limits, sign_test


def tail(draws, p, least):
    """Pr[at least ``least`` successes]."""
    p = Fraction(str(p))
    return sum(comb(draws, j) * p**j * (1 - p) ** (draws - j) for j in range(least, draws + 1))


@pytest.mark.parametrize(("successes", "draws"), [(0, 10), (3, 10), (10, 10), (57, 80)])
@pytest.mark.parametrize("alpha", [0.05, 1e-9])
def test_limits_are_where_the_tails_have_the_level(successes, draws, alpha):
    low, high = limits(successes, draws, alpha)
    assert 0 <= low <= successes / draws <= high <= 1
    if successes:
        assert float(tail(draws, low, successes)) == pytest.approx(alpha, rel=1e-6)
    if successes < draws:
        assert float(1 - tail(draws, high, successes + 1)) == pytest.approx(alpha, rel=1e-6)


@pytest.mark.parametrize(("floor", "detectable"), [(0.5, 0.9), (0.5, 0.7), (0.1, 0.3)])
def test_a_design_has_its_error_rates_and_no_smaller_one_does(floor, detectable):
    test = design(floor, detectable)
    assert tail(test.draws, floor, test.enough) <= 1e-9 < tail(test.draws, floor, test.enough - 1)
    assert 1 - tail(test.draws, detectable, test.enough) <= 1e-9
    assert test.says_so(test.enough)
    assert not test.says_so(test.enough - 1)
    fewer = test.draws - 1
    # the tail falls with t
    enough = bisect_left(range(fewer + 2), True, key=lambda t: tail(fewer, floor, t) <= 1e-9)
    assert 1 - tail(fewer, detectable, enough) > 1e-9


@pytest.mark.parametrize("p", [0.03125, 0.3, 0.5, 0.95])
@pytest.mark.parametrize("alpha", [1e-9, 0.04, 0.48])
def test_critical_values_are_the_last_with_small_tails(p, alpha):
    draws = np.arange(1, 41)
    for n, enough, few in zip(draws.tolist(), *critical_values(draws, p, alpha), strict=True):
        assert -1 <= few < enough <= n + 1
        assert tail(n, p, enough) <= alpha < tail(n, p, enough - 1)
        assert 1 - tail(n, p, few + 1) <= alpha < 1 - tail(n, p, few + 2)


@pytest.mark.parametrize(("floor", "below"), [(0.5, 0.1), (0.05, 0)])
def test_a_two_sided_design_sees_the_opposite(floor, below):
    test = design(floor, 0.9, below=below)
    most = 1 - tail(test.draws, floor, test.few + 1)
    assert most <= 1e-9 < 1 - tail(test.draws, floor, test.few + 2)
    assert tail(test.draws, below, test.few + 1) <= 1e-9
    assert test.says_not(test.few)
    assert not test.says_not(test.few + 1)
    assert f"at most {test.few} to say that it is less" in str(test)


def test_a_test_without_power_does_not_promise_any():
    assert "missed" not in str(sign_test(30, 1e-9, 1.0))
    assert "where it is at least" not in str(sign_test(30, 1e-9, 1.0))
    assert str(sign_test(10, 1e-9, 1.0)).startswith("no number of 10 draws")


@pytest.mark.parametrize(
    "bad", [(0.5, 0.5), (0, 0.5), (0.5, 1.1), (0.9, 0.5), (0.5, 0.9, 0.1, 0.1, 0.5)]
)
def test_impossible_designs(bad):
    with pytest.raises(ValueError, match="floor"):
        design(*bad)
