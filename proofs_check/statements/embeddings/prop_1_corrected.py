"""What holds in place of Proposition 1: bounds with constants for one side and for uᵀW'x."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import product

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from figures.data import digits
from fjlt import srht
from fjlt.runs.binomial import design
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
from proofs_check.exact.laws import projections, prop1_law
from proofs_check.exact.moments import bilinear, one_sided, two_sided
from proofs_check.experiments.own_data import input_side
from proofs_check.formal.evidence import formalised
from proofs_check.identities.all_sizes import proved_in_parts
from proofs_check.identities.inequalities import Polynomials, PolynomialStep
from proofs_check.identities.second_moments import (
    BILINEAR,
    ONE_SIDE,
    SECOND,
    TWO_SIDES,
    SecondMoments,
)

__all__ = ["CLAIM"]

# the probability of a false alarm, and of missing what a statistical check is designed to find
LEVEL = 1e-9

# diagonals of matrices whose largest singular value comes first
DIAGONALS = ([1, 1], [3, 1], [1, 1, 1, 1], [4, 2, 1, 0])

Numerator = Callable[[Fraction, int, int], Fraction]
"""ε²‖W‖² times a bound of the failure probability, as a function of ‖W‖², ‖W‖_F² and k."""


def norm_below(W: Array) -> Fraction:
    """A rational lower bound of ‖W‖², close to it."""
    # ‖Wy‖²/‖y‖² <= ‖W‖² for every y; an integer y near the top right singular vector is nearly best
    _, _, right = np.linalg.svd(W.astype(float))
    y = np.rint(right[0] * 10**4).astype(np.int64)
    return Fraction(int((W @ y) @ (W @ y)), int(y @ y))


def chebyshev(norm2: Fraction, frobenius2: int, k: int) -> Fraction:
    """The bound (sr(W) + 1)/(kε²), times ε²‖W‖²."""
    return (frobenius2 + norm2) / k


def form_bound(norm2: Fraction, frobenius2: int, k: int) -> Fraction:
    """The bound (4/k + (3 + sr(W))/k²)/ε², times ε²‖W‖²."""
    return Fraction(4, k) * norm2 + (3 * norm2 + frobenius2) / k**2


def tail_constant(squares: IntArray) -> Fraction:
    """The least C with Pr[square >= t] <= C/t for every t > 0: the maximum of t·Pr[square >= t].

    With t = ε²‖W‖² this examines every ε at once.
    """
    # t·Pr[square >= t] grows between two consecutive values, so the maximum is at a value
    values, counts = np.unique(squares, return_counts=True)
    above = np.cumsum(counts[::-1])[::-1]
    total = int(counts.sum())
    return max(Fraction(int(v) * int(c), total) for v, c in zip(values, above, strict=True))


def examples(context: Context) -> Iterator[tuple[Array, Array, Array]]:
    """Triples of integers that are extreme for the bounds, random, or pieces of an image.

    Yields
    ------
    W, u, x : arrays of shapes (n2, n1), (n2,) and (n1,)
        First projections and matrices of rank one.
    """
    rng = context.rng
    for n in (4, 8):
        first, flat = np.eye(n, dtype=np.int64)[0], np.ones(n, dtype=np.int64)
        yield np.eye(n, dtype=np.int64), first, first
        yield np.diag(1 - first), flat, first
        yield np.outer(flat, flat), flat, flat
        yield np.outer(first, flat), first, flat
    for n2, n1 in ((4, 4), (2, 8), (4, 8)):
        yield (
            rng.integers(1, 4, (n2, n1)),
            rng.integers(1, 4, n2),
            rng.integers(1, 4, n1) * (-1) ** np.arange(n1),
        )
    image = digits()[0].astype(np.int64)[:, int(rng.integers(1797))].reshape(8, 8)
    yield image[2:6, 2:6] + 1, image[2:6, 4] + 1, image[4, 2:6] + 1
    yield image + 1, image[:, 3] + 1, image[3] + 1


def one_sided_ratio(context: Context, bound: Numerator = chebyshev) -> tuple[int, Fraction]:
    """(number of laws, the largest ratio of a failure probability to the bound over all ε), (i)."""
    laws, worst = 0, Fraction(0)
    for W, _, x in examples(context):
        frobenius2, norm2 = int((W**2).sum()), norm_below(W)
        for k in range(1, len(x) + 1):
            # ‖W(k·JᵀJx) − k·Wx‖² in integers, for every draw
            errors = np.concatenate(
                [((v @ W.T - k * (W @ x)) ** 2).sum(axis=1) for v in projections(x, k)]
            )
            worst = max(
                worst, tail_constant(errors) / (k**2 * int(x @ x) * bound(norm2, frobenius2, k))
            )
            laws += 1
    return laws, worst


def form_ratio(context: Context, bound: Numerator = form_bound) -> tuple[int, Fraction, Fraction]:
    """(number of laws, the largest ratios of failure probability and variance to the bound), (ii).

    k1 = k2 = k. The laws are enumerated for W of at most 16 entries; the variance is a closed form.
    """
    laws, worst, variance = 0, Fraction(0), Fraction(0)
    for W, u, x in examples(context):
        frobenius2, norm2 = int((W**2).sum()), norm_below(W)
        scale = int(u @ u) * int(x @ x)
        for k in range(1, min(W.shape) + 1):
            limit = scale * bound(norm2, frobenius2, k)
            variance = max(variance, bilinear(W, u, x, k, k) / limit)
            if W.size <= 16:
                left, right = (np.concatenate(list(projections(z, k))) for z in (u, x))
                # k²·(uᵀW'x − uᵀWx) for every pair of draws
                deviations = left @ W @ right.T - k**2 * (u @ W @ x)
                worst = max(worst, tail_constant(deviations.ravel() ** 2) / (k**4 * limit))
                laws += 1
    return laws, worst, variance


def _one_sided(context: Context) -> Finding:
    laws, worst = one_sided_ratio(context)
    cases = [(W, x, k) for W, _, x in examples(context) for k in range(1, len(x) + 1)]
    # the closed form with σ1² <= 1/k and without its diagonal term, which is never positive
    algebra = all(
        one_sided(W, x, k) * k <= int((W**2).sum()) * int(x @ x) + int((W @ x) @ (W @ x))
        for W, x, k in cases
    )
    return Finding.of(
        algebra and worst <= 1,
        Bearing.SUPPORTS,
        f"(i) {laws} exhaustive laws for integer matrices and pieces of an image of a digit (each "
        "pixel plus 1), n1 = 4, 8, every k: at every ε the failure probability is at most (sr(W) "
        f"+ 1)/(kε²), even with a rational lower bound in place of ‖W‖². It reaches {worst} of "
        "the bound. The mean square error is at most (‖W‖_F²‖x‖² + ‖Wx‖²)/k, exactly. With "
        "Markov's inequality and the claim moments this gives the bound for all sizes.",
        laws,
        numbers={"largest_ratio": str(worst)},
        certificate={
            "kind": "one-sided-tail",
            "cases": [
                {"W": W.tolist(), "x": x.tolist(), "k": k}
                for W, x in certified(context)
                for k in (1, 3)
            ],
        },
    )


def _form(context: Context) -> Finding:
    laws, worst, variance = form_ratio(context)
    return Finding.of(
        worst <= 1 and variance <= 1 and worst > 0,
        Bearing.SUPPORTS,
        f"(ii) {laws} exhaustive laws of uᵀW'x, k1 = k2 = k: at every ε the failure probability "
        f"is at most (4/k + (3 + sr(W))/k²)/ε². It reaches {float(worst):.3f} of the bound; the "
        f"variance, in closed form also for n = 8, reaches {float(variance):.3f}. For all sizes "
        "the bound follows from σ1², σ2² <= 1/k, because the variance is at most ((2σ1² + 2σ2² + "
        "3σ1²σ2²)‖W‖² + σ1²σ2²‖W‖_F²)‖u‖²‖x‖².",
        laws,
        numbers={"largest_ratio": float(worst), "largest_variance_ratio": float(variance)},
        certificate={
            "kind": "bilinear-tail",
            "cases": [
                {"W": W.tolist(), "u": [1, 2, 3, 4][: len(W)], "x": x.tolist(), "k": k}
                for W, x in certified(context)
                for k in (1, 2)
            ],
        },
    )


def certified(context: Context) -> list[tuple[Array, Array]]:
    """The examples (W, x) with at most four rows and columns."""
    return [(W, x) for W, _, x in examples(context) if max(W.shape) <= 4][:2]


def mean_square(W: Array, x: Array, k1: int, k2: int) -> Fraction:
    """E‖W'x − Wx‖², the mean of the enumerated law."""
    law = prop1_law(W.tolist(), x.tolist(), k1, k2)
    return sum((value * p for value, p in law.items()), start=Fraction(0))


