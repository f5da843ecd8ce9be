"""What holds in place of Lemma S2.1: a JL transform preserves the norm of a vector."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import numpy as np
from flint import arb, ctx
from scipy.special import bdtr, bdtrc

from figures.data import digits
from fjlt import srht
from fjlt.runs.binomial import critical_values, limits
from proofs_check.claim import (
    Bearing,
    Check,
    Claim,
    Context,
    Control,
    Finding,
    Grade,
    Verdict,
)
from proofs_check.exact.laws import norm_law
from proofs_check.exact.moments import norm_variance, sigma2
from proofs_check.formal.evidence import formalised
from proofs_check.identities.all_sizes import proved_in_parts
from proofs_check.identities.inequalities import Logarithm, Logarithms
from proofs_check.identities.second_moments import LENGTH, MEAN_LENGTH, SecondMoments

__all__ = ["CLAIM"]

# the probability of a false alarm, and of missing what a statistical check is designed to find
LEVEL, DRAWS = 1e-9, 2000
# the indicator vector of a subgroup, which many draws take to 0
COSET = [1, 1, 1, 1, 0, 0, 0, 0]

VECTORS = [
    [1, 0],
    [1, 1],
    [1, 2],
    [1, 0, 0, 0],
    [1, 1, 0, 0],
    [1, 2, 3, 4],
    [1, 1, 1, 1, 0, 0, 0, 0],
    [1, -2, 3, -4, 5, -6, 7, -8],
    [3, 0, 0, 1, 0, 0, 0, 2],
]


def gaussian_failure(k: int, epsilon: arb) -> arb:
    """Pr[|‖Jx‖² − 1| > ε] in a ball, for a Gaussian J of k rows and a unit vector x."""
    # k‖Jx‖² is chi-squared with k degrees of freedom: Pr[k‖Jx‖² > 2t] = Γ(k/2, t)/Γ(k/2)
    half = arb(k) / 2
    return (
        (half * (1 + epsilon)).gamma_upper(half, True)
        + 1
        - (half * (1 - epsilon)).gamma_upper(half, True)
    )


def chernoff(k: int, epsilon: arb) -> arb:
    """The bound 2·exp(−k(ε²/4 − ε³/6))."""
    return 2 * (-k * (epsilon**2 / 4 - epsilon**3 / 6)).exp()


def below_chernoff(k: int, epsilon: Fraction) -> dict[str, object]:
    """The inequality of tail and bound as an entry of a certificate."""
    upper, lower = (
        ["gamma upper", f"{k}/2", str(Fraction(k, 2) * (1 + e))] for e in (epsilon, -epsilon)
    )
    e = arb(epsilon.numerator) / epsilon.denominator
    return {
        "left": ["sub", ["add", "1", upper], lower],
        "right": ["mul", "2", ["exp", str(-k * (epsilon**2 / 4 - epsilon**3 / 6))]],
        "balls": [gaussian_failure(k, e).str(30), chernoff(k, e).str(30)],
    }


def bits_for(sizes: list[int]) -> int:
    """Bits of precision that give chi-squared tails of these degrees of freedom narrow balls."""
    return 128 + max(sizes)


def tail_bounded(bound: Callable[[int, arb], arb], sizes: list[int]) -> tuple[int, bool, bool]:
    """(cases, whether every failure probability is below the bound, whether one is above it).

    Both answers are certified by balls. The cases are the given k with ε = 0.05, 0.10, …, 0.95.
    """
    with ctx.workprec(bits_for(sizes)):
        pairs = [(k, arb(e) / 20) for k in sizes for e in range(1, 20)]
        balls = [(gaussian_failure(k, e), bound(k, e)) for k, e in pairs]
    return len(pairs), all(bool(f < b) for f, b in balls), any(bool(f > b) for f, b in balls)


def variance_agrees(
    formula: Callable[[list[int], int], Fraction], vectors: list[list[int]] = VECTORS
) -> tuple[int, bool]:
    """(cases, whether the formula is the variance of the law of ‖Jx‖² in every case), exactly.

    The laws are enumerated for every k <= len(x). Their mean must be ‖x‖².
    """
    cases, good = 0, True
    for x in vectors:
        for k in range(1, len(x) + 1):
            law = norm_law(x, k)
            mean = sum(value * probability for value, probability in law.items())
            second = sum(value**2 * probability for value, probability in law.items())
            good &= mean == sum(t * t for t in x) and second - mean**2 == formula(x, k)
            cases += 1
    return cases, good


def _gaussian(context: Context) -> Finding:
    sizes = [1, 2, 3, 5, 10, 20, 50, 100, 300, 1000] + ([3000, 10_000] if context.full else [])
    cases, below, _ = tail_bounded(chernoff, sizes)
    bits = bits_for(sizes)
    with ctx.workprec(bits):
        failure, bound = gaussian_failure(100, arb(1) / 2), chernoff(100, arb(1) / 2)
        smaller = [below_chernoff(k, Fraction(j, 4)) for k in (1, 20, 100) for j in (1, 2, 3)]
    return Finding.of(
        below,
        Bearing.SUPPORTS,
        "The exact failure probability of the Gaussian transform, a chi-squared tail in balls, "
        f"is below 2·exp(−k(ε²/4 − ε³/6)) for all {cases} pairs of k in {sizes} and ε = 0.05, …, "
        f"0.95. For k = 100, ε = 1/2 it is {failure.str(3, radius=False)}, and the bound is "
        f"{bound.str(3, radius=False)}.",
        cases,
        numbers={"k": sizes, "pairs": cases},
        certificate={
            "kind": "enclosures",
            "bits": bits,
            "less": smaller,
        },
    )


def _variance(context: Context) -> Finding:
    cases, good = variance_agrees(norm_variance)
    x = [1, 2, 3, 4]
    return Finding.of(
        good,
        Bearing.SUPPORTS,
        f"Exhaustive laws for {len(VECTORS)} integer vectors of length n = 2, 4, 8 and every k "
        f"({cases} laws) have E‖Jx‖² = ‖x‖² and Var‖Jx‖² = 2σ²(‖x‖⁴ − ‖x‖₄⁴), exactly.",
        cases,
        numbers={"laws": cases},
        certificate={
            "kind": "norm-law",
            "x": x,
            "k": 2,
            "mean": str(sum(t * t for t in x)),
            "variance": str(norm_variance(x, 2)),
        },
    )


def _digits(context: Context) -> Finding:
    X = digits()[0].astype(int)
    images = context.rng.choice(X.shape[1], size=40 if context.full else 12, replace=False)
    rows = [X[8 * (2 + i % 4) :, image][:8].tolist() for i, image in enumerate(images)]
    cases, good = variance_agrees(norm_variance, rows)
    return Finding.of(
        good,
        Bearing.SUPPORTS,
        f"The same holds for a row of pixels (n = 8) of each of {len(rows)} images of handwritten "
        f"digits and every k: {cases} exhaustive laws.",
        cases,
        numbers={"laws": cases},
        certificate={
            "kind": "norm-laws",
            "laws": [
                {
                    "x": x,
                    "k": k,
                    "mean": str(sum(t * t for t in x)),
                    "variance": str(norm_variance(x, k)),
                }
                for x in rows[:1]
                for k in (1, 7)
            ],
        },
    )


def drawn_norms(context: Context, k: int) -> list[Fraction]:
    """‖Jx‖² for x = COSET and drawn SRHTs, rounded to multiples of 1/k, which it is exactly."""
    x = np.array(COSET, dtype=float)
    return [
        Fraction(round(k * float(np.sum((srht(k, len(x), rng=seed) @ x) ** 2))), k)
        for seed in context.seed.spawn(DRAWS)
    ]


def follows(norms: list[Fraction], law: dict[Fraction, Fraction]) -> bool:
    """Whether only values of the law occur, each as often as its Clopper-Pearson limits allow."""
    # Bonferroni: two sides for each value share the false-alarm rate LEVEL
    alpha = LEVEL / (2 * len(law))
    bounds = {value: limits(norms.count(value), len(norms), alpha) for value in law}
    return set(norms) <= set(law) and all(
        low <= law[value] <= high for value, (low, high) in bounds.items()
    )


def discrepancy(p: float, sides: int) -> float:
    """The smallest d such that a true share p ± d passes for p with probability at most LEVEL.

    The false-alarm rate LEVEL is divided by ``sides``, the number of one-sided tests.
    """
    # a share passes for p if the count lies between these numbers
    enough, few = critical_values(DRAWS, p, LEVEL / sides)
    steps = np.arange(1, 1000) / 1000
    missed = np.maximum(
        bdtr(enough - 1, DRAWS, np.minimum(p + steps, 1)),
        bdtrc(few, DRAWS, np.maximum(p - steps, 0)),
    )
    return float(steps[np.argmax(missed <= LEVEL)])


def _drawn(context: Context) -> Finding:
    k = 2
    law = norm_law(COSET, k)
    norms = drawn_norms(context, k)
    shares = ", ".join(
        f"{value} in {norms.count(value)} ({float(DRAWS * p):.0f} expected)"
        for value, p in law.items()
    )
    agrees = follows(norms, law)
    return Finding(
        Bearing.SUPPORTS if agrees else Bearing.REFUTES,
        f"{DRAWS} SRHTs drawn by fjlt.srht, x = e1 + e2 + e3 + e4, n = 8, k = {k}: ‖Jx‖² takes "
        f"the values of the exhaustive law, {shares}, {'' if agrees else 'NOT '}each as often as "
        "its limits allow. Design: "
        f"the probability of a false alarm is at most {LEVEL:.0e} in all; a share that is wrong "
        f"by {max(discrepancy(float(p), 2 * len(law)) for p in law.values()):.3f} is missed with "
        f"probability at most {LEVEL:.0e}.",
        DRAWS,
        numbers={str(value): norms.count(value) for value in law},
    )


TAIL = Logarithms(
    [
        Logarithm(
            "ε − ln(1 + ε) >= ε²/2 − ε³/3",
            logarithms=[("-1", ("1", "1"))],
            numerator=("0", "1", "-1/2", "1/3"),
            above=[("1", 3, 0)],
            below=[("1", 0, 0), ("1", 1, 0)],
        ),
        Logarithm(
            "−ε − ln(1 − ε) >= ε²/2 − ε³/3",
            logarithms=[("-1", ("1", "-1"))],
            numerator=("0", "-1", "-1/2", "1/3"),
            above=[("1", 2, 0), ("1", 2, 1)],
            below=[("1", 0, 1)],
        ),
    ]
)
"""Inequalities of the exponents of the chi-squared tails, for 0 <= ε < 1."""

CLAIM = Claim(
    id="jl-norm",
    title="A JL transform preserves the norm",
    source=(
        "Correction of Lemma S2.1; Gaussian tail: Dasgupta, Gupta, Random Struct. Algorithms 22 "
        "(2003)"
    ),
    statement=(
        r"For a unit vector $x$: if $J$ is Gaussian, $|\,\|Jx\|^2 - 1| \le \varepsilon$ fails "
        r"with probability at most $2e^{-k(\varepsilon^2/4 - \varepsilon^3/6)}$; if $J$ is the "
        r"SRHT, $\|Jx\|^2$ has mean $1$ and variance exactly $2\sigma^2(1 - \|x\|_4^4)$, "
        r"$\sigma^2 = (n-k)/(k(n-1))$."
    ),
    expected=Verdict.HOLDS,
    follows_up=("lemma-s2.1", "fjlt-tail"),
    checks=(
        formalised(
            "kernel",
            {
                "mean_length": "E‖Jx‖² = ‖x‖² for the SRHT, every n = 2^p and 1 <= k <= n",
                "variance_length": "Var‖Jx‖² = 2σ²(‖x‖⁴ − Σ_a x_a⁴)",
            },
            Bearing.SUPPORTS,
            "SRHTs of all sizes",
            partial=True,
            remark="The tail of a Gaussian J is not stated.",
        ),
        proved_in_parts(
            "all sizes",
            (SecondMoments("srht", (MEAN_LENGTH, LENGTH)), TAIL),
            Bearing.SUPPORTS,
            "With s = σ² and f = 1 the first two give Var‖Jx‖² = 2σ²(‖x‖⁴ − ‖x‖₄⁴). For Gaussian "
            "J k‖Jx‖² is chi-squared and E exp(tχ²) = (1 − 2t)^(−k/2). By Markov's inequality at "
            "2t = ε/(1 + ε) the upper tail is at most exp(−(k/2)(ε − ln(1 + ε))), and at 2t = "
            "−ε/(1 − ε) the lower one exp(−(k/2)(−ε − ln(1 − ε))); the last two bound both.",
        ),
        Check("Gaussian tail", Grade.INTERVAL, "chi-squared tails in balls", _gaussian),
        Check("SRHT variance", Grade.EXACT, "exhaustive laws in rationals, n ≤ 8", _variance),
        Check("digits", Grade.EXACT, "exhaustive laws for pieces of real images", _digits),
        Check(
            "drawn SRHTs",
            Grade.STATISTICAL,
            "draws of the library against the exhaustive law",
            _drawn,
            alpha=LEVEL,
            partial=True,
        ),
    ),
    controls=(
        Control(
            "drawn SRHTs against the law without random signs, {0: 15/28, 8: 12/28, 16: 1/28}",
            lambda context: (
                not follows(
                    drawn_norms(context, 2),
                    dict(
                        zip(
                            map(Fraction, (0, 8, 16)),
                            map(Fraction, (15, 12, 1), (28, 28, 28)),
                            strict=True,
                        )
                    ),
                )
            ),
        ),
        Control(
            "twice the exponent in the Gaussian tail",
            lambda context: tail_bounded(
                lambda k, e: 2 * (-2 * k * (e**2 / 4 - e**3 / 6)).exp(), [100]
            )[2],
        ),
        Control(
            "the variance without the term ‖x‖₄⁴",
            lambda context: (
                not variance_agrees(
                    lambda x, k: 2 * sigma2(len(x), k) * sum(t * t for t in x) ** 2
                )[1]
            ),
        ),
        Control(
            "σ² = 1/k, rows sampled with replacement",
            lambda context: (
                not variance_agrees(
                    lambda x, k: (
                        Fraction(2, k) * (sum(t * t for t in x) ** 2 - sum(t**4 for t in x))
                    )
                )[1]
            ),
        ),
    ),
)
