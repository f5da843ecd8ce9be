import hashlib
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from figures.engine.figure import PROFILES, Figure
from figures.engine.gallery import TITLES, find
from figures.engine.table import from_csv
from fjlt.runs import atomic_files as landscape_files
from fjlt.runs import jobs

FIG06 = find("figure-s1")
SMALL = replace(FIG06, cases={profile: ({"n": 4},) for profile in PROFILES})
CHECKOUT = Path(__file__).parents[3]


def contents(folder):
    """The files of the figures; the cases that were kept are not looked at."""
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def record_of(folder, id="figure-s1"):
    return json.loads((folder / f"{id}.json").read_text(encoding="utf-8"))


def test_the_set_of_files(tmp_path):
    paths = FIG06.make(tmp_path / "a" / "b", seed=3)
    assert [path.name for path in paths] == [
        "figure-s1.csv",
        "figure-s1.pdf",
        "figure-s1.png",
        "figure-s1.json",
    ]
    assert sorted(os.listdir(tmp_path / "a" / "b")) == sorted(
        ["cases", *(path.name for path in paths)]
    )
    assert len(list((tmp_path / "a" / "b" / "cases").iterdir())) == 1
    assert contents(tmp_path / "a" / "b")["figure-s1.pdf"].startswith(b"%PDF-")
    with Image.open(paths[2]) as picture:
        assert picture.size == (1210, 660)
    assert from_csv(paths[0].read_text(encoding="utf-8")) == FIG06.compute(seed=3, n=16)


def test_the_record(tmp_path):
    FIG06.make(tmp_path, profile="paper", seed=3)
    record = record_of(tmp_path)
    assert record["schema"] == 3
    assert record["id"] == "figure-s1"
    assert record["title"] == TITLES["figure-s1"]
    table = from_csv((tmp_path / "figure-s1.csv").read_text(encoding="utf-8"))
    assert record["source"] == FIG06.source
    words = FIG06.words(table, [{"n": 16}])
    assert words["caption"].startswith("A butterfly of size 16")
    assert words.items() <= record.items()
    assert (record["profile"], record["settings"], record["seed"]) == ("paper", [{"n": 16}], 3)
    assert record["data"] == {}
    assert record["seconds"] > 0
    assert set(record["versions"]) >= {"python", "numpy", "matplotlib", "butterfly-theory"}
    for name, sha256 in record["files"].items():
        assert hashlib.sha256((tmp_path / name).read_bytes()).hexdigest() == sha256
    assert set(record["files"]) == {"figure-s1.csv", "figure-s1.pdf", "figure-s1.png"}


def named(seed, dataset):
    return [{"dataset": dataset, "seed": seed}]


def silent(table, settings):
    return "A caption."


def blank(table):
    from matplotlib.figure import Figure as Canvas

    return Canvas(figsize=(1, 1))


BLANK = replace(FIG06, draw=blank, caption=silent)


@pytest.fixture
def fetched(monkeypatch):
    """Names of the files that a figure asks for; none is read or downloaded."""
    names = []
    monkeypatch.setattr("figures.data.download.fetch", lambda file: names.append(file.name))
    return names


def test_the_record_holds_the_hashes_of_the_data_of_its_cases(tmp_path, fetched):
    quick, paper = (
        [{"dataset": name} for name in names]
        for names in (("faces", "random"), ("faces", "pictures"))
    )
    sources = {
        "faces": ("olivetti",),
        "pictures": ("images/camera.png", "olivetti"),
        "never": ("mnist",),
    }
    figure = replace(BLANK, compute=named, cases={"quick": quick, "paper": paper}, sources=sources)
    figure.make(tmp_path)
    assert set(record_of(tmp_path)["data"]) == {"olivetti/olivettifaces.mat"} == set(fetched)
    figure.make(tmp_path, "paper")
    record = record_of(tmp_path)
    assert record["data"]["images/camera.png"].startswith("b0793d2a")
    assert (
        set(record["data"]) == {"olivetti/olivettifaces.mat", "images/camera.png"} == set(fetched)
    )


