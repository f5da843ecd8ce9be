"""What claims found, written into the pages of ``docs`` by a run of these claims.

A page marks a block with ``<!-- claim: ID -->`` and ``<!-- end -->``, each on a line of its own. A
table of rows that one check has found is marked with ``<!-- rows: ID, CHECK, NUMBER -->``; its head
stands in the page.
``python -m proofs_check.report.documentation docs/theory`` writes every block of a folder anew.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from proofs_check.engine.catalogue import claims
from proofs_check.engine.runner import Settings, Task, perform, run
from proofs_check.engine.verdicts import ClaimReport

__all__ = ["fill", "main"]

_MARKS = re.compile(r"<!-- claim: ([a-z0-9.-]+) -->\n.*?<!-- end -->", re.DOTALL)
_ROWS = re.compile(
    r"(<!-- rows: ([a-z0-9.-]+), ([^,\n]+), ([^,\n]+) -->\n[^\n]*\n[-| ]+\n).*?<!-- end -->",
    re.DOTALL,
)


def fill(text: str) -> str:
    """A page with its blocks written anew.

    Raises
    ------
    ValueError
        If a block names an unknown claim, check or number.

    Examples
    --------
    >>> print(fill("<!-- claim: printed-smallest-error -->\\n<!-- end -->").splitlines()[4][:12])
    *Holds for t
    """
    ids = _MARKS.findall(text)
    found = {entry.claim.id: entry for entry in (run(ids).claims if ids else ())}
    text = _ROWS.sub(lambda mark: f"{mark[1]}{_lines(*mark.group(2, 3, 4))}\n<!-- end -->", text)
    return _MARKS.sub(
        lambda mark: f"<!-- claim: {mark[1]} -->\n{_block(found[mark[1]])}\n<!-- end -->", text
    )


def _lines(id: str, check: str, number: str) -> str:
    """The rows that a check finds under this name."""
    (claim,) = claims([id])
    places = {one.name: i for i, one in enumerate(claim.checks)}
    if check not in places:
        raise ValueError(f"{id} has no check {check!r}; it has {', '.join(places)}")
    numbers = perform(Task(id, "check", places[check]), Settings())["numbers"]
    if number not in numbers:
        raise ValueError(f"{id}, {check} has no number {number!r}; it has {', '.join(numbers)}")
    return "\n".join(f"| {' | '.join(map(str, row))} |" for row in numbers[number])


def _block(entry: ClaimReport) -> str:
    """Statement, verdict and what holds instead, with the numbers of the run."""
    words = entry.words[0].upper() + entry.words[1:]
    layers = [layer for one in entry.evidence for layer in one.finding.numbers.get("layers", ())]
    parts = [
        f"> {entry.claim.statement}\n> ({entry.claim.source})",
        f"*{words}.* {entry.correction} Evidence: *{entry.claim.id}*.",
    ]
    if layers:
        head = ("layer", "printed", "most", "mean", "least")
        lines = [
            [f"{1 << layer['p1']} × {1 << layer['p2']}", *(f"{layer[c]:.0f}" for c in head[1:])]
            for layer in layers
        ]
        titles = ["layer", "printed", "effective weights, most", "mean", "least"]
        rows = [titles, ["---"] * len(head), *lines]
        parts.append("\n".join(f"| {' | '.join(row)} |" for row in rows))
    return "\n\n".join(parts)


def main(folder: str) -> None:
    """Rewrite the blocks in the Markdown files of a folder, and print the names of those files."""
    for path in sorted(Path(folder).glob("*.md")):
        text = path.read_text(encoding="utf-8")
        if _MARKS.search(text) or _ROWS.search(text):
            path.write_text(fill(text), encoding="utf-8")
            print(path)


if __name__ == "__main__":
    main(*sys.argv[1:])
