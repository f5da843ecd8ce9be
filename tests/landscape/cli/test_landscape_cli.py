"""The commands, in process through the entry point of the shell, and once through the shell."""

import json
import os
import subprocess
import sys
import time

import numpy as np
import pytest

from fjlt import TruncatedButterfly
from fjlt.runs.console import Interrupted
from fjlt.runs.own_files import OwnFiles
from landscape import EncoderDecoder, critical_points, multi_start, read_arrays, reduced_loss
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
    "not numbers": ({"--x": "bad.csv"}, "line 2, column 2: 'x' is no decimal number"),
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
    for name in ("critical", "train"):
        OwnFiles(tmp_path / "o", f"landscape-{name}").replace({f"{name}.json": "old"})
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


def test_joint_without_a_known_minimum_still_writes_its_results(call, tmp_path):
    # So badly scaled that no descent reaches the tolerance.
    np.save(tmp_path / "E.npy", np.diag(10.0 ** -np.arange(0, 16, 2)))
    arguments = ("joint", "--x", "E.npy", "--rows", "0,1,3,6", "--k", 3, "--starts", 3)
    status, out, err = call(*arguments, "--out", "o", "--no-enumerate")
    assert (status, err) == (1, "")
    assert "Not converged, 3 of 3 starts: No step lowers the loss" in out
    assert "None of the 3 starts converged; raise --starts" in out
    assert "No minimum is known, so training was not run; raise --starts." in out
    record = json.loads((tmp_path / "o/joint.json").read_text())
    assert (record["endings"], record["settings"]["runs"]) == ([], 40)
    assert (record["multi_start"]["ends"], record["multi_start"]["starts"]) == ([], 3)
    assert len(record["failures"]) == 1


def steps(folder):
    return {path.name.rpartition("-")[0] for path in (folder / "steps").iterdir()}


@pytest.fixture(scope="module")
def whole():
    """The files that a run of ``joint`` wrote, when it has run."""
    return {}


@pytest.mark.parametrize("end", [Interrupted, ValueError, np.linalg.LinAlgError, MemoryError])
def test_joint_keeps_what_was_done_and_goes_on_from_there(call, tmp_path, monkeypatch, end, whole):
    np.save(tmp_path / "E.npy", EXAMPLE)
    command = ("joint", "--x", "E.npy", "--rows", "0,2", "--k", 2, "--runs", 0, "--starts", 9)
    names = ("joint.json", "certificates/critical-points.json", "angles.png")
    if not whole:
        assert call(*command, "--out", "whole")[0] == 0
        whole |= {name: (tmp_path / "whole" / name).read_bytes() for name in names}
    arguments = (*command, "--out", "o")

    def fail(*arguments, **settings):
        raise end("planted")

    with monkeypatch.context() as planted:
        planted.setattr("landscape.cli.joint_steps.multi_start", fail)
        status, out, errors = call(*arguments)
    if end is Interrupted:
        assert (status, steps(tmp_path / "o")) == (130, {"critical-points"})
        assert "Interrupted. Finished steps are kept in o/steps; the same command" in errors
    else:
        assert status == 1
        assert "The second-order method failed: planted." in out
        record = json.loads((tmp_path / "o/joint.json").read_text())
        assert record["multi_start"] is None
        assert len(record["enumeration"]["points"]) == 8
        assert steps(tmp_path / "o") == {"critical-points", "certificates"}
    # The enumeration is not made again, and the result is the one of an uninterrupted run.
    with monkeypatch.context() as planted:
        planted.setattr("landscape.cli.joint_steps.joint_critical_points", fail)
        assert call(*arguments)[0] == 0
    assert {name: (tmp_path / "o" / name).read_bytes() for name in names} == whole


def test_joint_computes_a_damaged_step_anew(call, tmp_path):
    np.save(tmp_path / "E.npy", EXAMPLE)
    arguments = ("joint", "--x", "E.npy", "--rows", "0,2", "--k", 2, "--runs", 0, "--starts", 5)
    assert call(*arguments, "--out", "o")[0] == 0
    before = (tmp_path / "o/joint.json").read_bytes()
    for path in (tmp_path / "o/steps").glob("critical-points-*.json"):
        path.write_text(path.read_text().replace('"index": 0', '"index": 1', 1))
    with pytest.warns(UserWarning, match=r"critical-points-.*\.json is damaged"):
        assert call(*arguments, "--out", "o")[0] == 0
    assert (tmp_path / "o/joint.json").read_bytes() == before


