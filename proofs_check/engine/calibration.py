"""Do statistical checks err as rarely as they promise? Their outcomes over many seeds, counted."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fjlt import boundary
from fjlt.runs.binomial import limits
from fjlt.runs.console import choose
from fjlt.runs.jobs import Job, Store, run_jobs
from proofs_check.claim import Bearing, Claim, Grade
from proofs_check.engine.catalogue import claims
from proofs_check.engine.runner import PROFILES, SOURCE, Settings, Task, perform

__all__ = ["Tally", "as_csv", "calibrate", "summary"]

MOST = 10**6  # of seeds
AS_IT_SHOULD, SILENT, WRONG = "as it should", "silent", "wrong"


@dataclass(frozen=True)
class Tally:
    """How often one check or control did what it should, over all seeds.

    A check does what it should if it bears out the verdict of its claim; it can also be silent, or
    wrong: a false alarm. If the verdict is "undecided", silence is what it should do. A control
    should be rejected; it is wrong if it is not.

    Attributes
    ----------
    claim, kind, name : str
        ``kind`` is "check" or "control".
    alpha : float
        Bound on the probability that the check is wrong.
    seeds, silent, wrong : int
        Number of seeds, and in how many of them it was silent or wrong.
    drawn : bool
        Whether it draws random numbers. Otherwise it finds the same whatever the seed is, and that
        it agrees over the seeds is no evidence.
    findings : int
        How many different findings it made. A control finds True or False.
    """

    claim: str
    kind: str
    name: str
    alpha: float
    seeds: int
    silent: int
    wrong: int
    drawn: bool
    findings: int

    @property
    def share(self) -> float:
        """Share of the seeds in which it did what it should."""
        return 1 - (self.silent + self.wrong) / self.seeds

    @property
    def limit(self) -> float | None:
        """Upper 95 % confidence limit of the probability that it is wrong, if it draws."""
        return limits(self.wrong, self.seeds, 0.05)[1] if self.drawn else None

    @property
    def failure(self) -> str | None:
        """Why it does not keep its promise: a false alarm, or less than 99 % as it should."""
        if self.kind == "check" and self.wrong:
            return (
                f"{self.claim}: check '{self.name}' raised {self.wrong} false alarms in "
                f"{self.seeds} seeds"
            )
        if self.share < 0.99:
            return (
                f"{self.claim}: {self.kind} '{self.name}' did what it should in only "
                f"{self.share:.1%} of seeds"
            )
        return None


def calibrate(
    seeds: int = 1000,
    ids: Iterable[str] | None = None,
    *,
    profile: str = "quick",
    out: str | os.PathLike[str] | None = None,
    workers: int = 1,
    resume: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> list[Tally]:
    """Run every statistical check, and the controls of its claim, with the seeds 0, 1, 2, ….

    Parameters
    ----------
    seeds : int
        How many seeds, from 1 to 1,000,000.
    ids : iterable of str, optional
        Ids of claims; by default all claims.
    profile : {"quick", "full"}
    out : path, optional
        Folder. Every finished seed is stored in its subfolder ``calibration``, one file each.
    workers : int
        Number of processes. No result depends on it.
    resume : bool
        Whether to reuse the seeds stored in ``out`` under the same settings and the same source
        code.
    progress : callable(done, total), optional
        Called after each seed.

    Returns
    -------
    list of Tally
        In the order of the claims.

    Raises
    ------
    ValueError
        For an unknown id or profile, seeds out of range or workers < 1.
    OSError
        If ``out`` cannot be written.

    Examples
    --------
    >>> tally = calibrate(2, ["jl-norm"])[0]
    >>> tally.name, tally.wrong, tally.findings
    ('drawn SRHTs', 0, 2)
    """
    choose(profile, PROFILES, "profile")
    seeds = boundary.dimension(seeds, "seeds", high=MOST)
    workers = boundary.dimension(workers, "workers")
    known = claims(ids)
    tasks = _tasks(known)
    settings = [Settings(profile, seed) for seed in range(seeds)]

    def report_progress(job: Job | None, done: int, total: int) -> None:
        if progress is not None and job is not None:
            progress(done, total)

    done = run_jobs(
        _outcomes,
        [
            Job(str(one.seed), one.as_json() | {"claims": [c.id for c in known]}, (one, tasks))
            for one in settings
        ],
        SOURCE,
        Store(None if out is None else Path(out) / "calibration", resume),
        workers=workers,
        progress=report_progress,
    )
    return [_tally(task, [one.result for one in done]) for task in tasks]


def as_csv(tallies: list[Tally]) -> str:
    """The tallies as a CSV table with a header."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(
        [
            *("claim", "kind", "name", "alpha", "seeds", "silent", "wrong", "wrong, 95 % limit"),
            *("draws random numbers", "different findings"),
        ]
    )
    table.writerows(
        [
            *(t.claim, t.kind, t.name, t.alpha, t.seeds, t.silent, t.wrong),
            "" if t.limit is None else f"{t.limit:.3g}",
            "yes" if t.drawn else "no",
            t.findings,
        ]
        for t in tallies
    )
    return text.getvalue()


