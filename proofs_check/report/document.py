"""A run as files: a page for readers, report.json and others for programs, certificates."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from decimal import ROUND_CEILING, Context, Decimal
from importlib.resources import files as resources
from pathlib import Path
from typing import Any

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from figures.numbering import alias
from fjlt.runs.own_files import OwnFiles
from proofs_check.claim import Bearing, Evidence, Grade
from proofs_check.engine.catalogue import claims
from proofs_check.engine.verdicts import ClaimReport, Report
from proofs_check.report.exports import junit, latex
from proofs_check.report.formulas import plain, typeset
from proofs_check.report.graph import of_report, state
from proofs_check.report.pictures import pictures_of
from proofs_check.report.summary import summarised

__all__ = ["as_json", "check_folder", "write"]

SCHEMA = 1
LIST = "report"  # the name of the list of these files
FILES = ("report.json", "junit.xml", "verdicts.tex", "index.html")
BUDGET = 1e-6  # limit on the sum of the error rates of all statistical checks
ON_DATA = {
    Bearing.SUPPORTS: "holds for these matrices",
    Bearing.REFUTES: "fails for these matrices",
    Bearing.SILENT: "undecided for these matrices",
    Bearing.FAILED: "failed",
}
WORDS = {
    "holds": "holds",
    "refuted": "refuted",
    "undecided": "undecided",
    "unchecked": "not yet checked",
}


def write(report: Report, out: str | os.PathLike[str]) -> Path:
    """Write report.json, junit.xml, verdicts.tex, index.html and certificates/ into a folder.

    Certificates of an earlier run are deleted, all other files stay.

    Returns
    -------
    Path
        The page, index.html.

    Raises
    ------
    FileExistsError
        If a file in the way was not written by this function, or was changed since.
    OSError
        If the folder cannot be written. No file is left half written.
    """
    if report.data is not None:  # a file name need not be Unicode
        report = replace(report, data=report.data.encode(errors="replace").decode())
    names, files = {}, {}
    for entry in report.claims:
        for evidence in entry.evidence:
            if evidence.finding.certificate is not None:
                name = _certificate(entry.claim.id, evidence.check)
                names[entry.claim.id, evidence.check] = name
                content = {
                    "claim": entry.claim.id,
                    "check": evidence.check,
                    **evidence.finding.certificate,
                }
                files[name] = json.dumps(content, indent=1) + "\n"
    data = as_json(report)
    files["junit.xml"] = junit(report)
    files["verdicts.tex"] = latex(report)
    files["index.html"] = _page(report, names, _digest(_compact(data)))
    # the page names the data that it shows, and the data name the files made with them
    data["files"] = {name: _digest(content) for name, content in files.items()}
    files["report.json"] = json.dumps(data, indent=1, ensure_ascii=False) + "\n"
    OwnFiles(out, LIST).replace(files)
    return Path(out) / "index.html"


def check_folder(out: str | os.PathLike[str], ids: Iterable[str] | None = None) -> None:
    """Check, before a run of claims, that ``write`` will find no file of yours in its way.

    It writes nothing.

    Raises
    ------
    FileExistsError
        If it would.
    """
    certificates = [
        _certificate(claim.id, check.name) for claim in claims(ids) for check in claim.checks
    ]
    OwnFiles(out, LIST).check([*certificates, *FILES])


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


def _certificate(claim_id: str, check: str) -> str:
    """The name of a certificate's file."""
    return f"certificates/{claim_id}.{_slug(check)}.json"


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower())


def _anchor(text: str) -> str:
    return _slug(text).strip("-")


def _rate(alpha: float) -> Markup:
    """A small probability with two significant digits, rounded up."""
    mantissa, exponent = (
        f"{Context(prec=2, rounding=ROUND_CEILING).plus(Decimal(f'{alpha:.12g}')):e}".split("e")
    )
    times = "" if float(mantissa) == 1 else f"{mantissa.removesuffix('.0')} · "
    return Markup(f"{times}10<sup>{int(exponent)}</sup>".replace("-", "−"))


def _claim_json(entry: ClaimReport) -> dict[str, Any]:
    claim = entry.claim
    return {
        "id": claim.id,
        "title": claim.title,
        "source": claim.source,
        "statement": claim.statement,
        "verdict": entry.verdict,
        "words": entry.words,
        "checked": entry.checked,
        "grade": entry.grade,
        "evidence": [_evidence_json(entry, e) for e in entry.evidence],
        "on_data": [_evidence_json(entry, e) for e in entry.on_data],
        "controls": [
            {"name": name, "rejected": rejected}
            | ({"detail": entry.crashes[name]} if name in entry.crashes else {})
            for name, rejected in entry.controls
        ],
        "correction": entry.correction,
        "depends_on": claim.depends_on,
        "follows_up": claim.follows_up,
    }


def _evidence_json(entry: ClaimReport, e: Evidence) -> dict[str, Any]:
    return {
        "check": e.check,
        "method": e.method,
        "grade": e.grade,
        "passed": entry.passed(e),
        "bearing": e.finding.bearing,
        "detail": e.finding.detail,
        "cases": e.finding.cases,
        "scope": e.finding.scope,
        "numbers": e.finding.numbers,
        "alpha": e.alpha,
        "partial": e.partial,
        "seconds": round(e.seconds, 3),
        "seed": e.seed,
    }


def _compact(data: dict[str, Any]) -> str:
    """JSON without spaces, keys sorted."""
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _page(report: Report, certificates: dict[tuple[str, str], str], digest: str) -> str:
    graph = of_report(report)
    environment = Environment(
        # The sheet look.css is that of the page of figures, too.
        loader=ChoiceLoader(
            [PackageLoader("proofs_check.report"), PackageLoader("figures.engine")]
        ),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "plain": plain,
        "typeset": typeset,
        "seconds": lambda s: f"{s:.1f}" if s >= 0.05 else "<0.1",
        "rate": _rate,
        "state": state,
        "alias": alias,
        "anchor": _anchor,
        "check_anchor": lambda pair: "--".join(map(_anchor, pair)),
    }
    environment.globals |= {
        "Bearing": Bearing,
        "Grade": Grade,
        "WORDS": WORDS,
        "ON_DATA": ON_DATA,
        "BUDGET": BUDGET,
    }
    return environment.get_template("report.html.j2").render(
        report=report,
        summary=summarised(report),
        pictures=pictures_of(entry.claim.id for entry in report.claims if entry.checked),
        entries={entry.claim.id: entry for entry in report.claims},
        font=base64.b64encode(
            (resources("proofs_check.report") / "fonts/stix-two-math.woff2").read_bytes()
        ).decode(),
        graph=graph,
        linked={end for arrow in graph.arrows for end in (arrow.start, arrow.end)},
        counts=Counter(map(state, report.claims)),
        statistical=[
            (entry.claim.id, e)
            for entry in report.claims
            for e in (*entry.evidence, *entry.on_data)
            if e.alpha
        ],
        certificates=certificates,
        digest=digest,
    )
