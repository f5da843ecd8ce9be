"""The law of ‖Jx‖² for an SRHT, and how often it misses 1 by more than ε, beside the bound."""

from __future__ import annotations

from fractions import Fraction
from functools import cache

import numpy as np

from proofs_check.exact.laws import norm_law
from proofs_check.exact.moments import norm_variance
from proofs_check.report.pictures.drawing import Axes, Picture, Step

__all__ = ["draw_concentration"]

N, K = 16, 4
BINS = 24
EPSILONS = (0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0)


def failure(law: dict[Fraction, Fraction], epsilon: float) -> Fraction:
    """Pr[|S − 1| > ε] for a law {value: probability} of S.

    Examples
    --------
    >>> failure({Fraction(0): Fraction(1, 2), Fraction(2): Fraction(1, 2)}, 0.5)
    Fraction(1, 1)
    """
    return sum((p for value, p in law.items() if abs(value - 1) > epsilon), start=Fraction(0))


@cache
def draw_concentration() -> Picture:
    """The picture, from the exact law for two rows of pixels of an image of a digit."""
    from sklearn.datasets import load_digits

    x = load_digits().images[0][2:4].astype(int).ravel().tolist()
    square = sum(entry * entry for entry in x)
    law = {value / square: p for value, p in norm_law(x, K).items()}
    top, spread = float(max(law)), norm_variance(x, K) / square**2
    shares = [Fraction(0)] * BINS
    for value, p in law.items():
        shares[min(int(float(value) / top * BINS), BINS - 1)] += p
    high = 1.1 * float(max(shares))
    width = top / BINS
    histogram = Axes(38, 26, 190, 220, (0, top), (0, high))
    tail = Axes(278, 26, 128, 220, (0, 2.2), (0, 1))

    def bound(epsilon: float) -> float:
        return min(1.0, float(spread) / epsilon**2)

    grid = [i / 40 for i in range(1, 89)]
    misses = np.array([abs(float(value) - 1) for value in law])
    weights = np.array([float(p) for p in law.values()])
    drawing = (
        "".join(
            histogram.area(
                [
                    (i * width, 0),
                    (i * width, float(share)),
                    ((i + 1) * width, float(share)),
                    ((i + 1) * width, 0),
                ],
                "bar",
            )
            for i, share in enumerate(shares)
            if share
        )
        + histogram.line([(1, 0), (1, high)], "limit")
        + histogram.frame(
            {float(i): f"{i}" for i in range(int(top) + 1)},
            {i / 20: f"{i * 5} %" for i in range(int(high * 20) + 1)},
            "‖Jx‖², ‖x‖ = 1",
            "share of all draws",
        )
        + tail.line([(e, bound(e)) for e in grid], "limit")
        + tail.line([(e, float(weights[misses > e].sum())) for e in grid], "curve")
        + tail.frame(
            {0.0: "0", 1.0: "1", 2.0: "2"},
            {0.0: "0", 0.5: "½", 1.0: "1"},
            "ε",
            "Pr[ |‖Jx‖² − 1| > ε ]",
        )
    )
    steps = []
    for e in EPSILONS:
        missed = float(failure(law, e))
        left = [(0.0, 0.0), (max(0, 1 - e), 0.0), (max(0, 1 - e), high), (0.0, high)]
        right = [(1 + e, 0.0), (top, 0.0), (top, high), (1 + e, high)]
        steps.append(
            Step(
                f"ε = {e:g}",
                (histogram.area(left, "missed") if e < 1 else "")
                + (histogram.area(right, "missed") if 1 + e < top else "")
                + tail.line([(e, 0), (e, 1)], "cursor"),
                f"ε = {e:g}: ‖Jx‖² misses 1 by more than that in {missed:.1%} of the draws; "
                f"the bound says at most {bound(e):.1%}.",
            )
        )
    return Picture(
        "jl-norm",
        "What an embedding keeps: the norm",
        f"The exact law of ‖Jx‖² for an SRHT of {K} × {N}, k = log n, over every draw, x two rows "
        "of pixels of a digit. Beside it the share of draws that miss 1 by more than ε, and "
        "Chebyshev's bound from the exact variance "
        f"2σ²(1 − ‖x‖₄⁴) = {float(spread):.3g}.",
        f"A histogram of ‖Jx‖² with its mean at 1 and values up to {top:.2g}. On the right the "
        f"probability of missing 1 by more than ε: it falls from {float(failure(law, 0.25)):.2g} "
        f"at ε = 0.25 to {float(failure(law, 2.0)):.2g} at ε = 2, and the bound lies above it.",
        420,
        290,
        drawing,
        {
            "share of draws that miss 1": '<path class="curve" d="M-8,0 h16"/>',
            "bound; mean": '<path class="limit" d="M-8,0 h16"/>',
            "missed": '<path class="missed" d="M-8,-6 h16 v12 h-16 z"/>',
        },
        "ε",
        tuple(steps),
        start=2,
    )
