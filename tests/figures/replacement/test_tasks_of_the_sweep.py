"""The tasks of the sweep over sizes: what they learn and share, how a step size is chosen."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from functools import partial  # noqa: E402

from torch import nn  # noqa: E402

from figures.added.tradeoff import PEERS  # noqa: E402
from figures.engine.gallery import find  # noqa: E402
from figures.experiments.training import train  # noqa: E402
from figures.models.layers import layer  # noqa: E402
from figures.replacement import sweep  # noqa: E402
from figures.replacement import tasks as learned  # noqa: E402
from figures.replacement.sweep import MULTIPLES, STEP_SIZES, compute  # noqa: E402
from figures.replacement.tasks import FOLDS, TASKS  # noqa: E402


@pytest.mark.parametrize("name", ["digits, output", "digits, wide"])
def test_replicates_share_samples_and_batches_whatever_the_layer(name):
    def batches(kind, replicate):
        task = TASKS[name].task(0, replicate, partial(layer, kind), False)
        return [size for _, size in task.losses()], task.evaluate()

    sizes, found = batches("dense", 1)
    assert sizes == batches("butterfly", 1)[0]
    assert set(found) == {"held_out", "accuracy", *(f"fold_{i}" for i in range(FOLDS))}
    # the parts are of one or two sizes, so their mean is near the whole
    assert np.mean([found[f"fold_{i}"] for i in range(FOLDS)]) == pytest.approx(
        found["accuracy"], abs=0.01
    )


def test_a_trial_does_not_look_at_the_test_samples():
    task = TASKS["digits, output"].task(0, 0, nn.Linear, True)
    assert set(task.evaluate()) == {"held_out"}


def test_folds_are_stripes_or_stretches():
    right = np.arange(40) < 10
    stripes = learned.evaluation(lambda part: right, None, "test", 1)()
    stretches = learned.evaluation(lambda part: right, None, "test", 4)()
    assert stripes["accuracy"] == stretches["accuracy"] == 0.25
    assert {stripes[f"fold_{i}"] for i in range(FOLDS)} == {0.25}
    assert [stretches[f"fold_{i}"] for i in range(FOLDS)] == [1, 1, 0.5, 0, 0, 0, 0, 0, 0, 0]


@pytest.mark.parametrize(("text", "low", "high"), [("abc", 0.95, 1.0), ("random", 0.2, 0.5)])
def test_letters_that_follow_a_rule_are_learned_and_no_others(text, low, high):
    rng = np.random.default_rng(0)
    whole = "abc" * 1500 if text == "abc" else "".join(rng.choice(list("abc"), 4500))
    task = learned._letters(lambda: whole, 16, 8, 150)(0, 1, partial(layer, "butterfly"), False)
    (row,) = train(task, "Adam", 0.003, 1)
    assert low <= row["accuracy"] <= high


def test_a_grammar_is_learned():
    task = learned._tags("grammar", 200, 8, 3)(0, 1, nn.Linear, False)
    assert task.evaluate()["accuracy"] < 0.6
    (row,) = train(task, "Adam", 0.01, 1)
    assert row["accuracy"] > 0.8


def test_the_step_size_is_the_best_on_samples_held_out_of_a_replicate_not_used_again(monkeypatch):
    asked = []

    def trained(task, optimizer, step_size, epochs):
        asked.append((task, step_size))
        score = 1 - abs(np.log(step_size / 0.01))
        return [{"epoch": 1, "weights": 1, "loss": 0.0, "held_out": score, "accuracy": -score}]

    fake = learned.Learned(
        "n", "R", [(8, 8)], 4, "digits", lambda seed, replicate, make, trial: (replicate, trial)
    )
    monkeypatch.setattr(sweep, "train", trained)
    monkeypatch.setattr(sweep, "TASKS", {"n": fake})
    rows = compute(task="n", replicates=3, runs=2)
    assert asked[: len(STEP_SIZES)] == [((0, True), size) for size in STEP_SIZES]
    assert asked[len(STEP_SIZES) :] == [((i, False), 0.01) for i in (1, 2, 3)]
    assert {row["step_size"] for row in rows} == {0.01}
    assert [row["replicate"] for row in rows] == [1, 2, 3]


def test_cases_are_complete_and_the_dense_layer_has_one_size():
    cases = find("tradeoff").cases["paper"]
    assert len(cases) == len(TASKS) * (2 + len(MULTIPLES) * len(PEERS))
    with pytest.raises(ValueError, match="the data of 'digits, output' are digits"):
        compute(dataset="mnist")
    with pytest.raises(ValueError, match="did you mean"):
        compute(task="digits, outputs")


def test_times_of_the_dense_layer_over_itself_are_about_one():
    (row,) = compute(kind="dense", replicates=1, runs=101)
    assert row["replaced"] == 650
    assert 0.6 < row["prediction"] < 1.6
    assert 0.6 < row["training step"] < 1.6
