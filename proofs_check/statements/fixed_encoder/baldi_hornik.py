"""Baldi and Hornik: the network without a butterfly, and why no B can give a lower loss."""

from __future__ import annotations

import numpy as np
from flint import fmpq_mat
from sympy import Matrix

from figures.data import digits
from fjlt import count_sketch, gaussian, srht
from landscape import critical_points, signal_matrix
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
from proofs_check.exact.critical_points import distinct_positive_eigenvalues, faults_at
from proofs_check.exact.encoder_decoder import (
    along_a_line,
    has_spectrum,
    predicted,
    realised,
    second_derivative,
    signal,
)
from proofs_check.exact.factorisation import are_the_critical_values, whitened
from proofs_check.exact.inertia import rational_inertia
from proofs_check.exact.planted import (
    Problem,
    gradients,
    identity,
    is_zero,
    random_matrix,
    stored,
    texts,
)
from proofs_check.identities.proofs import LOEWNER, proved

__all__ = ["CLAIM"]


def _values(context: Context) -> Finding:
    problems = [
        (Matrix([[1, 1], [0, 1]]), Matrix([[1, 2], [2, 1]])),
        (Matrix([[1, 0, 1], [0, 1, 0]]), Matrix([[3, 0, 3], [1, 1, -1]])),
    ]
    good, sentences, certified = True, [], []
    for X, Y in problems:
        values = predicted(Matrix.eye(2), X, Y, 1)
        good &= are_the_critical_values(Y, 1, values, X)
        certified.append(realised(X, Y, 1))
        sentences.append(", ".join(map(str, values)))
    return Finding.of(
        good,
        Bearing.SUPPORTS,
        "B = I, k = 1, two integer problems: the critical values of the loss, real or complex, "
        "are tr YYᵀ − Σ γ_i, all of these and no others, by Gröbner bases over the rationals: "
        f"{'; '.join(sentences)}.",
        len(problems),
        numbers={"values": sentences},
        certificate={"kind": "critical-values", "problems": certified},
        scope=f"the critical values of {len(problems)} integer problems, k = 1",
    )


def _minima(context: Context) -> Finding:
    """Exact Hessians at planted critical points with B = I, so that X̃ = X has full row rank."""
    rng, good, minima = context.rng, True, 0
    points: list[tuple[Problem, fmpq_mat, fmpq_mat]] = []
    for _ in range(4 if context.full else 1):
        problem = Problem.general([3, 2, 1], 3, 3, 4, 3, rng)
        good &= has_spectrum(problem, [3, 2, 1])
        for k, subsets in ((1, [[], [0], [1], [2]]), (2, [[0], [0, 1], [0, 2], [1, 2]])):
            for subset in subsets:
                D, E = problem.critical_point(subset, k, rng)
                point = D, E, problem.encoded, problem.Y
                curvature, differences = along_a_line(*point)
                good &= bool(curvature == differences) and all(map(is_zero, gradients(*point)))
                negative, _ = rational_inertia(second_derivative(*point))
                good &= (negative == 0) == (subset == list(range(k)))
                minima += negative == 0
                points.append((problem, D, E))
    cases = len(points)
    return Finding.of(
        good and minima > 0,
        Bearing.SUPPORTS,
        f"{cases} rational critical points with γ = 9, 4, 1 and k = 1, 2: by its characteristic "
        f"polynomial the Hessian has a negative eigenvalue at all of them but the {minima} with I "
        "= [k].",
        cases,
        numbers={"points": cases, "minima": minima},
        scope=f"the minima among {cases} rational points, m = n = 3, k <= 2",
        certificate={
            "kind": "critical-points",
            "problems": stored(points),
            "counts": {"points": cases, "minima": minima},
        },
    )


def _loewner(context: Context) -> Finding:
    rng, cases, good, strict = context.rng, 60 if context.full else 20, True, 0
    problems = []
    for _ in range(cases):
        while True:
            X, Y, B = (random_matrix(*shape, rng) for shape in ((4, 6), (3, 6), (2, 4)))
            if X.rank() == 4 and B.rank() == 2:
                break
        # Σ' − Σ(B) is the gain of the full row space of X over that of BX
        gap = signal(X, Y) - signal(B * X, Y)
        negative, zero = rational_inertia(gap)
        good &= negative == 0
        strict += zero < 3
        problems.append({"X": texts(X), "Y": texts(Y), "B": texts(B)})
    return Finding.of(
        good and strict > 0,
        Bearing.SUPPORTS,
        f"{cases} random integer problems (n = 4, d = 6, m = 3, l = 2): by its characteristic "
        f"polynomial Σ' − Σ(B) has no negative eigenvalue, and it is not zero in {strict} of "
        "them. So Σ(B) ⪯ Σ', and λ_i(B) <= γ_i for every i.",
        cases,
        numbers={"problems": cases, "strict": strict},
        certificate={"kind": "loewner-order", "problems": problems},
        scope=f"the order in {cases} integer problems, n = 4",
    )


