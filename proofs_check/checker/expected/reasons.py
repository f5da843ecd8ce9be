"""Why a check has no certificate."""

from __future__ import annotations

__all__ = [
    "DRAWN",
    "FLOATING_POINT",
    "INERTIAS",
    "LAYER_LISTS",
    "PRINTED",
    "SAME_RANKS",
    "SAME_SUMS",
    "STORED",
    "SUMS_OF_RESIDUES",
]

DRAWN = "drawn at random: the seed reproduces it"
FLOATING_POINT = "floating point without error bounds: a run repeats it"
INERTIAS = "exact inertia of a stated family of Hessians: a certificate would repeat it"
LAYER_LISTS = "exact sums over layer lists: a certificate would be the lists themselves"
PRINTED = "compares printed digits exactly: a certificate would repeat them"
SAME_RANKS = "ranks modulo primes for a stated family: a certificate would be the same ranks"
SAME_SUMS = "exact sums over a stated family: a certificate would be the same sums"
STORED = "reads stored tables: the run names them, and their digests are in docs"
SUMS_OF_RESIDUES = "exact sums of residues at fixed points: a certificate would be the same sums"
