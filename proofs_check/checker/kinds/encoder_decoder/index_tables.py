"""Index and nullity of every class of critical points, and sets without a turn, enumerated."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import combinations
from itertools import product as choices
from typing import Any

from flint import fmpq

from proofs_check.checker.arithmetic.symmetric_elimination import Sparse, inertia
from proofs_check.checker.bounded import Refused, integer
from proofs_check.checker.kinds.encoder_decoder.networks import Class, hessian, require

__all__ = ["classes", "closed_form", "morse_indices", "patterns", "turn_pairs"]

Shape = tuple[list[int], int, int, int]
"""(the roots of the positive eigenvalues of Σ, m, l, k)."""


def closed_form(
    multiplicities: Sequence[int], m: int, l: int, k: int, kind: Class
) -> tuple[int, int]:
    """(index, nullity) at all points of a class, by the formula of the claim morse-index.

    Parameters
    ----------
    multiplicities : sequence of int
        How often each positive eigenvalue of Σ occurs, largest first.
    m, l, k : int
        Numbers of outputs, of rows of X, which are independent, and of hidden units.
    kind : Class

    Examples
    --------
    >>> closed_form([1, 1], 2, 2, 1, ((0, 1), 0, 0))
    (1, 1)
    """
    chosen, t_D, t_E = kind
    q, r = sum(chosen), sum(multiplicities)
    free = [total - count for total, count in zip(multiplicities, chosen, strict=True)]
    # an eigenvector of I may be exchanged for one of a larger eigenvalue outside
    exchanges = sum(count * sum(free[:i]) for i, count in enumerate(chosen))
    ties = sum(count * other for count, other in zip(chosen, free, strict=True))
    idle = (k - q) * (2 * q + m + l - 2 * r) - t_D * (l - r) - t_E * (m - r) + t_D * t_E
    return exchanges + (k - q) * (r - q), q * q + idle + ties


def classes(multiplicities: Sequence[int], m: int, l: int, k: int) -> Iterator[Class]:
    """The class of every (I, t_D, t_E), |I| <= k; as often as there are such I."""
    owner = [i for i, count in enumerate(multiplicities) for _ in range(count)]
    r = len(owner)
    for q in range(min(k, r) + 1):
        for subset in combinations(owner, q):
            chosen = tuple(subset.count(i) for i in range(len(multiplicities)))
            for t_D, t_E in choices(range(m - r + 1), range(l - r + 1)):
                if t_D + t_E <= k - q:
                    yield chosen, t_D, t_E


def patterns(largest: int, ordered: bool = False) -> Iterator[Shape]:
    """All m, l, k up to a bound, with every pattern of equal and of zero eigenvalues.

    With ``ordered``, those with k <= l <= m.
    """
    for m, l, k in choices(range(1, largest + 1), repeat=3):
        for r in range(min(m, l) + 1) if k <= l <= m or not ordered else ():
            for drops in choices((0, 1), repeat=max(r - 1, 0)):
                yield [1 + sum(drops[i:]) for i in range(r)], m, l, k


def morse_indices(certificate: dict[str, Any], largest: int) -> tuple[bool, str]:
    """Whether the closed form gives index and nullity of every class for m, l, k up to a bound.

    In the coordinates of the singular vectors every class has a point of unit vectors. The gauge is
    a congruence of the Hessian, so that one point decides for all of them.

    Parameters
    ----------
    certificate : dict
        "largest", the bound; "tables", for each (m, l, k) in order a list [m, l, k, classes, sum of
        their indices, sum of their nullities]; "landscapes", "classes" and "largest_index".
    largest : int
        The least bound.
    """
    bound = integer(certificate["largest"], largest, 6, "'largest'")
    landscapes = [*patterns(bound)]
    counted = [Counter(classes(_multiplicities(v), m, l, k)) for v, m, l, k in landscapes]
    numbers = len(landscapes), sum(map(Counter.total, counted))
    # what costs little first
    if (certificate["landscapes"], certificate["classes"]) != numbers:
        raise Refused(f"there are {numbers[1]} classes in {numbers[0]} landscapes")
    integer(certificate["largest_index"], 0, bound**2, "'largest_index'")
    for row in certificate["tables"]:
        if len(row) != 6 or {*map(type, row)} != {int}:
            raise Refused("a table has not six integers")
    tables: dict[tuple[int, int, int], list[int]] = {}
    highest = 0
    for (values, m, l, k), kinds in zip(landscapes, counted, strict=True):
        multiplicities = _multiplicities(values)
        table = tables.setdefault((m, l, k), [0, 0, 0])
        for kind, count in kinds.items():
            found = inertia(_unit_hessian(values, m, l, k, kind))
            require(
                found == closed_form(multiplicities, m, l, k, kind),
                f"index and nullity are {found} for σ = {values}, {(m, l, k)}, {kind}",
            )
            for place, number in enumerate((1, *found)):
                table[place] += count * number
            highest = max(highest, found[0])
    valid = certificate["tables"] == [[*shape, *table] for shape, table in tables.items()]
    valid &= certificate["largest_index"] == highest
    return valid, f"index and nullity of {numbers[1]} classes in {numbers[0]} landscapes"


def _multiplicities(values: list[int]) -> list[int]:
    """How often each value occurs, the largest first."""
    return [values.count(value) for value in sorted(set(values), reverse=True)]


def _unit_hessian(values: list[int], m: int, l: int, k: int, kind: Class) -> Sparse:
    """The Hessian at the point of a class whose rows and columns are unit vectors, X = I."""
    (chosen, t_D, t_E), r = kind, len(values)
    levels = sorted(set(values), reverse=True)
    D: Sparse = [{} for _ in range(m)]
    F: Sparse = [{} for _ in range(k)]
    unit = 0
    for level, count in zip(levels, chosen, strict=True):
        first = values.index(level)
        for i in range(first, first + count):
            D[i][unit], F[unit][i] = _ONE, fmpq(level)
            unit += 1
    # idle units: D in ker Aᵀ and F = 0, or D = 0 and F in ker A
    for step in range(t_D):
        D[r + step][unit + step] = _ONE
    for step in range(t_E):
        F[k - 1 - step][r + step] = _ONE
    one = [{i: _ONE} for i in range(l)]
    A: Sparse = [{i: fmpq(values[i])} if i < r else {} for i in range(m)]
    return hessian(D, F, one, A)


_ONE = fmpq(1)


def turn_pairs(certificate: dict[str, Any], largest: int) -> tuple[bool, str]:
    """Whether only [0], …, [k] have no a <= k outside I' and b in I' with a < b, for k <= m.

    A set is a number whose bit i − 1 says whether i is in it: the least a outside is its lowest
    zero, and the largest b its highest one.

    Parameters
    ----------
    certificate : dict
        "largest", the bound for m; "sets", how many sets of at most k elements there are for all k
        and m; and "without", how many of them have no pair.
    largest : int
        The least bound.
    """
    bound = integer(certificate["largest"], largest, 12, "'largest'")
    sets = without = 0
    for m in range(1, bound + 1):
        for mask in range(1 << m):
            lowest = (~mask & (mask + 1)).bit_length()
            for k in range(max(1, mask.bit_count()), m + 1):
                sets += 1
                pair = lowest <= k and lowest < mask.bit_length()
                require(pair == bool(mask & (mask + 1)), f"k = {k}, I' = {bin(mask)}")
                without += not pair
    valid = (certificate["sets"], certificate["without"]) == (sets, without)
    return valid and sets > 0, f"{sets} sets I', of which {without} have no pair"
