"""Full dimension does not exclude spurious minima: the set of row spaces has folds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import product

import numpy as np
from flint import fmpq, fmpq_mat
from numpy.random import Generator

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
from proofs_check.row_spaces.folds import degenerate_point, dominant_classes
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

WIDER = RowSpaces(8, (0, 1, 2, 3, 4, 6), 4)
"""With one more even output, and the same fold."""

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
"""Sixteen variables of the outputs 0 to 4 in which the gain is concave."""

EACH = 8, 100
"""Searches for a fold in every class, in the quick and in the full profile."""
EACH_OF_SIXTEEN = 10
"""Searches in every class of n = 16, in the full profile."""


def point(encoder: Sequence[Sequence[int]] = E, spaces: RowSpaces = SPACES) -> RealArray:
    """The variables of the fold.

    The outputs 2 and 6 of ``WIDER`` are two nodes of which output 2 of ``SPACES`` is the sum.
    """
    columns = [SPACES.rows.index(2 if r == 6 else r) for r in spaces.rows]
    wide = [[line[t] for t in columns] for line in encoder]
    return np.array([x for line in (*wide, *WEIGHTS) for x in line], dtype=float)


class Fold:
    """The plane at the variables of a fold, how they move it, and the gain about it."""

    def __init__(
        self,
        targets: fmpq_mat,
        encoder: Sequence[Sequence[int]] = E,
        spaces: RowSpaces = SPACES,
    ) -> None:
        self.spaces, self.x = spaces, point(encoder, spaces)
        self.W, self.moves = rows_and_moves(spaces, self.x)
        self.forms = forms(fmpq_mat(X), targets)

    def along(self, V: fmpq_mat) -> tuple[fmpq, fmpq, fmpq]:
        """The coefficients of 1, t and t² of the gain of W + tV."""
        return expansion(self.W, V, *self.forms)

    @property
    def gains(self) -> tuple[fmpq, fmpq]:
        """At the plane, and where the weights that read the inputs ``TURNED`` are doubled."""
        n = self.spaces.n
        scales = diagonal([1 + (c in TURNED) for c in range(n)], n, n)
        nothing = fmpq_mat(self.spaces.k, n)
        better = expansion(self.W * scales, nothing, *self.forms)[0]
        return self.along(nothing)[0], better

    @property
    def critical(self) -> bool:
        """Whether all derivatives of the gain by the variables vanish."""
        return not any(self.along(move)[1] for move in self.moves)

    def hessian(self, variables: Sequence[int]) -> fmpq_mat:
        """Second derivatives of the gain by these variables."""
        return hessian(self.spaces, self.x, self.forms, variables)

    def moved(self, turns: Mapping[int, tuple[int, int]] | None = None) -> int:
        """In how many directions the variables move the row space.

        With turns, a variable moves one more coordinate too: (which one, by how much).
        """
        k, n = self.spaces.k, self.spaces.n
        rows = [move.entries() + [fmpq(0)] * (n // 2) for move in self.moves]
        for v, (q, change) in (turns or {}).items():
            rows[v][k * n + q] = fmpq(change)
        # row b added to row a: a change of basis
        for a, b in product(range(k), repeat=2):
            change_of_basis = [fmpq(0)] * len(rows[0])
            change_of_basis[a * n : (a + 1) * n] = [self.W[b, c] for c in range(n)]
            rows.append(change_of_basis)
        return int(fmpq_mat(rows).rank()) - k * k


def variables(spaces: RowSpaces) -> list[int]:
    """The numbers of ``VARIABLES`` among those of other outputs."""
    known = places(SPACES)
    return [places(spaces).index(known[v]) for v in VARIABLES]


def lifted(fold: Fold) -> int:
    """In how many directions the row space moves with the lines of the even nodes.

    Node 2q of the first layer has the pair of weights r_q, and a line turns by r_q ∧ r_q'.
    """
    turns = {}
    for v, place in enumerate(places(fold.spaces)):
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
        lifted(fold) == fold.spaces.full
        and fold.critical
        and rational_inertia(fold.hessian(variables(fold.spaces))) == (fold.spaces.full, 0)
        and there > here
    )


def _fold(context: Context, spaces: RowSpaces = SPACES) -> Finding:
    targets = fmpq_mat(Y)
    fold = Fold(targets, E, spaces)
    total = sum((y * y for y in targets.entries()), fmpq(0))
    losses = [total - value for value in fold.gains]
    moved, rank = fold.moved(), lifted(fold)
    loss, better = (float(value / total) for value in losses)
    encoder, weights = spaces.weights_at(fold.x)
    return Finding.of(
        spurious(fold) and spaces.dominant,
        Bearing.REFUTES,
        f"n = {spaces.n}, outputs {spaces.rows}, k = {spaces.k}: the row spaces have the full "
        f"dimension {spaces.full}. At integer weights, with 8 × 8 data, all {spaces.size} "
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
            "rows": list(spaces.rows),
            "E": encoder.astype(int).tolist(),
            "weights": weights.astype(int).tolist(),
            "better": doubled(weights, TURNED).astype(int).tolist(),
            "variables": [places(spaces)[v] for v in variables(spaces)],
            "moved": moved,
            "losses": [str(value) for value in losses],
        },
    )


def is_benign(spaces: RowSpaces) -> bool:
    """Whether almost no data have a spurious minimum, by joint-benign."""
    return spaces.k == 1 or spaces.rows == (0, 1)


def has_fold(spaces: RowSpaces, rng: Generator, searches: int) -> bool:
    """Whether one of so many searches ends at a fold with a form of one sign.

    Raises
    ------
    ArithmeticError
        If none ends at a proper point of lower rank: then the answer would mean nothing.
    """
    points = [degenerate_point(spaces, rng) for _ in range(searches)]
    if not any(point and point.proper and point.missing > 0 for point in points):
        raise ArithmeticError(f"no search in outputs {spaces.rows}, k = {spaces.k}, has an end")
    return any(point and point.definite for point in points)


def sixteen_inputs(rng: Generator) -> tuple[str, dict[str, int]]:
    """What such searches find for n = 16, in words and in numbers."""
    searched = [spaces for spaces in dominant_classes(16) if not is_benign(spaces)]
    found, silent = Counter[int](), 0
    for spaces in searched:
        try:
            found[spaces.k] += has_fold(spaces, rng, EACH_OF_SIXTEEN)
        except ArithmeticError:
            silent += 1
    by_k = ", ".join(f"{count} with k = {k}" for k, count in sorted(found.items()) if count)
    return (
        f" For n = 16, {EACH_OF_SIXTEEN} searches in each of {len(searched)} classes met folds in "
        f"{found.total()} of them{f' ({by_k})' if by_k else ''}, which are not certified; in "
        f"{silent} no search had an end.",
        {"searched of 16": len(searched), "found of 16": found.total(), "silent of 16": silent},
    )


def _every_class(context: Context) -> Finding:
    rng, each = context.rng, EACH[context.full]
    classes = dominant_classes(8)
    searched = [spaces for spaces in classes if not is_benign(spaces)]
    found = [spaces for spaces in searched if has_fold(spaces, rng, each)]
    rows = []
    for k in range(1, 8):
        of_k, with_fold = ([s for s in group if s.k == k] for group in (classes, found))
        benign = sum(map(is_benign, of_k))
        names = "; ".join(", ".join(map(str, spaces.rows)) for spaces in with_fold)
        rows.append([k, len(of_k), benign, names or "–", len(of_k) - benign - len(with_fold)])
    larger, more = sixteen_inputs(rng) if context.full else ("", {})
    known = {(spaces.rows, spaces.k) for spaces in (SPACES, WIDER)}
    named = "; ".join(f"{spaces.rows}, k = {spaces.k}" for spaces in found)
    return Finding.of(
        known <= {(spaces.rows, spaces.k) for spaces in found},
        Bearing.REFUTES,
        f"n = 8, k < 8: {len(classes)} classes of outputs have full dimension. In "
        f"{len(classes) - len(searched)} almost no data have a spurious minimum (joint-benign). In "
        f"each of the other {len(searched)}, {each} searches for weights that move the row space "
        "in less directions. Where the motions of second order across these directions have one "
        f"sign, there is a fold: found for {named or 'none'}. In the other "
        f"{len(searched) - len(found)} classes they vanish or have both signs at all points found: "
        f"that proves nothing of other points.{larger}",
        each * len(searched),
        numbers={"rows": rows, "searched": len(searched), "found": len(found)} | more,
    )


def _off_the_fold(context: Context) -> bool:
    """Whether a plane nearby is seen not to be critical."""
    moved = [list(line) for line in E]
    moved[0][0] += 1
    return not spurious(Fold(fmpq_mat(Y), moved))


def _benign_outputs(context: Context) -> bool:
    """Whether outputs 0 to 2 of n = 4, k = 2, of which joint-benign excludes folds, have none."""
    return not has_fold(RowSpaces(4, range(3), 2), context.rng, 2 * EACH[0])


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
    r"move it in <<a fold:moved>>, and some data have a minimum there that is not global. The same "
    r"data have one with the outputs 0, 1, 2, 3, 4 and 6. Searches in all <<every class:searched>> "
    r"classes of $n = 8$ that joint-benign leaves open found such folds in "
    r"<<every class:found>>, these.",
    depends_on=("joint-submersion", "reachable"),
    checks=(
        Check("a fold", Grade.EXACT, "derivatives of the gain in rational numbers", _fold),
        Check(
            "another class",
            Grade.EXACT,
            "the same, with one more output",
            lambda context: _fold(context, WIDER),
        ),
        Check(
            "every class",
            Grade.NUMERICAL,
            "searches for points of lower rank, and second derivatives there",
            _every_class,
            partial=True,
        ),
    ),
    controls=(
        Control("a plane off the fold", _off_the_fold),
        Control("targets that do not push towards the fold", _diagonal_targets),
        Control("outputs without a fold", _benign_outputs),
    ),
)
