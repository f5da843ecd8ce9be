"""Counting where trainings end."""

import numpy as np
import pytest

from landscape import endings
from landscape.training import SCHEMES

EXAMPLE = np.array([[1.0, 0, 0, 0], [0, 1, 0, 0], [0, 0, 2, 0], [0, 2, 0, 1]])


def test_every_run_is_counted_once():
    outcomes = endings(EXAMPLE, EXAMPLE, [0, 2], 2, [2.0, 4.2], 6, rng=0)
    assert tuple(scheme.scheme for scheme in outcomes) == SCHEMES
    for scheme in outcomes:
        assert (scheme.runs, scheme.losses) == (6, (2.0, 4.2))
        assert sum(scheme.counts) + scheme.elsewhere == 6
        for i, count in enumerate(scheme.counts):
            low, high = scheme.interval(i)
            assert low <= count / 6 <= high
    assert outcomes[-1].counts == (6, 0)  # no FJLT leads to the spurious minimum


def test_runs_that_reach_none_of_the_minima_end_elsewhere():
    seen = []
    (outcome,) = endings(
        *(EXAMPLE, EXAMPLE, [0, 2], 2, [0.5, 9.0], 3),
        schemes=["joint"],
        rng=0,
        progress=lambda *at: seen.append(at),
    )
    assert seen == [(1, 3), (2, 3), (3, 3)]
    assert (outcome.counts, outcome.elsewhere) == ((0, 0), 3)


def test_without_losses_the_error_says_where_to_get_them():
    with pytest.raises(ValueError, match=r"losses is empty; give .* multi_start"):
        endings(EXAMPLE, EXAMPLE, [0, 2], 2, losses=[])
