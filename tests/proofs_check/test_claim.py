"""How a verdict follows from evidence."""

import itertools
import re
from functools import partial
from pathlib import Path

import pytest
from numpy.random import SeedSequence, default_rng

import proofs_check
from proofs_check.claim import (
    Bearing,
    Claim,
    Context,
    Evidence,
    Finding,
    Grade,
    Verdict,
    judge,
)
from proofs_check.engine.verdicts import ClaimReport
from proofs_check.statements.butterflies import footnote_5


def evidence(bearing, grade=Grade.EXACT, partial=False, scope=""):
    finding = Finding(bearing, "detail", 1, scope=scope)
    return Evidence("check", "method", grade, finding, 0.0, (0,), 0.0, partial)


def words(*found):
    claim = Claim("id", "title", "source", "statement", checks=(None,))
    return ClaimReport(claim, *judge(found), found, ()).words


def test_a_rigorous_witness_refutes_whatever_else_is_found():
    found = [
        evidence(Bearing.SUPPORTS),
        evidence(Bearing.FAILED),
        evidence(Bearing.REFUTES, Grade.INTERVAL),
    ]
    assert judge(found) == (Verdict.REFUTED, Grade.INTERVAL)


def test_floating_point_cannot_refute_but_withholds_the_verdict():
    assert judge([evidence(Bearing.REFUTES, Grade.NUMERICAL)]) == (Verdict.UNDECIDED, None)
    found = [evidence(Bearing.SUPPORTS), evidence(Bearing.REFUTES, Grade.NUMERICAL)]
    assert judge(found) == (Verdict.UNDECIDED, None)


def test_support_holds_at_its_strongest_grade():
    found = [evidence(Bearing.SUPPORTS, Grade.NUMERICAL), evidence(Bearing.SUPPORTS, Grade.EXACT)]
    assert judge(found) == (Verdict.HOLDS, Grade.EXACT)


def test_parts_alone_hold_at_the_grade_of_the_weakest():
    parts = [
        evidence(Bearing.SUPPORTS, grade, partial=True)
        for grade in (Grade.PROOF, Grade.NUMERICAL, Grade.EXACT)
    ]
    assert judge(parts) == (Verdict.HOLDS, Grade.NUMERICAL)
    assert judge([*parts, evidence(Bearing.SUPPORTS)]) == (Verdict.HOLDS, Grade.EXACT)


def test_a_part_lends_its_grade_to_no_refutation_of_the_whole():
    part = evidence(Bearing.REFUTES, Grade.FORMAL, partial=True, scope="a step")
    whole = evidence(Bearing.REFUTES, scope="n = 2")
    assert judge([part, whole]) == (Verdict.REFUTED, Grade.EXACT)
    assert words(part, whole) == "refuted for n = 2"
    # a part that is false refutes the whole, at the grade of the weakest part
    other = evidence(Bearing.REFUTES, partial=True, scope="another step")
    assert judge([part, other]) == (Verdict.REFUTED, Grade.EXACT)
    assert words(part, other) == "refuted for a step; another step"
    # floating point refutes neither the whole nor a part
    drawn = evidence(Bearing.REFUTES, Grade.NUMERICAL, scope="n = 64")
    assert judge([part, drawn]) == (Verdict.REFUTED, Grade.FORMAL)
    assert words(part, drawn) == "refuted for a step"


def test_words_claim_no_more_than_the_deciding_checks_examined():
    whole = evidence(Bearing.SUPPORTS, scope="n <= 8")
    step = evidence(Bearing.SUPPORTS, Grade.PROOF, partial=True, scope="every n")
    weak = evidence(Bearing.SUPPORTS, Grade.NUMERICAL, scope="n <= 64")
    assert words(whole, step, weak) == "holds for n <= 8"
    assert words(step, weak) == "holds for n <= 64"
    assert words(step) == "holds for every n"  # the part, and never "for all sizes"
    assert words(whole, evidence(Bearing.SUPPORTS, Grade.PROOF)) == "holds for all sizes"
    witness = evidence(Bearing.REFUTES, scope="n = 2")
    assert words(whole, witness, evidence(Bearing.SUPPORTS, Grade.PROOF)) == "refuted for n = 2"
    assert words(evidence(Bearing.SILENT, scope="n = 2")) == "undecided"


