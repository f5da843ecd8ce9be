"""Monodromy, under the name it is documented by; the code is in ``landscape.continuation``."""

from landscape.continuation.monodromy_loops import (
    StartSet,
    distinct,
    follow,
    monodromy,
    projectors,
    turned,
)

__all__ = ["StartSet", "distinct", "follow", "monodromy", "projectors", "turned"]
