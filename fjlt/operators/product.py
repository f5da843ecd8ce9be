"""Products of operators."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from fjlt.operators.operator import Operator, as_operator

__all__ = ["Product"]


class Product(Operator):
    """Product factors[0] @ factors[1] @ … of operators or matrices as one operator; no scale added.

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
        Without factors, for factors whose shapes do not fit, and for what is no operator.

    Notes
    -----
    Cost: the sum of the factors' costs.

    Examples
    --------
    >>> Product([[1, 1]], [[1, 2], [3, 4]]) @ [1, 0]
    array([4.])
    """

    factors: tuple[Operator, ...]

    def __init__(self, *factors: Any) -> None:
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

    def _apply(self, x: NDArray[Any]) -> NDArray[Any]:
        for a in reversed(self.factors):
            x = a._apply(x)
        return x

    def _apply_adjoint(self, g: NDArray[Any]) -> NDArray[Any]:
        for a in self.factors:
            g = a._apply_adjoint(g)
        return g
