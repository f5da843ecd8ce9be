"""What Rocq printed when it checked the theorems last, and whether that still fits the sources."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from proofs_check.formal.sources import THEORIES, digests, listed, offences

__all__ = ["CLOSED", "RECORD", "digest", "faults", "stored", "theorem", "used"]

RECORD = Path(__file__).with_name("record.json")
CLOSED = "Closed under the global context"
Record = Mapping[str, Any]


def digest(text: str) -> str:
    """SHA-256 of a text, in which any blanks count as one."""
    return hashlib.sha256(" ".join(text.split()).encode()).hexdigest()


@cache
def stored() -> Record:
    """The record of the last check."""
    return json.loads(RECORD.read_text(encoding="utf-8"))


def used(text: str, definitions: Mapping[str, str]) -> list[str]:
    """The definitions that a statement rests on, directly or through one another, sorted.

    Examples
    --------
    >>> used("forall x, f x = 0", {"f": "f = fun x => g x", "g": "g = S", "h": "h = 0"})
    ['f', 'g']
    """
    found: set[str] = set()
    waiting = [text]
    while waiting:
        names = {name for name in re.findall(r"\w+", waiting.pop()) if name in definitions}
        waiting += [definitions[name] for name in names - found]
        found |= names
    return sorted(found)


def theorem(name: str, record: Record | None = None) -> dict[str, Any]:
    """A theorem of the record: its name, statement, definitions and assumptions as printed.

    Raises
    ------
    KeyError
        If the record has no theorem of this name.
    """
    record = stored() if record is None else record
    entry = record["theorems"][name]
    definitions = {one: record["definitions"][one]["text"] for one in entry["definitions"]}
    return {
        "name": name,
        "statement": entry["statement"],
        "definitions": definitions,
        "assumptions": entry["assumptions"],
    }


def faults(
    names: Iterable[str],
    record: Record | None = None,
    folder: Path = THEORIES,
    anew: Record | None = None,
) -> list[str]:
    """Why theorems of the record are no evidence, one sentence each; empty if they are.

    Parameters
    ----------
    names : iterable of str
        The theorems that a claim names.
    record : mapping, optional
        By default the stored one.
    folder : path
        Where the sources are.
    anew : mapping, optional
        A record that Rocq has made just now, with which this one must agree.
    """
    record = stored() if record is None else record
    found = [] if record["coqchk"] else ["the record was written without coqchk"]
    found += _of_sources(record, folder)
    for name in names:
        if name not in record["theorems"]:
            found.append(f"there is no theorem {name!r} in the record")
            continue
        found += _of_theorem(name, record)
        if anew is not None:
            found += _differences(name, record, anew)
    return found


def _of_sources(record: Record, folder: Path) -> list[str]:
    """A source that is not the one that was checked, or has what it must not."""
    try:
        here = digests(folder)
        found = [
            f"{name}: {offence}"
            for name in listed(folder)
            for offence in offences((folder / name).read_text(encoding="utf-8"))
        ]
    except (OSError, ValueError) as error:
        return [f"the sources cannot be read: {error}"]
    return found + [
        f"{name} is not the source that was checked: its digest differs"
        for name in sorted(here.keys() | record["sources"].keys())
        if here.get(name) != record["sources"].get(name)
    ]


def _of_theorem(name: str, record: Record) -> list[str]:
    """What is wrong with one theorem of the record in itself."""
    entry, known = record["theorems"][name], record["definitions"]
    found = []
    if digest(entry["statement"]) != entry["sha256"]:
        found.append(f"{name}: the digest of its statement differs")
    if entry["assumptions"] != CLOSED:
        found.append(f"{name}: it rests on {entry['assumptions']}")
    texts = {one: definition["text"] for one, definition in known.items()}
    if entry["definitions"] != used(entry["statement"], texts):
        found.append(f"{name}: it rests on other definitions than the record says")
    found += [
        f"{name}: the digest of the definition {one!r} differs"
        for one in entry["definitions"]
        if one not in known or digest(known[one]["text"]) != known[one]["sha256"]
    ]
    return found


def _differences(name: str, record: Record, anew: Record) -> list[str]:
    """Where what Rocq has just printed of a theorem differs from the record."""
    if name not in anew["theorems"]:
        return [f"{name}: Rocq has no such theorem"]
    old, new = theorem(name, record), theorem(name, anew)
    return [f"{name}: Rocq prints another {part}" for part in old if old[part] != new[part]]
