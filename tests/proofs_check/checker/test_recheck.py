"""Certificates: the stored ones are valid, every altered one is not."""

import copy
import json
from fractions import Fraction

import pytest

from proofs_check import run
from proofs_check.checker import recheck, valid
from proofs_check.report.document import write

CLAIMS = ["weight-bound", "lemma-b1", "jl-norm", "prop-1", "moments", "theorem-1-star"]
CLAIMS += ["prop-2", "claim-c2", "two-phase"]


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    folder = tmp_path_factory.mktemp("report")
    write(run(CLAIMS), folder)
    return folder


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


def test_all_are_valid(certificates):
    results = recheck(certificates)
    assert {name.split(".")[0] for name in results} == set(CLAIMS)
    assert all(good for good, _ in results.values())


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
def test_altered_results_are_rejected(certificates, kind):
    """Each certificate with one number changed in what it asserts."""
    stored = [json.loads(path.read_text()) for path in (certificates / "certificates").iterdir()]
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
    with pytest.raises(ValueError, match=r"bad\.json is no readable certificate"):
        recheck(tmp_path)


def test_no_certificates(tmp_path):
    with pytest.raises(ValueError, match="proofs-check run"):
        recheck(tmp_path)
