"""Second-order Taylor arithmetic in d variables, with balls as coefficients.

Where the variables are balls, the coefficients enclose value, gradient and Hessian all over the
box.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flint import arb, arb_mat

__all__ = ["Jet"]


@dataclass(frozen=True)
class Jet:
    """A function at a point or over a box: its value, gradient (d, 1) and Hessian (d, d).

    Examples
    --------
    >>> x, y = Jet.variable(arb(2), 0, 2), Jet.variable(arb(3), 1, 2)
    >>> (x * x * y.reciprocal()).hessian[0, 0].str(6, radius=False)
    '0.666667'
    """

    value: arb
    gradient: arb_mat
    hessian: arb_mat

    @classmethod
    def constant(cls, value: arb, d: int) -> Jet:
        """A constant function of d variables."""
        return cls(value, arb_mat(d, 1), arb_mat(d, d))

    @classmethod
    def variable(cls, value: arb, i: int, d: int) -> Jet:
        """The coordinate function number i of d variables."""
        return cls(value, arb_mat(d, 1, [int(j == i) for j in range(d)]), arb_mat(d, d))

    @staticmethod
    def transformed(A: arb_mat, vector: Sequence[Jet]) -> list[Jet]:
        """The product of a matrix A and a vector of jets, as one product of matrices."""
        d = vector[0].gradient.nrows()
        flat = [[jet.value, *jet.gradient.entries(), *jet.hessian.entries()] for jet in vector]
        rows = (A * arb_mat(flat)).tolist()
        return [
            Jet(row[0], arb_mat(d, 1, row[1 : d + 1]), arb_mat(d, d, row[d + 1 :])) for row in rows
        ]

    def __add__(self, other: Jet) -> Jet:
        return Jet(
            self.value + other.value, self.gradient + other.gradient, self.hessian + other.hessian
        )

    def __sub__(self, other: Jet) -> Jet:
        return Jet(
            self.value - other.value, self.gradient - other.gradient, self.hessian - other.hessian
        )

    def __mul__(self, other: Jet) -> Jet:
        # (fg)'' = f·g'' + g·f'' + f'g'ᵀ + g'f'ᵀ
        a, b = self.value, other.value
        mixed = self.gradient * other.gradient.transpose()
        hessian = other.hessian * a + self.hessian * b + mixed + mixed.transpose()
        return Jet(a * b, other.gradient * a + self.gradient * b, hessian)

    def reciprocal(self) -> Jet:
        """1/f; raises ``ZeroDivisionError`` if f may be zero."""
        if self.value.contains(0):
            raise ZeroDivisionError(f"division by a ball around zero, {self.value.str(5)}")
        # (1/f)'' = 2f'f'ᵀ/f³ − f''/f²
        inverse = 1 / self.value
        square = inverse * inverse
        bend = self.gradient * self.gradient.transpose() * (2 * inverse)
        return Jet(inverse, self.gradient * -square, (bend - self.hessian) * square)
