"""The dimension of the set of row spaces of E·B: a closed form, a rank at points, and bounds.

Integers and the standard library only.
"""

from __future__ import annotations

from functools import cache
from itertools import product
from random import Random

__all__ = [
    "Kept",
    "dimension",
    "dimension_bounds",
    "modular_rank",
    "normal_form",
    "rank_at",
    "sets_of_outputs",
    "upper_bounds",
]

PRIME = 2**61 - 1
POINTS = 2
"""Random points at which the rank is taken."""

Weights = list[list[list[int]]]
Kept = frozenset[int]


def dimension(n: int, rows: list[int], k: int) -> tuple[int, str]:
    """The dimension of the set of row spaces of E·B, and a clause that says what it rests on.

    E has k rows, and B consists of the outputs ``rows`` of a butterfly of size n. For k = 2 and two
    outputs the dimension is n + n/2^b − 4, where b is the lowest bit in which they differ.
    Otherwise it is the rank of the derivative at random points, modulo a prime. That is a lower
    bound, and certain if it is k(n − k), the dimension of the Grassmannian.

    Examples
    --------
    >>> dimension(8, [0, 2], 2)[0]
    8
    >>> dimension(8, [0, 2, 4], 2)
    (8, 'if the row spaces have dimension 8, the rank at 2 random points')
    >>> dimension(8, [0, 1], 1)
    (7, 'as the row spaces have full dimension, 7')
    """
    if k == len(rows) == 2:
        b = next(b for b in range(n) if (rows[0] ^ rows[1]) >> b & 1)
        closed = n + (n >> b) - 4
        return (
            closed,
            f"as the row spaces of two outputs that differ first in bit {b} have dimension "
            f"{closed}",
        )
    rank = max(_rank_at_random(n, rows, k, Random(seed)) for seed in range(POINTS))
    if rank == k * (n - k):
        return rank, f"as the row spaces have full dimension, {rank}"
    return rank, f"if the row spaces have dimension {rank}, the rank at {POINTS} random points"


def rank_at(weights: Weights, rows: list[int], E: list[list[int]], modulus: int) -> int:
    """The rank of the derivative of (E, weights) ↦ row space of EB, or −1 if EB has rank below k.

    It is the rank of the derivative of EB less k², the dimension of the changes of basis EB ↦ G·EB.
    Modulo a prime it is a lower bound of the dimension of the set of row spaces.

    Parameters
    ----------
    weights : nested list of int, shape (p, n, 2)
        Output j of layer i has the weights of inputs j and j XOR 2^i.
    rows : list of int
        The kept outputs.
    E : list of lists of int, shape (k, len(rows))
        The encoder.
    modulus : int
        A prime.

    Examples
    --------
    >>> rank_at([[[1, 2], [3, 4]]], [0], [[1]], 5)
    1
    """
    p, n, k = len(weights), len(weights[0]) if weights else 1, len(E)
    by_weight = {(i, j, b): [0] * (k * n) for i in range(p) for j in range(n) for b in range(2)}
    by_encoder = {(t, s): [0] * (k * n) for t in range(k) for s in range(len(rows))}
    values = [[0] * n for _ in range(k)]
    for (s, r), column in product(enumerate(rows), range(n)):
        # the one path from the input to output r: after layer i its node has the low i + 1 bits of
        # r and the other bits of the input
        nodes = [r % (2 << i) + (column >> i + 1 << i + 1) for i in range(p)]
        steps = [(i, j, (r ^ column) >> i & 1) for i, j in enumerate(nodes)]
        factors = [weights[i][j][b] for i, j, b in steps]
        entry = _product(factors)
        # what is left of the product where one weight is left out
        rest = [_product(factors[:i] + factors[i + 1 :]) for i in range(p)]
        for t in range(k):
            values[t][column] += E[t][s] * entry
            # entry (t, column) of EB is the sum of E[t, s]·entry
            by_encoder[t, s][t * n + column] = entry
            for step, others in zip(steps, rest, strict=True):
                by_weight[step][t * n + column] += E[t][s] * others
    rank = modular_rank([*by_weight.values(), *by_encoder.values()], modulus) - k * k
    return rank if modular_rank(values, modulus) == k else -1


