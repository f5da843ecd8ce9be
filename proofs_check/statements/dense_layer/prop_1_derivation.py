"""The printed proof of Proposition 1, step by step: which steps are valid, and which are not.

The steps, numbered as in the supplement of the published paper:

(2) ‖x − J1ᵀJ1x‖ <= ε with probability 1 − e^{−Ω(k1ε²)}, from Lemma S2.1;
(3) then ‖Wx − WJ1ᵀJ1x‖ <= ε‖W‖;
(4) ‖z − J2ᵀJ2z‖ <= ε‖z‖ for z = WJ1ᵀJ1x, from Lemma S2.1 again;
(5) ‖z‖ <= (1 + ε)‖W‖, from (3);
(6) ‖z − J2ᵀJ2z‖ <= ε(1 + ε)‖W‖, from (4) and (5);
(7) ‖W'x − Wx‖ <= ε(2 + ε)‖W‖ <= 3ε‖W‖, from (3) and (6);
(8) "adjusting the constants": both events hold with probability 1 − e^{−Ω(min(k1,k2)ε²)}.
"""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
from flint import arb, ctx

from fjlt.types import Array, BoolArray, IntArray
from proofs_check.claim import (
    Bearing,
    Check,
    Claim,
    Context,
    Control,
    Finding,
    Grade,
    Verdict,
    paper,
)
from proofs_check.exact.laws import projections
from proofs_check.formal.evidence import formalised

__all__ = ["CLAIM"]

STEPS = ("(3)", "(5)", "(6)", "(7)")
EPSILONS = (Fraction(1, 2), Fraction(9, 10))

MATRICES = (
    ([[1, 0], [0, 1]], [1, 0], 1),
    ([[2, 1], [1, 2]], [1, 1], 9),
    ([[3, 0], [0, 1]], [1, 2], 9),
    ([[2, 1, 1, 1], [1, 2, 1, 1], [1, 1, 2, 1], [1, 1, 1, 2]], [1, 2, 3, 4], 25),
    ([[2, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 0]], [1, 1, 0, 0], 4),
)
"""(W, x, ‖W‖²)."""


def at_most(a: Array, limit: Fraction, b: int) -> BoolArray:
    """Whether √a <= limit·√b, for integers a of any size."""
    return a.astype(object) * limit.denominator**2 <= limit.numerator**2 * b


def squares(vectors: IntArray) -> IntArray:
    """The squared norms of the rows."""
    return np.sum(vectors**2, axis=-1)


def steps_hold(
    W: list[list[int]],
    vector: list[int],
    norm2: int,
    k1: int,
    k2: int,
    epsilon: Fraction,
    factors: tuple[Fraction, Fraction, Fraction],
) -> tuple[Counter[str], Counter[str], int]:
    """(draws in which each step holds, draws in which its premises do, number of pairs of draws).

    ``factors`` stand in the conclusions (5), (6) and (7): 1 + ε, ε(1 + ε) and 3ε in the paper.
    """
    M, x = np.array(W), np.array(vector)
    length = int(x @ x)
    holds, premises, draws = Counter[str](), Counter[str](), 0
    five, six, seven = factors
    for v in np.concatenate(list(projections(x, k1))):
        # v = k1·J1ᵀJ1x and z = k1·WJ1ᵀJ1x; w = k2·J2ᵀJ2z in every draw of J2
        z = M @ v
        w = np.concatenate(list(projections(z, k2)))
        scale, target = norm2 * length, k1 * k2 * (M @ x)
        two = at_most(squares(k1 * x - v), epsilon * k1, length)
        three = at_most(squares(k1 * (M @ x) - z), epsilon * k1, scale)
        bounded = at_most(squares(z), five * k1, scale)
        four = at_most(squares(k2 * z - w), epsilon * k2, int(squares(z)))
        close = at_most(squares(k2 * z - w), six * k1 * k2, scale)
        done = at_most(squares(w - target), seven * k1 * k2, scale)
        for name, premise, conclusion in (
            ("(2)", True, two),
            ("(3)", two, three),
            ("(4)", True, four),
            ("(5)", three, bounded),
            ("(6)", four & bounded, close),
            ("(7)", three & close, done),
        ):
            # steps without J2 count for each of its draws
            premises[name] += int(np.broadcast_to(premise, len(w)).sum())
            holds[name] += int(np.broadcast_to(premise & conclusion, len(w)).sum())
        draws += len(w)
    return holds, premises, draws


