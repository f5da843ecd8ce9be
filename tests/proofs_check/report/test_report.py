"""The report as files: the schema of report.json, one self-contained page, text escaped."""

import dataclasses
import json
import re
from html.parser import HTMLParser

import pytest

from proofs_check import claims, run
from proofs_check.claim import Bearing, Claim, Evidence, Finding, Grade, Verdict
from proofs_check.engine.verdicts import ClaimReport, Report
from proofs_check.report.document import BUDGET, as_json, check_folder, write
from proofs_check.statements.butterflies import param_count


@pytest.fixture(scope="module")
def report(computed):
    done = computed(["definition-3.1", "weight-bound", "lemma-s2.1", "prop-1"])
    claim = Claim(
        "waiting",
        "Nobody looked",
        "Nowhere",
        r"$x \le y$",
        depends_on=("definition-3.1", "left-out"),
    )
    waiting = ClaimReport(claim, Verdict.UNDECIDED, None, (), ())
    return dataclasses.replace(done, claims=(*done.claims, waiting))


class Links(HTMLParser):
    def __init__(self):
        super().__init__()
        self.anchors, self.targets, self.tags = [], set(), []

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        self.tags.append(tag)
        self.anchors += [attributes["id"]] if "id" in attributes else []
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
            "words",
            "grade",
            "evidence",
            "controls",
            "correction",
            "depends_on",
            "follows_up",
        }
        assert claim["verdict"] in ("holds", "refuted", "undecided")
        assert claim["words"].startswith(claim["verdict"]) or not claim["checked"]
        for evidence in claim["evidence"]:
            assert set(evidence) >= {
                "check",
                "method",
                "grade",
                "passed",
                "detail",
                "seconds",
                "seed",
            }
        assert all(set(control) == {"name", "rejected"} for control in claim["controls"])
    verdicts = {claim["id"]: (claim["verdict"], claim["checked"]) for claim in content["claims"]}
    assert verdicts["lemma-s2.1"] == ("refuted", True)
    assert verdicts["waiting"] == ("undecided", False)


def test_page(report, tmp_path):
    page = write(report, tmp_path)
    text = page.read_text(encoding="utf-8")
    links = Links()
    links.feed(text)
    assert page.name == "index.html"
    assert page.stat().st_size < 3_000_000
    assert {"link", "img", "iframe"}.isdisjoint(links.tags)
    assert links.tags.count("script") == text.count("<script>") == 1
    assert "@import" not in text
    own = r"url\((#[\w-]+|data:font/woff2;base64,[A-Za-z0-9+/=]+)\)"
    assert "url(" not in re.sub(own, "", text)
    outside = {target for target in links.targets if target.startswith("http")}
    assert outside == {"https://arxiv.org/abs/2007.08864"}
    for target in links.targets - outside:
        if target.startswith("#"):
            assert target[1:] in links.anchors
        else:
            assert (tmp_path / target).exists()
    assert len(links.anchors) == len(set(links.anchors))
    anchors = set(links.anchors)
    assert {"definition-3-1", "weight-bound", "lemma-s2-1", "prop-1", "waiting"} <= anchors
    assert {"definition-3-1--structure", "lemma-s2-1--every-draw"} <= anchors
    # ids of earlier versions
    assert {"def-4-1", "lemma-b1", "def-4-1--structure", "lemma-b1--every-draw"} <= anchors
    assert text.count("<math") > 20
    assert "1 not yet checked" in text
    assert "$" not in re.sub(r"<(style|script)>.*?</\1>", "", text, flags=re.S)


def test_the_claims_of_the_graph_are_links_with_titles(report, tmp_path):
    text = write(report, tmp_path).read_text(encoding="utf-8")
    nodes = re.findall(
        r'<a class="node( solid)?" href="#([\w-]+)" data-verdict="(\w+)" data-claim="[\w.-]+">\s*'
        r"<title>(.*?)</title>",
        text,
    )
    assert [(anchor, state, bool(solid)) for solid, anchor, state, _ in nodes] == [
        ("definition-3-1", "holds", True),
        ("weight-bound", "holds", True),
        ("lemma-s2-1", "refuted", False),
        ("prop-1", "refuted", False),
        ("waiting", "unchecked", False),
    ]
    assert nodes[-1][-1] == "waiting: Nobody looked (not yet checked)"
    # two of them are in the legend
    assert text.count('<path class="arrow rests"') == 3 + 1
    assert text.count('<path class="arrow follows"') == 1


