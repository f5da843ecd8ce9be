"""The command ``fjlt test``: whether a random embedding keeps norms as often as it is said to."""

from __future__ import annotations

import io
from dataclasses import asdict
from math import isfinite
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from fjlt.cli import options
from fjlt.cli.results import output_folder, page, ready, rendered, versions
from fjlt.runs.console import as_json, write_all
from fjlt.runs.own_files import OwnFiles

if TYPE_CHECKING:
    from fjlt import JLTest

__all__ = ["norms"]

MOST = 40
"""Vectors in the picture."""


def norms(
    k: Annotated[int, typer.Option("--k", help="Rows of the embedding.")],
    epsilon: options.Epsilon,
    delta: options.Delta = 0.05,
    points: Annotated[str | None, options.POINTS] = None,
    n: Annotated[
        int | None, typer.Option("--n", help="Without --points: try hard vectors of this length.")
    ] = None,
    ensemble: options.Ensemble = "srht",
    alpha: Annotated[
        float, typer.Option(help="Probability at most of a wrong answer, of either kind.")
    ] = 1e-6,
    max_draws: Annotated[int, typer.Option(min=1, help="Draws after which it gives up.")] = 10_000,
    rows: options.Rows = False,
    seed: options.Seed = 0,
    out: options.Out = "fjlt-test",
) -> None:
    """Whether squared norms are kept within 1 ± epsilon with probability 1 - delta, or more often.

    By an exact law where there is one, else by draws until the answer is known. It is about the
    vectors that are named, and no others. Writes test.json, test.png and, if a vector refutes the
    statement, witness.npy. The exit status is 1 unless the statement holds.

    Examples:

    fjlt test --points X.npy --k 64 --epsilon 0.5 --delta 0.01

    fjlt test --n 1024 --k 128 --epsilon 0.75 --delta 0.00001
    """
    import numpy as np

    from fjlt import jl_test

    if (points is None) == (n is None):
        raise ValueError("give either vectors with --points or their length with --n")
    ready()
    own = OwnFiles(output_folder(out), "fjlt-test")
    own.check(("test.json", "test.png", "witness.npy"))
    vectors = n if points is None else options.read_points(points, rows)
    found = jl_test(
        ensemble,
        k,
        vectors,  # type: ignore[arg-type]
        epsilon,
        delta,
        alpha,
        seed,
        max_draws=max_draws,
    )
    console = Console()
    console.print(found.summary(), highlight=False, markup=False)
    record = {
        "settings": {
            "points": points,
            "n": n,
            "k": k,
            "ensemble": ensemble,
            "epsilon": epsilon,
            "delta": delta,
            "alpha": alpha,
            "max_draws": max_draws,
            "seed": seed,
        },
        "verdict": found.verdict,
        "scope": found.scope,
        "vectors": [
            asdict(vector)
            | {"probability": None if vector.probability is None else str(vector.probability)}
            for vector in found.vectors
        ],
        "power": found.power,
        "detectable": found.detectable if isfinite(found.detectable) else None,
        "below": found.below if found.below >= 0 else None,
        "versions": versions(),
    }
    files: dict[str, str | bytes] = {"test.json": as_json(record), "test.png": _picture(found)}
    if found.witness is not None:
        witness = io.BytesIO()
        np.save(witness, found.witness)
        files["witness.npy"] = witness.getvalue()
    write_all(files, own, console)
    if found.verdict != "holds":
        raise typer.Exit(1)


def _picture(found: JLTest) -> bytes:
    """The probability of a failure for each vector, or its interval, beside delta."""
    shown = sorted(found.vectors, key=lambda vector: (-vector.high, -vector.low))[:MOST]
    figure, axes = page(7, 1.2 + 0.28 * len(shown))
    # A probability of 0 is drawn at the left end.
    floor = min([found.delta, *(v.high for v in shown if v.high), *(v.low for v in shown if v.low)])
    floor /= 10
    for place, vector in enumerate(shown):
        low, high = max(vector.low, floor), max(vector.high, floor)
        axes.plot([low, high], [place, place], color="C0", linewidth=1.5)
        axes.plot([low, high], [place, place], color="C0", linestyle="", marker="|")
        if vector.probability is not None:
            axes.plot([high], [place], color="C0", linestyle="", marker="o")
    axes.axvline(found.delta, color="black", linewidth=0.8)
    axes.set(
        xscale="log",
        xlim=(floor, 1),
        ylim=(len(shown) - 0.5, -0.5),
        xlabel="probability that the norm is lost; the line is at δ",
        title=f"{found.ensemble}, k = {found.k}, ε = {found.epsilon:g}: {found.verdict}",
    )
    axes.set_yticks(range(len(shown)), [f"{v.name}: {v.verdict}" for v in shown])
    axes.grid(alpha=0.3, axis="x")
    return rendered(figure, "png")
