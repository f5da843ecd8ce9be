"""Figures 7, 8 and S8 to S10 and Table S1: test errors of learned and random sketches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from figures.engine.style import GREY, METHODS, PRINTED, TEXT_WIDTH, plain_ticks
from figures.engine.table import Row, Table, select
from figures.engine.wording import count, joined
from figures.experiments.sketching import SKETCHES, STEP_SIZES, TOP
from fjlt.runs.intervals import Interval, geometric_mean, mean

__all__ = [
    "FAMILY_LABELS",
    "LOOKS",
    "MEASURES",
    "NAMES",
    "SHORT_LABELS",
    "SOURCES",
    "cases",
    "curves",
    "details",
    "interval",
    "place_errors",
    "points",
    "ratio",
    "ratios",
    "sketch_handles",
    "typical",
]

FAMILY_LABELS = {
    "hyperspectral": "hyperspectral: Jasper Ridge → Samson,\nstand-in for HS-SOD",
    "cifar10": "CIFAR-10",
    "newsgroups": "newsgroups,\nstand-in for TechTC-300",
    "digits": "digits of scikit-learn,\nstand-in",
}
"""Names of the families of matrices in a drawing; an arrow leads from the scene that is learned
from to the one that is tested on."""

SHORT_LABELS = {
    "hyperspectral": "the hyperspectral stand-in",
    "cifar10": "CIFAR-10",
    "newsgroups": "newsgroups",
    "digits": "digits",
}
"""Names of the families in a sentence."""

SOURCES = {
    "hyperspectral": ("jasper_ridge", "samson"),
    "cifar10": (
        "cifar10/cifar10_batch_0.png",
        "cifar10/cifar10_batch_50.png",
        "cifar10/cifar10_labels.js",
    ),
    "newsgroups": ("mini_newsgroups",),
}
"""The registered data of each family."""

NAMES = {
    "butterfly": "butterfly, learned",
    "sparse": "sparse, learned",
    "dense": "dense, learned",
    "random sparse": "sparse, random",
    "random Gaussian": "Gaussian, random",
    "random FJLT": "FJLT, random",
}

LOOKS: dict[str, dict[str, Any]] = {sketch: METHODS[sketch] for sketch in NAMES}
"""Colours, markers and lines of the sketches."""

MEASURES = {
    "squared": "squared norms",
    "unsquared": "norms",
}
"""The two definitions of the error: with squares in the paper, without in its script."""

_FAMILIES = {
    "hyperspectral": "Hyperspectral, a stand-in for HS-SOD: {n} × {d} pixels, learned from bands "
    "of Jasper Ridge, with 40 neighbouring bands held out, and tested on all bands of Samson. The "
    "released script has bands of one scene on both sides.",
    "cifar10": "CIFAR-10: the red channel, standardised, as in the released script; 320 images to "
    "learn from, 80 held out, 100 test images.",
    "newsgroups": "Newsgroups, a stand-in for TechTC-300: term-document counts of pairs of "
    "groups, 45 pairs of 10 groups to learn from, 6 of 4 held out, 15 of 6 to test on; the {n} "
    "terms that occur in most posts. The paper has 25,389.",
    "digits": "Digits of scikit-learn, a stand-in, {n} × {d} pixels: 300 images to learn from, "
    "100 held out, 100 test images.",
}
"""How each family of matrices is made; sizes are those of the table."""


def details(table: Table, settings: Sequence[Mapping[str, Any]], geometric: bool = True) -> str:
    """How the errors of figures 7, 8 and S8 to S10 and of Table S1 came about."""
    draws = {len({row["replicate"] for row in part}) for part in _by_sketch(table)}
    averaged = sorted({int(case["draws"]) for case in settings})
    means, logarithm = ("Geometric means", " for the logarithm") if geometric else ("Means", "")
    sizes = [f"{size:g}" for size in STEP_SIZES]
    shown = {str(row["sketch"]) for row in table}
    random = f" Random sketches: means over {joined([str(n) for n in averaged])}."
    return (
        "Test error of sketches B of shape (ℓ, n). The paper defines it as the mean over the test "
        "matrices of ‖X − B_k(X)‖_F² − ‖X − X_k‖_F²; its script computes ‖X − B_k(X)‖_F − "
        "‖X − X_k‖_F. B_k(X) is the best approximation of rank k with rows in the row space of "
        f"BX. Every matrix is scaled to the largest singular value {TOP:g}, as in that script, and "
        f"its rows are permuted. {means} over {joined([str(n) for n in sorted(draws)])} draws of "
        "the permutation, the split, the start and the batches, with 95 % intervals by Student's "
        f"t{logarithm}. Learned sketches: a truncated butterfly with ℓ random outputs, which "
        "starts as an FJLT; N non-zeros per column in random rows, which start as random signs "
        "(N = 1 unless stated); a dense matrix, which starts as a Gaussian one. All have the same "
        f"effort: Adam with the step sizes {joined(sizes)} and equal numbers of steps and of "
        "matrices per step. On the first draw the held-out matrices choose the step size, on every "
        "draw the iterate. The test matrices choose nothing."
        + (random if any(sketch.startswith("random") for sketch in shown) else "")
        + "".join(" " + _family(table, settings, name) for name in _datasets(table))
    )


def _family(table: Table, settings: Sequence[Mapping[str, Any]], name: str) -> str:
    """How one family is made, and how long its sketches are trained."""
    row = select(table, dataset=name)[0]
    case = next(case for case in settings if case["dataset"] == name)
    steps = max(int(case["steps"]) for case in settings if case["dataset"] == name)
    effort = f" {count(steps)} steps, {case['batch_size']} matrices per step."
    return _FAMILIES[name].format(n=row["n"], d=row["d"]) + effort


def _datasets(table: Table) -> list[str]:
    return list(dict.fromkeys(str(row["dataset"]) for row in table))


def _by_sketch(table: Table) -> list[list[Row]]:
    keys = dict.fromkeys((row["dataset"], row["sketch"]) for row in table)
    return [select(table, dataset=dataset, sketch=sketch) for dataset, sketch in keys]


_EFFORT = {
    "hyperspectral": {"n": 95, "steps": 640, "batch_size": 16},
    "cifar10": {"n": 32, "steps": 800, "batch_size": 16},
    "newsgroups": {"n": 1024, "steps": 200, "batch_size": 8},
}
_QUICK_EFFORT = {
    "digits": {"n": 8, "steps": 120, "batch_size": 16},
    "hyperspectral": {"n": 16, "steps": 60, "batch_size": 16},
}


def cases(
    dataset: str,
    pairs: Sequence[tuple[int, int]],
    sketches: Sequence[str] = SKETCHES,
    quick: bool = False,
    nonzeros: int = 1,
    **more: int,
) -> list[dict[str, Any]]:
    """The cases of every pair (k, ℓ) with ℓ <= n and every sketch on one family of matrices.

    Examples
    --------
    >>> len(cases("cifar10", [(10, 20), (10, 40)]))
    6
    >>> cases("digits", [(2, 4)], quick=True)[0]["steps"]
    120
    """
    effort = (_QUICK_EFFORT if quick else _EFFORT)[dataset]
    return [
        {"dataset": dataset, "k": k, "l": l, "sketch": sketch, "nonzeros": nonzeros}
        | effort
        | {"replicates": 3 if quick else 5, "draws": 5 if quick else 20}
        | more
        for k, l in pairs
        if l <= effort["n"]
        for sketch in sketches
    ]


def interval(rows: Sequence[Row], measure: str) -> Interval:
    """Mean of an error over the replicates."""
    return mean([float(row[measure]) for row in rows])


def typical(rows: Sequence[Row], measure: str) -> Interval:
    """Geometric mean of an error over the replicates, at least 1e-12, for logarithmic axes."""
    return geometric_mean(_errors(rows, measure))


def _errors(rows: Sequence[Row], measure: str) -> list[float]:
    # Rounding can make the least errors vanish; the logarithm needs them positive.
    return [max(float(row[measure]), 1e-12) for row in rows]


def ratios(worse: Sequence[Row], better: Sequence[Row], measure: str) -> list[float]:
    """The ratio of two errors, replicate by replicate."""
    by_replicate = {row["replicate"]: float(row[measure]) for row in better}
    return [float(row[measure]) / by_replicate[row["replicate"]] for row in worse]


def ratio(worse: Sequence[Row], better: Sequence[Row], measure: str) -> Interval:
    """Geometric mean of ``ratios``."""
    return geometric_mean(ratios(worse, better, measure))


def points(
    table: Table,
    groups: Mapping[str, Sequence[Row]],
    printed: Mapping[tuple[str, str], float] | None = None,
) -> Any:
    """Draw the errors of the sketches in groups, with intervals, on logarithmic axes.

    There is a panel for each measure.

    Parameters
    ----------
    table : Table
    groups : mapping from a label to the rows of a group
    printed : mapping from (label, sketch) to a number of the paper, optional
        Shown as stars in both panels, each edged in the colour of its sketch: the paper defines
        one measure, its script computes the other.
    """
    from matplotlib.figure import Figure as Canvas
    from matplotlib.lines import Line2D

    canvas = Canvas(figsize=(TEXT_WIDTH, 3.1), layout="constrained")
    panels = canvas.subplots(1, 2)
    for axes, (measure, label) in zip(panels, MEASURES.items(), strict=True):
        place_errors(axes, groups, measure, printed or {})
        axes.set_title(label)
        axes.set_xticks(range(len(groups)), list(groups), fontsize=7)
    panels[0].set_ylabel("test error")
    handles = sketch_handles(table)
    if printed:
        handles.append(Line2D([], [], label="printed", **PRINTED))
    canvas.legend(
        handles=handles, loc="outside lower center", ncols=4 if printed else 3, frameon=False
    )
    return canvas


def place_errors(
    axes: Any,
    groups: Mapping[str, Sequence[Row]],
    measure: str,
    printed: Mapping[tuple[str, str], float] | None = None,
    star: float = PRINTED["markersize"],
) -> None:
    """Draw the errors of all sketches side by side in each group, on a logarithmic axis.

    Printed errors are stars of the size ``star``, edged in the colours of their sketches.
    """
    shown = [s for s in SKETCHES if any(r["sketch"] == s for rows in groups.values() for r in rows)]
    width = 0.84 / len(shown)
    for s, sketch in enumerate(shown):
        look = {**LOOKS[sketch], "linestyle": "", "markersize": 4}
        found = {
            g + (s - (len(shown) - 1) / 2) * width: typical(rows, measure)
            for g, rows in enumerate(select(rows, sketch=sketch) for rows in groups.values())
            if rows
        }
        arms = list(zip(*(point.arms for point in found.values()), strict=True))
        means = [point.mean for point in found.values()]
        axes.errorbar(list(found), means, arms, elinewidth=0.8, capsize=1.5, **look)
    for (group, sketch), value in (printed or {}).items():
        s = shown.index(sketch)
        at = list(groups).index(group) + (s - (len(shown) - 1) / 2) * width
        axes.plot(at, value, **PRINTED | {"markeredgecolor": _color(sketch), "markersize": star})
    for between in range(len(groups) - 1):
        axes.axvline(between + 0.5, color=GREY, linewidth=0.4)
    axes.set_xlim(-0.5, len(groups) - 0.5)
    axes.set_yscale("log")
    plain_ticks(axes.yaxis)
    axes.tick_params("x", length=0)


def _color(sketch: str) -> str:
    """The colour of a sketch; grey for a random one of which the paper does not say which."""
    return GREY if sketch == "random" else str(LOOKS[sketch]["color"])


def sketch_handles(table: Table) -> list[Any]:
    """The entries of a legend for the sketches of a table, without lines."""
    from matplotlib.lines import Line2D

    return [
        Line2D([], [], label=NAMES[s], **{**LOOKS[s], "linestyle": "", "markersize": 4})
        for s in SKETCHES
        if any(row["sketch"] == s for row in table)
    ]


def curves(
    table: Table,
    column: str,
    label: str,
    fixed: Sequence[str] = (),
    printed: Sequence[tuple[str, float | None, float]] = (),
) -> Any:
    """Draw the errors against a column, in both measures.

    Parameters
    ----------
    table : Table
    column, label : str
        The column and the label of its axis.
    fixed : sequence of str
        Sketches that do not depend on the column: horizontal lines with their intervals as bands.
    printed : sequence of (sketch, abscissa, error)
        Numbers of the paper, shown as stars in both panels; without an abscissa at the right end.
    """
    from matplotlib.figure import Figure as Canvas
    from matplotlib.lines import Line2D
    from seaborn import lineplot

    shown = [sketch for sketch in SKETCHES if any(row["sketch"] == sketch for row in table)]
    canvas = Canvas(figsize=(TEXT_WIDTH, 3.1), layout="constrained")
    canvas.suptitle(FAMILY_LABELS[str(table[0]["dataset"])].replace("\n", " "))
    panels = canvas.subplots(1, 2)
    for axes, (measure, name) in zip(panels, MEASURES.items(), strict=True):
        for sketch in shown:
            rows, look = select(table, sketch=sketch), LOOKS[sketch]
            if sketch in fixed:
                found = typical(rows, measure)
                axes.axhspan(found.low, found.high, color=look["color"], alpha=0.2, linewidth=0)
                axes.axhline(
                    found.mean, color=look["color"], linestyle=look["linestyle"], linewidth=1
                )
                axes.plot(
                    [],
                    [],
                    label=NAMES[sketch],
                    color=look["color"],
                    linestyle=look["linestyle"],
                    linewidth=1,
                )
                continue
            lineplot(
                x=[int(row[column]) for row in rows],
                y=_errors(rows, measure),
                ax=axes,
                estimator=lambda errors: geometric_mean(errors).mean,
                errorbar=lambda errors: geometric_mean(errors)[1:],
                err_style="bars",
                err_kws={"capsize": 1.5, "elinewidth": 0.6},
                label=NAMES[sketch],
                legend=False,
                linewidth=0.9,
                markersize=3.5,
                markeredgewidth=1.0,
                markeredgecolor=look["color"],
                **look,
            )
        ticks = sorted({int(row[column]) for row in table if row["sketch"] not in fixed})
        axes.set_xscale("log" if ticks[-1] > 10 * ticks[0] else "linear")
        axes.set_yscale("log")
        for sketch, at, error in printed:
            place = ticks[-1] if at is None else at
            axes.plot(place, error, **PRINTED | {"markeredgecolor": _color(sketch)})
        axes.set_xticks(ticks, [str(tick) for tick in ticks])
        axes.set_xticks([], minor=True)
        axes.set_xlabel(label)
        axes.set_title(name)
        plain_ticks(axes.yaxis)
    panels[0].set_ylabel("test error")
    handles, _ = panels[0].get_legend_handles_labels()
    if printed:
        handles.append(Line2D([], [], label="printed", **PRINTED))
    canvas.legend(
        handles=handles, loc="outside lower center", ncols=3, frameon=False, handlelength=3.2
    )
    return canvas
