"""Sketches for low-rank approximation that are learned from example matrices."""

from landscape.sketches.learned_sketch import LearnedSketch, approximation_errors, learn_sketch

__all__ = ["LearnedSketch", "approximation_errors", "learn_sketch"]
