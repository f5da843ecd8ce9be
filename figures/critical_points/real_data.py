"""Where training of the butterfly ends on the paper's data, beside the loss of PCA."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from figures.critical_points.landscapes import per_cent, share
from figures.critical_points.real_sizes import DOWN, NEWTON, PUSHES, STEPS, compute
from figures.engine.figure import Figure
from figures.engine.gallery import TITLES
from figures.engine.style import BLUE, GREY, TEXT_WIDTH, plain_ticks
from figures.engine.table import Row, Sheet, Table, select
from figures.engine.wording import between, fixed, joined, significant
from figures.plots.loss_curves import LABELS, SOURCES

__all__ = [
    "CLOSE",
    "FIGURES",
    "Ends",
    "Kind",
    "caption",
    "details",
    "draw",
    "findings",
    "is_minimum",
    "kinds",
    "sheet",
]

CLOSE = 1e-5
"""A loss that exceeds that of PCA by at most this share of ‖X‖² counts as that of PCA."""
APART = 1e-6
"""Minima whose losses differ by more than this share of ‖X‖² are different."""
SMALL = 1e-6
"""Where no Morse index is known, an end with a smaller gradient and no negative curvature counts as
a minimum."""
AT_BEST = "at the loss of PCA"
FLOOR = 1e-7
"""Less is drawn as this."""


class Kind(NamedTuple):
    """Data, and the size of the network."""

    dataset: str
    n: int
    l: int
    k: int

    @property
    def data(self) -> str:
        """The data, without what they stand in for.

        Examples
        --------
        >>> Kind("hyperspectral", 64, 12, 4).data
        'Jasper Ridge'
        """
        return LABELS[self.dataset].partition(",")[0]

    @property
    def size(self) -> str:
        """The sizes in words.

        Examples
        --------
        >>> Kind("mnist", 64, 12, 4).size
        'n = 64, ℓ = 12, k = 4'
        """
        return f"n = {self.n}, ℓ = {self.l}, k = {self.k}"

    def rows(self, table: Table) -> list[Row]:
        """The trainings of this kind."""
        return select(table, **self._asdict())


class Ends(NamedTuple):
    """Losses of trainings from several starts, as shares of ‖X‖².

    Attributes
    ----------
    above : list of float
        The last losses, less that of PCA, lowest first.
    untrained : list of float
        The losses of the FJLTs at the start, less that of PCA.
    is_deficient : bool
        Whether the network is proved not to reach all k-planes.
    minima : int
        How many are at minima.
    spurious : int
        How many of these have a loss above the least one.
    """

    above: list[float]
    untrained: list[float]
    is_deficient: bool
    minima: int
    spurious: int

    @classmethod
    def of(cls, rows: Sequence[Row]) -> Ends:
        """Those of the rows of a kind."""
        above, untrained = (
            sorted(float(row[name]) - float(row["optimum"]) for row in rows)
            for name in ("loss", "untrained")
        )
        n, k = (int(rows[0][name]) for name in ("n", "k"))
        minima = [float(row["refined"]) for row in rows if is_minimum(row)]
        least = min(float(row["refined"]) for row in rows)
        spurious = sum(loss > least + APART for loss in minima)
        return cls(above, untrained, int(rows[0]["bound"]) < k * (n - k), len(minima), spurious)

    @property
    def in_words(self) -> str:
        """Whether there are spurious minima, else whether PCA is met, else whether all are alike.

        Examples
        --------
        >>> Ends([1e-7, 1e-6], [0.1, 0.2], False, 1, 0).in_words
        'at the loss of PCA'
        >>> [Ends([0.01, end], [0.1, 0.2], True, 2, 0).in_words for end in (0.01, 0.02)]
        ['at one loss above it', 'at different losses']
        >>> Ends([0.01, 0.02], [0.1, 0.2], True, 2, 1).in_words
        'partly at spurious minima'
        """
        if self.spurious:
            return "partly at spurious minima"
        if self.above[-1] <= CLOSE:
            return AT_BEST
        return (
            "at one loss above it"
            if self.above[-1] - self.above[0] <= APART
            else "at different losses"
        )


def is_minimum(row: Row) -> bool:
    """Whether a training ends at a minimum: by the Morse index, or else as ``SMALL`` says.

    Examples
    --------
    >>> end = {"index": -1, "nullity": -1, "gradient": 1e-8, "least": 1e-9, "largest": 1.0}
    >>> is_minimum(end), is_minimum(end | {"least": -0.1}), is_minimum(end | {"index": 1})
    (True, False, False)
    """
    if int(row["index"]) >= 0:
        return row["index"] == row["nullity"] == 0
    curves_down = float(row["least"]) < -DOWN * float(row["largest"])
    return float(row["gradient"]) <= SMALL and not curves_down


def kinds(table: Table) -> list[Kind]:
    """The kinds of a table, in its order."""
    return list(
        dict.fromkeys(
            Kind(str(row["dataset"]), *(int(row[name]) for name in ("n", "l", "k")))
            for row in table
        )
    )


def draw(table: Table) -> Any:
    """Draw the losses above that of PCA, before and after training, a panel for each data set."""
    from matplotlib.figure import Figure as Canvas

    found = kinds(table)
    names = list(dict.fromkeys(kind.dataset for kind in found))
    sizes = list(dict.fromkeys(kind.size for kind in found))
    canvas = Canvas(figsize=(TEXT_WIDTH, 1.3 + 0.24 * len(sizes)), layout="constrained")
    panels = canvas.subplots(1, len(names), sharex=True, sharey=True, squeeze=False)[0]
    for axes, name in zip(panels, names, strict=True):
        axes.set_title(LABELS[name], fontsize=8)
        for kind in (kind for kind in found if kind.dataset == name):
            ends, place = Ends.of(kind.rows(table)), sizes.index(kind.size)
            for values, look in (
                (ends.untrained, {"color": GREY, "marker": "o", "mfc": "none", "label": "FJLT"}),
                (ends.above, {"color": BLUE, "marker": "|", "label": "trained"}),
            ):
                drawn = 100 * np.maximum(values, FLOOR)
                axes.plot(drawn, np.full(len(drawn), place), ls="", markersize=5, **look)
        axes.set_xscale("log")
        plain_ticks(axes.xaxis, stride=3)
        axes.set_xlabel("% of ‖X‖² above\nthat of PCA")
    panels[0].set_yticks(range(len(sizes)), sizes)
    panels[0].set_ylim(len(sizes) - 0.5, -0.5)
    handles, labels = panels[0].get_legend_handles_labels()
    unique = dict(zip(labels, handles, strict=True))
    canvas.legend(
        unique.values(), unique.keys(), loc="outside lower center", ncols=2, frameon=False
    )
    return canvas


def sheet(table: Table) -> Sheet:
    """A line for each kind."""
    lines = []
    for kind in kinds(table):
        rows = kind.rows(table)
        ends, planes = Ends.of(rows), kind.k * (kind.n - kind.k)
        lines.append(
            [
                kind.data,
                str(kind.n),
                f"{kind.l}, {kind.k}",
                f"{rows[0]['bound']} of {planes}",
                str(len(rows)),
                fixed(100 * float(rows[0]["optimum"]), 3),
                between((100 * value for value in ends.untrained), 3),
                _short(ends.above),
                str(ends.minima),
                per_cent(share(ends.spurious, 0, len(rows))),
            ]
        )
    head = [
        "data",
        "n",
        "ℓ, k",
        "dimension of the row spaces, at most",
        "starts",
        "loss of PCA, %",
        "FJLT above it",
        "trained above it",
        "at minima",
        "at spurious ones, %",
    ]
    return Sheet(head, lines)


def _short(above: Sequence[float]) -> str:
    """Least and largest, in per cent, with two digits."""
    ends = [f"{100 * max(value, 0.0):.2g}" for value in (above[0], above[-1])]
    return " to ".join(dict.fromkeys(ends))


def caption(table: Table, settings: Sequence[Mapping[str, Any]]) -> str:
    """What is shown."""
    return (
        "Loss of auto-encoders on real data above that of PCA, in per cent of ‖X‖²: of the FJLTs "
        "at the start, with the best D and E, and at the ends of trainings of all weights, a mark "
        f"for each start. What is below {100 * FLOOR:.5f} % is drawn there. No network has a "
        "lower loss than PCA."
    )


def details(table: Table, settings: Sequence[Mapping[str, Any]]) -> str:
    """How the numbers came about."""
    return (
        "The data are those of Table 2 of the paper and the scene Samson, in the sizes given. All "
        "starts of a line share the data and the kept outputs, drawn at random; they are FJLTs "
        "with other signs. Training is L-BFGS in the weights of B with the best D and E, at most "
        f"{STEPS} steps. In the end the least and the largest curvature are computed from "
        f"differences of gradients by LOBPCG; where the least is below −{DOWN:g} times the "
        f"largest, the weights are pushed along it and trained on, up to {PUSHES} times. With at "
        f"most {NEWTON} variables Newton's method goes on from there, in other coordinates, and "
        "the Morse index is computed; elsewhere an end with a gradient of at most "
        f"{SMALL:g} and no such curvature counts as a minimum. It is spurious if its loss is more "
        f"than {100 * APART:g} % of ‖X‖² above the least one that was met. Shares of the starts "
        "have Clopper-Pearson intervals of 95 %. The dimension of the row spaces is an upper bound "
        "by recursion over the layers; below k(n − k) not all k-planes are reached."
    )


def findings(table: Table) -> str:
    """Where trainings end at the loss of PCA, at one loss above it, or at spurious minima."""
    found = {kind: Ends.of(kind.rows(table)) for kind in kinds(table)}
    parts: dict[str, list[str]] = {}
    for kind, ends in found.items():
        name = f"{kind.data}, {kind.size}"
        if ends.spurious:
            more = significant(100 * (ends.above[-1] - ends.above[0]))
            met = per_cent(share(ends.spurious, 0, len(ends.above)), 0)
            name += (
                f" ({ends.spurious} of {len(ends.above)}, {met} %; losses up to {more} % of ‖X‖² "
                "apart)"
            )
        parts.setdefault(ends.in_words, []).append(name)
    at_best = len(parts.pop(AT_BEST, []))
    told = "; ".join(f"{words} for {joined(names)}" for words, names in parts.items())
    deficient = [ends for ends in found.values() if ends.is_deficient]
    close = sum(ends.in_words == AT_BEST for ends in deficient)
    return (
        f"In {at_best} of {len(found)} networks all trainings end {AT_BEST}, with at most "
        f"{100 * CLOSE:g} % of ‖X‖² more"
        f"{f'; the others {told}' if told else ''}. {len(deficient)} networks are proved not to "
        f"reach all k-planes; in {close} of these the trainings end {AT_BEST}."
    )


def _cases(
    dataset: str, n: int, l: int, k: int, starts: int, apart: bool = False
) -> list[dict[str, Any]]:
    """One case for all starts of a network, or one for each."""
    size = {"dataset": dataset, "n": n, "l": l, "k": k}
    if apart:
        return [size | {"start": i, "starts": 1} for i in range(starts)]
    return [size | {"start": 0, "starts": starts}]


FIGURES = (
    Figure(
        id="real-data",
        title=TITLES["real-data"],
        source="beyond arXiv 2007.08864v2: what training the butterfly does to the landscape",
        compute=compute,
        draw=draw,
        caption=caption,
        details=details,
        findings=findings,
        sheet=sheet,
        cases={
            "quick": [*_cases("digits", 16, 2, 2, 3), *_cases("digits", 16, 4, 2, 3)],
            "paper": [
                case
                for dataset in ("mnist", "olivetti", "hyperspectral", "samson")
                for case in (
                    *_cases(dataset, 16, 2, 2, 16),
                    *_cases(dataset, 16, 4, 2, 16),
                    *_cases(dataset, 64, 4, 4, 8),
                    *_cases(dataset, 64, 12, 4, 8),
                    *_cases(dataset, 1024, 4, 4, 5, apart=True),
                    *_cases(dataset, 1024, 12, 4, 5, apart=True),
                    *_cases(dataset, 1024, 32, 8, 5, apart=True),
                )
            ],
        },
        sources=SOURCES,
    ),
)
