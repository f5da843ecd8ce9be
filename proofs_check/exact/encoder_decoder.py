"""The encoder-decoder network in rational arithmetic: its Hessian, signal matrix, elimination of idle units."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flint import fmpq, fmpq_mat
from numpy.random import Generator
from sympy import Matrix

from proofs_check.exact.factorisation import critical_values
from proofs_check.exact.planted import Problem, identity

__all__ = [
    "best",
    "critical_instances",
    "eliminated",
    "kronecker",
    "predicted",
    "second_derivative",
    "signal",
]


def second_derivative(D: fmpq_mat, E: fmpq_mat, X: fmpq_mat, Y: fmpq_mat) -> fmpq_mat:
    """Of ½‖DEX − Y‖² in (D row by row, E row by row)."""
    m, k, l = D.nrows(), D.ncols(), X.nrows()
    EX, residual = E * X, D * E * X - Y
    cross, seen = EX * X.transpose(), residual * X.transpose()
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
    top = [
        r + s
        for r, s in zip(kronecker(identity(m), EX * EX.transpose()), mixed.tolist(), strict=True)
    ]
    low = kronecker(D.transpose() * D, X * X.transpose())
    return fmpq_mat(top + [r + s for r, s in zip(mixed.transpose().tolist(), low, strict=True)])


def kronecker(a: fmpq_mat, b: fmpq_mat) -> list[list[fmpq]]:
    """a ⊗ b as rows."""
    return [[x * y for x in r for y in s] for r in a.tolist() for s in b.tolist()]


def signal(encoded: fmpq_mat, Y: fmpq_mat) -> fmpq_mat:
    """Σ = YX̃ᵀG⁻¹X̃Yᵀ."""
    cross = Y * encoded.transpose()
    return cross * (encoded * encoded.transpose()).inv() * cross.transpose()


def eliminated(D: fmpq_mat, E: fmpq_mat) -> tuple[fmpq_mat, fmpq_mat]:
    """(D̃, Ẽ): D·C = [D̃ 0] by Gauss elimination of the columns of D, and the first rows of
    C⁻¹E."""
    k, m = D.ncols(), D.nrows()
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
    """(problem, D, E) with vanishing gradients: every size of I, rank D below k, zero and equal
    eigenvalues."""
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
    """tr YYᵀ − Σ λ_i over all index sets, λ the positive eigenvalues of Σ(B), with the
    pseudo-inverse of G."""
    encoded = B * X
    kept = Matrix.vstack(*encoded.rowspace())
    sigma = Y * kept.T * (kept * kept.T).inv() * kept * Y.T
    positive = [
        value for value, count in sigma.eigenvals().items() for _ in range(count) if value > 0
    ]
    return critical_values(positive, k, (Y * Y.T).trace())


def best(problem: Problem, k: int) -> fmpq_mat:
    """B_k(X): U_k·U_kᵀ·X·P, with P the projection to the rows of BX and U_k the first k planted
    eigenvectors."""
    encoded = problem.encoded
    P = encoded.transpose() * (encoded * encoded.transpose()).inv() * encoded
    U = fmpq_mat([row[:k] for row in problem.U.tolist()])
    return U * U.transpose() * problem.X * P
