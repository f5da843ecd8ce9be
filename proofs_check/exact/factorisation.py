"""The loss with B fixed, ‖DF − A‖² plus a constant: derivatives, critical ideal, search.

In whitened coordinates, where X̃ = BX and X̃X̃ᵀ = I, the loss ‖DEX̃ − Y‖² is ‖DE − A‖² plus a constant
with A = YX̃ᵀ. Nothing here uses the closed forms of ``landscape``: the claims compare the two.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations
from math import lcm
from typing import Any

import numpy as np
from flint import fmpz_mpoly, fmpz_mpoly_ctx, fmpz_mpoly_vec
from numpy.random import Generator
from scipy.optimize import least_squares
from sympy import Matrix, Rational

from fjlt.types import Array, RealArray

__all__ = [
    "are_the_critical_values",
    "critical_values",
    "groebner_basis",
    "hessian",
    "search",
    "unknown_matrices",
    "whitened",
]


def whitened(X: RealArray, B: RealArray) -> RealArray:
    """A matrix B' with the row space of B and B'X(B'X)ᵀ = I: the same network in other coordinates.

    Directions in which BX is numerically zero are dropped.
    """
    left, values, _ = np.linalg.svd(B @ X, full_matrices=False)
    keep = values > 1e-9 * values[0]
    return (left[:, keep] / values[keep]).T @ B


def hessian(D: RealArray, E: RealArray, X: RealArray, Y: RealArray) -> RealArray:
    """The Hessian of ‖DEX − Y‖² in the entries of D, then of E, row by row.

    D and E may have leading axes in common: a batch.
    """
    (*batch, m, k), l = D.shape, len(X)
    EX, residual = E @ X, D @ E @ X - Y
    # the diagonal blocks are Kronecker products; the mixed block has a term that holds the residual
    first = np.einsum("ij,...ab->...iajb", np.eye(m), EX @ np.swapaxes(EX, -1, -2))
    second = np.einsum("...ab,pq->...apbq", np.swapaxes(D, -1, -2) @ D, X @ X.T)
    cross = np.einsum("...ib,...ap->...iabp", D, EX @ X.T) + np.einsum(
        "ab,...ip->...iabp", np.eye(k), residual @ X.T
    )
    mixed = cross.reshape(*batch, m * k, k * l)
    top = np.concatenate([first.reshape(*batch, m * k, m * k), mixed], axis=-1)
    low = np.concatenate(
        [np.swapaxes(mixed, -1, -2), second.reshape(*batch, k * l, k * l)], axis=-1
    )
    return 2 * np.concatenate([top, low], axis=-2)


def search(
    A: RealArray, k: int, rng: Generator, starts: int
) -> Iterator[tuple[RealArray, RealArray]]:
    """Critical points (D, F) of ‖DF − A‖² with k hidden units, saddles included.

    ‖gradient‖² is minimised from each of ``starts`` random points. Ends with a gradient that is not
    small are dropped.
    """
    m, l = A.shape
    size = np.linalg.norm(A, 2)

    def parts(z: RealArray) -> tuple[RealArray, RealArray]:
        return z[: m * k].reshape(m, k), z[m * k :].reshape(k, l)

    def gradient(z: RealArray) -> RealArray:
        D, F = parts(z)
        return np.concatenate([((D @ F - A) @ F.T).ravel(), (D.T @ (D @ F - A)).ravel()])

    def jacobian(z: RealArray) -> RealArray:
        return hessian(*parts(z), np.eye(l), A) / 2

    for _ in range(starts):
        start = rng.normal(scale=size**0.5 * rng.uniform(0.1, 1), size=k * (m + l))
        end = least_squares(
            gradient, start, jacobian, xtol=1e-15, ftol=1e-15, gtol=1e-15, max_nfev=400
        ).x
        if np.linalg.norm(gradient(end)) <= 1e-9 * size**1.5:
            yield parts(end)


def are_the_critical_values(
    Y: Matrix, k: int, values: Iterable[Any], X: Matrix | None = None
) -> bool:
    """Whether these are the critical values of ‖DEX − Y‖² in D and E: all, and no others.

    Complex critical points count. True is a proof. The product of the factors L − value lies in the
    ideal of the critical equations, so that it vanishes at every critical point. Without any one of
    the factors it does not lie there: so that factor is no unit modulo the ideal, and vanishes at a
    critical point. A Gröbner basis decides both.

    Parameters
    ----------
    Y : sympy.Matrix
        Rational.
    k : int
        Number of hidden units.
    values : iterable
        Different rational numbers.
    X : sympy.Matrix, optional
        Rational; by default the identity.

    Examples
    --------
    >>> A = Matrix([[2, 0], [0, 1]])
    >>> [are_the_critical_values(A, 1, values) for values in ([1, 4, 5], [1, 5], [0, 1, 4, 5])]
    [True, False, False]
    """
    X = Matrix.eye(Y.cols) if X is None else X
    D, E = unknown_matrices((Y.rows, k), (k, X.rows))
    # c·X and c·Y are matrices of integers, for which the loss is c² times as large
    c = lcm(*(int(entry.q) for entry in [*X, *Y]))
    X, Y = (np.array([[int(c * x) for x in row] for row in a.tolist()], object) for a in (X, Y))
    residual = D @ E @ X - Y
    # the gradients in D and in E
    basis = groebner_basis([*(residual @ (E @ X).T).flat, *(D.T @ residual @ X.T).flat])
    loss = np.sum(residual**2)
    # remainders of the product of all factors so far, and of the products with one left out, up to
    # rational factors; a product lies in the ideal if its remainder is 0, and reducing after each
    # factor keeps it small
    every, without = loss.context().constant(1), list[fmpz_mpoly]()
    for value in map(Rational, values):
        factor = loss * int(value.q) - c**2 * int(value.p)
        without = [(rest * factor).reduction_primitive_part(basis) for rest in without] + [every]
        every = (every * factor).reduction_primitive_part(basis)
    return every.is_zero() and not any(rest.is_zero() for rest in without)


def unknown_matrices(*shapes: tuple[int, int]) -> Iterator[Array]:
    """Matrices of unknowns, polynomials over the integers in the order grevlex."""
    sizes = [m * n for m, n in shapes]
    names = [f"x{i}" for i in range(sum(sizes))]
    # Gröbner bases of critical equations take least time if the last matrix comes first
    unknowns = iter(fmpz_mpoly_ctx.get(names, "degrevlex").gens()[::-1])
    for shape in shapes:
        # NumPy would take a list of polynomials for a matrix
        matrix = np.empty(shape, dtype=object)
        for place in np.ndindex(shape):
            matrix[place] = next(unknowns)
        yield matrix


def groebner_basis(forms: Sequence[fmpz_mpoly]) -> fmpz_mpoly_vec:
    """The reduced Gröbner basis of an ideal over the rationals, up to rational factors.

    Examples
    --------
    >>> ((x, y),) = next(unknown_matrices((1, 2)))
    >>> print(groebner_basis([x * y - 1, x**2 - y]))
    [x0*x1 - 1, x1^2 - x0, x0^2 - x1]
    """
    given = fmpz_mpoly_vec([form for form in forms if not form.is_zero()], forms[0].context())
    return given.autoreduction().buchberger_naive().autoreduction()


def critical_values(eigenvalues: Iterable[Any], k: int, trace: Any) -> list[Any]:
    """The distinct losses trace − (sum of at most k of the eigenvalues), lowest first."""
    values = list(eigenvalues)
    return sorted(
        {
            trace - sum(chosen)
            for q in range(min(k, len(values)) + 1)
            for chosen in combinations(values, q)
        }
    )
