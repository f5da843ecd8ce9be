"""Planned comparisons of stored trainings in which a layer is replaced at several sizes."""

from __future__ import annotations

from collections.abc import Sequence

from figures.engine.stored_tables import stored
from figures.engine.table import Row, Table
from figures.replacement.comparisons import ALPHA, PLANNED, Decided, decided
from proofs_check.claim import Bearing, Check, Context, Control, Finding, Grade

__all__ = ["sizes_check", "sizes_control"]

_ANSWERS = {"above": "more accurate", "below": "less accurate", "": "not told apart"}


def sizes_check(kind: str) -> Check:
    """A check of "the butterfly is never the less accurate" against a kind, by the planned tests.

    The trainings are those of the figure ``tradeoff``, all tasks together. The tests err with
    probability at most ``comparisons.ALPHA``, too much for a verdict; so the grade is "numerical".

    Parameters
    ----------
    kind : {"dense", "low rank, equal weights"}
        With what the butterfly is compared.
    """

    def run(context: Context) -> Finding:
        found = [one for one in decided(stored("tradeoff")) if one.kind == kind]
        words = {f"m = {one.multiple}": _in_words(one) for one in found}
        listed = "; ".join(f"{size}: {answer}" for size, answer in words.items())
        return Finding(
            _bearing(found),
            f"Networks with one layer replaced by a butterfly that keeps m·⌈log₂ n⌉ outputs on "
            f"either side, at most n, against {kind}: {listed}. {found[0].enough} of "
            f"{found[0].trainings} are enough. The {len(PLANNED)} comparisons were planned before "
            f"the trainings, and err together with probability at most {ALPHA:g}.",
            sum(one.trainings for one in found),
            scope="our networks: those of the figure tradeoff",
            numbers=words,
        )

    method = "sign tests of stored trainings over all tasks; no verdict rests on them"
    return Check("sizes", Grade.NUMERICAL, method, run)


def _bearing(found: Sequence[Decided]) -> Bearing:
    """One size at which it is less accurate refutes; at all it must be more accurate to support."""
    answers = {one.answer for one in found}
    if "below" in answers:
        return Bearing.REFUTES
    return Bearing.SUPPORTS if answers == {"above"} else Bearing.SILENT


def _in_words(found: Decided) -> str:
    return (
        f"{_ANSWERS[found.answer]}, above in {found.above} and below in {found.below} of "
        f"{found.trainings} trainings"
    )


def sizes_control(kind: str) -> Control:
    """Control: the accuracy with the butterfly below that of its peer, equal to it, and above."""

    def planted(by: float) -> Table:
        """The stored table with every butterfly as accurate as its peer, and ``by`` more."""
        table = stored("tradeoff")
        peers = {_place(row, kind): row["accuracy"] for row in table if row["layer"] == kind}
        return [
            row | {"accuracy": by + float(peers[_place(row, kind)])}
            if row["layer"] == "butterfly"
            else row
            for row in table
        ]

    def seen(context: Context) -> bool:
        tables = [decided(planted(by)) for by in (-0.01, 0.0, 0.01)]
        found = [_bearing([one for one in table if one.kind == kind]) for table in tables]
        return found == [Bearing.REFUTES, Bearing.SILENT, Bearing.SUPPORTS]

    return Control("sizes: the butterfly below its peer, equal to it, and above it", seen)


def _place(row: Row, kind: str) -> tuple[object, ...]:
    """What a training and that of its peer share; the dense layer has one size."""
    return row["task"], row["replicate"], 1 if kind == "dense" else row["multiple"]
