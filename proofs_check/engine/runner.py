"""Runs the checks and controls of claims: in parallel, resumable, each with a seed of its own."""

from __future__ import annotations

import hashlib
import json
import os
import platform
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

import numpy as np

import fjlt
from figures.numbering import former
from fjlt import boundary
from fjlt.runs.console import choose
from fjlt.runs.jobs import Done, Job, Store, run_jobs
from fjlt.runs.matrices import read_arrays
from fjlt.runs.seeds import seed_sequence
from fjlt.runs.source_code import SourceCode
from fjlt.types import Array
from proofs_check.claim import (
    Bearing,
    Check,
    Claim,
    Context,
    Control,
    Evidence,
    Finding,
    Grade,
    SketchTarget,
    judge,
)
from proofs_check.engine.catalogue import claims, lines
from proofs_check.engine.kernels import compile_kernels
from proofs_check.engine.verdicts import ClaimReport, Report
from proofs_check.formal.rocq import checked

__all__ = ["PROFILES", "SOURCE", "Settings", "Task", "perform", "run"]

PROFILES = ("quick", "full")
KINDS = ("check", "control", "data")
SOURCE = SourceCode(
    packages=("fjlt", "landscape", "figures", "proofs_check"),
    data=(
        "figures/results/*.csv",
        "proofs_check/formal/record.json",
        "proofs_check/formal/theories/_CoqProject",
        "proofs_check/formal/theories/**/*.v",
    ),
)
"""What a result depends on: the whole program, stored tables that some checks read, and proofs."""


@dataclass(frozen=True)
class Task:
    """One check of a claim, one control, or one check of the reader's own data."""

    claim_id: str
    kind: str  # one of KINDS
    index: int

    def __str__(self) -> str:
        return f"{self.claim_id}.{self.kind}.{self.index}"


@dataclass(frozen=True)
class Settings:
    """What the results of a run depend on besides the program."""

    profile: str = "quick"
    seed: int = 0
    arrays: Mapping[str, Array] = field(default_factory=dict)  # the reader's own data
    target: SketchTarget = field(default_factory=SketchTarget)
    formal: Mapping[str, Any] | None = None  # what Rocq printed in this run

    def as_json(self) -> dict[str, Any]:
        """The same, with a digest in place of every array."""
        digests = {
            name: [a.shape, str(a.dtype), hashlib.sha256(a.tobytes()).hexdigest()]
            for name, a in self.arrays.items()
        }
        return {
            "profile": self.profile,
            "seed": self.seed,
            "arrays": digests,
            "target": asdict(self.target),
            "formal": self.formal is not None,
        }