def floor_holds(
    context: Context, floor: Callable[[int, int], Fraction], top: bool = False
) -> tuple[int, bool]:
    """(cases, whether every mean square is >= floor(n2, k2)·‖Wx‖², with equality at k1 = n1).

    Parameters
    ----------
    context : Context
    floor : callable(n2, k2) -> Fraction
    top : bool
        Take diagonal matrices with their top right singular vector, at which ‖Wx‖ = ‖W‖.
    """
    cases, good = 0, True
    family = [(W, x) for W, _, x in examples(context) if W.size <= 16]
    if top:
        family = [(np.diag(d), np.eye(len(d), dtype=np.int64)[0]) for d in DIAGONALS]
    for W, x in family:
        for k1, k2 in product(range(1, len(x) + 1), range(1, len(W) + 1)):
            mean, bound = mean_square(W, x, k1, k2), floor(len(W), k2) * int((W @ x) @ (W @ x))
            good &= mean == two_sided(W, x, k1, k2)
            good &= mean == bound if k1 == len(x) else mean >= bound
            cases += 1
    return cases, bool(good)


def excess(n2: int, k2: int) -> Fraction:
    """n2/k2 − 1."""
    return Fraction(n2, k2) - 1


def _two_sided(context: Context) -> Finding:
    cases, holds = floor_holds(context, excess)
    top, at_top = floor_holds(context, excess, top=True)
    return Finding.of(
        holds and at_top,
        Bearing.SUPPORTS,
        f"(iii) E‖W'x − Wx‖², averaged over every draw of J1 and J2, is at least (n2/k2 − "
        f"1)‖Wx‖², with equality at k1 = n1, in {cases} cases; it equals the closed form of the "
        f"claim moments. In {top} more cases x is the top right singular vector of a diagonal W, "
        "where ‖Wx‖ = ‖W‖. So a root mean square of at most ε‖W‖ needs k2 >= n2/(1 + ε²).",
        cases + top,
        numbers={"cases": cases, "top": top},
        certificate={
            "kind": "two-sided-mean",
            "cases": [
                {
                    "W": W.tolist(),
                    "x": x.tolist(),
                    "k1": k1,
                    "k2": 1,
                    "mean": str(mean_square(W, x, k1, 1)),
                }
                for W, x in certified(context)
                for k1 in (1, len(x))
            ],
        },
    )


