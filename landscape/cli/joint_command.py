"""The command ``landscape joint``: the landscape of the reader's data with a trained butterfly."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from fjlt.cli.results import output_folder, page, ready, rendered, versions
from fjlt.runs.console import Progress, as_json, in_words, write_all
from fjlt.runs.own_files import OwnFiles

if TYPE_CHECKING:
    from landscape import Certificate, JointCriticalPoints, TrainingOutcomes
    from landscape.planes.row_spaces import RowSpaces

__all__ = ["joint"]

CERTIFICATES = "certificates/critical-points.json"


def joint(
    x: Annotated[
        str | None, typer.Option("--x", help="Data X, (n, d), n a power of 2; columns are samples.")
    ] = None,
    y: Annotated[
        str | None, typer.Option("--y", help="Targets Y, (m, d). Default: X (auto-encoder).")
    ] = None,
    rows: Annotated[
        str | None, typer.Option(help="Kept outputs of the butterfly, numbered from 0: 0,4.")
    ] = None,
    k: Annotated[
        int | None,
        typer.Option("--k", help="Width of the bottleneck, at most the number of kept outputs."),
    ] = None,
    starts: Annotated[
        int, typer.Option(min=1, help="Number of starts of the second-order method.")
    ] = 100,
    runs: Annotated[int, typer.Option(min=0, help="Number of training runs of each scheme.")] = 40,
    enumerate_all: Annotated[
        bool | None,
        typer.Option(
            "--enumerate/--no-enumerate",
            help="Whether to list every critical point. Default: where a closed form or a stored "
            "start set with n <= 8 exists.",
        ),
    ] = None,
    table: Annotated[
        int | None, typer.Option(help="Only print the dimensions of the row spaces for this n.")
    ] = None,
    l_max: Annotated[
        int | None, typer.Option(help="With --table: the largest number of kept outputs.")
    ] = None,
    workers: Annotated[
        int, typer.Option(min=1, help="Number of processes; no result depends on it.")
    ] = 1,
    scheduler: Annotated[
        str | None, typer.Option(help="Address of a Dask scheduler, tcp://host:8786.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Seed of all random numbers.")] = 0,
    resume: Annotated[
        bool, typer.Option("--resume/--fresh", help="Reuse finished steps, or compute anew.")
    ] = True,
    out: Annotated[str, typer.Option(help="Folder for the results.")] = "landscape-joint",
) -> None:
    """Minima of the loss with a trained B, spurious ones too, and where training ends.

    Writes joint.json, endings.png, angles.png (only for two siblings of n = 4), and certificates of
    the critical points that were enumerated, which "proofs-check recheck FOLDER" checks again.
    Finished steps are kept in the folder steps: a run that ended early goes on from there, also
    with other --starts or --runs. The exit status is 1 if no start converged or a step failed;
    what was found is written all the same.

    Examples:

    landscape joint --x X.npy --rows 0,4 --k 2

    landscape joint --x data.npz:x --y data.npz:y --rows 0,1,2,5 --k 3 --runs 100 --workers 2

    landscape joint --table 8
    """
    import numpy as np

    from fjlt import boundary
    from landscape import data, plot_landscape
    from landscape.certificates.json_document import merge_documents
    from landscape.cli.joint_steps import JointSteps
    from landscape.cli.pictures import draw_outcomes
    from landscape.cli.problem import kept_outputs, load_data
    from landscape.planes.row_spaces import RowSpaces

    console, folder = Console(), output_folder(out)
    if table is not None:
        if x is not None or rows is not None or k is not None:
            raise ValueError(
                "--table goes with --l-max, --workers and --out only; leave out --x, --rows and --k"
            )
        _write_table(table, l_max, workers, folder, console)
        return
    if x is None or rows is None or k is None:
        raise ValueError(
            "give the data with --x, the kept outputs with --rows and the width with --k; or "
            "--table 8"
        )
    ready()
    X, Y = load_data(x, y)
    kept = kept_outputs(rows, 1 << boundary.log2_exact(len(X))).tolist()
    spaces = RowSpaces(len(X), kept, data.bottleneck(k, len(X)))
    files_of_joint = OwnFiles(folder, "landscape-joint")
    files_of_joint.check(("joint.json", CERTIFICATES, "endings.png", "angles.png"))
    # One random stream each for the enumeration, the starts and the training runs, in this order.
    stream = np.random.SeedSequence(seed)
    steps = JointSteps(X, Y, spaces, folder / "steps", resume, workers, scheduler)

    points: JointCriticalPoints | None = None
    certificates: list[Certificate] = []
    reached: dict[str, Any] | None = None
    outcomes: list[TrainingOutcomes] = []
    failures: list[str] = []
    with steps.told():
        if enumerate_all or (enumerate_all is None and _is_quick(spaces)):
            with _step("critical points") as bar:
                points = steps.critical_points(
                    stream.spawn(1)[0], lambda what: bar.update(what, 0, 0)
                )
        try:
            with _step("second-order method") as bar:
                reached = steps.minima(starts, stream.spawn(1)[0], partial(bar.tenths, "starts"))
        except (ValueError, MemoryError) as error:
            # What is known by now is worth more than an error.
            if points is None:
                raise
            failures.append(f"The second-order method failed: {error}.")
        losses = _losses_of_minima(points, reached)
        if points is not None and not points.dominant:
            with _step("certificates"):
                certificates = steps.certificates(points)
        if runs and losses:
            try:
                with _step("training") as bar:
                    report = partial(bar.tenths, "training runs")
                    outcomes = steps.endings(losses, runs, stream.spawn(1)[0], report)
            except (ValueError, MemoryError) as error:
                failures.append(f"Training failed: {error}.")

    if reached is not None and not reached["ends"]:
        failures.append(
            f"None of the {starts} starts converged; raise --starts, or change the data a little. "
            "The same command reuses the other steps."
        )
    _print(spaces, points, certificates, reached, outcomes, console)
    for failure in failures:
        console.print(failure, markup=False)
    if runs and not losses:
        console.print("No minimum is known, so training was not run; raise --starts.")
    record = {
        "settings": {
            "x": x,
            "y": y,
            "rows": kept,
            "k": k,
            "starts": starts,
            "runs": runs,
            "seed": seed,
        },
        "sizes": {"n": len(X), "d": X.shape[1], "m": len(Y), "l": len(kept), "k": k},
        "reachable": {
            "dimension": spaces.dimension,
            "full": spaces.full,
            "dominant": spaces.dominant,
        },
        "dense_optimum": _dense_optimum(points, reached),
        "enumeration": None if points is None else _enumeration(points, certificates),
        "multi_start": None
        if reached is None
        else {name: reached[name] for name in ("starts", "ends", "reasons")},
        "failures": failures,
        "endings": [asdict(scheme) | {"elsewhere": scheme.elsewhere} for scheme in outcomes],
        "versions": versions(),
    }
    files: dict[str, str | bytes] = {"joint.json": as_json(record)}
    proved = [certificate for certificate in certificates if certificate.certified]
    if proved:
        files[CERTIFICATES] = as_json(merge_documents(proved))
    if outcomes:
        files["endings.png"] = rendered(draw_outcomes(outcomes), "png")
    if points is not None and not points.dominant and spaces.n == 4:
        figure, axes = page(7, 5)
        plot_landscape(points, axes, flow=True)
        files["angles.png"] = rendered(figure, "png")
    write_all(files, files_of_joint, console)
    if failures:
        raise typer.Exit(1)


@contextmanager
def _step(name: str) -> Iterator[Progress]:
    """A step of the command: a bar while it lasts, or a line when it is done."""
    begun = time.perf_counter()
    with Progress() as bar:
        bar.update(name, 0, 0)
        yield bar
        bar.line(f"{name}: done in {in_words(time.perf_counter() - begun)}")


def _is_quick(spaces: RowSpaces) -> bool:
    """Whether the enumeration has a closed form or a stored start set, with n <= 8."""
    from landscape.continuation.start_sets import is_stored

    return spaces.n <= 8 and (spaces.dominant or is_stored(spaces))


def _losses_of_minima(
    points: JointCriticalPoints | None, reached: dict[str, Any] | None
) -> list[float]:
    """Distinct losses of the minima, lowest first.

    The minima are those of the list of critical points if it is complete, else those that the
    second-order method reached.
    """
    if points is not None and points.complete:
        losses = [point.loss for point in points if point.index == 0]
    else:
        ends = reached["ends"] if reached is not None else []
        losses = [end["loss"] for end in ends if end["index"] == 0]
    scale = max(abs(loss) for loss in losses) if losses else 1.0
    return [loss for i, loss in enumerate(losses) if i == 0 or loss - losses[i - 1] > 1e-9 * scale]


def _dense_optimum(points: JointCriticalPoints | None, reached: dict[str, Any] | None) -> float:
    """Least loss of all matrices of rank k, from the step that was done."""
    if reached is not None:
        return float(reached["dense_optimum"])
    assert points is not None
    return points.dense_optimum


def _enumeration(points: JointCriticalPoints, certificates: list[Certificate]) -> dict[str, Any]:
    """The list of critical points, for the record."""
    proofs = [{"certified": c.certified, "reason": c.reason} for c in certificates]
    entries = [
        {"loss": p.loss, "kind": p.kind, "index": p.index, "rows": p.rows.tolist()} | proof
        for p, proof in zip(points, proofs or [{}] * len(points), strict=True)
    ]
    names = ("n_complex", "expected", "complete", "note", "method", "dominant", "dense_optimum")
    return {name: getattr(points, name) for name in names} | {"points": entries}


def _print(
    spaces: RowSpaces,
    points: JointCriticalPoints | None,
    certificates: list[Certificate],
    reached: dict[str, Any] | None,
    outcomes: list[TrainingOutcomes],
    console: Console,
) -> None:
    state = "dominant: almost all planes can be reached" if spaces.dominant else "deficient"
    console.print(
        f"Outputs {', '.join(map(str, spaces.rows))} of {spaces.n}, k = {spaces.k}: the reachable "
        f"row spaces have dimension {spaces.dimension} of {spaces.full} ({state}).\nLeast loss of "
        f"all matrices of rank {spaces.k}: {_dense_optimum(points, reached):.8g}."
    )
    if points is not None:
        _print_points(points, certificates, console)
    if reached is not None:
        minima = Table(
            "loss",
            "index",
            "starts",
            title=f"Ends of {reached['starts']} starts of the second-order method",
        )
        for end in reached["ends"]:
            minima.add_row(f"{end['loss']:.8g}", str(end["index"]), str(end["count"]))
        console.print(minima)
        for reason, count in reached["reasons"].items():
            console.print(
                f"Not converged, {count} of {reached['starts']} starts: {escape(reason)}."
            )
    if outcomes:
        losses = [f"{loss:.8g}" for loss in outcomes[0].losses]
        shares = Table("training", *losses, "elsewhere", title="Ends of training")
        for scheme in outcomes:
            shares.add_row(scheme.scheme, *map(str, scheme.counts), str(scheme.elsewhere))
        console.print(shares)


def _print_points(
    points: JointCriticalPoints, certificates: list[Certificate], console: Console
) -> None:
    table = Table(
        "loss",
        "kind",
        "index",
        "certified",
        title=f"{len(points)} real critical points, {points.method}",
    )
    proofs = ["yes" if proof.certified else escape(proof.reason) for proof in certificates]
    for point, certified in zip(points[:40], proofs or [""] * len(points), strict=False):
        table.add_row(f"{point.loss:.8g}", point.kind, str(point.index), certified)
    console.print(table)
    status = "complete" if points.complete else points.note
    console.print(f"{points.n_complex} of {points.expected} complex critical points: {status}.")


def _write_table(n: int, l_max: int | None, workers: int, folder: Path, console: Console) -> None:
    """Print the dimensions of the reachable row spaces, and write them to table.csv."""
    from landscape.planes.reachable import reachable_table

    own = OwnFiles(folder, "landscape-table")
    own.check(("table.csv",))
    with console.status(f"row spaces of n = {n} …"):
        classes = reachable_table(n, l_max, workers)
    title = f"Dimension of the reachable k-planes, n = {n}"
    table = Table("l", "k", "classes", "worst", "best", "of k(n−k)", "dominant sets", title=title)
    csv = io.StringIO()
    csv.write("l,k,classes,subsets,worst,best,full,dominant,dominant_subsets,proved\n")
    for row in classes:
        share = f"{row.dominant_subsets} of {row.subsets} ({float(row.share):.3g})"
        table.add_row(*map(str, (row.l, row.k, row.classes, row.worst, row.best, row.full)), share)
        csv.write(",".join(map(str, asdict(row).values())) + "\n")
    console.print(table)
    write_all({"table.csv": csv.getvalue()}, own, console)
