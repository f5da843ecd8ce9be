"""The command ``landscape joint``: what training the butterfly does to the landscape of the
reader's data."""

from __future__ import annotations

import io
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from rich.console import Console
from rich.table import Table

from fjlt import boundary
from fjlt.runs.console import as_json, write_all
from fjlt.runs.matrices import read_matrix, split_key
from landscape import data
from landscape.certificates.json_document import merge_documents
from landscape.cli.pictures import draw_angles, draw_endings, rendered
from landscape.cli.problem import kept_outputs, output_folder, versions
from landscape.continuation.start_sets import start_set
from landscape.enumeration.joint import joint_critical_points
from landscape.enumeration.joint_points import JointCriticalPoints
from landscape.minima.random_starts import EndLosses, multi_start
from landscape.planes.reachable import reachable_table
from landscape.planes.row_spaces import RowSpaces
from landscape.training.outcomes import Endings, endings

__all__ = ["joint"]


def joint(
    x: Annotated[
        str | None, typer.Option("--x", help="Data X, (n, d), n a power of 2; columns are samples.")
    ] = None,
    y: Annotated[
        str | None, typer.Option("--y", help="Targets Y, (m, d); X if left out (auto-encoder).")
    ] = None,
    rows: Annotated[
        str | None, typer.Option(help="Kept outputs of the butterfly, 0-based: 0,4.")
    ] = None,
    k: Annotated[
        int | None, typer.Option("--k", help="Width of the bottleneck, at most the kept outputs.")
    ] = None,
    starts: Annotated[int, typer.Option(min=1, help="Starts of the second-order method.")] = 100,
    runs: Annotated[int, typer.Option(min=0, help="Training runs of each scheme.")] = 40,
    enumerate_all: Annotated[
        bool | None,
        typer.Option(
            "--enumerate/--no-enumerate",
            help="List every critical point. By default where a closed form or a stored start set with n <= 8 exists.",
        ),
    ] = None,
    table: Annotated[
        int | None, typer.Option(help="Instead: dimensions of the row spaces for this n.")
    ] = None,
    l_max: Annotated[
        int | None, typer.Option(help="With --table: the largest number of kept outputs.")
    ] = None,
    workers: Annotated[int, typer.Option(min=1, help="Processes; no result depends on them.")] = 1,
    scheduler: Annotated[
        str | None, typer.Option(help="Address of a Dask scheduler, tcp://host:8786.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Seed of everything random.")] = 0,
    out: Annotated[str, typer.Option(help="Folder for the results.")] = "landscape-joint",
) -> None:
    """Landscape with trained B: minima, spurious ones too, with certificates, and where training
    ends.

    Writes joint.json, endings.png, for two siblings of n = 4 angles.png, and certificates of the
    critical points that were enumerated, which "proofs-check recheck FOLDER" replays.

    Examples:

    landscape joint --x X.npy --rows 0,4 --k 2

    landscape joint --x data.npz:train --y data.npz:target --rows 0,1,2,5 --k 3 --runs 100 --workers
    2

    landscape joint --table 8
    """
    console, folder = Console(), output_folder(out)
    if table is not None:
        if x is not None or rows is not None or k is not None:
            raise ValueError(
                "--table stands alone, with --l-max and --workers; leave out --x, --rows and --k"
            )
        _table(table, l_max, workers, folder, console)
        return
    if x is None or rows is None or k is None:
        raise ValueError(
            "give the data with --x, the kept outputs with --rows and the width with --k; or "
            "--table 8"
        )
    X = read_matrix(*split_key(x))
    X, Y = data.pair(X, X if y is None else read_matrix(*split_key(y)))
    kept = kept_outputs(rows, 1 << boundary.log2_exact(len(X))).tolist()
    spaces = RowSpaces(len(X), kept, data.bottleneck(k, len(X)))
    stream = np.random.SeedSequence(seed)
    shared: dict[str, Any] = {"workers": workers, "scheduler": scheduler}

    with console.status("critical points …") as status:
        found: JointCriticalPoints | None = None
        if enumerate_all or (enumerate_all is None and _quick(spaces)):
            found = joint_critical_points(
                X, Y, kept, k, rng=stream.spawn(1)[0], progress=status.update, **shared
            )
        status.update(f"{starts} starts of the second-order method …")
        ends = multi_start(X, Y, kept, k, starts, rng=stream.spawn(1)[0], **shared)
        minima = _minima(found, ends)
        status.update("certificates …")
        certificates = (
            [point.certificate for point in found]
            if found is not None and not found.dominant
            else []
        )
        status.update(f"{runs} training runs of each scheme …")
        trained = (
            endings(X, Y, kept, k, minima, runs, rng=stream.spawn(1)[0], **shared) if runs else []
        )

    _print(spaces, found, ends, trained, console)
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
        "dense_optimum": ends.dense_optimum,
        "enumeration": None if found is None else _enumeration(found),
        "multi_start": _multi_start(ends),
        "endings": [asdict(end) | {"elsewhere": end.elsewhere} for end in trained],
        "versions": versions(),
    }
    files: dict[str, str | bytes] = {"joint.json": as_json(record)}
    proved = [certificate for certificate in certificates if certificate.certified]
    if proved:
        files["certificates/critical-points.json"] = as_json(merge_documents(proved))
    if trained:
        files["endings.png"] = rendered(draw_endings(trained), "png")
    if found is not None and not found.dominant and spaces.n == 4:
        files["angles.png"] = rendered(draw_angles(X, Y, found), "png")
    write_all(files, folder, console)


