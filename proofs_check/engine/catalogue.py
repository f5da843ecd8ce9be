"""The claims, found in the modules of ``proofs_check.statements``.

Such a module defines one claim, ``CLAIM``, or a table of several, ``CLAIMS``.

``catalogue.csv`` has a line for each claim, in the order of all claims: that of the paper, then
what goes beyond it. It says in which module a claim stands and what ``proofs-check list`` shows, so
that no more is loaded than is asked for. Of a new claim it needs the id alone, in its place;
``python -m proofs_check.engine.catalogue`` writes all the rest.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from typing import NamedTuple

from figures.numbering import renamed
from fjlt.extras import installed
from fjlt.runs.console import choose
from proofs_check import statements
from proofs_check.claim import Claim

__all__ = ["TABLE", "Line", "as_table", "chosen", "claims", "lines"]

TABLE = Path(__file__).with_suffix(".csv")


class Line(NamedTuple):
    """What the table says of a claim.

    Attributes
    ----------
    claim : str
        The id.
    module : str
        Where it stands in ``proofs_check.statements``.
    title, expected : str
    checks, controls : int
        How many it has.
    statement : str
        SHA-256 of the statement, in UTF-8.
    """

    claim: str
    module: str = ""
    title: str = ""
    expected: str = ""
    checks: int = 0
    controls: int = 0
    statement: str = ""


@cache
def lines() -> dict[str, Line]:
    """The table, by id.

    Examples
    --------
    >>> lines()["jl-norm"].title
    'A JL transform preserves the norm'
    """
    with TABLE.open(encoding="utf-8", newline="") as file:
        # of a new claim there may be the id alone
        rows = list(csv.DictReader(file, restval="0"))
    return {
        row["claim"]: Line(
            row["claim"],
            row["module"],
            row["title"],
            row["expected"],
            int(row["checks"]),
            int(row["controls"]),
            row["statement"],
        )
        for row in rows
    }


def chosen(ids: Iterable[str] | None = None) -> list[str]:
    """The ids that a caller means, each once; those of earlier versions are translated.

    Raises
    ------
    ValueError
        For an unknown id.

    Examples
    --------
    >>> chosen(["prop-1", "lemma-b1", "prop-1"])
    ['prop-1', 'lemma-s2.1']
    """
    known = lines()
    if ids is None:
        return list(known)
    return list(dict.fromkeys(choose(now, known, "claim") for id in ids for now in renamed(id)))


def claims(ids: Iterable[str] | None = None) -> tuple[Claim, ...]:
    """All claims: those of the paper in its order, then those that go beyond it.

    Parameters
    ----------
    ids : iterable of str, optional
        The claims of these ids alone. Only their modules are loaded.

    Returns
    -------
    tuple of Claim
        In the order of the table, or of the ids.

    Raises
    ------
    ValueError
        If an id is unknown, two claims have the same id, or the table and the modules disagree.

    Examples
    --------
    >>> [claim.id for claim in claims()][:2]
    ['definition-3.1', 'footnote-4']
    >>> [claim.title for claim in claims(["jl-norm"])]
    ['A JL transform preserves the norm']
    """
    if ids is None:
        return tuple(claim for _, claim in _found().values())
    known: dict[str, Claim] = {}
    for id in (wanted := chosen(ids)):
        if id not in known:
            known |= {claim.id: claim for claim in _defined(lines()[id].module)}
    if moved := [id for id in wanted if id not in known]:
        raise ValueError(f"the modules that {TABLE.name} names do not define {moved}")
    return tuple(known[id] for id in wanted)


@cache
def _found() -> dict[str, tuple[str, Claim]]:
    """Each claim with its module, in the order of the table."""
    by_id: dict[str, tuple[str, Claim]] = {}
    root = f"{statements.__name__}."
    for found in walk_packages(statements.__path__, root):
        module = found.name.removeprefix(root)
        for claim in _defined(module):
            if claim.id in by_id:
                raise ValueError(f"{found.name} defines the claim {claim.id!r} a second time")
            by_id[claim.id] = module, claim
    if misplaced := sorted(by_id.keys() ^ lines().keys()):
        raise ValueError(f"in {TABLE.name} or defined in a module, but not both: {misplaced}")
    return {claim_id: by_id[claim_id] for claim_id in lines()}


def _defined(module: str) -> tuple[Claim, ...]:
    """The claims of a module."""
    with installed():
        found = import_module(f"{statements.__name__}.{module}")
    single = getattr(found, "CLAIM", None)
    return (*getattr(found, "CLAIMS", ()), *(() if single is None else (single,)))


def as_table() -> str:
    """The table, as text, from the claims themselves."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(Line._fields)
    for module, claim in _found().values():
        digest = hashlib.sha256(claim.statement.encode()).hexdigest()
        counts = (len(claim.checks), len(claim.controls))
        table.writerow([claim.id, module, claim.title, claim.expected, *counts, digest])
    return text.getvalue()


if __name__ == "__main__":
    TABLE.write_text(as_table(), encoding="utf-8")
