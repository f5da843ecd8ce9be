"""Accuracy, weights and time of a replaced layer against the number of outputs it keeps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from figures.engine.figure import Figure
from figures.engine.gallery import TITLES
from figures.engine.style import BLACK, METHODS, TEXT_WIDTH, plain_ticks
from figures.engine.table import Sheet, Table, select
from figures.engine.wording import fixed, joined, need, significant, with_interval
from figures.experiments.durations import MODES
from figures.experiments.training import in_the_middle
from figures.models.layers import LAYERS, SMALL_CORE, SPARSE
from figures.replacement.comparisons import ALPHA, PLANNED, decided, margin
from figures.replacement.sweep import MULTIPLES, STEP_SIZES, compute
from figures.replacement.tasks import FOLDS, TASKS
from fjlt.runs.intervals import mean

__all__ = ["FIGURES", "PEERS", "caption", "details", "draw", "findings", "sheet"]

PEERS = (*LAYERS[1:], *SPARSE)
"""Kinds of layers that take the place of the dense one."""

_EQUAL = "low rank, equal weights"
_RATIOS = {"replaced": "weights", **{mode: mode for mode in reversed(MODES)}}
"""Columns that are drawn over those of the dense layer, and their titles."""


def _tasks(table: Table) -> list[str]:
    return [task for task in TASKS if select(table, task=task)]


def _multiples(table: Table) -> list[int]:
    return sorted({int(row["multiple"]) for row in table if row["layer"] != "dense"})


def _place(task: str) -> str:
    """Which layer of which network is replaced."""
    learned = TASKS[task]
    sizes = ", ".join(f"{n1} → {n2}" for n1, n2 in learned.sizes)
    return f"{learned.name}: {learned.reading}, {sizes}"


def _over_dense(table: Table, task: str, kind: str, multiple: int, column: str) -> float:
    """A column of a kind of layer over that of the dense layer."""
    found = float(need(table, task=task, layer=kind, multiple=multiple)[0][column])
    # times are over those of the dense layer already
    unit = 1.0 if column in MODES else float(need(table, task=task, layer="dense")[0][column])
    return found / unit


def draw(table: Table) -> Any:
    """Draw a line of panels for each task: accuracy, weights and times against the size."""
    from matplotlib.figure import Figure as Canvas

    tasks, multiples = _tasks(table), _multiples(table)
    canvas = Canvas(figsize=(TEXT_WIDTH, 1.2 + 1.15 * len(tasks)), layout="constrained")
    panels = canvas.subplots(
        len(tasks), 1 + len(_RATIOS), sharex=True, squeeze=False, width_ratios=(1.5, 1, 1, 1)
    )
    for line, task in zip(panels, tasks, strict=True):
        line[0].set_title(_place(task), loc="left", fontsize=8)
        for i, kind in enumerate(PEERS):
            look = {**METHODS[kind], "linewidth": 0.9, "markersize": 2.8}
            # side by side, so that no interval hides another
            aside = [place + 0.07 * (i - (len(PEERS) - 1) / 2) for place in range(len(multiples))]
            found = [margin(table, task, kind, multiple) for multiple in multiples]
            arms = [list(arm) for arm in zip(*(one.arms for one in found), strict=True)]
            line[0].errorbar(aside, [one.mean for one in found], yerr=arms, elinewidth=0.6, **look)
            for axes, column in zip(line[1:], _RATIOS, strict=True):
                ratios = [_over_dense(table, task, kind, m, column) for m in multiples]
                axes.plot(range(len(multiples)), ratios, label=kind, **look)
        line[0].axhline(0, color=BLACK, linewidth=0.6)
        line[0].set_ylabel("points")
        for axes in line[1:]:
            axes.axhline(1, color=BLACK, linewidth=0.6)
            axes.set_yscale("log")
            plain_ticks(axes.yaxis)
    for axes, title in zip(panels[0, 1:], _RATIOS.values(), strict=True):
        axes.set_title(f"{title}\n/ dense", fontsize=8)
    for axes in panels[-1]:
        axes.set_xticks(range(len(multiples)), [str(multiple) for multiple in multiples])
        axes.set_xlabel("$m$")
    canvas.legend(
        *panels[0, 1].get_legend_handles_labels(),
        loc="outside lower center",
        ncols=3,
        frameon=False,
        handlelength=3.2,
    )
    return canvas


def caption(table: Table, settings: Sequence[Mapping[str, Any]]) -> str:
    """What is shown."""
    return (
        "A layer replaced at several sizes; m·⌈log₂ n⌉ outputs are kept on either side, at most n, "
        "and m = 1 is the paper's. Left: test accuracy less that with the dense layer, with 95 % "
        "intervals over seeds and test samples. Right: weights of the replaced layers, and times "
        "of theirs, over those of dense ones. R: the output layer is replaced, P: a wide layer "
        "before it. Peers have the butterfly's rank or at most its weights."
    )


def details(table: Table, settings: Sequence[Mapping[str, Any]]) -> str:
    """What is trained; the numbers are those of the table and its settings."""
    replicates = len({row["replicate"] for row in table})
    tried = in_the_middle(STEP_SIZES, int(settings[0].get("tried", 0)))
    sizes = [f"{size:g}" for size in tried]
    ends = {tried[0], tried[-1]}
    cases = {(row["task"], row["layer"], row["multiple"]): float(row["step_size"]) for row in table}
    at_end = sum(size in ends for size in cases.values())
    return (
        f"Adam with the best of the step sizes {joined(sizes)}, each tried in one whole training, "
        f"on a tenth of the samples to learn from, held out; then {replicates} trainings with "
        "other seeds. So every kind at every size has equally many trainings. The best is an end "
        f"of this range in {at_end} of {len(cases)} cases. Intervals are of an analysis of "
        f"variance with seeds and {FOLDS} parts of the test samples as crossed effects. Times are "
        "medians of runs of the replaced layers and of dense ones in turns, one thread, in the "
        "process that trained the network. A block-diagonal layer is a Monarch matrix; a sparse "
        "one has its weights at random places, and is computed as a dense one."
    )


def _answers(table: Table) -> str:
    """The planned comparisons."""
    parts = [
        f"at m = {found.multiple} against the {_other(found.kind)} {found.test.in_words}"
        for found in decided(table)
    ]
    return (
        f"All tasks together, with {ALPHA:g} for any wrong answer, the butterfly is "
        f"{'; '.join(parts)}. "
    )


def _other(kind: str) -> str:
    return {"dense": "dense layer", _EQUAL: "pair of equal weights"}.get(kind, f"layer {kind}")


def findings(table: Table) -> str:
    """The planned comparisons, then where the intervals tell, and where time is saved."""
    tasks, multiples = _tasks(table), _multiples(table)
    places = [(task, multiple) for task in tasks for multiple in multiples]
    told = []
    for kind in ("dense", *PEERS[1:]):
        found = [margin(table, task, "butterfly", m, kind) for task, m in places]
        above, below = sum(one.low > 0 for one in found), sum(one.high < 0 for one in found)
        told.append(f"above the {_other(kind)} in {above} and below it in {below}")
    losses = []
    for multiple in multiples:
        lost = [
            _place(task) for task in tasks if margin(table, task, "butterfly", multiple).high < 0
        ]
        losses.append(f"Below the dense layer at m = {multiple}: {'; '.join(lost) or 'none'}.")
    pair = {
        mode: sum(
            _over_dense(table, task, _EQUAL, m, mode)
            < _over_dense(table, task, "butterfly", m, mode)
            for task, m in places
        )
        for mode in reversed(MODES)
    }
    steps = {
        _place(task): _over_dense(table, task, "butterfly", multiples[0], "training step")
        for task in tasks
    }
    faster = [place for place, ratio in steps.items() if ratio < 1]
    scaled = [margin(table, task, SMALL_CORE, multiples[0], "butterfly") for task in tasks]
    planned = _answers(table) if {m for _, m in PLANNED} <= set(multiples) else ""
    return (
        f"{planned}By the intervals, of {len(places)} tasks and sizes the butterfly is "
        f"{'; '.join(told)}. {' '.join(losses)} At m = "
        f"{multiples[0]} its training step is faster than that of the dense layer in "
        f"{'; '.join(faster) if faster else 'no task'}, and takes "
        f"{significant(min(steps.values()))} to {significant(max(steps.values()))} of its time. "
        "The pair of equal weights is faster than the butterfly in "
        f"{joined([f'{count} {mode}s' for mode, count in pair.items()])} of {len(places)}. With a "
        "core that starts smaller by √(n1/k1) the butterfly is, by the intervals, above the "
        f"paper's start in {sum(one.low > 0 for one in scaled)} and below it in "
        f"{sum(one.high < 0 for one in scaled)} of {len(tasks)} tasks."
    )


def sheet(table: Table) -> Sheet:
    """Task by task and size by size: the dense accuracy, and the differences to it."""
    lines = []
    for task in _tasks(table):
        dense = mean(
            [100 * float(row["accuracy"]) for row in need(table, task=task, layer="dense")]
        )
        for multiple in _multiples(table):
            ours = need(table, task=task, layer="butterfly", multiple=multiple)[0]
            share = _over_dense(table, task, "butterfly", multiple, "replaced")
            first = multiple == _multiples(table)[0]
            lines.append(
                [
                    _place(task) if first else "",
                    f"{ours['k1']}, {ours['k2']}",
                    fixed(dense.mean) if first else "",
                    *(with_interval(margin(table, task, kind, multiple)) for kind in PEERS),
                    significant(100 * share),
                ]
            )
    head = ["layer replaced", "k1, k2", "dense, %", *PEERS, "weights of the butterfly, % of dense"]
    return Sheet(head, lines)


def _cases(task: str, multiples: Sequence[int], **effort: int) -> list[dict[str, Any]]:
    case = {"task": task, "dataset": TASKS[task].dataset, **effort}
    peers = [
        {**case, "kind": kind, "multiple": multiple} for multiple in multiples for kind in PEERS
    ]
    return [{**case, "kind": "dense"}, *peers, {**case, "kind": SMALL_CORE}]


FIGURES = (
    Figure(
        id="tradeoff",
        title=TITLES["tradeoff"],
        source="Section 5.1 of arXiv 2007.08864v2, for other sizes of the replacement",
        compute=compute,
        draw=draw,
        caption=caption,
        details=details,
        findings=findings,
        sheet=sheet,
        cases={
            "quick": _cases("digits, output", (1,), replicates=2, runs=10, tried=2),
            "paper": [case for task in TASKS for case in _cases(task, MULTIPLES)],
        },
        sources={"mnist": ("mnist",), "nltk_treebank": ("nltk_treebank",)},
        needs=("torch",),
    ),
)