def test_budget(report, tmp_path):
    def section(changed):
        text = write(changed, tmp_path).read_text(encoding="utf-8")
        return re.search(r'<h2 id="budget">.*?<h2 id="how-to-read">', text, re.S).group()

    spent = section(report)
    assert report.alpha <= BUDGET == 1e-6
    assert spent.count("<tr>") == 3 + sum(
        e.alpha > 0 for entry in report.claims for e in entry.evidence
    )
    assert '<td class="number">10<sup>−6</sup></td>' in spent
    assert "exceeds" not in spent
    assert "No check of this run is statistical" in section(
        dataclasses.replace(report, claims=report.claims[:2])
    )
    evidence = tuple(dataclasses.replace(e, alpha=5.2e-7) for e in report.claims[0].evidence)
    first = dataclasses.replace(report.claims[0], evidence=evidence)
    over = section(dataclasses.replace(report, claims=(first,)))
    assert '<td class="number">5.2 · 10<sup>−7</sup></td>' in over
    assert '<td class="number">1.1 · 10<sup>−6</sup></td>' in over
    assert "The sum exceeds the limit" in over


def test_names_from_outside_are_escaped(report, tmp_path):
    nasty = "<script>alert(1)</script>"
    first = report.claims[0].evidence[0]
    spoilt = dataclasses.replace(
        first, check=nasty, finding=dataclasses.replace(first.finding, detail=nasty)
    )
    entry = dataclasses.replace(report.claims[0], evidence=(spoilt,), controls=((nasty, True),))
    text = write(dataclasses.replace(report, claims=(entry,), data=nasty), tmp_path).read_text(
        encoding="utf-8"
    )
    assert text.count("<script>") == 1
    assert "<script>alert" not in text
    assert text.count("&lt;script&gt;alert(1)") >= 4


def test_a_name_that_is_not_unicode(report, tmp_path):
    write(dataclasses.replace(report, data="caf\udce9.npz"), tmp_path)
    assert (
        json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))["environment"]["data"]
        == "caf?.npz"
    )


def test_failures_are_shown(report, tmp_path):
    bad = dataclasses.replace(report.claims[0], controls=(("a variant", False),))
    text = write(dataclasses.replace(report, claims=(bad,)), tmp_path).read_text(encoding="utf-8")
    assert "This run is not as expected" in text
    assert "control &#39;a variant&#39; was not rejected" in text


def test_stale_certificates_are_removed(report, tmp_path):
    write(report, tmp_path)
    names = {path.name for path in (tmp_path / "certificates").iterdir()}
    assert names >= {"lemma-s2.1.every-draw.json", "weight-bound.every-subset.json"}
    (tmp_path / "certificates" / "critical-points.json").write_text("yours")
    write(dataclasses.replace(report, claims=report.claims[:1]), tmp_path)
    kept = {path.name for path in (tmp_path / "certificates").iterdir()}
    own = {name for name in names if name.startswith("definition-3.1.")}
    assert own < names
    assert kept == own | {"critical-points.json"}
    write(report, tmp_path)
    kept = {path.name for path in (tmp_path / "certificates").iterdir()}
    assert kept == names | {"critical-points.json"}


@pytest.mark.parametrize("name", ["index.html", "certificates/lemma-s2.1.every-draw.json"])
@pytest.mark.parametrize("link", [False, True])
def test_a_file_of_yours_is_not_overwritten(report, tmp_path, name, link):
    path = tmp_path / "report" / name
    path.parent.mkdir(parents=True)
    path.symlink_to(tmp_path / "nowhere") if link else path.write_text("yours")
    for write_or_check in (
        lambda: write(report, tmp_path / "report"),
        lambda: check_folder(tmp_path / "report"),
    ):
        with pytest.raises(FileExistsError, match=rf"{name} was not written by this command"):
            write_or_check()
    assert {p for p in (tmp_path / "report").rglob("[!.]*") if not p.is_dir()} == {path}


def test_a_file_that_you_changed_is_not_overwritten(report, tmp_path):
    page = write(report, tmp_path)
    page.write_text("yours")
    with pytest.raises(
        FileExistsError, match=r"index\.html was changed after this command wrote it"
    ):
        write(report, tmp_path)
    assert page.read_text() == "yours"


def test_numbers_in_the_prose_come_from_the_run():
    (entry,) = run(["param-count"]).claims
    assert "<<" in param_count.CLAIM.correction
    (count,) = (
        one.finding.numbers["count"] for one in entry.evidence if "count" in one.finding.numbers
    )
    assert f"{count} weights" in entry.correction


def test_a_page_of_all_claims_stays_small(tmp_path):
    """Every check says more than any does today; the page has all pictures."""
    detail = "‖x − JᵀJx‖² <= 2^(n − k) in 1000 draws, to 2e-15. " * 50

    def filled(claim):
        evidence = tuple(
            Evidence(
                c.name, c.method, c.grade, Finding(Bearing.SUPPORTS, detail, 1), 1.0, (0,), c.alpha
            )
            for c in claim.checks
        )
        controls = tuple((control.name, True) for control in claim.controls)
        return ClaimReport(claim, claim.expected, Grade.EXACT, evidence, controls)

    report = Report(tuple(map(filled, claims())), "quick", 0, None, {})
    page = write(report, tmp_path)
    assert 1_000_000 < page.stat().st_size < 3_000_000
    assert page.read_text(encoding="utf-8").count("<figure") == 3
