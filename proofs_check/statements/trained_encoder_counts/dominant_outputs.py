"""How many outputs must be kept so that the row spaces have full dimension."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations
from typing import NamedTuple

from landscape import reachable_dimension, row_classes
from landscape.planes.dimension import dimension_bound
from proofs_check.claim import Bearing, Check, Claim, Context, Control, Finding, Grade, Verdict

__all__ = ["CLAIM", "LargestPlanes", "largest_planes", "least_outputs"]

PRIME = 2**61 - 1
"""Modulus of the weights in the certificate, a prime."""

LEAST = {
    4: ((2,), (3,)),
    8: ((2, 4, 4, 6, 6), (5, 6, 7, 7, 7)),
    16: (
        (2, 4, 6, 8, 8, 10, 12, 12, 12, 14, 14, 14, 14),
        (9, 11, 13, 13, 14, 14, 15, 15, 15, 15, 15, 15, 15),
    ),
}
"""The printed least numbers of outputs of which some set, and of which every set, is dominant, for
k = 2, …, n − 2."""

Rows = tuple[int, ...]
Bound = Callable[[int, Rows, int], int]


class LargestPlanes(NamedTuple):
    """The largest k for which sets of l outputs are dominant.

    Attributes
    ----------
    every, some : int
        For every set of l outputs, and for some set.
    witness : tuple of int
        A set that is dominant for k = ``some``.
    undecided : str
        Where ranks and bounds leave a gap.
    """

    every: int
    some: int
    witness: Rows
    undecided: str


def largest_planes(n: int, l: int, bound: Bound = dimension_bound) -> LargestPlanes:
    """For which k every set, and some set, of l outputs is dominant.

    A set that is dominant for k is so for every smaller k. A rank modulo a prime shows that it is
    dominant, an upper bound below k(n − k) that it is not.
    """
    sets = [c.rows for c in row_classes(n, l)]
    # for no k beyond is the set dominant
    ends = {
        rows: max(k for k in range(1, l + 1) if bound(n, rows, k) >= k * (n - k)) for rows in sets
    }

    def dominant(rows: Rows, k: int) -> bool:
        return reachable_dimension(n, rows, k) == k * (n - k)

    every, end = min(ends.values()), max(ends.values())
    gaps = [f"outputs {rows}, k = {every}" for rows in sets if not dominant(rows, every)]
    cases = ((k, rows) for k in range(end, 0, -1) for rows in sets if ends[rows] >= k)
    some, witness = next(((k, rows) for k, rows in cases if dominant(rows, k)), (0, ()))
    gaps += [f"no set of {l} outputs found for k = {end}"] * (some < end)
    return LargestPlanes(every, some, witness, "; ".join(gaps[:3]))


def least_outputs(largest: Sequence[int], k: int) -> int:
    """From which l on the largest k, for l = 1, …, n, is at least this k.

    Examples
    --------
    >>> least_outputs([1, 1, 3, 4], 2)
    3
    """
    return 1 + max((l for l, end in enumerate(largest, start=1) if end < k), default=0)


def disagreements(n: int, found: Sequence[LargestPlanes]) -> list[str]:
    """Where the printed least numbers are not those of the table."""
    columns = [one.some for one in found], [one.every for one in found]
    least = tuple(tuple(least_outputs(column, k) for k in range(2, n - 1)) for column in columns)
    faults = [f"n = {n}: {least}, printed {LEAST[n]}"] * (least != LEAST[n])
    faults += [f"n = {n}: {one.undecided}" for one in found if one.undecided]
    # k = 1 takes one output; k = n − 1 takes n − 1, as many as it can
    faults += [
        f"n = {n}, k = {k}: not {k} outputs"
        for k in (1, n - 1)
        for column in columns
        if least_outputs(column, k) != k
    ]
    return faults


def _orbits(context: Context) -> Finding:
    rng, sizes = context.integers, [*LEAST]
    found = {n: [largest_planes(n, l) for l in range(1, n + 1)] for n in sizes}
    faults = [fault for n in sizes for fault in disagreements(n, found[n])]

    def numbers(rows: int, columns: int) -> list[list[int]]:
        return [[rng.randrange(PRIME) for _ in range(columns)] for _ in range(rows)]

    counts = [sum(len(row_classes(n, l)) for l in range(1, n + 1)) for n in sizes]
    return Finding.of(
        not faults,
        Bearing.SUPPORTS,
        "; ".join(faults[:5])
        or f"n = {', '.join(map(str, sizes))}, all {', '.join(map(str, counts))} orbits of "
        "outputs: the rank of the derivative modulo primes shows where outputs are dominant, and "
        "upper bounds from counting parameters show where they are not. A set that is dominant for "
        "k is so for smaller k. No case is left open.",
        sum(counts),
        scope=f"n = {', '.join(map(str, sizes))}",
        numbers={
            f"n = {n}, l = {l}": f"{one.every} to {one.some}"
            for n in sizes
            for l, one in enumerate(found[n], start=1)
        },
        certificate={
            "kind": "dominant-outputs",
            "prime": PRIME,
            "sizes": [
                {
                    "weights": [numbers(n, 2) for _ in range(n.bit_length() - 1)],
                    "encoder": numbers(n, n),
                    "every": [one.every for one in found[n]],
                    "some": [one.some for one in found[n]],
                    "witnesses": [one.witness for one in found[n]],
                }
                for n in sizes
            ],
        },
    )


def _thirty_two(context: Context) -> Finding:
    """The same for n = 32, or in the quick profile for its smallest and largest sets."""
    n = 32
    lengths = range(1, n + 1) if context.full else [1, 2, 3, 30, 31, 32]
    found = {l: largest_planes(n, l) for l in lengths}
    # as for every n: all sets of l outputs are dominant for k = 2 if l > n/2, for all k < n if
    # l = n − 1, and not all for k = n/2 if l = n − 2
    faults = [f"l = {l}: {one.every}" for l, one in found.items() if (one.every < 2) != (l <= 16)]
    ends = found[30].every, found[31].every
    faults += [f"l = 30, 31: {ends}"] * (ends != (15, 31))
    gaps = [one.undecided for one in found.values() if one.undecided]
    return Finding.of(
        not faults,
        Bearing.SUPPORTS,
        "; ".join(faults)
        or "n = 32, largest k for which every set and for which some set of l outputs is dominant: "
        + "; ".join(f"l = {l}: {one.every}, {one.some}" for l, one in found.items())
        + "."
        + (f" Not decided: {'; '.join(gaps)}." if gaps else ""),
        len(found),
        numbers={f"l = {l}": f"{one.every} to {one.some}" for l, one in found.items()},
    )


def _every_set(context: Context) -> Finding:
    """All sets one by one, without orbits and without what passes from one k to another."""
    faults, cases = [], 0
    for n in (4, 8):
        dominant = {
            (rows, k): reachable_dimension(n, rows, k, context.integers.randrange(2**32))
            == k * (n - k)
            for l in range(1, n + 1)
            for rows in combinations(range(n), l)
            for k in range(1, l + 1)
        }
        cases += len(dominant)
        for k in range(2, n - 1):
            sizes = {
                l: [d for (rows, j), d in dominant.items() if (len(rows), j) == (l, k)]
                for l in range(k, n + 1)
            }
            some = min(l for l, found in sizes.items() if any(found))
            every = min(l for l in sizes if all(all(sizes[m]) for m in range(l, n + 1)))
            if (some, every) != tuple(column[k - 2] for column in LEAST[n]):
                faults.append(f"n = {n}, k = {k}: {some}, {every}")
    return Finding.of(
        not faults,
        Bearing.SUPPORTS,
        "; ".join(faults)
        or f"n = 4, 8: the same from all sets of outputs and all k, {cases} ranks at other points.",
        cases,
        scope="n <= 8",
        numbers={"cases": cases},
    )


def _no_bounds(context: Context) -> bool:
    """Without bounds some sets stay undecided."""
    return any(largest_planes(8, l, lambda n, rows, k: k * (n - k)).undecided for l in range(1, 9))


def _printed(change: Callable[[int], int]) -> Callable[[Context], bool]:
    """Whether a table for n = 8 in which every set needs other numbers is refused."""

    def refused(context: Context) -> bool:
        found = [largest_planes(8, l) for l in range(1, 9)]
        changed = [one._replace(every=change(one.every)) for one in found]
        return bool(disagreements(8, changed)) and not disagreements(8, found)

    return refused


def _listed(numbers: Sequence[int]) -> str:
    return ", ".join(map(str, numbers))


CLAIM = Claim(
    id="dominant-outputs",
    title="How many kept outputs give row spaces of full dimension",
    source="Beyond the paper: what training the butterfly does to the landscape",
    statement=r"Call $\ell$ kept outputs of a butterfly of size $n$ dominant for $k \le \ell$ if "
    r"the row spaces of $EB$ contain an open set of $k$-planes. For $n = 4$, some set of $\ell$ "
    rf"outputs is dominant for $k = 2$ from $\ell = {LEAST[4][0][0]}$ on, and every set from "
    rf"$\ell = {LEAST[4][1][0]}$ on. For $n = 8$ and $k = 2, \dots, 6$ these numbers are "
    rf"${_listed(LEAST[8][0])}$ and ${_listed(LEAST[8][1])}$. For $n = 16$ and $k = 2, \dots, 14$ "
    rf"they are ${_listed(LEAST[16][0])}$ and ${_listed(LEAST[16][1])}$. For $k = 1$ and "
    r"$k = n - 1$ both are $k$.",
    expected=Verdict.HOLDS,
    depends_on=("reachable",),
    checks=(
        Check("orbits", Grade.EXACT, "ranks modulo primes, and upper bounds", _orbits),
        Check("every set", Grade.EXACT, "all sets and k, one by one", _every_set, partial=True),
        Check("n = 32", Grade.EXACT, "ranks modulo primes, and bounds", _thirty_two, partial=True),
    ),
    controls=(
        Control("the dimension of all planes in place of the upper bounds", _no_bounds),
        Control("every set dominant for one k more", _printed(lambda k: k + 1)),
        Control("every set dominant for k = 1 only", _printed(lambda k: 1)),
    ),
)
