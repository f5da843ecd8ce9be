"""What is expected of the claims on butterflies."""

from __future__ import annotations

from collections.abc import Mapping

from proofs_check.checker.expectation import WITNESS, Certificate, Claim
from proofs_check.checker.expected import all_sizes
from proofs_check.checker.expected.reasons import NOT_YET

__all__ = ["CLAIMS"]

CLAIMS: Mapping[str, Claim] = {
    "def-4.1": Claim(
        "443276e51a7e0ee79f2e13fc83cc525a0fd90c98f6262ac8cc89612b57c47f39",
        {
            "structure": NOT_YET,
            "dimension": NOT_YET,
        },
    ),
    "footnote-3": Claim(
        "8c6a08525d32f9049bfccedbeb5ed6a8d84558a2afd6ce6dc376c2269f785906",
        {
            "every subset": NOT_YET,
            "integer inequality": NOT_YET,
            "the other order": NOT_YET,
            "implementation": NOT_YET,
        },
    ),
    "footnote-4": Claim(
        "0c213fff96865e646a2a82eb8af65039c756c9ef61dcc7786322005cafebc314",
        {
            "minors": NOT_YET,
            "Ailon-Chazelle": NOT_YET,
            "Ailon-Liberty": NOT_YET,
        },
    ),
    "weight-bound": Claim(
        "6b27c7c4939c0b0d57e53c54519198675a52438f16d7b48c3cbfd8119ffcc27d",
        {
            "all sizes": all_sizes.WEIGHT_BOUND,
            "every subset": Certificate(
                "weight-extremes", "supports", "exact", {"n": 8, "extremes": WITNESS}
            ),
            "integer inequality": NOT_YET,
            "implementation": NOT_YET,
        },
    ),
    "param-count": Claim(
        "3215f712df0eb91f17e894d43eb14a38cb063621685cbcb871072dbd2783b856",
        {
            "dense layer": NOT_YET,
            "growth": NOT_YET,
            "encoder": NOT_YET,
        },
    ),
}
"""For each claim the digest of its statement, and what is expected of every check."""