def run(
    ids: Iterable[str] | None = None,
    profile: Literal["quick", "full"] = "quick",
    *,
    out: str | os.PathLike[str] | None = None,
    workers: int = 1,
    scheduler: str | None = None,
    seed: int = 0,
    data: str | os.PathLike[str] | None = None,
    target: SketchTarget | None = None,
    resume: bool = False,
    formal: bool = False,
    progress: Callable[[str, int, int], None] | None = None,
    started: Callable[[Sequence[Task]], None] | None = None,
    finished: Callable[[ClaimReport], None] | None = None,
) -> Report:
    """Run the checks and controls of claims and judge them.

    Parameters
    ----------
    ids : iterable of str, optional
        Ids of claims, also those of earlier versions; by default all claims.
    profile : {"quick", "full"}
        ``full`` enumerates larger families.
    out : path, optional
        Folder. Every finished check is stored in its subfolder ``checks``, one file each.
    workers : int
        Number of processes. No result depends on it.
    scheduler : str, optional
        Address of a Dask scheduler, such as tcp://127.0.0.1:8786, whose workers run the checks in
        place of local processes. They need this version of the package. Files are written here.
    seed : int
        At least 0. The seed of a check is derived from it and from the names of claim and check.
    data : path, optional
        An .npz or .mat file with any of the matrices W, X, Y, B. Claims that can examine them do
        so, in addition to their checks.
    target : SketchTarget, optional
        Rank, accuracy and probability that a sketch of these matrices should reach.
    resume : bool
        Whether to reuse the checks stored in ``out`` under the same settings and the same source
        code. Otherwise each is computed anew.
    formal : bool
        Whether Rocq checks the formal proofs anew, before all else, and what it prints is compared
        with the record. It takes about a minute. Otherwise the record stands for itself.
    progress : callable(name, done, total), optional
        Called after each check or control with the id of its claim, and at the start with
        "resumed" if there are stored results.
    started : callable(sequence of Task), optional
        Called once, with the checks and controls that are left to compute.
    finished : callable(ClaimReport), optional
        Called with each claim when the last of its checks and controls is done.

    Returns
    -------
    Report
        The claims in their order, with evidence, controls and verdicts.

    Raises
    ------
    ValueError
        For an unknown id or profile, workers < 1, seed < 0, a data file that does not fit, a
        scheduler without Dask installed, workers of a cluster that have other source code, or
        ``formal`` without Rocq or with a proof that it does not accept.
    OSError
        If ``data`` cannot be read, ``out`` cannot be written, another run writes into it, a file
        of your own is in the way, or the scheduler does not answer.

    Examples
    --------
    >>> report = run(["definition-3.1"])
    >>> report.claims[0].verdict.value, report.failures
    ('holds', [])
    """
    choose(profile, PROFILES, "profile")
    workers = boundary.dimension(workers, "workers")
    seed = boundary.dimension(seed, "seed", low=0)
    known = {claim.id: claim for claim in claims(ids)}
    is_whole = known.keys() == lines().keys()
    arrays = {} if data is None else _read_data(data)
    anew = None
    if formal:
        printed = checked(coqchk=False)
        anew = {part: printed[part] for part in ("theorems", "definitions")}
    settings = Settings(profile, seed, arrays, target or SketchTarget(), anew)
    tasks = [
        Task(claim_id, kind, i)
        for claim_id, claim in known.items()
        for kind in KINDS
        for i, item in enumerate(_items(claim, kind))
        if kind != "data" or (isinstance(item, Check) and item.needs in arrays)
    ]

    results: dict[Task, Done] = {}
    waiting = Counter(task.claim_id for task in tasks)
    earlier = 0.0

    def collect(job: Job, done: Done) -> None:
        task = job.arguments[0]
        results[task] = done
        waiting[task.claim_id] -= 1
        if finished is not None and not waiting[task.claim_id]:
            finished(_assemble(known[task.claim_id], results))

    def report_progress(job: Job | None, done: int, total: int) -> None:
        nonlocal earlier
        if job is None:
            earlier = sum(one.seconds for one in results.values())
            if started is not None:
                started([task for task in tasks if task not in results])
        if progress is not None and (job is not None or done):
            progress("resumed" if job is None else job.arguments[0].claim_id, done, total)

    jobs = []
    for task in tasks:
        seen = _seen_by(task, _items(known[task.claim_id], task.kind)[task.index], settings)
        jobs.append(Job(str(task), seen.as_json(), (task, seen)))
    run_jobs(
        perform,
        jobs,
        SOURCE,
        Store(None if out is None else Path(out) / "checks", resume),
        workers=workers,
        scheduler=scheduler,
        # a few claims do not need all of them
        prepare=compile_kernels if is_whole and workers > 1 and scheduler is None else None,
        progress=report_progress,
        each=collect,
    )
    reports = tuple(_assemble(claim, results) for claim in known.values())
    name = None if data is None else Path(data).name
    computing = sum(one.seconds for one in results.values())
    return Report(reports, profile, seed, name, _environment(), computing, earlier)


def _seen_by(task: Task, item: Check | Control, settings: Settings) -> Settings:
    """The settings without what a task is not to use: its stored result serves other runs too."""
    if task.kind != "data":
        settings = replace(settings, arrays={}, target=SketchTarget())
    if not (isinstance(item, Check) and item.grade is Grade.FORMAL):
        settings = replace(settings, formal=None)
    return settings