def paper_factors(epsilon: Fraction) -> tuple[Fraction, Fraction, Fraction]:
    """The factors in (5), (6) and (7)."""
    return 1 + epsilon, epsilon * (1 + epsilon), 3 * epsilon


def audit(
    scale: tuple[Fraction, Fraction, Fraction] = (Fraction(1), Fraction(1), Fraction(1)),
) -> tuple[Counter[str], Counter[str], int]:
    """The sums of ``steps_hold`` over all matrices, sizes and ε; ``scale`` changes the factors."""
    holds, premises, draws = Counter[str](), Counter[str](), 0
    for (W, x, norm2), epsilon in product(MATRICES, EPSILONS):
        n = len(x)
        for k1, k2 in {(1, 1), (n - 1, n - 1), (n, n), (n, n - 1), (n - 1, n)}:
            five, six, seven = (a * b for a, b in zip(paper_factors(epsilon), scale, strict=True))
            h, p, count = steps_hold(W, x, norm2, k1, k2, epsilon, (five, six, seven))
            holds, premises, draws = holds + h, premises + p, draws + count
    return holds, premises, draws


def valid_steps(holds: Counter[str], premises: Counter[str]) -> list[str]:
    """The steps (3), (5), (6), (7) that hold whenever their premises do, which happens."""
    return [name for name in STEPS if premises[name] and holds[name] == premises[name]]


def premise_fails(k: int) -> tuple[int, int]:
    """(draws with (2), all draws) for x = e1, n = 2 and ε = 999999/1000000."""
    holds, _, draws = steps_hold(
        [[1, 0], [0, 1]], [1, 0], 1, k, 2, Fraction(999_999, 1_000_000), paper_factors(HALF)
    )
    return holds["(2)"], draws


HALF = Fraction(1, 2)
ONES = (Fraction(1), Fraction(1))


@ctx.workprec(128)
def probabilities(K: Fraction, c: Fraction) -> tuple[arb, arb]:
    """(1 − e^{−K})² and 1 − e^{−cK}, in balls.

    Suppose (2) and (4) were independent and each had the probability 1 − e^{−K}, K = min(k1, k2)ε².
    Then both hold with the first probability, and (8) asserts the second.
    """
    return (1 - (-_ball(K)).exp()) ** 2, 1 - (-_ball(c * K)).exp()


def constants_fail(K: Fraction, c: Fraction) -> bool:
    """Whether (1 − e^{−K})² < 1 − e^{−cK}, in balls."""
    both, asserted = probabilities(K, c)
    return bool(both < asserted)


def constants_suffice(K: Fraction, c: Fraction) -> bool:
    """Whether (1 − e^{−K})² > 1 − e^{−cK}, in balls."""
    both, asserted = probabilities(K, c)
    return bool(both > asserted)


def comparison(K: Fraction, c: Fraction) -> dict[str, Any]:
    """The same as an inequality of a certificate, the smaller side first."""
    sides = [
        (["mul", *2 * [["sub", "1", ["exp", str(-K)]]]], probabilities(K, c)[0].str(30)),
        (["sub", "1", ["exp", str(-c * K)]], probabilities(K, c)[1].str(30)),
    ]
    (left, low), (right, high) = sides if constants_fail(K, c) else sides[::-1]
    return {"left": left, "right": right, "balls": [low, high]}


def _ball(q: Fraction) -> arb:
    return arb(q.numerator) / q.denominator


def _steps(context: Context) -> Finding:
    holds, premises, draws = audit()
    valid = valid_steps(holds, premises)
    failing, total = premise_fails(1)
    return Finding.of(
        valid == list(STEPS) and failing == 0 and holds["(4)"] < draws,
        Bearing.REFUTES,
        f"{len(MATRICES)} integer matrices, n = 2, 4, ε = {', '.join(map(str, EPSILONS))}, every "
        f"draw of J1 and J2 at k = 1, n − 1 and n ({draws} pairs): steps "
        f"{', '.join(valid)} hold whenever their premises do, which is in "
        + ", ".join(f"{premises[name]}" for name in STEPS)
        + f" pairs. Step (2) fails in {draws - holds['(2)']} pairs and (4) in "
        f"{draws - holds['(4)']}. At n = 2, k1 = 1, x = e1 and every ε < 1 step (2) holds in "
        f"{failing} of {total} pairs: Lemma S2.1 is false, and it is the premise of (2) and (4).",
        draws + total,
        numbers={"valid": valid, "pairs": draws},
        certificate={
            "kind": "proof-steps",
            "matrices": [{"W": W, "x": x, "norm": str(norm2)} for W, x, norm2 in MATRICES],
            "epsilons": list(map(str, EPSILONS)),
            "holds": {name: holds[name] for name in premises},
            "premises": dict(premises),
            "pairs": draws,
            "valid": valid,
        },
        scope="step (2) at n = 2, k = 1, x = e1, and step (4)",
    )


