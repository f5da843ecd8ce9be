"""Questions that the paper leaves open.

They are several layers replaced, rectifiers inside the replacement, fewer images, and other starts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from figures.added.seeds import compute
from figures.engine.figure import Figure
from figures.engine.gallery import TITLES
from figures.engine.style import METHODS, TEXT_WIDTH, draw_interval
from figures.engine.table import Row, Table, select
from figures.engine.wording import need, with_interval
from figures.experiments.training import STEP_SIZES
from figures.plots.layer_scores import difference, last, line
from fjlt.runs.intervals import Interval, mean

__all__ = ["DRAWS", "FIGURES", "QUESTIONS", "SHARES", "TRIALS", "draw", "findings", "less"]

DRAWS = 50
TRIALS = 8

SHARES = (1.0, 0.25, 0.0625)

_STARTS = tuple(f"butterfly, {start}" for start in ("identity", "gaussian", "orthogonal"))
_RECTIFIED = ("butterfly, rectified core", "butterfly, rectified layers")
_WIDE = {"dataset": "digits", "model": "wide perceptron"}
_KINDS = ("dense", "butterfly", "low rank, equal weights")

QUESTIONS: dict[str, list[dict[str, Any]]] = {
    "several layers": [
        {"kind": kind, "replaced": layers} for kind in _KINDS[1:] for layers in (2, 3)
    ],
    "rectifiers": [{"kind": kind} for kind in _RECTIFIED],
    "peer": [{"kind": "torch_structured", "trials": 3, "replicates": 13}],
    "fewer images": [{"kind": kind, "share": share} for kind in _KINDS for share in SHARES[1:]],
    "starts": [{"kind": kind} for kind in _STARTS],
}
"""Each question, and the trainings that answer it, besides those with one layer of each kind and
all images."""


def draw(table: Table) -> Any:
    """Draw a panel for each question, with the accuracy of each answer."""
    from matplotlib.figure import Figure as Canvas

    canvas = Canvas(figsize=(TEXT_WIDTH, 4.6), layout="constrained")
    canvas.suptitle("perceptron 64 → 1024 → 1024 → 10 on digits")
    (several, fewer), (inside, starts) = canvas.subplots(2, 2)
    final = last(table)
    plain = select(final, replaced=1, share=1.0)

    several.set_title("several layers at once")
    for kind in _KINDS[1:]:
        counts = [0, 1, 2, 3]
        rows = [
            select(plain, layer="dense"),
            *(select(final, layer=kind, share=1.0, replaced=i) for i in counts[1:]),
        ]
        line(several, dict(zip(counts, rows, strict=True)), "accuracy", kind)
    several.set_xticks([0, 1, 2, 3])
    several.set_xlabel("layers replaced")

    fewer.set_title("fewer images to learn from")
    for kind in _KINDS:
        line(
            fewer,
            {s: select(final, layer=kind, replaced=1, share=s) for s in SHARES},
            "accuracy",
            kind,
        )
    fewer.set_xscale("log")
    fewer.set_xticks(SHARES, ["all", "1/4", "1/16"])
    fewer.set_xticks([], minor=True)
    fewer.set_xlabel("share of the training images")

    inside.set_title("rectifiers inside; full rank")
    _column(inside, plain, ["dense", "butterfly", *_RECTIFIED, "torch_structured"])
    starts.set_title("start of the butterflies")
    _column(starts, plain, ["butterfly", *_STARTS], "FJLT")
    for axes in (several, fewer):
        axes.set_ylabel("test accuracy in %")
        axes.margins(x=0.08)
    for axes in (inside, starts):
        axes.set_xlabel("test accuracy in %")
    canvas.legend(
        *fewer.get_legend_handles_labels(),
        loc="outside lower center",
        ncols=3,
        frameon=False,
        handlelength=3.2,
    )
    return canvas


def _column(axes: Any, table: Table, kinds: Sequence[str], first: str = "") -> None:
    labels = []
    for y, kind in enumerate(kinds):
        rows = select(table, layer=kind)
        labels.append(first if first and y == 0 else kind.removeprefix("butterfly, "))
        if rows:
            found = _accuracy(rows)
            look = {name: METHODS[kind][name] for name in ("color", "marker")}
            draw_interval(axes, found, y, markersize=4, **look)
    axes.set_yticks(range(len(kinds)), labels)
    axes.set_ylim(len(kinds) - 0.5, -0.5)
    axes.tick_params("y", length=0)


def _accuracy(rows: Sequence[Row]) -> Any:
    return mean([100 * float(row["accuracy"]) for row in rows])


def _cases(setting: dict[str, Any], *questions: str) -> list[dict[str, Any]]:
    plain = [{"kind": kind} for kind in _KINDS]
    return [
        setting | case
        for case in (*plain, *(case for question in questions for case in QUESTIONS[question]))
    ]


def caption(table: Table, settings: Sequence[Mapping[str, Any]]) -> str:
    """What is shown, and the largest of the answers."""
    several = less(table, {"layer": "butterfly", "replaced": 3}, {"layer": "dense"})
    few = {"share": SHARES[-1]}
    sixteenth = less(table, {"layer": "butterfly"} | few, {"layer": "dense"} | few)
    return (
        "Four questions that the paper leaves open, on a perceptron for the digits of "
        "scikit-learn: test accuracy in the end with several layers replaced, with fewer images to "
        "learn from, with rectifiers inside the replacement, and with other starts. Means of "
        f"{_seeds(table)} seeds, 95 % intervals. With three butterflies the accuracy is "
        f"{with_interval(several)} points from that of the dense network; with one, learned from a "
        f"sixteenth of the images, {with_interval(sixteenth)}."
    )


def details(table: Table, settings: Sequence[Mapping[str, Any]]) -> str:
    """What is trained and how it is compared; the numbers are those of the table."""
    plain = next(case for case in settings if case["kind"] == "dense")
    trials = int(plain.get("trials", 1))
    tried = int(plain.get("tried", 0)) or len(STEP_SIZES["Adam"])
    peer = [case for case in settings if case["kind"] == "torch_structured"]
    beside = ""
    if peer:
        seeds = len({row["replicate"] for row in need(table, layer="torch_structured")})
        beside = (
            "; beside them the butterfly of torch_structured, which has all log₂ n layers of "
            f"weights and full rank ({seeds} seeds, step size by {peer[0]['trials']})"
        )
    return (
        "A perceptron 64 → 1024 → 1024 → 10 on the digits of scikit-learn, trained by Adam in "
        f"batches of {plain.get('batch_size', 64)}: accuracy on the test images after epoch "
        f"{last(table)[0]['epoch']}, with 95 % intervals by Student's t of {_seeds(table)} seeds. "
        f"The step size of each network is the best of {tried} on the images "
        f"held out, in the mean of {trials} other seed{'s' * (trials > 1)}. Several layers: first "
        "that between the hidden layers is replaced, then also that from the image, then also that "
        "to the classes. Rectifiers: inside the replacement, about its core or between all of its "
        f"layers{beside}. Fewer images: drawn at random and seen more often, so that the number of "
        "steps is the same. Starts: of J1 and J2, all with E JᵀJ = I."
    )


def _seeds(table: Table) -> int:
    return len({row["replicate"] for row in need(table, layer="dense")})


def less(table: Table, ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> Interval:
    """Accuracy of one network in the end less that of another, in percentage points.

    Parameters
    ----------
    table : Table
    ours, theirs : mapping from a column to its value
        What tells the networks from one with one layer replaced and all images.
    """
    rows = last(table)
    one, other = (
        need(rows, **{"replaced": 1, "share": 1.0, **settings}) for settings in (ours, theirs)
    )
    return Interval(*(100 * end for end in difference(one, other, "accuracy")))


def findings(table: Table) -> str:
    """Each answer as a difference to what it is compared with."""
    butterfly, dense = {"layer": "butterfly"}, {"layer": "dense"}
    several = [less(table, butterfly | {"replaced": i}, dense) for i in (2, 3)]
    fewer = [less(table, butterfly | {"share": s}, dense | {"share": s}) for s in SHARES[1:]]
    inside = [less(table, {"layer": kind}, butterfly) for kind in _RECTIFIED]
    starts = [less(table, {"layer": kind}, butterfly) for kind in _STARTS]
    return (
        "Accuracy in points, less that of the dense network: with two layers replaced by "
        f"butterflies {with_interval(several[0])}, with three {with_interval(several[1])}; with "
        f"one, both learned from a quarter of the images, {with_interval(fewer[0])}, from a "
        f"sixteenth {with_interval(fewer[1])}. Less that of the butterfly: with rectifiers about "
        f"the core {with_interval(inside[0])}, between all layers {with_interval(inside[1])}; "
        f"started at an identity {with_interval(starts[0])}, at Gaussian weights "
        f"{with_interval(starts[1])}, at orthogonal ones {with_interval(starts[2])}."
    )


FIGURES = (
    Figure(
        id="beyond",
        title=TITLES["beyond"],
        source="questions that arXiv 2007.08864v2 leaves for future work",
        compute=compute,
        draw=draw,
        caption=caption,
        details=details,
        findings=findings,
        cases={
            "quick": _cases(
                _WIDE
                | {"epochs": 1, "trial_epochs": 1, "batch_size": 256, "replicates": 3, "tried": 2},
                *("several layers", "rectifiers", "fewer images", "starts"),
            ),
            "paper": _cases(
                _WIDE
                | {
                    "epochs": 30,
                    "trial_epochs": 30,
                    "batch_size": 128,
                    "trials": TRIALS,
                    "replicates": TRIALS + DRAWS,
                },
                *QUESTIONS,
            ),
        },
        needs=("torch",),
    ),
)
