import hashlib
import json
import os
import subprocess
import sys
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import pytest
from PIL import Image

from figures.figure import PROFILES, Figure
from figures.gallery import DRAWN, TITLES, find
from figures.table import from_csv
from landscape import files as landscape_files

FIG06 = find("fig06")
SMALL = replace(FIG06, settings={profile: {"n": 4} for profile in PROFILES})
CHECKOUT = Path(__file__).parents[2]


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_the_set_of_files(tmp_path):
    paths = FIG06.make(tmp_path / "a" / "b", seed=3)
    assert [path.name for path in paths] == ["fig06.csv", "fig06.pdf", "fig06.png", "fig06.json"]
    assert sorted(os.listdir(tmp_path / "a" / "b")) == sorted(path.name for path in paths)
    assert contents(tmp_path / "a" / "b")["fig06.pdf"].startswith(b"%PDF-")
    with Image.open(paths[2]) as picture:
        assert picture.size == (1650, 900)
    assert from_csv(paths[0].read_text(encoding="utf-8")) == FIG06.compute(seed=3, n=16)


def test_the_record(tmp_path):
    FIG06.make(tmp_path, profile="paper", seed=3)
    record = json.loads((tmp_path / "fig06.json").read_text(encoding="utf-8"))
    assert record["schema"] == 1
    assert record["id"] == "fig06"
    assert record["title"] == TITLES["fig06"]
    assert (record["profile"], record["settings"], record["seed"]) == ("paper", {"n": 16}, 3)
    assert record["data"] == {}
    assert record["seconds"] > 0
    assert set(record["versions"]) >= {"python", "numpy", "matplotlib", "butterfly-theory"}
    for name, sha256 in record["files"].items():
        assert hashlib.sha256((tmp_path / name).read_bytes()).hexdigest() == sha256
    assert set(record["files"]) == {"fig06.csv", "fig06.pdf", "fig06.png"}


def test_the_record_holds_the_hashes_of_the_data(tmp_path):
    replace(SMALL, datasets=("olivetti", "images/camera.png")).make(tmp_path)
    record = json.loads((tmp_path / "fig06.json").read_text(encoding="utf-8"))
    assert record["data"]["images/camera.png"].startswith("b0793d2a")
    assert set(record["data"]) == {"olivetti/olivettifaces.mat", "images/camera.png"}


def test_two_processes_write_the_same_bytes(tmp_path):
    for hash_seed in "12":
        subprocess.run(
            [sys.executable, "-m", "figures", "make", "fig06", "--out", str(tmp_path / hash_seed)],
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            cwd=CHECKOUT,
            check=True,
            capture_output=True,
        )
    first, second = contents(tmp_path / "1"), contents(tmp_path / "2")
    records = [json.loads(files.pop("fig06.json")) for files in (first, second)]
    assert first == second
    for record in records:
        del record["seconds"]
    assert records[0] == records[1]


def test_another_seed_gives_another_figure(tmp_path):
    SMALL.make(tmp_path / "0")
    SMALL.make(tmp_path / "1", seed=1)
    first, second = contents(tmp_path / "0"), contents(tmp_path / "1")
    assert all(first[name] != second[name] for name in first)


def test_the_drawing_is_made_from_the_table_that_is_written(tmp_path):
    seen = []
    replace(SMALL, draw=lambda table: seen.append(table) or SMALL.draw(table)).make(tmp_path)
    assert seen == [from_csv((tmp_path / "fig06.csv").read_text(encoding="utf-8"))]


@pytest.mark.parametrize("part", ["compute", "draw"])
def test_a_failure_leaves_the_old_files(tmp_path, part):
    SMALL.make(tmp_path)
    before = contents(tmp_path)

    def fail(*args, **settings):
        raise RuntimeError("planted")

    with pytest.raises(RuntimeError, match="planted"):
        replace(SMALL, **{part: fail}).make(tmp_path, seed=1)
    assert contents(tmp_path) == before


def test_a_full_disk_leaves_every_file_whole(tmp_path, monkeypatch):
    SMALL.make(tmp_path)
    before = contents(tmp_path)

    def full(handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(landscape_files.os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        SMALL.make(tmp_path, seed=1)
    assert contents(tmp_path) == before


@pytest.mark.parametrize(
    ("arguments", "words"),
    [({"profile": "fast"}, "unknown profile 'fast'"), ({"seed": -1}, "seed .* got -1")],
)
def test_wrong_settings_write_nothing(tmp_path, arguments, words):
    with pytest.raises(ValueError, match=words):
        SMALL.make(tmp_path / "out", **arguments)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("id", DRAWN)
def test_every_drawn_figure_is_declared_like_its_module(id):
    figure = find(id)
    assert isinstance(figure, Figure)
    assert (figure.id, figure.title) == (id, TITLES[id])
    assert set(figure.settings) == set(PROFILES)
    assert figure is import_module(f"figures.{id}").FIGURE


def test_the_gallery_knows_every_figure_and_table_of_the_experiments():
    assert list(TITLES) == [*(f"fig{i:02}" for i in range(1, 17)), "tab04"]
    assert set(DRAWN) <= set(TITLES)


@pytest.mark.parametrize(
    ("id", "words"), [("fig6", "did you mean 'fig06'"), ("fig01", "not yet drawn"), ("x", "known: fig06")]
)
def test_a_figure_that_cannot_be_found(id, words):
    with pytest.raises(ValueError, match=words):
        find(id)
