"""The replacement of a dense layer: a small dense matrix between two butterflies."""

from __future__ import annotations

import numpy as np

from fjlt import boundary
from fjlt.operators.conversion import as_operator, to_dense
from fjlt.operators.ensembles.subsampled_hadamard import srht
from fjlt.operators.operator import Operator
from fjlt.operators.truncated import TruncatedButterfly
from fjlt.types import Array, ArrayLike, OperatorLike, RNGLike

__all__ = ["DenseReplacement"]


class DenseReplacement(Operator):
    """Replacement J2ᵀ·core·J1 of a dense matrix of shape (n2, n1); no scale is added.

    Parameters
    ----------
    j1 : Operator, LinearOperator, array_like or scipy.sparse array, shape (k1, n1)
        On the side of the input.
    core : array_like, shape (k2, k1)
        Dense matrix between the two.
    j2 : Operator, LinearOperator, array_like or scipy.sparse array, shape (k2, n2)
        Transposed without conjugation.

    Attributes
    ----------
    j1, j2 : Operator
    core : ndarray, shape (k2, k1)
    n_weights : int
        Effective weights of j1 and j2, and entries of core. If j1 or j2 is not a truncated
        butterfly, its nonzero entries are counted.

    Raises
    ------
    ValueError, TypeError
        If the shapes do not fit, or an entry is not a finite number.

    Notes
    -----
    Cost: those of j1 and j2, and 2·k1·k2 flops a vector. The rank is at most min(k1, k2).

    References
    ----------
    Section 3.2 of arXiv 2007.08864v2.

    Examples
    --------
    >>> DenseReplacement([[1, 1]], [[5]], [[1, 0]]).to_dense()
    array([[5., 5.],
           [0., 0.]])
    """

    j1: Operator
    j2: Operator
    core: Array

    def __init__(self, j1: OperatorLike, core: ArrayLike, j2: OperatorLike) -> None:
        self.j1, self.j2 = as_operator(j1, "j1"), as_operator(j2, "j2")
        self.core = boundary.matrix(
            core, "core", n_rows=self.j2.shape[0], n_columns=self.j1.shape[0]
        )
        dtype = np.result_type(self.j1.dtype, self.core, self.j2.dtype)
        super().__init__(dtype, (self.j2.shape[1], self.j1.shape[1]))

    @classmethod
    def from_dense(cls, W: ArrayLike, k1: int, k2: int, rng: RNGLike = None) -> DenseReplacement:
        """Random replacement J2ᵀ·J2·W·J1ᵀ·J1 of W, whose expectation is W.

        J1 and J2 are independent SRHTs, of shapes (k1, n1) and (k2, n2), scales included.

        Parameters
        ----------
        W : array_like, shape (n2, n1)
            The dense matrix.
        k1, k2 : int
            Numbers of rows of J1 and J2.
        rng : None, int, SeedSequence, BitGenerator or Generator
            Draws J1 and J2.

        Returns
        -------
        DenseReplacement
            Its core is J2·W·J1ᵀ.

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
        # The core is J2·W·J1ᵀ = J2·(J1·Wᵀ)ᵀ.
        j1, j2 = srht(k1, w.shape[1], rng), srht(k2, w.shape[0], rng)
        return cls(j1, j2 @ (j1 @ w.T).T, j2)

    @property
    def n_weights(self) -> int:
        """Number of weights that matter, those of both butterflies and of the core."""
        return _n_weights(self.j1) + self.core.size + _n_weights(self.j2)

    def _description(self) -> str:
        return f"J2ᵀ·core·J1 with a core of shape {self.core.shape}, no scale"

    def _apply(self, x: Array) -> Array:
        return self.j2._transpose()._apply(self.core @ self.j1._apply(x))

    def _apply_adjoint(self, g: Array) -> Array:
        y = self.j2._transpose()._apply_adjoint(g)
        return self.j1._apply_adjoint(self.core.conj().T @ y)


def _n_weights(operator: Operator) -> int:
    if isinstance(operator, TruncatedButterfly):
        return operator.n_effective_weights
    return int(np.count_nonzero(to_dense(operator)))
