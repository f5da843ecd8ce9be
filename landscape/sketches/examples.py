"""Example matrices: the errors of their approximations from a sketch, and the mean's gradient."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.linalg import qr

from fjlt import boundary
from fjlt.types import RealArray
from landscape.sketches.sketch_loss import errors_and_gradient, sketch_errors
from landscape.sketches.structures import Structure

__all__ = ["Examples", "check_examples"]

Product = Callable[[RealArray], RealArray]
"""x ↦ Bx for a sketch B."""


def check_examples(matrices: Sequence[ArrayLike], name: str) -> list[RealArray]:
    """Check that there are matrices, and that they are real with equally many rows."""
    examples = [
        boundary.matrix(X, f"{name}[{i}]", real=True).astype(np.float64)
        for i, X in enumerate(matrices)
    ]
    if not examples:
        raise ValueError(f"{name} is empty; give at least one")
    n = len(examples[0])
    for i, X in enumerate(examples):
        if len(X) != n:
            raise ValueError(
                f"{name}[{i}] has {len(X)} rows, but {name}[0] has {n}; they must agree"
            )
    return examples


@dataclass(frozen=True)
class Examples:
    """Matrices X_i with equally many rows, and small matrices with the same X_iᵀX_i.

    Attributes
    ----------
    matrices : list of ndarray, shapes (n, d_i)
    factors : list of ndarray
        Matrices with factors[i]ᵀ·factors[i] = X_iᵀX_i. The error of an approximation from the row
        space of BX_i depends on X_i only through this product and the row space.
    """

    matrices: list[RealArray]
    factors: list[RealArray]

    @classmethod
    def of(cls, matrices: list[RealArray]) -> Examples:
        """The matrices, each with the triangular factor of its QR decomposition if it is tall."""
        return cls(
            matrices,
            [qr(X, mode="r")[0][: X.shape[1]] if len(X) > X.shape[1] else X for X in matrices],
        )

    def __len__(self) -> int:
        return len(self.matrices)

    def subset(self, numbers: Iterable[int]) -> Examples:
        """The matrices with these numbers."""
        chosen = list(numbers)
        return Examples([self.matrices[i] for i in chosen], [self.factors[i] for i in chosen])

    def errors(self, product: Product, k: int) -> RealArray:
        """Errors ‖X_i - B_k(X_i)‖_F² for the sketch B with this product, shape (len(self),).

        They are inf where a product overflows.
        """
        errors = np.full(len(self), np.inf)
        for places, x, factors in self._of_equal_shape():
            codes = _codes(product, x, len(places))
            if np.isfinite(codes).all():
                errors[places] = sketch_errors(factors, codes, k)
        return errors

    def mean_and_gradient(
        self, family: Structure, theta: RealArray, k: int
    ) -> tuple[float, RealArray]:
        """Mean of the errors, and its gradient in the parameters of the sketch.

        (inf, 0) where the parameters or the products are not finite.
        """
        total, gradient = 0.0, np.zeros_like(theta)
        if not np.isfinite(theta).all():
            return np.inf, gradient
        sketch = family.at(theta)
        for places, x, factors in self._of_equal_shape():
            codes = _codes(sketch.product, x, len(places))
            if not np.isfinite(codes).all():
                return np.inf, np.zeros_like(theta)
            errors, pulled = errors_and_gradient(factors, codes, k)
            total += float(errors.sum())
            # Chain rule: from the codes BX_i, side by side as the X_i in x, to the parameters.
            side_by_side = pulled.transpose(1, 0, 2).reshape(codes.shape[1], -1)
            gradient += sketch.gradient(x, side_by_side)
        return total / len(self), gradient / len(self)

    def _of_equal_shape(self) -> Iterable[tuple[list[int], RealArray, RealArray]]:
        """Yield the matrices of each shape together.

        A group has the numbers of its matrices, the matrices side by side, and their factors as one
        array.
        """
        by_shape: dict[tuple[int, ...], list[int]] = {}
        for i, X in enumerate(self.matrices):
            by_shape.setdefault(X.shape, []).append(i)
        for places in by_shape.values():
            x = np.concatenate([self.matrices[i] for i in places], axis=1)
            yield places, x, np.stack([self.factors[i] for i in places])


def _codes(product: Product, x: RealArray, N: int) -> RealArray:
    """BX_i, shape (N, l, d), for x of shape (n, N·d) with the X_i side by side."""
    codes = product(x)
    return codes.reshape(len(codes), N, -1).transpose(1, 0, 2)
