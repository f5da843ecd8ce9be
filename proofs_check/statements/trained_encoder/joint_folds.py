"""Full dimension does not exclude spurious minima: the set of row spaces has folds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product

import numpy as np
from flint import fmpq, fmpq_mat

from fjlt.types import RealArray
from landscape.planes.row_spaces import RowSpaces
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
from proofs_check.exact.inertia import rational_inertia
from proofs_check.exact.planted import diagonal
from proofs_check.row_spaces.gain import expansion, hessian
from proofs_check.row_spaces.points import (
    doubled,
    forms,
    places,
    rows_and_moves,
)

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


class Fold:
    """The plane at the variables of a fold, how they move it, and the gain about it."""

    def __init__(self, targets: fmpq_mat, encoder: Sequence[Sequence[int]] = E) -> None:
        self.x = point(encoder)
        self.W, self.moves = rows_and_moves(SPACES, self.x)
        self.forms = forms(fmpq_mat(X), targets)

    def along(self, V: fmpq_mat) -> tuple[fmpq, fmpq, fmpq]:
        """The coefficients of 1, t and t² of the gain of W + tV."""
        return expansion(self.W, V, *self.forms)

    @property
    def gains(self) -> tuple[fmpq, fmpq]:
        """At the plane, and where the weights that read the inputs ``TURNED`` are doubled."""
        n = SPACES.n
        scales = diagonal([1 + (c in TURNED) for c in range(n)], n, n)
        nothing = fmpq_mat(SPACES.k, n)
        better = expansion(self.W * scales, nothing, *self.forms)[0]
        return self.along(nothing)[0], better

    @property
    def critical(self) -> bool:
        """Whether all derivatives of the gain by the variables vanish."""
        return not any(self.along(move)[1] for move in self.moves)

    def hessian(self, variables: Sequence[int]) -> fmpq_mat:
        """Second derivatives of the gain by these variables."""
        return hessian(SPACES, self.x, self.forms, variables)

    def moved(self, turns: Mapping[int, tuple[int, int]] | None = None) -> int:
        """In how many directions the variables move the row space.

        With turns, a variable moves one more coordinate too: (which one, by how much).
        """
        k, n = SPACES.k, SPACES.n
        rows = [move.entries() + [fmpq(0)] * (n // 2) for move in self.moves]
        for v, (q, change) in (turns or {}).items():
            rows[v][k * n + q] = fmpq(change)
        # row b added to row a: a change of basis
        for a, b in product(range(k), repeat=2):
            change_of_basis = [fmpq(0)] * len(rows[0])
            change_of_basis[a * n : (a + 1) * n] = [self.W[b, c] for c in range(n)]
            rows.append(change_of_basis)
        return int(fmpq_mat(rows).rank()) - k * k


def lifted(fold: Fold) -> int:
    """In how many directions the row space moves with the lines of the even nodes.

    Node 2q of the first layer has the pair of weights r_q, and a line turns by r_q ∧ r_q'.
    """
    turns = {}
    for v, place in enumerate(places(SPACES)):
        layer, node, crossed = place
        if layer == 0 and node % 2 == 0:
            a, b = WEIGHTS[0][2 * node : 2 * node + 2]
            turns[v] = (node // 2, a if crossed else -b)
    return fold.moved(turns)


def spurious(fold: Fold) -> bool:
    """Whether the gain has a nondegenerate maximum at the fold, and is larger at the other plane.

    Near it, row spaces W are pairs (W, R) with dim (W ∩ R) = 2, where R is spanned by the four
    directions r_q: a manifold of dimension 16, onto which the variables map with rank 16.
    """
    here, there = fold.gains
    return (
        lifted(fold) == SPACES.full
        and fold.critical
        and rational_inertia(fold.hessian(VARIABLES)) == (SPACES.full, 0)
        and there > here
    )


def _fold(context: Context) -> Finding:
    targets = fmpq_mat(Y)
    fold = Fold(targets)
    total = sum((y * y for y in targets.entries()), fmpq(0))
    losses = [total - value for value in fold.gains]
    moved, rank = fold.moved(), lifted(fold)
    loss, better = (float(value / total) for value in losses)
    _, weights = SPACES.weights_at(fold.x)
    return Finding.of(
        spurious(fold) and SPACES.dominant,
        Bearing.REFUTES,
        f"n = {SPACES.n}, outputs {SPACES.rows}, k = {SPACES.k}: the row spaces have the full "
        f"dimension {SPACES.full}. At integer weights, with 8 × 8 data, all {SPACES.size} "
        f"derivatives of the gain vanish. The weights move the row space in {moved} directions "
        "only: this is a fold. With the four directions in which the even nodes of the first layer "
        f"lie they move in {rank}, as many as such pairs have dimensions. In {len(VARIABLES)} "
        "variables the Hessian is negative definite. So the loss has a strict minimum, up to "
        f"motions that change no output: {loss:.4g} of ‖Y‖_F². Doubling four weights lowers it to "
        f"{better:.4g}.",
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
    return not spurious(Fold(fmpq_mat(Y), moved))


def _diagonal_targets(context: Context) -> bool:
    """Whether the plane is seen to be no maximum for targets that do not push towards the fold.

    Without the entries off the diagonal the plane is spanned by eigenvectors.
    """
    fold = Fold(diagonal([line[i] for i, line in enumerate(Y)], len(Y), len(Y)))
    return fold.critical and not spurious(fold)


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
