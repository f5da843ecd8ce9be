"""The command line: run, list and show claims, recheck certificates, calibrate checks."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from figures.numbering import renamed
from fjlt.runs import console
from fjlt.runs.console import Progress, in_words
from fjlt.runs.own_files import OwnFiles
from proofs_check.engine.catalogue import chosen, claims, lines

if TYPE_CHECKING:
    from proofs_check.engine.durations import Pace
    from proofs_check.engine.runner import Task
    from proofs_check.engine.verdicts import ClaimReport, Report

__all__ = ["main"]

app = typer.Typer(
    help="Check the formal statements on truncated butterfly networks by computation.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)

TABLE = "calibration.csv"
COLOURS = {"holds": "green", "refuted": "dark_orange3", "undecided": "yellow"}


@app.callback()
def options(version: console.Version = False) -> None:
    """Options of the command itself."""


@app.command(
    epilog="Examples:  proofs-check run   ·   proofs-check run theorem-1 prop-1 --out report   ·   "
    "proofs-check run --profile full --workers 2 --resume   ·   proofs-check run prop-1 "
    "prop-1-corrected theorem-1 prop-2 --data mine.npz --epsilon 0.5 --probability 0.9"
)
def run(
    ids: Annotated[
        list[str] | None, typer.Argument(help="Ids of claims; by default all claims.")
    ] = None,
    profile: Annotated[str, typer.Option(help="quick or full.")] = "quick",
    out: Annotated[
        Path, typer.Option(help="Folder for the report, its data and its certificates.")
    ] = Path("report"),
    workers: Annotated[
        int, typer.Option(help="Processes; no result depends on it.")
    ] = os.cpu_count() or 1,
    scheduler: Annotated[
        str | None,
        typer.Option(help="Address of a Dask scheduler whose workers replace the processes."),
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of all random draws.")] = 0,
    data: Annotated[
        Path | None, typer.Option(help="An .npz or .mat file with any of the matrices W, X, Y, B.")
    ] = None,
    k: Annotated[
        int, typer.Option(help="For your data: rank of the approximation, width of the bottleneck.")
    ] = 3,
    epsilon: Annotated[
        float, typer.Option(help="For your data: relative accuracy that a sketch should reach.")
    ] = 0.5,
    probability: Annotated[float, typer.Option(help="For your data: how often it should.")] = 0.9,
    resume: Annotated[
        bool, typer.Option("--resume", help="Reuse the checks that a killed run finished.")
    ] = False,
    formal: Annotated[
        bool,
        typer.Option("--formal", help="Have Rocq check the formal proofs anew; about a minute."),
    ] = False,
) -> None:
    """Run the checks and negative controls of claims, print the verdicts and write a report.

    Exit status: 0 if all is as expected: every verdict, every check decided, and every control
    rejected; 1 if not; 2 for bad input; 3 if a worker process was lost; 130 if interrupted.
    """
    from proofs_check.claim import SketchTarget
    from proofs_check.engine.durations import Pace, expected_seconds
    from proofs_check.engine.runner import run as run_claims
    from proofs_check.report.document import check_folder, write

    terminal = Console()
    start = time.perf_counter()
    ids = chosen(ids or None)
    check_folder(out, ids)
    total = sum(bool(lines()[id].checks) for id in ids)
    pace, reports = Pace(), 0

    with Progress() as bar:

        def started(left: Sequence[Task]) -> None:
            nonlocal pace
            pace = Pace(expected_seconds(left, profile, out), left)
            bar.expected = pace.span(1 if scheduler else workers)
            bar.say(_plan(pace, left, workers, scheduler, bar.expected))

        def progress(name: str, done: int, total: int) -> None:
            pace.advance(name)
            bar.update(name, done, total, pace.share)

        def finished(entry: ClaimReport) -> None:
            nonlocal reports
            reports += 1
            left = f"; {bar.left}" if bar.left and reports < total else ""
            bar.line(f"{_line(entry)} [{reports} of {total} claim{'s' * (total > 1)}{left}]")

        report = run_claims(
            ids,
            profile,  # type: ignore[arg-type]
            out=out,
            workers=workers,
            scheduler=scheduler,
            seed=seed,
            data=data,
            target=SketchTarget(k, epsilon, probability),
            resume=resume,
            formal=formal,
            progress=progress,
            started=started,
            finished=finished,
        )
    try:
        page = write(report, out)
    except OSError as error:
        error.add_note(f"All results are kept in {out / 'checks'}")
        raise
    terminal.print(_table(report))
    wrong = (
        f"some statistical finding is wrong with probability at most {report.alpha:.0e}"
        if report.alpha
        else "no check of this run is statistical"
    )
    legs = f", {in_words(report.earlier)} of it in earlier runs" if report.earlier else ""
    terminal.print(
        f"[dim]{in_words(time.perf_counter() - start)}; checks and controls took "
        f"{in_words(report.computing)} of computing{legs}; {wrong}[/]"
    )
    terminal.print(f"Report: {escape(str(page.resolve()))}", soft_wrap=True)
    for entry in report.claims:
        for e in entry.on_data:
            terminal.print(
                f"\n[bold]{entry.claim.id}, {escape(str(report.data))}:[/] "
                f"{escape(e.finding.detail)}"
            )
    for failure in report.failures:
        terminal.print(f"[bold red]Not as expected:[/] {escape(failure)}", soft_wrap=True)
    raise typer.Exit(1 if report.failures else 0)


Stored = Annotated[
    Path | None,
    typer.Option(
        "--report",
        metavar="DIR",
        help="Folder of a finished run, whose verdicts are shown; by default 'report', if it is "
        "there.",
    ),
]


@app.command("list", epilog="Examples:  proofs-check list   ·   proofs-check list --report mine")
def list_claims(report: Stored = None) -> None:
    """List all claims with their ids, titles and expected verdicts.

    With the report of a run, also what each verdict stands for, as in "holds for n <= 8".
    """
    words, source = _stored(report)
    verdict = ("verdict",) if words else ()
    table = Table(
        "claim", "title", "expected", *verdict, "checks", "controls", box=None, pad_edge=False
    )
    for line in lines().values():
        table.add_row(
            line.claim,
            escape(line.title),
            line.expected if line.checks else "not yet checked",
            *(escape(words.get(line.claim, "–")) for _ in verdict),
            str(line.checks or "–"),
            str(line.controls or "–"),
        )
    terminal = Console()
    terminal.print(table)
    terminal.print(f"\n{escape(source)}", soft_wrap=True)


@app.command(
    epilog="Examples:  proofs-check show theorem-1   ·   proofs-check show prop-1 --report mine"
)
def show(
    claim_id: Annotated[str, typer.Argument(metavar="ID", help="Id of a claim, as in 'list'.")],
    report: Stored = None,
) -> None:
    """Show a claim: statement, verdict, source, correction, checks and controls.

    Without the report of a run the verdict is the expected one.
    """
    from proofs_check.engine.verdicts import with_numbers

    (claim,) = claims([claim_id])
    words, source = _stored(report)
    terminal = Console(highlight=False)
    terminal.print(f"[bold]{claim.id}[/]  {escape(claim.title)}")
    terminal.print(f"[dim]{escape(claim.source)}[/]\n")
    terminal.print(escape(claim.statement), markup=True)
    if claim.id in words:
        terminal.print(f"\n[bold]Verdict:[/] {escape(words[claim.id])}")
    elif claim.checks:
        terminal.print(f"\n[bold]Expected verdict:[/] {claim.expected}")
        if words:
            source = f"The report has no verdict on this statement: proofs-check run {claim.id}"
    terminal.print(f"[dim]{escape(source)}[/]", soft_wrap=True)
    if claim.correction:
        # no claim is run here, so a name stands in the place of each number
        correction = with_numbers(claim.correction, missing="‹{}›".format)
        terminal.print(f"\n[bold]Correction.[/] {escape(correction)}")
        if correction != claim.correction:
            terminal.print(
                f"[dim]Each ‹check:number› is the place of a number that a run computes: "
                f"proofs-check run {claim.id}[/]"
            )
    if claim.depends_on:
        terminal.print(f"\n[bold]Rests on[/] {', '.join(claim.depends_on)}")
    if claim.follows_up:
        terminal.print(f"\n[bold]Follows up[/] {', '.join(claim.follows_up)}")
    for check in claim.checks:
        terminal.print(
            f"\n[bold]Check[/] {escape(check.name)} ({check.grade}): {escape(check.method)}"
        )
    for control in claim.controls:
        terminal.print(f"\n[bold]Must be rejected:[/] {escape(control.name)}")
    if not claim.checks:
        terminal.print("\nNot yet checked.")


def _stored(folder: Path | None) -> tuple[dict[str, str], str]:
    """The words of each verdict in the report of a run, and a sentence on where they come from.

    Verdicts on another statement than that in force are left out. Without a folder there need be
    no report.
    """
    path = (folder or Path("report")) / "report.json"
    absent = "What a verdict stands for, as in 'holds for n <= 8', is the result of a run"
    if folder is None and not path.exists():
        return {}, f"{absent}: proofs-check run --out report"
    from proofs_check.checker.bounded import Refused, parsed

    try:
        content = parsed(path)
        words = {
            now: str(entry["words"])
            for entry in content["claims"]
            for now in renamed(str(entry["id"]))
            if entry["checked"] and now in lines() and _digest(entry) == lines()[now].statement
        }
        run = content["environment"]
        source = (
            f"Verdicts from {path}, a {run['profile']} run with seed {run['seed']}; verify them: "
            f"proofs-check recheck {path.parent}"
        )
    except (Refused, KeyError, TypeError) as error:
        if folder is not None:
            raise ValueError(
                f"{path} is no report of a run: {error}; write one: proofs-check run --out {folder}"
            ) from None
        return {}, f"{absent}: proofs-check run --out report"
    return words, source if words else f"{absent}; {path} has none of these claims."


def _digest(entry: Mapping[str, Any]) -> str:
    """SHA-256 of the statement of a claim in a report."""
    return sha256(str(entry["statement"]).encode()).hexdigest()


@app.command(epilog="Example:  proofs-check recheck report")
def recheck(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder that 'run' has written.")],
) -> None:
    """Verify a report and its certificates again, with code that shares nothing with the checks.

    Exit status: 0 if all are valid, 1 if one is refused or missing, 2 if there is nothing to check.
    """
    from proofs_check.checker import recheck as replay
    from proofs_check.checker import uncertified

    with Progress() as bar:
        results = replay(
            folder, progress=lambda name, done, total: bar.tenths("certificates", done, total)
        )
    table = Table("file", "valid", "what was verified", box=None, pad_edge=False)
    for name, (valid, sentence) in results.items():
        table.add_row(
            escape(name), "[green]yes[/]" if valid else "[bold red]NO[/]", escape(sentence)
        )
    terminal = Console()
    terminal.print(table)
    if reasons := uncertified(folder):
        terminal.print(f"\nChecks without a certificate, {reasons.total()}:")
        for reason, count in reasons.most_common():
            terminal.print(f"{count:5}  {escape(reason)}")
    raise typer.Exit(0 if all(valid for valid, _ in results.values()) else 1)


@app.command(
    epilog="Examples:  proofs-check calibrate --seeds 100 --workers 2   ·   "
    "proofs-check calibrate jl-norm"
)
def calibrate(
    ids: Annotated[
        list[str] | None, typer.Argument(help="Ids of claims; by default all claims.")
    ] = None,
    seeds: Annotated[
        int, typer.Option(help="How many seeds, from 0 on; each takes about 25 s for all claims.")
    ] = 1000,
    profile: Annotated[str, typer.Option(help="quick or full.")] = "quick",
    out: Annotated[
        Path, typer.Option(help="Folder for calibration.csv and the finished seeds.")
    ] = Path("report"),
    workers: Annotated[
        int, typer.Option(help="Processes; no result depends on it.")
    ] = os.cpu_count() or 1,
    resume: Annotated[
        bool, typer.Option("--resume", help="Reuse the seeds that a killed run finished.")
    ] = False,
) -> None:
    """Run all statistical checks, and the controls of their claims, with many seeds.

    Some of them draw no random numbers, as they read stored tables; they are listed apart.

    Exit status: 0 if no check raised a false alarm and every check and control did what it should
    in at least 99 % of the seeds; 1 if not.
    """
    from proofs_check.engine.calibration import as_csv, summary
    from proofs_check.engine.calibration import calibrate as run_calibration

    terminal, files = Console(), OwnFiles(out, "calibration")
    files.check([TABLE])
    with Progress() as bar:

        def progress(done: int, total: int) -> None:
            bar.update("seeds", done, total)
            bar.line(f"{done} of {total} seeds{bar.left and '; '}{bar.left}")

        tallies = run_calibration(
            seeds,
            ids,
            profile=profile,
            out=out,
            workers=workers,
            resume=resume,
            progress=progress,
        )
    table = Table(
        "claim",
        "",
        "name",
        "as it should",
        "silent",
        "wrong",
        "different findings",
        title=f"Over {seeds} seeds",
        box=None,
    )
    for t in tallies:
        if t.drawn:
            counts = map(str, (t.silent, t.wrong, t.findings))
            table.add_row(t.claim, t.kind, escape(t.name), f"{t.share:.2%}", *counts)
    terminal.print(table)
    terminal.print(f"\n{escape(summary(tallies))}\n\nThe same whatever the seed:")
    for t in tallies:
        if not t.drawn:
            terminal.print(f"  {t.claim}, {t.kind}: {escape(t.name)}", soft_wrap=True)
    files.replace({TABLE: as_csv(tallies)})
    terminal.print(f"Table: {escape(str((out / TABLE).resolve()))}", soft_wrap=True)
    failures = [t.failure for t in tallies if t.failure]
    for failure in failures:
        terminal.print(f"[bold red]Not as designed:[/] {escape(failure)}", soft_wrap=True)
    raise typer.Exit(1 if failures else 0)


def _plan(
    pace: Pace, left: Sequence[Task], workers: int, scheduler: str | None, seconds: float | None
) -> str:
    """What a run is about to do, and how long it will take."""
    if not left:
        return "All checks and controls are stored; nothing is left to compute."
    count = len({task.claim_id for task in left})
    what = f"{len(left)} checks and controls of {count} claim{'s' * (count > 1)}"
    if seconds is None:
        return f"{what}; how long they take has not been measured."
    unknown = len(left) - pace.known
    rest = f", and {unknown} that have not been measured" if unknown else ""
    where = "of computing" if scheduler else f"with {workers} process{'es' * (workers > 1)}"
    return f"{what}: about {in_words(seconds)} {where}, by the times of earlier runs{rest}."


def _line(entry: ClaimReport) -> str:
    """A claim that is done, in one line."""
    rejected = sum(rejected for _, rejected in entry.controls)
    controls = f"{rejected} of {len(entry.controls)} controls rejected"
    wrong = "; NOT AS EXPECTED" if entry.failures else ""
    return f"{entry.claim.id}: {entry.words}; {controls}, {in_words(entry.seconds)}{wrong}"


def _table(report: Report) -> Table:
    """The verdicts of the claims that have checks."""
    table = Table(
        "claim", "verdict", "grade of evidence", "controls rejected", "seconds", title="Verdicts"
    )
    table.columns[-1].justify = "right"
    for entry in report.claims:
        if entry.checked:
            colour = COLOURS[entry.verdict]
            rejected = sum(rejected for _, rejected in entry.controls)
            words = escape(entry.words.removeprefix(entry.verdict))
            table.add_row(
                entry.claim.id,
                f"[{colour}]{entry.verdict}[/]{words}",
                str(entry.grade or "–"),
                f"{rejected} of {len(entry.controls)}",
                f"{entry.seconds:.1f}",
            )
    unchecked = [entry.claim.id for entry in report.claims if not entry.checked]
    table.caption = f"not yet checked: {', '.join(unchecked)}" if unchecked else None
    return table


def main() -> None:
    """Entry point of ``proofs-check``."""
    console.run(app, "Add --resume to the same command to go on from there")


if __name__ == "__main__":
    main()
