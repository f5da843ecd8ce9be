"""Where work runs: in processes of this machine, on a Dask cluster, and with one thread of BLAS."""

from __future__ import annotations

import gc
import os
import re
import signal
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from threadpoolctl import ThreadpoolController

__all__ = ["LostWorker", "backend", "one_blas_thread", "thread_pools"]

PER_CORE = 32
"""Processes that are started for each core at most."""


class LostWorker(RuntimeError):
    """A worker process ended before its work did."""


@contextmanager
def backend(workers: int, scheduler: str | None = None) -> Iterator[None]:
    """Context in which joblib uses local processes, or the workers of a Dask cluster.

    Local processes end soon after this one, however it ends.

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
    LostWorker
        If a worker process ends, or is killed, before its work is done.

    Examples
    --------
    >>> from joblib import Parallel, delayed
    >>> with backend(1):
    ...     Parallel()(delayed(abs)(i) for i in (-1, 2))
    [1, 2]
    """
    from joblib import parallel_config

    if scheduler is None:
        most = PER_CORE * (os.cpu_count() or 1)
        if workers > most:
            raise ValueError(
                f"workers = {workers} are too many for the {os.cpu_count()} cores of this machine; "
                f"take at most {most}, or give a scheduler"
            )
        try:
            with parallel_config(_processes(), n_jobs=workers):
                yield
        except BrokenProcessPool as error:
            raise _lost(error, workers) from None
        return
    try:
        from dask.distributed import Client, KilledWorker
    except ImportError:
        raise ValueError("a scheduler needs Dask: pip install 'butterfly-theory[dask]'") from None
    silent = None
    try:
        client = Client(scheduler, timeout=10)
    except (OSError, ValueError) as error:
        silent = f"no Dask scheduler answers at {scheduler}: {error}"
    if silent:
        # Dask's client closes itself when it is collected. Inside the start of another client this
        # would wait for ever, so it is collected here, when no traceback holds it any more.
        gc.collect()
        raise OSError(silent)
    try:
        with client, parallel_config("dask", client=client):
            yield
    except KilledWorker as error:
        raise LostWorker(f"workers of the cluster at {scheduler} were killed: {error}") from None


def _lost(error: BrokenProcessPool, workers: int) -> LostWorker:
    """The same error in one sentence."""
    codes = re.search(r"\{(.*)\}", str(error))
    how = codes[1] if codes else str(error)
    if "SIGKILL" in how:
        lost = LostWorker(
            "a worker process was killed, as happens when memory runs out; use fewer workers than "
            f"{workers}"
        )
    else:
        lost = LostWorker(f"a worker process ended before its work was done: {how}")
    for note in getattr(error, "__notes__", ()):
        lost.add_note(note)
    return lost


def _processes() -> Any:
    """joblib's processes, which end when this process has ended."""
    from joblib._parallel_backends import LokyBackend

    class Processes(LokyBackend):
        def configure(self, *args: Any, **options: Any) -> int:
            parent = {"initializer": _end_with, "initargs": (os.getpid(),)}
            return int(super().configure(*args, **options, **parent))

    return Processes()


def _end_with(parent: int) -> None:
    """In a new worker process, start a thread that ends it when its parent has ended.

    The thread looks twice a second, as soon as a running call lets other threads run.
    """

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.5)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
    # an interrupt from the keyboard goes to all processes; the parent ends its workers
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """Context, or decorator of a function, in which BLAS and LAPACK use one thread.

    The last digits of a product depend on the number of threads, and what a descent reaches may
    depend on these digits. Contexts may be nested. OpenBLAS 0.3.30 follows the limit in the main
    thread of Python and ignores it in others.

    Notes
    -----
    Cost: less than 0.1 milliseconds.

    Examples
    --------
    >>> from threadpoolctl import threadpool_info
    >>> with one_blas_thread():
    ...     {pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"}
    {1}
    """
    with thread_pools().limit(limits=1, user_api="blas"):
        yield


def thread_pools() -> ThreadpoolController:
    """The thread pools of the libraries that are loaded.

    To look for them takes milliseconds. It is done again when something was imported since.
    """
    import scipy.linalg  # noqa: F401 - it may bring a BLAS of its own

    return _thread_pools(len(sys.modules))


@lru_cache(maxsize=1)
def _thread_pools(modules: int) -> ThreadpoolController:
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()
