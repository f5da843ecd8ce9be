"""The summary to paste: its counts against the claims of a run."""

import dataclasses

import pytest

from proofs_check import run
from proofs_check.claim import Claim, Verdict
from proofs_check.engine.verdicts import ClaimReport
from proofs_check.report.summary import summarised


@pytest.fixture(scope="module")
def report():
    return run(["definition-3.1", "weight-bound", "lemma-s2.1", "jl-norm"], seed=3)


def test_counts_settings_and_what_is_refuted(report):
    text = summarised(report)
    assert len(text.splitlines()) <= 10
    assert text.startswith("4 claims on truncated butterfly networks: 3 hold, 1 refuted.\n")
    assert "In the paper (arXiv 2007.08864), 3: 2 hold, 1 refuted. Ours, 1: 1 holds." in text
    proved = sum(entry.words == "holds for all sizes" for entry in report.claims)
    assert f"{proved} are proved for all sizes" in text
    assert "Of those refuted, 0 are so for networks of our own" in text
    assert "Refuted: lemma-s2.1.\n" in text
    assert "Undecided" not in text
    assert "All is as expected." in text
    assert "profile quick, seed 3." in text
    controls = sum(len(entry.controls) for entry in report.claims)
    assert f"{controls} of {controls} false variants rejected" in text


def test_what_went_wrong_is_said(report):
    bad = dataclasses.replace(report.claims[0], controls=(("a variant", False),))
    waiting = ClaimReport(Claim("waiting", "t", "s", "x"), Verdict.UNDECIDED, None, (), ())
    text = summarised(dataclasses.replace(report, claims=(bad, waiting), data="mine.npz"))
    assert "1 holds, 1 not yet checked." in text
    assert "NOT as expected, 1: definition-3.1: control 'a variant' was not rejected." in text
    assert "0 of 1 false variants rejected" in text
    assert "seed 3, data mine.npz." in text
    assert "All is as expected" not in text
