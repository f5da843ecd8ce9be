"""Compiled L-BFGS on small networks, against dense formulas, SciPy and the exact optimum."""

import numpy as np
import pytest

from fjlt import Butterfly, TruncatedButterfly, srht
from fjlt.kernels.simd import COMPILES
from landscape import EncoderDecoder, fit, reduced_loss
from landscape.training import small_networks
from landscape.training.network_loss import NetworkLoss
from landscape.training.small_networks import (
    DECREASE,
    N_PAIRS,
    SLOPE,
    SmallNetworkLoss,
    _direction,
    _line_search,
    _step,
)

pytestmark = pytest.mark.skipif(not COMPILES, reason="Numba does not compile")
X = np.random.default_rng(0).standard_normal((8, 12)) * 0.8 ** np.arange(8)[:, None]


def network(seed=0):
    rng = np.random.default_rng(seed)
    B = TruncatedButterfly(Butterfly.random(8, rng).weights, [0, 3, 4])
    return EncoderDecoder(rng.normal(size=(8, 2)), rng.normal(size=(2, 3)), B)


@pytest.mark.parametrize("B", [Butterfly.random(1, 0), Butterfly.random(2, 0), np.eye(1)])
def test_the_smallest_networks(B):
    net = EncoderDecoder(np.ones((3, 1)), np.ones((1, B.shape[0])), B)
    x, y = X[: B.shape[1]], X[:3]
    value, gradient = NetworkLoss(net, x, y).small(net.flatten(net.parameters))
    expected, slopes = net.loss_and_gradient(x, y)
    assert value == pytest.approx(expected, rel=1e-13)
    np.testing.assert_allclose(gradient, net.flatten(slopes), rtol=1e-12, atol=1e-12)


def test_only_small_networks_are_compiled():
    assert SmallNetworkLoss.suits(None, np.ones((8, 4000)), np.ones((8, 4000)))
    assert not SmallNetworkLoss.suits(None, np.ones((8, 5000)), np.ones((8, 5000)))
    family = network().effective_weights
    assert not SmallNetworkLoss.suits(family, np.ones((8, 4000)), np.ones((8, 4000)))


@pytest.mark.parametrize("n_pairs", [0, 1, 5, N_PAIRS, N_PAIRS + 7])
def test_the_direction_is_that_of_the_formula_of_bfgs(n_pairs):
    rng, size = np.random.default_rng(1), 9
    A = rng.standard_normal((size, size))
    A = A @ A.T + np.eye(size)
    pairs, count = np.zeros((2, N_PAIRS, size)), np.zeros(2, dtype=np.int64)
    steps = rng.standard_normal((n_pairs, size))
    for number, s in enumerate(steps):
        at = number % N_PAIRS
        pairs[:, at] = s, A @ s
        count[:] = min(number + 1, N_PAIRS), (at + 1) % N_PAIRS
    H = np.eye(size)
    if n_pairs:
        last = A @ steps[-1]
        H *= steps[-1] @ last / (last @ last)
    for s in steps[-N_PAIRS:] if n_pairs else []:
        t = A @ s
        V = np.eye(size) - np.outer(t, s) / (s @ t)
        H = V.T @ H @ V + np.outer(s, s) / (s @ t)
    gradient = rng.standard_normal(size)
    np.testing.assert_allclose(_direction(gradient, pairs, count), -H @ gradient, rtol=1e-6)


