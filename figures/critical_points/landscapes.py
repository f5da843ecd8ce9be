"""How many critical points, and how many spurious minima, a trained butterfly has for random data.

The sizes of the samples were fixed before the first of these data sets was drawn. More lists were
added for n = 8 and 16, after a look at the first 120, 16 and 2 sets of a kind.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from figures.critical_points.random_data import SOURCES, compute
from figures.engine.figure import Figure
from figures.engine.gallery import TITLES
from figures.engine.style import BLUE, GREY, ORANGE, TEXT_WIDTH, VERMILION, draw_interval
from figures.engine.table import Row, Sheet, Table, select
from figures.engine.wording import count, fixed, joined, need, with_interval
from fjlt.runs.binomial import share_interval
from fjlt.runs.intervals import Interval, mean

__all__ = [
    "FIGURES",
    "Kind",
    "caption",
    "details",
    "draw",
    "findings",
    "kinds",
    "per_cent",
    "share",
    "sheet",
]

COLOURS = {4: BLUE, 8: VERMILION, 16: ORANGE}


class Kind(NamedTuple):
    """Data sets of one distribution and size, and the outputs that are kept."""

    dataset: str
    method: str
    n: int
    l: int
    samples: int
    targets: int
    spectrum: int

    @property
    def short_name(self) -> str:
        """A name that kinds of different sizes share.

        Examples
        --------
        >>> Kind("targets", "lists", 4, 2, 8, 16, 0).short_name
        'Gaussian, 4n targets'
        """
        if self.dataset == "spectrum":
            return f"condition {self.spectrum}"
        if self.dataset == "cifar10":
            return "photographs"
        if self.dataset == "targets":
            return f"Gaussian, {self.targets // self.n}n targets".replace("1n", "n")
        return f"Gaussian, {self.samples // self.n}n samples".replace("1n", "n")

    @property
    def name(self) -> str:
        """The distribution in words.

        Examples
        --------
        >>> Kind("targets", "lists", 4, 2, 8, 16, 0).name
        'Gaussian X, 8 samples, Gaussian Y, 16 rows'
        """
        if self.dataset == "spectrum":
            return f"X = Y, eigenvalues of XXᵀ from 1 to 1/{self.spectrum}"
        if self.dataset == "cifar10":
            return f"X = Y, {self.samples} patches of a photograph"
        if self.dataset == "targets":
            return f"Gaussian X, {self.samples} samples, Gaussian Y, {self.targets} rows"
        return f"X = Y Gaussian, {self.samples} samples"

    def rows(self, table: Table) -> list[Row]:
        """The data sets of this kind."""
        return select(table, **self._asdict())


def kinds(table: Table, **values: Any) -> list[Kind]:
    """The kinds of a table, in its order, that have these values."""
    return list(
        dict.fromkeys(
            Kind(*(row[name] for name in Kind._fields))  # type: ignore[arg-type]
            for row in select(table, **values)
        )
    )


def spurious_share(rows: Sequence[Row]) -> Interval:
    """Share of the sets with a spurious minimum, and its Clopper-Pearson interval of 95 %.

    Sets without one that is certified and without a complete list are unknown: they raise the
    upper end alone. Sets of which descents alone are known count as without, if they found none.

    Examples
    --------
    >>> row = {"method": "lists", "complete": 1, "spurious": 0}
    >>> found = spurious_share([row] * 8 + [row | {"spurious": 1}, row | {"complete": 0}])
    >>> [round(end, 2) for end in found]
    [0.1, 0.0, 0.56]
    """
    seen = sum(int(row["spurious"]) > 0 for row in rows)
    unknown = sum(row["method"] == "lists" and not _known(row) for row in rows)
    return share(seen, unknown, len(rows))


def share(seen: int, unknown: int, sets: int) -> Interval:
    """Share of the sets, with its Clopper-Pearson interval of 95 %; the unknown raise its end."""
    low, _ = share_interval(seen, sets, 0.95)
    _, high = share_interval(seen + unknown, sets, 0.95)
    return Interval(seen / sets, low, high)


def _known(row: Row) -> bool:
    return bool(row["complete"]) or int(row["spurious"]) > 0


def per_cent(found: Interval, decimals: int = 1) -> str:
    """A share and its interval, in per cent."""
    return with_interval(Interval(*(100 * end for end in found)), decimals)


def ends_there(rows: Sequence[Row], training: str) -> Interval | None:
    """Share of the trainings that end above the least loss, where there is a spurious minimum.

    The interval is over the sets. It is None for fewer than ten, too few for Student's t.
    """
    shares = [
        int(row[training]) / int(row["trained"])
        for row in rows
        if int(row["spurious"]) and int(row["trained"])
    ]
    if len(shares) < 10:
        return None
    found = mean(shares)
    return Interval(found.mean, max(found.low, 0.0), min(found.high, 1.0))


def draw(table: Table) -> Any:
    """Draw how often each number of real points occurs, and the share with a spurious minimum."""
    from matplotlib.figure import Figure as Canvas

    listed = kinds(table, method="lists")
    canvas = Canvas(figsize=(TEXT_WIDTH, 4.6), layout="constrained")
    above, below = canvas.subplots(2, 1, height_ratios=(1, 1.9))
    for n in sorted({kind.n for kind in listed} & {4, 8}):
        # the first kind of each size is the largest sample
        kind = next(kind for kind in listed if kind.n == n)
        rows = select(kind.rows(table), complete=1)
        values, sizes = np.unique([int(row["real"]) for row in rows], return_counts=True)
        look = {"color": COLOURS[n], "label": f"n = {n}, {len(rows)} lists"}
        above.bar(values, 100 * sizes / len(rows), width=0.9, **look)
        above.axvline(float(rows[0]["complex"]) ** 0.5, color=COLOURS[n], linewidth=0.7, ls=":")
    above.set_xlabel("number of real critical points")
    above.set_ylabel("% of the data sets")
    above.legend(frameon=False)
    names = list(dict.fromkeys(kind.short_name for kind in listed))
    unnamed = {kind.n: f"n = {kind.n}" for kind in listed}
    for kind in listed:
        place = names.index(kind.short_name) + {4: -0.15, 8: 0.1}.get(kind.n, 0.3)
        share = spurious_share(kind.rows(table))
        found = Interval(*(100 * end for end in share))
        mark: dict[str, Any] = {"color": COLOURS[kind.n], "marker": "o", "markersize": 3}
        draw_interval(below, found, place, label=unnamed.pop(kind.n, None), linestyle="", **mark)
    below.legend(frameon=False, loc="lower right", bbox_to_anchor=(1, 0.12))
    below.set_yticks(range(len(names)), names)
    below.set_ylim(len(names) - 0.4, -0.5)
    below.axvline(0, color=GREY, linewidth=0.6)
    below.set_xlabel("% of the data sets with a spurious minimum")
    return canvas


def sheet(table: Table) -> Sheet:
    """A line for each kind of data."""
    lines = []
    for kind in kinds(table):
        rows = kind.rows(table)
        spurious = [row for row in rows if int(row["spurious"])]
        trained = [ends_there(rows, training) for training in ("joint", "two_phase")]
        ratios = [float(row["ratio"]) for row in spurious]
        complete = sum(int(row["complete"]) for row in rows)
        lines.append(
            [
                kind.name,
                str(kind.n),
                str(kind.l),
                f"{len(rows)}, {complete}" if kind.method == "lists" else f"{len(rows)}, –",
                _real_points(select(rows, complete=1)),
                per_cent(spurious_share(rows)),
                *("–" if share is None else per_cent(share) for share in trained),
                f"{np.median(ratios):.3f}, {max(ratios):.3f}" if ratios else "–",
            ]
        )
    head = [
        "data",
        "n",
        "ℓ",
        "sets, complete lists",
        "real points",
        "spurious minimum, %",
        "joint training ends there, %",
        "two phases end there, %",
        "ratio of losses",
    ]
    return Sheet(head, lines)


def _real_points(rows: Sequence[Row]) -> str:
    """Mean, standard deviation, and the least and the largest number."""
    if not rows:
        return "–"
    real = [int(row["real"]) for row in rows]
    spread = f" ± {np.std(real, ddof=1):.2f}" if len(real) > 1 else ""
    return f"{np.mean(real):.2f}{spread}, {min(real)} to {max(real)}"


def caption(table: Table, settings: Sequence[Mapping[str, Any]]) -> str:
    """What is shown."""
    return (
        "Siblings, k = 2. Above: real critical points of Gaussian auto-encoders with 2n samples, "
        "by complete lists; dotted: the square root of the number of complex points. Below: share "
        "of the data sets with a spurious minimum, with Clopper-Pearson intervals of 95 %; sets "
        "whose lists are incomplete widen the intervals."
    )


def details(table: Table, settings: Sequence[Mapping[str, Any]]) -> str:
    """How the numbers came about."""
    starts = joined(sorted({str(case["starts"]) for case in settings}, key=int))
    more = (
        ", but more lists were added for n = 8 and 16, after a look at the first 120, 16 and 2 "
        "sets of a kind"
        if any(case["n"] == 16 for case in settings)
        else ""
    )
    return (
        "Two siblings are kept, and where ℓ > 2 further outputs in the order of reversed bits; k = "
        f"2. Sample sizes were fixed beforehand{more}. A spurious minimum is one with a "
        "certificate whose loss is certified to exceed that of another; so it counts also where "
        "the list is incomplete. Lists that are incomplete without one are unknown: they raise the "
        "upper end "
        "of the interval, not the lower. Real points: mean, standard deviation, range, of complete "
        "lists. Where nothing is listed, minima are those that descents find, and shares are lower "
        f"bounds. Each data set has {starts} descents from random starts. Where more than one "
        f"minimum is known, {settings[0]['runs']} joint trainings from random weights and as many "
        "in two phases from an FJLT, by L-BFGS with 3000 steps; their shares are means over such "
        "sets, where there are at least ten, with 95 % intervals by Student's t. Ratio: the "
        "largest loss of a spurious minimum over the least loss, median and largest of the sets "
        "that have one. Photographs are of CIFAR-10, in grey, with patches at random places of one "
        "image for each set."
    )


def findings(table: Table) -> str:
    """The counts, the shares, and whether descents found a minimum that a list lacks."""
    listed = need(table, method="lists")
    parts = []
    for n in sorted({int(row["n"]) for row in listed}):
        kind = kinds(listed, n=n)[0]
        rows = kind.rows(table)
        complete = select(rows, complete=1)
        real = [int(row["real"]) for row in complete]
        parts.append(
            f"for n = {n} ({len(rows)} sets) {fixed(float(np.mean(real)), 2)} of "
            f"{complete[0]['complex']} points are real in the mean, {min(real)} to {max(real)}, "
            f"and {per_cent(spurious_share(rows))} % of the sets have a spurious minimum"
        )
    incomplete = sum(not row["complete"] for row in listed)
    open_lists = sum(not _known(row) for row in listed)
    unlisted = sum(int(row["unlisted"]) for row in listed if row["complete"])
    return (
        f"Gaussian auto-encoders with 2n samples: {'; '.join(parts)}. Of all {count(len(listed))} "
        f"lists {incomplete} are incomplete, {open_lists} of them without a certified spurious "
        f"minimum. Descents found {unlisted} minima that a complete list lacks."
    )


def _lists(n: int, sets: int, step: int, **data: Any) -> list[dict[str, Any]]:
    """Cases of ``step`` data sets each."""
    data = {"dataset": "auto-encoder", "samples": n, "targets": 0, "spectrum": 0, **data}
    common = {"n": n, "l": 2, "method": "lists", "starts": 16, "runs": 4}
    return [
        data | common | {"first": first, "sets": min(step, sets - first)}
        for first in range(0, sets, step)
    ]


def _starts(
    n: int, sets: int, step: int, outputs: Sequence[int] = (2,), **data: Any
) -> list[dict[str, Any]]:
    return [
        case | {"l": l, "method": "starts", "starts": 64}
        for l in outputs
        for case in _lists(n, sets, step, **data)
    ]


def _laws(n: int, sets: int, step: int) -> list[dict[str, Any]]:
    """Fewer or more samples, targets, a given condition, and real data."""
    return [
        *_lists(n, sets, step, samples=n),
        *_lists(n, sets, step, samples=8 * n),
        *_lists(n, sets, step, dataset="targets", samples=2 * n, targets=n),
        *_lists(n, sets, step, dataset="targets", samples=2 * n, targets=4 * n),
        *(
            case
            for spectrum in (10, 100, 1000)
            for case in _lists(n, sets, step, dataset="spectrum", spectrum=spectrum)
        ),
        *_lists(n, sets, step, dataset="cifar10", samples=8 * n),
    ]


_PAPER = [
    # the distribution of the number of real points
    *_lists(4, 1000, 100, samples=8),
    *_lists(8, 1000, 20, samples=16),
    *_lists(16, 100, 1, samples=32),
    # other data
    *_laws(4, 120, 120),
    *_laws(8, 100, 16),
    # larger sizes, and more outputs, by descents alone
    *_starts(16, 60, 60),
    *_starts(32, 30, 30),
    *_starts(64, 10, 10),
    *_starts(8, 40, 40, (2, 3, 4, 5, 6)),
    *_starts(16, 30, 30, dataset="cifar10", samples=128),
    *_starts(64, 6, 6, dataset="cifar10", samples=512),
]

FIGURES = (
    Figure(
        id="landscapes",
        title=TITLES["landscapes"],
        source="beyond arXiv 2007.08864v2: what training the butterfly does to the landscape",
        compute=compute,
        draw=draw,
        caption=caption,
        details=details,
        findings=findings,
        sheet=sheet,
        cases={
            "quick": [
                *_lists(4, 12, 12, samples=8),
                *_lists(4, 12, 12),
                *_starts(8, 3, 3, (2, 3)),
            ],
            "paper": _PAPER,
        },
        sources=SOURCES,
    ),
)
