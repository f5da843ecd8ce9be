"""What is expected of the claims on fixed encoder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from proofs_check.checker.expectation import WITNESS, Certificate, Claim, Digest, Each, proof
from proofs_check.checker.expected.derivations import (
    CRITICAL_POINTS,
    ENCODER,
    FORM,
    GAP,
    KERNEL,
    LOEWNER,
    ORBIT,
    REALISED,
    SPLITTING,
)
from proofs_check.checker.expected.formal_proofs import kernel
from proofs_check.checker.expected.reasons import FLOATING_POINT, INERTIAS

__all__ = ["CLAIMS"]

DIGITS_TWICE = Digest("4ef17d99ff6482a2393ab58a2562a09ff5e382d43805143cd98adf97d54bd356")
"""XXᵀ of the digits of scikit-learn, 64 × 64."""

DIGITS_AND_LABELS = Digest("22d4850985bb62f8d6b91b385eeb7b86aed55cfa440187b490dd1c344a13b0d6")
"""XYᵀ of these digits and their labels, one-hot, 64 × 10."""

NETWORK = {"D": WITNESS, "E": WITNESS}
"""A network, which the replay examines."""


def encoders(count: int, critical: bool = True) -> Certificate:
    """The certificate of the encoder at so many points; it delivers the points."""
    points = Each(dict.fromkeys("DEXY", WITNESS), count)
    return Certificate("encoders", "supports", "exact", {"points": points}, {"critical": critical})


def planted(
    fact: str,
    shapes: Sequence[tuple[list[int], int, int, int]] | int,
    counts: Sequence[str],
    points: str | int = "index sets",
    more: Sequence[str] = ("B",),
    bearing: str = "supports",
    numbers: Mapping[str, str] | None = None,
) -> Certificate:
    """The certificate that a fact holds at critical points of problems of these shapes.

    A shape has the roots of the positive eigenvalues of Σ, then m, l and k. The certificate
    delivers the problems, with ``more`` entries than X and Y, and counts what ``counts`` names.
    """
    pattern = {
        **dict.fromkeys(("values", "X", "Y", *more), WITNESS),
        "points": Each({"D": WITNESS, "E": WITNESS}),
    }
    least = len(shapes) if not isinstance(shapes, int) else 1
    return Certificate(
        "critical-points",
        bearing,
        "exact",
        {"problems": Each(pattern, least), "counts": dict.fromkeys(counts, WITNESS)},
        {"fact": fact, "shapes": shapes, "points": points},
        {name: f"counts.{name}" for name in counts} if numbers is None else numbers,
    )


def isolated_points(
    shapes: Sequence[tuple[int, int, int, int]] | int,
    numbers: Mapping[str, str],
    all_solutions: bool = False,
) -> Certificate:
    """The certificate of the isolated critical points in problems of these shapes (m, l, r, k)."""
    least = len(shapes) if not isinstance(shapes, int) else 1
    pattern = dict.fromkeys(("shape", "R", "regular"), WITNESS)
    return Certificate(
        "isolated-points",
        "supports",
        "exact",
        {
            "problems": Each(pattern, least),
            **dict.fromkeys(("shapes", "regular", "singular"), WITNESS),
        },
        {"shapes": shapes, "all_solutions": all_solutions},
        numbers,
    )


ONE = [[1, 0], [0, 1]]


def critical_values(
    problems: Sequence[tuple[Any, Any, Any, int]], minima: bool = False
) -> Certificate:
    """The certificate that the critical values of these problems (Y, X, B or None, k) are known."""
    names = ["X", "Y", "k", "eigenvalues", "values"]
    names += ["B"] if any(B is not None for _, _, B, _ in problems) else []
    pattern = {**dict.fromkeys(names, WITNESS), "points": Each({"D": WITNESS, "E": WITNESS})}
    needed = [{"X": X, "Y": Y, "k": k} | ({} if B is None else {"B": B}) for Y, X, B, k in problems]
    return Certificate(
        "critical-values",
        "supports",
        "exact",
        {"problems": Each(pattern, len(problems))},
        {"problems": needed, "minima": minima},
    )


FULL_RANK = [
    ([1], 1, 1, 1),
    ([2, 1], 2, 2, 1),
    ([2, 1], 2, 2, 2),
    ([3, 1], 3, 2, 2),
    ([3, 2, 1], 4, 3, 2),
    ([3, 2, 1], 3, 3, 3),
    ([4, 3, 2, 1], 5, 4, 3),
]
"""Problems with k <= l <= m and l distinct positive eigenvalues of Σ."""


def morse_indices(largest: int, numbers: Mapping[str, str]) -> Certificate:
    """The certificate of index and nullity of every class up to a size."""
    entries = dict.fromkeys(
        ("largest", "tables", "landscapes", "classes", "largest_index"), WITNESS
    )
    return Certificate("morse-indices", "supports", "exact", entries, {"largest": largest}, numbers)


CLAIMS: Mapping[str, Claim] = {
    "lemma-s3.1": Claim(
        "8001a5c454fcfd9e5fda05362110deeefca93b00e9fc5513bce6d6d0cdaadd15",
        {
            "kernel": kernel(
                "refutes",
                "printed_gradient_E_fails",
                "gradient_E_by_kronecker",
                "gradient_D_by_kronecker",
                "gradient_E_derivative",
                "gradient_D_derivative",
            ),
            "smallest shape": Certificate(
                "gradients",
                "refutes",
                "exact",
                {"comparisons": {"undefined": [[2, 1, 1, 1]]}},
                {"shapes": [(2, 1, 1, 1)]},
            ),
            "shapes": Certificate(
                "gradients",
                "refutes",
                "exact",
                {"comparisons": dict.fromkeys(("equal", "different", "undefined"), WITNESS)},
                {
                    "shapes": [
                        (1, 1, 1, 1),
                        (2, 1, 1, 1),
                        (1, 1, 2, 3),
                        (3, 2, 1, 2),
                        (2, 2, 1, 1),
                        (2, 2, 2, 2),
                        (3, 2, 3, 2),
                    ]
                },
                {n: f"comparisons.{n}" for n in ("equal", "different", "undefined")},
            ),
            "digits": FLOATING_POINT,
        },
    ),
    "claim-s3.1": Claim(
        "89dc00d6567cbfe96336c0c16af11c859eb76ff1c29e95ed48b5dbdbcb68cd01",
        {
            "kernel": kernel(
                "supports",
                "encoder_at_critical_point",
                "elimination_exists",
                "projection_is_orthogonal",
            ),
            "algebra": proof(ENCODER, "supports"),
            "planted critical points": encoders(40),
            "gradient in E alone": encoders(12, critical=False),
            "digits": FLOATING_POINT,
        },
        parts=("algebra",),
    ),
    "claim-s3.2": Claim(
        "4c43248dffbc61f31b89fbbd598cf28f794d837694de25a4a4fd2d1700b02a96",
        {
            "kernel": kernel(
                "refutes",
                "encoder_without_inverse",
                "decoder_normal_equation",
                "projection_commutes",
            ),
            "no inverse": Certificate(
                "singular-encoder",
                "refutes",
                "exact",
                {
                    "X": [["1", "0"], ["0", "1"]],
                    "Y": [["1", "0"], ["0", "1"]],
                    "B": [["1", "0"]],
                    "D": [["0"], ["1"]],
                    "E": [["0"]],
                },
            ),
            "planted critical points": planted(
                "both parts of claim S3.2",
                [
                    ([3, 2, 1], 3, 3, 2),
                    ([3, 2, 1], 4, 3, 3),
                    ([2, 1], 3, 3, 2),
                    ([2, 2], 2, 3, 2),
                ]
                * 2,
                ["points", "undefined", "holds", "singular"],
                points=4,
                bearing="refutes",
            ),
            "digits": FLOATING_POINT,
        },
    ),
    "theorem-1": Claim(
        "ca4054245489e2116ed58bd691b52917e849d01eca936371e450a9198d20575a",
        {
            "kernel": kernel(
                "supports",
                "descent_identity",
                "rotation_identity",
                "signal_invertible",
                "gradient_D_derivative",
                "gradient_E_derivative",
                "local_min_global",
                "eigenbasis_exists",
                "critical_value",
                "critical_index_set",
                "minimal_index_set",
                "local_min_value",
            ),
            "every critical value": critical_values(
                [
                    ([[2, 0], [0, 1]], ONE, None, 1),
                    ([[2, 0], [0, 1], [0, 0]], ONE, None, 1),
                    ([[2, 0], [0, 1]], ONE, None, 2),
                ],
                minima=True,
            ),
            "digits": FLOATING_POINT,
            "hypotheses": Certificate(
                "eigenvalues",
                "supports",
                "interval",
                {
                    "B": WITNESS,
                    "C": DIGITS_TWICE,
                    "problems": [
                        {"T": DIGITS_TWICE, "intervals": WITNESS},
                        {"T": DIGITS_AND_LABELS, "intervals": WITNESS},
                    ],
                },
                {"l": 8},
            ),
            "outside the assumption": INERTIAS,
            "search": FLOATING_POINT,
        },
        parts=("hypotheses", "outside the assumption"),
    ),
    "theorem-1-star": Claim(
        "6c8856d36280f88b75ffa559fa16455e308442f410f03fc0afdd19f193c4c66a",
        {
            "kernel": kernel(
                "supports",
                "projector_exists",
                "projector_unique",
                "pseudo_inverse_solves",
                "critical_commutes",
                "critical_product",
                "critical_loss",
                "loss_along_line",
                "min_or_strict_saddle",
                "every_index_set",
                "least_loss",
                "critical_index_set",
                "minimal_index_set",
                "eigenbasis_exists",
            ),
            "algebra": proof(CRITICAL_POINTS, "supports"),
            "every index set": proof(REALISED, "supports"),
            "every critical value": critical_values(
                [
                    (ONE, ONE, None, 1),
                    ([[2, 0], [0, 0]], ONE, None, 1),
                    ([[2], [0]], [[1]], None, 2),
                    ([[0, 0]], ONE, None, 1),
                ],
                minima=True,
            ),
            "descent identity": Certificate(
                "descent",
                "supports",
                "exact",
                {"points": Each(dict.fromkeys("DEXYwvq", WITNESS), 6)},
            ),
            "closed forms": FLOATING_POINT,
            "search": FLOATING_POINT,
        },
        parts=("algebra", "every index set", "descent identity"),
    ),
    "theorem-1-gap": Claim(
        "a3c77afdec14176f9ab24339a7b84240ed52e95fa0ab5ee233db277f0b3a574b",
        {
            "ranges and descent, all sizes": proof(GAP, "supports"),
            "pairs": Certificate(
                "turn-pairs",
                "supports",
                "exact",
                dict.fromkeys(("largest", "sets", "without"), WITNESS),
                {"largest": 8},
                {"largest": "largest", "sets": "sets"},
            ),
            "turns": planted(
                "turns of the range",
                FULL_RANK,
                ["points", "covered", "gaps", "minima"],
                more=("B", "U"),
            ),
            "smallest witnesses": Certificate(
                "descent",
                "supports",
                "exact",
                {
                    "points": [
                        {
                            "D": [["0"]],
                            "E": [["0"]],
                            "X": [["1"]],
                            "Y": [["1"]],
                            "w": [["1"]],
                            "v": [["1"]],
                            "q": [["1"]],
                        },
                        {
                            "D": [["1", "0"], ["0", "0"]],
                            "E": [["1", "0"], ["0", "0"]],
                            "X": [["2", "0"], ["0", "1"]],
                            "Y": [["2", "0"], ["0", "1"]],
                            "w": [["0"], ["1"]],
                            "v": [["0"], ["1"]],
                            "q": [["0"], ["1"]],
                        },
                    ]
                },
            ),
        },
        parts=("ranges and descent, all sizes", "smallest witnesses"),
    ),
    "encoder-form": Claim(
        "62ded306685b0497c246045a31136b0f073f205f8dba7e4f21d2759e69be1a19",
        {
            "the form, all sizes": proof(FORM, "supports"),
            "when K is zero, all sizes": proof(KERNEL, "supports"),
            "planted critical points": planted(
                "the form of the encoder",
                [
                    ([], 2, 2, 1),
                    ([2], 2, 2, 2),
                    ([2, 1], 3, 3, 2),
                    ([2, 1], 2, 3, 3),
                    ([3, 1], 4, 4, 3),
                    *FULL_RANK[1:6],
                ],
                ["points", "without"],
            ),
            "smallest witness": Certificate(
                "encoder-form",
                "supports",
                "exact",
                {
                    "X": [["1", "0"], ["0", "1"]],
                    "Y": [["1", "0"], ["0", "0"]],
                    "B": [["1", "0"], ["0", "1"]],
                    "D": [["1", "0"], ["0", "0"]],
                    "E": [["1", "0"], ["0", "1"]],
                },
            ),
        },
        parts=("the form, all sizes", "when K is zero, all sizes", "smallest witness"),
    ),
    "theorem-1-hypotheses": Claim(
        "07e2268c7aba05f80ff566b5f7f2ac3469db728d6252ca21d0fe3c30c1302579",
        {
            "one orbit for each range, all sizes": proof(ORBIT, "supports"),
            "ranges of minima": planted(
                "the ranges of minima", 3, ["landscapes", "single"], "classes", more=()
            ),
            "critical values": critical_values(
                [
                    (ONE, ONE, None, 1),
                    ([[2, 0], [0, 1]], ONE, None, 1),
                    ([[2, 0], [0, 0]], ONE, None, 1),
                    ([[0, 0], [0, 0]], ONE, None, 1),
                    ([[2, 0], [0, 0]], ONE, None, 2),
                ]
            ),
            "witnesses": Certificate(
                "several-minima",
                "supports",
                "exact",
                {
                    "problems": [
                        {
                            "Y": [["1", "0"], ["0", "1"]],
                            "minima": Each({"D": WITNESS, "E": WITNESS}, 3),
                        },
                        {
                            "Y": [["1", "0"], ["0", "0"]],
                            "minima": Each({"D": WITNESS, "E": WITNESS}, 2),
                        },
                    ]
                },
            ),
        },
        parts=("one orbit for each range, all sizes", "critical values", "witnesses"),
    ),
    "structured-b": Claim(
        "58a09171651dcf4f5a314c5ff13928ca54e4e055bfcf75f033cc519a965b7702",
        {
            "every critical value": critical_values(
                [
                    (
                        [[2, -2, 2, 2, 0], [0, 0, 0, 0, 3]],
                        [[int(i == j) for j in range(5)] for i in range(5)],
                        [[1, -1, 1, 1, 0], [0, 0, 0, 0, 0], [0, 0, 0, 0, -1]],
                        1,
                    ),
                    (
                        [[2, 0], [0, 1]],
                        [[1, 0], [0, 1], [1, 1], [0, 2]],
                        [[1, 2, 0, 1], [0, 1, -1, 1], [1, 1, 1, 0]],
                        1,
                    ),
                ]
            ),
            "real data": FLOATING_POINT,
        },
    ),
    "fixed-b": Claim(
        "55898c11507d34c622e4b13bb0b55790b832b7bfe0eb709c00df5f3e6190fe1b",
        {
            "kernel": kernel("supports", "local_min_global"),
            "exact index": planted(
                "index and nullity",
                [
                    ([2, 1], 2, 2, 1),
                    ([3, 2, 1], 3, 3, 2),
                    ([3, 2, 1], 4, 3, 2),
                    ([2, 1], 3, 4, 3),
                ],
                ["points", "minima"],
                more=(),
                numbers={"index_sets": "counts.points"},
            ),
            "training": FLOATING_POINT,
        },
    ),
    "baldi-hornik": Claim(
        "2f16ef87b742be963d3ccbc2e0278b4457d8a1f0c7959134aa086547f0efb9cb",
        {
            "every critical value": critical_values(
                [
                    ([[1, 2], [2, 1]], [[1, 1], [0, 1]], None, 1),
                    ([[3, 0, 3], [1, 1, -1]], [[1, 0, 1], [0, 1, 0]], None, 1),
                ]
            ),
            "minima": planted(
                "index and nullity",
                [([3, 2, 1], 3, 3, 1), ([3, 2, 1], 3, 3, 2)],
                ["points", "minima"],
                points=4,
            ),
            "Loewner order, all sizes": proof(LOEWNER, "supports"),
            "Loewner order": Certificate(
                "loewner-order",
                "supports",
                "exact",
                {"problems": Each({"X": WITNESS, "Y": WITNESS, "B": WITNESS}, 20)},
            ),
            "digits": FLOATING_POINT,
        },
        parts=("Loewner order, all sizes",),
    ),
    "morse-index": Claim(
        "759b0890e1d96cb8782636a481a59a142434d29392da1395348248b1c366db38",
        {
            "splitting, all sizes": proof(SPLITTING, "supports"),
            "blocks": morse_indices(5, {"classes": "classes"}),
            "every class": morse_indices(
                4,
                {
                    "landscapes": "landscapes",
                    "points": "classes",
                    "largest_index": "largest_index",
                },
            ),
            "rational data": planted(
                "index and nullity",
                [
                    ([3, 2], 3, 3, 2),
                    ([2, 2, 1], 3, 4, 2),
                    ([2, 1], 4, 2, 2),
                    ([3, 3], 3, 3, 1),
                    ([3, 1], 4, 5, 3),
                    ([3, 2, 1], 4, 3, 3),
                    ([2, 2], 4, 4, 2),
                    ([4, 3, 2, 1], 5, 4, 2),
                    ([1], 2, 3, 2),
                    ([], 2, 2, 1),
                ],
                ["points", "minima"],
                numbers={"points": "counts.points"},
            ),
            "dense data": FLOATING_POINT,
            "search": FLOATING_POINT,
        },
        parts=("splitting, all sizes", "blocks"),
    ),
    "fixed-b-count": Claim(
        "280288986fc6210e201073430b1d61c9e8d5a74bdca06bd20007e167bf1d3135",
        {
            "every solution": isolated_points(
                [
                    (2, 1, 1, 1),
                    (2, 2, 2, 1),
                    (2, 3, 2, 1),
                    (3, 3, 3, 1),
                    (3, 2, 2, 1),
                    (3, 3, 2, 1),
                    (4, 3, 3, 1),
                    (4, 4, 4, 1),
                    (3, 2, 2, 2),
                    (3, 3, 2, 2),
                    (3, 3, 3, 2),
                ],
                {"shapes": "shapes", "points": "regular"},
                all_solutions=True,
            ),
            "infinitely many": Certificate(
                "critical-lines",
                "supports",
                "exact",
                {"problems": [dict.fromkeys(("shape", "R", "D", "V", "F"), WITNESS)] * 5},
                {
                    "shapes": [
                        (3, 1, 1, 1),
                        (3, 2, 1, 1),
                        (3, 1, 1, 2),
                        (4, 2, 2, 2),
                        (4, 1, 1, 2),
                    ]
                },
            ),
            "isolated points": isolated_points(
                5, {name: name for name in ("shapes", "regular", "singular")}
            ),
            "search": FLOATING_POINT,
        },
        parts=("infinitely many",),
    ),
}
"""For each claim the digest of its statement, and what is expected of every check."""
