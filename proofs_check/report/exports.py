"""A run for other tools: JUnit XML for continuous integration, a LaTeX table for manuscripts."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from figures.numbering import VERSION
from proofs_check.claim import Bearing, Verdict
from proofs_check.engine.verdicts import ClaimReport, Report

__all__ = ["junit", "latex"]

_LATEX = {c: "\\" + c for c in "#$%&_{}"} | {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
}


def junit(report: Report) -> str:
    """The run as JUnit XML, with a test suite for each claim.

    A suite has a test case for each check, each control and the verdict, whose own words are its
    output. It has further ones only
    if they fail: for a check of the reader's own data, and for a number that the correction names
    and no check reported. A check that did not decide is skipped if the claim is expected to be
    undecided; otherwise it fails. As many test cases fail as ``report.failures`` has entries. Only
    checks are timed.
    """
    root = ElementTree.Element("testsuites", name="proofs-check")
    for entry in report.claims:
        suite = ElementTree.SubElement(root, "testsuite", name=entry.claim.id)
        if entry.checked:
            _cases(suite, entry)
        suite.set("tests", str(len(suite)))
        suite.set("failures", str(len(suite.findall("testcase/failure"))))
        suite.set("errors", "0")
        suite.set("skipped", str(len(suite.findall("testcase/skipped"))))
        suite.set("time", f"{entry.seconds:.3f}")
    for count in ("tests", "failures", "errors", "skipped"):
        root.set(count, str(sum(int(suite.get(count, "0")) for suite in root)))
    root.set("time", f"{sum(entry.seconds for entry in report.claims):.3f}")
    ElementTree.indent(root)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        + ElementTree.tostring(root, encoding="unicode")
        + "\n"
    )


def latex(report: Report) -> str:
    r"""A LaTeX table of the claims: id, source, verdict in its own words and grade of evidence.

    It needs ``\usepackage{booktabs}``.
    """
    rows = [
        rf"\texttt{{{_escaped(entry.claim.id)}}} & {_escaped(_place(entry.claim.source))} & "
        rf"{_escaped(entry.words)} & {entry.grade or '--'} \\"
        for entry in report.claims
    ]
    head = [
        r"% Needs \usepackage{booktabs}. Statements are numbered as in the published paper, UAI "
        rf"2021, {VERSION}.",
        r"\begin{tabular}{@{}lp{0.3\linewidth}p{0.3\linewidth}l@{}}",
        r"\toprule",
        r"Claim & Statement & Verdict & Evidence \\",
        r"\midrule",
    ]
    return "\n".join([*head, *rows, r"\bottomrule", r"\end{tabular}", ""])


def _cases(suite: ElementTree.Element, entry: ClaimReport) -> None:
    for e in entry.evidence:
        case = _case(suite, f"check: {e.check}")
        case.set("time", f"{e.seconds:.3f}")
        if fault := entry.fault(e):
            _mark(case, "failure", fault, e.finding.detail)
        elif e.finding.bearing is Bearing.SILENT:
            _mark(case, "skipped", "did not decide", e.finding.detail)
    for e in entry.on_data:
        if e.finding.bearing is Bearing.FAILED:
            _mark(_case(suite, f"own data: {e.check}"), "failure", "failed", e.finding.detail)
    for name, rejected in entry.controls:
        case = _case(suite, f"control: {name}")
        if not rejected:
            _mark(
                case,
                "failure",
                "not rejected",
                entry.crashes.get(name, "the machinery of the checks accepted a false variant"),
            )
    for key in entry.missing_numbers:
        case = _case(suite, f"correction: {key}")
        _mark(
            case, "failure", "number missing", "the correction names it, and no check reported it"
        )
    case = _case(suite, f"verdict: {entry.claim.expected}")
    ElementTree.SubElement(case, "system-out").text = _printable(entry.words)
    if entry.verdict is not Verdict.UNDECIDED and not entry.scope:
        _mark(case, "failure", "no scope", "no check says for what the verdict stands")
    if entry.verdict != entry.claim.expected:
        _mark(case, "failure", f"verdict is {entry.verdict}", f"expected {entry.claim.expected}")


def _case(suite: ElementTree.Element, name: str) -> ElementTree.Element:
    classname = f"proofs_check.{suite.get('name')}"
    return ElementTree.SubElement(suite, "testcase", classname=classname, name=_printable(name))


def _mark(case: ElementTree.Element, tag: str, message: str, text: str) -> None:
    ElementTree.SubElement(case, tag, message=message).text = _printable(text)


def _printable(text: str) -> str:
    """Text that XML 1.0 can hold: control characters and lone surrogates become question marks."""
    return re.sub("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "?", text)


def _place(source: str) -> str:
    """A source line without what the head of the table says once for all."""
    return re.sub(rf" of {re.escape(VERSION)}(; [^;]* of the ICLR 2021 submission)?", "", source)


def _escaped(text: str) -> str:
    return "".join(_LATEX.get(c, c) for c in text)
