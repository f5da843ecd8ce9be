"""Recheck a report: its certificates are those that the claims need, and each of them is true."""

from __future__ import annotations

import hashlib
import os
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from proofs_check.checker.bounded import Refused, parsed
from proofs_check.checker.certificates import judged
from proofs_check.checker.expectation import Certificate, Claim
from proofs_check.checker.expected import EXPECTED
from proofs_check.checker.isolated import Worker
from proofs_check.checker.pages import compare

__all__ = ["ANSWERS", "certificate", "recheck", "report", "uncertified"]

REPORT = "report.json"
MAX_REPORT_BYTES = 2**25
SECONDS = 120.0
GRADES = ("formal", "proof", "exact", "interval", "statistical", "numerical", "cited")
PROVED = ("formal", "proof")
Results = dict[str, tuple[bool, str]]


def recheck(
    folder: str | os.PathLike[str],
    seconds: float = SECONDS,
    progress: Callable[[str, int, int], None] | None = None,
) -> Results:
    """Recheck a report and all its certificates.

    Parameters
    ----------
    folder : path
        A folder that ``proofs-check run`` or ``landscape joint`` has written.
    seconds : float
        What takes longer is refused.
    progress : callable(name, done, total), optional
        Called after each certificate.

    Returns
    -------
    dict
        For "report.json" and each certificate, whether it is what the claims need and is true, and
        a sentence: what was replayed, or "refused: ..." with the reason. A certificate that is
        missing has an entry as well. A folder of ``landscape joint`` has no report and shows
        nothing about a claim.

    Raises
    ------
    ValueError
        If there is neither a report nor a certificate.
    """
    folder = Path(folder)
    files = {path.name: path for path in sorted((folder / "certificates").glob("*.json"))}
    if not files and not (folder / REPORT).exists():
        raise ValueError(
            f"{folder} holds no report and {folder / 'certificates'} no certificate; make them "
            f"with: proofs-check run"
        )
    results: Results = {}
    needed: dict[str, tuple[str, str] | None] = dict.fromkeys(files)
    with Worker(seconds) as worker:

        def ask(name: str, *request: Any) -> Any:
            try:
                good, sentence, *more = worker.ask(*request)
            except Refused as error:
                good, sentence, more = False, f"refused: {error}", []
            results[name] = good, sentence
            return more

        if (folder / REPORT).exists():
            for places in ask(REPORT, "report", str(folder)):
                needed |= places
        for i, name in enumerate(sorted(needed), 1):
            ask(name, "certificate", str(folder / "certificates" / name), needed[name])
            if progress is not None:
                progress(name, i, len(needed))
    return results


def uncertified(folder: str | os.PathLike[str]) -> Counter[str]:
    """Why checks of a report have no certificate, with the number of checks for each reason."""
    try:
        report = parsed(Path(folder) / REPORT, MAX_REPORT_BYTES)
        known = [EXPECTED[entry["id"]] for entry in report["claims"] if entry["id"] in EXPECTED]
    except (Refused, KeyError, TypeError):
        return Counter()
    return Counter(
        what for claim in known for what in claim.checks.values() if isinstance(what, str)
    )


def certificate(path: str, place: list[str] | None) -> tuple[bool, str]:
    """Whether a file is the certificate of a place, (claim, check), and true.

    Without a place it must be a certificate of the reader's own data.
    """
    try:
        content = parsed(path)
        if not isinstance(content, dict):
            raise Refused("it is no object")
        if place is None:
            if content.get("kind") != "joint-critical-points" or "claim" in content:
                raise Refused("no claim of this report needs this certificate")
            valid, sentence = judged(content)
            return valid, f"{sentence}; no claim rests on it" if valid else sentence
        claim_id, check = place
        found = [content.pop("claim", None), content.pop("check", None)]
        if found != place:
            raise Refused(
                f"it is for the check {str(found[1])[:60]!r} of {str(found[0])[:60]!r}, and this "
                f"is the place of {check!r} of {claim_id!r}"
            )
        expected = EXPECTED[claim_id].checks[check]
        assert isinstance(expected, Certificate)
        return judged(content, expected)
    except Refused as error:
        return False, f"refused: {error}"
    except Exception as error:
        return False, f"refused: {type(error).__name__}: {str(error)[:200]}"


def report(folder: str) -> tuple[bool, str, dict[str, tuple[str, str]]]:
    """Whether report.json says what the claims say, and the places of the certificates it needs."""
    places: dict[str, tuple[str, str]] = {}
    try:
        content = parsed(Path(folder) / REPORT, MAX_REPORT_BYTES)
        entries = content["claims"]
        for entry in entries:
            claim_id = entry["id"]
            if not isinstance(claim_id, str) or claim_id not in EXPECTED:
                raise Refused(f"there is no claim {str(claim_id)[:60]!r}")
            places |= {
                f"{claim_id}.{_slug(check)}.json": (claim_id, check)
                for check, what in EXPECTED[claim_id].checks.items()
                if isinstance(what, Certificate)
            }
        for entry in entries:
            _compare(entry, EXPECTED[entry["id"]])
        ids = [entry["id"] for entry in entries]
        if len(set(ids)) < len(ids):
            raise Refused("a claim stands in it twice")
        if content["budget"]["alpha"] != sum(_alphas(entries)):
            raise Refused("the error budget is not the sum of the error rates")
        for entry in entries:
            for evidence in entry["evidence"]:
                _compare_numbers(Path(folder), entry["id"], evidence)
        compared = compare(Path(folder), content, [f"certificates/{name}" for name in places])
    except Refused as error:
        return False, f"refused: {error}", places
    except Exception as error:
        return False, f"refused: {type(error).__name__}: {str(error)[:200]}", places
    part = "all" if len(ids) == len(EXPECTED) else f"a part, {len(ids)} of"
    needed = f"{len(places)} certificates are needed"
    return True, f"{part} {len(EXPECTED)} claims, as stated; {needed}; {compared}", places


