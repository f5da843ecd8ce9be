"""report.json and index.html: a change of either is noticed, and of both with forged digests."""

import hashlib
import itertools
import json

import pytest

from proofs_check.checker import folders
from proofs_check.checker.folders import report as report_of
from proofs_check.checker.pages import DATA_DIGEST, digest_of_data
from proofs_check.claim import Bearing, Claim, Evidence, Finding, Grade, judge
from proofs_check.engine.verdicts import ClaimReport


def said(folder):
    """Why the report is refused."""
    good, sentence, _ = report_of(str(folder))
    assert not good
    return sentence


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
        "grade formal; the evidence says refuted, grade exact",
    ),
    "grade": (
        lambda r: first(r, "prop-1")["evidence"][0].update(grade="proof"),
        "the evidence says refuted, grade proof",
    ),
    "verdict": (lambda r: first(r, "prop-1").update(verdict="holds"), "the evidence says refuted"),
    "grade of the verdict": (
        lambda r: first(r, "prop-1").update(grade="proof"),
        "grade proof; the evidence",
    ),
    "words of the verdict": (
        lambda r: first(r, "prop-1").update(words="refuted for all sizes"),
        "it says 'refuted for all sizes'; the evidence says",
    ),
    "error budget": (lambda r: r["budget"].update(alpha=0.0), "error budget"),
    "number": (
        lambda r: first(r, "lemma-s2.1")["evidence"][2]["numbers"].update(draws=10**6),
        "not what index.html was made from",
    ),
    "detail": (
        lambda r: first(r, "lemma-s2.1")["evidence"][2].update(detail="All draws succeed."),
        "not what index.html was made from",
    ),
    "correction": (
        lambda r: first(r, "lemma-s2.1").update(correction="It holds."),
        "not what index.html was made from",
    ),
    "control": (
        lambda r: first(r, "lemma-s2.1")["controls"].pop(),
        "not what index.html was made from",
    ),
    "seed": (lambda r: r["environment"].update(seed=7), "not what index.html was made from"),
    "a part for the whole": (
        lambda r: first(r, "baldi-hornik")["evidence"][2].update(partial=False),
        "grade exact; the evidence says holds, grade proof",
    ),
    "no page": (lambda r: r["files"].pop("index.html"), "does not list index.html"),
    "an export unlisted": (lambda r: r["files"].pop("junit.xml"), "does not list junit.xml"),
    "a certificate unlisted": (
        lambda r: r["files"].pop("certificates/prop-1.rank-one.json"),
        "does not list certificates/prop-1.rank-one.json",
    ),
    "a path out of the folder": (
        lambda r: r["files"].update({"../x": ""}),
        "lists the file '../x'",
    ),
    "no claims": (lambda r: r.pop("claims"), "KeyError"),
}


@pytest.mark.parametrize("name", REPORT_EDITS)
def test_an_edited_report(edited, name, rewrite):
    change, reason = REPORT_EDITS[name]
    rewrite(edited / "report.json", change)
    assert reason in said(edited)


