"""The command line ``paper-figures``: list the figures, draw them, and see to their data."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from figures.download import fetch, locate
from figures.gallery import DRAWN, TITLES, find
from figures.registry import Dataset, datasets, lookup, readable
from landscape.console import run

__all__ = ["main"]

app = typer.Typer(
    help="Draw the figures and tables of arXiv 2007.08864 from data.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)

_MAKE_HELP = """Draw figures: ID.pdf, ID.png, ID.csv (the plotted numbers) and ID.json (how they came about).

Examples:

  paper-figures make fig06

  paper-figures make --all --profile paper --out figures-paper
"""

_DATA_HELP = """List the datasets with licence, size and place, or download and verify some of them.

FJLT_DATA_DIR names a folder of yours laid out as <dataset>/<file>, which is read and never written.

Examples:

  paper-figures data

  paper-figures data --fetch mnist --fetch images/camera.png
"""


@app.command("list")
def list_figures() -> None:
    """List the figures and tables of the paper, and which of them this version draws."""
    table = Table("id", "title", "state", box=None, pad_edge=False)
    for id, title in TITLES.items():
        table.add_row(id, title, "[green]drawn[/]" if id in DRAWN else "[dim]not yet drawn[/]")
    Console().print(table)


@app.command("make", help=_MAKE_HELP)
def make(
    ids: Annotated[list[str] | None, typer.Argument(metavar="ID …", show_default=False)] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every figure that this version draws.")] = False,
    profile: Annotated[str, typer.Option(help="quick (minutes on two cores) or paper.")] = "quick",
    out: Annotated[Path, typer.Option(help="Folder for the files; made if absent.")] = Path("report/figures"),
    seed: Annotated[int, typer.Option(min=0, help="Seed of all random numbers.")] = 0,
) -> None:
    """Draw figures into a folder."""
    if bool(ids) == everything:
        raise ValueError("name the figures to draw, or give --all; paper-figures list shows them")
    figures = [find(id) for id in (DRAWN if everything else dict.fromkeys(ids or ()))]
    for figure in figures:
        for path in figure.make(out, profile=profile, seed=seed):
            typer.echo(path)


@app.command("data", help=_DATA_HELP)
def data(
    names: Annotated[
        list[str] | None,
        typer.Option("--fetch", metavar="NAME", help="Dataset or file."),
    ] = None,
) -> None:
    """List or fetch the data."""
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
    run(app)


if __name__ == "__main__":
    main()
