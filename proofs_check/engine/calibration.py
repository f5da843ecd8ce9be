"""Do statistical checks err as rarely as they are designed to? Their findings, and their controls',
over many seeds."""

from __future__ import annotations

import csv
import io
import json
import os
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from joblib import Parallel, delayed

import fjlt
from fjlt.runs.atomic_files import write_atomically
from fjlt.runs.binomial import limits
from fjlt.runs.console import choose
from proofs_check.engine.catalogue import claims
from proofs_check.engine.claim import Bearing, Grade, Wanted
from proofs_check.engine.runner import PROFILES, Task, execute, settings_key, source_hash, stored

__all__ = ["Tally", "as_csv", "calibrate"]

AS_IT_SHOULD, SILENT, WRONG = "as it should", "silent", "wrong"


@dataclass(frozen=True)
class Tally:
    """What one check or control did over all seeds.

    A check bears out the verdict of its claim, is silent, which bears out that it is undecided, or
    says the opposite (a false alarm); a control is rejected or, wrongly, not.
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
        """How often it did what it should."""
        return 1 - (self.silent + self.wrong) / self.seeds

    @property
    def limit(self) -> float:
        """Upper 95 % confidence limit of the chance to be wrong."""
        return limits(self.wrong, self.seeds, 0.05)[1]

    @property
    def failure(self) -> str | None:
        """Why it does not keep its promise: a false alarm, or less than 99 % as it should."""
        if self.kind == "check" and self.wrong:
            return f"{self.claim}: check '{self.name}' raised {self.wrong} false alarms in {self.seeds} seeds"
        if self.share < 0.99:
            return f"{self.claim}: {self.kind} '{self.name}' did what it should in only {self.share:.1%} of seeds"
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
    """Run every statistical check, and the controls of its claim, with the seeds 0, …, ``seeds`` −
    1.

    Parameters
    ----------
    seeds : int
    profile : {"quick", "full"}
    out : path, optional
        Folder for the finished seeds, one file each, from which a killed run resumes.
    workers : int
        Processes. No result depends on it.
    resume : bool
        Take from ``out`` the seeds that finished under the same settings and the same source code.
    progress : callable(done, total), optional

    Returns
    -------
    list of Tally
        In the order of the claims.

    Raises
    ------
    ValueError
        For an unknown profile, seeds < 1 or workers < 1.
    OSError
        If ``out`` cannot be written.

    Examples
    --------
    >>> calibrate(1)[0].name
    'drawn SRHTs'
    """
    choose(profile, PROFILES, "profile")
    seeds = fjlt.boundary.dimension(seeds, "seeds")
    workers = fjlt.boundary.dimension(workers, "workers")
    folder = None if out is None else Path(out) / "calibration"
    found: dict[int, dict[str, str]] = {}
    for seed in range(seeds) if resume else ():
        before = stored(_file(folder, seed), settings_key(profile, seed))
        if before is not None:
            found[seed] = before
    jobs = (
        delayed(_outcomes)(profile, seed, source_hash())
        for seed in range(seeds)
        if seed not in found
    )
    for seed, outcomes in Parallel(n_jobs=workers, batch_size=1, return_as="generator_unordered")(
        jobs
    ):
        path = _file(folder, seed)
        if path is not None:
            content = {"key": settings_key(profile, seed), "result": outcomes}
            write_atomically(path, json.dumps(content, indent=1, ensure_ascii=False))
        found[seed] = outcomes
        if progress is not None:
            progress(len(found), seeds)
    return [_tally(task, found) for task in _tasks()]


def as_csv(tallies: list[Tally]) -> str:
    """The table, with a header."""
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
    """The statistical checks, each claim's before its controls."""
    tasks: list[Task] = []
    for claim in claims():
        drawn = [
            ("check", i) for i, check in enumerate(claim.checks) if check.grade is Grade.STATISTICAL
        ]
        controls = [("control", i) for i in range(len(claim.controls))] if drawn else []
        tasks += [(claim.id, kind, i) for kind, i in (*drawn, *controls)]
    return tasks


def _outcomes(profile: str, seed: int, source: str) -> tuple[int, dict[str, str]]:
    expected = {claim.id: claim.expected for claim in claims() if claim.expected}
    outcomes = {}
    for task in _tasks():
        result = execute(task, profile, seed, {}, Wanted(), source)[1]
        if task[1] == "control":
            outcome = AS_IT_SHOULD if result["rejected"] else WRONG
        elif result["bearing"] == expected[task[0]].borne_out_by:
            outcome = AS_IT_SHOULD
        else:
            outcome = SILENT if result["bearing"] == Bearing.SILENT else WRONG
        outcomes["/".join(map(str, task))] = outcome
    return seed, outcomes


def _tally(task: Task, found: dict[int, dict[str, str]]) -> Tally:
    claim_id, kind, i = task
    claim = next(claim for claim in claims() if claim.id == claim_id)
    check = claim.checks[i] if kind == "check" else None
    name = check.name if check else claim.controls[i].name
    counts = Counter(outcomes["/".join(map(str, task))] for outcomes in found.values())
    return Tally(
        claim_id,
        kind,
        name,
        check.alpha if check else 0.0,
        len(found),
        counts[SILENT],
        counts[WRONG],
    )


def _file(folder: Path | None, seed: int) -> Path | None:
    return None if folder is None else folder / f"{seed}.json"
