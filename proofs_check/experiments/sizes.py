"""Planned comparisons of stored trainings in which a layer is replaced at several sizes."""

from __future__ import annotations

from collections.abc import Sequence

from figures.engine.stored_tables import stored
from figures.engine.table import Table
from figures.replacement.comparisons import ALPHA, PLANNED, Decided, decided
from proofs_check.claim import Bearing, Check, Context, Control, Finding, Grade

__all__ = ["SIZES", "SIZES_CONTROL"]


def _against_dense(table: Table) -> list[Decided]:
    return [found for found in decided(table) if found.kind == "dense"]


def _bearing(found: Sequence[Decided]) -> Bearing:
    """One size at which it is less accurate refutes; at all it must be more accurate to support."""
    answers = {one.test.answer for one in found}
    if "below" in answers:
        return Bearing.REFUTES
    return Bearing.SUPPORTS if answers == {"above"} else Bearing.SILENT


def _run(context: Context) -> Finding:
    found = _against_dense(stored("tradeoff"))
    words = {f"m = {one.multiple}": one.test.in_words for one in found}
    listed = "; ".join(f"{size}: {answer}" for size, answer in words.items())
    return Finding(
        _bearing(found),
        "Networks with one layer replaced by a butterfly that keeps m·⌈log₂ n⌉ outputs on either "
        f"side, at most n, against the dense layer: {listed}. The {len(PLANNED)} comparisons were "
        "planned before the trainings, and err together with probability at most "
        f"{ALPHA:g}.",
        sum(one.test.trainings for one in found),
        scope="our networks: those of the figure tradeoff",
        numbers=words,
    )


def _planted(by: float) -> Table:
    """The stored table with every butterfly as accurate as the dense layer, and ``by`` more."""
    table = stored("tradeoff")
    dense = {
        (row["task"], row["replicate"]): float(row["accuracy"])
        for row in table
        if row["layer"] == "dense"
    }
    return [
        row | {"accuracy": by + dense[row["task"], row["replicate"]]}
        if row["layer"] == "butterfly"
        else row
        for row in table
    ]


SIZES = Check(
    "sizes",
    Grade.NUMERICAL,
    "sign tests of stored trainings over all tasks; no verdict rests on them",
    _run,
)
"""A check of "the butterfly is never less accurate than the dense layer", by the planned tests.

The trainings are those of the figure ``tradeoff``, all tasks together. The tests err with
probability at most ``comparisons.ALPHA``, too much for a verdict; so the grade is "numerical".
"""

SIZES_CONTROL = Control(
    "sizes: the butterfly below the dense layer, equal to it, and above it",
    lambda context: (
        [_bearing(_against_dense(_planted(by))) for by in (-0.01, 0.0, 0.01)]
        == [Bearing.REFUTES, Bearing.SILENT, Bearing.SUPPORTS]
    ),
)
