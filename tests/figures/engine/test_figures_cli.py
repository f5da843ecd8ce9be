import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

import figures.__main__
import figures.data.download
from figures.__main__ import main
from figures.engine.durations import expected_seconds
from figures.engine.figure import PROFILES
from figures.engine.gallery import TITLES, find

CHECKOUT = Path(__file__).parents[3]


@pytest.fixture
def command(monkeypatch, capsys, tmp_path):
    """Run ``paper-figures`` in this process: exit status, standard output, standard error."""
    monkeypatch.setenv("FJLT_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("COLUMNS", "200")

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["paper-figures", *map(str, arguments)])
        with pytest.raises(SystemExit) as end:
            main()
        return end.value.code or 0, *capsys.readouterr()

    return run


def test_list(command):
    status, out, _ = command("list")
    assert status == 0
    assert [line.split()[0] for line in out.splitlines()] == ["id", *TITLES]
    assert TITLES["figure-s1"] in out


def files(folder):
    return sorted(str(path) for path in folder.iterdir() if path.is_file())


@pytest.mark.parametrize("selection", [["figure-s1"], ["figure-s1", "figure-s1"], ["--all"]])
@pytest.mark.parametrize("workers", ["1", "2"])
def test_make(command, tmp_path, monkeypatch, selection, workers):
    monkeypatch.setattr(figures.__main__, "TITLES", ("figure-1", "figure-s1"))
    status, out, err = command(
        "make", *selection, "--out", tmp_path / "out", "--seed", "4", "--workers", workers
    )
    assert status == 0
    made = {line.split(": ")[0] for line in err.splitlines()}
    assert made == ({"figure-s1", "figure-1"} if selection == ["--all"] else {"figure-s1"})
    assert sorted(out.split()) == files(tmp_path / "out")
    assert len(out.split()) == (8 if selection == ["--all"] else 4)


def test_what_needs_a_package_that_is_missing(command, tmp_path, monkeypatch):
    needy = replace(find("figure-1"), needs=("a_package_of_nobody",))
    monkeypatch.setattr(figures.__main__, "TITLES", ("figure-1", "figure-s1"))
    monkeypatch.setattr(
        figures.__main__, "find", lambda id: needy if id == "figure-1" else find(id)
    )
    status, out, err = command("make", "--all", "--out", tmp_path / "all")
    assert status == 0
    assert {Path(path).stem for path in out.split()} == {"figure-s1"}
    remedy = (
        "figure-1 needs a_package_of_nobody: pip install 'butterfly-theory[a_package_of_nobody]'"
    )
    assert [line for line in err.splitlines() if "made" not in line] == [f"left out: {remedy}"]
    status, out, err = command("make", "figure-1", "--out", tmp_path / "one")
    assert (status, out) == (2, "")
    assert remedy in " ".join(err.split())


def test_a_package_that_a_case_misses_is_one_sentence(command, tmp_path, monkeypatch):
    def find(id):
        raise ModuleNotFoundError("No module named 'a_package_of_nobody'; pip install it")

    monkeypatch.setattr(figures.__main__, "find", find)
    status, out, err = command("make", "figure-1", "--out", tmp_path)
    assert (status, out) == (2, "")
    assert " ".join(err.split()) == "Error: No module named 'a_package_of_nobody'; pip install it"


def test_one_line_for_each_figure_where_standard_error_is_no_terminal(command, tmp_path):
    line = "figure-s1: made, 0.0 s of computing, earlier runs included"
    for _ in range(2):
        assert command("make", "figure-s1", "--out", tmp_path)[2].splitlines() == [line]


def test_how_long_it_will_take(command, tmp_path, monkeypatch):
    seconds = {"figure-s1": 30.0, "figure-1": 7.0, "figure-s2": None}
    monkeypatch.setattr(figures.__main__, "expected_seconds", lambda id, *_: seconds[id])
    monkeypatch.setattr(
        figures.__main__, "find", lambda id: replace(find(id), alone=id == "figure-1")
    )
    before = "what is stored is not computed again"
    ids, out = ("figure-s1", "figure-1", "figure-s2"), ("--out", tmp_path)
    assert command("make", *ids, "--workers", "2", *out)[2].splitlines()[0] == (
        "3 figures: about 22 s with 2 processes, by the times of earlier runs, and figure-s2, "
        f"whose times are not known; {before}"
    )
    first = command("make", "figure-s1", "--workers", "1", *out)[2].splitlines()[0]
    assert first == f"1 figure: about 30 s with 1 process, by the times of earlier runs; {before}"
    assert "about" not in command("make", "figure-1", *out)[2]


