"""Exact laws of random embeddings, exact linear algebra and planted rational data.

Everything here is computed in integers and fractions, or in balls that hold the exact value, unless
a docstring says otherwise.

The law of ‖Jx‖² for an SRHT with two of four outputs, as {value: probability}, sums to 1:

>>> from proofs_check import exact
>>> print(sum(exact.norm_law([1, 2, 3, 4], 2).values()))
1
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
