"""The truncated butterfly network: some outputs of a butterfly, applied to its first inputs."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fjlt import boundary
from fjlt.operators.butterfly import Butterfly, gradients, network
from fjlt.operators.operator import Operator

__all__ = ["TruncatedButterfly", "effective_mask"]


class TruncatedButterfly(Operator):
    """Outputs ``rows`` of a butterfly of size N = 2^p on its first n inputs, shape (l, n); no scale
    added.

    Parameters
    ----------
    weights : array_like, shape (p, N, 2)
        As for ``Butterfly``.
    rows : sequence of int
        Kept outputs, distinct, 0 <= row < N; output t of the operator is output rows[t] of the
        butterfly.
    n_inputs : int, optional
        n <= N; the other inputs of the butterfly are zero. Default N.

    Attributes
    ----------
    weights, rows
        As given, read-only.
    butterfly : Butterfly
        The network before truncation.
    effective_mask : ndarray of bool, shape (p, N, 2)
        Weights on a path from one of the n inputs to a kept output; no other weight matters.
    n_effective_weights : int

    Raises
    ------
    ValueError, TypeError
        For weights that no butterfly has, rows repeated or out of range, n_inputs out of range.

    Notes
    -----
    Cost: at most that of the full butterfly; layers are pruned to what reaches a kept output, so
    that for few of them about half of it is left. Source: Section 4 and footnote 3 of arXiv
    2007.08864 (numbered as in the ICLR 2021 submission).

    Examples
    --------
    >>> J = TruncatedButterfly(Butterfly.hadamard(4).weights, rows=[0, 2])
    >>> J @ [1, 1, 1, 1], J.n_effective_weights
    (array([2., 0.]), 8)
    """

    def __init__(
        self, weights: ArrayLike, rows: Iterable[int], n_inputs: int | None = None
    ) -> None:
        self.butterfly = Butterfly(weights)
        size = self.butterfly.n
        self.rows = boundary.rows(rows, size)
        self.rows.flags.writeable = False
        n = size if n_inputs is None else boundary.dimension(n_inputs, "n_inputs", high=size)
        super().__init__(self.butterfly.dtype, (len(self.rows), n))

    @property
    def weights(self) -> NDArray[Any]:
        """Weights of the butterfly before truncation, shape (p, N, 2), read-only."""
        return self.butterfly.weights

    @property
    def effective_mask(self) -> NDArray[np.bool_]:
        """Weights on a path from one of the n inputs to a kept output, shape (p, N, 2)."""
        return effective_mask(self.butterfly.n, self.rows, self.shape[1])

    @property
    def n_effective_weights(self) -> int:
        """Number of effective weights."""
        return int(self.effective_mask.sum())

    def vjp(self, x: ArrayLike, g: ArrayLike) -> tuple[NDArray[Any], NDArray[Any]]:
        """Gradients (with respect to x, with respect to weights) of the real number Re<g, Jx>.

        Parameters
        ----------
        x : array_like, shape (n,) or (n, d)
        g : array_like, shape (l,) or (l, d)

        Returns
        -------
        grad_x : ndarray, of the shape of x
        grad_weights : ndarray, shape (p, N, 2)
            Zero outside ``effective_mask``.

        Examples
        --------
        >>> J = TruncatedButterfly(Butterfly.identity(2).weights, rows=[0])
        >>> J.vjp([3, 4], [1])
        (array([1., 0.]), array([[[3., 4.],
                [0., 0.]]]))
        """
        grad_x, grad_weights = gradients(self, self._network, x, g, True)
        return grad_x, grad_weights

    def weights_gradient(self, x: ArrayLike, g: ArrayLike) -> NDArray[Any]:
        """Only the second of the gradients of ``vjp``, in less time.

        Examples
        --------
        >>> TruncatedButterfly(Butterfly.identity(2).weights, rows=[0]).weights_gradient([3, 4], [1])
        array([[[3., 4.],
                [0., 0.]]])
        """
        return gradients(self, self._network, x, g, False)[0]

    _spreads = True

    @cached_property
    def _network(self) -> Any:
        return network(self.weights, self.rows)

    def _apply(self, x: NDArray[Any]) -> NDArray[Any]:
        return self._network.product(x)

    def _apply_adjoint(self, g: NDArray[Any]) -> NDArray[Any]:
        return self._network.adjoint(g)[: self.shape[1]]


def effective_mask(size: int, rows: NDArray[Any], n_inputs: int) -> NDArray[np.bool_]:
    """Weights of a butterfly of this size on a path from one of its first inputs to an output of
    ``rows``.

    Examples
    --------
    >>> effective_mask(2, np.array([1]), 1).tolist()
    [[[False, False], [False, True]]]
    """
    p, node = boundary.log2_exact(size), np.arange(size)
    mask = np.empty((p, size, 2), dtype=bool)
    for i in range(p):
        live = (node >> i) << i < n_inputs
        reaches = np.isin(node % (2 << i), rows % (2 << i))
        mask[i, :, 0] = reaches & live
        mask[i, :, 1] = reaches & live[node ^ (1 << i)]
    return mask
