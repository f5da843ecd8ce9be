"""Every figure in its quick profile: what its numbers must obey, and what its drawing must say."""

import fcntl
import inspect
import json
import os
from collections import Counter

import numpy as np
import pytest
from matplotlib import rc_context
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text

from figures.data.registry import lookup
from figures.engine.figure import PROFILES
from figures.engine.gallery import TITLES, find
from figures.engine.page import write_page
from figures.engine.style import STYLE, TEXT_WIDTH
from figures.engine.table import from_csv
from figures.experiments.autoencoding import METHODS
from figures.experiments.sketching import FAMILIES

AUTOENCODING = [
    id for id in TITLES if find(id).compute.__module__ == "figures.experiments.autoencoding"
]
SKETCHING = [id for id in TITLES if find(id).compute.__module__ == "figures.experiments.sketching"]
NOTHING_RANDOM = ("figure-s1", "figure-1", "figure-s2")
MADE = {"digits", "grammar", "noise", "auto-encoder", "targets", "spectrum"}
STAND_INS = {"digits", "hyperspectral", "photograph", "newsgroups"}

pytestmark = pytest.mark.timeout(900)


@pytest.fixture
def made(data_folder, tmp_path_factory):
    """made(id): the folder with the files of a figure, made once for all processes of the tests."""
    shared = tmp_path_factory.getbasetemp()
    if os.environ.get("PYTEST_XDIST_WORKER"):
        shared = shared.parent
    out = shared / "quick figures"
    out.mkdir(exist_ok=True)

    def folder(id):
        with (out / f".{id}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not (out / f"{id}.json").exists():
                find(id).make(out)
        return out

    return folder


@pytest.fixture
def folder(made):
    """The folder of all figures."""
    (folder,) = {made(id) for id in TITLES}
    return folder


@pytest.fixture
def table(made):
    return lambda id: from_csv((made(id) / f"{id}.csv").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def canvases():
    """Drawn figures, by id."""
    return {}


@pytest.fixture
def canvas(table, canvases):
    def drawn(id):
        if id not in canvases:
            with rc_context(STYLE):
                canvases[id] = find(id).draw(table(id))
                FigureCanvasAgg(canvases[id]).draw()
        return canvases[id]

    return drawn


def test_all_figures_and_their_page_are_there(folder):
    for id in TITLES:
        assert all(
            (folder / f"{id}.{suffix}").stat().st_size > 500
            for suffix in ("csv", "pdf", "png", "json")
        )
    page = write_page(folder).read_text(encoding="utf-8")
    assert [page.count(f'<article id="{id}">') for id in TITLES] == [1] * len(TITLES)


@pytest.mark.parametrize("id", TITLES)
def test_the_table_has_every_case(table, id):
    rows = table(id)
    for case in find(id).cases["quick"]:
        settings = {
            name: value for name, value in case.items() if name in rows[0] and name != "runs"
        }
        assert any(settings.items() <= row.items() for row in rows), case
    assert all(
        np.isfinite(value) for row in rows for value in row.values() if isinstance(value, float)
    )


@pytest.mark.parametrize("id", TITLES)
def test_the_record_names_the_data_that_were_read(folder, id):
    record = json.loads((folder / f"{id}.json").read_text(encoding="utf-8"))
    names = {case.get("dataset") for case in find(id).cases["quick"]}
    files = {
        "olivetti": {"olivetti/olivettifaces.mat"},
        "photograph": {"images/camera.png"},
        "hyperspectral": {"jasper_ridge/jasperRidge2_R198.mat"}
        | ({"samson/samson_dataset.mat"} if id in SKETCHING else set()),
    }
    assert set(record["data"]) == set().union(*(files.get(name, set()) for name in names))


@pytest.mark.parametrize("id", AUTOENCODING)
def test_no_loss_is_below_the_optimum_and_training_from_the_fjlt_never_hurts(table, id):
    rows = table(id)
    assert {row["method"] for row in rows} == set(METHODS if id == "figure-6" else METHODS[:-1])
    for row in rows:
        slack = 1e-9 * row["energy"]
        assert max(row["optimum"], row["floor"]) - slack <= row["loss"] <= row["energy"] * 1.5
    points = {}
    for row in rows:
        key = tuple(row[name] for name in ("dataset", "k", "replicate"))
        points.setdefault(key, {})[row["method"]] = row["loss"]
        points[key]["slack"] = 1e-9 * row["energy"]
    for losses in points.values():
        for method in ("Adam, two phases", "variable projection"):
            assert (
                losses["PCA"] - losses["slack"]
                <= losses[method]
                <= losses["FJLT+PCA"] + losses["slack"]
            )
        assert losses["Adam, phase one"] >= losses["FJLT+PCA"] - losses["slack"]
    open_points = [p for p in points.values() if p["FJLT+PCA"] - p["PCA"] > 10 * p["slack"]]
    assert len(open_points) >= len(points) / 2
    left = [(p["variable projection"] - p["PCA"]) / (p["FJLT+PCA"] - p["PCA"]) for p in open_points]
    assert max(left) < 0.2


def test_more_width_loses_less(table):
    for id in ("figure-4", "figure-6", "figure-s7"):
        for method in ("PCA", "FJLT+PCA", "variable projection"):
            rows = [row for row in table(id) if row["method"] == method]
            for name in {row["dataset"] for row in rows}:
                by_k = {}
                for row in rows:
                    if row["dataset"] == name:
                        by_k.setdefault(row["k"], []).append(row["loss"] / row["energy"])
                means = [np.mean(by_k[k]) for k in sorted(by_k)]
                assert means == sorted(means, reverse=True), (name, method)


@pytest.mark.parametrize("id", SKETCHING)
def test_errors_of_sketches_are_sound(table, id):
    for row in table(id):
        for error, optimum in (("squared", "optimum_squared"), ("unsquared", "optimum_unsquared")):
            assert row[error] > 0
            assert row[optimum] > 0
        assert row["squared"] + row["optimum_squared"] <= 100 * min(row["n"], row["d"])
        assert (
            (row["held_out"] > 0)
            == (row["step_size"] > 0)
            == (row["sketch"].split()[0] != "random")
        )


def mean_of(rows, measure="squared", **values):
    found = [row[measure] for row in rows if values.items() <= row.items()]
    assert found
    return np.mean(found)


@pytest.mark.parametrize("id", ["figure-7", "figure-s8", "figure-s9", "table-s1"])
@pytest.mark.parametrize("measure", ["squared", "unsquared"])
def test_learned_butterflies_are_below_random_sketches(table, id, measure):
    rows = table(id)
    points = {tuple((name, row[name]) for name in ("dataset", "k", "l")) for row in rows}
    for point in points:
        learned = mean_of(rows, measure, sketch="butterfly", **dict(point))
        for sketch in ("random FJLT", "random sparse", "random Gaussian"):
            assert learned < mean_of(rows, measure, sketch=sketch, **dict(point)), (point, sketch)


def test_more_outputs_help(table):
    rows = table("figure-s9")
    for sketch in {row["sketch"] for row in rows}:
        means = [mean_of(rows, sketch=sketch, l=l) for l in (2, 4, 8)]
        assert means == sorted(means, reverse=True), sketch


def test_figures_that_share_cases_share_numbers(table):
    def rows(id, dataset, methods):
        return [row for row in table(id) if row["dataset"] == dataset and methods(row)]

    for id, dataset in (
        ("figure-4", "gaussian-1"),
        ("figure-5", "digits"),
        ("figure-6", "photograph"),
        ("figure-s7", "olivetti"),
    ):
        shared = rows(id, dataset, lambda row: row["method"] != "Adam, random init")
        assert shared == rows("ratios", dataset, lambda row: True)
    everything = rows("figure-7", "hyperspectral", lambda row: True)
    assert everything == rows(
        "table-s1", "hyperspectral", lambda row: (row["k"], row["l"]) == (2, 4)
    )


def texts(canvas):
    return [
        text.get_text() for text in canvas.findobj(Text) if text.get_text() and text.get_visible()
    ]


@pytest.mark.parametrize("id", [id for id in TITLES if id not in NOTHING_RANDOM])
def test_stand_ins_are_called_so_in_the_drawing(table, canvas, id):
    shown = [" ".join(text.split()) for text in texts(canvas(id))]
    for name in {row.get("dataset") for row in table(id)} & STAND_INS:
        word = {"digits": "digits", "hyperspectral": "Jasper Ridge", "photograph": "photograph"}[
            name
        ]
        called = "" if id in ("seeds", "beyond") else "stand-in"  # those are of digits
        assert any(word in text and called in text for text in shown), (
            f"{id} does not say what {name} is"
        )


def numeric(labels):
    return any(
        any(c.isdigit() for c in label) and not any(c.isalpha() for c in label[:1])
        for label in labels
    )


@pytest.mark.parametrize("id", TITLES)
def test_every_axis_has_a_label_or_names_of_categories(canvas, id):
    drawn = canvas(id)
    for axes in drawn.axes:
        if not axes.axison:
            continue
        beside = [
            other
            for other in drawn.axes
            if other.get_subplotspec() and axes.get_subplotspec() and other.axison
            if other.get_subplotspec().rowspan == axes.get_subplotspec().rowspan
        ]
        for axis, labelled in (
            (axes.xaxis, [axes.get_xlabel()]),
            (axes.yaxis, [a.get_ylabel() for a in beside]),
        ):
            ticks = [label.get_text() for label in axis.get_ticklabels() if label.get_text()]
            if ticks and numeric(ticks):
                assert any(labelled), (id, axes.get_title(), ticks)


@pytest.mark.parametrize("id", TITLES)
def test_a_logarithmic_axis_has_two_numbers(canvas, id):
    for axes in canvas(id).axes:
        for axis, limits in ((axes.xaxis, axes.get_xlim()), (axes.yaxis, axes.get_ylim())):
            if axes.axison and axis.get_scale() == "log":
                low, high = sorted(limits)
                labels = [*zip(axis.get_majorticklocs(), axis.get_ticklabels(), strict=True)]
                labels += zip(
                    axis.get_minorticklocs(), axis.get_ticklabels(minor=True), strict=True
                )
                seen = [at for at, label in labels if low <= at <= high and label.get_text()]
                assert len(seen) >= 2, (id, axes.get_title(), axis.get_label_text(), low, high)


@pytest.mark.parametrize("id", TITLES)
def test_drawings_have_the_width_of_the_text_and_nothing_is_cut_off(canvas, id):
    drawn = canvas(id)
    width, height = drawn.get_size_inches()
    assert width == TEXT_WIDTH == 5.5
    # letters that are measured again have the fonts of the style
    with rc_context(STYLE):
        box = drawn.get_tightbbox(drawn.canvas.get_renderer())
    assert box.x0 > -0.01
    assert box.y0 > -0.01
    assert box.x1 < width + 0.01
    assert box.y1 < height + 0.01


@pytest.mark.parametrize("id", TITLES)
def test_cases_are_arguments_of_compute(id):
    figure = find(id)
    known = set(inspect.signature(figure.compute).parameters) - {"seed"}
    for profile in PROFILES:
        cases = figure.cases[profile]
        assert cases
        assert all(set(case) <= known for case in cases)
        assert all(
            isinstance(value, int | float | str) for case in cases for value in case.values()
        )
        assert len({json.dumps(case, sort_keys=True) for case in cases}) == len(cases)


@pytest.mark.parametrize("id", [id for id in TITLES if id not in NOTHING_RANDOM])
def test_the_paper_profile_repeats_what_is_random(id):
    figure = find(id)
    cases = figure.cases["paper"]
    if figure.alone:
        assert all(case.get("runs", 100) >= 20 for case in cases)
        return
    if "replicates" in inspect.signature(figure.compute).parameters:
        assert all(case.get("replicates", 5) >= 5 for case in cases)
        assert inspect.signature(figure.compute).parameters["replicates"].default == 5
        return
    if "seeds" in inspect.signature(figure.compute).parameters:
        assert all(case["seeds"] >= 5 for case in cases)
        return
    if "sets" in inspect.signature(figure.compute).parameters:
        assert sum(case["sets"] for case in cases) >= 1000
        return
    if "starts" in inspect.signature(figure.compute).parameters:
        starts = Counter()
        for case in cases:
            starts[tuple(case[name] for name in ("dataset", "n", "l", "k"))] += case["starts"]
        assert min(starts.values()) >= 5
        return
    points = {}
    for case in cases:
        key = tuple(value for name, value in case.items() if name != "replicate")
        points.setdefault(key, set()).add(case["replicate"])
    assert all(found == set(range(len(found))) and len(found) >= 5 for found in points.values())


@pytest.mark.parametrize("id", [id for id in TITLES if id not in NOTHING_RANDOM])
def test_all_data_of_the_paper_profile_are_registered(id):
    figure = find(id)
    for case in (case for profile in PROFILES for case in figure.cases[profile]):
        dataset = case.get("dataset", "digits")
        made = dataset.startswith("gaussian") or dataset in MADE
        assert made or all(lookup(name) for name in figure.sources[dataset])
        assert id not in SKETCHING or dataset in FAMILIES


@pytest.mark.parametrize("id", NOTHING_RANDOM)
def test_figures_without_data_read_none(id):
    assert find(id).sources == {}
    assert find(id).cases["paper"] == find(id).cases["quick"]
