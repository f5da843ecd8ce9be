"""Trainings that go on until it is known: when they end, what the answer is worth, fresh seeds."""

import numpy as np
import pytest

from figures.engine.stored_tables import stored
from figures.engine.table import select
from figures.experiments import until_known
from figures.experiments.until_known import (
    ALPHA,
    BOUND,
    COMPARISONS,
    SEEDS,
    answer,
    compute,
    interval,
    pair_seed,
)

IMAGE = 100 / 449
"""One test image in percentage points."""


def drawn(mean, count, rng, deviation=1.6):
    return np.round(rng.normal(mean, deviation, count) / IMAGE) * IMAGE


@pytest.fixture
def networks(monkeypatch):
    """Plants accuracies by kind of layer, and gives the trainings that were asked for."""
    asked = []

    def plant(gap):
        def accuracy(seed, kind, step_size, epochs, batch_size):
            asked.append((seed, kind, step_size))
            noise = np.random.default_rng(seed).normal(0, 0.01)
            return 0.9 + noise + (gap / 100 if kind == "first" else 0.0)

        monkeypatch.setattr(until_known, "_accuracy", accuracy)
        return asked

    return plant


@pytest.mark.parametrize(("gap", "known"), [(2.0, "above"), (-3.0, "below"), (-1.0, "")])
def test_it_ends_with_the_seed_that_answers(networks, gap, known):
    asked = networks(gap)
    rows = compute(first="first", second="second", margin=1.0, second_step=0.01, seeds=150)
    points = until_known.differences(rows)
    assert answer(points, 1.0) == known
    assert answer(points[:-1], 1.0) == ""
    assert (len(rows) == 150) == (known == "")
    assert [row["pair"] for row in rows] == list(range(len(rows)))
    # both networks of a pair have one seed, no other pair has it
    assert asked[0::2] == [(pair_seed(0, i), "first", 0.003) for i in range(len(rows))]
    assert asked[1::2] == [(pair_seed(0, i), "second", 0.01) for i in range(len(rows))]
    assert len({seed for seed, *_ in asked}) == len(rows)


def test_seeds_after_the_answer_do_not_change_it():
    points = [1.0] * 100
    assert answer(points, 1.0) == "above"
    assert answer([*points, *[-5.0] * 400], 1.0) == "above"


def test_a_false_statement_is_refuted_and_a_shift_is_seen():
    points = drawn(-0.2, 300, np.random.default_rng(1), 1.2)
    assert answer(points, 1.0) == "above"
    assert answer(points - 2, 1.0) == "below"
    # the same points say that the mean is not above a point
    assert answer(points, -1.0) == "below"
    low, high = interval(points)[1:]
    assert -1 < low < points.mean() < high < 1


def test_differences_are_cut_off():
    assert answer([100.0] * 90, 1.0) == answer([BOUND] * 90, 1.0) == "above"
    assert interval([100.0, -100.0]).mean == 0
    assert interval([8.0] * 3 + [0.0]).mean == pytest.approx(0.75 * BOUND)


@pytest.mark.parametrize("margin", [-BOUND, BOUND, float("nan")])
def test_a_margin_beyond_the_bound_is_refused(margin):
    with pytest.raises(ValueError, match="between -5 and 5 points is needed"):
        answer([0.0], margin)


def test_power_as_designed():
    """The numbers of seeds that the design names, in 20 runs each."""
    rng = np.random.default_rng(0)

    def share(gap, seeds):
        return np.mean([answer(drawn(gap, seeds, rng), 0.0) == "above" for _ in range(20)])

    assert share(1.0, 200) >= 0.7
    assert share(0.7, SEEDS) >= 0.8
    assert 0 < share(0.5, SEEDS) < 0.7


def test_false_alarms_at_the_border(monkeypatch):
    """With a false alarm of one in ten in place of one in 1e9, over all looks."""
    monkeypatch.setattr(until_known, "ALPHA", 0.1)
    rng = np.random.default_rng(0)
    answers = [answer(drawn(-1.0, 200, rng), 1.0) for _ in range(200)]
    assert 0 < answers.count("above") <= 30
    assert 0 < answers.count("below") <= 30
    assert ALPHA == 1e-9


def test_step_sizes_and_networks_are_those_of_beyond():
    """The step sizes were chosen on other seeds, and the seeds here are none of seed 0."""
    table = stored("beyond")
    for case in COMPARISONS:
        for which in ("first", "second"):
            rows = select(table, layer=case[which], replaced=1, share=1.0)
            assert {row["step_size"] for row in rows} == {case[f"{which}_step"]}
    seeds = {pair_seed(0, pair) for pair in range(SEEDS)}
    assert len(seeds) == SEEDS
    assert 0 not in seeds
