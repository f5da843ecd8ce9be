"""Recheck what is said of theorems that the kernel of Rocq has checked; the kernel is not run."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from proofs_check.checker.bounded import Refused

__all__ = ["CLOSED", "check"]

CLOSED = "Closed under the global context"
"""What Rocq prints of a theorem that rests on no axiom."""


def check(certificate: Mapping[str, Any]) -> tuple[bool, str]:
    """Whether all theorems rest on no axiom and every definition delivered is one that they use.

    That statements and definitions are the expected ones follows from their digests in the table.
    """
    for theorem in certificate["theorems"]:
        name, definitions = theorem["name"], theorem["definitions"]
        if theorem["assumptions"] != CLOSED:
            return False, f"{name} rests on {str(theorem['assumptions'])[:80]}"
        if not isinstance(definitions, dict):
            raise Refused(f"the definitions of {name} are no object")
        # from the statement on, definition after definition
        reached: set[str] = set()
        waiting = [theorem["statement"]]
        while waiting:
            words = set(re.findall(r"\w+", waiting.pop()))
            new = words & definitions.keys() - reached
            reached |= new
            waiting += [definitions[one] for one in new]
        if idle := sorted(definitions.keys() - reached):
            return False, f"{name} does not rest on the definition of {idle[0]!r}"
    names = ", ".join(theorem["name"] for theorem in certificate["theorems"])
    return True, (
        f"statements and definitions as expected, no axiom: {names}; the proofs were not run "
        "again: make formal does"
    )
