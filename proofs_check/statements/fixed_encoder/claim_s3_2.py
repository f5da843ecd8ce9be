"""Claim S3.2: at a critical point the range of the decoder is invariant under Σ."""

from __future__ import annotations

from collections.abc import Callable, Sequence

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
from proofs_check.exact.planted import Problem, gradients, identity, is_zero, stored, texts
from proofs_check.formal.evidence import formalised

__all__ = ["CLAIM", "witness"]

Point = tuple[fmpq_mat, fmpq_mat, Problem]
"""(D̃, Ẽ, problem) at a critical point."""

Property = Callable[[fmpq_mat, fmpq_mat, Problem], bool | None]
"""What may hold at a critical point; None where it is not defined."""


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


def normal_equation(D: fmpq_mat, E: fmpq_mat, problem: Problem) -> bool:
    """Whether D̃(ẼX̃X̃ᵀẼᵀ) = YX̃ᵀẼᵀ, where all products are defined and no inverse is needed."""
    encoded = problem.encoded
    return D * encoded_gram(E, encoded) == problem.Y * encoded.transpose() * E.transpose()


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


def invariant(D: fmpq_mat, E: fmpq_mat, problem: Problem) -> bool:
    """Whether PΣ = ΣP = PΣP for the projection onto the range of D̃."""
    P, sigma = projection(D), signal(problem.encoded, problem.Y)
    return bool(P * sigma == sigma * P == P * sigma * P)


def networks(context: Context) -> list[tuple[Problem, fmpq_mat, fmpq_mat]]:
    """Critical points (problem, D, E) of planted problems."""
    return list(critical_instances(context.rng, 6 if context.full else 2))


def with_columns(instances: Sequence[tuple[Problem, fmpq_mat, fmpq_mat]]) -> list[Point]:
    """The points (D̃, Ẽ, problem), except those with D = 0, where D̃ has no column."""
    points = [(*eliminated(D, E), problem) for problem, D, E in instances]
    return [point for point in points if point[0].ncols()]


def critical(context: Context) -> list[Point]:
    """Critical points of planted problems with D ≠ 0."""
    return with_columns(networks(context))


def holding(holds: Property, points: Sequence[Point]) -> int:
    """At how many of the points a property holds."""
    return sum(holds(*point) is True for point in points)


def has_no_inverse(w: dict[str, fmpq_mat]) -> bool:
    """Whether a point with one hidden unit refutes (1): critical, D̃ = D, but ẼX̃X̃ᵀẼᵀ is singular.

    G must be invertible and Σ(B) of rank l, so that the hypotheses of Theorem 1 hold for l = 1.
    """
    D, E, encoded = w["D"], w["E"], w["B"] * w["X"]
    G, sigma = encoded * encoded.transpose(), signal(encoded, w["Y"])
    critical = all(map(is_zero, gradients(D, E, encoded, w["Y"])))
    hypotheses = G.det() != 0 and sigma.rank() == G.nrows() == 1
    return bool(critical and hypotheses and D.rank() == 1 and encoded_gram(E, encoded).det() == 0)


def _singular(context: Context) -> Finding:
    w = witness()
    encoded = w["B"] * w["X"]
    sigma, gram = signal(encoded, w["Y"]), encoded_gram(w["E"], encoded)
    return Finding.of(
        has_no_inverse(w),
        Bearing.REFUTES,
        "n = m = d = 2, k = l = 1, X = Y = I, B = [1 0], D = (0, 1)ᵀ, E = 0: both gradients "
        f"vanish, G = 1, Σ = diag({sigma[0, 0]}, {sigma[1, 1]}), and D̃ = D has full column rank. "
        f"But ẼX̃X̃ᵀẼᵀ = {gram[0, 0]} has no inverse.",
        1,
        scope="a critical point with n = m = 2, k = l = 1",
        certificate={"kind": "singular-encoder"}
        | {name: texts(matrix) for name, matrix in w.items()},
    )


def _both_parts(context: Context) -> Finding:
    """Both parts of the claim at critical points of all kinds."""
    instances = networks(context)
    points = with_columns(instances)
    cases = len(points)
    stationary = holding(lambda D, E, p: all(map(is_zero, gradients(D, E, p.encoded, p.Y))), points)
    undefined = holding(lambda D, E, p: p.B.ncols() != p.Y.nrows(), points)
    singular = holding(lambda D, E, p: encoded_gram(E, p.encoded).det() == 0, points)
    true, false = holding(printed, points), holding(lambda *p: printed(*p) is False, points)
    corrected, second = holding(normal_equation, points), holding(invariant, points)
    numbers = {"points": cases, "undefined": undefined, "holds": true, "singular": singular}
    return Finding.of(
        stationary == corrected == second == cases and undefined > 0 and true > 0 == false,
        Bearing.REFUTES,
        f"Of {cases} rational critical points the first equation has undefined products (n ≠ m) "
        f"at {undefined} and holds at {true}; ẼX̃X̃ᵀẼᵀ is singular at {singular}. D̃(ẼX̃X̃ᵀẼᵀ) = "
        f"YX̃ᵀẼᵀ holds at {corrected} of them, and P_D̃Σ = ΣP_D̃ = P_D̃ΣP_D̃ at {second}.",
        cases,
        scope=f"{cases - true} of {cases} rational critical points",
        numbers=numbers,
        certificate={
            "kind": "critical-points",
            "problems": stored(instances),
            "counts": numbers,
        },
    )


