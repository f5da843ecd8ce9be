"""Two steps of the printed proof of Theorem 1: where each holds, where it fails, what closes it.

The proof turns an eigenvector in the range of D to one of a larger eigenvalue, and it writes E in
terms of a matrix N. Throughout, T = YX̃ᵀ and G = X̃X̃ᵀ, so that Σ = TG⁻¹Tᵀ.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import numpy as np
from flint import fmpq, fmpq_mat
from numpy.random import Generator

from proofs_check.claim import (
    Bearing,
    Check,
    Claim,
    Context,
    Control,
    Finding,
    Grade,
    Verdict,
    paper,
)
from proofs_check.exact.planted import Problem, gradients, identity, is_zero, square, stacked, texts
from proofs_check.identities.derivation import Derivation, Step, Underivable
from proofs_check.identities.expansion import verify
from proofs_check.identities.proofs import proved

__all__ = ["CLAIMS"]

GAP = Derivation(
    symbols={
        "D": ("m", "k"),
        "E": ("k", "l"),
        "X": ("l", "d"),
        "Y": ("m", "d"),
        "Gp": ("l", "l"),
        "D2": ("m", "k"),
        "E2": ("k", "l"),
        "P2": ("m", "m"),
        "v": ("m", "1"),
        "w": ("k", "1"),
    },
    symmetric=frozenset({"Gp", "P2"}),
    scalars=frozenset({"s", "t", "lambda_v"}),
    definitions={
        "T": "Y @ X.T",
        "S": "T @ Gp @ T.T",
        "R": "D @ E @ X - Y",
        "R2": "D2 @ E2 @ X - Y",
        "missed": "D2 @ E2 @ X - P2 @ T @ Gp @ X",
        "q": "Gp @ T.T @ v",
        "R_descent": "(D + s * (v @ w.T)) @ (E + t * (w @ q.T)) @ X - Y",
    },
    assumptions={
        "XᵀG⁺G = Xᵀ": "X.T @ Gp @ X @ X.T - X.T",
        "P₂² = P₂": "P2 @ P2 - P2",
        "P₂D₂ = D₂": "P2 @ D2 - D2",
        "critical in D": "D @ E @ X @ X.T @ E.T - T @ E.T",
        "Dw = 0": "D @ w",
        "vᵀD = 0": "v.T @ D",
        "vᵀv = 1": "v.T @ v - 1",
        "wᵀw = 1": "w.T @ w - 1",
        "Σv = λ·v": "S @ v - lambda_v * v",
    },
    steps=[
        Step(
            "L(D₂, E₂) = tr YYᵀ − tr P₂Σ + ‖D₂E₂X − P₂TG⁺X‖²",
            "R2 @ R2.T - Y @ Y.T + P2 @ S - missed @ missed.T",
            "trace",
        ),
        Step("vᵀTEᵀ = 0", "v.T @ T @ E.T", backwards=("critical in D",)),
        Step(
            "L changes by −2stλ + s²‖XᵀEᵀw‖² + s²t²λ",
            "R_descent @ R_descent.T - R @ R.T + 2 * s * t * (S @ v @ v.T)"
            " - s**2 * (v @ w.T @ E @ X @ X.T @ E.T @ w @ v.T) - s**2 * t**2 * (S @ v @ v.T)",
            "trace",
        ),
    ],
)
"""Why no turn of the range lowers the loss at a gap, and what does. X stands for BX."""

FORM = Derivation(
    symbols={
        "D": ("m", "k"),
        "E": ("k", "l"),
        "X": ("l", "d"),
        "Y": ("m", "d"),
        "Ginv": ("l", "l"),
        "P": ("m", "m"),
        "W": ("k", "m"),
        "Sp": ("m", "m"),
        "w": ("k", "1"),
        "kappa": ("l", "1"),
    },
    symmetric=frozenset({"Ginv", "P", "Sp"}),
    definitions={
        "T": "Y @ X.T",
        "S": "T @ Ginv @ T.T",
        "Z": "E - W @ D @ E",
        "N": "Z @ T.T @ Sp @ P",
        "K": "Z - N @ T @ Ginv",
        "added": "E + w @ kappa.T",
    },
    assumptions={
        "G⁻¹G = I": "Ginv @ X @ X.T - 1",
        "P² = P": "P @ P - P",
        "PD = D": "P @ D - D",
        "P = (DW)ᵀ": "W.T @ D.T - P",
        "WP = W": "W @ P - W",
        "critical in D": "D @ E @ X @ X.T @ E.T - T @ E.T",
        "critical in E": "D.T @ D @ E @ X @ X.T - D.T @ T",
        "ΣΣ⁺T = T": "S @ Sp @ T - T",
        "Dw = 0": "D @ w",
        "Tκ = 0": "T @ kappa",
    },
    steps=[
        Step("NP = N", "N @ P - N"),
        Step("DN = 0", "D @ N"),
        Step("PDEG = PT", "P @ D @ E @ X @ X.T - P @ T", backwards=("P = (DW)ᵀ",)),
        Step("DEG = PT", "D @ E @ X @ X.T - P @ T", backwards=("PDEG = PT",)),
        Step("PTEᵀ = TEᵀ", "P @ T @ E.T - T @ E.T", backwards=("DEG = PT",)),
        Step("DEGG⁻¹ = PTG⁻¹", "D @ E @ X @ X.T @ Ginv - P @ T @ Ginv"),
        Step("DE = PTG⁻¹", "D @ E - P @ T @ Ginv", backwards=("DEGG⁻¹ = PTG⁻¹", "DEG = PT")),
        Step("(DE)ᵀ = G⁻¹TᵀP", "E.T @ D.T - Ginv @ T.T @ P"),
        Step("ΣP = PΣP", "S @ P - P @ S @ P", backwards=("(DE)ᵀ = G⁻¹TᵀP", "DE = PTG⁻¹")),
        Step("PΣ = ΣP", "P @ S - S @ P"),
        Step("ΣPΣ⁺T = PT", "S @ P @ Sp @ T - P @ T", backwards=("PΣ = ΣP", "ΣP = PΣP")),
        Step("(D, E + wκᵀ) is critical in D", "D @ added @ X @ X.T @ added.T - T @ added.T"),
        Step("(D, E + wκᵀ) is critical in E", "D.T @ D @ added @ X @ X.T - D.T @ T"),
        Step(
            "E = (W + N)·PTG⁻¹ + K",
            "E - (W + N) @ P @ T @ Ginv - K",
            backwards=("DN = 0",),
        ),
        Step("TKᵀ = 0", "T @ K.T", backwards=("PΣ = ΣP", "ΣP = PΣP", "DN = 0")),
        Step(
            "DK = 0",
            "D @ K",
            backwards=(
                "TKᵀ = 0",
                "PΣ = ΣP",
                "ΣP = PΣP",
                "DN = 0",
                "DE = PTG⁻¹",
                "(DE)ᵀ = G⁻¹TᵀP",
            ),
        ),
    ],
)
"""E at a critical point. P projects onto the range of D, W is an inverse of D on it, Sp is Σ⁺."""

KERNEL = Derivation(
    symbols={
        "X": ("l", "d"),
        "Y": ("m", "d"),
        "Ginv": ("l", "l"),
        "K": ("k", "l"),
        "A": ("k", "m"),
        "Q": ("l", "m"),
    },
    symmetric=frozenset({"Ginv"}),
    definitions={"T": "Y @ X.T"},
    assumptions={"QT = I": "Q @ T - 1", "G⁻¹G = I": "Ginv @ X @ X.T - 1"},
    steps=[
        Step("K = (TKᵀ)ᵀQᵀ", "K @ T.T @ Q.T - K"),
        Step("(A·TG⁻¹)·G·Kᵀ = A·TKᵀ", "A @ T @ Ginv @ X @ X.T @ K.T - A @ T @ K.T"),
    ],
)
"""What follows from TKᵀ = 0. Q is a left inverse of T, which exists if rank Σ = rank T = l."""


def inverse_on_range(D: fmpq_mat) -> tuple[fmpq_mat, fmpq_mat]:
    """(W, w): DW projects onto the range of D and W vanishes off it; w spans a line of ker D.

    w is 0 where D has full column rank.
    """
    m, k = D.nrows(), D.ncols()
    reduced, rank = D.rref()
    pivots = [next(j for j in range(k) if reduced[i, j] != 0) for i in range(rank)]
    W, w = fmpq_mat(k, m), fmpq_mat(k, 1)
    if rank:
        thin = fmpq_mat([[D[i, j] for j in pivots] for i in range(m)])
        part = (thin.transpose() * thin).inv() * thin.transpose()
        for i, j in enumerate(pivots):
            for column in range(m):
                W[j, column] = part[i, column]
    free = [j for j in range(k) if j not in pivots]
    if free:
        w[free[0], 0] = 1
        for i, j in enumerate(pivots):
            w[j, 0] = -reduced[i, free[0]]
    return W, w


@dataclass(frozen=True)
class Point:
    """A critical point of a planted problem.

    Attributes
    ----------
    problem : Problem
    D, E : fmpq_mat
    values : list of int
        The roots of the positive eigenvalues of Σ.
    """

    problem: Problem
    D: fmpq_mat
    E: fmpq_mat
    values: list[int]

    @property
    def critical(self) -> bool:
        """Whether both gradients vanish."""
        return all(map(is_zero, gradients(self.D, self.E, self.problem.encoded, self.problem.Y)))

    @property
    def T(self) -> fmpq_mat:
        """YX̃ᵀ."""
        return self.problem.Y * self.problem.encoded.transpose()

    @property
    def G(self) -> fmpq_mat:
        """X̃X̃ᵀ."""
        return self.problem.encoded * self.problem.encoded.transpose()

    @property
    def loss(self) -> fmpq:
        """‖DEX̃ − Y‖_F²."""
        return square(self.D * self.E * self.problem.encoded - self.problem.Y)

    @property
    def k(self) -> int:
        """Number of hidden units."""
        return self.D.ncols()

    def vector(self, i: int) -> fmpq_mat:
        """Eigenvector i of Σ, from 1 on; its eigenvalue is the i-th largest."""
        U = self.problem.U
        return fmpq_mat([[U[row, i - 1]] for row in range(U.nrows())])

    def eigenvalue(self, i: int) -> int:
        """Eigenvalue i of Σ, from 1 on."""
        return self.values[i - 1] ** 2 if i <= len(self.values) else 0

    @property
    def chosen(self) -> list[int]:
        """I', the eigenvectors in the range of D."""
        columns = self.D.transpose()
        return [
            i
            for i in range(1, self.D.nrows() + 1)
            if stacked(columns, self.vector(i).transpose()).rank() == columns.rank()
        ]

    def turned(self, a: int, b: int, epsilon: fmpq) -> Point:
        """The printed turn: u_b + ε·u_a in the place of u_b, and E fitted to the new range."""
        W, _ = inverse_on_range(self.D)
        turn = identity(self.D.nrows()) + epsilon * self.vector(a) * self.vector(b).transpose()
        D = turn * self.D
        rest = self.E - W * self.D * self.E
        return replace(self, D=D, E=inverse_on_range(D)[0] * self.T * self.G.inv() + rest)

    def shifted(self, s: fmpq, t: fmpq, v: fmpq_mat, w: fmpq_mat) -> Point:
        """(D + s·vwᵀ, E + t·wqᵀ) with q = G⁻¹Tᵀv."""
        q = self.G.inv() * self.T.transpose() * v
        D, E = self.D + s * v * w.transpose(), self.E + t * w * q.transpose()
        return replace(self, D=D, E=E)


