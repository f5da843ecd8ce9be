"""Section S6: a truncated butterfly has at most 2n·log l + 6n effective weights.

The sharp bound 2n·log l + 2n − 2l is checked as well.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from fjlt import (
    TruncatedButterfly,
    max_effective_weights,
    mean_effective_weights,
    min_effective_weights,
    srht,
)
from fjlt.types import IntArray
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
from proofs_check.counts.weight_bounds import Extra, counts_by_subset, printed, within
from proofs_check.formal.evidence import formalised
from proofs_check.identities.all_sizes import proved_in_parts
from proofs_check.identities.inequalities import Polynomials, PolynomialStep

__all__ = ["CLAIM"]


def sharp(n: int, l: int) -> int:
    """The additive term that is reached whenever l is a power of 2."""
    return 2 * n - 2 * l


def counts_with_sizes(n: int) -> tuple[IntArray, IntArray]:
    """(number of kept outputs, number of effective weights) of every non-empty set of outputs."""
    return np.bitwise_count(np.arange(1, 1 << n)).astype(np.int64), counts_by_subset(n)


def limits(n: int) -> list[list[int]]:
    """The least and the largest count for l = 1, …, n."""
    return [[min_effective_weights(n, l), max_effective_weights(n, l)] for l in range(1, n + 1)]


def violations(sizes: list[int], extra: Extra) -> list[tuple[int, int]]:
    """The (n, l) at which the largest count exceeds the bound."""
    return [
        (n, l)
        for n in sizes
        for l in range(1, n + 1)
        if not within(max_effective_weights(n, l), n, l, extra(n, l))
    ]


def _every_subset(context: Context) -> Finding:
    sizes, subsets, agree, bounded, tight = [2, 4, 8, 16], 0, True, True, []
    for n in sizes:
        kept, total = counts_with_sizes(n)
        subsets += len(kept)
        for l in range(1, n + 1):
            counts = total[kept == l]
            largest = int(counts.max())
            agree &= largest == max_effective_weights(n, l)
            agree &= int(counts.min()) == min_effective_weights(n, l)
            agree &= Fraction(int(counts.sum()), len(counts)) == mean_effective_weights(n, l)
            bounded &= within(largest, n, l, printed(n, l))
            # the printed bound is reached where one weight less would be too few
            if not within(largest, n, l, printed(n, l) - 1):
                tight.append((n, l))
    return Finding.of(
        agree and bounded and not tight,
        Bearing.SUPPORTS,
        f"All {subsets} sets of kept outputs for n = 2, 4, 8, 16: the number of effective weights "
        "never exceeds the bound and never reaches it. Its maximum, minimum and mean over the "
        "sets of each size equal the closed forms.",
        subsets,
        numbers={"n": sizes, "subsets": subsets},
        certificate={
            "kind": "weight-extremes",
            "order": "lowest first",
            "extremes": [[n, limits(n)] for n in (2, 4, 8)],
        },
    )


def _integer_inequality(context: Context) -> Finding:
    sizes = [2**p for p in range(1, 10)]
    cases = sum(sizes)
    bad = violations(sizes, printed) + violations(sizes, sharp)
    reached = [
        (n, l)
        for n in sizes
        for l in range(1, n + 1)
        if 2 ** (max_effective_weights(n, l) - sharp(n, l)) == l ** (2 * n)
    ]
    powers = all(l & (l - 1) == 0 for _, l in reached)
    # from this l on the printed bound exceeds the number of all weights, 2n·log n
    trivial = next(l for l in range(1, 513) if l ** (2 * 512) > 2 ** (2 * 512 * 9 - 6 * 512))
    return Finding.of(
        not bad and powers and len(reached) == sum(n.bit_length() for n in sizes),
        Bearing.SUPPORTS,
        f"For all {cases} pairs (n, l) with n = 2, 4, …, 512 the largest count M satisfies 2^(M − "
        "2n + 2l) <= l^(2n), in integers. Equality holds exactly when l is a power of 2 "
        f"({len(reached)} pairs). The printed bound follows. At n = 512 the printed bound exceeds "
        f"the number 2n·log n of all weights from l = {trivial} on.",
        cases,
        numbers={"n_max": 512, "pairs": cases, "equalities": len(reached), "trivial_from": trivial},
        certificate={"kind": "weight-bound", "n": sizes},
    )


def _implementation(context: Context) -> Finding:
    draws = [srht(l, n, rng=context.rng) for n, l in ((64, 6), (256, 8), (1024, 20), (100, 7))]
    counts = [J.n_effective_weights for J in draws]
    extremes = [
        (min_effective_weights(*J.shape[::-1]), max_effective_weights(*J.shape[::-1]))
        for J in draws
    ]
    worst = TruncatedButterfly(draws[2].weights, rows=range(20))
    inside = all(low <= count <= high for count, (low, high) in zip(counts, extremes, strict=True))
    reached = worst.n_effective_weights == max_effective_weights(1024, 20)
    return Finding.of(
        inside and reached,
        Bearing.SUPPORTS,
        f"Drawn SRHTs of shape {', '.join(f'{J.shape[0]}×{J.shape[1]}' for J in draws)} have "
        f"{', '.join(map(str, counts))} effective weights. These numbers lie within the exact "
        f"limits {', '.join(f'[{low}, {high}]' for low, high in extremes)}. The outputs 0, …, 19 "
        f"of size 1024 reach the maximum, {worst.n_effective_weights}.",
        len(draws) + 1,
        numbers={"counts": counts, "limits": extremes},
        certificate={
            "kind": "effective-weights",
            "order": "lowest first",
            "beyond": False,
            "operators": [
                {"n": J.shape[1], "rows": J.rows.tolist(), "weights": J.n_effective_weights}
                for J in (*draws, worst)
            ],
        },
    )


COUNTED = Polynomials(
    numbers=("l", "m", "q", "t", "u"),
    nonnegative={"m": "m", "u": "u", "l": "l", "2u − l": "2 * u - l"},
    steps=(
        PolynomialStep(
            "1 + 2 + … + t/2 = t − 1, t a power of 2: from t to 2t", "(t - 1) + t - (2 * t - 1)"
        ),
        PolynomialStep(
            "2((m − 1)l + qn) <= 2nq + 6n, n = mu",
            "2 * m * u * q + 6 * m * u - 2 * ((m - 1) * l + q * m * u)",
            products=(("2", ("m", "2u − l")), ("2", ("m", "u")), ("2", ("l",))),
        ),
    ),
)
"""The count of effective weights: u = 2^q <= l < 2u and n = mu."""

_SIZES = [2**p for p in range(1, 7)]

CLAIM = Claim(
    id="weight-bound",
    title="Effective weights of a truncated butterfly",
    source=paper("Section 3.1", "Section S6"),
    statement=(
        r"A truncated butterfly of size $n$ that keeps $\ell$ outputs has at most "
        r"$2n\log\ell + 6n$ effective weights: weights on a path from an input to a kept output."
    ),
    expected=Verdict.HOLDS,
    correction=(
        r"A sharper bound, which is reached: the maximum over all sets of $\ell$ outputs is "
        r"$2\sum_{i<p}\min(2^i\ell, n) \le 2n\log\ell + 2n - 2\ell$, with equality exactly for "
        r"$\ell$ a power of 2. The printed bound is never reached. It exceeds the trivial bound "
        r"$2n\log n$ as soon as $\ell > n/8$."
    ),
    depends_on=("definition-3.1",),
    checks=(
        formalised(
            "kernel",
            {
                "weight_bound": "for n = 2^p, the layers in any order and every set of l >= 1 kept "
                "outputs, 2^M <= l^(2n)·2^(6n), M the number of weights on a path to one of them",
                "weights_le": "M is at most 2·Σ_{i<p} min(2^i·l, n)",
                "weights_fewest": "M is at least 2·Σ_{i<p} 2^i·⌈l/2^i⌉",
                "weights_attained": "in every order of the layers there are l outputs with this "
                "most and l with this fewest",
                "most_weights_sharp": "the most is at most 2n·log l + 2n − 2l, with equality "
                "exactly for l a power of 2",
                "weight_bound_not_reached": "so 2^M < l^(2n)·2^(6n)",
            },
            Bearing.SUPPORTS,
            "all sizes",
        ),
        proved_in_parts(
            "all sizes",
            (COUNTED,),
            Bearing.SUPPORTS,
            "Going back from the kept outputs, each layer at most doubles the number of nodes "
            "from which one is reached, which is at most n; every such node has two weights. Let "
            "u = 2^q <= l < 2u and n = mu. So log m layers read at most l, 2l, …, ml/2 nodes, "
            "and the other q at most n each: together at most 2((m − 1)l + qn) weights. And q <= "
            "log l.",
        ),
        Check(
            "every subset",
            Grade.EXACT,
            "all sets of kept outputs, n ≤ 16, counted on the graph",
            _every_subset,
        ),
        Check(
            "integer inequality",
            Grade.EXACT,
            "all (n, l), n ≤ 512, without logarithms",
            _integer_inequality,
        ),
        Check(
            "implementation",
            Grade.EXACT,
            "counts of drawn operators against the limits",
            _implementation,
        ),
    ),
    controls=(
        Control(
            "2n·log l + 2n − 2l − 1, one weight too few",
            lambda context: bool(violations(_SIZES, lambda n, l: sharp(n, l) - 1)),
        ),
        Control("2n·log l + n", lambda context: bool(violations(_SIZES, lambda n, l: n))),
        Control(
            "all 2n·log n weights of the butterfly called effective",
            lambda context: any(
                (total[kept == 2] != 2 * 8 * 3).any() for kept, total in [counts_with_sizes(8)]
            ),
        ),
    ),
)