def _quick(spaces: RowSpaces) -> bool:
    return spaces.n <= 8 and (spaces.dominant or start_set(spaces) is not None)


def _minima(found: JointCriticalPoints | None, ends: EndLosses) -> list[float]:
    """Losses of the minima, lowest first: of the list if it is complete, else of the second-order
    method."""
    if found is not None and found.complete:
        losses = [point.loss for point in found if point.index == 0]
    else:
        losses = [end.loss for end in ends.ends if end.index == 0]
    scale = max(abs(loss) for loss in losses) if losses else 1.0
    return [loss for i, loss in enumerate(losses) if i == 0 or loss - losses[i - 1] > 1e-9 * scale]


def _enumeration(found: JointCriticalPoints) -> dict[str, Any]:
    points = [
        {"loss": p.loss, "kind": p.kind, "index": p.index, "rows": p.rows.tolist()}
        | (
            {}
            if found.dominant
            else {"certified": p.certificate.certified, "reason": p.certificate.reason}
        )
        for p in found
    ]
    names = ("n_complex", "expected", "complete", "note", "method", "dominant", "dense_optimum")
    return {name: getattr(found, name) for name in names} | {"points": points}


def _multi_start(ends: EndLosses) -> dict[str, Any]:
    names = ("loss", "count", "share", "interval", "index", "nullity", "spectrum")
    found = [
        {name: getattr(end, name) for name in names} | {"variables": end.minimum.x} for end in ends
    ]
    return {"starts": ends.starts, "ends": found, "reasons": ends.reasons}


def _print(
    spaces: RowSpaces,
    found: JointCriticalPoints | None,
    ends: EndLosses,
    trained: list[Endings],
    console: Console,
) -> None:
    state = "dominant: almost all planes can be reached" if spaces.dominant else "deficient"
    console.print(
        f"Outputs {', '.join(map(str, spaces.rows))} of {spaces.n}, k = {spaces.k}: the reachable "
        f"row spaces have dimension {spaces.dimension} of {spaces.full} ({state}).\nLeast loss of "
        f"all matrices of rank {spaces.k}: {ends.dense_optimum:.8g}."
    )
    if found is not None:
        shown = Table(
            "loss",
            "kind",
            "index",
            "certified",
            title=f"{len(found)} real critical points, {found.method}",
        )
        for point in found[:40]:
            proof = (
                ""
                if found.dominant
                else "yes"
                if point.certificate.certified
                else point.certificate.reason
            )
            shown.add_row(f"{point.loss:.8g}", point.kind, str(point.index), proof)
        console.print(shown)
        status = "complete" if found.complete else found.note
        console.print(f"{found.n_complex} of {found.expected} complex critical points: {status}.")
    reached = Table(
        "loss", "index", "starts", title=f"Ends of {ends.starts} starts of the second-order method"
    )
    for end in ends.ends:
        reached.add_row(f"{end.loss:.8g}", str(end.index), str(end.count))
    console.print(reached)
    if trained:
        minima = [f"{loss:.8g}" for loss in trained[0].losses]
        shares = Table("training", *minima, "elsewhere", title="Ends of training")
        for scheme in trained:
            shares.add_row(scheme.scheme, *map(str, scheme.counts), str(scheme.elsewhere))
        console.print(shares)


def _table(n: int, l_max: int | None, workers: int, folder: Path, console: Console) -> None:
    """Dimensions of the reachable row spaces, as a table and as table.csv."""
    with console.status(f"row spaces of n = {n} …"):
        found = reachable_table(n, l_max, workers)
    title = f"Dimension of the reachable k-planes, n = {n}"
    shown = Table("l", "k", "classes", "worst", "best", "of k(n−k)", "dominant sets", title=title)
    lines = io.StringIO()
    lines.write("l,k,classes,subsets,worst,best,full,dominant,dominant_subsets,proved\n")
    for row in found:
        share = f"{row.dominant_subsets} of {row.subsets} ({float(row.share):.3g})"
        shown.add_row(*map(str, (row.l, row.k, row.classes, row.worst, row.best, row.full)), share)
        lines.write(",".join(map(str, asdict(row).values())) + "\n")
    console.print(shown)
    write_all({"table.csv": lines.getvalue()}, folder, console)
