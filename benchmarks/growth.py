"""``python -m benchmarks.growth``: how time and memory grow, and what a task on a cluster costs.

Four tables and a picture of them go to ``benchmarks/results``: lists of critical points with
trained B, of critical points for a fixed B, draws of ‖Jx‖², and sweeps on a Dask cluster whose
workers are processes of this machine. It takes some minutes.
"""

from __future__ import annotations

import json
import time
import tracemalloc
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from rich.console import Console
from rich.progress import Progress

from benchmarks.machine import environment, in_one_line
from figures.engine.style import plain_ticks
from fjlt import srht_squared_norms
from fjlt.runs.backends import one_blas_thread
from fjlt.runs.jobs import Job, run_jobs
from fjlt.runs.source_code import SourceCode
from landscape import critical_points, joint_critical_points, multi_start
from proofs_check.statements.trained_encoder_counts.joint_count import predicted

OUT = Path(__file__).parent / "results"
ROUNDS = 3

Rows = list[dict[str, float]]


def main() -> None:
    """Measure, print, and write ``growth.json``, ``growth.md`` and ``growth.png``."""
    tables: dict[str, Rows] = {}
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=len(MEASURES))
        for measure in MEASURES:
            bar.update(task, description=measure.__name__)
            tables[measure.__name__] = measure()
            bar.advance(task)
    text = page(tables, environment())
    OUT.mkdir(exist_ok=True)
    (OUT / "growth.json").write_text(
        json.dumps({"environment": environment(), **tables}, indent=1) + "\n", encoding="utf-8"
    )
    (OUT / "growth.md").write_text(text, encoding="utf-8")
    picture(tables, OUT / "growth.png")
    print(text)


