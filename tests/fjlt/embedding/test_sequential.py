"""Evidence that may be looked at any time: its mean, and how often it ever misleads."""

from bisect import bisect_left
from math import comb, log

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import binom

from fjlt.embedding.sequential import (
    critical,
    log_evidence,
    log_evidence_of_mean,
    plausible,
    plausible_mean,
)


@pytest.mark.parametrize("delta", [0.02, 0.3])
@pytest.mark.parametrize("draws", [1, 7, 60])
def test_the_evidence_is_the_mean_of_likelihood_ratios(delta, draws):
    for s in {0, 1, draws // 3, draws}:
        over, under = log_evidence(s, draws, delta)

        def ratio(q, s=s):
            return (q / delta) ** s * ((1 - q) / (1 - delta)) ** (draws - s)

        assert np.exp(over) == pytest.approx(quad(ratio, delta, 1)[0] / (1 - delta), rel=1e-6)
        assert np.exp(under) == pytest.approx(quad(ratio, 0, delta)[0] / delta, rel=1e-6)


@pytest.mark.parametrize("delta", [0.02, 0.3])
def test_under_the_border_the_mean_is_one_and_beyond_it_less(delta):
    for draws in (1, 10, 100):
        s = np.arange(draws + 1)
        over, under = np.exp(log_evidence(s, draws, delta))
        assert binom.pmf(s, draws, delta) @ over == pytest.approx(1)
        assert binom.pmf(s, draws, delta) @ under == pytest.approx(1)
        assert binom.pmf(s, draws, delta / 2) @ over < 1
        assert binom.pmf(s, draws, (1 + delta) / 2) @ under < 1


@pytest.mark.parametrize("side", [0, 1])
def test_false_alarms_over_all_looks(side):
    """The probability that the evidence ever reaches 1/α if p = δ, exactly, with a look a draw."""
    alpha, delta, draws = 0.05, 0.1, 500
    law, alarms = np.zeros(draws + 1), 0.0
    law[0] = 1
    for t in range(1, draws + 1):
        law = (1 - delta) * law + delta * np.roll(law, 1)
        reached = log_evidence(np.arange(t + 1), t, delta)[side] >= log(1 / alpha)
        alarms += law[: t + 1][reached].sum()
        law[: t + 1][reached] = 0
    assert 0.01 < alarms <= alpha


def test_critical_values_against_a_scan():
    for draws, delta in ((1, 0.5), (40, 0.2), (300, 0.05)):
        over, under = log_evidence(np.arange(draws + 1), draws, delta)
        for level in (log(10), log(1e6)):
            enough, few = critical(draws, delta, level, level)
            assert enough == next((s for s in range(draws + 1) if over[s] >= level), draws + 1)
            assert few == max((s for s in range(draws + 1) if under[s] >= level), default=-1)


def test_the_interval_ends_where_the_mixed_ratio_is_the_level():
    alpha, draws = 1e-3, 20
    for s in range(draws + 1):
        low, high = plausible(s, draws, alpha)
        assert low < s / draws or (low, s) == (0, 0)
        assert high > s / draws or (high, s) == (1, draws)
        whole = 1 / comb(draws, s) / (draws + 1)
        for q in {low, high} - {0.0, 1.0}:
            assert whole / (q**s * (1 - q) ** (draws - s)) == pytest.approx(1 / alpha, rel=1e-6)
    assert plausible(0, 0, alpha) == (0, 1)


@pytest.mark.parametrize("mean", [0.1, 0.5, 0.8])
def test_the_mean_capital_is_one_at_the_mean_and_less_beyond_it(mean):
    """Over all sequences of four values of a law with three values, by enumeration."""
    values = np.array([0.0, mean, 1.0])
    for shift, compare in ((0.0, pytest.approx), (-0.02, max), (0.02, min)):
        law = np.array([(1 - mean) / 2 - shift, 0.5, mean / 2 + shift])
        over = under = 0.0
        for word in np.ndindex(3, 3, 3, 3):
            above, below = log_evidence_of_mean(values[list(word)], mean)
            over += law[list(word)].prod() * np.exp(above[-1])
            under += law[list(word)].prod() * np.exp(below[-1])
        if compare is pytest.approx:
            assert over == pytest.approx(1)
            assert under == pytest.approx(1)
        else:
            assert compare(over, 1) == 1
            assert compare(2 - under, 1) == 1


@pytest.mark.parametrize("side", [0, 1])
def test_false_alarms_for_a_mean_over_all_looks(side):
    """As for a probability: values 0 and 1, with capital that depends on their numbers only."""
    alpha, mean, draws = 0.1, 0.3, 150
    law, alarms = np.zeros(draws + 1), 0.0
    law[0] = 1
    for t in range(1, draws + 1):
        law = (1 - mean) * law + mean * np.roll(law, 1)

        def evidence(hits, t=t):
            # the side's own value: 1 counts for a mean above, 0 for one below
            ones = hits if side == 0 else t - hits
            return log_evidence_of_mean([1] * ones + [0] * (t - ones), mean)[side][-1]

        enough = bisect_left(range(t + 1), log(1 / alpha), key=evidence)
        reached = slice(enough, t + 1) if side == 0 else slice(0, max(t + 1 - enough, 0))
        alarms += law[reached].sum()
        law[reached] = 0
    assert 0.02 < alarms <= alpha


def test_the_evidence_of_a_mean_against_products():
    values, mean = [0.2, 0.9, 0.4], 0.35
    above, below = np.exp(log_evidence_of_mean(values, mean))
    shares = [(i + 0.5) / 64 for i in range(64)]
    for t in range(1, 4):
        here = values[:t]
        assert above[t - 1] == pytest.approx(
            np.mean([np.prod([1 - f + f * y / mean for y in here]) for f in shares])
        )
        assert below[t - 1] == pytest.approx(
            np.mean([np.prod([1 - f + f * (1 - y) / (1 - mean) for y in here]) for f in shares])
        )


def test_the_interval_of_a_mean_ends_where_the_evidence_is_the_level():
    values = np.random.default_rng(0).uniform(0.2, 0.6, 80)
    low, high = plausible_mean(values, 1e-3)
    assert low < values.mean() < high
    for end, side in ((low, 0), (high, 1)):
        assert log_evidence_of_mean(values, end)[side].max() == pytest.approx(log(1e3), rel=1e-6)
    # it never grows, whatever comes later, and has the end that no value speaks against
    longer = plausible_mean([*values, *[1.0] * 5], 1e-3)
    assert longer[0] >= low
    assert longer[1] <= high
    assert plausible_mean([0.0], 1e-3)[0] == 0
    assert plausible_mean([1.0], 1e-3)[1] == 1
