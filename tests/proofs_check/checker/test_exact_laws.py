"""Certificates of exact laws: with a result changed or a degenerate input each is refused."""

import copy
from fractions import Fraction

import pytest
from numpy.random import SeedSequence

from proofs_check.checker import EXPECTED
from proofs_check.checker.certificates import judged
from proofs_check.claim import Context
from proofs_check.statements.embeddings import (
    fjlt_tail,
    introduction_accuracy,
    jl_norm,
    lemma_s2_1,
    prop_1,
    prop_1_corrected,
    prop_2,
)

MADE = {}


def certificate(claim, name):
    key = claim.id, name
    if key not in MADE:
        check = next(check for check in claim.checks if check.name == name)
        MADE[key] = check.run(Context("quick", SeedSequence(1))).certificate
    return copy.deepcopy(MADE[key])


def more(text):
    """Another number."""
    return str(Fraction(text) + Fraction(1, 7))


ASSERTED = [
    (jl_norm, "digits", "laws", "mean"),
    (jl_norm, "digits", "laws", "variance"),
    (fjlt_tail, "coset adversary", "laws", "probability"),
    (prop_1, "digit images", "laws", "least"),
    (prop_1_corrected, "two sides", "cases", "mean"),
    (prop_2, "digit images", "laws", "success"),
]


@pytest.mark.parametrize(("module", "name", "list_", "key"), ASSERTED)
def test_altered_results(module, name, list_, key):
    true = certificate(module.CLAIM, name)
    assert judged(true)[0]
    true[list_][-1][key] = more(true[list_][-1][key])
    assert not judged(true)[0]


def zero_matrix(c):
    c["cases"][0]["W"] = [[0 for _ in row] for row in c["cases"][0]["W"]]


def no_cases(c):
    for key in ("cases", "laws", "draws"):
        if key in c:
            c[key] = []


def one_case_twice(c):
    c["cases"] = [c["cases"][0]] * len(c["cases"])


def too_many_draws(c):
    c["cases"][0] = {**c["cases"][0], "W": [[1] * 16] * 16, "x": [1] * 16}


def a_row_twice(c):
    c["draws"][0]["rows"][0] = c["draws"][0]["rows"][1]


def more_rows_than_half(c):
    c["draws"][0]["rows"] = list(range(33))


def another_share(c):
    c["shares"][0] = more(c["shares"][0])


def another_success(c):
    c["success"][0] = more(c["success"][0])


def another_law(c):
    c["laws"][0]["law"] = {"3": "1"}


CHANGES = [
    (lemma_s2_1, "digits", [no_cases, a_row_twice, more_rows_than_half]),
    (prop_1, "rank one", [no_cases, another_law]),
    (prop_1_corrected, "one side", [zero_matrix, no_cases, one_case_twice, too_many_draws]),
    (prop_1_corrected, "bilinear form", [zero_matrix, no_cases, one_case_twice]),
    (introduction_accuracy, "decision", [another_share]),
    (prop_2, "every size", [another_success]),
]


@pytest.mark.parametrize(("module", "name", "changes"), CHANGES)
def test_changed_certificates(module, name, changes):
    true, expected = certificate(module.CLAIM, name), EXPECTED[module.CLAIM.id].checks[name]
    assert judged(true, expected)[0], judged(true, expected)
    for change in changes:
        false = copy.deepcopy(true)
        change(false)
        assert not judged(false, expected)[0], change.__name__


def test_a_tail_bound_that_is_too_small(monkeypatch):
    """With half of ‖W‖_F² the bound of one side fails: the replay can say so."""
    from proofs_check.checker.kinds.embeddings import exact_laws

    real = exact_laws.squared_norm
    monkeypatch.setattr(exact_laws, "squared_norm", lambda a: real(a) / (8 if len(a[0]) > 1 else 1))
    assert not judged(certificate(prop_1_corrected.CLAIM, "one side"))[0]
