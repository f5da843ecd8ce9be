"""A claim loses the grade "formal", loudly, when sources, statements or definitions change."""

import copy
import shutil
from dataclasses import replace

import pytest
from numpy.random import SeedSequence

from proofs_check import claims
from proofs_check.checker.certificates import judged
from proofs_check.checker.expected import EXPECTED
from proofs_check.claim import Bearing, Context, Evidence, Grade, Verdict, judge
from proofs_check.engine.verdicts import ClaimReport
from proofs_check.formal import evidence, record
from proofs_check.formal.evidence import RECORDED, formalised
from proofs_check.formal.record import faults, stored
from proofs_check.formal.rocq import theorems_in
from proofs_check.formal.sources import THEORIES, definitions_in, listed, stripped

NAME = "local_min_global"
FORMAL = {
    claim.id: check for claim in claims() for check in claim.checks if check.grade is Grade.FORMAL
}
CONTEXT = Context("quick", SeedSequence(0))


@pytest.fixture
def theories(tmp_path):
    """A copy of the sources."""
    folder = tmp_path / "theories"
    shutil.copytree(THEORIES, folder, ignore=shutil.ignore_patterns("*.vo*", "*.glob", ".*"))
    return folder


def changed(path, value):
    """The record with another value at a place."""
    forged = copy.deepcopy(stored())
    entry = forged
    for key in path[:-1]:
        entry = entry[key]
    entry[path[-1]] = value
    return forged


def test_the_record_is_that_of_the_sources():
    assert faults(stored()["theorems"]) == []
    assert list(stored()["theorems"]) == sorted(theorems_in())
    assert stored()["coqchk"] is True


def test_statements_rest_on_the_short_file_alone():
    """But for theorems that the tests of the definitions need."""
    defined = {name for source, name in definitions_in() if source == "Definitions.v"}
    named = {name for claim in claims() for name in theorems_of(claim)}
    for name in named:
        assert set(stored()["theorems"][name]["definitions"]) <= defined, name


def theorems_of(claim):
    return [
        name
        for check in claim.checks
        if check.grade is Grade.FORMAL
        for name in check.run(CONTEXT).numbers["theorems"]
    ]


def test_every_theorem_that_a_claim_names_has_a_false_neighbour():
    named = {name for claim in claims() for name in theorems_of(claim)}
    assert {n for n in named if f"not_{n}" not in stored()["theorems"]} == {"signal_invertible"}


def test_no_notation_hides_a_definition():
    """What Rocq prints names the definitions, and so does the record."""
    for name in listed():
        code = stripped((THEORIES / name).read_text(encoding="utf-8"))
        for line in code.splitlines():
            if line.startswith("Notation"):
                assert line.endswith("(only parsing)."), f"{name}: {line}"
    assert "ip" in stored()["theorems"][NAME]["definitions"]


@pytest.mark.parametrize("claim_id", FORMAL)
def test_the_claims_have_their_theorems(claim_id):
    finding = FORMAL[claim_id].run(CONTEXT)
    claim = next(claim for claim in claims() if claim.id == claim_id)
    assert finding.bearing is claim.expected.borne_out_by
    assert RECORDED in finding.detail
    good, sentence = judged(dict(finding.certificate), EXPECTED[claim_id].checks["kernel"])
    assert good, sentence
    assert "were not run again" in sentence


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("Theorem local_min_global", "Axiom cheat : False.\nTheorem local_min_global", "Axiom"),
        ("  local_min B X Y D E ->", "  False ->", "LocalMinima.v is not the source"),
    ],
)
def test_a_changed_source_counts_for_nothing(theories, old, new, fault):
    source = theories / "LocalMinima.v"
    text = source.read_text(encoding="utf-8")
    assert old in text
    source.write_text(text.replace(old, new), encoding="utf-8")
    assert any(fault in sentence for sentence in faults([NAME], folder=theories))


def test_a_missing_source_counts_for_nothing(theories):
    (theories / "Descent.v").unlink()
    assert "cannot be read" in faults([NAME], folder=theories)[0]


