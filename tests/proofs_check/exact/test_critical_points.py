"""The comparison of a predicted critical point with a network: each of its parts can fail."""

from dataclasses import replace

import numpy as np
import pytest

from landscape import critical_points
from proofs_check.exact.critical_points import faults_at


@pytest.fixture
def data():
    rng = np.random.default_rng(0)
    return rng.normal(size=(3, 6)), rng.normal(size=(3, 6))


@pytest.mark.parametrize("number", [0, 1, 4])
def test_each_fault_has_its_name(data, number):
    X, Y = data
    point = list(critical_points(X, Y, np.eye(3), 2))[number]
    D, E = point.realise(rng=1)
    assert faults_at(point, (D, E), X, Y) == []
    assert faults_at(replace(point, loss=1.001 * point.loss), (D, E), X, Y) == ["loss"]
    assert faults_at(replace(point, index=point.index + 1), (D, E), X, Y) == ["index"]
    assert faults_at(replace(point, nullity=point.nullity + 1), (D, E), X, Y) == ["index"]
    assert "gradient" in faults_at(point, (D + 1e-3, E), X, Y)
    # With a loss that belongs to the network, the gradient alone tells that it is not critical.
    moved = (1.01 * D, E)
    loss = float(np.sum((moved[0] @ E @ X - Y) ** 2))
    faults = faults_at(replace(point, loss=loss), moved, X, Y)
    assert "loss" not in faults
    assert "gradient" in faults
