"""Exact laws of random embeddings, exact linear algebra, planted rational data."""

from proofs_check.exact.laws import (
    hadamard_rows,
    norm_law,
    projections,
    prop1_law,
    prop2_success,
    rationals,
    row_spaces,
    sign_patterns,
)

__all__ = [
    "hadamard_rows",
    "norm_law",
    "projections",
    "prop1_law",
    "prop2_success",
    "rationals",
    "row_spaces",
    "sign_patterns",
]
