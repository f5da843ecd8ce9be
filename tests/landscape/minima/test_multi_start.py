"""Descents from many starts: distinct minima, their shares, the same for any number of workers."""

import numpy as np
import pytest

from landscape import multi_start, reduced_loss

EXAMPLE = np.array([[1.0, 0, 0, 0], [0, 1, 0, 0], [0, 0, 2, 0], [0, 2, 0, 1]])


def test_the_two_minima_of_the_example():
    minima = multi_start(EXAMPLE, EXAMPLE, [0, 2], 2, 300, rng=0)
    best, spurious = minima
    assert (best.loss, spurious.loss) == (
        pytest.approx(2, rel=1e-13),
        pytest.approx(21 / 5, rel=1e-13),
    )
    assert best.count + spurious.count == minima.starts == minima.converged == 300
    assert minima.spurious == (spurious,)
    assert minima.dense_optimum == pytest.approx(reduced_loss(EXAMPLE, EXAMPLE, np.eye(4), 2))
    assert minima.dense_optimum < best.loss
    assert not minima.reasons
    for end in minima:
        assert end.interval[0] < end.share < end.interval[1]
        assert end.index == end.nullity == 0
        assert end.minimum.loss == end.loss
        assert end.spectrum[0] > 0


def test_whitened_siblings_have_one_minimum():
    rng = np.random.default_rng(0)
    X, Y = np.linalg.qr(rng.normal(size=(16, 8)))[0].T, rng.normal(size=(8, 16))
    minima = multi_start(X, Y, [0, 4], 2, 100, rng=1)
    M = X @ Y.T @ Y @ X.T
    exact = np.sum(Y**2) - np.linalg.eigvalsh(M[:4, :4])[-1] - np.linalg.eigvalsh(M[4:, 4:])[-1]
    assert [end.loss for end in minima] == [pytest.approx(exact, rel=1e-12)]
    assert minima.spurious == ()


def test_every_start_converges_or_has_a_reason():
    X, Y = np.random.default_rng(0).normal(size=(2, 8, 16))
    minima = multi_start(X, Y, [0, 1, 2, 3], 4, 70, rng=0)
    assert minima.converged + sum(minima.reasons.values()) == 70
    assert any("not regular" in reason for reason in minima.reasons)
    assert minima[0].loss == pytest.approx(minima.dense_optimum, rel=1e-10)


def test_nothing_converges_in_one_step():
    X, Y = np.random.default_rng(0).normal(size=(2, 8, 16))
    minima = multi_start(X, Y, [0, 1, 4], 3, 5, max_steps=1, rng=0)
    assert len(minima) == minima.converged == 0
    assert minima.spurious == ()
    assert sum(minima.reasons.values()) == 5


def test_the_result_does_not_depend_on_the_workers():
    one, two = (multi_start(EXAMPLE, EXAMPLE, [0, 2], 2, 150, rng=3, workers=w) for w in (1, 2))
    assert [(end.loss, end.count, end.interval) for end in one] == [
        (end.loss, end.count, end.interval) for end in two
    ]
    assert all(np.array_equal(a.minimum.x, b.minimum.x) for a, b in zip(one, two, strict=True))


def test_progress_counts_descents():
    seen = []
    multi_start(EXAMPLE, EXAMPLE, [0, 2], 2, 150, rng=3, progress=lambda *at: seen.append(at))
    assert seen == [(64, 150), (128, 150), (150, 150)]


def test_seeds_differ():
    first, second = (multi_start(EXAMPLE, EXAMPLE, [0, 2], 2, 100, rng=seed) for seed in (0, 1))
    assert not np.array_equal(first[0].minimum.x, second[0].minimum.x)
