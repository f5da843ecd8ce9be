"""Compare the two forms of a report, report.json and index.html, with each other.

The page holds the digest of the data that it shows, and report.json the digests of all other files
of the report. So a change of one file alone is noticed. A change of report.json that forges its
digest in the page is noticed too, because the page must show what report.json says: each verdict
in its badges; titles, sources, methods, details, controls, and the prose of statements and
corrections in the article of the claim. Formulas are typeset in the page, and only its digest
protects them there; report.json has them as written.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from proofs_check.checker.bounded import Refused

__all__ = ["DATA_DIGEST", "compare", "digest_of_data", "inconsistency"]

PAGE = "index.html"
EXPORTS = ("junit.xml", "verdicts.tex")
MAX_PAGE_BYTES = 2**25
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
    ids = [_anchor(entry["id"]) for entry in report["claims"]]
    if list(page.articles) != ids or len(page.rows) != len(ids):
        return f"index.html shows {len(page.articles)} claims, not the {len(ids)} of report.json"
    for entry, article, row in zip(
        report["claims"], page.articles.values(), page.rows, strict=True
    ):
        verdict = entry["verdict"] if entry["checked"] else "not yet checked"
        for badge in (*article.badges, *row.badges):
            if not f"{badge} ".startswith(f"{verdict} "):
                return f"{entry['id']}: index.html says {badge!r}, report.json {verdict!r}"
        if not article.badges or not row.badges:
            return f"{entry['id']}: index.html shows no verdict"
        for part in (article, row):
            if _plain(entry["words"]) not in part.text:
                return f"{entry['id']}: index.html does not say {entry['words']!r}"
        if entry["grade"] and entry["grade"] not in row.text:
            return f"{entry['id']}: index.html does not show the grade {entry['grade']!r}"
        for shown in _shown(entry):
            if _plain(shown) not in article.text:
                return f"{entry['id']}: index.html does not show {shown[:80]!r}"
    return ""


def _shown(entry: Mapping[str, Any]) -> Iterator[str]:
    """The texts of a claim that its article must show."""
    yield from (entry["title"], entry["source"])
    # every other piece between dollar signs is a formula
    yield from entry["statement"].split("$")[::2]
    yield from entry["correction"].split("$")[::2]
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
    """An article, or a row of the table of verdicts: its words and its badges."""

    text: str = ""
    badges: list[str] = field(default_factory=list)


class _Page(HTMLParser):
    """The articles of a page by their ids, the rows of the table of verdicts, the digests."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.articles: dict[str, _Part] = {}
        self.rows: list[_Part] = []
        self.digests: list[str] = []
        self._part: _Part | None = None
        self._badge = self._formula = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open an article, a row, a badge or a formula."""
        attributes = dict(attrs)
        if tag == "meta" and attributes.get("name") == DATA_DIGEST:
            self.digests.append(attributes.get("content") or "")
        elif tag == "article":
            name = attributes.get("id") or ""
            if name in self.articles:
                raise Refused(f"index.html has the article {name!r} twice")
            self._part = self.articles[name] = _Part()
        elif tag == "tr" and "data-verdict" in attributes:
            self._part = _Part()
            self.rows.append(self._part)
        elif tag == "span" and "badge" in (attributes.get("class") or "").split():
            self._badge = True
            if self._part:
                self._part.badges.append("")
        elif tag == "math":
            self._formula = True

    def handle_endtag(self, tag: str) -> None:
        """Close it, and make one space of each run of spaces."""
        if tag in ("article", "tr") and self._part:
            self._part.text = _plain(self._part.text)
            self._part.badges = [_plain(badge) for badge in self._part.badges]
            self._part = None
        elif tag == "span":
            self._badge = False
        elif tag == "math":
            self._formula = False

    def handle_data(self, data: str) -> None:
        """Collect the words, formulas left out."""
        if self._part and not self._formula:
            self._part.text += data
            if self._badge:
                self._part.badges[-1] += data


def _plain(text: str) -> str:
    return " ".join(text.split())


def _anchor(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
