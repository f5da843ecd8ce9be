"""How a verdict follows from evidence."""

import itertools

import pytest

from proofs_check.claim import Bearing, Evidence, Finding, Grade, Verdict, judge


def evidence(bearing, grade=Grade.EXACT):
    return Evidence("check", "method", grade, Finding(bearing, "detail", 1), 0.0, (0,), 0.0)


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
