"""The command ``python -m landscape.start_sets``: start sets made anew, into a folder."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from fjlt import boundary
from fjlt.cli.results import output_folder
from fjlt.runs.backends import one_blas_thread
from fjlt.runs.console import Progress, Version, in_words, run
from landscape.cli.problem import kept_outputs
from landscape.continuation.start_sets import SIZES, file_name, make

__all__ = ["main", "start_sets"]

app = typer.Typer(pretty_exceptions_enable=False, add_completion=False)


@app.command()
def start_sets(
    sizes: Annotated[
        list[int] | None,
        typer.Argument(help=f"Sizes n of the butterfly. Default: {', '.join(map(str, SIZES))}."),
    ] = None,
    rows: Annotated[
        str | None,
        typer.Option(help="Kept outputs, numbered from 0: 0,2; k is their number. Default: 0,n/2."),
    ] = None,
    out: Annotated[str, typer.Option(help="Folder for the files.")] = "start-sets",
    replace: Annotated[
        bool, typer.Option("--replace", help="Replace files of these names in the folder.")
    ] = False,
    seed: Annotated[int, typer.Option(min=0, help="Seed of all random numbers.")] = 0,
    version: Version = False,
) -> None:
    """Find all complex critical points for generic data, by monodromy.

    "landscape joint" follows them to the critical points of your data.

    The package has those of siblings for n = 4, 8 and 16, and of the outputs 0,2 and 0,1,4 and
    0,2,4 of n = 8. This command leaves them alone.

    Examples:

    python -m landscape.start_sets 8

    python -m landscape.start_sets 4 8 --out mine --seed 1

    python -m landscape.start_sets 8 --rows 0,2
    """
    chosen = list(dict.fromkeys(sizes or SIZES))
    for n in chosen:
        boundary.log2_exact(boundary.dimension(n, "n", low=4))
    outputs = {n: (0, n // 2) if rows is None else kept_outputs(rows, n) for n in chosen}
    folder = output_folder(out)
    taken = [file for n in chosen if (file := folder / file_name(n, outputs[n])).exists()]
    if taken and not replace:
        raise FileExistsError(
            f"{', '.join(map(str, taken))} exists; name another folder with --out, or add --replace"
        )
    console, made, known = Console(), list[Path](), dict.fromkeys(chosen, 0)
    try:
        for n in chosen:
            begun = time.perf_counter()
            with Progress() as bar:

                def report(points: int, n: int = n, bar: Progress = bar) -> None:
                    # how many points there are is not known before the end
                    bar.update(f"n = {n}: {points} points", len(made), len(chosen))
                    if points > known[n]:
                        bar.line(f"n = {n}: {points} points so far")
                    known[n] = points

                made.append(make(n, folder, seed, report, outputs[n]))
            took = in_words(time.perf_counter() - begun)
            console.print(f"Wrote {made[-1]}, in {took}.", markup=False, soft_wrap=True)
    except BaseException as error:
        if made:
            error.add_note(f"Finished: {', '.join(map(str, made))}")
        raise


def main() -> None:
    """Entry point of ``python -m landscape.start_sets``."""
    with one_blas_thread():
        run(app)
