"""Proofs in several parts: what each part must say. The certificates deliver the terms.

The texts stand here a second time, so that no change of a claim, or of a certificate, changes what
is proved without a change here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from proofs_check.checker.expectation import WITNESS, Certificate, Derivation
from proofs_check.checker.expected.derivations import (
    BEST_CORE,
    MULTIPLE,
    NEAREST,
    RANGE,
    SPIKED,
    STRUCTURAL,
)

__all__ = [
    "BEST_MULTIPLE",
    "EXPRESSIBILITY_FIXED",
    "EXPRESSIBILITY_RANK",
    "FJLT_TAIL_CORRECTED_BOUND",
    "FJLT_TAIL_RATE",
    "GAUSSIAN_MOMENTS",
    "JL_NORM",
    "MOMENTS",
    "PROP_1_CORRECTED",
    "PROP_1_UNIVERSAL",
    "PROP_2_CORRECTED",
    "PROP_2_ELSEWHERE_CRITERION",
    "RANK_BARRIER",
    "WEIGHT_BOUND",
]

Pattern = Mapping[str, Any]
Factors = list[list[str]]


def parts(bearing: str, *patterns: Pattern) -> Certificate:
    """The certificate of a proof in these parts."""
    given = [pattern.get("given", {}) for pattern in patterns]
    entries = [{k: v for k, v in pattern.items() if k != "given"} for pattern in patterns]
    return Certificate("parts", bearing, "proof", {"parts": entries}, {"given": given})


def factors(text: str) -> Factors:
    """Tensors with their indices, from a text such as "W ca, W cb"."""
    return [part.split() for part in text.split(", ")]


def moment(name: str, free: str, of: str, value: Sequence[tuple[str, str]]) -> Pattern:
    """The mean of a product of tensors, as coefficients and products."""
    return {
        "name": name,
        "free": free,
        "mean of": factors(of),
        "is": [[coefficient, factors(product)] for coefficient, product in value],
    }


def second_moments(ensemble: str, consequences: Sequence[Pattern]) -> Pattern:
    """Second moments of A = JᵀJ, and their consequences."""
    return {"kind": "second-moments", "ensemble": ensemble, "consequences": list(consequences)}


def polynomials(
    numbers: Sequence[str],
    nonnegative: Mapping[str, str],
    zero: Mapping[str, str],
    goals: Mapping[str, str],
    model: Mapping[str, str],
) -> Pattern:
    """Inequalities of polynomials, with numbers for which all that is assumed holds."""
    return {
        "kind": "polynomial-inequalities",
        "numbers": list(numbers),
        "nonnegative": dict(nonnegative),
        "zero": dict(zero),
        "steps": [
            {"name": name, "goal": goal, "products": WITNESS, "multiples": WITNESS}
            for name, goal in goals.items()
        ],
        "given": {"model": model},
    }


def logarithm(
    name: str,
    logarithms: list[list[Any]],
    numerator: list[str],
    denominator: list[str],
) -> Pattern:
    """Σ c·ln p(x) + N(x)/D(x) >= 0 on 0 <= x < 1, each p, N, D by its coefficients."""
    return {
        "name": name,
        "logarithms": logarithms,
        "numerator": numerator,
        "denominator": denominator,
        "slope above": WITNESS,
        "slope below": WITNESS,
    }


def logarithms(inequalities: Sequence[Pattern]) -> Pattern:
    """Inequalities of logarithms."""
    return {"kind": "logarithm-inequalities", "inequalities": list(inequalities)}


def identities(derivation: Derivation) -> Pattern:
    """A derivation of which every step is a goal."""
    return {
        "kind": "identities",
        "symbols": {name: list(arrow) for name, arrow in derivation.symbols.items()},
        "symmetric": list(derivation.symmetric),
        "scalars": list(derivation.scalars),
        "definitions": dict(derivation.definitions),
        "assumptions": {name: a.text for name, a in derivation.assumptions.items()},
        "steps": [
            {"name": goal.name, "rule": goal.rule, "goal": goal.text, "cofactors": WITNESS}
            for goal in derivation.goals
        ],
        "given": {"expected": derivation},
    }


MODELS: Mapping[str, Mapping[str, str]] = {
    "PROP_1_CORRECTED": {
        "n": "4",
        "k": "2",
        "h": "1/2",
        "s": "1/3",
        "s1": "1/3",
        "s2": "1/4",
        "N": "4",
        "F": "5",
        "w": "2",
        "v": "1",
        "q2": "1",
        "d": "1",
    },
    "PROP_2_CORRECTED": {"k": "2", "l": "96", "e": "1", "h": "1/96", "g": "1/8554", "i": "1"},
    "WEIGHT_BOUND": {"l": "3", "m": "4", "q": "1", "t": "2", "u": "2"},
    "FJLT_TAIL_RATE": {"n": "64", "k": "16", "j": "3", "s": "4", "r": "4"},
    "FJLT_TAIL_CORRECTED_BOUND": {"e": "1/2"},
}
"""For each proof with polynomials, numbers for which its assumptions hold."""

WEIGHT_BOUND = parts(
    "supports",
    polynomials(
        ["l", "m", "q", "t", "u"],
        nonnegative={"m": "m", "u": "u", "l": "l", "2u − l": "2 * u - l"},
        zero={},
        goals={
            ("1 + 2 + … + t/2 = t − 1, t a power of 2: from t to 2t"): "(t - 1) + t - (2 * t - 1)",
            "2((m − 1)l + qn) <= 2nq + 6n, n = mu": (
                "2 * m * u * q + 6 * m * u - 2 * ((m - 1) * l + q * m * u)"
            ),
        },
        model=MODELS["WEIGHT_BOUND"],
    ),
)

JL_NORM = parts(
    "supports",
    second_moments(
        "srht",
        [
            moment("E‖Jx‖² = ‖x‖²", "", "A ai, x a, x i", [("1", "x a, x a")]),
            moment(
                "E‖Jx‖⁴ = ‖x‖⁴ + 2s‖x‖⁴ + (f − 3)s·‖x‖₄⁴",
                "",
                "A ai, A jb, x a, x i, x j, x b",
                [("1 + 2 * s", "x a, x a, x b, x b"), ("-2 * s", "x a, x a, x a, x a")],
            ),
        ],
    ),
    logarithms(
        [
            logarithm(
                "ε − ln(1 + ε) >= ε²/2 − ε³/3",
                [["-1", ["1", "1"]]],
                ["0", "1", "-1/2", "1/3"],
                ["1"],
            ),
            logarithm(
                "−ε − ln(1 − ε) >= ε²/2 − ε³/3",
                [["-1", ["1", "-1"]]],
                ["0", "-1", "-1/2", "1/3"],
                ["1"],
            ),
        ]
    ),
)

FJLT_TAIL_RATE = parts(
    "refutes",
    logarithms([logarithm("ln(1 − x/3) >= −x/2", [["1", ["1", "-1/3"]]], ["0", "1/2"], ["1"])]),
    polynomials(
        ["n", "k", "j", "s", "r"],
        nonnegative={"k − 1 − j": "k - 1 - j", "n − 4k": "n - 4 * k", "s − r": "s - r", "r": "r"},
        zero={"r² = k": "r**2 - k"},
        goals={
            "n − j >= 3n/4 for j < k <= n/4": "n - j - 3 * n / 4",
            "sr >= k, r = √k <= s": "s * r - k",
        },
        model=MODELS["FJLT_TAIL_RATE"],
    ),
)

FJLT_TAIL_CORRECTED_BOUND = parts(
    "refutes",
    logarithms(
        [
            logarithm("ln(1 + ε) >= 2ε/(2 + ε)", [["1", ["1", "1"]]], ["0", "-2"], ["2", "1"]),
            logarithm(
                "ln(1 − ε) >= −(ε − ε²/2)/(1 − ε)",
                [["1", ["1", "-1"]]],
                ["0", "1", "-1/2"],
                ["1", "-1"],
            ),
        ]
    ),
    polynomials(
        ["e"],
        nonnegative={"e": "e", "1 − e": "1 - e"},
        zero={},
        goals={
            "3(2ε(1 + ε) − ε(2 + ε)) >= ε²(2 + ε)": (
                "3 * (2 * e * (1 + e) - e * (2 + e)) - e**2 * (2 + e)"
            )
        },
        model=MODELS["FJLT_TAIL_CORRECTED_BOUND"],
    ),
)

PROP_1_UNIVERSAL = parts(
    "supports",
    identities(RANGE),
    second_moments("srht", [moment("E[A] = I", "ai", "A ai", [("1", "δ ai")])]),
)

RANK_BARRIER = parts("supports", identities(NEAREST))

EXPRESSIBILITY_RANK = parts("refutes", identities(NEAREST))

EXPRESSIBILITY_FIXED = parts(
    "refutes",
    identities(BEST_CORE),
    second_moments("srht", [moment("E[A] = I", "ai", "A ai", [("1", "δ ai")])]),
)

BEST_MULTIPLE = parts(
    "supports",
    identities(MULTIPLE),
    second_moments(
        "srht",
        [
            moment("E[A] = I", "ai", "A ai", [("1", "δ ai")]),
            moment(
                "E‖A2·W·A1x‖² = (1 + s2(n2 + f − 2))·E‖W·A1x‖²",
                "",
                "A2 pc, A2 pd, A1 ai, A1 jb, W ca, W db, x i, x j",
                [
                    ("(1 + s2 * (n + 1 + -2)) * (1 + s1)", "W ca, x a, W cb, x b"),
                    ("(1 + s2 * (n + 1 + -2)) * s1", "W ca, W ca, x i, x i"),
                    ("(1 + s2 * (n + 1 + -2)) * -2 * s1", "W ca, W ca, x a, x a"),
                ],
            ),
        ],
    ),
)

MOMENTS = parts(
    "supports",
    second_moments(
        "srht",
        [
            moment("E[A] = I", "ai", "A ai", [("1", "δ ai")]),
            moment(
                "E[Axxᵀ A] = (1 + s)xxᵀ + s‖x‖²I + (f − 3)s·diag(x²)",
                "ab",
                "A ai, A jb, x i, x j",
                [("1 + s", "x a, x b"), ("s", "δ ab, x i, x i"), ("-2 * s", "δ ab, x a, x a")],
            ),
            moment(
                "E[A²] = (1 + s(n + f − 2))·I",
                "ab",
                "A ai, A ib",
                [("1 + s * (n + 1 + -2)", "δ ab")],
            ),
            moment(
                "E‖WAx‖² = (1 + s)‖Wx‖² + s‖W‖_F²‖x‖² + (f − 3)s·Σ_a x_a²‖We_a‖²",
                "",
                "A ai, A jb, W ca, W cb, x i, x j",
                [
                    ("1 + s", "W ca, x a, W cb, x b"),
                    ("s", "W ca, W ca, x i, x i"),
                    ("-2 * s", "W ca, W ca, x a, x a"),
                ],
            ),
            moment(
                "E‖A2·W·A1x‖² = (1 + s2(n2 + f − 2))·E‖W·A1x‖²",
                "",
                "A2 pc, A2 pd, A1 ai, A1 jb, W ca, W db, x i, x j",
                [
                    ("(1 + s2 * (n + 1 + -2)) * (1 + s1)", "W ca, x a, W cb, x b"),
                    ("(1 + s2 * (n + 1 + -2)) * s1", "W ca, W ca, x i, x i"),
                    ("(1 + s2 * (n + 1 + -2)) * -2 * s1", "W ca, W ca, x a, x a"),
                ],
            ),
            moment(
                "E(uᵀA2·W·A1x)² = tr(M_u·W·M_x·Wᵀ)",
                "",
                "u p, A2 pc, u q, A2 qd, A1 ai, A1 bj, W ca, W db, x i, x j",
                [
                    ("(1 + s2) * (1 + s1)", "u c, u d, W ca, W db, x a, x b"),
                    ("(1 + s2) * (s1)", "u c, u d, W ca, W db, δ ab, x i, x i"),
                    ("(1 + s2) * (-2 * s1)", "u c, u d, W ca, W db, δ ab, x a, x b"),
                    ("(s2) * (1 + s1)", "δ cd, u p, u p, W ca, W db, x a, x b"),
                    ("(s2) * (s1)", "δ cd, u p, u p, W ca, W db, δ ab, x i, x i"),
                    ("(s2) * (-2 * s1)", "δ cd, u p, u p, W ca, W db, δ ab, x a, x b"),
                    ("(-2 * s2) * (1 + s1)", "δ cd, u c, u d, W ca, W db, x a, x b"),
                    ("(-2 * s2) * (s1)", "δ cd, u c, u d, W ca, W db, δ ab, x i, x i"),
                    ("(-2 * s2) * (-2 * s1)", "δ cd, u c, u d, W ca, W db, δ ab, x a, x b"),
                ],
            ),
        ],
    ),
)

GAUSSIAN_MOMENTS = parts(
    "supports",
    second_moments(
        "gaussian",
        [
            moment("E[A] = I", "ai", "A ai", [("1", "δ ai")]),
            moment(
                "E‖Jx‖⁴ = ‖x‖⁴ + 2s‖x‖⁴ + (f − 3)s·‖x‖₄⁴",
                "",
                "A ai, A jb, x a, x i, x j, x b",
                [("1 + 2 * s", "x a, x a, x b, x b"), ("0 * s", "x a, x a, x a, x a")],
            ),
            moment(
                "E[Axxᵀ A] = (1 + s)xxᵀ + s‖x‖²I + (f − 3)s·diag(x²)",
                "ab",
                "A ai, A jb, x i, x j",
                [("1 + s", "x a, x b"), ("s", "δ ab, x i, x i"), ("0 * s", "δ ab, x a, x a")],
            ),
            moment(
                "E[A²] = (1 + s(n + f − 2))·I",
                "ab",
                "A ai, A ib",
                [("1 + s * (n + 1 + 0)", "δ ab")],
            ),
            moment(
                "E‖WAx‖² = (1 + s)‖Wx‖² + s‖W‖_F²‖x‖² + (f − 3)s·Σ_a x_a²‖We_a‖²",
                "",
                "A ai, A jb, W ca, W cb, x i, x j",
                [
                    ("1 + s", "W ca, x a, W cb, x b"),
                    ("s", "W ca, W ca, x i, x i"),
                    ("0 * s", "W ca, W ca, x a, x a"),
                ],
            ),
            moment(
                "E‖A2·W·A1x‖² = (1 + s2(n2 + f − 2))·E‖W·A1x‖²",
                "",
                "A2 pc, A2 pd, A1 ai, A1 jb, W ca, W db, x i, x j",
                [
                    ("(1 + s2 * (n + 1 + 0)) * (1 + s1)", "W ca, x a, W cb, x b"),
                    ("(1 + s2 * (n + 1 + 0)) * s1", "W ca, W ca, x i, x i"),
                    ("(1 + s2 * (n + 1 + 0)) * 0 * s1", "W ca, W ca, x a, x a"),
                ],
            ),
            moment(
                "E(uᵀA2·W·A1x)² = tr(M_u·W·M_x·Wᵀ)",
                "",
                "u p, A2 pc, u q, A2 qd, A1 ai, A1 bj, W ca, W db, x i, x j",
                [
                    ("(1 + s2) * (1 + s1)", "u c, u d, W ca, W db, x a, x b"),
                    ("(1 + s2) * (s1)", "u c, u d, W ca, W db, δ ab, x i, x i"),
                    ("(1 + s2) * (0 * s1)", "u c, u d, W ca, W db, δ ab, x a, x b"),
                    ("(s2) * (1 + s1)", "δ cd, u p, u p, W ca, W db, x a, x b"),
                    ("(s2) * (s1)", "δ cd, u p, u p, W ca, W db, δ ab, x i, x i"),
                    ("(s2) * (0 * s1)", "δ cd, u p, u p, W ca, W db, δ ab, x a, x b"),
                    ("(0 * s2) * (1 + s1)", "δ cd, u c, u d, W ca, W db, x a, x b"),
                    ("(0 * s2) * (s1)", "δ cd, u c, u d, W ca, W db, δ ab, x i, x i"),
                    ("(0 * s2) * (0 * s1)", "δ cd, u c, u d, W ca, W db, δ ab, x a, x b"),
                ],
            ),
        ],
    ),
)

PROP_1_CORRECTED = parts(
    "supports",
    second_moments(
        "srht",
        [
            moment(
                "E[Axxᵀ A] = (1 + s)xxᵀ + s‖x‖²I + (f − 3)s·diag(x²)",
                "ab",
                "A ai, A jb, x i, x j",
                [("1 + s", "x a, x b"), ("s", "δ ab, x i, x i"), ("-2 * s", "δ ab, x a, x a")],
            ),
            moment(
                "E‖WAx‖² = (1 + s)‖Wx‖² + s‖W‖_F²‖x‖² + (f − 3)s·Σ_a x_a²‖We_a‖²",
                "",
                "A ai, A jb, W ca, W cb, x i, x j",
                [
                    ("1 + s", "W ca, x a, W cb, x b"),
                    ("s", "W ca, W ca, x i, x i"),
                    ("-2 * s", "W ca, W ca, x a, x a"),
                ],
            ),
            moment(
                "E‖A2·W·A1x‖² = (1 + s2(n2 + f − 2))·E‖W·A1x‖²",
                "",
                "A2 pc, A2 pd, A1 ai, A1 jb, W ca, W db, x i, x j",
                [
                    ("(1 + s2 * (n + 1 + -2)) * (1 + s1)", "W ca, x a, W cb, x b"),
                    ("(1 + s2 * (n + 1 + -2)) * s1", "W ca, W ca, x i, x i"),
                    ("(1 + s2 * (n + 1 + -2)) * -2 * s1", "W ca, W ca, x a, x a"),
                ],
            ),
            moment(
                "E(uᵀA2·W·A1x)² = tr(M_u·W·M_x·Wᵀ)",
                "",
                "u p, A2 pc, u q, A2 qd, A1 ai, A1 bj, W ca, W db, x i, x j",
                [
                    ("(1 + s2) * (1 + s1)", "u c, u d, W ca, W db, x a, x b"),
                    ("(1 + s2) * (s1)", "u c, u d, W ca, W db, δ ab, x i, x i"),
                    ("(1 + s2) * (-2 * s1)", "u c, u d, W ca, W db, δ ab, x a, x b"),
                    ("(s2) * (1 + s1)", "δ cd, u p, u p, W ca, W db, x a, x b"),
                    ("(s2) * (s1)", "δ cd, u p, u p, W ca, W db, δ ab, x i, x i"),
                    ("(s2) * (-2 * s1)", "δ cd, u p, u p, W ca, W db, δ ab, x a, x b"),
                    ("(-2 * s2) * (1 + s1)", "δ cd, u c, u d, W ca, W db, x a, x b"),
                    ("(-2 * s2) * (s1)", "δ cd, u c, u d, W ca, W db, δ ab, x i, x i"),
                    ("(-2 * s2) * (-2 * s1)", "δ cd, u c, u d, W ca, W db, δ ab, x a, x b"),
                ],
            ),
        ],
    ),
    polynomials(
        ["n", "k", "h", "s", "s1", "s2", "N", "F", "w", "v", "q2", "d"],
        nonnegative={
            "h": "h",
            "s": "s",
            "s1": "s1",
            "s2": "s2",
            "F": "F",
            "N": "N",
            "d": "d",
            "w": "w",
            "h − s": "h - s",
            "h − s1": "h - s1",
            "h − s2": "h - s2",
            "N − w": "N - w",
            "N − v": "N - v",
            "N − q2": "N - q2",
        },
        zero={"hk = 1": "h * k - 1", "sk(n − 1) = n − k": "s * k * (n - 1) - n + k"},
        goals={
            "k(n − 1)(h − s) = k − 1": "k * (n - 1) * (h - s) - k + 1",
            "V1 <= h(F + N)": "h * (F + N) - s * (F + w - 2 * d)",
            "h² >= s1·s2": "h**2 - s1 * s2",
            ("the variance is at most (4h + 3h²)N + h²F"): (
                "(4 * h + 3 * h**2) * N + h**2 * F - (s1 + s2 + s1 * s2) * q2 - (1 + "
                "s2) * s1 * v - (1 + s1) * s2 * w - s1 * s2 * F"
            ),
        },
        model=MODELS["PROP_1_CORRECTED"],
    ),
)

PROP_2_ELSEWHERE_CRITERION = parts("supports", identities(SPIKED))

PROP_2_CORRECTED = parts(
    "supports",
    identities(STRUCTURAL),
    second_moments(
        "srht",
        [
            moment(
                "E(uᵀAx)² = (1 + s)(uᵀx)² + s‖u‖²‖x‖² + (f − 3)s·Σ_a u_a²x_a²",
                "",
                "A ai, A jb, u a, u j, x i, x b",
                [
                    ("1 + s", "u a, x a, u b, x b"),
                    ("s", "u a, u a, x b, x b"),
                    ("-2 * s", "u a, u a, x a, x a"),
                ],
            )
        ],
    ),
    polynomials(
        ["k", "l", "e", "h", "g", "i"],
        nonnegative={
            "h": "h",
            "e": "e",
            "l − 16k(k + 1)": "l - 16 * k * (k + 1)",
            "le − 16k": "l * e - 16 * k",
            "(l − k − 1)e − 2k": "(l - k - 1) * e - 2 * k",
        },
        zero={"hle = 1": "h * l * e - 1"},
        goals={
            (
                "SRHT: 4k(k + 1)/l + 4k/(le) <= 1/2, h = 1/(le)"
            ): "1 - 8 * h * e * k * (k + 1) - 8 * h * k",
            ("Bartlett: i/(l − i − 1) + (1 + i/(l − i − 1))/(l − i − 2) = (i + 1)/(l − i − 2)"): (
                "g * i * (l - i - 2) + g * (l - 1) - g * (i + 1) * (l - i - 1)"
            ),
            "Gaussian: k/(l − k − 1) <= e/2": "(l - k - 1) * e / 2 - k",
        },
        model=MODELS["PROP_2_CORRECTED"],
    ),
)
