"""Every claim reaches the expected verdict, by checks that bear it out and controls that are
rejected."""

import csv
import dataclasses
import json
import os
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import pytest

from proofs_check import claims, run
from proofs_check.claim import Claim, Grade
from proofs_check.engine import catalogue
from proofs_check.engine.catalogue import Line
from proofs_check.report.document import as_json
from proofs_check.report.formulas import typeset

EMPIRICAL = (
    "trained-loss",
    "trained-loss-reachable",
    "trained-loss-adam",
    "printed-scaling",
    "printed-noise",
    "trained-loss-small-large-k",
    "learned-sketch",
    "learned-sketch-corrected",
    "training-time",
    "prediction-time",
    "replacement-speed",
    "replacement-accuracy",
    "replacement-early",
    "replacement-low-rank",
    "replacement-several",
    "replacement-rectified",
    "replacement-few-data",
    "replacement-start",
)
VERDICTS = Path(__file__).with_name("verdicts.csv")
with VERDICTS.open(encoding="utf-8") as lines:
    WORDS = {row["claim"]: (row["verdict"], row["grade"]) for row in csv.DictReader(lines)}
CHECKED = [claim.id for claim in claims() if claim.checks]


@cache
def stored_report(folder):
    return json.loads((Path(folder) / "report.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("claim_id", CHECKED)
def test_verdict(claim_id):
    """In the report in the folder that the variable REPORT names, or in a run of the claim."""
    folder = os.environ.get("REPORT")
    report = stored_report(folder) if folder else as_json(run([claim_id]))
    assert report["failures"] == []
    (entry,) = (entry for entry in report["claims"] if entry["id"] == claim_id)
    assert all(one["passed"] and one["cases"] > 0 for one in entry["evidence"])
    assert entry["controls"]
    assert all(control["rejected"] for control in entry["controls"])
    words = (entry["words"], entry["grade"] or "–")
    assert WORDS[claim_id] == words, f"write {VERDICTS} anew"
    # all numbers of the correction come from the run
    assert "…" not in entry["correction"]
    assert "<<" not in entry["correction"]


def test_first_claims_are_checked():
    first = {"definition-3.1", "weight-bound", "lemma-s2.1", "jl-norm", "prop-1", "moments"}
    assert first | {"theorem-1", "theorem-1-star", "fixed-b"} <= set(CHECKED)


def test_ids_are_unique_and_dependencies_known():
    ids = [claim.id for claim in claims()]
    assert len(set(ids)) == len(ids) == len(catalogue.lines())
    for claim in claims():
        assert {*claim.depends_on, *claim.follows_up} <= set(ids) - {claim.id}


def hangs_from_a_false_one(known):
    """Pairs (claim that holds, refuted claim that it rests on)."""
    expected = {claim.id: claim.expected for claim in known}
    return [
        (claim.id, below)
        for claim in known
        for below in claim.depends_on
        if (claim.expected, expected[below]) == ("holds", "refuted")
    ]


def test_no_true_claim_rests_on_a_false_one():
    assert hangs_from_a_false_one(claims()) == []
    planted = [dataclasses.replace(c, depends_on=c.follows_up) for c in claims()]
    assert ("prop-1-corrected", "prop-1") in hangs_from_a_false_one(planted)


def test_only_refuted_claims_are_followed_up():
    expected = {claim.id: claim.expected for claim in claims()}
    followed = {below for claim in claims() for below in claim.follows_up}
    assert {expected[below] for below in followed} == {"refuted"}
    assert {"lemma-s2.1", "prop-1", "prop-2", "two-phase"} <= followed


def test_the_table_is_that_of_the_claims():
    written = catalogue.TABLE.read_text(encoding="utf-8")
    assert written == catalogue.as_table(), "run python -m proofs_check.engine.catalogue"


def test_claims_by_id_are_those_of_all():
    known = {claim.id: claim for claim in claims()}
    ids = ["training-time", "prop-1", "prediction-time"]
    assert [claim.id for claim in claims([*ids, "prop-1"])] == ids
    assert all(claims([id]) == (claim,) for id, claim in known.items())
    assert claims(["lemma-b1"]) == (known["lemma-s2.1"],)
    with pytest.raises(ValueError, match="did you mean 'prop-1'"):
        claims(["prop1"])


def test_dependencies_have_no_cycle():
    depends = {claim.id: {*claim.depends_on, *claim.follows_up} for claim in claims()}
    while depends:
        free = [claim_id for claim_id, needs in depends.items() if not needs]
        assert free
        depends = {c: needs - set(free) for c, needs in depends.items() if c not in free}


@pytest.mark.parametrize("claim", claims(), ids=lambda claim: claim.id)
def test_claims_are_complete(claim):
    assert typeset(claim.statement)
    assert typeset(claim.correction) or not claim.correction
    assert claim.title
    assert claim.source
    names = [item.name for item in (*claim.checks, *claim.controls)]
    assert len(set(names)) == len(names)
    if claim.checks:
        assert claim.expected
        assert len(claim.controls) >= 2
        strong = (Grade.STATISTICAL,) if claim.id in EMPIRICAL else (Grade.EXACT, Grade.INTERVAL)
        assert any(check.grade in strong for check in claim.checks)
        assert claim.expected != "undecided"
    if claim.expected == "refuted":
        assert claim.correction


def test_the_budget_of_false_alarms():
    assert sum(check.alpha for claim in claims() for check in claim.checks) <= 1e-6
    assert all(
        (check.alpha > 0) == (check.grade is Grade.STATISTICAL)
        for c in claims()
        for check in c.checks
    )


@pytest.mark.parametrize("claim_id", ["jl-norm", "fixed-b", "theorem-1-star", "lemma-s2.1"])
def test_verdict_in_the_full_profile(claim_id):
    assert run([claim_id], profile="full").failures == []


def test_modules_may_define_several_claims(monkeypatch):
    modules = {
        "a": SimpleNamespace(CLAIMS=(Claim("two", "", "", ""), Claim("three", "", "", ""))),
        "b": SimpleNamespace(CLAIM=Claim("one", "", "", "")),
    }
    root = "proofs_check.statements."
    monkeypatch.setattr(
        catalogue,
        "walk_packages",
        lambda *_: [SimpleNamespace(name=root + name) for name in modules],
    )
    monkeypatch.setattr(catalogue, "import_module", lambda name: modules[name.removeprefix(root)])
    table = {id: Line(id, module) for id, module in (("one", "b"), ("two", "a"), ("three", "a"))}
    monkeypatch.setattr(catalogue, "lines", lambda: table)
    found = catalogue._found.__wrapped__
    assert list(found()) == ["one", "two", "three"]
    assert [claim.id for claim in claims(["three", "one"])] == ["three", "one"]
    table["one"] = Line("one", "a")
    with pytest.raises(ValueError, match=r"do not define \['one'\]"):
        claims(["one"])
    modules["c"] = SimpleNamespace(CLAIM=Claim("two", "", "", ""))
    with pytest.raises(ValueError, match="'two' a second time"):
        found()
    del modules["c"], modules["b"]
    with pytest.raises(ValueError, match=r"not both: \['one'\]"):
        found()
