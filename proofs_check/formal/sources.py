"""Reads sources of Rocq as text: what they must not contain, and their digests."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

__all__ = ["PROJECT", "THEORIES", "definitions_in", "digests", "listed", "offences", "stripped"]

THEORIES = Path(__file__).with_name("theories")
PROJECT = "_CoqProject"
OPTIONS = ("-Q . Butterfly", "-arg -w -arg -notation-overridden,-ambiguous-paths")
"""The options that the project file may set; others could switch checks of the kernel off."""

# what adds an assumption, leaves a proof open, or switches a check of the kernel off
_REFUSED = re.compile(
    r"\b(?:Axioms?|Parameters?|Conjectures?|Admitted|admit|give_up|Admit\s+Obligations"
    r"|bypass_check|(?:Uns|S)et\s+(?:Guard|Positivity|Universe)\s+Checking|Type\s+In\s+Type"
    r"|Declare\s+ML\s+Module|Primitive|Symbols?|Rewrite\s+Rules?|Load|Drop|Redirect)\b"
)
# what adds an assumption where no section is open
_ASSUMED = re.compile(r"\b(?:Variables?|Hypothes[ie]s|Context)\b")
_BLOCK = re.compile(r"\b(?:(Section|Module(?:\s+Type)?)\s+\w+\s*\.|(End)\s+\w+\s*\.)")
_MARK = re.compile(r'"|\(\*|\*\)')
_LETTER = re.compile(r"[^\n]")
_DEFINED = re.compile(r"\b(?:Definition|Fixpoint|Inductive|Record|CoFixpoint)\s+(\w+)")


def stripped(text: str) -> str:
    """A source with blanks in the place of comments, which nest, and of strings.

    Raises
    ------
    ValueError
        If a comment or a string is not closed.

    Examples
    --------
    >>> stripped('Lemma a (* (* b *) "*)" c *) : "Axiom" = d.')
    'Lemma a                      :         = d.'
    """
    result, i, depth = [], 0, 0
    while mark := _MARK.search(text, i):
        before, pair = text[i : mark.start()], mark[0]
        result.append(_blank(before) if depth else before)
        i = mark.end()
        if pair == '"':
            # a quotation mark is doubled inside a string, which then reads as two strings
            i = text.find('"', i) + 1
            if not i:
                raise ValueError("a string is not closed")
        elif depth or pair == "(*":
            depth += 1 if pair == "(*" else -1
        else:
            result.append(pair)
            continue
        result.append(_blank(text[mark.start() : i]))
    result.append(text[i:])
    if depth:
        raise ValueError("a comment is not closed")
    return "".join(result)


def _blank(text: str) -> str:
    """The text with all but the ends of lines blank."""
    return _LETTER.sub(" ", text)


def offences(text: str) -> list[str]:
    """What a source contains and must not, each with its line; empty for a source without axioms.

    Examples
    --------
    >>> offences("Axiom false : False.")
    ['line 1: Axiom']
    >>> offences("Section A.\\nVariable x : nat.\\nEnd A.\\nVariable y : nat.")
    ['line 4: Variable outside a section']
    """
    code = stripped(text)
    found = [(m.start(), m[0]) for m in _REFUSED.finditer(code)]
    opened: list[str] = []
    marks = sorted((*_BLOCK.finditer(code), *_ASSUMED.finditer(code)), key=lambda m: m.start())
    for mark in marks:
        if mark.re is _ASSUMED:
            if "Section" not in opened:
                found.append((mark.start(), f"{mark[0]} outside a section"))
        elif mark[2]:
            if opened:
                opened.pop()
        else:
            opened.append(mark[1])
    return [f"line {code.count(chr(10), 0, at) + 1}: {what}" for at, what in sorted(found)]


def listed(folder: Path = THEORIES) -> list[str]:
    """The sources that the project file lists, in the order in which they can be compiled.

    A source in a folder of its own subject is named with that folder: ``embeddings/Moments.v``.

    Raises
    ------
    ValueError
        If it sets an option that is not one of ``OPTIONS``, or another source lies in the folder.
    """
    lines = (folder / PROJECT).read_text(encoding="utf-8").splitlines()
    names = [line for line in lines if line.endswith(".v")]
    if strange := [line for line in lines if line not in (*names, *OPTIONS)]:
        raise ValueError(f"{PROJECT} has the line {strange[0]!r}")
    found = {path.relative_to(folder).as_posix() for path in folder.rglob("*.v")}
    if others := found ^ set(names):
        raise ValueError(f"in the folder or in {PROJECT}, but not in both: {sorted(others)}")
    return names


def digests(folder: Path = THEORIES) -> dict[str, str]:
    """SHA-256 of the project file and of every source, by name."""
    return {
        name: hashlib.sha256((folder / name).read_bytes()).hexdigest()
        for name in (PROJECT, *listed(folder))
    }


def definitions_in(folder: Path = THEORIES) -> Iterator[tuple[str, str]]:
    """Every (source, name) of a definition in the sources, but for those local to a section."""
    for name in listed(folder):
        code = stripped((folder / name).read_text(encoding="utf-8"))
        yield from ((name, defined) for defined in _DEFINED.findall(code))
