"""Monodromy under its documented name; the code is in ``landscape.continuation``."""

from landscape.continuation.monodromy_loops import StartSet, monodromy
from landscape.planes.row_spaces import RowSpaces

__all__ = ["RowSpaces", "StartSet", "monodromy"]