@pytest.mark.parametrize("length", [1e-6, 1e-2, 1.0, 1e3, 1e9, 1e200])
def test_a_step_meets_the_strong_wolfe_conditions(length):
    for seed in range(20):
        net = network(seed)
        loss = NetworkLoss(net, X, X).small
        theta = net.flatten(net.parameters)
        start, gradient = loss(theta)
        direction = -gradient * np.random.default_rng(seed).uniform(0.1, 1, theta.size)
        slope = direction @ gradient
        # a first trial of any length is made longer or shorter
        trial = length / np.linalg.norm(direction)
        found, new, value, new_gradient = _line_search(
            theta, start, slope, direction, trial, loss.network
        )
        if not found:  # so many powers of ten take too many trials
            assert length > 1e6
            continue
        t = (new - theta) @ direction / (direction @ direction)
        there = net.with_parameters(net.unflatten(new))
        assert value == pytest.approx(there.loss(X, X), rel=1e-12)
        assert value <= start + DECREASE * t * slope
        assert abs(new_gradient @ direction) <= -SLOPE * slope


def test_a_failed_search_is_repeated_along_the_gradient_and_then_gives_up():
    net = network()
    loss, theta = NetworkLoss(net, X, X).small, net.flatten(net.parameters)
    value, gradient = loss(theta)
    # a pair that makes the direction one of ascent
    pairs, count = np.zeros((2, N_PAIRS, theta.size)), np.array([1, 1])
    pairs[:, 0] = gradient, -gradient
    new, lower, _, found = _step(theta, value, gradient, pairs, count, loss.network)
    assert found
    assert lower < value
    assert count.tolist() == [1, 1]
    s = pairs[0, 0]
    assert np.allclose(s, new - theta)
    assert s @ -gradient == pytest.approx(np.linalg.norm(s) * np.linalg.norm(gradient))
    # no loss is lower than minus infinity
    *_, found = _step(theta, -np.inf, gradient, pairs, count, loss.network)
    assert not found


@pytest.mark.parametrize("seed", range(4))
def test_it_reaches_the_optimum_for_a_fixed_encoder(seed):
    B = np.random.default_rng(seed).standard_normal((4, 8))
    found = fit(X, X, 2, B, trainable="fixed-b", rng=seed)
    assert found.loss == pytest.approx(reduced_loss(X, X, B, 2), rel=1e-9)
    assert (np.diff(found.history) <= 0).all()


@pytest.mark.parametrize("trainable", ["all", "fixed-b"])
def test_it_ends_where_scipy_ends(trainable, monkeypatch):
    def ends():
        return [fit(X, X, 2, srht(6, 8, rng=0), trainable, rng=seed) for seed in range(4)]

    compiled = ends()
    monkeypatch.setattr(small_networks, "LARGEST", 0)
    for one, other in zip(compiled, ends(), strict=True):
        assert one.history[0] == pytest.approx(other.history[0], rel=1e-13)
        assert one.loss == pytest.approx(other.loss, rel=1e-6)
        assert one.n_steps < 2 * other.n_steps + 20


def test_how_it_ends():
    options = {"butterfly": srht(6, 8, rng=0), "rng": 0}
    ended = fit(X, X, 2, **options, max_steps=3)
    assert (ended.n_steps, len(ended.history), ended.converged) == (3, 4, False)
    assert "max_steps = 3" in ended.reason
    loose = fit(X, X, 2, **options, tolerance=1e-3)
    assert loose.converged
    assert "found no lower loss" in fit(X, X, 2, **options, tolerance=1e-300).reason
    seen = []

    def callback(step, loss):
        seen.append((step, loss))
        return step == 5

    stopped = fit(X, X, 2, **options, callback=callback)
    assert stopped.reason.startswith("The callback stopped the descent after step 5")
    assert [step for step, _ in seen] == list(range(6))
    assert np.allclose([loss for _, loss in seen], stopped.history)


@pytest.mark.parametrize("interrupt", [KeyboardInterrupt, None])
def test_an_interrupt_that_a_call_returns_with_is_raised(interrupt, monkeypatch):
    def interrupted(theta, network):
        raise SystemError("returned a result with an exception set") from interrupt

    monkeypatch.setattr(small_networks, "_loss", interrupted)
    with pytest.raises(interrupt or SystemError):
        SmallNetworkLoss(1, 1, None, np.eye(1), np.eye(1))(np.ones(2))
