"""A run in ten lines of plain text, to paste into a message."""

from __future__ import annotations

from collections.abc import Iterable

from proofs_check.engine.verdicts import ClaimReport, Report

__all__ = ["summarised"]

VERBS = {"holds": ("holds", "hold"), "refuted": ("refuted",) * 2, "undecided": ("undecided",) * 2}


def summarised(report: Report) -> str:
    """Counts, the refuted and the undecided claims, the settings, and how to verify them.

    Every line follows from report.json, and ``proofs-check recheck`` compares the two.

    Examples
    --------
    >>> from proofs_check import run
    >>> print(summarised(run(["weight-bound"])).splitlines()[0])
    1 claim on truncated butterfly networks: 1 holds.
    """
    checked = [entry for entry in report.claims if entry.checked]
    printed = [entry for entry in checked if entry.claim.printed]
    checks = [e for entry in checked for e in entry.evidence]
    controls = [rejected for entry in checked for _, rejected in entry.controls]
    everywhere = sum(entry.words == "holds for all sizes" for entry in checked)
    own = sum(entry.words.startswith("refuted for our networks") for entry in checked)
    number = len(report.claims)
    lines = [
        f"{number} claim{'s' if number != 1 else ''} on truncated butterfly networks: "
        f"{_counts(report.claims)}.",
        f"In the paper (arXiv 2007.08864), {len(printed)}: {_counts(printed)}. "
        f"Ours, {len(checked) - len(printed)}: "
        f"{_counts(entry for entry in checked if entry not in printed)}.",
        f"Of those that hold, {everywhere} are proved for all sizes; the others name the cases "
        f"examined. Of those refuted, {own} are so for networks of our own, not for the paper's.",
        *(
            f"{verdict.capitalize()}: {', '.join(ids)}."
            for verdict in ("refuted", "undecided")
            if (ids := [entry.claim.id for entry in checked if entry.verdict == verdict])
        ),
        f"{len(checks)} checks, {sum(controls)} of {len(controls)} false variants rejected; some "
        f"statistical finding is wrong with probability at most {report.alpha:.1e}.",
        "All is as expected."
        if not report.failures
        else f"NOT as expected, {len(report.failures)}: {'; '.join(report.failures)}.",
        f"butterfly-theory {report.environment.get('butterfly-theory', '?')}, profile "
        f"{report.profile}, seed {report.seed}"
        + (f", data {report.data}." if report.data else "."),
        "Verify: proofs-check recheck DIR, with the folder of report.json.",
    ]
    return "\n".join(lines)


def _counts(entries: Iterable[ClaimReport]) -> str:
    """How many hold, are refuted, are undecided and are not yet checked, without zeros."""
    states = [str(e.verdict) if e.checked else "not yet checked" for e in entries]
    found = [(states.count(state), state) for state in (*VERBS, "not yet checked")]
    return (
        ", ".join(
            f"{count} {VERBS.get(state, (state,) * 2)[count != 1]}"
            for count, state in found
            if count
        )
        or "none"
    )
