"""Recheck what depends on the butterfly graph alone: effective weights and ranks."""

from __future__ import annotations

from itertools import combinations
from typing import Any

from proofs_check.checker.arithmetic.reachable_rank import rank_at

__all__ = ["reachable_dimension", "weight_extremes"]


def weight_extremes(certificate: dict[str, Any]) -> tuple[bool, str]:
    """Whether the numbers of effective weights have these extremes, for each number of outputs."""
    n, extremes = certificate["n"], certificate["extremes"]
    valid, subsets = len(extremes) == n, 0
    for l, (low, high) in enumerate(extremes, start=1):
        counts = []
        for kept in combinations(range(n), l):
            # walk from the kept outputs to the inputs: each live node of a layer has two weights
            live, weights = set(kept), 0
            for i in reversed(range(n.bit_length() - 1)):
                weights += 2 * len(live)
                live |= {j ^ (1 << i) for j in live}
            counts.append(weights)
        valid &= [min(counts), max(counts)] == [low, high]
        subsets += len(counts)
    return valid, f"{subsets} sets of kept outputs, n = {n}"


def reachable_dimension(certificate: dict[str, Any]) -> tuple[bool, str]:
    """Whether the derivative of (E, weights) ↦ row space of EB has these ranks at these points.

    A rank modulo a prime is a lower bound of the dimension of the set of row spaces.
    """
    ranks = [
        rank_at(point["weights"], point["rows"], point["encoder"], certificate["prime"])
        for point in certificate["points"]
    ]
    valid = bool(ranks) and ranks == certificate["dimensions"]
    return valid, f"{len(ranks)} ranks of the derivative: {', '.join(map(str, ranks))}"
