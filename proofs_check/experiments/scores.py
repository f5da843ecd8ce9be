"""What stored trainings say of the accuracy of networks that differ in a layer, seed by seed: sign
tests."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import ceil
from typing import Any, NamedTuple

from figures.added import beyond, seeds
from figures.engine.stored_tables import stored
from figures.engine.table import select
from figures.plots.layer_scores import differences, last
from fjlt.runs.binomial import Design, limits, sign_test
from fjlt.runs.intervals import mean
from proofs_check.engine.claim import Bearing, Check, Context, Control, Finding, Grade

__all__ = [
    "Comparison",
    "asked",
    "at_least",
    "on_tasks",
    "scores_check",
    "scores_controls",
    "scores_finding",
    "tasks_check",
    "trained",
]

ALPHA = 1e-9
"""Of each sign test."""


class Comparison(NamedTuple):
    """By how much a network is more accurate than another, seed by seed.

    ``tuned`` has both at their best step sizes; ``above`` has the first at its best and the other
    at each of its own; ``below`` by how much the other, at its best, is more accurate than the
    first at each of its own.
    """

    what: str
    tuned: Sequence[float]
    above: Sequence[Sequence[float]]
    below: Sequence[Sequence[float]]

    @property
    def more_accurate(self) -> bool:
        """Whether sign tests say so of the first: in more than half of all trainings, whatever the
        other's step size.

        The step size of the first is chosen by the same trainings, so they err as often as one test
        for each choice.
        """
        return all(_test(len(margins)).says_so(_positive(margins)) for margins in self.above)

    def exchanged(self) -> Comparison:
        """The same with the networks exchanged."""
        return Comparison(self.what, [-margin for margin in self.tuned], self.below, self.above)

    def shifted(self, by: float) -> Comparison:
        """The same with the first network more accurate by so much."""
        above, below = (
            [[margin + sign * by for margin in margins] for margins in groups]
            for sign, groups in ((1, self.above), (-1, self.below))
        )
        return Comparison(self.what, [margin + by for margin in self.tuned], above, below)


def _positive(margins: Sequence[float]) -> int:
    """A tie counts for neither."""
    return sum(margin > 0 for margin in margins)


def _one(what: str, margins: Sequence[float]) -> Comparison:
    """With step sizes that were chosen on other trainings or other data."""
    return Comparison(what, margins, [margins], [[-margin for margin in margins]])


def _test(draws: int) -> Design:
    """A sign test with the probability from which on it errs as rarely in either direction."""
    enough = sign_test(draws, ALPHA).enough
    detectable = limits(min(enough - 1, draws), draws, ALPHA)[1]
    return sign_test(draws, ALPHA, ceil(1000 * detectable) / 1000)


def at_least(comparisons: Sequence[Comparison]) -> Bearing:
    """What the tests say of "never the less accurate": one that is so in more than half of the
    seeds refutes it."""
    if any(found.exchanged().more_accurate for found in comparisons):
        return Bearing.REFUTES
    return (
        Bearing.SUPPORTS
        if comparisons and all(found.more_accurate for found in comparisons)
        else Bearing.SILENT
    )


def scores_finding(
    bearing: Bearing,
    comparisons: Sequence[Comparison],
    what: str,
    together: Comparison | None = None,
) -> Finding:
    """A bearing with the numbers it follows from; ``numbers`` has mean differences and seeds below
    0."""
    tested = comparisons if together is None else [together]
    tests = dict.fromkeys(str(_test(len(found.tuned))) for found in tested)
    centres = {found.what: mean([100 * margin for margin in found.tuned]) for found in comparisons}
    details = [
        f"{found.what}: {centres[found.what].mean:+.2f} ({centres[found.what].low:+.2f} to "
        f"{centres[found.what].high:+.2f}), {_counts(found)}"
        for found in comparisons
    ]
    if together is not None:
        details.append(f"{together.what}: {_counts(together)}")
    below = {found.what: _positive(found.exchanged().tuned) for found in (*comparisons, *tested)}
    return Finding(
        bearing,
        f"{what}, stored trainings: test accuracy of the first less that of the second in "
        f"percentage points, each at its best step size, mean with 95 % interval — "
        f"{'; '.join(details)}. {'; '.join(tests)}.",
        sum(len(found.tuned) for found in comparisons),
        numbers={name: f"{abs(centre.mean):.1f}" for name, centre in centres.items()}
        | {f"{name}, below": count for name, count in below.items()}
        | {f"{found.what}, of": len(found.tuned) for found in (*comparisons, *tested)}
        | {f"{found.what}, enough": _test(len(found.tuned)).enough for found in tested},
    )


def _counts(found: Comparison) -> str:
    above, below = _positive(found.tuned), _positive(found.exchanged().tuned)
    text = f"above 0 in {above}, below in {below} of {len(found.tuned)}"
    if len(found.above) + len(found.below) > 2:
        least = min(map(_positive, found.above)), min(map(_positive, found.below))
        text += f", whatever the step size of the less accurate in {least[0]} and {least[1]}"
    return text


def scores_check(
    name: str, find: Callable[[], Sequence[Comparison]], what: str, tests: int
) -> Check:
    """Of "never the less accurate", by so many sign tests of stored trainings at most."""

    def run(context: Context) -> Finding:
        found = find()
        return scores_finding(at_least(found), found, what)

    return Check(name, Grade.STATISTICAL, "sign tests of stored trainings", run, tests * ALPHA)


def tasks_check(first: bool) -> Check:
    """Of the butterfly against the dense layer in the networks of figures 1 and 9, all trainings
    together.

    They were looked at twice, the last ten of English web being added after a first look, hence the
    false alarm.
    """

    def run(context: Context) -> Finding:
        *tasks, together = on_tasks("butterfly", first=first)
        what = f"Networks on real tasks by Adam after the {'first' if first else 'last'} epoch"
        return scores_finding(at_least([together]), tasks, what, together)

    return Check("tasks", Grade.STATISTICAL, "a sign test of stored trainings", run, 2 * 2 * ALPHA)


def scores_controls(find: Callable[[], Sequence[Comparison]]) -> tuple[Control, ...]:
    """Accuracies lowered, raised, and equal."""
    return (
        Control(
            "the accuracy of the first network 100 points lower, and higher",
            lambda context: (
                [at_least([found.shifted(by) for found in find()]) for by in (-1.0, 1.0)]
                == [Bearing.REFUTES, Bearing.SUPPORTS]
            ),
        ),
        Control(
            "the networks equal",
            lambda context: (
                at_least([_one(found.what, [0.0] * len(found.tuned)) for found in find()])
                is Bearing.SILENT
            ),
        ),
    )


def trained(model: str, kind: str, other: str = "dense", first: bool = False) -> Comparison:
    """Two kinds of layer in a network of the figure of seeds, at the end or after the first epoch.

    Raises
    ------
    ValueError
        If there are not as many seeds as the figure has.
    """
    table = stored("seeds")
    size, above = seeds.margins(table, model, kind, other, first)
    _, below = seeds.margins(table, model, other, kind, first)
    for found in (*above.values(), *below.values()):
        if len(found) != seeds.DRAWS[model]:
            raise ValueError(
                f"seeds has {len(found)} seeds, {seeds.DRAWS[model]} expected; make it anew"
            )
    what = f"{seeds.LABELS[model]}, {kind} against {other}"
    return Comparison(what, above[size], list(above.values()), list(below.values()))


def asked(what: str, ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> Comparison:
    """Two networks of the figure of what the paper leaves for future work, by their settings, at
    the end.

    Raises
    ------
    ValueError
        As ``trained``.
    """
    rows = last(stored("beyond"))
    one, other = (
        select(rows, **{"replaced": 1, "share": 1.0, **settings}) for settings in (ours, theirs)
    )
    margins = differences(one, other, "accuracy")
    if len(margins) != beyond.DRAWS:
        raise ValueError(f"beyond has {len(margins)} seeds, {beyond.DRAWS} expected; make it anew")
    return _one(what, margins)


def on_tasks(kind: str, other: str = "dense", first: bool = False) -> list[Comparison]:
    """Two kinds of layer in the networks of figures 1 and 9 by Adam, and, last, all their trainings
    together."""
    found = []
    for id, measure in (("fig01", "accuracy"), ("fig09", "score")):
        table = select(stored(id), optimizer="Adam")
        for about in dict.fromkeys(
            (str(row.get("model", "tagger")), str(row["dataset"])) for row in table
        ):
            rows = [row for row in table if (row.get("model", "tagger"), row["dataset"]) == about]
            rows = select(rows, epoch=1) if first else last(rows)
            margins = differences(select(rows, layer=kind), select(rows, layer=other), measure)
            found.append(_one(", ".join(about), margins))
    return [*found, _one("all together", [margin for each in found for margin in each.tuned])]