Shape = tuple[list[int], int, int, int, int, int]
"""(roots of the positive eigenvalues of Σ, m, l, d, n, k)."""


def planted(shapes: Sequence[Shape], rng: Generator) -> Iterator[Point]:
    """A critical point for every index set of a random problem of each shape."""
    for values, m, l, d, n, k in shapes:
        problem = Problem.general(values, m, l, d, n, rng)
        for q in range(min(k, len(values)) + 1):
            for subset in combinations(range(len(values)), q):
                yield Point(problem, *problem.critical_point(list(subset), k, rng), values)


def has_pair(chosen: Sequence[int], k: int) -> bool:
    """Whether some a in [k] outside I' and b in I' have λ_a > λ_b, that is, a < b.

    As k <= l, the eigenvalue λ_a is positive and larger than every later one.
    """
    return any(a < b for a in range(1, k + 1) if a not in chosen for b in chosen)


def without_pair(m: int, k: int) -> list[tuple[int, ...]]:
    """All I' ⊆ [m] with at most k elements that have no such pair."""
    sets = (c for p in range(k + 1) for c in combinations(range(1, m + 1), p))
    return [chosen for chosen in sets if not has_pair(chosen, k)]


def initial(k: int) -> list[tuple[int, ...]]:
    """The sets [0], [1], …, [k]."""
    return [tuple(range(1, p + 1)) for p in range(k + 1)]


