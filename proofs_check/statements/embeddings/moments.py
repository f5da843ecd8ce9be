"""In place of the concentration in Proposition 1: exact second moments of the replacement error."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import cache, partial
from itertools import product

import numpy as np

from figures.data import digits
from fjlt import bilinear_variance, one_sided_error, two_sided_error
from fjlt.types import Array
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
from proofs_check.exact.laws import projections
from proofs_check.exact.moments import bilinear, one_sided, two_sided
from proofs_check.formal.evidence import formalised
from proofs_check.identities.all_sizes import proved_in_parts
from proofs_check.identities.second_moments import (
    BILINEAR,
    FIRST,
    ONE_SIDE,
    SECOND,
    SQUARE,
    TWO_SIDES,
    SecondMoments,
)

__all__ = ["CLAIM"]


def enumerated(x: Array, k: int) -> tuple[Array, Array]:
    """(E[Ax], E[Axxᵀ A]), A = JᵀJ, as means over every draw."""
    draws = np.concatenate(list(projections(x, k)))
    count = len(draws)
    first, second = draws.sum(axis=0).astype(object), (draws.T @ draws).astype(object)
    return first * Fraction(1, k * count), second * Fraction(1, k * k * count)


def enumerated_matrices(n: int, k: int) -> tuple[Array, Array]:
    """(E[A], E[A²]) as means over every draw."""
    # A² = AAᵀ is the sum of Ae_a(Ae_a)ᵀ over the unit vectors e_a
    first, second = zip(*(enumerated(row, k) for row in np.eye(n, dtype=np.int64)), strict=True)
    return np.array(first), np.sum(second, axis=0)


CERTIFIED = (np.array([[0, 1, 3, 3], [2, 3, -2, -3]]), np.array([-2, 2]), np.array([3, 3, -1, 1]))
"""W, u and x of the certificate."""


def examples(context: Context) -> list[tuple[Array, Array, Array]]:
    """Triples (W, u, x) of integers: small random ones, and pieces of an image of a digit."""
    rng = context.rng
    image = digits()[0].astype(np.int64)[:, int(rng.integers(1797))].reshape(8, 8)
    small = [
        (rng.integers(-3, 4, (n2, n1)), rng.integers(-3, 4, n2), rng.integers(-3, 4, n1))
        for n2, n1 in ((2, 2), (4, 2), (2, 4), (4, 4), (8, 4))
    ]
    return [*small, (image[2:6, 2:6], image[3, 2:6], image[4, 2:6]), (image, image[:, 3], image[3])]


def agreement(
    context: Context,
    one: Callable[..., Fraction] = one_sided,
    two: Callable[..., Fraction] = two_sided,
    form: Callable[..., Fraction] = bilinear,
) -> tuple[int, bool]:
    """(cases, whether the three closed forms equal the enumerated expectations in every case).

    The formulas ``one``, ``two`` and ``form`` are the one-sided error, the two-sided error and the
    variance of the bilinear form.
    """
    cases, good, matrices = 0, True, cache(enumerated_matrices)
    for W, u, x in examples(context):
        n2, n1 = W.shape
        sizes = (
            product(range(1, n1 + 1), range(1, n2 + 1))
            if n1 * n2 <= 16
            else [(2, 3), (min(5, n1), 4)]
        )
        for k1, k2 in sizes:
            mean, second = enumerated(x, k1)
            Wx = W @ x
            # E‖WA1x − Wx‖², by expanding the square
            v1 = np.trace(W @ second @ W.T) - 2 * (Wx @ W @ mean) + Wx @ Wx
            z_second = W @ second @ W.T
            # A1 and A2 are independent: with z = WA1x, E‖A2z − Wx‖² needs only E[zzᵀ] and E[A2²]
            A, A_squared = matrices(n2, k2)
            v2 = np.trace(A_squared @ z_second) - 2 * (Wx @ A @ W @ mean) + Wx @ Wx
            # uᵀA2·W·A1x, with the moments of A2u and of A1x
            u_mean, u_second = enumerated(u, k2)
            variance = np.trace(u_second @ z_second) - (u_mean @ W @ mean) ** 2
            good &= (
                one(W, x, k1) == v1
                and two(W, x, k1, k2) == v2
                and form(W, u, x, k1, k2) == variance
            )
            cases += 1
    return cases, bool(good)


def _exhaustive(context: Context) -> Finding:
    cases, good = agreement(context)
    W, u, x = CERTIFIED
    identity = two_sided(np.eye(4, dtype=int), np.array([1, 0, 0, 0]), 2, 2)
    return Finding.of(
        good and identity == 3,
        Bearing.SUPPORTS,
        f"Expectations over every sign pattern and row subset, in rationals, for {cases} cases "
        "with n1, n2 <= 8, among them an 8×8 image of a digit as W: the one-sided error, the "
        "two-sided error and the variance of the bilinear form equal the closed forms. For W = "
        f"I, n = 4, k1 = k2 = 2 and x = e1 the mean squared error is {identity} times ‖x‖².",
        cases,
        numbers={"cases": cases},
        certificate={
            "kind": "moments",
            "W": W.tolist(),
            "u": u.tolist(),
            "x": x.tolist(),
            "k1": 2,
            "k2": 1,
            "one_sided": str(one_sided(W, x, 2)),
            "two_sided": str(two_sided(W, x, 2, 1)),
            "bilinear_variance": str(bilinear(W, u, x, 2, 1)),
        },
    )


def _library(context: Context) -> Finding:
    cases, worst = 0, 0.0
    for W, u, x in examples(context):
        for k1, k2 in [(1, 1), (2, 2), W.shape[::-1]]:
            pairs = [
                (one_sided_error(W, x, k1), one_sided(W, x, k1)),
                (two_sided_error(W, x, k1, k2), two_sided(W, x, k1, k2)),
                (bilinear_variance(W, u, x, k1, k2), bilinear(W, u, x, k1, k2)),
            ]
            scale = float(np.sum(W**2) * np.sum(x**2) * max(1.0, float(np.sum(u**2)))) or 1.0
            worst = max([worst, *(abs(value - float(exact)) / scale for value, exact in pairs)])
            cases += 1
    return Finding.of(
        worst < 1e-12,
        Bearing.SUPPORTS,
        "fjlt.one_sided_error, fjlt.two_sided_error and fjlt.bilinear_variance agree with the "
        f"rational values in {cases} cases, to {worst:.1e} of the scale ‖W‖_F²‖x‖²·max(1, ‖u‖²).",
        cases,
        numbers={"worst": worst},
    )


CLAIM = Claim(
    id="moments",
    title="Exact second moments of the replacement error",
    source="Replaces the concentration asserted in Proposition 1",
    statement=(
        r"For the SRHT, $\sigma_i^2 = (n_i-k_i)/(k_i(n_i-1))$: $V_1 = \mathbb{E}\|WJ_1^\top J_1x "
        r"- Wx\|^2 = \sigma_1^2(\|W\|_F^2\|x\|^2 + \|Wx\|^2 - 2\sum_a "
        r"x_a^2\|We_a\|^2)$; $\mathbb{E}\|W'x - Wx\|^2 = (n_2/k_2 - 1)\|Wx\|^2 + "
        r"(n_2/k_2)V_1$; $\mathrm{Var}(u^\top W'x) = \mathrm{tr}(M_uWM_xW^\top) - (u^\top "
        r"Wx)^2$ with $M_x = (1+\sigma^2)xx^\top + \sigma^2\|x\|^2I - "
        r"2\sigma^2\mathrm{diag}(x^2)$."
    ),
    expected=Verdict.HOLDS,
    follows_up=("prop-1",),
    checks=(
        formalised(
            "kernel",
            {
                "mean_entry_squared": "E A_ab² = σ² for a ≠ b, A = JᵀJ, every n = 2^p and k <= n",
                "one_sided_law": "V1 = σ1²(‖W‖_F²‖x‖² + ‖Wx‖² − 2·Σ_a x_a²‖We_a‖²)",
                "two_sided_law": "E‖W'x − Wx‖² = (n2/k2 − 1)‖Wx‖² + (n2/k2)·V1",
                "bilinear_law": "E uᵀW'x = uᵀWx and Var(uᵀW'x) = tr(M_u·W·M_x·Wᵀ) − (uᵀWx)²",
            },
            Bearing.SUPPORTS,
            "all sizes",
        ),
        proved_in_parts(
            "all sizes",
            (SecondMoments("srht", (FIRST, SECOND, SQUARE, ONE_SIDE, TWO_SIDES, BILINEAR)),),
            Bearing.SUPPORTS,
            "Here s = σ², f = 1 and 1 + s(n − 1) = n/k. Since E[A] = I, V1 = E‖WA1x‖² − ‖Wx‖², "
            "E‖W'x − Wx‖² = E‖W'x‖² − ‖Wx‖² and Var(uᵀW'x) = E(uᵀW'x)² − (uᵀWx)².",
        ),
        Check(
            "every draw",
            Grade.EXACT,
            "means over every sign pattern and row subset, n ≤ 8, in rationals",
            _exhaustive,
        ),
        Check("library functions", Grade.NUMERICAL, "floating point against rationals", _library),
    ),
    controls=(
        Control(
            "without the diagonal term",
            lambda context: not agreement(context, one=partial(one_sided, diagonal=0))[1],
        ),
        Control(
            "σ² = 1/k, rows sampled with replacement",
            lambda context: (
                not agreement(context, one=partial(one_sided, s2=lambda n, k: Fraction(1, k)))[1]
            ),
        ),
        Control(
            "without the factor n2/k2",
            lambda context: not agreement(context, two=partial(two_sided, factor=False))[1],
        ),
    ),
)
