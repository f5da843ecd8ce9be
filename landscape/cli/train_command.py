"""The command ``landscape train``: training, and how close it comes to what is best possible."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from fjlt.cli.results import output_folder, page, ready, rendered, versions
from fjlt.runs.console import Interrupted, Progress, as_json, choose, write_all
from fjlt.runs.own_files import OwnFiles
from landscape.cli import options

if TYPE_CHECKING:
    from landscape import EncoderDecoder, Fit, TwoPhases
    from landscape.training.progress import Callback

__all__ = ["train"]


def train(
    x: options.X,
    k: options.K,
    y: options.Y = None,
    rows: options.Rows = None,
    l: options.L = None,
    b: options.B = None,
    butterfly: options.Kind = "fjlt",
    trainable: Annotated[
        str, typer.Option(help="What to train: all, fixed-b or two-phase.")
    ] = "all",
    method: Annotated[str, typer.Option(help="adam, l-bfgs or variable-projection.")] = "l-bfgs",
    steps: Annotated[
        int, typer.Option(min=1, help="Largest number of steps, in each phase.")
    ] = 1000,
    step_size: Annotated[float, typer.Option(help="Step size of Adam.")] = 0.01,
    batch_size: Annotated[
        int | None, typer.Option(min=1, help="Samples in a step of Adam.")
    ] = None,
    tolerance: Annotated[
        float, typer.Option(help="Relative gradient norm at which to stop.")
    ] = 1e-6,
    seed: options.Seed = 0,
    out: options.Out = "landscape-train",
) -> None:
    """Train D, E and the weights of B, and compare the loss with the best possible.

    Writes train.json, network.npz and history.png.

    Examples:

    landscape train --x X.npy --rows 0,4 --k 2

    landscape train --x X.npy --y Y.npy --l 8 --k 3 --trainable two-phase --method adam --steps 5000

    landscape train --x X.npy --b B.npy --k 2 --trainable fixed-b
    """
    import numpy as np

    from landscape import fit, fit_two_phase, plot_history, reduced_loss
    from landscape.cli.problem import KINDS, Problem
    from landscape.training import METHODS

    choose(butterfly, KINDS, "butterfly")
    choose(trainable, ("all", "fixed-b", "two-phase"), "part to train")
    choose(method, METHODS, "method")
    if b is not None and trainable != "fixed-b":
        raise ValueError(
            f"--b gives an encoder that cannot be trained; use --trainable fixed-b, not {trainable}"
        )
    ready()
    folder = output_folder(out)
    problem = Problem.load(x, y, rows, l, k, b, butterfly, seed)
    own = OwnFiles(folder, "landscape-train")
    own.check(("train.json", "network.npz", "history.png"))
    settings: dict[str, Any] = {
        "method": method,
        "max_steps": steps,
        "step_size": step_size,
        "batch_size": batch_size,
        "tolerance": tolerance,
    }
    console = Console()
    trained: Fit | TwoPhases
    with Progress() as bar, _nothing_kept():
        training = {**settings, "rng": problem.rng, "callback": _reporting(bar, steps)}
        if trainable == "two-phase":
            trained = fit_two_phase(problem.X, problem.Y, k, problem.B, **training)
            phases = {"phase one: B fixed": trained.first, "phase two: all": trained.second}
        else:
            parts: Literal["all", "fixed-b"] = "all" if trainable == "all" else "fixed-b"
            trained = fit(problem.X, problem.Y, k, problem.B, parts, **training)
            phases = {trainable: trained}
    network = list(phases.values())[-1].network
    optima = {
        "best D and E for the first B": reduced_loss(problem.X, problem.Y, problem.B, k),
        "best D and E for the last B": reduced_loss(problem.X, problem.Y, network.butterfly, k),
        "best of all matrices of rank k": reduced_loss(
            problem.X, problem.Y, np.eye(len(problem.X)), k
        ),
    }
    record = {
        "settings": {**problem.settings, **settings, "rows": problem.rows, "trainable": trainable},
        "sizes": problem.sizes,
        "phases": {name: _phase(result) for name, result in phases.items()},
        "optima": optima,
        "versions": versions(),
    }
    figure, axes = page(6, 4)
    plot_history(trained, axes, gap=False, levels=optima)
    files: dict[str, str | bytes] = {
        "train.json": as_json(record),
        "network.npz": _saved(network),
        "history.png": rendered(figure, "png"),
    }

    table = Table("", "loss", title=problem.title)
    for name, result in phases.items():
        table.add_row(f"reached, {name}", f"{result.loss:.8g}")
    for name, value in optima.items():
        table.add_row(name, f"{value:.8g}")
    console.print(table)
    for name, result in phases.items():
        console.print(f"{name}, {result.n_steps} steps: {escape(result.reason)}")
    write_all(files, own, console)


@contextmanager
def _nothing_kept() -> Iterator[None]:
    """What interrupts a training says that nothing is kept of it."""
    try:
        yield
    except (Interrupted, KeyboardInterrupt) as error:
        error.add_note("Nothing is kept of a training that has not ended; --steps makes it shorter")
        raise


def _reporting(bar: Progress, steps: int) -> Callback:
    """A callback of ``fit`` that shows the step and the loss."""

    def report(step: int, loss: float) -> None:
        bar.tenths(f"loss {loss:.6g}, steps", step, steps)

    return report


def _phase(result: Fit) -> dict[str, Any]:
    """A phase of the training, for the record."""
    names = ("loss", "converged", "n_steps", "reason")
    return {name: getattr(result, name) for name in names} | {"history": result.history.tolist()}


def _saved(network: EncoderDecoder) -> bytes:
    """The network as the content of an .npz file.

    It holds D, E and the weights and rows of B, or B itself if it is not a butterfly.
    """
    import numpy as np

    from fjlt import TruncatedButterfly

    arrays: dict[str, Any] = {"D": network.decoder, "E": network.encoder}
    if isinstance(network.butterfly, TruncatedButterfly):
        arrays |= {"weights": network.butterfly.weights, "rows": network.butterfly.rows}
    else:
        arrays |= {"B": network.butterfly.to_dense()}
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    return buffer.getvalue()
