"""The product of several operators."""

from __future__ import annotations

import numpy as np

from fjlt.operators.conversion import as_operator
from fjlt.operators.operator import Operator
from fjlt.types import Array, OperatorLike

__all__ = ["Product"]


class Product(Operator):
    """Product factors[0] @ factors[1] @ … of operators or matrices; no scale is added.

    Parameters
    ----------
    *factors : Operator, LinearOperator, array_like or scipy.sparse array
        At least one; the last is applied first.

    Attributes
    ----------
    factors : tuple of Operator

    Raises
    ------
    ValueError, TypeError
        If there are no factors, their shapes do not fit, or one of them is not an operator.

    Notes
    -----
    Cost: the sum of the factors' costs.

    Examples
    --------
    >>> Product([[1, 1]], [[1, 2], [3, 4]]) @ [1, 0]
    array([4.])
    """

    factors: tuple[Operator, ...]

    def __init__(self, *factors: OperatorLike) -> None:
        if not factors:
            raise ValueError("a product needs at least one factor, got 0")
        self.factors = tuple(as_operator(a, f"factors[{i}]") for i, a in enumerate(factors))
        for left, right in zip(self.factors, self.factors[1:], strict=False):
            if left.shape[1] != right.shape[0]:
                raise ValueError(
                    f"shapes {left.shape} and {right.shape} of neighbouring factors do not fit: "
                    f"{left.shape[1]} columns against {right.shape[0]} rows"
                )
        shape = (self.factors[0].shape[0], self.factors[-1].shape[1])
        super().__init__(np.result_type(*(a.dtype for a in self.factors)), shape)

    def _description(self) -> str:
        return self._label or " @ ".join(map(repr, self.factors))

    def _apply(self, x: Array) -> Array:
        for a in reversed(self.factors):
            x = a._apply(x)
        return x

    def _apply_adjoint(self, g: Array) -> Array:
        for a in self.factors:
            g = a._apply_adjoint(g)
        return g
