"""What the command lines share: how errors are shown, names looked up and results written."""

from __future__ import annotations

import difflib
import json
import signal
import sys
import threading
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import typer
from rich.console import Console
from rich.markup import escape

from fjlt.runs.atomic_files import write_atomically

__all__ = ["as_json", "choose", "run", "write_all"]


def run(app: typer.Typer) -> None:
    """Run a command line and end the process if it fails.

    Bad input gives one sentence on standard error and exit status 2, an interrupt exit status 130.
    A request to terminate is treated as an interrupt, so that worker processes end as well.
    """
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        app()
    except (ValueError, TypeError, OSError, MemoryError, ImportError) as error:
        message = str(error) or type(error).__name__
        Console(stderr=True, soft_wrap=True).print(f"[bold red]Error:[/] {escape(message)}")
        sys.exit(2)
    except KeyboardInterrupt:
        Console(stderr=True).print("[bold red]Interrupted.[/]")
        sys.exit(130)


def choose(name: str, known: Iterable[str], kind: str) -> str:
    """Return a name if it is known, and otherwise say which known name is nearest.

    Parameters
    ----------
    name : str
    known : iterable of str
    kind : str
        What the names are names of; used in the message.

    Raises
    ------
    ValueError
        If the name is not known.

    Examples
    --------
    >>> choose("fig6", ["fig06", "fig01"], "figure")
    Traceback (most recent call last):
        ...
    ValueError: unknown figure 'fig6'; did you mean 'fig06'?
    """
    known = list(known)
    if name in known:
        return name
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.4)
    hint = f"did you mean '{near[0]}'?" if near else f"known: {', '.join(known)}"
    raise ValueError(f"unknown {kind} {name!r}; {hint}")


def as_json(record: Mapping[str, Any]) -> str:
    """A record as JSON text, with arrays as lists.

    Raises
    ------
    ValueError
        If a number is NaN or infinite.

    Examples
    --------
    >>> as_json({"spectrum": np.arange(2)})
    '{\\n "spectrum": [\\n  0,\\n  1\\n ]\\n}\\n'
    """
    return (
        json.dumps(record, indent=1, ensure_ascii=False, allow_nan=False, default=np.ndarray.tolist)
        + "\n"
    )


def write_all(files: Mapping[str, str | bytes], folder: Path, console: Console) -> None:
    """Write files, given by name and content, into a folder, and print their names."""
    for name, content in files.items():
        write_atomically(folder / name, content)
    console.print(f"Wrote {', '.join(files)} to {folder}.")
