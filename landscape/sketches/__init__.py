"""Sketches learned from example matrices."""
