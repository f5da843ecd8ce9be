"""What is drawn is what was computed: the numbers are read back from the axes."""

import numpy as np
import pytest
from matplotlib import pyplot
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from scipy.integrate import solve_ivp
from scipy.optimize import approx_fprime

from fjlt import srht, to_dense
from fjlt.plot_axes import COLOURS, LINES
from landscape import (
    critical_points,
    fit,
    fit_two_phase,
    joint_critical_points,
    plot_history,
    plot_landscape,
    plot_levels,
    reduced_loss,
)
from landscape.plots.look import KINDS

X = np.array([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 2, 0], [0, 2, 0, 1]])
SIBLINGS = joint_critical_points(X, X, [0, 2], 2)
DIAGONAL = np.diag([4.0, 3.0, 2.0, 1.0])
FIXED = list(critical_points(DIAGONAL, DIAGONAL, np.eye(4), 2))
B = srht(3, 4, rng=0)
PHASES = fit_two_phase(DIAGONAL, DIAGONAL, 2, B, rng=0)


def axes(projection=None):
    return Figure(layout="constrained").add_subplot(projection=projection)


def marks(ax):
    """{kind: offsets} of the collections of markers."""
    return {c.get_label(): c.get_offsets() for c in ax.collections if c.get_label() in KINDS}


@pytest.mark.parametrize("points", [FIXED, SIBLINGS], ids=["fixed B", "trained B"])
def test_every_point_is_at_its_index_and_loss(points):
    drawn = marks(plot_levels(points, axes()))
    for kind in KINDS:
        expected = sorted((p.index, p.loss) for p in points if p.kind == kind)
        assert sorted(map(tuple, drawn.pop(kind, []))) == expected
    assert drawn == {}


def test_a_label_is_the_subset_of_its_point():
    ax = plot_levels(critical_points(DIAGONAL, DIAGONAL, np.eye(4), 1), axes())
    found = {text.xy: text.get_text() for text in ax.texts}
    assert sorted(found.values()) == ["{ }", "{1}", "{2}", "{3}", "{4}"]
    for point in critical_points(DIAGONAL, DIAGONAL, np.eye(4), 1):
        assert (
            found[point.index, point.loss] == "{" + (",".join(map(str, point.subset)) or " ") + "}"
        )


def test_labels_do_not_overlap_and_can_be_left_out():
    many = np.diag(np.arange(12, 2, -1.0))
    figure = Figure((6, 4), layout="constrained")
    ax = plot_levels(critical_points(many, many, np.eye(10), 2), figure.add_subplot())
    FigureCanvasAgg(figure).draw()
    boxes = [text.get_window_extent() for text in ax.texts]
    assert 20 < len(boxes) < 56
    assert not any(a.overlaps(b) for i, a in enumerate(boxes) for b in boxes[:i])
    assert not plot_levels(FIXED, axes(), labels=False).texts
    assert not plot_levels(SIBLINGS, axes()).texts


def best_loss(alpha, beta):
    """The loss of these angles with the best D, from the dense matrix of the row space."""
    u, v = np.radians([alpha, beta])
    W = np.array([[np.cos(u), np.sin(u), 0, 0], [0, 0, np.cos(v), np.sin(v)]])
    code = W @ X
    return np.sum((X @ np.linalg.pinv(code) @ code - X) ** 2)


def test_the_surface_has_the_losses_of_its_angles():
    ax = plot_landscape(SIBLINGS, axes("3d"), surface=True, colorbar=False)
    # A face of the surface is a square of 4 degrees, and its colour the mean loss on its edges.
    faces = np.asarray(ax.collections[0].get_array()).reshape(45, 45)
    for i, j in np.ndindex(5, 5):
        middle = best_loss(-43 + 36 * i, -43 + 36 * j)
        assert faces[9 * j, 9 * i] == pytest.approx(middle, abs=0.02)
    for kind, (x, y, z) in (
        (c.get_label(), c._offsets3d) for c in ax.collections if c.get_label() in KINDS
    ):
        assert sorted(z) == pytest.approx(sorted(p.loss for p in SIBLINGS if p.kind == kind))
        assert z == pytest.approx([best_loss(a, b) for a, b in zip(x, y, strict=True)])


