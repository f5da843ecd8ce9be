"""Compare the two forms of a report, report.json and index.html, with each other.

The page holds the digest of the data that it shows, and report.json the digests of all other files
of the report. So a change of one file alone is noticed. A change of report.json that forges its
digest in the page is noticed too, because the page must show what report.json says: the summary,
line by line; each verdict wherever it stands, in the line of the claim, in the graph, in its list
and under a picture; titles, sources, methods, details, controls, and the prose of statements and
corrections in the folded article of the claim. Formulas in LaTeX are typeset in the page, and only
its digest protects them there, as it does the curves of the pictures and their captions.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from proofs_check.checker.bounded import Refused

__all__ = ["DATA_DIGEST", "compare", "digest_of_data", "inconsistency"]

PAGE = "index.html"
EXPORTS = ("junit.xml", "verdicts.tex")
MAX_PAGE_BYTES = 2**25
STATES = ("holds", "refuted", "undecided", "not yet checked")
DATA_DIGEST = "data-sha256"
"""The name of the meta element of the page that holds the digest of the data."""


def digest_of_data(report: Mapping[str, Any]) -> str:
    """SHA-256 of a report without its list of files, as JSON without spaces, keys sorted.

    Examples
    --------
    >>> digest_of_data({"claims": [], "files": {}}) == digest_of_data({"claims": []})
    True
    """
    data = {key: value for key, value in report.items() if key != "files"}
    text = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def compare(folder: Path, report: Mapping[str, Any], certificates: Iterable[str]) -> str:
    """A sentence on what was compared.

    Parameters
    ----------
    folder : path
    report : mapping
        The content of report.json.
    certificates : iterable of str
        Names of the files that it must list, besides the page and the exports.

    Raises
    ------
    Refused
        If a file is not listed or has another digest than it says, or the page shows something
        else.
    """
    for name in (PAGE, *EXPORTS, *certificates):
        if name not in report["files"]:
            raise Refused(f"report.json does not list {name}")
    for name, digest in report["files"].items():
        if not re.fullmatch(r"[a-z0-9./-]+", name) or ".." in name or name.startswith("/"):
            raise Refused(f"report.json lists the file {str(name)[:60]!r}")
        if not (folder / name).is_file():
            raise Refused(f"report.json lists {name}, which is missing")
        if name == PAGE and (folder / name).stat().st_size > MAX_PAGE_BYTES:
            raise Refused(f"the page has more than {MAX_PAGE_BYTES} bytes")
        if hashlib.sha256((folder / name).read_bytes()).hexdigest() != digest:
            raise Refused(f"{name} is not the file that report.json lists: its digest differs")
    page = _Page()
    page.feed((folder / PAGE).read_text(encoding="utf-8"))
    if page.digests != [digest_of_data(report)]:
        raise Refused("report.json is not what index.html was made from: the digest differs")
    if fault := inconsistency(page, report):
        raise Refused(fault)
    return f"index.html shows the data of report.json; {len(report['files'])} files as written"


def inconsistency(page: _Page, report: Mapping[str, Any]) -> str:
    """What a page does not show of a report, as a sentence; empty if it shows all."""
    entries = {_anchor(entry["id"]): entry for entry in report["claims"]}
    number = len(entries)
    if list(page.articles) != list(entries):
        return f"index.html shows {len(page.articles)} claims, not the {number} of report.json"
    if list(page.lines) != list(entries):
        return f"index.html has {len(page.lines)} lines for the {number} claims"
    if _plain(page.summary) != _plain(" ".join(_summary(report))):
        return "index.html has another summary than report.json gives"
    counts = _counts(report["claims"]).split(", ")
    if page.counts.badges != counts:
        return f"index.html counts {page.counts.badges}, report.json {counts}"
    for name, entry in entries.items():
        article, line = page.articles[name], page.lines[name]
        for shown in (*_shown(entry), entry["words"]):
            if _plain(shown) not in article.text:
                return f"{entry['id']}: index.html does not show {shown[:80]!r}"
        for shown in (entry["title"], entry["words"], entry["grade"] or ""):
            if _plain(shown) not in line.text:
                return f"{entry['id']}: the line in index.html does not show {shown[:80]!r}"
        if not line.badges:
            return f"{entry['id']}: index.html shows no verdict"
    nodes = [name for name, mention in page.mentions if mention.tag == "a"]
    if sorted(nodes) != sorted(entry["id"] for entry in report["claims"]):
        return "index.html has a graph of other claims than report.json"
    parts = [
        (entries[name]["id"], part) for name, part in (*page.articles.items(), *page.lines.items())
    ]
    for name, part in (*parts, *page.mentions):
        if _anchor(name) not in entries:
            return f"index.html speaks of the claim {name[:40]!r}, report.json does not"
        if fault := _misquotes(part, entries[_anchor(name)]):
            return f"{name}: index.html {fault}"
    return ""


def _state(entry: Mapping[str, Any]) -> str:
    """The verdict of a claim, or that there is none."""
    return str(entry["verdict"]) if entry["checked"] else "not yet checked"


def _misquotes(part: _Part, entry: Mapping[str, Any]) -> str:
    """What a part of the page says of the verdict of its claim and should not; empty if nothing."""
    state = _state(entry)
    for badge in part.badges:
        if not f"{badge} ".startswith(f"{state} "):
            return f"says {badge!r}, report.json {state!r}"
    if part.verdict and part.verdict != (state if entry["checked"] else "unchecked"):
        return f"is filed under {part.verdict!r}, in report.json it is {state!r}"
    if part.tag in ("a", "figure") and _plain(entry["words"]) not in part.text:
        return f"does not say {entry['words']!r} in the graph or under the picture"
    if part.tag == "a":
        grade = f" · {entry['grade']}" if entry["grade"] else ""
        if not part.text.endswith(f"{state}{grade}"):
            return f"has a box in the graph that does not say {state + grade!r}"
    return ""


def _summary(report: Mapping[str, Any]) -> Iterator[str]:
    """The lines of the summary that the page must have."""
    claims, run = report["claims"], report["environment"]
    checked = [entry for entry in claims if entry["checked"]]
    printed = [entry for entry in checked if "arXiv 2007.08864" in entry["source"]]
    ours = [entry for entry in checked if "arXiv 2007.08864" not in entry["source"]]
    proved = sum(entry["words"] == "holds for all sizes" for entry in checked)
    own = sum(entry["words"].startswith("refuted for our networks") for entry in checked)
    plural = "s" if len(claims) != 1 else ""
    yield f"{len(claims)} claim{plural} on truncated butterfly networks: {_counts(claims)}."
    yield f"In the paper (arXiv 2007.08864), {len(printed)}: {_counts(printed)}."
    yield f"Ours, {len(ours)}: {_counts(ours)}."
    yield f"Of those that hold, {proved} are proved for all sizes;"
    yield "the others name the cases examined."
    yield f"Of those refuted, {own} are so for networks of our own, not for the paper's."
    for verdict in ("refuted", "undecided"):
        if ids := [entry["id"] for entry in checked if entry["verdict"] == verdict]:
            yield f"{verdict.capitalize()}: {', '.join(ids)}."
    controls = [control["rejected"] for entry in checked for control in entry["controls"]]
    yield f"{sum(len(entry['evidence']) for entry in checked)} checks,"
    yield f"{sum(controls)} of {len(controls)} false variants rejected;"
    yield "some statistical finding is wrong with probability at most"
    yield f"{report['budget']['alpha']:.1e}."
    wrong = report["failures"]
    yield f"NOT as expected, {len(wrong)}: {'; '.join(wrong)}." if wrong else "All is as expected."
    yield f"butterfly-theory {run.get('butterfly-theory', '?')}, profile {run['profile']},"
    yield f"seed {run['seed']}" + (f", data {run['data']}." if run["data"] else ".")
    yield "Verify: proofs-check recheck DIR, with the folder of report.json."


def _counts(entries: Sequence[Mapping[str, Any]]) -> str:
    """How many of each verdict, as in "2 hold, 1 refuted"."""
    found = Counter(map(_state, entries))
    words = {"holds": "hold"}
    return (
        ", ".join(
            f"{found[state]} {state if found[state] == 1 else words.get(state, state)}"
            for state in STATES
            if found[state]
        )
        or "none"
    )


def _shown(entry: Mapping[str, Any]) -> Iterator[str]:
    """The texts of a claim that its article must show."""
    yield from (entry["title"], entry["source"])
    # every other piece between dollar signs is a formula
    yield from entry["statement"].split("$")[::2]
    yield from entry["correction"].split("$")[::2]
    if entry["depends_on"]:
        yield f"Rests on {', '.join(entry['depends_on'])}."
    if entry["follows_up"]:
        yield f"Follows up {', '.join(entry['follows_up'])}."
    for evidence in entry["evidence"]:
        cases = evidence["cases"]
        head = f"{evidence['grade']}: {evidence['method']} · {evidence['bearing']} · {cases} case"
        yield from (evidence["check"], head, evidence["detail"])
    for evidence in entry["on_data"]:
        yield from (f"{evidence['grade']}: {evidence['method']}", evidence["detail"])
    for control in entry["controls"]:
        mark = "✓ rejected" if control["rejected"] else "✗ NOT rejected"
        yield f"{mark}: {control['name']}"


@dataclass
class _Part:
    """A part of the page that speaks of a claim: its words, its badges, where it is filed."""

    tag: str = ""
    verdict: str = ""
    text: str = ""
    badges: list[str] = field(default_factory=list)


class _Page(HTMLParser):
    """What a page says: articles and their lines, other mentions of claims, summary, digests.

    A part inside another belongs to both. Raised and lowered text is put into the plain form, as
    x^{2} and x_{i}.
    """

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.articles: dict[str, _Part] = {}
        self.lines: dict[str, _Part] = {}
        self.mentions: list[tuple[str, _Part]] = []
        self.counts = _Part()
        self.summary = ""
        self.digests: list[str] = []
        self._open: list[_Part] = []
        self._badge = self._formula = self._in_summary = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open a part, a badge, a formula, or what is raised or lowered."""
        attributes = {name: value or "" for name, value in attrs}
        classes = attributes.get("class", "").split()
        part = _Part(tag, attributes.get("data-verdict", ""))
        if tag == "meta" and attributes.get("name") == DATA_DIGEST:
            self.digests.append(attributes.get("content", ""))
        elif tag == "article":
            name = attributes.get("id", "")
            if name in self.articles:
                raise Refused(f"index.html has the article {name!r} twice")
            self.articles[name] = part
            self._open.append(part)
        elif tag == "summary" and self._open and self._open[-1].tag == "article":
            self.lines[list(self.articles)[-1]] = part
            self._open.append(part)
        elif "data-claim" in attributes:
            self.mentions.append((attributes["data-claim"], part))
            self._open.append(part)
        elif tag == "p" and "counts" in classes:
            self.counts = part
            self._open.append(part)
        elif tag == "pre" and "summary" in classes:
            self._in_summary = True
        elif tag == "span" and "badge" in classes:
            self._badge = True
            for each in self._open:
                each.badges.append("")
        elif tag == "math":
            self._formula = True
        elif tag in ("sup", "sub"):
            self.handle_data("^{" if tag == "sup" else "_{")

    def handle_endtag(self, tag: str) -> None:
        """Close it, and make one space of each run of spaces."""
        if self._open and self._open[-1].tag == tag:
            part = self._open.pop()
            part.text = _plain(part.text)
            part.badges = [_plain(badge) for badge in part.badges]
        elif tag == "span":
            self._badge = False
        elif tag == "math":
            self._formula = False
        elif tag == "pre":
            self._in_summary = False
        elif tag in ("sup", "sub"):
            self.handle_data("}")

    def handle_data(self, data: str) -> None:
        """Collect the words, formulas left out."""
        if self._in_summary:
            self.summary += data
        if self._formula:
            return
        for part in self._open:
            part.text += data
            if self._badge:
                part.badges[-1] += data


