"""Real common zeros of polynomials over the rationals, counted by Hermite's trace forms.

Let A be the algebra of polynomials modulo the ideal, of finite dimension. For h in A the symmetric
form (a, b) ↦ tr(multiplication by h·a·b) has as its rank the number of distinct complex zeros with
h ≠ 0, and as its signature the number of real zeros with h > 0 less that with h < 0.

References
----------
P. Pedersen, M.-F. Roy, A. Szpirglas, Counting real zeros in the multivariate case, MEGA 1992.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from itertools import product
from typing import Any

import numpy as np
from flint import fmpq, fmpq_mat
from sympy import QQ, Poly, Rational, groebner
from sympy.polys.orderings import grevlex

from proofs_check.exact.inertia import rational_inertia

__all__ = ["Zeros"]


class Zeros:
    """The common zeros of polynomial equations, finitely many.

    Parameters
    ----------
    equations : sequence of sympy expressions
        Polynomials with rational coefficients.
    variables : sequence of sympy symbols

    Raises
    ------
    ValueError
        If there are infinitely many complex zeros.

    Examples
    --------
    >>> from sympy.abc import x, y
    >>> zeros = Zeros([x**2 - 2, y**3 - x], [x, y])
    >>> zeros.complex(one := zeros.times(1)), zeros.signature(one), zeros.signature(zeros.times(y))
    (6, 2, 0)
    """

    def __init__(self, equations: Sequence[Any], variables: Sequence[Any]) -> None:
        self.variables = tuple(variables)
        self.basis = groebner(equations, *variables, order=grevlex, domain=QQ)
        if self.basis.exprs != [1] and not self.basis.is_zero_dimensional:
            raise ValueError("the equations have infinitely many complex zeros")
        size = len(self.monomials)
        identity = fmpq_mat(size, size, [int(i == j) for i in range(size) for j in range(size)])
        self._powers = {(0,) * len(self.variables): identity}

    @cached_property
    def monomials(self) -> list[tuple[int, ...]]:
        """A basis of A: the monomials outside the leading ideal."""
        leading = np.array([poly.monoms(order=grevlex)[0] for poly in self.basis.polys])
        if not leading.any():
            return []
        # every variable has a pure power in the leading ideal: the other monomials lie in a box
        pure = leading[(leading > 0).sum(axis=1) == 1]
        box = product(*(range(high) for high in pure.max(axis=0)))
        return [
            monomial for monomial in box if not (np.array(monomial) >= leading).all(axis=1).any()
        ]

    @cached_property
    def multiplications(self) -> list[fmpq_mat]:
        """The matrix of the multiplication by each variable, in the basis of monomials."""
        size = len(self.monomials)
        place = {monomial: i for i, monomial in enumerate(self.monomials)}
        matrices = []
        for variable in self.variables:
            matrix = fmpq_mat(size, size)
            for monomial, column in place.items():
                product = tuple(
                    power + (other is variable)
                    for power, other in zip(monomial, self.variables, strict=True)
                )
                if product in place:
                    matrix[place[product], column] = 1
                    continue
                rest = self.basis.reduce(Poly({product: 1}, *self.variables).as_expr())[1]
                for powers, c in Poly(rest, *self.variables, domain=QQ).terms():
                    if c:
                        matrix[place[powers], column] = fmpq(int(c.p), int(c.q))
            matrices.append(matrix)
        return matrices

    def times(self, polynomial: Any) -> fmpq_mat:
        """The matrix of the multiplication by a polynomial, in the basis of monomials."""
        size = len(self.monomials)
        total = fmpq_mat(size, size)
        if size:
            for powers, c in Poly(polynomial, *self.variables, domain=QQ).terms():
                total += self._power(powers) * fmpq(int(c.p), int(c.q))
        return total

    def _power(self, powers: tuple[int, ...]) -> fmpq_mat:
        """The matrix of the multiplication by a monomial."""
        if powers not in self._powers:
            i = next(i for i, power in enumerate(powers) if power)
            lower = (*powers[:i], powers[i] - 1, *powers[i + 1 :])
            self._powers[powers] = self.multiplications[i] * self._power(lower)
        return self._powers[powers]

    def characteristic(self, i: int, t: Any) -> Any:
        """The polynomial in t whose roots are the values of variable i at the zeros."""
        coefficients = self.multiplications[i].charpoly().coeffs()
        return sum(Rational(int(c.p), int(c.q)) * t**power for power, c in enumerate(coefficients))

    def form(self, weight: fmpq_mat) -> fmpq_mat:
        """The Gram matrix of the form (a, b) ↦ tr(multiplication by weight·a·b)."""
        products = [self._power(monomial) for monomial in self.monomials]
        traces = fmpq_mat([[_trace(matrix) for matrix in products]]) * weight
        return fmpq_mat([(traces * matrix).tolist()[0] for matrix in products])

    def complex(self, weight: fmpq_mat) -> int:
        """The number of distinct complex zeros where the weight is not 0."""
        return int(self.form(weight).rank()) if self.monomials else 0

    def signature(self, weight: fmpq_mat) -> int:
        """The number of real zeros with a positive weight, less that with a negative weight.

        ``weight`` is the matrix of the multiplication by a polynomial, as ``times`` returns it.
        """
        if not self.monomials:
            return 0
        negative, zero = rational_inertia(self.form(weight))
        return len(self.monomials) - zero - 2 * negative


def _trace(matrix: fmpq_mat) -> fmpq:
    return sum((matrix[i, i] for i in range(matrix.nrows())), fmpq(0))
