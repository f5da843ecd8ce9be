"""What the command lines share: how errors are shown, names looked up and results written."""

from __future__ import annotations

import difflib
import json
import os
import signal
import sys
import threading
from collections.abc import Iterable, Mapping
from typing import Any, NoReturn

import numpy as np
import typer
from rich.console import Console
from rich.markup import escape

from fjlt.runs.backends import LostWorker
from fjlt.runs.own_files import OwnFiles

__all__ = ["Interrupted", "as_json", "choose", "run", "write_all"]


class Interrupted(BaseException):
    """The process was told to end: from the keyboard, by its terminal, or by another process."""


def run(app: typer.Typer, resume: str = "") -> None:
    """Run a command line and end the process if it fails.

    What goes wrong is one sentence on standard error, with what is kept. The exit status is 2 for
    bad input, 3 for a lost worker process and 130 for an interrupt. A request to terminate and the
    end of the terminal count as interrupts.

    Parameters
    ----------
    app : Typer
    resume : str, optional
        How to go on from results that are kept.
    """
    if threading.current_thread() is threading.main_thread():
        for number in _interrupts():
            signal.signal(number, _interrupt)
    try:
        app()
    except (ValueError, TypeError, OSError, MemoryError, ImportError) as error:
        _end(2, f"[bold red]Error:[/] {escape(str(error) or type(error).__name__)}", error, resume)
    except LostWorker as error:
        _end(3, f"[bold red]Error:[/] {escape(str(error))}", error, resume)
    except (Interrupted, KeyboardInterrupt) as error:
        _end(130, "[bold red]Interrupted.[/]", error, resume)


def _interrupts() -> list[signal.Signals]:
    """The signals that end this process; not those that its parent told it to ignore."""
    # a closed terminal sends no signal on Windows
    names = ("SIGINT", "SIGTERM", "SIGHUP")
    signals = [getattr(signal, name) for name in names if hasattr(signal, name)]
    return [number for number in signals if signal.getsignal(number) is not signal.SIG_IGN]


def _interrupt(number: int, frame: object) -> NoReturn:
    # a second one ends the process at once
    for other in _interrupts():
        signal.signal(other, signal.SIG_DFL)
    raise Interrupted


def _end(status: int, sentence: str, error: BaseException, resume: str) -> NoReturn:
    """End the process with a sentence on standard error, which nobody may read any more."""
    kept = list(getattr(error, "__notes__", ()))
    if kept and resume:
        kept.append(resume)
    try:
        Console(stderr=True, soft_wrap=True).print(sentence, *(f"{escape(k)}." for k in kept))
    except OSError:
        # the terminal is gone; without this the status would be that of a failed write
        for stream in (1, 2):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream)
    sys.exit(status)


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


def write_all(files: Mapping[str, str | bytes], own: OwnFiles, console: Console) -> None:
    """Write the files of a command, given by name and content, and print their names.

    Files that the command wrote there before are replaced or deleted; others are never touched.

    Raises
    ------
    OSError
        As ``OwnFiles.replace``.
    """
    own.replace(files)
    console.print(f"Wrote {', '.join(files)} to {own.folder}.", markup=False)
