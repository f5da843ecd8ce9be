"""Claims with the verdicts that their evidence gives, and what went wrong."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from proofs_check.engine.claim import Bearing, Claim, Evidence, Grade, Verdict

__all__ = ["ClaimReport", "Report", "with_numbers"]


@dataclass(frozen=True)
class ClaimReport:
    """A claim with the verdict that its evidence gives. ``controls``: (name, rejected) pairs.

    ``on_data`` is what was found for the reader's own matrices; it bears on no verdict.
    """

    claim: Claim
    verdict: Verdict
    grade: Grade | None
    evidence: tuple[Evidence, ...]
    controls: tuple[tuple[str, bool], ...]
    on_data: tuple[Evidence, ...] = ()

    @property
    def checked(self) -> bool:
        """Whether the claim has checks at all."""
        return bool(self.claim.checks)

    @property
    def seconds(self) -> float:
        """Time of the checks, summed."""
        return sum(e.seconds for e in (*self.evidence, *self.on_data))

    @property
    def failures(self) -> list[str]:
        """What went wrong: another verdict than expected, a failed or opposing check, a control not
        rejected."""
        if not self.checked:
            return []
        wrong = []
        if self.verdict != self.claim.expected:
            wrong.append(f"verdict is {self.verdict}, expected {self.claim.expected}")
        opposed = Bearing.SUPPORTS if self.claim.expected is Verdict.REFUTED else Bearing.REFUTES
        for e in self.evidence:
            if e.finding.bearing in (Bearing.FAILED, opposed):
                wrong.append(f"check '{e.check}' {e.finding.bearing}: {e.finding.detail}")
        for e in self.on_data:
            if e.finding.bearing is Bearing.FAILED:
                wrong.append(f"own data, '{e.check}': {e.finding.detail}")
        wrong += [
            f"control '{name}' was not rejected" for name, rejected in self.controls if not rejected
        ]
        return wrong

    @property
    def correction(self) -> str:
        """The correction of the claim, its ``<<check:number>>`` replaced by what this run found."""
        return with_numbers(self.claim.correction, self.evidence)

    def passed(self, evidence: Evidence) -> bool:
        """Whether a check bears out the verdict of the claim, or leaves a conjecture as undecided
        as is expected."""
        if self.verdict is Verdict.UNDECIDED and self.claim.expected is not Verdict.UNDECIDED:
            return False
        return evidence.finding.bearing is self.verdict.borne_out_by


@dataclass(frozen=True)
class Report:
    """All claims with their verdicts, and the settings of the run."""

    claims: tuple[ClaimReport, ...]
    profile: str
    seed: int
    data: str | None
    environment: dict[str, Any]

    @property
    def alpha(self) -> float:
        """Bound on the chance that any statistical finding of the run is wrong: the sum over the
        checks."""
        return sum(e.alpha for c in self.claims for e in (*c.evidence, *c.on_data))

    @property
    def failures(self) -> list[str]:
        """Everything that went wrong, each with the id of its claim; empty for a good run."""
        return [f"{c.claim.id}: {failure}" for c in self.claims for failure in c.failures]


def with_numbers(text: str, evidence: Iterable[Evidence] = ()) -> str:
    """Prose with every ``<<check:number>>`` replaced by that number of the finding, or by … where
    there is none.

    Examples
    --------
    >>> with_numbers("up to <<encoder:count>> weights")
    'up to … weights'
    """
    numbers = {e.check: e.finding.numbers for e in evidence}
    return re.sub(
        r"<<([^:>]+):([^>]+)>>", lambda m: str(numbers.get(m[1], {}).get(m[2], "…")), text
    )
