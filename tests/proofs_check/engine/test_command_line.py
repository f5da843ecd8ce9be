"""proofs-check: what it prints and writes, exit statuses, bad input."""

import json
import os
import re
import resource
import subprocess
import sys
from functools import partial

import numpy as np
import pytest

from fjlt.runs.own_files import OwnFiles
from proofs_check import claims
from proofs_check.__main__ import main


def started(*arguments, **options):
    """Run ``proofs-check`` in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "proofs_check", *map(str, arguments)],
        capture_output=True,
        text=True,
        **options,
    )


@pytest.fixture
def proofs_check(monkeypatch, capsys):
    """Run ``proofs-check`` in this process, in the folder ``cwd`` if there is one."""
    monkeypatch.setenv("COLUMNS", "200")

    def run(*arguments, cwd="."):
        monkeypatch.chdir(cwd)
        monkeypatch.setattr(sys, "argv", ["proofs-check", *map(str, arguments)])
        with pytest.raises(SystemExit) as end:
            main()
        return subprocess.CompletedProcess(arguments, end.value.code or 0, *capsys.readouterr())

    return run


def test_run_writes_the_report_and_recheck_replays_it(proofs_check, tmp_path):
    out = tmp_path / "deep" / "report"
    done = started("run", "weight-bound", "lemma-s2.1", "--out", out, "--workers", 1)
    assert done.returncode == 0, done.stderr
    assert "refuted" in done.stdout
    assert str(out / "index.html") in done.stdout
    assert {path.name for path in out.iterdir()} == {
        "report.json",
        "junit.xml",
        "verdicts.tex",
        "index.html",
        "certificates",
        "checks",
        ".report.list",
        ".lock",
    }
    assert [claim["id"] for claim in json.loads((out / "report.json").read_text())["claims"]] == [
        "weight-bound",
        "lemma-s2.1",
    ]
    replayed = proofs_check("recheck", out)
    assert replayed.returncode == 0
    assert "yes" in replayed.stdout
    certificate = out / "certificates" / "lemma-s2.1.every-draw.json"
    certificate.write_text(certificate.read_text().replace('"floor": "1"', '"floor": "1/2"'))
    replayed = proofs_check("recheck", out)
    assert replayed.returncode == 1
    assert "refused" in replayed.stdout


def test_a_run_says_what_it_will_take_and_each_claim_when_it_is_done(proofs_check, tmp_path):
    first = proofs_check("run", "lemma-s2.1", "--workers", 1, "--out", tmp_path)
    plan, line, *_ = first.stdout.splitlines()
    claim = next(claim for claim in claims() if claim.id == "lemma-s2.1")
    controls = len(claim.controls)
    assert re.fullmatch(
        rf"{len(claim.checks) + controls} checks and controls of 1 claim: about \S+ s "
        r"with 1 process, by the times of earlier runs\.",
        plan,
    )
    assert re.fullmatch(
        rf"lemma-s2.1: refuted for .*; {controls} of {controls} controls rejected, \S+ s "
        r"\[1 of 1 claim\]",
        line,
    )
    assert "in earlier runs" not in first.stdout
    again = proofs_check("run", "lemma-s2.1", "--workers", 1, "--out", tmp_path, "--resume")
    line, plan, *_ = again.stdout.splitlines()
    assert line.startswith("lemma-s2.1: refuted for ")
    assert plan == "All checks and controls are stored; nothing is left to compute."
    took = r"checks and controls took (\S+ s) of computing"
    whole = re.search(took, first.stdout)[1]
    assert re.search(took, again.stdout)[1] == whole
    assert f"{whole} of it in earlier runs" in again.stdout
    full = proofs_check("run", "lemma-s2.1", "--workers", 1, "--out", tmp_path, "--profile", "full")
    assert full.stdout.startswith(
        f"{len(claim.checks) + controls} checks and controls of 1 claim; how long they take has "
        "not been measured."
    )


def test_a_data_file_name_is_text_in_the_report(proofs_check, tmp_path):
    name = "<img src=x onerror=alert(1)><script>alert(2).npz"
    np.savez(tmp_path / name, W=np.eye(4))
    done = proofs_check("run", "definition-3.1", "--workers", 1, "--data", name, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "report" / "index.html").read_text(encoding="utf-8")
    assert "&lt;img src=x onerror=alert(1)&gt;&lt;script&gt;alert(2).npz" in page
    assert "<img" not in page
    assert page.count("<script>") == 1


def test_list_and_show(proofs_check, tmp_path):
    listed = proofs_check("list", cwd=tmp_path)
    assert listed.returncode == 0
    assert "joint-dichotomy" in listed.stdout
    assert "the result of a run: proofs-check run" in listed.stdout
    shown = proofs_check("show", "prop-1", cwd=tmp_path)
    assert shown.returncode == 0
    assert "Proposition 1 of arXiv 2007.08864v2\n" in shown.stdout
    shown = proofs_check("show", "lemma-b1", cwd=tmp_path)
    assert shown.stdout.startswith("lemma-s2.1  ")
    assert "Lemma B.1 of the ICLR 2021 submission" in shown.stdout
    assert "Must be rejected" in shown.stdout
    assert "Expected verdict: refuted\n" in shown.stdout
    assert "the result of a run: proofs-check run" in shown.stdout


def test_list_and_show_say_what_a_stored_verdict_stands_for(proofs_check, tmp_path):
    report = tmp_path / "report"
    done = proofs_check("run", "rank-barrier", "--out", report, "--workers", 1)
    assert done.returncode == 0, done.stderr
    # in the folder where a run writes by default, and by name
    for arguments, folder in (((), tmp_path), (("--report", report), ".")):
        listed = proofs_check("list", *arguments, cwd=folder).stdout
        row = next(line for line in listed.splitlines() if line.startswith("rank-barrier"))
        assert "holds for all sizes" in row
        assert "a quick run with seed 0" in listed
        shown = proofs_check("show", "rank-barrier", *arguments, cwd=folder).stdout
        assert "Verdict: holds for all sizes" in shown
        assert "Expected verdict" not in shown
    other = proofs_check("show", "prop-1", "--report", report).stdout
    assert "Expected verdict: refuted" in other
    assert "no verdict on this statement" in other


@pytest.mark.parametrize("change", ["statement", "form"])
def test_a_stored_verdict_on_another_statement_is_not_shown(proofs_check, tmp_path, change):
    claim = {"id": "prop-1", "checked": True, "words": "holds for nobody"}
    claim["statement"] = next(c.statement for c in claims() if c.id == "prop-1")
    content = {"claims": [claim], "environment": {"profile": "quick", "seed": 0}}
    if change == "form":
        del content["environment"]
    else:
        claim["statement"] = "1 = 1"
    (tmp_path / "report").mkdir()
    (tmp_path / "report" / "report.json").write_text(json.dumps(content))
    for command in (("list",), ("show", "prop-1")):
        done = proofs_check(*command, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        assert "nobody" not in done.stdout
        assert "is the result of a run" in done.stdout


def test_calibrate_prints_and_writes_its_table(proofs_check, tmp_path, monkeypatch):
    one = tuple(claim for claim in claims() if claim.id == "prop-2-corrected")
    for user in ("calibration", "runner"):
        monkeypatch.setattr(f"proofs_check.engine.{user}.claims", lambda ids=None: one)
    done = proofs_check("calibrate", "--seeds", 1, "--workers", 1, "--out", tmp_path)
    assert done.returncode == 0, done.stderr
    assert "as it should" in done.stdout
    table = (tmp_path / "calibration.csv").read_text()
    assert table.startswith("claim,kind,name,alpha,seeds,silent,wrong")
    assert "prop-2-corrected,check,many rows,1e-09,1,0,0" in table


def test_help_has_examples(proofs_check):
    for command in ("run", "list", "show", "recheck", "calibrate"):
        assert "Example" in proofs_check(command, "--help").stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("run", "lemma-b2"), "did you mean 'lemma-s2.1'?"),
        (("run", "definition-3.1", "--profile", "slow"), "unknown profile"),
        (("run", "definition-3.1", "--workers", "0"), "workers = 0"),
        (("run", "definition-3.1", "--workers", "two"), "--workers"),
        (("run", "definition-3.1", "--seed", "-3"), "seed = -3"),
        (("run", "definition-3.1", "--data", "missing.npz"), "missing.npz"),
        (("run", "definition-3.1", "--data", "broken.npz"), "cannot be read as a .npz"),
        (("run", "definition-3.1", "--data", "single.npy"), "numpy.savez"),
        (("run", "definition-3.1", "--out", "kept/notes.txt/x"), "notes.txt is not a folder"),
        (("run", "definition-3.1", "--out", "site"), "index.html was not written by this command"),
        (("calibrate", "--seeds", "1", "--out", "site"), "calibration.csv was not written by"),
        (("run", "definition-3.1", "--probability", "0.9999"), "probability <= 0.99"),
        (("calibrate", "--seeds", "10000000000"), "seeds"),
        (("show", "theorem1"), "did you mean 'theorem-1'?"),
        (("list", "--report", "nowhere"), "the file is missing; write one: proofs-check run"),
        (("show", "prop-1", "--report", "kept"), "report.json is no report of a run"),
        (("recheck", "nowhere"), "holds no report"),
        (("verify",), "No such command"),
    ],
)
def test_bad_input_ends_with_one_sentence_and_writes_nothing(
    proofs_check, tmp_path, arguments, message
):
    (tmp_path / "broken.npz").write_bytes(b"PK\x03\x04")
    np.save(tmp_path / "single.npy", np.eye(2))
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "notes.txt").write_text("kept")
    (tmp_path / "site").mkdir()
    for name in ("index.html", "calibration.csv"):
        (tmp_path / "site" / name).write_text("yours")
    before = sorted(tmp_path.rglob("*"))
    out = () if "--out" in arguments or arguments[0] != "run" else ("--out", "kept")
    done = proofs_check(*arguments, *out, cwd=tmp_path)
    assert done.returncode == 2, done.stdout + done.stderr
    assert message in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr
    assert sorted(tmp_path.rglob("*")) == before
    assert (tmp_path / "site" / "index.html").read_text() == "yours"


def test_what_else_is_in_the_folder_stays(proofs_check, tmp_path):
    """Among it, certificates of ``landscape joint`` and results of claims that are not run."""
    yours = ["notes.txt", "checks/notes.json", "certificates/critical-points.json"]
    for name in yours:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("yours")
    for claim_id in ("definition-3.1", "footnote-4"):
        done = proofs_check("run", claim_id, "--workers", 1, "--out", tmp_path)
        assert done.returncode == 0, done.stderr
    assert [(tmp_path / name).read_text() for name in yours] == ["yours"] * 3
    assert len(list((tmp_path / "checks").glob("definition-3.1.*"))) == 4


def test_a_folder_whose_name_looks_like_markup(proofs_check, tmp_path):
    out = tmp_path / "[/x]" / "[red]"
    done = proofs_check("run", "lemma-s2.1", "--workers", 1, "--out", out)
    assert done.returncode == 0, done.stderr
    assert str(out / "index.html") in done.stdout
    (out / "certificates" / "[red].json").write_text("{}")
    replayed = proofs_check("recheck", out)
    assert replayed.returncode == 1
    assert "[red].json" in replayed.stdout + replayed.stderr
    (out / "index.html").write_text("yours")
    refused = proofs_check("run", "lemma-s2.1", "--workers", 1, "--out", out)
    assert refused.returncode == 2
    assert str(out / "index.html") in refused.stderr


def test_a_full_disk_loses_no_result_and_leaves_no_part_of_a_file(proofs_check, tmp_path):
    """The system lets no file grow beyond 60 kB, more than a result and less than a certificate."""
    command = ("run", "weight-bound", "footnote-4", "--workers", 1, "--out", tmp_path)
    full = partial(resource.setrlimit, resource.RLIMIT_FSIZE, (60_000, resource.RLIM_INFINITY))
    done = started(*command, preexec_fn=full)
    assert done.returncode == 2
    assert re.search(r"certificates/footnote-4\S*json could not be written", done.stderr)
    assert f"All results are kept in {tmp_path / 'checks'}. Add --resume" in done.stderr
    assert "Traceback" not in done.stderr
    hidden = {path.name for path in tmp_path.rglob(".*")}
    assert hidden == {".lock", ".report.list", ".jobs.list"}
    results = {p: p.stat().st_mtime_ns for p in (tmp_path / "checks").glob("*.json")}
    assert proofs_check(*command, "--resume").returncode == 0
    assert {p: p.stat().st_mtime_ns for p in (tmp_path / "checks").glob("*.json")} == results
    assert (tmp_path / "index.html").exists()


def test_of_two_runs_into_one_folder_the_second_is_refused(proofs_check, tmp_path):
    with OwnFiles(tmp_path / "checks", "jobs").locked():
        done = proofs_check("run", "definition-3.1", "--workers", 1, "--out", tmp_path)
    assert done.returncode == 2
    assert f"process {os.getpid()} writes into {tmp_path / 'checks'}" in done.stderr
    assert {path.name for path in tmp_path.rglob("*")} == {"checks", ".lock"}
