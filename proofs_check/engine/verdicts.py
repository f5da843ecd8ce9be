"""Claims with the verdicts that their evidence gives, and all that went wrong in a run."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from proofs_check.claim import Bearing, Claim, Evidence, Grade, Verdict

__all__ = ["ClaimReport", "Report", "with_numbers"]

_PLACE = re.compile(r"<<([^:>]+):([^>]+)>>")
"""The place of a number in a text, as <<check:number>>."""


@dataclass(frozen=True)
class ClaimReport:
    """A claim with the verdict that its evidence gives.

    Attributes
    ----------
    claim : Claim
    verdict : Verdict
    grade : Grade, optional
        Strength of the evidence for the verdict.
    evidence : tuple of Evidence
        One entry for each check.
    controls : tuple of (str, bool)
        Name of each control, and whether it was rejected.
    on_data : tuple of Evidence
        What was found for the reader's own matrices; it does not change the verdict.
    crashes : mapping from str to str
        For each control that ended with an exception, its name and what happened.
    """

    claim: Claim
    verdict: Verdict
    grade: Grade | None
    evidence: tuple[Evidence, ...]
    controls: tuple[tuple[str, bool], ...]
    on_data: tuple[Evidence, ...] = ()
    crashes: Mapping[str, str] = field(default_factory=dict)

    @property
    def checked(self) -> bool:
        """Whether the claim has checks at all."""
        return bool(self.claim.checks)

    @property
    def deciding(self) -> list[Evidence]:
        """The checks from which the verdict has its grade; all parts if none examines the whole."""
        if self.verdict is Verdict.UNDECIDED:
            return []
        agreeing = [e for e in self.evidence if e.finding.bearing is self.verdict.borne_out_by]
        if self.verdict is Verdict.REFUTED:
            agreeing = [e for e in agreeing if e.grade is not Grade.NUMERICAL]
        whole = [e for e in agreeing if not e.partial]
        return [e for e in whole if e.grade is self.grade] if whole else agreeing

    @property
    def scope(self) -> str:
        """The family for which the claim holds, or the witness that refutes it, in words.

        It is "all sizes" if a proof supports the whole statement, and otherwise what the deciding
        checks examined; empty if they do not say.
        """
        if self.verdict is Verdict.HOLDS and any(
            e.grade in (Grade.FORMAL, Grade.PROOF) and not e.partial for e in self.deciding
        ):
            return "all sizes"
        return "; ".join(dict.fromkeys(e.finding.scope for e in self.deciding if e.finding.scope))

    @property
    def words(self) -> str:
        """The verdict in its own words, which claim no more than was examined.

        For example "holds for n <= 8, every k and subset", or "holds for all sizes".
        """
        if not self.checked:
            return "not yet checked"
        return f"{self.verdict} for {self.scope}" if self.scope else str(self.verdict)

    @property
    def seconds(self) -> float:
        """Seconds that all checks took together, without the controls."""
        return sum(e.seconds for e in (*self.evidence, *self.on_data))

    @property
    def failures(self) -> list[str]:
        """One sentence for each thing that went wrong.

        That is: a verdict other than the expected one; a check with a fault; a control that was not
        rejected; a number of the correction that no check reported; a verdict that neither a proof
        for all sizes supports nor a check that says for what it stands.
        """
        if not self.checked:
            return []
        failures = []
        if self.verdict != self.claim.expected:
            failures.append(f"verdict is {self.verdict}, expected {self.claim.expected}")
        for e in self.evidence:
            if fault := self.fault(e):
                failures.append(f"check '{e.check}' {fault}: {e.finding.detail}")
        for e in self.on_data:
            if e.finding.bearing is Bearing.FAILED:
                failures.append(f"own data, '{e.check}': {e.finding.detail}")
        for name, rejected in self.controls:
            if not rejected:
                reason = f": {self.crashes[name]}" if name in self.crashes else ""
                failures.append(f"control '{name}' was not rejected{reason}")
        if self.verdict is not Verdict.UNDECIDED and not self.scope:
            failures.append(f"it is said to be '{self.verdict}', and no check says for what")
        for key in self.missing_numbers:
            failures.append(f"the correction names the number '{key}', which no check reported")
        return failures

    def fault(self, evidence: Evidence) -> str | None:
        """What is wrong with the finding of a check, as the verb of a sentence; None if nothing is.

        A check is at fault if it failed, if it says the opposite of the expected verdict, or if it
        is silent although the claim is expected to be decided: a fault in what it examines may
        take its power away.
        """
        bearing, expected = evidence.finding.bearing, self.claim.expected
        opposed = Bearing.SUPPORTS if expected is Verdict.REFUTED else Bearing.REFUTES
        if bearing in (Bearing.FAILED, opposed):
            return str(bearing)
        if bearing is Bearing.SILENT and expected is not Verdict.UNDECIDED:
            return "did not decide"
        return None

    @property
    def correction(self) -> str:
        """The correction of the claim with the numbers of this run in their places."""
        return with_numbers(self.claim.correction, self.evidence, missing="[no number {}]".format)

    @property
    def missing_numbers(self) -> list[str]:
        """The numbers, as "check:number", that the correction names and no check reported."""
        numbers = _numbers(self.evidence)
        places = dict.fromkeys(_PLACE.findall(self.claim.correction))
        return [f"{check}:{name}" for check, name in places if name not in numbers.get(check, {})]

    def passed(self, evidence: Evidence) -> bool:
        """Whether a check bears out the verdict of the claim.

        Under the verdict "undecided" only a silent check passes, and only if that verdict is the
        expected one.
        """
        if self.verdict is Verdict.UNDECIDED and self.claim.expected is not Verdict.UNDECIDED:
            return False
        return evidence.finding.bearing is self.verdict.borne_out_by


@dataclass(frozen=True)
class Report:
    """All claims with their verdicts, and the settings of the run.

    Attributes
    ----------
    claims : tuple of ClaimReport
        The claims in their order.
    profile : str
        "quick" or "full".
    seed : int
        The seed of the run.
    data : str or None
        Name of the file with the reader's own matrices.
    environment : dict
        Versions of the libraries, and the machine.
    computing : float
        Seconds that all checks and controls took together, in this run and in those it resumes.
    earlier : float
        How many of these seconds are of earlier runs.

    Examples
    --------
    >>> from proofs_check import run
    >>> report = run(["claim-s3.1"])
    >>> str(report.claims[0].verdict), report.alpha, report.failures
    ('holds', 0.0, [])
    """

    claims: tuple[ClaimReport, ...]
    profile: str
    seed: int
    data: str | None
    environment: dict[str, Any]
    computing: float = 0.0
    earlier: float = 0.0

    @property
    def alpha(self) -> float:
        """Bound on the probability that any statistical finding of the run is wrong.

        It is the sum of the error rates of all checks.
        """
        return sum(e.alpha for c in self.claims for e in (*c.evidence, *c.on_data))

    @property
    def failures(self) -> list[str]:
        """All that went wrong, each with the id of its claim; empty for a good run."""
        return [f"{c.claim.id}: {failure}" for c in self.claims for failure in c.failures]


def with_numbers(
    text: str,
    evidence: Iterable[Evidence] = (),
    missing: Callable[[str], str] | None = None,
) -> str:
    """Replace every ``<<check:number>>`` of a text by that number of the check's finding.

    Parameters
    ----------
    text : str
    evidence : iterable of Evidence
    missing : callable(key) -> str, optional
        What to put for a number that no check reported; ``key`` is "check:number".

    Raises
    ------
    ValueError
        If a number is missing and ``missing`` is not given.

    Examples
    --------
    >>> with_numbers("up to <<encoder:count>> weights", missing="‹{}›".format)
    'up to ‹encoder:count› weights'
    >>> with_numbers("up to <<encoder:count>> weights")
    Traceback (most recent call last):
        ...
    ValueError: no check reported the number 'encoder:count'
    """
    numbers = _numbers(evidence)

    def number(place: re.Match[str]) -> str:
        check, name = place.groups()
        if name in numbers.get(check, {}):
            return str(numbers[check][name])
        if missing is None:
            raise ValueError(f"no check reported the number '{check}:{name}'")
        return missing(f"{check}:{name}")

    return _PLACE.sub(number, text)


def _numbers(evidence: Iterable[Evidence]) -> dict[str, Mapping[str, Any]]:
    """The numbers that each check reported."""
    return {e.check: e.finding.numbers for e in evidence}
