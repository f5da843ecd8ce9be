"""Many independent computations, in parallel, each kept as soon as it is done and never made
twice."""

from __future__ import annotations

import ast
import hashlib
import json
import platform
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from joblib import Parallel, delayed
from threadpoolctl import threadpool_limits

from figures.engine.table import Table
from fjlt.runs.atomic_files import write_atomically
from fjlt.runs.backends import backend

__all__ = ["Computed", "source_hash", "sweep"]

Case = Mapping[str, Any]
Compute = Callable[..., Table]


class Computed(NamedTuple):
    """The rows of a case and how long they took."""

    table: Table
    seconds: float


def sweep(
    compute: Compute,
    cases: Sequence[Case],
    *,
    seed: int = 0,
    folder: Path | None = None,
    workers: int = 1,
    scheduler: str | None = None,
    resume: bool = True,
    prepare: Callable[[], object] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> list[Computed]:
    """compute(seed, **case) for every case, in the order of the cases.

    Parameters
    ----------
    compute : callable
        A function of a module, so that other processes find it; draws from ``seed`` and its case
        only.
    cases : sequence of mapping
        Keyword arguments; numbers and text.
    seed : int
    folder : path, optional
        Where every finished case is kept, in a file named after its settings, seed and source code.
    workers : int
        Processes; no result depends on it. Each computes with one thread of BLAS.
    scheduler : str, optional
        Address of a Dask scheduler to use in place of processes.
    resume : bool
        Take from the folder what is there.
    prepare : callable(), optional
        Called once, here, if anything is to be computed: so that data are downloaded once, or
        missed at once.
    progress : callable(done, total), optional

    Returns
    -------
    list of Computed

    Raises
    ------
    ValueError, OSError
        As ``compute``, and for a scheduler that cannot be used.

    Examples
    --------
    >>> from figures.paper.fig06 import compute
    >>> [len(found.table) for found in sweep(compute, [{"n": 4}, {"n": 8}])]
    [16, 48]
    """
    source = source_hash(compute)
    paths = [
        None if folder is None else folder / _name(compute, case, seed, source) for case in cases
    ]
    found: dict[int, Computed] = {}
    for i, path in enumerate(paths):
        kept = _kept(path, cases[i], seed) if resume else None
        if kept is not None:
            found[i] = kept

    def report() -> None:
        if progress is not None:
            progress(len(found), len(cases))

    report()
    waiting = [i for i in range(len(cases)) if i not in found]
    if waiting and prepare is not None:
        prepare()
    jobs = (delayed(_one)(i, compute, dict(cases[i]), seed, source) for i in waiting)
    with backend(workers if len(waiting) > 1 else 1, scheduler):
        for i, table, seconds in Parallel(batch_size=1, return_as="generator_unordered")(jobs):
            found[i] = Computed(table, seconds)
            path = paths[i]
            if path is not None:
                content = {
                    "case": dict(cases[i]),
                    "seed": seed,
                    "seconds": round(seconds, 3),
                    "table": list(table),
                }
                write_atomically(path, json.dumps(content))
            report()
    return [found[i] for i in range(len(cases))]


def _one(i: int, compute: Compute, case: Case, seed: int, source: str) -> tuple[int, Table, float]:
    if source != source_hash(compute):
        raise ValueError(
            f"{platform.node()} runs other source code of butterfly-theory; install the same "
            f"version there"
        )
    start = time.perf_counter()
    with threadpool_limits(1):
        table = compute(seed, **case)
    return i, table, time.perf_counter() - start


def _name(compute: Compute, case: Case, seed: int, source: str) -> str:
    settings = json.dumps([dict(case), seed, source], sort_keys=True)
    module, name = compute.__module__.split(".")[-1], compute.__name__
    stem = module if name == "compute" else f"{module}.{name}"
    return f"{stem}-{hashlib.sha256(settings.encode()).hexdigest()[:32]}.json"


def _kept(path: Path | None, case: Case, seed: int) -> Computed | None:
    """What was computed before; a damaged file, or that of another case, counts as not computed."""
    if path is None or not path.exists():
        return None
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        table, seconds = content["table"], float(content["seconds"])
        same = (content["case"], content["seed"]) == (dict(case), seed)
    except (ValueError, KeyError, TypeError):
        return None
    whole = (
        isinstance(table, list) and table and all(isinstance(row, dict) and row for row in table)
    )
    return Computed(table, seconds) if same and whole else None


@cache
def source_hash(compute: Compute) -> str:
    """Digest of the source code that a computation rests on: a changed program never takes old
    results.

    These are the packages below, the module of the function, the modules of this package that it
    imports, and the register of the data with its hashes; not the drawings.
    """
    here = Path(__file__).resolve().parents[1]
    modules = [Path(str(sys.modules[compute.__module__].__file__)).resolve()]
    for module in modules:
        modules += [used for used in _imported(module, here) if used not in modules]
    below = (
        path for package in ("fjlt", "landscape") for path in (here.parent / package).rglob("*.py")
    )
    # a module may read its data from a file of its own name, as architectures.toml
    tables = (path.with_suffix(".toml") for path in modules)
    tables = (path for path in tables if path.is_file())
    digest = hashlib.sha256()
    for path in sorted({here / "data" / "registry.csv", *modules, *tables, *below}):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _imported(module: Path, package: Path) -> list[Path]:
    """Modules of the package that a module imports, wherever in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(module.read_bytes())):
        if isinstance(node, ast.ImportFrom):
            names |= {str(node.module), *(f"{node.module}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
    paths = (
        package.parent / f"{name.replace('.', '/')}.py"
        for name in sorted(names)
        if name.startswith(f"{package.name}.")
    )
    return [path for path in paths if path.is_file()]
