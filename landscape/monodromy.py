"""Monodromy under its documented name; the code is in ``landscape.continuation``."""

from landscape.continuation.monodromy_loops import StartSet, monodromy

__all__ = ["StartSet", "monodromy"]