def _pairs(context: Context) -> Finding:
    largest = 11 if context.full else 8
    cases = [(m, k) for m in range(1, largest + 1) for k in range(1, m + 1)]
    wrong = [(m, k) for m, k in cases if without_pair(m, k) != initial(k)]
    sets = sum(1 for m, k in cases for p in range(k + 1) for _ in combinations(range(m), p))
    return Finding.of(
        not wrong,
        Bearing.SUPPORTS,
        f"All k <= m <= {largest} and all {sets} sets I' ⊆ [m] with at most k elements: only [0], "
        "[1], …, [k] are without a pair. In general, the least a outside I' ≠ [p] is at most p, "
        "and not all p elements of I' are smaller."
        + (f" This fails for (m, k) = {wrong[:5]}." if wrong else ""),
        sets,
        numbers={"largest": largest, "sets": sets},
        scope=f"k <= m <= {largest}, the pairs of every I'",
    )


# k <= l <= m <= n, and Σ has l distinct positive eigenvalues
FULL_RANK: list[Shape] = [
    ([1], 1, 1, 2, 1, 1),
    ([2, 1], 2, 2, 3, 3, 1),
    ([2, 1], 2, 2, 3, 2, 2),
    ([3, 1], 3, 2, 3, 4, 2),
    ([3, 2, 1], 4, 3, 4, 4, 2),
    ([3, 2, 1], 3, 3, 4, 5, 3),
    ([4, 3, 2, 1], 5, 4, 5, 5, 3),
]
STEP = fmpq(1, 10)


