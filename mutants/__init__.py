"""Faults planted on purpose: named changes of the program, and what must notice each of them."""
