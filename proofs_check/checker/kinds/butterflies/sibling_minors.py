"""Recheck that matrices are rows of no butterfly, by minors that would have to vanish.

If the layer at the input joins bit i, two outputs with the same bit i read the same nodes of it.
Then their minors on the columns c, c XOR 2^i vanish. Two of any three outputs have the same bit i.
So three rows of which each pair has such a minor that is not zero, for every i, are no outputs of a
butterfly, whatever the order of its layers.
"""

from __future__ import annotations

from itertools import combinations
from itertools import product as choices
from typing import Any

from proofs_check.checker.bounded import Refused, integer

__all__ = ["factor", "sparse_factor", "two_rounds"]

Rows = list[list[int]]


def factor(certificate: dict[str, Any]) -> tuple[bool, str]:
    """Whether P·H is excluded, and whether butterflies of these sizes keep the rule."""
    minors = 0
    for n in certificate["sizes"]:
        integer(n, 2, 16, "n")
        for (r, s), c in choices(combinations(range(n), 2), range(0, n, 2)):
            # the minor is a difference of two products of weights, along two pairs of paths
            one = sorted(_edges(n, r, c) + _edges(n, s, c + 1))
            other = sorted(_edges(n, r, c + 1) + _edges(n, s, c))
            if (one == other) != (r & 1 == s & 1):
                return False, f"rows {r}, {s} and columns {c}, {c + 1} break the rule at n = {n}"
            minors += 1
    return _excluded(_transformed(certificate["P"])), f"{minors} minors, and the rows of one P·H"


def sparse_factor(certificate: dict[str, Any]) -> tuple[bool, str]:
    """How many patterns of zeros of P leave P·H excluded, for generic entries elsewhere.

    A minor that is not zero at these integers is no zero polynomial, so it does not vanish for
    almost all real entries.
    """
    generic = _integers(certificate["generic"], 3, 4)
    count = 0
    for pattern in choices((0, 1), repeat=12):
        P = [[generic[t][j] * pattern[4 * t + j] for j in range(4)] for t in range(3)]
        count += _excluded(_transformed(P))
    return 0 < count == certificate["excluded"], f"{count} of {2**12} patterns of zeros"


def two_rounds(certificate: dict[str, Any]) -> tuple[bool, str]:
    """Whether P·H·D·H is excluded, for these rows and signs."""
    signs = [integer(sign, -1, 1, "a sign") for sign in certificate["signs"]]
    rows = [integer(row, 0, len(signs) - 1, "a row") for row in certificate["rows"]]
    if 0 in signs or len(signs) != 16:
        raise Refused("16 signs are needed, each 1 or -1")
    D = [[(-1) ** bin(row & j).count("1") * signs[j] for j in range(16)] for row in rows]
    return _excluded(_transformed(D)), "one pattern of signs, of positive probability"


def _excluded(B: Rows) -> bool:
    n, rows = len(B[0]), range(len(B))

    def apart(r: int, s: int, step: int) -> bool:
        low = [c for c in range(n) if not c & step]
        return any(B[r][c] * B[s][c | step] != B[r][c | step] * B[s][c] for c in low)

    return all(
        any(
            all(apart(*pair, 1 << i) for pair in combinations(three, 2))
            for three in combinations(rows, 3)
        )
        for i in range(n.bit_length() - 1)
    )


def _transformed(P: Any) -> Rows:
    """P·H with the unscaled Hadamard matrix, by its entries (−1)^⟨i, j⟩."""
    P = _integers(P, len(P), len(P[0]) if P else 0)
    n = len(P[0]) if P else 0
    if n not in (2, 4, 8, 16):
        raise Refused(f"a matrix has {n} columns, not 2, 4, 8 or 16")
    return [
        [sum(row[i] * (-1) ** bin(i & j).count("1") for i in range(n)) for j in range(n)]
        for row in P
    ]


def _integers(P: Any, k: int, n: int) -> Rows:
    if len(P) != k or any(len(row) != n for row in P):
        raise Refused(f"a matrix is not of shape {k}×{n}")
    return [[integer(entry, -(10**12), 10**12) for entry in row] for row in P]


def _edges(n: int, output: int, column: int) -> list[tuple[int, int, int]]:
    """The weights on the path: the layer, its output node, and its input node."""
    edges, node = [], column
    for i in range(n.bit_length() - 1):
        head = node ^ ((node ^ output) & (1 << i))
        edges.append((i, head, node))
        node = head
    return edges
