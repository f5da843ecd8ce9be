"""Footnote 3: if n is not a power of 2, the weight bound survives, in one order of the layers.

The layer at the input must join the lowest bit. In the opposite order the bound fails.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction

import numpy as np

from fjlt import (
    Butterfly,
    TruncatedButterfly,
    max_effective_weights,
    mean_effective_weights,
    min_effective_weights,
)
from fjlt.boundary import next_power_of_two
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
from proofs_check.counts.weight_bounds import (
    Extra,
    Order,
    counts_by_subset,
    lowest_first,
    printed,
    within,
)
from proofs_check.formal.evidence import formalised

__all__ = ["CLAIM"]


def highest_first(p: int) -> Iterable[int]:
    """The opposite order: the layer at the input joins the highest bit."""
    return reversed(range(p))


def counts_by_size(n: int, order: Order) -> Iterator[tuple[int, IntArray]]:
    """(l, the counts of all sets of l outputs) for l = 1, …, n."""
    kept = np.bitwise_count(np.arange(1, 1 << next_power_of_two(n), dtype=np.uint64))
    total = counts_by_subset(n, order)
    for l in range(1, n + 1):
        yield l, total[kept == l]


def extremes(n: int, order: Order) -> list[list[int]]:
    """The least and the largest count for l = 1, …, n."""
    return [[int(c.min()), int(c.max())] for _, c in counts_by_size(n, order)]


def max_highest_first(n: int, l: int) -> int:
    """Largest count in the opposite order: Σ_i min(l, 2^(i+1))·min(n, 2^(p−i)) over the layers."""
    p = next_power_of_two(n).bit_length() - 1
    return sum(min(l, 2 << i) * min(n, 1 << (p - i)) for i in range(p))


def first_violation(
    largest: Callable[[int, int], int], sizes: Iterable[int], extra: Extra
) -> tuple[int, int] | None:
    """The first (n, l) at which the largest count exceeds 2n·log l + extra(n, l), if any."""
    pairs = ((n, l) for n in sizes for l in range(1, n + 1))
    return next(((n, l) for n, l in pairs if not within(largest(n, l), n, l, extra(n, l))), None)


def _every_subset(context: Context) -> Finding:
    subsets, good = 0, True
    for n in range(2, 17):
        for l, counts in counts_by_size(n, lowest_first):
            subsets += len(counts)
            good &= int(counts.max()) == max_effective_weights(n, l)
            good &= int(counts.min()) == min_effective_weights(n, l)
            good &= Fraction(int(counts.sum()), len(counts)) == mean_effective_weights(n, l)
            good &= within(int(counts.max()), n, l, printed(n, l))
    return Finding.of(
        good,
        Bearing.SUPPORTS,
        f"All {subsets} sets of l <= n kept outputs for n = 2, …, 16, with the lowest bit at the "
        "input: the number of weights on a path from one of the first n inputs to a kept output "
        "never exceeds 2n·log l + 6n. Its maximum, minimum and mean over the sets of each size "
        "equal the closed forms of fjlt.",
        subsets,
        certificate={
            "kind": "weight-extremes",
            "order": "lowest first",
            "extremes": [[n, extremes(n, lowest_first)] for n in range(2, 9)],
        },
        scope="n <= 16, every set of outputs",
    )


def _integer_inequality(context: Context) -> Finding:
    largest = 1499 if context.full else 512
    violation = first_violation(max_effective_weights, range(2, largest + 1), printed)
    pairs = largest * (largest + 1) // 2 - 1
    return Finding.of(
        violation is None,
        Bearing.SUPPORTS,
        f"For all {pairs} pairs (n, l) with l <= n and 2 <= n <= {largest} the largest count M "
        "satisfies 2^(M − 6n) <= l^(2n), in integers. So M is at most 2n·log l + 6n with n "
        "itself, not with the next power of 2.",
        pairs,
        certificate={"kind": "weight-bound", "n": list(range(2, 513))},
        scope=f"n <= {largest}, the largest count for every l",
    )


def _other_order(context: Context) -> Finding:
    cases, closed = 0, True
    for n in range(2, 17):
        for l, counts in counts_by_size(n, highest_first):
            closed &= int(counts.max()) == max_highest_first(n, l)
            cases += len(counts)
    violation = first_violation(max_highest_first, range(2, 65), printed)
    if violation is None:
        return Finding.of(False, Bearing.SUPPORTS, "no violation was found up to n = 64", cases)
    n, l = violation
    p = next_power_of_two(n).bit_length() - 1
    # a worst set of outputs: 0, …, l − 1 with their bits reversed
    rows = [int(f"{j:0{p}b}"[::-1], 2) for j in range(l)]
    count = int(counts_by_subset(n, highest_first, [sum(1 << row for row in rows)])[0])
    # this is 2n·log l + 6n if l is a power of 2, which is required below
    limit = 2 * n * (l.bit_length() - 1) + printed(n, l)
    agrees = closed and l & (l - 1) == 0 and count == max_highest_first(n, l) and count > limit
    return Finding.of(
        agrees,
        Bearing.SUPPORTS,
        "The order of the layers matters. With the highest bit at the input the largest count is "
        f"Σ min(l, 2^(i+1))·min(n, 2^(p−i)), as all {cases} sets for n <= 16 confirm. It is "
        f"within the bound for every n < {n}. The first violation is n = {n}, l = {l}: the "
        f"outputs {', '.join(map(str, sorted(rows)))} have {count} effective weights, counted on "
        f"the graph, and the bound is {limit}.",
        cases + 1,
        numbers={"n": n, "l": l, "count": count, "limit": limit, "rows": rows},
        certificate={
            "kind": "effective-weights",
            "order": "highest first",
            "beyond": True,
            "operators": [{"n": n, "rows": rows, "weights": count}],
        },
    )


def _implementation(context: Context) -> Finding:
    cases, good, counted = 0, True, []
    for n in range(2, 9):
        size = next_power_of_two(n)
        weights = Butterfly.identity(size).weights
        counts = counts_by_subset(n, lowest_first)
        for subset, count in enumerate(counts, start=1):
            rows = [j for j in range(size) if subset >> j & 1]
            found = TruncatedButterfly(weights, rows, n_inputs=n).n_effective_weights
            good &= found == count
            counted.append({"n": n, "rows": rows, "weights": found})
            cases += 1
    return Finding.of(
        good,
        Bearing.SUPPORTS,
        "TruncatedButterfly(weights, rows, n_inputs=n).n_effective_weights equals the count on "
        f"the graph for all {cases} sets of kept outputs, n = 2, …, 8.",
        cases,
        certificate={
            "kind": "effective-weights",
            "order": "lowest first",
            "beyond": False,
            "operators": counted,
        },
    )


CLAIM = Claim(
    id="footnote-4",
    title="Sizes that are not powers of 2",
    source=paper("Footnote 4") + "; the order of the layers is ours, the footnote leaves it open",
    statement=(
        r"For $n$ not a power of 2, the first $n$ columns of an $\ell \times n'$ truncated "
        r"butterfly, $n'$ the next power of 2, obey the same bound: at most $2n\log\ell + 6n$ "
        r"effective weights, if layer $i$, counted from the input, joins bit $i$."
    ),
    expected=Verdict.HOLDS,
    correction=(
        r"In the opposite order, with the highest bit at the input, the bound fails. The first "
        r"violation is $n = <<the other order:n>>$, $\ell = <<the other order:l>>$, with <<the "
        r"other order:count>> weights where the bound is <<the other order:limit>>. The printed "
        r"$n'$ is the closest power of 2 greater than $n$. For $n$ a power of 2 that would be "
        r"$2n$, but the footnote speaks of other $n$ only."
    ),
    depends_on=("definition-3.1",),
    checks=(
        formalised(
            "kernel",
            {
                "first_columns_bound": "for n' = 2^p with n'/2 < n <= n', layer i joining bit i, "
                "the first n inputs fed and every set of l >= 1 kept outputs, 2^M <= "
                "l^(2n)·2^(6n), M the number of weights on a path from one of these inputs to one "
                "of these outputs",
                "opposite_order_fails": "in the opposite order 8 outputs at n = 17 have more than "
                "2n·log 8 + 6n",
                "every_order_to_16": "for n <= 16 the bound holds in every order of the layers, so "
                "that n = 17 is the least n at which it fails",
            },
            Bearing.SUPPORTS,
            "all sizes",
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
            "all pairs (n, l), without logarithms",
            _integer_inequality,
        ),
        Check(
            "the other order",
            Grade.EXACT,
            "search for the first violation, then a count on the graph",
            _other_order,
            partial=True,
        ),
        Check(
            "implementation",
            Grade.EXACT,
            "the counts of the library against those on the graph, n ≤ 8",
            _implementation,
            partial=True,
        ),
    ),
    controls=(
        Control(
            "the bound with the highest bit at the input",
            lambda context: first_violation(max_highest_first, range(2, 33), printed) == (17, 8),
        ),
        Control(
            "2n·log l + 2n − 2l, the sharp bound of powers of 2",
            lambda context: (
                first_violation(max_effective_weights, range(2, 65), lambda n, l: 2 * n - 2 * l)
                is not None
            ),
        ),
        Control(
            "all n' inputs fed although only n are",
            lambda context: bool(
                (counts_by_subset(5, lowest_first) != counts_by_subset(8, lowest_first)).any()
            ),
        ),
    ),
)
