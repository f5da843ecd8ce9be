"""The tails of heights and spreads, against every pattern of signs."""

import numpy as np
import pytest
from scipy import integrate, stats

from fjlt.bounds.rademacher import _cubic, height_tail, spread_tail
from proofs_check.exact.laws import hadamard_rows, sign_patterns

VECTORS = {
    8: [[1, 1, 0, 0, 0, 0, 0, 0], [1] * 8, [5, 3, 3, 2, 1, 1, 1, 1], [1, 1, 1, 0, 0, 0, 0, 0]],
    16: [[1] * 16, [1] * 8 + [0] * 8, [4] * 4 + [1] * 12, list(range(1, 17)), [3] + [1] * 15],
}


def heights(x):
    """N·(HDx)² for every pattern of signs, shape (patterns, N), with ‖x‖ = 1."""
    x = np.array(x, dtype=float)
    return ((sign_patterns(len(x)) * (x / np.linalg.norm(x))) @ hadamard_rows(len(x))) ** 2


CASES = [heights(x) for n in VECTORS for x in VECTORS[n]]


def spread(y):
    return np.mean(y**4, axis=1) ** (1 / 3)


def exact_tail(values, t):
    return np.array([np.mean(values >= level - 1e-9) for level in t])


@pytest.mark.parametrize("y", CASES, ids=len)
def test_no_pattern_of_signs_beats_the_tails(y):
    t = np.unique(spread(y).round(9))
    assert np.all(exact_tail(spread(y), t) <= spread_tail(t))
    t = np.unique(y[:, 0].round(9))
    t = t[t > 0]
    assert np.all(exact_tail(y[:, 0], t) <= height_tail(t))


def test_spikes_nearly_attain_them():
    """Flat vectors of 16 entries: all 16 heights are together with probability 32/2^16."""
    y = heights([1] * 16)
    assert np.mean(spread(y) > 15.9) == 32 / 2**16
    assert 32 / 2**16 < spread_tail(np.array([16.0]))[0] < 12 * 32 / 2**16
    # with one degree of freedom less the tail would be wrong
    assert _cubic(np.array([16.0]), 1)[0] < 32 / 2**16
    # an entry of 16 has probability 2/2^16
    assert 2 / 2**16 < height_tail(np.array([16.0]))[0] < 30 * 2 / 2**16


@pytest.mark.parametrize(("tail", "freedom"), [(height_tail, 1), (spread_tail, 3)])
def test_the_tail_is_that_of_an_integral(tail, freedom):
    def excess(u, c):
        return (u - c) ** 3 * stats.chi2.pdf(u, freedom)

    for t in (9.0, 40.0, 300.0):
        least = min(
            integrate.quad(excess, c, c + 150, args=(c,), epsabs=0)[0] / (t - c) ** 3
            for c in np.linspace(max(0, t - 12), t - 2, 11)
        )
        # other c, so one may be less than the other by a few per cent
        assert tail(np.array([t]))[0] == pytest.approx(min(1, least), rel=0.03)