def test_durations_are_those_of_an_earlier_run_or_the_stored_ones(command, tmp_path):
    assert all(expected_seconds(id, p, tmp_path) is not None for id in TITLES for p in PROFILES)
    stored = expected_seconds("figure-s1", "quick", tmp_path)
    command("make", "figure-s1", "--out", tmp_path)
    record = json.loads((tmp_path / "figure-s1.json").read_text(encoding="utf-8"))
    record["seconds"] = stored + 100
    (tmp_path / "figure-s1.json").write_text(json.dumps(record), encoding="utf-8")
    assert expected_seconds("figure-s1", "quick", tmp_path) == stored + 100
    assert expected_seconds("figure-s1", "paper", tmp_path) < stored + 100
    (tmp_path / "figure-s1.json").write_text("[", encoding="utf-8")
    assert expected_seconds("figure-s1", "quick", tmp_path) == stored


def test_missing_data_are_listed_at_the_end_and_the_other_figures_made(
    command, tmp_path, monkeypatch
):
    """A file that is absent, asked for once, and a damaged one, which is as good as absent."""
    absent, damaged = "mnist/mnist_batch_0.png", "samson/samson_dataset.mat"
    asked = []

    def download(file, target):
        asked.append(file.name)
        raise FileNotFoundError(f"{file.name} could not be downloaded")

    monkeypatch.setattr(figures.data.download, "_download", download)
    monkeypatch.setenv("FJLT_DATA_DIR", str(tmp_path / "mine"))
    (tmp_path / "mine" / "samson").mkdir(parents=True)
    (tmp_path / "mine" / damaged).write_bytes(b"not this")
    sources = {"figure-s1": (absent, damaged), "figure-1": (), "figure-s2": (absent,)}

    def reads(id):
        case = {**find(id).cases["quick"][0], "dataset": id}
        compute = {"compute": computed, "cases": {"quick": (case,)}}
        return replace(find(id), sources={id: sources[id]}, **(compute if sources[id] else {}))

    monkeypatch.setattr(figures.__main__, "find", reads)
    status, out, err = command("make", *sources, "--out", tmp_path / "out")
    assert status == 1
    assert {Path(path).stem for path in out.split()} == {"figure-1"}
    assert asked == [absent]
    *_, first, second, third, fourth = err.splitlines()
    assert first == f"left out: figure-s1 needs {absent}, {damaged}"
    assert second == f"left out: figure-s2 needs {absent}"
    assert third == f"missing: {absent} could not be downloaded"
    assert fourth.startswith(f"missing: {tmp_path / 'mine' / damaged} is not the registered")


def computed(seed, **case):
    raise AssertionError("it has no data")


def kept(folder):
    return {path.name: path.stat().st_mtime_ns for path in (folder / "cases").iterdir()}


def test_resume_and_fresh(command, tmp_path):
    command("make", "figure-s1", "--out", tmp_path)
    first = kept(tmp_path)
    assert command("make", "figure-s1", "--out", tmp_path)[0] == 0
    assert kept(tmp_path) == first
    assert command("make", "figure-s1", "--out", tmp_path, "--fresh")[0] == 0
    again = kept(tmp_path)
    assert again.keys() == first.keys()
    assert again != first


def test_draw_writes_the_files_of_make(command, tmp_path):
    out = command("make", "figure-s1", "figure-1", "--out", tmp_path)[1]
    before = [path.read_bytes() for path in map(Path, out.split())]
    shutil.rmtree(tmp_path / "cases")
    for path in tmp_path.glob("*.p*"):
        path.unlink()
    status, again, err = command("draw", "figure-s1", "figure-1", "--out", tmp_path)
    assert (status, again, err) == (0, out, "")
    assert [path.read_bytes() for path in map(Path, again.split())] == before
    assert not (tmp_path / "cases").exists()


def test_gallery(command, tmp_path):
    command("make", "figure-s1", "--out", tmp_path)
    status, out, err = command("gallery", "--out", tmp_path)
    assert (status, out.strip(), err) == (0, str(tmp_path / "index.html"), "")
    assert "figure-s1.png" in (tmp_path / "index.html").read_text(encoding="utf-8")


