"""Not in the paper, which asks: several layers replaced, rectifiers inside, less data, other
starts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from figures.added.seeds import compute
from figures.engine.figure import Figure
from figures.engine.gallery import TITLES
from figures.engine.style import GREEN, PURPLE, TEXT_WIDTH
from figures.engine.table import Row, Table, select
from figures.plots.layer_scores import LOOKS, last, line
from fjlt.runs.intervals import mean

__all__ = ["CAPTION", "DRAWS", "FIGURE", "QUESTIONS", "TRIALS", "compute", "draw"]

DRAWS = 50
TRIALS = 8

CAPTION = (
    "A perceptron 64 → 1024 → 1024 → 10 on the digits of scikit-learn, trained by Adam in batches "
    "of 128: accuracy on "
    f"the test images after 30 epochs, with 95 % intervals by t of {DRAWS} seeds; the step size "
    f"of each network is the best of six on the images held out, in the mean of {TRIALS} other "
    f"seeds. Several layers: first that between the "
    "hidden layers is replaced, then that from the image, then that to the classes. Rectifiers: "
    "inside the replacement, about its core or between all of its layers; beside them the "
    "butterfly of torch_structured, which has all log₂ n layers of weights and full rank (10 "
    "seeds, step size by 3). Fewer images: drawn at random, and seen more often; the number of "
    "steps is the same. Starts: of J1 and J2, all with E JᵀJ = I. With two and three layers "
    "replaced the accuracy is 10.6 and 18.6 points below that of the dense network, from a "
    "quarter and a sixteenth of the images 2.2 and 7.4; rectifiers lower it by 1.5 and 0.8, a "
    "start at an identity or Gaussian weights by 1.4 and 1.2."
)

SHARES = (1.0, 0.25, 0.0625)

_STARTS = {
    f"butterfly, {start}": LOOKS["butterfly"] for start in ("identity", "gaussian", "orthogonal")
}
_RECTIFIED = {
    "butterfly, rectified core": {"color": GREEN, "marker": "D"},
    "butterfly, rectified layers": {"color": GREEN, "marker": "d"},
}
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
"""What is asked, and the trainings that answer, besides those with one layer, of each kind, and all
images."""

_LOOKS = {**LOOKS, **_RECTIFIED, "torch_structured": {"color": PURPLE, "marker": "P"}, **_STARTS}


def draw(table: Table) -> Any:
    """Draw a panel a question: the accuracy of each answer."""
    from matplotlib.figure import Figure as Canvas

    canvas = Canvas(figsize=(TEXT_WIDTH, 4.4), layout="constrained")
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
        *fewer.get_legend_handles_labels(), loc="outside lower center", ncols=3, frameon=False
    )
    return canvas


def _column(axes: Any, table: Table, kinds: Sequence[str], first: str = "") -> None:
    labels = []
    for y, kind in enumerate(kinds):
        rows = select(table, layer=kind)
        labels.append(first if first and y == 0 else kind.removeprefix("butterfly, "))
        if rows:
            found, look = (
                _accuracy(rows),
                {name: _LOOKS[kind][name] for name in ("color", "marker")},
            )
            arms = [[arm] for arm in found.arms]
            axes.errorbar(found.mean, y, xerr=arms, markersize=4, capsize=2, elinewidth=0.8, **look)
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


FIGURE = Figure(
    id="beyond",
    title=TITLES["beyond"],
    source="questions that arXiv 2007.08864 leaves for future work",
    caption=CAPTION,
    compute=compute,
    draw=draw,
    cases={
        "quick": _cases(
            _WIDE | {"epochs": 3, "trial_epochs": 1, "replicates": 3},
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
)
