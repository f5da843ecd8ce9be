"""Claim C.2: at a critical point the range of the decoder is invariant under Σ."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from flint import fmpq_mat

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
from proofs_check.exact.encoder_decoder import critical_instances, eliminated, signal
from proofs_check.exact.factorisation import search, whitened
from proofs_check.exact.instances import data_sets
from proofs_check.exact.planted import Problem, gradients, identity, is_zero, random_matrix, texts

__all__ = ["CLAIM", "commutes", "witness"]


def witness() -> dict[str, fmpq_mat]:
    """A critical point with Ẽ = 0 that meets the hypotheses; n = m = d = 2, k = l = 1."""
    one = identity(2)
    return {
        "X": one,
        "Y": one,
        "B": fmpq_mat([[1, 0]]),
        "D": fmpq_mat([[0], [1]]),
        "E": fmpq_mat([[0]]),
    }


def encoded_gram(E: fmpq_mat, encoded: fmpq_mat) -> fmpq_mat:
    """ẼX̃X̃ᵀẼᵀ, the matrix that the claim inverts."""
    return E * encoded * encoded.transpose() * E.transpose()


def normal_equation(D: fmpq_mat, E: fmpq_mat, encoded: fmpq_mat, Y: fmpq_mat) -> bool:
    """Whether D̃(ẼX̃X̃ᵀẼᵀ) = YX̃ᵀẼᵀ, where all products are defined and no inverse is needed."""
    return D * encoded_gram(E, encoded) == Y * encoded.transpose() * E.transpose()


def printed(D: fmpq_mat, E: fmpq_mat, problem: Problem) -> bool | None:
    """Whether ẼBD̃ = (ẼBYX̃ᵀẼᵀ)(ẼX̃X̃ᵀẼᵀ)⁻¹; None where a product or the inverse is not defined."""
    gram = encoded_gram(E, problem.encoded)
    if problem.B.ncols() != D.nrows() or gram.det() == 0:
        return None
    mixed = E * problem.B * problem.Y * problem.encoded.transpose() * E.transpose()
    return mixed * gram.inv() == E * problem.B * D


def projection(D: fmpq_mat) -> fmpq_mat:
    """The orthogonal projection onto the range of D, which must have full column rank."""
    return D * (D.transpose() * D).inv() * D.transpose()


def commutes(D: fmpq_mat, sigma: fmpq_mat) -> bool:
    """Whether PΣ = ΣP = PΣP for the projection onto the range of D."""
    if D.ncols() == 0:
        return True
    P = projection(D)
    return bool(P * sigma == sigma * P == P * sigma * P)


def _singular(context: Context) -> Finding:
    w = witness()
    encoded = w["B"] * w["X"]
    sigma = signal(encoded, w["Y"])
    good = all(map(is_zero, gradients(w["D"], w["E"], encoded, w["Y"]))) and w["D"].rank() == 1
    good &= (encoded * encoded.transpose()).det() != 0 and sigma.rank() == 1
    gram = encoded_gram(w["E"], encoded)
    return Finding.of(
        good and gram.det() == 0 and commutes(w["D"], sigma),
        Bearing.REFUTES,
        "n = m = d = 2, k = l = 1, X = Y = I, B = [1 0], D = (0, 1)ᵀ, E = 0: both gradients "
        f"vanish, G = 1, Σ = diag({sigma[0, 0]}, {sigma[1, 1]}), and D̃ = D has full column rank. "
        f"But ẼX̃X̃ᵀẼᵀ = {gram[0, 0]} has no inverse.",
        1,
        certificate={"kind": "singular-encoder"}
        | {name: texts(matrix) for name, matrix in w.items()},
    )


def _both_parts(context: Context) -> Finding:
    """Both parts of the claim at critical points of all kinds."""
    cases, undefined, singular, true, good = 0, 0, 0, 0, True
    for problem, D, E in critical_instances(context.rng, 6 if context.full else 2):
        thin, reduced = eliminated(D, E)
        if thin.ncols() == 0:
            continue
        good &= all(map(is_zero, gradients(D, E, problem.encoded, problem.Y)))
        good &= normal_equation(thin, reduced, problem.encoded, problem.Y)
        good &= commutes(thin, signal(problem.encoded, problem.Y))
        holds = printed(thin, reduced, problem)
        good &= holds is not False
        true += holds is True
        undefined += problem.B.ncols() != problem.Y.nrows()
        singular += encoded_gram(reduced, problem.encoded).det() == 0
        cases += 1
    return Finding.of(
        good and undefined > 0 and true > 0,
        Bearing.REFUTES,
        f"Of {cases} rational critical points the first equation has undefined products (n ≠ m) "
        f"at {undefined} and holds at {true}; ẼX̃X̃ᵀẼᵀ is singular at {singular}. D̃(ẼX̃X̃ᵀẼᵀ) = "
        "YX̃ᵀẼᵀ and P_D̃Σ = ΣP_D̃ = P_D̃ΣP_D̃ hold at all of them.",
        cases,
        numbers={"points": cases, "undefined": undefined, "holds": true, "singular": singular},
    )


def _digits(context: Context) -> Finding:
    k, starts = 2, 60 if context.full else 15
    _, X, Y, B = data_sets(context.rng, l=4)[1]
    A = Y @ (whitened(X, B) @ X).T
    worst, cases = 0.0, 0
    for D, _ in search(A, k, context.rng, starts):
        Q, values, _ = np.linalg.svd(D, full_matrices=False)
        # P projects onto the numerical range of D
        Q = Q[:, values > 1e-4 * np.linalg.norm(A, 2) ** 0.5]
        P = Q @ Q.T
        worst = max(
            worst, float(np.linalg.norm(P @ A @ A.T - A @ A.T @ P) / np.linalg.norm(A) ** 2)
        )
        cases += 1
    n, m = len(X), len(Y)
    return Finding.of(
        worst < 1e-6 and n != m,
        Bearing.REFUTES,
        f"Digits with one-hot labels, n = {n}, m = {m}: BY is not defined. The second part holds: "
        f"minimising the norm of the gradient finds {cases} critical points, and at each of them "
        f"‖PΣ − ΣP‖_F <= {worst:.1e}·tr Σ.",
        cases,
        numbers={"points": cases, "commutator": worst},
    )


def _rejects(holds: Callable[[fmpq_mat, Problem], bool], context: Context) -> bool:
    """Whether a property of critical decoders fails for a random one."""
    problem = next(critical_instances(context.rng, 1))[0]
    return not holds(random_matrix(3, 2, context.rng) + fmpq_mat([[9, 0], [0, 9], [1, 1]]), problem)


CLAIM = Claim(
    id="claim-c2",
    title="The projection onto the range of D commutes with the signal matrix",
    source=paper("Claim C.2"),
    statement=(
        r"At a critical point, (1) $\tilde E B\tilde D = (\tilde E B Y\tilde X^\top \tilde "
        r"E^\top)(\tilde E\tilde X\tilde X^\top\tilde E^\top)^{-1}$, and (2) $P_{\tilde D}\Sigma "
        r"= \Sigma P_{\tilde D} = P_{\tilde D}\Sigma P_{\tilde D}$."
    ),
    expected=Verdict.REFUTED,
    correction=(
        r"In (1) the products are defined only for $n = m$, and $\tilde E$ need not have full row "
        r"rank. What holds, and suffices for (2), is $\tilde D(\tilde E\tilde X\tilde "
        r"X^\top\tilde E^\top) = Y\tilde X^\top\tilde E^\top$. (2) holds without any condition on "
        r"ranks."
    ),
    depends_on=("claim-c1",),
    checks=(
        Check("no inverse", Grade.EXACT, "one critical point in integers", _singular),
        Check(
            "planted critical points", Grade.EXACT, "both parts, rational instances", _both_parts
        ),
        Check("digits", Grade.NUMERICAL, "critical points found without the closed form", _digits),
    ),
    controls=(
        Control(
            "a decoder that is not critical: its range does not commute with Σ",
            lambda context: _rejects(lambda D, p: commutes(D, signal(p.encoded, p.Y)), context),
        ),
        Control(
            "an encoder of full row rank, where the inverse exists",
            lambda context: encoded_gram(fmpq_mat([[2]]), fmpq_mat([[1, 0]])).det() != 0,
        ),
        Control(
            "the normal equation with an arbitrary decoder",
            lambda context: _rejects(
                lambda D, p: normal_equation(
                    D, random_matrix(2, 3, context.rng) + fmpq_mat(2, 3, [3] * 6), p.encoded, p.Y
                ),
                context,
            ),
        ),
    ),
)
