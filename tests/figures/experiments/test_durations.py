"""Times in turns and the memory of layers: what is run and how often, and bounds on the results."""

import time
from itertools import count
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from figures.added.crossover import crossing, ratios  # noqa: E402
from figures.experiments import durations, timing  # noqa: E402
from figures.experiments.durations import (  # noqa: E402
    BLOCKS,
    MODES,
    Calls,
    layer_calls,
    layers,
    networks,
    taggers,
)
from figures.experiments.memory import compute as memory  # noqa: E402
from figures.experiments.memory import peaks  # noqa: E402
from figures.experiments.timing import n_threads, times_in_turns  # noqa: E402
from figures.models.layers import LAYERS  # noqa: E402
from figures.plots.time_ratios import ratio, seconds  # noqa: E402
from fjlt.kernels.threads import n_threads as threads_of_the_library  # noqa: E402
from fjlt.runs.intervals import Interval  # noqa: E402


def test_functions_take_turns(monkeypatch):
    clock, called = count(), []
    monkeypatch.setattr(timing.time, "perf_counter", lambda: float(next(clock)) ** 2)
    times = times_in_turns(
        {"a": lambda: called.append("a"), "b": lambda: called.append("b")}, rounds=3
    )
    assert "".join(called) == "ab" + 3 * "ab"
    assert times.tolist() == [[1, 5], [9, 13], [17, 21]]


def test_threads_are_those_asked_for_and_given_back():
    before = threads_of_the_library(), torch.get_num_threads()
    with durations._threads(1):
        assert (threads_of_the_library(), torch.get_num_threads()) == (1, 1)
        with n_threads(2):
            assert threads_of_the_library() == 2
    assert (threads_of_the_library(), torch.get_num_threads()) == before


@pytest.mark.parametrize(("measure", "model"), [(networks, "perceptron"), (taggers, "grammar")])
def test_every_kind_in_every_mode_and_block(measure, model):
    table = measure(batch_size=2, runs=20)
    assert {row["model"] for row in table} == {model}
    found = [(row["layer"], row["mode"], row["block"]) for row in table]
    assert sorted(found) == sorted(
        (kind, mode, i) for kind in LAYERS for mode in MODES for i in range(BLOCKS)
    )
    assert all(row["seconds"] > 0 and 0 <= row["faster"] <= 2 for row in table)
    assert {row["faster"] for row in table if row["layer"] == "dense"} == {0}


def test_the_median_of_a_block_and_which_layer_was_faster(monkeypatch):
    times = np.tile([4.0, 2.0, 8.0, 4.0], (20, 1))
    times[::2, 1] = 6.0
    monkeypatch.setattr(durations, "times_in_turns", lambda functions, runs: times)
    table = layers(n=8, batch_size=2)
    second = [row for row in table if row["layer"] == LAYERS[1]]
    assert {(row["seconds"], row["faster"]) for row in second} == {(4.0, 1)}
    assert ratio([row for row in table if row["mode"] == MODES[0]], LAYERS[2]) == Interval(2, 2, 2)
    assert seconds(table, "dense") == 4


def test_a_training_step_trains_and_a_prediction_does_not():
    calls = layer_calls(0, 16, 4, "butterfly")
    weights = [p.clone() for p in calls.module.parameters()]
    calls.run("prediction")
    assert all(torch.equal(a, b) for a, b in zip(weights, calls.module.parameters(), strict=True))
    assert all(p.grad is None for p in calls.module.parameters())
    calls.run("training step")
    assert not any(
        torch.equal(a, b) for a, b in zip(weights, calls.module.parameters(), strict=True)
    )


def test_modules_predict_as_for_evaluation(monkeypatch):
    seen = set()
    monkeypatch.setattr(Calls, "run", lambda self, mode: seen.add((mode, self.module.training)))
    networks(runs=10)
    assert seen == {("prediction", False), ("training step", True)}


def test_slower_is_slower():
    calls = {
        name: lambda pause=pause: time.sleep(pause)
        for name, pause in (("dense", 0.002), ("other", 0.006))
    }
    means = times_in_turns(calls, 10).mean(axis=0)
    assert 1.5 < means[1] / means[0] < 6


def test_too_few_runs():
    with pytest.raises(ValueError, match="runs must be at least 10, got 9"):
        layers(runs=9)


def test_memory_of_the_dense_layer_is_that_of_its_weights():
    """The weights take 4 MiB. With the gradient, the moments and what a step of Adam needs besides,
    a training step takes 4 to 8 times as much."""
    n = 1024
    step = "training step"
    runs = [("dense", "prediction"), ("dense", step), ("low rank, equal rank", step)]
    predicting, training, of_the_pair = (size / (4 * n * n) for size in peaks(0, n, 1, runs))
    assert 0.9 < predicting < 1.5
    assert 3.5 < training < 9
    assert of_the_pair < 0.5


def test_the_table_of_memory_has_each_layer_in_each_mode(monkeypatch):
    monkeypatch.setattr(
        "figures.experiments.memory.peaks", lambda seed, n, batch, runs: range(len(runs))
    )
    table = memory(0, 8, 1)
    assert len({(row["layer"], row["mode"]) for row in table}) == len(table) == 8
    assert [row["bytes"] for row in table] == list(range(8))


def test_memory_that_cannot_be_measured(monkeypatch):
    with pytest.raises(MemoryError, match="no memory for a layer of 10000000 × 10000000 features"):
        peaks(0, 10**7, 1, [("dense", "prediction")])
    monkeypatch.setattr("figures.experiments.memory._STATUS", Path("/proc/of another system"))
    with pytest.raises(OSError, match="on Linux only"):
        peaks(0, 8, 1, [("dense", "prediction")])


def test_crossing_looks_at_all_larger_sizes():
    wins, loses, open_ = Interval(0.5, 0.4, 0.6), Interval(2, 1.9, 2.1), Interval(0.9, 0.7, 1.1)
    assert crossing({8: wins, 16: loses, 32: wins, 64: wins}) == 32
    assert crossing({8: wins, 16: wins}) == 8
    assert crossing({8: wins, 16: open_}) is None


def test_ratios_by_size():
    rows = [
        {
            "n": n,
            "batch": 1,
            "threads": 1,
            "layer": kind,
            "measure": "prediction",
            "block": 0,
            "value": value,
        }
        for n, kind, value in (
            (8, "dense", 2.0),
            (8, "butterfly", 1.0),
            (4, "dense", 1.0),
            (4, "butterfly", 3.0),
        )
    ]
    found = ratios(rows, "prediction", "butterfly", 1)
    assert {n: point.mean for n, point in found.items()} == {
        4: pytest.approx(3),
        8: pytest.approx(0.5),
    }
    assert list(found) == [4, 8]