def turns(point: Point) -> list[tuple[int, int, fmpq]]:
    """(a, b, change of the loss) for each turn of an eigenvector b in the range to a outside it."""
    chosen, loss = point.chosen, point.loss
    outside = [a for a in range(1, point.D.nrows() + 1) if a not in chosen]
    return [(a, b, point.turned(a, b, STEP).loss - loss) for a in outside for b in chosen]


def descents(point: Point) -> tuple[fmpq, fmpq]:
    """Changes of the loss along (D + s·vwᵀ, E + t·wqᵀ), for s and t of equal and of other sign.

    v is the first eigenvector outside the range. s is best for t = 1/10.
    """
    p = point.D.rank()
    v, (_, w) = point.vector(p + 1), inverse_on_range(point.D)
    ww, level = square(w), point.eigenvalue(p + 1)
    c = square(point.problem.encoded.transpose() * point.E.transpose() * w)
    s = STEP * ww * level / (c + STEP**2 * ww**2 * level)
    return (
        point.shifted(s, STEP, v, w).loss - point.loss,
        point.shifted(-s, STEP, v, w).loss - point.loss,
    )


def _turns(context: Context) -> Finding:
    shapes = FULL_RANK * (4 if context.full else 1)
    covered, gaps, minima, faults = 0, 0, 0, []
    for point in planted(shapes, context.rng):
        chosen, k, changes = point.chosen, point.k, turns(point)
        printed = [-(STEP**2) / (1 + STEP**2) * _gap(point, a, b) for a, b, _ in changes]
        lowering = [(a, b) for a, b, change in changes if change < 0]
        good = point.critical and len(chosen) == point.D.rank()
        good &= [change for *_, change in changes] == printed
        good &= bool(lowering) == has_pair(chosen, k) == (tuple(chosen) not in initial(k))
        if not lowering and len(chosen) < k:
            lower, higher = descents(point)
            good &= all(change > 0 for *_, change in changes) and lower < 0 < higher
            gaps += 1
        covered += bool(lowering)
        minima += len(chosen) == k and not lowering
        if not good:
            faults.append(f"λ = {point.values}, k = {k}, I' = {chosen}")
    cases = covered + gaps + minima
    return Finding.of(
        not faults and min(covered, gaps, minima) > 0,
        Bearing.SUPPORTS,
        f"This fails for {'; '.join(faults[:5])}."
        if faults
        else f"{cases} rational critical points for {len(shapes)} problems that satisfy the "
        "hypotheses: every turn changes the loss by −ε²(λ_a − λ_b)/(1 + ε²), as printed. At "
        f"{covered} points a pair exists and its turn lowers the loss. At {gaps} points I' = [p] "
        "with p < k: there is no pair, every turn of the range raises the loss, and (D + s·vwᵀ, E "
        "+ t·wqᵀ) lowers it for s and t of equal sign and raises it for others. At the remaining "
        f"{minima} points I' = [k].",
        cases,
        numbers={"points": cases, "covered": covered, "gaps": gaps, "minima": minima},
        scope=f"m <= {max(m for _, m, *_ in shapes)}, the turns at {cases} rational points",
    )


