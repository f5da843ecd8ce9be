"""What is expected of the claims on the replacement of a matrix, beyond those of the paper."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from proofs_check.checker.expectation import Claim
from proofs_check.checker.expected import all_sizes
from proofs_check.checker.expected.embeddings import Inequality, enclosures
from proofs_check.checker.expected.reasons import DRAWN, FLOATING_POINT, NOT_YET

__all__ = ["CLAIMS"]


def near(n: int, k: int, epsilon: Fraction) -> Inequality:
    """Pr[Beta((n − k)/2, k/2) <= ε²] < k/((1 − ε²)n)."""
    squared = epsilon**2
    bound = Fraction(k, n) / (1 - squared)
    return ["beta lower", f"{n - k}/2", f"{k}/2", str(squared)], str(bound)


CLAIMS: Mapping[str, Claim] = {
    "prop-1-universal": Claim(
        "da57f5799b653dacfe803073ae6c8ce33928b603b526d49c2f13a7a2b61b50ee",
        {
            "all sizes": all_sizes.PROP_1_UNIVERSAL,
            "every draw": NOT_YET,
            "Gaussian": enclosures(
                "supports",
                [near(1024, k, Fraction(e, 10)) for k in (1, 2, 10, 512) for e in (1, 5, 9)],
            ),
            "drawn": DRAWN,
        },
    ),
    "rank-barrier": Claim(
        "9ec6c90dd56871c3421475aecbaa53a52762f532f46d0110c2f41297e08b93f6",
        {
            "all sizes": all_sizes.RANK_BARRIER,
            "Frobenius norm": NOT_YET,
            "spectral norm": NOT_YET,
            "sphere": NOT_YET,
        },
    ),
    "best-multiple": Claim(
        "14eae2f642597f39446d001bfe530bb52c2d8e23167a6b22e39cd4f318a4ca38",
        {
            "all sizes": all_sizes.BEST_MULTIPLE,
            "multiple": NOT_YET,
            "every draw": NOT_YET,
        },
    ),
    "gaussian-moments": Claim(
        "93f3a88598fcca497ae98ec82e42ec3b9635ca22ce95e4958f6ac826eeda0eca",
        {
            "all sizes": all_sizes.GAUSSIAN_MOMENTS,
            "every three-point matrix": NOT_YET,
            "library functions": FLOATING_POINT,
            "law of the error": NOT_YET,
            "drawn": DRAWN,
        },
    ),
    "prop-1-derivation": Claim(
        "f1f2733195102bd253ac739e9813c1fcb87d095cdcc4a5ef2ae4ea79396be1cc",
        {
            "steps": NOT_YET,
            "constants": NOT_YET,
        },
    ),
}
"""For each claim the digest of its statement, and what is expected of every check."""
