"""Where independent computations run: processes of this machine, or the workers of a Dask
cluster."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from joblib import parallel_config

__all__ = ["backend"]


@contextmanager
def backend(workers: int, scheduler: str | None = None) -> Iterator[None]:
    """Let joblib run on so many processes, or on the workers of the Dask scheduler at an address.

    Raises
    ------
    ValueError
        For a scheduler without Dask installed.
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
