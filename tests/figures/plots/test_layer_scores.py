"""Scores by layer: which rows an interval is of, and where they are drawn."""

import pytest
from scipy.stats import ttest_rel

from figures.engine.gallery import find
from figures.engine.stored_tables import stored
from figures.engine.table import select
from figures.paper.printed import number
from figures.plots.layer_scores import (
    LOOKS,
    Mark,
    by_epoch,
    difference,
    finals,
    finals_and_epochs,
    last,
)

SCORES = {"dense": (0.9, 0.8, 0.85), "butterfly": (0.7, 0.75, 0.72)}


@pytest.fixture
def table():
    """Two optimisers, two epochs; SGD is worse by 0.1, the first epoch by 0.2."""
    return [
        {
            "layer": kind,
            "optimizer": optimizer,
            "replicate": replicate,
            "epoch": epoch,
            "weights": 1234,
            "score": score - 0.1 * (optimizer == "SGD") - 0.2 * (epoch == 1),
        }
        for kind, scores in SCORES.items()
        for optimizer in ("Adam", "SGD")
        for replicate, score in enumerate(scores)
        for epoch in (1, 2)
    ]


def test_the_difference_is_paired(table):
    adam = select(last(table), optimizer="Adam")
    ours, theirs = select(adam, layer="butterfly"), select(adam, layer="dense")
    expected = ttest_rel(SCORES["butterfly"], SCORES["dense"]).confidence_interval(0.95)
    found = difference(ours[::-1], theirs, "score")
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high))
    assert difference(ours, theirs[:2], "score").mean == pytest.approx((-0.2 - 0.05) / 2)


def curves(axes):
    """The points of each line, by its label."""
    return {
        line.get_label(): line.get_xydata().ravel().tolist()
        for line in axes.lines
        if not line.get_label().startswith("_")
    }


def centres(axes):
    return [float(bar.lines[0].get_xdata()[0]) for bar in axes.containers]


def test_what_is_drawn_after_the_last_epoch(table):
    canvas = finals({"a network": table}, "score", "accuracy in %")
    (axes,) = canvas.axes
    assert centres(axes) == pytest.approx([85, 75, 72.333333, 62.333333])
    assert [text.get_text() for text in axes.texts] == ["1 234 weights"] * 2
    assert [label.get_text() for label in axes.get_yticklabels()] == list(SCORES)


def test_what_is_drawn_epoch_by_epoch(table):
    adam = select(table, optimizer="Adam")
    (axes, _) = by_epoch({"a network": adam}, "score", "accuracy in %").axes
    lines = curves(axes)
    assert lines["dense"] == pytest.approx([1, 65, 2, 85])
    assert set(lines) == set(SCORES) <= set(LOOKS)
    above, below = finals_and_epochs({"a network": adam}, "score", "accuracy in %").axes
    assert centres(above) == pytest.approx([85, 72.333333])
    assert curves(below) == lines


def stars(axes):
    return [
        (*map(float, line.get_xydata()[0]), line.get_markeredgecolor())
        for line in axes.lines
        if line.get_marker() == "*"
    ]


def test_printed_scores_are_stars_inside_the_axes(table):
    groups, blue = {"a network": table}, LOOKS["butterfly"]["color"]
    marks = {"a network": [Mark("butterfly", 97.5, 2)], "another": [Mark("dense", 1.0, 1)]}
    (axes,) = finals(groups, "score", "accuracy in %", marks).axes
    assert stars(axes) == [(97.5, list(SCORES).index("butterfly"), blue)]
    axes, _ = by_epoch(groups, "score", "accuracy in %", printed=marks).axes
    assert stars(axes) == [(2, 97.5, blue)]
    assert axes.get_ylim()[1] >= 97.5
    above, below = finals_and_epochs(groups, "score", "accuracy in %", marks).axes
    assert (stars(above), stars(below)) == ([(97.5, list(SCORES).index("butterfly"), blue)], [])


@pytest.mark.parametrize(
    ("id", "count"),
    [("figure-2", 2), ("figure-3", 8), ("figure-s3", 6), ("figure-s5", 6), ("figure-s6", 50)],
)
def test_every_printed_number_of_these_figures_is_marked(id, count):
    canvas = find(id).draw(stored(id))
    assert sum(len(stars(axes)) for axes in canvas.axes) == count


def test_printed_times_are_ratios_beside_the_largest_batch():
    about = {"subject": "PreActResNet18, CIFAR-10", "at": "training"}
    ours, theirs = (
        float(number("figure-s4", series=kind, **about).value) for kind in ("butterfly", "dense")
    )
    panels = find("figure-s4").draw(stored("figure-s4")).axes
    (step,) = [axes for axes in panels if axes.get_title() == "time of a training step"]
    ((ratio, place, _),) = stars(step)
    assert ratio == pytest.approx(ours / theirs)
    names = [label.get_text() for label in panels[0].get_yticklabels()]
    assert names[round(place)] == "PreActResNet-18,\n128 images"