def test_a_verdict_without_a_scope_fails_unless_it_is_proved():
    def failures(expected, *found):
        claim = Claim("id", "t", "s", "s", expected, checks=(None,))
        return ClaimReport(claim, *judge(found), found, ()).failures

    bare = evidence(Bearing.SUPPORTS)
    assert failures(Verdict.HOLDS, bare) == ["it is said to be 'holds', and no check says for what"]
    assert failures(Verdict.HOLDS, bare, evidence(Bearing.SUPPORTS, Grade.PROOF)) == []
    assert failures(Verdict.HOLDS, evidence(Bearing.SUPPORTS, scope="n = 2")) == []
    assert len(failures(Verdict.REFUTED, evidence(Bearing.REFUTES))) == 1


@pytest.mark.parametrize("bearing", [Bearing.SILENT, Bearing.FAILED])
def test_nothing_but_silence_or_failure_is_undecided(bearing):
    assert judge([evidence(bearing)]) == (Verdict.UNDECIDED, None)
    assert judge([]) == (Verdict.UNDECIDED, None)


def test_a_failed_check_withholds_holds():
    assert judge([evidence(Bearing.SUPPORTS), evidence(Bearing.FAILED)])[0] is Verdict.UNDECIDED


def test_the_verdict_does_not_depend_on_the_order_of_evidence():
    found = [evidence(b, g) for b in Bearing for g in (Grade.EXACT, Grade.NUMERICAL)][:5]
    assert len({judge(order) for order in itertools.permutations(found)}) == 1


def test_a_finding_from_no_case_is_a_failure():
    assert Finding.of(True, Bearing.SUPPORTS, "vacuous", 0).bearing is Bearing.FAILED
    assert Finding.of(False, Bearing.SUPPORTS, "wrong", 3).bearing is Bearing.FAILED
    assert Finding.of(True, Bearing.REFUTES, "good", 3).bearing is Bearing.REFUTES


def test_the_random_numbers_of_a_check_go_on():
    context, again = (Context("quick", SeedSequence(3)) for _ in range(2))
    drawn = [context.rng.random() for _ in range(3)]
    assert len(set(drawn)) == 3
    assert drawn == [again.rng.random() for _ in range(3)]
    assert context.integers.random() != context.integers.random()


def rows_drawn(monkeypatch, context):
    """The sets of kept outputs of the butterflies that a check of footnote-5 draws."""
    seen = []

    def record(weights, rows):
        seen.append(tuple(rows))
        return original(weights, rows)

    original = footnote_5.TruncatedButterfly
    monkeypatch.setattr(footnote_5, "TruncatedButterfly", record)
    footnote_5._butterflies(context)
    return seen


def test_every_sample_has_outputs_of_its_own(monkeypatch):
    assert len(set(rows_drawn(monkeypatch, Context("quick", SeedSequence(0))))) > 40


def test_a_generator_that_starts_anew_is_noticed(monkeypatch):
    monkeypatch.setattr(Context, "rng", property(lambda self: default_rng(self.seed)))
    assert len(set(rows_drawn(monkeypatch, Context("quick", SeedSequence(0))))) == 1


SEEDED_TWICE = partial(re.findall, r"context\.seed\b(?!\.spawn\()[^\n]*")
"""Uses of the seed of a check that are not children of their own, so that draws repeat."""


def test_the_seed_of_a_check_is_only_split():
    folder = Path(proofs_check.__file__).parent
    sources = [
        path for room in ("statements", "experiments") for path in (folder / room).rglob("*.py")
    ]
    assert len(sources) > 30
    assert {path.name: found for path in sources if (found := SEEDED_TWICE(path.read_text()))} == {}
    assert SEEDED_TWICE("B = srht(3, 4, rng=context.seed)\nfor s in context.seed.spawn(2):") == [
        "context.seed)"
    ]
