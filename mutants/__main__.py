"""``python -m mutants``: plant every fault, see who notices, list the survivors."""

from __future__ import annotations

import csv
import os
import sys
from dataclasses import asdict, fields
from pathlib import Path
from typing import Annotated

import typer

CHECKOUT = Path(__file__).parents[1]
for library in ("OPENBLAS", "OMP", "MKL"):
    os.environ.setdefault(f"{library}_NUM_THREADS", "1")


def mutants(only: str, listed: bool, out: Path, workers: int, resume: bool) -> int:
    """Run the campaign, print and store the table; the exit status is 1 if a fault survives."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
    from rich.table import Table

    from mutants.campaign import Outcome, campaign
    from mutants.fault import flaws
    from mutants.faults import FAULTS

    terminal = Console()
    chosen = [f for f in FAULTS if only.lower() in f"{f.path}: {f.name}".lower()]
    if not chosen:
        terminal.print(
            f"No fault has {only!r} in its name or path; --list shows all.", markup=False
        )
        return 2
    if wrong := flaws(chosen, CHECKOUT):
        terminal.print("\n".join(wrong), markup=False)
        return 2
    if listed:
        table = Table("fault", "file", "claim", "tests", title=f"{len(chosen)} faults", box=None)
        for fault in chosen:
            table.add_row(fault.name, fault.path, fault.claim, fault.tests)
        terminal.print(table, markup=False)
        return 0
    with Progress(
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.description}", markup=False),
        console=Console(stderr=True),
        transient=True,
    ) as bar:
        task = bar.add_task("", total=None)
        outcomes = campaign(
            chosen,
            CHECKOUT,
            out / "answers.jsonl",
            workers=workers,
            resume=resume,
            progress=lambda name, done, total: bar.update(
                task, description=name, completed=done, total=total
            ),
        )
    with (out / "mutants.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, [field.name for field in fields(Outcome)])
        writer.writeheader()
        writer.writerows(map(asdict, outcomes))
    table = Table("fault", "file", "claim", "tests", "s", box=None, pad_edge=False)
    for o in outcomes:
        table.add_row(o.name, o.path, o.claim or "–", o.tests or "–", f"{o.seconds:.0f}")
    terminal.print(table, markup=False)
    by_claim = sum(o.claim == "noticed" for o in outcomes)
    by_test = sum(o.tests == "noticed" for o in outcomes)
    neither = [o for o in outcomes if "noticed" not in (o.claim, o.tests)]
    survivors = [o for o in outcomes if o.survived]
    terminal.print(
        f"\n{len(outcomes)} faults: {by_claim} noticed by a claim, {by_test} by a test, "
        f"{len(neither)} by neither. Table: {out / 'mutants.csv'}",
        markup=False,
    )
    for o in survivors:
        who = " and ".join(
            w for w, r in (("claim", o.claim), ("tests", o.tests)) if r == "SURVIVED"
        )
        terminal.print(f"Survived ({who}): {o.name}, {o.path}", markup=False)
    return 1 if survivors else 0


def main() -> None:
    """Entry point of ``python -m mutants``."""

    def command(
        only: Annotated[str, typer.Option(help="Only faults with this in name or path.")] = "",
        listed: Annotated[bool, typer.Option("--list", help="List the faults; run none.")] = False,
        out: Annotated[Path, typer.Option(help="Folder of the table.")] = Path("report/mutants"),
        workers: Annotated[int, typer.Option(help="Processes.")] = os.cpu_count() or 1,
        resume: Annotated[
            bool, typer.Option("--resume", help="Keep the answers of a campaign that was ended.")
        ] = False,
    ) -> None:
        """Plant each fault in a copy, run what must notice it, and list the survivors.

        Exit status: 0 if every fault is noticed by all who must, 1 if one survives, 2 for bad
        input.
        """
        try:
            status = mutants(only, listed, out, workers, resume)
        except ValueError as error:
            print(error, file=sys.stderr)
            status = 2
        raise typer.Exit(status)

    typer.run(command)


if __name__ == "__main__":
    main()
