"""What is expected of the claims on the replacement of a matrix, beyond those of the paper."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from proofs_check.checker.expectation import WITNESS, Certificate, Claim, Each
from proofs_check.checker.expected import all_sizes
from proofs_check.checker.expected.embeddings import Expression, Inequality, enclosures, exact
from proofs_check.checker.expected.formal_proofs import kernel
from proofs_check.checker.expected.reasons import DRAWN, FLOATING_POINT, SAME_SUMS

__all__ = ["CLAIMS"]


def near(n: int, k: int, epsilon: Fraction) -> Inequality:
    """Pr[Beta((n − k)/2, k/2) <= ε²] < k/((1 − ε²)n)."""
    squared = epsilon**2
    bound = Fraction(k, n) / (1 - squared)
    return ["beta lower", f"{n - k}/2", f"{k}/2", str(squared)], str(bound)


def unit(n: int) -> list[list[int]]:
    """The identity matrix."""
    return [[int(i == j) for j in range(n)] for i in range(n)]


def ratios(number: int) -> list[Any]:
    """So many ratios of a probability and its bound."""
    return [WITNESS] * number


TOP = [
    ([[2, 1], [1, 2]], [1, 1]),
    ([[3, 0], [0, 1]], [1, 0]),
    ([[1, 0], [0, 1]], [1, 2]),
    ([[2, 1, 1, 1], [1, 2, 1, 1], [1, 1, 2, 1], [1, 1, 1, 2]], [1, 1, 1, 1]),
    ([[3, 0, 0, 0], [0, 2, 0, 0], [0, 0, 1, 0], [0, 0, 0, 0]], [1, 0, 0, 0]),
    ([[1, 1, 1, 1], [0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]], [1, 1, 1, 1]),
    ([[1, 2, 0, 0], [2, 1, 0, 0]], [1, 1, 0, 0]),
]
"""(W, a top right singular vector)."""

VECTORS = [
    [1, 0],
    [1, 1],
    [1, 2],
    [1, 0, 0, 0],
    [1, 1, 0, 0],
    [1, 2, 3, 4],
    [1, 1, 1, 1, 1, 1, 1, 1],
    [1, -2, 3, -4, 5, -6, 7, -8],
]

AUDITED = [
    ([[1, 0], [0, 1]], [1, 0], 1),
    ([[2, 1], [1, 2]], [1, 1], 9),
    ([[3, 0], [0, 1]], [1, 2], 9),
    ([[2, 1, 1, 1], [1, 2, 1, 1], [1, 1, 2, 1], [1, 1, 1, 2]], [1, 2, 3, 4], 25),
    ([[2, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 0]], [1, 1, 0, 0], 4),
]
"""(W, x, ‖W‖²)."""

STEPS = [f"({number})" for number in range(2, 8)]


SPECTRA = ([4, 3, 2, 1], [3, 3, 1, 0], [1, 1, 1, 1])
SHAPES = ((1, 2, 1, 2), (2, 2, 1, 1), (2, 2, 2, 1), (2, 2, 1, 2), (2, 3, 1, 1), (3, 2, 2, 1))
"""n2, n1, k1 and k2."""


def texts(rows: list[list[int]]) -> list[list[str]]:
    """A matrix as texts."""
    return [list(map(str, row)) for row in rows]


def barrier(values: list[int], W: Any, *, best: bool, **more: Any) -> dict[str, Any]:
    """A matrix with these singular values, and pairs J1, J2 of r = 1, …, n − 1 rows."""
    pair, n = {"J1": WITNESS, "J2": WITNESS, "error": WITNESS, **more}, len(values)
    # 16 of 24 pairs are SRHTs; of r = 1 row there are few, so that some are drawn twice
    one = {"pairs": Each(pair, 14 if n > 2 else 8), "best": pair if best else None}
    return {"values": values, "W": W, "ranks": [one] * (n - 1)}


def multiple(W: Any, x: Any, n2: int, n1: int) -> dict[str, Any]:
    """The best multiple and the least mean for each k1 and k2."""
    each = [[WITNESS] * n2] * n1
    return {"W": W, "x": x, "multiples": each, "least": each}


def drawn_multiple(n2: int, n1: int) -> dict[str, Any]:
    """The same for a matrix that is drawn."""
    return multiple([[WITNESS] * n1] * n2, [WITNESS] * n1, n2, n1)


def both_hold(K: Fraction) -> Expression:
    """(1 − e^{−K})²."""
    return ["mul", *2 * [["sub", "1", ["exp", str(-K)]]]]


def asserted(K: Fraction) -> Expression:
    """1 − e^{−K}."""
    return ["sub", "1", ["exp", str(-K)]]


CONSTANTS: list[Inequality] = [
    # no constant c = 1/j suffices at K = c/2
    *((both_hold(Fraction(1, 2 * j)), asserted(Fraction(1, 2 * j * j))) for j in range(1, 41)),
    # c = 3/10 suffices at K = 1, 2, …
    *((asserted(Fraction(3 * K, 10)), both_hold(Fraction(K))) for K in range(1, 41)),
]

CLAIMS: Mapping[str, Claim] = {
    "prop-1-universal": Claim(
        "da57f5799b653dacfe803073ae6c8ce33928b603b526d49c2f13a7a2b61b50ee",
        {
            "kernel": kernel("supports", "output_side_fails"),
            "all sizes": all_sizes.PROP_1_UNIVERSAL,
            "every draw": Certificate(
                "success-bound",
                "supports",
                "exact",
                {
                    "matrices": [
                        {"W": W, "x": x, "ratios": ratios(len(W) * len(x))} for W, x in TOP
                    ],
                    "vectors": [{"t": t, "ratios": ratios(len(t))} for t in VECTORS],
                    "laws": WITNESS,
                    "distances": WITNESS,
                },
                numbers={"laws": "laws", "distances": "distances"},
            ),
            "Gaussian": enclosures(
                "supports",
                [near(1024, k, Fraction(e, 10)) for k in (1, 2, 10, 512) for e in (1, 5, 9)],
            ),
            "drawn": DRAWN,
        },
        parts=("kernel",),
    ),
    "rank-barrier": Claim(
        "9ec6c90dd56871c3421475aecbaa53a52762f532f46d0110c2f41297e08b93f6",
        {
            "kernel": kernel(
                "supports",
                "rank_barrier",
                "isotropic_mean",
                "identity_barrier",
                "barrier_for_every_law",
            ),
            "all sizes": all_sizes.RANK_BARRIER,
            "Frobenius norm": exact(
                "rank-barrier",
                "supports",
                matrices=[barrier(values, WITNESS, best=True) for values in SPECTRA],
            ),
            "spectral norm": exact(
                "rank-barrier",
                "supports",
                matrices=[
                    barrier(values, WITNESS, best=False, x=[WITNESS] * 4) for values in SPECTRA
                ],
            ),
            "sphere": exact(
                "rank-barrier",
                "supports",
                matrices=[barrier([1] * n, texts(unit(n)), best=True) for n in (2, 4)],
            ),
        },
        parts=("kernel",),
    ),
    "expressibility": Claim(
        "61a1cbc86ca00cee3fe90e129f9747a6ac0373e5ce8a6326ad834e9a357a497a",
        {
            "rank": all_sizes.EXPRESSIBILITY_RANK,
            "drawn embeddings": all_sizes.EXPRESSIBILITY_FIXED,
            "every draw": SAME_SUMS,
            "bit reversal": SAME_SUMS,
            "drawn": FLOATING_POINT,
            "trained": FLOATING_POINT,
        },
        parts=("drawn embeddings", "every draw", "bit reversal", "drawn", "trained"),
    ),
    "best-multiple": Claim(
        "14eae2f642597f39446d001bfe530bb52c2d8e23167a6b22e39cd4f318a4ca38",
        {
            "kernel": kernel(
                "supports",
                "best_multiple",
                "best_multiple_of_identity",
                "best_multiple_of_draw",
            ),
            "all sizes": all_sizes.BEST_MULTIPLE,
            "multiple": Certificate(
                "best-multiple",
                "supports",
                "exact",
                {
                    "cases": [
                        multiple(unit(2), [1, 0], 2, 2),
                        multiple(unit(4), [1, 0, 0, 0], 4, 4),
                        multiple([[1] * 4, *3 * [[0] * 4]], [1] * 4, 4, 4),
                        *(drawn_multiple(n2, n1) for n2, n1 in ((2, 4), (4, 2), (4, 4))),
                    ],
                    "pairs": WITNESS,
                },
                numbers={"cases": "pairs"},
            ),
            "every draw": Certificate(
                "best-multiple-per-draw",
                "supports",
                "exact",
                {
                    "laws": [
                        {"x": x, "k": k, "law": WITNESS}
                        for x in ([1, 0], [1, 2], [1, 0, 0, 0], [1, 2, 3, 4], [1, 1, 0, 0])
                        for k in range(1, len(x) + 1)
                    ],
                    "draws": WITNESS,
                },
                numbers={"draws": "draws"},
            ),
        },
    ),
    "gaussian-moments": Claim(
        "93f3a88598fcca497ae98ec82e42ec3b9635ca22ce95e4958f6ac826eeda0eca",
        {
            "all sizes": all_sizes.GAUSSIAN_MOMENTS,
            "every three-point matrix": Certificate(
                "gaussian-moments",
                "supports",
                "exact",
                {
                    "cases": [
                        {
                            "W": [[WITNESS] * n1] * n2,
                            "u": [WITNESS] * n2,
                            "x": [WITNESS] * n1,
                            "k1": k1,
                            "k2": k2,
                            "one_sided": WITNESS,
                            "two_sided": WITNESS,
                            "bilinear_variance": WITNESS,
                        }
                        for n2, n1, k1, k2 in SHAPES
                    ],
                    "count": WITNESS,
                },
                numbers={"cases": "count"},
            ),
            "library functions": FLOATING_POINT,
            "law of the error": Certificate(
                "gaussian-reconstruction",
                "supports",
                "interval",
                {
                    "cases": [
                        {"n": n, "k": k, "epsilon": epsilon, "success": WITNESS}
                        for n, k in ((9, 4), (17, 4), (17, 12), (33, 24))
                        for epsilon in ("1/2", "9/10")
                    ]
                },
            ),
            "drawn": DRAWN,
        },
        parts=("law of the error", "drawn"),
    ),
    "prop-1-derivation": Claim(
        "9e05554daab2e681458ef4ec8ecd12f4526213404ef9bdcaab9fc7b01c1d5356",
        {
            "kernel": kernel("refutes", "reconstruction_fails"),
            "steps": Certificate(
                "proof-steps",
                "refutes",
                "exact",
                {
                    "matrices": [{"W": W, "x": x, "norm": str(norm)} for W, x, norm in AUDITED],
                    "epsilons": ["1/2", "9/10"],
                    "holds": dict.fromkeys(STEPS, WITNESS),
                    "premises": dict.fromkeys(STEPS, WITNESS),
                    "pairs": WITNESS,
                    "valid": ["(3)", "(5)", "(6)", "(7)"],
                },
                numbers={"valid": "valid", "pairs": "pairs"},
            ),
            "constants": enclosures("refutes", CONSTANTS),
        },
    ),
}
"""For each claim the digest of its statement, and what is expected of every check."""