PAGE_EDITS = {
    "verdict": ('<span class="badge refuted">refuted', '<span class="badge holds">holds'),
    "detail": ("no draw has an error below", "every draw has an error below"),
    "number": ("The smallest witness is n = 2", "The smallest witness is n = 3"),
    "statement": ("For a unit vector", "For a zero vector"),
    "correction": ("What holds instead.", "What fails instead."),
    "control": ("✓ rejected", "✗ NOT rejected"),
    "a formula": ("<mi>x</mi>", "<mi>y</mi>"),
    "line of a claim": ('<span class="scope">for all sizes', '<span class="scope">for n = 2'),
    "exponent": ("5.0738·10<sup>−297</sup>", "5.0738·10<sup>−2</sup>"),
    "sign": ("k ≤ n/2 no draw", "k ≥ n/2 no draw"),
    "summary": ("Refuted: lemma-s2.1", "Refuted: jl-norm"),
    "count in the summary": (" hold, ", " hold and more, "),
    "seed in the summary": ("profile quick, seed 0", "profile quick, seed 1"),
    "counts at the top": (
        ' refuted</span>\n<span class="soft">profile',
        ' undecided</span>\n<span class="soft">profile',
    ),
    "box of the graph": ("refuted · formal</text>", "holds · formal</text>"),
    "title of a box": ("(refuted for every SRHT", "(holds for every SRHT"),
    "colour of a box": (
        'href="#lemma-s2-1" data-verdict="refuted"',
        'href="#lemma-s2-1" data-verdict="holds"',
    ),
    "list of the graph": (
        '<a href="#lemma-s2-1">lemma-s2.1</a> <span class="badge refuted">refuted',
        '<a href="#lemma-s2-1">lemma-s2.1</a> <span class="badge holds">holds',
    ),
    "under a picture": (
        '<a href="#lemma-s2-1">lemma-s2.1</a>: <span class="badge refuted">refuted',
        '<a href="#lemma-s2-1">lemma-s2.1</a>: <span class="badge holds">holds',
    ),
    "what a claim rests on": (
        'Rests on <a href="#lemma-s2-1">lemma-s2.1</a>',
        'Rests on <a href="#lemma-s2-1">jl-norm</a>',
    ),
    "what a claim follows up": ("Follows up <a", "Rests on <a"),
    "picture of another claim": (
        'data-claim="lemma-s2.1">\n<h3>',
        'data-claim="theorem-1-star">\n<h3>',
    ),
}


@pytest.mark.parametrize("name", PAGE_EDITS)
def test_an_edited_page(edited, name):
    page, (old, new) = edited / "index.html", PAGE_EDITS[name]
    text = page.read_text(encoding="utf-8")
    assert old in text
    page.write_text(text.replace(old, new, 1), encoding="utf-8")
    assert "index.html is not the file" in said(edited)


@pytest.mark.parametrize("name", ["junit.xml", "verdicts.tex"])
def test_an_edited_export(edited, name):
    path = edited / name
    path.write_text(path.read_text(encoding="utf-8") + " ", encoding="utf-8")
    assert f"{name} is not the file" in said(edited)
    path.unlink()
    assert f"{name}, which is missing" in said(edited)


def forge(folder):
    """Make all digests fit again, as somebody would who knows how they are made."""
    path, page = folder / "report.json", folder / "index.html"
    report = json.loads(path.read_text(encoding="utf-8"))
    text = page.read_text(encoding="utf-8")
    before, meta, after = text.partition(f'name="{DATA_DIGEST}" content="')
    page.write_text(f"{before}{meta}{digest_of_data(report)}{after[64:]}", encoding="utf-8")
    for name in report["files"]:
        report["files"][name] = hashlib.sha256((folder / name).read_bytes()).hexdigest()
    path.write_text(json.dumps(report), encoding="utf-8")


FORGED = ("detail", "correction", "number of cases", "method", "title", "source", "a control")


def change_shown(claim, what):
    match what:
        case "detail":
            claim["evidence"][1]["detail"] = "All draws succeed."
        case "correction":
            claim["correction"] = "It holds."
        case "number of cases":
            claim["evidence"][1]["cases"] += 1
        case "method":
            claim["evidence"][1]["method"] = "read in a book"
        case "a control":
            claim["controls"][0]["name"] = "nothing"
        case _:
            claim[what] = "another one"


def test_forged_digests_of_the_same_report_are_accepted(edited):
    forge(edited)
    assert report_of(str(edited))[0]


@pytest.mark.parametrize("what", FORGED)
def test_a_report_that_the_page_does_not_show(edited, what, rewrite):
    rewrite(edited / "report.json", lambda r: change_shown(first(r, "lemma-s2.1"), what))
    forge(edited)
    # the source says which claims are in the paper, and the summary counts them
    reason = "another summary" if what == "source" else "lemma-s2.1: index.html does not show"
    assert reason in said(edited)


