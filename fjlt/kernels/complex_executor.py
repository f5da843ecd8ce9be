"""Products with butterfly networks of complex weights, layer by layer.

A layer acts on the pairs of rows (j, j + s), s = 2^i. The two rows are passed to ``_mix`` as
separate views, because a compiler vectorises the loop only if it can see that they do not overlap.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from fjlt.kernels.simd import compiled
from fjlt.types import Array

__all__ = ["ComplexExecutor", "apply_layers"]


@compiled
def _mix(a, b, s, t, u, v):  # type: ignore[no-untyped-def]
    """(a, b) <- (s·a + t·b, u·a + v·b), elementwise."""
    for c in range(a.size):
        x, y = a[c], b[c]
        a[c] = s * x + t * y
        b[c] = u * x + v * y


@compiled
def apply_layers(weights, strides, x):  # type: ignore[no-untyped-def]
    """Apply layers to x in place.

    Parameters
    ----------
    weights : ndarray, shape (layers, n, 2)
    strides : ndarray of int, shape (layers,)
        Layer i joins the rows j and j + strides[i].
    x : ndarray, shape (n, d)
        C-contiguous, of the dtype of the weights.

    Notes
    -----
    Cost: 3·n·d flops a layer, no temporary.
    """
    n = x.shape[0]
    for i in range(strides.size):
        stride = strides[i]
        w = weights[i]
        for block in range(0, n, 2 * stride):
            for j in range(block, block + stride):
                h = j + stride
                _mix(x[j], x[h], w[j, 0], w[j, 1], w[h, 1], w[h, 0])


class ComplexExecutor:
    """``ButterflyExecutor`` for complex weights; it makes every layer in full."""

    def __init__(self, weights: Array, outputs: Array) -> None:
        self.weights, self.outputs = weights, outputs
        self.p, self.n, _ = weights.shape

    def product(self, x: Array) -> Array:
        """Kept outputs for the columns of x, shape (m, d), m <= n; the other inputs are zero."""
        return _apply(self.weights, range(self.p), self._padded(x))[self.outputs]

    def adjoint(self, g: Array) -> Array:
        """The conjugate transpose of ``product``, shape (n, d)."""
        # (L_{p-1} ⋯ L_0)ᴴ = L_0ᴴ ⋯ L_{p-1}ᴴ
        bits = range(self.p)[::-1]
        adjoints = np.array(
            [_adjoint_layer(self.weights[i], i) for i in bits], self.weights.dtype
        ).reshape(self.weights.shape)
        return _apply(adjoints, bits, self._scattered(g))

    def gradient(self, x: Array, g: Array, in_x: bool = True) -> tuple[Array, Array]:
        """Gradients of Re<g, product(x)> in x and in the weights.

        Keeps the inputs of all layers.
        """
        g = self._scattered(g)
        inputs = [self._padded(x)]
        for i in range(self.p - 1):
            inputs.append(_apply(self.weights[i : i + 1], [i], inputs[-1]))
        gradient = np.empty(self.weights.shape, g.dtype)
        j = np.arange(self.n)
        for i in reversed(range(self.p)):
            # Output j of the layer is linear in its two weights, with factors x[j] and x[j ^ 2^i]:
            # the gradient of Re<g, y> in a weight is the conjugate factor times g[j].
            conjugates = inputs.pop().conj()
            gradient[i, :, 0] = np.einsum("jd,jd->j", conjugates, g)
            gradient[i, :, 1] = np.einsum("jd,jd->j", conjugates[j ^ (1 << i)], g)
            # The gradient at the input is Lᴴg.
            g = _apply(_adjoint_layer(self.weights[i], i)[None], [i], g)
        return g, gradient

    def _padded(self, x: Array) -> Array:
        full = np.zeros((self.n, x.shape[1]), np.result_type(self.weights, x))
        full[: len(x)] = x
        return full

    def _scattered(self, g: Array) -> Array:
        full = np.zeros((self.n, g.shape[1]), np.result_type(self.weights, g))
        full[self.outputs] = g
        return full


def _apply(weights: Array, bits: Sequence[int], x: Array) -> Array:
    """The layers of the given bits, one after the other, applied to a copy of x."""
    dtype = np.result_type(weights, x)
    y = np.array(x, dtype=dtype, order="C")
    apply_layers(
        np.ascontiguousarray(weights, dtype), np.array([1 << i for i in bits], np.int64), y
    )
    return y


def _adjoint_layer(layer_weights: Array, i: int) -> Array:
    """Weights of the conjugate transpose of the layer of bit i, which joins the same pairs."""
    partner = np.arange(len(layer_weights)) ^ (1 << i)
    return np.stack([layer_weights[:, 0], layer_weights[partner, 1]], axis=1).conj()
