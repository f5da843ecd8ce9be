"""Numerical continuation: paths of critical points, monodromy, and the stored start sets."""

from landscape.continuation.endgame import PathEnds, refuse_families, track_start_set
from landscape.continuation.monodromy_loops import (
    StartSet,
    monodromy,
    projectors,
    track_in_chunks,
    unique_indices,
    with_random_phases,
)
from landscape.continuation.path_tracking import refine, track
from landscape.continuation.start_sets import start_set

__all__ = [
    "PathEnds",
    "StartSet",
    "monodromy",
    "projectors",
    "refine",
    "refuse_families",
    "start_set",
    "track",
    "track_in_chunks",
    "track_start_set",
    "unique_indices",
    "with_random_phases",
]