def test_a_failed_check_of_the_numbers_is_no_silent_success(command, tmp_path, monkeypatch):
    def compute(seed, **case):
        raise ValueError("planted")

    broken = replace(find("figure-s1"), compute=compute)
    monkeypatch.setattr(figures.__main__, "find", lambda id: broken)
    status, out, err = command("make", "figure-s1", "--out", tmp_path / "out")
    assert (status, out) == (2, "")
    assert "planted" in err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["make", "figre-8"], "unknown figure 'figre-8'; did you mean 'figure-8'?"),
        (["make", "figure-s1", "fig77"], "unknown figure 'fig77'"),
        (["make"], "name the figures to draw, or give --all"),
        (["make", "figure-s1", "--all"], "name the figures to draw, or give --all"),
        (["make", "figure-s1", "--profile", "fast"], "unknown profile 'fast'; known: quick, paper"),
        (["make", "figure-s1", "--seed", "-1"], "--seed"),
        (["make", "figure-s1", "--sed", "1"], "No such option"),
        (["data", "--fetch", "mnits"], "unknown dataset or file 'mnits'; did you mean 'mnist'?"),
        (["make", "figure-s1", "--workers", "0"], "--workers"),
        (["make", "figure-s1", "--scheduler", "nowhere"], "no Dask scheduler answers at nowhere"),
        (["draw"], "name the figures to draw, or give --all"),
        (["draw", "fig99"], "unknown figure 'fig99'"),
        (["draw", "figure-s1"], "has no figure-s1.csv; compute it: paper-figures make figure-s1"),
        (["gallery"], "has no figures; make some: paper-figures make --all"),
        (["paint"], "No such command"),
    ],
)
def test_a_usage_error_ends_with_status_2_and_writes_nothing(
    command, tmp_path, monkeypatch, arguments, words
):
    monkeypatch.chdir(tmp_path)
    status, out, err = command(*arguments)
    assert status == 2
    assert words in " ".join(err.split())
    assert "Traceback" not in err + out
    assert out == ""
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made(command, tmp_path):
    (tmp_path / "file").write_text("in the way")
    status, _, err = command("make", "figure-s1", "--out", tmp_path / "file")
    assert status == 2
    assert str(tmp_path / "file") in err
    assert "Traceback" not in err


def test_data_lists_licence_size_and_status(command, tmp_path, monkeypatch):
    monkeypatch.setenv("FJLT_DATA_DIR", str(tmp_path))
    status, out, _ = command("data")
    assert status == 0
    lines = {line.split()[0]: line for line in out.splitlines()}
    for word in ("3.2 MB", "to download", "stand-in for HS-SOD", "AVIRIS (NASA/JPL)"):
        assert word in lines["jasper_ridge"]
    assert "embedded in scikit-learn" in lines["digits"]
    assert "no loader" in lines["bbc"]


def test_data_says_what_is_here(command, tmp_path, monkeypatch):
    for name in ("images/camera.png", "samson/samson_dataset.mat"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_bytes(b"")
    monkeypatch.setenv("FJLT_DATA_DIR", str(tmp_path))
    lines = {line.split()[0]: line for line in command("data")[1].splitlines()}
    assert "1 of 4 files" in lines["images"]
    assert " here " in lines["samson"]


def test_fetch_verifies(command, data_folder, tmp_path, monkeypatch):
    status, out, _ = command("data", "--fetch", "samson", "--fetch", "images/camera.png")
    assert status == 0
    assert f"{data_folder}/samson/samson_dataset.mat  sha256 1e8c96dc" in out
    assert f"{data_folder}/images/camera.png  sha256 b0793d2a" in out


def test_fetch_of_a_wrong_file_is_one_sentence(command, tmp_path, monkeypatch):
    (tmp_path / "samson").mkdir()
    (tmp_path / "samson" / "samson_dataset.mat").write_bytes(b"not this")
    monkeypatch.setenv("FJLT_DATA_DIR", str(tmp_path))
    status, out, err = command("data", "--fetch", "samson")
    assert (status, out) == (2, "")
    assert "is not the registered samson/samson_dataset.mat" in err
    assert "Traceback" not in err


def test_help_has_examples(command):
    for arguments, example in (
        (["make"], "paper-figures make figure-s1"),
        (["make"], "--scheduler tcp://host:8786"),
        (["draw"], "paper-figures draw figure-4"),
        (["gallery"], "paper-figures gallery --out"),
        (["data"], "paper-figures data --fetch"),
    ):
        status, out, _ = command(*arguments, "--help")
        assert status == 0
        assert example in out


def test_as_a_module(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "figures", "make", "fig99"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert "unknown figure 'fig99'" in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []
