"""The table of expectations names every check of every claim, and says what the claims say."""

import hashlib
import json
import os

import pytest
from numpy.random import SeedSequence

from proofs_check import claims
from proofs_check.checker import EXPECTED, KINDS
from proofs_check.checker.certificates import judged
from proofs_check.checker.expectation import (
    DEFINITION,
    EARLIER_STEP,
    HYPOTHESIS,
    WITNESS,
    Certificate,
    Each,
    disagreement,
)
from proofs_check.checker.expected import derivations
from proofs_check.claim import Context
from proofs_check.identities import proofs
from proofs_check.statements.fixed_encoder import morse_index
from proofs_check.statements.printed_proof import (
    encoder_form,
    theorem_1_gap,
    theorem_1_hypotheses,
)
from proofs_check.statements.trained_encoder import (
    joint_benign,
    joint_minima,
    joint_submersion,
    whitened,
)

MODULES = (
    proofs,
    joint_benign,
    joint_submersion,
    whitened,
    theorem_1_gap,
    encoder_form,
    theorem_1_hypotheses,
    joint_minima,
    morse_index,
)
DERIVED = {
    name: next(getattr(module, name) for module in MODULES if hasattr(module, name))
    for name in derivations.__all__
}


def test_the_table_has_all_claims():
    known = {claim.id for claim in claims()}
    assert known - EXPECTED.keys() == set(), "add them to proofs_check/checker/expected"
    assert EXPECTED.keys() - known == set(), "remove them from proofs_check/checker/expected"


@pytest.mark.parametrize("claim", claims(), ids=lambda claim: claim.id)
def test_the_table_has_the_statement_in_force(claim):
    digest = hashlib.sha256(claim.statement.encode()).hexdigest()
    assert EXPECTED[claim.id].statement == digest, (
        f"the statement of {claim.id} has changed: read its certificates again, and if they still "
        f"show it, put {digest!r} into proofs_check/checker/expected"
    )


@pytest.mark.parametrize("claim", claims(), ids=lambda claim: claim.id)
def test_the_table_has_every_check(claim):
    checks = {check.name: check for check in claim.checks}
    expected = EXPECTED[claim.id].checks
    missing = dict.fromkeys(checks.keys() - expected.keys(), "why it has no certificate")
    assert missing == {}, f"add these checks of {claim.id} to proofs_check/checker/expected"
    assert expected.keys() - checks.keys() == set()
    assert set(EXPECTED[claim.id].parts) == {c.name for c in claim.checks if c.partial}
    for name, what in expected.items():
        if isinstance(what, Certificate):
            assert what.kind in KINDS
            assert what.grade == checks[name].grade
            assert what.bearing in ("supports", "refutes", "silent")
            assert what.bearing == claim.expected.borne_out_by
        else:
            assert what
            assert len(what) < 150


CERTIFIED = {
    f"{claim.id}: {check.name}": (check, EXPECTED[claim.id].checks[check.name])
    for claim in claims()
    for check in claim.checks
    if isinstance(EXPECTED[claim.id].checks.get(check.name), Certificate)
}


@pytest.mark.parametrize("name", CERTIFIED)
def test_the_check_delivers_the_certificate_that_is_expected(name, computed):
    """In the run that the variable REPORT names, or in one of the check."""
    check, expected = CERTIFIED[name]
    if "REPORT" in os.environ:
        (claim,) = computed([name.split(": ")[0]]).claims
        finding = next(one.finding for one in claim.evidence if one.check == check.name)
    else:
        finding = check.run(Context("quick", SeedSequence(1)))
    assert finding.certificate is not None
    certificate = json.loads(json.dumps(finding.certificate, allow_nan=False))
    good, sentence = judged(certificate, expected)
    assert good, sentence
    assert finding.bearing == expected.bearing
    for other in poisoned(certificate):
        good, sentence = judged(other, expected)
        assert not good
        assert sentence.startswith("refused: ")


def poisoned(value):
    """Copies of a JSON object in which one entry, or the first in it, is nothing that fits."""
    for key, part in value.items():
        if not isinstance(part, bool):
            yield value | {key: None}
            if isinstance(part, list) and part:
                yield value | {key: [{"": 1.5}, *part[1:]]}


def test_every_mark_is_one_of_three():
    for name in derivations.__all__:
        for assumption in getattr(derivations, name).assumptions.values():
            assert assumption.mark in (DEFINITION, HYPOTHESIS, EARLIER_STEP)


@pytest.mark.parametrize("name", derivations.__all__)
def test_the_derivations_are_those_of_the_claims(name):
    expected, derived = getattr(derivations, name), DERIVED[name]
    assert dict(expected.symbols) == dict(derived.symbols)
    assert list(expected.symmetric) == sorted(derived.symmetric)
    assert list(expected.scalars) == sorted(derived.scalars)
    assert dict(expected.definitions) == dict(derived.definitions)
    assert {n: a.text for n, a in expected.assumptions.items()} == dict(derived.assumptions)
    steps = {(step.name, step.goal, step.rule) for step in derived.steps}
    assert expected.goals
    assert {(goal.name, goal.text, goal.rule) for goal in expected.goals} <= steps


@pytest.mark.parametrize(
    ("pattern", "given", "departure"),
    [
        ({"n": 1}, {"n": True}, "is True"),
        ({"n": 1}, {"n": 1.0}, "is 1.0"),
        ({"n": 1}, {"n": 1, "m": 2}, "unknown entry 'm'"),
        ({"n": 1, "m": 2}, {"n": 1}, "no entry 'm'"),
        ({"x": [1, 2]}, {"x": [1, 2, 3]}, "has 3 entries"),
        ({"x": [1, 2]}, {"x": {"0": 1}}, "is no list"),
        ({"x": [{"y": 1}]}, {"x": [{"y": 2}]}, "'x[0].y' is 2"),
        ({"x": Each(WITNESS, 2)}, {"x": [1]}, "1 different entries"),
        ({"x": Each(WITNESS, 2)}, {"x": [1, 1]}, "1 different entries of 2"),
        ({"x": Each({"y": 1})}, {"x": [{"y": 1}, {"y": 2}]}, "'x[1].y' is 2"),
        ({"x": {}}, {"x": []}, "is no object"),
    ],
)
def test_every_departure_from_a_pattern_is_named(pattern, given, departure):
    assert departure in disagreement(pattern, given)
