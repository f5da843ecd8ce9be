"""Checks whose evidence is a theorem that the kernel of Rocq has checked."""

from __future__ import annotations

from collections.abc import Mapping

from proofs_check.claim import Bearing, Check, Context, Finding, Grade
from proofs_check.formal.record import faults, stored, theorem

__all__ = ["RECORDED", "formalised"]

RECORDED = "formal (recorded, not re-run here)"
"""How a finding is called if Rocq has not run."""


def formalised(
    name: str,
    theorems: Mapping[str, str],
    bearing: Bearing,
    scope: str,
    partial: bool = False,
    remark: str = "",
) -> Check:
    """The check that theorems in ``theories`` are those of the record, and closed.

    It finds what ``bearing`` says if sources, statements and definitions are those that Rocq has
    checked. Otherwise it is silent, so that the claim has the grade of its other checks, and the
    run fails. In a run with Rocq it also compares what Rocq has printed just now.

    Parameters
    ----------
    name : str
        Name of the check.
    theorems : mapping from str to str
        The names of the theorems, each with what it says, in a sentence of plain mathematics.
    bearing : Bearing
        What they show about the claim.
    scope : str
        For what: "all sizes" if it is the whole statement.
    partial : bool, optional
        Whether they state a part of the claim.
    remark : str, optional
        What the theorems do not state.
    """

    def run(context: Context) -> Finding:
        if found := faults(theorems, anew=context.formal):
            return Finding(
                Bearing.SILENT,
                "The proofs count for nothing in this run, and the claim has the grade of its "
                f"other checks: {'; '.join(found)}. Check them anew: make formal",
                len(found),
            )
        record = stored()
        versions = f"Coq {record['versions']['coq']} with MathComp {record['versions']['mathcomp']}"
        said = "; ".join(f"{name}: {words}" for name, words in theorems.items())
        if context.formal is None:
            how = f"{RECORDED}: {versions} checked these proofs on {record['date']}"
        else:
            how = f"formal (checked anew in this run): {versions}"
        return Finding(
            bearing,
            f"{said}. {how}, without axioms.{' ' * bool(remark)}{remark}",
            len(theorems),
            numbers={"theorems": list(theorems)},
            certificate={
                "kind": "formal-theorems",
                "theorems": [theorem(name) for name in theorems],
            },
            scope=scope,
        )

    method = f"proofs that the kernel of Rocq has checked: {', '.join(theorems)}"
    return Check(name, Grade.FORMAL, method, run, partial=partial)
