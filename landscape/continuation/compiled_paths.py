"""Paths of critical points along a line of data, compiled: one path after another, in scalars.

``path_tracking`` does the same for a batch in NumPy.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from fjlt.kernels.simd import compiled, part
from fjlt.types import Array, RealArray
from landscape.continuation.compiled_gain import Room, evaluate, rescale, terms_of
from landscape.continuation.compiled_matrices import (
    lu,
    multiply,
    orthonormalise,
    solve,
    square,
    times_transpose,
)
from landscape.planes.gain import Forms
from landscape.planes.row_spaces import RowSpaces

__all__ = ["Control", "paths"]


class Control(NamedTuple):
    """When a step counts, and what follows; ``path_tracking`` says what the numbers mean.

    Corrections end when the last one is below ``enough``; the step counts if it is below
    ``corrected``.
    """

    tolerance: float
    max_steps: int
    first_step: float
    smallest_step: float
    corrections: int
    enough: float
    corrected: float
    slice_steps: int


def paths(
    spaces: RowSpaces, x: Array, start: Forms, end: Forms, control: Control
) -> tuple[Array, RealArray]:
    """Ends of the paths from x, shape (P, V), and the relative sizes of the last corrections there.

    The size is inf for paths that did not arrive.
    """
    x, sizes = np.array(x, dtype=complex), np.full(len(x), np.inf)
    C, M, dC, dM = (
        np.ascontiguousarray(form, dtype=complex)
        for form in (start.C, start.M, end.C - start.C, end.M - start.M)
    )
    terms = terms_of(spaces)
    _track(terms, x, sizes, C, M, dC, dM, control, Room.of(terms))
    return x, sizes


@part
def _gauge_slice(terms, room):  # type: ignore[no-untyped-def]
    """conj(N)·Nᴴ times the scale of the Hessian, N the directions that change no row space."""
    k, n, V, dimension, _, _ = terms.sizes
    first, d_row, d_column = terms.first, terms.d_row, terms.d_column
    W, dW, Q, columns = room.W, room.dW, room.Q, room.columns
    hessian, normal = room.hessian, room.normal
    for a in range(k):
        for c in range(n):
            Q[a * n + c] = W[a, c]
    orthonormalise(Q, k, n)
    # The columns of ∂W modulo the rows of W, and those of the identity.
    for c in range(k * n + V):
        for v in range(V):
            columns[c, v] = 1 if c == k * n + v else 0
    for v in range(V):
        for e in range(first[v], first[v + 1]):
            a, j = d_row[e] * n, d_column[e]
            columns[a + j, v] += dW[e]
            for b in range(k):
                factor = dW[e] * np.conj(Q[b * n + j])
                for c in range(n):
                    columns[a + c, v] -= factor * Q[b * n + c]
    scale = 0.0
    for u in range(V):
        for v in range(V):
            scale = max(scale, square(hessian[u, v]))
            normal[u, v] = 0
    scale = np.sqrt(scale)
    # Gram-Schmidt with pivots: the first directions span the columns of ∂W, the others, q, are
    # orthogonal to them, so that N = conj(q).
    for i in range(V):
        low, high = (0, k * n) if i < dimension else (k * n, k * n + V)
        best, largest = low, 0.0
        for c in range(low, high):
            size = 0.0
            for v in range(V):
                size += square(columns[c, v])
            if size > largest:
                best, largest = c, size
        for v in range(V):
            columns[best, v] /= np.sqrt(largest)
        for c in range(k * n + V):
            if c != best:
                product = 0j
                for v in range(V):
                    product += columns[c, v] * np.conj(columns[best, v])
                for v in range(V):
                    columns[c, v] -= product * columns[best, v]
        for u in range(V):
            if i >= dimension:
                for v in range(V):
                    normal[u, v] += scale * columns[best, u] * columns[best, v]
        for v in range(V):
            columns[best, v] = 0


@part
def _prepare(hessian, normal, equations, order):  # type: ignore[no-untyped-def]
    """The equations of a slice: Hessian plus normal, factored."""
    for u in range(hessian.shape[0]):
        for v in range(hessian.shape[0]):
            equations[u, v] = hessian[u, v] + normal[u, v]
    lu(equations, order)


@part
def _tangent(terms, dC, dM, room, which):  # type: ignore[no-untyped-def]
    """dx/dt at the point of the room by Davidenko's equation, within the slice."""
    first, d_row, d_column = terms.first, terms.d_row, terms.d_column
    W, dW, WdC, WdM, slopes = room.W, room.dW, room.WdC, room.WdM, room.slopes
    K_inverse, R, S, N, dK, A = room.K_inverse, room.R, room.S, room.N, room.dK, room.A
    dR, dS, dN = room.dR, room.dS, room.dN
    k, n = W.shape
    # As the data move and W stays, with A = K⁻¹dK: dR = K⁻¹WdM - AR, dS = K⁻¹WdC - AS,
    # dN = K⁻¹dL - AN, and half of dG is dR - dN·S - N·dS.
    multiply(W, dC, WdC)
    multiply(W, dM, WdM)
    times_transpose(WdC, W, dK)
    multiply(K_inverse, dK, A)
    multiply(K_inverse, WdM, dR)
    multiply(K_inverse, WdC, dS)
    times_transpose(dR, W, dN)
    for i in range(k):
        for j in range(k):
            for b in range(k):
                dN[i, b] -= A[i, j] * N[j, b]
            for c in range(n):
                dR[i, c] -= A[i, j] * R[j, c]
                dS[i, c] -= A[i, j] * S[j, c]
    for i in range(k):
        for j in range(k):
            for c in range(n):
                dR[i, c] -= dN[i, j] * S[j, c] + N[i, j] * dS[j, c]
    for v in range(slopes.shape[1]):
        slopes[which, v] = 0
        for e in range(first[v], first[v + 1]):
            slopes[which, v] -= 2 * dW[e] * dR[d_row[e], d_column[e]]
    solve(room.equations, room.order, slopes, which)


