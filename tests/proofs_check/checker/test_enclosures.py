"""Stored inequalities between real numbers hold at another precision; false ones are rejected."""

import copy

import pytest
from flint import ctx
from numpy.random import SeedSequence

from proofs_check import claims
from proofs_check.checker import valid
from proofs_check.claim import Context

CHECKS = {
    ("lemma-s2.1", "Beta barrier"),
    ("fjlt-tail", "rate"),
    ("fjlt-tail", "corrected bound"),
    ("jl-norm", "Gaussian tail"),
}


@pytest.fixture(scope="module")
def certificates():
    found = [
        check.run(Context("quick", SeedSequence(0)))
        for c in claims()
        for check in c.checks
        if (c.id, check.name) in CHECKS
    ]
    assert len(found) == len(CHECKS)
    return [finding.certificate for finding in found]


def altered(certificate, change):
    for i in range(len(certificate["less"])):
        other = copy.deepcopy(certificate)
        change(other["less"][i])
        yield other


def test_stored_inequalities_hold_at_another_precision(certificates):
    precision = ctx.prec
    assert all(valid(c)[0] for c in certificates)
    assert ctx.prec == precision


@pytest.mark.parametrize(
    "change",
    [
        lambda entry: entry.update(left=entry["right"], right=entry["left"]),
        lambda entry: entry.update(left=["add", entry["left"], entry["right"]]),
        lambda entry: entry.update(right=["sub", "0", entry["right"]]),
        lambda entry: entry["balls"].reverse(),
        lambda entry: entry.update(left=["mul", "1001/1000", entry["left"]]),
        lambda entry: entry.update(right=["mul", "999/1000", entry["right"]]),
    ],
)
def test_altered_inequalities_are_rejected(certificates, change):
    assert not any(valid(other)[0] for c in certificates for other in altered(c, change))


def test_an_empty_list_shows_nothing():
    assert not valid({"kind": "enclosures", "bits": 64, "less": []})[0]


@pytest.mark.parametrize(
    "expression", ["x", ["sinh", "1"], [], 3, ["binomial", 2, 1, 0], ["exp", "1", "2"], ["exp"]]
)
def test_malformed_expressions(expression):
    with pytest.raises((ValueError, TypeError)):
        valid(
            {
                "kind": "enclosures",
                "bits": 64,
                "less": [{"left": expression, "right": "1", "balls": ["0", "1"]}],
            }
        )
