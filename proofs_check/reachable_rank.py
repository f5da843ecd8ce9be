"""The dimension of the row spaces of E·B, by a closed form or as a rank at random points."""

from __future__ import annotations

from random import Random

from flint import nmod_mat

__all__ = ["dimension"]

PRIME = 2**61 - 1
POINTS = 2


def dimension(n: int, rows: list[int], k: int) -> tuple[int, str]:
    """Dimension of the row spaces of E·B, E of k rows, B the outputs ``rows`` of butterflies; and what that rests on.

    For k = 2 of two outputs it is n + n/2^b - 4, b the lowest bit in which they differ; else the rank of the derivative
    of E·B, less k². A rank at a random point modulo a prime is a lower bound, and certain if it is k(n-k).

    Examples
    --------
    >>> dimension(8, [0, 2], 2)[0], dimension(8, [0, 2, 4], 2)
    (8, (8, 'if the row spaces have dimension 8, the rank at 2 random points'))
    >>> dimension(8, [0, 1], 1)
    (7, 'as the row spaces have full dimension, 7')
    """
    if k == len(rows) == 2:
        b = next(b for b in range(n) if (rows[0] ^ rows[1]) >> b & 1)
        found = n + (n >> b) - 4
        return found, f"as the row spaces of two outputs that differ first in bit {b} have dimension {found}"
    found = max(_rank(n, rows, k, Random(seed)) for seed in range(POINTS))
    if found == k * (n - k):
        return found, f"as the row spaces have full dimension, {found}"
    return found, f"if the row spaces have dimension {found}, the rank at {POINTS} random points"


def _rank(n: int, rows: list[int], k: int, random: Random) -> int:
    """Row spaces move by E·(last layers)·(change of a layer)·(first layers), and by the change of E."""
    p, identity = n.bit_length() - 1, [[int(i == j) for j in range(n)] for i in range(n)]
    weights = [[[random.randrange(1, PRIME) for _ in range(2)] for _ in range(n)] for _ in range(p)]
    first = [identity]
    for i, layer in enumerate(weights):
        B = first[i]
        first.append(
            [
                [(layer[j][0] * x + layer[j][1] * y) % PRIME for x, y in zip(B[j], B[j ^ (1 << i)], strict=True)]
                for j in range(n)
            ]
        )
    last = [[0] * n for _ in range(k)]
    for row in last:
        for r in rows:
            row[r] = random.randrange(1, PRIME)
    moves = [[x * int(a == b) for b in range(k) for x in first[p][r]] for a in range(k) for r in rows]
    for i in reversed(range(p)):
        for j in range(n):
            moves += [[row[j] * x % PRIME for row in last for x in first[i][source]] for source in (j, j ^ (1 << i))]
        layer = weights[i]
        last = [
            [(row[c] * layer[c][0] + row[c ^ (1 << i)] * layer[c ^ (1 << i)][1]) % PRIME for c in range(n)]
            for row in last
        ]
    return int(nmod_mat(len(moves), k * n, [entry for move in moves for entry in move], PRIME).rank()) - k * k
