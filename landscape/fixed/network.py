"""The encoder-decoder network D·E·B·X: its loss and the loss's exact derivatives."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fjlt import Butterfly, TruncatedButterfly, boundary
from landscape import data
from landscape.fixed.factors import Dense, Factor, Mix, gradient_tangent

__all__ = ["EncoderDecoder", "Parameters"]

Array = NDArray[np.float64]


class Parameters(NamedTuple):
    """One number for each parameter of a network: a point, a gradient or a direction.

    ``decoder`` has shape (m, k), ``encoder`` (k, l), ``weights`` (p, N, 2), zero outside the
    effective weights where it is a gradient; ``weights`` is None when B is fixed.
    """

    decoder: Array
    encoder: Array
    weights: Array | None


class EncoderDecoder:
    """Network X ↦ D·E·B·X with loss L = ‖DEBX - Y‖_F² (summed over samples, no factor ½).

    Parameters
    ----------
    decoder : array_like, shape (m, k)
        D, real.
    encoder : array_like, shape (k, l)
        E, real.
    butterfly : fjlt.TruncatedButterfly, fjlt.Butterfly, or any real array or linear operator, shape
    (l, n)
        B. A butterfly brings its weights as parameters; anything else is fixed. To fix a butterfly,
        pass ``fjlt.to_dense(butterfly)``.

    Attributes
    ----------
    decoder, encoder : ndarray of float64, read-only
    butterfly : LinearOperator
    parameters : Parameters
    n_parameters : int
        mk + kl + the number of effective weights of B, which is 0 when B is fixed.

    Raises
    ------
    ValueError, TypeError
        If the shapes do not chain, or an entry is complex or not finite.

    Notes
    -----
    Loss and gradient cost O(n log n + l·k + k·m) operations a sample, a Hessian product a small
    multiple of that, the dense Hessian ``n_parameters`` products. Source: the encoder-decoder
    butterfly network of arXiv 2007.08864; the gradients in D and E are those of Lemma C.1 (numbered
    as in the ICLR 2021 submission) with its second formula read as D ⊗ X̃ᵀ, times 2 because L has
    no ½.

    Examples
    --------
    >>> from fjlt import Butterfly, TruncatedButterfly
    >>> B = TruncatedButterfly(Butterfly.identity(4).weights, rows=[0, 2])
    >>> net = EncoderDecoder(np.eye(4, 2), np.eye(2), B)
    >>> net.loss(np.eye(4), np.eye(4)), net.n_parameters
    (4.0, 20)
    >>> net.gradient(np.eye(4), np.eye(4)).encoder
    array([[0., 0.],
           [0., 2.]])
    """

    def __init__(self, decoder: ArrayLike, encoder: ArrayLike, butterfly: Any) -> None:
        self.butterfly = data.as_operator(butterfly)
        self.encoder = _frozen(boundary.matrix(encoder, "encoder", real=True))
        if self.encoder.shape[1] != self.butterfly.shape[0]:
            raise ValueError(
                f"encoder has {self.encoder.shape[1]} columns, but B has "
                f"{self.butterfly.shape[0]} outputs; "
                "they must agree"
            )
        self.decoder = _frozen(
            boundary.matrix(decoder, "decoder", n_columns=len(self.encoder), real=True)
        )

    def __repr__(self) -> str:
        (m, k), (l, n) = self.decoder.shape, self.butterfly.shape
        state = "trainable" if self.trainable else "fixed"
        return f"EncoderDecoder(m={m}, k={k}, l={l}, n={n}, B {state})"

    @property
    def trainable(self) -> bool:
        """Whether B has weights that count as parameters."""
        return isinstance(self.butterfly, Butterfly | TruncatedButterfly)

    @cached_property
    def mask(self) -> NDArray[np.bool_]:
        """Effective weights of B, shape (p, N, 2); empty when B is fixed."""
        if isinstance(self.butterfly, TruncatedButterfly):
            return self.butterfly.effective_mask
        shape = self.butterfly.weights.shape if self.trainable else (0, 1, 2)
        return np.ones(shape, dtype=bool)

    @property
    def parameters(self) -> Parameters:
        """Where the network is: D, E and the weights of B."""
        weights = self.butterfly.weights.astype(np.float64) if self.trainable else None
        return Parameters(self.decoder, self.encoder, weights)

    @property
    def n_parameters(self) -> int:
        """Number of free parameters."""
        return self.decoder.size + self.encoder.size + int(self.mask.sum())

    def with_parameters(self, parameters: Parameters) -> EncoderDecoder:
        """The network of the same shape at other parameters."""
        decoder, encoder, weights = parameters
        if (weights is None) == self.trainable:
            state = "trainable" if self.trainable else "fixed"
            raise ValueError(
                f"parameters.weights must be {'given' if self.trainable else 'None'}: B is {state}"
            )
        if weights is None:
            return EncoderDecoder(decoder, encoder, self.butterfly)
        if isinstance(self.butterfly, Butterfly):
            return EncoderDecoder(decoder, encoder, Butterfly(weights))
        rows, n = self.butterfly.rows, self.butterfly.shape[1]
        return EncoderDecoder(decoder, encoder, TruncatedButterfly(weights, rows, n))

    def flatten(self, parameters: Parameters) -> Array:
        """Vector of D.ravel(), E.ravel(), weights[effective mask], shape (n_parameters,)."""
        parts = [parameters.decoder.ravel(), parameters.encoder.ravel()]
        if parameters.weights is not None:
            parts.append(parameters.weights[self.mask])
        return np.concatenate(parts)

    def unflatten(self, vector: ArrayLike) -> Parameters:
        """Inverse of ``flatten``; the weights of B that are not effective are zero.

        Examples
        --------
        >>> net = EncoderDecoder([[1.0]], [[2.0, 3.0]], np.eye(2))
        >>> net.unflatten([4, 5, 6])
        Parameters(decoder=array([[4.]]), encoder=array([[5., 6.]]), weights=None)
        """
        v = boundary.vector(vector, "vector", self.n_parameters, real=True).astype(np.float64)
        decoder, encoder, rest = np.split(v, np.cumsum([self.decoder.size, self.encoder.size]))
        weights = None
        if self.trainable:
            weights = np.zeros(self.mask.shape)
            weights[self.mask] = rest
        return Parameters(
            decoder.reshape(self.decoder.shape), encoder.reshape(self.encoder.shape), weights
        )

    def __call__(self, X: ArrayLike) -> Array:
        """D·E·B·X, shape (m, d)."""
        x = boundary.matrix(X, "X", n_rows=self.butterfly.shape[1], real=True)
        return self.decoder @ (self.encoder @ data.encode(self.butterfly, x))

    def loss(self, X: ArrayLike, Y: ArrayLike) -> float:
        """‖DEBX - Y‖_F² for X of shape (n, d) and Y of shape (m, d)."""
        x, y = self._checked(X, Y)
        return float(np.square(self(x) - y).sum())

    def gradient(self, X: ArrayLike, Y: ArrayLike) -> Parameters:
        """Gradient of the loss in D, E and the weights of B."""
        return self.loss_and_gradient(X, Y)[1]

    def loss_and_gradient(self, X: ArrayLike, Y: ArrayLike) -> tuple[float, Parameters]:
        """Loss and gradient from one forward pass through D and E."""
        x, y = self._checked(X, Y)
        encoded = data.encode(self.butterfly, x)
        hidden = self.encoder @ encoded
        residual = self.decoder @ hidden
        residual -= y
        g_hidden = 2 * self.decoder.T @ residual
        weights = (
            self.butterfly.weights_gradient(x, self.encoder.T @ g_hidden)
            if self.trainable
            else None
        )
        gradient = Parameters(2 * (residual @ hidden.T), g_hidden @ encoded.T, weights)
        return float(np.vdot(residual, residual)), gradient

    def hessian_product(self, X: ArrayLike, Y: ArrayLike, direction: Parameters) -> Parameters:
        """Derivative of the gradient along ``direction``, whose ineffective weights are ignored."""
        x, y = self._checked(X, Y)
        return self._hessian_product(x, y, self.unflatten(self.flatten(self._direction(direction))))

    def hessian(self, X: ArrayLike, Y: ArrayLike) -> Array:
        """Second derivative of the loss, shape (n_parameters, n_parameters), in the order of
        ``flatten``.

        Examples
        --------
        >>> EncoderDecoder([[1.0]], [[2.0]], [[1.0]]).hessian([[1.0]], [[0.0]])
        array([[8., 8.],
               [8., 2.]])
        """
        x, y = self._checked(X, Y)
        columns = [
            self.flatten(self._hessian_product(x, y, self.unflatten(e)))
            for e in np.eye(self.n_parameters)
        ]
        return np.array(columns)

    def _hessian_product(self, x: Array, y: Array, direction: Parameters) -> Parameters:
        k, l = self.encoder.shape
        decoder = Dense(np.arange(k), k)
        if not self.trainable:
            factors: list[Factor] = [Dense(np.arange(l), l), decoder]
            x = data.encode(self.butterfly, x)
            dE, dD = gradient_tangent(factors, self._values(), self._values(direction), x, y)
            return Parameters(dD, dE, None)
        p, size, _ = self.butterfly.weights.shape
        rows = (
            self.butterfly.rows
            if isinstance(self.butterfly, TruncatedButterfly)
            else np.arange(size)
        )
        factors = [*(Mix(i) for i in range(p)), Dense(rows, size), decoder]
        padded = np.concatenate([x, np.zeros((size - len(x), x.shape[1]))])
        *layers, dE, dD = gradient_tangent(
            factors, self._values(), self._values(direction), padded, y
        )
        return Parameters(dD, dE, np.array(layers).reshape(p, size, 2))

    def _values(self, parameters: Parameters | None = None) -> Sequence[Array]:
        """The values of the factors, input first."""
        decoder, encoder, weights = self.parameters if parameters is None else parameters
        return [*(() if weights is None else weights), encoder, decoder]

    def _checked(self, X: ArrayLike, Y: ArrayLike) -> tuple[Array, Array]:
        x, y = data.pair(X, Y)
        n, m = self.butterfly.shape[1], len(self.decoder)
        return boundary.matrix(x, "X", n_rows=n), boundary.matrix(y, "Y", n_rows=m)

    def _direction(self, direction: Parameters) -> Parameters:
        """The direction, every part of the shape of its parameter."""
        parts: list[Any] = []
        for name, at, move in zip(Parameters._fields, self.parameters, direction, strict=True):
            if (at is None) != (move is None):
                raise ValueError(
                    f"direction.{name} must be {'None' if at is None else 'given'}: B is "
                    f"{'trainable' if self.trainable else 'fixed'}"
                )
            if at is not None:
                move = boundary.array(move, f"direction.{name}", real=True)
                if move.shape != at.shape:
                    raise ValueError(
                        f"direction.{name} has shape {move.shape}, expected {at.shape}"
                    )
            parts.append(move)
        return Parameters(*parts)


def _frozen(a: NDArray[Any]) -> Array:
    a = a.astype(np.float64)
    a.flags.writeable = False
    return a
