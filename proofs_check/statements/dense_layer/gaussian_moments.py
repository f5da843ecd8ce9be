"""Gaussian embeddings: the same moments as for the SRHT in closed form, and the law of the error.

For the law of ‖x − JᵀJx‖², x a unit vector: R = ‖Jx‖² is χ²_k/k. Given Jx, the part of JᵀJx along x
is R·x, and the part across it is normal with variance R/k in n − 1 directions. So the squared error
is (1 − R)² + (R/k)·χ²_{n−1} with independent variables.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import partial
from math import factorial

import numpy as np
from flint import acb, arb, ctx

from fjlt import bilinear_variance, gaussian, one_sided_error, two_sided_error
from fjlt.runs.binomial import limits
from fjlt.types import Array, IntArray
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
from proofs_check.identities.all_sizes import proved_in_parts
from proofs_check.identities.second_moments import (
    BILINEAR,
    FIRST,
    LENGTH,
    ONE_SIDE,
    SECOND,
    SQUARE,
    TWO_SIDES,
    SecondMoments,
    gaussian_draws,
)

__all__ = ["CLAIM"]

# the probability of a false alarm of a statistical check
LEVEL = 1e-9

Moments = tuple[Fraction, Fraction, Fraction]
"""The mean errors of one and of two sides, and the variance of the bilinear form."""


def closed(W: Array, u: Array, x: Array, k1: int, k2: int, fourth: int = 3) -> Moments:
    """The closed forms; another ``fourth`` moment than 3 makes them wrong on purpose."""
    n2, Wx, columns = len(W), W @ x, (W * W).sum(axis=0)
    s1, s2 = Fraction(1, k1), Fraction(1, k2)
    # the diagonal terms vanish for a fourth moment of 3
    extra = (fourth - 3) * int((x * x) @ columns)
    one = s1 * (int(columns.sum()) * int(x @ x) + int(Wx @ Wx) + extra)
    two = (1 + s2 * (n2 + fourth - 2)) * (int(Wx @ Wx) + one) - int(Wx @ Wx)

    def second(z: Array, s: Fraction) -> Array:
        unit = np.eye(len(z), dtype=int)
        return (1 + s) * np.outer(z, z) + s * int(z @ z) * unit + (fourth - 3) * s * np.diag(z * z)

    form = np.trace(second(u, s2) @ W @ second(x, s1) @ W.T) - int(u @ Wx) ** 2
    return one, two, form


def enumerated(W: Array, u: Array, x: Array, k1: int, k2: int) -> Moments:
    """The same as means over all pairs of matrices with entries 0 and ±√3, in rationals.

    Such entries have the first five moments of normal ones, and each entry of J1 or J2 occurs at
    most four times in these quantities.
    """
    (S1, p1), (S2, p2) = gaussian_draws(W.shape[1], k1), gaussian_draws(W.shape[0], k2)
    # A = JᵀJ = (3/k)·SᵀS
    A1x = np.einsum("dra,dri,i->da", S1, S1, x)
    z = A1x @ W.T * 3
    Wx = W @ x
    one = sum(p * int(v @ v) for p, v in zip(p1, z - k1 * Wx, strict=True)) / k1**2
    A2 = 3 * np.einsum("dra,dri->dai", S2, S2)
    images = np.einsum("eai,di->dea", A2, z)
    errors = ((images - k1 * k2 * Wx) ** 2).sum(axis=2)
    forms = images @ u
    weights = np.multiply.outer(p1, p2)
    two = (weights * errors).sum() / (k1 * k2) ** 2
    mean = (weights * forms).sum() / (k1 * k2)
    form = (weights * forms.astype(object) ** 2).sum() / (k1 * k2) ** 2 - mean**2
    return one, two, form


Case = tuple[IntArray, IntArray, IntArray, int, int]
"""W, u, x, k1 and k2."""


def examples(context: Context) -> list[Case]:
    """A random integer example of each shape."""
    shapes = [(1, 2, 1, 2), (2, 2, 1, 1), (2, 2, 2, 1), (2, 2, 1, 2), (2, 3, 1, 1), (3, 2, 2, 1)]
    family = []
    for n2, n1, k1, k2 in shapes:
        W = context.rng.integers(-3, 4, (n2, n1))
        u, x = context.rng.integers(-3, 4, n2), context.rng.integers(-3, 4, n1)
        W[0, 0], u[0], x[0] = 2, 1, 1
        family.append((W, u, x, k1, k2))
    return family


def agree(family: list[Case], formulas: Callable[..., Moments] = closed) -> bool:
    """Whether the closed forms equal the enumerated means in all cases."""
    return all(formulas(*case) == enumerated(*case) for case in family)


def with_srht_factor(W: Array, u: Array, x: Array, k1: int, k2: int) -> Moments:
    """The closed forms with the factor n2/k2 that holds for the SRHT."""
    one, _, form = closed(W, u, x, k1, k2)
    length = int((W @ x) @ (W @ x))
    return one, Fraction(len(W), k2) * (length + one) - length, form


def _enumerated(context: Context) -> Finding:
    family = examples(context)
    cases = len(family)
    names = ("one_sided", "two_sided", "bilinear_variance")
    return Finding.of(
        agree(family),
        Bearing.SUPPORTS,
        f"In {cases} cases, n1, n2 <= 3, k1, k2 <= 2, the means over all matrices with entries 0 "
        "and ±√3 (probabilities 2/3, 1/6, 1/6), which have the first five moments of normal ones, "
        "equal the closed forms, in rationals.",
        cases,
        numbers={"cases": cases},
        certificate={
            "kind": "gaussian-moments",
            "cases": [
                {
                    **{"W": W.tolist(), "u": u.tolist(), "x": x.tolist(), "k1": k1, "k2": k2},
                    **dict(zip(names, map(str, closed(W, u, x, k1, k2)), strict=True)),
                }
                for W, u, x, k1, k2 in family
            ],
            "count": cases,
        },
    )


def _library(context: Context) -> Finding:
    worst, cases = 0.0, 0
    for n2, n1, k1, k2 in ((2, 3, 1, 2), (5, 4, 3, 2), (8, 16, 4, 4)):
        W = context.rng.integers(-3, 4, (n2, n1))
        u, x = context.rng.integers(1, 4, n2), context.rng.integers(1, 4, n1)
        found = (
            one_sided_error(W, x, k1, ensemble="gaussian"),
            two_sided_error(W, x, k1, k2, ensemble="gaussian"),
            bilinear_variance(W, u, x, k1, k2, ensemble="gaussian"),
        )
        for value, exact in zip(found, closed(W, u, x, k1, k2), strict=True):
            worst = max(worst, abs(value / float(exact) - 1))
            cases += 1
    return Finding.of(
        worst < 1e-12,
        Bearing.SUPPORTS,
        f"fjlt.one_sided_error, two_sided_error and bilinear_variance with ensemble = gaussian "
        f"agree with the rational values in {cases} cases, to a relative {worst:.1e}.",
        cases,
        numbers={"worst": worst},
    )


def success(n: int, k: int, epsilon: Fraction) -> arb:
    """Pr[‖x − JᵀJx‖ <= ε] for a unit vector x, n odd and k even, in a ball.

    It is an integral over R in [1 − ε, 1 + ε] of elementary functions.
    """
    half, degree, e = k // 2, (n - 1) // 2, arb(epsilon.numerator) / epsilon.denominator

    def density(r: acb, _: bool) -> acb:
        # kR/2 is a gamma variable; given R = r the rest must be at most ε² − (1 − r)², and χ²/2
        # with 2·degree degrees of freedom is at most w with probability 1 − e^(−w)·Σ w^j/j!
        w = half * (e**2 - (1 - r) ** 2) / r
        term, total = acb(1), acb(1)
        for j in range(1, degree):
            term = term * w / j
            total += term
        y = half * r
        return half * y ** (half - 1) * (-y).exp() / factorial(half - 1) * (1 - (-w).exp() * total)

    return acb.integral(density, acb(1 - e), acb(1 + e)).real


SIZES = [(9, 4), (17, 4), (17, 12), (33, 24)]
EPSILONS = [Fraction(1, 2), Fraction(9, 10)]


def barrier(n: int, k: int, epsilon: Fraction) -> arb:
    """I_{ε²}((n − k)/2, k/2), how often the range of Jᵀ comes within ε of x."""
    z = arb((epsilon**2).numerator) / (epsilon**2).denominator
    return z.beta_lower(arb(n - k) / 2, arb(k) / 2, True)


@ctx.workprec(160)
def _law(context: Context) -> Finding:
    cases = [(n, k, epsilon) for n, k in SIZES for epsilon in EPSILONS]
    found = {case: success(*case) for case in cases}
    below = all(bool(p < barrier(*case)) for case, p in found.items())
    narrow = all(bool(p > 0) and p.rel_accuracy_bits() > 20 for p in found.values())
    shown = "; ".join(
        f"{p.str(3, radius=False)} (n = {n}, k = {k}, ε = {e})" for (n, k, e), p in found.items()
    )
    return Finding.of(
        below and narrow,
        Bearing.SUPPORTS,
        f"The probability that a Gaussian J reconstructs a unit vector up to ε, an integral in "
        f"balls, is {shown}. In all {len(cases)} cases it is below the barrier I_{{ε²}}((n − k)/2, "
        "k/2) that holds for every law of J (claim lemma-s2.1).",
        len(cases),
        numbers={f"n = {n}, k = {k}, ε = {e}": float(p) for (n, k, e), p in found.items()},
        certificate={
            "kind": "gaussian-reconstruction",
            "cases": [
                {"n": n, "k": k, "epsilon": str(e), "success": p.str(30)}
                for (n, k, e), p in found.items()
            ],
        },
    )


def _drawn(context: Context, n: int = 17, rows: int | None = None) -> Finding:
    """Draws of fjlt.gaussian against the law at k = 12, ε = 9/10, or of fewer rows on purpose."""
    k, epsilon, draws = 12, Fraction(9, 10), 4000
    with ctx.workprec(160):
        expected = float(success(n, k, epsilon))
    x = np.ones(n) / n**0.5
    found = 0
    for seed in context.seed.spawn(draws):
        J = gaussian(rows or k, n, rng=seed)
        found += bool(np.linalg.norm(J.H @ (J @ x) - x) <= float(epsilon))
    low, high = limits(found, draws, LEVEL / 2)
    return Finding(
        Bearing.SUPPORTS if low <= expected <= high else Bearing.REFUTES,
        f"{draws} draws of fjlt.gaussian, n = {n}, k = {k}, ε = {epsilon}: {found} reconstruct the "
        f"flat unit vector up to ε, {draws * expected:.0f} expected. The limits of confidence of "
        f"the probability are {low:.3f} and {high:.3f}, wrong with probability at most "
        f"{LEVEL:.0e}.",
        draws,
        numbers={"found": found, "expected": expected},
    )


CLAIM = Claim(
    id="gaussian-moments",
    title="Moments and tails for Gaussian embeddings",
    source="The quantities of Proposition 1 and Lemma S2.1 for Gaussian embeddings",
    statement=(
        r"Let $J_1$, $J_2$ have independent entries $N(0, 1/k_i)$. Then $V_1 = "
        r"\mathbb{E}\|WJ_1^\top J_1x - Wx\|^2 = (\|W\|_F^2\|x\|^2 + \|Wx\|^2)/k_1$; "
        r"$\mathbb{E}\|W'x - Wx\|^2 = (1 + (n_2+1)/k_2)(\|Wx\|^2 + V_1) - \|Wx\|^2$; "
        r"$\mathrm{Var}(u^\top W'x) = \mathrm{tr}(M_uWM_xW^\top) - (u^\top Wx)^2$ "
        r"with $M_x = (1+1/k)xx^\top + \|x\|^2I/k$; "
        r"$\mathrm{Var}\|Jx\|^2 = 2\|x\|^4/k$. For a unit vector $\|x - J^\top Jx\|^2$ has the law "
        r"of $(1-R)^2 + (R/k)\chi^2_{n-1}$ with $R = \chi^2_k/k$ independent."
    ),
    expected=Verdict.HOLDS,
    follows_up=("lemma-s2.1", "prop-1"),
    checks=(
        proved_in_parts(
            "all sizes",
            (
                SecondMoments(
                    "gaussian", (FIRST, LENGTH, SECOND, SQUARE, ONE_SIDE, TWO_SIDES, BILINEAR)
                ),
            ),
            Bearing.SUPPORTS,
            "Here s = 1/k and f = 3, so 1 + s(n + f − 2) = 1 + (n + 1)/k. Given y = Jx, x a unit "
            "vector, J = yxᵀ + G with G across x independent of y; so JᵀJx = ‖y‖²x + Gᵀy, and "
            "Gᵀy is normal with variance ‖y‖²/k in the n − 1 directions across x: this is the "
            "law.",
        ),
        Check(
            "every three-point matrix",
            Grade.EXACT,
            "means over matrices with entries 0, ±√3, in rationals",
            _enumerated,
        ),
        Check("library functions", Grade.NUMERICAL, "floating point against rationals", _library),
        Check("law of the error", Grade.INTERVAL, "integrals in balls", _law, partial=True),
        Check(
            "drawn",
            Grade.STATISTICAL,
            "draws of the library against the law",
            _drawn,
            alpha=LEVEL,
            partial=True,
        ),
    ),
    controls=(
        Control(
            "a fourth moment of 1, that of signs",
            lambda context: not agree(examples(context), partial(closed, fourth=1)),
        ),
        Control(
            "n2/k2 in place of 1 + (n2 + 1)/k2",
            lambda context: not agree(examples(context), with_srht_factor),
        ),
        Control(
            "drawn with 8 rows in place of 12",
            lambda context: _drawn(context, rows=8).bearing is Bearing.REFUTES,
        ),
    ),
)
