"""The loss for inner loops against that of the network, which checks its arguments."""

import numpy as np
import pytest

from fjlt import Butterfly, TruncatedButterfly
from landscape import EncoderDecoder
from landscape.training import small_networks
from landscape.training.network_loss import NetworkLoss

RNG = np.random.default_rng(0)
ENCODERS = {
    "truncated": TruncatedButterfly(Butterfly.random(8, 1).weights, [5, 0, 3], n_inputs=6),
    "full": Butterfly.random(8, 2),
    "fixed": RNG.normal(size=(3, 6)),
}


@pytest.fixture(params=[True, False], ids=["compiled", "in NumPy"])
def _sizes(request, monkeypatch):
    """The two ways of the loss, that of small networks and that of all others."""
    if not request.param:
        monkeypatch.setattr(small_networks, "LARGEST", 0)


@pytest.fixture(params=ENCODERS)
def case(request, _sizes):
    B = ENCODERS[request.param]
    l, n = B.shape
    X, Y = RNG.normal(size=(n, 7)), RNG.normal(size=(4, 7))
    return EncoderDecoder(RNG.normal(size=(4, 2)), RNG.normal(size=(2, l)), B), X, Y


def test_loss_and_gradient_are_those_of_the_network(case):
    network, X, Y = case
    loss = NetworkLoss(network, X, Y)
    assert np.array_equal(loss.start, network.flatten(network.parameters))
    theta = loss.start + RNG.normal(size=loss.start.size)
    there = loss.network(theta)
    value, gradient = loss(theta)
    expected, slopes = there.loss_and_gradient(X, Y)
    assert value == pytest.approx(expected, rel=1e-13)
    expected = there.flatten(slopes)
    np.testing.assert_allclose(gradient, expected, rtol=0, atol=1e-13 * abs(expected).max())


def test_the_losses_of_samples_add_up(case):
    network, X, Y = case
    loss = NetworkLoss(network, X, Y)
    parts = [
        loss.of_samples(np.array(samples))(loss.start) for samples in ([4, 0, 6], [1, 2, 3, 5])
    ]
    value, gradient = loss(loss.start)
    assert parts[0][0] + parts[1][0] == pytest.approx(value, rel=1e-13)
    assert np.allclose(parts[0][1] + parts[1][1], gradient, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("entry", [np.nan, np.inf, 1e200])
def test_what_is_not_finite_is_an_infinite_loss(case, entry):
    network, X, Y = case
    loss = NetworkLoss(network, X, Y)
    with np.errstate(all="ignore"):
        value, gradient = loss(np.full_like(loss.start, entry))
    assert value == np.inf
    assert not gradient.any()