@compiled
def _track(terms, ends, sizes, C, M, dC, dM, control, room):  # type: ignore[no-untyped-def]
    """Replace the starts of the paths by their ends."""
    x, origin, ahead, slopes = room.x, room.origin, room.ahead, room.slopes
    gradient, hessian, normal, order = room.gradient, room.hessian, room.normal, room.order
    equations, C_now, M_now = room.equations, room.C, room.M
    n, V = C.shape[0], x.shape[0]
    for path in range(ends.shape[0]):
        for v in range(V):
            x[v] = ends[path, v]
        t, step, age, accepted = 0.0, control.first_step, control.slice_steps, False
        for _ in range(control.max_steps):
            h = min(step, 1 - t)
            new_slice = age >= control.slice_steps
            if new_slice:
                rescale(terms, x)
            change = nearness = np.inf
            # Rounds 0 to 3: the slopes of the Runge-Kutta method of order 4. The first needs no new
            # equations unless the slice is new. Then Newton's method at the new time.
            for i in range(4 + control.corrections):
                if i == 0 and not new_slice:
                    if accepted:
                        _tangent(terms, dC, dM, room, i)
                    continue
                now = t if i == 0 else t + h / 2 if i < 3 else t + h
                for a in range(n):
                    for b in range(n):
                        C_now[a, b] = C[a, b] + now * dC[a, b]
                        M_now[a, b] = M[a, b] + now * dM[a, b]
                for v in range(V):
                    if i == 0:
                        ahead[v] = x[v]
                    elif i < 4:
                        ahead[v] = x[v] + (h if i == 3 else h / 2) * slopes[i - 1, v]
                    elif i == 4:
                        ahead[v] = x[v] + h / 6 * (
                            slopes[0, v] + 2 * slopes[1, v] + 2 * slopes[2, v] + slopes[3, v]
                        )
                evaluate(terms, ahead, room)
                if i == 0:
                    _gauge_slice(terms, room)
                    for v in range(V):
                        origin[v] = x[v]
                    age = 0
                _prepare(hessian, normal, equations, order)
                if i < 4:
                    _tangent(terms, dC, dM, room, i)
                    continue
                for v in range(V):
                    slopes[4, v] = -gradient[v]
                    for u in range(V):
                        slopes[4, v] -= normal[v, u] * (ahead[u] - origin[u])
                solve(equations, order, slopes, 4)
                moved = size = 0.0
                for v in range(V):
                    ahead[v] += slopes[4, v]
                    moved += square(slopes[4, v])
                    size += square(ahead[v])
                change = np.sqrt(moved / size)
                if i == 4:
                    nearness = change
                if change < control.enough or not change < control.tolerance:
                    break
            # A step counts if the predicted point was near, and Newton's method converged from it.
            accepted = nearness < control.tolerance and change < control.corrected
            if accepted:
                for v in range(V):
                    x[v] = ahead[v]
                t += h
                age += 1
                if t > 1 - 1e-12:
                    sizes[path] = change
                    break
                # The error of a step of the predictor is of order h⁵, 32 times as large for 2h.
                if nearness < control.tolerance / 40:
                    step *= 2
            else:
                step *= 0.4
                if not step > control.smallest_step:
                    break
        for v in range(V):
            ends[path, v] = x[v]
