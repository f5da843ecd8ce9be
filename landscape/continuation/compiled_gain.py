"""Gradient and Hessian of the gain, compiled: sums over the few nonzero entries of ∂W."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from fjlt.kernels.simd import part
from fjlt.types import Array, IndexArray
from landscape.continuation.compiled_matrices import (
    lu,
    multiply,
    orthonormalise,
    solve,
    square,
    times_transpose,
)
from landscape.planes.row_spaces import RowSpaces

__all__ = ["Room", "Terms", "evaluate", "rescale", "terms_of"]


class Terms(NamedTuple):
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


class Room(NamedTuple):
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
    def of(cls, terms: Terms) -> Room:
        """Memory for points of these row spaces."""
        k, n, V, _, _, _ = terms.sizes
        shapes: dict[str, tuple[int, ...]] = dict.fromkeys(cls._fields, (k, n))
        shapes |= dict.fromkeys(("K", "K_inverse", "N", "T", "dK", "A", "dN"), (k, k))
        shapes |= dict.fromkeys(("gradient", "x", "origin", "ahead"), (V,))
        shapes |= dict.fromkeys(("hessian", "normal", "equations"), (V, V))
        shapes |= {"C": (n, n), "M": (n, n), "dW": (len(terms.d_row),), "moves": (3, V, k, k)}
        shapes |= {"columns": (k * n + V, V), "Q": (k * n,), "slopes": (5, V)}
        arrays = {name: np.zeros(shape, dtype=complex) for name, shape in shapes.items()}
        return cls(**arrays | {"order": np.zeros(max(k, V), dtype=np.intp)})


def terms_of(spaces: RowSpaces) -> Terms:
    """The monomials of the row spaces."""
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
    return Terms(
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


@part
def rescale(terms, x):  # type: ignore[no-untyped-def]
    """Inner vectors of norm 1 and orthonormal rows of E, the row space being the same."""
    vectors, multipliers = terms.vectors, terms.multipliers
    for r in range(vectors.shape[0]):
        size = 0.0
        for i in range(vectors.shape[1]):
            if vectors[r, i] >= 0:
                size += square(x[vectors[r, i]])
        size = np.sqrt(size)
        for i in range(vectors.shape[1]):
            if vectors[r, i] >= 0:
                x[vectors[r, i]] /= size
        for i in range(multipliers.shape[1]):
            if multipliers[r, i] >= 0:
                x[multipliers[r, i]] *= size
    orthonormalise(x, terms.sizes[4], terms.sizes[5])


@part
def _product(factors, m, x, s, r):  # type: ignore[no-untyped-def]
    """Monomial m at x, without the factors s and r."""
    product = 1 + 0j
    for i in range(factors.shape[1]):
        if i != s and i != r and factors[m, i] < x.shape[0]:
            product *= x[factors[m, i]]
    return product


@part
def evaluate(terms, x, room):  # type: ignore[no-untyped-def]
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
    multiply(W, C, WC)
    multiply(W, M, WM)
    # K⁻¹ is symmetric: its rows solve the equations of K.
    times_transpose(WC, W, K)
    lu(K, order)
    for b in range(k):
        for a in range(k):
            K_inverse[b, a] = 0
        K_inverse[b, b] = 1
        solve(K, order, K_inverse, b)
    multiply(K_inverse, WM, R)
    multiply(K_inverse, WC, S)
    times_transpose(R, W, N)
    multiply(N, K_inverse, T)
    multiply(N, S, G)
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
