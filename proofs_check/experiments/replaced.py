"""Stored times of networks with a layer replaced, and sign tests of which is faster."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from figures.added import crossover
from figures.added.crossover import crossing
from figures.engine.gallery import find
from figures.engine.stored_tables import stored
from figures.engine.table import select
from figures.experiments.durations import MODES
from figures.plots.time_ratios import ratio
from fjlt.runs.binomial import sign_test
from fjlt.runs.intervals import Interval
from proofs_check.claim import Bearing, Check, Context, Control, Finding, Grade

__all__ = [
    "ALPHA",
    "RUNS",
    "Timed",
    "always_faster",
    "crossings",
    "exchanged",
    "speed_checks",
    "speed_controls",
    "timed",
    "times_finding",
]

RUNS = 100
"""Number of stored runs of each network and batch."""
ALPHA = 1e-9
"""False alarm of one sign test; every entry has two, one in either direction."""


class Timed(NamedTuple):
    """Times of a network with the replacement against the same with the dense layer.

    ``ratio`` is the time with the replacement over that with the dense layer, and ``faster`` the
    number of runs in which the replacement was faster.
    """

    mode: str
    model: str
    batch: int
    ratio: Interval
    faster: int


def timed(id: str, mode: str, kind: str = "butterfly") -> list[Timed]:
    """The stored times of a figure, one entry for each network and batch.

    Raises
    ------
    ValueError
        If there are not ``RUNS`` runs of each.
    """
    rows = select(stored(id), mode=mode)
    found = []
    for model, batch in dict.fromkeys((str(row["model"]), int(row["batch"])) for row in rows):
        here = select(rows, model=model, batch=batch)
        ours = select(here, layer=kind)
        if sum(int(row["runs"]) for row in ours) != RUNS:
            raise ValueError(f"{id} has not {RUNS} runs of {model}, batch {batch}; make it anew")
        found.append(
            Timed(mode, model, batch, ratio(here, kind), sum(int(row["faster"]) for row in ours))
        )
    return found


def exchanged(line: Timed) -> Timed:
    """The entry with the roles of the dense layer and the replacement exchanged."""
    mean, low, high = line.ratio
    return line._replace(ratio=Interval(1 / mean, 1 / high, 1 / low), faster=RUNS - line.faster)


def always_faster(lines: Sequence[Timed]) -> Bearing:
    """What the sign tests say of "the replacement is always faster".

    One entry that is slower in more than half of the runs refutes it. It is supported only if every
    entry is faster in more than half.
    """
    test = sign_test(RUNS, ALPHA)
    if any(test.says_so(RUNS - line.faster) for line in lines):
        return Bearing.REFUTES
    return (
        Bearing.SUPPORTS
        if lines and all(test.says_so(line.faster) for line in lines)
        else Bearing.SILENT
    )


def times_finding(lines: Sequence[Timed], title: str) -> Finding:
    """The bearing of ``always_faster``, and the numbers that it follows from."""
    details = "; ".join(
        f"{line.model}, {line.mode}, batch {line.batch}: {line.ratio.mean:.2f} "
        f"({line.ratio.low:.2f} to {line.ratio.high:.2f}), faster in {line.faster}"
        for line in lines
    )
    return Finding(
        always_faster(lines),
        f"{title}, stored times on one core, {RUNS} runs in turns: time with the butterfly over "
        f"that with the dense layer, with 95 % interval — {details}. {sign_test(RUNS, ALPHA)}; "
        "runs are taken as independent.",
        len(lines),
        scope="our networks: " + ", ".join(dict.fromkeys(line.model for line in lines)),
        numbers={f"{line.model}, {line.batch}": f"{line.ratio.mean:.2f}" for line in lines},
    )


def speed_checks(mode: str) -> tuple[Check, ...]:
    """Checks of "the replacement is faster" in the networks of figures S4 and S5."""

    def run(id: str, title: str) -> Callable[[Context], Finding]:
        return lambda context: times_finding(timed(id, mode), title)

    method = "sign tests of stored runs"
    images, sentences = (
        run("figure-s4", "Networks for images, figure S4"),
        run("figure-s5", "Taggers, figure S5"),
    )
    return (
        Check(
            "images",
            Grade.STATISTICAL,
            method,
            images,
            alpha=2 * len(find("figure-s4").cases["paper"]) * ALPHA,
        ),
        Check(
            "sentences",
            Grade.STATISTICAL,
            method,
            sentences,
            alpha=2 * len(find("figure-s5").cases["paper"]) * ALPHA,
        ),
    )


def speed_controls(mode: str) -> tuple[Control, ...]:
    """Controls: the roles of the layers exchanged, where one is faster and where it is slower."""

    def exchanges(model: str, batch: int, bearing: Bearing) -> bool:
        lines = [
            line for line in timed("figure-s4", mode) if (line.model, line.batch) == (model, batch)
        ]
        found = always_faster(lines), always_faster([exchanged(line) for line in lines])
        return found == (bearing, bearing.opposite)

    return (
        Control(
            "the layers exchanged where one is faster",
            lambda context: exchanges("wide perceptron", 128, Bearing.SUPPORTS),
        ),
        Control(
            "the layers exchanged where one is slower",
            lambda context: exchanges("LeNet", 1, Bearing.REFUTES),
        ),
    )


def crossings(kind: str) -> dict[tuple[str, int, int], int | None]:
    """The size from which on a square layer is faster than the dense one of the same size.

    Keys are mode, batch and number of threads. The value is None if there is no such size.
    """
    table = stored("crossover")
    return {
        (mode, batch, threads): crossing(crossover.ratios(table, mode, kind, batch, threads))
        for mode in MODES
        for batch in (1, 128)
        for threads in (1, 2)
    }
