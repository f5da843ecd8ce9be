"""The truncated butterfly network: some outputs of a butterfly, applied to its first inputs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from fjlt import boundary
from fjlt.operators.butterfly import Butterfly, executor, gradients
from fjlt.operators.operator import Operator
from fjlt.types import Array, ArrayLike, BoolArray, IndexArray

if TYPE_CHECKING:
    from fjlt.kernels.complex_executor import ComplexExecutor
    from fjlt.kernels.executor import ButterflyExecutor

__all__ = ["DeferredButterfly", "TruncatedButterfly", "effective_mask"]


class DeferredButterfly(NamedTuple):
    """A butterfly whose weights are made on first use.

    Attributes
    ----------
    n : int
        Its size.
    dtype : dtype
        That of its weights.
    make : callable() -> Butterfly
    """

    n: int
    dtype: np.dtype
    make: Callable[[], Butterfly]


class TruncatedButterfly(Operator):
    """Outputs ``rows`` of a butterfly of size N = 2^p on its first n inputs; no scale is added.

    The shape is (l, n) for l kept outputs.

    Parameters
    ----------
    weights : array_like, shape (p, N, 2), or DeferredButterfly
        As for ``Butterfly``.
    rows : sequence of int
        Kept outputs, distinct, 0 <= row < N. Output t of the operator is output rows[t] of the
        butterfly.
    n_inputs : int, optional
        n <= N; the other inputs of the butterfly are zero. Default N.

    Attributes
    ----------
    weights, rows : ndarray
        As given, read-only.
    butterfly : Butterfly
        The network before truncation.
    effective_mask : ndarray of bool, shape (p, N, 2)
        Weights on a path from one of the n inputs to a kept output. No other weight matters.
    n_effective_weights : int

    Raises
    ------
    ValueError, TypeError
        If the weights are not those of a butterfly, a row is repeated or out of range, or n_inputs
        is out of range.

    Notes
    -----
    Cost: at most that of the full butterfly. Layers leave out what reaches no kept output; if few
    are kept, about half of the operations remain.

    References
    ----------
    Section 3.1 and footnote 4 of arXiv 2007.08864v2.

    Examples
    --------
    >>> J = TruncatedButterfly(Butterfly.hadamard(4).weights, rows=[0, 2])
    >>> J @ [1, 1, 1, 1], J.n_effective_weights
    (array([2., 0.]), 8)
    """

    def __init__(
        self,
        weights: ArrayLike | DeferredButterfly,
        rows: Iterable[int],
        n_inputs: int | None = None,
    ) -> None:
        self._network = weights if isinstance(weights, DeferredButterfly) else Butterfly(weights)
        size = self._network.n
        # A deferred butterfly comes from within the package, with an array of rows that are valid.
        if not (isinstance(weights, DeferredButterfly) and isinstance(rows, np.ndarray)):
            rows = boundary.rows(rows, size)
        self.rows: IndexArray = rows
        self.rows.flags.writeable = False
        n = size if n_inputs is None else boundary.dimension(n_inputs, "n_inputs", high=size)
        super().__init__(self._network.dtype, (len(self.rows), n))

    def _description(self) -> str:
        return self._label or f"outputs of a butterfly of size {self._network.n}, no scale"

    @property
    def butterfly(self) -> Butterfly:
        """The network before truncation."""
        if isinstance(self._network, DeferredButterfly):
            self._network = self._network.make()
        return self._network

    @property
    def weights(self) -> Array:
        """Weights of the butterfly before truncation, shape (p, N, 2), read-only."""
        return self.butterfly.weights

    @property
    def effective_mask(self) -> BoolArray:
        """Weights on a path from one of the n inputs to a kept output, shape (p, N, 2)."""
        return effective_mask(self._network.n, self.rows, self.shape[1])

    @property
    def n_effective_weights(self) -> int:
        """Number of effective weights."""
        return int(self.effective_mask.sum())

    def vjp(self, x: ArrayLike, g: ArrayLike) -> tuple[Array, Array]:
        """Gradients of the real number Re<g, Jx> with respect to x and to the weights.

        Parameters
        ----------
        x : array_like, shape (n,) or (n, d)
            Input. The results are of its library.
        g : array_like, shape (l,) or (l, d)
            Gradient at the output.

        Returns
        -------
        grad_x : ndarray, of the shape of x
            Jᴴ g, its real part if x is real.
        grad_weights : ndarray, shape (p, N, 2)
            Zero outside ``effective_mask``.

        Raises
        ------
        ValueError, TypeError
            If the shapes do not fit, an entry is no finite number, or x is a Dask array.

        Examples
        --------
        >>> J = TruncatedButterfly(Butterfly.identity(2).weights, rows=[0])
        >>> J.vjp([3, 4], [1])
        (array([1., 0.]), array([[[3., 4.],
                [0., 0.]]]))
        """
        grad_x, grad_weights = gradients(self, self._executor, x, g, True)
        return grad_x, grad_weights

    def weights_gradient(self, x: ArrayLike, g: ArrayLike) -> Array:
        """The second result of ``vjp``, in less time.

        Parameters
        ----------
        x, g : array_like
            As for ``vjp``.

        Returns
        -------
        ndarray, shape (p, N, 2)
            Gradient with respect to the weights.

        Raises
        ------
        ValueError, TypeError
            As ``vjp``.

        Examples
        --------
        >>> J = TruncatedButterfly(Butterfly.identity(2).weights, rows=[0])
        >>> J.weights_gradient([3, 4], [1])
        array([[[3., 4.],
                [0., 0.]]])
        """
        return gradients(self, self._executor, x, g, False)[0]

    _output_shows_nonfinite = True

    @cached_property
    def _executor(self) -> ButterflyExecutor | ComplexExecutor:
        return executor(self.weights, self.rows)

    def _apply(self, x: Array) -> Array:
        return self._executor.product(x)

    def _apply_adjoint(self, g: Array) -> Array:
        return self._executor.adjoint(g)[: self.shape[1]]


def effective_mask(size: int, rows: IndexArray, n_inputs: int) -> BoolArray:
    """Weights of a butterfly that lie on a path from one of its first inputs to a kept output.

    Parameters
    ----------
    size : int
        N = 2^p.
    rows : ndarray of int
        Kept outputs.
    n_inputs : int

    Returns
    -------
    ndarray of bool, shape (p, N, 2)

    Examples
    --------
    >>> effective_mask(2, np.array([1]), 1).tolist()
    [[[False, False], [False, True]]]
    """
    p, node = boundary.log2_exact(size), np.arange(size)
    mask = np.empty((p, size, 2), dtype=bool)
    for i in range(p):
        # Before layer i, a node is reached by the inputs that agree with it in all but the lowest
        # i bits; the first of them has zeros there.
        live = (node >> i) << i < n_inputs
        # After layer i, a node reaches the outputs that agree with it in the lowest i + 1 bits.
        kept = np.zeros(2 << i, dtype=bool)
        kept[rows % (2 << i)] = True
        reaches = kept[node % (2 << i)]
        mask[i, :, 0] = reaches & live
        mask[i, :, 1] = reaches & live[node ^ (1 << i)]
    return mask
