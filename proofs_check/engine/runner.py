"""Run the checks of claims: in parallel, with spawned seeds, resumable, independent of the number
of workers."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from functools import cache
from importlib.metadata import version
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

import numpy as np
from joblib import Parallel, delayed
from threadpoolctl import threadpool_limits

import fjlt
from fjlt.runs.atomic_files import write_atomically
from fjlt.runs.backends import backend
from fjlt.runs.console import choose
from fjlt.runs.matrices import read_arrays
from fjlt.runs.seeds import seed_sequence
from proofs_check.engine.catalogue import claims
from proofs_check.engine.claim import (
    Bearing,
    Check,
    Claim,
    Context,
    Control,
    Evidence,
    Finding,
    Wanted,
    judge,
)
from proofs_check.engine.verdicts import ClaimReport, Report

__all__ = ["run"]

PROFILES = ("quick", "full")

Task = tuple[str, str, int]  # claim, kind of item, its number


def run(
    ids: Iterable[str] | None = None,
    profile: Literal["quick", "full"] = "quick",
    *,
    out: str | os.PathLike[str] | None = None,
    workers: int = 1,
    scheduler: str | None = None,
    seed: int = 0,
    data: str | os.PathLike[str] | None = None,
    wanted: Wanted | None = None,
    resume: bool = False,
    progress: Callable[[str, int, int], None] | None = None,
) -> Report:
    """Run the checks and controls of claims and judge them.

    Parameters
    ----------
    ids : iterable of str, optional
        Claim ids; all if omitted.
    profile : {"quick", "full"}
        ``full`` widens the enumerated families.
    out : path, optional
        Folder for the finished checks, one file each, from which a killed run resumes.
    workers : int
        Processes. No result depends on it.
    scheduler : str, optional
        Address of a Dask scheduler, such as tcp://127.0.0.1:8786, whose workers run the checks in
        place of local processes. They need this version of the package; files are written here.
    seed : int
        Every check has its own generator, spawned from this and the names of claim and check.
    data : path, optional
        An .npz or .mat with any of W, X, Y, B: claims that can say what holds for them do so as
        well.
    wanted : Wanted, optional
        Rank, accuracy and probability for which that is said.
    resume : bool
        Take from ``out`` the checks that finished under the same settings and the same source code.
    progress : callable(name, done, total), optional

    Returns
    -------
    Report

    Raises
    ------
    ValueError
        For an unknown id or profile, workers < 1, a data file that does not fit, a scheduler
        without Dask installed, or workers of a cluster that have other source code.
    OSError
        If ``data`` cannot be read, ``out`` not written or the scheduler not reached.

    Examples
    --------
    >>> report = run(["def-4.1"])
    >>> report.claims[0].verdict.value, report.failures
    ('holds', [])
    """
    choose(profile, PROFILES, "profile")
    workers = fjlt.boundary.dimension(workers, "workers")
    seed = fjlt.boundary.dimension(seed, "seed", low=0)
    known = {claim.id: claim for claim in claims()}
    chosen = (
        list(known) if ids is None else list(dict.fromkeys(choose(i, known, "claim") for i in ids))
    )
    arrays = {} if data is None else _read_data(data)

    folder = None if out is None else Path(out) / "checks"
    if folder is not None and not resume and folder.exists():
        shutil.rmtree(folder)
    wanted = wanted or Wanted()
    key = settings_key(profile, seed, arrays, wanted)
    tasks = [
        (claim_id, kind, i)
        for claim_id in chosen
        for kind in ("check", "control", "data")
        for i, item in enumerate(_items(known[claim_id], kind))
        if kind != "data" or (isinstance(item, Check) and item.needs in arrays)
    ]
    results: dict[Task, dict[str, Any]] = {}
    for task in tasks:
        finished = stored(_file(folder, *task), key)
        if finished is not None:
            results[task] = finished

    def report_progress(task: Task) -> None:
        if progress is not None:
            progress(task[0], len(results), len(tasks))

    for task in list(results):
        report_progress(task)
    waiting = [task for task in tasks if task not in results]
    jobs = (
        delayed(execute)(task, profile, seed, arrays, wanted, source_hash()) for task in waiting
    )
    with backend(workers if len(waiting) > 1 else 1, scheduler):
        for task, result in Parallel(batch_size=1, return_as="generator_unordered")(jobs):
            path = _file(folder, *task)
            if path is not None:
                write_atomically(path, json.dumps({"key": key, "result": result}, indent=1))
            results[task] = result
            report_progress(task)
    reports = tuple(_assemble(known[claim_id], results) for claim_id in chosen)
    return Report(reports, profile, seed, None if data is None else Path(data).name, _environment())


def execute(
    task: Task,
    profile: str,
    seed: int,
    arrays: dict[str, np.ndarray],
    wanted: Wanted,
    source: str,
) -> tuple[Task, dict[str, Any]]:
    """One check or control, in whatever process, on whatever machine that has the same source
    code."""
    if source != source_hash():
        raise ValueError(
            f"{platform.node()} runs other source code of butterfly-theory; install the same "
            f"version there"
        )
    claim_id, kind, i = task
    claim = next(claim for claim in claims() if claim.id == claim_id)
    item = _items(claim, kind)[i]
    sequence = seed_sequence(seed, claim_id, kind, item.name)
    context = Context(profile, sequence, arrays, wanted)
    start = time.perf_counter()
    with threadpool_limits(limits=1):
        try:
            if isinstance(item, Check):
                result: dict[str, Any] = asdict(item.run(context))
            else:
                result = {"rejected": bool(item.rejected(context))}
        except Exception as error:
            failure = f"did not finish: {type(error).__name__}: {error}"
            if isinstance(item, Check):
                result = asdict(Finding(Bearing.FAILED, failure, 0))
            else:
                result = {"rejected": False, "detail": failure}
    result |= {"seconds": time.perf_counter() - start, "seed": [seed, *sequence.spawn_key]}
    return task, json.loads(json.dumps(result, default=_plain))


def _assemble(claim: Claim, results: dict[Task, dict[str, Any]]) -> ClaimReport:
    def evidence(kind: str) -> tuple[Evidence, ...]:
        found = []
        for i, check in enumerate(_items(claim, kind)):
            r = results.get((claim.id, kind, i))
            if r is None or not isinstance(check, Check):
                continue
            finding = Finding(
                Bearing(r["bearing"]),
                r["detail"],
                r["cases"],
                r["numbers"],
                certificate=r["certificate"],
            )
            about = (check.name, check.method, check.grade, finding, r["seconds"], tuple(r["seed"]))
            found.append(Evidence(*about, check.alpha, check.partial))
        return tuple(found)

    checks = evidence("check")
    controls = tuple(
        (control.name, results[claim.id, "control", i]["rejected"])
        for i, control in enumerate(claim.controls)
    )
    return ClaimReport(claim, *judge(checks), checks, controls, evidence("data"))


def _items(claim: Claim, kind: str) -> tuple[Check | Control, ...]:
    """Checks, controls, or what the claim says of own data."""
    items: dict[str, tuple[Check | Control, ...]] = {
        "check": claim.checks,
        "control": claim.controls,
        "data": claim.on_data,
    }
    return items[kind]


def _file(folder: Path | None, claim_id: str, kind: str, i: int) -> Path | None:
    return None if folder is None else folder / f"{claim_id}.{kind}.{i}.json"


def stored(path: Path | None, key: str) -> dict[str, Any] | None:
    """A finished result of the same settings; a damaged or foreign file counts as not finished."""
    if path is None or not path.exists():
        return None
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return content["result"] if content["key"] == key else None
    except (ValueError, KeyError, TypeError):
        return None


def _read_data(path: str | os.PathLike[str]) -> dict[str, np.ndarray]:
    arrays = read_arrays(path)
    unknown = sorted(set(arrays) - {"W", "X", "Y", "B"})
    if unknown or not arrays:
        raise ValueError(
            f"{path} holds {unknown or 'nothing'}; the arrays that checks use are W, X, Y and B"
        )
    arrays = {name: fjlt.boundary.matrix(a, name, real=True) for name, a in arrays.items()}
    if "X" in arrays and "Y" in arrays:
        fjlt.boundary.matrix(arrays["Y"], "Y", n_columns=arrays["X"].shape[1])
    if "X" in arrays and "B" in arrays:
        fjlt.boundary.matrix(arrays["B"], "B", n_columns=arrays["X"].shape[0])
    return arrays


def settings_key(
    profile: str,
    seed: int,
    arrays: Mapping[str, np.ndarray] = MappingProxyType({}),
    wanted: Wanted | None = None,
) -> str:
    """Digest of the settings and the source code that results depend on."""
    digest = hashlib.sha256(f"{profile}/{seed}/{wanted or Wanted()}/{source_hash()}".encode())
    for name in sorted(arrays):
        digest.update(
            f"{name}{arrays[name].shape}{arrays[name].dtype}".encode() + arrays[name].tobytes()
        )
    return digest.hexdigest()


@cache
def source_hash() -> str:
    """Digest of the source of the four packages and the stored tables: what changed never resumes
    old results."""
    here = Path(__file__).resolve().parents[2]
    packages = [here / package for package in ("fjlt", "landscape", "figures", "proofs_check")]
    files = [path for package in packages for path in sorted(package.rglob("*.py"))]
    digest = hashlib.sha256()
    for path in [*files, *sorted((here / "figures" / "results").glob("*.csv"))]:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _environment() -> dict[str, Any]:
    libraries = ("numpy", "scipy", "numba", "python-flint", "sympy", "scikit-learn")
    return {
        "butterfly-theory": fjlt.__version__,
        "python": platform.python_version(),
        "platform": platform.platform(),
        "cpus": os.cpu_count(),
        **{name: version(name) for name in libraries},
    }


def _plain(value: Any) -> Any:
    """What JSON does not know: NumPy scalars and arrays by value, Fractions and balls as text."""
    if isinstance(value, np.generic | np.ndarray):
        return value.tolist()
    return str(value)