def _constants(context: Context) -> Finding:
    constants = [Fraction(1, j) for j in range(1, 41)]
    failing = [c for c in constants if constants_fail(c / 2, c)]
    # for K >= 1 the loss of the union bound, 2e^(−K) <= e^(−cK), is absorbed by c = 1 − ln 2
    absorbed = [K for K in range(1, 41) if constants_suffice(Fraction(K), Fraction(3, 10))]
    return Finding.of(
        failing == constants and len(absorbed) == 40,
        Bearing.REFUTES,
        "Step (8): suppose Lemma S2.1 were true and (2) and (4) independent with probability 1 − "
        "e^{−K} each, K = min(k1, k2)ε². Both hold with probability (1 − e^{−K})². At K = c/2 this "
        f"is below 1 − e^{{−cK}}, for all {len(failing)} constants c = 1, 1/2, …, 1/40, in balls. "
        "So no adjustment of constants works for all K. For K >= 1 the constant 3/10 does (K = 1, "
        "…, 40).",
        len(constants) + len(absorbed),
        numbers={"constants": len(failing)},
        certificate={
            "kind": "enclosures",
            "bits": 128,
            "less": [comparison(c / 2, c) for c in constants]
            + [comparison(Fraction(K), Fraction(3, 10)) for K in range(1, 41)],
        },
        scope="step (8) at small min(k1, k2)ε²",
    )


CLAIM = Claim(
    id="prop-1-derivation",
    title="The printed proof of Proposition 1",
    source=paper("Section S2"),
    statement=(
        r"Each step of the printed proof of Proposition 1 is valid: (2) and (4), Lemma S2.1 for "
        r"$x$ and for $z = WJ_1^\top J_1x$; (3) $\|Wx - z\| \le \varepsilon\|W\|$; (5) $\|z\| \le "
        r"(1+\varepsilon)\|W\|$; (6) $\|z - J_2^\top J_2z\| \le \varepsilon(1+\varepsilon)\|W\|$; "
        r"(7) $\|W'x - Wx\| \le \varepsilon(2+\varepsilon)\|W\| \le 3\varepsilon\|W\|$; and (8) "
        r"adjusting constants gives the probability $1 - e^{-\Omega(\min(k_1,k_2)\varepsilon^2)}$."
    ),
    expected=Verdict.REFUTED,
    correction=(
        r"Steps (3), (5), (6) and (7) are valid: they use the spectral norm and the triangle "
        r"inequality. Steps (2) and (4) fail, since Lemma S2.1 is false (claim lemma-s2.1): for "
        r"$n = 2$, $k = 1$ and $x = e_1$ in every draw. With a true lemma of constant $c$ step (8) "
        r"would be valid for $\min(k_1,k_2)\varepsilon^2 \ge 1/c$, and not without such a "
        r"condition."
    ),
    depends_on=("lemma-s2.1",),
    follows_up=("prop-1",),
    checks=(
        formalised(
            "kernel",
            {
                "reconstruction_fails": "for 2k <= n, a unit vector x and 0 <= ε < 1 no draw of an "
                "SRHT has ‖x − JᵀJx‖ <= ε, so step (2) is false in every draw"
            },
            Bearing.REFUTES,
            "step (2), every SRHT with 2k1 <= n1, every draw",
        ),
        Check("steps", Grade.EXACT, "every draw of both transforms, in integers", _steps),
        Check("constants", Grade.INTERVAL, "probabilities of both events, in balls", _constants),
    ),
    controls=(
        Control(
            "(5) with ‖W‖ in place of (1 + ε)‖W‖",
            lambda context: "(5)" not in valid_steps(*audit((Fraction(2, 3), *ONES))[:2]),
        ),
        Control(
            "(7) with half of 3ε",
            lambda context: "(7)" not in valid_steps(*audit((*ONES, HALF))[:2]),
        ),
        Control(
            "(2) at k = n, where it must not fail",
            lambda context: premise_fails(2)[0] == premise_fails(2)[1],
        ),
        Control(
            "(8) at K = 2 and c = 1/2, where it must not fail",
            lambda context: constants_suffice(Fraction(2), HALF),
        ),
    ),
)
