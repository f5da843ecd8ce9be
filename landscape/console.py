"""What the command lines share: errors as one sentence with exit status 2, and names with a nearest match."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Iterable

import typer
from rich.console import Console
from rich.markup import escape

__all__ = ["choose", "run"]


def run(app: typer.Typer) -> None:
    """Run a command line; bad input ends it with one sentence on standard error and exit status 2."""
    try:
        app()
    except (ValueError, TypeError, OSError, MemoryError) as error:
        message = str(error) or type(error).__name__
        Console(stderr=True, soft_wrap=True).print(f"[bold red]Error:[/] {escape(message)}")
        sys.exit(2)
    except KeyboardInterrupt:
        Console(stderr=True).print("[bold red]Interrupted.[/]")
        sys.exit(130)


def choose(name: str, known: Iterable[str], kind: str) -> str:
    """The name itself if known, else ``ValueError`` with the nearest known name.

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