def _rank_at_random(n: int, rows: list[int], k: int, random: Random) -> int:
    p = n.bit_length() - 1
    weights = [[[random.randrange(1, PRIME) for _ in range(2)] for _ in range(n)] for _ in range(p)]
    return rank_at(
        weights, rows, [[random.randrange(1, PRIME) for _ in rows] for _ in range(k)], PRIME
    )


def modular_rank(rows: list[list[int]], modulus: int) -> int:
    """Rank by elimination with pivots that are units.

    Their product is a minor of this size that does not vanish, so the rank over the rationals is no
    smaller. If the modulus is not prime, a pivot may have no inverse: that raises ``ValueError``.
    """
    left = [{i: x % modulus for i, x in enumerate(row) if x % modulus} for row in rows]
    rank = 0
    for column in range(len(rows[0])):
        met = [row for row in left if column in row]
        if not met:
            continue
        # a row with few entries, so that few are added to the others
        pivot = min(met, key=len)
        inverse = pow(pivot.pop(column), -1, modulus)
        for row in met:
            if row is pivot:
                continue
            factor = row.pop(column) * inverse
            for i, y in pivot.items():
                if x := (row.get(i, 0) - factor * y) % modulus:
                    row[i] = x
                else:
                    row.pop(i, None)
        left = [row for row in left if row is not pivot]
        rank += 1
    return rank


def _product(factors: list[int]) -> int:
    value = 1
    for factor in factors:
        value *= factor
    return value


@cache
def sets_of_outputs(n: int) -> list[Kept]:
    """All non-empty sets of outputs."""
    return [frozenset(r for r in range(n) if bits >> r & 1) for bits in range(1, 1 << n)]


@cache
def normal_form(kept: Kept, n: int) -> str:
    """The same for two sets if and only if exchanges of subtrees lead from one to the other."""
    if n == 1:
        return str(len(kept))
    halves = (frozenset(r >> 1 for r in kept if r % 2 == parity) for parity in range(2))
    return "".join(sorted(normal_form(half, n // 2) for half in halves))


@cache
def dimension_bounds(n: int) -> dict[Kept, list[int]]:
    """For every set of outputs, ``upper_bounds``."""
    return {kept: upper_bounds(kept, n) for kept in (*sets_of_outputs(n), frozenset[int]())}


@cache
def upper_bounds(kept: Kept, n: int) -> list[int]:
    """Upper bounds of the dimension of the k-planes of outputs, k = 0, …, l.

    To the bounds that follow from butterflies of half the size two rules are added:

    - for k = l the orthogonal complement is spanned by the other outputs, of another butterfly;
    - a k-plane lies in a plane of dimension j > k.

    Examples
    --------
    >>> upper_bounds(frozenset({0, 2}), 4)
    [0, 3, 2]
    """
    l, bounds = len(kept), _from_half(kept, n)
    bounds[l] = min(bounds[l], _from_half(frozenset(range(n)) - kept, n)[n - l])
    return [min(bounds[j] + k * (j - k) for j in range(k, l + 1)) for k in range(l + 1)]


def _from_half(kept: Kept, n: int) -> list[int]:
    """The bounds that follow from those of butterflies of half the size.

    - k-planes of R^n have k(n − k) parameters;
    - rows of outputs of one parity are those of a butterfly of half the size, spread over two
      inputs each;
    - rows of a sum of matrices, one for each parity, up to k² changes of basis;
    - the plane contains one that the outputs of one parity span, if k exceeds the other number;
    - it lies in the sum of a plane in each half of the inputs, of dimension t, the number of
      outputs modulo n/2.
    """
    bounds = [k * (n - k) for k in range(len(kept) + 1)]
    if n == 1:
        return bounds
    half = n // 2
    parts = [frozenset(r >> 1 for r in kept if r % 2 == parity) for parity in range(2)]
    spread = [[0, *(d + half for d in upper_bounds(part, half)[1:])] for part in parts]
    t, (a, b) = len({r % half for r in kept}), map(len, parts)
    folded = upper_bounds(frozenset(r % half for r in kept), half)[t]
    for k in range(1, len(kept) + 1):
        first, second = min(k, a), min(k, b)
        limits = [spread[0][first] + spread[1][second] + k * (first + second - k)]
        limits.append(2 * folded + k * (2 * t - k))
        limits += [spread[0][k - b] + b * (n - k)] if k >= b else []
        limits += [spread[1][k - a] + a * (n - k)] if k >= a else []
        bounds[k] = min(bounds[k], *limits)
    return bounds
