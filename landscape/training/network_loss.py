"""The loss of D·E·B·X as a function of the vector of its free parameters, for inner loops."""

from __future__ import annotations

from functools import cached_property, partial

import numpy as np

from fjlt.types import IndexArray, RealArray
from landscape import data
from landscape.fixed.network import EncoderDecoder, dense_derivatives
from landscape.training.descent import Objective
from landscape.training.small_networks import SmallNetworkLoss

__all__ = ["NetworkLoss"]


class NetworkLoss:
    """‖DEBX - Y‖_F² and its gradient as functions of the free parameters of a network.

    The arguments are checked once, by those who make the network and by the encoding of x; an
    evaluation only looks for values that are not finite.

    Parameters
    ----------
    network : EncoderDecoder
    x : ndarray, shape (n, d)
    y : ndarray, shape (m, d)

    Attributes
    ----------
    start : ndarray
        The free parameters of ``network``, in the order of ``EncoderDecoder.flatten``.
    small : SmallNetworkLoss or None
        The same function, compiled, if the network is small.

    Examples
    --------
    >>> loss = NetworkLoss(EncoderDecoder([[1.0]], [[2.0]], [[1.0]]), np.eye(1), np.zeros((1, 1)))
    >>> loss(loss.start)
    (4.0, array([8., 4.]))
    """

    def __init__(self, network: EncoderDecoder, x: RealArray, y: RealArray) -> None:
        self._network, self._y = network, y
        self.start = network.flatten(network.parameters)
        # A fixed B encodes once and for all.
        self._x = x if network.trainable else data.encode(network.butterfly, x)
        family, (k, l) = network.effective_weights, network.encoder.shape
        self.small: SmallNetworkLoss | None = None
        if SmallNetworkLoss.suits(family, self._x, y):
            self.small = SmallNetworkLoss(k, l, family, self._x, y)

    def __call__(self, theta: RealArray) -> tuple[float, RealArray]:
        """Loss and gradient; (inf, 0) where they are not finite."""
        if self.small is not None:
            return self.small(theta)
        return self._evaluate(theta, self._x, self._y)

    def of_samples(self, samples: IndexArray) -> Objective:
        """The same function for the samples with the given numbers only."""
        x, y = (one_a_row[samples].T for one_a_row in self._samples)
        if not self._network.trainable:
            x = np.ascontiguousarray(x)  # as a product with B is
        return partial(self._evaluate, x=x, y=y)

    @cached_property
    def _samples(self) -> tuple[RealArray, RealArray]:
        """x and y with a sample in each row, from which a few are copied in one piece each."""
        return np.ascontiguousarray(self._x.T), np.ascontiguousarray(self._y.T)

    def network(self, theta: RealArray) -> EncoderDecoder:
        """The network with the free parameters ``theta``."""
        return self._network.with_parameters(self._network.unflatten(theta))

    def _evaluate(self, theta: RealArray, x: RealArray, y: RealArray) -> tuple[float, RealArray]:
        not_finite = np.inf, np.zeros_like(theta)
        if not np.isfinite(theta).all():
            return not_finite
        decoder, encoder, effective = self._network.split(theta)
        family = self._network.effective_weights
        if family is None:
            at = dense_derivatives(decoder, encoder, x, y)
            parts = [at.decoder.ravel(), at.encoder.ravel()]
        else:
            B = family.at(effective)
            code = B.product(x)
            if not np.isfinite(code).all():
                return not_finite
            at = dense_derivatives(decoder, encoder, code, y)
            parts = [at.decoder.ravel(), at.encoder.ravel(), B.gradient(x, encoder.T @ at.hidden)]
        gradient = np.concatenate(parts)
        if not (np.isfinite(at.loss) and np.isfinite(gradient).all()):
            return not_finite
        return at.loss, gradient
