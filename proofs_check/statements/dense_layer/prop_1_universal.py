"""Proposition 1 fails for every matrix: the output side keeps too little of any one vector.

Let t = Wx for the top right singular vector x, so ‖t‖ = ‖W‖. Whatever J1 is, W'x lies in the range
of J2ᵀ, and its distance to t is at least that of t to this range. With P the projection to it,
‖Pt‖² has the mean (k2/n2)‖t‖², and a success needs ‖Pt‖² >= (1 − ε²)‖t‖². Markov's inequality does
the rest.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
from flint import arb, ctx

from figures.data import digits
from fjlt import gaussian, srht
from fjlt.runs.binomial import design, limits
from fjlt.types import IntArray
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
from proofs_check.exact.inertia import integer_inertia
from proofs_check.exact.laws import norm_law, prop1_law
from proofs_check.formal.evidence import formalised
from proofs_check.identities.all_sizes import Identities, proved_in_parts
from proofs_check.identities.proofs import RANGE
from proofs_check.identities.second_moments import FIRST, SecondMoments

__all__ = ["CLAIM"]

# the probability of a false alarm, and of missing what a statistical check is designed to find
LEVEL = 1e-9

Law = dict[Fraction, Fraction]
Transform = Callable[..., Any]
Limit = Callable[[int, int, Fraction], Fraction]
"""A bound of the success probability, as a function of n2, k2 and ε²."""

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

MATRICES = [
    ([[2, 1], [1, 2]], [1, 1]),
    ([[3, 0], [0, 1]], [1, 0]),
    ([[1, 0], [0, 1]], [1, 2]),
    ([[2, 1, 1, 1], [1, 2, 1, 1], [1, 1, 2, 1], [1, 1, 1, 2]], [1, 1, 1, 1]),
    ([[3, 0, 0, 0], [0, 2, 0, 0], [0, 0, 1, 0], [0, 0, 0, 0]], [1, 0, 0, 0]),
    ([[1, 1, 1, 1], [0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]], [1, 1, 1, 1]),
    ([[1, 2, 0, 0], [2, 1, 0, 0]], [1, 1, 0, 0]),
]
"""Matrices with a top right singular vector of integers."""


def markov(n2: int, k2: int, epsilon2: Fraction) -> Fraction:
    """The bound k2/((1 − ε²)·n2)."""
    return Fraction(k2, n2) / (1 - epsilon2)


def largest_ratio(law: Law, n2: int, k2: int, limit: Limit) -> Fraction:
    """The largest Pr[error² <= ε²]/limit over ε < 1, errors relative to ‖W‖‖x‖; 0 without any.

    The probability grows only at values of the law, and the limit grows in between.
    """
    total, largest = Fraction(0), Fraction(0)
    for value, probability in sorted(law.items()):
        total += probability
        if value < 1:
            largest = max(largest, total / limit(n2, k2, value))
    return largest


def distances(t: list[int], k: int) -> Law:
    """The law of ‖t − Pt‖²/‖t‖² for the SRHT, P onto the range of Jᵀ: ‖Pt‖² = (k/n)‖Jt‖²."""
    n, length = len(t), sum(v * v for v in t)
    return {1 - Fraction(k, n * length) * value: p for value, p in norm_law(t, k).items()}


def is_top(W: IntArray, x: IntArray) -> bool:
    """Whether ‖Wx‖ = ‖W‖‖x‖: no eigenvalue of ‖Wx‖²·I − ‖x‖²·WᵀW is negative."""
    Wx = W @ x
    gap = int(Wx @ Wx) * np.eye(len(x), dtype=np.int64) - int(x @ x) * (W.T @ W)
    return integer_inertia(gap)[0] == 0


def of_matrices(
    limit: Limit, family: list[tuple[list[list[int]], list[int]]] | None = None
) -> list[list[Fraction]]:
    """The largest ratios for W'x, a list for each matrix, k1 and k2 from 1 on."""
    found = []
    for rows, vector in MATRICES if family is None else family:
        W, x = np.array(rows), np.array(vector)
        norm2 = max(int(e) for e in np.rint(np.linalg.eigvalsh(W.T @ W)))
        ratios = []
        for k1 in range(1, len(x) + 1):
            for k2 in range(1, len(W) + 1):
                law = prop1_law(rows, vector, k1, k2)
                scaled = {value / (norm2 * int(x @ x)): p for value, p in law.items()}
                ratios.append(largest_ratio(scaled, len(W), k2, limit))
        found.append(ratios)
    return found


def of_vectors(limit: Limit) -> list[list[Fraction]]:
    """The largest ratios for the distance to the range of J2ᵀ, a list for each vector."""
    return [
        [largest_ratio(distances(t, k), len(t), k, limit) for k in range(1, len(t) + 1)]
        for t in VECTORS
    ]


