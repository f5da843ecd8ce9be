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
from functools import cache, cached_property
from itertools import product
from typing import Any

import numpy as np
from flint import fmpq, fmpq_mat
from sympy import QQ, Rational
from sympy.polys.groebnertools import groebner
from sympy.polys.orderings import grevlex
from sympy.polys.rings import PolyRing

from proofs_check.exact.inertia import rational_inertia

__all__ = ["GREVLEX", "Zeros", "ring_of"]

GREVLEX = cache(grevlex)
"""The order of monomials, kept for each of them: SymPy asks again for every leading term."""


def ring_of(*variables: Any) -> PolyRing:
    """The polynomials in these symbols of SymPy with rational coefficients."""
    return PolyRing(variables, QQ, GREVLEX)


class Zeros:
    """The common zeros of polynomial equations, finitely many.

    Parameters
    ----------
    equations : sequence of sympy expressions or elements of ``ring_of``
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
        self.ring = ring_of(*variables)
        self.basis = groebner([*map(self.ring, equations)], self.ring)
        self._leading = np.array([form.LM for form in self.basis])
        # The zeros are finitely many if 1 leads, or a pure power of every variable.
        powers = self._leading[(self._leading > 0).sum(axis=1) <= 1]
        self._pure = powers.max(axis=0, initial=0)
        if self._leading.any() and not self._pure.all():
            raise ValueError("the equations have infinitely many complex zeros")

    @cached_property
    def monomials(self) -> list[tuple[int, ...]]:
        """A basis of A: the monomials outside the leading ideal, in a box of the pure powers."""
        return [
            powers
            for powers in product(*map(range, self._pure))
            if not (np.array(powers) >= self._leading).all(axis=1).any()
        ]

    @cached_property
    def multiplications(self) -> list[fmpq_mat]:
        """The matrix of the multiplication by each variable, in the basis of monomials."""
        basis = [self.ring({powers: 1}) for powers in self.monomials]
        return [
            fmpq_mat([self._coordinates(variable * monomial) for monomial in basis]).transpose()
            for variable in self.ring.gens
        ]

    def _coordinates(self, polynomial: Any) -> list[fmpq]:
        """An element of the ring modulo the ideal, in the basis of monomials."""
        rest = polynomial.rem(self.basis)
        return [
            fmpq(int(c.numerator), int(c.denominator))
            for c in (rest.get(powers, QQ(0)) for powers in self.monomials)
        ]

    def times(self, polynomial: Any) -> fmpq_mat:
        """The matrix of the multiplication by a polynomial, in the basis of monomials."""
        coordinates = self._coordinates(self.ring(polynomial))
        return sum(
            (c * matrix for c, matrix in zip(coordinates, self._products, strict=True)),
            fmpq_mat(len(coordinates), len(coordinates)),
        )

    def characteristic(self, i: int, t: Any) -> Any:
        """The polynomial in t whose roots are the values of variable i at the zeros."""
        coefficients = self.multiplications[i].charpoly().coeffs()
        return sum(Rational(int(c.p), int(c.q)) * t**power for power, c in enumerate(coefficients))

    @cached_property
    def _products(self) -> list[fmpq_mat]:
        """The matrices of the multiplication by each monomial of the basis."""
        size, products = len(self.monomials), dict[tuple[int, ...], fmpq_mat]()
        # 1 comes first, and before each other monomial that over its first variable
        for powers in self.monomials:
            i = next((i for i, power in enumerate(powers) if power), None)
            products[powers] = (
                fmpq_mat(size, size, np.eye(size, dtype=int).ravel().tolist())
                if i is None
                else self.multiplications[i]
                * products[(*powers[:i], powers[i] - 1, *powers[i + 1 :])]
            )
        return [*products.values()]

    @cached_property
    def _trace_form(self) -> fmpq_mat:
        """The Gram matrix of the form (a, b) ↦ tr(multiplication by a·b)."""
        traces = fmpq_mat([[_trace(matrix) for matrix in self._products]])
        return fmpq_mat([(traces * matrix).entries() for matrix in self._products])

    def form(self, weight: fmpq_mat) -> fmpq_mat:
        """The Gram matrix of the form (a, b) ↦ tr(multiplication by weight·a·b)."""
        return self._trace_form * weight

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
