"""The cases of a figure: computed in parallel, stored when done, and never computed twice."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from figures.engine.table import Table
from fjlt.runs.jobs import Job, Store, run_jobs
from fjlt.runs.source_code import SourceCode

__all__ = ["Computed", "source_code", "sweep"]

Case = Mapping[str, Any]
Compute = Callable[..., Table]


class Computed(NamedTuple):
    """The rows of a case and how many seconds they took."""

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
    """Call ``compute(seed, **case)`` for every case, in parallel.

    Parameters
    ----------
    compute : callable
        Defined in a module, so that other processes find it. Its random numbers may depend on the
        seed and the case only.
    cases : sequence of mapping
        Keyword arguments: numbers and text.
    seed : int
    folder : path, optional
        Every finished case is stored there, in a file named after the function and a digest of the
        case, the seed and the source code.
    workers : int
        Number of processes. No result depends on it; each case runs with one thread of BLAS.
    scheduler : str, optional
        Address of a Dask scheduler to use in place of processes.
    resume : bool
        Whether to reuse the cases stored in the folder.
    prepare : callable(), optional
        Called once, in this process, if any case is to be computed: the place to download data.
    progress : callable(done, total), optional
        Called first with the number of stored cases, then after each case.

    Returns
    -------
    list of Computed
        In the order of the cases.

    Raises
    ------
    ValueError, OSError
        As ``compute``, and for a scheduler that cannot be used.

    Examples
    --------
    >>> from figures.paper.figure_s1 import compute
    >>> [len(computed.table) for computed in sweep(compute, [{"n": 4}, {"n": 8}])]
    [16, 48]
    """
    name = _name(compute)
    done = run_jobs(
        _table,
        [
            Job(name, {"case": dict(case), "seed": seed}, (compute, dict(case), seed))
            for case in cases
        ],
        source_code(compute),
        Store(folder, resume, key_in_name=True, valid=_is_table),
        workers=workers,
        scheduler=scheduler,
        prepare=prepare,
        progress=None if progress is None else lambda _, done, total: progress(done, total),
    )
    return [Computed(*one) for one in done]


def source_code(compute: Compute) -> SourceCode:
    """The source code that a computation depends on.

    It is that of the packages below this one, of the function's module with all that it imports of
    this package, and the register of the data with its hashes.

    Drawings are not part of it, so that a changed drawing computes nothing anew.
    """
    return SourceCode(
        packages=("fjlt", "landscape"),
        module=compute.__module__,
        follow="figures",
        data=("figures/data/registry.csv",),
    )


def _table(compute: Compute, case: Case, seed: int) -> Table:
    return compute(seed, **case)


def _name(compute: Compute) -> str:
    module, name = compute.__module__.split(".")[-1], compute.__name__
    return module if name == "compute" else f"{module}.{name}"


def _is_table(result: Any) -> bool:
    """Whether a stored result is a table: at least one row, and no empty row."""
    return (
        isinstance(result, list)
        and bool(result)
        and all(isinstance(row, dict) and row for row in result)
    )
