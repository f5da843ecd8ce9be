"""Sign tests on stored trainings: which of two networks is the more accurate, seed by seed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from math import ceil
from typing import Any, NamedTuple

from figures.added import beyond, seeds
from figures.engine.stored_tables import RESULTS, read, stored
from figures.engine.table import select
from figures.experiments.training import STEP_SIZES
from figures.models.layers import kept
from figures.paper.printed import is_printed_layer
from figures.plots.language import SHORT_NAMES, TAGS
from figures.plots.layer_scores import differences, last
from fjlt.runs.binomial import Design, limits, sign_test
from fjlt.runs.intervals import mean
from proofs_check.claim import Bearing, Check, Context, Control, Finding, Grade

__all__ = [
    "Comparison",
    "at_least",
    "between_kinds",
    "between_settings",
    "in_words",
    "on_tasks",
    "replaced_layer",
    "scores_check",
    "scores_controls",
    "scores_finding",
    "signed",
    "tasks_check",
]

ALPHA = 1e-9
"""False-alarm probability of one sign test."""
FAMILY = 0.05
"""False-alarm probability of all tests on real tasks together, by Bonferroni's inequality."""
LOOKS = {"the tagger of English web": 2}
"""How often the trainings of a task were looked at, if more than once: ten were added later."""


class Comparison(NamedTuple):
    """How much more accurate the first of two networks is than the second, one margin a seed.

    Attributes
    ----------
    label : str
        Names the two networks.
    tuned : sequence of float
        The margins with both networks at their best step sizes.
    above : sequence of sequence of float
        The margins with the first network at its best step size, one sequence for each step size
        of the second.
    below : sequence of sequence of float
        The margins of the second network over the first, with the second at its best step size,
        one sequence for each step size of the first.
    alpha : float
        False-alarm probability of one sign test.
    place : str
        The layer that is replaced, if the label does not say it.
    """

    label: str
    tuned: Sequence[float]
    above: Sequence[Sequence[float]]
    below: Sequence[Sequence[float]]
    alpha: float = ALPHA
    place: str = ""

    @property
    def test(self) -> Design:
        """The sign test of these seeds."""
        return _test(len(self.tuned), self.alpha)

    @property
    def can_decide(self) -> bool:
        """Whether there are enough seeds for the sign test to say anything."""
        return self.test.enough <= self.test.draws

    @property
    def more_accurate(self) -> bool:
        """Whether the first network wins in more than half of all trainings, by sign tests.

        It must win against every step size of the second. Its own step size is chosen on the same
        trainings, so the false alarm is that of one test for each of its step sizes.
        """
        return all(self.test.says_so(_wins(margins)) for margins in self.above)

    def exchanged(self) -> Comparison:
        """The comparison with the two networks exchanged."""
        turned = [-margin for margin in self.tuned]
        return self._replace(tuned=turned, above=self.below, below=self.above)

    def shifted(self, by: float) -> Comparison:
        """The comparison with ``by`` added to the accuracy of the first network."""
        above, below = (
            [[margin + sign * by for margin in margins] for margins in groups]
            for sign, groups in ((1, self.above), (-1, self.below))
        )
        tuned = [margin + by for margin in self.tuned]
        return self._replace(tuned=tuned, above=above, below=below)


def _wins(margins: Sequence[float]) -> int:
    """Number of seeds with a positive margin; a tie is a win for neither network."""
    return sum(margin > 0 for margin in margins)


def _with_fixed_steps(
    label: str, margins: Sequence[float], alpha: float = ALPHA, place: str = ""
) -> Comparison:
    """A comparison at fixed step sizes, chosen on other trainings: one test in each direction."""
    return Comparison(label, margins, [margins], [[-margin for margin in margins]], alpha, place)


def _test(draws: int, alpha: float) -> Design:
    """The sign test for so many seeds, with the power to say so in either direction."""
    enough = sign_test(draws, alpha).enough
    # From this probability of a win on, the test misses as rarely as it raises a false alarm.
    detectable = limits(min(enough - 1, draws), draws, alpha)[1]
    return sign_test(draws, alpha, ceil(1000 * detectable) / 1000)


def at_least(comparisons: Sequence[Comparison]) -> Bearing:
    """What the tests say of "the first network is never the less accurate of the two".

    One comparison in which the second network wins refutes it. It is supported only if the first
    network wins in every comparison.
    """
    if any(found.exchanged().more_accurate for found in comparisons):
        return Bearing.REFUTES
    supported = bool(comparisons) and all(found.more_accurate for found in comparisons)
    return Bearing.SUPPORTS if supported else Bearing.SILENT


def signed(points: float) -> str:
    """A difference in points with its sign, as it stands in prose.

    Examples
    --------
    >>> signed(1.44), signed(-0.16), signed(-0.04)
    ('+1.4', '−0.2', '−0.0')
    """
    return f"{points:+.1f}".replace("-", "−")


