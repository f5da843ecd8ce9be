"""Measured sizes, with ensembles whose failure probability is known."""

import numpy as np
import pytest
from scipy.spatial.distance import pdist, squareform

import fjlt
from fjlt.bounds.measured import _Distances


def halving(k, n, rng):
    """Keeps what lives in the first two coordinates, but in 2^(-k/4) of the draws doubles it."""
    return np.eye(k, n) * (2 if rng.random() < 2 ** (-k / 4) else 1)


POINTS = np.eye(64)[:, :2]
POINTS[1, 1] = 0
POINTS[0, 1] = 3


@pytest.mark.parametrize("pairs", [None, 5])
def test_the_failure_probability_is_below_delta_at_k_and_above_at_too_few(pairs):
    """2^(-k/4) < 0.1 from k = 14 on. One answer in 1000 is wrong; these 4 are not."""
    for seed in range(4):
        found = fjlt.min_dim_measured(POINTS, 0.5, 0.1, halving, pairs=pairs, rng=seed)
        assert 14 <= found.k <= 24
        assert 7 <= found.too_few <= 13
        low, high = found.interval
        assert low <= 2 ** (-found.k / 4) <= high < 0.1
        assert found.n_pairs == (pairs or 1)


def test_shrinking_counts_as_much_as_stretching():
    def shrinks(k, n, rng):
        return halving(k, n, rng) * (1 if rng.random() < 0 else 0.5) * (2 if k > 40 else 1)

    assert fjlt.min_dim_measured(POINTS, 0.5, 0.1, shrinks, rng=0).k > 40


@pytest.mark.parametrize("k", [1, 7, 8, 21])
@pytest.mark.parametrize("pairs", [None, 30])
def test_squared_distances_are_those_of_scipy(k, pairs):
    z = np.random.default_rng(k).standard_normal((k, 9))
    distances = _Distances.of(z, pairs, np.random.default_rng(0))
    full = squareform(pdist(z.T, "sqeuclidean"))
    np.testing.assert_allclose(
        distances.squares(z), full[distances.first, distances.second], rtol=1e-13
    )
    assert np.all(distances.first != distances.second)
    if pairs is None:
        np.testing.assert_allclose(distances.squares(z), pdist(z.T, "sqeuclidean"), rtol=1e-13)


def test_nothing_smaller_passes():
    found = fjlt.min_dim_measured(
        np.eye(16), 0.5, ensemble=lambda k, n, rng: np.zeros((k, n)), rng=0
    )
    assert (found.k, found.trivial, found.too_few, found.draws) == (16, True, 15, 0)
    assert "k = n = 16: no smaller size passed" in str(found)


def test_the_seed_decides():
    x = np.random.default_rng(0).standard_normal((32, 6))
    first, again = (fjlt.min_dim_measured(x, 0.6, 0.2, rng=3) for _ in range(2))
    assert first == again
    assert first.too_few < first.k <= 32
    assert first.k <= fjlt.min_dim(6, 0.6, 0.2, n=32).k


@pytest.mark.parametrize(
    ("points", "options", "text"),
    [
        (np.ones((4, 3)), {}, r"all 3 distances are 0; pass points that differ"),
        (np.ones((4, 1)), {}, r"number of points = 1"),
        (np.eye(4), {"delta": 1.0}, r"delta < 1 and alpha < 1/2 are needed"),
        (np.eye(4), {"alpha": 0.5}, r"delta < 1 and alpha < 1/2 are needed"),
        (np.eye(4), {"pairs": 0}, r"pairs = 0"),
    ],
)
def test_is_refused(points, options, text):
    with pytest.raises(ValueError, match=text):
        fjlt.min_dim_measured(points, 0.5, **options)
