"""The commands of ``fjlt``, in process through the entry point of the shell."""

import json
import sys

import numpy as np
import pytest

import fjlt
from fjlt.__main__ import main

X = np.random.default_rng(0).normal(size=(6, 9))
J = np.random.default_rng(1).normal(size=(3, 6))


@pytest.fixture
def call(tmp_path, monkeypatch, capsys):
    """Run a command in a folder that holds X.npy and J.csv; exit status, output and errors."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    np.save("X.npy", X)
    np.savetxt("J.csv", J)

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["fjlt", *map(str, arguments)])
        with pytest.raises(SystemExit) as stop:
            main()
        captured = capsys.readouterr()
        return stop.value.code or 0, captured.out, captured.err

    return run


def test_distortion_agrees_with_the_library(call, tmp_path):
    arguments = "distortion", "--points", "X.npy", "--matrix", "J.csv", "--epsilon", 0.3
    status, out, err = call(*arguments, "--out", "o")
    assert (status, err) == (0, "")
    expected = fjlt.distortion(J, X)
    np.testing.assert_allclose(np.load(tmp_path / "o/ratios.npy"), expected.ratios)
    record = json.loads((tmp_path / "o/distortion.json").read_text())
    assert record["largest"]["value"] == pytest.approx(expected.largest.value)
    assert record["within"]["0.3"]["share"] == expected.share_within(0.3).share
    assert record["pairs"] == 36
    assert "within 1 ± 0.3" in out
    assert (tmp_path / "o/ratios.png").read_bytes().startswith(b"\x89PNG")


def test_distortion_repeats_and_takes_points_in_rows(call, tmp_path):
    np.save(tmp_path / "rows.npy", X.T)
    common = ("--k", 2, "--pairs", 20, "--seed", 3)
    assert call("distortion", "--points", "X.npy", *common, "--out", "a")[0] == 0
    assert call("distortion", "--points", "rows.npy", "--rows", *common, "--out", "b")[0] == 0
    assert call("distortion", "--points", "X.npy", *common[:-1], 4, "--out", "c")[0] == 0
    one, two, other = (np.load(tmp_path / name / "ratios.npy") for name in "abc")
    np.testing.assert_array_equal(one, two)
    assert not np.array_equal(one, other)


def test_smallest_agrees_with_the_library(call, tmp_path):
    status, out, err = call("smallest", "--points", "X.npy", "--epsilon", 0.5, "--out", "o")
    assert (status, err) == (0, "")
    bounds = fjlt.min_dim(9, 0.5, n=6)
    measured = fjlt.min_dim_measured(X, 0.5, rng=0)
    assert bounds.summary() in out
    assert measured.summary() in out
    record = json.loads((tmp_path / "o/smallest.json").read_text())
    assert (record["k"], record["measured"]["k"]) == (bounds.k, measured.k)
    lines = (tmp_path / "o/bounds.csv").read_text().splitlines()
    assert lines[0] == "k,usable,name,origin,remark"
    assert len(lines) == 1 + len(bounds.rows)
    assert (tmp_path / "o/smallest.png").read_bytes().startswith(b"\x89PNG")


def test_smallest_without_a_file_says_what_is_proved(call, tmp_path):
    arguments = ("--number", 1000, "--n", 4096, "--epsilon", 0.5, "--ensemble", "gaussian")
    status, out, _ = call("smallest", *arguments, "--out", "o")
    assert status == 0
    assert fjlt.min_dim(1000, 0.5, ensemble="gaussian", n=4096).summary() in out
    assert json.loads((tmp_path / "o/smallest.json").read_text())["measured"] is None


def test_a_refuted_statement_leaves_its_witness(call, tmp_path):
    np.savetxt(tmp_path / "x.csv", [[1, 1], [1, 2], [0, 3], [0, 4]])
    arguments = ("--points", "x.csv", "--k", 2, "--epsilon", 0.5, "--delta", 0.25, "--out", "o")
    status, out, err = call("test", *arguments)
    assert (status, err) == (1, "")
    assert fjlt.jl_test("srht", 2, np.loadtxt("x.csv"), 0.5, 0.25).summary() in out
    record = json.loads((tmp_path / "o/test.json").read_text())
    assert record["verdict"] == "refuted"
    assert record["vectors"][0]["probability"] == "1/3"
    witness = np.load(tmp_path / "o/witness.npy")
    assert witness[0] == witness[1] > 0 == abs(witness[2:]).max()
    assert (tmp_path / "o/test.png").read_bytes().startswith(b"\x89PNG")


def test_a_statement_that_holds_leaves_none(call, tmp_path):
    arguments = ("--n", 64, "--k", 32, "--epsilon", 0.9, "--delta", 0.01, "--ensemble", "gaussian")
    status, out, _ = call("test", *arguments, "--out", "o")
    assert status == 0
    assert "holds, for every real vector" in out
    assert not (tmp_path / "o/witness.npy").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("test", "--k", 2, "--epsilon", 0.5), "give either vectors with --points or their length"),
        (("smallest", "--epsilon", 0.5), "give either the points with --points, or their --number"),
        (("smallest", "--number", 9, "--epsilon", 0.5), "or their --number and --n"),
        (("smallest", "--points", "X.npy", "--epsilon", 0), "eps = 0"),
        (("distortion", "--points", "X.npy"), "give either the rows of an embedding with --k"),
        (("distortion", "--points", "X.npy", "--k", 7), "k = 7 outputs of n = 6 inputs"),
        (("distortion", "--points", "X.npy", "--k", 2, "--pairs", "x"), "--pairs x: give a number"),
        (("distortion", "--points", "none.npy", "--k", 2), "none.npy"),
        (("distortion", "--points", "X.npy", "--k", 2, "--ensemble", "sht"), "'sht' is unknown"),
    ],
)
def test_bad_input_is_one_sentence(call, arguments, message):
    status, out, err = call(*arguments)
    assert (status, out) == (2, "")
    assert err.startswith("Error: ")
    assert message in err
