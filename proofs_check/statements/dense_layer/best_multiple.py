"""The best multiple of J2ᵀJ2·W·J1ᵀJ1: another scale helps, but not enough.

E‖cW'x − Wx‖² is a quadratic in c. Since E[W'x] = Wx it is least at c* = ‖Wx‖²/E‖W'x‖², where it is
(1 − c*)‖Wx‖². For the SRHT E‖W'x‖² = (n2/k2)(‖Wx‖² + V1), with V1 as in the claim moments.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np

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
from proofs_check.exact.laws import norm_law, projections
from proofs_check.exact.moments import one_sided
from proofs_check.formal.evidence import formalised
from proofs_check.identities.all_sizes import Identities, proved_in_parts
from proofs_check.identities.proofs import MULTIPLE
from proofs_check.identities.second_moments import FIRST, TWO_SIDES, SecondMoments

__all__ = ["CLAIM"]

VECTORS = ([1, 0], [1, 2], [1, 0, 0, 0], [1, 2, 3, 4], [1, 1, 0, 0])

Best = Callable[[IntArray, IntArray, int, int], Fraction]
"""The best multiple c*, as a function of W, x, k1 and k2."""


def best(W: Array, x: Array, k1: int, k2: int) -> Fraction:
    """(k2/n2)·‖Wx‖²/(‖Wx‖² + V1)."""
    length = int((W @ x) @ (W @ x))
    return Fraction(k2, len(W)) * length / (length + one_sided(W, x, k1))


def quadratic(W: Array, x: Array, k1: int, k2: int) -> tuple[Fraction, Fraction]:
    """(E‖W'x‖², E<W'x, Wx>) over every draw of the SRHTs, in rationals."""
    inner = np.concatenate(list(projections(x, k1))) @ W.T
    values, counts = np.unique(inner, axis=0, return_counts=True)
    Wx, square, cross, draws = W @ x, 0, 0, 0
    for z, count in zip(values, counts, strict=True):
        outer = np.concatenate(list(projections(z, k2)))
        square += int(count) * int((outer**2).sum())
        cross += int(count) * int((outer @ Wx).sum())
        draws += int(count) * len(outer)
    # everything carries the factor k1·k2
    return Fraction(square, draws * (k1 * k2) ** 2), Fraction(cross, draws * k1 * k2)


def examples(context: Context) -> list[tuple[IntArray, IntArray]]:
    """(W, x): the identity, a matrix of rank one, and random integers; Wx is not 0."""
    family = [(np.eye(n, dtype=np.int64), np.eye(n, dtype=np.int64)[0]) for n in (2, 4)]
    family.append((np.outer([1, 0, 0, 0], [1, 1, 1, 1]), np.array([1, 1, 1, 1])))
    for n2, n1 in ((2, 4), (4, 2), (4, 4)):
        W, x = context.rng.integers(1, 4, (n2, n1)), context.rng.integers(1, 4, n1)
        family.append((W, x))
    return family


def is_best(family: list[tuple[IntArray, IntArray]], formula: Best) -> tuple[int, bool]:
    """(cases, whether the formula minimises E‖cW'x − Wx‖² in all of them, and bounds it).

    The least value is (1 − c*)‖Wx‖² >= (1 − k2/n2)‖Wx‖², with equality at k1 = n1.
    """
    cases, good = 0, True
    for W, x in family:
        length = int((W @ x) @ (W @ x))
        for k1, k2 in product(range(1, len(x) + 1), range(1, len(W) + 1)):
            c, (square, cross) = formula(W, x, k1, k2), quadratic(W, x, k1, k2)
            least = c**2 * square - 2 * c * cross + length
            floor = (1 - Fraction(k2, len(W))) * length
            # the derivative 2c·E‖W'x‖² − 2·E<W'x, Wx> vanishes
            good &= c * square == cross and least == (1 - c) * length
            good &= least == floor if k1 == len(x) else least >= floor
            cases += 1
    return cases, bool(good)


def per_draw(scale: Callable[[int, int], Fraction]) -> tuple[int, bool]:
    """(draws, whether c = scale(n, k) is the best multiple of JᵀJx in every draw).

    In each draw c·‖JᵀJx‖² = <JᵀJx, x>, unless JᵀJx = 0.
    """
    draws, good = 0, True
    for vector in VECTORS:
        x = np.array(vector)
        for k in range(1, len(x) + 1):
            c = scale(len(x), k)
            for v in projections(x, k):
                # v = k·JᵀJx
                lengths, products = (v**2).sum(axis=1), v @ x
                good &= all(
                    c * int(a) == k * int(b) for a, b in zip(lengths, products, strict=True)
                )
                draws += len(v)
    return draws, bool(good)


def least_law(x: list[int], k: int) -> dict[Fraction, Fraction]:
    """The law of the least ‖cJᵀJx − x‖², which is ‖x‖² − (k/n)‖Jx‖²."""
    return {
        sum(v * v for v in x) - Fraction(k, len(x)) * value: p
        for value, p in norm_law(x, k).items()
    }


def entry(W: IntArray, x: IntArray) -> dict[str, Any]:
    """A case in a certificate: the best multiple and the least mean for each k1 and k2."""
    length = int((W @ x) @ (W @ x))
    multiples = [[best(W, x, k1, k2) for k2 in range(1, len(W) + 1)] for k1 in range(1, len(x) + 1)]
    return {
        "W": W.tolist(),
        "x": x.tolist(),
        "multiples": [[str(c) for c in row] for row in multiples],
        "least": [[str((1 - c) * length) for c in row] for row in multiples],
    }


def _multiple(context: Context) -> Finding:
    family = examples(context)
    cases, good = is_best(family, best)
    W, x = np.eye(4, dtype=np.int64), np.array([1, 0, 0, 0])
    identity = 1 - best(W, x, 2, 2)
    square, cross = quadratic(W, x, 2, 2)
    printed = square - 2 * cross + 1
    return Finding.of(
        good and identity == Fraction(3, 4),
        Bearing.SUPPORTS,
        f"{cases} cases with n1, n2 <= 4, every k1 and k2, means over every draw in rationals: c* "
        "minimises E‖cW'x − Wx‖², and the least value is (1 − c*)‖Wx‖² >= (1 − k2/n2)‖Wx‖², with "
        f"equality at k1 = n1. For W = I, n = 4, k1 = k2 = 2 it is {identity}·‖x‖²; with c = 1, as "
        f"in the paper, it is {printed}·‖x‖².",
        cases,
        numbers={"cases": cases},
        certificate={
            "kind": "best-multiple",
            "cases": [entry(W, x) for W, x in family],
            "pairs": cases,
        },
    )


def _draws(context: Context) -> Finding:
    draws, good = per_draw(lambda n, k: Fraction(k, n))
    return Finding.of(
        good,
        Bearing.SUPPORTS,
        f"W = I and one side: k/n is the best multiple of JᵀJx in each of {draws} draws, n = 2, 4 "
        "and every k, for five vectors. So choosing c after the draw does no better.",
        draws,
        numbers={"draws": draws},
        certificate={
            "kind": "best-multiple-per-draw",
            "laws": [
                {"x": x, "k": k, "law": {str(v): str(p) for v, p in least_law(x, k).items()}}
                for x in VECTORS
                for k in range(1, len(x) + 1)
            ],
            "draws": draws,
        },
    )


CLAIM = Claim(
    id="best-multiple",
    title="The best multiple of the replacement",
    source="Goes beyond Proposition 1",
    statement=(
        r"For SRHTs and $Wx \ne 0$, $\mathbb{E}\|cW'x - Wx\|^2$ is least at $c^* = "
        r"(k_2/n_2)\,\|Wx\|^2/(\|Wx\|^2 + V_1)$, $V_1 = \mathbb{E}\|WJ_1^\top J_1x - Wx\|^2$, and "
        r"there it is $(1-c^*)\|Wx\|^2 \ge (1 - k_2/n_2)\|Wx\|^2$; for $W = I$ it is $(1 - "
        r"k_1k_2/n^2)\|x\|^2$. In every draw $\|cJ^\top Jx - x\|$ is least at $c = k/n$, where "
        r"its square is $\|x\|^2 - (k/n)\|Jx\|^2$."
    ),
    expected=Verdict.HOLDS,
    correction=(
        r"So a multiple brings the error of Proposition 1 from $\sqrt{n_2/k_2}$ times $\|W\|$ down "
        r"to $\|W\|$, the error of $0$ in place of $W'$. A root mean square of at most "
        r"$\varepsilon\|W\|$ still needs $k_2 \ge (1-\varepsilon^2)n_2$."
    ),
    depends_on=("moments",),
    follows_up=("prop-1",),
    checks=(
        formalised(
            "kernel",
            {
                "best_multiple": "for Wx ≠ 0 and every n = 2^p, E‖cW'x − Wx‖² is least at c*, "
                "where it is (1 − c*)‖Wx‖² >= (1 − k2/n2)‖Wx‖²",
                "best_multiple_of_identity": "for W = I it is (1 − k1·k2/n²)‖x‖², at c = k1·k2/n²",
                "best_multiple_of_draw": "in every draw ‖cJᵀJx − x‖ is least at c = k/n, where its "
                "square is ‖x‖² − (k/n)‖Jx‖²",
            },
            Bearing.SUPPORTS,
            "all sizes",
        ),
        proved_in_parts(
            "all sizes",
            (Identities(MULTIPLE), SecondMoments("srht", (FIRST, TWO_SIDES))),
            Bearing.SUPPORTS,
            "The SRHT has c = n/k in the first identity, which is least at s = k/n. E[W'x] = Wx, "
            "as E[A] = I and J1, J2 are independent, so E‖cW'x − Wx‖² = c²·E‖W'x‖² − (2c − "
            "1)‖Wx‖². By the last one E‖W'x‖² = (n2/k2)(‖Wx‖² + V1) >= (n2/k2)‖Wx‖²; for W = I "
            "it is n²/(k1k2)·‖x‖².",
        ),
        Check("multiple", Grade.EXACT, "means over every draw, in rationals", _multiple),
        Check("every draw", Grade.EXACT, "every sign pattern and row subset", _draws),
    ),
    controls=(
        Control(
            "c = 1, as in the paper",
            lambda context: not is_best(examples(context), lambda *a: Fraction(1))[1],
        ),
        Control(
            "k2/n2, without V1",
            lambda context: (
                not is_best(examples(context), lambda W, x, k1, k2: Fraction(k2, len(W)))[1]
            ),
        ),
        Control(
            "c = 1 in every draw",
            lambda context: not per_draw(lambda n, k: Fraction(1))[1],
        ),
    ),
)
