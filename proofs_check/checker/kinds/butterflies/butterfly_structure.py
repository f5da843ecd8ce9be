"""Recheck the dimension of the set of row spaces that a truncated butterfly reaches."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from proofs_check.checker.arithmetic.reachable_rank import PRIME, rank_at
from proofs_check.checker.bounded import Refused, integer

__all__ = ["reachable_dimension"]

MAX_KEPT = 16
"""Bound on n where ranks are taken."""


def reachable_dimension(certificate: dict[str, Any], sizes: Sequence[int] = ()) -> tuple[bool, str]:
    """Whether the derivative of (E, weights) ↦ row space of EB has these ranks at these points.

    A rank modulo a prime is a lower bound of the dimension of the set of row spaces.

    Parameters
    ----------
    certificate : dict
        "prime", 2^61 − 1; "points", each with "rows", "weights" and "encoder"; and "dimensions".
    sizes : sequence of int, optional
        With it, the points must be pairs of outputs, one for each of these n and each lowest bit b
        in which two outputs can differ, and the ranks n + n/2^b − 4.
    """
    points, ranks, places = certificate["points"], [], []
    if certificate["prime"] != PRIME:
        raise Refused(f"the modulus is not the prime {PRIME}")
    for point in points:
        weights, rows, encoder = point["weights"], point["rows"], point["encoder"]
        p = integer(len(weights), 1, MAX_KEPT.bit_length() - 1, "the number of layers")
        n = 1 << p
        if [[len(pair) for pair in layer] for layer in weights] != [[2] * n] * p:
            raise Refused(f"the weights have not the shape ({p}, {n}, 2)")
        entries = [entry for layer in weights for pair in layer for entry in pair]
        entries += [entry for row in encoder for entry in row]
        for entry in entries:
            integer(entry, -PRIME, PRIME, "a weight")
        for row in rows:
            integer(row, 0, n - 1, "an output")
        l, k = len(set(rows)), len(encoder)
        if l < len(rows) or not 1 <= k <= l or [len(row) for row in encoder] != [l] * k:
            return False, "an output is named twice, or the encoder has another shape"
        ranks.append(rank_at(weights, rows, encoder, PRIME))
        if sizes:
            r, s = rows
            b = next(b for b in range(p) if (r ^ s) >> b & 1)
            places.append((n, b, n + (n >> b) - 4))
    valid = bool(ranks) and ranks == certificate["dimensions"]
    if sizes:
        expected = [(n, b, n + (n >> b) - 4) for n in sizes for b in range(n.bit_length() - 1)]
        valid &= sorted(places) == sorted(expected)
        valid &= ranks == [dimension for _, _, dimension in places]
    return valid, f"{len(ranks)} ranks of the derivative: {', '.join(map(str, ranks))}"
