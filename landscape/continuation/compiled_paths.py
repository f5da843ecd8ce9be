"""Paths of critical points along a line of data, compiled: one path after another, in scalars.

``path_tracking`` does the same for a batch in NumPy; here derivatives are sums over the few nonzero
entries of ∂W.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numba
import numpy as np

from fjlt.kernels.simd import compiled
from fjlt.types import Array, IndexArray, RealArray
from landscape.planes.gain import Forms
from landscape.planes.row_spaces import RowSpaces

__all__ = ["COMPILES", "Control", "paths"]

_settings: Any = numba.config
COMPILES = not _settings.DISABLE_JIT
"""Whether Numba compiles; the interpreter would take minutes."""

_options: dict[str, Any] = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
_part: Any = numba.njit(nogil=True, error_model="numpy", **_options)
"""Compiled with the function that calls it, which alone is stored."""


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


class _Terms(NamedTuple):
    """The monomials of W, their partial derivatives, and the rescalings of the variables.

    Attributes
    ----------
    row, column : ndarray of int, shape (T,)
        Entry of W of each monomial.
    factors : ndarray of int, shape (T, q)
        Its variables, padded with V.
    place : ndarray of int, shape (T, q)
        Number of the entry of ∂W to which the monomial without this factor belongs.
    first : ndarray of int, shape (V + 1,)
        Entries first[v], …, first[v + 1] - 1 are those of ∂W/∂x_v.
    d_row, d_column : ndarray of int, shape (entries,)
        Where they stand in W.
    vectors, multipliers : ndarray of int, shape (R, …)
        ``RowSpaces.rescalings``, padded with -1.
    sizes : tuple of int
        Shape (k, n) of W, number V of variables, dimension, rows and columns of E among the
        variables or zeros.
    """

    row: IndexArray
    column: IndexArray
    factors: IndexArray
    place: IndexArray
    first: IndexArray
    d_row: IndexArray
    d_column: IndexArray
    vectors: IndexArray
    multipliers: IndexArray
    sizes: tuple[int, int, int, int, int, int]


class _Room(NamedTuple):
    """Memory for a point and what is known there, with K = WCWᵀ and L = WMWᵀ.

    R = K⁻¹WM, S = K⁻¹WC, N = K⁻¹L and T = NK⁻¹; the gradient of tr K⁻¹L in W is G = 2(R - NS).
    ``moves`` are A_v = K⁻¹∂K, B_v = K⁻¹∂L and 2A_v·N - B_v for each variable v. ``slopes`` are the
    four slopes of the predictor and the correction.
    """

    C: Array
    M: Array
    W: Array
    dW: Array
    WC: Array
    WM: Array
    K: Array
    K_inverse: Array
    R: Array
    S: Array
    N: Array
    T: Array
    G: Array
    moves: Array
    gradient: Array
    hessian: Array
    normal: Array
    equations: Array
    order: IndexArray
    WdC: Array
    WdM: Array
    dR: Array
    dS: Array
    dK: Array
    A: Array
    dN: Array
    columns: Array
    Q: Array
    x: Array
    origin: Array
    ahead: Array
    slopes: Array

    @classmethod
    def of(cls, terms: _Terms) -> _Room:
        k, n, V, _, _, _ = terms.sizes
        shapes: dict[str, tuple[int, ...]] = dict.fromkeys(cls._fields, (k, n))
        shapes |= dict.fromkeys(("K", "K_inverse", "N", "T", "dK", "A", "dN"), (k, k))
        shapes |= dict.fromkeys(("gradient", "x", "origin", "ahead"), (V,))
        shapes |= dict.fromkeys(("hessian", "normal", "equations"), (V, V))
        shapes |= {"C": (n, n), "M": (n, n), "dW": (len(terms.d_row),), "moves": (3, V, k, k)}
        shapes |= {"columns": (k * n + V, V), "Q": (k * n,), "slopes": (5, V)}
        arrays = {name: np.zeros(shape, dtype=complex) for name, shape in shapes.items()}
        return cls(**arrays | {"order": np.zeros(max(k, V), dtype=np.intp)})


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
    terms = _terms(spaces)
    _track(terms, x, sizes, C, M, dC, dM, control, _Room.of(terms))
    return x, sizes


def _terms(spaces: RowSpaces) -> _Terms:
    entry, factors = spaces.monomials
    row, column = np.divmod(entry, spaces.n)
    # The entries of ∂W that are not zero everywhere, variable by variable.
    numbers = (factors * spaces.k + row[:, None]) * spaces.n + column[:, None]
    free = factors < spaces.size
    entries, place = np.unique(numbers[free], return_inverse=True)
    places = np.full(factors.shape, -1)
    places[free] = place
    variable, position = np.divmod(entries, spaces.k * spaces.n)
    d_row, d_column = np.divmod(position, spaces.n)
    vectors, multipliers = (
        (_padded(lists) for lists in zip(*spaces.rescalings, strict=True))
        if spaces.rescalings
        else (_padded([]), _padded([]))
    )
    E = (spaces.k, spaces.l) if spaces.k < spaces.l else (0, 0)
    return _Terms(
        row,
        column,
        factors,
        places,
        np.searchsorted(variable, np.arange(spaces.size + 1)),
        d_row,
        d_column,
        vectors,
        multipliers,
        (spaces.k, spaces.n, spaces.size, spaces.dimension, *E),
    )


def _padded(lists: Any) -> IndexArray:
    table = np.full((len(lists), max(map(len, lists), default=0)), -1)
    for line, numbers in zip(table, lists, strict=True):
        line[: len(numbers)] = numbers
    return table


@_part
def _square(z):  # type: ignore[no-untyped-def]
    return z.real * z.real + z.imag * z.imag


@_part
def _factor(A, order):  # type: ignore[no-untyped-def]
    """A = LU with pivots, in place, the diagonal of U inverted."""
    n = A.shape[0]
    for j in range(n):
        best, largest = j, -1.0
        for i in range(j, n):
            size = _square(A[i, j])
            if size > largest:
                best, largest = i, size
        order[j] = best
        if best != j:
            for c in range(n):
                A[j, c], A[best, c] = A[best, c], A[j, c]
        inverse = complex(A[j, j].real / largest, -A[j, j].imag / largest)
        A[j, j] = inverse
        for i in range(j + 1, n):
            factor = A[i, j] * inverse
            A[i, j] = factor
            for c in range(j + 1, n):
                A[i, c] -= factor * A[j, c]


@_part
def _solve(A, order, b, row):  # type: ignore[no-untyped-def]
    """The solution of the equations that ``_factor`` prepared, in place of a row of b."""
    n = A.shape[0]
    for j in range(n):
        b[row, j], b[row, order[j]] = b[row, order[j]], b[row, j]
        total = b[row, j]
        for i in range(j):
            total -= A[j, i] * b[row, i]
        b[row, j] = total
    for j in range(n - 1, -1, -1):
        total = b[row, j]
        for i in range(j + 1, n):
            total -= A[j, i] * b[row, i]
        b[row, j] = total * A[j, j]


@_part
def _multiply(A, B, result):  # type: ignore[no-untyped-def]
    for i in range(A.shape[0]):
        for c in range(B.shape[1]):
            result[i, c] = 0
        for j in range(A.shape[1]):
            factor = A[i, j]
            if factor != 0:
                for c in range(B.shape[1]):
                    result[i, c] += factor * B[j, c]


@_part
def _times_transpose(A, B, result):  # type: ignore[no-untyped-def]
    for i in range(A.shape[0]):
        for c in range(B.shape[0]):
            total = 0j
            for j in range(A.shape[1]):
                total += A[i, j] * B[c, j]
            result[i, c] = total


@_part
def _orthonormalise(a, rows, columns):  # type: ignore[no-untyped-def]
    """Gram-Schmidt for the rows of a matrix stored as a vector; twice, as that keeps the digits."""
    for i in range(rows):
        size = 0.0
        for _ in range(2):
            for j in range(i):
                product = 0j
                for c in range(columns):
                    product += a[i * columns + c] * np.conj(a[j * columns + c])
                for c in range(columns):
                    a[i * columns + c] -= product * a[j * columns + c]
        for c in range(columns):
            size += _square(a[i * columns + c])
        size = np.sqrt(size)
        for c in range(columns):
            a[i * columns + c] /= size


@_part
def _rescale(terms, x):  # type: ignore[no-untyped-def]
    """Inner vectors of norm 1 and orthonormal rows of E, the row space being the same."""
    vectors, multipliers = terms.vectors, terms.multipliers
    for r in range(vectors.shape[0]):
        size = 0.0
        for i in range(vectors.shape[1]):
            if vectors[r, i] >= 0:
                size += _square(x[vectors[r, i]])
        size = np.sqrt(size)
        for i in range(vectors.shape[1]):
            if vectors[r, i] >= 0:
                x[vectors[r, i]] /= size
        for i in range(multipliers.shape[1]):
            if multipliers[r, i] >= 0:
                x[multipliers[r, i]] *= size
    _orthonormalise(x, terms.sizes[4], terms.sizes[5])


@_part
def _product(factors, m, x, s, r):  # type: ignore[no-untyped-def]
    """Monomial m at x, without the factors s and r."""
    product = 1 + 0j
    for i in range(factors.shape[1]):
        if i != s and i != r and factors[m, i] < x.shape[0]:
            product *= x[factors[m, i]]
    return product


@_part
def _evaluate(terms, x, room):  # type: ignore[no-untyped-def]
    """Gradient and Hessian of the gain at x for the data C and M of the room."""
    row, column, factors, place = terms.row, terms.column, terms.factors, terms.place
    first, d_row, d_column = terms.first, terms.d_row, terms.d_column
    W, dW, C, M, WC, WM = room.W, room.dW, room.C, room.M, room.WC, room.WM
    K, K_inverse, order = room.K, room.K_inverse, room.order
    R, S, N, T, G = room.R, room.S, room.N, room.T, room.G
    moves, gradient, hessian = room.moves, room.gradient, room.hessian
    k, n, V, none = W.shape[0], W.shape[1], x.shape[0], -1
    # W and the entries of ∂W.
    for a in range(k):
        for c in range(n):
            W[a, c] = 0
    for e in range(dW.shape[0]):
        dW[e] = 0
    for m in range(row.shape[0]):
        W[row[m], column[m]] += _product(factors, m, x, none, none)
        for s in range(factors.shape[1]):
            if factors[m, s] < V:
                dW[place[m, s]] += _product(factors, m, x, s, none)
    _multiply(W, C, WC)
    _multiply(W, M, WM)
    # K⁻¹ is symmetric: its rows solve the equations of K.
    _times_transpose(WC, W, K)
    _factor(K, order)
    for b in range(k):
        for a in range(k):
            K_inverse[b, a] = 0
        K_inverse[b, b] = 1
        _solve(K, order, K_inverse, b)
    _multiply(K_inverse, WM, R)
    _multiply(K_inverse, WC, S)
    _times_transpose(R, W, N)
    _multiply(N, K_inverse, T)
    _multiply(N, S, G)
    for a in range(k):
        for c in range(n):
            G[a, c] = 2 * (R[a, c] - G[a, c])
    for v in range(V):
        gradient[v] = 0
        for i in range(k):
            for b in range(k):
                moves[0, v, i, b] = 0
                moves[1, v, i, b] = 0
        for e in range(first[v], first[v + 1]):
            a, c = d_row[e], d_column[e]
            gradient[v] += dW[e] * G[a, c]
            for i in range(k):
                left = dW[e] * K_inverse[i, a]
                for b in range(k):
                    moves[0, v, i, b] += left * WC[b, c]
                    moves[1, v, i, b] += left * WM[b, c]
                moves[0, v, i, a] += dW[e] * S[i, c]
                moves[1, v, i, a] += dW[e] * R[i, c]
        for i in range(k):
            for b in range(k):
                total = -moves[1, v, i, b]
                for j in range(k):
                    total += 2 * moves[0, v, i, j] * N[j, b]
                moves[2, v, i, b] = total
    # ∂²f/∂u∂v = 2<K⁻¹∂W_u·M - T∂W_u·C, ∂W_v> + tr (2A_u·N - B_u)A_v - tr A_u·B_v + <G, ∂²W>.
    for u in range(V):
        for v in range(u, V):
            total = 0j
            for i in range(k):
                for b in range(k):
                    total += (
                        moves[2, u, i, b] * moves[0, v, b, i]
                        - moves[0, u, i, b] * moves[1, v, b, i]
                    )
            for e in range(first[u], first[u + 1]):
                i, j, twice = d_row[e], d_column[e], 2 * dW[e]
                for f in range(first[v], first[v + 1]):
                    a, c = d_row[f], d_column[f]
                    total += twice * dW[f] * (K_inverse[a, i] * M[j, c] - T[a, i] * C[j, c])
            hessian[u, v] = total
            hessian[v, u] = total
    for m in range(row.shape[0]):
        for s in range(factors.shape[1]):
            for r in range(s):
                u, v = factors[m, r], factors[m, s]
                if u < V and v < V:
                    part = G[row[m], column[m]] * _product(factors, m, x, s, r)
                    hessian[u, v] += part
                    hessian[v, u] += part


@_part
def _gauge_slice(terms, room):  # type: ignore[no-untyped-def]
    """conj(N)·Nᴴ times the scale of the Hessian, N the directions that change no row space."""
    k, n, V, dimension, _, _ = terms.sizes
    first, d_row, d_column = terms.first, terms.d_row, terms.d_column
    W, dW, Q, columns = room.W, room.dW, room.Q, room.columns
    hessian, normal = room.hessian, room.normal
    for a in range(k):
        for c in range(n):
            Q[a * n + c] = W[a, c]
    _orthonormalise(Q, k, n)
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
            scale = max(scale, _square(hessian[u, v]))
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
                size += _square(columns[c, v])
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


@_part
def _prepare(hessian, normal, equations, order):  # type: ignore[no-untyped-def]
    """The equations of a slice: Hessian plus normal, factored."""
    for u in range(hessian.shape[0]):
        for v in range(hessian.shape[0]):
            equations[u, v] = hessian[u, v] + normal[u, v]
    _factor(equations, order)


@_part
def _tangent(terms, dC, dM, room, which):  # type: ignore[no-untyped-def]
    """dx/dt at the point of the room by Davidenko's equation, within the slice."""
    first, d_row, d_column = terms.first, terms.d_row, terms.d_column
    W, dW, WdC, WdM, slopes = room.W, room.dW, room.WdC, room.WdM, room.slopes
    K_inverse, R, S, N, dK, A = room.K_inverse, room.R, room.S, room.N, room.dK, room.A
    dR, dS, dN = room.dR, room.dS, room.dN
    k, n = W.shape
    # As the data move and W stays, with A = K⁻¹dK: dR = K⁻¹WdM - AR, dS = K⁻¹WdC - AS,
    # dN = K⁻¹dL - AN, and half of dG is dR - dN·S - N·dS.
    _multiply(W, dC, WdC)
    _multiply(W, dM, WdM)
    _times_transpose(WdC, W, dK)
    _multiply(K_inverse, dK, A)
    _multiply(K_inverse, WdM, dR)
    _multiply(K_inverse, WdC, dS)
    _times_transpose(dR, W, dN)
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
    _solve(room.equations, room.order, slopes, which)


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
                _rescale(terms, x)
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
                _evaluate(terms, ahead, room)
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
                _solve(equations, order, slopes, 4)
                moved = size = 0.0
                for v in range(V):
                    ahead[v] += slopes[4, v]
                    moved += _square(slopes[4, v])
                    size += _square(ahead[v])
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
