"""Where the gradient flow of the second phase ends, from every FJLT start, on data with n = 4."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any, NamedTuple

import numpy as np
from flint import arb, arb_mat, ctx
from sympy import Rational

from fjlt import TruncatedButterfly
from landscape import EncoderDecoder, FlowEnclosure, enclose_flow
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
    Box,
    Plane,
    fjlt_starts,
    has_walls,
    is_trapped,
    loses_more,
    stretched,
)
from proofs_check.counts.sibling_gain import SiblingGain
from proofs_check.exact.instances import EXAMPLE_ROWS

__all__ = ["CLAIM"]

SIGNS = ((1, 1), (1, -1), (-1, 1), (-1, -1))
"""The slopes of the two rows of an FJLT, u = (1, ±1) and v = (1, ±1)."""
TIMES = (0.045, 0.11, 0.042, 0.09)
"""How long the flow of the auto-encoder is followed from each of them."""
BOX: Box = ((Rational(-8, 5), Rational(21, 5)), (Rational(-3, 25), Rational(31, 50)))
LEVEL, FLOOR = Rational(153, 4), Rational(36)
"""Losses: above the first on the edges of the box, above the second all over it."""
ABOVE: Plane = ((0, 1), (1, 0))
BELOW: Plane = ((1, 0), (0, 1))


def auto_encoder() -> SiblingGain:
    """The gain of the integer auto-encoder with two minima."""
    return SiblingGain(AUTO_ENCODER, AUTO_ENCODER)


class Start(NamedTuple):
    """A network in floating point, and how far the exact start is from it at most."""

    network: EncoderDecoder
    radius: float


@ctx.workprec(128)
def balanced_start(gain: SiblingGain, signs: Sequence[int], squared_scale: int = 1) -> Start:
    """An FJLT with rows (1, s), (1, t) in its first layer, and the best D, E with DᵀD = EEᵀ.

    These are E = (AᵀA)^(1/4) and D = AE⁻¹ for the best A = DE, up to a rotation of the code. The
    last layer is multiplied by the scale.
    """
    half = arb(1) / arb(2).sqrt()
    u, v = ([half, s * half] for s in signs)
    S = arb_mat([[1, 1], [1, -1]]) * half * arb(squared_scale).sqrt()
    B = S * arb_mat([[*u, 0, 0], [0, 0, *v]])
    X, Y = arb_mat(gain.X), arb_mat(gain.Y)
    code = B * X
    A = Y * code.transpose() * (code * code.transpose()).inv()
    E = root(root(A.transpose() * A))
    D = A * E.inv()
    exact = [*D.entries(), *E.entries(), *u, *v, *S.entries()]
    near = [float(entry.mid()) for entry in exact]
    weights = np.zeros((2, 4, 2))
    # output j of a layer has the weights of the inputs j and j XOR 2^i
    weights[0, 0], weights[0, 2] = near[12:14], near[14:16]
    weights[1, 0], weights[1, 2] = near[16:18], near[19:17:-1]
    network = EncoderDecoder(
        np.reshape(near[:8], (4, 2)),
        np.reshape(near[8:12], (2, 2)),
        TruncatedButterfly(weights, rows=[0, 2]),
    )
    gap = sum(((a - b) ** 2 for a, b in zip(exact, near, strict=True)), arb(0)).sqrt().upper()
    return Start(network, float(np.nextafter(float(gap), 1)))


def root(P: arb_mat) -> arb_mat:
    """The positive definite root of a positive definite matrix, shape (2, 2)."""
    # P = R² has det R = √det P and, by Cayley and Hamilton, R·tr R = P + I·det R
    size = P.det().sqrt()
    return (P + arb_mat([[size, 0], [0, size]])) / (P.trace() + 2 * size).sqrt()


def enters(flow: FlowEnclosure, box: Box, level: Any) -> bool:
    """Whether the flow is proved to be in a box of row spaces, with a loss below the level."""
    weights = flow.networks[-1].parameters.weights
    r = Rational(flow.radius[-1])
    if not flow.certified or weights is None:
        return False
    slopes = []
    for output in (0, 2):
        a, b = map(Rational, weights[0, output].tolist())
        if abs(b) <= r:
            return False
        # a quotient is extreme at extreme numerators and denominators
        slopes.append([(a + p) / (b + q) for p, q in product((-r, r), repeat=2)])
    return bool(
        Rational(flow.loss[1].numerator, flow.loss[1].denominator) < level
        and all(
            low < min(values) and max(values) < high
            for values, (low, high) in zip(slopes, box, strict=True)
        )
    )


def flows(gain: SiblingGain, full: bool) -> Iterator[tuple[tuple[int, int], int, FlowEnclosure]]:
    """The enclosed flow of each class of FJLT starts; in full, of those with the scale √2 too."""
    for squared_scale in (1, 2) if full else (1,):
        for signs, time in zip(SIGNS, TIMES, strict=True):
            start = balanced_start(gain, signs, squared_scale)
            X, Y = (np.array(a, dtype=float) for a in (gain.X, gain.Y))
            yield signs, squared_scale, enclose_flow(X, Y, start.network, time, radius=start.radius)


def node(network: EncoderDecoder, time: float) -> dict[str, Any]:
    """A network on the way, for the certificate."""
    D, E, weights = network.parameters
    parts = {"D": D, "E": E, "weights": weights}
    texts = {name: np.vectorize(repr, otypes=[object])(np.asarray(a)) for name, a in parts.items()}
    return {"time": str(Rational(time)), **{name: a.tolist() for name, a in texts.items()}}


class Part(NamedTuple):
    """What is found on some of the data."""

    good: bool
    detail: str
    starts: int
    certificate: dict[str, Any]


def into_a_box(full: bool) -> Part:
    """The flow of the integer auto-encoder, from all balanced FJLT starts."""
    gain = auto_encoder()
    planes = {(u[1], v[1]) for _, (u, v) in fjlt_starts()}
    found = list(flows(gain, full))
    steps = sum(len(flow.times) - 1 for *_, flow in found)
    worst = max(flow.radius[-1] for *_, flow in found)
    good = (
        all(enters(flow, BOX, LEVEL) for *_, flow in found)
        and planes == set(SIGNS)
        and has_walls(gain, BOX, LEVEL)
        and loses_more(gain, BOX, FLOOR)
    )
    (a, b), (c, d) = BOX
    detail = (
        f"X = Y = {gain.X}, with D and E balanced: {len(found)} flows in 20 weights, enclosed in "
        f"{steps} steps to {worst:.0e}, come to row spaces of (x, 1, 0, 0) and (0, 0, y, 1) with "
        f"{a} < x < {b}, {c} < y < {d}, and to a loss below {float(LEVEL)}. On the edges of this "
        f"box, and at every EB of rank 1, the loss is above {float(LEVEL)}; all over the box it is "
        f"above {FLOOR}. So of the two critical losses below {float(LEVEL)} (two-phase-can-fail) "
        "the limit is the larger one."
    )
    certificate = {
        "kind": "flow-into-box",
        "X": gain.X,
        "Y": gain.Y,
        "box": [[str(end) for end in side] for side in BOX],
        "level": str(LEVEL),
        "floor": str(FLOOR),
        "flows": [
            {
                "signs": list(signs),
                "squared_scale": scale,
                "nodes": [*map(node, flow.networks, flow.times)],
            }
            for signs, scale, flow in found
        ],
    }
    return Part(good, detail, len(found), certificate)


def trapped_data() -> list[tuple[SiblingGain, Plane]]:
    """Data on which all FJLT starts lie below every pass, and the minimum on their side."""
    return [(stretched(2, 4), BELOW), (SiblingGain(EXAMPLE_ROWS, EXAMPLE_ROWS), ABOVE)]


def below_the_passes() -> Part:
    """The data on which the starts have too little loss to leave a minimum."""
    planes = sorted({plane for _, plane in fjlt_starts()})
    good, sentences, problems = True, [], []
    for gain, end in trapped_data():
        good &= all(is_trapped(gain, plane, end) for plane in planes)
        levels = sorted({gain.trace - gain.at(*plane) for plane in planes})
        loss = gain.trace - gain.at(*end)
        sentences.append(
            f"X = {gain.X}, Y = {gain.Y}: the FJLT row spaces, of loss "
            f"{', '.join(map(str, levels))}, lie around the minimum of loss {loss}"
        )
        rows = [list(row) for row in end]
        problems.append({"X": gain.X, "Y": gain.Y, "end": rows, "loss": str(loss)})
    detail = (
        f"{'; '.join(sentences)}. No other critical loss is from there to that of the minimum, so "
        "it is the only critical point that a descent can come to."
    )
    certificate = {"kind": "trapped-starts", "problems": problems}
    return Part(good, detail, len(problems) * len(planes), certificate)


def _every_start(context: Context) -> Finding:
    parts = [below_the_passes(), into_a_box(context.full)]
    starts = fjlt_starts()
    planes = {plane for _, plane in starts}
    return Finding.of(
        all(part.good for part in parts),
        Bearing.SUPPORTS,
        f"The {len(starts)} sign patterns of an FJLT have {len(planes)} row spaces; starts with "
        "one row space differ by an orthogonal map of the weights that keeps the loss. "
        + " ".join(part.detail for part in parts),
        sum(part.starts for part in parts),
        scope=f"three data sets with n = 4, {len(starts)} FJLT starts",
        certificate={"kind": "parts", "parts": [part.certificate for part in parts]},
    )


def _elsewhere(context: Context) -> bool:
    """Whether a flow from next to the global minimum is not found to enter the box."""
    gain = auto_encoder()
    X = np.array(gain.X, dtype=float)
    start = balanced_start(gain, (1, -1)).network
    _, E, weights = start.parameters
    assert weights is not None
    # the global minimum is near u = (−19, 1), v = (−2, 1)
    weights = weights.copy()
    weights[0, 0], weights[0, 2] = (-1.0, 0.05), (-0.9, 0.45)
    code = TruncatedButterfly(weights, rows=[0, 2]) @ X
    A = X @ np.linalg.pinv(code)
    network = EncoderDecoder(A @ np.linalg.inv(E), E, TruncatedButterfly(weights, rows=[0, 2]))
    flow = enclose_flow(X, X, network, 0.01)
    return flow.certified and float(flow.loss[1]) < float(FLOOR) and not enters(flow, BOX, LEVEL)


def _long_step(context: Context) -> bool:
    """Whether a flow is not enclosed from a ball so large that its loss is not known."""
    gain = auto_encoder()
    X = np.array(gain.X, dtype=float)
    flow = enclose_flow(X, X, balanced_start(gain, (1, 1)).network, TIMES[0], radius=0.1)
    return not flow.certified and not enters(flow, BOX, LEVEL)


CLAIM = Claim(
    id="flow-from-fjlt",
    title="Where gradient flow ends from FJLT starts",
    source="Beyond the paper: what training the butterfly does to the landscape",
    statement=r"Let $n = 4$, $\ell = k = 2$, outputs $\{0, 2\}$. Let phase one end at a best $D$ "
    r"and $E$ for an FJLT $B$, whatever its signs, and let phase two be the gradient flow of "
    r"$\|DEBX - Y\|_F^2$ in $D$, $E$ and all weights of $B$. On the data of two-phase-can-fail "
    r"with $X \ne Y$ its loss converges to that of a spurious minimum, $21/5$; on the "
    r"auto-encoder of joint-spurious to the global minimum, $2$. On the integer auto-encoder of "
    r"two-phase-can-fail it converges to that of the spurious minimum, if $D^\top D = EE^\top$ at "
    r"the start.",
    expected=Verdict.HOLDS,
    depends_on=("two-phase-can-fail", "joint-spurious"),
    follows_up=("two-phase",),
    checks=(
        Check(
            "every FJLT start",
            Grade.INTERVAL,
            "validated integration, Sturm sequences, critical values by discriminants",
            _every_start,
        ),
    ),
    controls=(
        Control("a start next to the global minimum, claimed to come into the box", _elsewhere),
        Control("a start known to 0.1 only", _long_step),
        Control(
            "a box that ends in the valley, claimed to have walls",
            lambda _: not has_walls(auto_encoder(), ((-1, 4), BOX[1]), LEVEL),
        ),
        Control(
            "a level above the lowest saddle, 38.505",
            lambda _: not has_walls(auto_encoder(), BOX, Rational(77, 2)),
        ),
        Control(
            "a loss above that of the minimum, claimed all over the box",
            lambda _: not loses_more(auto_encoder(), BOX, Rational(371, 10)),
        ),
        Control(
            "the FJLT starts of the auto-encoder of joint-spurious, claimed to be trapped at 21/5",
            lambda _: (
                not any(
                    is_trapped(SiblingGain(EXAMPLE_ROWS, EXAMPLE_ROWS), plane, BELOW)
                    for plane in {plane for _, plane in fjlt_starts()}
                )
            ),
        ),
    ),
)