def _gap(point: Point, a: int, b: int) -> int:
    return point.eigenvalue(a) - point.eigenvalue(b)


def gap_witnesses() -> list[Point]:
    """The two smallest: D = E = 0 for k = 1, and rank D = 1 for k = 2; X = Y and B = I."""
    one, two, unit = identity(1), fmpq_mat([[2, 0], [0, 1]]), fmpq_mat([[1, 0], [0, 0]])
    return [
        Point(Problem(one, one, one, one, one, one), fmpq_mat(1, 1), fmpq_mat(1, 1), [1]),
        Point(Problem(two, two, identity(2), identity(2), two, two), unit, unit, [2, 1]),
    ]


def _gap_witnesses(context: Context) -> Finding:
    good, points, sentences = True, [], []
    for point in gap_witnesses():
        p, k = point.D.rank(), point.k
        v, (_, w) = point.vector(p + 1), inverse_on_range(point.D)
        lower, higher = descents(point)
        good &= point.critical and p < k and point.chosen == list(range(1, p + 1))
        good &= not has_pair(point.chosen, k) and lower < 0 < higher
        q = point.G.inv() * point.T.transpose() * v
        named = {"D": point.D, "E": point.E, "X": point.problem.encoded, "Y": point.problem.Y}
        points.append({n: texts(a) for n, a in (named | {"w": w, "v": v, "q": q}).items()})
        sentences.append(
            f"k = l = m = n = {k}, X = Y = diag({', '.join(map(str, point.values))}), B = I, D = E "
            f"= diag({', '.join(str(point.D[i, i]) for i in range(k))}): I' = {point.chosen}, and "
            f"the loss {point.loss} falls by {-lower} along the direction of descent"
        )
    # At D = E = 0 the loss is the same for all D, and for all E.
    flat = gap_witnesses()[0]
    good &= replace(flat, D=identity(1)).loss == flat.loss == replace(flat, E=identity(1)).loss
    return Finding.of(
        good,
        Bearing.SUPPORTS,
        f"{'; '.join(sentences)}. At D = E = 0 the loss is constant in D and in E. So that it is "
        "convex in each, as the proof says, does not exclude a local maximum; s and t of opposite "
        "sign do.",
        len(sentences),
        certificate={"kind": "descent", "points": points},
    )


def _derived_without(derivation: Derivation, assumption: str) -> bool:
    kept = {name: text for name, text in derivation.assumptions.items() if name != assumption}
    try:
        return verify(replace(derivation, assumptions=kept).certificate())[0]
    except Underivable:
        return False


def _descent_inside_the_range(context: Context) -> bool:
    """Whether v in the range of D, in the place of one outside, is seen not to lower the loss."""
    point = gap_witnesses()[1]
    _, w = inverse_on_range(point.D)
    return not point.shifted(STEP, STEP, point.vector(1), w).loss < point.loss


def _turn_at_a_gap(context: Context) -> bool:
    """Whether a turn that is said to lower the loss at a gap is seen not to."""
    gaps = [p for p in planted(FULL_RANK, context.rng) if 0 < len(p.chosen) < p.k]
    gaps = [p for p in gaps if not has_pair(p.chosen, p.k)]
    return bool(gaps) and not any(change < 0 for p in gaps for *_, change in turns(p))


def model_of_gap(rng: Generator) -> dict[str, Any]:
    """Random matrices as ``GAP`` assumes them, with rank D = 1 < k = 3."""
    m, k, l, d = 5, 3, 4, 6
    X, Y = rng.normal(size=(l, d)), rng.normal(size=(m, d))
    Gp, T = np.linalg.inv(X @ X.T), Y @ X.T
    values, vectors = np.linalg.eigh(T @ Gp @ T.T)
    units = np.linalg.qr(rng.normal(size=(k, k)))[0]
    top, v = vectors[:, [-1]], vectors[:, [-2]]
    D2 = rng.normal(size=(m, k))
    return {
        "D": top @ units[:1],
        "E": units[:1].T @ top.T @ T @ Gp,
        "X": X,
        "Y": Y,
        "Gp": Gp,
        "D2": D2,
        "E2": rng.normal(size=(k, l)),
        "P2": D2 @ np.linalg.pinv(D2),
        "v": v,
        "w": units[1:2].T,
        "lambda_v": values[-2],
        "s": rng.normal(),
        "t": rng.normal(),
    }


