"""The command line ``paper-figures``: list and draw the figures, list and fetch their data."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from figures.data.download import MissingData, fetch, locate
from figures.data.registry import Dataset, datasets, lookup, readable
from figures.engine.durations import expected_seconds
from figures.engine.gallery import TITLES, find
from figures.numbering import renamed
from fjlt.runs.console import Progress, Version, in_words, run

if TYPE_CHECKING:
    from figures.engine.figure import Figure

__all__ = ["main"]

app = typer.Typer(
    help="Draw the figures and tables of arXiv 2007.08864v2 from data.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)

_MAKE_HELP = """Compute figures and write ID.csv, ID.pdf, ID.png and ID.json for each.

The CSV holds the numbers, the JSON how they came about. Finished computations are kept in
DIR/cases, so that a run that was killed resumes where it stopped and nothing is computed twice.

A figure whose data are missing is left out, and the others are made; all that is missing is listed
at the end. Exit status: 0 if all is made, 1 if data are missing, 2 for bad input, 3 if a worker
process was lost, 130 if interrupted. With --all, a figure that needs a package that is not
installed is left out, and listed too.

Examples:

  paper-figures make figure-s1

  paper-figures make figure-4 table-s1 --profile paper --out figures-paper --workers 2

  paper-figures make --all --scheduler tcp://host:8786
"""

_DRAW_HELP = """Draw figures anew from the ID.csv and ID.json in a folder, without computing.

Examples:

  paper-figures draw figure-4 --out figures-paper

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


@app.callback()
def options(version: Version = False) -> None:
    """Options of the command itself."""


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
    """Compute and draw figures into a folder."""
    chosen = _chosen(ids, everything)
    uninstalled = [figure for figure in chosen if figure.missing]
    if uninstalled and not everything:
        raise ValueError("; ".join(figure.remedy for figure in uninstalled))
    wanted = [figure for figure in chosen if not figure.missing]
    _announce(wanted, profile, out, 0 if scheduler else workers)
    missing: dict[str, str] = {}
    without_data: dict[str, list[str]] = {}
    for figure in wanted:
        with Progress(sys.stderr) as bar:

            def update(done: int, total: int, bar: Progress = bar, id: str = figure.id) -> None:
                bar.update(id, done, total)
                if 0 < done < total:
                    bar.line(f"{id}: {done} of {total} computations{bar.left and '; '}{bar.left}")

            try:
                paths = figure.make(
                    out,
                    profile,
                    seed,
                    workers=workers,
                    scheduler=scheduler,
                    resume=resume,
                    progress=update,
                    missing=missing,
                )
            except MissingData as error:
                without_data[figure.id] = list(error.reasons)
                bar.line(f"{figure.id}: left out, its data are missing")
                continue
            seconds = expected_seconds(figure.id, profile, out) or 0.0
            bar.line(f"{figure.id}: made, {in_words(seconds)} of computing, earlier runs included")
        for path in paths:
            typer.echo(path)
    for figure in uninstalled:
        typer.echo(f"left out: {figure.remedy}", err=True)
    for id, names in without_data.items():
        typer.echo(f"left out: {id} needs {', '.join(names)}", err=True)
    for reason in missing.values():
        typer.echo(f"missing: {reason}", err=True)
    if without_data:
        raise typer.Exit(1)


def _announce(figures: Sequence[Figure], profile: str, out: Path, workers: int) -> None:
    """Say on standard error how long it will take, if it is long."""
    known = {figure.id: expected_seconds(figure.id, profile, out) for figure in figures}
    # what measures times runs alone, the rest on all processes; without a number, on a cluster
    seconds = sum(
        (known[figure.id] or 0.0) / (1 if figure.alone else workers or 1) for figure in figures
    )
    if seconds < 10:
        return
    unknown = [id for id, one in known.items() if one is None]
    where = f"with {workers} process{'es' * (workers > 1)}" if workers else "of computing"
    rest = f", and {', '.join(unknown)}, whose times are not known" if unknown else ""
    typer.echo(
        f"{len(figures)} figure{'s' * (len(figures) > 1)}: about {in_words(seconds)} {where}, by "
        f"the times of earlier runs{rest}; what is stored is not computed again",
        err=True,
    )


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
    from figures.engine.page import write_page

    typer.echo(write_page(out))


def _chosen(ids: list[str] | None, everything: bool) -> list[Figure]:
    if bool(ids) == everything:
        raise ValueError("name the figures to draw, or give --all; paper-figures list shows them")
    named = (now for id in ids or () for now in renamed(id))
    return [find(id) for id in (TITLES if everything else dict.fromkeys(named))]


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
