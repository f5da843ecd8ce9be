"""The command ``fjlt distortion``: what one map does to the distances of points."""

from __future__ import annotations

import io
from typing import Annotated

import typer
from rich.console import Console

from fjlt.cli import options
from fjlt.cli.results import output_folder, page, ready, rendered, versions
from fjlt.runs.console import as_json, write_all
from fjlt.runs.own_files import OwnFiles

__all__ = ["distortion"]

QUANTILES = (0.0, 0.001, 0.01, 0.1, 0.5, 0.9, 0.99, 0.999, 1.0)


def distortion(
    points: options.Points,
    k: Annotated[int | None, typer.Option("--k", help="Rows of the embedding.")] = None,
    ensemble: options.Ensemble = "srht",
    matrix: Annotated[
        str | None, typer.Option(help="A matrix of your own, (k, n), in place of an ensemble.")
    ] = None,
    pairs: Annotated[
        str, typer.Option(help="How many pairs of points, drawn at random; or all.")
    ] = "all",
    epsilon: Annotated[
        list[float], typer.Option(help="Count the ratios within 1 ± epsilon; may be repeated.")
    ] = [0.1, 0.2, 0.5],  # noqa: B006
    rows: options.Rows = False,
    seed: options.Seed = 0,
    out: options.Out = "fjlt-distortion",
) -> None:
    """Squared distances of points after an embedding, over those before.

    Writes distortion.json, ratios.npy with one ratio for each pair of unequal points, and
    ratios.png.

    Examples:

    fjlt distortion --points X.npy --k 64

    fjlt distortion --points data.npz:x --rows --ensemble gaussian --k 64 --pairs 100000

    fjlt distortion --points X.csv --matrix J.npy --epsilon 0.3
    """
    import numpy as np

    from fjlt.embedding.ensembles import draw_of
    from fjlt.embedding.pairs import distortion as measure
    from fjlt.operators.conversion import MatrixOperator
    from fjlt.runs.matrices import read_matrix, split_key

    if (k is None) == (matrix is None):
        raise ValueError(
            "give either the rows of an embedding with --k or a matrix of your own with --matrix"
        )
    ready()
    folder = output_folder(out)
    own = OwnFiles(folder, "fjlt-distortion")
    own.check(("distortion.json", "ratios.npy", "ratios.png"))
    X = options.read_points(points, rows)
    of_map, of_pairs = np.random.SeedSequence(seed).spawn(2)
    if matrix is not None:
        op, name = MatrixOperator(read_matrix(*split_key(matrix))), matrix
    else:
        op, name = draw_of(ensemble)(int(k or 0), len(X), np.random.default_rng(of_map)), ensemble
    found = measure(op, X, pairs if pairs == "all" else _number(pairs), of_pairs)
    record = {
        "settings": {"points": points, "rows": rows, "map": name, "pairs": pairs, "seed": seed},
        "sizes": {"k": found.shape[0], "n": found.shape[1], "points": found.points},
        "pairs": found.ratios.size + found.duplicates,
        "sampled": found.sampled,
        "duplicates": found.duplicates,
        "quantiles": dict(zip(map(str, QUANTILES), found.quantiles(QUANTILES), strict=True)),
        "smallest": found.smallest._asdict(),
        "largest": found.largest._asdict(),
        "within": {str(e): found.share_within(e)._asdict() for e in epsilon},
        "inner products": {
            "root mean square": found.inner_product_rms,
            "worst": found.inner_product_worst._asdict(),
        },
        "nearest neighbours": found.recall and found.recall._asdict(),
        "versions": versions(),
    }
    figure, axes = page(6, 4)
    found.plot(axes)
    console = Console()
    console.print(found.summary(tuple(epsilon)), highlight=False, markup=False)
    ratios = io.BytesIO()
    np.save(ratios, found.ratios)
    files: dict[str, str | bytes] = {"distortion.json": as_json(record)}
    files |= {"ratios.npy": ratios.getvalue(), "ratios.png": rendered(figure, "png")}
    write_all(files, own, console)


def _number(pairs: str) -> int:
    """The value of --pairs."""
    try:
        return int(pairs)
    except ValueError:
        raise ValueError(f"--pairs {pairs}: give a number of pairs, or all") from None
