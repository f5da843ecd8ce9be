"""Run the comparisons, print them, and write them as JSON, a page and a picture.

Usage: python -m benchmarks
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import matplotlib
import numpy as np
import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from benchmarks.cases import CASES, growth, memory
from benchmarks.machine import environment, in_one_line
from benchmarks.peers import missing_peers
from benchmarks.timing import Row

matplotlib.use("Agg")


def main(
    out: Annotated[
        Path, typer.Option(help="Folder for speed.json, speed.md and speed.png.")
    ] = Path("benchmarks/results"),
    only: Annotated[str, typer.Option(help="Comparisons, by name and comma-separated.")] = "",
) -> None:
    """Time the library against a copy of the array and against other libraries.

    Example:  python -m benchmarks --only transform,vector
    """
    console = Console(width=120)
    wanted = set(filter(None, only.split(",")))
    cases = [case for case in CASES if not wanted or case.__name__ in wanted]
    unknown = wanted - {case.__name__ for case in CASES}
    if unknown:
        raise typer.BadParameter(
            f"{', '.join(unknown)}: known are {', '.join(case.__name__ for case in CASES)}"
        )
    start = time.perf_counter()
    rows: list[Row] = []
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("timing", total=len(cases) + (not wanted))
        for case in cases:
            bar.update(task, description=case.__name__)
            rows += case()
            bar.advance(task)
        curves = [] if wanted else growth()
    console.print(table(rows))
    for missing in missing_peers():
        console.print(f"[yellow]not measured:[/] {missing}", highlight=False)
    out.mkdir(parents=True, exist_ok=True)
    result = {
        "environment": environment(),
        "rows": [asdict(row) | {"met": row.met} for row in rows],
        "not measured": missing_peers(),
    }
    if not wanted:
        temporaries, exponents = (
            memory(),
            {name: exponent(curves, name) for name in ("float32", "float64")},
        )
        for name, share in temporaries.items():
            console.print(
                f"temporaries of {name}: {share:.2f} of the input, a thread", highlight=False
            )
        for name, value in exponents.items():
            console.print(
                f"time of fwht at constant total size, {name}: n^{value:.2f}", highlight=False
            )
        result |= {
            "growth": [asdict(row) for row in curves],
            "exponents": exponents,
            "temporaries": temporaries,
        }
        picture(curves, exponents, out / "speed.png")
    (out / "speed.json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    (out / "speed.md").write_text(markdown(rows, result["environment"]), encoding="utf-8")
    missed = sum(bool(row.targets) and not row.met for row in rows)
    aims = sum(bool(row.targets) for row in rows)
    console.print(
        f"{aims - missed} of {aims} aims met; {time.perf_counter() - start:.0f} s; written to {out}"
    )


def table(rows: list[Row]) -> Table:
    """The ratios, next to the aims."""
    result = Table(
        "comparison",
        "ns a number",
        "ratio",
        "aim",
        title="Times, in units of the first of each comparison",
    )
    for row in rows:
        for i, (name, seconds) in enumerate(row.seconds.items()):
            aim = f"≤ {row.targets[name]:.2f}" if name in row.targets else ""
            missed = name in row.targets and row.ratios[name] > row.targets[name]
            ratio = f"[red]{row.ratios[name]:.2f}[/]" if missed else f"{row.ratios[name]:.2f}"
            result.add_row(
                f"{row.name}: {name}" if i == 0 else f"  {name}",
                f"{seconds / row.size * 1e9:.2f}",
                ratio,
                aim,
            )
    return result


def markdown(rows: list[Row], where: Any) -> str:
    """The same table for a page."""
    lines = [in_one_line(where), ""]
    lines += ["| comparison | nanoseconds a number | ratio | aim |", "|---|---|---|---|"]
    for row in rows:
        lines.append(f"| **{row.name}** | | | |")
        for name, seconds in row.seconds.items():
            aim = f"≤ {row.targets[name]:.2f}" if name in row.targets else ""
            if name in row.targets and row.ratios[name] > row.targets[name]:
                aim += " (missed)"
            lines.append(
                f"| {name} | {seconds / row.size * 1e9:.2f} | {row.ratios[name]:.2f} | {aim} |"
            )
    return "\n".join(lines) + "\n"


def exponent(curves: list[Row], dtype: str) -> float:
    """The exponent a in the least-squares fit of time = c·n^a."""
    chosen = [row for row in curves if row.settings["dtype"] == dtype]
    n, t = (
        [f(row) for row in chosen] for f in (lambda r: r.settings["n"], lambda r: r.seconds["fwht"])
    )
    return float(np.polyfit(np.log(n), np.log(t), 1)[0])


def picture(curves: list[Row], exponents: Mapping[str, float], path: Path) -> None:
    """Plot the time for each number against n, with the copy as the floor and the fitted power."""
    import matplotlib.pyplot as plt

    styles = {"copy": ("0.4", "--"), "fwht": ("#0b6e4f", "-"), "scipy dct": ("#b4500b", "-")}
    figure, axes = plt.subplots(1, 2, figsize=(9, 3.6), sharey=True, layout="constrained")
    for axis, dtype in zip(axes, ("float32", "float64"), strict=True):
        chosen = [row for row in curves if row.settings["dtype"] == dtype]
        for name, (colour, line) in styles.items():
            label = f"fwht, growing as $n^{{{exponents[dtype]:.2f}}}$" if name == "fwht" else name
            n = [row.settings["n"] for row in chosen]
            axis.plot(
                n,
                [row.seconds[name] / row.size * 1e9 for row in chosen],
                line,
                color=colour,
                label=label,
            )
        axis.set(
            xscale="log",
            yscale="log",
            title=dtype,
            xlabel="n, transform along axis 0 of an (n, 2²²/n) array",
        )
        axis.set_xscale("log", base=2)
        axis.grid(alpha=0.3)
        axis.legend(frameon=False)
    axes[0].set_ylabel("nanoseconds a number")
    figure.savefig(path, dpi=160)


if __name__ == "__main__":
    typer.run(main)
