"""Where parallel work runs: in processes of this machine, or on the workers of a Dask cluster."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from joblib import parallel_config

__all__ = ["backend"]

PER_CORE = 32
"""Processes that are started for each core at most."""


@contextmanager
def backend(workers: int, scheduler: str | None = None) -> Iterator[None]:
    """Context in which joblib uses local processes, or the workers of a Dask cluster.

    Parameters
    ----------
    workers : int
        Number of local processes; not used with a scheduler.
    scheduler : str, optional
        Address of a Dask scheduler, such as tcp://127.0.0.1:8786.

    Raises
    ------
    ValueError
        If there is a scheduler and Dask is not installed, or without one, if there are more than 32
        workers for each core.
    OSError
        If no scheduler answers.

    Examples
    --------
    >>> from joblib import Parallel, delayed
    >>> with backend(1):
    ...     Parallel()(delayed(abs)(i) for i in (-1, 2))
    [1, 2]
    """
    if scheduler is None:
        most = PER_CORE * (os.cpu_count() or 1)
        if workers > most:
            raise ValueError(
                f"workers = {workers} are too many for the {os.cpu_count()} cores of this machine; "
                f"take at most {most}, or give a scheduler"
            )
        with parallel_config(n_jobs=workers):
            yield
        return
    try:
        from dask.distributed import Client
    except ImportError:
        raise ValueError("a scheduler needs Dask: pip install 'butterfly-theory[dask]'") from None
    try:
        client = Client(scheduler, timeout=10)
    except (OSError, ValueError) as error:
        raise OSError(f"no Dask scheduler answers at {scheduler}: {error}") from None
    with client, parallel_config("dask", client=client):
        yield
