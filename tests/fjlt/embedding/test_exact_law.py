"""Exact failure probabilities against the enumeration of all draws, and against formulas."""

from fractions import Fraction
from itertools import combinations, product
from math import comb

import numpy as np
import pytest
from scipy.integrate import quad

from fjlt.embedding.exact_law import gaussian_failure, srht_failure


def enumerated(x, k, epsilon):
    """All sign patterns and all subsets of the rows of the Hadamard matrix, from its definition."""
    size = 1 << (len(x) - 1).bit_length()
    rows = [[1 - 2 * ((i & j).bit_count() & 1) for j in range(len(x))] for i in range(size)]
    norm, failures = sum(v * v for v in x), 0
    for signs in product((1, -1), repeat=len(x)):
        y = [sum(h * s * v for h, s, v in zip(row, signs, x, strict=True)) for row in rows]
        for kept in combinations(y, k):
            failures += abs(Fraction(sum(v * v for v in kept), k) - norm) > epsilon * norm
    return Fraction(failures, comb(size, k) << len(x))


@pytest.mark.parametrize("k", [1, 2, 3, 4])
@pytest.mark.parametrize(
    "x", [[1], [1] * 8, [1, 1, 0, 0], [3, 1, 0, 2], [1, -1, 1, 1, 1, 0, 0], [1, 2, 3, 4, 5, 6, 7]]
)
def test_every_draw_is_counted(x, k):
    if k > len(x):
        return
    for epsilon in (Fraction(1, 2), Fraction(1), Fraction(1, 10)):
        assert srht_failure(x, k, epsilon) == enumerated(x, k, epsilon)


@pytest.mark.parametrize("n", [16, 1024])
@pytest.mark.parametrize("k", [1, 5, 16])
def test_subgroups_of_order_two_and_four(n, k):
    """If the signs are a character up to sign, ‖Jx‖² = sT/k with T hypergeometric(n, n/s, k)."""
    for s in (2, 4):
        for epsilon in (Fraction(1, 2), Fraction(9, 10)):
            tail = sum(
                comb(n // s, t) * comb(n - n // s, k - t)
                for t in range(k + 1)
                if abs(Fraction(s * t, k) - 1) > epsilon
            )
            expected = Fraction(2 * s * tail, comb(n, k) << s)
            assert srht_failure(np.arange(n) < s, k, epsilon) == expected


@pytest.mark.parametrize("s", [4, 8, 16])
def test_the_loss_of_an_indicator(s):
    n, k = 256, 24
    lost = Fraction(2 * s * comb(n - n // s, k), comb(n, k) << s)
    assert srht_failure(np.arange(n) < s, k, Fraction(999, 1000)) >= lost
    # any other subgroup and any coset have the same law
    other = np.zeros(n)
    other[3 + n // s * np.arange(s)] = -0.125
    for epsilon in (Fraction(1, 2), Fraction(9, 10)):
        law = srht_failure(np.arange(n) < s, k, epsilon)
        assert law == srht_failure(other, k, epsilon) > 0


def test_what_is_too_much_is_left():
    rng = np.random.default_rng(0)
    assert srht_failure(np.ones(64), 8, Fraction(1, 2)) is None
    assert srht_failure(rng.standard_normal(8), 2, Fraction(1, 2)) is None
    assert srht_failure(rng.integers(1, 99, 12), 6, Fraction(1, 2)) is None


def test_the_gaussian_law_against_its_density():
    from math import exp, gamma

    for k in (1, 2, 9):
        for epsilon in (0.3, 0.9, 1.0):
            low, high = k * (1 - epsilon), k * (1 + epsilon)
            kept, _ = quad(
                lambda t, k=k: t ** (k / 2 - 1) * exp(-t / 2) / 2 ** (k / 2) / gamma(k / 2),
                low,
                high,
            )
            assert gaussian_failure(k, epsilon) == pytest.approx(1 - kept, abs=1e-7)
