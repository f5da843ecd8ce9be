"""Sweeps on processes and on a Dask cluster, and the three commands."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from figures.__main__ import main as paper_figures
from figures.engine.cases import sweep
from fjlt.runs.jobs import Job, run_jobs
from fjlt.runs.source_code import SourceCode
from landscape.__main__ import main as landscape
from proofs_check.__main__ import main as proofs_check
from tests.fuzz.values import pick


def digest(seed, number, text, fails):
    """A case: a table that depends on everything it is given."""
    if fails:
        raise ValueError(f"case {number} fails")
    rng = np.random.default_rng([seed, number % 2**32])
    return [{"number": number, "text": text, "draw": float(rng.random())}]


def drawn_case(rng, fails=False):
    return {
        "number": int(rng.integers(2**40)),
        "text": pick(rng, ["", "a b", "é", "x,y", '"', "\n"]),
        "fails": fails,
    }


@pytest.fixture(scope="module")
def cluster():
    distributed = pytest.importorskip("distributed")
    settings = {"n_workers": 1, "threads_per_worker": 1, "dashboard_address": ":0"}
    with distributed.LocalCluster(**settings) as cluster:
        yield cluster.scheduler_address


def double(number):
    """A job."""
    return {"double": 2 * number}


def test_cases_on_a_cluster_are_those_of_one_process(cluster, calls, seed, tmp_path):
    rng = np.random.default_rng(seed)
    jobs = [Job(str(i), i, (int(rng.integers(2**40)),)) for i in range(calls)]
    here = [done.result for done in run_jobs(double, jobs, SourceCode())]
    there = run_jobs(double, jobs, SourceCode(), scheduler=cluster)
    assert here == [{"double": 2 * job.arguments[0]} for job in jobs]
    assert [done.result for done in there] == here


def test_cases_of_a_figure(calls, seed, tmp_path):
    for number in range(-(-calls // 3)):
        rng = np.random.default_rng([seed, number])
        cases = [drawn_case(rng, fails=bool(rng.integers(8) == 0)) for _ in range(3)]
        if any(case["fails"] for case in cases):
            with pytest.raises(ValueError, match="fails"):
                sweep(digest, cases, seed=number, folder=tmp_path)
            cases = [case | {"fails": False} for case in cases]
        # what was stored before the failure is used, and nothing of another seed
        tables = [list(done.table) for done in sweep(digest, cases, seed=number, folder=tmp_path)]
        assert tables == [digest(number, **case) for case in cases]


ARGUMENTS = {
    landscape: (
        ["critical", "joint", "train", "none"],
        ["--k", "--rows", "--l", "--out", "--seed", "--butterfly", "--x", "--y", "--wrong"],
    ),
    proofs_check: (
        ["run", "list", "show", "recheck", "calibrate", "none"],
        ["--profile", "--workers", "--seed", "--data", "--k", "--epsilon", "--probability", "--x"],
    ),
    paper_figures: (
        ["list", "make", "draw", "gallery", "data", "none"],
        ["--profile", "--out", "--workers", "--seed", "--scheduler", "--fetch", "--wrong"],
    ),
}

VALUES = [
    *("-1", "0", "x", "", "nan", "1e400", "[/x]", "[red]", "/no/such/file.npz", "X.npy", "2**9"),
    *("--", "é"),
]


@pytest.mark.parametrize("main", ARGUMENTS, ids=lambda main: main.__module__)
def test_commands(main, calls, seed, monkeypatch, capsys, tmp_path):
    """A wrong command line ends with status 2 and a sentence, never with a traceback."""
    monkeypatch.chdir(tmp_path)
    np.save("X.npy", np.eye(4))
    commands, options = ARGUMENTS[main]
    for number in range(calls):
        rng = np.random.default_rng([seed, number])
        words = [pick(rng, commands), pick(rng, VALUES[2:-2])]
        for _ in range(rng.integers(1, 4)):
            words += [pick(rng, options), pick(rng, VALUES)]
        monkeypatch.setattr(sys, "argv", ["command", *words])
        with pytest.raises(SystemExit) as end:
            main()
        shown = capsys.readouterr()
        assert end.value.code in (0, 2), (words, shown.err)
        assert end.value.code == 0 or len(shown.err) > 10, words
        assert "Traceback" not in shown.err, words
