"""The replacement of a dense layer: a small dense matrix between two butterflies."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fjlt import boundary
from fjlt.operators.operator import Operator, as_operator, to_dense
from fjlt.operators.subsampled_hadamard import srht
from fjlt.operators.truncated import TruncatedButterfly

__all__ = ["DenseReplacement"]


class DenseReplacement(Operator):
    """Replacement J2ᵀ·core·J1 of a dense matrix (n2, n1) as a linear operator; no scale added.

    Parameters
    ----------
    j1 : Operator, LinearOperator, array_like or scipy.sparse array, shape (k1, n1)
    core : array_like, shape (k2, k1)
    j2 : Operator, LinearOperator, array_like or scipy.sparse array, shape (k2, n2)
        Transposed without conjugation.

    Attributes
    ----------
    j1, j2 : Operator
    core : ndarray, shape (k2, k1)
    n_weights : int
        Effective weights of j1 and j2 (nonzero entries, where they are not truncated butterflies)
        and entries of core.

    Raises
    ------
    ValueError, TypeError
        For shapes that do not fit and entries that are not finite numbers.

    Notes
    -----
    Cost: those of j1 and j2, and 2·k1·k2 flops a vector. The rank is at most min(k1, k2).
    Source: Section 3.2 of arXiv 2007.08864 (numbered as in the ICLR 2021 submission).

    Examples
    --------
    >>> DenseReplacement([[1, 1]], [[5]], [[1, 0]]).to_dense()
    array([[5., 5.],
           [0., 0.]])
    """

    j1: Operator
    j2: Operator
    core: NDArray[Any]

    def __init__(self, j1: Any, core: ArrayLike, j2: Any) -> None:
        self.j1, self.j2 = as_operator(j1, "j1"), as_operator(j2, "j2")
        self.core = boundary.matrix(
            core, "core", n_rows=self.j2.shape[0], n_columns=self.j1.shape[0]
        )
        dtype = np.result_type(self.j1.dtype, self.core, self.j2.dtype)
        super().__init__(dtype, (self.j2.shape[1], self.j1.shape[1]))

    @classmethod
    def from_dense(cls, W: ArrayLike, k1: int, k2: int, rng: Any = None) -> DenseReplacement:
        """Replacement J2ᵀ·J2·W·J1ᵀ·J1 of W, shape (n2, n1), with independent SRHT J1, J2; scales
        included.

        Its expectation is W. J1 has shape (k1, n1), J2 (k2, n2).

        Raises
        ------
        ValueError, TypeError
            If W is not a finite matrix, k1 is not in 1, …, n1, or k2 not in 1, …, n2.

        Examples
        --------
        >>> DenseReplacement.from_dense(np.eye(4), 4, 4, rng=0).to_dense().round(12) + 0.0
        array([[1., 0., 0., 0.],
               [0., 1., 0., 0.],
               [0., 0., 1., 0.],
               [0., 0., 0., 1.]])
        """
        w = boundary.matrix(W, "W")
        k1 = boundary.dimension(k1, "k1", high=w.shape[1])
        k2 = boundary.dimension(k2, "k2", high=w.shape[0])
        rng = np.random.default_rng(rng)
        j1, j2 = srht(k1, w.shape[1], rng), srht(k2, w.shape[0], rng)
        return cls(j1, j2 @ (j1 @ w.T).T, j2)

    @property
    def n_weights(self) -> int:
        """Number of weights that matter: of both butterflies, and of the core."""
        return _n_weights(self.j1) + self.core.size + _n_weights(self.j2)

    def _apply(self, x: NDArray[Any]) -> NDArray[Any]:
        y = self.core @ self.j1._apply(x)
        return self.j2._apply_adjoint(y.conj()).conj()

    def _apply_adjoint(self, g: NDArray[Any]) -> NDArray[Any]:
        y = self.j2._apply(g.conj()).conj()
        return self.j1._apply_adjoint(self.core.conj().T @ y)


def _n_weights(operator: Operator) -> int:
    if isinstance(operator, TruncatedButterfly):
        return operator.n_effective_weights
    return int(np.count_nonzero(to_dense(operator)))