_POWER_OF_TEN = re.compile(r"(?<![\w.-])(-?)(\d+(?:\.\d+)?)e([+-]?\d+)(?!\w)")
_RAISED = re.compile(r"\^(\((?:[^()]|\([^()]*\))*\)|\{[^{}]*\}|[−-]?\w+)")
_LOWERED = re.compile(
    r"((?<![a-z_.])[A-Za-zα-ωΑ-Ω1]|[‖)])"
    r"_(\([^()]*\)|\{[^{}]*\}|(?:\d+|[a-z]{2}|[A-Za-zα-ω])['\u0303]?(?![A-Za-z0-9_]))"
)


def _plain(text: str) -> str:
    """A text with single spaces, its formulas in one form: x^{2}, x_{i}, ≤, 2·10^{−9}."""

    def number(found: re.Match[str]) -> str:
        sign, digits, exponent = found[1].replace("-", "−"), found[2], int(found[3])
        if exponent == 0 or float(digits) == 0:
            return sign + digits
        power = f"10^{{{exponent}}}".replace("-", "−")
        return sign + (power if float(digits) == 1 else f"{digits}·{power}")

    def bare(text: str) -> str:
        return text[1:-1] if text[0] in "({" else text

    text = _POWER_OF_TEN.sub(number, text.replace("<=", "≤").replace(">=", "≥"))
    text = _RAISED.sub(lambda found: f"^{{{bare(found[1])}}}", text)
    text = _LOWERED.sub(lambda found: f"{found[1]}_{{{bare(found[2])}}}", text)
    return " ".join(text.split())


def _anchor(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
