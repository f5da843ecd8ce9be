"""Comparisons of the sweep: how often an interval covers, and when a planned test answers."""

import numpy as np
import pytest

from figures.replacement import comparisons
from figures.replacement.comparisons import ALPHA, PLANNED, crossed, decided, margin
from figures.replacement.tasks import FOLDS


def table(differences, kinds=("dense", "low rank, equal weights"), noise=0.0, seed=0):
    """Rows in which the butterfly differs from its peers by these accuracies, replicate by
    replicate, in each of six tasks."""
    rng = np.random.default_rng(seed)
    rows = []
    for task in ("a", "b", "c", "d", "e", "f"):
        for replicate, by in enumerate(differences):
            base = 0.5 + 0.01 * replicate
            for kind, accuracy in (("butterfly", base + by), *((kind, base) for kind in kinds)):
                for multiple in (1,) if kind == "dense" else (1, 2, 4):
                    folds = {f"fold_{i}": accuracy + noise * rng.normal() for i in range(FOLDS)}
                    rows.append(
                        {
                            "task": task,
                            "layer": kind,
                            "multiple": multiple,
                            "replicate": replicate,
                            "accuracy": accuracy,
                            **folds,
                        }
                    )
    return rows


@pytest.mark.parametrize(("by", "answer"), [(-0.01, "below"), (0.01, "above"), (0.0, "")])
def test_the_planned_tests_answer_in_both_directions(by, answer):
    found = decided(table([by] * 5))
    assert [(one.kind, one.multiple) for one in found] == list(PLANNED)
    assert {one.test.answer for one in found} == {answer}
    assert {one.test.trainings for one in found} == {30}
    assert all(one.test.above + one.test.below == (0 if by == 0 else 30) for one in found)


def test_one_task_alone_does_not_answer():
    rows = [row for row in table([0.01] * 5) if row["task"] == "a"]
    assert {one.test.answer for one in decided(rows)} == {""}


def test_equal_networks_are_told_apart_no_more_often_than_planned():
    rng = np.random.default_rng(1)
    enough = comparisons.sign_test(35, ALPHA / 8).enough
    wins = rng.binomial(35, 0.5, 400_000)
    wrong = np.mean((wins >= enough) | (35 - wins >= enough))
    assert wrong <= ALPHA / 4 * 1.2
    # and a network that wins 19 times of 20 is mostly seen
    assert np.mean(rng.binomial(35, 0.95, 10_000) >= enough) > 0.95


def test_a_missing_peer_is_an_error():
    with pytest.raises(ValueError, match="low rank, equal weights"):
        decided(table([0.01] * 5, kinds=("dense",)))


@pytest.mark.parametrize(
    ("of_rows", "of_columns", "rest"), [(1, 1, 1), (1, 0, 0.3), (0, 1, 0.3), (0, 0, 1), (2, 0.2, 1)]
)
def test_the_crossed_interval_covers(of_rows, of_columns, rest):
    rng = np.random.default_rng(0)
    covered = []
    for _ in range(2000):
        values = (
            of_rows * rng.normal(size=(5, 1))
            + of_columns * rng.normal(size=(1, FOLDS))
            + rest * rng.normal(size=(5, FOLDS))
        )
        found = crossed(values)
        covered.append(found.low <= 0 <= found.high)
    # 95 % planned; 2000 draws tell 0.93 from 0.95 with three deviations and a half
    assert np.mean(covered) > 0.93


def test_columns_that_differ_widen_the_interval():
    rng = np.random.default_rng(0)
    values = 0.1 * rng.normal(size=(5, FOLDS))
    narrow, wide = crossed(values), crossed(values + 3 * rng.normal(size=(1, FOLDS)))
    assert wide.high - wide.low > 5 * (narrow.high - narrow.low)
    with pytest.raises(ValueError, match="two rows and two columns"):
        crossed(values[:1])
    assert crossed(np.ones((2, 2))) == (1, 1, 1)


def test_margins_are_in_points_and_change_sign():
    rows = table([0.02, 0.022, 0.018], noise=0.001)
    ours = margin(rows, "a", "butterfly", 2, "low rank, equal weights")
    theirs = margin(rows, "a", "low rank, equal weights", 2, "butterfly")
    assert ours.mean == pytest.approx(2, abs=0.1)
    assert theirs.mean == pytest.approx(-ours.mean)
    assert ours.low > 0 > theirs.high
