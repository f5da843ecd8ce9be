"""The first steps of taggers: what the kinds of layers share, and how a step size is chosen."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from figures.added.first_steps import ALPHA, CURVES, FRESH, findings  # noqa: E402
from figures.replacement import first_steps  # noqa: E402
from figures.replacement.first_steps import STEP_SIZES, compute  # noqa: E402
from figures.replacement.tasks import FOLDS  # noqa: E402


@pytest.mark.parametrize("reading", ["R", "P"])
def test_a_tagger_is_scored_at_every_mark(reading):
    rows = first_steps._trained(0, "grammar", reading, "butterfly", 8, 1, 0.01, 2, 15)
    assert [row["epoch"] for row in rows] == [1, 2]
    assert rows[-1]["score"] > 0.5 > rows[-1]["loss"]
    parts = [rows[-1][f"fold_{i}"] for i in range(FOLDS)]
    assert np.mean(parts) == pytest.approx(rows[-1]["score"], abs=0.01)


def test_a_trial_does_not_look_at_the_test_sentences():
    (row,) = first_steps._trained(0, "grammar", "R", "dense", 8, 0, 0.01, 1, 5, trial=True)
    assert set(row) == {"epoch", "weights", "loss", "held_out"}


def test_all_kinds_of_layers_have_the_same_batches(monkeypatch):
    seen = {}

    def train(task, optimizer, step_size, marks):
        seen.setdefault(len(seen), [size for _, size in task.losses()])
        return [{"epoch": 1, "held_out": 0.5}]

    monkeypatch.setattr(first_steps, "train", train)
    for kind in ("dense", "butterfly"):
        first_steps._trained(0, "grammar", "P", kind, 8, 1, 0.01, 1, 60)
    # more than one round through the 360 sentences
    assert seen[0] == seen[1]
    assert sum(seen[0]) > 360


def test_the_step_size_is_the_best_after_the_last_step_of_a_replicate_not_used_again(monkeypatch):
    asked = []

    def trained(*about, trial=False):
        *_, replicate, step_size, marks, steps = about
        asked.append((replicate, step_size, marks, steps, trial))
        score = 1 - abs(np.log(step_size / 0.01))
        return [{"epoch": i + 1, "held_out": score} for i in range(marks)]

    monkeypatch.setattr(first_steps, "_trained", trained)
    rows = compute(marks=2, steps=10, replicates=2)
    assert asked[: len(STEP_SIZES)] == [(0, size, 1, 20, True) for size in STEP_SIZES]
    assert asked[len(STEP_SIZES) :] == [(i, 0.01, 2, 10, False) for i in (1, 2)]
    assert [(row["replicate"], row["step"]) for row in rows] == [(1, 10), (1, 20), (2, 10), (2, 20)]
    assert {row["step_size"] for row in rows} == {0.01}


def table(by):
    """Rows in which the butterfly differs from its peers by so much in each reading."""
    kinds = ("dense", "butterfly", "low rank, equal rank", "low rank, equal weights")
    return [
        {"dataset": "grammar", "reading": reading, "layer": kind, "step": step, "replicate": i}
        | {"score": score, "step_size": 0.01, **{f"fold_{j}": score for j in range(FOLDS)}}
        for reading, difference in by.items()
        for kind in kinds
        for step in (10, 20)
        for i in (1, 2)
        for score in [0.5 + 0.01 * i + difference * (kind == "butterfly")]
    ]


def test_planted_differences_are_told():
    planted = table({"R": -0.125, "P": 0.25})
    assert CURVES.present(planted) == [("grammar", "R"), ("grammar", "P")]
    assert CURVES.points(planted) == [10, 20]
    assert CURVES.margin(planted, ("grammar", "P"), 10).mean == pytest.approx(25)
    words = CURVES.findings(planted)
    assert "−12.5 (−12.5 to −12.5) and −12.5 (−12.5 to −12.5) for a small grammar: R" in words
    assert "25.0 (25.0 to 25.0) for a small grammar: P" in words


@pytest.mark.parametrize(("by", "answer"), [(-0.01, "below"), (0.01, "above"), (0.0, "")])
def test_planned_signs_are_read_in_each_reading(by, answer):
    rows = [
        row | {"dataset": dataset, "replicate": 2 * replicate + row["replicate"]}
        for dataset in FRESH
        for replicate in range(3)
        for row in table({"R": by, "P": -by})
    ]
    found = CURVES.planned(rows, FRESH, ALPHA)
    assert len(found) == 8
    other = {"below": "above", "above": "below", "": ""}[answer]
    for one in found:
        assert one.test.trainings == 12
        assert one.test.answer == (answer if one.reading == "R" else other)
    # the false alarm is shared by all comparisons: half of the trainings are too few
    assert {one.test.answer for one in CURVES.planned(rows, FRESH[:1], ALPHA)} == {""}
    assert "of 12 trainings (12 are enough)" in findings(rows)


def test_unknown_data_or_reading():
    with pytest.raises(ValueError, match="did you mean 'grammar'"):
        compute(dataset="grammars")
    with pytest.raises(ValueError, match="unknown reading 'Q'; known: R, P"):
        compute(reading="Q")
