"""Linear combinations of operators: what sums, differences and multiples of operators are."""

from __future__ import annotations

from typing import Any

import numpy as np

from fjlt import boundary
from fjlt.operators.conversion import as_operator
from fjlt.operators.operator import Operator
from fjlt.types import Array, OperatorLike

__all__ = ["Combination"]


class Combination(Operator):
    """Linear combination c_1·A_1 + c_2·A_2 + … of operators or matrices.

    Parameters
    ----------
    *terms : tuple of number and Operator, LinearOperator, array_like or scipy.sparse array
        Pairs (c_i, A_i), at least one.

    Raises
    ------
    ValueError, TypeError
        If the shapes differ, a factor is not a finite number, or one of the A_i no operator.

    Notes
    -----
    Cost: the sum of the operators' costs, and 2·m flops a vector and operator.

    Examples
    --------
    >>> Combination((2, [[1, 2]]), (-1, [[1, 0]])) @ [1, 1]
    array([5.])
    """

    def __init__(self, *terms: tuple[Any, OperatorLike]) -> None:
        self.operators = tuple(as_operator(a, f"operator {i}") for i, (_, a) in enumerate(terms))
        shapes = {a.shape for a in self.operators}
        if len(shapes) > 1:
            raise ValueError(f"operators of shapes {sorted(shapes)} cannot be added")
        # A Python number takes the precision of the operator, as in NumPy.
        for factor, _ in terms:
            boundary.array(factor, "the factor of an operator")
        self.factors = tuple(factor for factor, _ in terms)
        dtype = np.result_type(*self.factors, *(a.dtype for a in self.operators))
        super().__init__(dtype, shapes.pop())
        self._output_shows_nonfinite = any(a._output_shows_nonfinite for a in self.operators)

    def _description(self) -> str:
        terms = zip(self.factors, self.operators, strict=True)
        return " + ".join(f"{factor} * {operator!r}" for factor, operator in terms)

    def _apply(self, x: Array) -> Array:
        parts = [a._apply(x) for a in self.operators]
        return self._sum(parts, self.factors)

    def _apply_adjoint(self, g: Array) -> Array:
        parts = [a._apply_adjoint(g) for a in self.operators]
        return self._sum(parts, tuple(c.conjugate() for c in self.factors))

    def _sum(self, parts: list[Array], factors: tuple[Any, ...]) -> Array:
        dtype = np.result_type(self.dtype, *parts)
        total = np.zeros(parts[0].shape, dtype)
        for factor, part in zip(factors, parts, strict=True):
            total += factor * part
        return total
