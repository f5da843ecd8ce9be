"""Hundreds of trainings with a dense layer and with what may stand in its place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from figures.engine.figure import Figure
from figures.engine.gallery import TITLES
from figures.engine.style import BLACK, TEXT_WIDTH, draw_interval
from figures.engine.table import Table, select
from figures.engine.wording import joined, with_interval
from figures.experiments import classification
from figures.plots.layer_scores import LOOKS, differences, last, line
from fjlt.runs.intervals import Interval, mean

__all__ = [
    "DRAWS",
    "FIGURES",
    "LABELS",
    "best",
    "butterfly_margins",
    "compute",
    "draw",
    "findings",
    "margins",
]

DRAWS = {"perceptron": 200, "wide perceptron": 100}

LABELS = {"perceptron": "64 → 10", "wide perceptron": "1024 → 1024"}

_STEP_SIZES = {
    "perceptron": (0.001, 0.003, 0.01, 0.03, 0.1),
    "wide perceptron": (0.0003, 0.001, 0.003, 0.01, 0.03),
}
_BATCH_SIZES = {"perceptron": 64, "wide perceptron": 128}


def compute(
    seed: int = 0,
    dataset: str = "digits",
    model: str = "perceptron",
    kind: str = "butterfly",
    epochs: int = 3,
    trial_epochs: int = 1,
    batch_size: int = 64,
    replicates: int = 5,
    trials: int = 1,
    step_size: float | None = None,
    share: float = 1.0,
    replaced: int = 1,
    tried: int = 0,
) -> Table:
    """Train by Adam, and keep the rows of the first and the last epoch.

    The rows are those of ``figures.experiments.classification.compute``, without the loss.

    Replicates on which a step size was chosen are left out.

    Examples
    --------
    >>> [(row["replicate"], row["epoch"]) for row in compute(replicates=3)]
    [(1, 1), (1, 3), (2, 1), (2, 3)]
    """
    effort: dict[str, Any] = {
        "epochs": epochs,
        "trial_epochs": trial_epochs,
        "replicates": replicates,
        "trials": trials,
        "tried": tried,
    }
    steps: dict[str, Any] = {"batch_size": batch_size, "step_size": step_size}
    found = classification.compute(
        seed, dataset, model, kind, **effort, **steps, share=share, replaced=replaced
    )
    used = trials if step_size is None else 0
    return [
        {column: value for column, value in row.items() if column != "loss"}
        for row in found
        if row["epoch"] in (1, epochs) and int(row["replicate"]) >= used
    ]


def best(table: Table) -> float:
    """The step size with the best mean accuracy on the images held out.

    Examples
    --------
    >>> best([{"step_size": size, "held_out": size * (1 - size)} for size in (0.3, 0.6, 0.9)])
    0.6
    """
    found = {
        size: mean([float(row["held_out"]) for row in rows]).mean
        for size, rows in _by_step_size(table).items()
    }
    return max(found, key=lambda size: found[size])


def margins(
    table: Table, model: str, kind: str, other: str = "dense", first: bool = False
) -> tuple[float, dict[float, list[float]]]:
    """Accuracy with one kind of layer less that with another, seed by seed.

    The first kind has its best step size, the other each of its own in turn.

    Parameters
    ----------
    table : Table
    model : str
        The network.
    kind, other : str
        The two kinds of layers.
    first : bool
        Take the accuracy after the first epoch, not after the last.

    Returns
    -------
    best : float
        The best step size of the other kind.
    margins : dict
        The differences of all seeds, by step size of the other kind.

    Examples
    --------
    >>> about = {"model": "m", "replicate": 0, "epoch": 1, "step_size": 0.1, "held_out": 0.5}
    >>> accuracies = {"dense": 0.5, "butterfly": 0.75}
    >>> table = [about | {"layer": kind, "accuracy": found} for kind, found in accuracies.items()]
    >>> margins(table, "m", "butterfly")
    (0.1, {0.1: [0.25]})
    """
    rows = select(table, model=model)
    rows = select(rows, epoch=1) if first else last(rows)
    ours, theirs = select(rows, layer=kind), select(rows, layer=other)
    ours = select(ours, step_size=best(ours))
    return best(theirs), {
        size: differences(ours, those, "accuracy") for size, those in _by_step_size(theirs).items()
    }


def _by_step_size(table: Table) -> dict[float, Table]:
    sizes = sorted({float(row["step_size"]) for row in table})
    return {size: select(table, step_size=size) for size in sizes}


def draw(table: Table) -> Any:
    """Draw two panels for each network.

    One shows the accuracy against the step size, the other the differences seed by seed, with their
    means.
    """
    from matplotlib.figure import Figure as Canvas

    models = [model for model in LABELS if select(table, model=model)]
    canvas = Canvas(figsize=(TEXT_WIDTH, 0.6 + 1.9 * len(models)), layout="constrained")
    panels = canvas.subplots(len(models), 2, squeeze=False, width_ratios=(1, 1.2))
    for (left, right), model in zip(panels, models, strict=True):
        left.set_title(f"digits, {LABELS[model]} replaced")
        _accuracies(left, last(select(table, model=model)))
        right.set_title("difference from the dense layer")
        _differences(right, table, model)
    panels[-1, 0].set_xlabel("step size of Adam")
    panels[-1, 1].set_xlabel("percentage points")
    canvas.legend(
        *panels[0, 0].get_legend_handles_labels(),
        loc="outside lower center",
        ncols=4,
        frameon=False,
        handlelength=3.2,
        columnspacing=1.2,
    )
    return canvas


_SHORT = {
    "butterfly": "butterfly",
    "low rank, equal rank": "equal rank",
    "low rank, equal weights": "equal weights",
}
"""Names of the kinds that are compared with the dense layer, where space is short."""


def _kinds(table: Table) -> list[str]:
    return [kind for kind in LOOKS if select(table, layer=kind)]


def _accuracies(axes: Any, table: Table) -> None:
    for kind in _kinds(table):
        line(axes, _by_step_size(select(table, layer=kind)), "accuracy", kind)
    axes.set_xscale("log")
    sizes = sorted(_by_step_size(table))
    axes.set_xticks(sizes, [f"{size:g}" for size in sizes])
    axes.set_xticks([], minor=True)
    axes.set_ylabel("test accuracy in %")


def _differences(axes: Any, table: Table, model: str) -> None:
    from seaborn import violinplot

    axes.axvline(0, color=BLACK, linewidth=0.6)
    lines = [
        (kind, first) for kind in _kinds(select(table, model=model))[1:] for first in (True, False)
    ]
    for y, (kind, first) in enumerate(lines):
        size, found = margins(table, model, kind, first=first)
        values = [100 * value for value in found[size]]
        violinplot(
            x=values,
            y=[y] * len(values),
            ax=axes,
            orient="y",
            native_scale=True,
            color=LOOKS[kind]["color"],
            width=0.95,
            linewidth=0,
            cut=0,
            alpha=0.3,
            inner="stick",
            inner_kws={"linewidth": 0.25, "color": LOOKS[kind]["color"]},
        )
        draw_interval(axes, mean(values), y, color=BLACK, marker="|", markersize=8, zorder=4)
    names = [f"{_SHORT[kind]}, first epoch" if first else "last epoch" for kind, first in lines]
    axes.set_yticks(range(len(lines)), names)
    axes.set_ylim(len(lines) - 0.5, -0.5)
    axes.tick_params("y", length=0)


def _cases(model: str, step_sizes: Sequence[float], **effort: int) -> list[dict[str, Any]]:
    case = {"dataset": "digits", "model": model, "batch_size": _BATCH_SIZES[model], **effort}
    return [case | {"kind": kind, "step_size": size} for kind in LOOKS for size in step_sizes]


_NETWORKS = {
    "perceptron": "64 → 64 → 10 with the last layer replaced",
    "wide perceptron": "64 → 1024 → 1024 → 10 with the middle layer replaced",
}


def caption(table: Table, settings: Sequence[Mapping[str, Any]]) -> str:
    """What is shown, and how often the butterfly ends lower."""
    parts = []
    for model, label in LABELS.items():
        if select(table, model=model):
            found = butterfly_margins(table, model)
            lower = sum(margin < 0 for margin in found)
            parts.append(f"{lower} of {len(found)} seeds with {label} replaced")
    return (
        "Left: mean test accuracy against the step size. Right: accuracy less that with the dense "
        "layer, each at its best step size: a stroke for each seed in the outline of their "
        "density, and the mean. Intervals of 95 %. In the end the "
        f"butterfly is lower in {joined(parts)}; the paper reports equal or better accuracy."
    )


def details(table: Table, settings: Sequence[Mapping[str, Any]]) -> str:
    """What is trained; the numbers are those of the table and its settings."""
    networks = []
    for model in LABELS:
        rows = select(table, model=model)
        if rows:
            case = next(case for case in settings if case["model"] == model)
            seeds = len({row["replicate"] for row in rows})
            networks.append(
                f"{_NETWORKS[model]}, in batches of {case['batch_size']}, with {seeds} seeds"
            )
    return (
        f"Perceptrons on the digits of scikit-learn, trained by Adam: {'; '.join(networks)}. A "
        "seed draws the images held out, the batches and the starts, the first two alike for all "
        "kinds of layers and all step sizes. The last epoch is "
        f"{last(table)[0]['epoch']}. Each network has the step size that, after as many epochs, is "
        "the best on the images held out in the mean of all seeds. Intervals are of 95 %, by "
        "Student's t."
    )


def findings(table: Table) -> str:
    """In how many seeds the accuracy with the butterfly is lower, and by how much."""
    parts = []
    for model, label in LABELS.items():
        if not select(table, model=model):
            continue
        tuned = butterfly_margins(table, model)
        early = butterfly_margins(table, model, first=True)
        _, by_size = margins(table, model, "dense", "butterfly")
        anywhere = min(sum(margin > 0 for margin in found) for found in by_size.values())
        parts.append(
            f"with {label} replaced, {with_interval(_points(tuned))} in the end, lower in "
            f"{sum(margin < 0 for margin in tuned)} of {len(tuned)} seeds and, at any step size of "
            f"the butterfly, in at least {anywhere}; after the first epoch "
            f"{with_interval(_points(early))}"
        )
    return (
        "Accuracy with the butterfly less that with the dense layer, in points: "
        f"{'; '.join(parts)}."
    )


def butterfly_margins(table: Table, model: str, first: bool = False) -> list[float]:
    """Accuracy with the butterfly less that with the dense layer, seed by seed.

    Each layer has its best step size.
    """
    size, found = margins(table, model, "butterfly", first=first)
    return found[size]


def _points(values: Sequence[float]) -> Interval:
    return mean([100 * value for value in values])


FIGURES = (
    Figure(
        id="seeds",
        title=TITLES["seeds"],
        source="Figures 2, 3 and S6 of arXiv 2007.08864v2, with as many seeds as tests need",
        compute=compute,
        draw=draw,
        caption=caption,
        details=details,
        findings=findings,
        cases={
            "quick": _cases("perceptron", (0.01, 0.03), epochs=3, replicates=6),
            "paper": [
                case
                for model in ("wide perceptron", "perceptron")
                for case in _cases(model, _STEP_SIZES[model], epochs=30, replicates=DRAWS[model])
            ],
        },
        needs=("torch",),
    ),
)