def _digits(context: Context) -> Finding:
    X, labels = digits()
    pixels = [i for i in range(64) if X[i].any()][::5]
    X, Y = X[pixels].astype(float), (labels == np.arange(10)[:, None]).astype(float)
    n, k, faults = len(X), 2, []
    distinct = distinct_positive_eigenvalues(X, Y, np.eye(n))
    full = Y @ X.T @ np.linalg.solve(X @ X.T, X @ Y.T)
    gamma = np.linalg.eigvalsh(full)[::-1]
    worst, apart, rng = -np.inf, 0.0, context.rng
    for seed in context.seed.spawn(4):
        for B in (srht(6, n, rng=seed), gaussian(6, n, rng=seed), count_sketch(6, n, rng=seed)):
            # Σ(B) = AAᵀ with A = YQᵀ, the rows of Q an orthonormal basis of those of BX
            A = Y @ (whitened(X, B.to_dense()) @ X).T
            apart = max(apart, float(np.abs(signal_matrix(X, Y, B) - A @ A.T).max() / gamma[0]))
            worst = max(worst, float((np.linalg.eigvalsh(A @ A.T)[::-1] - gamma).max() / gamma[0]))
    basis = whitened(X, np.eye(n))
    points = list(critical_points(X, Y, basis, k))
    for point in points:
        faults += [
            f"I = {point.subset}: {f}"
            for f in faults_at(point, point.realise(rng=rng), basis @ X, Y)
        ]
        if abs(np.sum(Y**2) - sum(gamma[i - 1] for i in point.subset) - point.loss) > 1e-9 * np.sum(
            Y**2
        ):
            faults.append(f"I = {point.subset}: loss {point.loss}")
    minima = [point.subset for point in points if point.index == 0]
    return Finding.of(
        not faults
        and max(worst, apart) < 1e-12
        and minima == [(1, 2)]
        and distinct == min(n, len(Y)),
        Bearing.SUPPORTS,
        "; ".join(faults[:5])
        or f"Digits, every fifth pixel that is not always blank (n = {n}), one-hot labels: XXᵀ is "
        f"invertible and Σ' has {distinct} distinct positive eigenvalues, exactly. At "
        f"{len(points)} index sets (k = {k}) the gradient vanishes and loss and index are as "
        f"predicted; the only minimum is at I = {minima}. For 12 random B with l = 6 the largest "
        f"λ_i(B) − γ_i is {worst:.1e}·γ_1, and the library's Σ(B) is that of an orthonormal basis "
        f"to {apart:.0e}·γ_1.",
        len(points),
        numbers={"points": len(points), "largest_excess": worst, "apart": apart},
    )


def _reversed_order(context: Context) -> bool:
    X, Y, B = identity(3), identity(3), fmpq_mat([[1, 1, 0]])
    return rational_inertia(signal(B * X, Y) - signal(X, Y))[0] > 0


CLAIM = Claim(
    id="baldi-hornik",
    title="The network without a butterfly",
    source="Baldi, Hornik, Neural Networks 2 (1989); " + paper("Section S3"),
    statement=(
        r"With $\Sigma' = YX^\top(XX^\top)^{-1}XY^\top$ of distinct positive eigenvalues "
        r"$\gamma_i$, the critical values are $\mathrm{tr}\,YY^\top - \sum_{i \in I}\gamma_i$, "
        r"and minima have $I = [k]$. Moreover $\Sigma(B) \preceq \Sigma'$ for every $B$, so "
        r"$\lambda_i(B) \le \gamma_i$."
    ),
    expected=Verdict.HOLDS,
    depends_on=("theorem-1-star",),
    checks=(
        Check("every critical value", Grade.EXACT, "Gröbner bases over the rationals", _values),
        Check("minima", Grade.EXACT, "characteristic polynomials of rational Hessians", _minima),
        proved(
            "Loewner order, all sizes",
            LOEWNER,
            Bearing.SUPPORTS,
            "So Σ(B) ⪯ Σ' and λ_i(B) <= γ_i.",
            partial=True,
        ),
        Check(
            "Loewner order",
            Grade.EXACT,
            "characteristic polynomials of Σ' − Σ(B), random integer problems",
            _loewner,
        ),
        Check(
            "digits", Grade.NUMERICAL, "every index set realised; twelve random encoders", _digits
        ),
    ),
    controls=(
        Control("the Loewner order reversed", _reversed_order),
        Control(
            "one critical value left out",
            lambda context: not are_the_critical_values(Matrix([[2, 0], [0, 1]]), 1, [5, 1]),
        ),
        Control(
            "one critical value too many",
            lambda context: not are_the_critical_values(Matrix([[2, 0], [0, 1]]), 1, [0, 1, 4, 5]),
        ),
    ),
)
