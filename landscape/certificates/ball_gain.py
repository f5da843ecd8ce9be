"""The gain of a row space in ball arithmetic: its value, gradient and Hessian over a box."""

from __future__ import annotations

from math import prod
from typing import NamedTuple

from landscape.certificates.krawczyk import Ball, BallMatrix
from landscape.planes.row_spaces import RowSpaces

__all__ = ["BallGain"]

Balls = list[Ball]


class _Point(NamedTuple):
    """What the derivatives over a box share, with K = WCWᵀ and L = WMWᵀ.

    T = K⁻¹LK⁻¹, and G = 2(K⁻¹WM - TWC) is the gradient of tr K⁻¹L in W.
    """

    W: BallMatrix
    WC: BallMatrix
    WM: BallMatrix
    K_inverse: BallMatrix
    T: BallMatrix
    G: BallMatrix


class BallGain:
    """f = tr (WCWᵀ)⁻¹WMWᵀ as a function of some of the variables of W, in ball arithmetic.

    Boxes are lists of all V variables.

    Parameters
    ----------
    spaces : RowSpaces
    C, M : flint.arb_mat or flint.acb_mat, shape (n, n)
        Symmetric, not conjugated.
    unknown : list of int
        The d variables by which f is differentiated.

    Notes
    -----
    Every method encloses the values at all points of its box, at the precision of ``flint.ctx``. It
    raises ``ZeroDivisionError`` if WCWᵀ may be singular. The formulas are those of ``Gain``. Cost
    of a Hessian: O(dkn² + d²kn) ball operations.

    Examples
    --------
    >>> from flint import arb, arb_mat
    >>> C, M = arb_mat([[1, 0], [0, 1]]), arb_mat([[2, 0], [0, 1]])
    >>> gain = BallGain(RowSpaces(2, [0]), C, M, [1])
    >>> float(gain.value([arb(1), arb(0)])), float(gain.derivatives([arb(1), arb(0)])[1][0, 0])
    (2.0, -2.0)
    """

    def __init__(self, spaces: RowSpaces, C: BallMatrix, M: BallMatrix, unknown: list[int]) -> None:
        self.spaces, self.C, self.M, self.unknown, self.matrix = spaces, C, M, unknown, type(C)
        # W is a sum of monomials without squares: each term of a derivative leaves variables out.
        entries, factors = spaces.monomials
        place = {variable: i for i, variable in enumerate(unknown)}
        self._terms = [
            (int(entry), [int(v) for v in row if v < spaces.size])
            for entry, row in zip(entries, factors, strict=True)
        ]
        self._first = [
            (place[v], e, _without(vs, v)) for e, vs in self._terms for v in vs if v in place
        ]
        self._second = [
            (place[u], place[v], e, _without(vs, u, v))
            for e, vs in self._terms
            for u in vs
            for v in vs
            if u != v and u in place and v in place
        ]

    def rows_at(self, x: Balls) -> BallMatrix:
        """W, shape (k, n)."""
        entries: Balls = [0] * (self.spaces.k * self.spaces.n)
        for entry, variables in self._terms:
            entries[entry] += prod(x[v] for v in variables)
        return self.matrix(self.spaces.k, self.spaces.n, entries)

    def jacobian(self, x: Balls) -> list[BallMatrix]:
        """The derivatives of W by the unknowns, d matrices of shape (k, n)."""
        entries: list[Balls] = [[0] * (self.spaces.k * self.spaces.n) for _ in self.unknown]
        for u, entry, others in self._first:
            entries[u][entry] += prod(x[v] for v in others)
        return [self.matrix(self.spaces.k, self.spaces.n, change) for change in entries]

    def gram(self, x: Balls) -> BallMatrix:
        """K = WCWᵀ, shape (k, k)."""
        W = self.rows_at(x)
        return W * self.C * W.transpose()

    def value(self, x: Balls) -> Ball:
        """The value f."""
        W = self.rows_at(x)
        return (self.gram(x).inv() * (W * self.M * W.transpose())).trace()

    def gradient(self, x: Balls) -> BallMatrix:
        """The derivatives of f by the unknowns, shape (d, 1)."""
        return self._stacked(self.jacobian(x)) * self._column(self._point(x).G)

    def derivatives(self, x: Balls) -> tuple[BallMatrix, BallMatrix]:
        """Gradient, shape (d, 1), and Hessian, shape (d, d)."""
        at, J, d = self._point(x), self.jacobian(x), len(self.unknown)
        G = at.G.entries()
        # ∂²f/∂u∂v = <dG_u, ∂W_v> + <G, ∂²W>.
        curvature: list[Balls] = [[0] * d for _ in range(d)]
        for u, v, entry, others in self._second:
            curvature[u][v] += G[entry] * prod(x[w] for w in others)
        stacked = self._stacked(J)
        changes = self._stacked([self._change_of_gradient(at, Ju) for Ju in J])
        return stacked * self._column(at.G), changes * stacked.transpose() + self.matrix(
            d, d, [h for row in curvature for h in row]
        )

    def _point(self, x: Balls) -> _Point:
        W = self.rows_at(x)
        WC, WM = W * self.C, W * self.M
        K_inverse = (WC * W.transpose()).inv()
        T = K_inverse * (WM * W.transpose()) * K_inverse
        return _Point(W, WC, WM, K_inverse, T, (K_inverse * WM - T * WC) * 2)

    def _change_of_gradient(self, at: _Point, J: BallMatrix) -> BallMatrix:
        """dG as W moves by J."""
        JC, JM, Wt, Ki = J * self.C, J * self.M, at.W.transpose(), at.K_inverse
        # dT = K⁻¹·dL·K⁻¹ - K⁻¹·dK·T - T·dK·K⁻¹.
        dK, half = _plus_transpose(JC * Wt), Ki * _plus_transpose(JM * Wt) * Ki
        back = Ki * dK * at.T
        dT = half - back - back.transpose()
        return (Ki * JM - Ki * dK * Ki * at.WM - dT * at.WC - at.T * JC) * 2

    def _stacked(self, matrices: list[BallMatrix]) -> BallMatrix:
        """One row of k·n entries for each unknown."""
        entries = [entry for a in matrices for entry in a.entries()]
        return self.matrix(len(self.unknown), self.spaces.k * self.spaces.n, entries)

    def _column(self, a: BallMatrix) -> BallMatrix:
        return self.matrix(self.spaces.k * self.spaces.n, 1, a.entries())


def _plus_transpose(a: BallMatrix) -> BallMatrix:
    return a + a.transpose()


def _without(variables: list[int], *removed: int) -> list[int]:
    return [v for v in variables if v not in removed]
