"""Exact laws of random embeddings, exact linear algebra and planted rational data.

Everything here is computed in integers and fractions, or in balls that hold the exact value, unless
a docstring says otherwise.
"""

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
