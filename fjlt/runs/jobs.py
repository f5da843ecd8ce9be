"""Independent jobs, run in parallel; each result is stored when it is done, and reused later.

The figures, the checks of claims and their calibration all run through ``run_jobs``. They differ in
the function, in what its result depends on and in how the files are named.
"""

from __future__ import annotations

import hashlib
import json
import platform
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from fjlt.runs.atomic_files import write_atomically
from fjlt.runs.backends import backend, thread_pools
from fjlt.runs.own_files import OwnFiles
from fjlt.runs.source_code import SourceCode, source_digest

__all__ = ["Done", "Job", "Store", "run_jobs"]


class Job(NamedTuple):
    """One call of a function.

    Attributes
    ----------
    name : str
        Names the file of the result.
    settings : JSON value
        All that the result depends on besides the source code.
    arguments : tuple
        Positional arguments of the function; other processes receive them by pickle.
    """

    name: str
    settings: Any
    arguments: tuple[Any, ...]


class Done(NamedTuple):
    """The result of a job, a JSON value, and how many seconds it took."""

    result: Any
    seconds: float


@dataclass(frozen=True)
class Store:
    """Finished jobs in a folder, one JSON file each.

    A file holds a key, the digest of the job's name, its settings and the source code, and a digest
    of what it holds. A file that has another key counts as missing, and so does one that is
    damaged, with a warning. One run at a time writes into a folder, unless the key is in the names
    of the files; then nothing is ever replaced. A file in the folder that the store did not write
    is never touched.

    Attributes
    ----------
    folder : path, optional
        Without one, nothing is stored.
    resume : bool
        Whether to reuse what the folder holds.
    key_in_name : bool
        Whether the file name includes the key, so that results of other settings stay beside it.
        Otherwise a result replaces the one of the same name.
    valid : callable(result) -> bool, optional
        Tells a proper result from other JSON values.
    """

    folder: Path | None = None
    resume: bool = True
    key_in_name: bool = False
    valid: Callable[[Any], bool] | None = None

    @contextmanager
    def reserved(self, jobs: Sequence[Job]) -> Iterator[None]:
        """Context in which the results of jobs can be written.

        Raises
        ------
        FileExistsError
            If a file that the store did not write is in the way.
        BlockingIOError
            If another process writes into the folder.
        OSError
            If the folder cannot be written.
        """
        if self.folder is None or self.key_in_name:
            yield
            return
        files = OwnFiles(self.folder, "jobs")
        with files.locked():
            files.claim(f"{job.name}.json" for job in jobs)
            yield

    def load(self, job: Job, key: str) -> Done | None:
        """The stored result of a job, or None."""
        path = self._path(job, key)
        if path is None or not self.resume or not path.exists():
            return None
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            whole = content.pop("digest") == _digest(content)
            same, done = content["key"] == key, Done(content["result"], float(content["seconds"]))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            whole = False
        if not whole:
            warnings.warn(f"{path} is damaged; its result is computed anew", stacklevel=2)
            return None
        return done if same and (self.valid is None or self.valid(done.result)) else None

    def save(self, job: Job, key: str, done: Done) -> None:
        """Write the result of a job, whole or not at all."""
        path = self._path(job, key)
        if path is not None:
            content = {
                "key": key,
                "settings": job.settings,
                "seconds": round(done.seconds, 3),
                "result": done.result,
            }
            write_atomically(path, json.dumps(content | {"digest": _digest(content)}))

    def _path(self, job: Job, key: str) -> Path | None:
        if self.folder is None:
            return None
        return self.folder / f"{job.name}{f'-{key[:32]}' if self.key_in_name else ''}.json"


