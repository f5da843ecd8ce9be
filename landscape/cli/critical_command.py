"""The command ``landscape critical``: the critical points for a fixed encoder B."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from fjlt.cli.results import output_folder, page, ready, rendered, versions
from fjlt.runs.console import as_json, choose, write_all
from fjlt.runs.own_files import OwnFiles
from landscape.cli import options

if TYPE_CHECKING:
    from landscape import CriticalPoint
    from landscape.cli.problem import Problem

__all__ = ["critical"]


def critical(
    x: options.X,
    k: options.K,
    y: options.Y = None,
    rows: options.Rows = None,
    l: options.L = None,
    b: options.B = None,
    butterfly: options.Kind = "fjlt",
    seed: options.Seed = 0,
    limit: Annotated[
        int, typer.Option(min=1, max=1_000_000, help="Largest number of points, lowest loss first.")
    ] = 20,
    out: options.Out = "landscape-critical",
) -> None:
    """Critical points of the loss in D and E for a fixed encoder B, lowest loss first.

    Writes critical.json, levels.png and levels.pdf.

    Examples:

    landscape critical --x X.npy --rows 0,4 --k 2

    landscape critical --x data.npz:x --y data.npz:y --l 8 --k 3 --butterfly random --seed 1

    landscape critical --x X.csv --b B.npy --k 2 --limit 100 --out results
    """
    from landscape import critical_points, plot_levels
    from landscape.cli.problem import KINDS, Problem
    from landscape.fixed.signal import Signal

    choose(butterfly, KINDS, "butterfly")
    ready()
    folder = output_folder(out)
    problem = Problem.load(x, y, rows, l, k, b, butterfly, seed)
    own = OwnFiles(folder, "landscape-critical")
    own.check(("critical.json", "levels.png", "levels.pdf"))
    signal = Signal.of(problem.X, problem.Y, problem.B)
    iterator = critical_points(problem.X, problem.Y, problem.B, k)
    points = [point for point, _ in zip(iterator, range(limit), strict=False)]
    names = ("subset", "loss", "index", "nullity", "kind", "note")
    record = {
        "settings": {**problem.settings, "rows": problem.rows, "limit": limit},
        "sizes": problem.sizes,
        "rank": signal.rank,
        "rank_of_encoded_data": signal.rank_data,
        "eigenvalues": signal.eigenvalues.tolist(),
        "points": [{name: getattr(point, name) for name in names} for point in points],
        "complete": len(points) < limit or next(iterator, None) is None,
        "versions": versions(),
    }
    figure, axes = page(6, 4)
    plot_levels(points, axes)
    files: dict[str, str | bytes] = {"critical.json": as_json(record)}
    files |= {"levels.png": rendered(figure, "png"), "levels.pdf": rendered(figure, "pdf")}

    console = Console()
    _print(points, problem, console)
    write_all(files, own, console)


def _print(points: list[CriticalPoint], problem: Problem, console: Console) -> None:
    table = Table("subset", "loss", "index", "nullity", "kind", title=problem.title)
    for point in points:
        subset = "{" + ", ".join(map(str, point.subset)) + "}"
        table.add_row(subset, f"{point.loss:.8g}", str(point.index), str(point.nullity), point.kind)
    console.print(table)
    for note in dict.fromkeys(point.note for point in points if point.note):
        console.print(f"Note: {escape(note)}")