def in_words(points: float) -> str:
    """A difference in points as a lead or a lag, to stand before the name of the other network.

    Examples
    --------
    >>> in_words(1.44), in_words(-0.16)
    ('1.4 points ahead of', '0.2 points behind')
    """
    return f"{abs(points):.1f} points {'ahead of' if points >= 0 else 'behind'}"


def scores_finding(bearing: Bearing, comparisons: Sequence[Comparison], title: str) -> Finding:
    """A finding with this bearing, and the numbers that it follows from.

    ``numbers`` has, for each label, the signed mean difference in points, the same in words, the
    number of seeds in which the first network is behind, the number of seeds, and how many wins
    the sign test asks for.
    """
    tests = dict.fromkeys(str(found.test) for found in comparisons)
    centres = {found.label: mean([100 * margin for margin in found.tuned]) for found in comparisons}
    names = {
        found.label: f"{found.label}, {found.place}" if found.place else found.label
        for found in comparisons
    }
    details = [
        f"{names[found.label]}: {centres[found.label].mean:+.2f} ({centres[found.label].low:+.2f} "
        f"to {centres[found.label].high:+.2f}), {_counts(found)}"
        for found in comparisons
    ]
    return Finding(
        bearing,
        f"{title}, stored trainings: test accuracy of the first network less that of the second in "
        "percentage points, each at its best step size, mean with 95 % interval over seeds for one "
        f"test set — {'; '.join(details)}. {'; '.join(tests)}.",
        sum(len(found.tuned) for found in comparisons),
        scope=f"our networks: {'; '.join(found.label for found in comparisons)}",
        numbers={label: signed(centre.mean) for label, centre in centres.items()}
        | {f"{label}, in words": in_words(centre.mean) for label, centre in centres.items()}
        | {f"{found.label}, below": _wins(found.exchanged().tuned) for found in comparisons}
        | {f"{found.label}, of": len(found.tuned) for found in comparisons}
        | {f"{found.label}, enough": found.test.enough for found in comparisons},
    )


def _counts(found: Comparison) -> str:
    above, below = _wins(found.tuned), _wins(found.exchanged().tuned)
    text = f"above 0 in {above}, below in {below} of {len(found.tuned)}"
    if len(found.above) + len(found.below) > 2:
        least = min(map(_wins, found.above)), min(map(_wins, found.below))
        text += f", whatever the step size of the less accurate in {least[0]} and {least[1]}"
    return text


def scores_check(
    name: str, compare: Callable[[], Sequence[Comparison]], title: str, tests: int
) -> Check:
    """A check of "never the less accurate" by at most ``tests`` sign tests of stored trainings."""

    def run(context: Context) -> Finding:
        found = compare()
        return scores_finding(at_least(found), found, title)

    return Check(name, Grade.STATISTICAL, "sign tests of stored trainings", run, tests * ALPHA)


def tasks_check(first: bool) -> Check:
    """A check of butterfly against dense layer on real tasks, each with a sign test of its own.

    The trainings are those of figures 2 and S3. All tests together, in both directions and at every
    look, raise a false alarm with probability at most ``FAMILY``. That is too much for a verdict,
    which rests on other checks; so the grade is "numerical".
    """

    def run(context: Context) -> Finding:
        tasks = on_tasks("butterfly", first=first)
        found = scores_finding(
            at_least(tasks),
            tasks,
            f"Networks on real tasks by Adam after the {'first' if first else 'last'} epoch",
        )
        looks = "; ".join(f"{task}: {count}" for task, count in LOOKS.items())
        groups = {
            "not reproduced": [task for task in tasks if task.exchanged().more_accurate],
            "reproduced": [task for task in tasks if task.more_accurate],
            "not decided": [
                task for task in tasks if not (task.more_accurate or task.exchanged().more_accurate)
            ],
        }
        words = {name: _listed(group) for name, group in groups.items()}
        return replace(
            found,
            detail=f"{found.detail} One test for each of {len(tasks)} tasks, in both directions "
            f"and at every look (one, but {looks}); all together raise a false alarm with "
            f"probability at most {FAMILY:g}. Task by task: not reproduced in "
            f"{len(groups['not reproduced'])}, reproduced in {len(groups['reproduced'])}, not "
            f"decided in {len(groups['not decided'])}, "
            f"{sum(not task.can_decide for task in tasks)} of which have too few seeds to decide.",
            numbers={**found.numbers, **words, "tasks": len(tasks)},
        )

    method = "a sign test of stored trainings for each task, Bonferroni; no verdict rests on it"
    return Check("tasks", Grade.NUMERICAL, method, run)


def _listed(tasks: Sequence[Comparison]) -> str:
    """Tasks with their replaced layers and mean differences, or "none"."""
    return (
        "; ".join(
            f"{task.label} ({task.place}) {signed(100 * mean(task.tuned).mean)}" for task in tasks
        )
        or "none"
    )


