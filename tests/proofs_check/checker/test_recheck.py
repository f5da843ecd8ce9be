"""Reports: a true one is accepted; whatever is edited, swapped, copied or missing is refused."""

import copy
import json
import shutil
from fractions import Fraction

import pytest

from proofs_check import run
from proofs_check.checker import recheck, uncertified, valid
from proofs_check.report.document import write

CLAIMS = ["weight-bound", "lemma-b1", "jl-norm", "prop-1", "moments", "theorem-1-star"]
CLAIMS += ["prop-2", "claim-c2", "two-phase", "baldi-hornik"]


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    folder = tmp_path_factory.mktemp("report")
    write(run(CLAIMS), folder)
    return folder


@pytest.fixture
def edited(report, tmp_path):
    """A copy to edit."""
    return shutil.copytree(report, tmp_path / "edited")


def refusals(folder):
    """The files that are refused, and why."""
    return {name: sentence for name, (good, sentence) in recheck(folder).items() if not good}


def rewrite(path, change):
    content = json.loads(path.read_text(encoding="utf-8"))
    change(content)
    path.write_text(json.dumps(content), encoding="utf-8")


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
    elif isinstance(value, str) and path[-1] not in ("kind", "claim", "check"):
        yield str(Fraction(value) + Fraction(1, 7)), path


def test_all_are_valid(report):
    results = recheck(report)
    assert {name.split(".")[0] for name in results} == {"report", *CLAIMS}
    assert refusals(report) == {}
    assert "a part, 10 of" in results["report.json"][1]
    assert uncertified(report).total() > 20


def test_swapped_certificates(edited):
    folder = edited / "certificates"
    one, two = folder / "prop-1.2-2-identity.json", folder / "lemma-b1.every-draw.json"
    first, second = one.read_text(), two.read_text()
    one.write_text(second)
    two.write_text(first)
    assert set(refusals(edited)) == {one.name, two.name}
    assert "this is the place of" in refusals(edited)[one.name]


def test_copies_of_one_trivial_certificate(edited):
    trivial = {"kind": "srht-error-floor", "x": [1, 0], "k": 1, "floor": "1"}
    paths = list((edited / "certificates").iterdir())
    for path in paths:
        path.write_text(json.dumps(trivial))
    assert set(refusals(edited)) == {path.name for path in paths}
    # even under the right names, only the check whose certificate it is accepts it
    for path in paths:
        original = json.loads(path.read_text())
        path.write_text(json.dumps({"claim": "lemma-b1", "check": "every draw"} | original))
    assert set(refusals(edited)) == {p.name for p in paths} - {"lemma-b1.every-draw.json"}


def test_deleted_certificates(edited):
    kept, *deleted = sorted((edited / "certificates").iterdir())
    for path in deleted:
        path.unlink()
    found = refusals(edited)
    assert set(found) == {path.name for path in deleted}
    assert all("the file is missing" in sentence for sentence in found.values())
    kept.unlink()
    assert len(refusals(edited)) == len(deleted) + 1


def test_a_certificate_that_no_claim_needs(edited):
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
        (edit_steps, "no step proves"),
        (edit_goal, "no step proves"),
        (drop_last_goal, "no step proves"),
        (add_assumption, "unknown entry 'D = 0'"),
        (assume_conclusions, "unknown entry 'given:"),
        (change_assumption, "'assumptions.P² = P' is"),
        (change_definition, "'definitions.S' is"),
        (declare_symmetric, "'symmetric' has 3 entries"),
    ],
)
def test_the_meaning_of_a_proof_is_fixed(edited, change, reason):
    path = edited / "certificates" / "theorem-1-star.algebra.json"
    rewrite(path, change)
    found = refusals(edited)
    assert set(found) == {path.name}
    assert reason in found[path.name]


def test_the_sign_of_the_loewner_order(edited):
    """Σ' − Σ(B) = −ZZᵀ: with Q and Q_B exchanged the identity is true, and the claim false."""
    path = edited / "certificates" / "baldi-hornik.loewner-order-all-sizes.json"
    text = path.read_text().replace("Q_B", "Q#").replace("Q ", "Q_B ").replace("Q#", "Q")
    path.write_text(text)
    assert path.name in refusals(edited)


def test_another_scale_of_the_rows(edited):
    path = edited / "certificates" / "lemma-b1.identity.json"
    rewrite(path, lambda c: c["assumptions"].update({"rows of J": "J @ J.T - 2 * c"}))
    assert "'assumptions.rows of J' is" in refusals(edited)[path.name]


def test_another_inequality_for_the_beta_barrier(edited):
    path = edited / "certificates" / "lemma-b1.beta-barrier.json"
    less = {"left": "0", "right": "1", "balls": ["0", "1"]}
    rewrite(path, lambda c: c.update(less=[less] * len(c["less"])))
    assert "'less[0].left' is" in refusals(edited)[path.name]


def first(report, claim_id):
    return next(entry for entry in report["claims"] if entry["id"] == claim_id)


REPORT_EDITS = {
    "statement": (
        lambda r: first(r, "prop-1").update(statement="$1 = 1$."),
        "the statement is another one",
    ),
    "claim renamed": (lambda r: first(r, "prop-1").update(id="prop-9"), "no claim 'prop-9'"),
    "claim twice": (lambda r: r["claims"].append(first(r, "prop-1")), "stands in it twice"),
    "check removed": (lambda r: first(r, "prop-1")["evidence"].pop(), "its checks are"),
    "bearing": (
        lambda r: first(r, "prop-1")["evidence"][0].update(bearing="supports"),
        "the certificate refutes",
    ),
    "grade": (
        lambda r: first(r, "prop-1")["evidence"][0].update(grade="proof"),
        "the certificate refutes, grade exact",
    ),
    "no claims": (lambda r: r.pop("claims"), "KeyError"),
}


@pytest.mark.parametrize("name", REPORT_EDITS)
def test_an_edited_report(edited, name):
    change, reason = REPORT_EDITS[name]
    rewrite(edited / "report.json", change)
    assert reason in refusals(edited)["report.json"]


ASSERTED = {
    "srht-error-floor": ("floor",),
    "norm-law": ("mean", "variance"),
    "prop1-law": ("law",),
    "weight-extremes": ("extremes",),
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
    (certificate,) = [c for c in stored if c["kind"] == kind]
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
def test_unreadable_certificates(tmp_path, content):
    (tmp_path / "certificates").mkdir()
    (tmp_path / "certificates" / "bad.json").write_text(content)
    assert refusals(tmp_path)["bad.json"].startswith("refused: ")


def test_no_certificates(tmp_path):
    with pytest.raises(ValueError, match="proofs-check run"):
        recheck(tmp_path)