def lists() -> Rows:
    """Complete lists of two siblings of n = 4, 8, 16, on one core."""
    rows: Rows = []
    for n in (4, 8, 16):
        problems = [
            np.random.default_rng(seed).normal(size=(2, n, 2 * n)) for seed in range(ROUNDS)
        ]
        # the first call compiles
        calls = [
            lambda p=p, n=n: joint_critical_points(*p, [0, n // 2], 2, compiled=True)
            for p in problems
        ]
        calls[0]()
        seconds = median(timed(call) for call in calls)
        found = calls[0]()
        assert found.complete, found.note
        rows.append(
            {
                "n": n,
                "paths": found.expected,
                "seconds": seconds,
                "megabytes": peak(calls[0]),
                "ms a path": 1e3 * seconds / found.expected,
            }
        )
    return rows


def subsets() -> Rows:
    """The 10 000 critical points of least loss for a fixed B with r = n = l = 1024."""
    r, points = 1024, 10_000
    X = np.diag(0.99 ** np.arange(r))
    B, rows = np.eye(r), []
    for k in (1, 2, 4, 8, 16, 32, 64):

        def found(k: int = k) -> tuple[int, float, float]:
            """How many points there are, and the seconds of the first and of the others."""
            begun = time.perf_counter()
            listed = iter(critical_points(X, X, B, k))
            next(listed)
            first = time.perf_counter()
            number = 1 + sum(1 for _ in islice(listed, points - 1))
            return number, first - begun, time.perf_counter() - first

        number, *seconds = (
            median(values) for values in zip(*(found() for _ in range(ROUNDS)), strict=True)
        )
        rows.append(
            {
                "k": k,
                "points": int(number),
                "seconds to the first": seconds[0],
                "µs for each other": 1e6 * seconds[1] / (number - 1),
                "megabytes": peak(found),
            }
        )
    return rows


def draws() -> Rows:
    """Draws of ‖Jx‖² for one vector, by the SRHT with k = 64."""
    rows: Rows = []
    for p in range(10, 21, 2):
        n = 2**p
        x = np.random.default_rng(0).normal(size=n)
        count = max(512, 2**24 // n)

        def call(x: Any = x, count: int = count) -> None:
            srht_squared_norms(x, 64, count, rng=0)

        call()
        seconds = median(timed(call) for _ in range(ROUNDS))
        rows.append(
            {
                "n": n,
                "draws": count,
                "ms a draw": 1e3 * seconds / count,
                "ns for n·log2 n": 1e9 * seconds / count / (n * p),
                "megabytes": peak(call),
            }
        )
    return rows


def waiting(seconds: float) -> float:
    """A job that takes this long and needs no core."""
    time.sleep(seconds)
    return seconds


GRAINS = (0.003, 0.01, 0.03, 0.1, 0.3, 1.0)
SHARE = 0.9


def sweeps() -> Rows:
    """Sweeps of equal jobs on a Dask cluster of 1, 2 and 8 processes.

    A job sleeps, so that 8 workers have as much time as 8 cores would give them. What is lost is
    the cost of a task: its way to the worker, and what ``run_jobs`` does beside it.
    """
    from dask.distributed import LocalCluster

    rows: Rows = []
    X = np.random.default_rng(0).normal(size=(8, 16))
    for workers in (1, 2, 8):
        with LocalCluster(
            n_workers=workers, threads_per_worker=1, dashboard_address=None, silence_logs=40
        ) as cluster:
            address = cluster.scheduler_address
            sweep(address, 0.0, 4 * workers)  # the workers import the library
            few, many = 16 * workers, 64 * workers
            task = (sweep(address, 0.0, many) - sweep(address, 0.0, few)) / (many - few)
            shares = []
            for grain in GRAINS:
                number = workers * max(8, min(64, round(2 / grain)))
                shares.append(grain * number / workers / sweep(address, grain, number))
            starts = 512
            multi_start(X, X, [0, 4], 2, 64, rng=0, scheduler=address)
            by_cluster = timed(
                lambda a=address, s=starts: multi_start(X, X, [0, 4], 2, s, rng=0, scheduler=a)
            )
        here = timed(lambda s=starts: multi_start(X, X, [0, 4], 2, s, rng=0))
        rows.append(
            {
                "workers": workers,
                "ms a task": 1e3 * task,
                **{f"{1e3 * g:.0f} ms": share for g, share in zip(GRAINS, shares, strict=True)},
                "ms for nine tenths": 1e3 * float(np.interp(SHARE, shares, GRAINS)),
                "multi_start, against one process": by_cluster / here,
            }
        )
    return rows


def sweep(address: str, grain: float, number: int) -> float:
    """Seconds of a sweep of this many jobs."""
    jobs = [Job(str(i), i, (grain,)) for i in range(number)]
    source = SourceCode(packages=("fjlt", "landscape"))
    return timed(lambda: run_jobs(waiting, jobs, source, scheduler=address))


MEASURES: tuple[Callable[[], Rows], ...] = (lists, subsets, draws, sweeps)


def timed(call: Callable[[], object]) -> float:
    """Seconds of a call."""
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def peak(call: Callable[[], object]) -> float:
    """Megabytes of a call at most, as Python and NumPy allocate them."""
    tracemalloc.start()
    call()
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return most / 1e6


def power(x: Sequence[float], y: Sequence[float]) -> tuple[float, Callable[[float], float]]:
    """The exponent a of the least-squares fit y = c·x^a, and the fit."""
    a, b = np.polyfit(np.log(x), np.log(y), 1)
    return float(a), lambda value: float(np.exp(b) * value**a)


def page(tables: dict[str, Rows], where: dict[str, object]) -> str:
    """The tables with their exponents, for a page."""
    found = tables["lists"]
    n = [row["n"] for row in found]
    each, at = power(n[1:], [row["ms a path"] for row in found[1:]])
    whole, _ = power(n, [row["seconds"] for row in found])
    memory, megabytes = power(n, [row["megabytes"] for row in found])
    hours = predicted(16, 16) * at(32) / 3.6e6
    k = [row["k"] for row in tables["subsets"]]
    points, _ = power(k[1:], [row["µs for each other"] for row in tables["subsets"][1:]])
    lengths = [row["n"] for row in tables["draws"]]
    drawn, _ = power(lengths, [row["ms a draw"] for row in tables["draws"]])
    # one worker is no cluster: joblib runs the jobs in the calling process
    several = [row for row in tables["sweeps"] if row["workers"] > 1]
    grains = [f"{row['ms for nine tenths']:.0f} ms with {row['workers']}" for row in several]
    parts = [
        in_one_line(where),
        "",
        "**Complete lists with trained B**: two siblings, k = 2, X and Y Gaussian with 2n samples, "
        "one core, paths in compiled code. From n = 4 to 16 the time grows as "
        f"n^{whole:.1f} and the memory as n^{memory:.1f}, from n = 8 to 16 the time of one path as "
        f"n^{each:.1f}. If that goes on, n = 32 with its {predicted(16, 16):,} paths takes "
        f"{hours:.1f} hours and {megabytes(32) / 1e3:.1f} GB, once its start set is found.",
        "",
        *table(found),
        "",
        "**Lists for a fixed B**: r = n = ℓ = 1024, the 10 000 points of least loss (for k = 1 all "
        f"1025). The time of a point grows as k^{points:.2f}.",
        "",
        *table(tables["subsets"]),
        "",
        f"**Draws of ‖Jx‖²**: k = 64, all cores. The time of a draw grows as n^{drawn:.2f}.",
        "",
        *table(tables["draws"]),
        "",
        "**Sweeps on a Dask cluster** of processes of one machine. Jobs sleep, so that more "
        "workers than cores do not wait for each other. A column has the part of the workers' time "
        f"in which jobs of this length run: nine tenths need {' workers, '.join(grains)}. With one "
        "worker joblib runs the jobs in the calling process. The last column computes 512 descents "
        "in 4 tasks.",
        "",
        *table(tables["sweeps"]),
    ]
    return "\n".join(parts) + "\n"


def table(rows: Rows) -> list[str]:
    """Rows as a table in Markdown, with three digits."""
    head = list(rows[0])
    lines = [f"| {' | '.join(head)} |", "|--:" * len(head) + "|"]
    return lines + [f"| {' | '.join(number(row[name]) for name in head)} |" for row in rows]


def number(value: float) -> str:
    """Whole numbers as they are, others with three digits."""
    return f"{value:,}" if isinstance(value, int) else f"{value:.3g}"


def picture(tables: dict[str, Rows], path: Path) -> None:
    """Plot time against size, with the fitted powers, and the shares of the sweeps."""
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, 4, figsize=(13, 3.2), layout="constrained")
    panels = (
        ("lists", "n", "seconds", "complete list, trained B", "seconds"),
        ("subsets", "k", "µs for each other", "next point, fixed B, r = 1024", "microseconds"),
        ("draws", "n", "ms a draw", "one draw of ‖Jx‖²", "milliseconds"),
    )
    for axis, (name, x, y, title, unit) in zip(axes, panels, strict=False):
        rows = tables[name][1:] if name == "subsets" else tables[name]
        a, b = ([row[column] for row in rows] for column in (x, y))
        exponent, fit = power(a, b)
        axis.plot(a, b, "o", color="#0b6e4f")
        axis.plot(
            a, [fit(value) for value in a], "-", color="0.5", label=f"${x}^{{{exponent:.2f}}}$"
        )
        axis.set(xscale="log", yscale="log", title=title, xlabel=x, ylabel=unit)
        axis.set_xticks(
            a, [f"{value:,}" if value < 1e3 else f"2$^{{{np.log2(value):.0f}}}$" for value in a]
        )
        axis.set_xticks([], minor=True)
        plain_ticks(axis.yaxis)
        axis.legend(frameon=False)
    for row in tables["sweeps"]:
        grains = [1e3 * grain for grain in GRAINS]
        shares = [row[f"{grain:.0f} ms"] for grain in grains]
        axes[3].plot(
            grains, shares, "o-", label=f"{row['workers']} worker{'s' * (row['workers'] > 1)}"
        )
    axes[3].axhline(SHARE, color="0.7", lw=0.8)
    axes[3].set(xscale="log", ylim=(0, 1.02), title="sweep on a Dask cluster")
    axes[3].set(xlabel="milliseconds of a job", ylabel="share of the workers' time")
    plain_ticks(axes[3].xaxis)
    axes[3].legend(frameon=False)
    for axis in axes:
        axis.grid(alpha=0.3)
    figure.savefig(path, dpi=160)


if __name__ == "__main__":
    with one_blas_thread():
        main()