def scores_controls(compare: Callable[[], Sequence[Comparison]]) -> tuple[Control, ...]:
    """Controls: the accuracy of the first network lowered and raised; the networks exchanged."""
    return (
        Control(
            "the accuracy of the first network 100 points lower, and higher",
            lambda context: (
                [at_least([found.shifted(by) for found in compare()]) for by in (-1.0, 1.0)]
                == [Bearing.REFUTES, Bearing.SUPPORTS]
            ),
        ),
        Control(
            "the two networks exchanged, which must not be refuted too",
            lambda context: (
                at_least([found.exchanged() for found in compare()]) is not Bearing.REFUTES
            ),
        ),
    )


def between_kinds(model: str, kind: str, other: str = "dense", first: bool = False) -> Comparison:
    """Two kinds of layer in a perceptron of the figure ``seeds``, at the end or after one epoch.

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
    label = f"{seeds.LABELS[model]}, {kind} against {other}"
    return Comparison(label, above[size], list(above.values()), list(below.values()))


def between_settings(label: str, first: Mapping[str, Any], second: Mapping[str, Any]) -> Comparison:
    """Two networks of the figure ``beyond``, given by their settings, after the last epoch.

    Raises
    ------
    ValueError
        If there are not as many seeds as the figure has.
    """
    rows = last(stored("beyond"))
    one, other = (
        select(rows, **{"replaced": 1, "share": 1.0, **settings}) for settings in (first, second)
    )
    margins = differences(one, other, "accuracy")
    if len(margins) != beyond.DRAWS:
        raise ValueError(f"beyond has {len(margins)} seeds, {beyond.DRAWS} expected; make it anew")
    return _with_fixed_steps(label, margins)


def replaced_layer(n1: int, n2: int) -> str:
    """The reading, the sizes and k of a replaced layer, in words.

    Reading P is a layer of a size in Figure 1 of the paper, reading R the output layer.

    Examples
    --------
    >>> replaced_layer(84, 10), replaced_layer(1024, 1024)
    ('R, 84 → 10, k = (7, 4)', 'P, 1024 → 1024, k = (10, 10)')
    """
    reading = "P" if is_printed_layer(n1, n2) else "R"
    return f"{reading}, {n1} → {n2}, k = ({kept(n1)}, {kept(n2)})"


_NETWORKS = {
    "LeNet": ("LeNet", 84, 10),
    "PreActResNet-18": ("PreActResNet-18 of width 8", 64, 10),
    "wide perceptron": ("the perceptron of width 1024", 1024, 1024),
}
"""Names of the networks of figure 2, and the sizes of the layers that are replaced."""
_IMAGES = {"mnist": "MNIST", "cifar10": "CIFAR-10"}


def _tried(id: str, training: Mapping[str, str]) -> set[float]:
    """The step sizes that a stored figure tried for a training by Adam."""
    cases: list[dict[str, Any]] = read(RESULTS, id)[1]["settings"]
    added = {
        float(case["added_step_size"])
        for case in cases
        if "added_step_size" in case and case.items() >= training.items()
        if case.get("optimizer", "Adam") == "Adam"
    }
    return {*STEP_SIZES["Adam"], *added}


def on_tasks(kind: str, other: str = "dense", first: bool = False) -> list[Comparison]:
    """Two kinds of layer in the networks of figures 2 and S3 by Adam, task by task."""
    found: list[tuple[str, str, list[float]]] = []
    for id, measure, column in (("figure-2", "accuracy", "model"), ("figure-s3", "score", "")):
        table = select(stored(id), optimizer="Adam")
        for model, dataset in dict.fromkeys(
            (str(row.get(column, "tagger")), str(row["dataset"])) for row in table
        ):
            rows = select(table, dataset=dataset, **({column: model} if column else {}))
            rows = select(rows, epoch=1) if first else last(rows)
            name, n1, n2 = _NETWORKS.get(
                model, (f"the tagger of {SHORT_NAMES.get(dataset)}", 256, TAGS.get(dataset, 0))
            )
            label = f"{name} on {_IMAGES[dataset]}" if column else name
            ours, theirs = select(rows, layer=kind), select(rows, layer=other)
            # a step size at an end of the grid may not be the best one
            grid = _tried(id, {"dataset": dataset, **({column: model} if column else {})})
            ends = {float(row["step_size"]) for row in (*ours, *theirs)} & {min(grid), max(grid)}
            place = replaced_layer(n1, n2) + ", a step size at the end of its grid" * bool(ends)
            found.append((label, place, differences(ours, theirs, measure)))
    return [
        _with_fixed_steps(task, margins, FAMILY / (2 * len(found) * LOOKS.get(task, 1)), place)
        for task, place, margins in found
    ]
