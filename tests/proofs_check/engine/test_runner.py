"""Runs: independent of workers, resumable after a kill, nothing computed twice, damage is
noticed."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from fjlt.runs.source_code import source_digest
from proofs_check import claims
from proofs_check.__main__ import main
from proofs_check.engine import runner
from proofs_check.engine.runner import run
from proofs_check.formal.record import stored
from proofs_check.report.document import as_json

CHEAP = ["weight-bound", "lemma-s2.1", "rank-barrier"]


def without_times(report):
    content = as_json(report)
    for claim in content["claims"]:
        for evidence in (*claim["evidence"], *claim["on_data"]):
            del evidence["seconds"]
    return content


def finished(out):
    return {path.name: path.stat().st_mtime_ns for path in (Path(out) / "checks").glob("*.json")}


@pytest.fixture(scope="module")
def by_one_process():
    """What one process finds of several claims."""
    return without_times(run([*CHEAP, "prop-1"], workers=1))


def test_the_number_of_workers_changes_nothing(by_one_process):
    assert by_one_process == without_times(run([*CHEAP, "prop-1"], workers=2))


def test_a_dask_cluster_gives_the_same_results(by_one_process, tmp_path):
    distributed = pytest.importorskip("distributed")
    settings = {"n_workers": 1, "threads_per_worker": 1, "dashboard_address": ":0"}
    with distributed.LocalCluster(**settings) as cluster:
        on_cluster = run([*CHEAP, "prop-1"], scheduler=cluster.scheduler_address, out=tmp_path)
    assert without_times(on_cluster) == by_one_process
    assert len(finished(tmp_path)) == sum(
        len(c.evidence) + len(c.controls) for c in on_cluster.claims
    )


def test_a_worker_with_other_source_code_is_refused(monkeypatch):
    monkeypatch.setattr("fjlt.runs.jobs.source_digest", lambda code: "another program")
    with pytest.raises(ValueError, match="install the same version"):
        run(["definition-3.1", "lemma-s2.1"], workers=2)


def test_results_do_not_depend_on_what_else_runs(by_one_process):
    alone = without_times(run(["lemma-s2.1"]))["claims"][0]
    assert alone in by_one_process["claims"]


def test_the_seed_changes_the_draws_and_not_the_verdict():
    one, two = run(["weight-bound"], seed=1), run(["weight-bound"], seed=2)
    assert one.claims[0].verdict == two.claims[0].verdict
    assert one.claims[0].evidence[4].finding.numbers != two.claims[0].evidence[4].finding.numbers


def test_resume_computes_only_what_is_missing(tmp_path):
    first = run(CHEAP, out=tmp_path)
    before = finished(tmp_path)
    (tmp_path / "checks" / "lemma-s2.1.check.0.json").unlink()
    again = run(CHEAP, out=tmp_path, resume=True)
    after = finished(tmp_path)
    assert {name for name in after if after[name] != before[name]} == {"lemma-s2.1.check.0.json"}
    assert without_times(first) == without_times(again)


def test_without_resume_everything_is_computed_anew(tmp_path):
    run(["definition-3.1"], out=tmp_path)
    before = finished(tmp_path)
    run(["definition-3.1"], out=tmp_path)
    assert all(finished(tmp_path)[name] != before[name] for name in before)


@pytest.mark.filterwarnings("ignore:.* is damaged; its result is computed anew")
@pytest.mark.parametrize("damage", ["", "{", '{"key": 1}', "[]", "\0\0\0"])
def test_a_damaged_result_is_computed_again(tmp_path, damage):
    expected = without_times(run(["definition-3.1"], out=tmp_path))
    (tmp_path / "checks" / "definition-3.1.check.0.json").write_text(damage)
    assert without_times(run(["definition-3.1"], out=tmp_path, resume=True)) == expected


def test_results_of_other_settings_or_other_source_are_not_resumed(tmp_path, monkeypatch):
    run(["definition-3.1"], out=tmp_path, seed=1)
    before = finished(tmp_path)
    run(["definition-3.1"], out=tmp_path, seed=2, resume=True)
    changed = finished(tmp_path)
    assert all(changed[name] != before[name] for name in before)
    monkeypatch.setattr("fjlt.runs.jobs.source_digest", lambda code: "another program")
    run(["definition-3.1"], out=tmp_path, seed=2, resume=True)
    assert all(finished(tmp_path)[name] != changed[name] for name in before)


def test_what_a_check_does_not_see_leaves_its_stored_result(tmp_path, monkeypatch):
    """What Rocq prints is for formal checks, and own data are for the checks of them."""
    run(["fixed-b", "prop-1"], out=tmp_path)
    before = finished(tmp_path)
    np.savez(tmp_path / "mine.npz", W=np.eye(4))
    monkeypatch.setattr(runner, "checked", lambda coqchk: stored())
    run(["fixed-b", "prop-1"], out=tmp_path, data=tmp_path / "mine.npz", formal=True, resume=True)
    after = finished(tmp_path)
    assert {name for name in before if after[name] != before[name]} == {
        f"{claim.id}.check.{i}.json"
        for claim in claims(["fixed-b", "prop-1"])
        for i, check in enumerate(claim.checks)
        if check.grade == "formal"
    }
    assert after.keys() - before.keys() == {"prop-1.data.0.json"}


def test_a_killed_run_goes_on_where_it_was(computed, monkeypatch, tmp_path):
    ids = ["weight-bound", "lemma-s2.1", "jl-norm", "theorem-1-star"]
    command = ["run", *ids, "--workers", "1", "--out", str(tmp_path)]
    process = subprocess.Popen(
        [sys.executable, "-m", "proofs_check", *command],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    deadline = time.monotonic() + 120
    while len(finished(tmp_path)) < 5 and time.monotonic() < deadline:
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    before = finished(tmp_path)
    assert len(before) >= 5
    assert not (tmp_path / "report.json").exists()
    monkeypatch.setattr(sys, "argv", ["proofs-check", *command, "--resume"])
    with pytest.raises(SystemExit) as end:
        main()
    assert not end.value.code
    after = finished(tmp_path)
    assert {name: after[name] for name in before} == before
    resumed = json.loads((tmp_path / "report.json").read_text())
    fresh = as_json(computed(ids))
    for content in (resumed, fresh):
        for claim in content["claims"]:
            for evidence in claim["evidence"]:
                evidence.pop("seconds")
    assert resumed["claims"] == json.loads(json.dumps(fresh["claims"]))


def test_a_crashing_check_is_a_failure_with_its_reason(monkeypatch):
    from proofs_check.statements.butterflies import weight_bound

    def broken(n):
        raise RuntimeError("no counts today")

    monkeypatch.setattr(weight_bound, "counts_by_subset", broken)
    report = run(["weight-bound"])
    assert report.claims[0].verdict == "undecided"
    assert any("no counts today" in failure for failure in report.failures)


def test_progress_counts_to_the_end():
    seen = []
    run(["definition-3.1"], progress=lambda name, done, total: seen.append((name, done, total)))
    assert seen == [("definition-3.1", i, 4) for i in range(1, 5)]


def test_what_is_left_and_what_is_finished(tmp_path):
    """A resumed run reports stored claims too, and sums the computing of all its legs."""
    events = []

    def follow(*ids):
        events.clear()
        return run(
            ids,
            out=tmp_path,
            resume=True,
            started=lambda left: events.append([str(task) for task in left]),
            finished=lambda entry: events.append((entry.claim.id, str(entry.verdict))),
        )

    first = follow("definition-3.1")
    left = [f"definition-3.1.{kind}.{i}" for kind in ("check", "control") for i in range(2)]
    assert events == [left, ("definition-3.1", "holds")]
    assert first.earlier == 0 < first.computing
    second = follow("claim-s3.1", "definition-3.1")
    assert events[0] == ("definition-3.1", "holds")
    assert all(name.startswith("claim-s3.1.") for name in events[1])
    assert events[2:] == [("claim-s3.1", "holds")]
    assert second.earlier == pytest.approx(first.computing, abs=0.01)
    files = [json.loads(path.read_text()) for path in (tmp_path / "checks").glob("*.json")]
    assert second.computing == pytest.approx(sum(file["seconds"] for file in files), abs=0.02)
    third = follow("claim-s3.1", "definition-3.1")
    assert events[2] == []
    assert third.earlier == third.computing


def test_own_data_bears_on_no_verdict(computed, tmp_path):
    rng = np.random.default_rng(0)
    np.savez(tmp_path / "mine.npz", X=rng.normal(size=(12, 30)), W=rng.normal(size=(40, 12)))
    with_data = run(["theorem-1", "prop-1"], data=tmp_path / "mine.npz")
    assert with_data.failures == []
    assert [len(c.on_data) for c in with_data.claims] == [1, 1]
    without = without_times(computed(["theorem-1", "prop-1"]))["claims"]
    found = without_times(with_data)["claims"]
    assert [c["evidence"] for c in found] == [c["evidence"] for c in without]
    assert all(c["on_data"] == [] for c in without)


def test_what_cannot_use_the_data_says_nothing_of_it(tmp_path):
    np.savez(tmp_path / "mine.npz", W=np.eye(4))
    report = run(["prop-2", "prop-1"], data=tmp_path / "mine.npz")
    assert [len(c.on_data) for c in report.claims] == [0, 1]


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"Q": np.eye(2)}, "W, X, Y and B"),
        ({"X": np.eye(2), "Y": np.ones((2, 3))}, "Y has 3 columns, expected 2"),
        ({"X": np.eye(2), "B": np.ones((2, 3))}, "B has 3 columns, expected 2"),
        ({"X": np.array([[np.nan]])}, "NaN"),
        ({"X": np.ones(3)}, "matrix"),
        ({"X": np.empty((0, 2))}, "non-empty"),
        ({"X": np.ones((2, 2), dtype=np.float16)}, "float16"),
        ({"X": np.array([["a"]])}, "dtype"),
        ({"X": 1j * np.eye(2)}, "complex"),
    ],
)
def test_bad_data(tmp_path, arrays, message):
    np.savez(tmp_path / "bad.npz", **arrays)
    with pytest.raises((ValueError, TypeError), match=message):
        run(["definition-3.1"], data=tmp_path / "bad.npz")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 truncated", b"X,Y\n1,2\n"])
def test_unreadable_data(tmp_path, content):
    (tmp_path / "bad.npz").write_bytes(content)
    with pytest.raises(ValueError, match=r"bad\.npz (is empty|cannot be read)"):
        run(["definition-3.1"], data=tmp_path / "bad.npz")


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        ({"ids": ["theorem1"]}, ValueError, "did you mean 'theorem-1'"),
        ({"profile": "quik"}, ValueError, "did you mean 'quick'"),
        ({"workers": 0}, ValueError, "workers = 0"),
        ({"workers": 1.5}, TypeError, "workers"),
        ({"seed": -1}, ValueError, "seed = -1"),
        ({"data": "missing.npz"}, OSError, r"missing\.npz"),
        ({"scheduler": "nowhere"}, OSError, "no Dask scheduler answers at nowhere"),
    ],
)
def test_bad_settings(settings, error, message):
    with pytest.raises(error, match=message):
        run(**({"ids": ["definition-3.1"]} | settings))


def test_a_stored_table_that_changed_drops_old_results(monkeypatch):
    original = Path.read_bytes
    before = source_digest.__wrapped__(runner.SOURCE)
    monkeypatch.setattr(
        Path, "read_bytes", lambda self: original(self) + b" " * (self.name == "duel.csv")
    )
    assert source_digest.__wrapped__(runner.SOURCE) != before
