"""What is expected of the claims on trained encoder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import product
from typing import Any

from proofs_check.checker.expectation import WITNESS, Certificate, Claim, Each, proof
from proofs_check.checker.expected.all_sizes import parts, polynomials
from proofs_check.checker.expected.derivations import ELIMINATED, HIDDEN, SEPARATION, TURNED
from proofs_check.checker.expected.fixed_encoder import planted
from proofs_check.checker.expected.formal_proofs import kernel
from proofs_check.checker.expected.reasons import (
    DRAWN,
    FLOATING_POINT,
    SAME_RANKS,
    SUMS_OF_RESIDUES,
)

__all__ = ["CLAIMS"]

Rows = list[list[int]]

EXAMPLE: Rows = [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 2, 0], [0, 2, 0, 1]]
STRETCHED: Rows = [[2, 0, 0, 0], [0, 1, 0, 0], [0, 0, 2, 0], [0, 8, 0, 4]]
LOWER: Rows = [[2, 0, 0, 0], [0, 1, 0, 0], [0, 2, 1, 0], [0, 0, 0, 2]]
AUTO_ENCODER: Rows = [[1, -1, 1, 0], [2, -4, -2, 2], [3, 3, -4, -2], [-4, 3, -4, 4]]
AROUND = ((0, 0, 0), (1, 0, 0), (1, 0, 0), (2, 0, 0), (2, 0, 0), (2, 1, 0))
"""Maxima, saddles and minima of its gain below and above each of the three lowest losses."""

SMALLER: Sequence[tuple[Rows, Rows]] = (
    ([[1, 0, 0, 0], [0, 1, 2, 0], [0, 0, 1, 0], [0, 0, 0, 1]], [[0, 2, 0, 2], [1, 0, 0, 0]]),
    ([[1, 0, 0, 0], [0, 1, 1, 0], [0, 0, 1, 0], [0, 1, 0, 1]], [[0, 0, 1, -1], [1, 0, 0, 0]]),
    (LOWER, LOWER),
)

HELD = [
    (8, [0], 1),
    (8, [0, 4], 1),
    (8, [1, 2, 5], 1),
    (4, [0], 1),
    (4, [0, 2], 1),
    (4, [0, 1, 2], 1),
    (4, [0, 1, 2, 3], 1),
    (4, [0, 1], 2),
    (8, [0, 3], 2),
    (4, [0, 1, 2], 2),
    (4, [0, 1, 2, 3], 2),
    (4, [0, 1, 2], 3),
    (4, [0, 1, 2, 3], 3),
]
"""(n, outputs, k) of networks in which weights vanish, three of each."""

DEFICIENT = [
    (8, [0, 3], 2),
    (8, [1, 2, 5], 1),
    (4, [0, 2], 1),
    (4, [0, 1], 2),
    (4, [0, 1, 2], 2),
    (4, [0, 1, 2], 3),
    (4, [0, 1, 2, 3], 2),
    (4, [0, 1, 2, 3], 3),
    (4, [0, 1, 2, 3], 4),
]
"""The same for networks whose rank is less than k."""


def spurious(bearing: str, *problems: tuple[Rows, Rows]) -> Certificate:
    """The certificate of a spurious minimum for each problem X, Y; it delivers the rows."""
    witness = ("u", "v", "better_u", "better_v", "loss", "better_loss")
    points = [{"X": X, "Y": Y} | dict.fromkeys(witness, WITNESS) for X, Y in problems]
    numbers = {"loss": "points.0.loss", "global": "points.0.better_loss"}
    return Certificate(
        "spurious-minimum",
        bearing,
        "exact",
        {"points": points},
        numbers=numbers if len(problems) == 1 else {},
    )


UNITS: Rows = [[1, 0], [0, 1]]
NETWORK = dict.fromkeys(("D", "E", "weights"), WITNESS)


def diagonal(*values: int) -> Rows:
    """A diagonal matrix."""
    return [[x * (i == j) for j in range(len(values))] for i, x in enumerate(values)]


def sibling_networks(
    problems: Sequence[tuple[Rows, Rows, Sequence[Mapping[str, Any]]]], **given: bool
) -> Certificate:
    """The certificate of networks of sibling outputs for X, Y at these points; it delivers them."""
    entries = [
        {"X": X, "Y": Y, "points": [{**point, **NETWORK} for point in points]}
        for X, Y, points in problems
    ]
    return Certificate("sibling-networks", "supports", "exact", {"problems": entries}, given)


def census(X: Rows, kinds: Mapping[str, int], **entries: Any) -> Certificate:
    """The certificate of all critical points of an auto-encoder with two sibling outputs, n = 4."""
    witness = dict.fromkeys(("u", "v", "slope", "polynomial", "x", "y"), WITNESS)
    return Certificate(
        "sibling-census",
        "supports",
        "exact",
        {"X": X, "Y": X, "census": kinds, **witness, **entries},
        {"corners": True},
        numbers={name: f"census.{name}" for name in kinds} | {"extrema": "extrema"},
    )


def corners(X: Rows) -> tuple[Rows, Rows, Sequence[Mapping[str, Any]]]:
    """All pairs of unit vectors of an auto-encoder; Y may be scaled, so that D is integer."""
    pairs = product(UNITS, repeat=2)
    return X, X, [{"u": u, "v": v, "Y": WITNESS, "index": WITNESS} for u, v in pairs]


def spurious_family(n: int) -> tuple[Rows, Rows, Sequence[Mapping[str, Any]]]:
    """The family of joint-spurious: twice the example in four coordinates, else the identity.

    The network is a minimum for Y = 5X.
    """
    X, block = diagonal(*[1] * n), (0, 1, n // 2, n // 2 + 1)
    for (i, row), (j, column) in product(enumerate(block), repeat=2):
        X[row][column] = 2 * EXAMPLE[i][j]
    units = diagonal(*[1] * (n // 2))
    Y = [[5 * x for x in row] for row in X]
    return X, Y, [{"u": units[0], "v": units[1], "index": 0}]


def coupled(*scales: Sequence[int]) -> tuple[Rows, Rows, Sequence[Mapping[str, Any]]]:
    """X = I, Y = (diag(s)H, H·diag(t)H) for these s and t, at all pairs of rows of H."""
    s, t = scales
    size = range(len(s))
    H = [[(-1) ** (i & j).bit_count() for j in size] for i in size]
    middle = [[sum(H[i][c] * t[c] * H[c][j] for c in size) for j in size] for i in size]
    Y = [[x * entry for entry in H[i]] + middle[i] for i, x in enumerate(s)]
    points = [{"u": u, "v": v, "index": WITNESS} for u, v in product(H, repeat=2)]
    return diagonal(*[1] * (2 * len(s))), Y, points


COUPLED = (
    ((2, 1), (1, 3)),
    ((1, 3), (1, 2)),
    ((2, 1), (2, 0)),
    ((3, 1, 2, 4), (1, 2, 4, 3)),
    ((1, 2, 5, 0), (3, 1, 0, 2)),
)

OUTPUTS = [([0], 1), ([0, 2], 1), ([0, 2], 2), ([0, 1], 2), ([0, 1, 2], 2)]
"""Kept outputs and k, n = 4."""

SPECTRA = [
    ([3, 2, 1], 3, 1),
    ([3, 2, 1], 3, 2),
    ([4, 3, 2, 1], 4, 2),
    ([2, 2, 1], 3, 1),
    ([2, 2, 1, 1], 4, 2),
    ([3, 1], 4, 2),
    ([2], 3, 2),
    ([5, 4, 3, 2, 1], 5, 2),
]
"""Roots of the positive eigenvalues, n and k."""

FLAT = {
    "kind": "trained-networks",
    "X": diagonal(*[1] * 8),
    "Y": diagonal(1, 3, 2, 0, 1, 0, 0, 0),
    "rows": [0, 4],
    "points": [
        NETWORK | {"loss": "10", "inertia": [0, WITNESS]},
        NETWORK | {"loss": "5", "inertia": WITNESS},
    ],
}
"""A minimum with an inner weight of 0, and a network of less loss."""

BOUNDED_GAIN = polynomials(
    ["r", "s", "a1", "a2", "b1", "b2"],
    {
        "r² >= 0": "r**2",
        "s²b_2² >= 0": "s**2 * b2**2",
        "a is near (1, 0)": "3 * a1**2 - 5 * a2**2",
    },
    {},
    {
        "4‖u‖² >= uᵀM11u": "4 * (r**2 * a1**2 + r**2 * a2**2 + s**2 * b1**2 + s**2 * b2**2)"
        " - (r**2 * a1**2 + 9 * r**2 * a2**2 + 4 * s**2 * b1**2)"
    },
    {"r": "1/7", "s": "1", "a1": "1", "a2": "1/5", "b1": "1", "b2": "1/3"},
)
"""Nowhere near that minimum is the gain of its upper row u = (r·a, s·b) larger."""

TIED = polynomials(
    ["s", "theta"],
    {"s² >= 0": "s**2", "θ is near 0": "3 - 5 * theta**2"},
    {},
    {
        "4wwᵀ >= wMwᵀ": "4 * (1 + s**2 + theta**2 + theta**2 * s**2)"
        " - (4 + s**2 + 4 * theta**2 + 9 * theta**2 * s**2)",
        "λ_1(s) >= 4": "(4 + 9 * s**2) - 4 * (1 + s**2)",
    },
    {"s": "1/3", "theta": "1/2"},
)
"""For B(s) of rows (1, s, 0, 0) and (0, 0, 1, s), w = (1, θ)·B(s), M = diag(4, 1, 4, 9), C = I."""

RANK_DEFICIENT = {
    "kind": "rank-deficient-minimum",
    "X": [["1", "0"], ["0", "1"]],
    **{name: [["1", "0"], ["0", "0"]] for name in ("Y", "D", "E")},
}


FOLD = Certificate(
    "fold",
    "refutes",
    "exact",
    {
        "rows": [0, 1, 2, 3, 4],
        **dict.fromkeys(
            ("X", "Y", "E", "weights", "better", "variables", "moved", "losses"), WITNESS
        ),
    },
)


CLAIMS: Mapping[str, Claim] = {
    "two-phase": Claim(
        "f3472ca3cba4d3d407b62d6fde2649a2951f3ce5516963e30f5f7789ec8da851",
        {
            "gauge": Certificate(
                "gauge",
                "refutes",
                "exact",
                {
                    "X": [["2", "0"], ["0", "1"]],
                    "Y": [["2", "0"], ["0", "1"]],
                    "B": [["1", "0"], ["0", "1"]],
                    "D": [["1"], ["0"]],
                    "E": [["1", "0"]],
                    "D2": [["2"], ["0"]],
                    "E2": [["1/2", "0"]],
                },
            ),
            "output": planted(
                "the output of minima",
                [([3, 2, 1], 4, 3, 2), ([3, 2], 4, 2, 1), ([4, 3, 1], 5, 3, 1)] * 6,
                ("minima", "problems_with_different_D"),
                points=2,
                bearing="refutes",
                numbers={"problems_with_different_D": "counts.problems_with_different_D"},
            ),
            "equal eigenvalues": Certificate(
                "gauge",
                "refutes",
                "exact",
                {
                    "X": [["1", "0"], ["0", "1"]],
                    "Y": [["1", "0"], ["0", "1"]],
                    "B": [["1", "0"], ["0", "1"]],
                    "D": WITNESS,
                    "E": WITNESS,
                    "D2": WITNESS,
                    "E2": WITNESS,
                },
                {"same": False},
            ),
            "loss bound": Certificate(
                "sketch-error-law",
                "refutes",
                "exact",
                {
                    "X": [[0, 1], [2, 0], [2, 0], [2, 0]],
                    "allowed": "2",
                    "law": WITNESS,
                    "success": "1/4",
                },
                numbers={"law": "law"},
            ),
            "training": FLOATING_POINT,
            "second phase": FLOATING_POINT,
        },
    ),
    "reachable": Claim(
        "198d18b26544dac3c5ff5ad55dc1534e7911d88e54ea8baef6a985cfe7f1fab0",
        {
            "ranks": Certificate(
                "reachable-dimension",
                "supports",
                "exact",
                {
                    "prime": WITNESS,
                    "points": Each({"rows": WITNESS, "weights": WITNESS, "encoder": WITNESS}, 9),
                    "dimensions": WITNESS,
                },
                {"sizes": (4, 8, 16)},
            ),
            "upper bound": Certificate(
                "forms-of-pairs",
                "supports",
                "exact",
                {"n": WITNESS, "pairs": WITNESS},
                {"largest": 32},
                {"n": "n", "pairs": "pairs"},
            ),
            "realised": Certificate(
                "realised-forms",
                "supports",
                "exact",
                {"forms": Each(dict.fromkeys(("n", "rows", "u", "M"), WITNESS))},
                {"sizes": (2, 4, 8, 16)},
            ),
            "orbits": Certificate(
                "orbits",
                "supports",
                "exact",
                {"n": [2, 4, 8, 16], "orbits": [2, 5, 20, 230]},
                numbers={"n": "n", "orbits": "orbits"},
            ),
            "every set": Certificate(
                "dimensions-of-all-sets",
                "supports",
                "exact",
                {
                    "weights": [WITNESS] * 3,
                    "points": Each(dict.fromkeys(("n", "rows", "encoder"), WITNESS)),
                    "pairs": [3, 12, 84],
                    "dominant": [3, 11, 59],
                    "proved": [3, 12, 84],
                },
            ),
        },
        parts=("realised", "orbits", "every set"),
    ),
    "dominant-outputs": Claim(
        "5aa7d3149ebd5ad47d703b7a9560b479917516d9340563b4962542d322ac42c2",
        {
            "orbits": Certificate(
                "dominant-outputs",
                "supports",
                "exact",
                {
                    "prime": WITNESS,
                    "sizes": Each(
                        dict.fromkeys(
                            ("weights", "encoder", "every", "some", "witnesses"), WITNESS
                        ),
                        3,
                    ),
                },
                {"logs": (2, 3, 4)},
            ),
            "every set": SAME_RANKS,
            "n = 32": SAME_RANKS,
        },
        parts=("every set", "n = 32"),
    ),
    "real-reach": Claim(
        "23e0e39d25a5478ca785dbaa91499733744d233850acc8f328951e485d1b5a3d",
        {"share": DRAWN, "row spaces": DRAWN, "weights": FLOATING_POINT},
        parts=("row spaces", "weights"),
    ),
    "random-siblings": Claim(
        "0f92c3e6bf2de556732c813e4b6a0a813f6b0f01671961539eb9638107de8122",
        {"lists": DRAWN, "integral": FLOATING_POINT, "census": DRAWN},
        parts=("integral", "census"),
    ),
    "worst-angle": Claim(
        "905ccd970d4272943ecd6de3de691ea75c5f215c1b83ac25a4fa380852a8c069",
        {
            "table": Certificate(
                "separated-inputs",
                "supports",
                "exact",
                {"pairs": Each(dict.fromkeys(("n", "rows", "k", "nodes"), WITNESS), 780)},
                {"counts": ((4, 1), (8, 20), (16, 759))},
            ),
            "integer networks": DRAWN,
            "conference matrices": DRAWN,
            "nearest": FLOATING_POINT,
            "search": FLOATING_POINT,
            "siblings": FLOATING_POINT,
            "loss": FLOATING_POINT,
        },
        parts=("integer networks", "conference matrices", "nearest", "search", "siblings", "loss"),
    ),
    "joint-minima": Claim(
        "732c832f46889ce8bfa687f4d2ba921ea8d013cbbffaf43357191df68c539c14",
        {
            "the best decoder, all sizes": proof(ELIMINATED, "supports"),
            "derivatives": Certificate(
                "eliminated-decoder",
                "supports",
                "exact",
                {
                    "points": Each(
                        NETWORK | dict.fromkeys(("X", "Y", "rows"), WITNESS), len(OUTPUTS)
                    ),
                    "networks": WITNESS,
                    "largest_index": WITNESS,
                },
                {"sets": OUTPUTS},
                {"networks": "networks", "largest_index": "largest_index"},
            ),
            "corners": sibling_networks(
                [corners(EXAMPLE), corners(diagonal(3, 1, 2, 1))], all_pairs=True
            ),
            "what the hypotheses are needed for": replace(
                parts("supports", TIED, RANK_DEFICIENT), grade="exact"
            ),
            "both ways": FLOATING_POINT,
        },
        parts=("the best decoder, all sizes", "what the hypotheses are needed for"),
    ),
    "joint-submersion": Claim(
        "186868d53840125cb5d3454614c1310742d182ab2137ac94b2d34bc0fdef0a84",
        {
            "kernel": kernel(
                "supports", "free_minimum_global", "free_minimum_value", "eigenbasis_exists"
            ),
            "turning one eigenvector, all sizes": proof(TURNED, "supports"),
            "every critical subspace": Certificate(
                "critical-subspaces",
                "supports",
                "exact",
                {
                    "problems": Each(
                        dict.fromkeys(("values", "k", "C", "M", "T"), WITNESS), len(SPECTRA)
                    ),
                    "subspaces": WITNESS,
                    "tops": WITNESS,
                },
                {"spectra": SPECTRA},
                {"subspaces": "subspaces", "tops": "tops"},
            ),
            "training": FLOATING_POINT,
        },
        parts=("turning one eigenvector, all sizes",),
    ),
    "joint-spurious": Claim(
        "6f83d34c791b22e7b2cc1cc0d4c647c5f10a0ad6782bdfbbb4cfb30d592da064",
        {
            "kernel": kernel(
                "supports",
                "gain_of_siblings",
                "spurious_strict_maximum",
                "spurious_not_global",
                "spurious_losses",
                "spurious_below",
                "spurious_in_all_weights",
                "spurious_strict",
                "joint_least_loss",
            ),
            "the example": spurious("supports", (EXAMPLE, EXAMPLE)),
            "all weights": sibling_networks([spurious_family(n) for n in (4, 8, 16)]),
            "every critical point": census(
                EXAMPLE,
                {"complex": 12, "real": 8, "maxima": 2, "saddles": 4, "minima": 2},
                extrema=WITNESS,
                below=[],
            ),
            "family": Certificate(
                "maxima-of-family",
                "supports",
                "exact",
                {
                    "X": [spurious_family(n)[0] for n in (4, 8, 16)],
                    **dict.fromkeys(("gain", "better", "diagonal"), WITNESS),
                },
                numbers={name: name for name in ("gain", "better", "diagonal")},
            ),
            "open set": Certificate(
                "persistent-minima",
                "supports",
                "interval",
                {
                    "ball": {"X": EXAMPLE, "radius": "1/8192", "rectangle": WITNESS},
                    "draws": Each(dict.fromkeys(("X", "at", "size"), WITNESS), 20),
                    "certified": WITNESS,
                },
                {"centre": [[1000 * x for x in row] for row in EXAMPLE], "within": 20},
                {"radius": "ball.radius", "draws": "certified", "certified": "certified"},
            ),
            "smaller examples": spurious("supports", *SMALLER),
        },
        parts=("kernel", "family", "open set", "smaller examples"),
    ),
    "whitened": Claim(
        "6f58da7c13fb7a6fdb92dbc8101faeb14dba7a948dd62c39cae4979a37f9c55a",
        {
            "separation, all sizes": proof(SEPARATION, "supports"),
            "every pair": sibling_networks([coupled(*pair) for pair in COUPLED], whitened=True),
            "a weight of zero": replace(
                parts("supports", FLAT, BOUNDED_GAIN),
                grade="exact",
                numbers={
                    "loss": "parts.0.points.0.loss",
                    "better": "parts.0.points.1.loss",
                },
            ),
            "training": FLOATING_POINT,
        },
        parts=("separation, all sizes", "a weight of zero"),
    ),
    "joint-dichotomy": Claim(
        "eb3b9c9760bc137e985e11904b1065c28b068f98c96a683cc7aaae7524c18374",
        {
            "kernel": kernel(
                "supports",
                "planted_second_order",
                "missing_motion_concave",
                "better_plane",
                "bent_weights_spurious",
            ),
            "every class": Certificate(
                "planted-minima",
                "supports",
                "exact",
                {
                    "points": Each(
                        dict.fromkeys(
                            ("X", "Y", "rows", "E", "weights", "better", "variables"), WITNESS
                        ),
                        26,
                    ),
                    "classes": [[4, 1], [8, 25]],
                },
                {"sizes": [4, 8]},
                {"classes": "classes"},
            ),
            "n = 16": "For n = 16 the dimensions are ranks modulo a prime, not proved.",
        },
        parts=("kernel", "n = 16"),
    ),
    "joint-auto-encoders": Claim(
        "9ba586dec514f6737fee5f4a27d5f975c7db498bf7327663bd68f863976dde51",
        {
            "every class": Certificate(
                "planted-minima",
                "supports",
                "exact",
                {
                    "points": Each(
                        dict.fromkeys(
                            ("X", "Y", "rows", "E", "weights", "better E", "better", "variables"),
                            WITNESS,
                        ),
                        26,
                    ),
                    "classes": [[4, 1], [8, 25]],
                },
                {"sizes": [4, 8], "auto_encoders": True},
            ),
        },
    ),
    "joint-folds": Claim(
        "b13333056db11387b521c1a244e06d7362f934a726a508f90e6918e85d626954",
        {
            "a fold": replace(
                FOLD, numbers={"moved": "moved", "loss": "losses.0", "better": "losses.1"}
            ),
            "another class": replace(FOLD, entries={**FOLD.entries, "rows": [0, 1, 2, 3, 4, 6]}),
            "every class": FLOATING_POINT,
        },
        parts=("every class",),
    ),
    "joint-benign": Claim(
        "f22a6ff45a41dc553a799c0b0841bbe23d24da51245af55fd2f17d7a4076447c",
        {
            "hidden motions, all sizes": proof(HIDDEN, "supports"),
            "vanishing weights": Certificate(
                "hidden-motions",
                "supports",
                "exact",
                {
                    "points": Each(
                        dict.fromkeys(("rows", "E", "weights", "curves"), WITNESS), 3 * len(HELD)
                    ),
                    "deficient": Each(
                        dict.fromkeys(("rows", "k", "weights", "moves", "at"), WITNESS),
                        3 * len(DEFICIENT),
                    ),
                },
                {"cases": HELD * 3, "deficient": DEFICIENT * 3},
            ),
            "eigenvectors": Certificate(
                "separated-eigenvectors",
                "supports",
                "exact",
                {"problems": Each(dict.fromkeys(("X", "Y", "T", "values"), WITNESS), 6)},
                {"sizes": [*product((4, 8, 16), (False, True))]},
            ),
        },
        parts=("vanishing weights", "eigenvectors"),
    ),
    "two-phase-can-fail": Claim(
        "8878c3c51cd8e21ad27f9e257edcec7295758f2f240071e1ff043d78e57a0454",
        {
            "no way out": spurious("supports", (STRETCHED, EXAMPLE)),
            "two minima": replace(
                census(
                    AUTO_ENCODER,
                    {"complex": 12, "real": 8, "maxima": 2, "saddles": 4, "minima": 2},
                    extrema=[],
                    below=[[WITNESS, *kinds] for kinds in AROUND],
                ),
                grade="interval",
                given={"width": "1/10000000000", "starts": True},
                numbers={},
            ),
            "training": FLOATING_POINT,
        },
        parts=("two minima", "training"),
    ),
    "flow-from-fjlt": Claim(
        "482b7356f8cd7ad3e86d7a50ff76168d9b1150eb921e7c6f3a8ec7c78b5732d2",
        {
            "every FJLT start": replace(
                parts(
                    "supports",
                    {
                        "kind": "trapped-starts",
                        "problems": [
                            {"X": STRETCHED, "Y": EXAMPLE, "end": UNITS, "loss": "21/5"},
                            {"X": EXAMPLE, "Y": EXAMPLE, "end": UNITS[::-1], "loss": "2"},
                        ],
                    },
                    {
                        "kind": "flow-into-box",
                        "X": AUTO_ENCODER,
                        "Y": AUTO_ENCODER,
                        "box": [["-8/5", "21/5"], ["-3/25", "31/50"]],
                        "level": "153/4",
                        "floor": "36",
                        "flows": Each(
                            dict.fromkeys(("signs", "squared_scale", "nodes"), WITNESS), 4
                        ),
                    },
                ),
                grade="interval",
            ),
        },
    ),
    "joint-count": Claim(
        "c196f7c17ee13bd10563116aa92b9a30bcb65fb451f9d60ab81bcf1c408b6708",
        {
            "all lengths": Certificate(
                "count-series",
                "supports",
                "proof",
                {"numerator": WITNESS},
                {"vectors": 2},
            ),
            "auto-encoders": Certificate(
                "critical-ideals",
                "supports",
                "exact",
                {
                    "prime": 2**30 + 3,
                    "cases": [{"lengths": [2, 2], "C": WITNESS, "M": WITNESS, "count": 12}],
                },
                {"auto_encoder": True},
            ),
            "ideals": Certificate(
                "critical-ideals",
                "supports",
                "exact",
                {
                    "prime": 2**30 + 3,
                    "cases": [
                        {"lengths": lengths, "C": WITNESS, "M": WITNESS, "count": count}
                        for lengths, count in (([1, 2], 2), ([1, 3], 3), ([2, 2], 12))
                    ],
                },
            ),
            "topology": Certificate(
                "euler-characteristics",
                "supports",
                "exact",
                {"counts": Each([WITNESS] * 3, 21)},
                {"largest": 6},
            ),
            "other outputs": SUMS_OF_RESIDUES,
            "small sizes": Certificate(
                "counts-by-residues",
                "supports",
                "exact",
                {"pairs": Each([WITNESS] * 5, 10), "vectors": Each([WITNESS] * 2, 8)},
                {"inputs": 16, "vectors": 8},
                {"pairs": "pairs", "vectors": "vectors"},
            ),
            "monodromy": FLOATING_POINT,
            "start sets": FLOATING_POINT,
            "Morse sum": FLOATING_POINT,
        },
        parts=("auto-encoders", "other outputs", "small sizes"),
    ),
    "joint-count-three": Claim(
        "0c75c7db4c4b50bf8ba0a55897ddcdc29b318ac10a475e1513ee3bf962251f05",
        {
            "all N": Certificate(
                "count-series",
                "supports",
                "proof",
                {"numerator": WITNESS},
                {"vectors": 3},
            ),
            "fixed points": SUMS_OF_RESIDUES,
        },
    ),
    "dynamics": Claim(
        "2d94898de706b5dd057cd9ff8d39dc3443816c253e6f1ff6c2d2543a51c28dd6",
        {
            "every FJLT start": Certificate(
                "fjlt-starts",
                "supports",
                "exact",
                {"X": EXAMPLE, "bound": "21/5", "losses": WITNESS},
            ),
            "joint training": DRAWN,
            "two phases from random weights": DRAWN,
            "minima": FLOATING_POINT,
            "Adam": FLOATING_POINT,
        },
        parts=("every FJLT start", "minima", "Adam"),
    ),
}
"""For each claim the digest of its statement, and what is expected of every check."""
