"""Footnote 3: n not a power of 2. The weight bound survives, if the lowest bit is joined at the
input."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from fjlt import (
    Butterfly,
    TruncatedButterfly,
    max_effective_weights,
    mean_effective_weights,
    min_effective_weights,
)
from fjlt.boundary import next_power_of_two
from proofs_check.engine.claim import (
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
from proofs_check.exact.weight_bounds import Extra, printed, within

__all__ = ["CLAIM"]

Order = Callable[[int], Iterable[int]]


def lowest_first(p: int) -> Iterable[int]:
    """Bits that the layers join, from the input on: layer i joins bit i."""
    return range(p)


def highest_first(p: int) -> Iterable[int]:
    """The opposite order."""
    return reversed(range(p))


def across(nodes: NDArray[np.uint64], bit: int, size: int) -> NDArray[np.uint64]:
    """The sets of nodes (bit masks) moved to the partners j XOR 2^bit."""
    low = np.uint64(sum(1 << j for j in range(size) if not j >> bit & 1))
    shift = np.uint64(1 << bit)
    return ((nodes & low) << shift) | ((nodes >> shift) & low)


def counts_by_subset(n: int, order: Order, kept: Iterable[int] | None = None) -> NDArray[np.int64]:
    """Effective weights of sets of kept outputs (bit masks; default all), the first n inputs fed.

    By walking the graph: a weight is effective if its tail is reached from an input that is fed and
    its head leads to a kept output.
    """
    size = next_power_of_two(n)
    bits = list(order(size.bit_length() - 1))
    fed = [np.array([(1 << n) - 1], dtype=np.uint64)]
    for bit in bits:
        fed.append(fed[-1] | across(fed[-1], bit, size))
    wanted = np.array(range(1, 1 << size) if kept is None else list(kept), dtype=np.uint64)
    total = np.zeros(len(wanted), dtype=np.int64)
    for bit, tails in zip(reversed(bits), reversed(fed[:-1]), strict=True):
        for reached in (tails, across(tails, bit, size)):
            total += np.bitwise_count(wanted & reached).astype(np.int64)
        wanted |= across(wanted, bit, size)
    return total


def extremes(n: int, order: Order) -> Iterator[tuple[int, NDArray[np.int64]]]:
    """(l, the counts of all sets of l <= n outputs)."""
    kept = np.bitwise_count(np.arange(1, 1 << next_power_of_two(n), dtype=np.uint64))
    total = counts_by_subset(n, order)
    for l in range(1, n + 1):
        yield l, total[kept == l]


def most_highest_first(n: int, l: int) -> int:
    """Largest count in the opposite order: sum over layers i of min(l, 2^(i+1))·min(n, 2^(p−i))."""
    p = next_power_of_two(n).bit_length() - 1
    return sum(min(l, 2 << i) * min(n, 1 << (p - i)) for i in range(p))


def first_violation(
    most: Callable[[int, int], int], sizes: Iterable[int], extra: Extra
) -> tuple[int, int] | None:
    """The first (n, l) at which the largest count exceeds 2n·log l + extra(n, l), if any."""
    pairs = ((n, l) for n in sizes for l in range(1, n + 1))
    return next(((n, l) for n, l in pairs if not _within(most(n, l), n, l, extra)), None)


def _within(weights: int, n: int, l: int, extra: Extra) -> bool:
    """``within``, without large powers where the integer part of log l suffices."""
    return weights - extra(n, l) <= 2 * n * (l.bit_length() - 1) or within(weights, n, l, extra)


def _every_subset(context: Context) -> Finding:
    subsets, good = 0, True
    for n in range(2, 17):
        for l, counts in extremes(n, lowest_first):
            subsets += len(counts)
            good &= int(counts.max()) == max_effective_weights(n, l)
            good &= int(counts.min()) == min_effective_weights(n, l)
            good &= Fraction(int(counts.sum()), len(counts)) == mean_effective_weights(n, l)
            good &= within(int(counts.max()), n, l, printed)
    return Finding.of(
        good,
        Bearing.SUPPORTS,
        f"All {subsets} sets of l <= n kept outputs for n = 2, …, 16, lowest bit at the input: "
        "the number of weights on a path from one of the first n inputs to a kept output never "
        "exceeds 2n·log l + 6n; its maximum, minimum and mean over the sets of each size are the "
        "closed forms of fjlt, exactly.",
        subsets,
    )


def _integer_inequality(context: Context) -> Finding:
    largest = 1499 if context.full else 512
    violation = first_violation(max_effective_weights, range(2, largest + 1), printed)
    pairs = largest * (largest + 1) // 2 - 1
    return Finding.of(
        violation is None,
        Bearing.SUPPORTS,
        f"For all {pairs} pairs 2 <= n <= {largest}, l <= n, the largest count M satisfies 2^(M − "
        "6n) <= l^(2n), in integers: M is at most 2n·log l + 6n with n itself, not the next "
        "power of 2.",
        pairs,
    )


def _other_order(context: Context) -> Finding:
    cases, closed = 0, True
    for n in range(2, 17):
        for l, counts in extremes(n, highest_first):
            closed &= int(counts.max()) == most_highest_first(n, l)
            cases += len(counts)
    violation = first_violation(most_highest_first, range(2, 65), printed)
    if violation is None:
        return Finding.of(False, Bearing.SUPPORTS, "no violation was found up to n = 64", cases)
    n, l = violation
    p = next_power_of_two(n).bit_length() - 1
    rows = [int(f"{j:0{p}b}"[::-1], 2) for j in range(l)]
    count = int(counts_by_subset(n, highest_first, [sum(1 << row for row in rows)])[0])
    limit = 2 * n * (l.bit_length() - 1) + printed(n, l)
    agrees = closed and l & (l - 1) == 0 and count == most_highest_first(n, l) and count > limit
    return Finding.of(
        agrees,
        Bearing.SUPPORTS,
        "The order of the layers is needed. With the highest bit at the input the largest count "
        f"is Σ min(l, 2^(i+1))·min(n, 2^(p−i)) (all {cases} sets for n <= 16), within the bound "
        f"for every n < {n}; the first violation is n = {n}, l = {l}: outputs "
        f"{', '.join(map(str, sorted(rows)))} have {count} effective weights by walking the "
        f"graph, against {limit}.",
        cases + 1,
        numbers={"n": n, "l": l, "count": count, "limit": limit, "rows": rows},
    )


def _implementation(context: Context) -> Finding:
    cases, good = 0, True
    for n in range(2, 9):
        size = next_power_of_two(n)
        weights = Butterfly.identity(size).weights
        counts = counts_by_subset(n, lowest_first)
        for subset, count in enumerate(counts, start=1):
            rows = [j for j in range(size) if subset >> j & 1]
            good &= TruncatedButterfly(weights, rows, n_inputs=n).n_effective_weights == count
            cases += 1
    return Finding.of(
        good,
        Bearing.SUPPORTS,
        "TruncatedButterfly(weights, rows, n_inputs=n) reports the count of the graph for all "
        f"{cases} sets of kept outputs, n = 2, …, 8.",
        cases,
    )


CLAIM = Claim(
    id="footnote-3",
    title="Sizes that are not powers of 2",
    source=paper("Footnote 3") + "; the order of the layers is ours, the footnote leaves it open",
    statement=(
        r"For $n$ not a power of 2, the first $n$ columns of an $\ell \times n'$ truncated "
        r"butterfly, $n'$ the next power of 2, obey the same bound: at most $2n\log\ell + 6n$ "
        r"effective weights, if layer $i$, counted from the input, joins bit $i$."
    ),
    expected=Verdict.HOLDS,
    correction=(
        r"Not in the opposite order, with the highest bit at the input: there "
        r"$n = <<the other order:n>>$, $\ell = <<the other order:l>>$ is the first violation, "
        r"<<the other order:count>> weights against a bound of <<the other order:limit>>."
    ),
    depends_on=("weight-bound",),
    checks=(
        Check(
            "every subset",
            Grade.EXACT,
            "all sets of kept outputs, n ≤ 16, by walking the graph",
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
            "search for the first violation, then the graph",
            _other_order,
        ),
        Check(
            "implementation",
            Grade.EXACT,
            "the library's counts against the graph, n ≤ 8",
            _implementation,
        ),
    ),
    controls=(
        Control(
            "the bound with the highest bit at the input",
            lambda context: first_violation(most_highest_first, range(2, 33), printed) == (17, 8),
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
