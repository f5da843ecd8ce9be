"""The gain f(W) = tr (WCWᵀ)⁻¹WMWᵀ of a row space, with its gradient and its Hessian, exactly.

C = XXᵀ and M = XYᵀYXᵀ: the best D lowers the loss tr YYᵀ of D = 0 by f(W), where EB = W.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flint import fmpq, fmpq_mat

from proofs_check.checker.arithmetic.rational_matrices import matrix
from proofs_check.checker.arithmetic.symmetric_elimination import inertia
from proofs_check.checker.bounded import Refused, rational

__all__ = ["Gain", "diagonal", "dot", "exact", "number", "signs", "trace"]


def exact(rows: Any, max_size: int = 64) -> fmpq_mat:
    """The matrix with these rows of integers, or of texts such as "-2/3"."""
    return fmpq_mat([[number(str(x)) for x in row] for row in matrix(rows, max_size)])


def number(text: Any) -> fmpq:
    """The number that an integer, or a text such as "-2/3", stands for."""
    value = rational(text)
    return fmpq(value.numerator, value.denominator)


def dot(a: fmpq_mat, b: fmpq_mat) -> fmpq:
    """tr abᵀ, the sum of the products of the entries."""
    return sum((x * y for x, y in zip(a.entries(), b.entries(), strict=True)), fmpq(0))


def trace(a: fmpq_mat) -> fmpq:
    """The sum of the diagonal entries."""
    return sum((a[i, i] for i in range(a.nrows())), fmpq(0))


def diagonal(values: Sequence[Any]) -> fmpq_mat:
    """The diagonal matrix with these entries."""
    n = len(values)
    return fmpq_mat(n, n, [values[i] * (i == j) for i in range(n) for j in range(n)])


def signs(symmetric: fmpq_mat) -> tuple[int, int]:
    """The numbers of negative and of positive eigenvalues.

    Examples
    --------
    >>> signs(exact([[0, 1, 0], [1, 0, 0], [0, 0, 0]]))
    (1, 1)
    """
    rows = [dict(enumerate(row)) for row in symmetric.tolist()]
    negative, zero = inertia(rows)
    return negative, len(rows) - zero - negative


@dataclass(frozen=True)
class Gain:
    """The gain at a matrix W of independent rows.

    Attributes
    ----------
    W : fmpq_mat, shape (k, n)
    C, M : fmpq_mat, shape (n, n)
        Symmetric; C is positive definite.
    P, T : fmpq_mat, shape (k, k)
        P = K⁻¹ and T = PLP for K = WCWᵀ and L = WMWᵀ.

    Examples
    --------
    >>> gain = Gain.at(exact([[1, 0]]), exact([[1, 0], [0, 1]]), exact([[4, 0], [0, 9]]))
    >>> gain.value, gain.slope.entries(), gain.along(exact([[0, 1]])).entries()
    (4, [0, 0], [0, 10])
    """

    W: fmpq_mat
    C: fmpq_mat
    M: fmpq_mat
    P: fmpq_mat
    T: fmpq_mat

    @classmethod
    def at(cls, W: fmpq_mat, C: fmpq_mat, M: fmpq_mat) -> Gain:
        """The gain at W; refused if WCWᵀ is singular."""
        K = W * C * W.transpose()
        if K.det() == 0:
            raise Refused("the rows of W are not independent")
        P = K.inv()
        return cls(W, C, M, P, P * W * M * W.transpose() * P)

    @classmethod
    def of_data(cls, W: fmpq_mat, X: fmpq_mat, Y: fmpq_mat) -> Gain:
        """The same, from the data."""
        cross = X * Y.transpose()
        return cls.at(W, X * X.transpose(), cross * cross.transpose())

    @cached_property
    def _products(self) -> tuple[fmpq_mat, fmpq_mat]:
        """WC and WM."""
        return self.W * self.C, self.W * self.M

    @property
    def value(self) -> fmpq:
        """f(W)."""
        return trace(self.P * self._products[1] * self.W.transpose())

    @cached_property
    def slope(self) -> fmpq_mat:
        """The gradient in the entries of W, 2(PWM − TWC)."""
        WC, WM = self._products
        return 2 * (self.P * WM - self.T * WC)

    def along(self, V: fmpq_mat) -> fmpq_mat:
        """The derivative of the gradient along V."""
        (WC, WM), P, turned = self._products, self.P, V.transpose()
        K, L = WC * turned, WM * turned
        K, L = K + K.transpose(), L + L.transpose()
        # P' = −PK'P, and T' = P'LP + PL'P + PLP' with LP = KT
        PK = P * K
        half = PK * self.T
        T = P * L * P - half - half.transpose()
        return 2 * (P * (V * self.M) - PK * (P * WM) - T * WC - self.T * (V * self.C))

    def hessian(self, directions: list[fmpq_mat]) -> list[list[fmpq]]:
        """The second derivatives along these directions, row by row."""
        images = [self.along(V) for V in directions]
        return [[dot(image, V) for V in directions] for image in images]
