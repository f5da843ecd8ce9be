"""What must hold at a critical point of the network, measured without the closed forms."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations, product
from typing import Any

import numpy as np
from flint import fmpq
from numpy.random import Generator

from fjlt.types import RealArray
from landscape import CriticalPoint, EncoderDecoder
from proofs_check.exact.factorisation import hessian
from proofs_check.exact.inertia import integer_inertia, numerical_inertia
from proofs_check.exact.planted import rational

__all__ = [
    "Shape",
    "Stratum",
    "distinct_positive_eigenvalues",
    "faults_at",
    "indices",
    "integer_points",
    "integers",
    "is_minimum",
    "padded",
    "stored",
    "strata",
    "tie_patterns",
    "unit_points",
]

Shape = tuple[int, int, int]
"""(m, l, k)."""

Stratum = tuple[Sequence[int], int, int]
"""A class (I, t_D, t_E), with I 0-based."""


def faults_at(
    point: CriticalPoint, network: tuple[RealArray, RealArray], X: RealArray, Y: RealArray
) -> list[str]:
    """Which of "gradient", "loss" and "index" differ from what is predicted for a realised point.

    Parameters
    ----------
    point : CriticalPoint
        What is predicted: loss, index and nullity.
    network : (D, E)
        The realised point.
    X, Y : (l, d) and (m, d) arrays
        The encoded data BX, whitened, and the targets.
    """
    D, E = network
    size = np.linalg.norm(Y)
    residual = D @ E @ X - Y
    scale = np.sum(Y**2)
    gradient = np.concatenate([(residual @ (E @ X).T).ravel(), (D.T @ residual @ X.T).ravel()])
    checks = {
        "gradient": bool(np.linalg.norm(gradient) <= 1e-7 * scale),
        "loss": bool(abs(np.sum(residual**2) - point.loss) <= 1e-9 * scale),
        # Dividing E and Y by ‖Y‖ is a congruence of the Hessian, which keeps its signature
        # (Sylvester) and brings D and E to the same scale.
        # Near a singular value of A that is small, so are eigenvalues, though far above rounding.
        "index": numerical_inertia(hessian(D, E / size, X, Y / size), 1e-12)
        == (point.index, point.nullity),
    }
    return [name for name, good in checks.items() if not good]


def distinct_positive_eigenvalues(X: RealArray, Y: RealArray, B: RealArray) -> int | None:
    """Number of distinct positive eigenvalues of Σ(B), exactly; None if G = BX(BX)ᵀ is singular.

    The entries of X, Y and B are taken as the rationals that they are in binary.
    """
    encoded = rational(B) * rational(X)
    G, cross = encoded * encoded.transpose(), encoded * rational(Y).transpose()
    if G.det() == 0:
        return None
    # Σ(B) = YX̃ᵀG⁻¹X̃Yᵀ and G⁻¹X̃YᵀYX̃ᵀ have the same non-zero eigenvalues, all positive
    f = (G.inv() * cross * cross.transpose()).charpoly()
    # f is real-rooted, so its squarefree part f/gcd(f, f') has as many roots as f has distinct ones
    squarefree = f // f.gcd(f.derivative())
    return squarefree.degree() - int(squarefree(fmpq(0)) == 0)


def is_minimum(network: EncoderDecoder, X: RealArray, Y: RealArray) -> bool:
    """Whether second-order conditions for a minimum in all weights hold in floating point.

    The gradient is small, the Hessian has no negative eigenvalue, and EB has full rank k.
    """
    k = len(network.encoder)
    slope = np.linalg.norm(network.flatten(network.gradient(X, Y)))
    size = np.linalg.norm(network.flatten(network.parameters))
    full = np.linalg.matrix_rank(network.encoder @ network.butterfly.to_dense()) == k
    return bool(
        full
        and slope * size <= 1e-6 * np.sum(Y**2)
        and numerical_inertia(network.hessian(X, Y), 1e-7)[0] == 0
    )


def padded(values: Sequence[float], m: int, l: int) -> RealArray:
    """The matrix diag(values) of shape (m, l), the rest zero.

    Examples
    --------
    >>> padded([2, 1], 2, 3)
    array([[2., 0., 0.],
           [0., 1., 0.]])
    """
    A = np.zeros((m, l))
    np.fill_diagonal(A[: len(values), : len(values)], values)
    return A


def strata(rank: int, shape: Shape) -> Iterator[tuple[tuple[int, ...], int, int]]:
    """Every class: |I| <= k, t_D <= m − r, t_E <= l − r and t_D + t_E <= k − |I|."""
    m, l, k = shape
    for q in range(min(k, rank) + 1):
        for t_D, t_E in product(range(min(m - rank, k - q) + 1), range(min(l - rank, k - q) + 1)):
            if t_D + t_E <= k - q:
                yield from ((chosen, t_D, t_E) for chosen in combinations(range(rank), q))


def tie_patterns(rank: int) -> Iterator[list[int]]:
    """``rank`` non-increasing positive integers, once for every pattern of equal ones."""
    for steps in product((0, 1), repeat=max(rank - 1, 0)):
        yield [1 + sum(steps[i:]) for i in range(rank)]


def integer_points(
    values: Sequence[int], shape: Shape, classes: Sequence[Stratum], rng: Generator
) -> tuple[RealArray, RealArray]:
    """An integer critical point (DC, C⁻¹F) of ‖DF − diag(values)‖² in each of several classes.

    The gauge C is a random integer matrix with determinant 1, so that C⁻¹ is an integer matrix too.

    Returns
    -------
    D, F : ndarray, shapes (number of classes, m, k) and (number of classes, k, l)
    """
    (m, l, k), r = shape, len(values)
    D, F = np.zeros((len(classes), m, k)), np.zeros((len(classes), k, l))
    for number, (chosen, t_D, t_E) in enumerate(classes):
        q = len(chosen)
        for unit, i in enumerate(chosen):
            D[number, i, unit], F[number, unit, i] = 1, values[i]
        # idle units: t_D of them have D in ker Aᵀ and F = 0, t_E of them D = 0 and F in ker A
        D[number, r : r + t_D, q : q + t_D] = np.eye(t_D)
        F[number, k - t_E :, r : r + t_E] = np.eye(t_E)
    triangles = np.eye(k) + np.tril(rng.integers(-1, 2, (len(classes), 2, k, k)), -1)
    C = triangles[:, 0] @ np.swapaxes(triangles[:, 1], 1, 2)
    return D @ C, np.rint(np.linalg.inv(C)) @ F


def indices(values: list[int], m: int, l: int, k: int) -> dict[tuple[int, ...], tuple[int, int]]:
    """{I: exact (index, nullity) at a critical point of I} for A = diag(values) of shape (m, l).

    The index sets I are 1-based and have at most k elements; those whose point is not critical are
    left out.
    """
    A, table = padded(values, m, l), {}
    for chosen, D, F in unit_points(values, m, l, k):
        if ((D @ F - A) @ F.T).any() or (D.T @ (D @ F - A)).any():
            continue
        second = np.rint(hessian(D, F, np.eye(l), A)).astype(np.int64)
        table[chosen] = integer_inertia(second)
    return table


def unit_points(
    values: Sequence[int], m: int, l: int, k: int
) -> Iterator[tuple[tuple[int, ...], RealArray, RealArray]]:
    """(I, D, F) for every I with at most k elements, 1-based, for A = diag(values) of shape (m, l).

    D and F have one hidden unit for each chosen singular pair, which here are unit vectors.
    """
    for q in range(min(k, len(values)) + 1):
        for chosen in combinations(range(len(values)), q):
            D, F = np.zeros((m, k)), np.zeros((k, l))
            for unit, i in enumerate(chosen):
                D[i, unit], F[unit, i] = 1, values[i]
            yield tuple(i + 1 for i in chosen), D, F


def stored(
    values: Sequence[int], A: RealArray, points: Iterable[tuple[RealArray, RealArray]]
) -> dict[str, Any]:
    """Integer critical points (D, F) of ‖DF − A‖² for a certificate, with X = I and Y = A."""
    one = np.eye(A.shape[1])
    return {
        "values": list(values),
        "X": integers(one),
        "Y": integers(A),
        "points": [{"D": integers(D), "E": integers(F)} for D, F in points],
    }


def integers(a: RealArray) -> list[list[int]]:
    """A matrix of integers that are stored, exactly, in floating point."""
    return a.astype(np.int64).tolist()
