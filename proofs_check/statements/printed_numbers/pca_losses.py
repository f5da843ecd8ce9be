"""Figures 4, 5 and S7: which matrices have the printed losses of PCA."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from fractions import Fraction

import numpy as np

from figures.added.scales import CANDIDATES, Candidate, printed_losses, start
from figures.engine.stored_tables import stored
from figures.engine.table import Table
from figures.engine.wording import fixed
from figures.experiments.scales import pca_losses
from figures.paper.printed import Printed
from fjlt.types import RealArray
from proofs_check.claim import Bearing, Check, Claim, Context, Control, Finding, Grade, Verdict

__all__ = ["CLAIMS", "DRAWS", "FROM", "bearing", "margin"]

LEVEL = 1e-9
"""Probability of any wrong finding of a check."""

FROM = {"gaussian-1": 1, "gaussian-2": 1, "mnist": 8}
"""The k from which on the losses of the scaled matrices are compared.

The curve of MNIST falls steeply before; there the printed losses lie lower, as if they were read a
fifth of a unit further right."""

SIZE, VARIANCE, DRAWS = 1024, Fraction(1, 10**4), 2


def bearing(found: Mapping[int, tuple[float, float]], printed: Sequence[Printed]) -> Bearing:
    """Whether the ends of each loss meet the reading of the printed one.

    Examples
    --------
    >>> points = printed_losses("noise")[:2]
    >>> bearing({1: (104.0, 104.2), 2: (104.0, 104.2)}, points).name
    'SUPPORTS'
    >>> bearing({1: (104.7, 104.9), 2: (104.0, 104.2)}, points).name
    'REFUTES'
    """
    met = [
        low <= one.value + one.within and high >= one.value - one.within
        for one in printed
        for low, high in [found[int(one.at)]]
    ]
    return Bearing.SUPPORTS if all(met) else Bearing.REFUTES


def margin(points: int, draws: int = DRAWS) -> float:
    """How far √Δ_k of one noise matrix may be from the mean over others, in standard deviations.

    √Δ_k is the distance from the matrices of rank k, so it changes by at most as much as the
    matrix. The difference of that of one matrix and the mean over N others changes by at most
    √(1 + 1/N) times as much as all of them together, and has mean 0. So it exceeds t·√(1 + 1/N)
    standard deviations of an entry with probability at most 2·exp(−t²/2).

    Examples
    --------
    >>> round(margin(11), 2)
    8.45
    """
    return math.sqrt(2 * math.log(2 * points / LEVEL) * (1 + 1 / draws))


def noise_ends(draws: Sequence[RealArray], factor: float = 1.0) -> dict[int, tuple[float, float]]:
    """Between what numbers Δ_k of another matrix is, for the printed k.

    ``draws`` are the losses of noise matrices, whose variance is multiplied by ``factor``.
    """
    points = printed_losses("noise")
    slack = margin(len(points), len(draws)) * math.sqrt(VARIANCE)
    ends = {}
    for k in (int(one.at) for one in points):
        root = float(np.mean([math.sqrt(factor * losses[k]) for losses in draws]))
        ends[k] = ((root - slack) ** 2, (root + slack) ** 2)
    return ends


def _draw(context: Context, rows: int = SIZE) -> list[RealArray]:
    """Losses of noise matrices; with fewer rows, these are repeated at random."""
    rng, deviation = context.rng, math.sqrt(VARIANCE)
    # a permutation of the rows if there are enough
    return [
        pca_losses(
            rng.normal(0.0, deviation, (rows, SIZE))[rng.choice(rows, SIZE, replace=rows < SIZE)]
        )
        for _ in range(DRAWS)
    ]


def _noise(context: Context) -> Finding:
    points, draws = printed_losses("noise"), _draw(context)
    ends = noise_ends(draws)
    far = max(
        abs(float(np.mean([losses[int(one.at)] for losses in draws])) - float(one.value))
        for one in points
    )
    last = points[-1]
    return Finding(
        bearing(ends, points),
        f"{DRAWS} matrices of {SIZE} × {SIZE} independent normal numbers of variance "
        f"{float(VARIANCE)}. Their mean Δ_k is within {fixed(far, 2)} of each of the {len(points)} "
        f"printed losses of PCA, k = {points[0].at} to {last.at}, which are read to "
        f"± {float(last.within)}. Another such matrix has Δ_k between "
        + ", ".join(f"{low:.1f} and {high:.1f} (k = {k})" for k, (low, high) in ends.items())
        + f", but for a probability of {LEVEL:g}. The mean of ‖X‖_F² is "
        f"{float(SIZE**2 * VARIANCE):.2f}.",
        len(points),
        scope=f"all {len(points)} points of PCA",
        numbers={
            "far": fixed(far, 2),
            "energy": fixed(float(SIZE**2 * VARIANCE), 2),
            "share": fixed(100 * float(points[0].value / start("noise").value), 1),
            "first": points[0].text,
            "last": last.text,
        },
    )


_SCALED = [one for one in CANDIDATES if one.scaled and one.variance != 0.01 and one.dataset in FROM]
_AS_DESCRIBED = [one for one in CANDIDATES if one.dataset in FROM and one not in _SCALED]
_FACES = [one for one in CANDIDATES if one.dataset == "olivetti"]


def _compared(dataset: str) -> list[Printed]:
    """The printed losses that are compared with those of scaled matrices."""
    return [one for one in printed_losses(dataset) if int(one.at) >= FROM[dataset]]


def _scaled_bearing(table: Table, factor: float = 1.0) -> Bearing:
    """Whether all scaled matrices have the printed losses, theirs multiplied by ``factor``."""
    tests = sum(len(_compared(one.dataset)) for one in _SCALED)
    met = all(
        bearing(
            {
                k: (factor * loss.low, factor * loss.high)
                for k, loss in one.losses(table, 1 - LEVEL / tests).items()
            },
            _compared(one.dataset),
        )
        is Bearing.SUPPORTS
        for one in _SCALED
    )
    return Bearing.SUPPORTS if met else Bearing.REFUTES


def _miss_all(candidates: Sequence[Candidate], table: Table) -> bool:
    """Whether no printed loss is met by any of them."""
    tests = sum(len(printed_losses(one.dataset)) for one in candidates)
    return all(
        bearing({k: (loss.low, loss.high) for k, loss in losses.items()}, [one]) is Bearing.REFUTES
        for candidate in candidates
        for losses in [candidate.losses(table, 1 - LEVEL / tests)]
        for one in printed_losses(candidate.dataset)
    )


def _scaled(context: Context) -> Finding:
    table = stored("scales")
    places = [
        f"{one.words}: k = {', '.join(point.at for point in _compared(one.dataset))}"
        for one in _SCALED
    ]
    (images,) = (one for one in _SCALED if one.dataset == "mnist")
    losses = images.losses(table)
    above = [
        losses[int(one.at)].mean - float(one.value)
        for one in printed_losses("mnist")
        if int(one.at) < FROM["mnist"]
    ]
    return Finding(
        _scaled_bearing(table),
        "Mean losses of stored draws of the matrices, the mean row taken off and each row of norm "
        f"1, against the printed ones within their reading. {'; '.join(places)}.",
        sum(len(one.rows(table)) for one in _SCALED),
        scope="all points of PCA on the Gaussian matrices, and on MNIST from k = 8 on",
        numbers={
            "energy": fixed(losses[0].mean, 0),
            "below": fixed(min(above), 0),
            "most": fixed(max(above), 0),
        },
    )


def _as_described(context: Context) -> Finding:
    table = stored("scales")
    return Finding.of(
        _miss_all(_AS_DESCRIBED, table),
        Bearing.SUPPORTS,
        "The data as described, and MNIST scaled but padded by the stated variance 0.01, have at "
        "no printed k the printed loss. Stored draws: "
        + "; ".join(one.words for one in _AS_DESCRIBED)
        + ".",
        sum(len(one.rows(table)) for one in _AS_DESCRIBED),
    )


def _faces(context: Context) -> Finding:
    table = stored("scales")
    losses = {one.scaled: one.losses(table) for one in _FACES}
    shares = [100 * found[1].mean / found[0].mean for found in losses.values()]
    return Finding.of(
        _miss_all(_FACES, table),
        Bearing.SUPPORTS,
        "Faces of Olivetti, their pixels in [0, 1], or scaled, have at no printed k the printed "
        f"loss. At k = 1 PCA leaves {fixed(shares[0], 1)} and {fixed(shares[1], 1)} % of ‖X‖_F².",
        sum(len(one.rows(table)) for one in _FACES),
        numbers={"pixels": fixed(shares[0], 1), "scaled": fixed(shares[1], 1)},
    )


CLAIMS = (
    Claim(
        id="printed-noise",
        title="The losses of PCA printed for Olivetti are those of noise",
        source="Goes beyond Figure S7",
        statement=(
            r"The losses of PCA in the panel of Figure S7 that is named Olivetti are, within their "
            r"reading, those of a $1024 \times 1024$ matrix of independent normal numbers of mean "
            r"0 and variance $10^{-4}$."
        ),
        expected=Verdict.HOLDS,
        correction=(
            r"The curve starts where $\lVert X\rVert_F^2$ of such a matrix is, at "
            r"<<noise:energy>>, and all printed losses, from <<noise:first>> to <<noise:last>>, "
            r"are within <<noise:far>> of its $\Delta_k$. Faces do not have these losses on any of "
            r"two scales: for $k = 1$ PCA leaves <<faces:pixels>> % of $\lVert X\rVert_F^2$ of "
            r"their pixels, <<faces:scaled>> % if they are scaled as in the released script, and "
            r"<<noise:share>> % as printed. How the curve came about is not known."
        ),
        checks=(
            Check(
                "noise",
                Grade.STATISTICAL,
                "draws of noise, by concentration of measure",
                _noise,
                alpha=LEVEL,
            ),
            Check(
                "faces",
                Grade.STATISTICAL,
                "stored draws, by Student's t",
                _faces,
                alpha=LEVEL,
                partial=True,
            ),
        ),
        controls=(
            Control(
                "noise whose variance is 4 % larger, or smaller",
                lambda context: all(
                    bearing(noise_ends(draws, factor), printed_losses("noise")) is Bearing.REFUTES
                    for draws in [_draw(context)]
                    for factor in (0.96, 1.04)
                ),
            ),
            Control(
                "noise with 400 different rows",
                lambda context: (
                    bearing(noise_ends(_draw(context, 400)), printed_losses("noise"))
                    is Bearing.REFUTES
                ),
            ),
        ),
    ),
    Claim(
        id="printed-scaling",
        title="The printed losses of PCA are those of rows of norm 1",
        source="Goes beyond Figures 4, 5 and S7",
        statement=(
            r"The losses of PCA printed for the two Gaussian matrices, their names exchanged, and "
            r"from $k = 8$ on for MNIST are, within their reading, those of matrices whose mean "
            r"row is taken off and whose rows then have norm 1. Those of MNIST are the first 1024 "
            r"training images, padded by normal numbers of variance $10^{-4}$."
        ),
        expected=Verdict.HOLDS,
        correction=(
            r"Then $\lVert X\rVert_F^2$ is <<scaled:energy>>. The text does not mention the "
            r"scaling; the released script has it. It states 0.01 for the padding, which fits if "
            r"it is the standard deviation. On MNIST the printed losses for $k \le 4$ are lower by "
            r"<<scaled:below>> to <<scaled:most>>, where the curve is steep. Other images of MNIST "
            r"have similar losses: that these are the first ones is a guess that fits."
        ),
        checks=(
            Check(
                "scaled",
                Grade.STATISTICAL,
                "stored draws, by Student's t",
                _scaled,
                alpha=LEVEL,
            ),
            Check(
                "as described",
                Grade.STATISTICAL,
                "stored draws, by Student's t",
                _as_described,
                alpha=LEVEL,
                partial=True,
            ),
        ),
        controls=(
            Control(
                "losses that are 5 % larger, or smaller",
                lambda context: all(
                    _scaled_bearing(stored("scales"), factor) is Bearing.REFUTES
                    for factor in (0.95, 1.05)
                ),
            ),
            Control(
                "the scaled matrices miss all printed losses too",
                lambda context: not _miss_all(_SCALED, stored("scales")),
            ),
        ),
    ),
)
