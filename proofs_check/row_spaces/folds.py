"""Search for folds of the set of row spaces: weights that reach one side of it only.

Where the weights move a row space W in less directions than elsewhere, some covector B on its
motions vanishes on all that they make. Along the directions that do not move W to first order they
move it to second order, by φ''; if ⟨B, φ''⟩ has one sign there, and is not 0, no row space nearby
lies on the other side. A gain that grows towards that side can have a maximum at W.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from fjlt.types import RealArray
from landscape import row_classes
from landscape.planes.row_spaces import RowSpaces

__all__ = ["Degenerate", "degenerate_point", "dominant_classes"]

STEPS, CLOSE, SMALL = 100, 1e-11, 1e-5
"""Most steps of the search, the residual at which it ends, and relative size that counts as 0."""


def dominant_classes(n: int) -> list[RowSpaces]:
    """Every class of outputs, and k < n, whose row spaces have the full dimension.

    Examples
    --------
    >>> len(dominant_classes(4)), len(dominant_classes(8))
    (10, 58)
    """
    every = [
        RowSpaces(n, kept.rows, k)
        for l in range(1, n + 1)
        for kept in row_classes(n, l)
        for k in range(1, min(l, n - 1) + 1)
    ]
    return [spaces for spaces in every if spaces.dominant]


@dataclass(frozen=True)
class Degenerate:
    """A point where the weights move the row space in less directions than elsewhere.

    Attributes
    ----------
    missing : int
        How many directions are missing.
    positive, negative : int
        Signs of ⟨B, φ''⟩ on the directions that do not move the row space.
    proper : bool
        Whether EB has rank k there, and no inner vector of the butterfly is zero.
    """

    missing: int
    positive: int
    negative: int
    proper: bool

    @property
    def definite(self) -> bool:
        """Whether it is a fold with one sign only."""
        return self.proper and bool(self.positive) != bool(self.negative)


def degenerate_point(spaces: RowSpaces, rng: Generator) -> Degenerate | None:
    """One such point, by the method of Levenberg and Marquardt from random variables.

    The equations say that B, of norm 1 and orthogonal to W, is orthogonal to ∂W by every variable.
    At first B is the direction in which the variables move W least. None if there is no solution,
    or where LAPACK's singular values do not converge, which happens.
    """
    try:
        return _searched(spaces, rng)
    except np.linalg.LinAlgError:
        return None


def _searched(spaces: RowSpaces, rng: Generator) -> Degenerate | None:
    x = spaces.rescaled(spaces.random(rng))
    across = _motions(spaces, x)[2]
    B = np.linalg.svd(across)[2][spaces.full - 1]
    z = np.concatenate([x, B])
    f, J = _equations(spaces, z)
    damping, size = 1e-2, float(f @ f)
    for _ in range(STEPS):
        if size < CLOSE**2:
            break
        normal = J.T @ J
        step = np.linalg.solve(normal + damping * np.eye(len(z)), J.T @ f)
        new, J_new = _equations(spaces, z - step)
        if new @ new < size:
            z, f, J, size = z - step, new, J_new, float(new @ new)
            damping = max(damping / 10, 1e-14)
        else:
            damping *= 10
    return _judged(spaces, z) if size < CLOSE**2 else None


def _equations(spaces: RowSpaces, z: RealArray) -> tuple[RealArray, RealArray]:
    """⟨B, ∂W⟩ by every variable, BWᵀ and ‖B‖² − 1; and their derivatives by variables and B."""
    V, k, n = spaces.size, spaces.k, spaces.n
    x, B = z[:V], z[V:].reshape(k, n)
    W, J = spaces.rows_at(x), spaces.jacobian(x)
    moves = np.swapaxes(J, 0, 1).reshape(V, k * n)
    f = np.concatenate([moves @ B.ravel(), (B @ W.T).ravel(), [np.sum(B * B) - 1]])
    D = np.zeros((len(f), len(z)))
    D[:V, :V], D[:V, V:] = spaces.curvature(x, B), moves
    # row a of B times row c of W
    D[V:-1, :V] = (B @ J.reshape(k * V, n).T).reshape(k * k, V)
    for a in range(k):
        D[V + a * k : V + (a + 1) * k, V + a * n : V + (a + 1) * n] = W
    D[-1, V:] = 2 * B.ravel()
    return f, D


def _motions(spaces: RowSpaces, x: RealArray) -> tuple[RealArray, RealArray, RealArray]:
    """W, its motions in itself, shape (k, V, k), and those across it, shape (V, k·n)."""
    W, J = spaces.rows_at(x), spaces.jacobian(x)
    within = J @ np.linalg.pinv(W)
    return W, within, np.swapaxes(J - within @ W, 0, 1).reshape(spaces.size, -1)


def _judged(spaces: RowSpaces, z: RealArray) -> Degenerate:
    """What the second derivatives say at a solution."""
    V, k, n = spaces.size, spaces.k, spaces.n
    x, B = z[:V], z[V:].reshape(k, n)
    W, within, across = _motions(spaces, x)
    _, sizes, directions = np.linalg.svd(across.T)
    rank = int((sizes > SMALL * sizes[0]).sum())
    # a motion within W turns the motions across it
    inner = np.einsum("an,avc->vcn", B, within).reshape(V, k * n)
    mixed = inner @ across.T
    H = spaces.curvature(x, B) - mixed - mixed.T
    kept = directions[rank:]
    signs = np.linalg.eigvalsh(kept @ H @ kept.T)
    zero = SMALL * np.abs(np.linalg.eigvalsh(H)).max()
    vectors = [np.linalg.norm(x[v]) for pair in spaces.rescalings for v in pair if len(v)]
    proper = np.linalg.cond(W) < 1 / SMALL and min(vectors) > SMALL * max(vectors)
    return Degenerate(
        spaces.full - rank, int((signs > zero).sum()), int((signs < -zero).sum()), bool(proper)
    )