ANSWERS: Mapping[str, Callable[..., Any]] = {"report": report, "certificate": certificate}
"""What the process in ``isolated`` is asked."""


def _compare(entry: dict[str, Any], claim: Claim) -> None:
    """The statement of a claim, its checks, and what each check with a certificate found."""
    claim_id = entry["id"]
    if hashlib.sha256(entry["statement"].encode()).hexdigest() != claim.statement:
        raise Refused(f"{claim_id}: the statement is another one")
    checks = [evidence["check"] for evidence in entry["evidence"]]
    if sorted(checks) != sorted(claim.checks):
        raise Refused(f"{claim_id}: its checks are {checks}, not {list(claim.checks)}")
    verdict, grade = _verdict(entry["evidence"])
    if (entry["verdict"], entry["grade"]) != (verdict, grade):
        raise Refused(
            f"{claim_id}: the verdict is {entry['verdict']}, grade {entry['grade']}; the evidence "
            f"says {verdict}, grade {grade}"
        )
    if entry["words"] != (words := _words(entry)):
        raise Refused(f"{claim_id}: it says {entry['words']!r}; the evidence says {words!r}")
    for evidence in entry["evidence"]:
        check = evidence["check"]
        what = claim.checks[check]
        found = evidence["bearing"], evidence["grade"]
        if isinstance(what, Certificate) and found != (what.bearing, what.grade):
            raise Refused(
                f"{claim_id}, {check}: it {found[0]}, grade {found[1]}; the certificate "
                f"{what.bearing}, grade {what.grade}"
            )
        if evidence["partial"] is not (check in claim.parts):
            whole = "a part" if check in claim.parts else "the whole"
            raise Refused(f"{claim_id}, {check}: it examines {whole} of the statement")
        # for all sizes there are proofs alone, and for each proof a certificate
        universal = evidence["grade"] in PROVED or "all sizes" in evidence["scope"]
        if universal and not (isinstance(what, Certificate) and what.grade in PROVED):
            raise Refused(f"{claim_id}, {check}: no certificate proves it for all sizes")


def _compare_numbers(folder: Path, claim_id: str, evidence: dict[str, Any]) -> None:
    """The numbers of a finding that its certificate has as well."""
    what = EXPECTED[claim_id].checks[evidence["check"]]
    if not isinstance(what, Certificate) or not what.numbers:
        return
    name = f"{claim_id}.{_slug(evidence['check'])}.json"
    content = parsed(folder / "certificates" / name)
    for number, place in what.numbers.items():
        found = content
        for key in place.split("."):
            found = found[int(key)] if key.isdecimal() else found[key]
        if evidence["numbers"][number] != found:
            raise Refused(
                f"{claim_id}, {evidence['check']}: the number {number!r} is not that of its "
                f"certificate"
            )


def _verdict(evidence: list[dict[str, Any]]) -> tuple[str, str | None]:
    """The verdict that bearings and grades give, and its grade.

    A witness refutes, unless it is in floating point. Otherwise one check that supports is enough
    if none refutes or failed. The strongest check of the whole statement gives the grade, or the
    weakest part if there is no such check.
    """
    refuting, supporting = _agreeing(evidence, "refuted"), _agreeing(evidence, "holds")
    if refuting:
        return "refuted", _grade(refuting)
    if supporting and not any(e["bearing"] in ("refutes", "failed") for e in evidence):
        return "holds", _grade(supporting)
    return "undecided", None


def _agreeing(evidence: list[dict[str, Any]], verdict: str) -> list[dict[str, Any]]:
    """The evidence for a verdict; nothing in floating point refutes."""
    if verdict == "holds":
        return [e for e in evidence if e["bearing"] == "supports"]
    return [e for e in evidence if e["bearing"] == "refutes" and e["grade"] != "numerical"]


def _grade(agreeing: list[dict[str, Any]]) -> str:
    """The strongest grade for the whole statement, or the weakest of the parts."""
    whole = [e["grade"] for e in agreeing if not e["partial"]]
    if whole:
        return min(whole, key=GRADES.index)
    return max((e["grade"] for e in agreeing), key=GRADES.index)


def _words(entry: dict[str, Any]) -> str:
    """The verdict of a claim in its own words: for all sizes only by a proof of the whole."""
    if not entry["checked"] or entry["verdict"] == "undecided":
        return entry["verdict"] if entry["checked"] else "not yet checked"
    agreeing = _agreeing(entry["evidence"], entry["verdict"])
    whole = [e for e in agreeing if not e["partial"]]
    if whole:
        agreeing = [e for e in whole if e["grade"] == entry["grade"]]
    if entry["verdict"] == "holds" and whole and entry["grade"] in PROVED:
        return "holds for all sizes"
    scopes = "; ".join(dict.fromkeys(e["scope"] for e in agreeing if e["scope"]))
    return f"{entry['verdict']} for {scopes}" if scopes else entry["verdict"]


def _alphas(entries: list[dict[str, Any]]) -> Iterator[float]:
    """The error rates of all statistical checks, in the order of the report."""
    for entry in entries:
        for evidence in (*entry["evidence"], *entry["on_data"]):
            yield evidence["alpha"]


def _slug(text: str) -> str:
    """The part of a file name that stands for a check."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower())
