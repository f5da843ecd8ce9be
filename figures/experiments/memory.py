"""Peak memory of layers, each measured in a process of its own."""

from __future__ import annotations

import ctypes
import multiprocessing
from collections.abc import Sequence
from importlib import import_module
from multiprocessing.connection import Connection
from pathlib import Path

from figures.engine.table import Row, Table
from figures.experiments.durations import MODES, layer_calls
from figures.models.layers import LAYERS

__all__ = ["compute", "peaks"]

_LOADED = ["torch._dynamo", "fjlt.torch"]
"""What a layer and the optimisers load."""
_STATUS = Path("/proc/self/status")


def compute(seed: int = 0, n: int = 1024, batch_size: int = 128) -> Table:
    """Peak memory of a layer from n to n features, for each kind of layer and each mode.

    Weights, gradients, activations kept for the backward pass, and the moments of Adam all count.

    Returns
    -------
    table : one row for each kind of layer and mode
        ``bytes``: the largest growth of the resident memory. It is uncertain by some 10⁵ bytes,
        because memory comes in pages and allocators keep some of it.

    Raises
    ------
    OSError
        On systems other than Linux.
    """
    runs = [(kind, mode) for kind in LAYERS for mode in MODES]
    sizes = peaks(seed, n, batch_size, runs)
    about: Row = {"n": n, "batch": batch_size}
    return [
        {**about, "layer": kind, "mode": mode, "bytes": size}
        for (kind, mode), size in zip(runs, sizes, strict=True)
    ]


def peaks(seed: int, n: int, batch_size: int, runs: Sequence[tuple[str, str]]) -> list[int]:
    """Bytes by which a fresh process grows at most while it makes a layer and runs it three times.

    Parameters
    ----------
    seed, n, batch_size : int
    runs : sequence of (kind, mode)
        Of layers, each measured in a process of its own.

    Raises
    ------
    OSError
        On systems other than Linux.
    MemoryError
        If a layer does not fit in memory.
    """
    if not _STATUS.exists():
        raise OSError("the largest resident memory of a process is known on Linux only")
    # a server that has run no layer either loads PyTorch, once for all calls
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_LOADED)
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=_fork, args=(there, seed, n, batch_size, runs))
    process.start()
    there.close()
    try:
        return [int(here.recv()) for _ in runs]
    except EOFError:
        raise MemoryError(f"no memory for a layer of {n} × {n} features") from None
    finally:
        process.join()


def _fork(
    out: Connection, seed: int, n: int, batch_size: int, runs: Sequence[tuple[str, str]]
) -> None:
    """In a process that has run no layer, fork one for each run.

    So it inherits no memory that an earlier layer has used, and loads nothing anew.
    """
    for name in _LOADED:
        import_module(name)
    context = multiprocessing.get_context("fork")
    for run in runs:
        process = context.Process(target=_run, args=(out, seed, n, batch_size, *run))
        process.start()
        process.join()
        if process.exitcode:
            return


def _run(out: Connection, seed: int, n: int, batch_size: int, kind: str, mode: str) -> None:
    # a small layer first, so that imports, compilation and thread pools count as there before
    layer_calls(seed, 64, batch_size, kind).run(mode)
    # memory that was freed goes back to the system, so that what reuses it counts as growth
    if trim := getattr(ctypes.CDLL(None), "malloc_trim", None):
        trim(0)
    # 5 resets the peak VmHWM to the memory in use, VmRSS; the difference later is the growth
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    before = _status("VmRSS")
    calls = layer_calls(seed, n, batch_size, kind)
    for _ in range(3):
        calls.run(mode)
    out.send(_status("VmHWM") - before)


def _status(name: str) -> int:
    """A value of /proc/self/status in bytes; the file has it in units of 1024."""
    fields = dict(line.split(":", 1) for line in _STATUS.read_text(encoding="ascii").splitlines())
    return 1024 * int(fields[name].split()[0])
