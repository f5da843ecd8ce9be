"""Two-phase learning: what the first phase, with B fixed, determines."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from flint import fmpq, fmpq_mat

from figures.data import digits
from fjlt import low_rank, srht
from landscape import fit, fit_two_phase, reduced_loss, signal_matrix
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
from proofs_check.exact.encoder_decoder import best_approximation, signal
from proofs_check.exact.error_laws import error_law
from proofs_check.exact.instances import WITNESS
from proofs_check.exact.planted import (
    Problem,
    gradients,
    identity,
    is_zero,
    square,
    stored,
    texts,
)

__all__ = ["CLAIM", "gauge_witness"]


def gauge_witness() -> dict[str, fmpq_mat]:
    """Matrices of two global minima (D, E) and (D2, E2) with the same product DE.

    X = Y = diag(2, 1), B = I, k = 1.
    """
    X = fmpq_mat([[2, 0], [0, 1]])
    D, E, C = fmpq_mat([[1], [0]]), fmpq_mat([[1, 0]]), fmpq_mat([[2]])
    return {"X": X, "Y": X, "B": identity(2), "D": D, "E": E, "D2": D * C, "E2": C.inv() * E}


def loss(w: dict[str, fmpq_mat], which: str = "") -> fmpq:
    """‖DEBX − Y‖_F² at (D, E), or at (D2, E2) for which = "2"."""
    return square(w["D" + which] * w["E" + which] * w["B"] * w["X"] - w["Y"])


def _gauge(context: Context) -> Finding:
    w = gauge_witness()
    # Σ(B) is diagonal, so that its largest entry is λ_1, and tr YYᵀ − λ_1 the least loss
    sigma = signal(w["B"] * w["X"], w["Y"])
    diagonal = all(sigma[i, j] == 0 for i in range(2) for j in range(2) if i != j)
    low = square(w["Y"]) - max(sigma[0, 0], sigma[1, 1])
    good = loss(w) == loss(w, "2") == low and w["D"] * w["E"] == w["D2"] * w["E2"]
    return Finding.of(
        good and diagonal and w["D"] != w["D2"] and w["E"] != w["E2"],
        Bearing.REFUTES,
        "X = Y = diag(2, 1), B = I, k = 1: D = (1, 0)ᵀ, E = (1, 0) and D = (2, 0)ᵀ, E = (½, 0) are "
        f"both global minima, of loss {loss(w)}, so training does not single out D_B and E_B. "
        "Their product is the same.",
        1,
        scope="X = Y = diag(2, 1), k = 1",
        certificate={"kind": "gauge"} | {name: texts(matrix) for name, matrix in w.items()},
    )


def _output(context: Context) -> Finding:
    """Check that D'E'BX is B_k(X) at every global minimum of planted auto-encoders."""
    rng, cases, moved, other, good = context.rng, 0, 0, 0, True
    points: list[tuple[Problem, fmpq_mat, fmpq_mat]] = []
    for _ in range(20 if context.full else 6):
        for values, n, k in (([3, 2, 1], 4, 2), ([3, 2], 4, 1), ([4, 3, 1], 5, 1)):
            problem = Problem.auto_encoder(values, n, rng)
            # The same global minimum in two random gauges (DC, C⁻¹E).
            first, second = (problem.critical_point(list(range(k)), k, rng) for _ in range(2))
            for D, E in (first, second):
                good &= all(map(is_zero, gradients(D, E, problem.encoded, problem.Y)))
                good &= D * E * problem.encoded == best_approximation(problem, k)
                good &= square(D * E * problem.encoded - problem.Y) == square(problem.Y) - sum(
                    v * v for v in values[:k]
                )
            moved += first[0] != second[0]
            # A saddle, at the eigenvectors 2 to k + 1: its output must be another.
            D, E = problem.critical_point(list(range(1, k + 1)), k, rng)
            other += D * E * problem.encoded != best_approximation(problem, k)
            minima = [first] if second == first else [first, second]
            points += ((problem, *network) for network in (*minima, (D, E)))
            cases += 2
    return Finding.of(
        good and moved > 0 and other == cases // 2,
        Bearing.REFUTES,
        f"{cases} global minima of rational auto-encoders in random gauges: D' differs between the "
        f"two minima of a problem in {moved} of {cases // 2} problems, while D'E'BX = B_k(X) and "
        "the loss ‖X‖_F² − (λ_1 + … + λ_k) are the same in all. The output is printed as D'E'B, "
        "which lacks the factor X and has the wrong shape.",
        cases,
        numbers={"minima": cases, "problems_with_different_D": moved},
        scope=f"{moved} rational auto-encoders",
        certificate={
            "kind": "critical-points",
            "problems": stored(points),
            "counts": {"minima": cases // 2 + moved, "problems_with_different_D": moved},
        },
    )


def _ties(context: Context) -> Finding:
    """Show two global minima with different outputs, for λ_k = λ_(k+1)."""
    one = identity(2)
    D, E, D2, E2 = (
        fmpq_mat([[1], [0]]),
        fmpq_mat([[1, 0]]),
        fmpq_mat([[0], [1]]),
        fmpq_mat([[0, 1]]),
    )
    losses = square(D * E - one), square(D2 * E2 - one)
    return Finding.of(
        losses[0] == losses[1] == 1 and D * E != D2 * E2,
        Bearing.REFUTES,
        "X = B = I, n = 2, k = 1, where λ_1 = λ_2: the outputs diag(1, 0) and diag(0, 1) both have "
        f"the smallest loss, {losses[0]}. So the output is determined only if λ_k > λ_(k+1).",
        1,
        certificate={"kind": "gauge"}
        | {
            name: texts(a)
            for name, a in zip(
                ("X", "Y", "B", "D", "E", "D2", "E2"), (one, one, one, D, E, D2, E2), strict=True
            )
        },
        scope="X = I, n = 2, k = 1",
    )


def _bound(context: Context) -> Finding:
    """Show that the loss after the first phase misses the bound where Proposition 2 does."""
    law = error_law(WITNESS)
    X = np.array(WITNESS, dtype=float)
    losses = [reduced_loss(X, X, srht(1, 4, rng=seed), 1) for seed in context.seed.spawn(40)]
    # Every drawn loss must be one of the values of the exact law.
    far = max(min(abs(value - float(error)) for error in law) for value in losses)
    success = sum((p for error, p in law.items() if error <= 2), start=Fraction(0))
    return Finding.of(
        far < 1e-9 and success < Fraction(1, 2),
        Bearing.REFUTES,
        "n = 4, k = l = ε = 1, the data of claim prop-2: the smallest loss for fixed B is "
        f"{' or '.join(f'{error} with probability {p}' for error, p in law.items())}, as "
        f"{len(losses)} draws confirm to {far:.0e}, and 2·Δ_1 = 2 is met with probability "
        f"{success} only.",
        len(losses),
        scope="l = k = ε = 1, n = 4",
        numbers={"law": {str(error): str(p) for error, p in law.items()}},
        certificate={
            "kind": "sketch-error-law",
            "X": WITNESS,
            "allowed": "2",
            "law": {str(error): str(p) for error, p in law.items()},
            "success": str(success),
        },
    )


def _training(context: Context) -> Finding:
    k, l = 3, 8
    X = digits()[0][:, : 400 if context.full else 200]
    X = X / np.linalg.norm(X)
    worst, apart, gap, cases = 0.0, np.inf, np.inf, 0
    for seed in context.seed.spawn(2):
        B = srht(l, 64, rng=seed)
        values, vectors = np.linalg.eigh(signal_matrix(X, X, B))
        approximation = low_rank(X, B, k)
        for start in seed.spawn(2):
            trained = fit(
                X, X, k, B, trainable="fixed-b", max_steps=4000, tolerance=1e-9, rng=start
            ).network
            output = trained.decoder @ trained.encoder @ (B @ X)
            worst = max(
                worst, float(np.linalg.norm(output - approximation.left @ approximation.right))
            )
            apart = min(apart, float(np.linalg.norm(trained.decoder - vectors[:, : -k - 1 : -1])))
            cases += 1
        gap = min(gap, float(values[-k] - values[-k - 1]))
    return Finding.of(
        worst < 1e-3 and apart > 0.1 and gap > 0,
        Bearing.REFUTES,
        f"{cases} trainings of D and E on digits (n = 64, l = {l}, k = {k}, ‖X‖_F = 1): the output "
        f"is B_k(X) to {worst:.1e}, while D is at distance {apart:.2g} or more from the "
        "eigenvectors of Σ(B).",
        cases,
        numbers={"output": worst, "decoder": apart},
    )


def _unequal_gauge(context: Context) -> bool:
    """Whether a change of D without the inverse change of E is seen to change the loss."""
    w = gauge_witness()
    w["E2"] = w["E"]
    return loss(w, "2") != loss(w)


def _wrong_subset(context: Context) -> bool:
    rng = context.rng
    problem = Problem.auto_encoder([3, 2], 4, rng)
    D, E = problem.critical_point([1], 1, rng)
    return D * E * problem.encoded != best_approximation(problem, 1)


def _second_phase(context: Context) -> Finding:
    k, l, steps = 3, 8, 300 if context.full else 100
    X = digits()[0][:, : 400 if context.full else 200]
    X = X / np.linalg.norm(X)
    B = srht(l, 64, rng=context.rng)
    first, second = fit_two_phase(X, X, k, B, max_steps=steps, rng=context.rng)
    network = second.network
    product = network.decoder @ network.encoder @ network.butterfly.to_dense() @ X
    measured = float(np.sum((product - X) ** 2))
    least = float(np.sum(np.linalg.svd(X, compute_uv=False)[k:] ** 2))
    return Finding.of(
        abs(measured - second.loss) <= 1e-10 and least <= second.loss < 0.99 * first.loss,
        Bearing.REFUTES,
        f"The second phase leaves B_k(X): digits, n = 64, l = {l}, k = {k}, ‖X‖_F = 1, {steps} "
        f"steps a phase. The loss goes from {first.loss:.4f} to {second.loss:.4f}, which the dense "
        f"product DEBX of the network confirms to {abs(measured - second.loss):.0e}; no rank-{k} "
        f"output has less than {least:.4f}.",
        1,
        numbers={"first": first.loss, "second": second.loss, "dense": measured, "least": least},
    )


CLAIM = Claim(
    id="two-phase",
    title="Two-phase learning",
    source=paper("Section 4"),
    statement=r"After the first phase, with $B$ fixed, $D' = D_B$, $E' = E_B$, the output is "
    r"$D'E'B = B_k(X)$, and the loss is at most $(1+\varepsilon)\Delta_k$ with probability at "
    r"least 1/2 for $\ell = k \log k + k/\varepsilon$.",
    expected=Verdict.REFUTED,
    correction=r"$D'$ and $E'$ are determined only up to a change to $D'C$, $C^{-1}E'$. The output "
    r"is $D'E'BX$, and it is $B_k(X)$ if $\lambda_k > \lambda_{k+1}$. The bound on the loss is "
    r"that of Proposition 2 and holds with the $\ell$ of claim prop-2-corrected.",
    depends_on=("fixed-b", "prop-2"),
    checks=(
        Check("gauge", Grade.EXACT, "two global minima in rationals", _gauge),
        Check("output", Grade.EXACT, "global minima of planted auto-encoders", _output),
        Check("equal eigenvalues", Grade.EXACT, "two global minima in integers", _ties),
        Check(
            "loss bound",
            Grade.EXACT,
            "the whole law of the error, and the library's losses",
            _bound,
        ),
        Check("training", Grade.NUMERICAL, "L-BFGS on digits from random starts", _training),
        Check(
            "second phase",
            Grade.NUMERICAL,
            "training of B too, and the dense product",
            _second_phase,
        ),
    ),
    controls=(
        Control("a gauge on one side only", _unequal_gauge),
        Control("a saddle in the place of the minimum", _wrong_subset),
    ),
)