def respected(ratios: list[list[Fraction]]) -> bool:
    """Whether no probability exceeds its limit."""
    return all(ratio <= 1 for row in ratios for ratio in row)


def _every_draw(context: Context) -> Finding:
    products, lengths = of_matrices(markov), of_vectors(markov)
    laws, more = sum(map(len, products)), sum(map(len, lengths))
    top = all(is_top(np.array(W), np.array(x)) for W, x in MATRICES)
    reached = distances([1, 1], 1).get(Fraction(0)) == markov(2, 1, Fraction(0))
    return Finding.of(
        respected(products) and respected(lengths) and top and reached,
        Bearing.SUPPORTS,
        f"{len(MATRICES)} integer matrices with an integer top right singular vector, n1, n2 <= 4, "
        f"every k1 and k2: in all {laws} exhaustive laws Pr[‖W'x − Wx‖ <= ε‖W‖‖x‖] <= k2/((1 − "
        f"ε²)n2) at every ε < 1. In {more} exhaustive laws, n <= 8, the distance of a vector t to "
        "the range of J2ᵀ respects the same bound. It is best possible: for n2 = 2, k2 = 1 and t = "
        "(1, 1) it is reached at ε = 0.",
        laws + more,
        numbers={"laws": laws, "distances": more},
        certificate={
            "kind": "success-bound",
            "matrices": [
                {"W": W, "x": x, "ratios": list(map(str, ratios))}
                for (W, x), ratios in zip(MATRICES, products, strict=True)
            ],
            "vectors": [
                {"t": t, "ratios": list(map(str, ratios))}
                for t, ratios in zip(VECTORS, lengths, strict=True)
            ],
            "laws": laws,
            "distances": more,
        },
    )


@ctx.workprec(128)
def gaussian_ratio(n: int, k: int, epsilon: Fraction) -> arb:
    """I_{ε²}((n − k)/2, k/2), how often a Gaussian J2ᵀ comes within ε‖t‖ of t, over the bound."""
    z = arb((epsilon**2).numerator) / (epsilon**2).denominator
    chance = z.beta_lower(arb(n - k) / 2, arb(k) / 2, True)
    limit = markov(n, k, epsilon**2)
    return chance * limit.denominator / limit.numerator


