"""The encoder-decoder network D·E·X̃ in rational arithmetic, X̃ = BX the encoded data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Any

from flint import fmpq, fmpq_mat, fmpq_poly
from numpy.random import Generator
from sympy import Matrix

from proofs_check.exact.factorisation import critical_values
from proofs_check.exact.planted import Problem, identity, square, texts

__all__ = [
    "along_a_line",
    "best_approximation",
    "critical_instances",
    "eliminated",
    "has_spectrum",
    "kronecker",
    "predicted",
    "realised",
    "second_derivative",
    "signal",
]


def second_derivative(D: fmpq_mat, E: fmpq_mat, X: fmpq_mat, Y: fmpq_mat) -> fmpq_mat:
    """Hessian of ½‖DEX − Y‖² in the entries of D, row by row, then those of E, row by row."""
    m, k, l = D.nrows(), D.ncols(), X.nrows()
    EX, residual = E * X, D * E * X - Y
    cross, seen = EX * X.transpose(), residual * X.transpose()
    # ∂²/∂D_ia ∂E_bp = D_ib·(EXXᵀ)_ap + [a = b]·((DEX − Y)Xᵀ)_ip
    mixed = fmpq_mat(
        [
            [
                D[i, b] * cross[a, p] + (seen[i, p] if a == b else 0)
                for b in range(k)
                for p in range(l)
            ]
            for i in range(m)
            for a in range(k)
        ]
    )
    # the diagonal blocks are I ⊗ EX(EX)ᵀ and DᵀD ⊗ XXᵀ
    top = [
        r + s
        for r, s in zip(kronecker(identity(m), EX * EX.transpose()), mixed.tolist(), strict=True)
    ]
    low = kronecker(D.transpose() * D, X * X.transpose())
    return fmpq_mat(top + [r + s for r, s in zip(mixed.transpose().tolist(), low, strict=True)])


def along_a_line(D: fmpq_mat, E: fmpq_mat, X: fmpq_mat, Y: fmpq_mat) -> tuple[fmpq, fmpq]:
    """The second derivative of ½‖DEX − Y‖² on a line through (D, E), in two ways.

    By ``second_derivative``, and by differences. These are exact, since the loss on a line is a
    polynomial of degree 4. The direction has the entries 1, 2, 3, ….
    """
    m, k, l = D.nrows(), D.ncols(), E.ncols()
    entries = list(range(1, m * k + k * l + 1))
    in_D, in_E = fmpq_mat(m, k, entries[: m * k]), fmpq_mat(k, l, entries[m * k :])
    direction = fmpq_mat(len(entries), 1, entries)
    by_hessian = (direction.transpose() * second_derivative(D, E, X, Y) * direction)[0, 0]
    losses = {t: square((D + t * in_D) * (E + t * in_E) * X - Y) / 2 for t in (-2, -1, 0, 1, 2)}
    far, near = losses[2] + losses[-2], losses[1] + losses[-1]
    return by_hessian, (16 * near - far - 30 * losses[0]) / 12


def kronecker(a: fmpq_mat, b: fmpq_mat) -> list[list[fmpq]]:
    """The rows of a ⊗ b."""
    return [[x * y for x in r for y in s] for r in a.tolist() for s in b.tolist()]


def signal(encoded: fmpq_mat, Y: fmpq_mat) -> fmpq_mat:
    """Σ = YX̃ᵀG⁻¹X̃Yᵀ with G = X̃X̃ᵀ, which must be invertible."""
    cross = Y * encoded.transpose()
    return cross * (encoded * encoded.transpose()).inv() * cross.transpose()


def has_spectrum(problem: Problem, values: Sequence[int]) -> bool:
    """Whether Σ(B) has the eigenvalues ``values``², and beyond them 0.

    By its characteristic polynomial: the planted vectors are not used.
    """
    polynomial = fmpq_poly([1])
    for value in values:
        polynomial *= fmpq_poly([-(value**2), 1])
    rest = problem.Y.nrows() - len(values)
    found = signal(problem.encoded, problem.Y).charpoly()
    return bool(found == polynomial * fmpq_poly([0] * rest + [1]))


def eliminated(D: fmpq_mat, E: fmpq_mat) -> tuple[fmpq_mat, fmpq_mat]:
    """(D̃, Ẽ) with D̃Ẽ = DE and D̃ of full column rank, by Gauss elimination of the columns of D.

    An invertible C has DC = [D̃ 0]; then Ẽ is the first rank D rows of C⁻¹E.
    """
    k, m = D.ncols(), D.nrows()
    # the row reduction of [Dᵀ I] leaves Cᵀ where the identity stood
    joined = fmpq_mat(
        [row + one for row, one in zip(D.transpose().tolist(), identity(k).tolist(), strict=True)]
    )
    reduced = joined.rref()[0].tolist()
    C = fmpq_mat([row[m:] for row in reduced]).transpose()
    p = D.rank()
    first = (D * C).transpose().tolist()[:p]
    return (
        fmpq_mat(p, m, [entry for row in first for entry in row]).transpose(),
        fmpq_mat(p, E.ncols(), (C.inv() * E).entries()[: p * E.ncols()]),
    )


def critical_instances(rng: Generator, rounds: int) -> Iterator[tuple[Problem, fmpq_mat, fmpq_mat]]:
    """(problem, D, E) at which both gradients vanish.

    Every number of eigenvalues in I occurs, as do zero and equal eigenvalues and rank D < k.
    """
    shapes = [
        ([3, 2, 1], 3, 3, 4, 4, 2),
        ([3, 2, 1], 4, 3, 4, 5, 3),
        ([2, 1], 3, 3, 3, 3, 2),
        ([2, 2], 2, 3, 4, 4, 2),
    ]
    for _ in range(rounds):
        for values, m, l, d, n, k in shapes:
            problem = Problem.general(values, m, l, d, n, rng)
            for subset in ([], [0], [1], [0, 1], [len(values) - 1]):
                D, E = problem.critical_point(subset, k, rng)
                yield problem, D, E


def predicted(B: Matrix, X: Matrix, Y: Matrix, k: int) -> list[Any]:
    """The predicted critical values tr YYᵀ − Σ_{i∈I} λ_i over all I with |I| <= k, lowest first.

    The λ_i are the positive eigenvalues of Σ(B), which is taken with the pseudo-inverse of G.
    """
    encoded = B * X
    # a basis of the row space of BX gives the same projection as BX itself, and is invertible
    kept = Matrix.vstack(*encoded.rowspace())
    sigma = Y * kept.T * (kept * kept.T).inv() * kept * Y.T
    positive = [
        value for value, count in sigma.eigenvals().items() for _ in range(count) if value > 0
    ]
    return critical_values(positive, k, (Y * Y.T).trace())


def realised(X: Matrix, Y: Matrix, k: int, B: Matrix | None = None) -> dict[str, Any]:
    """All critical values of a problem for a certificate, with a rational point for every I.

    The eigenvalues of Σ(B) must be rational; G may be singular.
    """
    encoded = X if B is None else B * X
    inverse = encoded.pinv()
    pairs = [
        (value, vector)
        for value, _, vectors in (Y * inverse * encoded * Y.T).eigenvects()
        for vector in vectors
        if value > 0
    ]
    points = []
    for q in range(min(k, len(pairs)) + 1):
        for chosen in combinations([vector for _, vector in pairs], q):
            thin = Matrix.hstack(*chosen) if chosen else Matrix(Y.rows, 0, [])
            # the other hidden units are idle, D = 0 and E = 0 there
            D = Matrix.hstack(thin, Matrix.zeros(Y.rows, k - q))
            seen = thin.pinv() * Y * inverse if chosen else Matrix(0, encoded.rows, [])
            E = Matrix.vstack(seen, Matrix.zeros(k - q, encoded.rows))
            points.append({"D": texts(D), "E": texts(E)})
    values = critical_values([value for value, _ in pairs], k, (Y * Y.T).trace())
    return {
        "X": texts(X),
        "Y": texts(Y),
        **({} if B is None else {"B": texts(B)}),
        "k": k,
        "eigenvalues": [str(value) for value, _ in pairs],
        "values": list(map(str, values)),
        "points": points,
    }


def best_approximation(problem: Problem, k: int) -> fmpq_mat:
    """J_k(X): the best rank-k approximation of X with rows in the row space of BX.

    It is U_kU_kᵀ·X·P with P the projection onto the rows of BX and U_k the first k planted
    eigenvectors of Σ(B), for an auto-encoder problem whose planted values decrease.
    """
    encoded = problem.encoded
    P = encoded.transpose() * (encoded * encoded.transpose()).inv() * encoded
    U = fmpq_mat([row[:k] for row in problem.U.tolist()])
    return U * U.transpose() * problem.X * P
