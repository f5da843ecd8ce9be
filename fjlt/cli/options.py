"""Options that the commands share, and the points that they name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from fjlt.types import Array

__all__ = ["POINTS", "Delta", "Ensemble", "Epsilon", "Out", "Points", "Rows", "Seed", "read_points"]

POINTS = typer.Option(help="Points, columns of a matrix: FILE.npy .npz .csv .mat or FILE:KEY.")
Points = Annotated[str, POINTS]
Rows = Annotated[
    bool, typer.Option("--rows", help="The points are the rows of the file, not its columns.")
]
Ensemble = Annotated[
    str,
    typer.Option(help="srht, gaussian, sparse_jl, count_sketch, ailon_chazelle or ailon_liberty."),
]
Epsilon = Annotated[
    float, typer.Option(help="Largest relative error of a squared norm or distance.")
]
Delta = Annotated[float, typer.Option(help="Largest probability of a larger error.")]
Seed = Annotated[int, typer.Option(min=0, help="Seed of all random numbers.")]
Out = Annotated[str, typer.Option(help="Folder for the results.")]


def read_points(points: str, rows: bool) -> Array:
    """The points in the file, as columns."""
    from fjlt.runs.matrices import read_matrix, split_key

    matrix = read_matrix(*split_key(points))
    return matrix.T if rows else matrix
