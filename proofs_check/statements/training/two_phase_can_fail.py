"""Data on which two-phase learning from every FJLT start ends at a minimum that is not global."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np
from flint import arb, ctx, fmpz_poly
from sympy import Rational

from landscape import fit_two_phase
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
from proofs_check.counts.descent_traps import (
    AUTO_ENCODER,
    Plane,
    fjlt_starts,
    is_trapped,
    stretched,
)
from proofs_check.counts.sibling_gain import (
    Census,
    SiblingGain,
    census_certificate,
    certificate,
    is_spurious,
)
from proofs_check.exact.instances import EXAMPLE_ROWS

__all__ = ["CLAIM"]
SPURIOUS: Plane = ((1, 0), (0, 1))
BETTER: Plane = ((0, 1), (1, 0))


def _barrier(context: Context) -> Finding:
    gain, starts = stretched(2, 4), fjlt_starts()
    planes = {plane for _, plane in starts}
    levels = {gain.at(*plane) for plane in planes}
    top, best = gain.at(*SPURIOUS), gain.at(*BETTER)
    good = all(is_trapped(gain, plane, SPURIOUS) for plane in planes) and is_spurious(
        gain, SPURIOUS, BETTER
    )
    below = max(root for root in gain.discriminant.real_roots() if root < min(levels))
    return Finding.of(
        good and gain.census(best).real == 0,
        Bearing.SUPPORTS,
        f"X = {gain.X}, Y = {gain.Y}: the {len(starts)} sign patterns of an FJLT have "
        f"{len(planes)} row spaces, of gain {', '.join(map(str, sorted(levels)))}. No critical "
        f"value lies between this and {top}, the value of a nondegenerate maximum; the next one "
        f"below is {float(below):.6f}. So the planes around this maximum that gain at least as "
        "much as a start form a disc. It holds all starts, by Sturm sequences along segments, and "
        "no single row gains as much as they do. A training that starts with the best D and E, "
        "moves continuously and never raises the loss therefore stays at or above "
        f"{gain.trace - top}, and can end at critical points of that loss only. The global minimum "
        f"is {gain.trace - best}.",
        len(planes),
        scope=f"the example of n = 4, {len(starts)} FJLT starts",
        numbers={
            "loss": str(gain.trace - top),
            "global": str(gain.trace - best),
            "row_spaces": len(planes),
        },
        certificate={"kind": "spurious-minimum", "points": [certificate(gain, SPURIOUS, BETTER)]},
    )


@ctx.workprec(128)
def critical_losses(gain: SiblingGain) -> list[arb]:
    """The real critical losses in balls, lowest first; each is a simple root."""
    # The balls are disjoint, and the imaginary part of a real root is exactly 0.
    polynomial: Any = fmpz_poly([int(c) for c in reversed(gain.discriminant.all_coeffs())])
    roots = [
        root.real
        for root, multiplicity in polynomial.complex_roots()
        if root.imag == 0 and multiplicity == 1
    ]
    return sorted((int(gain.trace) - root for root in roots), key=lambda loss: float(loss.mid()))


def rational_between(low: arb, high: arb) -> Any:
    """A rational number of few digits near the middle of two balls."""
    middle = float((low + high).mid() / 2)
    return Rational(round(middle * 2**10), 2**10)


LOWEST = ((0, 0), (1, 0), (2, 0), (2, 1))
"""How many maxima and saddles of the gain of the auto-encoder have the 0, 1, 2, 3 lowest losses."""


def ends_around(ball: arb) -> tuple[Any, Any]:
    """Rational numbers of eleven decimals below and above a ball."""
    middle, unit = round(float(ball.mid()) * 10**11), Rational(1, 10**11)
    return (middle - 1) * unit, (middle + 1) * unit


def _two_minima(context: Context) -> Finding:
    gain = SiblingGain(AUTO_ENCODER, AUTO_ENCODER)
    losses = critical_losses(gain)
    # A level of the gain that separates the two lowest losses from the others.
    level = gain.trace - rational_between(*losses[1:3])
    found, top = gain.census(), gain.census(level)
    separate = all(bool(low < high) for low, high in pairwise(losses))
    starts = {plane: gain.at(*plane) for _, plane in fjlt_starts()}
    spaces = sorted({gain.trace - value for value in starts.values()})
    saddle, third = losses[2], float(losses[2].mid())
    # around the three lowest losses: how many maxima and saddles of the gain lie below
    below = [
        [end, *kinds, 0]
        for loss, *counts in zip(losses[:3], LOWEST[:3], LOWEST[1:], strict=True)
        for end, kinds in zip(ends_around(loss), counts, strict=True)
    ]
    return Finding.of(
        found == Census(12, 8, 2, 4, 2)
        and top == Census(12, 2, 2, 0, 0)
        and len(losses) == found.real
        and separate,
        Bearing.SUPPORTS,
        f"X = Y = {gain.X}: of {found.complex} critical points {found.real} are real. They are "
        f"{found.maxima} maxima, {found.saddles} saddles and {found.minima} minima of the gain, by "
        f"signatures of trace forms. The two with a loss below {gain.trace - level} are both "
        "nondegenerate minima of the loss. In balls, the global one has loss "
        f"{losses[0].str(14, radius=False)} and the other {losses[1].str(14, radius=False)}. The "
        f"{len(spaces)} FJLT row spaces have losses "
        f"{', '.join(f'{float(loss):.4f}' for loss in spaces)}, above the lowest saddle, "
        f"{third:.4f}, so levels alone do not decide where training ends.",
        found.complex,
        numbers={
            "loss": float(losses[1].mid()),
            "global": float(losses[0].mid()),
            "saddle": float(saddle.mid()),
        },
        certificate=census_certificate(gain, found, below),
    )


def ends(
    gain: SiblingGain, context: Context, method: str = "l-bfgs", **options: Any
) -> Iterator[float]:
    """Yield the loss at which two-phase learning ends, for one sign pattern after the other."""
    X, Y = np.array(gain.X, dtype=float), np.array(gain.Y, dtype=float)
    for seed, (B, _) in zip(context.seed.spawn(16), fjlt_starts(), strict=True):
        yield fit_two_phase(
            X, Y, 2, B, rng=seed, method=method, tolerance=1e-8, **options
        ).second.loss


def _training(context: Context) -> Finding:
    barrier, printed = stretched(2, 4), SiblingGain(AUTO_ENCODER, AUTO_ENCODER)
    trapped, spurious = (
        float(barrier.trace - barrier.at(*SPURIOUS)),
        float(critical_losses(printed)[1].mid()),
    )
    runs: list[tuple[str, SiblingGain, float, dict[str, Any]]]
    runs = [("X = diag(2, 1, 1, 4)·Y, L-BFGS", barrier, trapped, {"max_steps": 5000})]
    runs.append(("the auto-encoder, L-BFGS", printed, spurious, {"max_steps": 5000}))
    if context.full:
        runs.append(
            (
                "X = diag(2, 1, 1, 4)·Y, Adam",
                barrier,
                trapped,
                {"method": "adam", "max_steps": 6000},
            )
        )
    sentences, worst, cases = [], 0.0, 0
    for name, gain, loss, options in runs:
        losses = list(ends(gain, context, **options))
        gap = max(abs(found - loss) for found in losses)
        worst, cases = max(worst, gap), cases + len(losses)
        sentences.append(f"{name}: {len(losses)} end at {loss:.6f}, to {gap:.0e}")
    return Finding.of(
        worst < 1e-5,
        Bearing.SUPPORTS,
        f"Two-phase learning from every sign pattern of an FJLT ({'; '.join(sentences)}).",
        cases,
        numbers={"worst": worst, "runs": cases},
    )


def _adam_escapes(context: Context) -> bool:
    """Whether Adam ends at the global minimum of the auto-encoder from some FJLT start."""
    gain = SiblingGain(AUTO_ENCODER, AUTO_ENCODER)
    least = float(critical_losses(gain)[0].mid())
    return any(abs(loss - least) < 1e-4 for loss in ends(gain, context, "adam", max_steps=3000))


def _never_trapped(gain: SiblingGain) -> bool:
    return not any(is_trapped(gain, plane, SPURIOUS) for _, plane in fjlt_starts())


def _integer_example(context: Context) -> bool:
    """Whether every FJLT row space gains more than the spurious maximum of joint-spurious."""
    gain = SiblingGain(EXAMPLE_ROWS, EXAMPLE_ROWS)
    above = all(gain.at(*plane) > gain.at(*SPURIOUS) for _, plane in fjlt_starts())
    return above and _never_trapped(gain)


CLAIM = Claim(
    id="two-phase-can-fail",
    title="Two-phase learning can end at a spurious minimum",
    source="Beyond the paper: what training the butterfly does to the landscape",
    statement=r"There are $4 \times 4$ integer matrices $X$ and $Y$ for which, with outputs $\{0, "
    r"2\}$ and $\ell = k = 2$, phase two cannot leave the basin of a spurious minimum from any "
    r"FJLT start: no path that begins at the best $D$ and $E$ and along which the loss never rises "
    r"gets below the loss of that minimum.",
    expected=Verdict.HOLDS,
    correction=r"On the integer auto-encoder $X = Y$ of the second check, too, L-BFGS ends at a "
    r"spurious minimum from every FJLT start, in floating point. Its loss is $<<two "
    r"minima:loss>>$, while $<<two minima:global>>$ is the global minimum. But there the starts "
    r"lie above the lowest saddle, and Adam reaches the global minimum from some of them: where "
    r"training ends depends on the algorithm.",
    depends_on=("reachable",),
    follows_up=("two-phase",),
    checks=(
        Check(
            "no way out", Grade.EXACT, "critical values by discriminants, Sturm sequences", _barrier
        ),
        Check(
            "two minima", Grade.INTERVAL, "trace forms, roots in balls", _two_minima, partial=True
        ),
        Check(
            "training",
            Grade.NUMERICAL,
            "L-BFGS, two phases, from every sign pattern",
            _training,
            partial=True,
        ),
    ),
    controls=(
        Control("FJLT starts on the integer auto-encoder of joint-spurious", _integer_example),
        Control("less stretched data, diag(2, 1, 1, 3)", lambda _: _never_trapped(stretched(2, 3))),
        Control(
            "a start next to the global minimum",
            lambda _: not is_trapped(stretched(2, 4), ((1, 9), (9, 1)), SPURIOUS),
        ),
        Control("an auto-encoder that no algorithm leaves", _adam_escapes),
    ),
)