def perform(task: Task, settings: Settings) -> dict[str, Any]:
    """Run one check or control; an exception becomes a failed finding with its message.

    Returns
    -------
    dict
        The fields of a ``Finding``, or "rejected" and, for a control that crashed, "detail"; the
        "seed" of the random numbers, and whether any were "drawn". JSON values only, so that a
        stored result equals a new one.
    """
    (claim,) = claims([task.claim_id])
    item = _items(claim, task.kind)[task.index]
    # a new id draws no new numbers
    sequence = seed_sequence(settings.seed, former(task.claim_id), task.kind, item.name)
    arrays, target = settings.arrays, settings.target
    context = Context(settings.profile, sequence, arrays, target, settings.formal)
    try:
        if isinstance(item, Check):
            result: dict[str, Any] = asdict(item.run(context))
        else:
            result = {"rejected": _rejected(item, context)}
    except Exception as error:
        reason = f"did not finish: {type(error).__name__}: {error}"
        if isinstance(item, Check):
            result = asdict(Finding(Bearing.FAILED, reason, 0))
        else:
            result = {"rejected": False, "detail": reason}
    result |= {"seed": [settings.seed, *sequence.spawn_key], "drawn": context.drawn}
    return json.loads(json.dumps(result, default=_json_value))


def _rejected(control: Control, context: Context) -> bool:
    """What a control returns, which is True or False and nothing else that counts as such."""
    outcome = control.rejected(context)
    if not isinstance(outcome, bool | np.bool_):
        raise TypeError(f"a control returns True or False, not {outcome!r}")
    return bool(outcome)


def _assemble(claim: Claim, results: Mapping[Task, Done]) -> ClaimReport:
    """A claim with the evidence of its finished checks and the outcome of its controls."""

    def evidence(kind: str) -> tuple[Evidence, ...]:
        collected = []
        for i, check in enumerate(_items(claim, kind)):
            done = results.get(Task(claim.id, kind, i))
            if done is None or not isinstance(check, Check):
                continue
            r = done.result
            finding = Finding(
                Bearing(r["bearing"]),
                r["detail"],
                r["cases"],
                r["numbers"],
                certificate=r["certificate"],
                scope=r["scope"],
            )
            about = (check.name, check.method, check.grade, finding, done.seconds, tuple(r["seed"]))
            collected.append(Evidence(*about, check.alpha, check.partial))
        return tuple(collected)

    checks = evidence("check")
    outcomes = {
        control.name: results[Task(claim.id, "control", i)].result
        for i, control in enumerate(claim.controls)
    }
    controls = tuple((name, outcome["rejected"]) for name, outcome in outcomes.items())
    crashes = {name: outcome["detail"] for name, outcome in outcomes.items() if "detail" in outcome}
    return ClaimReport(claim, *judge(checks), checks, controls, evidence("data"), crashes)


def _items(claim: Claim, kind: str) -> tuple[Check | Control, ...]:
    """The checks of a claim, its controls, or its checks of the reader's own data."""
    items: dict[str, tuple[Check | Control, ...]] = {
        "check": claim.checks,
        "control": claim.controls,
        "data": claim.on_data,
    }
    return items[kind]


def _read_data(path: str | os.PathLike[str]) -> dict[str, np.ndarray]:
    arrays = read_arrays(path)
    unknown = sorted(set(arrays) - {"W", "X", "Y", "B"})
    if unknown or not arrays:
        raise ValueError(
            f"{path} holds {unknown or 'nothing'}; the arrays that checks use are W, X, Y and B"
        )
    arrays = {name: boundary.matrix(a, name, real=True) for name, a in arrays.items()}
    if "X" in arrays and "Y" in arrays:
        boundary.matrix(arrays["Y"], "Y", n_columns=arrays["X"].shape[1])
    if "X" in arrays and "B" in arrays:
        boundary.matrix(arrays["B"], "B", n_columns=arrays["X"].shape[0])
    return arrays


def _environment() -> dict[str, Any]:
    libraries = ("numpy", "scipy", "numba", "python-flint", "sympy", "scikit-learn")
    return {
        "butterfly-theory": fjlt.__version__,
        "python": platform.python_version(),
        "platform": platform.platform(),
        "cpus": os.cpu_count(),
        **{name: version(name) for name in libraries},
    }


def _json_value(value: Any) -> Any:
    """What JSON does not know: NumPy scalars and arrays by value, fractions and balls as text."""
    if isinstance(value, np.generic | np.ndarray):
        return value.tolist()
    return str(value)
