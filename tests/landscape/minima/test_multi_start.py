"""Many descents: the distinct minima, their shares, and independence of the workers."""

import numpy as np
import pytest

from landscape import multi_start, reduced_loss

EXAMPLE = np.array([[1.0, 0, 0, 0], [0, 1, 0, 0], [0, 0, 2, 0], [0, 2, 0, 1]])


def test_the_two_minima_of_the_example():
    found = multi_start(EXAMPLE, EXAMPLE, [0, 2], 2, 300, rng=0)
    best, spurious = found
    assert (best.loss, spurious.loss) == (
        pytest.approx(2, rel=1e-13),
        pytest.approx(21 / 5, rel=1e-13),
    )
    assert best.count + spurious.count == found.starts == found.converged == 300
    assert found.spurious == (spurious,)
    assert found.dense_optimum == pytest.approx(reduced_loss(EXAMPLE, EXAMPLE, np.eye(4), 2))
    assert found.dense_optimum < best.loss
    assert not found.reasons
    for end in found:
        assert end.interval[0] < end.share < end.interval[1]
        assert end.index == end.nullity == 0
        assert end.minimum.loss == end.loss
        assert end.spectrum[0] > 0


def test_whitened_siblings_have_one_minimum():
    rng = np.random.default_rng(0)
    X, Y = np.linalg.qr(rng.normal(size=(16, 8)))[0].T, rng.normal(size=(8, 16))
    found = multi_start(X, Y, [0, 4], 2, 100, rng=1)
    M = X @ Y.T @ Y @ X.T
    exact = np.sum(Y**2) - np.linalg.eigvalsh(M[:4, :4])[-1] - np.linalg.eigvalsh(M[4:, 4:])[-1]
    assert [end.loss for end in found] == [pytest.approx(exact, rel=1e-12)]
    assert found.spurious == ()


def test_every_start_converges_or_has_a_reason():
    X, Y = np.random.default_rng(0).normal(size=(2, 8, 16))
    found = multi_start(X, Y, [0, 1, 2, 3], 4, 70, rng=0)
    assert found.converged + sum(found.reasons.values()) == 70
    assert any("not regular" in reason for reason in found.reasons)
    assert found[0].loss == pytest.approx(found.dense_optimum, rel=1e-10)


def test_nothing_converges_in_one_step():
    X, Y = np.random.default_rng(0).normal(size=(2, 8, 16))
    found = multi_start(X, Y, [0, 1, 4], 3, 5, max_steps=1, rng=0)
    assert len(found) == found.converged == 0
    assert found.spurious == ()
    assert sum(found.reasons.values()) == 5


def test_the_result_does_not_depend_on_the_workers():
    one, two = (multi_start(EXAMPLE, EXAMPLE, [0, 2], 2, 150, rng=3, workers=w) for w in (1, 2))
    assert [(end.loss, end.count, end.interval) for end in one] == [
        (end.loss, end.count, end.interval) for end in two
    ]
    assert all(np.array_equal(a.minimum.x, b.minimum.x) for a, b in zip(one, two, strict=True))


def test_seeds_differ():
    first, second = (multi_start(EXAMPLE, EXAMPLE, [0, 2], 2, 100, rng=seed) for seed in (0, 1))
    assert not np.array_equal(first[0].minimum.x, second[0].minimum.x)
