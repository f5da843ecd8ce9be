"""The encoder at a critical point: when the matrix N of the printed proof of Theorem 1 exists.

Throughout, T = YX̃ᵀ and G = X̃X̃ᵀ, so that Σ = TG⁻¹Tᵀ.
"""

from __future__ import annotations

from dataclasses import replace
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
)
from proofs_check.exact.planted import (
    FULL_RANK,
    Point,
    Problem,
    Shape,
    diagonal_point,
    identity,
    inverse_on_range,
    is_zero,
    planted_points,
    stacked,
    stored,
    texts,
)
from proofs_check.identities.derivation import Derivation, Step
from proofs_check.identities.proofs import needs, proved

__all__ = ["CLAIM"]

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
    faults, without = [], 0
    points = list(planted_points(shapes, context.rng))
    for point in points:
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
    cases = len(points)
    numbers = {"points": cases, "without": without}
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
        numbers=numbers,
        certificate={
            "kind": "critical-points",
            "problems": stored((p.problem, p.D, p.E) for p in points),
            "counts": numbers,
        },
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
    point = diagonal_point([2, 1], 1)
    added = replace(point, E=point.E + inverse_on_range(point.D)[1] * fmpq_mat([[0, 1]]))
    return point.critical and not added.critical


def _full_rank_without(context: Context) -> bool:
    """Whether some critical point with rank Σ = l has no N."""
    return not all(map(printed_form, planted_points(FULL_RANK, context.rng)))


CLAIM = Claim(
    id="encoder-form",
    title="The encoder at a critical point, and the matrix N of the printed proof",
    source="Corrects a step of the proof of Theorem 1, Section S3",
    statement=(
        r"Let $G$ be invertible, $T = Y\tilde X^\top$, and $D = U_{I'}[M\,|\,0]C^{-1}$ of rank "
        r"$p < k$. The proof says that at a critical point $E = C\,[M^{-1};\,N]\,U_{I'}^\top "
        r"TG^{-1}$ for a $(k-p) \times p$ matrix $N$. That is so at every such point if and "
        r"only if $\mathrm{rank}\,\Sigma(B) = \ell$. Without that, $E = C\,([M^{-1};\,N]\,"
        r"U_{I'}^\top TG^{-1} + [0;\,K])$ with $TK^\top = 0$, and neither $N$ nor $K$ changes "
        r"$DE$ or the loss."
    ),
    expected=Verdict.HOLDS,
    depends_on=("claim-s3.1",),
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
            lambda context: needs(FORM, "critical in D"),
        ),
    ),
)
