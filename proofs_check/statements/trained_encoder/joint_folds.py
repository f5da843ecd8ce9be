"""Full dimension does not exclude spurious minima: the set of row spaces has folds."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import numpy as np
from flint import fmpq, fmpq_mat

from fjlt.types import RealArray
from landscape.planes.row_spaces import FREE, RowSpaces
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
from proofs_check.counts.exact_row_spaces import doubled, gain, places, rational
from proofs_check.exact.inertia import rational_inertia

__all__ = ["CLAIM"]

SPACES = RowSpaces(8, range(5), 4)
"""All 4-planes nearby are row spaces of the outputs 0 to 4, where these move freely."""

E = [[-3, -2, -1, 0, 1], [0, -2, -2, 0, 2], [-1, 0, -3, -2, -3], [4, 0, -4, -2, -4]]
WEIGHTS = [
    [-1, 1, 2, -3, -1, 1, 1, -2, -1, 1, 1, -2, -1, 1, 3, -4],
    [1, -1, 1, -2, 1, 1, -3, 2, 1, -1, 1, 0, -1, -1, 1, 0],
]
"""The free weights of the first two layers, output by output."""

X = [
    [-1, 18, 0, 0, 0, 3, 0, 0],
    [0, 0, 0, 0, 0, 0, 3, 0],
    [0, -1, 0, 0, 1, 0, 0, 0],
    [0, 0, 0, 0, 0, 0, 0, 3],
    [10, -100, -4, 3, 5, -15, 12, -9],
    [8, -78, -3, 1, 3, -12, 9, -3],
    [16, -154, -6, 2, 5, -24, 18, -6],
    [12, -112, -4, -1, 2, -18, 12, 3],
]
Y = [
    [90, 0, 0, 0, 30, 0, 0, 10],
    [0, 450, 0, 0, 0, 6, 6, 0],
    [0, 0, 450, 0, -6, 0, 0, -2],
    [0, 0, 0, 450, 0, -6, -6, 0],
    [0, 0, 0, 0, 180, 0, 0, 0],
    [0, 0, 0, 0, 0, 45, 0, 0],
    [0, 0, 0, 0, 0, 0, 45, 0],
    [0, 0, 0, 0, 0, 0, 0, 45],
]
"""Targets, 90 times as large as in the theory page."""

TURNED = 0, 2
"""Inputs whose weights are doubled to reach the better plane."""

VARIABLES = (0, 5, 10, 15, 20, 21, 22, 23, 24, 25, 26, 27, 28, 30, 32, 38)
"""Sixteen variables in which the gain is concave."""


def point(encoder: Sequence[Sequence[int]] = E) -> RealArray:
    """The variables of the fold."""
    return np.array([x for line in (*encoder, *WEIGHTS) for x in line], dtype=float)


class Expansion:
    """The gain f = tr K⁻¹L, K = WCWᵀ and L = WMWᵀ, to second order in the variables, exactly."""

    def __init__(self, x: RealArray, targets: fmpq_mat) -> None:
        data, n, k = fmpq_mat(X), SPACES.n, SPACES.k
        cross = targets * data.transpose()
        self.C, self.M = data * data.transpose(), cross.transpose() * cross
        # W and its derivatives are sums of products of small integers, exact in floating point
        self.W, derivatives = rational(SPACES.rows_at(x)), SPACES.jacobian(x)
        self.moves = [rational(derivatives[:, v]) for v in range(SPACES.size)]
        units = np.eye(k * n).reshape(k * n, k, n)
        self.bends = [SPACES.curvature(x, entry) for entry in units]
        self.inverse = (self.W * self.C * self.W.transpose()).inv()
        self.T = self.inverse * self.W * self.M * self.W.transpose() * self.inverse
        self.slope = 2 * (self.inverse * self.W * self.M - self.T * self.W * self.C)

    @property
    def gradient(self) -> list[fmpq]:
        """The derivatives of f by the variables."""
        return [_dot(self.slope, move) for move in self.moves]

    def hessian(self, variables: Sequence[int]) -> fmpq_mat:
        """Second derivatives of f.

        For motions U and V of W, with K' = UCWᵀ + WCUᵀ, L' likewise and P = K⁻¹: 2⟨PUM − TUC, V⟩ +
        ⟨P', L'⟩ − ⟨T', K'⟩, where T' = P'LP + PL'P + PLP'; and the slope in W times the second
        derivative of W.
        """
        chosen = [self.moves[v] for v in variables]
        P, T, W = self.inverse, self.T, self.W
        L = W * self.M * W.transpose()
        turned = [P * U * self.M - T * U * self.C for U in chosen]
        dK, dL = ([_symmetric(U * A * W.transpose()) for U in chosen] for A in (self.C, self.M))
        dP = [-1 * P * change * P for change in dK]
        dT = [_symmetric(p * L * P) + P * l * P for p, l in zip(dP, dL, strict=True)]
        slope, size = self.slope.entries(), len(chosen)
        H = fmpq_mat(size, size)
        for a, b in product(range(size), repeat=2):
            H[a, b] = 2 * _dot(turned[a], chosen[b]) + _dot(dP[a], dL[b]) - _dot(dT[a], dK[b])
            H[a, b] += sum(
                (
                    entry * int(bend[variables[a], variables[b]])
                    for entry, bend in zip(slope, self.bends, strict=True)
                ),
                fmpq(0),
            )
        return H

    def moved(self) -> int:
        """In how many directions the variables move the row space."""
        k, n = self.W.nrows(), self.W.ncols()
        changes = [
            fmpq_mat(k, n, [self.W[b, c] * (row == a) for row in range(k) for c in range(n)])
            for a, b in product(range(k), repeat=2)
        ]
        both = fmpq_mat([move.entries() for move in (*self.moves, *changes)])
        return int(both.rank()) - k * k


def _dot(a: fmpq_mat, b: fmpq_mat) -> fmpq:
    return sum((x * y for x, y in zip(a.entries(), b.entries(), strict=True)), fmpq(0))


def _symmetric(a: fmpq_mat) -> fmpq_mat:
    return a + a.transpose()


def lifted() -> int:
    """The rank of the variables to (row space, the directions r_q of the even first nodes).

    r_q is the pair of weights of node 2q, up to scale; its motion is r_q ∧ r_q'.
    """
    expansion = Expansion(point(), fmpq_mat(Y))
    first, k, n = SPACES.state.shape[0], SPACES.k, SPACES.n
    assert first == 3
    rows = [move.entries() for move in expansion.moves]
    start = SPACES.size - int((SPACES.state == FREE).sum())
    for v, entries in enumerate(rows):
        turn = [fmpq(0)] * (n // 2)
        place = v - start
        if 0 <= place < 2 * n and (place // 2) % 2 == 0:
            # weight 0 or 1 of node 2q of the first layer
            q, crossed = place // 4, place % 2
            a, b = WEIGHTS[0][4 * q : 4 * q + 2]
            turn[q] = fmpq(a if crossed else -b)
        entries += turn
    for a, b in product(range(k), repeat=2):
        change = [expansion.W[b, c] * (row == a) for row in range(k) for c in range(n)]
        rows.append(change + [fmpq(0)] * (n // 2))
    return int(fmpq_mat(rows).rank()) - k * k


def gains(expansion: Expansion, targets: fmpq_mat) -> tuple[fmpq, fmpq]:
    """At the plane, and at that of the weights with those that read the inputs turned doubled."""
    scales = rational(np.diag([1.0 + (c in TURNED) for c in range(SPACES.n)]))
    data = fmpq_mat(X)
    return gain(expansion.W, data, targets), gain(expansion.W * scales, data, targets)


def spurious(targets: fmpq_mat, encoder: Sequence[Sequence[int]] = E) -> bool:
    """Whether the gain has a nondegenerate maximum at the fold, and is larger at the other plane.

    Near it, row spaces W are pairs (W, R) with dim (W ∩ R) = 2, where R is spanned by the four
    directions r_q: a manifold of dimension 16, onto which the variables map with rank 16.
    """
    expansion = Expansion(point(encoder), targets)
    here, there = gains(expansion, targets)
    return (
        not any(expansion.gradient)
        and rational_inertia(expansion.hessian(VARIABLES)) == (SPACES.full, 0)
        and expansion.hessian(range(SPACES.size)).rank() == SPACES.full
        and there > here
    )


def _fold(context: Context) -> Finding:
    targets = fmpq_mat(Y)
    expansion = Expansion(point(), targets)
    losses = [_dot(targets, targets) - value for value in gains(expansion, targets)]
    moved, rank = expansion.moved(), lifted()
    loss, better = (float(value / _dot(targets, targets)) for value in losses)
    _, weights = SPACES.weights_at(point())
    return Finding.of(
        spurious(targets) and SPACES.dominant and rank == SPACES.full,
        Bearing.REFUTES,
        f"n = {SPACES.n}, outputs {SPACES.rows}, k = {SPACES.k}: the row spaces have the full "
        f"dimension {SPACES.full}. At integer weights, with 8 × 8 data, all {SPACES.size} "
        f"derivatives of the gain vanish, and its Hessian has {SPACES.full} negative eigenvalues "
        f"and {SPACES.size - SPACES.full} zeros. The weights move the row space in {moved} "
        "directions only: this is a fold. With the four directions in which the even nodes of the "
        f"first layer lie they move in {rank}, as many as such pairs have dimensions. So the zeros "
        "belong to motions that change no output, and the loss has a strict minimum up to these, "
        f"{loss:.4g} of ‖Y‖_F². Doubling four weights lowers it to {better:.4g}.",
        1,
        numbers={"moved": moved, "loss": str(losses[0]), "better": str(losses[1])},
        scope="one data set, n = 8",
        certificate={
            "kind": "fold",
            "X": X,
            "Y": Y,
            "E": E,
            "weights": weights.astype(int).tolist(),
            "better": doubled(weights, TURNED).astype(int).tolist(),
            "variables": [places(SPACES)[v] for v in VARIABLES],
            "moved": moved,
            "losses": [str(value) for value in losses],
        },
    )


def _off_the_fold(context: Context) -> bool:
    """Whether a plane nearby is seen not to be critical."""
    moved = [list(line) for line in E]
    moved[0][0] += 1
    return not spurious(fmpq_mat(Y), moved)


def _diagonal_targets(context: Context) -> bool:
    """Whether the plane is seen to be no maximum for targets that do not push towards the fold.

    Without the entries off the diagonal the plane is spanned by eigenvectors.
    """
    diagonal = fmpq_mat([[x * (i == j) for j, x in enumerate(line)] for i, line in enumerate(Y)])
    expansion = Expansion(point(), diagonal)
    return not any(expansion.gradient) and not spurious(diagonal)


CLAIM = Claim(
    id="joint-folds",
    title="Full dimension of the row spaces excludes spurious minima",
    source="Beyond the paper: what training the butterfly does to the landscape",
    statement=r"Let $XX^\top$ be invertible, and let the row spaces $EB$ have the full dimension "
    r"$k(n-k)$. Then every local minimum in $D$, $E$ and the weights at which $EB$ has rank $k$ is "
    r"global.",
    expected=Verdict.REFUTED,
    correction=r"It is so where the weights move the row space in $k(n-k)$ directions "
    r"(joint-submersion). At $n = 8$, $k = 4$ and the outputs 0 to 4 there are folds, where they "
    r"move it in <<a fold:moved>>, and some data have a minimum there that is not global.",
    depends_on=("joint-submersion", "reachable"),
    checks=(Check("a fold", Grade.EXACT, "derivatives of the gain in rational numbers", _fold),),
    controls=(
        Control("a plane off the fold", _off_the_fold),
        Control("targets that do not push towards the fold", _diagonal_targets),
    ),
)
