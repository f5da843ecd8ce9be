"""The loss with B fixed, ‖DF − A‖² plus a constant: derivatives, critical ideal, search.

In whitened coordinates, where X̃ = BX and X̃X̃ᵀ = I, the loss ‖DEX̃ − Y‖² is ‖DE − A‖² plus a constant
with A = YX̃ᵀ. Nothing here uses the closed forms of ``landscape``: the claims compare the two.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations
from typing import Any

import numpy as np
from numpy.random import Generator
from scipy.optimize import least_squares
from sympy import QQ, Integer, Matrix, expand, groebner, symbols

from fjlt.types import RealArray

__all__ = ["are_the_critical_values", "critical_values", "hessian", "search", "whitened"]


def whitened(X: RealArray, B: RealArray) -> RealArray:
    """A matrix B' with the row space of B and B'X(B'X)ᵀ = I: the same network in other coordinates.

    Directions in which BX is numerically zero are dropped.
    """
    left, values, _ = np.linalg.svd(B @ X, full_matrices=False)
    keep = values > 1e-9 * values[0]
    return (left[:, keep] / values[keep]).T @ B


def hessian(D: RealArray, E: RealArray, X: RealArray, Y: RealArray) -> RealArray:
    """The Hessian of ‖DEX − Y‖² in the entries of D, then of E, row by row.

    The diagonal blocks are Kronecker products; the mixed block has a term that holds the residual.
    """
    (m, k), l = D.shape, len(X)
    EX, residual = E @ X, D @ E @ X - Y
    cross = np.einsum("ib,ap->iabp", D, EX @ X.T) + np.einsum(
        "ab,ip->iabp", np.eye(k), residual @ X.T
    )
    mixed = cross.reshape(m * k, k * l)
    return 2 * np.block(
        [[np.kron(np.eye(m), EX @ EX.T), mixed], [mixed.T, np.kron(D.T @ D, X @ X.T)]]
    )


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
    D, E = (
        Matrix(Y.rows, k, symbols(f"d:{Y.rows * k}")),
        Matrix(k, X.rows, symbols(f"e:{k * X.rows}")),
    )
    # the gradients in D and in E
    residual = D * E * X - Y
    equations = [expand(e) for e in [*(residual * (E * X).T), *(D.T * residual * X.T)]]
    basis = groebner([e for e in equations if e != 0], *D, *E, order="grevlex", domain=QQ)
    loss = expand(sum(entry**2 for entry in residual))
    # remainders of the product of all factors so far, and of the products with one left out; a
    # product lies in the ideal if its remainder is 0, and reducing after each factor keeps it small
    every, without = Integer(1), list[Any]()
    for value in values:
        without = [basis.reduce(expand(rest * (loss - value)))[1] for rest in without] + [every]
        every = basis.reduce(expand(every * (loss - value)))[1]
    return every == 0 and all(rest != 0 for rest in without)


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
