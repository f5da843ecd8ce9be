"""The gain of a row space in ball arithmetic: value, gradient and Hessian over a box of
variables."""

from __future__ import annotations

from math import prod
from typing import Any, NamedTuple

from landscape.planes.row_spaces import RowSpaces

__all__ = ["BallGain"]

Matrix = Any
Balls = list[Any]


class _At(NamedTuple):
    """A box and what the derivatives share: the change of the gain with W is the sum of the entries
    of G·dW."""

    W: Matrix
    WC: Matrix
    WM: Matrix
    K_inverse: Matrix
    T: Matrix
    G: Matrix


class BallGain:
    """f = tr (WCWᵀ)⁻¹ WMWᵀ as a function of some of the variables of W; boxes are lists of all V
    variables.

    Parameters
    ----------
    spaces : RowSpaces
    C, M : flint.arb_mat or flint.acb_mat, shape (n, n)
        Symmetric, not conjugated.
    unknown : list of int
        The d variables to differentiate by.

    Notes
    -----
    Every method encloses the values at all points of its box, at the precision of ``flint.ctx``,
    and raises ``ZeroDivisionError`` where WCWᵀ may be singular. Cost of a Hessian: O(dkn² + d²kn)
    ball operations.

    Examples
    --------
    >>> from flint import arb, arb_mat
    >>> C, M = arb_mat([[1, 0], [0, 1]]), arb_mat([[2, 0], [0, 1]])
    >>> gain = BallGain(RowSpaces(2, [0]), C, M, [1])
    >>> float(gain.value([arb(1), arb(0)])), float(gain.derivatives([arb(1), arb(0)])[1][0, 0])
    (2.0, -2.0)
    """

    def __init__(self, spaces: RowSpaces, C: Matrix, M: Matrix, unknown: list[int]) -> None:
        self.spaces, self.C, self.M, self.unknown, self.matrix = spaces, C, M, unknown, type(C)
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

    def rows_at(self, x: Balls) -> Matrix:
        """W, shape (k, n)."""
        entries: Balls = [0] * (self.spaces.k * self.spaces.n)
        for entry, variables in self._terms:
            entries[entry] += prod(x[v] for v in variables)
        return self.matrix(self.spaces.k, self.spaces.n, entries)

    def jacobian(self, x: Balls) -> list[Matrix]:
        """∂W by each unknown, d matrices of shape (k, n)."""
        entries: list[Balls] = [[0] * (self.spaces.k * self.spaces.n) for _ in self.unknown]
        for u, entry, others in self._first:
            entries[u][entry] += prod(x[v] for v in others)
        return [self.matrix(self.spaces.k, self.spaces.n, change) for change in entries]

    def gram(self, x: Balls) -> Matrix:
        """WCWᵀ, shape (k, k)."""
        W = self.rows_at(x)
        return W * self.C * W.transpose()

    def value(self, x: Balls) -> Any:
        """f."""
        W = self.rows_at(x)
        return (self.gram(x).inv() * (W * self.M * W.transpose())).trace()

    def gradient(self, x: Balls) -> Matrix:
        """∂f by the unknowns, shape (d, 1)."""
        return self._stacked(self.jacobian(x)) * self._column(self._at(x).G)

    def derivatives(self, x: Balls) -> tuple[Matrix, Matrix]:
        """Gradient, shape (d, 1), and Hessian, shape (d, d)."""
        at, J, d = self._at(x), self.jacobian(x), len(self.unknown)
        G = at.G.entries()
        bend: list[Balls] = [[0] * d for _ in range(d)]
        for u, v, entry, others in self._second:
            bend[u][v] += G[entry] * prod(x[w] for w in others)
        stacked = self._stacked(J)
        turn = self._stacked([self._turn(at, Ju) for Ju in J])
        return stacked * self._column(at.G), turn * stacked.transpose() + self.matrix(
            d, d, [h for row in bend for h in row]
        )

    def _at(self, x: Balls) -> _At:
        W = self.rows_at(x)
        WC, WM = W * self.C, W * self.M
        K_inverse = (WC * W.transpose()).inv()
        T = K_inverse * (WM * W.transpose()) * K_inverse
        return _At(W, WC, WM, K_inverse, T, (K_inverse * WM - T * WC) * 2)

    def _turn(self, at: _At, J: Matrix) -> Matrix:
        """The change of G as W moves by J."""
        JC, JM, Wt, Ki = J * self.C, J * self.M, at.W.transpose(), at.K_inverse
        dK, half = _symmetric(JC * Wt), Ki * _symmetric(JM * Wt) * Ki
        back = Ki * dK * at.T
        dT = half - back - back.transpose()
        return (Ki * JM - Ki * dK * Ki * at.WM - dT * at.WC - at.T * JC) * 2

    def _stacked(self, matrices: list[Matrix]) -> Matrix:
        """One row of k·n entries for each unknown."""
        entries = [entry for a in matrices for entry in a.entries()]
        return self.matrix(len(self.unknown), self.spaces.k * self.spaces.n, entries)

    def _column(self, a: Matrix) -> Matrix:
        return self.matrix(self.spaces.k * self.spaces.n, 1, a.entries())


def _symmetric(a: Matrix) -> Matrix:
    return a + a.transpose()


def _without(variables: list[int], *some: int) -> list[int]:
    return [v for v in variables if v not in some]
