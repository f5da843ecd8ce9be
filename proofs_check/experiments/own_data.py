"""Checks of the reader's own W and X.

Do the statements on embeddings hold for them, and how small a sketch reaches the target?
"""

from __future__ import annotations

from collections.abc import Callable
from math import ceil, log2

import numpy as np
from numpy.random import SeedSequence

from fjlt import boundary, low_rank, srht
from fjlt.runs.binomial import design, limits
from fjlt.types import RealArray
from proofs_check.claim import Bearing, Context, Finding

__all__ = ["input_side", "low_rank_sketch", "replacement", "scaled", "smallest"]

LEVEL = 1e-9  # bound on the probability of a false alarm
MISSED = 1e-3  # bound on the probability to miss that a sketch is clearly large enough
DRAWS = 400


def scaled(matrix: RealArray) -> tuple[RealArray, int]:
    """The matrix divided by 2^power, so that its largest entry is from 1/2 to 1, and the power.

    No statement depends on the scale of W, X, Y or B, and products of entries stay in range. The
    division is exact, but for entries that are below rounding beside the largest. Zero stays zero.

    Examples
    --------
    >>> scaled(np.array([[3e300, 0.0]]))
    (array([[0.55995817, 0.        ]]), 999)
    """
    power = int(np.frexp(np.abs(matrix).max())[1])
    return np.ldexp(matrix, -power), power


def smallest(enough: Callable[[int], bool], high: int) -> int | None:
    """The least size from 1 to ``high`` that is enough, by bisection; None if ``high`` is not.

    If a size is enough, all larger ones are taken to be enough as well.

    Examples
    --------
    >>> smallest(lambda k: k * k > 50, 10), smallest(lambda k: False, 10)
    (8, None)
    """
    if not enough(high):
        return None
    low = 0  # never enough; high always is
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


def rows_needed(n: int, limit: float) -> int:
    """The least k for which the variance factor (n − k)/(k(n − 1)) is at most ``limit``.

    It is that of k rows drawn from n.
    """
    return ceil(n / (1 + (n - 1) * limit))


def measured(
    succeeds: Callable[[int, SeedSequence], bool], high: int, context: Context
) -> tuple[int | None, str]:
    """The smallest size found to succeed with the target probability, and how that was tested."""
    p = context.target.probability
    # bisection tries 1 + log2(high) sizes at most; together they keep the level
    test = design(p, 1 - (1 - p) / 4, LEVEL / (1 + ceil(log2(high))), MISSED)
    seeds = context.seed.spawn(test.draws)
    return smallest(lambda k: test.says_so(sum(succeeds(k, seed) for seed in seeds)), high), (
        f"{test.draws} draws for each size tried; all sizes together falsely found enough with "
        f"chance at most {LEVEL:g}"
    )


def replacement(context: Context) -> Finding:
    """Proposition 1 for W, at its top right singular vector, with k1 = k2."""
    W, _ = scaled(context.data["W"].astype(float))
    epsilon, p = context.target.epsilon, context.target.probability
    n2, n1 = W.shape
    _, singular, right = np.linalg.svd(W)
    if not singular[0]:
        return Finding(Bearing.SILENT, "W = 0, for which there is nothing to approximate.", 1)
    x = right[0]

    def succeeds(k: int, seed: SeedSequence) -> bool:
        first, second = seed.spawn(2)
        J1, J2 = srht(k, n1, rng=first), srht(k, n2, rng=second)
        error = np.linalg.norm(J2.H @ (J2 @ (W @ (J1.H @ (J1 @ x)))) - W @ x)
        return bool(error <= epsilon * singular[0])

    k = max(1, int(log2(min(n1, n2))))
    # the exact mean square at this x is at least (n2/k2 − 1)‖W‖², so ε² ≥ n2/k2 − 1
    needed = ceil(n2 / (1 + epsilon**2)) if boundary.next_power_of_two(n2) == n2 else None
    successes = sum(succeeds(k, seed) for seed in context.seed.spawn(DRAWS))
    low, high = limits(successes, DRAWS, LEVEL / 2)
    bearing = Bearing.REFUTES if high < p else Bearing.SUPPORTS if low >= p else Bearing.SILENT
    return Finding(
        bearing,
        f"W is {n2}×{n1}, of stable rank {np.sum(singular**2) / singular[0] ** 2:.3g}; x its top "
        f"right singular vector, k1 = k2 = log n = {k}, ε = {epsilon:g}: {successes} of {DRAWS} "
        f"draws have ‖W'x − Wx‖ <= ε‖W‖, so the probability lies between {low:.3g} and "
        f"{high:.3g}, with confidence 1 − {LEVEL:g}; wanted is {p:g}."
        + (
            f" A root mean square of at most ε‖W‖ at this x needs k2 >= {needed}, of {n2}."
            if needed
            else ""
        ),
        DRAWS,
        numbers={
            "k": k,
            "successes": successes,
            "draws": DRAWS,
            "lower_limit": low,
            "upper_limit": high,
            "k2_needed": needed,
        },
    )