def test_data_that_cannot_be_had_stop_the_figure_before_it_computes(tmp_path, monkeypatch):
    def missing(file):
        raise FileNotFoundError(f"{file.name} is absent")

    def compute(seed, dataset):
        raise RuntimeError("computed")

    monkeypatch.setattr("figures.data.download.fetch", missing)
    cases, sources = (
        {"quick": [{"dataset": "random"}, {"dataset": "faces"}]},
        {"faces": ("olivetti",)},
    )
    with pytest.raises(FileNotFoundError, match=r"olivettifaces\.mat is absent"):
        replace(BLANK, compute=compute, cases=cases, sources=sources).make(tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_the_table_holds_the_cases_in_their_order(tmp_path):
    cases = [{"dataset": name} for name in ("c", "a", "b")]
    figure = replace(BLANK, compute=named, cases={"quick": cases, "paper": ()})
    table = from_csv(figure.make(tmp_path, seed=7)[0].read_text(encoding="utf-8"))
    assert table == [{"dataset": name, "seed": 7} for name in ("c", "a", "b")]
    assert record_of(tmp_path)["settings"] == cases


def test_the_seconds_are_those_of_the_computation_whenever_it_was(tmp_path):
    SMALL.make(tmp_path)
    (kept,) = (tmp_path / "cases").iterdir()
    content = json.loads(kept.read_text()) | {"seconds": 1234.5}
    content.pop("digest")
    kept.write_text(json.dumps(content | {"digest": jobs._digest(content)}))
    SMALL.make(tmp_path)
    assert record_of(tmp_path)["seconds"] == 1234.5


def test_another_figure_takes_the_cases_that_were_computed(tmp_path, monkeypatch):
    SMALL.make(tmp_path)

    def fail(*args):
        raise RuntimeError("computed again")

    monkeypatch.setattr("figures.engine.cases._table", fail)
    other = replace(SMALL, id="other")
    other.make(tmp_path)
    assert (tmp_path / "other.csv").read_bytes() == (tmp_path / "figure-s1.csv").read_bytes()
    with pytest.raises(RuntimeError, match="computed again"):
        other.make(tmp_path, resume=False)


def test_two_processes_write_the_same_bytes(tmp_path):
    subprocess.run(
        [sys.executable, "-m", "figures", "make", "figure-s1", "--out", str(tmp_path / "1")],
        env={**os.environ, "PYTHONHASHSEED": "1"},  # other than here
        cwd=CHECKOUT,
        check=True,
        capture_output=True,
    )
    FIG06.make(tmp_path / "2")
    first, second = contents(tmp_path / "1"), contents(tmp_path / "2")
    assert len(first) == 4
    records = [json.loads(files.pop("figure-s1.json")) for files in (first, second)]
    assert first == second
    kept = [next((tmp_path / name / "cases").iterdir()) for name in "12"]
    assert kept[0].name == kept[1].name
    cases = [json.loads(path.read_text()) for path in kept]
    for case in cases:
        # the digest is of the whole file, with the seconds
        assert case.pop("digest") == jobs._digest(case)
    for pair in (records, cases):
        for record in pair:
            del record["seconds"]
        assert pair[0] == pair[1]


def test_another_seed_gives_another_figure(tmp_path):
    SMALL.make(tmp_path / "0")
    SMALL.make(tmp_path / "1", seed=1)
    first, second = contents(tmp_path / "0"), contents(tmp_path / "1")
    assert all(first[name] != second[name] for name in first)


def test_the_drawing_is_made_from_the_table_that_is_written(tmp_path):
    seen = []
    replace(SMALL, draw=lambda table: seen.append(table) or SMALL.draw(table)).make(tmp_path)
    assert seen == [from_csv((tmp_path / "figure-s1.csv").read_text(encoding="utf-8"))]


@pytest.mark.parametrize("part", ["compute", "draw"])
def test_a_failure_leaves_the_old_files(tmp_path, part):
    SMALL.make(tmp_path)
    before = contents(tmp_path)

    def fail(*args, **settings):
        raise RuntimeError("planted")

    with pytest.raises(RuntimeError, match="planted"):
        replace(SMALL, **{part: fail}).make(tmp_path, seed=1)
    assert contents(tmp_path) == before


@pytest.mark.parametrize("written", range(5))
def test_a_full_disk_leaves_every_file_whole(tmp_path, monkeypatch, written):
    SMALL.make(tmp_path / "new", seed=1)
    SMALL.make(tmp_path / "old")
    old, new = contents(tmp_path / "old"), contents(tmp_path / "new")
    left = written

    def full(handle):
        nonlocal left
        left -= 1
        if left < 0:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(landscape_files.os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        SMALL.make(tmp_path / "old", seed=1)
    found = contents(tmp_path / "old")
    assert found.keys() == old.keys()
    changed = [name for name in found if found[name] != old[name]]
    assert len(changed) == max(written - 1, 0)
    assert all(found[name] == new[name] for name in changed)
    assert len(list((tmp_path / "old" / "cases").iterdir())) == 1 + min(written, 1)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [({"profile": "fast"}, "unknown profile 'fast'"), ({"seed": -1}, "seed .* got -1")],
)
def test_wrong_settings_write_nothing(tmp_path, arguments, words):
    with pytest.raises(ValueError, match=words):
        SMALL.make(tmp_path / "out", **arguments)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("id", TITLES)
def test_every_figure_is_found_under_its_id(id):
    figure = find(id)
    assert isinstance(figure, Figure)
    assert (figure.id, figure.title) == (id, TITLES[id])
    assert set(figure.cases) == set(PROFILES)
    assert find(id) is figure


BEYOND = [
    "duel",
    "seeds",
    "beyond",
    "anytime",
    "tradeoff",
    "first-steps",
    "first-steps-planned",
    "photographs",
    "photographs-wide",
    "crossover",
    "ratios",
    "scales",
    "landscapes",
    "four-inputs",
    "real-data",
]


def test_the_gallery_knows_every_figure_and_table_of_the_experiments():
    paper = [*(f"figure-{i}" for i in range(1, 9)), *(f"figure-s{i}" for i in range(1, 11))]
    assert list(TITLES) == [*paper, "table-s1", *BEYOND]


@pytest.mark.parametrize(
    ("id", "words"), [("figre-8", "did you mean 'figure-8'"), ("x", "known: figure-1")]
)
def test_a_figure_that_cannot_be_found(id, words):
    with pytest.raises(ValueError, match=words):
        find(id)