def test_paths_of_descent_have_the_colour_of_their_end():
    ax = plot_landscape(SIBLINGS, axes(), flow=True)
    (paths,) = (c for c in ax.collections if isinstance(c, LineCollection))
    ends, above = np.array([s[-1] for s in paths.get_segments()]), np.asarray(paths.get_array())
    for value, loss in ((0, 2), (1, 21 / 5)):
        chosen = ends[above == value]
        for start in chosen[:: len(chosen) // 4]:
            flow = solve_ivp(
                lambda _, at: -approx_fprime(at, lambda x: best_loss(*x), 1e-2),
                (0, 1e5),
                start,
                method="LSODA",
                rtol=1e-2,
                atol=1e-2,
            )
            assert best_loss(*flow.y[:, -1]) == pytest.approx(loss, abs=0.05), start


def test_contours_enclose_the_losses_and_points_lie_at_theirs():
    ax = plot_landscape(SIBLINGS, axes())
    filled, lines = ax.collections[:2]
    grid = [best_loss(a, b) for a in range(-45, 136, 5) for b in range(-45, 136, 5)]
    assert filled.levels[0] <= min(grid) < max(grid) <= filled.levels[-1]
    assert lines.levels == pytest.approx([next(p.loss for p in SIBLINGS if p.is_saddle)])
    for kind, places in marks(ax).items():
        losses = sorted(best_loss(*place) for place in places)
        assert losses == pytest.approx(sorted(p.loss for p in SIBLINGS if p.kind == kind))
    assert len(ax.figure.axes) == 2
    assert len(plot_landscape(SIBLINGS, axes(), colorbar=False).figure.axes) == 1


def test_the_other_siblings_have_the_same_landscape():
    other = joint_critical_points(X, X, [1, 3], 2)
    one, two = (marks(plot_landscape(points, axes())) for points in (SIBLINGS, other))
    assert one.keys() == two.keys()
    for kind in one:
        a, b = (np.sort(np.asarray(places[kind]), axis=0) for places in (one, two))
        assert np.allclose(a, b, atol=1e-6)


def test_a_curve_is_the_gap_of_each_pass():
    ax = plot_history(PHASES, axes())
    best = reduced_loss(DIAGONAL, DIAGONAL, np.eye(4), 2)
    first, second, line = ax.lines
    assert first.get_ydata() == pytest.approx(PHASES.first.history - best)
    assert second.get_ydata() == pytest.approx(PHASES.second.history - best)
    assert second.get_xdata()[0] == first.get_xdata()[-1]
    of_B = reduced_loss(DIAGONAL, DIAGONAL, to_dense(B), 2)
    assert line.get_ydata() == pytest.approx([of_B - best] * 2)
    assert ax.get_yscale() == "log"
    assert f"{best:.4g}" in ax.get_ylabel()


def test_losses_and_levels_as_they_are():
    ax = plot_history(PHASES, axes(), gap=False, levels={"start": PHASES.first.history[0]})
    assert ax.lines[0].get_ydata().tolist() == PHASES.first.history.tolist()
    assert [line.get_label() for line in ax.lines[2:]] == ["start"]
    assert ax.lines[2].get_ydata()[0] == PHASES.first.history[0]
    lines = plot_history(PHASES, axes(), gap=False).lines[2:]
    drawn = {line.get_label(): line.get_ydata()[0] for line in lines}
    assert drawn == pytest.approx(
        {
            "optimum of rank k": reduced_loss(DIAGONAL, DIAGONAL, np.eye(4), 2),
            "optimum for a fixed B": reduced_loss(DIAGONAL, DIAGONAL, to_dense(B), 2),
        }
    )


def test_several_trainings_have_their_names_and_looks():
    results = {"both": PHASES, "one": fit(DIAGONAL, DIAGONAL, 2, np.eye(4)[1:], "fixed-b", rng=0)}
    ax = plot_history(results, axes())
    names = [line.get_label() for line in ax.lines]
    assert names[:3] == ["both, phase one: B fixed", "both, phase two: B trained", "one"]
    assert names[3:] == ["optimum for a fixed B, 1", "optimum for a fixed B, 2"]
    assert len({line.get_linestyle() for line in ax.lines[:3]}) == 3
    assert len({line.get_color() for line in ax.lines[:3]}) == 3


def test_a_loss_of_zero_has_no_logarithm():
    exact = fit(DIAGONAL, np.zeros((1, 4)), 1, np.eye(4), "fixed-b", rng=0)
    assert exact.loss == 0
    assert plot_history(exact, axes(), gap=False).get_yscale() == "linear"


def test_axes_of_their_own_are_those_of_pyplot():
    pyplot.close("all")
    ax = plot_levels(FIXED)
    assert pyplot.gcf().axes == [ax]
    pyplot.close("all")


def test_colours_and_lines_differ_in_grey_as_well():
    assert len({marker for _, marker in KINDS.values()}) == len(KINDS)
    assert len(set(map(str, LINES))) == len(LINES)
    assert all(len(to_rgb(colour)) == 3 for colour in COLOURS)


DOMINANT = joint_critical_points(X, X, [0, 1, 2], 2)


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: plot_levels([]), ValueError, "no critical point"),
        (lambda: plot_landscape([]), ValueError, "no critical point"),
        (lambda: plot_history({}), ValueError, "no training"),
        (lambda: plot_history({"mine": 3}), TypeError, r"results\['mine'\] is a int"),
        (
            lambda: plot_landscape(DOMINANT),
            ValueError,
            r"\[0, 1, 2\] of 4 with k = 2 .*plot_levels",
        ),
        (
            lambda: plot_landscape(SIBLINGS, axes("3d"), surface=True, flow=True),
            ValueError,
            "over contours",
        ),
        (lambda: plot_landscape(SIBLINGS, axes(), surface=True), TypeError, "'3d' is needed"),
        (lambda: plot_levels(FIXED, axes("3d")), TypeError, "'rectilinear' is needed"),
        (lambda: plot_levels(FIXED, "ax"), TypeError, "got str"),
    ],
)
def test_errors_say_what_to_do(call, error, words):
    with pytest.raises(error, match=words):
        call()
