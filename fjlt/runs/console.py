"""What the command lines share: errors, versions, progress, names looked up, results written."""

from __future__ import annotations

import difflib
import json
import os
import signal
import stat
import sys
import threading
import time
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, NoReturn, Self, TextIO

import typer
from rich.console import Console
from rich.markup import escape

import fjlt
from fjlt.extras import remedy
from fjlt.runs.backends import LostWorker
from fjlt.runs.own_files import OwnFiles

__all__ = [
    "Interrupted",
    "Progress",
    "Version",
    "as_json",
    "choose",
    "in_words",
    "run",
    "write_all",
]


class Interrupted(BaseException):
    """The process was told to end: from the keyboard, by its terminal, or by another process."""


def _show_version(context: typer.Context, asked: bool) -> None:
    if asked:
        typer.echo(f"{context.find_root().info_name} {fjlt.__version__}")
        raise typer.Exit


Version = Annotated[
    bool,
    typer.Option(
        "--version", is_eager=True, callback=_show_version, help="Show the version and exit."
    ),
]
"""The option ``--version`` of a command."""


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
        sentence = remedy(error) if isinstance(error, ImportError) else str(error)
        _end(2, f"[bold red]Error:[/] {escape(sentence or type(error).__name__)}", error, resume)
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
    >>> choose("figre-1", ["figure-1", "duel"], "figure")
    Traceback (most recent call last):
        ...
    ValueError: unknown figure 'figre-1'; did you mean 'figure-1'?
    """
    known = list(known)
    if name in known:
        return name
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.4)
    hint = f"did you mean '{near[0]}'?" if near else f"known: {', '.join(known)}"
    raise ValueError(f"unknown {kind} {name!r}; {hint}")


def in_words(seconds: float) -> str:
    """A duration, to two digits or so.

    Examples
    --------
    >>> [in_words(seconds) for seconds in (0.42, 42, 600, 9000)]
    ['0.4 s', '42 s', '10 min', '2 h 30 min']
    """
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    if seconds < 119.5:
        return f"{seconds:.0f} s"
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours} h {minutes} min" if hours > 1 else f"{60 * hours + minutes} min"


class Progress:
    """How far a command is: in a terminal a bar with the time left, otherwise lines.

    It is a context. The bar is on standard error, and gone at the end. There is none, and each line
    is written at once, where the output goes to a pipe or a file.

    Parameters
    ----------
    lines : stream, optional
        Where lines go, if it is no terminal. Default: standard output.
    seconds : float, optional
        How long all of it is expected to take, until its own pace is known.
    """

    def __init__(self, lines: TextIO | None = None, seconds: float | None = None) -> None:
        from rich import progress as rich_progress

        self._lines = lines or sys.stdout
        self.expected = seconds
        self._began: tuple[float, float] | None = None  # time and share of the first report
        self._share, self._tenth = 0.0, 0
        self._bar = rich_progress.Progress(
            rich_progress.TextColumn("{task.description}", markup=False),
            rich_progress.BarColumn(),
            rich_progress.TextColumn("{task.fields[count]}"),
            rich_progress.TimeElapsedColumn(),
            rich_progress.TextColumn("{task.fields[left]}"),
            console=Console(stderr=True),
            transient=True,
            disable=not sys.stderr.isatty() or _is_pipe(sys.stdout),
        )
        self._task = self._bar.add_task("", total=None, count="", left="")

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._bar.stop()

    def update(self, item: str, done: int, total: int, share: float | None = None) -> None:
        """Say what is done.

        Parameters
        ----------
        item : str
            What is under way, or was done last.
        done, total : int
            Numbers of items; a total of 0 says that it is not known.
        share : float, optional
            Share of the work that is done. Default: that of the items.
        """
        before = self._share
        self._share = (done / total if total else 0.0) if share is None else share
        # a step back is a new beginning
        if self._began is None or self._share < before:
            self._began, self._tenth = (time.monotonic(), self._share), 0
        self._bar.update(
            self._task,
            description=item,
            completed=self._share,
            total=1.0 if total else None,
            count=f"{done}/{total}" if total else "",
            left=self.left,
        )

    def tenths(self, item: str, done: int, total: int) -> None:
        """As ``update``; where there is no bar, about ten lines on the way."""
        self.update(item, done, total)
        tenth = 10 * done // total if total else 0
        if tenth > self._tenth:
            self._tenth = tenth
            self.line(f"{item}: {done} of {total}{self.left and '; '}{self.left}")

    @property
    def left(self) -> str:
        """The time left, as "about 40 s left", from the pace so far; empty if nothing is known."""
        if self._began is None:
            return ""
        began, first = self._began
        if self._share > first:
            seconds = (time.monotonic() - began) * (1 - self._share) / (self._share - first)
        elif self.expected is not None:
            seconds = self.expected
        else:
            return ""
        if self._share >= 1:
            return ""
        return f"about {in_words(seconds)} left" if seconds >= 1 else "less than 1 s left"

    def say(self, sentence: str) -> None:
        """Write a line above the bar, or where lines go."""
        if self._bar.disable:
            print(sentence, file=self._lines, flush=True)
        else:
            self._bar.console.print(sentence, markup=False, highlight=False, soft_wrap=True)

    def line(self, sentence: str) -> None:
        """Write a line, where there is no bar."""
        if not self._lines.isatty():
            print(sentence, file=self._lines, flush=True)


def _is_pipe(stream: TextIO) -> bool:
    """Whether a stream goes to another program, which may write to the same terminal."""
    try:
        return stat.S_ISFIFO(os.fstat(stream.fileno()).st_mode)
    except (OSError, ValueError):  # a stream in memory has no descriptor
        return False


def as_json(record: Mapping[str, Any]) -> str:
    """A record as JSON text, with arrays as lists.

    Raises
    ------
    ValueError
        If a number is NaN or infinite.

    Examples
    --------
    >>> import numpy as np
    >>> as_json({"spectrum": np.arange(2)})
    '{\\n "spectrum": [\\n  0,\\n  1\\n ]\\n}\\n'
    """
    import numpy as np

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
