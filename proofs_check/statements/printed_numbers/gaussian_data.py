"""Figures 4 and S7: which Gaussian matrix is drawn where, and on what scale."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

from flint import arb, ctx

from figures.paper.printed import Printed, number, numbers
from proofs_check.claim import (
    Bearing,
    Check,
    Claim,
    Context,
    Control,
    Finding,
    Grade,
    Verdict,
    paper,
)

__all__ = ["CLAIMS"]

COLUMNS = 1024
BITS = 256
TINY = Fraction(1, 10**70)
"""Below this a probability counts as none."""


def least_rank(start: Fraction, loss: Fraction, k: int) -> int:
    """The least rank of a matrix with Δ_0 <= start and Δ_k >= loss.

    Δ_k is a convex function of k, and 0 at k = r: so Δ_k <= (1 − k/r)·Δ_0.
    """
    return -(-k * start // (start - loss))


def rank_of(place: str, subject: str) -> int:
    """The least rank that the curves of a panel leave, from the best of their points."""
    points = numbers(place, subject=subject, series="PCA")
    start = starts(place, subject)[1]
    return max(least_rank(start, one.low, int(one.at)) for one in points if int(one.at) > 0)


def starts(place: str, subject: str) -> tuple[Fraction, Fraction]:
    """Between what numbers the curve of FJLT+PCA starts: at k = 0 its loss is ‖X‖_F²."""
    found = numbers(place, subject=subject, at="0", series="FJLT+PCA")
    return min(one.low for one in found), max(one.high for one in found)


def ball(q: Fraction) -> arb:
    """A rational number as a ball."""
    return arb(q.numerator) / q.denominator


def shown(value: arb) -> str:
    """A small probability as a power of ten that bounds it."""
    exponent = (value.log() / arb(10).log()).ceil().unique_fmpz()
    return f"10^({exponent})"


def entry(left: list[object], right: str, balls: Sequence[arb]) -> dict[str, object]:
    """An inequality left < right as an entry of a certificate."""
    return {"left": left, "right": right, "balls": [one.str(30) for one in balls]}


def above(freedom: int, least: Fraction) -> arb:
    """Pr[χ² >= least] for so many degrees of freedom."""
    return (ball(least) / 2).gamma_upper(arb(freedom) / 2, True)


def small_tail(rank: int, share: Fraction, slack: Fraction, t: Fraction) -> arb:
    """A bound on Pr[Δ_(r/2) <= share·Δ_0] for a Gaussian matrix of rank r = 64, on any scale.

    The r singular values are at least 32 − √r − t but for probability exp(−t²/2) (Davidson and
    Szarek), and their squares sum to at most slack·1024r but for a tail of χ². If the r/2 smallest
    squares then sum to more than the share, this is the bound; otherwise it is 1.
    """
    least = 32 - Fraction(math.isqrt(rank)) - t
    if rank * least**2 / 2 <= share * slack * COLUMNS * rank:
        return arb(1)
    return (-ball(t * t) / 2).exp() + above(COLUMNS * rank, slack * COLUMNS * rank)


def last_point() -> tuple[Printed, Fraction]:
    """The last point of the panel called Gaussian 2, and the largest share of the loss there."""
    point = numbers("figure-s7", subject="gaussian-2", series="trained")[-1]
    return point, point.high / starts("figure-s7", "gaussian-2")[0]


SLACK, T = Fraction(6, 5), Fraction(19)


def _called_1(context: Context) -> Finding:
    stated = int(number("table-2", subject="gaussian-1", series="rank").value)
    rank = rank_of("figure-4", "gaussian-1")
    points = numbers("figure-4", subject="gaussian-1", series="PCA")
    last = points[-1]
    return Finding.of(
        rank > stated,
        Bearing.REFUTES,
        f"Figure 4: at k = {last.at} the curve of PCA is at {last.text} ± {last.within}. A matrix "
        f"of rank {stated} has lost all but {stated - int(last.at)} of its singular values there, "
        "the smallest ones: since Δ_k is convex in k, at most "
        f"{float((1 - Fraction(int(last.at), stated)) * starts('figure-4', 'gaussian-1')[1]):.0f} "
        f"could be left. The rank is at least {rank}.",
        len(points),
        scope=f"Figure 4, k = {last.at}",
        numbers={"rank": rank},
    )


@ctx.workprec(BITS)
def _called_2(context: Context) -> Finding:
    stated = int(number("table-2", subject="gaussian-2", series="rank").value)
    point, share = last_point()
    chance = small_tail(stated, share, SLACK, T)
    half = f"{COLUMNS * stated // 2}"
    tail = ["gamma upper", half, str(SLACK * COLUMNS * stated / 2)]
    return Finding.of(
        bool(chance < ball(TINY)) and 2 * int(point.at) == stated,
        Bearing.REFUTES,
        f"Figure S7, first panel: at k = {point.at} the loss has come down to {point.text} ± "
        f"{point.within}, at most {float(100 * share):.2f} % of where it starts, and no loss is "
        f"below Δ_k. For a Gaussian matrix of rank {stated}, on any scale, half of the singular "
        f"values are left at k = {point.at}, and the probability of so small a share is at most "
        f"{shown(chance)}.",
        1,
        scope=f"Figure S7, k = {point.at}",
        certificate={
            "kind": "enclosures",
            "bits": BITS,
            "less": [
                entry(["add", ["exp", str(-T * T / 2)], tail], str(TINY), [chance, ball(TINY)])
            ],
        },
    )


def stated_energy(rank: int) -> Fraction:
    """The mean of ‖X‖_F² on the stated scale, r orthonormal vectors."""
    return COLUMNS * rank * number("section-5.2", subject="gaussian-1", series="variance").value


def beyond(rank: int, least: Fraction) -> tuple[arb, dict[str, object]]:
    """Pr[‖X‖_F² >= least] on the stated scale, and the entry of a certificate."""
    freedom = COLUMNS * rank
    variance = number("section-5.2", subject="gaussian-1", series="variance").value
    chance = above(freedom, least / variance)
    left: list[object] = ["gamma upper", f"{freedom // 2}", str(least / variance / 2)]
    return chance, entry(left, str(TINY), [chance, ball(TINY)])


def close_energies(larger: int, smaller: int, most: Fraction) -> tuple[arb, dict[str, object]]:
    """Pr[‖X_2‖_F² <= most·‖X_1‖_F²] for ranks on one scale, and the entry of a certificate."""
    # the quotient of one chi-squared number by the sum of both is a beta number
    x, a, b = most / (1 + most), COLUMNS * larger // 2, COLUMNS * smaller // 2
    chance = ball(x).beta_lower(arb(a), arb(b), True)
    return chance, entry(["beta lower", str(a), str(b), str(x)], str(TINY), [chance, ball(TINY)])


@ctx.workprec(BITS)
def _scale(context: Context) -> Finding:
    # whichever of the two panels shows which rank, the smaller start is taken for both
    low = min(starts("figure-4", "gaussian-1")[0], starts("figure-s7", "gaussian-2")[0])
    found = {rank: beyond(rank, low) for rank in (32, 64)}
    listed = [
        f"rank {rank}: mean {float(stated_energy(rank)):.0f}, probability {shown(chance)}"
        for rank, (chance, _) in found.items()
    ]
    return Finding.of(
        all(bool(chance < ball(TINY)) for chance, _ in found.values()),
        Bearing.REFUTES,
        "With r orthonormal vectors ‖X‖_F² is 0.01 times a chi-squared number of 1024r degrees of "
        f"freedom. The curves start at {float(low):.0f} or more. By the exact law, in balls — "
        f"{'; '.join(listed)} at most.",
        len(found),
        scope="both Gaussian matrices",
        numbers={
            "low": int(low),
            "mean_32": round(stated_energy(32)),
            "mean_64": round(stated_energy(64)),
        },
        certificate={"kind": "enclosures", "bits": BITS, "less": [e for _, e in found.values()]},
    )


def largest_ratio() -> Fraction:
    """The largest ratio of the two energies that the starts of the curves leave."""
    first, second = starts("figure-4", "gaussian-1"), starts("figure-s7", "gaussian-2")
    return max(first[1] / second[0], second[1] / first[0])


@ctx.workprec(BITS)
def _ratio(context: Context) -> Finding:
    most = largest_ratio()
    chance, less = close_energies(64, 32, most)
    return Finding.of(
        bool(chance < ball(TINY)),
        Bearing.REFUTES,
        "On any one scale the matrix of rank 64 has in the mean twice the energy of that of rank "
        f"32. The printed starts differ by a factor of at most {float(most):.3f}, which has "
        f"probability {shown(chance)} at most, by the beta law of the quotient, in balls.",
        1,
        scope="any common length of the vectors",
        certificate={"kind": "enclosures", "bits": BITS, "less": [less]},
    )


CLAIMS = (
    Claim(
        id="printed-gaussian-names",
        title="Figure 4 shows Gaussian 1, Figure S7 Gaussian 2",
        source=paper("Section 5.2", "Table 2", "Figure 4", "Figure S7"),
        statement=(
            r"Figure 4 shows the loss on Gaussian 1, a matrix of rank 32, and the first panel of "
            r"Figure S7 that on Gaussian 2, of rank 64."
        ),
        expected=Verdict.REFUTED,
        correction=(
            r"The names are exchanged: the matrix of Figure 4 has rank <<Gaussian 1:rank>> or "
            r"more, and the loss of the other panel comes down to 0, within the reading, at $k = "
            r"32$, as it does for rank 32. With the names exchanged, nothing in the two drawings "
            r"speaks against Table 2."
        ),
        checks=(
            Check("Gaussian 1", Grade.EXACT, "points of the curves, Δ_k is convex", _called_1),
            Check(
                "Gaussian 2",
                Grade.INTERVAL,
                "the smallest singular value of a Gaussian matrix, a chi-squared tail in balls",
                _called_2,
            ),
        ),
        controls=(
            Control(
                "the points of Figure 4 exclude rank 64 as well",
                lambda context: rank_of("figure-4", "gaussian-1") <= 64,
            ),
            Control(
                "a loss that falls on a straight line to 0 at k = 32 excludes rank 32",
                lambda context: least_rank(Fraction(1030), Fraction(1030, 16), 30) == 32,
            ),
            Control(
                "at k = 32 rank 64 excludes a share of a third as well",
                lambda context: small_tail(64, Fraction(1, 3), SLACK, T) == 1,
            ),
        ),
    ),
    Claim(
        id="printed-gaussian-scale",
        title="The Gaussian matrices have coefficients of variance 0.01",
        source=paper("Section 5.2", "Figure 4", "Figure S7"),
        statement=(
            r"The 1024 columns of the Gaussian matrices of Figures 4 and S7 are random "
            r"combinations of $r$ orthogonal vectors of one length, $r = 32$ and $r = 64$, with "
            r"independent coefficients of variance 0.01."
        ),
        expected=Verdict.REFUTED,
        correction=(
            r"For vectors of length 1, $\lVert X\rVert_F^2$ is about $10.24r$: "
            r"<<scale:mean_32>> for rank 32 and <<scale:mean_64>> for rank 64. Both curves start "
            r"at <<scale:low>> or more, and no other common length fits both: the two matrices "
            r"have about the same norm, so lengths or variances differ. Rows scaled to norm 1 fit "
            r"both: claim printed-scaling."
        ),
        checks=(
            Check("ratio", Grade.INTERVAL, "the exact beta law, in balls", _ratio),
            Check(
                "scale",
                Grade.INTERVAL,
                "vectors of length 1, the exact chi-squared law in balls",
                _scale,
                partial=True,
            ),
        ),
        controls=(
            Control(
                "the stated scale excludes an energy of 656 for rank 64",
                lambda context: not beyond(64, Fraction(656))[0] < ball(TINY),
            ),
            Control(
                "one scale excludes a ratio of 2",
                lambda context: not close_energies(64, 32, Fraction(2))[0] < ball(TINY),
            ),
        ),
    ),
)
