"""On what scale the losses of PCA are that the paper prints for its auto-encoders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from figures.engine.figure import Figure
from figures.engine.gallery import TITLES
from figures.engine.style import BLUE, GREY, ORANGE, PRINTED, TEXT_WIDTH, VERMILION
from figures.engine.table import Sheet, Table, select
from figures.engine.wording import joined, significant
from figures.experiments.scales import compute
from figures.paper.autoencoder_losses import CURVES
from figures.paper.printed import Printed, numbers
from fjlt.runs.intervals import Interval, mean

__all__ = [
    "CANDIDATES",
    "FIGURES",
    "Candidate",
    "caption",
    "details",
    "draw",
    "findings",
    "printed_losses",
    "sheet",
    "start",
]


class Candidate(NamedTuple):
    """A matrix whose losses may be those that a curve of the paper shows.

    Attributes
    ----------
    dataset : str
        As in ``figures.experiments.scales.MATRICES``.
    variance : float
        Of its noise; 0 if it has none.
    scaled : bool
        Whether the mean row is taken off and each row has norm 1.
    words : str
    name : str
        In a legend.
    """

    dataset: str
    variance: float
    scaled: bool
    words: str
    name: str

    def rows(self, table: Table) -> Table:
        """Its rows of the table."""
        return select(table, dataset=self.dataset, variance=self.variance, scaled=int(self.scaled))

    def losses(self, table: Table, level: float = 0.95) -> dict[int, Interval]:
        """The mean loss at each k, with its interval by Student's t."""
        rows = self.rows(table)
        return {
            k: mean([float(row["loss"]) for row in select(rows, k=k)], level)
            for k in dict.fromkeys(int(row["k"]) for row in rows)
        }


_DESCRIBED, _PADDED, _SCALED, _NOISE = (
    "as described",
    "scaled, padded by variance 0.01",
    "scaled",
    "noise alone",
)
_LOOKS: dict[str, dict[str, Any]] = {
    _DESCRIBED: {"color": GREY, "linestyle": (0, (3, 1.5)), "marker": "v"},
    _PADDED: {"color": ORANGE, "linestyle": (0, (7, 1.5)), "marker": "^"},
    _SCALED: {"color": BLUE, "linestyle": "-", "marker": "o"},
    _NOISE: {"color": VERMILION, "linestyle": (0, (4, 1.2, 1, 1.2)), "marker": "D"},
}

CANDIDATES = (
    Candidate("gaussian-1", 0.0, False, "Gaussian, rank 32, as described", _DESCRIBED),
    Candidate("gaussian-1", 0.0, True, "Gaussian, rank 32, scaled", _SCALED),
    Candidate("gaussian-2", 0.0, False, "Gaussian, rank 64, as described", _DESCRIBED),
    Candidate("gaussian-2", 0.0, True, "Gaussian, rank 64, scaled", _SCALED),
    Candidate("mnist", 0.01, False, "MNIST, padded by variance 0.01", _DESCRIBED),
    Candidate("mnist", 0.01, True, "MNIST, padded by variance 0.01, scaled", _PADDED),
    Candidate("mnist", 1e-4, True, "MNIST, padded by variance 0.0001, scaled", _SCALED),
    Candidate("olivetti", 0.0, False, "faces", _DESCRIBED),
    Candidate("olivetti", 0.0, True, "faces, scaled", _SCALED),
    Candidate("noise", 1e-4, False, "noise of variance 0.0001", _NOISE),
)

_CURVES = CURVES | {"noise": CURVES["olivetti"]}
"""The curve that a matrix is compared with; the names of the Gaussian ones are exchanged."""

_PANELS = {"MNIST": ("mnist",), "Olivetti": ("olivetti", "noise")}


def printed_losses(matrix: str) -> list[Printed]:
    """The printed losses of PCA that a matrix is compared with, without its start.

    Examples
    --------
    >>> [one.text for one in printed_losses("noise")][:3]
    ['104.4', '104.1', '103.2']
    """
    place, subject = _CURVES[matrix]
    return [one for one in numbers(place, subject=subject, series="PCA") if one.at != "0"]


def start(matrix: str) -> Printed:
    """Where the curve starts that a matrix is compared with: at k = 0 the loss is ‖X‖_F²."""
    place, subject = _CURVES[matrix]
    found = numbers(place, subject=subject, at="0")
    return next((one for one in found if one.series == "FJLT+PCA"), found[0])


def off(candidate: Candidate, table: Table) -> dict[int, float]:
    """How far its mean losses are above the printed ones, in multiples of the reading's error."""
    losses = candidate.losses(table)
    return {
        int(one.at): (losses[int(one.at)].mean - float(one.value)) / float(one.within)
        for one in printed_losses(candidate.dataset)
    }


def _present(table: Table) -> list[Candidate]:
    return [one for one in CANDIDATES if one.rows(table)]


def _printed_size(table: Table) -> bool:
    return all(
        int(one.at) in candidate.losses(table)
        for candidate in _present(table)
        for one in printed_losses(candidate.dataset)
    )