def run_jobs(
    function: Callable[..., Any],
    jobs: Sequence[Job],
    source: SourceCode,
    store: Store | None = None,
    *,
    workers: int = 1,
    scheduler: str | None = None,
    prepare: Callable[[], object] | None = None,
    progress: Callable[[Job | None, int, int], None] | None = None,
    each: Callable[[Job, Done], None] | None = None,
) -> list[Done]:
    """Call ``function(*job.arguments)`` for every job whose result is not stored.

    Every call runs with one thread of BLAS. A killed run loses only the jobs that were not done.

    Parameters
    ----------
    function : callable
        Defined in a module, so that other processes find it. No result may depend on the order of
        the jobs or on the process.
    jobs : sequence of Job
    source : SourceCode
        The program that the results depend on.
    store : Store, optional
        Without one, everything is computed and nothing stored.
    workers : int
        Number of processes.
    scheduler : str, optional
        Address of a Dask scheduler whose workers run the jobs in place of local processes.
    prepare : callable(), optional
        Called once, in this process, before the first job that is computed.
    progress : callable(job, done, total), optional
        Called first with None for the job and the number of results that were stored, then after
        each job.
    each : callable(job, done), optional
        Called with every result: with the stored ones before the first call of ``progress``, with
        the others as they come.

    Returns
    -------
    list of Done
        In the order of the jobs.

    Raises
    ------
    ValueError
        If a worker has other source code, or there is a scheduler and Dask is not installed.
    OSError
        If no scheduler answers, the folder cannot be written, another run writes into it, or a file
        of somebody else is in the way.

    Examples
    --------
    >>> jobs = [Job(str(n), n, (n,)) for n in (-3, 2)]
    >>> [done.result for done in run_jobs(abs, jobs, SourceCode())]
    [3, 2]
    """
    from joblib import Parallel, delayed

    store = store or Store()
    digest = source_digest(source)
    keys = [_digest([job.name, job.settings, digest]) for job in jobs]
    finished: dict[int, Done] = {}

    def report(job: Job | None) -> None:
        if progress is not None:
            progress(job, len(finished), len(jobs))

    # the cluster is reached before anything is written
    with backend(max(1, min(workers, len(jobs))), scheduler), store.reserved(jobs):
        stored = {i: store.load(job, keys[i]) for i, job in enumerate(jobs)}
        finished |= {i: done for i, done in stored.items() if done is not None}
        if each is not None:
            for i, done in finished.items():
                each(jobs[i], done)
        report(None)
        missing = [i for i in range(len(jobs)) if i not in finished]
        if missing and prepare is not None:
            prepare()
        calls = (delayed(_call)(i, function, jobs[i].arguments, source, digest) for i in missing)
        # one job needs no process of its own
        n_jobs = 1 if scheduler is None and len(missing) == 1 else None
        try:
            # unordered, so that a slow job does not keep finished ones behind it from being stored
            for i, done in Parallel(n_jobs, batch_size=1, return_as="generator_unordered")(calls):
                store.save(jobs[i], keys[i], done)
                finished[i] = done
                if each is not None:
                    each(jobs[i], done)
                report(jobs[i])
        except BaseException as error:
            if finished and store.folder is not None:
                error.add_note(f"{len(finished)} of {len(jobs)} results are kept in {store.folder}")
            raise
    return [finished[i] for i in range(len(jobs))]


def _digest(content: Any) -> str:
    """SHA-256 of a JSON value, the same before it is written and after it is read."""
    as_read = json.loads(json.dumps(content))
    return hashlib.sha256(json.dumps(as_read, sort_keys=True).encode()).hexdigest()


def _call(
    i: int,
    function: Callable[..., Any],
    arguments: tuple[Any, ...],
    source: SourceCode,
    digest: str,
) -> tuple[int, Done]:
    """One job, in whatever process, on whatever machine."""
    if source_digest(source) != digest:
        raise ValueError(
            f"{platform.node()} runs other source code of butterfly-theory; install the same "
            f"version there"
        )
    start = time.perf_counter()
    with thread_pools().limit(limits=1):
        result = function(*arguments)
    return i, Done(result, time.perf_counter() - start)
