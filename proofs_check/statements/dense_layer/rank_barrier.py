"""The Eckart-Young barrier: what rank min(k1, k2) costs, whatever J1 and J2 are.

W' = J2ᵀJ2·W·J1ᵀJ1 has rank at most r = min(k1, k2). No law of J1 and J2 does better than the best
matrix of rank r: the theorem of Eckart and Young, in both norms.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any, NamedTuple

from flint import fmpq, fmpq_mat
from numpy.random import Generator

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
from proofs_check.exact.planted import identity, orthogonal, random_matrix, square, texts
from proofs_check.exact.sketch import columns, spectrum, transforms
from proofs_check.formal.evidence import formalised
from proofs_check.identities.all_sizes import Identities, proved_in_parts
from proofs_check.identities.proofs import NEAREST

__all__ = ["CLAIM"]

VALUES = ([4, 3, 2, 1], [3, 3, 1, 0], [1, 1, 1, 1])
"""Singular values of the matrices examined, largest first."""

Floor = Callable[[list[int], int], int]
"""A lower bound of ‖W' − W‖_F², as a function of the singular values of W and r."""


class Planted(NamedTuple):
    """W = U·diag(values)·Vᵀ with rational orthogonal U and V."""

    U: fmpq_mat
    values: list[int]
    V: fmpq_mat

    @property
    def W(self) -> fmpq_mat:
        """The matrix."""
        return self.U * spectrum(self.values) * self.V.transpose()


def planted(values: list[int], rng: Generator) -> Planted:
    """A random square matrix with these singular values."""
    return Planted(orthogonal(len(values), rng), values, orthogonal(len(values), rng))


def tail(values: list[int], r: int) -> int:
    """Σ_{i>r} σ_i²."""
    return sum(v * v for v in values[r:])


def replaced(W: fmpq_mat, J1: fmpq_mat, J2: fmpq_mat) -> fmpq_mat:
    """J2ᵀJ2·W·J1ᵀJ1."""
    return J2.transpose() * J2 * W * J1.transpose() * J1


def pairs(n: int, r: int, rng: Generator) -> list[tuple[fmpq_mat, fmpq_mat]]:
    """(J1, J2) of r rows: 16 pairs of SRHTs, scale included up to √r, and 8 of random integers."""
    srhts = list(transforms(n, r))
    drawn = [(srhts[i], srhts[j]) for i, j in rng.integers(len(srhts), size=(16, 2)).tolist()]
    return [(fmpq(1, r) * J1, J2) for J1, J2 in drawn] + [
        (random_matrix(r, n, rng), random_matrix(r, n, rng)) for _ in range(8)
    ]


Entry = dict[str, Any]
"""A part of a certificate."""


def entry(J1: fmpq_mat, J2: fmpq_mat, **more: Any) -> Entry:
    """A pair in a certificate."""
    return {"J1": texts(J1), "J2": texts(J2), **more}


def rank_entry(found: list[Entry], best: Entry | None = None) -> Entry:
    """What a certificate has for one r: a pair that was drawn twice stands there once."""
    return {"pairs": list({str(one): one for one in found}.values()), "best": best}


def certificate(matrices: list[Entry]) -> Entry:
    """The certificate of a check."""
    return {"kind": "rank-barrier", "matrices": matrices}


def floor_holds(rng: Generator, floor: Floor) -> tuple[int, bool, list[Entry]]:
    """(pairs J1, J2, whether ‖W' − W‖_F² is at least the floor, what a certificate has of them).

    There must be equality for the best pair, where the rows of J1 and J2 are the r first singular
    vectors.
    """
    cases, good, matrices = 0, True, []
    for values in VALUES:
        problem = planted(values, rng)
        W, n, ranks = problem.W, len(values), []
        for r in range(1, n):
            found = []
            for J1, J2 in pairs(n, r, rng):
                error = square(replaced(W, J1, J2) - W)
                good &= error >= floor(values, r)
                found.append(entry(J1, J2, error=str(error)))
            J1, J2 = columns(problem.V, 0, r).transpose(), columns(problem.U, 0, r).transpose()
            error = square(replaced(W, J1, J2) - W)
            good &= error == floor(values, r)
            cases += len(found) + 1
            ranks.append(rank_entry(found, entry(J1, J2, error=str(error))))
        matrices.append({"values": values, "W": texts(W), "ranks": ranks})
    return cases, bool(good), matrices


