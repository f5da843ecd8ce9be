"""Reports: a true one is accepted; whatever is edited, swapped, copied or missing is refused."""

import copy
import json
from fractions import Fraction

import pytest

from proofs_check.checker import recheck, uncertified, valid


def altered(value, path=()):
    """Every copy of a JSON value in which one number is changed."""
    if isinstance(value, dict | list):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for key, part in items:
            for new, where in altered(part, (*path, key)):
                other = copy.copy(value)
                other[key] = new
                yield other, where
    elif isinstance(value, int):
        yield value + 1, path
    elif isinstance(value, str) and path[-1] not in ("kind", "claim", "check", "order"):
        yield str(Fraction(value) + Fraction(1, 7)), path


def test_all_are_valid(report):
    results = recheck(report)
    assert len(results) > 12
    assert {name: why for name, (good, why) in results.items() if not good} == {}
    assert "a part, 10 of" in results["report.json"][1]
    assert uncertified(report).total() > 5


def test_swapped_certificates(edited, refusals):
    folder = edited / "certificates"
    one, two = folder / "prop-1.2-2-identity.json", folder / "lemma-s2.1.every-draw.json"
    first, second = one.read_text(), two.read_text()
    one.write_text(second)
    two.write_text(first)
    found = refusals(edited)
    assert set(found) == {"report.json", one.name, two.name}
    assert "this is the place of" in found[one.name]


def test_copies_of_one_trivial_certificate(edited, refusals):
    trivial = {"kind": "srht-error-floor", "x": [1, 0], "k": 1, "floor": "1"}
    paths = list((edited / "certificates").iterdir())
    for path in paths:
        path.write_text(json.dumps(trivial))
    assert set(refusals(edited)) == {"report.json", *(path.name for path in paths)}
    # even under the right names, only the check whose certificate it is accepts it
    for path in paths:
        original = json.loads(path.read_text())
        path.write_text(json.dumps({"claim": "lemma-s2.1", "check": "every draw"} | original))
    accepted = {path.name for path in paths} - refusals(edited).keys()
    assert accepted == {"lemma-s2.1.every-draw.json"}


def test_deleted_certificates(edited, refusals):
    kept, *deleted = sorted((edited / "certificates").iterdir())
    for path in deleted:
        path.unlink()
    found = refusals(edited)
    assert "missing" in found.pop("report.json")
    assert set(found) == {path.name for path in deleted}
    assert all("the file is missing" in sentence for sentence in found.values())
    kept.unlink()
    assert len(refusals(edited)) == len(deleted) + 2


def test_a_certificate_that_no_claim_needs(alone, refusals):
    edited = alone("lemma-s2.1")
    (edited / "certificates" / "more.json").write_text('{"kind": "norm-law"}')
    assert "no claim of this report needs" in refusals(edited)["more.json"]


def edit_steps(certificate):
    certificate["steps"] = []


def edit_goal(certificate):
    certificate["steps"] = [
        {"name": step["name"], "rule": "zero", "goal": "P - P", "cofactors": []}
        for step in certificate["steps"]
    ]


def add_assumption(certificate):
    certificate["assumptions"]["D = 0"] = "D"


def assume_conclusions(certificate):
    for step in certificate["steps"]:
        certificate["assumptions"][f"given: {step['name']}"] = step["goal"]
        step["cofactors"] = [["1", "", f"given: {step['name']}", False, ""]]


def change_assumption(certificate):
    certificate["assumptions"]["P² = P"] = "P @ P - 2 * P"


def change_definition(certificate):
    certificate["definitions"]["S"] = "T @ Y.T - T @ Y.T"


def declare_symmetric(certificate):
    certificate["symmetric"].append("P")


def drop_last_goal(certificate):
    certificate["steps"].pop()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (edit_steps, "there are no steps"),
        (edit_goal, "no step proves"),
        (drop_last_goal, "no step proves"),
        (add_assumption, "unknown entry 'D = 0'"),
        (assume_conclusions, "unknown entry 'given:"),
        (change_assumption, "'assumptions.P² = P' is"),
        (change_definition, "'definitions.S' is"),
        (declare_symmetric, "'symmetric' has 3 entries"),
    ],
)
def test_the_meaning_of_a_proof_is_fixed(alone, change, reason, refusals, rewrite):
    edited = alone("theorem-1-star")
    path = edited / "certificates" / "theorem-1-star.algebra.json"
    rewrite(path, change)
    found = refusals(edited)
    assert set(found) == {"report.json", path.name}
    assert reason in found[path.name]


def test_the_sign_of_the_loewner_order(alone, refusals):
    """Σ' − Σ(B) = −ZZᵀ: with Q and Q_B exchanged the identity is true, and the claim false."""
    edited = alone("baldi-hornik")
    path = edited / "certificates" / "baldi-hornik.loewner-order-all-sizes.json"
    text = path.read_text().replace("Q_B", "Q#").replace("Q ", "Q_B ").replace("Q#", "Q")
    path.write_text(text)
    assert path.name in refusals(edited)


def test_another_scale_of_the_rows(alone, refusals, rewrite):
    edited = alone("lemma-s2.1")
    path = edited / "certificates" / "lemma-s2.1.identity.json"
    rewrite(path, lambda c: c["assumptions"].update({"rows of J": "J @ J.T - 2 * c"}))
    assert "'assumptions.rows of J' is" in refusals(edited)[path.name]


def test_another_inequality_for_the_beta_barrier(alone, refusals, rewrite):
    edited = alone("lemma-s2.1")
    path = edited / "certificates" / "lemma-s2.1.beta-barrier.json"
    less = {"left": "0", "right": "1", "balls": ["0", "1"]}
    rewrite(path, lambda c: c.update(less=[less] * len(c["less"])))
    assert "'less[0].left' is" in refusals(edited)[path.name]


ASSERTED = {
    "srht-error-floor": ("floor",),
    "norm-law": ("mean", "variance"),
    "prop1-law": ("law",),
    "moments": ("one_sided", "two_sided", "bilinear_variance"),
    "descent": ("points",),
    "sketch-error-law": ("law", "success", "allowed"),
    "singular-encoder": ("E",),
    "gauge": ("D2", "E2"),
}
"""For each kind of certificate, the entries that it asserts. The others are inputs, and a change
there may give another true statement."""


@pytest.mark.parametrize("kind", ASSERTED)
def test_altered_results_are_rejected(report, kind):
    """Each certificate with one number changed in what it asserts."""
    stored = [json.loads(path.read_text()) for path in (report / "certificates").iterdir()]
    certificate = next(c for c in stored if c["kind"] == kind)
    if kind == "descent":
        certificate["points"] = certificate["points"][1:2]
    variants = [(c, where) for c, where in altered(certificate) if where[0] in ASSERTED[kind]]
    if kind == "descent":
        variants = [(c, where) for c, where in variants if where[2] in ("D", "q", "Y")]
    assert variants
    rejected = sum(not valid(c)[0] for c, _ in variants)
    if kind == "descent":  # a change of Y in the row that nothing sees leaves a true statement
        assert rejected >= 0.8 * len(variants)
    else:
        assert rejected == len(variants)


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", '{"kind": "prophecy"}', '{"kind": "norm-law", "x": ["a"]}']
)
def test_unreadable_certificates(tmp_path, content, refusals):
    (tmp_path / "certificates").mkdir()
    (tmp_path / "certificates" / "bad.json").write_text(content)
    assert refusals(tmp_path)["bad.json"].startswith("refused: ")


def test_no_certificates(tmp_path):
    with pytest.raises(ValueError, match="proofs-check run"):
        recheck(tmp_path)
