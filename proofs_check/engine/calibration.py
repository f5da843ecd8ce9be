"""Do statistical checks err as rarely as they promise? Their outcomes over many seeds, counted."""

from __future__ import annotations

import csv
import io
import os
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import fjlt
from fjlt.runs.binomial import limits
from fjlt.runs.console import choose
from fjlt.runs.jobs import Job, Store, run_jobs
from proofs_check.claim import Bearing, Grade
from proofs_check.engine.catalogue import claims
from proofs_check.engine.runner import PROFILES, SOURCE, Settings, Task, perform

__all__ = ["Tally", "as_csv", "calibrate"]

MOST = 10**6  # of seeds
AS_IT_SHOULD, SILENT, WRONG = "as it should", "silent", "wrong"


@dataclass(frozen=True)
class Tally:
    """How often one check or control did what it should, over all seeds.

    A check does what it should if it bears out the verdict of its claim; it can also be silent, or
    wrong: a false alarm. If the verdict is "undecided", silence is what it should do. A control
    should be rejected; it is wrong if it is not.
    """

    claim: str
    kind: str
    name: str
    alpha: float
    seeds: int
    silent: int
    wrong: int

    @property
    def share(self) -> float:
        """Share of the seeds in which it did what it should."""
        return 1 - (self.silent + self.wrong) / self.seeds

    @property
    def limit(self) -> float:
        """Upper 95 % confidence limit of the probability that it is wrong."""
        return limits(self.wrong, self.seeds, 0.05)[1]

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
        For an unknown profile, seeds out of range or workers < 1.
    OSError
        If ``out`` cannot be written.

    Examples
    --------
    >>> calibrate(1)[0].name
    'drawn SRHTs'
    """
    choose(profile, PROFILES, "profile")
    seeds = fjlt.boundary.dimension(seeds, "seeds", high=MOST)
    workers = fjlt.boundary.dimension(workers, "workers")
    settings = [Settings(profile, seed) for seed in range(seeds)]

    def report_progress(job: Job | None, done: int, total: int) -> None:
        if progress is not None and job is not None:
            progress(done, total)

    done = run_jobs(
        _outcomes,
        [Job(str(one.seed), one.as_json(), (one,)) for one in settings],
        SOURCE,
        Store(None if out is None else Path(out) / "calibration", resume),
        workers=workers,
        progress=report_progress,
    )
    return [_tally(task, [one.result for one in done]) for task in _tasks()]


def as_csv(tallies: list[Tally]) -> str:
    """The tallies as a CSV table with a header."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(
        ["claim", "kind", "name", "alpha", "seeds", "silent", "wrong", "wrong, 95 % limit"]
    )
    table.writerows(
        [t.claim, t.kind, t.name, t.alpha, t.seeds, t.silent, t.wrong, f"{t.limit:.3g}"]
        for t in tallies
    )
    return text.getvalue()


def _tasks() -> list[Task]:
    """The statistical checks of each claim, followed by its controls."""
    tasks: list[Task] = []
    for claim in claims():
        drawn = [
            Task(claim.id, "check", i)
            for i, check in enumerate(claim.checks)
            if check.grade is Grade.STATISTICAL
        ]
        controls = [Task(claim.id, "control", i) for i in range(len(claim.controls))]
        tasks += [*drawn, *controls] if drawn else []
    return tasks


def _outcomes(settings: Settings) -> dict[str, str]:
    """What each check and control did with one seed."""
    expected = {claim.id: claim.expected for claim in claims() if claim.expected}
    outcomes = {}
    for task in _tasks():
        result = perform(task, settings)
        if task.kind == "control":
            outcome = AS_IT_SHOULD if result["rejected"] else WRONG
        elif result["bearing"] == expected[task.claim_id].borne_out_by:
            outcome = AS_IT_SHOULD
        else:
            outcome = SILENT if result["bearing"] == Bearing.SILENT else WRONG
        outcomes[str(task)] = outcome
    return outcomes


def _tally(task: Task, outcomes: Sequence[dict[str, str]]) -> Tally:
    claim = next(claim for claim in claims() if claim.id == task.claim_id)
    check = claim.checks[task.index] if task.kind == "check" else None
    counts = Counter(of_seed[str(task)] for of_seed in outcomes)
    return Tally(
        claim.id,
        task.kind,
        check.name if check else claim.controls[task.index].name,
        check.alpha if check else 0.0,
        len(outcomes),
        counts[SILENT],
        counts[WRONG],
    )
