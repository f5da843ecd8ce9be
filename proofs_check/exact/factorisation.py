"""The loss with B fixed in whitened coordinates, ‖DF − A‖² plus a constant: derivatives, ideal,
search.

With X̃ = BX and X̃X̃ᵀ = I the network D·E·X̃ has E = F, and A = YX̃ᵀ. Nothing here uses the closed
forms of ``landscape``: these functions are the independent side of the comparison.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from scipy.optimize import least_squares
from sympy import QQ, Matrix, expand, groebner, symbols

__all__ = ["critical_values", "hessian", "only_critical_values", "search", "whitened"]

Array = NDArray[np.float64]


def whitened(X: Array, B: Array) -> Array:
    """A matrix with the row space of B and (BX)(BX)ᵀ = I on its range: the same network in other
    coordinates."""
    left, values, _ = np.linalg.svd(B @ X, full_matrices=False)
    keep = values > 1e-9 * values[0]
    return (left[:, keep] / values[keep]).T @ B


def hessian(D: Array, E: Array, X: Array, Y: Array) -> Array:
    """Second derivative of ‖DEX − Y‖² in (D row by row, E row by row), from Kronecker products."""
    (m, k), l = D.shape, len(X)
    EX, residual = E @ X, D @ E @ X - Y
    cross = np.einsum("ib,ap->iabp", D, EX @ X.T) + np.einsum(
        "ab,ip->iabp", np.eye(k), residual @ X.T
    )
    mixed = cross.reshape(m * k, k * l)
    return 2 * np.block(
        [[np.kron(np.eye(m), EX @ EX.T), mixed], [mixed.T, np.kron(D.T @ D, X @ X.T)]]
    )


def search(A: Array, k: int, rng: Generator, starts: int) -> Iterator[tuple[Array, Array]]:
    """Critical points (D, F) of ‖DF − A‖², saddles included, by minimising ‖gradient‖² from random
    starts."""
    m, l = A.shape
    size = np.linalg.norm(A, 2)

    def parts(z: Array) -> tuple[Array, Array]:
        return z[: m * k].reshape(m, k), z[m * k :].reshape(k, l)

    def gradient(z: Array) -> Array:
        D, F = parts(z)
        return np.concatenate([((D @ F - A) @ F.T).ravel(), (D.T @ (D @ F - A)).ravel()])

    def jacobian(z: Array) -> Array:
        return hessian(*parts(z), np.eye(l), A) / 2

    for _ in range(starts):
        start = rng.normal(scale=size**0.5 * rng.uniform(0.1, 1), size=k * (m + l))
        end = least_squares(
            gradient, start, jacobian, xtol=1e-15, ftol=1e-15, gtol=1e-15, max_nfev=400
        ).x
        if np.linalg.norm(gradient(end)) <= 1e-9 * size**1.5:
            yield parts(end)


def only_critical_values(Y: Matrix, k: int, values: Iterable[Any], X: Matrix | None = None) -> bool:
    """Whether ‖DEX − Y‖² has no critical value in D and E, real or complex, but these; X = I if
    left out; rational.

    It is so if the product of (L − value) lies in the ideal of the critical equations (Gröbner
    basis).
    """
    X = Matrix.eye(Y.cols) if X is None else X
    D, E = (
        Matrix(Y.rows, k, symbols(f"d:{Y.rows * k}")),
        Matrix(k, X.rows, symbols(f"e:{k * X.rows}")),
    )
    residual = D * E * X - Y
    equations = [expand(e) for e in [*(residual * (E * X).T), *(D.T * residual * X.T)]]
    basis = groebner([e for e in equations if e != 0], *D, *E, order="grevlex", domain=QQ)
    loss, rest = expand(sum(entry**2 for entry in residual)), 1
    for value in values:
        rest = basis.reduce(expand(rest * (loss - value)))[1]
    return rest == 0


def critical_values(eigenvalues: Iterable[Any], k: int, trace: Any) -> list[Any]:
    """trace − sum over I, for every index set I of at most k eigenvalues; distinct, lowest
    first."""
    values = list(eigenvalues)
    return sorted(
        {
            trace - sum(chosen)
            for q in range(min(k, len(values)) + 1)
            for chosen in combinations(values, q)
        }
    )
