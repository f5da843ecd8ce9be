"""The report as files: the schema of report.json, one self-contained page, text escaped."""

import dataclasses
import json
import re
from html.parser import HTMLParser

import pytest

from proofs_check import claims, run
from proofs_check.report import as_json, typeset, write


@pytest.fixture(scope="module")
def report():
    return run(["def-4.1", "weight-bound", "lemma-b1", "prop-2", "reachable"])


class Links(HTMLParser):
    def __init__(self):
        super().__init__()
        self.anchors, self.targets, self.tags = set(), set(), []

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        self.tags.append(tag)
        self.anchors.add(attributes.get("id"))
        self.targets |= {attributes[name] for name in ("href", "src") if name in attributes}


def test_schema(report):
    content = json.loads(json.dumps(as_json(report)))
    assert content["schema"] == 1
    assert set(content) >= {"schema", "claims", "budget", "environment"}
    assert set(content["budget"]) == {"alpha"}
    for claim in content["claims"]:
        assert set(claim) >= {
            "id",
            "title",
            "source",
            "statement",
            "verdict",
            "grade",
            "evidence",
            "controls",
            "correction",
            "depends_on",
        }
        assert claim["verdict"] in ("holds", "refuted", "undecided")
        for evidence in claim["evidence"]:
            assert set(evidence) >= {"check", "method", "grade", "passed", "detail", "seconds", "seed"}
        assert all(set(control) == {"name", "rejected"} for control in claim["controls"])
    verdicts = {claim["id"]: (claim["verdict"], claim["checked"]) for claim in content["claims"]}
    assert verdicts["lemma-b1"] == ("refuted", True)
    assert verdicts["prop-2"] == ("undecided", False)


def test_page(report, tmp_path):
    page = write(report, tmp_path)
    text = page.read_text(encoding="utf-8")
    links = Links()
    links.feed(text)
    assert page.name == "index.html"
    assert page.stat().st_size < 3_000_000
    assert {"script", "link", "img", "iframe"}.isdisjoint(links.tags)
    outside = {target for target in links.targets if target.startswith("http")}
    assert outside == {"https://arxiv.org/abs/2007.08864"}
    for target in links.targets - outside:
        if target.startswith("#"):
            assert target[1:] in links.anchors or target[1:] in {c.id.replace(".", "-") for c in claims()}
        else:
            assert (tmp_path / target).exists()
    assert {"def-4-1", "weight-bound", "lemma-b1", "prop-2"} <= links.anchors
    assert text.count("<math") > 20
    assert "Not yet checked" in text
    assert "$" not in re.sub(r"<style>.*?</style>", "", text, flags=re.S)


def test_names_from_outside_are_escaped(report, tmp_path):
    nasty = "<script>alert(1)</script>.npz"
    text = write(dataclasses.replace(report, data=nasty), tmp_path).read_text(encoding="utf-8")
    assert "<script>" not in text
    assert "&lt;script&gt;alert(1)" in text


def test_failures_are_shown(report, tmp_path):
    bad = dataclasses.replace(report.claims[0], controls=(("a variant", False),))
    text = write(dataclasses.replace(report, claims=(bad,)), tmp_path).read_text(encoding="utf-8")
    assert "This run is not as expected" in text
    assert "control &#39;a variant&#39; was not rejected" in text


def test_stale_certificates_are_removed(report, tmp_path):
    write(report, tmp_path)
    (tmp_path / "certificates" / "old.json").write_text("{}")
    write(report, tmp_path)
    assert {path.name for path in (tmp_path / "certificates").iterdir()} == {
        "lemma-b1.every-draw.json",
        "weight-bound.every-subset.json",
    }


def test_typeset():
    assert typeset("a < b & c") == "a &lt; b &amp; c"
    assert "<math" in typeset(r"where $x \le 1$")
    with pytest.raises(ValueError, match="unbalanced"):
        typeset("costs 5 $")
