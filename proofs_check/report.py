"""A run as files: report.json for programs, index.html for readers, certificates for sceptics."""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from html import escape
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from latex2mathml.converter import convert
from markupsafe import Markup

from landscape.files import write_atomically
from proofs_check.claim import Bearing
from proofs_check.runner import ClaimReport, Report

__all__ = ["as_json", "typeset", "write"]

SCHEMA = 1


def write(report: Report, out: str | os.PathLike[str]) -> Path:
    """Write report.json, certificates/ and index.html into a folder; returns the path of index.html.

    Raises
    ------
    OSError
        If the folder cannot be written; what was there before stays whole.
    """
    out = Path(out)
    names = {}
    for entry in report.claims:
        for evidence in entry.evidence:
            if evidence.finding.certificate is not None:
                name = f"{entry.claim.id}.{_slug(evidence.check)}.json"
                names[entry.claim.id, evidence.check] = f"certificates/{name}"
                content = {"claim": entry.claim.id, "check": evidence.check, **evidence.finding.certificate}
                write_atomically(out / "certificates" / name, json.dumps(content, indent=1) + "\n")
    for stale in set((out / "certificates").glob("*.json")) - {out / name for name in names.values()}:
        stale.unlink()
    write_atomically(out / "report.json", json.dumps(as_json(report), indent=1, ensure_ascii=False) + "\n")
    return write_atomically(out / "index.html", _page(report, names))


def as_json(report: Report) -> dict[str, Any]:
    """The report as a JSON object of schema 1."""
    return {
        "schema": SCHEMA,
        "claims": [_claim_json(entry) for entry in report.claims],
        "budget": {"alpha": report.alpha},
        "environment": {
            **report.environment,
            "profile": report.profile,
            "seed": report.seed,
            "data": report.data,
        },
        "failures": report.failures,
    }


def typeset(text: str) -> Markup:
    """HTML of prose with LaTeX between dollar signs, as MathML; everything else is escaped.

    Raises
    ------
    ValueError
        For an odd number of dollar signs.

    Examples
    --------
    >>> typeset("a < b")
    Markup('a &lt; b')
    """
    pieces = text.split("$")
    if len(pieces) % 2 == 0:
        raise ValueError(f"unbalanced dollar signs in {text!r}")
    spaced = (p.replace(r"\log", r"\log\,") if i % 2 else p for i, p in enumerate(pieces))
    return Markup("".join(convert(p) if i % 2 else escape(p) for i, p in enumerate(spaced)))


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower())


def _claim_json(entry: ClaimReport) -> dict[str, Any]:
    claim = entry.claim
    return {
        "id": claim.id,
        "title": claim.title,
        "source": claim.source,
        "statement": claim.statement,
        "verdict": entry.verdict,
        "checked": entry.checked,
        "grade": entry.grade,
        "evidence": [
            {
                "check": e.check,
                "method": e.method,
                "grade": e.grade,
                "passed": entry.passed(e),
                "bearing": e.finding.bearing,
                "detail": e.finding.detail,
                "cases": e.finding.cases,
                "numbers": e.finding.numbers,
                "alpha": e.alpha,
                "seconds": round(e.seconds, 3),
                "seed": e.seed,
            }
            for e in entry.evidence
        ],
        "controls": [{"name": name, "rejected": rejected} for name, rejected in entry.controls],
        "correction": claim.correction,
        "depends_on": claim.depends_on,
    }


def _page(report: Report, certificates: dict[tuple[str, str], str]) -> str:
    environment = Environment(
        loader=PackageLoader("proofs_check"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["typeset"] = typeset
    environment.filters["seconds"] = lambda s: f"{s:.1f}" if s >= 0.05 else "<0.1"
    environment.filters["anchor"] = _slug
    checked = [entry for entry in report.claims if entry.checked]
    return environment.get_template("report.html.j2").render(
        report=report,
        checked=checked,
        unchecked=[entry for entry in report.claims if not entry.checked],
        counts=Counter(str(entry.verdict) for entry in checked),
        known={entry.claim.id for entry in report.claims},
        certificates=certificates,
        Bearing=Bearing,
    )
