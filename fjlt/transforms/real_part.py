"""The real matrix Re C of a complex operator C."""

from __future__ import annotations

import numpy as np

from fjlt.operators.operator import Operator
from fjlt.types import Array

__all__ = ["RealPart"]


class RealPart(Operator):
    """Real part Re C of the matrix of an operator, of the same shape; no scale is added.

    Parameters
    ----------
    operator : Operator

    Attributes
    ----------
    operator : Operator
        C itself.

    Notes
    -----
    Cost: a product with C for a real argument, two for a complex one.

    Examples
    --------
    >>> from fjlt import MatrixOperator
    >>> RealPart(MatrixOperator([[1 + 2j, 3j]])) @ [1, 1]
    array([1.])
    """

    def __init__(self, operator: Operator) -> None:
        super().__init__(np.empty(0, operator.dtype).real.dtype, operator.shape)
        self.operator = operator

    def _apply(self, x: Array) -> Array:
        if np.isrealobj(x):
            return np.ascontiguousarray(self.operator._apply(x).real)
        return self._apply(x.real) + 1j * self._apply(x.imag)

    def _apply_adjoint(self, g: Array) -> Array:
        # The transpose of Re C is the real part of the adjoint.
        if np.isrealobj(g):
            return np.ascontiguousarray(self.operator._apply_adjoint(g).real)
        return self._apply_adjoint(g.real) + 1j * self._apply_adjoint(g.imag)