def pixel_windows(rows: int, n: int) -> tuple[Array, Array]:
    """(W of shape (rows, n), unit vector x): windows of the stream of all pixels of the digits."""
    pixels = digits()[0].T.ravel() / 16
    starts = np.linspace(0, len(pixels) - n, rows + 1, dtype=int)
    windows = sliding_window_view(pixels, n)[starts]
    return windows[:-1], windows[-1] / np.linalg.norm(windows[-1])


def larger(context: Context, W: Array, x: Array, k: int, stretched: float = 1.0) -> Finding:
    """Test of (i) at ε = 0.9 with drawn SRHTs, each multiplied by ``stretched``."""
    epsilon, norm = 0.9, np.linalg.norm(W, 2)
    bound = float(((W**2).sum() / norm**2 + 1) / (k * epsilon**2))
    # (i) promises a success probability of 1 − bound; the test notices 1 − bound/4, or half of it
    test = design(1 - bound, 1 - bound / 4, LEVEL, LEVEL, below=(1 - bound) / 2)
    successes = 0
    for seed in context.seed.spawn(test.draws):
        J = srht(k, len(x), rng=seed)
        successes += bool(
            np.linalg.norm(W @ (stretched**2 * (J.H @ (J @ x)) - x)) <= epsilon * norm
        )
    return Finding(
        Bearing.tested(test, successes, Bearing.SUPPORTS),
        f"W of shape {W.shape[0]}×{W.shape[1]}, sr(W) = {(W**2).sum() / norm**2:.2f}, k = {k}, ε "
        f"= {epsilon}: (i) promises success with probability at least {1 - bound:.3f}, and "
        f"{successes} of {test.draws} draws succeed. Design: {test}.",
        test.draws,
        numbers={
            "bound": bound,
            "successes": successes,
            "draws": test.draws,
            "enough": test.enough,
        },
    )


