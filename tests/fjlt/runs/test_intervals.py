import math

import numpy as np
import pytest
from scipy import stats

from fjlt.runs.intervals import geometric_mean, mean

SAMPLES = [np.random.default_rng(n).normal(3, 2, n).tolist() for n in (2, 3, 5, 40)]


@pytest.mark.parametrize("values", SAMPLES, ids=len)
def test_the_interval_of_the_mean_is_that_of_student(values):
    expected = stats.ttest_1samp(values, 0).confidence_interval(0.95)
    found = mean(values)
    assert found.mean == pytest.approx(np.mean(values))
    assert (found.low, found.high) == pytest.approx(tuple(expected))


def test_two_values_in_closed_form():
    """With one degree of freedom, Student's t is Cauchy's law: the quantile is a tangent."""
    arm = math.tan(0.475 * math.pi)
    assert mean([0.0, 2.0]) == pytest.approx((1, 1 - arm, 1 + arm))
    ratios = geometric_mean([1 / math.e, math.e])
    assert ratios == pytest.approx((1, math.exp(-arm), math.exp(arm)))


@pytest.mark.parametrize("values", SAMPLES, ids=len)
def test_the_geometric_mean_is_that_of_the_logarithms(values):
    positive = np.exp(values)
    found = geometric_mean(positive.tolist())
    expected = stats.ttest_1samp(np.log(positive), 0).confidence_interval(0.95)
    assert found.mean == pytest.approx(stats.gmean(positive))
    assert (found.low, found.high) == pytest.approx(
        (math.exp(expected.low), math.exp(expected.high))
    )


def test_a_ratio_and_its_inverse_say_the_same():
    ratios = [0.5, 3.0, 1.2, 0.9]
    there, back = geometric_mean(ratios), geometric_mean([1 / ratio for ratio in ratios])
    assert (back.mean, back.low, back.high) == pytest.approx(
        (1 / there.mean, 1 / there.high, 1 / there.low)
    )


def test_of_many_values_it_is_about_that_of_the_bootstrap():
    rng = np.random.default_rng(0)
    values = rng.exponential(size=2000)
    ends = np.quantile(rng.choice(values, (2000, 2000)).mean(axis=1), [0.025, 0.975])
    found = mean(values.tolist())
    assert (found.low, found.high) == pytest.approx(tuple(ends), abs=0.1 * (found.high - found.low))


@pytest.mark.parametrize("average", [mean, geometric_mean])
def test_one_value_and_equal_values_have_no_width(average):
    assert average([4.0]) == pytest.approx((4, 4, 4))
    assert average([4.0, 4.0, 4.0]) == pytest.approx((4, 4, 4))


@pytest.mark.parametrize("average", [mean, geometric_mean])
def test_arms_reach_the_ends(average):
    found = average([1.0, 2.0, 4.0])
    below, above = found.arms
    assert below > 0
    assert above > 0
    assert (found.mean - below, found.mean + above) == pytest.approx((found.low, found.high))


@pytest.mark.parametrize("values", [[0.0, 1.0], [-1.0]])
def test_a_ratio_that_is_not_positive_has_no_geometric_mean(values):
    with pytest.raises(ValueError, match=r"math domain error|positive"):
        geometric_mean(values)
