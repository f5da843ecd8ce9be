"""The commands, in process through the entry point of the shell, and once through the shell."""

import json
import os
import subprocess
import sys
import time

import numpy as np
import pytest

from fjlt import TruncatedButterfly
from landscape import EncoderDecoder, critical_points, read_arrays, reduced_loss
from landscape.__main__ import main
from landscape.cli.problem import Problem

X = np.random.default_rng(0).normal(size=(6, 9))


@pytest.fixture
def call(tmp_path, monkeypatch, capsys):
    """Run a command in a folder that holds X.npy only; return exit status, output and errors."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    np.save("X.npy", X)

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["landscape", *map(str, arguments)])
        with pytest.raises(SystemExit) as stop:
            main()
        captured = capsys.readouterr()
        return stop.value.code or 0, captured.out, captured.err

    return run


def test_critical(call, tmp_path):
    status, out, err = call("critical", "--x", "X.npy", "--rows", "0,5,2", "--k", 2, "--out", "o")
    assert (status, err) == (0, "")
    record = json.loads((tmp_path / "o/critical.json").read_text())
    assert record["sizes"] == {"n": 6, "d": 9, "m": 6, "l": 3, "k": 2}
    assert record["settings"]["rows"] == [0, 5, 2]
    assert record["complete"]
    assert len(record["points"]) == 7
    assert "{1, 2}" in out
    assert (tmp_path / "o/levels.png").read_bytes().startswith(b"\x89PNG")
    assert (tmp_path / "o/levels.pdf").read_bytes().startswith(b"%PDF")


def test_critical_agrees_with_the_library_and_repeats(call, tmp_path):
    B = np.random.default_rng(1).normal(size=(3, 6))
    np.savez(tmp_path / "data.npz", B=B, Y=X[:4] ** 2)
    arguments = (
        "critical",
        "--x",
        "X.npy",
        "--y",
        "data.npz:Y",
        "--b",
        "data.npz:B",
        "--k",
        2,
        "--limit",
        5,
    )
    assert call(*arguments, "--out", "one")[0] == call(*arguments, "--out", "two")[0] == 0
    record = json.loads((tmp_path / "one/critical.json").read_text())
    expected = list(critical_points(X, X[:4] ** 2, B, 2))[:5]
    assert [p["loss"] for p in record["points"]] == [p.loss for p in expected]
    assert [tuple(p["subset"]) for p in record["points"]] == [p.subset for p in expected]
    assert not record["complete"]
    for name in ("critical.json", "levels.png", "levels.pdf"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_seed_chooses_rows_and_signs(call, tmp_path):
    rows = []
    for seed in (0, 0, 1, 2, 3):
        assert (
            call("critical", "--x", "X.npy", "--l", 3, "--k", 1, "--seed", seed, "--out", "o")[0]
            == 0
        )
        rows.append(json.loads((tmp_path / "o/critical.json").read_text())["settings"]["rows"])
    assert rows[0] == rows[1]
    assert len({tuple(r) for r in rows}) > 1


@pytest.mark.parametrize("trainable", ["all", "fixed-b", "two-phase"])
@pytest.mark.parametrize("method", ["l-bfgs", "adam"])
def test_train(call, tmp_path, trainable, method):
    arguments = ("--trainable", trainable, "--method", method, "--steps", 40, "--out", "o")
    status, out, err = call("train", "--x", "X.npy", "--rows", "0,3,5", "--k", 2, *arguments)
    assert (status, err) == (0, "")
    record = json.loads((tmp_path / "o/train.json").read_text())
    saved = read_arrays(tmp_path / "o/network.npz")
    B = TruncatedButterfly(saved["weights"], saved["rows"], n_inputs=6)
    loss = EncoderDecoder(saved["D"], saved["E"], B).loss(X, X)
    last = list(record["phases"].values())[-1]
    assert loss == pytest.approx(last["loss"], rel=1e-10)
    assert len(record["phases"]) == (2 if trainable == "two-phase" else 1)
    optima = record["optima"]
    assert optima["best of all matrices of rank k"] == pytest.approx(
        reduced_loss(X, X, np.eye(6), 2)
    )
    assert optima["best D and E for the last B"] <= last["loss"] + 1e-9
    if trainable == "fixed-b":
        assert optima["best D and E for the first B"] == optima["best D and E for the last B"]
    assert last["reason"][:20] in out
    assert (tmp_path / "o/history.png").read_bytes().startswith(b"\x89PNG")


def test_train_with_an_encoder_from_a_file(call, tmp_path):
    np.save(tmp_path / "B.npy", np.eye(3, 6))
    status, _, _ = call(
        "train", "--x", "X.npy", "--b", "B.npy", "--k", 2, "--trainable", "fixed-b", "--out", "o"
    )
    assert status == 0
    saved = read_arrays(tmp_path / "o/network.npz")
    assert np.array_equal(saved["B"], np.eye(3, 6))
    best = json.loads((tmp_path / "o/train.json").read_text())["optima"][
        "best D and E for the first B"
    ]
    assert EncoderDecoder(saved["D"], saved["E"], saved["B"]).loss(X, X) == pytest.approx(
        best, rel=1e-8
    )


GOOD = {"--x": "X.npy", "--rows": "0,5,2", "--k": 2, "--out": "o"}

BAD = {
    "missing file": ({"--x": "none.npy"}, "there is no file none.npy"),
    "not numbers": ({"--x": "bad.csv"}, "'x' to float64"),
    "wrong ending": ({"--x": "X.xls"}, "ends in '.xls'"),
    "complex": ({"--x": "complex.npy"}, "complex"),
    "NaN": ({"--y": "nan.npy"}, "NaN or infinite"),
    "unequal samples": ({"--y": "short.npy"}, "9 samples (columns) and Y has 2"),
    "no key": ({"--x": "two.npz"}, "choose one with FILE:KEY"),
    "wrong key": ({"--x": "two.npz:w"}, "no array named 'w'"),
    "k too large": ({"--k": 7}, "1 <= k <= 6"),
    "k zero": ({"--k": 0}, "1 <= k <= 6"),
    "k missing": ({"--k": None}, "--k"),
    "row out of range": ({"--rows": "0,8"}, "row = 8 is out of range"),
    "row repeated": ({"--rows": "1,1"}, "rows repeats [1]"),
    "rows no numbers": ({"--rows": "a"}, "--rows a"),
    "rows empty": ({"--rows": ""}, "--rows"),
    "no rows": ({"--rows": None}, "--rows 0,4 or their number"),
    "rows and l": ({"--l": 2}, "give either the kept outputs"),
    "l too large": ({"--rows": None, "--l": 9}, "1 <= l <= 6"),
    "unknown butterfly": ({"--butterfly": "fjtl"}, "did you mean 'fjlt'"),
    "unknown option": ({"--colour": "red"}, "No such option"),
    "negative seed": ({"--seed": -1}, "seed"),
    "out is a file": ({"--out": "X.npy"}, "is a file; name a folder"),
    "out below a file": ({"--out": "X.npy/o"}, "is a file; name a folder"),
    "huge data": ({"--y": "huge.npy"}, "rescale Y"),
}

BAD_CRITICAL = {
    "b and rows": ({"--b": "X.npy"}, "leave out"),
    "no points": ({"--limit": 0}, "limit"),
    "wrong width": ({"--rows": None, "--b": "short.npy"}, "they must agree"),
}

BAD_TRAIN = {
    "b and rows": ({"--b": "X.npy", "--trainable": "fixed-b"}, "leave out"),
    "unknown method": ({"--method": "sgd"}, "unknown method 'sgd'"),
    "unknown part": ({"--trainable": "fixedb"}, "did you mean 'fixed-b'"),
    "no steps": ({"--steps": 0}, "steps"),
    "step size zero": ({"--step-size": 0}, "step_size"),
    "step size NaN": ({"--step-size": "nan"}, "step_size"),
    "tolerance negative": ({"--tolerance": -1}, "tolerance"),
    "batch too large": ({"--method": "adam", "--batch-size": 10}, "batch_size = 10"),
    "batch without adam": ({"--batch-size": 3}, "needs method='adam'"),
    "b cannot be trained": ({"--rows": None, "--b": "X.npy"}, "--trainable fixed-b"),
}

ALL_BAD = [("critical", case) for case in (BAD | BAD_CRITICAL).items()]
ALL_BAD += [("train", case) for case in (BAD | BAD_TRAIN).items()]


@pytest.mark.parametrize(
    ("command", "case"), ALL_BAD, ids=lambda v: v if isinstance(v, str) else v[0]
)
def test_bad_input_is_one_sentence_and_writes_nothing(call, tmp_path, command, case):
    changes, message = case[1]
    (tmp_path / "bad.csv").write_text("1,2\n3,x\n")
    (tmp_path / "X.xls").write_text("1")
    np.save(tmp_path / "complex.npy", X * 1j)
    np.save(tmp_path / "nan.npy", X * np.nan)
    np.save(tmp_path / "short.npy", X[:, :2])
    np.save(tmp_path / "huge.npy", X * 1e200)
    np.savez(tmp_path / "two.npz", u=X, v=X)
    (tmp_path / "o").mkdir()
    for name in ("critical.json", "train.json"):
        (tmp_path / "o" / name).write_text("old")
    before = {f: f.read_bytes() for f in tmp_path.rglob("*") if f.is_file()}
    arguments = {name: value for name, value in (GOOD | changes).items() if value is not None}
    status, out, err = call(command, *(part for pair in arguments.items() for part in pair))
    assert status == 2
    assert message in err.replace("\n", " ")
    assert "Traceback" not in err + out
    assert out == ""
    assert {f: f.read_bytes() for f in tmp_path.rglob("*") if f.is_file()} == before


EXAMPLE = np.array([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 2, 0], [0, 2, 0, 1.0]])


def test_joint(call, tmp_path):
    from proofs_check.checker import recheck

    np.save(tmp_path / "E.npy", EXAMPLE)
    arguments = ("joint", "--x", "E.npy", "--rows", "0,2", "--k", 2, "--runs", 6, "--starts", 40)
    status, out, err = call(*arguments, "--out", "one")
    assert (status, err) == (0, "")
    assert "deficient" in out
    assert "12 of 12 complex critical points: complete" in out
    record = json.loads((tmp_path / "one/joint.json").read_text())
    assert record["reachable"] == {"dimension": 2, "full": 4, "dominant": False}
    points = record["enumeration"]["points"]
    assert [p["kind"] for p in points][:2] == ["global minimum", "spurious minimum"]
    assert all(p["certified"] for p in points)
    assert {round(end["loss"], 9) for end in record["multi_start"]["ends"]} == {2.0, 4.2}
    assert [end["runs"] for end in record["endings"]] == [6, 6, 6]
    for name in ("angles.png", "endings.png"):
        assert (tmp_path / "one" / name).read_bytes().startswith(b"\x89PNG")
    replayed = recheck(tmp_path / "one")
    assert replayed
    assert all(good for good, _ in replayed.values())
    assert call(*arguments, "--out", "two", "--workers", 2)[0] == 0
    for name in ("joint.json", "angles.png", "endings.png", "certificates/critical-points.json"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


@pytest.mark.parametrize("more", [(), ("--no-enumerate",)])
def test_joint_where_every_plane_can_be_reached(call, tmp_path, more):
    np.save(tmp_path / "E.npy", EXAMPLE)
    arguments = (
        "joint",
        "--x",
        "E.npy",
        "--rows",
        "0,1",
        "--k",
        2,
        "--runs",
        0,
        "--starts",
        5,
        "--out",
        "o",
    )
    status, out, _ = call(*arguments, *more)
    assert status == 0
    assert "dominant" in out
    record = json.loads((tmp_path / "o/joint.json").read_text())
    assert (record["enumeration"] is None) == bool(more)
    best = record["multi_start"]["ends"][0]["loss"]
    assert best == pytest.approx(record["dense_optimum"], rel=1e-9)
    assert not (tmp_path / "o/certificates").exists()


def test_joint_without_a_known_minimum_still_writes_its_results(call, tmp_path, monkeypatch):
    monkeypatch.setattr("landscape.cli.joint_command._losses_of_minima", lambda *results: [])
    np.save(tmp_path / "E.npy", EXAMPLE)
    arguments = ("joint", "--x", "E.npy", "--rows", "0,2", "--k", 2, "--starts", 2, "--out", "o")
    status, out, err = call(*arguments, "--no-enumerate")
    assert (status, err) == (0, "")
    assert "No minimum is known, so training was not run; raise --starts." in out
    record = json.loads((tmp_path / "o/joint.json").read_text())
    assert (record["endings"], record["settings"]["runs"]) == ([], 40)


def test_joint_table(call, tmp_path):
    assert call("joint", "--table", 4, "--out", "o")[0] == 0
    lines = (tmp_path / "o/table.csv").read_text().splitlines()
    assert lines[0].startswith("l,k,classes")
    assert "2,2,2,6,2,4,4,1,4,2" in lines
    assert len(lines) == 11


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--rows", "0,2", "--k", 2), "give the data with --x"),
        (("--x", "E.npy", "--k", 2), "give the data with --x"),
        (("--x", "X.npy", "--rows", "0,2", "--k", 2), "power of 2"),
        (("--x", "E.npy", "--rows", "0,a", "--k", 2), "--rows 0,a"),
        (("--x", "E.npy", "--rows", "0,4", "--k", 2), "--rows 0,4"),
        (("--x", "E.npy", "--rows", "0", "--k", 2), "k = 2"),
        (("--x", "ones.npy", "--rows", "0,2", "--k", 2), "singular"),
        (("--x", "white.npy", "--rows", "0,2", "--k", 2), "dimension"),
        (("--table", 6), "power of 2"),
        (("--table", 4, "--k", 1), "--table goes with"),
        (
            ("--x", "E.npy", "--rows", "0,2", "--k", 2, "--scheduler", "tcp://127.0.0.1:1"),
            "scheduler",
        ),
    ],
)
def test_joint_bad_input(call, tmp_path, arguments, message):
    np.save(tmp_path / "E.npy", EXAMPLE)
    np.save(tmp_path / "ones.npy", np.ones((4, 5)))
    np.save(tmp_path / "white.npy", np.eye(4))
    status, out, err = call("joint", *arguments, "--out", "o")
    assert status == 2
    assert message in err.replace("\n", " ")
    assert "Traceback" not in err + out
    assert not (tmp_path / "o").exists()


@pytest.mark.parametrize("command", [[], ["critical"], ["train"], ["joint"]])
def test_help_has_examples(call, command):
    status, out, _ = call(*command, "--help")
    assert status == 0
    assert f"landscape {command[0]} --x X.npy" in out if command else "critical" in out


def test_module_runs_from_the_shell(tmp_path):
    run = subprocess.run(
        [
            sys.executable,
            "-m",
            "landscape",
            "critical",
            "--x",
            "none.npy",
            "--rows",
            "0",
            "--k",
            "1",
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 2
    assert run.stderr == "Error: there is no file none.npy\n"


@pytest.mark.parametrize(("kind", "gram"), [("fjlt", 8 / 3), ("identity", 1.0), ("random", None)])
def test_butterflies_of_the_command_line(tmp_path, kind, gram):
    """The rows of an FJLT are orthogonal, scaled as an isometry on average; those of the identity
    select inputs."""
    np.save(tmp_path / "X.npy", np.eye(8))
    B = Problem.load(str(tmp_path / "X.npy"), None, "1,4,6", None, 2, None, kind, 0).B.to_dense()
    if gram is None:
        assert np.linalg.matrix_rank(B) == 3
    else:
        assert np.allclose(B @ B.T, gram * np.eye(3))
    if kind == "identity":
        assert np.array_equal(B, np.eye(8)[[1, 4, 6]])


PARALLEL = """
import sys, time
from pathlib import Path
import typer
from joblib import Parallel, delayed
from fjlt.runs.backends import backend
from fjlt.runs.console import run

app = typer.Typer()

@app.command()
def work(folder: Path):
    def job(i):
        (folder / str(i)).touch()
        time.sleep(60)
    with backend(2):
        Parallel()(delayed(job)(i) for i in range(4))

run(app)
"""


def test_a_run_that_is_told_to_end_takes_its_processes_with_it(tmp_path):
    process = subprocess.Popen(
        [sys.executable, "-c", PARALLEL, str(tmp_path)], start_new_session=True
    )
    assert within(60, lambda: len(list(tmp_path.iterdir())) == 2)
    process.terminate()
    assert process.wait(timeout=20) == 130
    assert within(20, lambda: not alive(process.pid))


def within(seconds, condition):
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.1)
    return condition()


def alive(group):
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True