def printed_form(point: Point) -> bool:
    """Whether a matrix N as printed exists.

    With it all rows of C⁻¹E, and so those of E, are combinations of those of U_I'ᵀTG⁻¹. The rows
    of DᵀTG⁻¹ span the same space.
    """
    rows = point.D.transpose() * point.T * point.G.inv()
    return stacked(rows, point.E).rank() == rows.rank()


def parts(point: Point) -> tuple[fmpq_mat, fmpq_mat, fmpq_mat, fmpq_mat]:
    """(W, N, K, P·TG⁻¹) with E = (W + N)·P·TG⁻¹ + K."""
    U, D, E, T = point.problem.U, point.D, point.E, point.T
    inverse = fmpq_mat(U.nrows(), U.nrows())
    for i, value in enumerate(point.values):
        inverse[i, i] = fmpq(1, value**2)
    W, _ = inverse_on_range(D)
    Z, P = E - W * D * E, D * W
    N = Z * T.transpose() * U * inverse * U.transpose() * P
    seen = T * point.G.inv()
    return W, N, Z - N * seen, P * seen


# ranks of Σ below l, and equal to l
SHAPES: list[Shape] = [
    ([], 2, 2, 3, 3, 1),
    ([2], 2, 2, 3, 2, 2),
    ([2, 1], 3, 3, 4, 4, 2),
    ([2, 1], 2, 3, 4, 4, 3),
    ([3, 1], 4, 4, 5, 5, 3),
    *FULL_RANK[1:6],
]


def _form(context: Context) -> Finding:
    shapes = SHAPES * (4 if context.full else 1)
    faults, cases, without = [], 0, 0
    for point in planted(shapes, context.rng):
        full = len(point.values) == point.problem.T.nrows()
        W, N, K, seen = parts(point)
        good = point.critical and (W + N) * seen + K == point.E
        good &= is_zero(point.T * K.transpose()) and is_zero(point.D * N) and is_zero(point.D * K)
        good &= printed_form(point) == is_zero(K) and (is_zero(K) or not full)
        if point.D.rank() < point.k and not full:
            # a further row in ker T on a free hidden unit: critical still, and N does not exist
            (_, w), (_, kappa) = inverse_on_range(point.D), inverse_on_range(point.T)
            added = replace(point, E=point.E - K + w * kappa.transpose())
            good &= added.critical and added.loss == point.loss and not printed_form(added)
            without += 1
        if not good:
            faults.append(f"λ = {point.values}, k = {point.k}, I' = {point.chosen}")
        cases += 1
    return Finding.of(
        not faults and 0 < without < cases,
        Bearing.SUPPORTS,
        f"This fails for {'; '.join(faults[:5])}."
        if faults
        else f"{cases} rational critical points of {len(shapes)} problems, rank Σ < l and rank Σ = "
        "l: E = (W + N)·P·TG⁻¹ + K with TKᵀ = 0, DN = 0 and DK = 0, and the printed N exists if "
        f"and only if K = 0. It is 0 wherever rank Σ = l. At {without} points rank Σ < l and rank "
        "D < k: with a row κ in ker T on a free hidden unit the point stays critical, of the same "
        "loss, and there is no N.",
        cases,
        numbers={"points": cases, "without": without},
        scope=f"m, l <= {max(max(m, l) for _, m, l, *_ in shapes)}, {cases} rational points",
    )


def form_witness() -> Point:
    """A global minimum without N: X = B = I, Y = diag(1, 0), D = diag(1, 0), E = I, k = 2."""
    one, unit = identity(2), fmpq_mat([[1, 0], [0, 0]])
    return Point(Problem(one, unit, one, one, unit, one), unit, one, [1])