@pytest.mark.parametrize("name", [n for n in PAGE_EDITS if n not in ("correction", "a formula")])
def test_a_page_that_shows_something_else(edited, name):
    page, (old, new) = edited / "index.html", PAGE_EDITS[name]
    page.write_text(page.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    forge(edited)
    sentence = said(edited)
    assert (
        any(
            f"index.html {verb}" in sentence
            for verb in ("does", "says", "has", "counts", "is filed", "shows")
        )
        or "line in index.html does not show" in sentence
    )


def test_a_number_changed_everywhere_is_not_that_of_the_certificate(edited, rewrite):
    def change(report):
        first(report, "prop-1")["evidence"][1]["numbers"]["law"] = {"0": "1"}

    rewrite(edited / "report.json", change)
    forge(edited)
    assert "the number 'law' is not that of its certificate" in said(edited)


def test_a_verdict_changed_everywhere_is_not_that_of_the_certificate(edited, rewrite):
    def change(report):
        for evidence in first(report, "lemma-s2.1")["evidence"]:
            evidence["bearing"] = "supports"
        first(report, "lemma-s2.1")["verdict"] = "holds"

    rewrite(edited / "report.json", change)
    page = edited / "index.html"
    page.write_text(page.read_text(encoding="utf-8").replace("refutes", "supports"), "utf-8")
    forge(edited)
    assert "refused" in said(edited)


UNIVERSAL = {
    "a part for the whole": ("Loewner order, all sizes", {"partial": False}, "it examines a part"),
    "the whole for a part": ("minima", {"partial": True}, "it examines the whole"),
    "a scope": ("minima", {"scope": "all sizes"}, "no certificate proves it"),
    "a grade": ("digits", {"grade": "proof"}, "no certificate proves it"),
}


@pytest.mark.parametrize("name", UNIVERSAL)
def test_a_verdict_for_all_sizes_without_a_proof(edited, name, rewrite):
    """The words and the grade of the verdict are changed with the evidence, so that they follow."""
    check, change, reason = UNIVERSAL[name]

    def universal(report):
        claim = first(report, "baldi-hornik")
        next(one for one in claim["evidence"] if one["check"] == check).update(change)
        claim["verdict"], claim["grade"] = folders._verdict(claim["evidence"])
        claim["words"] = folders._words(claim)

    rewrite(edited / "report.json", universal)
    assert f"baldi-hornik, {check}: {reason}" in said(edited)


def test_the_checker_judges_as_the_runner_does():
    """Two programs that share no code, on all sets of three findings."""
    claim = Claim("id", "title", "source", "statement", checks=(None,))
    grades = (Grade.FORMAL, Grade.EXACT, Grade.NUMERICAL)
    found = [
        Evidence("c", "m", grade, Finding(b, "d", 1, scope=f"{grade} {partial}"), 0, (), 0, partial)
        for b, grade, partial in itertools.product(Bearing, grades, (False, True))
    ]
    for three in itertools.combinations(found, 3):
        entries = [
            {
                "bearing": str(e.finding.bearing),
                "grade": str(e.grade),
                "partial": e.partial,
                "scope": e.finding.scope,
            }
            for e in three
        ]
        verdict, grade = judge(three)
        assert folders._verdict(entries) == (verdict, grade)
        entry = {"checked": True, "verdict": verdict, "grade": grade, "evidence": entries}
        assert folders._words(entry) == ClaimReport(claim, verdict, grade, three, ()).words


def test_a_claim_removed_from_both(edited, rewrite):
    """It becomes a report of fewer claims, and says so; the certificates are now too many."""
    rewrite(edited / "report.json", lambda r: r["claims"].pop(0))
    forge(edited)
    assert "index.html shows 10 claims, not the 9" in said(edited)
