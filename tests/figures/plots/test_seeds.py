"""Which step size counts, and what is compared with what."""

import pytest

from figures.added.seeds import best, compute, draw, margins


def row(kind, step_size, replicate, epoch, held_out, accuracy):
    about = {
        "model": "perceptron",
        "layer": kind,
        "step_size": step_size,
        "replicate": replicate,
        "epoch": epoch,
    }
    return {**about, "held_out": held_out, "accuracy": accuracy}


def rows(kind, step_size, first, last):
    return [
        row(kind, step_size, replicate, epoch, *found)
        for epoch, each in ((1, first), (5, last))
        for replicate, found in enumerate(each)
    ]


TABLE = [
    *rows("dense", 0.1, [(0.25, 0.25), (0.5, 0.5)], [(0.75, 0.75), (0.75, 0.5)]),
    *rows("dense", 0.3, [(0.5, 0.25), (0.5, 0.75)], [(0.5, 1.0), (0.5, 1.0)]),
    *rows("butterfly", 0.1, [(0.25, 0.125), (0.25, 0.25)], [(0.5, 0.25), (0.5, 0.25)]),
    *rows("butterfly", 0.3, [(0.125, 0.0), (0.125, 0.0)], [(0.75, 0.5), (0.5, 0.75)]),
]


def test_images_held_out_choose_the_step_size_and_test_images_do_not():
    dense = [row for row in TABLE if row["layer"] == "dense" and row["epoch"] == 5]
    assert best(dense) == 0.1
    assert best([{**row, "accuracy": 1 - row["accuracy"]} for row in dense]) == 0.1
    assert best([{**row, "held_out": 1 - row["held_out"]} for row in dense]) == 0.3


def test_the_first_kind_at_its_best_against_each_step_size_of_the_other():
    assert margins(TABLE, "perceptron", "butterfly") == (
        0.1,
        {0.1: [-0.25, 0.25], 0.3: [-0.5, -0.25]},
    )
    assert margins(TABLE, "perceptron", "dense", "butterfly") == (
        0.3,
        {0.1: [0.5, 0.25], 0.3: [0.25, -0.25]},
    )
    assert margins(TABLE, "perceptron", "butterfly", first=True) == (
        0.3,
        {0.1: [-0.125, -0.25], 0.3: [-0.125, -0.5]},
    )


def test_the_drawing_shows_each_kind_that_is_there():
    left, right = draw(TABLE).axes
    shown = [line.get_label() for line in left.lines]
    assert [label for label in shown if not label.startswith("_")] == ["dense", "butterfly"]
    assert len(right.containers) == 2
    assert [text.get_text() for text in right.get_yticklabels()] == [
        "butterfly, first epoch",
        "last epoch",
    ]


def test_replicates_that_a_step_size_was_chosen_on_are_left_out():
    pytest.importorskip("torch")
    chosen = compute(epochs=1, trials=2, replicates=3)
    assert [row["replicate"] for row in chosen] == [2]
    given = compute(epochs=1, trials=2, replicates=3, step_size=chosen[0]["step_size"])
    assert [row["replicate"] for row in given] == [0, 1, 2]
    assert given[2] == chosen[0]
