"""JUnit XML and the LaTeX table of a run."""

import dataclasses
import re
from xml.etree import ElementTree

import pytest

from proofs_check import run
from proofs_check.claim import Bearing, Claim, Verdict
from proofs_check.engine.verdicts import ClaimReport
from proofs_check.report.exports import junit, latex

NASTY = 'a <b> & "c" \x07\ud800 ]]> $5 50% #1 a_b {x} ~ ^ \\end'


@pytest.fixture(scope="module")
def report():
    return run(["definition-3.1", "lemma-s2.1"])


def spoilt(report):
    """The report with a failed check, a silent one, a failed check of own data, an accepted control
    and an unexpected verdict."""
    first = report.claims[0]
    failed, silent = (
        dataclasses.replace(
            e, check=NASTY, finding=dataclasses.replace(e.finding, bearing=bearing, detail=NASTY)
        )
        for e, bearing in zip(first.evidence, (Bearing.FAILED, Bearing.SILENT), strict=True)
    )
    bad = ClaimReport(
        first.claim, Verdict.UNDECIDED, None, (failed, silent), ((NASTY, False),), (failed,)
    )
    waiting = ClaimReport(Claim("waiting", "t", NASTY, "s"), Verdict.UNDECIDED, None, (), ())
    return dataclasses.replace(report, claims=(bad, report.claims[1], waiting))


def test_junit_of_a_good_run(report):
    root = ElementTree.fromstring(junit(report))
    assert [suite[-1].find("system-out").text for suite in root] == [
        entry.words for entry in report.claims
    ]
    assert [suite.get("name") for suite in root] == ["definition-3.1", "lemma-s2.1"]
    for suite, entry in zip(root, report.claims, strict=True):
        names = [case.get("name") for case in suite]
        assert names == [
            *(f"check: {e.check}" for e in entry.evidence),
            *(f"control: {name}" for name, _ in entry.controls),
            f"verdict: {entry.claim.expected}",
        ]
        assert float(suite[0].get("time")) >= 0
    assert root.get("failures") == root.get("skipped") == "0"


def test_junit_fails_as_often_as_the_run(report):
    bad = spoilt(report)
    root = ElementTree.fromstring(junit(bad))
    assert int(root.get("failures")) == len(root.findall(".//failure")) == len(bad.failures) == 5
    assert int(root.get("skipped")) == len(root.findall(".//skipped")) == 0
    assert int(root.get("tests")) == len(root.findall(".//testcase"))
    assert root[2].get("tests") == "0"
    shown = NASTY.replace("\x07", "?").replace("\ud800", "?")
    assert root.find(".//failure").text == shown
    assert root[0][0].get("name") == f"check: {shown}"


def test_junit_skips_what_is_silent_of_a_claim_that_is_expected_to_be_undecided(report):
    bad = spoilt(report).claims[0]
    open_claim = dataclasses.replace(bad.claim, expected=Verdict.UNDECIDED)
    entry = dataclasses.replace(bad, claim=open_claim, evidence=bad.evidence[1:], controls=())
    root = ElementTree.fromstring(junit(dataclasses.replace(report, claims=(entry,))))
    assert int(root.get("skipped")) == len(root.findall(".//skipped")) == 1
    assert root[0].find("testcase/failure").get("message") == "failed"  # the reader's own data


def test_latex_table(report):
    table = latex(report)
    special = str.maketrans({"^": r"\textasciicircum{}", "<": r"\textless{}"})
    words = [entry.words.translate(special) for entry in report.claims]
    assert rf"\texttt{{definition-3.1}} & Definition 3.1 & {words[0]} & exact \\" in table
    assert (
        rf"\texttt{{lemma-s2.1}} & Lemma S2.1 & {words[1]} & {report.claims[1].grade} \\" in table
    )
    assert table.count(r"\begin{tabular}") == table.count(r"\end{tabular}") == 1
    assert [table.count(rule) for rule in (r"\toprule", r"\midrule", r"\bottomrule")] == [1, 1, 1]


def test_latex_is_escaped(report):
    row = next(line for line in latex(spoilt(report)).splitlines() if "not yet checked" in line)
    assert (
        r"\$5 50\% \#1 a\_b \{x\} \textasciitilde{} \textasciicircum{} \textbackslash{}end" in row
    )
    assert r"a \textless{}b\textgreater{} \& " in row
    assert len(re.findall(r"(?<!\\)&", row)) == 3
