"""The bound by even moments: its integers by another way, and exact moments below it."""

from itertools import product
from math import prod

import numpy as np
import pytest
from scipy import stats

from fjlt.bounds.even_moments import _coefficients, _mean, moment_tail
from proofs_check.exact import norm_law


def partitions(things):
    """All set partitions, as lists of block sizes."""
    if not things:
        yield []
        return
    for rest in partitions(things - 1):
        yield [*rest, 1]
        for b in range(len(rest)):
            yield [*rest[:b], rest[b] + 1, *rest[b + 1 :]]


@pytest.mark.parametrize("q", [1, 2, 3, 4])
def test_the_coefficients_are_sums_over_set_partitions(q):
    sums = [0] * (q + 1)
    for blocks in partitions(2 * q):
        if min(blocks) >= 2:
            pairs = blocks.count(2)
            sums[len(blocks)] += _mean(pairs, sum(b - 1 for b in blocks if b > 2))
    assert tuple(sums) == _coefficients(q)


def test_the_means_are_those_of_chi_squared():
    law = stats.chi2(3)
    for i, r in product(range(7), range(4)):
        exact = law.expect(lambda y, i=i, r=r: max(y - 1, 0 if i > 2 else y) ** i * y**r)
        slack = _mean(i, r) - exact
        assert -1e-6 * exact <= slack <= 1 + 1e-6 * exact


VECTORS = [[1, 1, 1, 1, 0, 0, 0, 0], [1] * 8, [3, 2, 2, 1, 1, 1, 0, 0], [2, 1, 1, 1, 1, 1, 1, 1]]


def ratio(x, k, q):
    """The exact central moment of order 2q of k·‖Jx‖²/‖x‖², divided by its bound."""
    square = sum(t * t for t in x)
    exact = sum(p * (k * (v / square - 1)) ** (2 * q) for v, p in norm_law(x, k).items())
    return float(exact) / sum(
        c * prod(range(k - j + 1, k + 1)) for j, c in enumerate(_coefficients(q))
    )


def test_no_exact_moment_exceeds_its_bound():
    ratios = [ratio(x, k, q) for x in VECTORS for k in (1, 2, 3, 6) for q in (1, 2, 3, 4)]
    assert 0.3 < max(ratios) <= 1


def test_the_tail_is_the_least_over_the_orders():
    k, eps = 500, 0.4
    bounds = [
        sum(c * prod(range(k - j + 1, k + 1)) for j, c in enumerate(_coefficients(q)))
        / (k * eps) ** (2 * q)
        for q in range(1, 20)
    ]
    assert moment_tail(k, eps) == pytest.approx(min(bounds))
    assert 1 < 1 + int(np.argmin(bounds)) < 19
