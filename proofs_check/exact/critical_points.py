"""What a critical point of the network must satisfy, measured without the closed forms."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from flint import fmpq, fmpq_mat
from numpy.typing import NDArray

from landscape import CriticalPoint, EncoderDecoder
from proofs_check.exact.factorisation import hessian
from proofs_check.exact.inertia import numerical_inertia

__all__ = ["distinct_positive_eigenvalues", "faults_at", "is_minimum", "padded"]


Array = NDArray[np.float64]


def faults_at(point: CriticalPoint, network: tuple[Array, Array], X: Array, Y: Array) -> list[str]:
    """What is not as predicted at a realised critical point; X = (BX) whitened.

    Dividing E and Y by the size of Y is a congruence of the Hessian that brings D and E to the same
    scale.
    """
    D, E = network
    size = np.linalg.norm(Y)
    residual = D @ E @ X - Y
    scale = np.sum(Y**2)
    gradient = np.concatenate([(residual @ (E @ X).T).ravel(), (D.T @ residual @ X.T).ravel()])
    checks = {
        "gradient": bool(np.linalg.norm(gradient) <= 1e-7 * scale),
        "loss": bool(abs(np.sum(residual**2) - point.loss) <= 1e-9 * scale),
        "index": numerical_inertia(hessian(D, E / size, X, Y / size))
        == (point.index, point.nullity),
    }
    return [name for name, good in checks.items() if not good]


def distinct_positive_eigenvalues(X: Array, Y: Array, B: Array) -> int | None:
    """Number of distinct positive eigenvalues of Σ(B), exactly, or None if G is singular; B of full
    row rank.

    They are the roots of the characteristic polynomial of G⁻¹X̃YᵀYX̃ᵀ, which is real-rooted and
    non-negative; it is computed in rationals, and the roots are counted by its squarefree part.
    """
    encoded = _rational(B) * _rational(X)
    G, cross = encoded * encoded.transpose(), encoded * _rational(Y).transpose()
    if G.det() == 0:
        return None
    f = (G.inv() * cross * cross.transpose()).charpoly()
    squarefree = f // f.gcd(f.derivative())
    return squarefree.degree() - int(squarefree(fmpq(0)) == 0)


def _rational(a: Array) -> fmpq_mat:
    return fmpq_mat([[fmpq(*float(value).as_integer_ratio()) for value in row] for row in a])


def is_minimum(network: EncoderDecoder, X: Array, Y: Array) -> bool:
    """Whether EB has rank k, the gradient is small and the Hessian in all weights has no negative
    eigenvalue."""
    k = len(network.encoder)
    slope = np.linalg.norm(network.flatten(network.gradient(X, Y)))
    size = np.linalg.norm(network.flatten(network.parameters))
    full = np.linalg.matrix_rank(network.encoder @ network.butterfly.to_dense()) == k
    return bool(
        full
        and slope * size <= 1e-6 * np.sum(Y**2)
        and numerical_inertia(network.hessian(X, Y), 1e-7)[0] == 0
    )


def padded(values: Sequence[float], m: int, l: int) -> Array:
    """diag(values) of shape (m, l)."""
    A = np.zeros((m, l))
    np.fill_diagonal(A[: len(values), : len(values)], values)
    return A
