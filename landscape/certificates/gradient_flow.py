"""Enclosures of the gradient flow of a network: Taylor polynomials, and bounds of their defects."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import reduce
from operator import matmul
from typing import Any, NamedTuple

import numpy as np
from flint import arb, arb_poly, ctx
from numpy.typing import ArrayLike

from fjlt import boundary
from fjlt.runs.backends import one_blas_thread
from fjlt.types import RealArray
from landscape import data
from landscape.certificates.json_document import decimal_enclosure
from landscape.certificates.linear_chain import LinearChain, Numbers
from landscape.fixed.network import EncoderDecoder

__all__ = ["FlowEnclosure", "enclose_flow"]

DEGREE = 16
"""Of the Taylor polynomials."""
DIGITS = 17
"""The first term that a polynomial leaves out is about 10^-DIGITS."""
HALVINGS = 8
"""How often a step may be halved."""
GRAIN = 2.0**-30
"""Lengths of steps are multiples of it, so that times are exact."""


@dataclass(frozen=True, eq=False)
class FlowEnclosure:
    """A proof of where the gradient flow of the loss leads, or how far it is known.

    Attributes
    ----------
    certified : bool
        Whether the flow is enclosed up to the time that was asked for.
    reason : str
        Why it is not; empty if it is.
    times : list of float
        The ends of the steps, from 0 on, exact.
    networks : list of EncoderDecoder
        Near the flow at these times.
    radius : list of float
        The parameters of the flow at these times differ from those of the network by at most this,
        in the Euclidean norm.
    loss : tuple of Fraction
        Lower and upper bound of ‖DEBX - Y‖_F² on the flow at the last of these times.

    Examples
    --------
    >>> from fjlt import Butterfly, TruncatedButterfly
    >>> B = TruncatedButterfly(Butterfly.hadamard(4).weights, rows=[0, 2])
    >>> start = EncoderDecoder(np.eye(4, 2), np.eye(2), B)
    >>> flow = enclose_flow(np.eye(4), np.eye(4), start, 0.25)
    >>> flow.certified, flow.times[-1], flow.radius[-1] < 1e-12
    (True, 0.25, True)
    """

    certified: bool
    reason: str
    times: list[float] = field(repr=False)
    networks: list[EncoderDecoder] = field(repr=False)
    radius: list[float] = field(repr=False)
    loss: tuple[Fraction, Fraction]


class _Problem(NamedTuple):
    """The chain, C = XXᵀ and YXᵀ, in floating point and in balls, and ‖Y‖_F²."""

    chain: LinearChain
    real: tuple[RealArray, RealArray]
    balls: tuple[Numbers, Numbers]
    square: arb


@one_blas_thread()
def enclose_flow(
    X: ArrayLike,
    Y: ArrayLike,
    start: EncoderDecoder,
    time: float,
    *,
    radius: float = 0.0,
    max_steps: int = 1000,
    bits: int = 128,
) -> FlowEnclosure:
    """Enclose the gradient flow θ' = -∇L of L = ‖DEBX - Y‖_F², in D, E and the weights of B.

    The enclosure holds for every flow that starts within ``radius`` of the network.

    Parameters
    ----------
    X : array_like, shape (n, d)
        Real data, taken as exact; columns are samples.
    Y : array_like, shape (m, d)
        Real targets, taken as exact.
    start : EncoderDecoder
        Its B is a butterfly, of n inputs. Its parameters are taken as exact.
    time : float
        How long the flow is followed, above 0; rounded to a multiple of 2^-30.
    radius : float
        Euclidean distance of the parameters of the flow at time 0 from those of ``start``.
    max_steps : int
        Most steps.
    bits : int
        Precision of the balls, 64 to 4096.

    Returns
    -------
    FlowEnclosure
        Up to an earlier time, with a reason, if the enclosure of a step is not found, or there are
        too many steps.

    Raises
    ------
    ValueError
        If shapes do not fit, an entry is not finite, or a number is out of range.
    TypeError
        If start is no network or its B no butterfly, or an entry is not real.

    See Also
    --------
    certify : Prove a critical point.

    Notes
    -----
    A step of length h follows a polynomial y, the Taylor polynomial in floating point, whose
    coefficients are then taken as exact. Its defect y' + ∇L(y) is again a polynomial, and δ bounds
    its norm on [0, h]. Let no eigenvalue of the Hessian of L be below -μ within the distance ρ of
    y. As long as a flow x is that near, ‖x - y‖' <= μ‖x - y‖ + δ, so that

        ‖x - y‖ <= e^(μh)·‖x - y‖(0) + δ·(e^(μh) - 1)/μ.

    If this is less than ρ, the flow has stayed that near throughout the step. The Hessian is
    positive semidefinite but for the mixed derivatives of ⟨G, DEB⟩, G = 2(DEBX - Y)Xᵀ held. The
    mixed derivative by two factors is bounded by norms of products of the others, and μ by the
    Perron root of the matrix of these bounds. Balls enter as such bounds only, so that nothing
    wraps.

    Cost: some thousand products of polynomials a step for n = 4. Source: Dahlquist, *Stability and
    error bounds in the numerical integration of ordinary differential equations*, 1959; Hairer,
    Nørsett and Wanner, *Solving Ordinary Differential Equations I*, Section I.10.

    Examples
    --------
    >>> from fjlt import Butterfly, TruncatedButterfly
    >>> X = np.array([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 2, 0], [0, 2, 0, 1]])
    >>> B = TruncatedButterfly(Butterfly.hadamard(4).weights, rows=[0, 2])
    >>> start = EncoderDecoder(np.eye(4, 2), np.eye(2), B)
    >>> flow = enclose_flow(X, X, start, 0.125)
    >>> [round(float(end), 6) for end in flow.loss], start.loss(X, X)
    ([7.959852, 7.959852], 16.5)
    """
    if not isinstance(start, EncoderDecoder):
        raise TypeError(f"start must be an EncoderDecoder, got {type(start).__name__}")
    x, y = data.pair(X, Y)
    chain, theta = LinearChain.of(start), start.flatten(start.parameters)
    if start.butterfly.shape[1] != len(x) or len(start.decoder) != len(y):
        raise ValueError(
            f"X and Y have {len(x)} and {len(y)} rows; a network with {start.butterfly.shape[1]} "
            f"inputs and {len(start.decoder)} outputs needs as many"
        )
    end = max(round(boundary.number(time, "time", above=0, high=1e6) / GRAIN), 1) * GRAIN
    r = arb(boundary.number(radius, "radius", above=-1, high=1e6))
    if r < 0:
        raise ValueError(f"radius is {radius}; a distance is not negative")
    max_steps = boundary.dimension(max_steps, "max_steps")
    times, path, radii, reason = [0.0], [theta], [r], ""
    with ctx.workprec(boundary.dimension(bits, "bits", low=64, high=4096)):
        problem = _problem(chain, x, y)
        while times[-1] < end:
            if len(times) > max_steps:
                reason = f"{max_steps} steps do not reach the time {end:.6g}; allow more"
                break
            taylor = chain.taylor(path[-1], *problem.real, DEGREE)
            h = min(_length(taylor), end - times[-1])
            for _ in range(HALVINGS + 1):
                ball = _step(problem, taylor, h, radii[-1])
                if ball is not None:
                    break
                h = max(h // (2 * GRAIN), 1) * GRAIN
            else:
                reason = (
                    f"no enclosure of a step of {h:.2g} from the time {times[-1]:.6g}, where the "
                    f"radius is {float(radii[-1]):.2g}; begin with a smaller radius"
                )
                break
            times.append(times[-1] + h)
            path.append(ball[0])
            radii.append(ball[1])
        loss = decimal_enclosure(_loss(problem, _around(path[-1], radii[-1])))
    return FlowEnclosure(
        not reason,
        reason,
        times,
        [start.with_parameters(start.unflatten(point)) for point in path],
        [_float_above(radius) for radius in radii],
        (Fraction(loss[0]), Fraction(loss[1])),
    )


def _problem(chain: LinearChain, x: RealArray, y: RealArray) -> _Problem:
    # A butterfly of N > n inputs reads zeros.
    X = np.zeros((chain.parts[-1].shape[1], x.shape[1]))
    X[: len(x)] = x
    ball_X, ball_Y = _around(X), _around(y)
    square = sum((entry * entry for entry in ball_Y.ravel()), arb(0))
    return _Problem(chain, (X @ X.T, y @ X.T), (ball_X @ ball_X.T, ball_Y @ ball_X.T), square)


def _length(taylor: RealArray) -> float:
    """The length of a step on which the last two terms of the Taylor polynomials are small."""
    rates = [float(np.abs(taylor[j]).max()) ** (1 / j) for j in (DEGREE - 1, DEGREE)]
    h = 10 ** (-DIGITS / DEGREE) / max(*rates, GRAIN)
    return max(h // GRAIN, 1) * GRAIN


def _step(problem: _Problem, taylor: RealArray, h: float, r: arb) -> tuple[RealArray, arb] | None:
    """The end of a step from a ball of radius r, and its radius; None proves nothing."""
    y = _array([arb_poly(coefficients) for coefficients in taylor.T.tolist()])
    slope = problem.chain.gradient(y, *problem.balls)
    defect = _norm(_size(a + p.derivative(), h) for a, p in zip(slope, y, strict=True))
    # A guess of how far flows get from y, with room to spare.
    growth = _steepest_growth(problem, _around(taylor[0]))
    if growth is None:
        return None
    rho = (2 * (r + defect * h) * (2 * growth * h).exp() + arb(2) ** -60).upper()
    tube = _array([_range(p, h) + arb(0, rho) for p in y])
    mu = _steepest_growth(problem, tube)
    if mu is None:
        return None
    factor = (mu * h).exp()
    end = r * factor + defect * (factor - 1) / mu
    if not end < rho:
        return None
    values = [p(arb(h)) for p in y]
    theta = np.array([float(value.mid()) for value in values])
    return theta, (end + _norm(a - t for a, t in zip(values, theta.tolist(), strict=True))).upper()


def _steepest_growth(problem: _Problem, theta: Numbers) -> arb | None:
    """A number μ > 0 such that no eigenvalue of the Hessian is below -μ; None if it is infinite."""
    count = len(problem.chain.parts)
    bounds = [[arb(0)] * count for _ in range(count)]
    for i, j, outer, inner in problem.chain.mixed(theta, *problem.balls):
        size = _norm(outer.ravel())
        size = size if inner is None else (size * _norm(inner.ravel())).upper()
        bounds[i][j] = bounds[j][i] = size
    middle = np.array([[float(entry) for entry in row] for row in bounds])
    if not np.isfinite(middle).all():
        return None
    # For every positive z the largest (bounds·z)_i/z_i is at least the Perron root.
    z = (np.abs(np.linalg.eigh(middle)[1][:, -1]) + 1e-6).tolist()
    quotients = [
        (sum((a * b for a, b in zip(row, z, strict=True)), arb(0)) / b).upper()
        for row, b in zip(bounds, z, strict=True)
    ]
    return reduce(arb.max, quotients, arb(2) ** -60)


def _loss(problem: _Problem, theta: Numbers) -> arb:
    C, cross = problem.balls
    A = reduce(matmul, problem.chain.factors(theta))
    return sum((A * (A @ C - 2 * cross)).ravel().tolist(), problem.square)


def _array(values: Sequence[Any]) -> Numbers:
    """A vector of objects, which NumPy must not take apart."""
    array = np.empty(len(values), dtype=object)
    for i, value in enumerate(values):
        array[i] = value
    return array


def _around(values: RealArray, radius: arb | int = 0) -> Numbers:
    """Balls of this radius around numbers."""
    return _array([arb(a, radius) for a in values.ravel().tolist()]).reshape(values.shape)


def _norm(values: Iterable[Any]) -> arb:
    """An upper bound of the Euclidean norm of a vector of balls."""
    return sum((abs(arb(a)).upper() ** 2 for a in values), arb(0)).sqrt().upper()


def _size(p: arb_poly, h: float) -> arb:
    """An upper bound of |p| on [0, h]."""
    total = arb(0)
    for coefficient in reversed(p.coeffs()):
        total = total * h + abs(coefficient)
    return total.upper()


def _range(p: arb_poly, h: float) -> arb:
    """A ball around the values of p on [0, h]."""
    first, *others = p.coeffs() or [arb(0)]
    return first + arb(0, _size(arb_poly([0, *others]), h))


def _float_above(a: arb) -> float:
    return float(np.nextafter(float(a), np.inf)) if a > 0 else 0.0
