"""The command line ``landscape``: critical points, with B fixed and trained, and training, for matrices from files."""

from __future__ import annotations

import io
from typing import Annotated, Any, Literal

import numpy as np
import typer
from rich.console import Console
from rich.table import Table

from fjlt import TruncatedButterfly
from fjlt.runs.console import as_json, choose, run, write_all
from landscape.cli.joint_command import joint
from landscape.cli.pictures import draw_history, draw_levels, rendered
from landscape.cli.problem import KINDS, Problem, output_folder, versions
from landscape.fixed.critical import critical_points
from landscape.fixed.reduced import reduced_loss
from landscape.fixed.signal import Signal
from landscape.training.training import METHODS, Fit, fit
from landscape.training.two_phase import fit_two_phase

__all__ = ["app", "main"]

app = typer.Typer(
    help="The loss landscape of the network D·E·B·X, loss ‖DEBX - Y‖_F².",
    pretty_exceptions_enable=False,
    add_completion=False,
    no_args_is_help=True,
)

X = Annotated[
    str,
    typer.Option(
        "--x", help="Data X, (n, d), columns are samples: FILE.npy .npz .csv .mat or FILE:KEY."
    ),
]
Y = Annotated[
    str | None, typer.Option("--y", help="Targets Y, (m, d); X if left out (auto-encoder).")
]
Rows = Annotated[str | None, typer.Option(help="Kept outputs of the butterfly, 0-based: 0,4.")]
L = Annotated[int | None, typer.Option("--l", help="Number of kept outputs, drawn at random.")]
K = Annotated[int, typer.Option("--k", help="Width of the bottleneck.")]
B = Annotated[
    str | None, typer.Option("--b", help="Encoder B, (l, n), from a file instead of a butterfly.")
]
Kind = Annotated[
    str, typer.Option("--butterfly", help="Weights of the butterfly: fjlt, random or identity.")
]
Seed = Annotated[int, typer.Option(help="Seed of everything random.")]
Out = Annotated[str, typer.Option(help="Folder for the results.")]


@app.command()
def critical(
    x: X,
    k: K,
    y: Y = None,
    rows: Rows = None,
    l: L = None,
    b: B = None,
    butterfly: Kind = "fjlt",
    seed: Seed = 0,
    limit: Annotated[int, typer.Option(min=1, help="How many points, lowest loss first.")] = 20,
    out: Out = "landscape-critical",
) -> None:
    """Critical points of the loss in D and E for a fixed encoder B, lowest loss first.

    Writes critical.json, levels.png and levels.pdf.

    Examples:

    landscape critical --x X.npy --rows 0,4 --k 2

    landscape critical --x data.npz:train --y data.npz:target --l 8 --k 3 --butterfly random --seed 1

    landscape critical --x X.csv --b B.npy --k 2 --limit 100 --out results
    """
    choose(butterfly, KINDS, "butterfly")
    folder = output_folder(out)
    problem = Problem.load(x, y, rows, l, k, b, butterfly, seed)
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
    figure = draw_levels(points)
    files: dict[str, str | bytes] = {"critical.json": as_json(record)}
    files |= {"levels.png": rendered(figure, "png"), "levels.pdf": rendered(figure, "pdf")}

    table = Table("subset", "loss", "index", "nullity", "kind", title=_sizes(problem))
    for point in points:
        subset = "{" + ", ".join(map(str, point.subset)) + "}"
        table.add_row(subset, f"{point.loss:.8g}", str(point.index), str(point.nullity), point.kind)
    console = Console()
    console.print(table)
    for note in dict.fromkeys(point.note for point in points if point.note):
        console.print(f"Note: {note}")
    write_all(files, folder, console)


