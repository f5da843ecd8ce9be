"""What is expected of the claims on butterflies."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from proofs_check.checker.expectation import WITNESS, Certificate, Claim
from proofs_check.checker.expected import all_sizes
from proofs_check.checker.expected.formal_proofs import kernel

__all__ = ["CLAIMS"]

DRAWN = ((64, 6), (256, 8), (1024, 20), (100, 7))
"""(n, l) of the SRHTs that are drawn."""

DUAL_BCH = [5, 6, 7]
"""Rows of the Hadamard matrix of size 16 in the code of Ailon and Liberty, k = 3."""


def weights(p: int) -> list[list[list[Any]]]:
    """The pattern of the weights of a butterfly of p layers."""
    return [[[WITNESS, WITNESS] for _ in range(1 << p)] for _ in range(p)]


def subsets(size: int) -> list[list[int]]:
    """All non-empty sets of outputs, in the order of their bit masks."""
    return [[j for j in range(size) if mask >> j & 1] for mask in range(1, 1 << size)]


def extremes(sizes: Iterable[int]) -> Certificate:
    """The certificate of the least and largest counts over all sets of outputs."""
    entries = {"order": "lowest first", "extremes": [[n, WITNESS] for n in sizes]}
    return Certificate("weight-extremes", "supports", "exact", entries)


def bound(sizes: Iterable[int]) -> Certificate:
    """The certificate of 2n·log l + 6n, for all l <= n."""
    return Certificate("weight-bound", "supports", "exact", {"n": list(sizes)})


def counted(
    operators: Sequence[Mapping[str, Any]], order: str = "lowest first", beyond: bool = False
) -> Certificate:
    """The certificate of counts within 2n·log l + 6n, or beyond it."""
    entries = {"order": order, "beyond": beyond, "operators": list(operators)}
    return Certificate("effective-weights", "supports", "exact", entries)


CLAIMS: Mapping[str, Claim] = {
    "definition-3.1": Claim(
        "e67309886eaa31b0240e911ce15d200aa78f5a74960dce0e238dd18c99e18d80",
        {
            "structure": Certificate(
                "paths", "supports", "exact", {"networks": [[WITNESS] * p for p in range(1, 6)]}
            ),
            "dimension": Certificate(
                "matrix-dimension",
                "supports",
                "exact",
                {"prime": 2**61 - 1, "weights": [weights(p) for p in (1, 2, 3)]},
            ),
        },
        parts=("dimension",),
    ),
    "footnote-4": Claim(
        "8c6a08525d32f9049bfccedbeb5ed6a8d84558a2afd6ce6dc376c2269f785906",
        {
            "kernel": kernel(
                "supports", "first_columns_bound", "opposite_order_fails", "every_order_to_16"
            ),
            "every subset": extremes(range(2, 9)),
            "integer inequality": bound(range(2, 513)),
            "the other order": counted(
                [{"n": 17, "rows": [0, 16, 8, 24, 4, 20, 12, 28], "weights": WITNESS}],
                order="highest first",
                beyond=True,
            ),
            "implementation": counted(
                [
                    {"n": n, "rows": rows, "weights": WITNESS}
                    for n in range(2, 9)
                    for rows in subsets(1 << (n - 1).bit_length())
                ]
            ),
        },
        parts=("the other order", "implementation"),
    ),
    "footnote-5": Claim(
        "0c213fff96865e646a2a82eb8af65039c756c9ef61dcc7786322005cafebc314",
        {
            "minors": Certificate(
                "sibling-minors", "refutes", "exact", {"sizes": [4, 8, 16], "P": WITNESS}
            ),
            "Ailon-Chazelle": Certificate(
                "sparse-factor", "refutes", "exact", {"generic": WITNESS, "excluded": WITNESS}
            ),
            "Ailon-Liberty": Certificate(
                "two-rounds", "refutes", "exact", {"rows": DUAL_BCH, "signs": WITNESS}
            ),
        },
    ),
    "weight-bound": Claim(
        "6b27c7c4939c0b0d57e53c54519198675a52438f16d7b48c3cbfd8119ffcc27d",
        {
            "kernel": kernel(
                "supports",
                "weight_bound",
                "weights_le",
                "weights_fewest",
                "weights_attained",
                "most_weights_sharp",
                "weight_bound_not_reached",
            ),
            "all sizes": all_sizes.WEIGHT_BOUND,
            "every subset": extremes((2, 4, 8)),
            "integer inequality": bound([2**p for p in range(1, 10)]),
            "implementation": counted(
                [
                    *({"n": n, "rows": [WITNESS] * l, "weights": WITNESS} for n, l in DRAWN),
                    {"n": 1024, "rows": list(range(20)), "weights": WITNESS},
                ]
            ),
        },
    ),
    "param-count": Claim(
        "3215f712df0eb91f17e894d43eb14a38cb063621685cbcb871072dbd2783b856",
        {
            "kernel": kernel("supports", "replaced_layer_weights", "encoder_weights"),
            "dense layer": counted([{"n": 1024, "rows": list(range(10)), "weights": WITNESS}]),
            "growth": Certificate(
                "replacement-growth", "supports", "exact", {"powers": list(range(4, 16))}
            ),
            "encoder": bound([2**p for p in range(2, 9)]),
        },
    ),
}
"""For each claim the digest of its statement, and what is expected of every check."""
