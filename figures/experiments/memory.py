"""How much memory a layer takes at most, measured in a process of its own."""

from __future__ import annotations

import multiprocessing
from multiprocessing.connection import Connection
from pathlib import Path

from figures.engine.table import Row, Table

__all__ = ["compute", "peak"]

_STATUS = Path("/proc/self/status")


def compute(seed: int = 0, n: int = 1024, batch_size: int = 128) -> Table:
    """Bytes that a layer from n to n features takes at most, for each kind and mode of
    ``figures.experiments.durations``.

    Weights, gradients, what is kept for the way back, and the moments of Adam are all in it.

    Returns
    -------
    table : one row a kind of layer and mode
        ``bytes``: how much the resident memory grew at most. Pages and what allocators keep blur
        some 10⁵ of them.

    Raises
    ------
    OSError
        On systems other than Linux, which do not tell.
    """
    from figures.experiments.durations import MODES
    from figures.models.layers import LAYERS

    rows: list[Row] = []
    for kind in LAYERS:
        for mode in MODES:
            size = peak(seed, n, batch_size, kind, mode)
            rows.append({"n": n, "batch": batch_size, "layer": kind, "mode": mode, "bytes": size})
    return rows


def peak(seed: int, n: int, batch_size: int, kind: str, mode: str) -> int:
    """Bytes by which the memory of a fresh process grows at most while it makes and runs a layer,
    three times."""
    if not _STATUS.exists():
        raise OSError("the largest resident memory of a process is known on Linux only")
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
    from figures.experiments.durations import layer_calls

    layer_calls(seed, 64, batch_size, kind).run(mode)
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # the maximum begins anew
    before = _status("VmRSS")
    calls = layer_calls(seed, n, batch_size, kind)
    for _ in range(3):
        calls.run(mode)
    out.send(_status("VmHWM") - before)


def _status(name: str) -> int:
    lines = dict(line.split(":", 1) for line in _STATUS.read_text(encoding="ascii").splitlines())
    return 1024 * int(lines[name].split()[0])
