"""Exact counts of weights, paths and critical points; data, exact and random, to count for."""

from proofs_check.counts.critical_ideal import SpanData
from proofs_check.counts.euler_count import critical_count
from proofs_check.counts.localisation import Family
from proofs_check.counts.persistence import minimum_persists
from proofs_check.counts.real_points import Zeros
from proofs_check.counts.sibling_gain import Census, SiblingGain
from proofs_check.counts.spans import Spans

__all__ = [
    "Census",
    "Family",
    "SiblingGain",
    "SpanData",
    "Spans",
    "Zeros",
    "critical_count",
    "minimum_persists",
]
