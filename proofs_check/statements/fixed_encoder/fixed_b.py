"""With B fixed, every local minimum in (D, E) is global. With B trained this is false."""

from __future__ import annotations

from math import comb

import numpy as np

from fjlt import TruncatedButterfly
from landscape import EncoderDecoder, critical_points, fit, reduced_loss
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
from proofs_check.exact.critical_points import indices, padded, stored, unit_points
from proofs_check.exact.inertia import numerical_inertia
from proofs_check.exact.instances import EXAMPLE, data_sets
from proofs_check.formal.evidence import formalised

__all__ = ["CLAIM"]


def _exact(context: Context) -> Finding:
    shapes = [([2, 1], 2, 2, 1), ([3, 2, 1], 3, 3, 2), ([3, 2, 1], 4, 3, 2), ([2, 1], 3, 4, 3)]
    if context.full:
        shapes.append(([5, 4, 3, 2, 1], 5, 6, 3))
    cases, good, problems, minima = 0, True, [], 0
    for values, m, l, k in shapes:
        table = indices(values, m, l, k)
        top = tuple(range(1, min(k, len(values)) + 1))
        good &= [chosen for chosen, (index, _) in table.items() if index == 0] == [top]
        good &= len(table) == sum(comb(len(values), q) for q in range(min(k, len(values)) + 1))
        cases += len(table)
        minima += sum(index == 0 for index, _ in table.values())
        points = ((D, F) for _, D, F in unit_points(values, m, l, k))
        problems.append(stored(values, padded(values, m, l), points))
    return Finding.of(
        good,
        Bearing.SUPPORTS,
        f"{len(shapes)} integer instances, {cases} index sets: by its characteristic polynomial, "
        "in integers, the Hessian has a negative eigenvalue at the critical points of every I "
        "except that of the global minimum. By the claim theorem-1-star there are no other "
        "critical points up to the gauge.",
        cases,
        numbers={"index_sets": cases},
        certificate={
            "kind": "critical-points",
            "problems": problems,
            "counts": {"points": cases, "minima": minima},
        },
        scope=f"m, l <= {max(max(m, l) for _, m, l, _ in shapes)}, {len(shapes)} integer problems, "
        "every index set",
    )


def _training(context: Context) -> Finding:
    k, starts = 3, 12 if context.full else 4
    worst, cases = 0.0, 0
    for _, X, Y, B in data_sets(context.rng):
        X, Y = (part[:, :200] / np.linalg.norm(part[:, :200]) for part in (X, Y))
        optimum = reduced_loss(X, Y, B, k)
        for seed in context.seed.spawn(starts):
            run = fit(X, Y, k, B, trainable="fixed-b", method="l-bfgs", max_steps=2000, rng=seed)
            worst = max(worst, abs(run.loss - optimum))
            cases += 1
    return Finding.of(
        worst < 1e-6,
        Bearing.SUPPORTS,
        f"{cases} runs of L-BFGS on D and E from random starts (200 digits, auto-encoder and "
        f"labels, l = 8, k = {k}) all end at the global minimum, which is tr YYᵀ minus the {k} "
        f"largest eigenvalues of Σ, to {worst:.1e} of ‖Y‖_F².",
        cases,
        numbers={"runs": cases, "worst_relative_gap": worst},
    )


def spurious_minimum_with_trained_butterfly() -> tuple[float, float, tuple[int, int], float]:
    """(loss, loss of a better network, (index, nullity) in all weights, largest gradient entry).

    At a spurious minimum of the auto-encoder with n = 4, kept outputs 0 and 2 and k = 2. The rows
    of B are (u, 0) and (0, v).
    """
    X = EXAMPLE

    def network(u: tuple[int, int], v: tuple[int, int]) -> EncoderDecoder:
        weights = np.zeros((2, 4, 2))
        weights[0, 0], weights[0, 2], weights[1, :, 0] = u, v, 1
        butterfly = TruncatedButterfly(weights, rows=[0, 2])
        D, E = next(iter(critical_points(X, X, butterfly, 2))).realise()
        return EncoderDecoder(D, E, butterfly)

    spurious, better = network((1, 0), (0, 1)), network((0, 1), (1, 0))
    gradient = float(np.abs(spurious.flatten(spurious.gradient(X, X))).max())
    return (
        spurious.loss(X, X),
        better.loss(X, X),
        numerical_inertia(spurious.hessian(X, X)),
        gradient,
    )


def _trained_b_is_rejected(context: Context) -> bool:
    loss, better, (index, nullity), gradient = spurious_minimum_with_trained_butterfly()
    return bool(gradient < 1e-9 and index == 0 and nullity == 10 and loss > better + 1)


def _gap_after_three_steps(context: Context) -> float:
    _, X, Y, B = data_sets(context.rng)[1]
    run = fit(X, Y, 3, B, trainable="fixed-b", method="l-bfgs", max_steps=3, rng=context.rng)
    return (run.loss - reduced_loss(X, Y, B, 3)) / float(np.sum(Y**2))


CLAIM = Claim(
    id="fixed-b",
    title="With B fixed, every local minimum is global",
    source=paper("Section 4, after Theorem 1"),
    statement=r"For fixed $B$, every local minimum of $L$ in $D$ and $E$ is a global one.",
    expected=Verdict.HOLDS,
    correction=(
        r"Nothing follows for trained $B$. With $n = 4$, kept outputs $\{0, 2\}$ and $k = 2$ "
        r"there is an integer $4 \times 4$ auto-encoder problem with a local minimum, strict "
        r"modulo the gauge, that is not global. It serves here as a negative control."
    ),
    depends_on=("theorem-1-star",),
    checks=(
        formalised(
            "kernel",
            {
                "local_min_global": "over every ordered field, for all sizes and all B, X and Y: "
                "a local minimum (D, E) of ‖DEBX − Y‖_F² has the least loss of all (D', E')"
            },
            Bearing.SUPPORTS,
            "all sizes",
        ),
        Check("exact index", Grade.EXACT, "characteristic polynomials of integer Hessians", _exact),
        Check("training", Grade.NUMERICAL, "L-BFGS on the digits from random starts", _training),
    ),
    controls=(
        Control("the butterfly trained too", _trained_b_is_rejected),
        Control(
            "the second index set claimed to be a minimum",
            lambda context: indices([2, 1], 2, 2, 1)[(2,)][0] > 0,
        ),
        Control(
            "training stopped after three steps",
            lambda context: _gap_after_three_steps(context) > 1e-6,
        ),
    ),
)
