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


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
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
