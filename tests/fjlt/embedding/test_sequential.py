"""Evidence that may be looked at any time: its mean, and how often it ever misleads."""

from math import comb, log

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import binom

from fjlt.embedding.sequential import critical, log_evidence, plausible


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