def _form_witness(context: Context) -> Finding:
    point = form_witness()
    problem, (_, _, K, seen) = point.problem, parts(point)
    good = point.critical and point.loss == 0 and not printed_form(point)
    named = {"X": problem.X, "Y": problem.Y, "B": problem.B, "D": point.D, "E": point.E}
    return Finding.of(
        good and problem.U.nrows() >= problem.T.nrows() > point.T.rank(),
        Bearing.SUPPORTS,
        "n = m = d = l = k = 2, X = B = I, Y = diag(1, 0), D = diag(1, 0), E = I: a global minimum "
        f"of loss {point.loss} with rank Σ = {point.T.rank()} < l. Here I' = {point.chosen}, and "
        f"U_I'ᵀTG⁻¹ = ({seen[0, 0]}, {seen[0, 1]}) has no multiple ({point.E[1, 0]}, "
        f"{point.E[1, 1]}), the second row of E. That row is K's: ({K[1, 0]}, {K[1, 1]}).",
        1,
        certificate={"kind": "encoder-form"} | {name: texts(a) for name, a in named.items()},
    )


def model_of_form(rng: Generator) -> dict[str, Any]:
    """Random matrices as ``FORM`` assumes them, with rank D = 1 < k = 3 and rank Σ = 2 < l = 4."""
    m, k, l, d = 5, 3, 4, 6
    X = rng.normal(size=(l, d))
    Ginv, T = np.linalg.inv(X @ X.T), rng.normal(size=(m, 2)) @ rng.normal(size=(2, l))
    # Y has YXᵀ = T, and a part beside the rows of X
    beside = rng.normal(size=(m, d))
    Y = T @ Ginv @ X + beside - beside @ X.T @ Ginv @ X
    S = T @ Ginv @ T.T
    b = np.linalg.eigh(S)[1][:, [-1]]
    kernel = np.linalg.svd(T)[2][2:]
    gauge = rng.normal(size=(k, k))
    seen = b.T @ T @ Ginv
    D = np.hstack([b, np.zeros((m, k - 1))]) @ gauge
    # a row with N and K, and one with K alone
    E = np.linalg.inv(gauge) @ np.vstack([seen, 2 * seen + kernel[:1], kernel[1:]])
    W = np.linalg.pinv(D)
    return {
        "D": D,
        "E": E,
        "X": X,
        "Y": Y,
        "Ginv": Ginv,
        "P": b @ b.T,
        "W": W,
        "Sp": np.linalg.pinv(S, rcond=1e-10, hermitian=True),
        "w": np.linalg.inv(gauge)[:, 1:2],
        "kappa": kernel[:1].T,
    }


def model_of_kernel(rng: Generator) -> dict[str, Any]:
    """Random matrices as ``KERNEL`` assumes them."""
    X, Y = rng.normal(size=(3, 6)), rng.normal(size=(5, 6))
    return {
        "X": X,
        "Y": Y,
        "Ginv": np.linalg.inv(X @ X.T),
        "K": rng.normal(size=(2, 3)),
        "A": rng.normal(size=(2, 5)),
        "Q": np.linalg.pinv(Y @ X.T),
    }


def _outside_the_kernel(context: Context) -> bool:
    """Whether a further row that is not in ker T is seen to make the point no longer critical."""
    point = gap_witnesses()[1]
    added = replace(point, E=point.E + inverse_on_range(point.D)[1] * fmpq_mat([[0, 1]]))
    return point.critical and not added.critical


def _full_rank_without(context: Context) -> bool:
    """Whether some critical point with rank Σ = l has no N."""
    return not all(map(printed_form, planted(FULL_RANK, context.rng)))


