"""Signs in hashed rows: every hash and every sign of small sizes, in integers; and draws."""

from collections import Counter
from fractions import Fraction
from functools import cache
from itertools import product
from math import comb, factorial

import pytest

import fjlt
from fjlt.bounds.hashed_rows import (
    _block_series,
    _partitions,
    _sequences,
    block_sizes,
    hashed_tail,
    hashed_variance,
    meeting_failure,
)
from fjlt.runs.binomial import limits

VECTORS = [(1, 1), (1, 1, 1), (1, 1, 1, 1), (1, 1, 1, 1, 1), (3, 2, 1, 1), (2, 1)]


@cache
def block_law(x, size):
    """{‖x‖²·Z: number of hashes and signs} of one block, where the first sign is +."""
    law = Counter()
    for rows in product(range(size), repeat=len(x)):
        for signs in product((-1, 1), repeat=len(x) - 1):
            sums = [0] * size
            for row, entry, sign in zip(rows, x, (1, *signs), strict=True):
                sums[row] += entry * sign
            law[sum(t * t for t in sums) - sum(t * t for t in x)] += 1
    return law


@cache
def law_of(x, k, s):
    """{‖Jx‖²/‖x‖² - 1: probability}."""
    law = {Fraction(0): Fraction(1)}
    for size in block_sizes(k, s):
        of_block = block_law(x, size)
        scale, total = s * sum(t * t for t in x), sum(of_block.values())
        following = Counter()
        for value, p in law.items():
            for more, count in of_block.items():
                following[value + Fraction(more, scale)] += p * Fraction(count, total)
        law = following
    return law


def lost(x, k, s, eps):
    return float(sum(p for z, p in law_of(x, k, s).items() if abs(z) > eps))


SHAPES = [(2, 1), (3, 1), (4, 2), (5, 2), (3, 3), (7, 3)]


@pytest.mark.parametrize(("k", "s"), SHAPES)
def test_the_variance_is_exact(k, s):
    for x in VECTORS:
        square, fourth = sum(t**2 for t in x), sum(t**4 for t in x)
        exact = sum(p * z**2 for z, p in law_of(x, k, s).items())
        spread = 1 - Fraction(fourth, square**2)
        assert exact == hashed_variance(k, s) * spread
        # half of it would be refuted, and so would 2/k for blocks of different sizes
        assert exact > Fraction(1, k) * spread
        assert (exact == Fraction(2, k) * spread) == (k % s == 0)


def exceeded(factor):
    """Exact moments of one block, orders 2 to 10, beside their bounds times a factor."""
    return [
        (x, size, p)
        for x in VECTORS
        for size in (1, 2, 3)
        for p in range(2, 11)
        if moment(x, size, p) > factor * _block_series(size)[p] * factorial(p)
    ]


def moment(x, size, p):
    law, square = block_law(x, size), sum(t * t for t in x)
    return float(Fraction(sum(c * z**p for z, c in law.items()), square**p * sum(law.values())))


def test_no_moment_exceeds_its_bound():
    assert exceeded(1 + 1e-12) == []
    # five equal entries have 4/5 of the variance
    assert exceeded(0.79)


@pytest.mark.parametrize("p", [2, 3, 4])
def test_sequences_of_pairs_are_counted(p):
    for a in _partitions(p, p):
        pairs = [(i, j) for i in range(len(a)) for j in range(len(a)) if i != j]
        count = sum(
            all(sum(pair.count(i) for pair in chosen) == 2 * a[i] for i in range(len(a)))
            for chosen in product(pairs, repeat=p)
        )
        assert _sequences(a) == count


def test_the_exact_law_lies_between_the_bounds():
    tight = 0
    for k, s in SHAPES:
        for x in VECTORS:
            for eps in (0.2, 0.3, 0.5, 0.6, 0.9):
                exact = lost(x, k, s, Fraction(str(eps)))
                assert exact <= hashed_tail(k, s, eps) + 1e-12
                if len(set(x)) == 1:
                    known = meeting_failure(k, s, eps, n=len(x))
                    best = max(lost((1,) * y, k, s, eps) for y in range(2, len(x) + 1))
                    assert known <= best + 1e-12
                    tight += known == pytest.approx(best)
    assert tight > 20


def test_meetings_by_hand():
    assert meeting_failure(1000, 1, 0.5) == pytest.approx(3 / 1000 * 999 / 1000)
    # both blocks of two equal entries must meet with the same sign: (1/k_b)²/2
    assert meeting_failure(20, 2, 0.9) == pytest.approx(1 / 200)
    assert meeting_failure(20, 1, 1.0) == 0
    # small accuracies: the variance says nearly all
    k, eps = 10**6, 0.01
    assert 0.9 < meeting_failure(k, 1, eps) * eps**2 * k / 2 < 1


def test_draws_of_practical_size_lie_between_the_bounds():
    """Columns are independent, so disjoint groups of them are independent draws."""
    draws, checked = 20_000, 0
    for k, s, y in ((64, 8, 4), (64, 1, 2), (24, 4, 2), (96, 8, 16)):
        matrix = fjlt.sparse_jl(k, draws * y, rng=k + y, s=s).matrix.tocsc()
        off = abs(sum(matrix[:, t::y] for t in range(y)).power(2).sum(axis=0) / y - 1)
        for eps in (0.3, 0.5, 0.7):
            low, high = limits(int((off > eps).sum()), draws, 1e-7)
            bound = hashed_tail(k, s, eps)
            assert low <= bound
            checked += bound < 0.5
            if y == 2:
                assert low <= meeting_failure(k, s, eps, n=2) <= high
    assert checked >= 6


def test_a_bound_of_half_the_moments_would_be_beaten():
    """Two entries of weight 1/2 are lost with the probability of a meeting."""
    k, s, eps = 40, 1, 0.99
    assert lost((1, 1), k, s, eps) == pytest.approx(1 / k)
    assert 0.5 * comb(2, 1) / k < hashed_tail(k, s, eps) < 2.1 / k