def _digits(context: Context) -> Finding:
    k, starts = 2, 60 if context.full else 15
    _, X, Y, B = data_sets(context.rng, l=4)[1]
    A = Y @ (whitened(X, B) @ X).T
    worst, cases, proper = 0.0, 0, 0
    for D, _ in search(A, k, context.rng, starts):
        Q, values, _ = np.linalg.svd(D, full_matrices=False)
        # P projects onto the numerical range of D
        Q = Q[:, values > 1e-4 * np.linalg.norm(A, 2) ** 0.5]
        P = Q @ Q.T
        worst = max(
            worst, float(np.linalg.norm(P @ A @ A.T - A @ A.T @ P) / np.linalg.norm(A) ** 2)
        )
        proper += 0 < Q.shape[1] < len(Y)
        cases += 1
    n, m = len(X), len(Y)
    return Finding.of(
        worst < 1e-6 and n != m and proper > cases / 2,
        Bearing.REFUTES,
        f"Digits with one-hot labels, n = {n}, m = {m}: BY is not defined. The second part holds: "
        f"minimising the norm of the gradient finds {cases} critical points, {proper} of them with "
        f"P_D̃ neither 0 nor the identity, and at each of them ‖PΣ − ΣP‖_F <= {worst:.1e}·tr Σ.",
        cases,
        numbers={"points": cases, "proper": proper, "commutator": worst},
    )


def _holds_everywhere(holds: Property, context: Context) -> bool:
    points = critical(context)
    return holding(holds, points) == len(points)


def _moved(context: Context) -> list[Point]:
    """The critical points with a 1 added to an entry of D̃, which keeps full column rank."""
    moved = []
    for D, E, problem in critical(context):
        changed = fmpq_mat(D)
        changed[int(context.rng.integers(D.nrows())), int(context.rng.integers(D.ncols()))] += 1
        if changed.rank() == D.ncols():
            moved.append((changed, E, problem))
    return moved


def _without_gram(D: fmpq_mat, E: fmpq_mat, problem: Problem) -> bool:
    """D̃ = YX̃ᵀẼᵀ, the normal equation without ẼX̃X̃ᵀẼᵀ."""
    return problem.Y * problem.encoded.transpose() * E.transpose() == D


def _whole_signal(D: fmpq_mat, E: fmpq_mat, problem: Problem) -> bool:
    """PΣ = Σ, as if the range of D̃ held every eigenvector of Σ."""
    sigma = signal(problem.encoded, problem.Y)
    return projection(D) * sigma == sigma


def _off_critical(holds: Property, context: Context) -> bool:
    """Whether a property is seen to fail at points that are not critical."""
    points = _moved(context)
    return any(holds(*point) is False for point in points)


CLAIM = Claim(
    id="claim-s3.2",
    title="The projection onto the range of D commutes with the signal matrix",
    source=paper("Claim S3.2"),
    statement=(
        r"At a critical point, (1) $\tilde E B\tilde D = (\tilde E B Y\tilde X^\top \tilde "
        r"E^\top)(\tilde E\tilde X\tilde X^\top\tilde E^\top)^{-1}$, and (2) $P_{\tilde D}\Sigma "
        r"= \Sigma P_{\tilde D} = P_{\tilde D}\Sigma P_{\tilde D}$."
    ),
    expected=Verdict.REFUTED,
    correction=(
        r"In (1) the products are defined only for $n = m$, and $\tilde E$ need not have full row "
        r"rank, which the printed proof takes from Claim S3.1 (1). What holds, and suffices for "
        r"(2), is $\tilde D(\tilde E\tilde X\tilde X^\top\tilde E^\top) = Y\tilde X^\top\tilde "
        r"E^\top$. (2) holds without any condition on ranks."
    ),
    depends_on=("claim-s3.1",),
    checks=(
        formalised(
            "kernel",
            {
                "encoder_without_inverse": "n = m = d = 2, k = l = 1 have a critical point, with G "
                "invertible, Σ of rank l and D̃ = D, at which ẼX̃X̃ᵀẼᵀ has no inverse",
                "decoder_normal_equation": "in the place of (1), for all sizes, D̃(ẼX̃X̃ᵀẼᵀ) = YX̃ᵀẼᵀ",
                "projection_commutes": "(2) holds for all sizes, without any condition on ranks",
            },
            Bearing.REFUTES,
            "a critical point with n = m = 2, k = l = 1",
        ),
        Check("no inverse", Grade.EXACT, "one critical point in integers", _singular),
        Check(
            "planted critical points", Grade.EXACT, "both parts, rational instances", _both_parts
        ),
        Check("digits", Grade.NUMERICAL, "critical points found without the closed form", _digits),
    ),
    controls=(
        Control(
            "a decoder that is not critical: its range does not commute with Σ",
            lambda context: _off_critical(invariant, context),
        ),
        Control(
            "an encoder of full row rank, where the inverse exists",
            lambda context: (
                not has_no_inverse(witness() | {"D": fmpq_mat([[1], [0]]), "E": fmpq_mat([[1]])})
            ),
        ),
        Control(
            "the normal equation with an arbitrary decoder",
            lambda context: _off_critical(normal_equation, context),
        ),
        Control(
            "the printed equation with an arbitrary decoder",
            lambda context: _off_critical(printed, context),
        ),
        Control(
            "the normal equation without the Gram matrix",
            lambda context: not _holds_everywhere(_without_gram, context),
        ),
        Control(
            "every eigenvector of Σ in the range of D",
            lambda context: not _holds_everywhere(_whole_signal, context),
        ),
    ),
)
