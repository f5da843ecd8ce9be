"""Peak memory of a layer, measured in a process of its own."""

from __future__ import annotations

import ctypes
import multiprocessing
from multiprocessing.connection import Connection
from pathlib import Path

from figures.engine.table import Row, Table
from figures.experiments.durations import MODES, layer_calls
from figures.models.layers import LAYERS

__all__ = ["compute", "peak"]

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
    rows: list[Row] = []
    for kind in LAYERS:
        for mode in MODES:
            size = peak(seed, n, batch_size, kind, mode)
            rows.append({"n": n, "batch": batch_size, "layer": kind, "mode": mode, "bytes": size})
    return rows


def peak(seed: int, n: int, batch_size: int, kind: str, mode: str) -> int:
    """Bytes by which a fresh process grows at most while it makes a layer and runs it three times.

    Raises
    ------
    OSError
        On systems other than Linux.
    MemoryError
        If the layer does not fit in memory.
    """
    if not _STATUS.exists():
        raise OSError("the largest resident memory of a process is known on Linux only")
    # a spawned process inherits no memory that an earlier layer has used
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=_run, args=(there, seed, n, batch_size, kind, mode))
    process.start()
    there.close()
    try:
        return int(here.recv())
    except EOFError:
        raise MemoryError(f"no memory for a layer of {n} × {n} features") from None
    finally:
        process.join()


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
