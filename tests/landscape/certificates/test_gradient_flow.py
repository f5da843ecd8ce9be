"""The enclosure of the gradient flow against another integrator, and where it must give up."""

from __future__ import annotations

import numpy as np
import pytest
from flint import ctx
from scipy.integrate import solve_ivp

from fjlt import Butterfly, TruncatedButterfly
from landscape import EncoderDecoder, enclose_flow
from landscape.certificates import gradient_flow
from landscape.certificates.linear_chain import LinearChain

NETWORKS = {
    "siblings": (4, [0, 2], 4, 2),
    "outputs in another order": (8, [5, 0, 3], 8, 2),
    "all outputs": (4, None, 4, 3),
    "inputs that a butterfly lacks": (8, [1, 6], 5, 1),
    "size 2": (2, [1], 2, 1),
}


def problem(name: str, seed: int = 0) -> tuple[np.ndarray, np.ndarray, EncoderDecoder]:
    """Random data and a random network."""
    N, rows, n, k = NETWORKS[name]
    rng = np.random.default_rng(seed)
    weights = rng.normal(size=(N.bit_length() - 1, N, 2))
    B = Butterfly(weights) if rows is None else TruncatedButterfly(weights, rows, n)
    X, Y = rng.normal(size=(n, n + 1)), rng.normal(size=(3, n + 1))
    D, E = rng.normal(size=(3, k)), rng.normal(size=(k, B.shape[0]))
    return X, Y, EncoderDecoder(D, E, B)


def slope(X: np.ndarray, Y: np.ndarray, network: EncoderDecoder, theta: np.ndarray) -> np.ndarray:
    """−∇L by the network's own gradient."""
    at = network.with_parameters(network.unflatten(theta))
    return -network.flatten(at.gradient(X, Y))


@pytest.mark.parametrize("name", NETWORKS)
def test_the_flow_of_another_integrator_lies_in_the_enclosure(name):
    X, Y, network = problem(name)
    time, theta = 2.0**-7, network.flatten(network.parameters)
    flow = enclose_flow(X, Y, network, time)
    other = solve_ivp(
        lambda _, point: slope(X, Y, network, point),
        (0, time),
        theta,
        method="DOP853",
        rtol=1e-12,
        atol=1e-12,
    )
    end = flow.networks[-1]
    assert flow.certified
    assert flow.times[-1] == time
    assert flow.radius[-1] < 1e-6
    assert np.linalg.norm(end.flatten(end.parameters) - other.y[:, -1]) < 1e-9
    assert flow.loss[0] <= end.loss(X, Y) * (1 + 1e-12)
    assert end.loss(X, Y) <= flow.loss[1] * (1 + 1e-12)


def test_flows_that_start_within_the_radius_stay_within_it():
    X, Y, network = problem("siblings")
    rng, theta = np.random.default_rng(1), network.flatten(network.parameters)
    flow = enclose_flow(X, Y, network, 2.0**-8, radius=1e-6)
    assert flow.certified
    for _ in range(3):
        away = rng.normal(size=theta.size)
        away *= 0.99e-6 / np.linalg.norm(away)
        other = enclose_flow(
            X, Y, network.with_parameters(network.unflatten(theta + away)), 2.0**-8
        )
        ends = [e.flatten(e.parameters) for e in (flow.networks[-1], other.networks[-1])]
        assert np.linalg.norm(ends[0] - ends[1]) <= flow.radius[-1]
        assert flow.loss[0] <= other.loss[0] <= other.loss[1] <= flow.loss[1]


@pytest.mark.parametrize("name", NETWORKS)
def test_the_hessian_has_no_eigenvalue_below_the_bound(name):
    X, Y, network = problem(name, 1)
    chain, theta = LinearChain.of(network), network.flatten(network.parameters)
    with ctx.workprec(128):
        data = gradient_flow._problem(chain, X, Y)
        bound = float(gradient_flow._steepest_growth(data, gradient_flow._around(theta)))
    H = np.array(
        [
            network.flatten(network.hessian_product(X, Y, network.unflatten(unit)))
            for unit in np.eye(theta.size)
        ]
    )
    lowest = np.linalg.eigvalsh((H + H.T) / 2)[0]
    assert -bound <= lowest
    assert bound > 0


def test_a_polynomial_that_is_not_the_flow_has_a_defect(monkeypatch):
    X, Y, network = problem("siblings")
    true = LinearChain.taylor

    def bent(*arguments):
        series = true(*arguments)
        series[1, 0] += 1e-6
        return series

    exact = enclose_flow(X, Y, network, 2.0**-9)
    monkeypatch.setattr(LinearChain, "taylor", bent)
    flow = enclose_flow(X, Y, network, 2.0**-9)
    ends = [e.flatten(e.parameters) for e in (flow.networks[-1], exact.networks[-1])]
    gap = np.linalg.norm(ends[0] - ends[1])
    assert 1e-10 < gap <= flow.radius[-1]


def test_a_step_that_is_not_enclosed_ends_the_enclosure():
    X, Y, network = problem("siblings")
    flow = enclose_flow(X, Y, network, 1.0, radius=0.5)
    assert not flow.certified
    assert flow.reason.startswith("no enclosure of a step of ")
    assert flow.times[-1] < 0.01
    assert flow.loss[0] <= flow.networks[-1].loss(X, Y) <= flow.loss[1]


def test_too_few_steps_say_so():
    X, Y, network = problem("siblings")
    flow = enclose_flow(X, Y, network, 1.0, max_steps=2)
    assert (flow.certified, len(flow.times)) == (False, 3)
    assert flow.reason == "2 steps do not reach the time 1; allow more"


def test_what_is_no_flow_of_a_butterfly_is_refused():
    X, Y, network = problem("siblings")
    with pytest.raises(TypeError, match="B must be a butterfly, got"):
        enclose_flow(X, Y, EncoderDecoder(np.eye(3, 2), np.eye(2), np.eye(2, 4)), 1.0)
    with pytest.raises(ValueError, match="X and Y have 3 and 3 rows"):
        enclose_flow(X[:3], Y, network, 1.0)
    with pytest.raises(ValueError, match="time"):
        enclose_flow(X, Y, network, 0.0)
    with pytest.raises(ValueError, match="radius"):
        enclose_flow(X, Y, network, 1.0, radius=-1.0)
