"""What went wrong is named wherever a run is read: console, page, report.json, JUnit."""

import dataclasses
import json
from html import unescape
from xml.etree import ElementTree

import pytest

from fjlt import srht
from proofs_check import __main__ as command_line
from proofs_check import run
from proofs_check.claim import Bearing, Check, Control, Finding, Grade
from proofs_check.engine import runner
from proofs_check.engine.verdicts import with_numbers
from proofs_check.report.document import as_json
from proofs_check.report.exports import junit
from proofs_check.report.formulas import typeset
from proofs_check.statements.butterflies import footnote_4, weight_bound
from proofs_check.statements.embeddings import prop_2

REASON = "did not finish: ValueError: no rows <today>"


def planted(monkeypatch, claim):
    """The claims are this one alone."""
    monkeypatch.setattr(runner, "claims", lambda ids=None: (claim,))


def read(folder):
    """(the claim in report.json, the page as text, the failures in junit.xml)."""
    (claim,) = json.loads((folder / "report.json").read_text())["claims"]
    root = ElementTree.parse(folder / "junit.xml").getroot()
    failures = {case.get("name"): case.find("failure") for case in root.iter("testcase")}
    page = unescape((folder / "index.html").read_text(encoding="utf-8"))
    return claim, page, {name: mark for name, mark in failures.items() if mark is not None}


def run_command(*arguments):
    """The exit status of ``proofs-check run`` in this process."""
    with pytest.raises(SystemExit) as end:
        command_line.app(["run", *arguments, "--workers", "1"])
    return end.value.code


def test_a_control_that_crashes_shows_its_reason(monkeypatch, tmp_path, capsys):
    def crash(context):
        raise ValueError("no rows <today>")

    claim = weight_bound.CLAIM
    controls = (Control("planted", crash), *claim.controls)
    planted(monkeypatch, dataclasses.replace(claim, controls=controls))
    assert run_command("weight-bound", "--out", str(tmp_path)) == 1
    sentence = f"control 'planted' was not rejected: {REASON}"
    assert sentence in capsys.readouterr().out
    content, page, failures = read(tmp_path)
    assert content["controls"][0] == {"name": "planted", "rejected": False, "detail": REASON}
    assert all(set(control) == {"name", "rejected"} for control in content["controls"][1:])
    assert f"✗ NOT rejected: planted — {REASON}" in page
    assert f"weight-bound: {sentence}" in page
    assert {name: mark.text for name, mark in failures.items()} == {"control: planted": REASON}


@pytest.mark.parametrize("outcome", ["False", 1, None, [False]])
def test_a_control_rejects_only_by_returning_true(monkeypatch, outcome):
    claim = weight_bound.CLAIM
    controls = (Control("planted", lambda context: outcome), *claim.controls)
    planted(monkeypatch, dataclasses.replace(claim, controls=controls))
    report = run(["weight-bound"])
    assert report.claims[0].controls[0] == ("planted", False)
    assert [f"True or False, not {outcome!r}" in failure for failure in report.failures] == [True]


def test_a_check_that_should_decide_and_is_silent_is_a_failure(monkeypatch, tmp_path, capsys):
    claim = weight_bound.CLAIM
    silent = Check(
        "planted", Grade.STATISTICAL, "", lambda context: Finding(Bearing.SILENT, "3 of 5", 5)
    )
    planted(monkeypatch, dataclasses.replace(claim, checks=(*claim.checks, silent)))
    assert run_command("weight-bound", "--out", str(tmp_path)) == 1
    sentence = "check 'planted' did not decide: 3 of 5"
    printed = " ".join(capsys.readouterr().out.split())
    content, page, failures = read(tmp_path)
    assert sentence in printed
    assert content["verdict"] == "holds"
    assert f"weight-bound: {sentence}" in page
    assert "✗ did not decide" in page
    assert {name: mark.text for name, mark in failures.items()} == {"check: planted": "3 of 5"}


def test_an_srht_that_keeps_every_row_makes_a_check_say_the_opposite_and_the_run_fails(monkeypatch):
    monkeypatch.setattr(prop_2, "srht", lambda l, n, rng: srht(n, n, rng=rng))
    report = run(["prop-2"])
    assert report.claims[0].verdict == "refuted"
    assert any("supports" in failure for failure in report.failures)


def test_a_control_that_crashed_shows_its_reason_after_a_resumed_run(monkeypatch, tmp_path):
    claim = weight_bound.CLAIM
    controls = (Control("planted", lambda context: 1 / 0), *claim.controls)
    planted(monkeypatch, dataclasses.replace(claim, controls=controls))
    reports = [run(["weight-bound"], out=tmp_path, resume=resume) for resume in (False, True)]
    assert [report.claims[0].crashes for report in reports] == [
        {"planted": "did not finish: ZeroDivisionError: division by zero"}
    ] * 2


def test_a_number_that_no_check_reported_is_a_failure(monkeypatch, tmp_path, capsys):
    correction = footnote_4.CLAIM.correction + " Of <<the other order:cases>>, <<nobody:l>> fail."
    planted(monkeypatch, dataclasses.replace(footnote_4.CLAIM, correction=correction))
    assert run_command("footnote-4", "--out", str(tmp_path)) == 1
    printed = capsys.readouterr().out
    content, page, failures = read(tmp_path)
    for key in ("the other order:cases", "nobody:l"):
        sentence = f"the correction names the number '{key}', which no check reported"
        assert sentence in printed
        assert sentence in page
        assert f"[no number {key}]" in page
        assert f"[no number {key}]" in content["correction"]
        assert f"correction: {key}" in failures
    assert content["correction"].startswith(run(["footnote-4"]).claims[0].correction[:80])


def test_junit_fails_once_for_each_missing_number(monkeypatch):
    correction = "<<a:b>> and <<c:d>>, <<a:b>>"
    planted(monkeypatch, dataclasses.replace(footnote_4.CLAIM, correction=correction))
    report = run(["footnote-4"])
    root = ElementTree.fromstring(junit(report))
    assert int(root.get("failures")) == len(report.failures) == 2


def test_a_missing_number_is_an_error_unless_something_stands_for_it():
    with pytest.raises(ValueError, match="no check reported the number 'a:b c'"):
        with_numbers("x <<a:b c>>")
    assert with_numbers("x <<a:b c>>, <<d:e>>", missing=str.upper) == "x A:B C, D:E"


def test_missing_numbers_within_formulas_can_be_typeset(monkeypatch):
    planted(monkeypatch, dataclasses.replace(footnote_4.CLAIM, checks=footnote_4.CLAIM.checks[:1]))
    entry = run(["footnote-4"]).claims[0]
    assert len(entry.failures) >= 4
    assert "no number" in as_json(run(["footnote-4"]))["claims"][0]["correction"]
    assert typeset(entry.correction)


def test_show_names_the_numbers_that_a_run_computes(capsys):
    with pytest.raises(SystemExit) as end:
        command_line.app(["show", "replacement-several"])
    assert end.value.code == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert "‹last epoch:2 layers replaced, below›" in shown
    assert "…" not in shown
    assert "proofs-check run replacement-several" in shown