def _images(context: Context) -> Finding:
    X = digits()[0] / 16.0
    return larger(context, X[:, :256].T, X[:, 1000] / np.linalg.norm(X[:, 1000]), 16)


def _wide(context: Context) -> Finding:
    return larger(context, *pixel_windows(16, 65536 if context.full else 4096), 16)


BOUNDS = Polynomials(
    numbers=("n", "k", "h", "s", "s1", "s2", "N", "F", "w", "v", "q2", "d"),
    nonnegative={
        name: name.replace(" − ", " - ")
        for name in (
            *("h", "s", "s1", "s2", "F", "N", "d", "w"),
            *("h − s", "h − s1", "h − s2", "N − w", "N − v", "N − q2"),
        )
    },
    zero={"hk = 1": "h * k - 1", "sk(n − 1) = n − k": "s * k * (n - 1) - n + k"},
    steps=(
        PolynomialStep(
            "k(n − 1)(h − s) = k − 1",
            "k * (n - 1) * (h - s) - k + 1",
            multiples=(("n - 1", "hk = 1"), ("-1", "sk(n − 1) = n − k")),
        ),
        PolynomialStep(
            "V1 <= h(F + N)",
            "h * (F + N) - s * (F + w - 2 * d)",
            products=(
                ("1", ("h − s", "F")),
                ("1", ("h", "N − w")),
                ("1", ("h − s", "w")),
                ("2", ("s", "d")),
            ),
        ),
        PolynomialStep(
            "h² >= s1·s2",
            "h**2 - s1 * s2",
            products=(("1", ("h", "h − s2")), ("1", ("s2", "h − s1"))),
        ),
        PolynomialStep(
            "the variance is at most (4h + 3h²)N + h²F",
            "(4 * h + 3 * h**2) * N + h**2 * F - (s1 + s2 + s1 * s2) * q2 - (1 + s2) * s1 * v"
            " - (1 + s1) * s2 * w - s1 * s2 * F",
            products=(
                *(("1", (a, "N − q2")) for a in ("s1", "s2")),
                ("1", ("s1", "s2", "N − q2")),
                *(("1", (*a, "N − v")) for a in (("s1",), ("s1", "s2"))),
                *(("1", (*a, "N − w")) for a in (("s2",), ("s1", "s2"))),
                *(("2", (a, "N")) for a in ("h − s1", "h − s2")),
                ("3", ("h² >= s1·s2", "N")),
                ("1", ("h² >= s1·s2", "F")),
            ),
        ),
    ),
)
"""From the moments to (i) and (ii): h = 1/k, s, s1, s2 factors σ², u and x unit vectors.

N = ‖W‖², F = ‖W‖_F², w = ‖Wx‖², v = ‖Wᵀu‖², q2 = (uᵀWx)², d = Σ_a x_a²‖We_a‖².
"""

