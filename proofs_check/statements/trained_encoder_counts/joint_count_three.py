"""Number of complex critical points with B trained, for three outputs of any size."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import prod
from typing import Any

from proofs_check.claim import Bearing, Check, Claim, Context, Control, Finding, Grade, Verdict
from proofs_check.counts.euler_count import critical_count, signed_integral, span_numerator
from proofs_check.counts.localisation import Family, one_more, spans
from proofs_check.counts.residues import one_more_series, three_spans_series, values

__all__ = ["CLAIM", "mixed_outputs", "three_vectors"]


def three_vectors(N: int) -> Fraction:
    """The printed number for spans of three vectors of length N."""
    return Fraction(
        N
        * (
            500 * N**8
            - 4500 * N**7
            + 21864 * N**6
            - 60480 * N**5
            + 101220 * N**4
            - 96390 * N**3
            + 46561 * N**2
            - 8730 * N
            + 900
        ),
        945,
    )


def mixed_outputs(N: int) -> Fraction:
    """The printed number for the outputs 0, 1 and n/2 of n = 2N inputs."""
    polynomial = 64 * N**5 - 272 * N**4 + 540 * N**3 - 510 * N**2 + 141 * N - 48
    return Fraction(2 * N * (N - 1) * polynomial, 105)


def disagreements(
    series: Callable[[], Any], printed: Callable[[int], Fraction], degree: int, step: int = 1
) -> list[str]:
    """Where a generating function does not have the printed polynomial of this degree.

    The series is Σ c(N)·u^(N − 1), u being the variable to the power ``step``. Its coefficients are
    a polynomial of degree at most ``degree`` in N >= 1 if the denominator divides
    (1 − u)^(degree + 1) and the numerator has a lower degree. Then ``degree`` + 1 values decide.
    """
    f = series()
    bound = (degree + 1) * step
    variables = [g for g in f.field.gens if f.diff(g) != 0]
    whole = f * prod((1 - g**step) ** (degree + 1) for g in variables)
    degrees = [whole.numer.degree(f.field.gens.index(g)) for g in variables]
    if len(variables) != 1 or whole.denom != 1 or degrees[0] >= bound:
        return ["the coefficients are no such polynomial"]
    found = values(f, bound)[::step]
    return [f"N = {N}: {c}" for N, c in enumerate(found, 1) if c != printed(N)]


def _closed_forms(context: Context) -> Finding:
    faults = [
        *disagreements(three_spans_series, three_vectors, 9),
        *disagreements(one_more_series, mixed_outputs, 7, step=2),
    ]
    return Finding.of(
        not faults,
        Bearing.SUPPORTS,
        "; ".join(faults[:5])
        or "The number is an integral of characteristic classes (theory, Number of critical "
        "points). Summed over all N, each is an iterated residue of a rational function at "
        "rational poles: a numerator of lower degree over (1 − u)^10 and (1 − u)^8. So the numbers "
        "are polynomials in N of degrees 9 and 7, which agree with the printed ones at 10 and 8 "
        "values of N. The certificate holds the generating function for three vectors; the "
        "residues are not in it.",
        2,
        certificate={
            "kind": "count-series",
            "numerator": [[[*p], c] for p, c in sorted(span_numerator(3).items())],
        },
    )


FAMILIES: dict[str, tuple[Callable[[int], Family], Callable[[int], Fraction], int]] = {
    "three vectors": (lambda N: spans(N, N, N), three_vectors, 1),
    "outputs 0, 1, n/2": (lambda N: one_more((N, N), 2), mixed_outputs, 3),
}
"""The families, the printed numbers, and the least N that is meant."""


def _fixed_points(context: Context) -> Finding:
    largest, faults, numbers = 12 if context.full else 6, [], {}
    for name, (family, printed, least) in FAMILIES.items():
        for N in range(least, largest + 1):
            numbers[f"{name}, {N}"] = critical_count(family(N))
            if numbers[f"{name}, {N}"] != printed(N):
                faults.append(f"{name}, N = {N}: {numbers[f'{name}, {N}']}")
    return Finding.of(
        not faults,
        Bearing.SUPPORTS,
        "; ".join(faults)
        or f"The same integrals as sums over fixed points of a torus, for N <= {largest}: "
        + "; ".join(f"{name}: {count}" for name, count in numbers.items())
        + ".",
        len(numbers),
        scope=f"N <= {largest}",
        numbers=numbers,
    )


def _is_noticed(change: Callable[[int], int]) -> Callable[[Context], bool]:
    """Whether another number for three vectors is refused."""
    return lambda context: bool(
        disagreements(three_spans_series, lambda N: three_vectors(N) + change(N), 9)
    )


CLAIM = Claim(
    id="joint-count-three",
    title="Number of complex critical points for three outputs",
    source="Beyond the paper: what training the butterfly does to the landscape",
    statement=r"Let $k = \ell = 3$, $B$ be trained, and the data be generic. If the row spaces of "
    r"$EB$ are spanned by three vectors with $N$ entries each, in different inputs, the gain has "
    r"$N(500N^8 - 4500N^7 + 21864N^6 - 60480N^5 + 101220N^4 - 96390N^3 + 46561N^2 - 8730N + "
    r"900)/945$ complex critical row spaces on which $XX^\top$ is regular. For the outputs $0$, "
    r"$1$ and $n/2$ of $n = 2N \ge 8$ inputs it has $2N(N-1)(64N^5 - 272N^4 + 540N^3 - 510N^2 + "
    r"141N - 48)/105$. All are simple.",
    expected=Verdict.HOLDS,
    correction=r"They are <<fixed points:three vectors, 2>> and <<fixed points:three vectors, 4>> "
    r"for three vectors with $N = 2$ and $4$ entries, and <<fixed points:outputs 0, 1, n/2, 4>> "
    r"for the outputs 0, 1 and 4 of $n = 8$. With $n = 4$ the outputs 0, 1 and 2 have all planes "
    r"of dimension 3, of which 4 are critical, and the second number would be 8.",
    depends_on=("joint-count",),
    checks=(
        Check(
            "all N",
            Grade.PROOF,
            "iterated residues of rational functions; the integral is proved in words",
            _closed_forms,
        ),
        Check(
            "fixed points",
            Grade.EXACT,
            "sums of residues at fixed points of a torus",
            _fixed_points,
        ),
    ),
    controls=(
        Control("one point more", _is_noticed(lambda N: 1)),
        Control(
            "a polynomial that agrees for N <= 7",
            _is_noticed(lambda N: (N > 7) * (N - 7)),
        ),
        Control(
            "n = 4, where the map to the planes contracts too much",
            lambda context: signed_integral(one_more((2, 2), 2)) == mixed_outputs(2) != 4,
        ),
    ),
)