def test_steps_of_other_data_and_of_a_fresh_run_are_not_reused(call, tmp_path, monkeypatch):
    arguments = ("joint", "--x", "E.npy", "--rows", "0,2", "--k", 2, "--runs", 0, "--starts", 5)
    arguments += ("--no-enumerate",)
    counted = []

    def count(*arguments, **settings):
        counted.append(arguments)
        return multi_start(*arguments, **settings)

    monkeypatch.setattr("landscape.cli.joint_steps.multi_start", count)
    for scale, more in ((1, ()), (1, ()), (2, ()), (1, ("--fresh",)), (1, ("--seed", 1))):
        np.save(tmp_path / "E.npy", scale * EXAMPLE)
        assert call(*arguments, *more, "--out", "o")[0] == 0
    assert len(counted) == 4


COMMANDS = {
    "critical": (("--rows", "0,2", "--k", 2), ("critical.json", "levels.png", "levels.pdf")),
    "train": (("--rows", "0,2", "--k", 2), ("train.json", "network.npz", "history.png")),
    "joint": (
        ("--rows", "0,2", "--k", 2, "--runs", 1, "--starts", 2),
        ("joint.json", "certificates/critical-points.json", "endings.png", "angles.png"),
    ),
}


@pytest.mark.parametrize("command", COMMANDS)
def test_files_of_others_are_never_overwritten(call, tmp_path, command):
    options, names = COMMANDS[command]
    np.save(tmp_path / "E.npy", EXAMPLE)
    for name in names:
        other = tmp_path / "o" / name
        other.parent.mkdir(parents=True, exist_ok=True)
        other.write_text("mine")
        status, out, err = call(command, "--x", "E.npy", *options, "--out", "o")
        assert (status, out) == (2, "")
        assert f"{name} was not written by this command" in err.replace("\n", "")
        assert other.read_text() == "mine"
        other.unlink()
    # Certificates of others beside its own stay; its own files are replaced.
    other = tmp_path / "o/certificates/others.json"
    other.parent.mkdir(exist_ok=True)
    other.write_text("mine")
    for _ in range(2):
        assert call(command, "--x", "E.npy", *options, "--out", "o")[0] == 0
    assert other.read_text() == "mine"


@pytest.mark.parametrize("folder", ["[/x]", "[bold]x", "[red]x[/red]", "a [b", "x\\"])
@pytest.mark.parametrize("command", COMMANDS)
def test_names_of_files_and_folders_are_no_markup(call, tmp_path, command, folder):
    (tmp_path / folder).mkdir(parents=True)
    np.save(tmp_path / folder / "E.npy", EXAMPLE)
    options, names = COMMANDS[command]
    options += ("--no-enumerate",) * (command == "joint" and folder != "[/x]")
    status, out, _ = call(command, "--x", f"{folder}/E.npy", *options, "--out", folder)
    assert status == 0
    assert f"to {folder}." in out
    assert (tmp_path / folder / names[0]).exists()
    status, _, err = call(command, "--x", f"{folder}/none.npy", *options)
    assert (status, err) == (2, f"Error: there is no file {folder}/none.npy\n")


def test_joint_of_one_number(call, tmp_path):
    np.save(tmp_path / "one.npy", np.array([[2.0]]))
    arguments = ("joint", "--x", "one.npy", "--rows", 0, "--k", 1, "--runs", 1, "--out", "o")
    status, out, _ = call(*arguments)
    assert status == 1
    assert "n = k = 1 span one row space only" in out
    record = json.loads((tmp_path / "o/joint.json").read_text())
    assert [p["kind"] for p in record["enumeration"]["points"]] == ["global minimum"]
    assert [scheme["counts"] for scheme in record["endings"]] == [[1]] * 3


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
            ("--x", "E.npy", "--rows", "0,2", "--k", 2, "--scheduler", "nowhere"),
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
