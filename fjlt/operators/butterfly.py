"""The butterfly network: log2 n sparse layers that together connect every input to every output."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from fjlt import boundary
from fjlt.array_libraries import at_once
from fjlt.operators.operator import Operator
from fjlt.types import Array, ArrayLike, ButterflyLike, IndexArray, RNGLike

if TYPE_CHECKING:
    from fjlt.kernels.complex_executor import ComplexExecutor
    from fjlt.kernels.executor import ButterflyExecutor

__all__ = ["Butterfly"]


class Butterfly(Operator):
    """Butterfly network of size n = 2^p, shape (n, n), layer 0 at the input; no scale is added.

    Layer i maps x to y with

        y[j] = weights[i, j, 0] · x[j] + weights[i, j, 1] · x[j ^ (1 << i)].

    Parameters
    ----------
    weights : array_like, shape (p, n, 2)
        float32, float64, complex64 or complex128; the network keeps a read-only copy.

    Attributes
    ----------
    weights : ndarray, shape (p, n, 2)

    Raises
    ------
    ValueError
        If the shape is not (p, 2^p, 2), or an entry is not finite.
    TypeError
        If the dtype is none of these.

    See Also
    --------
    TruncatedButterfly : some of the outputs, for some of the inputs.

    Notes
    -----
    A product with an array of shape (n, d) costs 3·n·p·d flops and about p/7 readings and writings
    of the array; the result has the memory order of the array. The first product on a machine
    compiles the kernels.

    Products use as many threads as Numba would (NUMBA_NUM_THREADS). The bits of the result do not
    depend on their number; for real weights they are those of the layers above, one after the
    other.

    References
    ----------
    Definition 3.1 of arXiv 2007.08864v2. It leaves open at
    which end the layer of bit 0 sits; here that is the input.

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

    weights: Array

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
        """Orthonormal Walsh-Hadamard matrix H in Sylvester order, or H·diag(signs).

        The entries of H are ±n^(-1/2).

        Parameters
        ----------
        n : int
            A power of 2.
        signs : array_like, shape (n,), optional
            Any finite numbers. Layer 0 absorbs them.

        Returns
        -------
        Butterfly
            H, or H·diag(signs).

        Raises
        ------
        ValueError
            If n is not a power of 2, or n = 1, where no layer could absorb a sign, and the sign is
            not 1.
        MemoryError
            If the machine has too little memory for the weights.

        Examples
        --------
        >>> Butterfly.hadamard(2, signs=[1, -1]) @ [1, 1]
        array([0.        , 1.41421356])
        """
        # H is the Kronecker power of [[1, 1], [1, -1]] / √2: layer i applies that matrix to bit i.
        p = _layers(n)
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
            # Each weight of layer 0 is multiplied by the sign of the input that it multiplies.
            if p > 0:
                w = w.astype(np.result_type(w, s))
                w[0, :, 0] *= s
                w[0, :, 1] *= s[j ^ 1]
        return cls(w)

    @classmethod
    def identity(cls, n: int) -> Butterfly:
        """Identity matrix: every layer is the identity.

        Parameters
        ----------
        n : int
            A power of 2.

        Returns
        -------
        Butterfly
            In double precision.

        Raises
        ------
        ValueError, TypeError
            If n is not a power of 2.
        MemoryError
            If the machine has too little memory for the weights.

        Examples
        --------
        >>> Butterfly.identity(2) @ [3, 4]
        array([3., 4.])
        """
        p = _layers(n)
        w = np.zeros((p, n, 2))
        w[:, :, 0] = 1.0
        return cls(w)

    @classmethod
    def random(cls, n: int, rng: RNGLike = None) -> Butterfly:
        """Network B of independent N(0, 1/2) weights, so that E‖Bx‖² = ‖x‖².

        Parameters
        ----------
        n : int
            A power of 2.
        rng : None, int, SeedSequence, BitGenerator or Generator
            Draws the weights.

        Returns
        -------
        Butterfly
            In double precision.

        Raises
        ------
        ValueError, TypeError
            If n is not a power of 2.
        MemoryError
            If the machine has too little memory for the weights.

        Examples
        --------
        >>> Butterfly.random(8, rng=0).shape
        (8, 8)
        """
        p = _layers(n)
        return cls(np.random.default_rng(rng).normal(scale=2**-0.5, size=(p, n, 2)))

    def _description(self) -> str:
        return f"{self.p} layers, no scale"

    @property
    def n(self) -> int:
        """Size of the network, 2^p."""
        return self.weights.shape[1]

    @property
    def p(self) -> int:
        """Number of layers, log2 n."""
        return self.weights.shape[0]

    def layer(self, i: int) -> sparse.csr_array:
        """Matrix of layer i; the network is layer(p - 1) @ … @ layer(0).

        Parameters
        ----------
        i : int
            Number of the layer, 0 <= i < p.

        Returns
        -------
        scipy.sparse.csr_array, shape (n, n)
            Two entries in each row.

        Raises
        ------
        ValueError, TypeError
            If there is no layer i.

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

    def vjp(self, x: ArrayLike, g: ArrayLike) -> tuple[Array, Array]:
        """Gradients of the real number Re<g, Bx> with respect to x and to the weights.

        Parameters
        ----------
        x, g : array_like, shape (n,) or (n, d)
            Input of the network and gradient at its output. The results are of the library of x.

        Returns
        -------
        grad_x : ndarray, of the shape of x
            Bᴴ g, its real part if x is real.
        grad_weights : ndarray, shape (p, n, 2)
            Summed over the columns of x; real if the weights are.

        Raises
        ------
        ValueError, TypeError
            If the shapes do not fit, an entry is no finite number, or x is a Dask array.

        Notes
        -----
        Cost: at most about four products. The memory is that of the inputs of the passes, one for
        up to 7 layers, for some columns at a time or in place of the result. The result does not
        depend on the number of threads.

        Examples
        --------
        >>> grad_x, grad_w = Butterfly.identity(2).vjp([3, 4], [1, 0])
        >>> grad_x, grad_w[0]
        (array([1., 0.]), array([[3., 4.],
               [0., 0.]]))
        """
        grad_x, grad_weights = gradients(self, self._executor, x, g, True)
        return grad_x, grad_weights

    def weights_gradient(self, x: ArrayLike, g: ArrayLike) -> Array:
        """The second result of ``vjp``, in less time.

        Parameters
        ----------
        x, g : array_like, shape (n,) or (n, d)
            As for ``vjp``.

        Returns
        -------
        ndarray, shape (p, n, 2)
            Gradient with respect to the weights.

        Raises
        ------
        ValueError, TypeError
            As ``vjp``.

        Examples
        --------
        >>> Butterfly.identity(2).weights_gradient([3, 4], [1, 0])[0]
        array([[3., 4.],
               [0., 0.]])
        """
        return gradients(self, self._executor, x, g, False)[0]

    _output_shows_nonfinite = True

    @cached_property
    def _executor(self) -> ButterflyExecutor | ComplexExecutor:
        return executor(self.weights, np.arange(self.n))

    def _apply(self, x: Array) -> Array:
        return self._executor.product(x)

    def _apply_adjoint(self, g: Array) -> Array:
        return self._executor.adjoint(g)


def _layers(n: int) -> int:
    """log2 n for a network whose weights the machine has room for, twice."""
    p = boundary.log2_exact(n)
    boundary.memory(32 * p * n, f"making the weights of a butterfly of size {boundary.shown(n)}")
    return p


def executor(weights: Array, outputs: IndexArray) -> ButterflyExecutor | ComplexExecutor:
    """The executor of products with a butterfly of these kept outputs.

    It is imported late, because the compiler takes long to load.
    """
    if np.iscomplexobj(weights):
        from fjlt.kernels.complex_executor import ComplexExecutor

        return ComplexExecutor(weights, outputs)
    from fjlt.kernels.executor import ButterflyExecutor

    return ButterflyExecutor(weights, outputs)


def gradients(
    operator: ButterflyLike,
    executor: ButterflyExecutor | ComplexExecutor,
    x: ArrayLike,
    g: ArrayLike,
    in_x: bool,
) -> tuple[Array, ...]:
    """Gradients of Re<g, operator @ x> with respect to x, if ``in_x``, and to the weights."""
    x, back = at_once(x, "x")
    x, g = boundary.array(x, "x", finite=False), boundary.array(g, "g", finite=False)
    for name, a, size in (("x", x, operator.shape[1]), ("g", g, operator.shape[0])):
        if a.ndim not in (1, 2) or a.shape[0] != size:
            raise ValueError(f"{name} must have shape ({size},) or ({size}, d), got {a.shape}")
    if x.shape[1:] != g.shape[1:]:
        raise ValueError(
            f"x and g must have equally many columns, got shapes {x.shape} and {g.shape}"
        )
    columns, g_columns = (a if a.ndim == 2 else a[:, None] for a in (x, g))
    # If Bx is real, Re<g, Bx> = <Re g, Bx>.
    real = np.isrealobj(operator.weights)
    if real and np.isrealobj(x):
        g_columns = g_columns.real
    grad_x, grad_weights = executor.gradient(columns, g_columns, in_x)
    # Every entry of x and of g is a term of the gradient in some weight: if that is finite, so are
    # they. The imaginary part of g may not have been used.
    if not np.isfinite(grad_weights).all() or executor.p == 0 or np.iscomplexobj(g):
        boundary.array(x, "x")
        boundary.array(g, "g")
    # The gradient in a real variable is the real part of that in a complex one.
    if np.isrealobj(x):
        grad_x = grad_x.real
    if real:
        grad_weights = grad_weights.real
    found = (grad_x[: len(x)].reshape(x.shape), grad_weights) if in_x else (grad_weights,)
    return tuple(map(back, found))
