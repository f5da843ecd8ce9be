"""Effective weights on the graph against the edges of all paths; bounds against logarithms."""

from math import log2

import numpy as np
import pytest

from fjlt.boundary import next_power_of_two
from proofs_check.counts.butterfly_paths import path
from proofs_check.counts.weight_bounds import counts_by_subset, within


def edges_on_paths(n, outputs):
    """The edges of all paths from the first n inputs to the outputs."""
    size = next_power_of_two(n)
    return {edge for row in outputs for column in range(n) for edge in path(size, row, column)}


@pytest.mark.parametrize("n", range(2, 9))
def test_every_set_of_outputs_has_as_many_weights_as_its_paths_have_edges(n):
    size = next_power_of_two(n)
    for kept, count in enumerate(counts_by_subset(n), start=1):
        outputs = [j for j in range(size) if kept >> j & 1]
        assert count == len(edges_on_paths(n, outputs))


def test_a_butterfly_of_size_32_has_as_many_weights_as_its_paths_have_edges():
    rng = np.random.default_rng(0)
    for n, l in [(32, 5), (27, 9), (17, 2)]:
        outputs = rng.choice(32, l, replace=False).tolist()
        (count,) = counts_by_subset(n, kept=[sum(1 << j for j in outputs)])
        assert count == len(edges_on_paths(n, outputs))


def test_the_order_of_the_layers_matters():
    kept = [0b00000111]
    forwards, backwards = (
        counts_by_subset(5, order, kept) for order in (range, lambda p: reversed(range(p)))
    )
    assert (forwards != backwards).all()


@pytest.mark.parametrize("n", [2, 3, 16, 100])
@pytest.mark.parametrize("extra", [-3, 0, 7])
def test_a_bound_in_integers_is_that_with_logarithms(n, extra):
    for l in range(1, n + 1):
        limit = 2 * n * log2(l) + extra
        for weights in (int(limit) - 1, int(limit) + 2):
            assert within(weights, n, l, extra) == (weights <= limit)


@pytest.mark.parametrize("l", [1, 2, 4, 8])
def test_a_bound_that_is_an_integer_is_attained(l):
    limit = 2 * 8 * l.bit_length() - 2 * 8
    assert within(limit, 8, l, 0)
    assert not within(limit + 1, 8, l, 0)
