"""Figures 4 to 6 and S7: loss of the auto-encoder against k, and its excess over Δ_k."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from figures.engine.style import METHODS as LOOKS
from figures.engine.style import PRINTED, TEXT_WIDTH
from figures.engine.table import Row, Table
from figures.engine.wording import between, need, significant
from figures.experiments.autoencoding import EPSILON, METHODS, STEP_SIZES
from fjlt.runs.intervals import Interval, geometric_mean

__all__ = [
    "KS",
    "LABELS",
    "SHORT_LABELS",
    "SOURCES",
    "caption",
    "details",
    "draw",
    "draw_excess",
    "draw_phases",
    "excess",
    "findings",
    "paper_cases",
    "quick_cases",
    "ratio_to_optimum",
    "replicates",
    "worst_excess",
]

LABELS = {
    "gaussian-1": "Gaussian 1",
    "gaussian-2": "Gaussian 2",
    "mnist": "MNIST",
    "olivetti": "Olivetti",
    "hyperspectral": "Jasper Ridge,\nstand-in for HS-SOD",
    "samson": "Samson, another\nstand-in for HS-SOD",
    "imagenet": "an image of ImageNet",
    "imagenet-scaled": "image of ImageNet, its\nrows centred, of norm 1",
    "photograph": "one photograph,\nstand-in for ImageNet",
    "digits": "digits of scikit-learn,\nstand-in for MNIST",
}
"""Names of the data matrices in a drawing."""

SHORT_LABELS = {
    "gaussian-2": "the Gaussian matrix",
    "imagenet": "the image",
    "imagenet-scaled": "the scaled image",
    "photograph": "the photograph",
}
"""Names of the data of figure 6 in a sentence."""

SOURCES = {
    "mnist": ("mnist",),
    "olivetti": ("olivetti",),
    "hyperspectral": ("jasper_ridge",),
    "samson": ("samson",),
    "imagenet": ("imagenet/n01440764_tench.JPEG",),
    "imagenet-scaled": ("imagenet/n01440764_tench.JPEG",),
    "photograph": ("images/camera.png",),
}
"""The registered data of each matrix."""

KS = (1, 2, 4, 8, 16, 32, 64)
"""Widths at which every matrix is computed, up to its rank."""

_DATA = {
    "gaussian-1": "Gaussian 1: random combinations of {rank} orthonormal vectors with coefficients "
    "N(0, 0.01).",
    "gaussian-2": "Gaussian 2: random combinations of {rank} orthonormal vectors with coefficients "
    "N(0, 0.01).",
    "mnist": "MNIST: each row is an image, padded to 32 × 32 pixels by N(0, 0.01). Pixels that "
    "are 0 in every image lower the rank, which is {rank}; the paper prints 1024.",
    "digits": "Digits of scikit-learn, a stand-in for MNIST, each row an image; the rank is "
    "{rank}.",
    "olivetti": "Olivetti: each of the {n} rows is a face of 64 × 64 pixels, drawn with "
    "repetition from 400. The rank is {rank}, where the paper prints 1024.",
    "hyperspectral": "Hyperspectral: {n} pixels of {d} windows of 32 × 32 in bands of Jasper "
    "Ridge, a stand-in for HS-SOD, which the paper uses.",
    "imagenet": "ImageNet: the same image, its {n} × {d} pixels in [0, 1].",
    "imagenet-scaled": "ImageNet, scaled: one image in grey, {n} × {d} pixels, with the mean row "
    "taken off and each row of norm 1, as in the released script.",
    "photograph": "X is the middle {n} × {d} pixels of one photograph, a stand-in for the picture "
    "from ImageNet.",
}
"""How each data matrix is made; rank and sizes are those of the table."""


def caption(table: Table, settings: Sequence[Mapping[str, Any]], says: str) -> str:
    """The caption of figures 4 to 6 and S7, with what the paper says."""
    draws = len({row["replicate"] for row in table})
    names = {str(row["dataset"]) for row in table}
    ranks = [
        f" The rank of {LABELS[name]} is {_ranks(table, name)}; the paper prints 1024."
        for name in ("mnist", "olivetti")
        if name in names
    ]
    return (
        "Loss of the auto-encoder against the width k, as a share of ‖X‖_F² and "
        f"as its excess over the optimum Δ_k, the loss of PCA. Means of {draws} draws, 95 % "
        f"intervals. The paper says {says}; it names no step sizes and numbers of steps, and "
        "has no variable projection." + "".join(ranks)
    )


def _ranks(table: Table, name: str) -> str:
    return between((float(row["rank"]) for row in need(table, dataset=name)), 0)


def details(table: Table, settings: Sequence[Mapping[str, Any]]) -> str:
    """How the losses of figures 4 to 6 and S7 came about, and how their data are made."""
    first = settings[0]
    steps = int(first.get("adam_steps", 1600))
    half = -(-steps // 2)
    data = []
    for name in dict.fromkeys(str(row["dataset"]) for row in table):
        row = need(table, dataset=name)[0]
        data.append(_DATA[name].format(rank=_ranks(table, name), n=row["n"], d=row["d"]))
    draws = len({row["replicate"] for row in table})
    return (
        "Loss: ‖DEBX − X‖_F². A point is the geometric mean, of the loss or of its excess, over "
        f"{draws} draws of the data, of B and of the start, with the 95 % interval by Student's t "
        "for the logarithm. Excesses at one k are set side by side, so that none hides another. "
        "Those below 0.001 % are drawn at the end of the axis, and so are ends of intervals. "
        "Where Δ_k = 0 there is no excess. FJLT+PCA: the best D and E for B as drawn, which is "
        "where phase one ends by Theorem 1. Its number of outputs is ℓ = k log2 k + k/ε with "
        "ε = 1, as printed in Proposition 2. Where it is at most n, the proved ℓ is shown as "
        "well, which gives the bound (1 + ε)Δ_k with probability ½. Crosses: the least loss for "
        "the B of the joint training; the gap to it is left to D and E. The paper names no step "
        f"sizes, batches and numbers of steps. Here joint Adam takes {steps} steps of "
        f"size {STEP_SIZES['joint']:g} in batches of 64 columns. Adam in two phases takes {half} "
        f"of {STEP_SIZES['phase one']:g} with B fixed; phase one is then finished in closed form; "
        f"{half} of {STEP_SIZES['phase two']:g} follow. Variable projection, an addition, takes "
        f"at most {first.get('projection_steps', 150)} steps of L-BFGS in the weights of B, with "
        "D and E eliminated. PCA ≤ loss is checked at every point, and so is loss ≤ FJLT+PCA for "
        "two phases and for variable projection. Joint Adam need not end below FJLT+PCA. Where ℓ "
        "reaches the rank of X, FJLT+PCA is optimal. Rows are permuted. " + " ".join(data)
    )


def worst_excess(table: Table, method: str, of_means: bool = False) -> float:
    """The largest loss of a method over Δ_k, of all draws or of the means over the draws.

    Raises
    ------
    ValueError
        If no point has Δ_k > 0.

    Examples
    --------
    >>> about = {"dataset": "mnist", "k": 1, "method": "PCA", "energy": 9.0, "optimum": 2.0}
    >>> worst_excess([about | {"loss": 2.0}, about | {"loss": 3.0}], "PCA")
    1.5
    """
    ratios = []
    for dataset, k in dict.fromkeys((str(row["dataset"]), int(row["k"])) for row in table):
        rows = replicates(table, dataset, k, method)
        found = ratio_to_optimum(rows)
        if found is None:
            continue
        ratios += (
            [found.mean]
            if of_means
            else [float(row["loss"]) / float(row["optimum"]) for row in rows]
        )
    if not ratios:
        raise ValueError(f"the table has no loss of {method} where Δ_k > 0")
    return max(ratios)


def findings(table: Table) -> str:
    """How far the trained losses end from Δ_k, where the paper says "almost equal"."""
    projected, phases = (
        excess(worst_excess(table, method))
        for method in ("variable projection", "Adam, two phases")
    )
    joint = excess(worst_excess(table, "Adam, joint", of_means=True))
    return (
        f"Variable projection ends {projected} in every draw, two phases of Adam {phases}, and "
        f"joint Adam, in the means, {joint}."
    )


def excess(ratio: float) -> str:
    """A loss over Δ_k, at most, in words.

    Examples
    --------
    >>> excess(1.0302), excess(1.00048), excess(8.7)
    ('within 3.1 % of Δ_k', 'within 0.05 % of Δ_k', 'within 8.7 times Δ_k')
    """
    # Rounded up, so that the bound holds for the number as printed.
    if ratio >= 2:
        return f"within {significant(math.ceil(10 * ratio) / 10)} times Δ_k"
    per_cent = 100 * (ratio - 1)
    decimals = 0 if per_cent >= 10 else 1 if per_cent >= 1 else 2
    return f"within {math.ceil(per_cent * 10**decimals) / 10**decimals:g} % of Δ_k"


_LINE: dict[str, Any] = {"linewidth": 0.9, "markersize": 3.5}
_TOP: dict[str, Any] = {"linewidth": 1.3, "zorder": 5}
"""The optimum lies above all other curves, since the best of them coincide with it."""
_BOUND: dict[str, Any] = {"markersize": 9, "markeredgewidth": 1.4, **LOOKS["proved bound"]}
_FLOOR: dict[str, Any] = {"markersize": 4, "markeredgewidth": 1.1, **LOOKS["floor of B"]}
_NAMES = {"PCA": "PCA ($\\Delta_k$)", "FJLT+PCA, proved l": "FJLT+PCA, proved $\\ell$"}
_PHASES = {
    "FJLT+PCA": "frozen: FJLT+PCA",
    "Adam, two phases": "optimal init: Adam, two phases",
    "Adam, random init": "random init: Adam",
}
"""The curves of Figure 6 under their printed names."""
_ROUNDING, _LEAST_EXCESS = 1e-12, 1e-3


def paper_cases(
    *datasets: str, n: int = 1024, ks: Sequence[int] = KS, replicates: int = 5
) -> list[dict[str, Any]]:
    """The cases at the size of the paper: every dataset, every k up to its rank, every replicate.

    Examples
    --------
    >>> len(paper_cases("mnist")), paper_cases("gaussian-1")[-1]["k"]
    (35, 32)
    """
    ranks = {"gaussian-1": n // 32, "gaussian-2": n // 16}
    return [
        {"dataset": dataset, "n": n, "k": k, "replicate": replicate}
        for dataset in datasets
        for k in ks
        if k <= ranks.get(dataset, n)
        for replicate in range(replicates)
    ]


def quick_cases(*datasets: str, n: int = 64) -> list[dict[str, Any]]:
    """The cases of the quick profile: small parts of the data, few k, short training."""
    short = {"adam_steps": 200, "projection_steps": 40}
    return [case | short for case in paper_cases(*datasets, n=n, ks=(1, 2, 4), replicates=3)]


def replicates(table: Table, dataset: str, k: int, method: str) -> list[Row]:
    """The rows of a dataset, a width k and a method, one for each replicate."""
    return [
        row for row in table if (row["dataset"], row["k"], row["method"]) == (dataset, k, method)
    ]


def ratio_to_optimum(rows: Sequence[Row], column: str = "loss") -> Interval | None:
    """Geometric mean of the loss over Δ_k.

    None if there are no rows, or if Δ_k vanishes relative to ‖X‖_F².
    """
    if not rows or any(float(row["optimum"]) <= 1e-12 * float(row["energy"]) for row in rows):
        return None
    return geometric_mean([float(row[column]) / float(row["optimum"]) for row in rows])


def draw(
    table: Table,
    side_by_side: bool = False,
    printed: Mapping[str, tuple[float, Mapping[int, float]]] | None = None,
) -> Any:
    """Draw two panels for each dataset.

    They show the loss as a share of ‖X‖_F² on linear axes, as the paper does, and its excess over
    Δ_k on logarithmic ones.

    Parameters
    ----------
    table : Table
    side_by_side : bool
        Whether the two panels of a dataset stand beside each other.
    printed : mapping from a dataset to (printed loss at k = 0, {k: printed share}), optional
        Shown as stars in the first panel, whose axis at the right has the printed scale.
    """
    datasets = list(dict.fromkeys(str(row["dataset"]) for row in table))
    printed = printed or {}
    shape = (len(datasets), 2) if side_by_side else (2, len(datasets))
    canvas, axes = _canvas(*shape, 0.95)
    shown = _shown(table)
    for i, dataset in enumerate(datasets):
        share, excess = axes[i] if side_by_side else axes[:, i]
        share.set_title(_title(table, dataset), linespacing=1.0)
        if side_by_side:
            excess.set_title("excess over the optimum")
        _linear_panel(share, table, dataset, shown)
        if dataset in printed:
            start, shares = printed[dataset]
            share.plot(list(shares), list(shares.values()), **PRINTED | {"zorder": 6})
            last = i == len(datasets) - 1
            _printed_scale(share, start, "as printed" if last or side_by_side else "")
        _excess_panel(excess, table, dataset, shown)
        if i == 0 or side_by_side:
            share.set_ylabel("loss / $\\|X\\|_F^2$")
            excess.set_ylabel("loss / $\\Delta_k$ − 1, in %")
    _legend(canvas, shown, table, printed=["PCA"] * bool(printed))
    return canvas


def draw_phases(table: Table, printed: Mapping[str, Mapping[float, float]] | None = None) -> Any:
    """Draw two panels for each dataset: the loss itself, and its excess over Δ_k, against k.

    Parameters
    ----------
    table : Table
    printed : mapping from a method to its printed loss at each k, optional
        Shown as stars, each edged in the colour of its method: of PCA beside the loss, of the
        others as excesses over the printed loss of PCA.
    """
    datasets = list(dict.fromkeys(str(row["dataset"]) for row in table))
    printed = printed or {}
    canvas, axes = _canvas(2, len(datasets), 1.1)
    shown = _shown(table)
    for i, dataset in enumerate(datasets):
        loss, excess = axes[:, i]
        loss.set_title(_title(table, dataset), linespacing=1.0)
        _linear_panel(loss, table, dataset, shown, share=False)
        _excess_panel(excess, table, dataset, shown, linear=bool(printed))
        optima = printed.get("PCA", {})
        loss.plot(list(optima), list(optima.values()), **PRINTED | {"zorder": 6})
        for method, losses in printed.items():
            if method == "PCA":
                continue
            excess.plot(
                list(losses),
                [100 * (value / optima[k] - 1) for k, value in losses.items()],
                **PRINTED | {"markeredgecolor": LOOKS[method]["color"]},
            )
    axes[0, 0].set_ylabel("loss")
    axes[1, 0].set_ylabel("loss / $\\Delta_k$ − 1, in %")
    _legend(canvas, shown, table, list(printed), _PHASES)
    return canvas


def draw_excess(table: Table, shown: Sequence[str], columns: int = 3) -> Any:
    """Draw a panel for each dataset: the excess of some methods over Δ_k."""
    datasets = list(dict.fromkeys(str(row["dataset"]) for row in table))
    canvas, axes = _canvas(-(-len(datasets) // columns), columns, 0.45)
    for i, panel in enumerate(axes.flat):
        if i >= len(datasets):
            panel.axis("off")
            continue
        panel.set_title(_title(table, datasets[i]), linespacing=1.0)
        _excess_panel(panel, table, datasets[i], shown, bounds=False)
        if i % columns == 0:
            panel.set_ylabel("loss / $\\Delta_k$ − 1, in %")
    _legend(canvas, shown)
    return canvas


def _shown(table: Table) -> list[str]:
    return [method for method in METHODS if any(row["method"] == method for row in table)]


def _title(table: Table, dataset: str) -> str:
    """The name of a data matrix, with the rank of a random one."""
    rank = f", rank {_ranks(table, dataset)}" if dataset.startswith("gaussian") else ""
    return LABELS[dataset] + rank


def _canvas(lines: int, columns: int, below: float) -> Any:
    from matplotlib.figure import Figure as Canvas

    height = below + (2.0 if columns == 2 and lines == 1 else 1.85) * lines
    canvas = Canvas(figsize=(TEXT_WIDTH, height), layout="constrained")
    return canvas, canvas.subplots(lines, columns, squeeze=False)


def _legend(
    canvas: Any,
    shown: Sequence[str],
    bounds: Sequence[Row] = (),
    printed: Sequence[str] = (),
    names: Mapping[str, str] | None = None,
) -> None:
    """Name all that is drawn: the methods, marks of ``bounds`` that a table has, and stars."""
    from matplotlib.lines import Line2D

    names = _NAMES | dict(names or {})
    handles: list[Any] = [
        Line2D([], [], label=names.get(method, method), **_style(method)) for method in shown
    ]
    methods = {row["method"] for row in bounds}
    if "FJLT+PCA, proved l" in methods:
        handles.append(Line2D([], [], label="$(1+\\varepsilon)\\Delta_k$, proved", **_BOUND))
    if "Adam, joint" in methods:
        handles.append(Line2D([], [], label="least for the trained $B$", **_FLOOR))
    if printed:
        label = "PCA, printed" if list(printed) == ["PCA"] else "printed"
        handles.append(Line2D([], [], label=label, **PRINTED))
    canvas.legend(
        handles=handles, loc="outside lower center", ncols=3, frameon=False, handlelength=3.2
    )


def _style(method: str) -> dict[str, Any]:
    return _LINE | LOOKS[method] | (_TOP if method == "PCA" else {})


def _linear_panel(
    axes: Any, table: Table, dataset: str, shown: Sequence[str], share: bool = True
) -> None:
    """The loss against k on linear axes, as a share of ‖X‖_F², which it is at k = 0, or itself."""
    ks = _widths(table, dataset)
    for method in shown:
        found: dict[float, Interval] = {0: Interval(1, 1, 1)} if share else {}
        for k in ks:
            rows = replicates(table, dataset, k, method)
            if rows:
                found[k] = geometric_mean(
                    [
                        max(float(row["loss"]), _ROUNDING * float(row["energy"]))
                        / (float(row["energy"]) if share else 1)
                        for row in rows
                    ]
                )
        _curve(axes, found, method)
    if not share:
        axes.set_xticks(ks)
    axes.set_ylim(0, axes.get_ylim()[1])
    axes.set_xlabel("$k$, width of the bottleneck")


def _printed_scale(axes: Any, start: float, label: str) -> None:
    """An axis at the right for losses that start at a printed number."""
    from matplotlib.ticker import FuncFormatter

    scale = axes.secondary_yaxis(
        "right", functions=(lambda share: share * start, lambda loss: loss / start)
    )
    scale.set_ylabel(label)
    if start >= 1e9:
        scale.yaxis.set_major_formatter(
            FuncFormatter(lambda loss, _: f"{loss / 1e9:g} bn" if loss else "0")
        )


def _widths(table: Table, dataset: str) -> list[int]:
    return sorted({int(row["k"]) for row in table if row["dataset"] == dataset})


def _curve(axes: Any, found: Mapping[float, Interval], method: str) -> None:
    axes.errorbar(
        list(found),
        [point.mean for point in found.values()],
        yerr=list(zip(*(point.arms for point in found.values()), strict=True)),
        capsize=1.5,
        elinewidth=0.6,
        **_style(method),
    )


def _excess_panel(
    axes: Any,
    table: Table,
    dataset: str,
    shown: Sequence[str],
    bounds: bool = True,
    linear: bool = False,
) -> None:
    """The excess over Δ_k against k, on a logarithmic axis."""
    ks = _widths(table, dataset)
    for i, method in enumerate(shown):
        if method == "PCA":
            continue
        # Excesses stand side by side about k, so that no interval hides another.
        aside = i - len(shown) / 2
        found = {
            k + 0.25 * aside if linear else k * 2 ** (0.07 * aside): point
            for k in ks
            if (point := _excess(replicates(table, dataset, k, method), "loss")) is not None
        }
        if found:
            _curve(axes, found, method)
    for k in ks if bounds else ():
        if _excess(replicates(table, dataset, k, "FJLT+PCA, proved l"), "optimum") is not None:
            axes.plot(k, 100 * EPSILON, **_BOUND)
        floor = _excess(replicates(table, dataset, k, "Adam, joint"), "floor")
        if floor is not None:
            axes.plot(k, floor.mean, **_FLOOR, zorder=4)
    if not linear:
        axes.set_xscale("log", base=2)
    # on the logarithmic axis other numbers would have no room
    marked = [k for k in ks if linear or k in KS]
    axes.set_xticks(marked, [str(k) for k in marked])
    axes.set_yscale("log")
    axes.minorticks_off()
    axes.set_xlabel("$k$, width of the bottleneck")
    top = max(300 if linear else 2e3, axes.get_ylim()[1])
    axes.set_ylim(_LEAST_EXCESS / 2, top)
    places = [place for place in (1e-3, 1e-2, 0.1, 1, 10, 100, 1000, 1e4) if place <= top]
    axes.set_yticks(places, ["< 0.001", *(f"{place:g}" for place in places[1:])])


def _excess(rows: Sequence[Row], column: str) -> Interval | None:
    """Geometric mean of the excess of a column over Δ_k, in per cent.

    An excess too small for the axis, or an end of the interval, is moved to its end.
    """
    if ratio_to_optimum(rows, column) is None:
        return None
    excesses = [100 * (float(row[column]) / float(row["optimum"]) - 1) for row in rows]
    found = geometric_mean([max(each, _LEAST_EXCESS) for each in excesses])
    return Interval(*(max(end, _LEAST_EXCESS) for end in found))
