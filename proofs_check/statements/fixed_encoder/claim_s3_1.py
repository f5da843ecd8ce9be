"""Claim S3.1: the encoder at a critical point, as a function of the decoder."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from flint import fmpq_mat
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
from proofs_check.exact.encoder_decoder import critical_instances, eliminated
from proofs_check.exact.factorisation import search, whitened
from proofs_check.exact.instances import data_sets
from proofs_check.exact.planted import gradients, is_zero, random_matrix, texts
from proofs_check.formal.evidence import formalised
from proofs_check.identities.proofs import ENCODER, proved

__all__ = ["CLAIM"]

Formula = Callable[[fmpq_mat, fmpq_mat, fmpq_mat], fmpq_mat]
"""An encoder Ẽ as a function of D̃, X̃ and Y."""


def encoder(D: fmpq_mat, encoded: fmpq_mat, Y: fmpq_mat) -> fmpq_mat:
    """Ẽ = (D̃ᵀD̃)⁻¹D̃ᵀYX̃ᵀG⁻¹, the formula of the claim."""
    G = encoded * encoded.transpose()
    return (D.transpose() * D).inv() * D.transpose() * Y * encoded.transpose() * G.inv()


def without_gram(D: fmpq_mat, encoded: fmpq_mat, Y: fmpq_mat) -> fmpq_mat:
    """The formula with the inverse of G left out."""
    return (D.transpose() * D).inv() * D.transpose() * Y * encoded.transpose()


def agrees(
    D: fmpq_mat, E: fmpq_mat, encoded: fmpq_mat, Y: fmpq_mat, formula: Formula = encoder
) -> bool:
    """Whether Ẽ is as claimed, and D̃Ẽ = DE is the projection of YX̃ᵀG⁻¹ onto the range of D."""
    thin, reduced = eliminated(D, E)
    if thin.ncols() == 0:
        return is_zero(D)
    claimed = formula(thin, encoded, Y)
    return reduced == claimed and thin * reduced == D * E and thin * claimed == D * E


def _exact(context: Context) -> Finding:
    cases, deficient, good, points = 0, 0, True, []
    for problem, D, E in critical_instances(context.rng, 6 if context.full else 2):
        points.append(_point(D, E, problem.encoded, problem.Y))
        good &= all(map(is_zero, gradients(D, E, problem.encoded, problem.Y)))
        good &= agrees(D, E, problem.encoded, problem.Y)
        deficient += D.rank() < D.ncols()
        cases += 1
    return Finding.of(
        good and deficient > 0,
        Bearing.SUPPORTS,
        f"{cases} rational critical points of planted problems, {deficient} of them with rank D < "
        "k; zero and equal eigenvalues occur. After Gauss elimination of the columns of D, Ẽ = "
        "(D̃ᵀD̃)⁻¹D̃ᵀYX̃ᵀG⁻¹, exactly.",
        cases,
        numbers={"points": cases, "rank_deficient": deficient},
        certificate={"kind": "encoders", "points": points},
        scope=f"{cases} rational critical points",
    )


def _point(D: fmpq_mat, E: fmpq_mat, encoded: fmpq_mat, Y: fmpq_mat) -> dict[str, Any]:
    """A point as data for a certificate."""
    return {"D": texts(D), "E": texts(E), "X": texts(encoded), "Y": texts(Y)}


def half_critical(rng: Generator) -> tuple[fmpq_mat, fmpq_mat, fmpq_mat, fmpq_mat]:
    """(D, E, X̃, Y) with a random D of full rank and E from the normal equations DᵀDEG = DᵀYX̃ᵀ."""
    while True:
        D, encoded, Y = (random_matrix(*shape, rng) for shape in ((4, 2), (3, 5), (4, 5)))
        G = encoded * encoded.transpose()
        if D.rank() == 2 and G.det() != 0:
            # E = (DᵀD)⁻¹DᵀYX̃ᵀG⁻¹ by two solutions of linear systems
            half = (D.transpose() * D).solve(D.transpose() * Y * encoded.transpose())
            return D, G.solve(half.transpose()).transpose(), encoded, Y


def _half(context: Context) -> Finding:
    rng, cases, good, free, points = context.rng, 40 if context.full else 12, True, 0, []
    for _ in range(cases):
        D, E, encoded, Y = half_critical(rng)
        points.append(_point(D, E, encoded, Y))
        in_D, in_E = gradients(D, E, encoded, Y)
        good &= is_zero(in_E) and agrees(D, E, encoded, Y)
        free += not is_zero(in_D)
    return Finding.of(
        good and free > 0,
        Bearing.SUPPORTS,
        f"{cases} random D of full rank, each with an E at which the gradient in E vanishes. At "
        f"{free} of them the gradient in D does not vanish. The formula holds all the same: it "
        "needs only that G is invertible and that the gradient in E vanishes.",
        cases,
        numbers={"points": cases, "not_critical_in_D": free},
        certificate={"kind": "encoders", "points": points},
        scope=f"{cases} rational D and E",
    )


def _digits(context: Context) -> Finding:
    k, starts = 2, 60 if context.full else 15
    _, X, Y, B = data_sets(context.rng, l=4)[1]
    encoded = whitened(X, B) @ X
    A = Y @ encoded.T
    worst, cases = 0.0, 0
    for D, F in search(A, k, context.rng, starts):
        # where D has full column rank, elimination changes nothing: D̃ = D and Ẽ = F
        if np.linalg.norm(D, -2) > 1e-3 * np.linalg.norm(A, 2) ** 0.5:
            gap = D @ (F - np.linalg.solve(D.T @ D, D.T @ A))
            worst = max(worst, float(np.linalg.norm(gap) / np.linalg.norm(A)))
            cases += 1
    return Finding.of(
        worst < 1e-6,
        Bearing.SUPPORTS,
        "Digits, one-hot labels, l = 4, k = 2, whitened: minimising the norm of the gradient "
        f"finds {cases} critical points with D of full rank. At each of them D̃Ẽ is as claimed, "
        f"to {worst:.1e} of ‖YX̃ᵀ‖_F.",
        cases,
        numbers={"points": cases, "deviation": worst},
    )


def _wrong_formula(context: Context) -> bool:
    instances = list(critical_instances(context.rng, 1))
    return any(not agrees(D, E, p.encoded, p.Y, without_gram) for p, D, E in instances)


def _not_critical(context: Context) -> bool:
    D, E, encoded, Y = half_critical(context.rng)
    return not is_zero(E) and not agrees(D, 2 * E, encoded, Y)


CLAIM = Claim(
    id="claim-s3.1",
    title="Encoder at a critical point",
    source=paper("Claim S3.1"),
    statement=(
        r"At a critical point with $\tilde D$ of full column rank, obtained from $D$ by Gauss "
        r"elimination, $\tilde E = (\tilde D^\top \tilde D)^{-1}\tilde D^\top Y\tilde X^\top "
        r"G^{-1}$ and $\tilde D\tilde E = P_{\tilde D}Y\tilde X^\top G^{-1}$."
    ),
    expected=Verdict.HOLDS,
    correction=(
        r"Only two of the hypotheses are used: $G$ is invertible, and the gradient in $E$ vanishes."
    ),
    checks=(
        formalised(
            "kernel",
            {
                "encoder_at_critical_point": "for every D̃ and Ẽ that elimination leaves of D and "
                "E, if G is invertible and the gradient in E vanishes, then Ẽ and D̃Ẽ are as "
                "claimed",
                "elimination_exists": "every D and E have such D̃ and Ẽ: an invertible C with DC = "
                "[D̃ 0], D̃ of full column rank, Ẽ the first rows of C⁻¹E",
                "projection_is_orthogonal": "P_D̃ = D̃(D̃ᵀD̃)⁻¹D̃ᵀ is symmetric, P² = P and PD̃ = D̃",
            },
            Bearing.SUPPORTS,
            "all sizes",
        ),
        proved(
            "algebra",
            ENCODER,
            Bearing.SUPPORTS,
            "The proof uses only the gradient in E and the inverses of DᵀD and of G. The "
            "elimination of columns is not part of it.",
            partial=True,
        ),
        Check(
            "planted critical points",
            Grade.EXACT,
            "rational instances, every size of the index set",
            _exact,
        ),
        Check("gradient in E alone", Grade.EXACT, "rational instances, D arbitrary", _half),
        Check("digits", Grade.NUMERICAL, "critical points found without the closed form", _digits),
    ),
    controls=(
        Control("the formula without the inverse of G", _wrong_formula),
        Control("an encoder twice as large", _not_critical),
    ),
)
