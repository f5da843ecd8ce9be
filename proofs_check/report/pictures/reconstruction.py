"""The error of Lemma S2.1 for every k: what an SRHT and its transpose make of a vector."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from math import sqrt

from proofs_check.exact.laws import norm_law
from proofs_check.report.pictures.drawing import Axes, Picture, Step

__all__ = ["draw_reconstruction"]

N = 8
BINS = 20


def law_of_error(x: list[int], k: int) -> dict[Fraction, Fraction]:
    """Law of ‖x − JᵀJx‖²/‖x‖² over every draw of the SRHT, as {value: probability}.

    It is 1 + (n/k − 2)‖Jx‖²/‖x‖², the identity that refutes Lemma S2.1.

    Examples
    --------
    >>> law_of_error([1, 0], 1)
    {Fraction(1, 1): Fraction(1, 1)}
    """
    square = sum(entry * entry for entry in x)
    law: dict[Fraction, Fraction] = {}
    for value, probability in norm_law(x, k).items():
        error = 1 + (Fraction(len(x), k) - 2) * value / square
        law[error] = law.get(error, Fraction(0)) + probability
    return dict(sorted(law.items()))


@cache
def draw_reconstruction() -> Picture:
    """The picture, from the exact law for a row of pixels of an image of a digit."""
    from sklearn.datasets import load_digits

    x = load_digits().images[0][2].astype(int).tolist()
    laws = {k: law_of_error(x, k) for k in range(1, N + 1)}
    roots = {k: [sqrt(value) for value in law] for k, law in laws.items()}
    means = {k: sqrt(sum(value * p for value, p in law.items())) for k, law in laws.items()}
    top = 1.05 * max(map(max, roots.values()))
    curve = Axes(38, 26, 250, 220, (0.7, N + 0.3), (0, top))
    bars = Axes(306, 26, 100, 220, (0, 1), (0, top))
    heights = {float(y): f"{y}" for y in range(int(top) + 1)}
    band = [(k, max(r)) for k, r in roots.items()] + [
        (k, min(r)) for k, r in reversed(roots.items())
    ]
    drawing = (
        curve.area([(0.7, 0), (N + 0.3, 0), (N + 0.3, 1), (0.7, 1)], "wanted")
        + curve.area(band, "band")
        + curve.line(means.items(), "curve")
        + curve.line([(0.7, 1), (N + 0.3, 1)], "limit")
        + curve.frame(
            {float(k): f"{k}" for k in laws}, heights, f"k, of n = {N}", "error ‖x − JᵀJx‖, ‖x‖ = 1"
        )
        + bars.area([(0, 0), (1, 0), (1, 1), (0, 1)], "wanted")
        + bars.line([(0, 1), (1, 1)], "limit")
        + bars.frame({}, dict.fromkeys(heights, ""), "share of the draws", "")
    )
    steps = []
    for k, law in laws.items():
        below = sum((p for value, p in law.items() if value < 1), start=Fraction(0))
        near = sum((p for value, p in law.items() if 4 * value <= 1), start=Fraction(0))
        shares = [0.0] * BINS
        for error, p in zip(roots[k], law.values(), strict=True):
            shares[min(int(error / top * BINS), BINS - 1)] += float(p)
        widest, height = max(shares), top / BINS
        steps.append(
            Step(
                f"k = {k}",
                curve.line([(k, 0), (k, top)], "cursor")
                + "".join(
                    bars.area(
                        [
                            (0, i * height),
                            (share / widest, i * height),
                            (share / widest, (i + 1) * height),
                            (0, (i + 1) * height),
                        ],
                        "bar",
                    )
                    for i, share in enumerate(shares)
                    if share
                ),
                f"k = {k}: the error lies between {roots[k][0]:.3g} and {roots[k][-1]:.3g}; its "
                f"root mean square is {means[k]:.3g}. It is below 1 in {float(below):.1%} of the "
                f"draws, and at most 1/2 in {float(near):.1%}.",
            )
        )
    never = [k for k, law in laws.items() if min(law) >= 1]
    return Picture(
        "lemma-s2.1",
        "What comes back of a vector",
        f"Lemma S2.1 wants the error below ε < 1. Over all draws of an SRHT, n = {N} and x a "
        f"row of pixels of a digit, it is never below 1 for k <= {max(never)}: the vector 0 in "
        "place of JᵀJx would be at least as near.",
        f"The error against k from 1 to {N}: its range over all draws and its root mean square, "
        f"which falls from {means[1]:.3g} at k = 1 to {means[N]:.3g} at k = {N}. Up to k = "
        f"{max(never)} the whole range lies at 1 or above.",
        420,
        290,
        drawing,
        {
            "range over all draws": '<path class="band" d="M-8,-6 h16 v12 h-16 z"/>',
            "root mean square": '<path class="curve" d="M-8,0 h16"/>',
            "error of the answer 0": '<path class="limit" d="M-8,0 h16"/>',
            "wanted": '<path class="wanted" d="M-8,-6 h16 v12 h-16 z"/>',
        },
        "k",
        tuple(steps),
        start=2,
    )
