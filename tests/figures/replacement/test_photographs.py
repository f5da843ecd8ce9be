"""Photographs: flips and crops, what the kinds of layers share, how a step size is chosen."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from figures.added.photographs import CURVES, FIGURES, findings  # noqa: E402
from figures.replacement import photographs  # noqa: E402
from figures.replacement.photographs import STEP_SIZES, compute, flipped_and_cropped  # noqa: E402
from figures.replacement.tasks import FOLDS  # noqa: E402


def test_a_picture_is_moved_and_mirrored_as_a_whole():
    pictures = torch.rand(400, 3, 16, 16)
    moved = flipped_and_cropped(pictures, np.random.default_rng(0))
    seen = set()
    for before, after in zip(pictures, moved, strict=True):
        found = []
        for mirrored in (False, True):
            padded = torch.nn.functional.pad(before, (2, 2, 2, 2))
            for down in range(5):
                for right in range(5):
                    one = padded[:, down : down + 16, right : right + 16]
                    if torch.equal(one.flip(2) if mirrored else one, after):
                        found.append((mirrored, down, right))
        assert len(found) == 1
        seen |= set(found)
    # all 50 changes occur: each is missed by 400 draws with probability (49/50)^400 = 3e-4
    assert len(seen) == 50


def test_a_trial_does_not_look_at_the_test_images():
    (row,) = photographs._trained(0, "digits", "R", "dense", 4, 64, 0, 0.01, 1, trial=True)
    assert set(row) == {"epoch", "weights", "loss", "held_out"}


def test_kinds_of_layers_share_images_flips_and_crops_and_the_step_size_falls_to_0(monkeypatch):
    seen, met = [], []

    def train(task, optimizer, step_size, epochs, falls_over):
        seen.append((optimizer, falls_over, [size for _, size in task.losses()]))
        return [{"epoch": 1, "held_out": 0.5}]

    def cropped(pictures, rng):
        met.append(flipped_and_cropped(pictures, rng))
        return met[-1]

    monkeypatch.setattr(photographs, "train", train)
    monkeypatch.setattr(photographs, "flipped_and_cropped", cropped)
    for kind in ("dense", "butterfly"):
        photographs._trained(0, "digits", "P", kind, 4, 500, 1, 0.01, 2)
    assert seen == 2 * [("Adam", 2 * 3, [500, 500, 214])]
    assert len(met) == 6
    assert all(torch.equal(met[i], met[i + 3]) for i in range(3))


def test_the_step_size_is_the_best_after_a_short_training_of_a_replicate_not_used_again(
    monkeypatch,
):
    asked = []

    def trained(*about, trial=False):
        *_, replicate, step_size, epochs = about
        asked.append((replicate, step_size, epochs, trial))
        score = 1 - abs(np.log(step_size / 0.01))
        return [{"epoch": i + 1, "held_out": score} for i in range(epochs)]

    monkeypatch.setattr(photographs, "_trained", trained)
    rows = compute(epochs=3, trial_epochs=2, replicates=2)
    assert asked[: len(STEP_SIZES)] == [(0, size, 2, True) for size in STEP_SIZES]
    assert asked[len(STEP_SIZES) :] == [(i, 0.01, 3, False) for i in (1, 2)]
    assert [(row["replicate"], row["epoch"]) for row in rows] == [
        (i, epoch) for i in (1, 2) for epoch in (1, 2, 3)
    ]


def table(by):
    """Rows in which the butterfly differs from its peers by so much in each reading."""
    kinds = ("dense", "butterfly", "low rank, equal rank", "low rank, equal weights")
    return [
        {"dataset": "cifar10_png", "reading": reading, "layer": kind, "epoch": epoch}
        | {"replicate": i, "accuracy": accuracy, "step_size": 0.01}
        | {f"fold_{j}": accuracy for j in range(FOLDS)}
        for reading, difference in by.items()
        for kind in kinds
        for epoch in (1, 2)
        for i in (1, 2)
        for accuracy in [0.5 + 0.01 * i + difference * (kind == "butterfly")]
    ]


def test_planted_differences_are_told_beside_what_is_printed():
    planted = table({"R": -0.125, "P": 0.25})
    words = findings(planted)
    assert "51.5 % dense and 39.0 % butterfly in reading R" in words
    assert "The paper prints 94.7 and 95.5." in words
    assert "−12.5 (−12.5 to −12.5) and −12.5 (−12.5 to −12.5) for CIFAR-10: R, 64 → 10" in words
    assert "25.0 (25.0 to 25.0) for CIFAR-10: P, 1024 → 512" in words
    assert CURVES.sheet(planted).lines[0][2] == "51.5"


def test_printed_accuracies_are_drawn_as_far_as_the_training_goes():
    canvas = FIGURES[0].draw(table({"P": 0.25}))
    (panel,) = canvas.axes
    stars = {
        (line.get_xdata()[0], line.get_ydata()[0])
        for line in panel.lines
        if line.get_marker() == "*"
    }
    assert {(1, 49), (2, 55), (1, 54), (2, 61)} <= stars
    assert all(x <= 2 for x, _ in stars)


def test_an_unknown_reading():
    with pytest.raises(ValueError, match="unknown reading 'Q'; known: R, P"):
        compute(reading="Q")
