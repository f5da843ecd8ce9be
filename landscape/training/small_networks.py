"""The loss of a small network with its gradient, and L-BFGS on it, compiled.

For a small network NumPy and SciPy take most of their time to begin and to end each operation.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from fjlt.kernels.simd import COMPILES, compiled, part
from fjlt.types import IndexArray, RealArray
from landscape.fixed.effective_weights import EffectiveWeights
from landscape.training.descent import N_PAIRS, Trace

__all__ = ["SmallNetworkLoss", "small_l_bfgs"]

LARGEST = 1 << 16
"""Numbers in all layers of a network up to which it counts as small; heuristic."""

# The constants of SciPy's L-BFGS-B: the decrease and the slope of a step that is accepted, relative
# to the slope at its start, and the number of trials.
DECREASE, SLOPE, TRIALS = 1e-3, 0.9, 20


class _Network(NamedTuple):
    """A network D·E·B with its data, for compiled functions, which take it as a plain tuple.

    Attributes
    ----------
    m, k : int
        The parameters begin with D, shape (m, k), and E, shape (k, l).
    weights : ndarray of int, shape (p, N, 2)
        The place of each weight of B among the parameters; their number for those that are not
        effective. A fixed B, which has encoded the data, is a butterfly without layers.
    rows : ndarray of int, shape (l,)
        Kept outputs of B.
    x, y : ndarray, shapes (n, d) and (m, d)
        Contiguous.
    """

    m: int
    k: int
    weights: IndexArray
    rows: IndexArray
    x: RealArray
    y: RealArray


class SmallNetworkLoss:
    """‖DEBX - Y‖_F² and its gradient as functions of the free parameters of a small network.

    Parameters
    ----------
    k, l : int
        Columns of D and of E.
    family : EffectiveWeights or None
        The butterflies B; None if B is fixed and has encoded x.
    x, y : ndarray, shapes (n, d) and (m, d)

    See Also
    --------
    NetworkLoss : The same for networks of any size.

    Notes
    -----
    Cost of an evaluation: O(d·(N log N + kl + km)) operations.

    Examples
    --------
    >>> loss = SmallNetworkLoss(1, 1, None, np.eye(1), np.zeros((1, 1)))
    >>> loss(np.array([1.0, 2.0]))
    (4.0, array([8., 4.]))
    """

    def __init__(
        self, k: int, l: int, family: EffectiveWeights | None, x: RealArray, y: RealArray
    ) -> None:
        m = len(y)
        places, rows = np.empty((0, l, 2), dtype=np.int64), np.arange(l)
        if family is not None:
            first, count = m * k + k * l, family.start.size
            places, rows = np.full(family.mask.shape, first + count), family.rows
            places[family.mask] = np.arange(first, first + count)
        x, y = (np.array(a, dtype=np.float64, order="C") for a in (x, y))
        self.network = tuple(_Network(m, k, places, rows.astype(np.int64), x, y))

    @staticmethod
    def suits(family: EffectiveWeights | None, x: RealArray, y: RealArray) -> bool:
        """Whether Numba compiles, and a network with these data is small."""
        p, size = (0, len(x)) if family is None else family.mask.shape[:2]
        return COMPILES and ((p + 1) * size + len(y)) * x.shape[1] <= LARGEST

    def __call__(self, theta: RealArray) -> tuple[float, RealArray]:
        """Loss and gradient; (inf, 0) where they are not finite."""
        return _call(_loss, np.ascontiguousarray(theta), self.network)


def _call(function: Callable[..., Any], *arguments: Any) -> Any:
    """Call a compiled function; an interrupt as the call begins or ends is raised as what it is."""
    try:
        return function(*arguments)
    except SystemError as error:
        # Python says that the call returned with an exception set, which is the cause.
        raise error.__cause__ or error from None


# Sums and copies of arrays are loops: Numba compiles those of NumPy several times as long.


@part
def _sum(a, t, b):  # type: ignore[no-untyped-def]
    """The vector a + t·b."""
    result = np.empty(a.size)
    for i in range(a.size):
        result[i] = a[i] + t * b[i]
    return result


@part
def _matrices(theta, m, k, l):  # type: ignore[no-untyped-def]
    """D and E among the parameters, as views."""
    return theta[: m * k].reshape(m, k), theta[m * k : m * k + k * l].reshape(k, l)


@part
def _transposed(A):  # type: ignore[no-untyped-def]
    result = np.empty((A.shape[1], A.shape[0]))
    for i in range(A.shape[0]):
        for j in range(A.shape[1]):
            result[j, i] = A[i, j]
    return result


@compiled
def _loss(theta, network):  # type: ignore[no-untyped-def]
    """Loss and gradient at the parameters ``theta`` of a ``_Network``."""
    m, k, weights, rows, x, y = network
    p, size, _ = weights.shape
    l, (n, d) = rows.size, x.shape
    # A weight that is not effective is a last entry, 0, and its gradient is dropped.
    w, gradient = np.zeros(theta.size + 1), np.zeros(theta.size + 1)
    for i in range(theta.size):
        w[i] = theta[i]
    D, E = _matrices(w, m, k, l)
    g_D, g_E = _matrices(gradient, m, k, l)
    # Forwards. Layer i joins the nodes j and j ^ 2^i; the inputs that B lacks are zero.
    nodes = np.zeros((p + 1, size, d))
    for j in range(n):
        for c in range(d):
            nodes[0, j, c] = x[j, c]
    for i in range(p):
        for j in range(size):
            own, other = w[weights[i, j, 0]], w[weights[i, j, 1]]
            for c in range(d):
                nodes[i + 1, j, c] = own * nodes[i, j, c] + other * nodes[i, j ^ (1 << i), c]
    code, hidden, residual = np.empty((l, d)), np.empty((k, d)), np.empty((m, d))
    for i in range(l):
        for c in range(d):
            code[i, c] = nodes[p, rows[i], c]
    np.dot(E, code, hidden)
    np.dot(D, hidden, residual)
    loss, largest = 0.0, 0.0
    for i in range(m):
        for c in range(d):
            residual[i, c] -= y[i, c]
            loss += residual[i, c] * residual[i, c]
    # Backwards, half of the gradient.
    g_hidden, g_code = np.empty((k, d)), np.empty((l, d))
    np.dot(residual, _transposed(hidden), g_D)
    np.dot(_transposed(D), residual, g_hidden)
    np.dot(g_hidden, _transposed(code), g_E)
    np.dot(_transposed(E), g_hidden, g_code)
    g, below = np.zeros((size, d)), np.empty((size, d))
    for i in range(l):
        for c in range(d):
            g[rows[i], c] = g_code[i, c]
    for i in range(p - 1, -1, -1):
        for j in range(size):
            for c in range(d):
                below[j, c] = 0.0
        for j in range(size):
            a, b, partner = weights[i, j, 0], weights[i, j, 1], j ^ (1 << i)
            own, other, g_own, g_other = w[a], w[b], 0.0, 0.0
            for c in range(d):
                g_own += g[j, c] * nodes[i, j, c]
                g_other += g[j, c] * nodes[i, partner, c]
                below[j, c] += own * g[j, c]
                below[partner, c] += other * g[j, c]
            gradient[a] += g_own
            gradient[b] += g_other
        g, below = below, g
    for i in range(theta.size):
        gradient[i] *= 2
        largest += abs(gradient[i])
    if not np.isfinite(loss + largest):
        return np.inf, np.zeros(theta.size)
    return loss, gradient[:-1]


def small_l_bfgs(
    objective: SmallNetworkLoss, theta: RealArray, trace: Trace, *, max_steps: int
) -> None:
    """L-BFGS with 20 pairs, from ``theta``; a step is an accepted line search.

    References
    ----------
    Nocedal, Wright, Numerical Optimization, 2006, Algorithms 7.5, 3.5 and 3.6.

    Examples
    --------
    >>> loss, trace = SmallNetworkLoss(1, 1, None, np.eye(1), np.eye(1)), Trace(1.0, 1e-9, None)
    >>> small_l_bfgs(loss, np.array([1.0, 2.0]), trace, max_steps=30)
    >>> trace.converged, round(trace.loss, 12)
    (True, 0.0)
    """
    loss, gradient = objective(theta)
    # Differences of the points and of the gradients of the last steps, in a ring, and their number.
    pairs = np.zeros((2, N_PAIRS, theta.size)), np.zeros(2, dtype=np.int64)
    for n_steps in range(max_steps + 1):
        if trace.record(n_steps, theta, loss, gradient):
            return
        if n_steps < max_steps:
            state = (theta, loss, gradient, *pairs, objective.network)
            theta, loss, gradient, found = _call(_step, *state)
            if not found:
                trace.stalled()
                return
    trace.exhausted(max_steps)


@compiled
def _step(theta, loss, gradient, pairs, count, network):  # type: ignore[no-untyped-def]
    """The next point, its loss and gradient, and whether a line search found it.

    If the search along the direction of L-BFGS fails, all pairs are forgotten, and it is repeated
    along the gradient.
    """
    while True:
        direction = _direction(gradient, pairs, count)
        slope = np.dot(direction, gradient)
        # the first step has unit length
        length = 1.0 if count[0] > 0 else 1 / np.sqrt(-slope)
        if slope < 0:
            found, new, new_loss, new_gradient = _line_search(
                theta, loss, slope, direction, length, network
            )
            if found:
                break
        if count[0] == 0:
            return theta, loss, gradient, False
        count[0] = count[1] = 0
    s, t = _sum(new, -1.0, theta), _sum(new_gradient, -1.0, gradient)
    if np.dot(s, t) > 2.2e-16 * np.dot(t, t):
        for i in range(theta.size):
            pairs[0, count[1], i], pairs[1, count[1], i] = s[i], t[i]
        count[0], count[1] = min(count[0] + 1, N_PAIRS), (count[1] + 1) % N_PAIRS
    return new, new_loss, new_gradient, True


@compiled
def _direction(gradient, pairs, count):  # type: ignore[no-untyped-def]
    """Minus the gradient times the approximate inverse of the Hessian, by two loops."""
    q, along = -gradient, np.empty(N_PAIRS)
    for i in range(count[0]):
        at = (count[1] - 1 - i) % N_PAIRS
        s, t = pairs[0, at], pairs[1, at]
        along[at] = np.dot(s, q) / np.dot(s, t)
        q = _sum(q, -along[at], t)
        if i == 0:
            scale = np.dot(s, t) / np.dot(t, t)
    if count[0] > 0:
        q = scale * q
    for i in range(count[0] - 1, -1, -1):
        at = (count[1] - 1 - i) % N_PAIRS
        s, t = pairs[0, at], pairs[1, at]
        q = _sum(q, along[at] - np.dot(t, q) / np.dot(s, t), s)
    return q


@compiled
def _line_search(theta, loss, slope, direction, t, network):  # type: ignore[no-untyped-def]
    """Whether a step t along the direction meets the strong Wolfe conditions, and the point there.

    ``low`` has the least loss of the steps that decrease it enough, and a good step is between
    ``low`` and ``high``.
    """
    low, low_loss, low_slope = 0.0, loss, slope
    high, high_loss, high_slope = np.inf, np.inf, 0.0
    new, new_loss, new_gradient = theta, loss, theta
    for _ in range(TRIALS):
        new = _sum(theta, t, direction)
        new_loss, new_gradient = _loss(new, network)
        new_slope = np.dot(new_gradient, direction)
        if not new_loss <= loss + DECREASE * t * slope or new_loss >= low_loss:
            high, high_loss, high_slope = t, new_loss, new_slope
        elif abs(new_slope) <= -SLOPE * slope:
            return True, new, new_loss, new_gradient
        else:
            if new_slope * (high - low) >= 0:
                high, high_loss, high_slope = low, low_loss, low_slope
            low, low_loss, low_slope = t, new_loss, new_slope
        if high == np.inf:
            t *= 4
            continue
        # The minimum of the cubic through both ends with their slopes, if it is well inside.
        width = high - low
        a = low_slope + high_slope - 3 * (high_loss - low_loss) / width
        root = np.sqrt(a * a - low_slope * high_slope) * np.sign(width)
        share = 1 - (high_slope + root - a) / (high_slope - low_slope + 2 * root)
        t = low + width * (min(max(share, 0.1), 0.9) if np.isfinite(share) else 0.5)
    return False, new, new_loss, new_gradient
