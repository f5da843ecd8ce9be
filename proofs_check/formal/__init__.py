"""Theorems whose proofs the kernel of Rocq has checked: sources, record, and their use as evidence.

The sources are in ``theories``. ``record.json`` says what Rocq printed when it checked them last.
"""
