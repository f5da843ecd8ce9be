"""The command ``fjlt smallest``: how many rows are enough, proved and measured."""

from __future__ import annotations

import csv
import io
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from fjlt.cli import options
from fjlt.cli.results import output_folder, page, ready, rendered, versions
from fjlt.runs.console import as_json, write_all
from fjlt.runs.own_files import OwnFiles

if TYPE_CHECKING:
    from fjlt import MeasuredMinDim, MinDim

__all__ = ["smallest"]

FILES = ("smallest.json", "bounds.csv", "smallest.png")


def smallest(
    epsilon: options.Epsilon,
    delta: options.Delta = 0.05,
    points: Annotated[str | None, options.POINTS] = None,
    number: Annotated[
        int | None, typer.Option(help="Number of points, if there is no file; with --n.")
    ] = None,
    n: Annotated[int | None, typer.Option("--n", help="Dimension of the points.")] = None,
    ensemble: options.Ensemble = "srht",
    pairs: Annotated[
        int | None, typer.Option(help="Measure this many pairs, drawn at random, instead of all.")
    ] = None,
    measure: Annotated[
        bool, typer.Option(help="Whether to measure what the points in the file need.")
    ] = True,
    rows: options.Rows = False,
    seed: options.Seed = 0,
    out: options.Out = "fjlt-smallest",
) -> None:
    """Rows with which an embedding keeps all squared distances within 1 ± epsilon.

    Says what each bound proves for any points, and measures what your points need. Writes
    smallest.json, bounds.csv and smallest.png.

    Examples:

    fjlt smallest --points X.npy --epsilon 0.2 --delta 0.01

    fjlt smallest --number 1000 --n 4096 --epsilon 0.5 --ensemble gaussian
    """
    from fjlt import min_dim, min_dim_measured

    if (points is None) == (number is None or n is None) or (points and (number or n)):
        raise ValueError("give either the points with --points, or their --number and --n")
    ready()
    own = OwnFiles(output_folder(out), "fjlt-smallest")
    own.check(FILES)
    console, measured = Console(), None
    if points is not None:
        X = options.read_points(points, rows)
        n, number = X.shape
    bounds = min_dim(int(number or 0), epsilon, delta, ensemble, n)
    console.print(bounds.summary(), highlight=False, markup=False)
    if points is not None and measure:
        measured = min_dim_measured(X, epsilon, delta, ensemble, pairs=pairs, rng=seed)
        console.print("\nmeasured on these points: ", end="", highlight=False)
        console.print(measured.summary(), highlight=False, markup=False)
    record = {
        "settings": {
            "points": points,
            "number": number,
            "n": n,
            "ensemble": ensemble,
            "epsilon": epsilon,
            "delta": delta,
            "pairs": pairs,
            "seed": seed,
        },
        "k": bounds.k,
        "bounds": [asdict(row) for row in bounds.rows],
        "too_few": bounds.too_few,
        "measured": measured and asdict(measured),
        "versions": versions(),
    }
    table = io.StringIO()
    lines = csv.DictWriter(table, ["k", "usable", "name", "origin", "remark"], lineterminator="\n")
    lines.writeheader()
    lines.writerows(asdict(row) for row in bounds.rows)
    contents = (as_json(record), table.getvalue(), _picture(bounds, measured))
    write_all(dict(zip(FILES, contents, strict=True)), own, console)


def _picture(bounds: MinDim, measured: MeasuredMinDim | None) -> bytes:
    """The numbers of rows as dots on a logarithmic axis, a line for each bound."""
    marks: list[tuple[str, int, dict[str, Any]]] = [
        (row.name, row.k, {"marker": "o", "markerfacecolor": "C0" if row.usable else "white"})
        for row in bounds.rows
    ]
    if bounds.too_few:
        marks.append(("too few: one vector is lost too often", bounds.too_few, {"marker": "x"}))
    if measured is not None:
        marks.append(("measured: enough", measured.k, {"marker": "s"}))
        if measured.too_few:
            marks.append(("measured: too few", measured.too_few, {"marker": "x"}))
    from matplotlib.patheffects import withStroke

    figure, axes = page(7, 1 + 0.35 * len(marks))
    halo = [withStroke(linewidth=3, foreground="white")]
    for place, (_, k, look) in enumerate(marks):
        axes.plot([k], [place], linestyle="", color="C0", **look)
        axes.annotate(
            f"{k}", (k, place), (8, 0), textcoords="offset points", va="center", path_effects=halo
        )
    if bounds.n is not None:
        axes.axvline(bounds.n, color="black", linewidth=0.8)
    axes.set(xscale="log", xlabel="rows k; the line is at k = n", ylim=(len(marks) - 0.5, -0.5))
    axes.set_yticks(range(len(marks)), [name for name, _, _ in marks])
    axes.margins(x=0.3)
    axes.grid(alpha=0.3, axis="x")
    return rendered(figure, "png")