@app.command()
def train(
    x: X,
    k: K,
    y: Y = None,
    rows: Rows = None,
    l: L = None,
    b: B = None,
    butterfly: Kind = "fjlt",
    trainable: Annotated[
        str, typer.Option(help="What is trained: all, fixed-b or two-phase.")
    ] = "all",
    method: Annotated[str, typer.Option(help="adam, l-bfgs or variable-projection.")] = "l-bfgs",
    steps: Annotated[int, typer.Option(min=1, help="Steps (in each phase).")] = 1000,
    step_size: Annotated[float, typer.Option(help="Step size of Adam.")] = 0.01,
    batch_size: Annotated[int | None, typer.Option(min=1, help="Samples a step of Adam.")] = None,
    tolerance: Annotated[
        float, typer.Option(help="Relative gradient norm at which to stop.")
    ] = 1e-6,
    seed: Seed = 0,
    out: Out = "landscape-train",
) -> None:
    """Train D, E and the weights of B, and compare with what is best possible.

    Writes train.json, network.npz and history.png.

    Examples:

    landscape train --x X.npy --rows 0,4 --k 2

    landscape train --x X.npy --y Y.npy --l 8 --k 3 --trainable two-phase --method adam --steps 5000

    landscape train --x X.npy --b B.npy --k 2 --trainable fixed-b
    """
    choose(butterfly, KINDS, "butterfly")
    choose(trainable, ("all", "fixed-b", "two-phase"), "part to train")
    choose(method, METHODS, "method")
    if b is not None and trainable != "fixed-b":
        raise ValueError(
            f"--b gives an encoder that cannot be trained; use --trainable fixed-b, not {trainable}"
        )
    folder = output_folder(out)
    problem = Problem.load(x, y, rows, l, k, b, butterfly, seed)
    options: dict[str, Any] = {
        "method": method,
        "max_steps": steps,
        "step_size": step_size,
        "batch_size": batch_size,
        "tolerance": tolerance,
    }
    console = Console()
    shown = {**options, "rng": problem.rng, "progress": console.is_terminal}
    if trainable == "two-phase":
        trained = fit_two_phase(problem.X, problem.Y, k, problem.B, **shown)
        phases = {"phase one: B fixed": trained.first, "phase two: all": trained.second}
    else:
        parts: Literal["all", "fixed-b"] = "all" if trainable == "all" else "fixed-b"
        phases = {trainable: fit(problem.X, problem.Y, k, problem.B, parts, **shown)}
    network = list(phases.values())[-1].network
    optima = {
        "best D and E for the first B": reduced_loss(problem.X, problem.Y, problem.B, k),
        "best D and E for the last B": reduced_loss(problem.X, problem.Y, network.butterfly, k),
        "best of all matrices of rank k": reduced_loss(
            problem.X, problem.Y, np.eye(len(problem.X)), k
        ),
    }
    record = {
        "settings": {**problem.settings, **options, "rows": problem.rows, "trainable": trainable},
        "sizes": problem.sizes,
        "phases": {name: _phase(result) for name, result in phases.items()},
        "optima": optima,
        "versions": versions(),
    }
    figure = draw_history({name: result.history for name, result in phases.items()}, optima)
    buffer = io.BytesIO()
    arrays: dict[str, Any] = {"D": network.decoder, "E": network.encoder}
    if isinstance(network.butterfly, TruncatedButterfly):
        arrays |= {"weights": network.butterfly.weights, "rows": network.butterfly.rows}
    else:
        arrays |= {"B": problem.B.to_dense()}
    np.savez(buffer, allow_pickle=False, **arrays)
    files: dict[str, str | bytes] = {
        "train.json": as_json(record),
        "network.npz": buffer.getvalue(),
    }
    files["history.png"] = rendered(figure, "png")

    table = Table("", "loss", title=_sizes(problem))
    for name, result in phases.items():
        table.add_row(f"reached, {name}", f"{result.loss:.8g}")
    for name, value in optima.items():
        table.add_row(name, f"{value:.8g}")
    console.print(table)
    for name, result in phases.items():
        console.print(f"{name}, {result.n_steps} steps: {result.reason}")
    write_all(files, folder, console)


app.command()(joint)


def _phase(result: Fit) -> dict[str, Any]:
    names = ("loss", "converged", "n_steps", "reason")
    return {name: getattr(result, name) for name in names} | {"history": result.history.tolist()}


def _sizes(problem: Problem) -> str:
    return ", ".join(f"{name} = {value}" for name, value in problem.sizes.items())


def main() -> None:
    """Entry point."""
    run(app)
