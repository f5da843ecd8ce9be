"""Options that the commands ``critical`` and ``train`` share."""

from __future__ import annotations

from typing import Annotated

import typer

__all__ = ["B", "K", "Kind", "L", "Out", "Rows", "Seed", "X", "Y"]

X = Annotated[
    str,
    typer.Option(
        "--x", help="Data X, (n, d), columns are samples: FILE.npy .npz .csv .mat or FILE:KEY."
    ),
]
Y = Annotated[str | None, typer.Option("--y", help="Targets Y, (m, d). Default: X (auto-encoder).")]
Rows = Annotated[
    str | None, typer.Option(help="Kept outputs of the butterfly, numbered from 0: 0,4.")
]
L = Annotated[int | None, typer.Option("--l", help="Number of kept outputs, drawn at random.")]
K = Annotated[int, typer.Option("--k", help="Width of the bottleneck.")]
B = Annotated[
    str | None, typer.Option("--b", help="Encoder B, (l, n), from a file instead of a butterfly.")
]
Kind = Annotated[
    str, typer.Option("--butterfly", help="Weights of the butterfly: fjlt, random or identity.")
]
Seed = Annotated[int, typer.Option(help="Seed of all random numbers.")]
Out = Annotated[str, typer.Option(help="Folder for the results.")]
