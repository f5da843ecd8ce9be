"""What is expected of the claims on embeddings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import comb
from typing import Any

from proofs_check.checker.expectation import WITNESS, Certificate, Claim, Each, proof
from proofs_check.checker.expected import all_sizes
from proofs_check.checker.expected.derivations import RECONSTRUCTION, STRUCTURAL
from proofs_check.checker.expected.formal_proofs import kernel
from proofs_check.checker.expected.reasons import DRAWN, FLOATING_POINT

__all__ = ["CLAIMS"]

Expression = str | list[Any]
Inequality = tuple[Expression, Expression]


def enclosures(bearing: str, inequalities: Sequence[Inequality]) -> Certificate:
    """The certificate of inequalities left < right; it delivers the balls."""
    less = [{"left": left, "right": right, "balls": WITNESS} for left, right in inequalities]
    return Certificate("enclosures", bearing, "interval", {"bits": WITNESS, "less": less})


def exact(kind: str, bearing: str, **entries: Any) -> Certificate:
    """The certificate of a check in rationals."""
    return Certificate(kind, bearing, "exact", entries)


def barrier(n: int, k: int) -> Expression:
    """Pr[Beta((n − k)/2, k/2) <= ¼], the success probability that ε = ½ leaves."""
    return ["beta lower", f"{n - k}/2", f"{k}/2", "1/4"]


def binomial_tail(n: int, k: int) -> Fraction:
    """The same for even n and k: Pr[Binomial(n/2 − 1, ¼) >= (n − k)/2]."""
    trials = n // 2 - 1
    ways = (comb(trials, j) * 3 ** (trials - j) for j in range((n - k) // 2, trials + 1))
    return Fraction(sum(ways), 4**trials)


BARRIER: Sequence[Inequality] = [
    # at k = log n it halves from each n to the next
    *((barrier(2 << p, p + 1), ["div", barrier(1 << p, p), "2"]) for p in range(6, 11)),
    (barrier(1024, 10), str(2 * binomial_tail(1024, 10))),
]


def chi_squared_tail(k: int, epsilon: Fraction) -> Inequality:
    """Pr[|χ²_k/k − 1| > ε] < 2·exp(−k(ε²/4 − ε³/6))."""
    upper, lower = (
        ["gamma upper", f"{k}/2", str(Fraction(k, 2) * (1 + e))] for e in (epsilon, -epsilon)
    )
    exponent = str(-k * (epsilon**2 / 4 - epsilon**3 / 6))
    return ["sub", ["add", "1", upper], lower], ["mul", "2", ["exp", exponent]]


GAUSSIAN_TAIL = [chi_squared_tail(k, Fraction(j, 4)) for k in (1, 20, 100) for j in (1, 2, 3)]


def order(k: int) -> int:
    """The power of 2 in [√k, 2√k)."""
    return next(1 << p for p in range(k) if 1 << 2 * p >= k)


def slow_rate(k: int) -> Expression:
    """exp(−(2 + 2·ln 2)·√k)."""
    return ["exp", ["mul", ["add", "-2", ["mul", "-2", ["log", "2"]]], ["sqrt", str(k)]]]


def lost(n: int, k: int) -> Expression:
    """How often the SRHT takes 1_V to 0, |V| = s = order(k): 2s·2^(−s)·C(n − n/s, k)/C(n, k)."""
    s = order(k)
    share = str(Fraction(2 * s, 2**s))
    return ["div", ["mul", share, ["binomial", n - n // s, k]], ["binomial", n, k]]


def one_spike(n: int, l: int, epsilon: Fraction) -> Inequality:
    """How often Gaussian J misses one spike: ½ < Pr[Beta(l/2, (n − l)/2) <= 1/(1 + ε(n − 1))]."""
    return "1/2", ["beta lower", f"{l}/2", f"{n - l}/2", str(1 / (1 + epsilon * (n - 1)))]


HALF, ONE = Fraction(1, 2), Fraction(1)


def flat(n: int, k: int) -> list[list[int]]:
    """X = (A, I), A with k columns of entries ±5, the first k of the Hadamard matrix."""
    return [
        [5 * (-1) ** (i & j).bit_count() for j in range(k)] + [int(i == j) for j in range(n)]
        for i in range(n)
    ]


def spiked(X: list[list[int]], k: int, l: int, epsilon: Fraction, optimum: int) -> dict[str, Any]:
    """The law of the sketch of a matrix whose squared distance to rank k is ``optimum``."""
    sizes = {"k": k, "l": l, "epsilon": str(epsilon), "optimum": optimum}
    return {"X": X, **sizes, "success": WITNESS}


def beta(x: Fraction, y: Fraction) -> Expression:
    """The beta function."""
    return ["div", ["mul", ["gamma", str(x)], ["gamma", str(y)]], ["gamma", str(x + y)]]


def two_spikes(n: int, l: int, epsilon: Fraction) -> Inequality:
    """The same for two spikes, by integrals over τ_1 + τ_2 and √(τ_1·τ_2); c = 2 + ε(n − 2)."""
    c, a, b = 2 + epsilon * (n - 2), Fraction(l - 1, 2), Fraction(n - l + 1, 2)
    whole = beta(Fraction(l - 1), Fraction(n - l))
    above = ["sub", "1", ["beta lower", str(a), str(b), str(4 * (c - 1) / c**2)]]
    scale = ["div", beta(a, b), ["mul", "2", whole]]
    second = ["mul", ["mul", ["pow", str(1 / (c - 1)), str(a)], scale], above]
    first = ["beta lower", str(l - 1), str(n - l), str(2 / c)]
    return "1/2", ["sub", "1", ["sub", ["sub", "1", first], second]]


CLAIMS: Mapping[str, Claim] = {
    "lemma-s2.1": Claim(
        "1546c451400c1f3939eda13c653f19442963117828c4c83a7c608d8b7a27441d",
        {
            "kernel": kernel(
                "refutes", "reconstruction_identity", "reconstruction_fails", "hadamard_entry"
            ),
            "identity": proof(RECONSTRUCTION, "refutes"),
            "every draw": Certificate(
                "srht-error-floor", "refutes", "exact", {"x": [1, 0], "k": 1, "floor": "1"}
            ),
            "digits": exact(
                "drawn-errors",
                "refutes",
                draws=[
                    {"x": [WITNESS] * 64, "signs": [WITNESS] * 64, "rows": [WITNESS] * k}
                    for k in (6, 16, 32)
                ],
            ),
            "Beta barrier": enclosures("refutes", BARRIER),
        },
    ),
    "jl-norm": Claim(
        "0049536efb035d9ccf4806574efe77d7032555fdceea4b7b33d7d236fb79fd34",
        {
            "kernel": kernel("supports", "mean_length", "variance_length"),
            "all sizes": all_sizes.JL_NORM,
            "Gaussian tail": enclosures("supports", GAUSSIAN_TAIL),
            "SRHT variance": Certificate(
                "norm-law",
                "supports",
                "exact",
                {"x": [1, 2, 3, 4], "k": 2, "mean": "30", "variance": "364"},
            ),
            "digits": exact(
                "norm-laws",
                "supports",
                laws=[
                    {"x": [WITNESS] * 8, "k": k, "mean": WITNESS, "variance": WITNESS}
                    for k in (1, 7)
                ],
            ),
            "drawn SRHTs": DRAWN,
        },
        parts=("kernel", "drawn SRHTs"),
    ),
    "fjlt-tail": Claim(
        "96ebde9efd8c3bb95a533eb73c55c3e2a1f8a09d7cfb2021bffd4ed5fe5e02cf",
        {
            "kernel": kernel("refutes", "coset_adversary", "subgroup_rate", "tail_fails"),
            "rate, all sizes": all_sizes.FJLT_TAIL_RATE,
            "corrected bound, all sizes": all_sizes.FJLT_TAIL_CORRECTED_BOUND,
            "two coordinates": Certificate(
                "norm-law",
                "refutes",
                "exact",
                {"x": [1, 1, 0, 0], "k": 2, "mean": "2", "variance": "4/3"},
            ),
            "coset adversary": exact(
                "lost-vectors",
                "refutes",
                laws=[
                    {"n": n, "k": k, "s": s, "probability": WITNESS}
                    for n, k, s in [(8, k, 4) for k in range(1, 9)] + [(16, 2, 8), (16, 4, 8)]
                ],
            ),
            "drawn": DRAWN,
            "rate": enclosures(
                "refutes", [(slow_rate(n // 4), lost(n, n // 4)) for n in (64, 256, 1024)]
            ),
            "corrected bound": enclosures("refutes", [(["exp", "-27648/25"], lost(65536, 16384))]),
        },
        parts=("corrected bound, all sizes",),
    ),
    "prop-1": Claim(
        "d6fc343254323d1afaffa61fd8174e419298987977b62ebca2ed58fc5e5f21f6",
        {
            "kernel": kernel("refutes", "two_by_two_law", "two_by_two_fails"),
            "2×2 identity": Certificate(
                "prop1-law",
                "refutes",
                "exact",
                {
                    "W": [[1, 0], [0, 1]],
                    "x": [1, 0],
                    "k1": 1,
                    "k2": 1,
                    "law": {"1": "1/2", "5": "1/2"},
                },
                numbers={"law": "law"},
            ),
            "rank one": exact(
                "prop1-laws",
                "refutes",
                laws=[
                    {
                        "W": [[int((i, j) == (0, n - 1)) for j in range(n)] for i in range(n)],
                        "x": [int(j == n - 1) for j in range(n)],
                        "k1": k,
                        "k2": k,
                        "law": {str(Fraction(n, k) - 1): "1"},
                    }
                    for n, k in ((2, 1), (2, 2), (4, 1), (4, 2))
                ],
            ),
            "digit images": exact(
                "smallest-error",
                "refutes",
                laws=Each({"W": WITNESS, "x": WITNESS, "k": WITNESS, "least": WITNESS}, 2),
            ),
            "larger W": DRAWN,
        },
    ),
    "moments": Claim(
        "f9e20b3bf94e36631ccbded1a2a847cb328b02075de5ac2901dcb6133916d0e9",
        {
            "kernel": kernel(
                "supports", "mean_entry_squared", "one_sided_law", "two_sided_law", "bilinear_law"
            ),
            "all sizes": all_sizes.MOMENTS,
            "every draw": Certificate(
                "moments",
                "supports",
                "exact",
                {
                    "W": [[0, 1, 3, 3], [2, 3, -2, -3]],
                    "u": [-2, 2],
                    "x": [3, 3, -1, 1],
                    "k1": 2,
                    "k2": 1,
                    "one_sided": WITNESS,
                    "two_sided": WITNESS,
                    "bilinear_variance": WITNESS,
                },
            ),
            "library functions": FLOATING_POINT,
        },
    ),
    "prop-1-corrected": Claim(
        "fd0a74daac1dbf5983ff5dd36f5dfccbc76f6aa3f9fc497685393d02f0400103",
        {
            "kernel": kernel("supports", "one_sided_bound", "bilinear_bound", "rows_needed"),
            "all sizes": all_sizes.PROP_1_CORRECTED,
            "one side": exact(
                "one-sided-tail",
                "supports",
                cases=Each({"W": WITNESS, "x": WITNESS, "k": WITNESS}, 4),
            ),
            "bilinear form": exact(
                "bilinear-tail",
                "supports",
                cases=Each({"W": WITNESS, "u": WITNESS, "x": WITNESS, "k": WITNESS}, 4),
            ),
            "two sides": exact(
                "two-sided-mean",
                "supports",
                cases=Each(
                    {"W": WITNESS, "x": WITNESS, "k1": WITNESS, "k2": 1, "mean": WITNESS}, 4
                ),
            ),
            "digit images": DRAWN,
            "windows of pixels": DRAWN,
        },
    ),
    "introduction-accuracy": Claim(
        "a2a48fdc6f3747d639dd34e2bce26d1a07e8d1c882d44dacf3515e29cd24a4be",
        {
            "kernel": kernel("refutes", "output_side_fails"),
            "action": Certificate(
                "prop1-law",
                "refutes",
                "exact",
                {
                    "W": [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]],
                    "x": [1, 0, 0, 0],
                    "k1": 2,
                    "k2": 2,
                    "law": {"1": "1/6", "3": "2/3", "5": "1/6"},
                },
            ),
            "decision": exact("same-class", "refutes", k=[1, 2, 3], shares=WITNESS),
            "digits": DRAWN,
        },
    ),
    "prop-2": Claim(
        "e8f3306ee965e9edf9a82762ad4ba79162e7afafb6260f5420d3dd53e271c4b6",
        {
            "kernel": kernel("refutes", "sketch_succeeds_rarely"),
            "four rows": Certificate(
                "sketch-error-law",
                "refutes",
                "exact",
                {
                    "X": [[0, 1], [2, 0], [2, 0], [2, 0]],
                    "allowed": "2",
                    "law": {"48/37": "1/4", "16/5": "3/4"},
                    "success": "1/4",
                },
                numbers={"law": "law", "success": "success"},
            ),
            "every size": exact(
                "spike", "refutes", n=[2**p for p in range(2, 11)], success=WITNESS
            ),
            "digit images": exact(
                "sketch-success", "refutes", laws=Each({"X": WITNESS, "success": WITNESS}, 2)
            ),
            "sampled": DRAWN,
        },
    ),
    "prop-2-elsewhere": Claim(
        "eb8828a26a4f1bbdda2278cf4b847af2e8f025b3032d370e6b25685d45ab749f",
        {
            "criterion, all sizes": all_sizes.PROP_2_ELSEWHERE_CRITERION,
            "criterion": exact(
                "sketch-laws",
                "supports",
                laws=[
                    spiked(flat(4, k), k, l, epsilon, 4 - k)
                    for k, l in ((1, 1), (1, 2), (1, 3), (2, 2), (2, 3))
                    for epsilon in (HALF, ONE)
                ],
            ),
            "ε = 1/2": Certificate(
                "sketch-laws",
                "supports",
                "exact",
                {
                    "laws": [
                        spiked(flat(8, 1), 1, 2, HALF, 7),
                        spiked([*(row[:8] for row in flat(7, 1)), [0] * 8], 1, 2, HALF, 6),
                    ],
                    # n = 8, 16, …, 512 at least
                    "counted": Each({"n": WITNESS, "success": WITNESS}, 7),
                },
                {"below": HALF},
                {"eight": "laws.0.success", "seven": "laws.1.success"},
            ),
            "n = 3": Certificate(
                "sketch-laws",
                "supports",
                "exact",
                {"laws": [spiked([*flat(3, 1), [0] * 4], 1, 1, ONE, 2)]},
                {"below": HALF},
                {"success": "laws.0.success"},
            ),
            "Gaussian": enclosures(
                "supports", [one_spike(1024, j, Fraction(1, j)) for j in range(1, 21)]
            ),
            "k = 2": enclosures("supports", [two_spikes(1024, 6, Fraction(1, 2))]),
            "Gaussian draws": DRAWN,
        },
        parts=(
            "criterion, all sizes",
            "criterion",
            "ε = 1/2",
            "n = 3",
            "Gaussian",
            "k = 2",
            "Gaussian draws",
        ),
    ),
    "prop-2-corrected": Claim(
        "64dd1e6b14fa428930a26cff9270343a7d99275e5a5290676d68986c0bcb855b",
        {
            "all sizes": all_sizes.PROP_2_CORRECTED,
            "structural lemma, all sizes": proof(STRUCTURAL, "supports"),
            "kernel": kernel("supports", "structural_lemma"),
            "structural lemma": Certificate(
                "structural-lemma",
                "supports",
                "exact",
                {
                    "rounds": Each(
                        {
                            "X": WITNESS,
                            "U": WITNESS,
                            "planted": {"X": WITNESS, "B": WITNESS, "best": [WITNESS] * 3},
                        },
                    ),
                    "draws": WITNESS,
                    "skipped": WITNESS,
                },
                numbers={"draws": "draws", "skipped": "skipped"},
            ),
            "SRHT moments": Certificate(
                "sketch-moments",
                "supports",
                "exact",
                {
                    "families": Each({"U": WITNESS, "means": WITNESS}),
                    "cases": WITNESS,
                    "largest": WITNESS,
                },
                numbers={"cases": "cases", "worst": "largest"},
            ),
            "Gaussian mean": Certificate(
                "inverse-gram",
                "supports",
                "interval",
                {
                    "k": 15,
                    "accuracies": 10,
                    "pairs": 150,
                    "matrices": Each({"Z": WITNESS, "trace": WITNESS}, 12),
                    "shapes": WITNESS,
                    "degrees": [4, 6, 8, 12, 20],
                    "reciprocals": [WITNESS] * 5,
                },
                numbers={"pairs": "pairs", "shapes": "shapes", "degrees": "degrees"},
            ),
            "Gaussian draws": FLOATING_POINT,
            "real data": DRAWN,
            "many rows": DRAWN,
        },
        parts=("structural lemma, all sizes", "kernel"),
    ),
}
"""For each claim the digest of its statement, and what is expected of every check."""