def worst_vector(problem: Planted, M: fmpq_mat, r: int) -> fmpq_mat:
    """A vector x in the span of the r + 1 first right singular vectors with Mx = 0, rank M <= r."""
    span = columns(problem.V, 0, r + 1)
    reduced, rank = (M * span).rref()
    pivots = [next(j for j in range(r + 1) if reduced[i, j] != 0) for i in range(rank)]
    free = next(j for j in range(r + 1) if j not in pivots)
    solution = fmpq_mat(r + 1, 1)
    solution[free, 0] = 1
    for i, j in enumerate(pivots):
        solution[j, 0] = -reduced[i, free]
    return span * solution


def spectral_holds(rng: Generator, shift: int = 0) -> tuple[int, bool, list[Entry]]:
    """(pairs, whether some x has ‖W'x − Wx‖ >= σ_{r+1−shift}‖x‖, …); the true shift is 0.

    With W' = 0 on x the error is Wx itself. The last is what a certificate has of them.
    """
    cases, good, matrices = 0, True, []
    for values in VALUES:
        problem = planted(values, rng)
        W, n, ranks = problem.W, len(values), []
        for r in range(1, n):
            found = []
            for J1, J2 in pairs(n, r, rng):
                W1 = replaced(W, J1, J2)
                x = worst_vector(problem, W1, r)
                good &= square(W1 * x) == 0 and square(x) > 0
                good &= square(W1 * x - W * x) >= values[r - shift] ** 2 * square(x)
                error = str(square(W1 - W))
                found.append(entry(J1, J2, error=error, x=list(map(str, x.entries()))))
            cases += len(found)
            ranks.append(rank_entry(found))
        matrices.append({"values": values, "W": texts(W), "ranks": ranks})
    return cases, bool(good), matrices


def mean_on_sphere(Z: fmpq_mat, rng: Generator) -> fmpq:
    """E‖Zx‖² for x uniform on the sphere: the mean over any orthonormal basis."""
    return square(Z * orthogonal(Z.ncols(), rng)) / Z.ncols()


def identity_mean(
    rng: Generator, floor: Callable[[int, int], Fraction]
) -> tuple[int, bool, list[Entry]]:
    """(pairs, whether E‖J2ᵀJ2·J1ᵀJ1·x − x‖² >= floor(n, r), what a certificate has of them).

    There must be equality for an orthogonal projection.
    """
    cases, good, matrices = 0, True, []
    for n in (2, 4):
        one, ranks = identity(n), []
        for r in range(1, n):
            least, found = floor(n, r), []
            limit = fmpq(least.numerator, least.denominator)
            for J1, J2 in pairs(n, r, rng):
                mean = mean_on_sphere(replaced(one, J1, J2) - one, rng)
                good &= mean >= limit
                found.append(entry(J1, J2, error=str(n * mean)))
            J = columns(orthogonal(n, rng), 0, r).transpose()
            mean = mean_on_sphere(replaced(one, J, J) - one, rng)
            good &= mean == limit
            cases += len(found) + 1
            ranks.append(rank_entry(found, entry(J, J, error=str(n * mean))))
        matrices.append({"values": [1] * n, "W": texts(one), "ranks": ranks})
    return cases, bool(good), matrices


def _frobenius(context: Context) -> Finding:
    cases, good, matrices = floor_holds(context.rng, tail)
    return Finding.of(
        good,
        Bearing.SUPPORTS,
        f"Rational 4×4 matrices W with singular values {', '.join(map(str, VALUES))}, r = 1, 2, 3, "
        f"{cases} pairs of J1 and J2 (SRHTs and integer matrices): ‖W' − W‖_F² >= Σ_{{i>r}} σ_i², "
        "with equality where the rows of J1 and J2 are singular vectors.",
        cases,
        numbers={"pairs": cases},
        certificate=certificate(matrices),
    )


def _spectral(context: Context) -> Finding:
    cases, good, matrices = spectral_holds(context.rng)
    return Finding.of(
        good,
        Bearing.SUPPORTS,
        f"In {cases} cases of the same kind W' vanishes at a rational vector x in the span of the "
        "r + 1 first right singular vectors, and there ‖W'x − Wx‖ >= σ_{r+1}‖x‖, exactly.",
        cases,
        numbers={"pairs": cases},
        certificate=certificate(matrices),
    )


