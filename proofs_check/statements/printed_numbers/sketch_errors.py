"""Figures 7, 8, S8, S9 and Table S1: the test errors of sketches, against one another."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations

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

NAMES = {
    "figure-7": "Figure 7",
    "figure-8": "Figure 8",
    "figure-s8": "Figure S8",
    "figure-s9": "Figure S9",
    "table-s1": "Table S1",
}


def meaning(one: Printed) -> tuple[str, str, str]:
    """Data, sketch and "k ℓ" of a test error; a sparse sketch has one non-zero in a column."""
    return one.subject, "sparse" if one.series == "sparse, N = 1" else one.series, one.at


def twice_printed() -> list[tuple[Printed, Printed]]:
    """All pairs of places that print the error of the same sketch on the same data."""
    return [
        (one, other)
        for one, other in combinations((one for place in NAMES for one in numbers(place)), 2)
        if meaning(one) == meaning(other)
    ]


def gap(one: Printed, other: Printed) -> Fraction:
    """The least factor between two numbers that read as printed; 1 if one number does.

    The last digit may have been rounded, or what follows it cut off.
    """
    return max(one.low / other.high, other.low / one.high, Fraction(1))


def far(factor: Fraction) -> list[tuple[Printed, Printed]]:
    """The pairs that differ by such a factor at least, and by their digits."""
    return [pair for pair in twice_printed() if gap(*pair) > 1 and gap(*pair) >= factor]


def _in_words(one: Printed, other: Printed) -> str:
    k, l = one.at.split()
    return (
        f"{one.series.removesuffix(', N = 1')} at ({k}, {l}): {one.text} in {NAMES[one.place]}, "
        f"{other.text} in {NAMES[other.place]}"
    )


def _advantage(place: str) -> float:
    """The error of the sparse sketch over that of the butterfly on HS-SOD at (10, 20)."""
    sparse, butterfly = (
        number(place, subject="HS-SOD", series=series, at="10 20").value
        for series in ("sparse", "butterfly")
    )
    return float(sparse / butterfly)


def _agreement(context: Context) -> Finding:
    found, apart, doubled = twice_printed(), far(Fraction(1)), far(Fraction(2))
    subjects = {one.subject for one, _ in apart}
    close = [pair for pair in apart if pair not in doubled]
    return Finding.of(
        bool(doubled) and subjects == {"HS-SOD"},
        Bearing.REFUTES,
        f"{len(found)} errors are printed in two places. {len(found) - len(apart)} agree, if "
        "digits were rounded or cut off, among them all on CIFAR-10 and Tech. On HS-SOD "
        f"{len(doubled)} differ by more than a factor of 2 — "
        f"{'; '.join(_in_words(*p) for p in doubled)}. "
        f"{len(close)} differ by less — {'; '.join(_in_words(*p) for p in close)}.",
        len(found),
        scope="HS-SOD",
        numbers={
            "pairs": len(found),
            "apart": len(apart),
            "doubled": len(doubled),
            "figure": round(_advantage("figure-7")),
            "table": round(_advantage("table-s1")),
        },
    )


def pairs(better: str, worse: str) -> list[tuple[Printed, Printed]]:
    """The pairs of errors of two sketches that are printed side by side."""
    return [
        (one, other)
        for place in NAMES
        for one in numbers(place)
        for other in numbers(place)
        if (one.series, other.series) == (better, worse)
        and (one.subject, one.at) == (other.subject, other.at)
    ]


def in_order(better: str, worse: str, factor: int = 1) -> tuple[int, bool]:
    """(cases, whether the first error is smaller in all of them, by a factor)."""
    found = pairs(better, worse)
    return len(found), all(factor * one.value < other.value for one, other in found)


def _order(context: Context) -> Finding:
    found = [in_order("butterfly", "sparse"), in_order("sparse", "random sparse")]
    # Figure 8 has one butterfly, one dense matrix and five sparse sketches
    butterfly = number("figure-8", series="butterfly")
    others = [one for one in numbers("figure-8") if one.series != "butterfly"]
    cases = sum(n for n, _ in found) + len(others)
    dense = number("figure-8", series="dense")
    low, high = dense.low / butterfly.high, dense.high / butterfly.low
    return Finding.of(
        all(good for _, good in found) and all(butterfly.value < one.value for one in others),
        Bearing.SUPPORTS,
        f"In all {cases} printed comparisons of Figures 7, 8, S8, S9 and Table S1 butterfly < "
        "sparse < random, and in Figure 8 the butterfly is below every N and below the dense "
        f"matrix: {butterfly.text} against {dense.text}, a factor between {float(low):.2f} and "
        f"{float(high):.2f}.",
        cases,
        scope=f"all {cases} printed comparisons",
        numbers={"cases": cases, "low": round(float(low), 2), "high": round(float(high), 2)},
    )


def power_of_two(value: Fraction) -> bool:
    """Whether a number is 2^j for an integer j."""
    top, bottom = value.numerator, value.denominator
    return top > 0 and top & (top - 1) == 0 and bottom & (bottom - 1) == 0


def spacing(power: int) -> Fraction:
    """The distance of neighbouring numbers of single precision from 2^power on."""
    return Fraction(2) ** (power - 23)


def _smallest(context: Context) -> Finding:
    labels = numbers("figure-s8")
    least = min(labels, key=lambda one: one.value)
    power = next(j for j in range(24) if spacing(j) == least.value)
    others = [one.text for one in labels if (one.value / least.value).denominator != 1]
    return Finding.of(
        power_of_two(least.value) and least.series == "butterfly" and len(others) == 3,
        Bearing.SUPPORTS,
        f"The label is {least.text} = 2^({power - 23}), to the last of its digits: the distance of "
        f"neighbouring numbers of single precision between {1 << power} and {1 << power + 1}. The "
        f"other labels, {', '.join(others)}, are no multiples of it.",
        len(labels),
        scope="the labels of Figure S8",
        numbers={"power": power - 23, "from": 1 << power, "to": 1 << power + 1},
    )


CLAIMS = (
    Claim(
        id="printed-sketch-errors",
        title="The test errors of sketches agree where they are printed twice",
        source=paper("Figure 7", "Figure 8", "Figure S9", "Table S1"),
        statement=(
            r"Figures 7, 8 and S9 and Table S1 report the test error of the same sketches on the "
            r"same data at the same $k$ and $\ell$, so where two of them print it, they agree."
        ),
        expected=Verdict.REFUTED,
        correction=(
            r"On CIFAR-10 and Tech they agree. Of all <<agreement:pairs>> pairs "
            r"<<agreement:apart>> differ, all on HS-SOD, and <<agreement:doubled>> of them by more "
            r"than a factor of 2. At $(10, 20)$ Figure 7 stands alone: in it the sparse sketch "
            r"errs <<agreement:figure>> times as much as the butterfly, in Table S1 "
            r"<<agreement:table>> times, and Figures 8 and S9 are near Table S1. At $(10, 10)$ "
            r"Figure S9 and Table S1 differ in the butterfly."
        ),
        checks=(
            Check(
                "agreement",
                Grade.EXACT,
                "all pairs of places, with rounded digits or digits cut off",
                _agreement,
            ),
        ),
        controls=(
            Control(
                "the errors on CIFAR-10 and Tech differ as well",
                lambda context: (
                    not [one for one, _ in far(Fraction(1)) if one.subject in ("CIFAR-10", "Tech")]
                ),
            ),
            Control(
                "some error differs by a factor of 100",
                lambda context: far(Fraction(100)) == [],
            ),
            Control(
                "0.56 and 0.568 are no digits of one number",
                lambda context: (
                    gap(
                        number("figure-7", subject="Tech", series="butterfly"),
                        number("table-s1", subject="Tech", series="butterfly", at="10 20"),
                    )
                    == 1
                ),
            ),
        ),
    ),
    Claim(
        id="printed-sketch-order",
        title="In every printed comparison the learned butterfly errs least",
        source=paper("Section 6", "Figure 7", "Figure 8", "Figure S8", "Figure S9", "Table S1"),
        statement=(
            r"Where the paper prints test errors of sketches side by side, the learned butterfly "
            r"has a smaller one than the learned sparse sketch with any number of non-zeros and "
            r"than the learned dense matrix, and the learned sparse one than the random one."
        ),
        expected=Verdict.HOLDS,
        correction=(
            r"This is a statement on the printed numbers. Against the dense matrix there is one "
            r"comparison, and it is close: a factor between <<order:low>> and <<order:high>>, by "
            r"the digits printed. What is found with networks of our own: claims learned-sketch "
            r"and learned-sketch-corrected."
        ),
        checks=(Check("order", Grade.EXACT, "all printed pairs of errors, exactly", _order),),
        controls=(
            Control(
                "the sparse sketch errs less than the butterfly",
                lambda context: not in_order("sparse", "butterfly")[1],
            ),
            Control(
                "the butterfly errs at least 12 times less everywhere",
                lambda context: not in_order("butterfly", "sparse", 12)[1],
            ),
        ),
    ),
    Claim(
        id="printed-smallest-error",
        title="The smallest error of Figure S8 is a unit of single precision",
        source="Goes beyond Figure S8",
        statement=(
            r"The test error of the learned butterfly in Figure S8, $k = 1$ and $\ell = 20$, is "
            r"exactly $2^{-17}$, the distance of neighbouring numbers of single precision between "
            r"64 and 128."
        ),
        expected=Verdict.HOLDS,
        correction=(
            r"A test error is a difference of two losses. One unit in the last place of such "
            r"losses is no more than rounding: if they were computed in single precision and lie "
            r"between <<unit:from>> and <<unit:to>>, this error cannot be told from 0."
        ),
        checks=(Check("unit", Grade.EXACT, "the digits of the labels", _smallest),),
        controls=(
            Control(
                "the error of the sparse sketch is a power of 2",
                lambda context: not power_of_two(number("figure-s8", series="sparse").value),
            ),
            Control(
                "it is the distance of such numbers between 32 and 64",
                lambda context: spacing(5) != number("figure-s8", series="butterfly").value,
            ),
        ),
    ),
)
