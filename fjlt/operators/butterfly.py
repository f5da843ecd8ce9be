"""The butterfly network: log2 n sparse layers that together connect every input to every output."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

from fjlt import boundary
from fjlt.operators.operator import Operator

__all__ = ["Butterfly"]


class Butterfly(Operator):
    """Butterfly network of size n = 2^p as a linear operator (n, n); layer 0 is at the input, no
    scale added.

    Layer i maps x to y with ``y[j] = weights[i, j, 0] · x[j] + weights[i, j, 1] · x[j ^ (1 <<
    i)]``.

    Parameters
    ----------
    weights : array_like, shape (p, n, 2)
        float32, float64, complex64 or complex128; copied and kept read-only.

    Attributes
    ----------
    weights : ndarray, shape (p, n, 2)

    Raises
    ------
    ValueError
        If the shape is not (p, 2^p, 2), or an entry is not finite.
    TypeError
        For other dtypes.

    Notes
    -----
    Cost of a product with (n, d): 3·n·p·d flops, about p/7 readings and writings of the array; the
    result has the memory order of the array. The first product compiles, once for a machine. Works
    with as many threads as Numba (NUMBA_NUM_THREADS), each bound to a core if there are as many;
    the result is the same, bit for bit, for any number: that of the layers above, one after the
    other (real weights). Source: Definition 4.1 of arXiv 2007.08864 (numbered as in the ICLR 2021
    submission), which leaves open at which end the layer of bit 0 sits; here it is the input.

    Examples
    --------
    >>> B = Butterfly.hadamard(4)
    >>> B @ [1, 0, 0, 0]
    array([0.5, 0.5, 0.5, 0.5])
    >>> B.layer(1).toarray().round(2)
    array([[ 0.71,  0.  ,  0.71,  0.  ],
           [ 0.  ,  0.71,  0.  ,  0.71],
           [ 0.71,  0.  , -0.71,  0.  ],
           [ 0.  ,  0.71,  0.  , -0.71]])
    """

    weights: NDArray[Any]

    def __init__(self, weights: ArrayLike) -> None:
        w = boundary.array(weights, "weights").copy()
        if w.ndim != 3 or w.shape[2] != 2:
            raise ValueError(f"weights must have shape (p, 2**p, 2), got {w.shape}")
        p = boundary.log2_exact(w.shape[1], "weights.shape[1]")
        if w.shape[0] != p:
            raise ValueError(
                f"weights has {w.shape[0]} layers; size n = {w.shape[1]} needs p = log2 n = {p}"
            )
        w.flags.writeable = False
        self.weights = w
        super().__init__(w.dtype, (w.shape[1], w.shape[1]))

    @classmethod
    def hadamard(cls, n: int, signs: ArrayLike | None = None) -> Butterfly:
        """Orthonormal Walsh-Hadamard matrix H (entries ±n^(-1/2), Sylvester order), or
        H·diag(signs).

        The diagonal is absorbed in layer 0; it may hold any finite numbers, shape (n,). Size n = 1
        has no layer to absorb it, so there ``signs`` other than 1 are refused with ``ValueError``.

        Examples
        --------
        >>> Butterfly.hadamard(2, signs=[1, -1]) @ [1, 1]
        array([0.        , 1.41421356])
        """
        p = boundary.log2_exact(n)
        c = 2**-0.5
        j = np.arange(n)
        w = np.full((p, n, 2), c)
        for i in range(p):
            w[i, (j >> i) & 1 == 1, 0] = -c
        if signs is not None:
            s = boundary.vector(signs, "signs", n)
            if p == 0 and s[0] != 1:
                raise ValueError(
                    "a butterfly of size 1 has no layer that could absorb a sign other than 1"
                )
            if p > 0:
                w = w.astype(np.result_type(w, s))
                w[0, :, 0] *= s
                w[0, :, 1] *= s[j ^ 1]
        return cls(w)

    @classmethod
    def identity(cls, n: int) -> Butterfly:
        """Identity matrix: every layer passes its input on.

        Examples
        --------
        >>> Butterfly.identity(2) @ [3, 4]
        array([3., 4.])
        """
        p = boundary.log2_exact(n)
        w = np.zeros((p, n, 2))
        w[:, :, 0] = 1.0
        return cls(w)

    @classmethod
    def random(cls, n: int, rng: Any = None) -> Butterfly:
        """Independent N(0, 1/2) weights, so that E‖Bx‖² = ‖x‖².

        Examples
        --------
        >>> Butterfly.random(8, rng=0).shape
        (8, 8)
        """
        p = boundary.log2_exact(n)
        return cls(np.random.default_rng(rng).normal(scale=2**-0.5, size=(p, n, 2)))

    @property
    def n(self) -> int:
        """Size of the network, 2^p."""
        return self.weights.shape[1]

    @property
    def p(self) -> int:
        """Number of layers, log2 n."""
        return self.weights.shape[0]

    def layer(self, i: int) -> sparse.csr_array:
        """Sparse matrix (n, n) of layer i; the network is layer(p-1) @ … @ layer(0).

        Examples
        --------
        >>> Butterfly.identity(4).layer(0).nnz
        8
        """
        i = boundary.dimension(i, "i", low=0, high=self.p - 1)
        j = np.arange(self.n)
        columns = np.stack([j, j ^ (1 << i)], axis=1).ravel()
        return sparse.csr_array(
            (self.weights[i].ravel(), columns, np.arange(0, 2 * self.n + 1, 2)), shape=self.shape
        )

    def vjp(self, x: ArrayLike, g: ArrayLike) -> tuple[NDArray[Any], NDArray[Any]]:
        """Gradients (with respect to x, with respect to weights) of the real number Re<g, Bx>.

        Parameters
        ----------
        x, g : array_like, shape (n,) or (n, d)
            Input of the network and gradient at its output.

        Returns
        -------
        grad_x : ndarray, of the shape of x
            Bᴴ g, its real part if x is real.
        grad_weights : ndarray, shape (p, n, 2)
            Summed over the columns of x; real if the weights are.

        Notes
        -----
        Cost: at most about four products; keeps the inputs of the passes, one for up to 7 layers,
        and that for some columns at a time or in the place of the result. Does not depend on the
        number of threads.

        Examples
        --------
        >>> grad_x, grad_w = Butterfly.identity(2).vjp([3, 4], [1, 0])
        >>> grad_x, grad_w[0]
        (array([1., 0.]), array([[3., 4.],
               [0., 0.]]))
        """
        grad_x, grad_weights = gradients(self, self._network, x, g, True)
        return grad_x, grad_weights

    def weights_gradient(self, x: ArrayLike, g: ArrayLike) -> NDArray[Any]:
        """Only the second of the gradients of ``vjp``, in less time.

        Examples
        --------
        >>> Butterfly.identity(2).weights_gradient([3, 4], [1, 0])[0]
        array([[3., 4.],
               [0., 0.]])
        """
        return gradients(self, self._network, x, g, False)[0]

    _spreads = True

    @cached_property
    def _network(self) -> Any:
        return network(self.weights, np.arange(self.n))

    def _apply(self, x: NDArray[Any]) -> NDArray[Any]:
        return self._network.product(x)

    def _apply_adjoint(self, g: NDArray[Any]) -> NDArray[Any]:
        return self._network.adjoint(g)


def network(weights: NDArray[Any], outputs: NDArray[Any]) -> Any:
    """The products of a butterfly with these kept outputs; imported late, since compilers take long
    to load."""
    if np.iscomplexobj(weights):
        from fjlt.kernels.complex_executor import ComplexNetwork

        return ComplexNetwork(weights, outputs)
    from fjlt.kernels.executor import Network

    return Network(weights, outputs)


def gradients(
    operator: Any, network: Any, x: ArrayLike, g: ArrayLike, in_x: bool
) -> tuple[NDArray[Any], ...]:
    """Gradients of Re<g, operator @ x> in x, if so told, and in the weights of its network."""
    x, g = boundary.array(x, "x", finite=False), boundary.array(g, "g", finite=False)
    for name, a, size in (("x", x, operator.shape[1]), ("g", g, operator.shape[0])):
        if a.ndim not in (1, 2) or a.shape[0] != size:
            raise ValueError(f"{name} must have shape ({size},) or ({size}, d), got {a.shape}")
    if x.shape[1:] != g.shape[1:]:
        raise ValueError(
            f"x and g must have equally many columns, got shapes {x.shape} and {g.shape}"
        )
    columns, g_columns = (a if a.ndim == 2 else a[:, None] for a in (x, g))
    real = np.isrealobj(operator.weights)
    if real and np.isrealobj(x):
        g_columns = g_columns.real
    grad_x, grad_weights = network.gradient(columns, g_columns, in_x)
    if not np.isfinite(grad_weights).all() or network.p == 0 or np.iscomplexobj(g):
        boundary.array(x, "x")  # every entry of x and of g is a term of the gradient in some weight
        boundary.array(g, "g")
    if np.isrealobj(x):
        grad_x = grad_x.real
    if real:
        grad_weights = grad_weights.real
    return (grad_x[: len(x)].reshape(x.shape), grad_weights) if in_x else (grad_weights,)