def summary(tallies: Sequence[Tally]) -> str:
    """How many checks and controls really vary with the seed, and what the others are worth."""
    counts = []
    for kind in ("check", "control"):
        drawn = [t.drawn for t in tallies if t.kind == kind]
        counts.append(f"{sum(drawn)} of {len(drawn)} {kind}s")
    same = [t for t in tallies if t.kind == "check" and t.drawn and t.findings == 1 < t.seeds]
    names = ", ".join(f"{t.claim} '{t.name}'" for t in same)
    return (
        f"{' and '.join(counts)} draw random numbers. The others find the same whatever the seed "
        "is: that they agree over the seeds is no evidence."
        + (f" Drawn anew, yet with the same finding for every seed: {names}." if same else "")
    )


def _tasks(known: Sequence[Claim]) -> list[Task]:
    """The statistical checks of each claim, followed by its controls."""
    tasks: list[Task] = []
    for claim in known:
        drawn = [
            Task(claim.id, "check", i)
            for i, check in enumerate(claim.checks)
            if check.grade is Grade.STATISTICAL
        ]
        controls = [Task(claim.id, "control", i) for i in range(len(claim.controls))]
        tasks += [*drawn, *controls] if drawn else []
    return tasks


def _outcomes(settings: Settings, tasks: Sequence[Task]) -> dict[str, list[Any]]:
    """For each check and control: what it did, whether it drew, and a digest of its finding."""
    known = claims(task.claim_id for task in tasks)
    expected = {claim.id: claim.expected for claim in known if claim.expected}
    outcomes = {}
    for task in tasks:
        result = perform(task, settings)
        if task.kind == "control":
            outcome = AS_IT_SHOULD if result["rejected"] else WRONG
        elif result["bearing"] == expected[task.claim_id].borne_out_by:
            outcome = AS_IT_SHOULD
        else:
            outcome = SILENT if result["bearing"] == Bearing.SILENT else WRONG
        finding = {name: result[name] for name in result.keys() - {"seed"}}
        text = json.dumps(finding, sort_keys=True)
        digest = hashlib.sha256(text.encode()).hexdigest()
        outcomes[str(task)] = [outcome, result["drawn"], digest]
    return outcomes


def _tally(task: Task, outcomes: Sequence[dict[str, list[Any]]]) -> Tally:
    (claim,) = claims([task.claim_id])
    check = claim.checks[task.index] if task.kind == "check" else None
    did, drawn, findings = zip(*(of_seed[str(task)] for of_seed in outcomes), strict=True)
    return Tally(
        claim.id,
        task.kind,
        check.name if check else claim.controls[task.index].name,
        check.alpha if check else 0.0,
        len(outcomes),
        did.count(SILENT),
        did.count(WRONG),
        any(drawn),
        len(set(findings)),
    )
