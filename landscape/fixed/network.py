"""The encoder-decoder network D·E·B·X: its loss and the exact first and second derivatives."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from fjlt import Butterfly, TruncatedButterfly, boundary
from fjlt.runs.backends import one_blas_thread
from fjlt.types import Array, BoolArray, OperatorLike, RealArray
from landscape import data
from landscape.fixed.effective_weights import EffectiveWeights
from landscape.fixed.factors import Dense, Factor, Mix, gradient_tangent

__all__ = ["DenseDerivatives", "EncoderDecoder", "Parameters", "dense_derivatives"]

AT_ONCE = 1 << 18
"""Numbers in all layers, for the directions in which second derivatives are taken at once."""


class Parameters(NamedTuple):
    """A number for each parameter of a network: a point, a gradient or a direction.

    Attributes
    ----------
    decoder : ndarray, shape (m, k)
        Of D.
    encoder : ndarray, shape (k, l)
        Of E.
    weights : ndarray, shape (p, N, 2), or None
        Of B; None if B is fixed. In a gradient, zero outside the effective weights.

    Examples
    --------
    >>> network = EncoderDecoder([[1], [0]], [[1, 0]], np.eye(2))
    >>> D, E, weights = network.parameters
    >>> D.shape, E.shape, weights
    ((2, 1), (1, 2), None)
    """

    decoder: RealArray
    encoder: RealArray
    weights: RealArray | None


class DenseDerivatives(NamedTuple):
    """The loss ‖DEX̃ - Y‖_F² and its gradients in D, in E and in the hidden layer H = EX̃."""

    loss: float
    decoder: RealArray
    encoder: RealArray
    hidden: RealArray


def dense_derivatives(
    decoder: RealArray, encoder: RealArray, code: RealArray, y: RealArray
) -> DenseDerivatives:
    """Loss and gradients for encoded data X̃ = ``code``, shape (l, d), without checks.

    The gradient in X̃ is ``encoder.T @ hidden``.
    """
    # With R = DH - Y: ∂L/∂D = 2RHᵀ, ∂L/∂H = 2DᵀR and ∂L/∂E = (∂L/∂H)X̃ᵀ.
    hidden = encoder @ code
    residual = decoder @ hidden
    residual -= y
    g_hidden = 2 * decoder.T @ residual
    return DenseDerivatives(
        float(np.vdot(residual, residual)),
        2 * (residual @ hidden.T),
        g_hidden @ code.T,
        g_hidden,
    )


class EncoderDecoder:
    """The network X ↦ D·E·B·X with loss L = ‖DEBX - Y‖_F², summed over samples, no factor ½.

    Parameters
    ----------
    decoder : array_like, shape (m, k)
        D, real.
    encoder : array_like, shape (k, l)
        E, real.
    butterfly : butterfly, array_like or linear operator, shape (l, n)
        B, real. The weights of a ``fjlt.TruncatedButterfly`` or ``fjlt.Butterfly`` are parameters
        of the network; anything else is fixed. To fix a butterfly, pass
        ``fjlt.to_dense(butterfly)``.

    Attributes
    ----------
    decoder, encoder : ndarray of float64, read-only
    butterfly : LinearOperator
    parameters : Parameters
    n_parameters : int
        mk + kl plus the number of effective weights of B, which is 0 if B is fixed.

    Raises
    ------
    ValueError, TypeError
        If the shapes do not chain, or an entry is complex or not finite.

    See Also
    --------
    fit : Train the network.
    critical_points : Its critical points for a fixed B.

    Notes
    -----
    Loss and gradient cost O(n log n + l·k + k·m) operations a sample, a Hessian product a small
    multiple of that, the dense Hessian ``n_parameters`` products.

    References
    ----------
    The encoder-decoder butterfly network of arXiv 2007.08864v2. The gradients in D and E are those
    of Lemma S3.1, with its second formula read as D ⊗ X̃ᵀ, times 2 because L has no factor ½.

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

    def __init__(self, decoder: ArrayLike, encoder: ArrayLike, butterfly: OperatorLike) -> None:
        self.butterfly = data.as_operator(butterfly)
        self.encoder = _frozen(boundary.matrix(encoder, "encoder", real=True))
        if self.encoder.shape[1] != self.butterfly.shape[0]:
            raise ValueError(
                f"encoder has {self.encoder.shape[1]} columns, but B has "
                f"{self.butterfly.shape[0]} outputs; they must agree"
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
        """Whether the weights of B are parameters."""
        return isinstance(self.butterfly, Butterfly | TruncatedButterfly)

    @cached_property
    def effective_weights(self) -> EffectiveWeights | None:
        """The butterflies of the shape of B, by their effective weights; None if B is fixed."""
        if isinstance(self.butterfly, Butterfly | TruncatedButterfly):
            return EffectiveWeights(self.butterfly)
        return None

    @property
    def mask(self) -> BoolArray:
        """Where the effective weights of B are, shape (p, N, 2); empty if B is fixed."""
        if self.effective_weights is None:
            return np.ones((0, 1, 2), dtype=bool)
        return self.effective_weights.mask

    @property
    def parameters(self) -> Parameters:
        """The present D, E and weights of B."""
        weights = None
        if isinstance(self.butterfly, Butterfly | TruncatedButterfly):
            weights = self.butterfly.weights.astype(np.float64)
        return Parameters(self.decoder, self.encoder, weights)

    @property
    def n_parameters(self) -> int:
        """Number of free parameters."""
        return self.decoder.size + self.encoder.size + int(self.mask.sum())

    def with_parameters(self, parameters: Parameters) -> EncoderDecoder:
        """Return the network with the same rows of B at other parameters.

        Parameters
        ----------
        parameters : Parameters
            D, E and, if B is trainable, all weights of B.

        Returns
        -------
        EncoderDecoder
            A new network; this one stays as it is.

        Raises
        ------
        ValueError, TypeError
            As for the network itself; ``ValueError`` also if ``parameters.weights`` is None for a
            trainable B, or given for a fixed one.
        """
        decoder, encoder, weights = parameters
        family = self.effective_weights
        if (weights is None) != (family is None):
            state = "trainable" if self.trainable else "fixed"
            raise ValueError(
                f"parameters.weights must be {'given' if self.trainable else 'None'}: B is {state}"
            )
        if weights is None or family is None:
            return EncoderDecoder(decoder, encoder, self.butterfly)
        return EncoderDecoder(decoder, encoder, family.operator(weights))

    def flatten(self, parameters: Parameters) -> RealArray:
        """Return D.ravel(), E.ravel() and the effective weights as one vector.

        Parameters
        ----------
        parameters : Parameters
            A point, a gradient or a direction, of the shapes of this network; or a batch of them.

        Returns
        -------
        ndarray, shape (…, n_parameters)
            The vector, a copy.
        """
        parts = [a.reshape(*a.shape[:-2], a.shape[-2] * a.shape[-1]) for a in parameters[:2]]
        if parameters.weights is not None:
            parts.append(parameters.weights[..., self.mask])
        return np.concatenate(parts, axis=-1)

    def unflatten(self, vector: ArrayLike) -> Parameters:
        """Invert ``flatten``; the weights of B that are not effective become zero.

        Parameters
        ----------
        vector : array_like, shape (n_parameters,)
            Real numbers in the order of ``flatten``.

        Returns
        -------
        Parameters
            The same numbers in the shapes of D, E and B.

        Raises
        ------
        ValueError, TypeError
            If the vector has another length, or an entry is complex or not finite.

        Examples
        --------
        >>> net = EncoderDecoder([[1.0]], [[2.0, 3.0]], np.eye(2))
        >>> net.unflatten([4, 5, 6])
        Parameters(decoder=array([[4.]]), encoder=array([[5., 6.]]), weights=None)
        """
        return self._unflatten(
            boundary.vector(vector, "vector", self.n_parameters, real=True).astype(np.float64)
        )

    def _unflatten(self, theta: RealArray) -> Parameters:
        decoder, encoder, effective = self.split(theta)
        family = self.effective_weights
        return Parameters(decoder, encoder, None if family is None else family.weights(effective))

    def split(self, theta: RealArray) -> tuple[RealArray, RealArray, RealArray]:
        """Split a vector of parameters into D, E and the effective weights, without checks.

        Parameters
        ----------
        theta : ndarray, shape (…, n_parameters)
            Numbers in the order of ``flatten``.

        Returns
        -------
        decoder : ndarray, shape (…, m, k)
            A view of ``theta``, like the other two.
        encoder : ndarray, shape (…, k, l)
            Numbers of E.
        effective : ndarray, shape (…, number of effective weights)
            Empty if B is fixed.
        """
        batch, middle = theta.shape[:-1], self.decoder.size
        end = middle + self.encoder.size
        return (
            theta[..., :middle].reshape(*batch, *self.decoder.shape),
            theta[..., middle:end].reshape(*batch, *self.encoder.shape),
            theta[..., end:],
        )

    @one_blas_thread()
    def __call__(self, X: ArrayLike) -> RealArray:
        """Return D·E·B·X, shape (m, d)."""
        x = boundary.matrix(X, "X", n_rows=self.butterfly.shape[1], real=True)
        with np.errstate(all="ignore"):
            return _in_range(self._output(x), "the output")

    def _output(self, x: RealArray) -> RealArray:
        return self.decoder @ (self.encoder @ data.encode(self.butterfly, x))

    @one_blas_thread()
    def loss(self, X: ArrayLike, Y: ArrayLike) -> float:
        """Return ‖DEBX - Y‖_F².

        Parameters
        ----------
        X : array_like, shape (n, d)
            Real data; columns are samples.
        Y : array_like, shape (m, d)
            Real targets.

        Returns
        -------
        float
            Summed over the samples, no factor ½.

        Raises
        ------
        ValueError, TypeError
            If the shapes do not fit, an entry is complex or not finite, or the loss overflows.
        """
        x, y = self._checked(X, Y)
        with np.errstate(all="ignore"):
            return float(_in_range(np.square(self._output(x) - y).sum(), "the loss"))

    def gradient(self, X: ArrayLike, Y: ArrayLike) -> Parameters:
        """Return the gradient of the loss in D, E and the weights of B.

        Parameters
        ----------
        X, Y : array_like
            As for ``loss``.

        Returns
        -------
        Parameters
            Partial derivatives, in the shapes of the parameters.

        Raises
        ------
        ValueError, TypeError
            As ``loss``; also if the gradient overflows.
        """
        return self.loss_and_gradient(X, Y)[1]

    @one_blas_thread()
    def loss_and_gradient(self, X: ArrayLike, Y: ArrayLike) -> tuple[float, Parameters]:
        """Return loss and gradient, from one pass through the network.

        Parameters
        ----------
        X, Y : array_like
            As for ``loss``.

        Returns
        -------
        loss : float
            As ``loss``.
        gradient : Parameters
            As ``gradient``.

        Raises
        ------
        ValueError, TypeError
            As ``gradient``.
        """
        x, y = self._checked(X, Y)
        weights = None
        with np.errstate(all="ignore"):
            at = dense_derivatives(self.decoder, self.encoder, data.encode(self.butterfly, x), y)
            _in_range(at.loss, "the loss")
            if isinstance(self.butterfly, Butterfly | TruncatedButterfly):
                weights = self.butterfly.weights_gradient(x, self.encoder.T @ at.hidden)
        gradient = Parameters(at.decoder, at.encoder, weights)
        _in_range(self.flatten(gradient), "the gradient")
        return at.loss, gradient

    @one_blas_thread()
    def hessian_product(self, X: ArrayLike, Y: ArrayLike, direction: Parameters) -> Parameters:
        """Return the derivative of the gradient along ``direction``.

        Parameters
        ----------
        X, Y : array_like
            As for ``loss``.
        direction : Parameters
            Of the shapes of the parameters. Weights that are not effective are ignored.

        Returns
        -------
        Parameters
            Hessian times direction, in the same shapes.

        Raises
        ------
        ValueError, TypeError
            As ``loss``; also if the direction has other shapes, or the product overflows.
        """
        x, y = self._checked(X, Y)
        # Flattened and back, the direction is zero outside the effective weights.
        theta = self.flatten(self._direction(direction))
        with np.errstate(all="ignore"):
            product = self._hessian_product(*self._chain(x), y, self._unflatten(theta))
        _in_range(self.flatten(product), "the Hessian product")
        return product

    @one_blas_thread()
    def hessian(self, X: ArrayLike, Y: ArrayLike) -> RealArray:
        """Return the Hessian of the loss, with the parameters in the order of ``flatten``.

        Parameters
        ----------
        X, Y : array_like
            As for ``loss``.

        Returns
        -------
        ndarray, shape (n_parameters, n_parameters)
            Second derivatives; symmetric up to rounding.

        Raises
        ------
        ValueError, TypeError
            As ``loss``; also if the Hessian overflows.

        Examples
        --------
        >>> EncoderDecoder([[1.0]], [[2.0]], [[1.0]]).hessian([[1.0]], [[0.0]])
        array([[8., 8.],
               [8., 2.]])
        """
        x, y = self._checked(X, Y)
        factors, inputs = self._chain(x)
        count = max(1, AT_ONCE // (len(factors) * inputs.size))
        units = np.split(np.eye(self.n_parameters), range(count, self.n_parameters, count))
        with np.errstate(all="ignore"):
            columns = [
                self.flatten(self._hessian_product(factors, inputs, y, self._unflatten(some)))
                for some in units
            ]
        return _in_range(np.concatenate(columns), "the Hessian")

    def _chain(self, x: RealArray) -> tuple[list[Factor], RealArray]:
        """The network as a chain of factors, and the input of the chain."""
        family = self.effective_weights
        k, l = self.encoder.shape
        decoder = Dense(np.arange(k), k)
        if family is None:
            # B is constant, so the chain is E, then D, on the encoded data.
            return [Dense(np.arange(l), l), decoder], data.encode(self.butterfly, x)
        # The chain is the p layers of the butterfly, then E on the kept outputs, then D. The inputs
        # that a truncated butterfly lacks are zero.
        p, size, _ = family.mask.shape
        padded = np.concatenate([x, np.zeros((size - len(x), x.shape[1]))])
        return [*(Mix(i) for i in range(p)), Dense(family.rows, size), decoder], padded

    def _hessian_product(
        self, factors: list[Factor], inputs: RealArray, y: RealArray, direction: Parameters
    ) -> Parameters:
        *layers, dE, dD = gradient_tangent(
            factors, self._values(), self._values(direction), inputs, y
        )
        if self.effective_weights is None:
            return Parameters(dD, dE, None)
        # a butterfly of size 1 has no layers
        weights = np.stack(layers, axis=-3) if layers else np.zeros((*dD.shape[:-2], 0, 1, 2))
        return Parameters(dD, dE, weights)

    def _values(self, parameters: Parameters | None = None) -> Sequence[RealArray]:
        """The values of the factors in the order of the chain, the first layer of B first."""
        decoder, encoder, weights = self.parameters if parameters is None else parameters
        return [*(() if weights is None else np.moveaxis(weights, -3, 0)), encoder, decoder]

    def _checked(self, X: ArrayLike, Y: ArrayLike) -> tuple[RealArray, RealArray]:
        x, y = data.pair(X, Y)
        expected = self.butterfly.shape[1], len(self.decoder)
        for name, a, n_rows in zip(("X", "Y"), (x, y), expected, strict=True):
            if len(a) != n_rows:
                raise ValueError(
                    f"{name} has {len(a)} rows, expected {n_rows} (its shape is {a.shape})"
                )
        return x, y

    def _direction(self, direction: Parameters) -> Parameters:
        """Check that every part of the direction has the shape of its parameter."""
        parts: list[Any] = []
        for name, value, part in zip(Parameters._fields, self.parameters, direction, strict=True):
            if (value is None) != (part is None):
                raise ValueError(
                    f"direction.{name} must be {'None' if value is None else 'given'}: B is "
                    f"{'trainable' if self.trainable else 'fixed'}"
                )
            if value is not None:
                part = boundary.array(part, f"direction.{name}", real=True)
                if part.shape != value.shape:
                    raise ValueError(
                        f"direction.{name} has shape {part.shape}, expected {value.shape}"
                    )
            parts.append(part)
        return Parameters(*parts)


def _in_range(a: Any, name: str) -> Any:
    """The numbers themselves, if they are finite."""
    if not np.isfinite(a).all():
        raise ValueError(f"{name} overflows; rescale X, Y or the network")
    return a


def _frozen(a: Array) -> RealArray:
    """A read-only copy in double precision."""
    a = a.astype(np.float64)
    a.flags.writeable = False
    return a
