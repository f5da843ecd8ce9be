"""Compiled passes over arrays: Walsh-Hadamard transforms and products with butterflies."""