@pytest.mark.parametrize(
    ("path", "value", "fault"),
    [
        (("theorems", NAME, "statement"), "True", "the digest of its statement differs"),
        (("theorems", NAME, "sha256"), "0" * 64, "the digest of its statement differs"),
        (("theorems", NAME, "definitions"), ["loss"], "other definitions than the record says"),
        (("theorems", NAME, "assumptions"), "Axioms: cheat", "it rests on Axioms: cheat"),
        (("definitions", "loss", "text"), "loss = fun _ => 0", "digest of the definition 'loss'"),
        (("definitions", "loss", "sha256"), "0" * 64, "digest of the definition 'loss'"),
        (("sources", "Definitions.v"), "0" * 64, "Definitions.v is not the source"),
        (("coqchk",), False, "without coqchk"),
    ],
)
def test_a_forged_record_counts_for_nothing(path, value, fault):
    assert any(fault in sentence for sentence in faults([NAME], changed(path, value)))


def test_a_theorem_that_is_not_there_counts_for_nothing():
    assert faults(["no_such_theorem"]) == ["there is no theorem 'no_such_theorem' in the record"]
    check = formalised("kernel", {"no_such_theorem": "all is well"}, Bearing.SUPPORTS, "all sizes")
    assert check.run(CONTEXT).bearing is Bearing.SILENT


def test_what_rocq_prints_anew_must_be_what_it_printed():
    assert faults([NAME], anew=stored()) == []
    other = changed(("theorems", NAME, "statement"), "True")
    assert (
        faults([NAME], anew=other)
        == [
            f"{NAME}: Rocq prints another statement",
            f"{NAME}: Rocq prints another definitions",
        ][:1]
    )
    other = changed(("definitions", "loss", "text"), "loss = fun _ => 0")
    assert faults([NAME], anew=other) == [f"{NAME}: Rocq prints another definitions"]
    finding = FORMAL["fixed-b"].run(replace(CONTEXT, formal=other))
    assert finding.bearing is Bearing.SILENT
    assert "checked anew" in FORMAL["fixed-b"].run(replace(CONTEXT, formal=stored())).detail


def test_a_claim_drops_to_its_next_grade_and_the_run_fails(monkeypatch):
    claim = next(claim for claim in claims() if claim.id == "fixed-b")

    def reported():
        findings = [
            check.run(CONTEXT)
            if check.grade is Grade.FORMAL
            else replace(FORMAL["fixed-b"].run(CONTEXT), bearing=Bearing.SUPPORTS, scope="m <= 4")
            for check in claim.checks
        ]
        found = [
            Evidence(check.name, check.method, check.grade, finding, 0.0, (0,), 0.0, check.partial)
            for check, finding in zip(claim.checks, findings, strict=True)
        ]
        return ClaimReport(claim, *judge(found), tuple(found), ())

    before = reported()
    assert (before.verdict, before.grade, before.words) == (
        Verdict.HOLDS,
        Grade.FORMAL,
        "holds for all sizes",
    )
    assert before.failures == []
    forged = changed(("definitions", "loss", "text"), "loss = fun _ => 0")
    monkeypatch.setattr(record, "stored", lambda: forged)
    after = reported()
    assert (after.verdict, after.grade, after.words) == (
        Verdict.HOLDS,
        Grade.EXACT,
        "holds for m <= 4",
    )
    assert "check 'kernel' did not decide: The proofs count for nothing" in after.failures[0]
    monkeypatch.undo()
    assert evidence.stored() == stored()


def test_the_checker_knows_statements_and_definitions_itself():
    certificate = dict(FORMAL["fixed-b"].run(CONTEXT).certificate)
    expected = EXPECTED["fixed-b"].checks["kernel"]
    (theorem,) = certificate["theorems"]
    for forged in (
        theorem | {"statement": "True"},
        theorem | {"definitions": theorem["definitions"] | {"loss": "loss = fun _ => 0"}},
        theorem | {"name": "descent_identity"},
        theorem | {"assumptions": "Axioms: cheat : False"},
    ):
        good, sentence = judged(certificate | {"theorems": [forged]}, expected)
        assert not good, sentence
    idle = theorem | {"definitions": theorem["definitions"] | {"idle": "idle = 0"}}
    good, sentence = judged(certificate | {"theorems": [idle]})
    assert not good
    assert "does not rest on the definition of 'idle'" in sentence