def input_side(context: Context) -> Finding:
    """The smallest k1 for which ‖WJᵀJx − Wx‖ <= ε‖W‖ with the target probability.

    It is found by the bounds, and by measurement.
    """
    W, _ = scaled(context.data["W"].astype(float))
    epsilon, p = context.target.epsilon, context.target.probability
    n, size = W.shape[1], boundary.next_power_of_two(W.shape[1])
    norm2, frobenius2 = float(np.linalg.norm(W, 2) ** 2), float(np.sum(W**2))
    if not norm2:
        return Finding(Bearing.SILENT, "W = 0, for which there is nothing to approximate.", 1)
    # the mean square error is σ²·xᵀQx, so the top eigenvector of Q is the worst x
    Q = frobenius2 * np.eye(n) + W.T @ W - 2 * np.diag(np.sum(W**2, axis=0))
    values, vectors = np.linalg.eigh(Q)
    x, failure = vectors[:, -1], (1 - p) * epsilon**2 * norm2
    printed = ceil((frobenius2 + norm2) / failure)
    # without an error at the worst x one row is enough, as for a single column
    sharp = rows_needed(size, failure / values[-1]) if values[-1] > 1e-12 * frobenius2 else 1

    def succeeds(k: int, seed: SeedSequence) -> bool:
        J = srht(k, n, rng=seed)
        return bool(np.linalg.norm(W @ (J.H @ (J @ x) - x)) <= epsilon * norm2**0.5 * (1 + 1e-12))

    found, how = measured(succeeds, n, context)
    return Finding(
        Bearing.SUPPORTS if found is not None else Bearing.SILENT,
        f"Wanted: ‖WJᵀJx − Wx‖ <= {epsilon:g}·‖W‖ with probability {p:g} for every unit x. The "
        f"bound (sr(W) + 1)/(kε²) asks for k >= {printed}"
        + (f", more than the {n} columns that there are" if printed > n else "")
        + f"; the exact mean square at the worst x, and Markov's inequality, for k >= {sharp} of "
        f"{n}. Measured at that x: "
        + (f"k = {found} is enough" if found else "no k is found to be enough")
        + f" ({how}).",
        1,
        numbers={"k_bound": printed, "k_exact_moment": sharp, "k_measured": found, "columns": n},
    )


def low_rank_sketch(context: Context) -> Finding:
    """Check Proposition 2 for X, and find the smallest l for the target probability.

    The proposition is checked at its own l = ⌈k·log k + k/ε⌉.
    """
    X, _ = scaled(context.data["X"].astype(float))
    epsilon, p = context.target.epsilon, context.target.probability
    n, size = len(X), boundary.next_power_of_two(len(X))
    if X.shape[1] > n:
        X = np.linalg.qr(X.T)[1].T  # X times an orthogonal matrix: the same errors
    singular = np.linalg.svd(X, compute_uv=False)
    k = context.target.k
    tail = float(np.sum(singular[k:] ** 2))
    if k > n or tail <= 1e-20 * float(np.sum(singular**2)):
        return Finding(
            Bearing.SILENT,
            f"X has rank at most k = {k}; there is nothing to lose. Name a smaller k.",
            1,
        )

    def succeeds(l: int, seed: SeedSequence) -> bool:
        return bool(
            low_rank(X, srht(l, n, rng=seed), k).error <= (1 + epsilon) * tail * (1 + 1e-12)
        )

    l = min(n, ceil(k * log2(k) + k / epsilon))
    successes = sum(succeeds(l, seed) for seed in context.seed.spawn(DRAWS))
    low, high = limits(successes, DRAWS, LEVEL / 2)
    bearing = Bearing.REFUTES if high < 0.5 else Bearing.SUPPORTS if low >= 0.5 else Bearing.SILENT
    # claim prop-2-corrected: failure at most σ²·(4k(k + 1) + 4k/ε) for the SRHT; for Gaussian J
    # the mean of the excess is k/(l − k − 1), and Markov's inequality
    proved = rows_needed(size, (1 - p) / (4 * k * (k + 1) + 4 * k / epsilon))
    gaussian = k + 1 + ceil(k / ((1 - p) * epsilon))
    found, how = measured(succeeds, n, context)
    return Finding(
        bearing,
        f"X has {n} rows, k = {k}, ε = {epsilon:g}: with l = ⌈k·log k + k/ε⌉ = {l}, {successes} "
        f"of {DRAWS} draws of the SRHT have ‖J_k(X) − X‖_F² <= (1 + ε)Δ_k; the probability lies "
        f"between {low:.3g} and {high:.3g}, with confidence 1 − {LEVEL:g}, and the statement "
        f"promises ½. For probability {p:g}, l = {proved} is enough by proof (SRHT; Gaussian: "
        f"{gaussian}); measured: "
        + (f"l = {found} is enough" if found else "no l is found to be enough")
        + f" ({how}).",
        DRAWS,
        numbers={
            "l": l,
            "successes": successes,
            "l_proved": proved,
            "l_gaussian": gaussian,
            "l_measured": found,
        },
    )