def _gaussian(context: Context) -> Finding:
    sizes = [(n, k) for n in (8, 64, 1024) for k in (1, 2, n.bit_length() - 1, n // 2)]
    cases = [(n, k, Fraction(e, 10)) for n, k in sizes for e in (1, 5, 9)]
    ratios = {case: gaussian_ratio(*case) for case in cases}
    less = [
        {
            "left": ["beta lower", f"{n - k}/2", f"{k}/2", str(epsilon**2)],
            "right": str(markov(n, k, epsilon**2)),
            "balls": [
                (ratios[n, k, epsilon] * ball(markov(n, k, epsilon**2))).str(30),
                ball(markov(n, k, epsilon**2)).str(30),
            ],
        }
        for n, k, epsilon in cases
        if n == 1024
    ]
    return Finding.of(
        all(bool(ratio < 1) for ratio in ratios.values()),
        Bearing.SUPPORTS,
        "For Gaussian J2 the squared distance of t to the range of J2ᵀ has the law ‖t‖²·Beta((n2 − "
        f"k2)/2, k2/2) (claim lemma-s2.1). In {len(cases)} cases with n2 = 8, 64, 1024 its "
        "distribution function at ε² is below k2/((1 − ε²)n2), in balls.",
        len(cases),
        certificate={"kind": "enclosures", "bits": 128, "less": less},
    )


def ball(q: Fraction) -> arb:
    """A ball that contains the fraction."""
    return arb(q.numerator) / q.denominator


def _drawn(
    context: Context, kept: int = 10, transforms: tuple[Transform, ...] = (srht, gaussian)
) -> Finding:
    """Test with transforms of the library; ``kept`` is k1 = k2, at most n1 and n2."""
    W = digits()[0][:, :1024].T / 16.0
    _, singular, right = np.linalg.svd(W, full_matrices=False)
    x, epsilon = right[0], 0.5
    target, allowed = W @ x, epsilon * singular[0]
    n2, n1 = W.shape
    bound = float(markov(n2, min(kept, n2 // 2), Fraction(1, 4)))
    test = design(0.75, 0.95, LEVEL, LEVEL)
    failures = []
    for transform in transforms:
        seeds, lost = context.seed.spawn(2 * test.draws), 0
        for s1, s2 in zip(seeds[::2], seeds[1::2], strict=True):
            J1, J2 = transform(min(kept, n1), n1, rng=s1), transform(min(kept, n2), n2, rng=s2)
            error = np.linalg.norm(J2.H @ (J2 @ (W @ (J1.H @ (J1 @ x)))) - target)
            lost += bool(error > allowed)
        failures.append(lost)
    # the opposite: with confidence, success is likelier than the bound allows
    opposite = any(limits(lost, test.draws, LEVEL)[1] < 1 - bound for lost in failures)
    says = all(map(test.says_so, failures))
    counts = ", ".join(
        f"{lost} with fjlt.{transform.__name__}"
        for lost, transform in zip(failures, transforms, strict=True)
    )
    return Finding(
        Bearing.REFUTES if opposite else Bearing.SUPPORTS if says else Bearing.SILENT,
        f"W is {n2} images of digits ({n2}×{n1}), x its top right singular vector, k1 = k2 = "
        f"{kept}, ε = 1/2, where the bound allows a success in {bound:.4f} of the draws. Of "
        f"{test.draws} draws each these fail: {counts}. Design, where a success is a draw that "
        f"fails: {test}. If the upper limit of the share of failures lay below 1 less the bound, "
        "the claim would be refuted.",
        len(transforms) * test.draws,
        numbers={"failures": failures, "draws": test.draws, "bound": bound},
    )


CLAIM = Claim(
    id="prop-1-universal",
    title="Proposition 1 fails for every matrix",
    source="Goes beyond the refutation of Proposition 1 by an example",
    statement=(
        r"Let $W \ne 0$ be any matrix of shape $n_2 \times n_1$, $x$ its top right singular "
        r"vector, $J_1$ any matrix, $J_2$ an SRHT or Gaussian of shape $k_2 \times n_2$, and "
        r"$W' = J_2^\top J_2 W J_1^\top J_1$. For every $\varepsilon \in (0,1)$: "
        r"$\Pr[\|W'x - Wx\| \le \varepsilon\|W\|] \le k_2/((1-\varepsilon^2)\,n_2)$."
    ),
    expected=Verdict.HOLDS,
    correction=(
        r"So with $k_1 = k_2 = \log n$ the success probability that Proposition 1 says tends to "
        r"$1$ tends to $0$, for every sequence of matrices $W \ne 0$ and every constant in "
        r"$\Omega$."
    ),
    follows_up=("prop-1",),
    checks=(
        formalised(
            "kernel",
            {
                "output_side_fails": "for an SRHT J2, any W and x with Wx ≠ 0 and any J1, even one "
                "that is chosen after J2, the draws of J2 with ‖W'x − Wx‖ <= ε‖Wx‖ are at most the "
                "share k2/((1 − ε²)n2), 0 <= ε < 1"
            },
            Bearing.SUPPORTS,
            "SRHTs of all sizes",
            partial=True,
            remark="At the top right singular vector ‖Wx‖ = ‖W‖. Gaussian J2 are not stated.",
        ),
        proved_in_parts(
            "all sizes",
            (Identities(RANGE), SecondMoments("srht", (FIRST,))),
            Bearing.SUPPORTS,
            "The SRHT has c = n2/k2. W'x = J2ᵀw for some w, whatever J1 is, so ‖W'x − t‖ <= ε‖t‖ "
            "with t = Wx, ‖t‖ = ‖W‖, needs ‖J2t‖² >= c(1 − ε²)‖t‖². The mean of ‖J2t‖² is ‖t‖², "
            "and Markov's inequality gives the bound. For Gaussian J2 the range of J2ᵀ is a "
            "uniform k2-dimensional subspace; the projection of t to it has the mean square "
            "(k2/n2)‖t‖².",
        ),
        Check(
            "every draw", Grade.EXACT, "exhaustive laws in rationals, all ε at once", _every_draw
        ),
        Check("Gaussian", Grade.INTERVAL, "the incomplete beta function in balls", _gaussian),
        Check(
            "drawn",
            Grade.STATISTICAL,
            "transforms of the library at n2 = 1024, designed binomial tests",
            _drawn,
            alpha=3 * LEVEL,
        ),
    ),
    controls=(
        Control(
            "half the bound, for distances",
            lambda context: not respected(of_vectors(lambda n, k, e2: markov(n, k, e2) / 2)),
        ),
        Control(
            "(1 − ε²)k2/n2, for distances",
            lambda context: not respected(of_vectors(lambda n, k, e2: Fraction(k, n) * (1 - e2))),
        ),
        Control(
            "a vector in the kernel of W in place of the top right singular vector",
            lambda context: not respected(of_matrices(markov, [([[1, 0], [0, 0]], [0, 1])])),
        ),
        Control(
            "drawn, with k1 = n1 and k2 = n2, where every draw succeeds",
            lambda context: _drawn(context, 1024, (srht,)).bearing is Bearing.REFUTES,
        ),
    ),
)