CLAIMS = (
    Claim(
        id="theorem-1-gap",
        title="Where the printed proof of Theorem 1 has a gap, and what closes it",
        source=paper("Appendix C, last part of the proof of Theorem 1"),
        statement=(
            r"Let the hypotheses of Theorem 1 hold and $k \le \ell \le m$. At a critical point let "
            r"$I' \subseteq [m]$ be the $p = \mathrm{rank}\,D$ eigenvectors of $\Sigma(B)$ in the "
            r"range of $D$. If $I' \ne [k]$, the proof takes $a \in [k] \setminus I'$ and $b \in "
            r"I'$ with $\lambda_a > \lambda_b$ and turns $b$ to $a$. Such a pair exists if and "
            r"only if $I' \ne [p]$; the $k$ sets $I' = [p]$, $p < k$, are missed. There no $D$ of "
            r"rank $p$ has a lower loss, so that no turn helps. With $Dw = 0$, $v = u_{p+1}$, $q = "
            r"G^{-1}\tilde XY^\top v$ and unit $v$ and $w$, the loss changes along $(D + "
            r"s\,vw^\top, E + t\,wq^\top)$ by $-2st\lambda_{p+1} + s^2\|\tilde X^\top E^\top "
            r"w\|^2 + s^2t^2\lambda_{p+1}$, so that the point is a strict saddle."
        ),
        expected=Verdict.HOLDS,
        depends_on=("theorem-1-star", "claim-c2"),
        checks=(
            proved(
                "ranges and descent, all sizes",
                GAP,
                Bearing.SUPPORTS,
                "By Ky Fan, tr P₂Σ <= λ_1 + … + λ_p for every projection P₂ of rank p, so that no "
                "D₂ of that rank has a lower loss than the critical point with I' = [p]. This, and "
                "which sets have a pair, is not part of the certificate.",
                model_of_gap,
                partial=True,
            ),
            Check("pairs", Grade.EXACT, "every set I' and every k <= m up to a bound", _pairs),
            Check(
                "turns",
                Grade.EXACT,
                "losses of turned networks in rationals, planted critical points",
                _turns,
            ),
            Check(
                "smallest witnesses",
                Grade.EXACT,
                "two critical points in integers",
                _gap_witnesses,
                partial=True,
            ),
        ),
        controls=(
            Control(
                "a pair at every critical point but the minimum",
                lambda context: without_pair(4, 2) != [(1, 2)],
            ),
            Control("D = 0 alone is missed", lambda context: without_pair(4, 2) != [(), (1, 2)]),
            Control("a turn that lowers the loss where I' = [p]", _turn_at_a_gap),
            Control("descent with v in the range of D", _descent_inside_the_range),
            Control(
                "descent with w outside the kernel of D",
                lambda context: not _derived_without(GAP, "Dw = 0"),
            ),
        ),
    ),
    Claim(
        id="encoder-form",
        title="The encoder at a critical point, and the matrix N of the printed proof",
        source=paper("Appendix C, proof of Theorem 1"),
        statement=(
            r"Let $G$ be invertible, $T = Y\tilde X^\top$, and $D = U_{I'}[M\,|\,0]C^{-1}$ of rank "
            r"$p < k$. The proof says that at a critical point $E = C\,[M^{-1};\,N]\,U_{I'}^\top "
            r"TG^{-1}$ for a $(k-p) \times p$ matrix $N$. That is so at every such point if and "
            r"only if $\mathrm{rank}\,\Sigma(B) = \ell$. Without that, $E = C\,([M^{-1};\,N]\,"
            r"U_{I'}^\top TG^{-1} + [0;\,K])$ with $TK^\top = 0$, and neither $N$ nor $K$ changes "
            r"$DE$ or the loss."
        ),
        expected=Verdict.HOLDS,
        depends_on=("claim-c1",),
        checks=(
            proved(
                "the form, all sizes",
                FORM,
                Bearing.SUPPORTS,
                "Here W takes the part of [M⁻¹; 0], and N and K are those of the statement times "
                "C. Not part of the certificate: if rank Σ < l and rank D < k, there are κ ≠ 0 and "
                "w ≠ 0 as assumed, and E + wκᵀ in the place of E changes K.",
                model_of_form,
                partial=True,
            ),
            proved(
                "when K is zero, all sizes",
                KERNEL,
                Bearing.SUPPORTS,
                "So TKᵀ = 0 has two consequences. If rank Σ = rank T = l, there is such a Q, and "
                "K = 0. If the printed N exists, K = A·TG⁻¹ for some A, so KGKᵀ = 0 and K = 0.",
                model_of_kernel,
                partial=True,
            ),
            Check(
                "planted critical points",
                Grade.EXACT,
                "N and K in rationals, for every rank of Σ",
                _form,
            ),
            Check(
                "smallest witness",
                Grade.EXACT,
                "a global minimum in integers",
                _form_witness,
                partial=True,
            ),
        ),
        controls=(
            Control(
                "an N at the witness with rank Σ < l",
                lambda context: not printed_form(form_witness()),
            ),
            Control(
                "a critical point without N where rank Σ = l",
                lambda context: not _full_rank_without(context),
            ),
            Control("a further row outside ker T", _outside_the_kernel),
            Control(
                "the form where the gradient in D does not vanish",
                lambda context: not _derived_without(FORM, "critical in D"),
            ),
        ),
    ),
)
