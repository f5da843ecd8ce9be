"""Every drawing, read back from the stored tables: can its parts be told apart and read?"""

import itertools
import json
from functools import cache

import pytest
from matplotlib import rc_context
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex
from matplotlib.figure import Figure as Canvas
from matplotlib.text import Text

from figures.added.seeds import draw as draw_seeds
from figures.engine.figure import LIMIT
from figures.engine.gallery import TITLES, find
from figures.engine.stored_tables import RESULTS, stored
from figures.engine.style import METHODS, STYLE, TEXT_WIDTH
from figures.plots.layer_scores import by_epoch

LOSSES = ("figure-4", "figure-6", "figure-s7")


@cache
def drawn(id):
    """The drawing of a stored table, set. Of many seeds every tenth is enough for the look."""
    table = [row for row in stored(id) if id != "seeds" or row["replicate"] % 10 == 0]
    with rc_context(STYLE):
        canvas = (draw_seeds if id == "seeds" else find(id).draw)(table)
        FigureCanvasAgg(canvas).draw()
    return canvas


def dashes(line):
    """How a line is dashed; None if it has only markers."""
    return None if line.get_linestyle() in ("None", "") else str(line._unscaled_dash_pattern)


def look(line):
    return to_hex(line.get_color()), line.get_marker(), dashes(line)


def series(canvas):
    """The lines that a legend names, by their names."""
    return {
        text.get_text(): handle
        for legend in canvas.legends
        for text, handle in zip(legend.get_texts(), legend.legend_handles, strict=True)
    }


def outside(canvas):
    """The labels of ticks that are not drawn: those beyond the ends of an axis or of no axis."""
    return {
        tick.label1
        for axes in canvas.axes
        for axis in (axes.xaxis, axes.yaxis)
        for tick in (*axis.majorTicks, *axis.minorTicks)
        if not (
            axes.axison
            and min(axis.get_view_interval()) <= tick.get_loc() <= max(axis.get_view_interval())
        )
    }


def faults(canvas):
    """What a reader of a drawing would stumble over."""
    found = []
    lines = {name: line for name, line in series(canvas).items() if hasattr(line, "get_marker")}
    for (one, first), (other, second) in itertools.combinations(lines.items(), 2):
        (color, marker, dash), (color2, marker2, dash2) = look(first), look(second)
        if marker == marker2 and dash == dash2:
            open_, open2 = (
                to_hex(line.get_markerfacecolor()) == "#ffffff" for line in (first, second)
            )
            if open_ == open2:
                found.append(f"{one} and {other} have one shape")
        if color == color2 and dash and dash2:
            found.append(f"{one} and {other} have one colour")
    width, height = canvas.bbox.width, canvas.bbox.height
    unseen = outside(canvas)
    for text in canvas.findobj(Text):
        if not (text.get_text().strip() and text.get_visible()) or text in unseen:
            continue
        if text.get_fontsize() < 7:
            found.append(f"{text.get_text()!r} is smaller than 7 points")
        box = text.get_window_extent()
        if not (box.x0 > -1 and box.x1 < width + 1 and box.y0 > -1 and box.y1 < height + 1):
            found.append(f"{text.get_text()!r} is cut off")
        if "times" in text.get_text() or "10^" in text.get_text():
            found.append(f"{text.get_text()!r} is no plain number")
    return found


@pytest.mark.parametrize("id", TITLES)
def test_parts_can_be_told_apart_and_every_letter_can_be_read(id):
    canvas = drawn(id)
    assert canvas.get_size_inches()[0] == TEXT_WIDTH
    assert faults(canvas) == []


@pytest.mark.parametrize("id", TITLES)
def test_what_is_said_below_a_drawing_is_short(id):
    record = json.loads((RESULTS / f"{id}.json").read_text(encoding="utf-8"))
    assert 20 < len(record["caption"].split()) <= LIMIT


@pytest.mark.parametrize("id", TITLES)
def test_what_a_legend_names_is_drawn_and_no_star_goes_without_a_name(id):
    canvas = drawn(id)
    markers = {line.get_marker() for axes in canvas.axes for line in axes.lines}
    for name, handle in series(canvas).items():
        if hasattr(handle, "get_marker") and not dashes(handle):
            assert handle.get_marker() in markers, name
    named = [name for name in series(canvas) if "printed" in name or "of the paper" in name]
    assert ("*" in markers) == bool(named)


@pytest.mark.parametrize("id", ["figure-4", "figure-5", "figure-6", "figure-s7", "ratios"])
def test_no_interval_of_an_excess_runs_into_the_floor_unless_its_mean_is_there(id):
    for axes in drawn(id).axes:
        if "%" not in axes.get_ylabel():
            continue
        for bars in axes.containers:
            line, _, _ = bars.lines
            for value, (low, _) in zip(
                line.get_ydata(), bars.lines[2][0].get_segments(), strict=True
            ):
                assert low[1] > 1e-3 or value < 0.05, (id, axes.get_title())


@pytest.mark.parametrize("id", LOSSES)
def test_nothing_lies_above_the_optimum(id):
    pca = METHODS["PCA"]["color"]
    canvas = drawn(id)
    panels = canvas.axes[::2] if id == "figure-4" else canvas.axes[: len(canvas.axes) // 2]
    for axes in panels:
        curves = [line for line in axes.lines if dashes(line)]
        (optimum,) = (line for line in curves if line.get_color() == pca)
        assert all(line.zorder < optimum.zorder for line in curves if line is not optimum)
        assert optimum.zorder > max(bars.zorder for bars in axes.collections)


def test_a_method_has_one_look_in_all_figures():
    looks = {}
    for id in TITLES:
        for name, line in series(drawn(id)).items():
            if hasattr(line, "get_marker") and dashes(line):
                color, _, dash = look(line)
                looks.setdefault(name, set()).add((color, dash))
    assert {name for name, found in looks.items() if len(found) > 1} == set()
    assert {"butterfly", "low rank, equal rank", "PCA ($\\Delta_k$)"} <= set(looks)


@pytest.mark.parametrize("id", ["figure-s3", "figure-s6"])
def test_the_first_epoch_is_inside_the_axes(id):
    panels = [axes for axes in drawn(id).axes if axes.get_xlabel() == "epoch" or id == "figure-s6"]
    assert len(panels) == 4
    for axes in panels:
        curves = [line for line in axes.lines if dashes(line)]
        assert {line.get_label() for line in curves} >= {"dense", "butterfly"}
        for line in curves:
            assert line.get_xdata()[0] == 1
            assert axes.get_ylim()[0] <= line.get_ydata()[0]


def test_faults_are_seen():
    canvas = Canvas(figsize=(2, 2))
    axes = canvas.subplots()
    axes.plot([1, 2], [1, 2], "-o", color="black", label="one")
    axes.plot([1, 2], [2, 1], "-o", color="black", label="other")
    axes.set_title("far too long a title for so small a drawing", fontsize=6)
    canvas.legend(*axes.get_legend_handles_labels())
    FigureCanvasAgg(canvas).draw()
    found = " ".join(faults(canvas))
    for words in ("have one shape", "have one colour", "smaller than 7", "is cut off"):
        assert words in found
    rows = [
        {"layer": "dense", "epoch": e, "score": e / 10, "replicate": r}
        for e in (1, 2, 3)
        for r in (0, 1)
    ]
    low = by_epoch({"a network": rows}, "score", "accuracy in %").axes[0].get_ylim()[0]
    assert low <= 10
