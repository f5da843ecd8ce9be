"""Proposition 1: J2ᵀJ2·W·J1ᵀJ1 acts on every vector nearly as W does. It cannot."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import product

import numpy as np

from figures.data import digits
from fjlt import srht
from fjlt.runs.binomial import design, limits
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
from proofs_check.exact.error_laws import success_probability
from proofs_check.exact.laws import prop1_law
from proofs_check.experiments.own_data import replacement
from proofs_check.formal.evidence import formalised

__all__ = ["CLAIM"]

# the probability of a false alarm, and of missing what a statistical check is designed to find
LEVEL = 1e-9


def unit(n: int, row: int, column: int) -> list[list[int]]:
    """The n×n matrix e_row·e_columnᵀ."""
    return [[int((i, j) == (row, column)) for j in range(n)] for i in range(n)]


def _two_by_two(context: Context) -> Finding:
    law = prop1_law([[1, 0], [0, 1]], [1, 0], 1, 1)
    half = Fraction(1, 2)
    return Finding.of(
        law == {Fraction(1): half, Fraction(5): half},
        Bearing.REFUTES,
        "W = I, n1 = n2 = 2, k1 = k2 = 1 and x = e1: ‖W'x − Wx‖² is "
        + " or ".join(f"{value} with probability {p}" for value, p in law.items())
        + ". So the success probability is 0 for every ε < 1.",
        len(law),
        scope="the 2 × 2 identity, k1 = k2 = 1",
        numbers={"law": {str(value): str(p) for value, p in law.items()}},
        certificate={
            "kind": "prop1-law",
            "W": [[1, 0], [0, 1]],
            "x": [1, 0],
            "k1": 1,
            "k2": 1,
            "law": {str(value): str(p) for value, p in law.items()},
        },
    )


def rank_one_error(
    sizes: tuple[int, ...], error: Callable[[int, int], Fraction]
) -> tuple[int, bool]:
    """(laws, whether ‖W'x − Wx‖² = error(n, k2) in every draw of each), W = e_a·e_bᵀ, x = e_b."""
    cases, good = 0, True
    for n in sizes:
        x = [int(j == n - 1) for j in range(n)]
        for k1, k2 in product(range(1, n + 1), repeat=2):
            law = prop1_law(unit(n, 0, n - 1), x, k1, k2)
            good &= law == {error(n, k2): Fraction(1)}
            cases += 1
    return cases, good


def _rank_one(context: Context) -> Finding:
    cases, good = rank_one_error(
        (2, 4, 8) if context.full else (2, 4), lambda n, k2: Fraction(n, k2) - 1
    )
    return Finding.of(
        good,
        Bearing.REFUTES,
        f"W = e_a·e_bᵀ and x = e_b, {cases} pairs (k1, k2): ‖W'x − Wx‖² = n2/k2 − 1 in every "
        "draw. This is at least 1 for k2 <= n2/2, although ‖W‖ = 1 and W has rank 1.",
        cases,
        numbers={"pairs": cases},
        certificate={
            "kind": "prop1-laws",
            "laws": [
                {
                    "W": unit(n, 0, n - 1),
                    "x": [int(j == n - 1) for j in range(n)],
                    "k1": k,
                    "k2": k,
                    "law": {str(Fraction(n, k) - 1): "1"},
                }
                for n, k in ((2, 1), (2, 2), (4, 1), (4, 2))
            ],
        },
        scope=f"W of rank one, {cases} pairs (k1, k2)",
    )


def _real_matrices(context: Context) -> Finding:
    X = digits()[0].astype(int)
    images = context.rng.choice(X.shape[1], size=10 if context.full else 4, replace=False)
    least, cases, certified = [], 0, []
    for image in images:
        W = X[:, image].reshape(8, 8)[::2, 1::2]
        x = W[np.argmax((W**2).sum(axis=1))]
        for k in (1, 2):
            law = prop1_law(W.tolist(), x.tolist(), k, k)
            least.append(float(Fraction(min(law), int((W**2).sum() * (x @ x)))) ** 0.5)
            if min(law) > 0:
                certified.append({"W": W.tolist(), "x": x.tolist(), "k": k, "least": str(min(law))})
            cases += 1
    positive = [e for e in least if e > 0]
    return Finding.of(
        bool(positive),
        Bearing.REFUTES,
        f"W is every second row and column of one of {len(images)} images of digits (a 4×4 "
        "integer matrix), x its row of largest norm, k1 = k2 = 1, 2. The smallest value of ‖W'x "
        f"− Wx‖ over all draws is positive in {len(positive)} of {cases} cases, and up to "
        f"{max(least):.3f} times ‖W‖_F‖x‖. For every smaller ε the success probability is 0.",
        len(positive),
        scope=f"{len(images)} images of digits",
        numbers={"smallest_errors": least},
        certificate={"kind": "smallest-error", "laws": certified[:2]},
    )


def _larger(context: Context, kept: float = 0.25) -> Finding:
    """Draws for a W too large for enumeration and its top right singular vector.

    ``kept`` is k1/n1 = k2/n2.
    """
    X = digits()[0] / 16.0
    W = X @ X.T
    n2, n1 = W.shape
    _, singular, right = np.linalg.svd(W)
    x, target = right[0], W @ right[0]
    k1, k2, epsilon = int(kept * n1), int(kept * n2), 0.9
    floor, detectable, below = (0.9, 0.98, 0.75) if context.full else (0.75, 0.95, 0.4)
    test = design(floor, detectable, LEVEL, LEVEL, below)
    seeds = context.seed.spawn(2 * test.draws)
    failures = 0
    for s1, s2 in zip(seeds[::2], seeds[1::2], strict=True):
        J1, J2 = srht(k1, n1, rng=s1), srht(k2, n2, rng=s2)
        error = np.linalg.norm(J2.H @ (J2 @ (W @ (J1.H @ (J1 @ x)))) - target)
        failures += bool(error > epsilon * singular[0])
    # Clopper-Pearson: an upper limit of the success probability, hence the least refuted constant c
    limit = limits(test.draws - failures, test.draws, LEVEL)[1]
    constant = -np.log1p(-limit) / (min(k1, k2) * epsilon**2) if limit < 1 else np.inf
    return Finding(
        Bearing.tested(test, failures, Bearing.REFUTES),
        f"W = XXᵀ for the {X.shape[1]} digit images X ({n2}×{n1}), x is its top right singular "
        f"vector, k1 = {k1}, k2 = {k2}, ε = {epsilon}: {failures} of {test.draws} draws fail. "
        f"With confidence 1 − {LEVEL:g} the success probability is at most {limit:.3g}, which "
        f"contradicts 1 − exp(−c·min(k1,k2)·ε²) for every constant c >= {constant:.3g}. Design, "
        f"where a success is a draw that fails: {test}.",
        test.draws,
        numbers={
            "failures": failures,
            "draws": test.draws,
            "upper_limit": limit,
            "constant": float(constant),
        },
    )


CLAIM = Claim(
    id="prop-1",
    title="A dense layer is approximated by its butterfly replacement",
    source=paper("Proposition 1"),
    statement=(
        r"For $J_1$ ($k_1 \times n_1$) and $J_2$ ($k_2 \times n_2$) FJLTs, "
        r"$W' = J_2^\top J_2 W J_1^\top J_1$, every unit $x$ and $\varepsilon \in (0,1)$: "
        r"$\Pr[\|W'x - Wx\| \le \varepsilon\|W\|] \ge 1 - "
        r"e^{-\Omega(\min(k_1,k_2)\varepsilon^2)}$."
    ),
    expected=Verdict.REFUTED,
    correction=(
        r"In norm, no compression of the output side is possible: the root mean square of "
        r"$\|W'x - Wx\|$ is at most $\varepsilon\|W\|$ for all unit $x$ only if "
        r"$k_2 \ge n_2/(1+\varepsilon^2)$. The exact second moments (claim moments) give what "
        r"holds: the input side alone satisfies $\Pr[\|WJ_1^\top J_1x - Wx\| > \varepsilon\|W\|] "
        r"\le (\mathrm{sr}(W)+1)/(k_1\varepsilon^2)$, $\mathrm{sr}(W) = \|W\|_F^2/\|W\|^2$."
    ),
    depends_on=("lemma-s2.1",),
    checks=(
        formalised(
            "kernel",
            {
                "two_by_two_law": "for n1 = n2 = 2, k1 = k2 = 1, W = I and x = e1 the squared "
                "error is 5 in 32 of the 64 pairs of draws and 1 in the other 32",
                "two_by_two_fails": "in none of them it is ε² or less, 0 <= ε < 1",
            },
            Bearing.REFUTES,
            "the 2 × 2 identity, k1 = k2 = 1, every draw",
        ),
        Check("2×2 identity", Grade.EXACT, "the whole law, in rationals", _two_by_two),
        Check("rank one", Grade.EXACT, "the whole law for all k1 and k2", _rank_one),
        Check(
            "digit images", Grade.EXACT, "the whole law for real integer matrices", _real_matrices
        ),
        Check(
            "larger W",
            Grade.STATISTICAL,
            "drawn SRHTs, a designed binomial test",
            _larger,
            alpha=LEVEL,
        ),
    ),
    controls=(
        Control(
            "k1 = n1, k2 = n2, where W' = W and the statement is true",
            lambda context: success_probability([[1, 2], [3, 4]], [1, 1], 2, 2, Fraction(0)) == 1,
        ),
        Control(
            "rank one, with the error n2/k2 in place of n2/k2 − 1",
            lambda context: not rank_one_error((2, 4), Fraction)[1],
        ),
        Control(
            "larger W with k1 = n1, k2 = n2, whose draws must not refute",
            lambda context: _larger(context, kept=1.0).bearing is Bearing.SUPPORTS,
        ),
    ),
    on_data=(
        Check(
            "W",
            Grade.STATISTICAL,
            "drawn SRHTs, Clopper-Pearson limits",
            replacement,
            LEVEL,
            needs="W",
        ),
    ),
)
