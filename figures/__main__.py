"""The command line ``paper-figures``: list and draw the figures, list and fetch their data."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table

from figures.data.download import fetch, locate
from figures.data.registry import Dataset, datasets, lookup, readable
from figures.engine.figure import Figure
from figures.engine.gallery import TITLES, find
from figures.engine.page import write_page
from fjlt.runs.console import run

__all__ = ["main"]

app = typer.Typer(
    help="Draw the figures and tables of arXiv 2007.08864 from data.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)

_MAKE_HELP = """Compute figures and write ID.csv, ID.pdf, ID.png and ID.json for each.

The CSV holds the numbers, the JSON how they came about. Finished computations are kept in
DIR/cases, so that a run that was killed resumes where it stopped and nothing is computed twice.

Examples:

  paper-figures make fig06

  paper-figures make fig02 tab04 --profile paper --out figures-paper --workers 2

  paper-figures make --all --scheduler tcp://host:8786
"""

_DRAW_HELP = """Draw figures anew from the ID.csv and ID.json in a folder, without computing.

Examples:

  paper-figures draw fig02 --out figures-paper

  paper-figures draw --all --out figures-paper
"""

_GALLERY_HELP = """Write DIR/index.html: the figures in the folder with captions and numbers.

Example:

  paper-figures gallery --out figures-paper
"""

_DATA_HELP = """List the datasets with licence, size and status, or download and verify some.

FJLT_DATA_DIR names a folder of your own, laid out as <dataset>/<file>. It is never written to.

Examples:

  paper-figures data

  paper-figures data --fetch mnist --fetch images/camera.png
"""


@app.command("list")
def list_figures() -> None:
    """List the figures and tables."""
    table = Table("id", "title", box=None, pad_edge=False)
    for id, title in TITLES.items():
        table.add_row(id, title)
    Console().print(table)


Ids = Annotated[list[str] | None, typer.Argument(metavar="ID …", show_default=False)]
Everything = Annotated[bool, typer.Option("--all", help="Every figure.")]
Out = Annotated[Path, typer.Option(help="Folder of the figures.")]


@app.command("make", help=_MAKE_HELP)
def make(
    ids: Ids = None,
    everything: Everything = False,
    profile: Annotated[
        str, typer.Option(help="quick (minutes on two cores) or paper (the sizes of the paper).")
    ] = "quick",
    out: Out = Path("report/figures"),
    workers: Annotated[
        int, typer.Option(min=1, help="Number of processes; no result depends on it.")
    ] = os.cpu_count() or 1,
    scheduler: Annotated[
        str | None, typer.Option(help="Address of a Dask scheduler, used in place of processes.")
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume/--fresh", help="Reuse finished computations, or compute anew.")
    ] = True,
    seed: Annotated[int, typer.Option(min=0, help="Seed of all random numbers.")] = 0,
) -> None:
    """Compute and draw figures into a folder.

    With ``--all``, a figure that needs a missing package is left out with a message.
    """
    for figure in _chosen(ids, everything):
        if figure.missing and not everything:
            raise ValueError(figure.remedy)
        if figure.missing:
            typer.echo(f"left out: {figure.remedy}", err=True)
            continue
        with _bar() as bar:
            task = bar.add_task(figure.id, total=None)
            update = partial(_update, bar, task)
            paths = figure.make(
                out,
                profile,
                seed,
                workers=workers,
                scheduler=scheduler,
                resume=resume,
                progress=update,
            )
        for path in paths:
            typer.echo(path)


@app.command("draw", help=_DRAW_HELP)
def draw(
    ids: Ids = None, everything: Everything = False, out: Out = Path("report/figures")
) -> None:
    """Draw figures anew from their stored tables."""
    for figure in _chosen(ids, everything):
        for path in figure.redraw(out):
            typer.echo(path)


@app.command("gallery", help=_GALLERY_HELP)
def gallery(out: Out = Path("report/figures")) -> None:
    """Write one page of all figures in a folder."""
    typer.echo(write_page(out))


def _chosen(ids: list[str] | None, everything: bool) -> list[Figure]:
    if bool(ids) == everything:
        raise ValueError("name the figures to draw, or give --all; paper-figures list shows them")
    return [find(id) for id in (TITLES if everything else dict.fromkeys(ids or ()))]


def _bar() -> Progress:
    terminal = Console(stderr=True)
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
        console=terminal,
        transient=True,
        disable=not terminal.is_terminal,
    )


def _update(bar: Progress, task: TaskID, done: int, total: int) -> None:
    bar.update(task, completed=done, total=total)


@app.command("data", help=_DATA_HELP)
def data(
    names: Annotated[
        list[str] | None,
        typer.Option("--fetch", metavar="NAME", help="Dataset or file."),
    ] = None,
) -> None:
    """List the datasets, or fetch some of them."""
    if names:
        for file in [file for name in names for file in lookup(name)]:
            typer.echo(f"{fetch(file)}  sha256 {file.sha256}")
        return
    table = Table("dataset", "size", "found", "status", "licence", box=None, pad_edge=False)
    for dataset in datasets():
        needed = dataset.default_files or dataset.files
        size = readable(sum(file.size for file in needed)) if needed else ""
        table.add_row(dataset.name, size, _found(dataset), dataset.status, dataset.licence)
    Console().print(table)


def _found(dataset: Dataset) -> str:
    needed = dataset.default_files or dataset.files
    here = sum(locate(file) is not None for file in needed)
    if here == len(needed):
        return "[green]here[/]"
    return f"{here} of {len(needed)} files" if here else "[dim]to download[/]"


def main() -> None:
    """Run ``paper-figures``."""
    run(app, "The same command goes on from there")


if __name__ == "__main__":
    main()