def _sphere(context: Context) -> Finding:
    cases, good, matrices = identity_mean(context.rng, lambda n, r: 1 - Fraction(r, n))
    return Finding.of(
        good,
        Bearing.SUPPORTS,
        f"W = I, n = 2, 4, {cases} pairs of J1 and J2: for x uniform on the sphere E‖W'x − x‖² >= "
        "1 − r/n, with equality for an orthogonal projection.",
        cases,
        numbers={"pairs": cases},
        certificate=certificate(matrices),
    )


CLAIM = Claim(
    id="rank-barrier",
    title="What rank k costs, whatever the embeddings",
    source="Goes beyond Proposition 1; Eckart, Young, Psychometrika 1 (1936)",
    statement=(
        r"For any $J_1$ ($k_1 \times n_1$), $J_2$ ($k_2 \times n_2$), any $W$ with singular values "
        r"$\sigma_1 \ge \sigma_2 \ge \dots$, $r = \min(k_1,k_2)$ and "
        r"$W' = J_2^\top J_2 W J_1^\top J_1$: $\|W'-W\|_F^2 \ge \sum_{i>r}\sigma_i^2$ and "
        r"$\|W'-W\| \ge \sigma_{r+1}$. For $x$ uniform on the sphere "
        r"$\mathbb{E}\|W'x-Wx\|^2 = \|W'-W\|_F^2/n_1$, which for $W = I$, $n_1 = n_2 = n$ is at "
        r"least $1 - r/n$. So for any law of $J_1$ and $J_2$ some unit $x$ has a mean square error "
        r"of at least $\sum_{i>r}\sigma_i^2/n_1$."
    ),
    expected=Verdict.HOLDS,
    follows_up=("prop-1",),
    checks=(
        formalised(
            "kernel",
            {
                "rank_barrier": "‖W' − W‖_F² >= Σ_{i>r} σ_i², and a unit vector x has ‖W'x − Wx‖ "
                ">= σ_(r+1)",
                "isotropic_mean": "E‖W'x − Wx‖² = ‖W' − W‖_F²/n1 for x from any finite set of "
                "vectors with E[xxᵀ] = I/n1",
                "identity_barrier": "for W = I it is at least 1 − r/n",
                "barrier_for_every_law": "for any law of J1 and J2 on finitely many matrices some "
                "unit x has E‖W'x − Wx‖² >= Σ_{i>r} σ_i²/n1",
            },
            Bearing.SUPPORTS,
            "all sizes, and laws on finitely many matrices or vectors",
            partial=True,
            remark="The uniform law on the sphere and other laws with a density are not stated.",
        ),
        proved_in_parts(
            "all sizes",
            (Identities(NEAREST),),
            Bearing.SUPPORTS,
            "P projects onto the range of M = W', so tr P <= r; Q onto the r first left singular "
            "vectors, tr QWWᵀ = σ_1² + … + σ_r² and λ = σ_{r+1}² >= 0. Together ‖W − W'‖_F² >= "
            "‖W‖_F² − tr QWWᵀ. The r + 1 first right singular vectors span a vector x with W'x = "
            "0, and ‖Wx‖ >= σ_{r+1}‖x‖. For x uniform on the sphere E[xxᵀ] = I/n1; a mean over x "
            "is reached by some x.",
        ),
        Check("Frobenius norm", Grade.EXACT, "planted singular values, in rationals", _frobenius),
        Check("spectral norm", Grade.EXACT, "a vector that W' takes to 0, in rationals", _spectral),
        Check("sphere", Grade.EXACT, "means over orthonormal bases, in rationals", _sphere),
    ),
    controls=(
        Control(
            "Σ_{i>=r} σ_i² in place of Σ_{i>r} σ_i²",
            lambda context: not floor_holds(context.rng, lambda v, r: tail(v, r - 1))[1],
        ),
        Control(
            "σ_r in place of σ_{r+1}",
            lambda context: not spectral_holds(context.rng, shift=1)[1],
        ),
        Control(
            "1 − (r − 1)/n in place of 1 − r/n",
            lambda context: not identity_mean(context.rng, lambda n, r: 1 - Fraction(r - 1, n))[1],
        ),
    ),
)