CLAIM = Claim(
    id="prop-1-corrected",
    title="What replaces Proposition 1",
    source="Correction of Proposition 1",
    statement=(
        r"For the SRHT, unit $u$, $x$ and every $\varepsilon > 0$: (i) $\Pr[\|WJ^\top Jx - Wx\| > "
        r"\varepsilon\|W\|] \le (\mathrm{sr}(W)+1)/(k\varepsilon^2)$; (ii) with $k_1 = k_2 = "
        r"k$, $\Pr[|u^\top W'x - u^\top Wx| > \varepsilon\|W\|] \le (4/k + "
        r"(3+\mathrm{sr}(W))/k^2)/\varepsilon^2$; (iii) the root mean square of $\|W'x - "
        r"Wx\|$ is at most $\varepsilon\|W\|$ for all unit $x$ only if $k_2 \ge "
        r"n_2/(1+\varepsilon^2)$."
    ),
    expected=Verdict.HOLDS,
    depends_on=("moments",),
    follows_up=("prop-1",),
    checks=(
        formalised(
            "kernel",
            {
                "one_sided_bound": "(i), for W ≠ 0 and every n = 2^p",
                "bilinear_bound": "(ii)",
                "rows_needed": "(iii), k2 >= n2/(1 + ε²)",
            },
            Bearing.SUPPORTS,
            "all sizes",
        ),
        proved_in_parts(
            "all sizes",
            (SecondMoments("srht", (SECOND, ONE_SIDE, TWO_SIDES, BILINEAR)), BOUNDS),
            Bearing.SUPPORTS,
            "Here h = 1/k, s = σ² <= h, N = ‖W‖², F = ‖W‖_F², f = 1. Markov's inequality gives (i) "
            "and (ii); for (ii) the diagonal terms of M_u and M_x, which only lessen the trace, "
            "are left out. (iii): E‖W'x − Wx‖² = (n2/k2)(‖Wx‖² + V1) − ‖Wx‖² with V1 >= 0, and "
            "‖Wx‖ = ‖W‖ at the top right singular vector.",
        ),
        Check(
            "one side",
            Grade.EXACT,
            "exhaustive laws in rationals, n ≤ 8, all ε at once",
            _one_sided,
        ),
        Check(
            "bilinear form",
            Grade.EXACT,
            "exhaustive laws and exact variances, all ε at once",
            _form,
        ),
        Check("two sides", Grade.EXACT, "means of exhaustive laws for all k1 and k2", _two_sided),
        Check(
            "digit images",
            Grade.STATISTICAL,
            "W is 256 images, x another: drawn SRHTs, a designed binomial test",
            _images,
            alpha=LEVEL,
        ),
        Check(
            "windows of pixels",
            Grade.STATISTICAL,
            "W is 16 windows of a stream of pixels, x another, n1 = 4096 (full: 65536): the same "
            "test",
            _wide,
            alpha=LEVEL,
        ),
    ),
    controls=(
        Control(
            "sr(W)/(kε²), without the 1",
            lambda context: (
                one_sided_ratio(context, lambda norm2, frobenius2, k: Fraction(frobenius2, k))[1]
                > 1
            ),
        ),
        Control(
            "four fifths of (sr(W) + 1)/(kε²)",
            lambda context: (
                one_sided_ratio(
                    context, lambda norm2, f2, k: chebyshev(norm2, f2, k) * Fraction(4, 5)
                )[1]
                > 1
            ),
        ),
        Control(
            "a fifth of the bilinear bound",
            lambda context: (
                form_ratio(context, lambda norm2, f2, k: form_bound(norm2, f2, k) / 5)[1] > 1
            ),
        ),
        Control(
            "J with its factor √(n1/k) twice, in the test of the drawn SRHTs",
            lambda context: (
                larger(context, *pixel_windows(16, 4096), 16, stretched=(4096 / 16) ** 0.5).bearing
                is Bearing.REFUTES
            ),
        ),
        Control(
            "twice the excess n2/k2 − 1",
            lambda context: (
                not floor_holds(context, lambda n2, k2: 2 * excess(n2, k2), top=True)[1]
            ),
        ),
        Control(
            "n2/k2 in place of n2/k2 − 1",
            lambda context: not floor_holds(context, Fraction, top=True)[1],
        ),
    ),
    on_data=(
        Check(
            "smallest k",
            Grade.STATISTICAL,
            "bounds, and designed tests",
            input_side,
            LEVEL,
            needs="W",
        ),
    ),
)