def draw(table: Table) -> Any:
    """Draw a panel for each matrix of images: losses as shares of ‖X‖_F² against k."""
    from matplotlib.figure import Figure as Canvas

    present = _present(table)
    panels = {
        title: [one for one in present if one.dataset in matrices]
        for title, matrices in _PANELS.items()
    }
    panels = {title: shown for title, shown in panels.items() if shown}
    canvas = Canvas(figsize=(TEXT_WIDTH, 2.7), layout="constrained")
    axes = canvas.subplots(1, len(panels), squeeze=False)[0]
    named: dict[str, Any] = {}
    for panel, (title, shown) in zip(axes, panels.items(), strict=True):
        panel.set_title(title)
        for one in shown:
            losses = one.losses(table)
            shares = [found.mean / losses[0].mean for found in losses.values()]
            look = {"markersize": 3.5, "linewidth": 0.9, **_LOOKS[one.name]}
            (named[one.name],) = panel.plot(list(losses), shares, **look)
        if _printed_size(table):
            points, first = printed_losses(shown[0].dataset), start(shown[0].dataset)
            (named["printed"],) = panel.plot(
                [0, *(int(one.at) for one in points)],
                [1, *(float(one.value / first.value) for one in points)],
                **PRINTED,
            )
        panel.set_xlabel("$k$")
        panel.set_ylim(0, 1.03)
    axes[0].set_ylabel("loss of PCA / $\\|X\\|_F^2$")
    order = [name for name in (*_LOOKS, "printed") if name in named]
    canvas.legend(
        [named[name] for name in order],
        order,
        loc="outside lower center",
        ncols=3,
        frameon=False,
        handlelength=3.2,
    )
    return canvas


def caption(table: Table, settings: Sequence[Mapping[str, Any]]) -> str:
    """What is shown."""
    stars = " Stars: printed." * _printed_size(table)
    return (
        "Loss of PCA on the images as described, scaled as in the released script, and on noise "
        f"alone, as shares of ‖X‖_F².{stars}"
    )


def details(table: Table, settings: Sequence[Mapping[str, Any]]) -> str:
    """How the matrices are made."""
    draws = len({row["replicate"] for row in table})
    sizes = joined(sorted({str(case["n"]) for case in settings}))
    return (
        f"Means of {draws} draws of what is random. X has {sizes} rows. Scaled: the mean row is "
        "taken off, then each row has norm 1. MNIST: the first training images, 28 × 28, in the "
        "middle of 32 × 32 normal numbers of variance 0.01, as stated, or 0.0001. Faces: 64 × 64 "
        "pixels of Olivetti, drawn with repetition. Noise: a square matrix of independent "
        "normal numbers. Printed losses are read off curves, those of the Gaussian matrices with "
        "their names exchanged."
    )


def findings(table: Table) -> str:
    """Which matrices have the printed losses."""
    parts = []
    for one in _present(table):
        losses = one.losses(table)
        parts.append(f"{significant(losses[0].mean, 4)} for {one.words}")
    words = f"‖X‖_F² is {joined(parts)}."
    if not _printed_size(table):
        return words
    fits = []
    for one in _present(table):
        found = off(one, table)
        within = [k for k, far in found.items() if abs(far) <= 1]
        if within:
            places = "all" if len(within) == len(found) else f"{len(within)} of {len(found)}"
            fits.append(f"{one.words} at {places}")
    return (
        f"{words} Printed losses are met within their reading by {joined(fits)} printed k, and by "
        "no other of these matrices at any."
    )


def sheet(table: Table) -> Sheet:
    """Each matrix beside the printed curve: ‖X‖_F², losses, and how many are within the reading."""
    lines, compared = [], _printed_size(table)
    for one in _present(table):
        losses = one.losses(table)
        cells = [""] * 4
        if compared:
            found, first, last = (
                off(one, table),
                start(one.dataset),
                printed_losses(one.dataset)[-1],
            )
            cells = [
                f"{first.text} ± {float(first.within):g}",
                f"k = {last.at}: {significant(losses[int(last.at)].mean, 4)}",
                f"{last.text} ± {float(last.within):g}",
                f"{sum(abs(far) <= 1 for far in found.values())} of {len(found)}",
            ]
        lines.append([one.words, significant(losses[0].mean, 4), *cells])
    return Sheet(
        ["X", "‖X‖_F²", "printed", "last loss", "printed", "losses within the reading"], lines
    )


def _cases(n: int, replicates: int, ks: Mapping[str, Sequence[int]], *matrices: str) -> list[Any]:
    return [
        {
            "dataset": one.dataset,
            "n": n,
            "variance": one.variance,
            "scaled": one.scaled,
            "ks": ",".join(map(str, ks[one.dataset])),
            "replicates": replicates,
        }
        for one in CANDIDATES
        if one.dataset in matrices
    ]


_KS = {
    one.dataset: [0, *(int(point.at) for point in printed_losses(one.dataset))]
    for one in CANDIDATES
}

FIGURES = (
    Figure(
        id="scales",
        title=TITLES["scales"],
        source="Figures 4, 5 and S7 of arXiv 2007.08864v2",
        compute=compute,
        draw=draw,
        caption=caption,
        details=details,
        findings=findings,
        sheet=sheet,
        cases={
            "quick": _cases(256, 5, dict.fromkeys(_KS, (0, 1, 4)), "gaussian-1", "noise"),
            "paper": _cases(1024, 20, _KS, *_KS),
        },
        sources={"mnist": ("mnist",), "olivetti": ("olivetti",)},
    ),
)
