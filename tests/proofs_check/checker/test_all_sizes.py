"""Proofs in parts: second moments and inequalities are accepted if true, refused if altered."""

import copy
import dataclasses
import json
import re

import pytest
from numpy.random import SeedSequence, default_rng

from proofs_check import claims
from proofs_check.checker.certificates import judged, valid
from proofs_check.checker.expected import EXPECTED, all_sizes
from proofs_check.checker.kinds.embeddings import second_moments
from proofs_check.claim import Context
from proofs_check.identities import second_moments as moments
from proofs_check.identities.inequalities import Polynomials, PolynomialStep

PROOFS = {
    f"{claim.id}: {check.name}": (check, EXPECTED[claim.id].checks[check.name])
    for claim in claims()
    for check in claim.checks
    if getattr(EXPECTED[claim.id].checks[check.name], "kind", "") == "parts"
}


@pytest.fixture(scope="module")
def certificates():
    made = {}
    for name, (check, _) in PROOFS.items():
        certificate = check.run(Context("quick", SeedSequence(2))).certificate
        made[name] = json.loads(json.dumps(certificate))
    return made


NUMBER = re.compile(r"-?\d+(/\d+)?|\(-?\d+\) / \d+")
"""A rational number, as certificates write it; in cofactors with parentheses."""


def numbers(value, path=()):
    """Paths of all texts of a certificate that are rational numbers and not 0."""
    if isinstance(value, dict):
        for key, entry in value.items():
            yield from numbers(entry, (*path, key))
    elif isinstance(value, list):
        for i, entry in enumerate(value):
            yield from numbers(entry, (*path, i))
    elif isinstance(value, str) and NUMBER.fullmatch(value) and value != "0":
        yield path


def changed(certificate, path, text):
    altered = copy.deepcopy(certificate)
    place = altered
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = text
    return altered


@pytest.mark.parametrize("name", PROOFS)
def test_every_altered_number_is_refused(name, certificates):
    certificate, expected = certificates[name], PROOFS[name][1]
    assert judged(certificate, expected)[0]
    places = list(numbers(certificate))
    assert places
    for path in places:
        assert not judged(changed(certificate, path, "17/23"), expected)[0], path


@pytest.mark.parametrize("name", PROOFS)
def test_a_missing_part_is_refused(name, certificates):
    for i in range(len(certificates[name]["parts"])):
        altered = copy.deepcopy(certificates[name])
        del altered["parts"][i]
        assert not judged(altered, PROOFS[name][1])[0]


def test_an_empty_proof_shows_nothing():
    assert not valid({"kind": "parts", "parts": []})[0]
    assert not valid({"kind": "second-moments", "ensemble": "srht", "consequences": []})[0]
    assert not valid({"kind": "logarithm-inequalities", "inequalities": []})[0]


@pytest.mark.parametrize("ensemble", ["srht", "gaussian"])
@pytest.mark.parametrize(
    "consequence", ["FORM", "LENGTH", "ONE_SIDE", "SECOND", "SQUARE", "BILINEAR"]
)
def test_the_other_fourth_moment_is_refused(ensemble, consequence):
    stated = moments.SecondMoments(ensemble, (getattr(moments, consequence),))
    assert stated.holds(default_rng(0))
    certificate = stated.certificate()
    assert valid(certificate)[0]
    other = "gaussian" if ensemble == "srht" else "srht"
    assert not valid(certificate | {"ensemble": other})[0]


def test_a_fault_in_the_second_moments_is_seen(monkeypatch):
    assert moments.moments_agree("srht")[1]
    assert not moments.moments_agree("srht", fourth=3)[1]
    assert not moments.moments_agree("gaussian", fourth=1)[1]
    monkeypatch.setattr(moments, "variance_factor", lambda ensemble, n, k: moments.Fraction(1, k))
    assert not moments.moments_agree("srht")[1]


def test_the_checker_knows_two_fourth_moments(monkeypatch):
    monkeypatch.setattr(second_moments, "FOURTH", {"srht": 2, "gaussian": 3})
    length = moments.SecondMoments("srht", (moments.LENGTH,)).certificate()
    assert not valid(length)[0]


def logarithm(**change):
    inequality = {
        "name": "ln(1 + x) <= x",
        "logarithms": [["-1", ["1", "1"]]],
        "numerator": ["0", "1"],
        "denominator": ["1"],
        "slope above": [["1", 1, 0]],
        "slope below": [["1", 0, 0], ["1", 1, 0]],
    }
    return {"kind": "logarithm-inequalities", "inequalities": [inequality | change]}


@pytest.mark.parametrize(
    "change",
    [
        {
            "logarithms": [["1", ["1", "1"]]],
            "numerator": ["0", "-1"],
            "slope above": [["-1", 1, 0]],
        },
        {"numerator": ["1", "1"]},
        {"numerator": ["0", "1/2"]},
        {"slope below": [["0", 0, 0]]},
        {"slope below": [["1", 0, 0]]},
        {"logarithms": [["-1", ["2", "1"]]]},
        {"logarithms": [["-1", ["1", "-2"]]]},
        {"denominator": ["1", "-2"]},
        {"denominator": ["0", "1"]},
        # F = -1: it has slope 0, and is no quotient at 0
        {
            "logarithms": [],
            "numerator": ["0", "-1"],
            "denominator": ["0", "1"],
            "slope above": [["0", 0, 0]],
        },
    ],
)
def test_false_inequalities_of_logarithms(change):
    assert valid(logarithm())[0]
    assert not valid(logarithm(**change))[0]


def polynomial(**change):
    step = {"name": "b >= 0", "goal": "b", "products": [["1", ["a"]], ["1", ["b - a"]]]}
    step |= {"multiples": []} | change
    return {
        "kind": "polynomial-inequalities",
        "numbers": ["a", "b"],
        "nonnegative": {"a": "a", "b - a": "b - a"},
        "zero": {},
        "steps": [step],
    }


@pytest.mark.parametrize(
    "change",
    [
        {"goal": "-b"},
        {"goal": "b - 1"},
        {"goal": "a - b", "products": [["-1", ["b - a"]]]},
        {"products": []},
        {"products": [["1", ["a"]]]},
    ],
)
def test_false_inequalities_of_polynomials(change):
    assert valid(polynomial())[0]
    assert not valid(polynomial(**change))[0]


def test_a_goal_is_no_assumption_of_its_own_step():
    with pytest.raises(KeyError):
        valid(polynomial(products=[["1", ["b >= 0"]]]))


def test_assumptions_that_fail_at_the_model():
    assert valid(polynomial(), model={"a": "1", "b": "2"})[0]
    assert not valid(polynomial(), model={"a": "2", "b": "1"})[0]


def test_the_claims_reject_a_negative_coefficient():
    step = PolynomialStep("b <= a", "a - b", products=(("-1", ("b - a",)),))
    false = Polynomials(("a", "b"), {"b - a": "b - a"}, (step,))
    assert not false.holds(default_rng(0))


def test_a_derivation_without_a_model_is_refused(certificates):
    name = "rank-barrier: all sizes"
    expected = PROOFS[name][1]
    (given,) = expected.given["given"]
    for model in ({}, given["expected"].model | {"lam": 4}):
        other = dataclasses.replace(given["expected"], model=model)
        changed = dataclasses.replace(expected, given={"given": [{"expected": other}]})
        assert not judged(certificates[name], changed)[0]


def test_every_model_of_the_table_is_used():
    assert set(all_sizes.MODELS) <= set(all_sizes.__all__)
